"""What a plan is made of: needs, goals, activities and reviews."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, get_args

import attrs

from carecoord.errors import DataError, Fault, RuleError, did_you_mean
from carecoord.plans._review import ReviewCycle, ReviewStatus
from carecoord.plans._statuses import Achievement, ActivityStatus, GoalLifecycle, NeedStatus, moved
from carecoord.plans._trigger import Trigger

if TYPE_CHECKING:
    from carecoord.rules import Explanation, Expression, Vocabulary

__all__ = [
    "Activity", "ActivityKind", "Channel", "Domain", "Done", "Goal", "Need", "Outcome", "Owner", "Priority", "Review",
]  # fmt: skip

Domain = Literal["physical", "mental", "substance-use", "social", "functional", "spiritual"]
"""The side of a life that a need belongs to."""

ActivityKind = Literal["treatment", "test", "medication", "education", "referral", "social", "self-management"]
"""What sort of thing an activity is."""

Channel = Literal["in-person", "phone", "video"]
"""How people meet for an activity."""

Priority = Literal["high", "medium", "low"]
"""How pressing a goal is."""

Outcome = Literal["done", "missed"]
"""Whether something that was due took place."""


def one_of(choices: object) -> Callable[[Any, attrs.Attribute[Any], Any], None]:
    """Refuse a value that is none of a literal's choices."""
    known = get_args(choices)

    def check(instance: Any, attribute: attrs.Attribute[Any], value: Any) -> None:
        if value not in known and not (value is None and attribute.default is None):
            hint = did_you_mean(value, known) if isinstance(value, str) else ""
            message = f"{str(value)[:40]!r} is none of {', '.join(known)}{hint}"
            raise DataError(type(instance).__name__.lower(), [Fault(f"$.{attribute.name}", message)])

    return check


def given(instance: Any, attribute: attrs.Attribute[Any], value: Any) -> None:
    """Refuse text that says nothing."""
    if not isinstance(value, str) or not value.strip():
        raise DataError(
            type(instance).__name__.lower(), [Fault(f"$.{attribute.name}", "text is wanted, found nothing")]
        )


def labelled(codes: Iterable[str] | None) -> frozenset[str] | None:
    """Keep the codes of a label; `None` where nobody has said whether there are any.

    They are put in order first, so that equal labels look the same however they came about.
    """
    return None if codes is None else frozenset(sorted(texts(codes)))


def texts(values: Iterable[str]) -> tuple[str, ...]:
    """Keep texts in a tuple; one alone is one, and not its letters."""
    return (values,) if isinstance(values, str) else tuple(values)


@attrs.frozen
class Owner:
    """Who holds something: a duty, so that whoever holds the duty does it, or one member.

    Attributes:
        duty: the id of a duty.
        member: the id of a member; the person in care is one too.
    """

    duty: str | None = None
    member: str | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse neither, and both."""
        if (self.duty is None) == (self.member is None):
            raise DataError("owner", [Fault("$", "either a duty or a member is wanted")])


@attrs.frozen(kw_only=True)
class Done:
    """One time that a review or a scheduled activity was done, or is known not to have been; it is never changed.

    Attributes:
        on: the day it was done, or on which it did not take place.
        by: who did it.
        scheduled: the scheduled day for which it counted when it was recorded; `None` where it counted for none.
        note: what came of it.
        outcome: `missed` where somebody recorded that it did not take place; that leaves it outstanding.
    """

    on: date
    by: str | None = None
    scheduled: date | None = None
    note: str = ""
    outcome: Outcome = attrs.field(default="done", validator=one_of(Outcome))


def _done(times: Iterable[Done]) -> tuple[Done, ...]:
    return tuple(times)


def _triggers(triggers: Iterable[Trigger]) -> tuple[Trigger, ...]:
    return tuple(triggers)


@attrs.frozen(kw_only=True)
class Need:
    """Something in a person's life that the plan is to help with; a plan has as many as the person has.

    Attributes:
        id: text the host gives.
        domain: the side of life it belongs to.
        title: what it is, in words.
        codes: the same in the host's terminology, as `system|code`.
        status: whether it is still there.
        labels: what it is about that not everybody may see, as `SUD` or `MH`; empty where there is nothing of the kind,
            `None` where nobody has said so.
    """

    id: str = attrs.field(validator=given)
    domain: Domain = attrs.field(validator=one_of(Domain))
    title: str = ""
    codes: tuple[str, ...] = attrs.field(default=(), converter=texts)
    status: NeedStatus = attrs.field(default="active", validator=one_of(NeedStatus))
    labels: frozenset[str] | None = attrs.field(default=None, converter=labelled)

    def move(self, status: NeedStatus) -> Need:
        """Give the need with another status.

        Raises:
            StatusError: the status may not follow the present one.
        """
        return attrs.evolve(self, status=moved("need", self.status, status))


@attrs.frozen(kw_only=True)
class Goal:
    """Something the person wants to reach.

    Whether it is pursued and how near it is are two axes: finishing it or its activities never makes it achieved.

    Attributes:
        id: text the host gives.
        statement: what is to be reached, in the person's words.
        target: the same as a rule that says when it is reached, as `phq_9.total < 5`; `None` where nothing measures it.
        needs: the ids of the needs it answers.
        due: the day by which it is to be reached.
        priority: how pressing it is.
        category: what sort of goal it is, in the host's words, as `dietary` or `safety`.
        lifecycle: whether it is pursued.
        achievement: how near it is; `None` where nobody has looked yet.
        owner: who holds it.
        labels: what it is about that not everybody may see, as `SUD` or `MH`; empty where there is nothing of the kind,
            `None` where nobody has said so.
    """

    id: str = attrs.field(validator=given)
    statement: str = attrs.field(validator=given)
    target: str | None = None
    needs: tuple[str, ...] = attrs.field(default=(), converter=texts)
    due: date | None = None
    priority: Priority | None = attrs.field(default=None, validator=one_of(Priority))
    category: str | None = None
    lifecycle: GoalLifecycle = attrs.field(default="proposed", validator=one_of(GoalLifecycle))
    achievement: Achievement | None = attrs.field(default=None, validator=one_of(Achievement))
    owner: Owner | None = None
    labels: frozenset[str] | None = attrs.field(default=None, converter=labelled)

    def move(self, lifecycle: GoalLifecycle | None = None, *, achievement: Achievement | None = None) -> Goal:
        """Give the goal with another lifecycle, another achievement, or both; what is left out stays.

        Raises:
            StatusError: one of them may not follow the present one.
        """
        if achievement is not None:
            moved("goal achievement", self.achievement, achievement)
        return attrs.evolve(
            self,
            lifecycle=moved("goal lifecycle", self.lifecycle, lifecycle or self.lifecycle),
            achievement=achievement or self.achievement,
        )

    def rule(self, vocabulary: Vocabulary) -> Expression | None:
        """Read the target; `None` where there is none.

        Raises:
            RuleError: it does not read with these names, or is no yes/no.
        """
        from carecoord.rules import parse  # noqa: PLC0415 plans are kept by hosts that measure nothing

        if self.target is None:
            return None
        rule = parse(self.target, vocabulary)
        if rule.type != "yes/no":
            raise RuleError(f"a target is yes or no, as score < 5; this is {rule.type}", 1, self.target)
        return rule

    def progress(self, facts: Mapping[str, Any], vocabulary: Vocabulary) -> Explanation | None:
        """Say whether the target is met, and why; `None` where there is no target.

        The explanation's `value` is true, false, or `None` where the facts do not tell.
        This changes nothing: a person decides what was achieved.

        Raises:
            RuleError: as `rule`.

        Example:
            >>> from carecoord.rules import Kind, Vocabulary
            >>> words = Vocabulary(names={"phq_9.total": Kind.number(0, 27, whole=True)})
            >>> goal = Goal(id="mood", statement="Enjoy my garden again", target="phq_9.total < 5")
            >>> print(goal.progress({"phq_9.total": 12}, words))
            phq_9.total is 12, wanted < 5
        """
        rule = self.rule(vocabulary)
        return None if rule is None else rule.explain(facts)


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


def counted(cycle: ReviewCycle | None, done: Done) -> Done:
    """Note for which scheduled day something done counts, where that is not said."""
    if cycle is None or done.scheduled is not None:
        return done
    review = cycle.counts_for(done.on)
    return done if review is None else attrs.evolve(done, scheduled=review.scheduled)


@attrs.frozen(kw_only=True)
class Activity:
    """Something that is done for the plan.

    Attributes:
        id: text the host gives.
        kind: what sort of thing it is.
        title: what is done, in words.
        codes: the same in the host's terminology, as `system|code`.
        goals: the ids of the goals it serves.
        status: how it stands.
        modality: how it is given, in the host's words, as `individual`, `group` or `self-guided`.
        channel: how people meet for it.
        setting: where, in the host's words, as `primary care clinic`.
        due: the day by which it is to be done, where it is done once.
        schedule: the days on which it is done, where it is done again and again.
        owner: who does it.
        done: the times it was done, as the schedule has them.
        labels: what it is about that not everybody may see, as `SUD` or `MH`; empty where there is nothing of the kind,
            `None` where nobody has said so.
    """

    id: str = attrs.field(validator=given)
    kind: ActivityKind = attrs.field(validator=one_of(ActivityKind))
    title: str = attrs.field(validator=given)
    codes: tuple[str, ...] = attrs.field(default=(), converter=texts)
    goals: tuple[str, ...] = attrs.field(default=(), converter=texts)
    status: ActivityStatus = attrs.field(default="not-started", validator=one_of(ActivityStatus))
    modality: str | None = None
    channel: Channel | None = attrs.field(default=None, validator=one_of(Channel))
    setting: str | None = None
    due: date | None = None
    schedule: ReviewCycle | None = None
    owner: Owner | None = None
    done: tuple[Done, ...] = attrs.field(default=(), converter=_done)
    labels: frozenset[str] | None = attrs.field(default=None, converter=labelled)

    def __attrs_post_init__(self) -> None:
        """Refuse one day and a schedule at once."""
        if self.due is not None and self.schedule is not None:
            raise DataError("activity", [Fault("$.due", "it is due once or by its schedule, not both")])

    def move(self, status: ActivityStatus) -> Activity:
        """Give the activity with another status.

        Raises:
            StatusError: the status may not follow the present one.
        """
        return attrs.evolve(self, status=moved("activity", self.status, status))

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


@attrs.frozen(kw_only=True)
class Review:
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

    id: str = attrs.field(validator=given)
    cycle: ReviewCycle
    title: str = ""
    domain: Domain | None = attrs.field(default=None, validator=one_of(Domain))
    goals: tuple[str, ...] = attrs.field(default=(), converter=texts)
    triggers: tuple[Trigger, ...] = attrs.field(default=(), converter=_triggers)
    owner: Owner | None = None
    done: tuple[Done, ...] = attrs.field(default=(), converter=_done)
    labels: frozenset[str] | None = attrs.field(default=None, converter=labelled)

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
