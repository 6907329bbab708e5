"""One review of a cycle, and how it stands on a day."""

from __future__ import annotations

from datetime import date
from typing import Literal

import attrs

__all__ = ["Called", "Occurrence", "ReviewState", "ReviewStatus"]

ReviewState = Literal["upcoming", "due", "overdue", "paused", "ended"]
"""How a review stands on a day; `paused` where it waits for a pause to end, `ended` where the cycle has none left."""


@attrs.frozen
class Called:
    """A review that was called for outside of the rhythm, as by a trigger.

    Attributes:
        on: the day it is scheduled for.
        because: why, in words.
    """

    on: date
    because: str = ""


@attrs.frozen
class Occurrence:
    """One review of a cycle.

    Attributes:
        scheduled: the day the cycle names, before it is moved to a working day or out of a pause; this identifies the
            review for good.
        due: the day it is due.
        overdue_from: the first day on which it is overdue; `None` while a pause without end keeps its grace.
        opens: the first day on which one that is done counts for it; no later than `due`.
        closes: the last such day; `None` while a pause without end keeps it open.
    """

    scheduled: date
    due: date
    overdue_from: date | None
    opens: date
    closes: date | None


@attrs.frozen
class ReviewStatus:
    """How a cycle stands on a day.

    Attributes:
        state: `upcoming` before the review is due, `due` from that day until its grace is over, then `overdue`;
            `paused` where it was due and a pause holds it; `ended` where the cycle has no review left.
        outstanding: the first review that is not done; `None` where the cycle has ended, or waits for a pause whose end
            nobody knows.
        resumes: the day on which the pause of that day is over; `None` where there is no pause, or no end of it.
    """

    state: ReviewState
    outstanding: Occurrence | None
    resumes: date | None = None

    @property
    def due(self) -> date | None:
        """The day the outstanding review is due."""
        return None if self.outstanding is None else self.outstanding.due

    @property
    def overdue_from(self) -> date | None:
        """The first day on which the outstanding review is overdue."""
        return None if self.outstanding is None else self.outstanding.overdue_from

    @property
    def since(self) -> date | None:
        """The day it became due or overdue; `None` where it is neither."""
        return {"due": self.due, "overdue": self.overdue_from}.get(self.state)
