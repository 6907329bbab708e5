"""What course a score usually takes, by where it began, and who is off it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final, Literal, NamedTuple

import attrs

from carecoord.caseload._measures._record import Record
from carecoord.caseload._measures._rows import readings
from carecoord.errors import DataError, Fault

__all__ = [
    "Calibration",
    "CourseGroup",
    "CoursePoint",
    "CourseStanding",
    "ExpectedCourse",
    "Signal",
    "calibrate",
    "expected_course",
    "off_track",
]

PERCENTILES: Final = (10, 25, 50, 75, 90)

Signal = Literal["white", "green", "yellow", "red"]
"""Better than most, as expected, worse than most, much worse than most."""


@attrs.frozen(kw_only=True)
class CoursePoint:
    """Where scores lie that long after they began.

    Attributes:
        week: whole weeks since the first score.
        people: how many there are.
        values: the percentiles, the lowest score first, in the order of the course's `percentiles`.
    """

    week: int
    people: int
    values: tuple[float, ...]


@attrs.frozen(kw_only=True)
class CourseGroup:
    """Those who began alike.

    Attributes:
        start: the lowest first score of the group; it reaches up to the start of the next one.
        points: where their scores lie, the earliest week first.
    """

    start: int | float
    points: tuple[CoursePoint, ...] = attrs.field(default=(), converter=tuple[CoursePoint, ...])


@attrs.frozen(kw_only=True)
class ExpectedCourse:
    """Percentile curves of a score by where it began: counted from a cohort, or one's own published table.

    Attributes:
        instrument: the instrument's id.
        score: the score's id.
        worse: whether a higher score is worse, or a lower one.
        percentiles: which percentiles the points give, the lowest first.
        groups: the curves, the lowest start first.
        source: where it comes from.
    """

    instrument: str
    score: str = "total"
    worse: Literal["higher", "lower"] = "higher"
    percentiles: tuple[int, ...] = PERCENTILES
    groups: tuple[CourseGroup, ...] = attrs.field(converter=tuple[CourseGroup, ...])
    source: str = ""

    def __attrs_post_init__(self) -> None:
        """Hold groups and percentiles to their order, and points to the percentiles."""
        faults = list(self._faults())
        if faults:
            raise DataError("expected course", faults)

    def _faults(self) -> Iterator[Fault]:
        if list(self.percentiles) != sorted(set(self.percentiles)) or not self.percentiles:
            yield Fault("$.percentiles", "the lowest first, each once, are wanted")
        starts = [group.start for group in self.groups]
        if starts != sorted(set(starts)) or not starts:
            yield Fault("$.groups", "the lowest start first, each once, are wanted")
        for number, group in enumerate(self.groups):
            weeks = [point.week for point in group.points]
            if weeks != sorted(set(weeks)):
                yield Fault(f"$.groups[{number}].points", "weeks are wanted in order, each once")
            for place, point in enumerate(group.points):
                if len(point.values) != len(self.percentiles) or list(point.values) != sorted(point.values):
                    path = f"$.groups[{number}].points[{place}].values"
                    yield Fault(path, "one a percentile, never falling, is wanted")

    def point(self, first: float, week: int) -> CoursePoint | None:
        """Give where scores lie that long after one that began there; `None` where the course does not say."""
        at = bisect_right(self.groups, first, key=lambda group: group.start) - 1
        points = self.groups[at].points if at >= 0 else ()
        return next((point for point in points if point.week == week), None)

    def signal(self, first: float, week: int, value: float) -> Signal | None:
        """Say how a score stands against the course: beyond the outer percentiles on the better or the worse side.

        `red` is worse than the outermost percentile, `yellow` worse than the next one, `white` better than the
        outermost on the other side, `green` in between; with fewer than four percentiles there is no yellow.
        `None` where the course does not say.
        """
        point = self.point(first, week)
        if point is None:
            return None
        low, high = point.values[0], point.values[-1]
        inner = (point.values[1], point.values[-2]) if len(point.values) > 3 else (low, high)
        if self.worse == "lower":
            value, low, high, inner = -value, -high, -low, (-inner[1], -inner[0])
        if value > high:
            return "red"
        if value > inner[1]:
            return "yellow"
        return "white" if value < low else "green"


class _Weekly(NamedTuple):
    """A person's scores: the first, the last one of each whole week, and all later ones with their day and week."""

    first: float
    weeks: dict[int, float]
    placed: list[tuple[date, int, float]]


def _weekly(record: Record, instrument: str, score: str, on: date | None) -> _Weekly | None:
    """Put every score into the whole week nearest to it, counted from the first one that is known."""
    known = readings(record, instrument, score, on)
    if not known:
        return None
    start, first = known[0]
    placed = [(day, ((day - start).days + 3) // 7, value) for day, value in known[1:]]
    return _Weekly(first, {week: value for _, week, value in placed}, placed)


def expected_course(
    records: Iterable[Record],
    *,
    instrument: str,
    starts: Sequence[int | float],
    score: str = "total",
    worse: Literal["higher", "lower"] = "higher",
    percentiles: Sequence[int] = PERCENTILES,
    least: int = 20,
    on: date | None = None,
    source: str = "",
) -> ExpectedCourse:
    """Count percentile curves from a cohort.

    A score belongs to the whole week nearest to it, counted from the first score that is known; of two in one week the
    later one counts. Percentiles lie between the two nearest scores in proportion (Hyndman and Fan 1996, definition 7).
    A week with fewer people than `least` is left out. Whoever left early is missing from later weeks: if those who do
    better or worse leave sooner, the curve shows it, and nothing is made up for them.

    Args:
        records: the cohort, one a course of treatment.
        instrument: the instrument.
        starts: the lowest first score of each group, as the bands of the score begin.
        score: its score.
        worse: whether a higher score is worse, or a lower one.
        percentiles: which ones, the lowest first.
        least: people that a point must be counted over; 20 is ours, as no published number says how many are enough.
        on: leave out what came later.
        source: what to say it comes from.

    Raises:
        DataError: groups or percentiles are not in order.

    >>> scores = lambda day, value: {"on": day, "instrument": "phq-9", "score": "total", "value": value}
    >>> cohort = [
    ...     Record(person=str(n), lists={"scores": [scores(date(2026, 1, 5), 15), scores(date(2026, 2, 2), 5 + n)]})
    ...     for n in range(5)
    ... ]
    >>> course = expected_course(cohort, instrument="phq-9", starts=[0, 10], least=5)
    >>> course.point(15, 4).values, course.signal(15, 4, 9), course.signal(15, 4, 4)
    ((5.4, 6.0, 7.0, 8.0, 8.6), 'red', 'white')
    """
    values: list[dict[int, list[float]]] = [{} for _ in starts]
    for record in records:
        found = _weekly(record, instrument, score, on)
        at = -1 if found is None else bisect_right(starts, found.first) - 1
        if found is not None and at >= 0:
            for week, value in found.weeks.items():
                if week > 0:
                    values[at].setdefault(week, []).append(value)
    groups = [
        CourseGroup(start=start, points=_points(weeks, percentiles, least))
        for start, weeks in zip(starts, values, strict=True)
    ]
    return ExpectedCourse(
        instrument=instrument,
        score=score,
        worse=worse,
        percentiles=tuple(percentiles),
        groups=groups,
        source=source or f"counted from a cohort, percentiles {', '.join(map(str, percentiles))}",
    )


def _points(weeks: Mapping[int, list[float]], percentiles: Sequence[int], least: int) -> Iterator[CoursePoint]:
    for week, found in sorted(weeks.items()):
        if len(found) >= least:
            ordered = sorted(found)
            values = tuple(_percentile(ordered, one) for one in percentiles)
            yield CoursePoint(week=week, people=len(found), values=values)


def _percentile(ordered: Sequence[float], percent: float) -> float:
    """Give a percentile of sorted numbers, in proportion between the two nearest."""
    place = (len(ordered) - 1) * percent / 100
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


@attrs.frozen(kw_only=True)
class CourseStanding:
    """Where one person stands on the expected course.

    Attributes:
        person: the record's id.
        signal: how the latest score stands; `None` where the course does not say.
        week: whole weeks since the first score.
        first: the first score.
        value: the latest one.
        since: the day of the first of the latest scores in a row that are yellow or red; `None` where it is neither.
    """

    person: str
    signal: Signal | None
    week: int
    first: int | float
    value: int | float
    since: date | None = None


def off_track(
    records: Iterable[Record], course: ExpectedCourse, *, on: date, signals: Sequence[Signal] = ("yellow", "red")
) -> tuple[CourseStanding, ...]:
    """Give who is off the expected course and since when; the worst first, then the longest.

    Args:
        records: one a course of treatment.
        course: what is expected.
        on: the day; what came later is left out.
        signals: which ones are off the course.

    Returns:
        Whoever's latest score has one of the signals; of whom the course does not say anything nothing is said.

    >>> point = CoursePoint(week=4, people=50, values=(3, 6, 9, 12, 15))
    >>> course = ExpectedCourse(instrument="phq-9", groups=[CourseGroup(start=10, points=[point])])
    >>> score = {"instrument": "phq-9", "score": "total"}
    >>> scores = [{"on": date(2026, 1, 5), "value": 14, **score}, {"on": date(2026, 2, 2), "value": 16, **score}]
    >>> one, = off_track([Record(person="A", lists={"scores": scores})], course, on=date(2026, 2, 28))
    >>> one.signal, one.since.isoformat()
    ('red', '2026-02-02')
    """
    found = [one for record in records if (one := _standing(record, course, on)) is not None]
    off = [one for one in found if one.signal in signals]
    return tuple(sorted(off, key=lambda one: (one.signal != "red", one.since or on, one.person)))


def _standing(record: Record, course: ExpectedCourse, on: date) -> CourseStanding | None:
    found = _weekly(record, course.instrument, course.score, on)
    if found is None or not found[2]:
        return None
    first, _, placed = found
    since: date | None = None
    signal: Signal | None = None
    for day, week, value in placed:
        signal = course.signal(first, week, value)
        if signal not in ("yellow", "red"):
            since = None
        elif since is None:
            since = day
    _, week, value = placed[-1]
    return CourseStanding(person=record.person, signal=signal, week=week, first=first, value=value, since=since)


@attrs.frozen(kw_only=True)
class Calibration:
    """How well a course foretold the scores of people it was not counted from.

    Attributes:
        percentile: the percentile.
        expected: the share of scores that should lie at or below it, 0 to 1.
        found: the share that did; `None` where there are no scores.
        scores: how many scores there were.
    """

    percentile: int
    expected: float
    found: float | None
    scores: int


def calibrate(course: ExpectedCourse, records: Iterable[Record], *, on: date | None = None) -> tuple[Calibration, ...]:
    """Hold a course against people it was not counted from.

    Args:
        course: what was expected.
        records: the people held out, one a course of treatment.
        on: leave out what came later.

    Returns:
        One a percentile: the share of their scores at or below it, over all weeks that the course speaks of. A score
        that lies on the percentile counts as half, so that ties do not tilt it.

    >>> point = CoursePoint(week=4, people=50, values=(3, 6, 9, 12, 15))
    >>> course = ExpectedCourse(instrument="phq-9", groups=[CourseGroup(start=10, points=[point])])
    >>> score = {"instrument": "phq-9", "score": "total"}
    >>> scores = [{"on": date(2026, 1, 5), "value": 14, **score}, {"on": date(2026, 2, 2), "value": 9, **score}]
    >>> [one.found for one in calibrate(course, [Record(person="A", lists={"scores": scores})])]
    [0.0, 0.0, 0.5, 1.0, 1.0]
    """
    below = dict.fromkeys(course.percentiles, 0.0)
    scores = 0
    for record in records:
        found = _weekly(record, course.instrument, course.score, on)
        if found is None:
            continue
        first, weeks, _ = found
        for week, value in weeks.items():
            point = course.point(first, week)
            if point is None:
                continue
            scores += 1
            for percentile, limit in zip(course.percentiles, point.values, strict=True):
                below[percentile] += 1.0 if value < limit else 0.5 if value == limit else 0.0
    return tuple(
        Calibration(
            percentile=percentile,
            expected=percentile / 100,
            found=below[percentile] / scores if scores else None,
            scores=scores,
        )
        for percentile in course.percentiles
    )
