"""What does not fit together in the plans of one person, as values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal, get_args

import attrs

__all__ = ["Discrepancy", "DiscrepancyKind", "Place", "ordered"]

DiscrepancyKind = Literal[
    "interaction",
    "incompatibility",
    "contradiction",
    "duplicate",
    "activity-without-owner",
    "need-without-goal",
    "goal-without-activity",
    "orphan",
]
"""What is wrong; the kinds stand in the order in which they are listed."""

State = Literal["found", "undecided"]

_KINDS: Final = get_args(DiscrepancyKind)


@attrs.frozen(order=True)
class Place:
    """Where something stands.

    Attributes:
        plan: the id of the plan.
        part: what it is in the plan, as `activities.activation`; empty where the plan itself is meant.
    """

    plan: str
    part: str = ""

    def __str__(self) -> str:
        """Give the plan and the part in it."""
        return f"{self.plan}: {self.part}" if self.part else self.plan


@attrs.frozen(kw_only=True)
class Discrepancy:
    """Something in one person's plans that does not fit together.

    Attributes:
        kind: what is wrong.
        state: `found`, or `undecided` where something that nobody has said would decide it.
        places: where it stands, in order.
        because: why, in words.
        mend: what would end it.
        duty: the duty of the catalogue under which it is settled.
        severity: how bad it is, in the words of the host's table; empty for what no table speaks of.
        source: where the host's table or window has it from; empty for what rests on none.
    """

    kind: DiscrepancyKind
    state: State = "found"
    places: tuple[Place, ...] = attrs.field(converter=tuple[Place, ...])
    because: str
    mend: str
    duty: str
    severity: str = ""
    source: str = ""


def ordered(found: Iterable[Discrepancy]) -> tuple[Discrepancy, ...]:
    """Put discrepancies in order and leave out what stands there twice."""
    return tuple(sorted(set(found), key=_order))


def _order(one: Discrepancy) -> tuple[int, str, tuple[Place, ...], str, str]:
    return (_KINDS.index(one.kind), one.state, one.places, one.because, one.source)
