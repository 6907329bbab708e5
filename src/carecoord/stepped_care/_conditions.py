"""Facts about a condition over several readings: whether it held, held in a row, or was met and never answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Literal

import attrs

from carecoord.rules import Expression
from carecoord.stepped_care._history import History, Row
from carecoord.stepped_care._moments import Moment, on_or_before
from carecoord.stepped_care._readings import At, Derived, Latest
from carecoord.stepped_care._reductions import Number, Reduction
from carecoord.stepped_care._ruling import FactValue

__all__ = ["Condition", "Held", "InARow", "Unanswered"]


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
    def named(self) -> tuple[str, ...]:
        """The events that what is derived is taken at."""
        return tuple(dict.fromkeys(name for one in self.derived for name in one.named))

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
    def named(self) -> tuple[str, ...]:
        """Those of the condition, and what it is counted after."""
        return self.condition.named if self.since is None else (*self.condition.named, self.since)

    @property
    def reads(self) -> tuple[Latest, ...]:
        """What the condition looks at."""
        return self.condition.reads

    def asks(self, history: History) -> tuple[str, ...]:
        """Ask for what the condition looks at."""
        del history
        return self.condition.asks

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
    def named(self) -> tuple[str, ...]:
        """Those of the condition."""
        return self.condition.named

    @property
    def reads(self) -> tuple[Latest, ...]:
        """What the condition looks at."""
        return self.condition.reads

    def asks(self, history: History) -> tuple[str, ...]:
        """Ask for what the condition looks at."""
        del history
        return self.condition.asks

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
    def named(self) -> tuple[str, ...]:
        """Those of the condition, and those that answer it."""
        return (*self.condition.named, *self.events)

    @property
    def reads(self) -> tuple[Latest, ...]:
        """What the condition looks at."""
        return self.condition.reads

    def asks(self, history: History) -> tuple[str, ...]:
        """Ask for what the condition looks at."""
        del history
        return self.condition.asks

    def of(self, history: History) -> FactValue:
        """Say so; a blank reading that nothing came after is unknown."""
        rows = history.all_rows(self.condition.measure)
        if not rows:
            return False
        answered = [when for event in self.events for when in history.ever(event)]
        truths: list[bool | None] = [
            self.condition.holds(history, row)
            for row in rows
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
        return f"left blank on {blank[-1]}"
