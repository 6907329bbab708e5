"""Turn a state into an episode: entries from which the facts of the state are read again.

It is tried, not proved: what a state says of readings in a row or of counts may not fit together,
so whoever asks for an episode replays it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any, TypeVar

import attrs

from carecoord.stepped_care._check._model import Here, Model
from carecoord.stepped_care._check._search import State
from carecoord.stepped_care._check._values import around, cuts
from carecoord.stepped_care._conditions import Condition, Held, InARow, Unanswered
from carecoord.stepped_care._entries import Assessment, Contact, Enrolment, Entry, Event, RecordedFact, StepEntry
from carecoord.stepped_care._episode import Episode
from carecoord.stepped_care._history import OUTSIDE
from carecoord.stepped_care._readings import At, Latest, Series, Window
from carecoord.stepped_care._reductions import Clock, MissedInARow, Recorded, Reduction, Times
from carecoord.stepped_care._ruling import FactValue

__all__ = ["ON", "Witness", "returning", "witness"]

DAY = 1440
ON = date(2030, 1, 7)
"""The day on which a state is shown."""
LONG_AGO = 4000 * DAY
R = TypeVar("R", bound=Reduction)
Scores = dict[str, Any]


@attrs.frozen
class Witness:
    """An episode that is to show a state, and the moment on which it does."""

    episode: Episode
    on: date | datetime


def witness(model: Model, here: Here, state: State) -> Witness | None:
    """Write an episode that is to show a state of one step; nothing where its counts contradict each other."""
    facts = [(model.variables[name].reads, value) for name, value in state.items() if name in here.variables]
    return Writer(model, here, facts).witness()


def returning(model: Model, there: Here, back: Here, state: State) -> tuple[Witness, Witness] | None:
    """Write an episode in which someone goes to a step, and the same with that step entered, on the day they return."""
    later = back.frame.time == "later"
    known = [(model.variables[name], value) for name, value in state.items()]
    here = [(one.reads, value) for one, value in known if not one.is_later]
    then = [(one.reads, value) for one, value in known if one.name in back.variables]
    second = Writer(model, back, then, rank="s")
    first = Writer(model, there, here, before=(second.ago.get("step") or 0) if later else 0)
    first.used |= back.used
    going = first.witness()
    if going is None:
        return None
    entered = StepEntry(id="entered", on=going.on, protocol=model.protocol.id, step=back.plan.step)
    episode = going.episode.with_entry(entered)
    if not later:
        return going, Witness(episode, going.on)
    coming = second.witness(enters=False)
    return None if coming is None else (going, Witness(episode.with_entry(*coming.episode.entries), coming.on))


class Writer:
    """Writes the entries of one state.

    Times are minutes before the moment it is shown on; without hours, whole days.
    """

    def __init__(
        self, model: Model, here: Here, facts: Sequence[tuple[Reduction, FactValue]], *, before: int = 0, rank: str = ""
    ) -> None:
        self.protocol, self.counts_hours = model.protocol, model.counts_hours
        self.step, self.used = here.plan.step, here.used
        self.facts, self.before, self.rank = facts, before, rank
        self.unit = 30 if self.counts_hours else DAY
        self.entries: list[Entry] = []
        self.ago: dict[str, int | None] = {}
        self._clocks()

    def of(self, kind: type[R]) -> Iterator[tuple[R, FactValue]]:
        return ((one, value) for one, value in self.facts if isinstance(one, kind))

    def witness(self, *, enters: bool = True) -> Witness | None:
        """Write the episode; nothing where counts contradict each other.

        Args:
            enters: whether it tells how the person came into the step.
        """
        if enters:
            self._course()
        for one, value in self.of(Recorded):
            if value is not None:
                self.entries.append(RecordedFact(id=self._id(), on=self._at(0), name=one.name, value=value))
        if not self._events():
            return None
        needed = dict.fromkeys(score.measure for one, _ in self.facts for score in self._needs(one))
        for measure in needed:
            _Readings(self, measure).write(enters=enters)
        for reported, is_open in self.of(Unanswered):
            self._unanswered(reported, is_open=is_open is True)
        return Witness(Episode("someone", self.entries), self._at(0))

    def _needs(self, one: Reduction) -> tuple[Latest, ...]:
        """Give the scores that rules look at; those that only relations name are left out."""
        is_used = one.name in self.used or f"later {one.name}" in self.used or isinstance(one, At)
        return one.reads if is_used and not isinstance(one, Unanswered) else ()

    def _at(self, minutes: int) -> date | datetime:
        ago = minutes + self.before
        if not self.counts_hours:
            return ON - timedelta(days=ago // DAY)
        return datetime(ON.year, ON.month, ON.day, 12, tzinfo=UTC) - timedelta(minutes=ago)

    def _id(self, rank: str = "b") -> str:
        return f"{self.rank}{rank}{len(self.entries):03}"

    def _clocks(self) -> None:
        for one, value in self.of(Clock):
            if isinstance(value, int | float):
                minutes = round(value * (60 if one.unit == "hours" else DAY))
                if one.unit == "hours" or one.event not in self.ago:
                    self.ago[one.event] = minutes
            else:
                self.ago.setdefault(one.event, None)

    @property
    def start(self) -> int:
        """When the enrolment began: as long ago as anything that counts in it."""
        spans = (round(one.span * (60 if one.unit == "hours" else DAY)) for one, value in self.of(Held) if value)
        windows = (int(one.days + 1) * DAY for one, _ in self.of(Times) if one.days is not None)
        least = max([*(ago for ago in self.ago.values() if ago is not None), *spans], default=0)
        is_free = not self.used & {"days_since(start)", "hours_since(start)"}
        return max([least, *windows]) + 2 * self.unit if is_free else least

    def _course(self) -> None:
        if self.step == OUTSIDE:
            return
        entered = min(self.ago.get("step") or 0, self.start)
        ids = self.protocol.id
        if entered == self.start:
            self.entries.append(Enrolment(id=self._id("a"), on=self._at(self.start), protocol=ids, step=self.step))
            return
        self.entries.append(Enrolment(id=self._id("a"), on=self._at(self.start), protocol=ids))
        self.entries.append(StepEntry(id=self._id("a"), on=self._at(entered), protocol=ids, step=self.step))

    # events and contacts

    def _events(self) -> bool:
        names = dict.fromkeys([*(one.event for one, _ in self.of(Times)), *self.ago])
        missed = next((int(value or 0) for _, value in self.of(MissedInARow)), None)
        every = all(
            self._happened(name) for name in names if name not in ("start", "step") and name not in self.measures
        )
        return every and (missed is None or self._missed(missed))

    @property
    def measures(self) -> frozenset[str]:
        return frozenset(self.protocol.instruments)

    def _happened(self, event: str) -> bool:
        """Place an event so that each count comes out, the latest first."""
        last = self.ago.get(event)
        placed = 0
        for limit, count in sorted(self._limits(event)):
            if count < placed:
                return False
            where = last if last is not None and not placed else limit
            if where > limit:
                if count > placed:
                    return False
                continue
            for _ in range(count - placed):
                self._event(event, where)
            placed = count
        if last is not None and not placed:
            self._event(event, last)
        return True

    def _limits(self, event: str) -> Iterator[tuple[int, int]]:
        """Give how often an event happened up to so long ago."""
        for one, value in self.of(Times):
            if one.event == event and isinstance(value, int | float):
                if one.days is not None:
                    yield int(one.days) * DAY, int(value)
                elif one.since is None:
                    yield self.start if self.step != OUTSIDE else LONG_AGO, int(value)
                else:
                    since = self.ago.get(one.since)
                    if since is not None:
                        yield since - self.unit, int(value)

    def _event(self, event: str, minutes: int) -> None:
        on, id_ = self._at(max(minutes, 0)), self._id()
        if event in ("contact", "missed_contact"):
            self.entries.append(Contact(id=id_, on=on, outcome="kept" if event == "contact" else "missed"))
        else:
            self.entries.append(Event(id=id_, on=on, name=event))

    def _missed(self, count: int) -> bool:
        """Miss so many contacts after the last that was kept."""
        already = [one for one in self.entries if isinstance(one, Contact) and one.outcome == "missed"]
        if already and len(already) < count:
            return False
        for one in already[: len(already) - count]:
            self.entries.remove(one)
            self.entries.append(attrs.evolve(one, id=f"a{len(self.entries):03}m"))
        for one in already[len(already) - count :]:
            self.entries.remove(one)
        for _ in range(count):
            self.entries.append(Contact(id=self._id("c"), on=self._at(0), outcome="missed"))
        return True

    # what was reported and never answered

    def _unanswered(self, one: Unanswered, *, is_open: bool) -> None:
        reported = self.satisfying(one.condition, wanted=True)
        if is_open and reported is not None:
            before = self.start + 400 * DAY
            self.entries.append(self.assessment(one.condition.measure, before, reported))
        elif not is_open:
            self._answer(one)

    def _answer(self, one: Unanswered) -> None:
        condition = one.condition
        rows = [entry for entry in self.entries if isinstance(entry, Assessment) and self._is_of(entry, condition)]
        latest = [self._values(entry, condition) for entry in rows]
        if any(condition.rule.evaluate(values) is not False for values in latest):
            event = next((name for name in one.events if name not in self.measures and name not in self.ago), None)
            if event is not None:
                self._event(event, 0)

    def _is_of(self, entry: Assessment, condition: Condition) -> bool:
        return entry.instrument == self.protocol.instruments[condition.measure].id

    def _values(self, entry: Assessment, condition: Condition) -> Scores:
        return {
            one.name: (entry.scores if one.watch.source == "scores" else entry.items).get(one.watch.key)
            for one in condition.reads
        }

    def satisfying(self, condition: Condition, *, wanted: bool) -> Scores | None:
        """Give values of a reading that meet a condition, or do not."""
        names = [one for one in condition.reads if one.name in condition.rule.names]
        for values in product(*(self._tried(one, condition) for one in names)):
            found = dict(zip([one.name for one in names], values, strict=True))
            if condition.rule.evaluate(found) is wanted:
                return found
        return None

    def _tried(self, one: Latest, condition: Condition) -> list[FactValue]:
        kind = one.kind
        if kind.type == "text":
            return list(kind.values)
        if kind.type == "yes/no":
            return [False, True]
        if kind.whole and kind.high - kind.low <= 400:
            return [*range(int(kind.low), int(kind.high) + 1)]
        found = cuts(condition.rule.node)
        return [*around([] if found is None else [found], kind.low, kind.high, whole=kind.whole)]

    def assessment(self, measure: str, minutes: int, values: Scores) -> Assessment:
        """Give an assessment; what nobody looks at is as low as it can be."""
        watched = self.protocol.scope.watched.get(measure, ())
        kinds = self.protocol.parts.reductions
        full = {one.name: values.get(one.name, _least(kinds[one.name])) for one in watched}
        return Assessment(
            id=self._id("r"),
            on=self._at(minutes),
            instrument=self.protocol.instruments[measure].id,
            scores={one.key: full[one.name] for one in watched if one.source == "scores"},
            items={one.key: full[one.name] for one in watched if one.source == "items"},
        )


def _least(one: Reduction) -> FactValue:
    kind = one.kind
    return kind.values[0] if kind.type == "text" and kind.values else kind.low if kind.type == "number" else None


class _Readings:
    """The readings of one measure, by how long ago they were."""

    def __init__(self, writer: Writer, measure: str) -> None:
        self.writer, self.measure = writer, measure
        self.rows: dict[int, Scores] = {}

    def mine(self, kind: type[R]) -> Iterator[tuple[R, FactValue]]:
        for one, value in self.writer.of(kind):
            if any(score.measure == self.measure for score in one.reads):
                yield one, value

    def write(self, *, enters: bool) -> None:
        latest = {one.name: value for one, value in self.mine(Latest)}
        if latest and all(value is None for value in latest.values()):
            return
        newest = next((int(value or 0) for one, value in self.mine(Series) if one.form == "days_old"), 0) * DAY
        self.rows[newest] = latest
        for one, value in self.mine(At):
            where = self.writer.start if one.event == "first" else self.writer.ago.get(one.event)
            if enters and value is not None and where is not None:
                self.add(max(where, newest), {one.score.name: value})
        self._series(newest, latest)
        self._runs(newest, latest)
        if enters:
            self._extremes(newest)
        for ago, values in self.rows.items():
            self.writer.entries.append(self.writer.assessment(self.measure, ago, values))

    def add(self, ago: int, values: Scores) -> None:
        """Put values into the reading of a moment; what they do not say is as in the latest one."""
        newest = self.rows[min(self.rows)]
        self.rows[ago] = {**newest, **self.rows.get(ago, {}), **values}

    def between(self, newest: int) -> int:
        """Give a moment just before the latest reading that has none yet."""
        ago = newest + self.writer.unit
        while ago in self.rows:
            ago += self.writer.unit
        return ago

    def _series(self, newest: int, latest: Scores) -> None:
        series: list[tuple[Series | Window, FactValue]] = [*self.mine(Window), *self.mine(Series)]
        for one, value in series:
            name = one.score.name
            if one.form == "count" and isinstance(value, int | float):
                for _ in range(int(value) - len(self.rows)):
                    self.add(self.between(newest), latest)
            elif value is not None and (isinstance(one, Window) or one.form == "previous"):
                now = latest.setdefault(name, value)
                shown = {row.get(name) for row in self.rows.values()}
                wanted = 2 * value - now if one.form == "average" and isinstance(value, int | float) else value
                if one.form == "previous" or wanted not in shown:
                    self.add(self.between(newest), {name: wanted})

    def _extremes(self, newest: int) -> None:
        """Put the best and the worst score near the beginning, where no run of the last readings meets them."""
        for one, value in self.mine(Series):
            name = one.score.name
            if one.form in ("best", "worst") and value is not None:
                self.rows[newest].setdefault(name, value)
                if value not in {row.get(name) for row in self.rows.values()}:
                    early = self.writer.start - self.writer.unit
                    self.add(
                        early if early > newest and early not in self.rows else self.between(newest), {name: value}
                    )

    def _runs(self, newest: int, latest: Scores) -> None:
        for one, value in self.mine(InARow):
            since = self.writer.ago.get(one.since) if one.since else None
            for _ in range(one.count - self._run(one.condition, since) if value is True else 0):
                self.add(self.between(newest), latest)
        for held, value in self.mine(Held):
            if value is True:
                span = round(held.span * (60 if held.unit == "hours" else DAY))
                self.add(newest + span, latest)
        runs: list[tuple[InARow | Held, FactValue]] = [*self.mine(InARow), *self.mine(Held)]
        for run, value in runs:
            count = self._run(run.condition)
            is_met = count >= run.count > 1 if isinstance(run, InARow) else self._spans(run, count)
            if value is False and is_met:
                broken = self.writer.satisfying(run.condition, wanted=False)
                if broken is not None:
                    self.add(self.between(newest), broken)

    def _spans(self, held: Held, count: int) -> bool:
        """Say whether so many of the latest readings reach as far as a span."""
        agos = sorted(self.rows)[:count]
        return len(agos) > 1 and agos[-1] - agos[0] >= held.span * (60 if held.unit == "hours" else DAY)

    def _run(self, condition: Condition, since: int | None = None) -> int:
        """Count the latest readings that all meet a condition, after a moment where one is given."""
        count = 0
        for ago in sorted(ago for ago in self.rows if since is None or ago < since):
            facts = {**self.rows[ago]}
            for one in condition.derived:
                baseline = one if isinstance(one, At) else one.baseline
                at = next((value for other, value in self.mine(At) if other.event == baseline.event), None)
                number = at if isinstance(at, int | float) else None
                facts[one.name] = number if isinstance(one, At) else one.between(facts.get(one.score.name), number)
            if condition.rule.evaluate(facts) is not True:
                break
            count += 1
        return count
