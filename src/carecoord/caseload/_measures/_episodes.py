"""A record made of an episode and of plans."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from carecoord.caseload._latest import day_of
from carecoord.caseload._measures._lists import Fields
from carecoord.caseload._measures._plans import of_plan
from carecoord.caseload._measures._record import Happening, Record
from carecoord.caseload._measures._rows import Rows, rows_of_lists
from carecoord.plans import CarePlan
from carecoord.stepped_care import (
    Accepted,
    Assessment,
    Contact,
    Enrolment,
    EnrolmentEnd,
    Entry,
    Episode,
    Event,
    Override,
    RecordedFact,
)

__all__ = ["record", "rows_of_episode"]


def record(
    episode: Episode,
    *,
    plans: Iterable[CarePlan] = (),
    about: Mapping[str, Any] | None = None,
    on: date | datetime | None = None,
    as_of: date | datetime | None = None,
) -> Record:
    """Give what measures look at, of an episode and the person's plans.

    Every score of an assessment is one of `scores`, also one that could not be worked out: its value is unknown then.
    What was recorded of the person as a fact is `about` them, the latest of each name; `about` adds to that and wins.

    Args:
        episode: the person's history.
        plans: the person's plans; when their reviews were due is said up to `on`, and not at all where it is left out.
        about: what else is known of the person, as `birth_date`, or what to group by.
        on: leave out what was so only later.
        as_of: leave out what was written down later.

    >>> episode = Episode("A", [Contact(id="1", on=date(2026, 1, 5), how="phone")])
    >>> record(episode).lists["contacts"][0]["kept"]
    True
    """
    known: dict[str, Any] = {}
    lists: dict[str, list[Happening]] = {}
    for name, entry in _entries(episode, known, plans, on, as_of):
        lists.setdefault(name, []).append(Happening(entry))
    return Record(person=episode.person, id=episode.id, about={**known, **(about or {})}, lists=lists)


def rows_of_episode(
    episode: Episode,
    lists: Mapping[str, Fields],
    *,
    on: date,
    ends: bool,
    plans: Iterable[CarePlan] = (),
    as_of: date | datetime | None = None,
) -> Rows:
    """Give the rows of an episode's record right away, of the lists that are wanted."""
    known: dict[str, Any] = {}
    found: dict[str, list[dict[str, Any]]] = {}
    for name, entry in _entries(episode, known, plans, on, as_of, steps="steps" in lists):
        if name in lists:
            found.setdefault(name, []).append(entry)
    return Rows(known, rows_of_lists(found, lists, on, ends=ends))


def _entries(
    episode: Episode,
    known: dict[str, Any],
    plans: Iterable[CarePlan],
    on: date | datetime | None,
    as_of: date | datetime | None,
    *,
    steps: bool = True,
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give every entry with its list; what was recorded of the person is left in `known`."""
    course = False
    for entry in _in_force(episode, on, as_of):
        match entry:
            case Assessment():
                for score, value in entry.scores.items():
                    yield (
                        "scores",
                        {
                            "on": entry.on,
                            "instrument": entry.instrument,
                            "score": score,
                            "value": value if isinstance(value, int | float) else None,
                            "status": "final",
                        },
                    )
            case Contact():
                yield "contacts", {"on": entry.on, "kept": entry.outcome == "kept", "how": entry.how}
            case Event():
                yield "events", {"on": entry.on, "name": entry.name}
            case RecordedFact():
                known[entry.name] = entry.value
            case Enrolment():
                course = True
                yield "enrolments", {"on": entry.on, "protocol": entry.protocol}
            case EnrolmentEnd():
                yield "endings", {"on": entry.on, "protocol": entry.protocol, "reason": entry.reason}
            case _:
                course = True
    if course and steps:
        for stay in _steps(episode, on, as_of):
            yield "steps", stay
    now = on.date() if isinstance(on, datetime) else on
    for plan in plans:
        for name, entries in of_plan(plan, now):
            for one in entries:
                yield name, one


def _in_force(episode: Episode, on: date | datetime | None, as_of: date | datetime | None) -> tuple[Entry, ...]:
    """Give the entries that stand; where even the last is not after a day, no other is looked at for it."""
    entries = episode.in_force(as_of=as_of)
    if on is None or not entries or (not isinstance(on, datetime) and day_of(entries[-1].on) <= on):
        return entries
    return episode.in_force(on=on, as_of=as_of)


def _steps(episode: Episode, on: date | datetime | None, as_of: date | datetime | None) -> Iterator[dict[str, Any]]:
    """Give each stay in a step, with the day it ended where it has."""
    shown = None if on is None else {entry.id for entry in episode.in_force(on=on, as_of=as_of)}
    for protocol, changes in episode.index(as_of=as_of).courses.items():
        seen = [one for one in changes if one.effect != "none" and (shown is None or one.entry.id in shown)]
        for place, change in enumerate(seen):
            if change.effect != "end":
                yield {
                    "on": change.entry.on,
                    "protocol": protocol,
                    "step": change.step,
                    "move": "enter" if change.effect == "enter" else _move(change.entry),
                    "until": seen[place + 1].entry.on if place + 1 < len(seen) else None,
                }


def _move(entry: Entry) -> str | None:
    match entry:
        case Override():
            return entry.move
        case Accepted():
            return entry.decision.move
        case _:
            return None
