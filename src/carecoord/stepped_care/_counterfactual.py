"""What would have changed a decision: one thing supposed at a time, and decided again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, Literal, TypeAlias

import attrs

from carecoord._values import FrozenMapping
from carecoord.rules import Kind
from carecoord.stepped_care._entries import Assessment, Contact, Entry, Event, RecordedFact, Withdrawal
from carecoord.stepped_care._episode import Episode
from carecoord.stepped_care._history import OUTSIDE, History
from carecoord.stepped_care._moments import Moment
from carecoord.stepped_care._protocol import Protocol
from carecoord.stepped_care._readings import Latest
from carecoord.stepped_care._reductions import Recorded, Reduction
from carecoord.stepped_care._ruling import Counterfactual, FactValue, Outcome, Ruling

__all__ = ["Suppositions"]

Place: TypeAlias = date | datetime
Again: TypeAlias = Callable[[Episode, Place], Ruling]

FURTHEST = 800
"""Days looked ahead, with nothing new."""
HOURS_AHEAD = 24 * 14
"""Hours looked ahead one by one, where a time of day was given; days after that."""
MOST = 500
"""A measurement with more values than this in tenths is tried in whole numbers."""


@attrs.frozen(kw_only=True)
class Suppositions:
    """One decision, and what can be supposed otherwise.

    Attributes:
        protocol: the protocol.
        episode: the episode it was made from.
        on: the day or moment.
        as_of: only what had been written down by then was used.
        history: the episode as the protocol saw it.
        ruling: what was decided.
        known: the facts.
        again: decides on another episode, or another day.
    """

    protocol: Protocol
    episode: Episode
    on: Place
    as_of: Place | None
    history: History
    ruling: Ruling
    known: Mapping[str, FactValue]
    again: Again

    def all(self) -> tuple[Counterfactual, ...]:
        """Give what would change the decision, the nearest first, and last the first day on which time does."""
        found = [*self._scores(), *self._facts(), *self._events()]
        return (*sorted(found, key=lambda one: one.distance), *self._time())

    def _reductions(self) -> Iterator[Reduction]:
        reductions = self.protocol.parts.reductions
        return (reductions[name] for name in self.protocol.plan(self.ruling.from_step).names)

    # scores and answers

    def _scores(self) -> Iterator[Counterfactual]:
        read = {score.name: score for one in self._reductions() for score in one.reads}
        for name, score in read.items():
            now = score.value(self.history)
            values = _values(score.kind)
            yield from self._other("score", name, now, values, partial(self._assessed, score))

    def _assessed(self, score: Latest, value: FactValue) -> Iterator[Entry]:
        """Correct the latest reading, where it still counts; else suppose one."""
        row = score.row(self.history)
        is_current = row is not None and (score.possible(self.history) or score.value(self.history) is not None)
        same = self._readings(score, row.when) if row is not None and is_current else []
        said = {score.watch.key: value}
        scores, items = (said, {}) if score.watch.source == "scores" else ({}, said)
        if same:
            last = same[-1]
            yield attrs.evolve(
                last,
                id=f"supposed {last.id}",
                replaces=last.id,
                scores=FrozenMapping({**last.scores, **scores}),
                items=FrozenMapping({**last.items, **items}),
            )
            yield from map(_without, same[:-1])
            return
        instrument = self.protocol.instruments[score.measure].id
        yield Assessment(
            id="supposed",
            on=self.on,
            recorded=self._recorded,
            instrument=instrument,
            scores=FrozenMapping(scores),
            items=FrozenMapping(items),
        )

    def _readings(self, score: Latest, when: Moment) -> list[Assessment]:
        """Give the readings of one moment, the one recorded last at the end."""
        instrument = self.protocol.instruments[score.measure].id
        readings = self.episode.index(as_of=self.as_of).assessments.get(instrument, ())
        return [reading.entry for reading in readings if reading.when == when]

    @property
    def _recorded(self) -> Place:
        return self.on if self.as_of is None else self.as_of

    # what people record, and events

    def _facts(self) -> Iterator[Counterfactual]:
        for one in self._reductions():
            if isinstance(one, Recorded):
                now = self.known.get(one.name)
                values = one.values or _values(one.kind)
                yield from self._other("fact", one.name, now, values, partial(self._record, one.name))

    def _record(self, name: str, value: Any) -> Iterator[Entry]:
        same = [
            entry
            for entry in self.episode.in_force(on=self.on, as_of=self.as_of)
            if isinstance(entry, RecordedFact) and entry.name == name and entry.on == self.on
        ]
        yield RecordedFact(id="supposed", on=self.on, recorded=self._recorded, name=name, value=value)
        yield from map(_without, same)

    def _events(self) -> Iterator[Counterfactual]:
        named = dict.fromkeys(event for one in self._reductions() for event in one.named)
        for event in named:
            if event not in ("start", "step", "first") and event not in self.protocol.instruments:
                outcome = self._supposed([self._event(event)])
                if outcome is not None:
                    yield self._found("event", event, None, (), outcome, on=self.on)

    def _event(self, name: str) -> Entry:
        if name in ("contact", "missed_contact"):
            kept: Literal["kept", "missed"] = "kept" if name == "contact" else "missed"
            return Contact(id="supposed", on=self.on, recorded=self._recorded, outcome=kept)
        return Event(id="supposed", on=self.on, recorded=self._recorded, name=name)

    # time

    def _time(self) -> Iterator[Counterfactual]:
        for place in self._later():
            ruling = self.again(self.episode, place)
            if ruling.outcome != self.ruling.outcome:
                first = self._minute(place)
                yield self._found("time", "", None, (), self.again(self.episode, first), on=first)
                return

    def _later(self) -> Iterator[Place]:
        hours = HOURS_AHEAD if isinstance(self.on, datetime) else 0
        yield from (self.on + timedelta(hours=ahead) for ahead in range(1, hours))
        yield from (self.on + timedelta(days=ahead) for ahead in range(max(1, hours // 24), FURTHEST + 1))

    def _minute(self, place: Place) -> Place:
        """Give the first minute of a changed hour on which it changes; a day as it is."""
        if (
            isinstance(place, datetime)
            and isinstance(self.on, datetime)
            and place - self.on < timedelta(hours=HOURS_AHEAD)
        ):
            for before in range(59, 0, -1):
                earlier = place - timedelta(minutes=before)
                if self.again(self.episode, earlier).outcome != self.ruling.outcome:
                    return earlier
        return place

    # deciding again

    def _supposed(self, entries: Iterable[Entry]) -> Ruling | None:
        """Decide with more entries; nothing where the outcome is the same."""
        ruling = self.again(self.episode.with_entry(*entries), self.on)
        return None if ruling.outcome == self.ruling.outcome else ruling

    def _other(
        self,
        kind: Literal["score", "fact"],
        name: str,
        now: FactValue,
        values: Sequence[FactValue],
        supposed: Callable[[FactValue], Iterable[Entry]],
    ) -> Iterator[Counterfactual]:
        """Give for each other outcome the nearest value of a number, or every other value that leads there."""
        by_outcome: dict[Outcome, list[tuple[FactValue, Ruling]]] = {}
        for value in values:
            ruling = None if value == now else self._supposed(supposed(value))
            if ruling is not None:
                by_outcome.setdefault(ruling.outcome, []).append((value, ruling))
        for found in by_outcome.values():
            nearest = sorted(found, key=lambda pair: _distance(now, pair[0], values))
            told = nearest[:1] if _is_number(now) else found
            far = _distance(now, nearest[0][0], values)
            yield self._found(kind, name, now, tuple(value for value, _ in told), told[0][1], distance=far)

    def _found(
        self,
        kind: Literal["score", "fact", "event", "time"],
        name: str,
        now: FactValue,
        values: tuple[FactValue, ...],
        ruling: Ruling,
        *,
        on: Place | None = None,
        distance: float = 1,
    ) -> Counterfactual:
        return Counterfactual(
            kind=kind,
            fact=name,
            now=now,
            values=values,
            outcome=ruling.outcome,
            rule=ruling.rule,
            on=on,
            distance=distance,
        )


def _without(entry: Entry) -> Withdrawal:
    return Withdrawal(id=f"without {entry.id}", on=entry.on, recorded=entry.recorded, replaces=entry.id)


def _is_number(value: FactValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _values(kind: Kind) -> Sequence[FactValue]:
    """Give the values to try: of a measurement with fractions, tenths."""
    if kind.type == "yes/no":
        return (True, False)
    if kind.type == "text":
        return tuple(value for value in kind.values if value != OUTSIDE)
    low, high = int(kind.low), int(kind.high)
    if not kind.whole and 10 * (high - low) <= MOST:
        return [tenth / 10 if tenth % 10 else tenth // 10 for tenth in range(10 * low, 10 * high + 1)]
    return range(low, high + 1) if high - low <= 10 * MOST else ()


def _distance(now: FactValue, value: FactValue, values: Sequence[FactValue]) -> float:
    if not isinstance(now, int | float) or not isinstance(value, int | float) or isinstance(now, bool):
        return 1
    numbers = [one for one in values if isinstance(one, int | float)]
    return abs(value - now) / ((max(numbers) - min(numbers)) or 1)
