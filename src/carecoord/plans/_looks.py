"""When a plan, or a part of it, is looked at again."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

import attrs

from carecoord.plans._done import Done, Outcome, counted, standing
from carecoord.plans._needs import Domain
from carecoord.plans._part import APPENDED, Owner, Part, defined, one_of, refers, texts
from carecoord.plans._review import ReviewCycle, ReviewStatus
from carecoord.plans._trigger import Trigger

__all__ = ["Review"]


@attrs.frozen(kw_only=True)
class Review(Part):
    """When a plan, or one side of it, is looked at again.

    Attributes:
        id: text the host gives.
        cycle: the days on which it is due.
        title: what is looked at, in words.
        domain: the side of life it is about; `None` for the whole plan.
        goals: the ids of the goals it is about; none for the whole plan.
        triggers: what calls for it besides its cycle.
        owner: who holds it.
        done: the times it was done or missed; another cycle leaves them as they are.
        labels: what it is about that not everybody may see, as `SUD` or `MH`; empty where there is nothing of the kind,
            `None` where nobody has said so.
    """

    KIND: ClassVar[str] = "review"

    cycle: ReviewCycle
    title: str = ""
    domain: Domain | None = attrs.field(default=None, validator=one_of(Domain), metadata=defined("domain"))
    goals: tuple[str, ...] = attrs.field(default=(), converter=texts, metadata=refers("goals"))
    triggers: tuple[Trigger, ...] = attrs.field(default=(), converter=tuple[Trigger, ...])
    owner: Owner | None = None
    done: tuple[Done, ...] = attrs.field(default=(), converter=tuple[Done, ...], metadata=APPENDED)

    @property
    def last_done(self) -> date | None:
        """The day it was last done; `None` where it never was."""
        return max((each.on for each in self.done if each.outcome == "done"), default=None)

    def record(
        self,
        *,
        on: date,
        by: str | None = None,
        scheduled: date | None = None,
        note: str = "",
        outcome: Outcome = "done",
    ) -> Review:
        """Give the review with one more time that it was done, or did not take place.

        Args:
            on: the day it was done, or on which it did not take place.
            by: who did it.
            scheduled: the scheduled day it was done for; as `ReviewCycle.counts_for` says where left out.
            note: what came of it.
            outcome: `missed` where it did not take place; it stays outstanding.
        """
        done = Done(on=on, by=by, scheduled=scheduled, note=note, outcome=outcome)
        return attrs.evolve(self, done=(*self.done, counted(self.cycle, done)))

    def standing(self, *, on: date) -> ReviewStatus:
        """Say how it stands on a day, from what was done by then."""
        return standing(self.cycle, self.done, on)
