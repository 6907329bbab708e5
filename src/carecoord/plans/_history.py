"""What a plan was before each of its revisions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final, Literal

import attrs

from carecoord.plans._parts import Activity, Goal, Need, Review, given
from carecoord.plans._statuses import PlanStatus

__all__ = ["Before", "Revision"]

PARTS: Final = ("needs", "goals", "activities", "reviews")
"""The fields of a plan that hold parts with ids of their own."""

PLAIN: Final = ("title", "status", "since", "until", "strengths", "matters", "labels")
"""The other fields that a revision may change."""


@attrs.frozen(kw_only=True)
class Before:
    """What a revision changed, as it was before; `None` and empty are what it did not touch.

    Attributes:
        title: the plan's former title.
        status: its former status.
        since: its former first day.
        until: the day after its former last one.
        unset: which of the days and labels had no value before.
        strengths: its former strengths.
        matters: what mattered before.
        labels: its former labels.
        needs: the needs that were changed, as they were.
        goals: the goals that were changed, as they were.
        activities: the activities that were changed, as they were.
        reviews: the reviews that were changed, as they were.
    """

    title: str | None = None
    status: PlanStatus | None = None
    since: date | None = None
    until: date | None = None
    unset: tuple[Literal["since", "until", "labels"], ...] = ()
    strengths: tuple[str, ...] | None = None
    matters: tuple[str, ...] | None = None
    labels: frozenset[str] | None = None
    needs: tuple[Need, ...] = ()
    goals: tuple[Goal, ...] = ()
    activities: tuple[Activity, ...] = ()
    reviews: tuple[Review, ...] = ()


@attrs.frozen(kw_only=True)
class Revision:
    """One change of a plan: who made it, when and why, and what stood there before.

    It holds only what changed, so a long history stays small, and every earlier version can be had from it.

    Attributes:
        version: the number of the version it made; the first revision makes version 2.
        by: who made it.
        on: the day it took effect.
        reason: why.
        added: the parts that were new, as `goals.mood`.
        before: what was changed, as it was before.
    """

    version: int
    by: str = attrs.field(validator=given)
    on: date
    reason: str = attrs.field(validator=given)
    added: tuple[str, ...] = ()
    before: Before = Before()

    @property
    def changed(self) -> tuple[str, ...]:
        """What it changed, as `status` or `goals.mood`; what it added is in `added`."""
        return tuple(self._changed())

    def _changed(self) -> Iterator[str]:
        for name in PLAIN:
            if getattr(self.before, name) is not None or name in self.before.unset:
                yield name
        for name in PARTS:
            for part in getattr(self.before, name):
                yield f"{name}.{part.id}"
