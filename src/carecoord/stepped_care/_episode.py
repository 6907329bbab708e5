"""One person's history: entries that are only ever added to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cached_property
from typing import Any, Literal, NamedTuple, Self

import attrs

from carecoord.errors import DataError, Fault
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
    Withdrawal,
)
from carecoord.stepped_care._moments import Moment, moment, on_or_before
from carecoord.stepped_care._ruling import Move

__all__ = ["CourseChange", "Episode", "Index", "Reading"]


def _entries(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    return tuple(entries)


@attrs.frozen
class Episode:
    """One person's history, in any order: nothing in it is ever changed, only added to.

    An entry that another one `replaces` is out of force; to bring back what was replaced, enter it again.
    Enrolments are per protocol, so one episode can hold several side by side and one after the other.

    >>> episode = Episode("p-17", [Contact(id="c1", on=date(2026, 1, 5), how="phone")])
    >>> episode = episode.with_entry(Withdrawal(id="c2", on=date(2026, 1, 6), replaces="c1"))
    >>> len(episode.entries), episode.in_force()
    (2, ())

    Attributes:
        person: the host's id for the person.
        entries: everything that was entered.
        id: the host's own id for the episode, where it has one.
    """

    person: str
    entries: tuple[Entry, ...] = attrs.field(default=(), converter=_entries)
    id: str = ""

    def __attrs_post_init__(self) -> None:
        places: dict[str, int] = {}
        faults: list[Fault] = []
        for place, entry in enumerate(self.entries):
            if places.setdefault(entry.id, place) != place:
                faults.append(Fault(f"$.entries[{place}].id", "the id stands twice"))
        replaced = {entry.id: entry.replaces for entry in self.entries if entry.replaces is not None}
        for entry_id, target in replaced.items():
            path = f"$.entries[{places[entry_id]}].replaces"
            if target not in places:
                faults.append(Fault(path, "there is no entry with that id"))
            elif _leads_back(entry_id, replaced):
                faults.append(Fault(path, "entries replace each other in a circle"))
        if faults:
            raise DataError("episode", faults)

    def with_entry(self, *entries: Entry) -> Self:
        """Give the episode with more entries.

        Raises:
            DataError: an id is already there, or an entry replaces one that is not.
        """
        return attrs.evolve(self, entries=(*self.entries, *entries))

    def in_force(self, *, on: date | datetime | None = None, as_of: date | datetime | None = None) -> tuple[Entry, ...]:
        """Give the entries that stand, in order of when they were so: those not replaced by others.

        Args:
            on: leave out what was so only later.
            as_of: leave out what was written later, corrections included: what could they know then?
        """
        standing = self._standing if as_of is None else _standing(self.entries, moment(as_of))
        now = None if on is None else moment(on)
        entries = (placed.entry for placed in standing if now is None or on_or_before(placed.when, now))
        return tuple(entry for entry in entries if not isinstance(entry, Withdrawal))

    @cached_property
    def _standing(self) -> list[Placed]:
        return _standing(self.entries)

    @cached_property
    def _index(self) -> Index:
        return Index(self._standing)

    def index(self, *, as_of: date | datetime | None = None) -> Index:
        """Give the entries that stand, sorted out by what they are about: worked out once, unless `as_of` is given."""
        return self._index if as_of is None else Index(_standing(self.entries, moment(as_of)))


def _leads_back(entry: str, replaced: Mapping[str, str]) -> bool:
    place, seen = replaced[entry], {entry}
    while place in replaced and place not in seen:
        seen.add(place)
        place = replaced[place]
    return place == entry


class Placed(NamedTuple):
    """An entry, placed in time: they sort by when it was so, then by when it was written down, then by id."""

    when: Moment
    recorded: Moment
    id: str
    entry: Entry


def _placed(entry: Entry) -> Placed:
    on, recorded = entry.on, entry.recorded
    when = moment(on)
    return tuple.__new__(Placed, (when, when if recorded is on else moment(recorded), entry.id, entry))


def _standing(entries: Iterable[Entry], as_of: Moment | None = None) -> list[Placed]:
    known = [placed for placed in map(_placed, entries) if as_of is None or on_or_before(placed.recorded, as_of)]
    replaced = {placed.entry.replaces for placed in known}
    return sorted(placed for placed in known if placed.id not in replaced)


Effect = Literal["enter", "move", "end", "none"]


class Reading(NamedTuple):
    """An assessment, placed in time."""

    when: Moment
    recorded: Moment
    entry: Assessment


class CourseChange(NamedTuple):
    """What an entry does to an enrolment."""

    when: Moment
    recorded: Moment
    effect: Effect
    step: str | None
    entry: Entry


_EFFECTS: Mapping[Move, Effect] = {
    "enter": "enter", "step-up": "move", "step-down": "move", "switch": "move", "exit": "end",
}  # fmt: skip
_RANKS = {"enter": 0, "move": 1, "none": 1, "end": 2}


class Index:
    """The entries of an episode by what they are about, each in order of time.

    Attributes:
        assessments: by instrument.
        contacts: the kept ones and the missed ones, with the outcome.
        outcomes: when contacts were, by the event that each is in rules.
        events: by name.
        facts: by name: when it was so, when it was recorded, the value.
        courses: by protocol: what was done to the enrolment.
        read: what one who reads them worked out for all days at once, by whatever they call it.
    """

    __slots__ = ("assessments", "contacts", "courses", "events", "facts", "outcomes", "read")

    def __init__(self, entries: Iterable[Placed]) -> None:
        self.assessments: dict[str, list[Reading]] = {}
        self.contacts: list[tuple[Moment, str]] = []
        self.outcomes: dict[str, list[Moment]] = {"contact": [], "missed_contact": []}
        self.events: dict[str, list[Moment]] = {}
        self.facts: dict[str, list[tuple[Moment, Moment, bool | int | float | str]]] = {}
        self.courses: dict[str, list[CourseChange]] = {}
        self.read: dict[Any, Any] = {}
        for placed in entries:
            self._add(placed)
        for course in self.courses.values():
            course.sort(key=lambda change: (change.when, change.recorded, _RANKS[change.effect]))

    def with_course(self, protocol: str, changes: list[CourseChange], events: Mapping[str, list[Moment]]) -> Index:
        """Give the same entries with another course of one enrolment, and other times of some events."""
        other = object.__new__(Index)
        for name in self.__slots__:
            setattr(other, name, getattr(self, name))
        other.courses = {**self.courses, protocol: changes}
        if events:
            other.events = {**self.events, **events}
        return other

    def _add(self, placed: Placed) -> None:
        when, recorded, _, entry = placed
        match entry:
            case Assessment():
                self.assessments.setdefault(entry.instrument, []).append(Reading(when, recorded, entry))
            case Contact():
                self.contacts.append((when, entry.outcome))
                self.outcomes["contact" if entry.outcome == "kept" else "missed_contact"].append(when)
            case Event():
                self.events.setdefault(entry.name, []).append(when)
            case RecordedFact():
                self.facts.setdefault(entry.name, []).append((when, recorded, entry.value))
            case Withdrawal():
                pass
            case _:
                protocol, effect, step = _change(entry)
                self.courses.setdefault(protocol, []).append(CourseChange(when, recorded, effect, step, entry))


def _change(
    entry: Enrolment | EnrolmentEnd | StepEntry | Accepted | Override,
) -> tuple[str, Effect, str | None]:
    """Give the protocol whose enrolment an entry touches, what it does to it, and the step it names."""
    match entry:
        case Enrolment():
            return entry.protocol, "enter", entry.step
        case EnrolmentEnd():
            return entry.protocol, "end", None
        case StepEntry():
            return entry.protocol, "move", entry.step
        case Accepted():
            decision = entry.decision
            return decision.protocol, _effect(decision.move), entry.step or decision.to_step
        case _:
            return entry.decision.protocol, _effect(entry.move), entry.step


def _effect(move: Move) -> Effect:
    return _EFFECTS.get(move, "none")
