"""Which parts of a plan are to be reckoned with."""

from __future__ import annotations

from typing import Any, Final

from carecoord.plans._activities import Activity
from carecoord.plans._in_force import OPEN
from carecoord.plans._part import Part
from carecoord.plans._parts import Parts

__all__ = ["counts", "in_force"]

_OVER: Final = ("resolved", "ended", "entered-in-error")
_GIVEN_UP: Final = ("completed", "cancelled", "rejected", "entered-in-error")


def in_force(plan: Parts, name: str) -> tuple[Part, ...]:
    """Give the parts of one list that are to be reckoned with: not over, given up or entered in error."""
    parts: tuple[Part, ...] = getattr(plan, name)
    return tuple(part for part in parts if counts(part))


def counts(part: Any) -> bool:
    """Say whether a part is to be reckoned with."""
    if hasattr(part, "lifecycle"):
        return part.lifecycle not in _GIVEN_UP
    status = getattr(part, "status", "active")
    return status in OPEN if isinstance(part, Activity) else status not in _OVER
