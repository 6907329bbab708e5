"""What was agreed, who holds each part, and when it is looked at again."""

from carecoord.plans._agenda import AgendaItem, agenda
from carecoord.plans._discrepancy import Discrepancy, Place
from carecoord.plans._history import Before, Revision
from carecoord.plans._incompatibility import Incompatibility, RepeatWindow, Side
from carecoord.plans._parts import (
    Activity,
    ActivityKind,
    Channel,
    Domain,
    Done,
    Goal,
    Need,
    Outcome,
    Owner,
    Priority,
    Review,
)
from carecoord.plans._plan import CarePlan, Changes
from carecoord.plans._reconcile import reconcile
from carecoord.plans._recurrence import Weekday
from carecoord.plans._review import Occurrence, ReviewCycle, ReviewState, ReviewStatus
from carecoord.plans._statuses import (
    Achievement,
    ActivityStatus,
    Axis,
    GoalLifecycle,
    Intent,
    NeedStatus,
    PlanStatus,
    legal_moves,
)
from carecoord.plans._trigger import Trigger, Triggered, TriggerState, triggered
from carecoord.plans._view import PlanView, ViewChanges, plan_history, view
from carecoord.plans._write_back import WriteBack, write_back

__all__ = [
    "Achievement",
    "Activity",
    "ActivityKind",
    "ActivityStatus",
    "AgendaItem",
    "Axis",
    "Before",
    "CarePlan",
    "Changes",
    "Channel",
    "Discrepancy",
    "Domain",
    "Done",
    "Goal",
    "GoalLifecycle",
    "Incompatibility",
    "Intent",
    "Need",
    "NeedStatus",
    "Occurrence",
    "Outcome",
    "Owner",
    "Place",
    "PlanStatus",
    "PlanView",
    "Priority",
    "RepeatWindow",
    "Review",
    "ReviewCycle",
    "ReviewState",
    "ReviewStatus",
    "Revision",
    "Side",
    "Trigger",
    "TriggerState",
    "Triggered",
    "ViewChanges",
    "Weekday",
    "WriteBack",
    "agenda",
    "legal_moves",
    "plan_history",
    "reconcile",
    "triggered",
    "view",
    "write_back",
]
