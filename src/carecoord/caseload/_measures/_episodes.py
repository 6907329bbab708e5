"""A record made of an episode and of plans."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from carecoord.caseload._measures._plans import of_plan
from carecoord.caseload._measures._record import Happening, Record
from carecoord.plans import CarePlan
from carecoord.stepped_care import (
    Assessment,
    Contact,
    Enrolment,
    EnrolmentEnd,
    Episode,
    Event,
    RecordedFact,
)

__all__ = ["record"]


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
    lists: dict[str, list[Happening]] = {}
    known: dict[str, Any] = {}
    for entry in episode.in_force(on=on, as_of=as_of):
        match entry:
            case Assessment():
                lists.setdefault("scores", []).extend(_scores(entry))
            case Contact():
                lists.setdefault("contacts", []).append(
                    Happening({"on": entry.on, "kept": entry.outcome == "kept", "how": entry.how})
                )
            case Event():
                lists.setdefault("events", []).append(Happening({"on": entry.on, "name": entry.name}))
            case Enrolment():
                lists.setdefault("enrolments", []).append(Happening({"on": entry.on, "protocol": entry.protocol}))
            case EnrolmentEnd():
                lists.setdefault("endings", []).append(
                    Happening({"on": entry.on, "protocol": entry.protocol, "reason": entry.reason})
                )
            case RecordedFact():
                known[entry.name] = entry.value
            case _:
                pass
    steps = [*_steps(episode, on, as_of)]
    if steps:
        lists["steps"] = steps
    now = None if on is None else _day(on)
    for plan in plans:
        for name, entries in of_plan(plan, now):
            lists.setdefault(name, []).extend(entries)
    return Record(person=episode.person, about={**known, **(about or {})}, lists=lists)


def _scores(entry: Assessment) -> Iterator[Happening]:
    for name, value in entry.scores.items():
        yield Happening(
            {
                "on": entry.on,
                "instrument": entry.instrument,
                "score": name,
                "value": value if isinstance(value, int | float) else None,
                "status": "final",
            }
        )


def _steps(episode: Episode, on: date | datetime | None, as_of: date | datetime | None) -> Iterator[Happening]:
    """Give each stay in a step, with the day it ended where it has."""
    shown = {entry.id for entry in episode.in_force(on=on, as_of=as_of)}
    for protocol, changes in episode.index(as_of=as_of).courses.items():
        seen = [one for one in changes if one.effect != "none" and one.entry.id in shown]
        for place, change in enumerate(seen):
            if change.effect != "end":
                until = seen[place + 1].entry.on if place + 1 < len(seen) else None
                move = (
                    "enter" if change.effect == "enter" else getattr(change.entry, "move", None) or _move(change.entry)
                )
                yield Happening(
                    {"on": change.entry.on, "protocol": protocol, "step": change.step, "move": move, "until": until}
                )


def _move(entry: Any) -> str | None:
    decision = getattr(entry, "decision", None)
    return None if decision is None else str(decision.move)


def _day(value: date | datetime) -> date:
    return value.date() if isinstance(value, datetime) else value
