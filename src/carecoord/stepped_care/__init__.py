"""Should this person step up, step down, stay, or be seen today? Protocols as data, decisions that explain themselves.

An `Episode` is one person's history, a `Protocol` a ladder with rules; `decide` reduces the history to a row of facts,
reads the rules over it and says what follows, why, and what to ask for where it cannot be said.
"""

from carecoord._shares import Share
from carecoord.stepped_care._assess import assessment
from carecoord.stepped_care._assumptions import Assumptions
from carecoord.stepped_care._backtest import Backtest, Departure, Followed, backtest
from carecoord.stepped_care._check import Finding, check
from carecoord.stepped_care._compare import Comparison, Difference, compare
from carecoord.stepped_care._decision import decide
from carecoord.stepped_care._definition import (
    AcceptedFinding,
    AddOn,
    Alert,
    Definition,
    Expectation,
    FactDefinition,
    Measure,
    Rule,
    Scenario,
    StepDefinition,
    Task,
)
from carecoord.stepped_care._disclose import disclose_decision
from carecoord.stepped_care._entries import (
    Accepted,
    Assessment,
    Contact,
    Enrolment,
    EnrolmentEnd,
    Entry,
    Event,
    Override,
    RecordedFact,
    StepEntry,
    Withdrawal,
)
from carecoord.stepped_care._episode import CourseChange, Episode, Index, Reading
from carecoord.stepped_care._facts import Facts, facts
from carecoord.stepped_care._history import enrolled_in
from carecoord.stepped_care._mermaid import to_mermaid
from carecoord.stepped_care._protocol import Protocol, protocol, protocols, read_protocol
from carecoord.stepped_care._record import accept, override
from carecoord.stepped_care._ruling import (
    Counterfactual,
    Decision,
    DecisionExplanation,
    HeldBack,
    IssuedTask,
    Move,
    Outcome,
    RaisedAlert,
    Reason,
    Ruling,
)
from carecoord.stepped_care._scenarios import ScenarioFailure, check_scenarios
from carecoord.stepped_care._simulate import Simulated, Simulation, simulate
from carecoord.stepped_care._synthetic import synthetic_episodes
from carecoord.stepped_care._view import EpisodeView, categories_read

__all__ = [
    "Accepted",
    "AcceptedFinding",
    "AddOn",
    "Alert",
    "Assessment",
    "Assumptions",
    "Backtest",
    "Comparison",
    "Contact",
    "Counterfactual",
    "CourseChange",
    "Decision",
    "DecisionExplanation",
    "Definition",
    "Departure",
    "Difference",
    "Enrolment",
    "EnrolmentEnd",
    "Entry",
    "Episode",
    "EpisodeView",
    "Event",
    "Expectation",
    "FactDefinition",
    "Facts",
    "Finding",
    "Followed",
    "HeldBack",
    "Index",
    "IssuedTask",
    "Measure",
    "Move",
    "Outcome",
    "Override",
    "Protocol",
    "RaisedAlert",
    "Reading",
    "Reason",
    "RecordedFact",
    "Rule",
    "Ruling",
    "Scenario",
    "ScenarioFailure",
    "Share",
    "Simulated",
    "Simulation",
    "StepDefinition",
    "StepEntry",
    "Task",
    "Withdrawal",
    "accept",
    "assessment",
    "backtest",
    "categories_read",
    "check",
    "check_scenarios",
    "compare",
    "decide",
    "disclose_decision",
    "enrolled_in",
    "facts",
    "override",
    "protocol",
    "protocols",
    "read_protocol",
    "simulate",
    "synthetic_episodes",
    "to_mermaid",
]
