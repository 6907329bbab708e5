"""What an episode shows on one day to one protocol: the step, the clocks and the readings of its measures.

Rules never see history. Everything they may know of it is read here, once, by the reductions that ask.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any, Literal, NamedTuple

import attrs

from carecoord._values import FrozenMapping, Period
from carecoord.stepped_care._entries import Override
from carecoord.stepped_care._episode import CourseChange, Episode, Index, Reading
from carecoord.stepped_care._moments import Moment, moment, on_or_before
from carecoord.stepped_care._ruling import FactValue

__all__ = ["OUTSIDE", "History", "Row", "Scope", "Watch", "enrolled_in"]

OUTSIDE = "outside"
"""The step of someone who is not enrolled."""

Scalar = int | float | str | None


@attrs.frozen
class Watch:
    """One number or answer of an assessment that a protocol reads.

    Attributes:
        name: its name in rules, as `phq_9.total`.
        source: whether it is a score or an item.
        key: the score's id, or the item's name.
        worse: 1 where a higher value is worse, -1 where a lower one is, 0 where neither.
        order: the texts it can be, best first, where it is a category.
    """

    name: str
    source: Literal["scores", "items"]
    key: str
    worse: Literal[1, 0, -1] = 1
    order: tuple[str, ...] = ()

    def worst(self, one: Scalar, other: Scalar) -> Scalar:
        """Give the worse of two readings of one moment; one that is unknown is the worse."""
        if one is None or other is None:
            return None
        if isinstance(one, str) or isinstance(other, str):
            return max(str(one), str(other), key=lambda text: (self._place(text), text))
        return min(one, other) if self.worse < 0 else max(one, other)

    def _place(self, text: str) -> int:
        return self.order.index(text) if text in self.order else len(self.order)


@attrs.frozen(eq=False)
class Scope:
    """What a protocol reads of an episode; each is itself, so that what was read for it is found again.

    Attributes:
        protocol: its id.
        first: the step that enrolment leads to.
        look_back: how long before enrolment a score still belongs to it.
        instruments: the instrument of each measure.
        watched: what is read of each measure.
    """

    protocol: str
    first: str
    look_back: Period | None = None
    instruments: Mapping[str, str] = FrozenMapping()
    watched: Mapping[str, tuple[Watch, ...]] = FrozenMapping()


class Row(NamedTuple):
    """One reading of a measure: its values by their names in rules, and what those without a value could be."""

    when: Moment
    values: dict[str, Scalar]
    possible: dict[str, tuple[int | float | str, ...]]


class History:
    """One episode, as one protocol sees it on one day.

    Attributes:
        on: the day or moment.
        step: the step the person is in, or `outside`.
        start: when the enrolment began; `None` outside.
        entered: when they came into the step; `None` outside.
        override: the last override, while it is meant to stand.
        values: the facts worked out so far, by name.
    """

    __slots__ = ("_index", "_memo", "_rows", "entered", "now", "on", "override", "scope", "start", "step", "values")

    def __init__(self, scope: Scope, index: Index, on: date | datetime) -> None:
        self.scope = scope
        self.on = on
        self.now = moment(on)
        self._index = index
        self.values: dict[str, FactValue] = {}
        self._memo: dict[tuple[str, str], Any] = {}
        self._rows: dict[str, list[Row]] = {}
        self.step, self.start, self.entered = OUTSIDE, None, None
        self.override: Override | None = None
        for change in index.courses.get(scope.protocol, ()):
            if on_or_before(change.when, self.now):
                self._follow(change)

    start: Moment | None
    entered: Moment | None

    def _follow(self, change: CourseChange) -> None:
        entry = change.entry
        self.override = entry if isinstance(entry, Override) and self._stands(entry) else None
        if change.effect == "end":
            self.step, self.start, self.entered = OUTSIDE, None, None
        elif change.effect != "none":
            if change.effect == "enter" or self.start is None:
                self.start = change.when
            self.step, self.entered = change.step or self.scope.first, change.when

    def _stands(self, entry: Override) -> bool:
        return entry.until is None or self.now.day <= entry.until.toordinal()

    def once(self, key: tuple[str, str], work: Callable[[], Any]) -> Any:
        """Give what `work` gives, worked out once for this history."""
        memo = self._memo
        if key not in memo:
            memo[key] = work()
        return memo[key]

    def belongs(self, when: Moment) -> bool:
        """Say whether something happened in this enrolment; outside, everything so far counts."""
        return self.start is None or on_or_before(self.start, when)

    def anchor(self, event: str) -> Moment | None:
        """Give when an event last happened: `start`, `step`, a contact, a measure or an event by name."""
        if event == "start":
            return self.start
        if event == "step":
            return self.entered
        happened = self.happened(event)
        return happened[-1] if happened else None

    def happened(self, event: str) -> list[Moment]:
        """Give every time an event happened in this enrolment, in order."""
        found: list[Moment] = self.once(
            ("event", event), lambda: [when for when in self.ever(event) if self.belongs(when)]
        )
        return found

    def ever(self, event: str) -> list[Moment]:
        """Give every time an event happened so far, whatever the enrolment, in order."""
        found: list[Moment] = self.once(("ever", event), lambda: self._ever(event))
        return found

    def _ever(self, event: str) -> list[Moment]:
        index, now = self._index, self.now
        instrument = self.scope.instruments.get(event)
        happened = index.outcomes.get(event)
        if happened is None and instrument is not None:
            happened = [one.when for one in index.assessments.get(instrument, ())]
        elif happened is None:
            happened = index.events.get(event, [])
        if now.has_hour:
            return [when for when in happened if on_or_before(when, now)]
        return happened[: bisect_left(happened, Moment(now.day + 1))]

    def missed_in_a_row(self) -> int:
        """Count the contacts missed since the last one that was kept."""
        count = 0
        for when, outcome in reversed(self._index.contacts):
            if on_or_before(when, self.now) and self.belongs(when):
                if outcome == "kept":
                    break
                count += 1
        return count

    def recorded(self, name: str) -> list[tuple[Moment, Moment, bool | int | float | str]]:
        """Give the records of a fact so far, in order; they outlive enrolments."""
        return [record for record in self._index.facts.get(name, ()) if on_or_before(record[0], self.now)]

    def all_rows(self, measure: str) -> list[Row]:
        """Give every reading so far, two of one moment both, whatever the enrolment."""
        rows: list[Row] = self.once(("every", measure), lambda: [row for _, row in self._readings(measure)])
        return rows

    def rows(self, measure: str) -> list[Row]:
        """Give the readings of this enrolment, one a moment: the later recorded, else the worse of the two."""
        found = self._rows.get(measure)
        if found is None:
            found = self._rows[measure] = self._one_a_moment(measure)
        return found

    def _readings(self, measure: str) -> list[tuple[Reading, Row]]:
        found: list[tuple[Reading, Row]] = self.once(("readings", measure), lambda: self._read(measure))
        return found

    def _read(self, measure: str) -> list[tuple[Reading, Row]]:
        read, now = self._index.read, self.now
        every: list[tuple[Reading, Row]] | None = read.get((self.scope, measure))
        if every is None:
            readings = self._index.assessments.get(self.scope.instruments[measure], ())
            watched = self.scope.watched.get(measure, ())
            every = read[self.scope, measure] = [(reading, _row(watched, reading)) for reading in readings]
        if now.has_hour:
            return [one for one in every if on_or_before(one[0].when, now)]
        return every[: bisect_right(every, now.day, key=_day)]

    def _one_a_moment(self, measure: str) -> list[Row]:
        rows: list[Row] = []
        recorded: Moment | None = None
        for reading, row in self._readings(measure):
            if not self._scored_within(reading.when):
                continue
            if rows and rows[-1].when == reading.when:
                same = recorded == reading.recorded
                rows[-1] = self._worse(measure, rows[-1], row) if same else row
            else:
                rows.append(row)
            recorded = reading.recorded
        return rows

    def _scored_within(self, when: Moment) -> bool:
        """Say whether a score belongs to this enrolment: its day counts whole, and so does the time looked back on."""
        start, back = self.start, self.scope.look_back
        if start is None or when.day >= start.day:
            return True
        if back is None:
            return False
        if back.minutes and start.has_hour and when.has_hour:
            return start.minute - when.minute <= back.days * 1440 + back.minutes
        return when.day >= back.before(date.fromordinal(start.day)).toordinal()

    def _worse(self, measure: str, one: Row, other: Row) -> Row:
        watched = self.scope.watched.get(measure, ())
        values = {watch.name: watch.worst(one.values[watch.name], other.values[watch.name]) for watch in watched}
        return Row(one.when, values, {})


def _day(read: tuple[Reading, Row]) -> int:
    return read[0].when.day


def _row(watched: Iterable[Watch], reading: Reading) -> Row:
    entry = reading.entry
    values: dict[str, Scalar] = {}
    possible: dict[str, tuple[int | float | str, ...]] = {}
    for watch in watched:
        try:
            value = (entry.scores if watch.source == "scores" else entry.items)[watch.key]
        except KeyError:
            value = None
        values[watch.name] = value
        if value is None and watch.source == "scores" and watch.key in entry.possible:
            possible[watch.name] = entry.possible[watch.key]
    return Row(reading.when, values, possible)


def enrolled_in(episode: Episode, *, on: date | datetime, as_of: date | datetime | None = None) -> tuple[str, ...]:
    """Give the ids of the protocols a person is enrolled in on a day, in order.

    >>> from carecoord.stepped_care import Enrolment, Episode
    >>> episode = Episode("p-17", [Enrolment(id="1", on=date(2026, 1, 5), protocol="german-impact")])
    >>> enrolled_in(episode, on=date(2026, 1, 4)), enrolled_in(episode, on=date(2026, 1, 5))
    ((), ('german-impact',))
    """
    index = episode.index(as_of=as_of)
    courses = ((name, History(Scope(protocol=name, first=""), index, on)) for name in sorted(index.courses))
    return tuple(name for name, history in courses if history.start is not None)
