"""What was done and when, and how that stands against a cycle."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Literal

import attrs

from carecoord.plans._part import WHO, one_of
from carecoord.plans._review import ReviewCycle, ReviewStatus

__all__ = ["Done", "Outcome", "counted", "looked_at", "standing"]

Outcome = Literal["done", "missed", "entered-in-error"]
"""Whether something that was due took place; what was entered in error says neither."""


@attrs.frozen(kw_only=True)
class Done:
    """One time that something was done, or is known not to have been; it is never changed or removed.

    Attributes:
        on: the day it was done, or on which it did not take place.
        by: who did it.
        scheduled: the scheduled day for which it counted when it was recorded; `None` where it counted for none.
        note: what came of it.
        outcome: `missed` where somebody recorded that it did not take place; that leaves it outstanding.
            `entered-in-error` where the record turned out to be wrong: it counts for nothing.
    """

    on: date
    by: str | None = attrs.field(default=None, metadata=WHO)
    scheduled: date | None = None
    note: str = ""
    outcome: Outcome = attrs.field(default="done", validator=one_of(Outcome))

    @property
    def in_error(self) -> Done:
        """The same record, marked as entered in error."""
        return attrs.evolve(self, outcome="entered-in-error")


def standing(cycle: ReviewCycle, done: Iterable[Done], on: date) -> ReviewStatus:
    """Say how a cycle stands on a day, from what was done by then."""
    by_then = [each for each in done if each.on <= on and each.outcome == "done"]
    if not by_then:
        return cycle.review(on=on)
    last = max(each.on for each in by_then)
    days = [each.scheduled for each in by_then if each.scheduled is not None]
    if any(each.scheduled is None for each in by_then if each.on == last):
        counted = cycle.counts_for(last)
        days += [] if counted is None else [counted.scheduled]
    return cycle.review(on=on, last_done=last, done_for=max(days, default=None))


def looked_at(done: Iterable[Done], since: date, on: date) -> bool:
    """Say whether something was looked at from a day, or for it, and by another."""
    return any(
        each.outcome == "done" and each.on <= on and (each.on >= since or each.scheduled == since) for each in done
    )


def counted(cycle: ReviewCycle | None, done: Done) -> Done:
    """Note for which scheduled day something done counts, where that is not said."""
    if cycle is None or done.scheduled is not None:
        return done
    review = cycle.counts_for(done.on)
    return done if review is None else attrs.evolve(done, scheduled=review.scheduled)
