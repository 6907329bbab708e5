"""The statuses of a plan and its parts, and which may follow which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, TypeVar, get_args, overload

from carecoord.errors import StatusError

__all__ = [
    "Achievement", "ActivityStatus", "Axis", "GoalLifecycle", "Intent", "NeedStatus", "PartStatus", "PlanStatus",
    "ReferralStatus", "TaskStatus", "legal_moves",
]  # fmt: skip

Intent = Literal["proposal", "plan", "order", "option"]
"""How binding a plan is, as FHIR codes it; fixed when the plan is made."""

PlanStatus = Literal["draft", "active", "on-hold", "revoked", "completed", "entered-in-error", "unknown"]
"""How a plan stands, as FHIR codes it (request-status)."""

NeedStatus = Literal["active", "resolved", "entered-in-error"]
"""Whether a need is still there."""

ActivityStatus = Literal[
    "not-started", "scheduled", "in-progress", "on-hold", "completed", "cancelled", "stopped", "unknown",
    "entered-in-error",
]  # fmt: skip
"""How an activity stands, as FHIR codes it; `cancelled` before it began, `stopped` after."""

GoalLifecycle = Literal[
    "proposed", "planned", "accepted", "active", "on-hold", "completed", "cancelled", "entered-in-error", "rejected"
]
"""Whether a goal is pursued, as FHIR codes it; `completed` is no longer sought, be it achieved or not."""

Achievement = Literal[
    "in-progress", "improving", "worsening", "no-change", "achieved", "sustaining", "not-achieved", "no-progress",
    "not-attainable",
]  # fmt: skip
"""How near a goal is, as FHIR codes it; another axis than its lifecycle."""

PartStatus = Literal["draft", "active", "ended", "entered-in-error"]
"""How a part stands that has no codes of its own in FHIR: a decision, a safety plan, a level of care and the like."""

TaskStatus = Literal[
    "draft", "requested", "received", "accepted", "rejected", "ready", "in-progress", "on-hold", "completed", "failed",
    "cancelled", "entered-in-error",
]  # fmt: skip
"""How a piece of work stands that was handed to somebody, as FHIR codes it (task-status)."""

ReferralStatus = Literal[
    "sent", "accepted", "waitlisted", "enrolled", "received", "declined", "expired", "entered-in-error"
]
"""How a referral stands; the loop is closed when the person `received` what it asked for, or it ended otherwise."""

Axis = Literal["plan", "need", "activity", "task", "part", "referral", "goal lifecycle", "goal achievement"]
"""Whose status it is."""

Status = TypeVar("Status", bound=str)

_UNDER_WAY = ("in-progress", "improving", "worsening", "no-change")
_NOT_ACHIEVED = ("not-achieved", "no-progress", "not-attainable")

# The codes and their definitions: FHIR R4 (4.0.1), request-status, care-plan-activity-status, task-status,
# goal-status and goal-achievement. FHIR binds no moves; these are ours, read from the definitions.
_MOVES: Final[Mapping[Axis, Mapping[str | None, tuple[str, ...]]]] = {
    "plan": {
        "draft": ("active", "revoked"),
        "active": ("on-hold", "completed", "revoked"),
        "on-hold": ("active", "revoked"),
    },
    "need": {
        "active": ("resolved",),
        "resolved": ("active",),
    },
    "activity": {
        "not-started": ("scheduled", "in-progress", "cancelled"),
        "scheduled": ("in-progress", "cancelled"),
        "in-progress": ("on-hold", "completed", "stopped"),
        "on-hold": ("in-progress", "stopped"),
    },
    # Taken on step by step, or ready at once where that it is accepted is a given.
    "task": {
        "draft": ("requested", "cancelled"),
        "requested": ("received", "ready", "cancelled"),
        "received": ("accepted", "rejected", "cancelled"),
        "accepted": ("in-progress", "cancelled"),
        "ready": ("in-progress", "cancelled"),
        "in-progress": ("on-hold", "completed", "failed", "cancelled"),
        "on-hold": ("in-progress", "cancelled"),
    },
    # Services leave steps out, so every step forward is legal; what is over is not taken up again.
    "referral": {
        "sent": ("accepted", "waitlisted", "enrolled", "received", "declined", "expired"),
        "accepted": ("waitlisted", "enrolled", "received", "declined", "expired"),
        "waitlisted": ("accepted", "enrolled", "received", "declined", "expired"),
        "enrolled": ("received", "declined", "expired"),
    },
    # What has ended is not taken up again: another part goes on from it.
    "part": {
        "draft": ("active", "ended"),
        "active": ("ended",),
    },
    "goal lifecycle": {
        "proposed": ("planned", "accepted", "rejected", "cancelled"),
        "planned": ("accepted", "cancelled"),
        "accepted": ("active", "on-hold", "cancelled"),
        "active": ("on-hold", "completed", "cancelled"),
        "on-hold": ("active",),
    },
    # A goal reached may be lost again, and one given up may be taken up again: both go back under way.
    "goal achievement": {
        None: (*_UNDER_WAY, "achieved", *_NOT_ACHIEVED),
        **dict.fromkeys(_UNDER_WAY, (*_UNDER_WAY, "achieved", *_NOT_ACHIEVED)),
        "achieved": ("sustaining", *_UNDER_WAY),
        "sustaining": _UNDER_WAY,
        **dict.fromkeys(_NOT_ACHIEVED, (*_UNDER_WAY, *_NOT_ACHIEVED)),
    },
}

_STATUSES: Final[Mapping[Axis, tuple[str, ...]]] = {
    "plan": get_args(PlanStatus),
    "need": get_args(NeedStatus),
    "activity": get_args(ActivityStatus),
    "task": get_args(TaskStatus),
    "part": get_args(PartStatus),
    "referral": get_args(ReferralStatus),
    "goal lifecycle": get_args(GoalLifecycle),
    "goal achievement": get_args(Achievement),
}


@overload
def legal_moves(axis: Literal["plan"], status: PlanStatus) -> tuple[PlanStatus, ...]: ...
@overload
def legal_moves(axis: Literal["need"], status: NeedStatus) -> tuple[NeedStatus, ...]: ...
@overload
def legal_moves(axis: Literal["activity"], status: ActivityStatus) -> tuple[ActivityStatus, ...]: ...
@overload
def legal_moves(axis: Literal["task"], status: TaskStatus) -> tuple[TaskStatus, ...]: ...
@overload
def legal_moves(axis: Literal["part"], status: PartStatus) -> tuple[PartStatus, ...]: ...
@overload
def legal_moves(axis: Literal["referral"], status: ReferralStatus) -> tuple[ReferralStatus, ...]: ...
@overload
def legal_moves(axis: Literal["goal lifecycle"], status: GoalLifecycle) -> tuple[GoalLifecycle, ...]: ...
@overload
def legal_moves(axis: Literal["goal achievement"], status: Achievement | None) -> tuple[Achievement, ...]: ...
def legal_moves(axis: Axis, status: str | None) -> tuple[str, ...]:
    """Give the statuses that may follow one; none where it is final.

    `entered-in-error` may follow any, and is final.
    `unknown` comes from other systems only: what was unknown may turn out to be anything, and nothing becomes unknown.

    >>> legal_moves("plan", "active")
    ('on-hold', 'completed', 'revoked', 'entered-in-error')
    """
    return _legal(axis, status)


def _legal(axis: Axis, status: str | None) -> tuple[str, ...]:
    statuses = _STATUSES[axis]
    if status == "unknown":
        return tuple(each for each in statuses if each != "unknown")
    moves = tuple(each for each in _MOVES[axis].get(status, ()) if each != status)
    return (*moves, "entered-in-error") if "entered-in-error" in statuses and status != "entered-in-error" else moves


def moved(axis: Axis, before: str | None, after: Status) -> Status:
    """Give the new status, where it is the present one or may follow it.

    Raises:
        StatusError: it may not; the error names those that may.
    """
    if after != before and after not in (legal := _legal(axis, before)):
        raise StatusError(axis if axis.startswith("goal") else f"{axis} status", before, after, legal)
    return after
