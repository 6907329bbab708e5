"""A series of results on one instrument: how each score moved, and whether what was reached has held."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import groupby, pairwise

import attrs

from carecoord.errors import AnswerError, Fault, UnknownIdError
from carecoord.rules._explain import shown
from carecoord.scoring._change import ScoreChange, change
from carecoord.scoring._instrument import Score
from carecoord.scoring._result import Result

__all__ = ["Reading", "ScoreTrend", "Step", "Sustained", "Trend", "trend"]

Number = int | float
Moment = date
"""A day, or a moment: a `datetime` is a `date` too."""


@attrs.frozen
class Reading:
    """One score at one time.

    Attributes:
        on: when it was taken.
        value: the score; `None` where it is unknown.
        band: its main band; `None` where that is unknown or there is none.
    """

    on: Moment
    value: Number | None
    band: str | None


@attrs.frozen
class Step:
    """The change of a score from one reading to another.

    Attributes:
        since: when the earlier reading was taken.
        on: when the later one was.
        change: points, percent, and each published rule.
    """

    since: Moment
    on: Moment
    change: ScoreChange

    @property
    def days(self) -> float:
        """The time between the two, in days."""
        return _days(self.since, self.on)


@attrs.frozen(kw_only=True)
class Sustained:
    """Whether something has held up to the last reading, for long enough.

    Attributes:
        kind: the kind of rule, as `remission`.
        met: whether every reading of the time met it; `None` where that hangs on a reading that is unknown.
        since: the reading from which on it has certainly held; `None` where the last does not certainly meet it.
        days: from `since` to the last reading, in days; 0 where it does not hold.
        readings: how many readings that is.
        because: this in words.
    """

    kind: str
    met: bool | None
    since: Moment | None
    days: float
    readings: int
    because: str


@attrs.frozen(kw_only=True)
class ScoreTrend:
    """One score over a series of readings.

    Attributes:
        definition: the score's definition.
        readings: the readings in order of time.
        since_first: from the first reading whose value is known, to itself and to each later one.
        steps: from each reading to the next.
    """

    definition: Score
    readings: tuple[Reading, ...]
    since_first: tuple[Step, ...]
    steps: tuple[Step, ...]

    @property
    def overall(self) -> ScoreChange | None:
        """The change from the first known reading to the last reading; `None` where no reading is known."""
        return self.since_first[-1].change if self.since_first else None

    @property
    def best(self) -> Reading | None:
        """The best known reading, the earliest of equals; `None` where none is known or the score has no direction."""
        return self._extreme(1 if self.definition.worse == "higher" else -1)

    @property
    def worst(self) -> Reading | None:
        """The worst known reading, the earliest of equals; `None` where none is known or the score has no direction."""
        return self._extreme(-1 if self.definition.worse == "higher" else 1)

    def _extreme(self, sign: int) -> Reading | None:
        known = [(reading.value * sign, reading) for reading in self.readings if reading.value is not None]
        return None if not known or self.definition.worse == "neither" else min(known, key=lambda pair: pair[0])[1]

    def sustained(self, kind: str, *, weeks: float = 0, size: str = "") -> Sustained:
        """Say whether a published rule, judged against the first known reading, has held for some weeks.

        The time runs from the first reading that met it, without a break, to the last reading:
        what lies between readings, or after the last, is not known and not claimed.
        A reading that is unknown breaks nothing for certain: where it decides, the answer is unknown.

        Args:
            kind: `reliable-change`, `minimal-difference`, `response`, `remission`, `recovery` or `deterioration`.
            weeks: for how many weeks at least.
            size: the rule of this size, where several stand side by side.
        """
        states = [(step.on, _met(step.change, kind, size)) for step in self.since_first]
        certain = _run(states, (True,))
        perhaps = _run(states, (True, None))
        met: bool | None = False
        if certain and _days(certain[0], certain[-1]) >= weeks * 7:
            met = True
        elif not states or (perhaps and _days(perhaps[0], perhaps[-1]) >= weeks * 7):
            met = None
        days = _days(certain[0], certain[-1]) if certain else 0
        return Sustained(
            kind=kind, met=met, since=certain[0] if certain else None, days=days, readings=len(certain),
            because=_because(kind, states, certain),
        )  # fmt: skip


def _met(change: ScoreChange, kind: str, size: str) -> bool | None:
    met = [one.met for one in change.outcomes if one.kind == kind and size in ("", one.size)]
    return True if True in met else None if None in met or not met else False


def _run(states: Sequence[tuple[Moment, bool | None]], holding: tuple[bool | None, ...]) -> list[Moment]:
    """Give the moments of the unbroken run of these states at the end."""
    runs = [(holds, list(run)) for holds, run in groupby(states, lambda state: state[1] in holding)]
    return [on for on, _ in runs[-1][1]] if runs and runs[-1][0] else []


def _because(kind: str, states: Sequence[tuple[Moment, bool | None]], run: Sequence[Moment]) -> str:
    if not states:
        return "no reading is known"
    if not run:
        state = "is not known to meet" if states[-1][1] is None else "does not meet"
        return f"the last reading, {states[-1][0]}, {state} {kind}"
    if len(run) == 1:
        return f"{kind} at the last reading, {run[0]}"
    return f"{kind} at {len(run)} readings from {run[0]} to {run[-1]}, {_days(run[0], run[-1]) / 7:.3g} weeks"


class Trend(Mapping[str, ScoreTrend]):
    """Every numeric score of an instrument over a series of results, by the scores' ids.

    Attributes:
        results: when, and what, in order of time.
    """

    def __init__(self, results: Sequence[tuple[Moment, Result]]) -> None:
        self.results = tuple(results)
        self.instrument = self.results[0][1].instrument

    @cached_property
    def _scores(self) -> dict[str, ScoreTrend]:
        return {score.id: self._trend(score) for score in self.instrument.scores if score.range is not None}

    def _trend(self, score: Score) -> ScoreTrend:
        id = score.id
        readings = tuple(Reading(on, result[id].value, result[id].band) for on, result in self.results)
        known = [place for place, reading in enumerate(readings) if reading.value is not None]
        first = self.results[known[0]] if known else None
        later = self.results[known[0] :] if known else ()
        return ScoreTrend(
            definition=score,
            readings=readings,
            since_first=tuple(_step(id, first, after) for after in later) if first else (),
            steps=tuple(_step(id, before, after) for before, after in pairwise(self.results)),
        )

    def __getitem__(self, score: str) -> ScoreTrend:
        found = self._scores.get(score)
        if found is None:
            raise UnknownIdError(f"trend of {self.instrument.id}", score, self._scores)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._scores)

    def __len__(self) -> int:
        return len(self._scores)

    def explain(self) -> str:
        """Say in plain sentences how each score moved, and which published rules are met, and since when."""
        first, last = self.results[0][0], self.results[-1][0]
        count = len(self.results)
        span = f"{first} to {last} ({_days(first, last) / 7:.3g} weeks)" if count > 1 else str(first)
        head = f"{self.instrument.title} ({self.instrument.id}): {count} reading{'s' if count > 1 else ''}, {span}."
        return "\n".join([head, *(line for one in self.values() for line in _lines(one))])


def _lines(trend: ScoreTrend) -> Iterator[str]:
    values = ", ".join("unknown" if one.value is None else shown(one.value) for one in trend.readings)
    overall = trend.overall
    moved = ""
    if overall is not None and overall.points is not None and len(trend.since_first) > 1:
        moved = f" ({', '.join(filter(None, [f'{overall.points:+g}', overall.direction]))})"
    yield f"{trend.definition.id}: {values}{moved}"
    outcomes = overall.outcomes if overall is not None else ()
    for kind, size in dict.fromkeys((one.kind, one.size) for one in outcomes):
        held = trend.sustained(kind, size=size)
        if held.since is not None or held.met is None:
            sources = dict.fromkeys(
                f"{one.source}{', unverified' if one.evidence == 'unverified' else ''}"
                for one in outcomes
                if (one.kind, one.size) == (kind, size) and one.met is not False
            )
            yield f"  {' '.join(filter(None, [size, held.because]))} ({'; '.join(sources)})"


def _step(score: str, before: tuple[Moment, Result], after: tuple[Moment, Result]) -> Step:
    return Step(before[0], after[0], change(before[1], after[1])[score])


def _days(since: Moment, on: Moment) -> float:
    return (on - since) / timedelta(days=1)


def trend(results: Iterable[tuple[Moment, Result]]) -> Trend:
    """Follow the scores of one instrument over time.

    Args:
        results: pairs of when a result was taken and the result, in any order: all by the day, or all by the moment
            (`datetime` with a time zone), and none twice at one time.

    Returns:
        each numeric score by id: its readings, the change since the first and between neighbours by each published
        rule, and what has been sustained.

    Raises:
        AnswerError: no results, results of two instruments, or times that cannot be put in order.

    >>> from carecoord.scoring import score
    >>> days = date(2026, 1, 5), date(2026, 2, 2), date(2026, 3, 2)
    >>> fell = trend(zip(days, [score("phq-8", [answer] * 8) for answer in (2, 0, 0)]))["total"]
    >>> [reading.value for reading in fell.readings], fell.overall.points
    ([16, 0, 0], -16)
    >>> held = fell.sustained("minimal-difference", weeks=4)
    >>> held.met, held.because
    (True, 'minimal-difference at 2 readings from 2026-02-02 to 2026-03-02, 4 weeks')
    """
    pairs = list(results)
    fault = _fault(pairs)
    if fault:
        raise AnswerError(pairs[0][1].instrument.id if pairs else "trend", [Fault("", fault)])
    return Trend(sorted(pairs, key=lambda pair: pair[0]))


def _fault(pairs: Sequence[tuple[Moment, Result]]) -> str:
    moments = [on for on, _ in pairs]
    if not pairs:
        return "at least one result is wanted"
    if any(result.instrument != pairs[0][1].instrument for _, result in pairs):
        return "results of several definitions cannot be put in one series"
    if len({isinstance(on, datetime) for on in moments}) > 1 or not all(isinstance(on, date) for on in moments):
        return "all by the day, or all by the moment: dates and times cannot be mixed"
    if any(isinstance(on, datetime) and on.tzinfo is None for on in moments):
        return "a time without a zone has no place in a series"
    twice = next((on for on in moments if moments.count(on) > 1), None)
    return "" if twice is None else f"two results at {twice}; give the moments, or leave one out"
