"""People made up to stand at a threshold: what they are like, and the entries that say so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random  # noqa: TID251 - seeded, so the same answer every time
from typing import Any

import attrs

from carecoord.rules._nodes import Constant, Member, Node, children
from carecoord.stepped_care import (
    Assessment,
    Contact,
    Enrolment,
    Entry,
    Episode,
    Event,
    Facts,
    Protocol,
    RecordedFact,
    StepEntry,
)
from carecoord.stepped_care._assumptions import watched
from carecoord.stepped_care._conditions import Held, InARow, Unanswered
from carecoord.stepped_care._course import counts_hours
from carecoord.stepped_care._history import OUTSIDE
from carecoord.stepped_care._readings import At, Derived, Latest, Series, Window
from carecoord.stepped_care._reductions import Clock, MissedInARow, Recorded, Reduction, Restarted, Times

__all__ = ["MadeUp", "Maker"]

ON = date(2030, 1, 7)
DAY = 1440
Value = int | float | str | bool
FEW = 64
"""A score with up to this many values is gone through value by value."""


@attrs.frozen(kw_only=True)
class MadeUp:
    """What somebody is like.

    Attributes:
        latest: the scores and answers of the latest reading, by name.
        older: those of the readings before it.
        age: how many minutes old the latest reading of a measure is; `None` where it was never taken.
        run: how many readings of a measure are like the latest one, itself included.
        span: for how many minutes before the latest one a reading of a measure has been like it; 0 for none.
        ago: how many minutes ago an event was last; the step and the enrolment included.
        times: how often an event happened.
        missed: how many contacts were missed since the last one that was kept.
        facts: what is recorded.
    """

    latest: Mapping[str, Any]
    older: Mapping[str, Any]
    age: Mapping[str, int | None]
    run: Mapping[str, int]
    span: Mapping[str, int]
    ago: Mapping[str, int]
    times: Mapping[str, int]
    missed: int
    facts: Mapping[str, Any]

    def but(self, part: str, **changed: Any) -> MadeUp:
        """Give someone who is otherwise alike."""
        merged: Any = {**getattr(self, part), **changed}
        return attrs.evolve(self, **{part: merged})


class Maker:
    """Makes up people in one step of a protocol, near the numbers that its rules speak of there."""

    def __init__(self, protocol: Protocol, step: str, rules: Sequence[Node]) -> None:
        self.protocol, self.step = protocol, step
        self.hourly = counts_hours(protocol)
        self.unit = 1 if self.hourly else DAY
        reductions = protocol.parts.reductions
        self.reads = [reductions[name] for name in protocol.plan(step).names]
        self.measures = tuple(protocol.scope.instruments)
        named = dict.fromkeys(name for one in self.reads for name in one.named)
        self.events = [name for name in named if name not in ("first", "start", "step", *self.measures)]
        self.scores = {one.name: one for one in watched(protocol)}
        conditions = [one.condition for one in self.reads if isinstance(one, InARow | Held | Unanswered)]
        self.runs, self.spans = dict.fromkeys(self.measures, 1), dict.fromkeys(self.measures, 0)
        for one in self.reads:
            if isinstance(one, InARow):
                self.runs[one.condition.measure] = max(self.runs[one.condition.measure], one.count)
            elif isinstance(one, Held):
                self.spans[one.condition.measure] = max(self.spans[one.condition.measure], _minutes(one))
        self.cuts = sorted({*_numbers([*rules, *(condition.rule.node for condition in conditions)])})

    # what somebody is like

    def sample(self, chance: Random) -> MadeUp:
        """Make up somebody by chance, near the thresholds more often than not."""
        step = chance.choice([0, *self._near_days(), 400]) * DAY
        events = {name: chance.choice([1, *self._near_days(), 100]) * DAY for name in self.events}
        return MadeUp(
            latest={name: self._any(one, chance) for name, one in self.scores.items()},
            older={name: self._any(one, chance) for name, one in self.scores.items()},
            age=dict.fromkeys(self.measures, 0),
            run={measure: chance.choice([1, runs]) for measure, runs in self.runs.items()},
            span={measure: chance.choice([0, span]) for measure, span in self.spans.items()},
            ago={**events, "step": step, "start": step + chance.choice([0, 0, 70, 400]) * DAY},
            times={name: chance.choice([0, 1, 1]) for name in self.events},
            missed=0,
            facts={
                one.name: chance.choice([*self._values(one, self.cuts)])
                for one in self.reads
                if isinstance(one, Recorded)
            },
        )

    def _near_days(self) -> list[int]:
        weeks = [cut * 7 + by for cut in self.cuts if 0 < cut <= 60 for by in (-1, 0, 1)]
        return [int(day) for day in weeks if day > 0] or [70]

    def _any(self, one: Latest, chance: Random) -> Any:
        if one.watch.source == "items":
            return next(iter(self._values(one, ())), None)
        values: list[Any] = [*self._values(one, self.cuts)] or [None]
        return chance.choice([values[0], values[-1], chance.choice(values), chance.choice(values)])

    def _values(self, one: Reduction, near: Iterable[float]) -> Iterator[Value]:
        """Give the values a fact can have: all of them, or those near some numbers."""
        kind = one.kind
        listed = one.values if isinstance(one, Recorded) and one.values else kind.values
        if kind.type == "yes/no":
            yield from (False, True)
        elif listed:
            yield from (value for value in listed if value is not None)
        elif kind.type == "text":
            yield "something else"
        elif kind.whole and kind.high - kind.low < FEW:
            yield from range(int(kind.low), int(kind.high) + 1)
        else:
            step = 1 if kind.whole or kind.high - kind.low > FEW else 0.1
            around = {kind.low, kind.high, *(cut + by for cut in near for by in (-step, 0, step))}
            yield from sorted(value for value in around if kind.low <= value <= kind.high)

    # one thing changed

    def changed(self, person: MadeUp, one: Reduction, against: Value) -> Iterator[MadeUp]:
        """Give people who differ in one thing only, so that a fact takes values around a number."""
        number = against if isinstance(against, int | float) and not isinstance(against, bool) else 0
        match one:
            case Latest():
                values = self._values(one, [*self.cuts, number])
                yield from (person.but("latest", **{one.name: value}) for value in values)
            case Derived():
                yield from self.changed(person, one.score, against)
                yield from self._exactly(person, one, number)
            case At() | Window():
                for value in self._values(one.score, [*self.cuts, number]):
                    older = person.but("older", **{one.score.name: value})
                    yield older if isinstance(one, At) else older.but("latest", **{one.score.name: value})
            case Series():
                yield from self._series(person, one, number)
            case Recorded():
                texts = [against] if isinstance(against, str) else []
                taken = dict.fromkeys([*self._values(one, [number]), *texts])
                yield from (person.but("facts", **{one.name: value}) for value in taken)
            case Clock():
                yield from self._clock(person, one, number)
            case Restarted():
                yield from self._running(person, one, number)
            case Times():
                yield from self._counted(person, one.event, number)
                if one.since in self.events:
                    yield person.but("ago", **{one.since: 0}).but("times", **{one.since: 1})
            case MissedInARow():
                yield from (attrs.evolve(person, missed=count) for count in _beside(number))
            case InARow() | Held() | Unanswered():
                yield from self._met(person, one)
            case _:
                return

    def _exactly(self, person: MadeUp, one: Derived, number: float) -> Iterator[MadeUp]:
        """Give the person whose latest score is so far from the one before, where a score can be."""
        name, kind, older = one.score.name, one.score.kind, person.older[one.score.name]
        by = older * number / 100 if one.form == "percent_improvement" else number
        latest = older + by if one.form == "change" or one.score.worse < 0 else older - by
        latest = int(latest) if latest == int(latest) else latest
        if kind.low <= latest <= kind.high and (isinstance(latest, int) or not kind.whole):
            yield person.but("latest", **{name: latest})

    def _series(self, person: MadeUp, one: Series, number: float) -> Iterator[MadeUp]:
        measure = one.score.measure
        if one.form == "count":
            yield from (person.but("run", **{measure: count}) for count in range(1, int(number) + 2))
        elif one.form == "days_old":
            yield from (person.but("age", **{measure: days * DAY}) for days in _beside(number))
        else:
            for value in self._values(one.score, [number]):
                older = person.but("older", **{one.score.name: value})
                yield older if one.form in ("previous", "first") else older.but("latest", **{one.score.name: value})

    def _clock(self, person: MadeUp, one: Clock, number: float) -> Iterator[MadeUp]:
        minutes = number * {"days": DAY, "weeks": 7 * DAY, "hours": 60}[one.unit]
        for by in (-self.unit, 0, self.unit):
            ago = max(0, round((minutes + by) / self.unit) * self.unit)
            if one.event in self.measures:
                yield person.but("age", **{one.event: ago})
            elif one.event == "step":
                yield person.but("ago", step=ago, start=max(ago, person.ago["start"]))
            elif one.event == "start":
                yield person.but("ago", start=ago, step=min(ago, person.ago["step"]))
            else:
                yield person.but("ago", **{one.event: ago}).but("times", **{one.event: 1})

    def _running(self, person: MadeUp, one: Restarted, number: float) -> Iterator[MadeUp]:
        """Give people in whom what stops the clock came before its own event."""
        for alike in self._clock(person, one.clock, number):
            ago = max(alike.ago.get(one.clock.event, 0), alike.ago.get(one.after, 0))
            stopped = alike.but("ago", **{one.after: ago}).but("times", **{one.after: 1})
            yield stopped.but("ago", start=max(ago, stopped.ago["start"])) if one.after == "step" else stopped

    def _counted(self, person: MadeUp, event: str, number: float) -> Iterator[MadeUp]:
        if event in self.measures:
            yield from (person.but("run", **{event: count}) for count in _beside(number) if count)
            return
        soon = person.but("ago", **{event: 0 if person.ago["step"] == 0 else self.unit})
        yield from (soon.but("times", **{event: count}) for count in _beside(number))

    def _met(self, person: MadeUp, one: InARow | Held | Unanswered) -> Iterator[MadeUp]:
        """Give people who meet a condition over history, and those who just do not."""
        measure = one.condition.measure
        for score in one.condition.reads:
            for value in self._values(score, self.cuts):
                alike = self.full(person, one).but("latest", **{score.name: value})
                if isinstance(one, InARow):
                    yield from (alike.but("run", **{measure: count}) for count in _beside(one.count) if count)
                elif isinstance(one, Held):
                    spans = (_minutes(one) - self.unit, _minutes(one), _minutes(one) + self.unit)
                    yield from (alike.but("span", **{measure: span}) for span in spans)
                else:
                    yield alike

    def full(self, person: MadeUp, one: InARow | Held | Unanswered) -> MadeUp:
        """Give someone of whom only what the readings say is open: there are enough, for long enough, unanswered."""
        measure = one.condition.measure
        ago = {"step": 400 * DAY, "start": 400 * DAY}
        if isinstance(one, InARow):
            runs = max(person.run[measure], one.count)
            return person.but("run", **{measure: runs}).but("ago", **ago)
        if isinstance(one, Held):
            span = max(person.span[measure], _minutes(one))
            return person.but("span", **{measure: span}).but("ago", **ago)
        never = {event: None for event in one.events if event in self.measures and event != measure}
        return attrs.evolve(person, times=dict.fromkeys(person.times, 0)).but("age", **never).but("ago", **ago)

    # the entries that say so

    def row(self, person: MadeUp) -> Facts:
        """Give the facts of somebody, read from a history made up for them."""
        entries = [*self._course(person), *self._happened(person), *self._read(person)]
        recorded = ((name, value) for name, value in person.facts.items() if value is not None)
        entries += [RecordedFact(id="?", on=self._at(0), name=name, value=value) for name, value in recorded]
        numbered = [attrs.evolve(entry, id=f"{number:03}") for number, entry in enumerate(entries)]
        return Facts(self.protocol, Episode("someone", numbered), self._at(0))

    def _at(self, minutes: int) -> date | datetime:
        if not self.hourly:
            return ON - timedelta(days=minutes // DAY)
        return datetime(ON.year, ON.month, ON.day, 12, tzinfo=UTC) - timedelta(minutes=minutes)

    def _course(self, person: MadeUp) -> Iterator[Entry]:
        if self.step == OUTSIDE:
            return
        start, step = person.ago["start"], person.ago["step"]
        yield Enrolment(
            id="?", on=self._at(start), protocol=self.protocol.id, step=self.step if step == start else None
        )
        if step != start:
            yield StepEntry(id="?", on=self._at(step), protocol=self.protocol.id, step=self.step)

    def _happened(self, person: MadeUp) -> Iterator[Entry]:
        for name in self.events:
            for _ in range(person.times[name]):
                on = self._at(person.ago[name])
                if name in ("contact", "missed_contact"):
                    yield Contact(id="?", on=on, outcome="kept" if name == "contact" else "missed")
                else:
                    yield Event(id="?", on=on, name=name)
        for _ in range(person.missed):
            yield Contact(id="?", on=self._at(0), outcome="missed")

    def _read(self, person: MadeUp) -> Iterator[Entry]:
        for measure in self.protocol.scope.watched:
            age, step = person.age[measure], person.ago["step"]
            if age is None:
                continue
            when = {age: person.latest}
            when |= {age + place * self.unit: person.latest for place in range(1, person.run[measure])}
            if person.span[measure] > 0:
                when[age + person.span[measure]] = person.latest
            before = {max(person.ago["start"], age + self.unit), max(step, age + self.unit)}
            for ago in before if self.step != OUTSIDE else {age + self.unit}:
                if ago > max(when):
                    when[ago] = person.older
            yield from (self._assessment(measure, ago, values) for ago, values in when.items())

    def _assessment(self, measure: str, ago: int, values: Mapping[str, Any]) -> Assessment:
        watched = self.protocol.scope.watched[measure]
        return Assessment(
            id="?",
            on=self._at(ago),
            instrument=self.protocol.instruments[measure].id,
            scores={watch.key: values[watch.name] for watch in watched if watch.source == "scores"},
            items={watch.key: values[watch.name] for watch in watched if watch.source == "items"},
        )


def _minutes(one: Held) -> int:
    return round(one.span * (60 if one.unit == "hours" else DAY))


def _beside(number: float) -> tuple[int, ...]:
    return tuple(sorted({max(0, int(number) + by) for by in (-1, 0, 1)}))


def _numbers(rules: Iterable[Node]) -> Iterator[float]:
    waiting = [*rules]
    while waiting:
        node = waiting.pop()
        waiting += children(node)
        if isinstance(node, Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
            yield node.value
        elif isinstance(node, Member):
            yield from (choice for choice in node.choices if not isinstance(choice, str))
