"""A protocol as it is written in its file."""

from __future__ import annotations

from typing import Literal, TypeAlias

import attrs

from carecoord._values import FrozenMapping, Period
from carecoord.stepped_care._ruling import Move, Urgency

__all__ = [
    "AcceptedFinding",
    "AddOn",
    "Alert",
    "Definition",
    "Expectation",
    "FactDefinition",
    "Measure",
    "Rule",
    "Scenario",
    "StepDefinition",
    "Task",
]

Evidence: TypeAlias = Literal["two-sources", "one-source", "unverified"]
Then: TypeAlias = Literal["stay", "adjust", "consult", "refer", "exit", "ask"]
Target: TypeAlias = str | tuple[str, ...] | FrozenMapping[str, str] | None


@attrs.frozen(kw_only=True)
class Measure:
    """An instrument that a protocol reads, under the name its rules use.

    Attributes:
        instrument: the instrument's id.
        baseline: what "baseline" means: `first`, `start`, `step` or an event.
        valid_for: how old the latest assessment may be.
        incomplete: what it means when the latest assessment could not be scored: the score is unknown, or the last
            one that could be scored stands.
    """

    instrument: str
    baseline: str | None = None
    valid_for: Period | None = None
    incomplete: Literal["unknown", "skip"] = "unknown"
    source: str = ""
    evidence: Evidence = "one-source"
    note: str = ""


@attrs.frozen(kw_only=True)
class FactDefinition:
    """Something a person records, a list of such things, or a named rule that says where its numbers were read.

    Attributes:
        rule: a named rule, as a plain text is one; this form has room for its source.
        type: `number`, `text` or `yes/no`; left out where `values` say it.
        range: lowest and highest number.
        values: the numbers or texts it can be.
        each: the members of a list.
        valid_for: how long a record may be used.
    """

    rule: str = ""
    type: Literal["number", "text", "yes/no"] | None = None
    range: tuple[float, float] | None = None
    values: tuple[int | float | str, ...] = ()
    each: tuple[str, ...] = ()
    valid_for: Period | None = None
    label: str = ""
    source: str = ""
    evidence: Evidence = "one-source"
    note: str = ""


@attrs.frozen(kw_only=True)
class StepDefinition:
    """A step of the ladder.

    Attributes:
        id: its id.
        title: its name for people.
        intensity: how much care it is; moves follow from comparing it.
        contact: how often contacts are due.
        review: how often reviews are due.
        measure: how often assessments are due.
        min_stay: leaving it earlier needs a rule with `early`.
        max_stay: how long anyone should stay; nothing moves by itself.
        terminal: leaving it is not this protocol's business.
        interventions: what is offered there.
    """

    id: str
    title: str = ""
    intensity: int | float
    contact: Period | None = None
    review: Period | None = None
    measure: Period | None = None
    min_stay: Period | None = None
    max_stay: Period | None = None
    terminal: bool = False
    interventions: tuple[str, ...] = ()
    source: str = ""
    evidence: Evidence = "one-source"
    note: str = ""


@attrs.frozen(kw_only=True)
class Alert:
    """Something that is evaluated always, before the rules, and holds moves back while it is raised or undecided."""

    id: str
    when: str
    meaning: str = ""
    urgency: Urgency
    do: tuple[str, ...] = ()
    duty: str | None = None
    within: Period | None = None
    blocks: tuple[Move, ...] = ("step-down", "exit")
    source: str = ""
    evidence: Evidence = "one-source"
    note: str = ""


@attrs.frozen(kw_only=True)
class AddOn:
    """A flag beside the step; of a `group` exactly one should hold."""

    id: str
    when: str
    group: str | None = None
    meaning: str = ""
    source: str = ""
    evidence: Evidence = "one-source"
    note: str = ""


@attrs.frozen(kw_only=True)
class Task:
    """Something that is due whatever moves."""

    id: str
    when: str
    meaning: str = ""
    do: tuple[str, ...] = ()
    duty: str | None = None
    within: Period | None = None
    source: str = ""
    evidence: Evidence = "one-source"
    note: str = ""


@attrs.frozen(kw_only=True)
class Rule:
    """A rule: the first that holds wins.

    Attributes:
        id: its id.
        in_: the steps it belongs to: one, several, `*` for all and outside; left out, every step.
        when: when it holds.
        to: where it leads: a step, alternatives at one height, or a table by step.
        then: the move, where it leads nowhere.
        do: what is to be done when it wins.
        unknown: what it means when nobody can say whether it holds: `ask`, `pass` it over provisionally, or `hold`,
            so that it counts as if it held.
        stay_if_there: where the person already is where it leads, it means `stay`; otherwise it does not apply there.
        early: it may be used before the step's `min_stay`.
    """

    id: str
    in_: str | tuple[str, ...] = attrs.field(default=(), metadata={"key": "in"})
    when: str
    to: Target = None
    then: Then | None = None
    do: tuple[str, ...] = ()
    unknown: Literal["ask", "pass", "hold"] = "ask"
    stay_if_there: bool = False
    early: bool = False
    source: str = ""
    evidence: Evidence = "one-source"
    note: str = ""


@attrs.frozen(kw_only=True)
class Expectation:
    """What a scenario expects; what it does not name is not compared, but an alert nobody named is a failure."""

    move: Move | None = None
    to: str | tuple[str, ...] | None = None
    rule: str | None = None
    alerts: tuple[str, ...] = ()
    tasks: tuple[str, ...] | None = None
    asks: tuple[str, ...] | None = None
    add_ons: tuple[str, ...] | None = None
    provisional: bool | None = None
    held_back_by: str | None = None


@attrs.frozen(kw_only=True)
class Scenario:
    """A worked example: a history, a day, and what is to be decided.

    Attributes:
        name: what it shows.
        history: one line an entry: `2026-03-02 phq_9 total=4 q9=0`, `... start`, `... step maintenance`, `... contact`.
        on: the day, or the moment where hours count.
        expect: what is to come out.
    """

    name: str
    history: str
    on: str
    expect: Expectation


@attrs.frozen(kw_only=True)
class AcceptedFinding:
    """A finding of `check` that the protocol's authors know of and leave as it is.

    Attributes:
        finding: the finding's `name`, as `past-maximum/responding`.
        reason: why it is left.
    """

    finding: str
    reason: str


@attrs.frozen(kw_only=True)
class Definition:
    """A protocol or a module, as its file says it.

    Attributes:
        id: its id, which is the file's name.
        kind: a module has alerts, measures and facts that protocols include; no steps and no rules.
        include: the modules whose alerts hold here too; nothing here can change or remove them.
        first: where enrolment leads unless the entry says otherwise.
        look_back: how long before enrolment a score still belongs to it.
        events: what happens to people that its rules look at, by name, and what each means; where a file declares
            any, its rules can speak of no other.
        policy: `first`: rules may overlap, and the first that holds wins; `unique`: no two may hold at once, and
            `check` calls it an error where two do.
        accepted: what `check` finds and the authors leave as it is, with the reason.
        sources: what the keys in `source` stand for.
    """

    id: str
    kind: Literal["protocol", "module"] = "protocol"
    title: str
    version: str = ""
    population: str = ""
    note: str = ""
    include: tuple[str, ...] = ()
    first: str | None = None
    look_back: Period | None = None
    measures: FrozenMapping[str, Measure] = FrozenMapping()
    facts: FrozenMapping[str, str | FactDefinition] = FrozenMapping()
    events: FrozenMapping[str, str] = FrozenMapping()
    steps: tuple[StepDefinition, ...] = ()
    alerts: tuple[Alert, ...] = ()
    add_ons: tuple[AddOn, ...] = ()
    tasks: tuple[Task, ...] = ()
    rules: tuple[Rule, ...] = ()
    policy: Literal["first", "unique"] = "first"
    accepted: tuple[AcceptedFinding, ...] = ()
    scenarios: tuple[Scenario, ...] = ()
    sources: FrozenMapping[str, str] = FrozenMapping()
