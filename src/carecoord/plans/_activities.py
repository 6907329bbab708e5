"""What is done for a plan."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

import attrs

from carecoord.errors import DataError, Fault
from carecoord.plans._done import Done, Outcome, counted, standing
from carecoord.plans._part import APPENDED, HOSTS, Owner, Part, after_since, axis, given, one_of, refers, texts
from carecoord.plans._review import ReviewCycle, ReviewStatus
from carecoord.plans._statuses import ActivityStatus, moved

__all__ = ["Activity", "ActivityKind", "Channel", "Preference"]

ActivityKind = Literal["treatment", "test", "medication", "education", "referral", "social", "self-management"]
"""What sort of thing an activity is."""

Channel = Literal["in-person", "phone", "video"]
"""How people meet for an activity."""

Preference = Literal["preferred", "accepted", "declined"]
"""What the person thinks of something: they want it, they are content with it, they do not want it."""


@attrs.frozen(kw_only=True)
class Activity(Part):
    """Something that is done for the plan.

    Attributes:
        id: text the host gives.
        kind: what sort of thing it is.
        title: what is done, in words.
        codes: the same in the host's terminology, as `system|code`.
        goals: the ids of the goals it serves.
        status: how it stands.
        reason: why it has this status, as why it was cancelled or stopped.
        modality: how it is given, in the host's words, as `individual`, `group` or `self-guided`.
        channel: how people meet for it.
        setting: where, in the host's words, as `primary care clinic`.
        level: the id of the level of care at which it is given.
        resource: the id of the community resource that gives it.
        instructions: how it is done, in words, as whoever ordered it said.
        preference: what the person thinks of it; `None` where nobody has asked.
        alternatives: what could be done instead, in words, the most wanted first.
        due: the day by which it is to be done, where it is done once.
        schedule: the days on which it is done, where it is done again and again.
        since: the first day it goes on.
        until: the day after the last one.
        owner: who does it.
        done: the times it was done or missed, as the schedule has them.
        results: the host's ids of what came of it: an order, a referral, a result.
        labels: what it is about that not everybody may see, as `SUD` or `MH`; empty where there is nothing of the kind,
            `None` where nobody has said so.
    """

    KIND: ClassVar[str] = "activity"

    kind: ActivityKind = attrs.field(validator=one_of(ActivityKind))
    title: str = attrs.field(validator=given)
    codes: tuple[str, ...] = attrs.field(default=(), converter=texts)
    goals: tuple[str, ...] = attrs.field(default=(), converter=texts, metadata=refers("goals"))
    status: ActivityStatus = attrs.field(
        default="not-started", validator=one_of(ActivityStatus), metadata=axis("activity")
    )
    reason: str = ""
    modality: str | None = None
    channel: Channel | None = attrs.field(default=None, validator=one_of(Channel))
    setting: str | None = None
    level: str | None = attrs.field(default=None, metadata=refers("levels"))
    resource: str | None = attrs.field(default=None, metadata=refers("resources"))
    instructions: str = ""
    preference: Preference | None = attrs.field(default=None, validator=one_of(Preference))
    alternatives: tuple[str, ...] = attrs.field(default=(), converter=texts)
    due: date | None = None
    schedule: ReviewCycle | None = None
    since: date | None = None
    until: date | None = attrs.field(default=None, validator=after_since)
    owner: Owner | None = None
    done: tuple[Done, ...] = attrs.field(default=(), converter=tuple[Done, ...], metadata=APPENDED)
    results: tuple[str, ...] = attrs.field(default=(), converter=texts, metadata=HOSTS)

    def __attrs_post_init__(self) -> None:
        """Refuse one day and a schedule at once."""
        if self.due is not None and self.schedule is not None:
            raise DataError("activity", [Fault("$.due", "it is due once or by its schedule, not both")])

    def move(self, status: ActivityStatus, *, reason: str = "") -> Activity:
        """Give the activity with another status, and why.

        Raises:
            StatusError: the status may not follow the present one.
        """
        return attrs.evolve(self, status=moved("activity", self.status, status), reason=reason)

    def record(
        self,
        *,
        on: date,
        by: str | None = None,
        scheduled: date | None = None,
        note: str = "",
        outcome: Outcome = "done",
    ) -> Activity:
        """Give the activity with one more time that it was done, or did not take place.

        Args:
            on: the day it was done, or on which it did not take place.
            by: who did it.
            scheduled: the scheduled day it was done for; as `ReviewCycle.counts_for` says where left out.
            note: what came of it.
            outcome: `missed` where it did not take place; it stays outstanding.
        """
        done = Done(on=on, by=by, scheduled=scheduled, note=note, outcome=outcome)
        return attrs.evolve(self, done=(*self.done, counted(self.schedule, done)))

    def standing(self, *, on: date) -> ReviewStatus | None:
        """Say how its schedule stands on a day, from what was done by then; `None` where it has no schedule."""
        return None if self.schedule is None else standing(self.schedule, self.done, on)
