"""Facts read from the assessments of a measure: the latest score, the baseline, what lies between, and series."""

from __future__ import annotations

from typing import Literal

import attrs

from carecoord._values import Period
from carecoord.rules import Bounds
from carecoord.stepped_care._history import History, Row, Scalar, Watch
from carecoord.stepped_care._moments import Moment, is_current, on_or_before
from carecoord.stepped_care._reductions import Number, Reduction, never
from carecoord.stepped_care._ruling import FactValue

__all__ = ["At", "Derived", "Latest", "Series", "Window"]


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

    @property
    def named(self) -> tuple[str, ...]:
        """The event."""
        return (self.event,)

    @property
    def follows(self) -> Latest | None:
        """The score: its first reading would be this."""
        return self.score

    def _has_begun(self, history: History) -> bool:
        return self.event == "first" or history.anchor(self.event) is not None

    def asks(self, history: History) -> tuple[str, ...]:
        """Ask for the score, or for the event where that never happened."""
        return self.score.asks(history) if self._has_begun(history) else (self.event,)

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
        return "never assessed" if self._has_begun(history) else never(self.event)


def _at(rows: list[Row], anchor: Moment) -> Row | None:
    """Give the last reading on or before a moment, else the first after it."""
    before = [row for row in rows if on_or_before(row.when, anchor)]
    return before[-1] if before else rows[0] if rows else None


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
    def named(self) -> tuple[str, ...]:
        """The event that the baseline is taken at."""
        return self.baseline.named

    @property
    def reads(self) -> tuple[Latest, ...]:
        """The score."""
        return (self.score,)

    def asks(self, history: History) -> tuple[str, ...]:
        """Ask for those of the two scores that are unknown."""
        unknown = (one for one in (self.score, self.baseline) if one.value(history) is None)
        return tuple(dict.fromkeys(ask for one in unknown for ask in one.asks(history)))

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

    @property
    def follows(self) -> Latest | None:
        """The score, for what a single reading shows."""
        return self.score if self.form in ("first", "best", "worst") else None

    def asks(self, history: History) -> tuple[str, ...]:
        """Ask for the score."""
        return self.score.asks(history)

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

    @property
    def follows(self) -> Latest | None:
        """The score: one reading fills the window."""
        return self.score

    def asks(self, history: History) -> tuple[str, ...]:
        """Ask for the score."""
        return self.score.asks(history)

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
