"""Hypothesis strategies for entries and episodes: anything a host could enter, in any order, corrections included."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cache
from typing import TypeAlias

import attrs
from hypothesis import strategies as st

from carecoord.rules import Kind
from carecoord.stepped_care import (
    Assessment,
    Contact,
    Enrolment,
    EnrolmentEnd,
    Entry,
    Episode,
    Event,
    Protocol,
    RecordedFact,
    StepEntry,
    Withdrawal,
)

__all__ = ["assessments", "entries", "episodes"]

FIRST = date(2026, 1, 5)
LAST = date(2026, 6, 29)
EVENTS = ("review", "consultation", "relapse_plan", "risk_assessment", "dose_reached")
"""What is entered beside the events that a protocol declares."""


@cache
def days() -> st.SearchStrategy[date]:
    """Give days of half a year, the ends of weeks more often than others."""
    weeks = (LAST - FIRST).days // 7
    weekly = st.integers(0, weeks).map(lambda week: FIRST + timedelta(days=7 * week))
    return weekly | st.dates(FIRST, LAST)


@cache
def moments() -> st.SearchStrategy[date | datetime]:
    """Give days, and times of a few offsets."""
    zones = st.sampled_from([UTC, timezone(timedelta(hours=-5)), timezone(timedelta(hours=10))])
    times = st.builds(datetime.combine, days(), st.sampled_from([time(6), time(9, 30), time(23, 59)]), zones)
    return days() | times


Found: TypeAlias = int | float | str | tuple[int, int] | None


def _found(kind: Kind, source: str) -> st.SearchStrategy[Found]:
    """Give a value of a score or an answer, nothing, or for a score the bounds of a half-answered form."""
    if kind.values:
        return st.none() | st.sampled_from(kind.values)
    numbers = st.integers(int(kind.low), int(kind.high))
    bounds = st.tuples(numbers, numbers).map(lambda ends: (min(ends), max(ends)))
    return st.one_of(st.none(), numbers, bounds) if source == "scores" else st.none() | numbers


@cache
def assessments(protocol: Protocol) -> st.SearchStrategy[Assessment]:
    """Give assessments with any values that a protocol reads, blank and half-answered ones included."""

    def of(measure: str) -> st.SearchStrategy[Assessment]:
        watched = {watch.name: watch for watch in protocol.scope.watched[measure]}
        kinds = {name: protocol.parts.reductions[name].kind for name in watched}

        def made(on: date | datetime, found: dict[str, Found]) -> Assessment:
            known = {name: None if isinstance(value, tuple) else value for name, value in found.items()}
            return Assessment(
                id="?",
                on=on,
                instrument=protocol.instruments[measure].id,
                scores={watched[name].key: value for name, value in known.items() if watched[name].source == "scores"},
                items={watched[name].key: value for name, value in known.items() if watched[name].source == "items"},
                possible={watched[name].key: ends for name, ends in found.items() if isinstance(ends, tuple)},
            )

        found = st.fixed_dictionaries({name: _found(kinds[name], watch.source) for name, watch in watched.items()})
        return st.builds(made, moments(), found)

    return st.one_of(*map(of, protocol.scope.watched))


@cache
def facts(protocol: Protocol) -> st.SearchStrategy[RecordedFact]:
    """Give records of the protocol's facts, some with a value that it does not take."""
    strange = st.booleans() | st.integers(-5, 130) | st.sampled_from(["none", "marked", "yes"]) | st.just(1.5)

    def of(name: str) -> st.SearchStrategy[RecordedFact]:
        taken = protocol.parts.facts[name].values if name in protocol.parts.facts else ()
        values = st.sampled_from(taken) | strange if taken else strange
        return st.builds(lambda on, value: RecordedFact(id="?", on=on, name=name, value=value), moments(), values)

    return st.one_of(*map(of, [*protocol.parts.facts, "unrelated"]))


@cache
def courses(protocol: Protocol) -> st.SearchStrategy[Entry]:
    """Give enrolments, their ends and steps, of this protocol and of another one."""
    ids = st.sampled_from([protocol.id, protocol.id, "another"])
    steps = st.sampled_from([*protocol.steps])
    starts = st.builds(
        lambda on, to, step: Enrolment(id="?", on=on, protocol=to, step=step), moments(), ids, st.none() | steps
    )
    ends = st.builds(lambda on, of: EnrolmentEnd(id="?", on=on, protocol=of), moments(), ids)
    entered = st.builds(lambda on, of, step: StepEntry(id="?", on=on, protocol=of, step=step), moments(), ids, steps)
    return starts | ends | entered


@cache
def entries(protocol: Protocol) -> st.SearchStrategy[Entry]:
    """Give any entry that can bear on a protocol, without an id of its own yet."""
    contacts = st.builds(
        lambda on, outcome: Contact(id="?", on=on, outcome=outcome), moments(), st.sampled_from(["kept", "missed"])
    )
    names = st.sampled_from([*dict.fromkeys((*protocol.events, *EVENTS))])
    events = st.builds(lambda on, name: Event(id="?", on=on, name=name), moments(), names)
    measured = assessments(protocol)
    return st.one_of(measured, measured, contacts, events, facts(protocol), courses(protocol))


@st.composite
def episodes(draw: st.DrawFn, protocol: Protocol, *, max_size: int = 12) -> Episode:
    """Give an episode in which some entries were written later than they were so, some corrected, some withdrawn."""
    drawn: Sequence[Entry] = draw(st.lists(entries(protocol), max_size=max_size))
    made: list[Entry] = []
    if draw(st.booleans()):
        made.append(Enrolment(id="start", on=FIRST, protocol=protocol.id))
    for number, entry in enumerate(drawn):
        replaces = draw(st.sampled_from([None, None, None, *(other.id for other in made)]))
        recorded = draw(st.just(entry.on) | moments())
        made.append(attrs.evolve(entry, id=f"e{number}", recorded=recorded, replaces=replaces))
    wrong = draw(st.lists(st.sampled_from(made), unique_by=lambda one: one.id, max_size=2)) if made else []
    withdrawn = [
        Withdrawal(id=f"w-{entry.id}", on=entry.on, recorded=draw(moments()), replaces=entry.id) for entry in wrong
    ]
    return Episode("someone", [*made, *withdrawn])
