"""How an episode is reduced to the value of one fact: one class for each kind of fact a protocol can use.

A reduction is a value and holds no history, so other engines can read what it says and do it their own way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Literal

import attrs

from carecoord._values import Period
from carecoord.rules import Bounds, Expression, Kind
from carecoord.stepped_care._history import History, Row, Scalar, Watch
from carecoord.stepped_care._moments import Moment, is_current, on_or_before
from carecoord.stepped_care._ruling import FactValue

__all__ = [
    "At",
    "Clock",
    "Condition",
    "Derived",
    "Held",
    "InARow",
    "Latest",
    "MissedInARow",
    "Recorded",
    "Reduction",
    "Series",
    "Step",
    "Times",
    "Unanswered",
    "Window",
]

Number = int | float


@attrs.frozen(kw_only=True)
class Reduction:
    """How one fact is read from history.

    Attributes:
        name: the fact's name in rules.
        kind: what it can be.
        asks: what to ask a person for when it is unknown.
    """

    name: str
    kind: Kind
    asks: tuple[str, ...] = ()

    @property
    def reads(self) -> tuple[Latest, ...]:
        """The scores and answers of assessments that it is read from."""
        return ()

    def of(self, history: History) -> FactValue:
        """Give the fact's value; `None` is unknown."""
        raise NotImplementedError

    def value(self, history: History) -> FactValue:
        """Give the fact's value, worked out once for a history."""
        values = history.values
        if self.name not in values:
            values[self.name] = self.of(history)
        return values[self.name]

    def possible(self, history: History) -> Bounds | None:
        """Give what an unknown value can still be, where something is known of it."""
        del history
        return None

    def when(self, history: History) -> Moment | None:
        """Give the day a value was read on, where there is one."""
        del history
        return None

    def why(self, history: History) -> str:
        """Say why the fact is unknown."""
        del history
        return ""


@attrs.frozen(kw_only=True)
class Step(Reduction):
    """The step the person is in."""

    def of(self, history: History) -> FactValue:
        """Give the step's id, or `outside`."""
        return history.step


def _scored(rows: list[Row], name: str) -> list[Row]:
    return [row for row in rows if row.values[name] is not None]


@attrs.frozen(kw_only=True)
class Latest(Reduction):
    """A score or an answer in the latest assessment.

    Attributes:
        measure: the measure's name.
        watch: where it stands in an assessment.
        valid_for: how long it may be used.
        skip: whether an assessment that could not be scored is passed over for the one before it.
    """

    measure: str
    watch: Watch
    valid_for: Period | None = None
    skip: bool = False

    @property
    def reads(self) -> tuple[Latest, ...]:
        """Itself."""
        return (self,)

    @property
    def worse(self) -> int:
        """1 where a higher value is worse, -1 where a lower one is, 0 where neither."""
        return self.watch.worse

    def row(self, history: History) -> Row | None:
        """Give the reading it is taken from."""
        rows = history.rows(self.measure)
        if self.skip:
            rows = _scored(rows, self.name)
        return rows[-1] if rows else None

    def of(self, history: History) -> FactValue:
        """Give the value; unknown where never assessed, left blank or not scored, or too old."""
        row = self.row(history)
        if row is None or not is_current(row.when, history.now, self.valid_for):
            return None
        return row.values[self.name]

    def possible(self, history: History) -> Bounds | None:
        """Give the bounds that a half-answered form allows, while it is not too old."""
        row = self.row(history)
        if row is None or not is_current(row.when, history.now, self.valid_for):
            return None
        return self.bounds(row)

    def bounds(self, row: Row) -> Bounds | None:
        """Give the bounds of the score in one reading, where it has no value but bounds."""
        left = row.possible.get(self.name, ())
        numbers = [one for one in left if isinstance(one, int | float)]
        if numbers:
            return Bounds.between(min(numbers), max(numbers), whole=self.kind.whole)
        return Bounds.one_of(*map(str, left)) if left else None

    def when(self, history: History) -> Moment | None:
        """Give the day of the reading."""
        row = self.row(history)
        return row.when if row else None

    def why(self, history: History) -> str:
        """Say why it is unknown: never assessed, too old, left blank or not scored."""
        row = self.row(history)
        if row is None:
            return "never assessed"
        current = is_current(row.when, history.now, self.valid_for)
        good = f"good for {self.valid_for.words}" if self.valid_for else ""
        if current is None:
            return f"last on {row.when}, {good}, but the hour is not known"
        if not current:
            return f"last on {row.when}, {good}"
        left = row.possible.get(self.name, ())
        join = " or " if any(isinstance(one, str) for one in left) else " to "
        return f"incomplete on {row.when}" + (f", {join.join(map(str, left))} possible" if left else "")


def _never(event: str) -> str:
    return "not enrolled" if event in ("start", "step") else f"no {event} yet"


def _at(rows: list[Row], anchor: Moment) -> Row | None:
    """Give the last reading on or before a moment, else the first after it."""
    before = [row for row in rows if on_or_before(row.when, anchor)]
    return before[-1] if before else rows[0] if rows else None


@attrs.frozen(kw_only=True)
class At(Reduction):
    """A score as it was at an event: the last one on or before it, else the first after it; it never goes stale.

    Attributes:
        score: the score.
        event: the event; `first` for the first reading of the enrolment.
    """

    score: Latest
    event: str

    @property
    def reads(self) -> tuple[Latest, ...]:
        """The score."""
        return (self.score,)

    def row(self, history: History) -> Row | None:
        """Give the reading it is taken from."""
        rows = _scored(history.rows(self.score.measure), self.score.name)
        if self.event == "first":
            return rows[0] if rows else None
        anchor = history.anchor(self.event)
        return _at(rows, anchor) if anchor is not None else None

    def of(self, history: History) -> FactValue:
        """Give the value; unknown where there is no such reading, or the event never happened."""
        row = self.row(history)
        return row.values[self.score.name] if row else None

    def when(self, history: History) -> Moment | None:
        """Give the day of the reading."""
        row = self.row(history)
        return row.when if row else None

    def why(self, history: History) -> str:
        """Say which of the two is missing."""
        if self.event != "first" and history.anchor(self.event) is None:
            return _never(self.event)
        return "never assessed"


@attrs.frozen(kw_only=True)
class Derived(Reduction):
    """How far the latest score is from the baseline.

    Attributes:
        score: the score.
        baseline: the baseline.
        form: `change` signed as the score is, `improvement` in the better direction, or that in percent.
    """

    score: Latest
    baseline: At
    form: Literal["change", "improvement", "percent_improvement"]

    @property
    def reads(self) -> tuple[Latest, ...]:
        """The score."""
        return (self.score,)

    def of(self, history: History) -> FactValue:
        """Give the difference; unknown where either score is."""
        return self.between(self.score.value(history), self.baseline.value(history))

    def between(self, latest: Scalar, baseline: Scalar) -> FactValue:
        """Work it out; a baseline of 0 gives 0 percent, so no response."""
        if not isinstance(latest, int | float) or not isinstance(baseline, int | float):
            return None
        change = latest - baseline
        if self.form == "change":
            return change
        improvement = change if self.score.worse < 0 else -change
        if self.form == "improvement":
            return improvement
        percent = 100 * improvement / baseline if baseline else 0
        return int(percent) if percent == int(percent) else percent

    def possible(self, history: History) -> Bounds | None:
        """Give the bounds that those of the latest score allow."""
        latest, baseline = self.score.possible(history), self.baseline.value(history)
        if latest is None or not isinstance(baseline, int | float):
            return None
        ends = [self.between(end, baseline) for end in (latest.low, latest.high)]
        numbers = [end for end in ends if isinstance(end, int | float)]
        return Bounds.between(min(numbers), max(numbers), whole=latest.whole and self.form != "percent_improvement")

    def when(self, history: History) -> Moment | None:
        """Give the day of the latest score."""
        return self.score.when(history)

    def why(self, history: History) -> str:
        """Say which of the two scores is unknown and why."""
        if self.score.value(history) is None:
            return f"{self.score.name} is unknown, {self.score.why(history)}"
        return f"{self.baseline.name} is unknown, {self.baseline.why(history)}"


@attrs.frozen(kw_only=True)
class Series(Reduction):
    """What the scored readings of the enrolment show together; nothing of it goes stale."""

    score: Latest
    form: Literal["previous", "first", "best", "worst", "count", "days_old"]

    @property
    def reads(self) -> tuple[Latest, ...]:
        """The score."""
        return (self.score,)

    def of(self, history: History) -> FactValue:
        """Give the value; a count of none is 0, everything else is unknown without a reading."""
        rows = _scored(history.rows(self.score.measure), self.score.name)
        if self.form == "count":
            return len(rows)
        if self.form == "days_old":
            return history.now.day - rows[-1].when.day if rows else None
        values = [row.values[self.score.name] for row in rows]
        if self.form == "previous":
            return values[-2] if len(values) > 1 else None
        if self.form == "first":
            return values[0] if values else None
        return _extreme(values, self.form, self.score.worse)

    def why(self, history: History) -> str:
        """Say that there are too few readings."""
        count = len(_scored(history.rows(self.score.measure), self.score.name))
        return "assessed only once" if count else "never assessed"


def _extreme(values: list[Scalar], form: str, worse: int) -> FactValue:
    numbers = [value for value in values if isinstance(value, int | float)]
    if not numbers:
        return None
    return max(numbers) if (form == "worst") == (worse > 0) else min(numbers)


@attrs.frozen(kw_only=True)
class Window(Reduction):
    """The worst, best or average score over the last days, the first of them included."""

    score: Latest
    form: Literal["worst", "best", "average"]
    days: Number

    @property
    def reads(self) -> tuple[Latest, ...]:
        """The score."""
        return (self.score,)

    def of(self, history: History) -> FactValue:
        """Give the value; unknown where no reading was scored in the window."""
        values = [row.values[self.score.name] for row in self._rows(history)]
        if self.form != "average":
            return _extreme(values, self.form, self.score.worse)
        numbers = [value for value in values if isinstance(value, int | float)]
        return sum(numbers) / len(numbers) if numbers else None

    def _rows(self, history: History) -> list[Row]:
        since = history.now.day - self.days
        rows = _scored(history.rows(self.score.measure), self.score.name)
        return [row for row in rows if row.when.day >= since]

    def why(self, history: History) -> str:
        """Say that the window is empty."""
        del history
        return f"not assessed in the last {self.days:g} days"


@attrs.frozen(kw_only=True)
class Clock(Reduction):
    """The time since an event: whole days, days / 7, or hours."""

    event: str
    unit: Literal["days", "weeks", "hours"]

    def of(self, history: History) -> FactValue:
        """Give the time; unknown where the event never happened, and in hours where either has a date only."""
        anchor = history.anchor(self.event)
        if anchor is None:
            return None
        if self.unit == "hours":
            if not (anchor.has_hour and history.now.has_hour):
                return None
            return _whole((history.now.minute - anchor.minute) / 60)
        days = history.now.day - anchor.day
        return days if self.unit == "days" else _whole(days / 7)

    def why(self, history: History) -> str:
        """Say whether the event or the hour is missing."""
        return _never(self.event) if history.anchor(self.event) is None else "the hour is not known"


def _whole(value: float) -> Number:
    return int(value) if value == int(value) else value


@attrs.frozen(kw_only=True)
class Times(Reduction):
    """How often an event happened: in the enrolment, over the last days, or after another event.

    Attributes:
        event: the event.
        days: over these last days, the first of them included, whatever the enrolment.
        since: strictly after this event; what happened on its day, or at its minute, belongs to before it.
    """

    event: str
    days: Number | None = None
    since: str | None = None

    def of(self, history: History) -> FactValue:
        """Give the count: what was not recorded did not happen. Unknown only where `since` never happened."""
        if self.days is not None:
            first = history.now.day - self.days
            return sum(when.day >= first for when in history.ever(self.event))
        happened = history.happened(self.event)
        if self.since is None:
            return len(happened)
        anchor = history.anchor(self.since)
        return None if anchor is None else sum(not on_or_before(when, anchor) for when in happened)

    def why(self, history: History) -> str:
        """Say which event never happened."""
        del history
        return _never(self.since or "")


@attrs.frozen(kw_only=True)
class MissedInARow(Reduction):
    """The contacts missed since the last one that was kept."""

    def of(self, history: History) -> FactValue:
        """Give the count."""
        return history.missed_in_a_row()


@attrs.frozen(kw_only=True)
class Recorded(Reduction):
    """Something a person recorded: the latest record, while it is valid.

    Attributes:
        valid_for: how long it may be used.
        values: what it may be, where the protocol lists it.
    """

    valid_for: Period | None = None
    values: tuple[FactValue, ...] = ()

    def of(self, history: History) -> FactValue:
        """Give the value; unknown where never recorded, too old, contradicted, or nothing the protocol takes."""
        return None if self.why(history) else self._latest(history)[-1][2]

    def _latest(self, history: History) -> list[tuple[Moment, Moment, FactValue]]:
        """Give the records of the latest moment that were written down last."""
        records = history.recorded(self.name)
        return [record for record in records if record[:2] == records[-1][:2]]

    def when(self, history: History) -> Moment | None:
        """Give the day of the record."""
        latest = self._latest(history)
        return latest[-1][0] if latest else None

    def why(self, history: History) -> str:
        """Say why it is unknown; empty where it is known."""
        latest = self._latest(history)
        if not latest:
            return "never recorded"
        when, _, value = latest[-1]
        if not is_current(when, history.now, self.valid_for):
            return f"last on {when}, good for {self.valid_for.words if self.valid_for else ''}"
        if any(type(other) is not type(value) or other != value for _, _, other in latest):
            return f"the records of {when} contradict each other"
        return "" if self._fits(value) else f"what was recorded on {when} is nothing this protocol takes"

    def _fits(self, value: FactValue) -> bool:
        if self.kind.type == "yes/no" or isinstance(value, bool):
            return self.kind.type == "yes/no" and isinstance(value, bool)
        if self.values and value not in self.values:
            return False
        if self.kind.type == "text":
            return isinstance(value, str)
        return isinstance(value, int | float) and self.kind.low <= value <= self.kind.high


@attrs.frozen(kw_only=True)
class Condition:
    """Something that holds of one reading of a measure, or does not, or is unknown.

    Attributes:
        measure: the measure.
        rule: the condition.
        scores: the scores and items it looks at.
        derived: what it looks at that also needs the baseline.
    """

    measure: str
    rule: Expression
    scores: tuple[Latest, ...]
    derived: tuple[Derived | At, ...] = ()

    @cached_property
    def _run(self) -> Callable[[Mapping[str, object]], bool | None]:
        return self.rule.compile()

    @property
    def reads(self) -> tuple[Latest, ...]:
        """The scores and items it looks at, those behind what is derived included."""
        return tuple({score.name: score for score in [*self.scores, *(one.score for one in self.derived)]}.values())

    @property
    def asks(self) -> tuple[str, ...]:
        """What to ask a person for when it is unknown."""
        return tuple(score.name for score in self.reads)

    def holds(self, history: History, row: Row) -> bool | None:
        """Say whether it holds of a reading; the bounds of a half-answered form may settle it."""
        if not self.derived and not row.possible:
            return self._run(row.values)
        facts: dict[str, object] = dict(row.values)
        for one in self.derived:
            baseline = (one.baseline if isinstance(one, Derived) else one).value(history)
            facts[one.name] = (
                one.between(row.values[one.score.name], baseline) if isinstance(one, Derived) else baseline
            )
        truth = self._run(facts)
        if truth is None and row.possible:
            facts |= {score.name: score.bounds(row) for score in self.scores if score.name in row.possible}
            certain = self.rule.bounds(facts).certain
            return certain if isinstance(certain, bool) else None
        return truth


@attrs.frozen(kw_only=True)
class InARow(Reduction):
    """Whether the last readings all meet a condition.

    Attributes:
        condition: the condition.
        count: how many readings.
        since: only those strictly after this event.
    """

    condition: Condition
    count: int
    since: str | None = None

    @property
    def reads(self) -> tuple[Latest, ...]:
        """What the condition looks at."""
        return self.condition.reads

    def of(self, history: History) -> FactValue:
        """Say so; no where there are fewer readings, unknown where one is blank and none of the others fails."""
        rows = history.rows(self.condition.measure)
        if self.since is not None:
            anchor = history.anchor(self.since)
            rows = [row for row in rows if anchor is not None and not on_or_before(row.when, anchor)]
        if len(rows) < self.count:
            return False
        truths = [self.condition.holds(history, row) for row in rows[-self.count :]]
        return False if False in truths else None if None in truths else True

    def why(self, history: History) -> str:
        """Say that a reading is incomplete."""
        del history
        return f"one of the last {self.count} readings is incomplete"


@attrs.frozen(kw_only=True)
class Held(Reduction):
    """Whether a condition has held, without a break, over a span from the first reading to the latest.

    Time without a reading is no evidence, so it needs two readings that far apart.
    """

    condition: Condition
    span: Number
    unit: Literal["days", "hours"]

    @property
    def reads(self) -> tuple[Latest, ...]:
        """What the condition looks at."""
        return self.condition.reads

    def of(self, history: History) -> FactValue:
        """Say so; where a blank reading could break or lengthen the run, it is unknown."""
        latest: Moment | None = None
        sure = True
        for row in reversed(history.rows(self.condition.measure)):
            truth = self.condition.holds(history, row)
            if truth is False:
                return False
            latest, sure = latest or row.when, sure and truth is True
            span = self._span(row.when, latest)
            if span is None:
                return None
            if span >= self.span:
                return True if sure else None
        return False

    def _span(self, first: Moment, latest: Moment) -> Number | None:
        if self.unit == "days":
            return latest.day - first.day
        if not (first.has_hour and latest.has_hour):
            return None
        return (latest.minute - first.minute) / 60

    def why(self, history: History) -> str:
        """Say that a reading is incomplete, or has no hour."""
        del history
        return "a reading of that time is incomplete" + (" or has no hour" if self.unit == "hours" else "")


@attrs.frozen(kw_only=True)
class Unanswered(Reduction):
    """Whether a reading met a condition and none of the events came on or after it.

    It looks at the whole history: what was never answered does not go away with a new enrolment,
    and a later reading that does not meet the condition does not clear it.
    """

    condition: Condition
    events: tuple[str, ...]

    @property
    def reads(self) -> tuple[Latest, ...]:
        """What the condition looks at."""
        return self.condition.reads

    def of(self, history: History) -> FactValue:
        """Say so; a blank reading that nothing came after is unknown."""
        answered = [when for event in self.events for when in history.ever(event)]
        truths: list[bool | None] = [
            self.condition.holds(history, row)
            for row in history.all_rows(self.condition.measure)
            if not any(on_or_before(row.when, when) for when in answered)
        ]
        return True if True in truths else None if None in truths else False

    def when(self, history: History) -> Moment | None:
        """Give the day of the last reading that met it."""
        rows = history.all_rows(self.condition.measure)
        met = [row.when for row in rows if self.condition.holds(history, row) is True]
        return met[-1] if met else None

    def why(self, history: History) -> str:
        """Say which reading is blank."""
        rows = history.all_rows(self.condition.measure)
        blank = [row.when for row in rows if self.condition.holds(history, row) is None]
        return f"left blank on {blank[-1]}" if blank else ""
