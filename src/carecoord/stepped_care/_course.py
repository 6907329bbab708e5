"""What was done about one person's step, and the days on which a protocol would have been asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from itertools import groupby
from typing import Any, Literal, TypeAlias

import attrs

from carecoord._values import Period
from carecoord.errors import DataError, Fault, did_you_mean
from carecoord.stepped_care._conditions import Held
from carecoord.stepped_care._entries import (
    Accepted,
    Assessment,
    Contact,
    Enrolment,
    EnrolmentEnd,
    Entry,
    Event,
    Override,
    RecordedFact,
    StepEntry,
)
from carecoord.stepped_care._episode import CourseChange, Episode, Index
from carecoord.stepped_care._history import OUTSIDE
from carecoord.stepped_care._moments import Moment, moment
from carecoord.stepped_care._protocol import Protocol
from carecoord.stepped_care._readings import Latest
from carecoord.stepped_care._reductions import Clock, Recorded, Reduction, Restarted
from carecoord.stepped_care._ruling import Move, Outcome

__all__ = ["BESIDE", "Course", "Done", "Options", "asked_on", "counts_hours", "reads"]

Place: TypeAlias = date | datetime
BESIDE: frozenset[Move] = frozenset(("adjust", "consult", "refer"))
"""Moves that change no step, so that a history shows them only where they were recorded."""
MOVING: frozenset[Move] = frozenset(("enter", "step-up", "step-down", "switch", "exit"))
OPEN: frozenset[Move] = frozenset(("ask", "review"))
Verdict = Literal["agrees", "departs", "open", "unseen"]
Kind = Literal["sooner", "later", "otherwise"]
NOTHING = Outcome("stay")


@attrs.frozen(kw_only=True)
class Options:
    """How histories are held against a protocol; see [`backtest`][carecoord.stepped_care.backtest].

    Attributes:
        course: the protocol whose enrolments say what was done.
        steps: the protocol's step for each of theirs that it does not have.
        grace: how long after a decision the same still counts as done then.
        done_by: the events that show a move which leaves the step as it is.
        decided_at: the events at which is decided, so that they count from then on only.
        hourly: whether each moment of a day is one to decide on.
        accept_unverified: whether a protocol may rest on what nobody has checked.
    """

    course: str
    steps: Mapping[str, str]
    grace: Period | None
    done_by: Mapping[Move, tuple[str, ...]]
    decided_at: tuple[str, ...]
    hourly: bool
    accept_unverified: bool


@attrs.frozen
class Done:
    """Something that was done: when, and what it came to.

    Attributes:
        when: the day, or the minute where the protocol counts hours.
        outcome: the move and the step it led to.
    """

    when: Moment
    outcome: Outcome


def _reductions(protocol: Protocol) -> Iterator[Reduction]:
    names = dict.fromkeys(name for step in (*protocol.steps, OUTSIDE) for name in protocol.plan(step).names)
    return (protocol.parts.reductions[name] for name in names)


def counts_hours(protocol: Protocol) -> bool:
    """Say whether a protocol looks at hours, so that each entry of a day is a moment of its own."""
    back = protocol.definition.look_back
    return (back is not None and bool(back.minutes)) or any(
        (isinstance(one, Clock | Held | Restarted) and one.unit == "hours")
        or (isinstance(one, Latest | Recorded) and one.valid_for is not None and bool(one.valid_for.minutes))
        for one in _reductions(protocol)
    )


def reads(protocol: Protocol) -> frozenset[str]:
    """Name what a protocol reads: instruments, events and recorded facts."""
    events = (name for one in _reductions(protocol) for name in one.named)
    facts = (one.name for one in _reductions(protocol) if isinstance(one, Recorded))
    return frozenset((*protocol.scope.instruments.values(), *events, *facts))


def asked_on(episode: Episode, read: frozenset[str], options: Options) -> dict[Moment, Place]:
    """Give the days, or the moments, on which something was entered that is read or shows what was done, in order."""
    read = read.union(*options.done_by.values())
    found = (entry.on for entry in episode.in_force() if _bears(entry, read, options.course))
    if options.hourly:
        return {moment(on): on for on in found}
    return {Moment(on.toordinal()): on.date() if isinstance(on, datetime) else on for on in found}


def _bears(entry: Entry, read: frozenset[str], course: str) -> bool:
    match entry:
        case Assessment():
            return entry.instrument in read
        case Event() | RecordedFact():
            return entry.name in read
        case Contact():
            return True
        case _:
            return _protocol_of(entry) == course


def _protocol_of(entry: Entry) -> str | None:
    if isinstance(entry, Enrolment | EnrolmentEnd | StepEntry):
        return entry.protocol
    return entry.decision.protocol if isinstance(entry, Accepted | Override) else None


@attrs.frozen
class Match:
    """What comes of holding one piece of advice against what was done.

    Attributes:
        verdict: whether they agree, or cannot be told to.
        done: what was done, where they depart.
        kind: how they depart.
        days: how many days later the advice was followed all the same.
        since: what was done about it was done then: what was decided until then is decided.
    """

    verdict: Verdict
    done: Outcome = NOTHING
    kind: Kind = "otherwise"
    days: int | None = None
    since: Moment | None = None


class Course:
    """What was done to one person's enrolment, told in a protocol's own steps.

    Attributes:
        done: what was done, in order of time: turns of the step, and what left the step as it is.
    """

    def __init__(self, protocol: Protocol, episode: Episode, options: Options) -> None:
        self.protocol, self.episode = protocol, episode
        self.name, self.hourly, self._options = options.course, options.hourly, options
        self._used: set[int] = set()
        self._index = index = episode.index()
        self._changes = [*self._named(index.courses.get(self.name, ()), options.steps)]
        beside = [
            Done(self._key(when), Outcome(move))
            for move, events in options.done_by.items()
            for event in events
            for when in index.events.get(event, ())
        ]
        self.done = sorted((*self._turns(), *beside), key=lambda one: one.when)

    def _key(self, when: Moment) -> Moment:
        return when if self.hourly else Moment(when.day)

    def _named(self, changes: Iterable[CourseChange], steps: Mapping[str, str]) -> Iterator[CourseChange]:
        """Give changes with the protocol's own steps."""
        known, faults = self.protocol.steps, dict[Fault, None]()
        for change in changes:
            step = change.step or self.protocol.scope.first
            step = step if step in known else steps.get(step, step)
            if change.effect in ("end", "none"):
                yield change
            elif step in known:
                yield change._replace(step=step)
            else:
                hint = did_you_mean(step, known)
                message = f"{self.protocol.id} has no step {step!r}{hint}; say in steps= what it is here"
                faults[Fault(f"$.{self.name}", message)] = None
        if faults:
            raise DataError("episode", faults)

    def _turns(self) -> Iterator[Done]:
        """Give what each day, or moment, of changes came to."""
        here = OUTSIDE
        for when, changes in groupby(self._changes, key=lambda change: self._key(change.when)):
            there = here
            for change in changes:
                entry = change.entry
                if change.effect == "none":
                    move = _recorded(entry)
                    if move in BESIDE:
                        yield Done(when, Outcome(move))
                else:
                    there = OUTSIDE if change.effect == "end" else change.step or here
            if there != here:
                yield Done(when, self._turn(here, there))
            here = there

    def _turn(self, here: str, there: str) -> Outcome:
        if there == OUTSIDE:
            return Outcome("exit")
        if here == OUTSIDE:
            return Outcome("enter", (there,))
        one, other = self.protocol.steps[here].intensity, self.protocol.steps[there].intensity
        move: Move = "step-up" if other > one else "step-down" if other < one else "switch"
        return Outcome(move, (there,))

    def held_against(self, advised: Outcome, when: Moment, on: Place) -> Match:
        """Hold one piece of advice against what was done from then on until the end of the grace given."""
        fresh = [place for place, one in enumerate(self.done) if one.when >= when and place not in self._used]
        end = self._end(when, on)
        now = [place for place in fresh if self.done[place].when == when]
        if advised.move in OPEN:
            self._used.update(now)
            return Match("open")
        if advised.move not in MOVING | BESIDE:
            return Match("departs", self.done[now[0]].outcome, "later") if now else Match("agrees")
        window = [place for place in fresh if self.done[place].when <= end]
        fits = next((place for place in window if _fits(advised, self.done[place].outcome)), None)
        if fits is not None:
            self._used.update((*now, fits))
            return Match("agrees", since=self.done[fits].when if advised.move in MOVING else None)
        moved = [place for place in window if advised.move in MOVING and self.done[place].outcome.move in MOVING]
        if moved or now:
            return Match("departs", self.done[(moved or now)[0]].outcome)
        if advised.move in BESIDE and any(
            _fits(advised, one.outcome) and self._start(when, on) <= one.when <= when for one in self.done
        ):
            return Match("agrees")
        if advised.move in BESIDE and advised.move not in self._options.done_by:
            return Match("unseen")
        later = next((self.done[place].when for place in fresh if _fits(advised, self.done[place].outcome)), None)
        return Match("departs", kind="sooner", days=later.day - when.day if later else None)

    def _end(self, when: Moment, on: Place) -> Moment:
        grace = self._options.grace
        return when if grace is None else self._moment(when, grace.after(on))

    def _start(self, when: Moment, on: Place) -> Moment:
        grace = self._options.grace
        return when if grace is None else self._moment(when, grace.before(on))

    def _moment(self, like: Moment, on: Place) -> Moment:
        return moment(on) if like.has_hour else Moment(on.toordinal())

    def index(self, when: Moment) -> Index:
        """Give what was so before it was decided on a day, or at a moment: what was done about the step then is not."""
        events = {
            name: [one for one in self._index.events.get(name, ()) if self._key(one) < when]
            for name in self._options.decided_at
        }
        return self._index.with_course(self.protocol.id, self._before(when), events)

    def _before(self, when: Moment) -> list[CourseChange]:
        return [change for change in self._changes if self._key(change.when) < when]

    def as_it_stood(self, when: Moment, on: Place) -> Episode:
        """Give the history up to a day or a moment, as it was before it was decided then."""
        told = (_told(self.protocol.id, change) for change in self._before(when))
        entries: list[Entry] = [
            attrs.evolve(entry, replaces=None) if entry.replaces else entry
            for entry in self.episode.in_force(on=on)
            if not self._is_decided(entry, when)
        ]
        entries += [entry for entry in told if entry is not None]
        return Episode(self.episode.person, entries, id=self.episode.id)

    def _is_decided(self, entry: Entry, when: Moment) -> bool:
        if isinstance(entry, Event):
            return entry.name in self._options.decided_at and self._key(moment(entry.on)) >= when
        return _protocol_of(entry) in (self.protocol.id, self.name)


def _recorded(entry: Entry) -> Move | None:
    if isinstance(entry, Override):
        return entry.move
    return entry.decision.move if isinstance(entry, Accepted) else None


def _fits(advised: Outcome, done: Outcome) -> bool:
    return advised.move == done.move and (not advised.to or done.to[0] in advised.to)


def _told(protocol: str, change: CourseChange) -> Entry | None:
    entry = change.entry
    what: dict[str, Any] = {
        "id": entry.id,
        "on": entry.on,
        "recorded": entry.recorded,
        "by": entry.by,
        "labels": entry.labels,
    }
    match change.effect:
        case "enter":
            return Enrolment(**what, protocol=protocol, step=change.step)
        case "move":
            return StepEntry(**what, protocol=protocol, step=change.step or "")
        case "end":
            return EnrolmentEnd(**what, protocol=protocol)
        case _:
            return None
