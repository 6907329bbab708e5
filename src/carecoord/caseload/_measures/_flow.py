"""How people move through the steps of a protocol, and how often they are seen there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from statistics import median
from typing import Any

import attrs

from carecoord.caseload._measures._lists import LISTS
from carecoord.caseload._measures._record import Record
from carecoord.caseload._measures._rows import Row, prepared
from carecoord.stepped_care import Protocol

__all__ = ["Cadence", "StepFlow", "contact_cadence", "step_flow"]


@attrs.frozen(kw_only=True)
class StepFlow:
    """Who came into a step and who left it.

    Attributes:
        step: the step's id.
        entered: stays that began in the period.
        up: stays that ended in the period in a step of more care.
        down: in a step of less care.
        across: in another step of as much care.
        left: with the end of the protocol.
        staying: stays that go on at the end of the period.
        median_days: median length of the stays that ended in the period, in days; `None` where none did.
        over_maximum: stays of the period that were, or are, longer than the step's longest; `None` where it has none.
    """

    step: str
    entered: int
    up: int
    down: int
    across: int
    left: int
    staying: int
    median_days: float | None
    over_maximum: int | None


def step_flow(records: Iterable[Record], protocol: Protocol, *, period: tuple[date, date]) -> tuple[StepFlow, ...]:
    """Count the stays in every step of a protocol.

    Args:
        records: one a person, made by `record`.
        protocol: the protocol.
        period: first and last day, both included.

    Returns:
        One a step, in the protocol's order.

    >>> from carecoord.stepped_care import Enrolment, Episode, StepEntry, protocol
    >>> from carecoord.caseload import record
    >>> episode = Episode("A", [
    ...     Enrolment(id="1", on=date(2026, 1, 5), protocol="german-impact", step="two-weekly"),
    ...     StepEntry(id="2", on=date(2026, 3, 2), protocol="german-impact", step="four-weekly"),
    ... ])
    >>> year = (date(2026, 1, 1), date(2026, 12, 31))
    >>> first, second = step_flow([record(episode)], protocol("german-impact"), period=year)
    >>> first.down, first.median_days, second.staying
    (1, 56, 1)
    """
    stays: dict[str, list[tuple[Row, str | None]]] = {step: [] for step in protocol.steps}
    for one in records:
        for stay, following in _stays(one, protocol):
            if stay["step"] in stays and _touches(stay, period):
                stays[stay["step"]].append((stay, following))
    return tuple(_flow(step, found, protocol, period) for step, found in stays.items())


def _stays(record: Record, protocol: Protocol) -> Iterator[tuple[Row, str | None]]:
    """Give each stay in a step of the protocol, and the step that follows without a break."""
    rows = [row for row in prepared(record.lists.get("steps", ()), LISTS["steps"]) if row["protocol"] == protocol.id]
    first = protocol.definition.first
    for place, row in enumerate(rows):
        following = rows[place + 1] if place + 1 < len(rows) else None
        stays_on = following is not None and row["until"] == following["on"] and following["move"] != "enter"
        yield {**row, "step": row["step"] or first}, following["step"] if stays_on and following else None


def _touches(stay: Row, period: tuple[date, date]) -> bool:
    return stay["on"] <= period[1] and (stay["until"] is None or stay["until"] >= period[0])


def _flow(
    step: str, stays: Sequence[tuple[Row, str | None]], protocol: Protocol, period: tuple[date, date]
) -> StepFlow:
    here = protocol.steps[step]
    moves = {"up": 0, "down": 0, "across": 0, "left": 0}
    days: list[int] = []
    longest = here.max_stay
    over = 0
    for stay, following in stays:
        ended = stay["until"] is not None and stay["until"] <= period[1]
        if longest is not None and longest.after(stay["on"]) < (stay["until"] if ended else period[1]):
            over += 1
        if ended:
            days.append((stay["until"] - stay["on"]).days)
            moves[_way(protocol, step, following)] += 1
    return StepFlow(
        step=step,
        entered=sum(period[0] <= stay["on"] for stay, _ in stays),
        staying=len(stays) - len(days),
        median_days=median(days) if days else None,
        over_maximum=None if longest is None else over,
        **moves,
    )


def _way(protocol: Protocol, step: str, following: str | None) -> str:
    if following is None or following not in protocol.steps:
        return "left"
    difference = protocol.steps[following].intensity - protocol.steps[step].intensity
    return "across" if difference == 0 else "up" if difference > 0 else "down"


@attrs.frozen(kw_only=True)
class Cadence:
    """How long people waited from contact to contact.

    Attributes:
        intervals: intervals between kept contacts that ended in the period, in steps that say how often contact is due.
        in_time: of those, how many were no longer than the step says.
        median_days: their median length in days; `None` where there are none.
        people: people in such a step on the last day.
        overdue: of those, how many had waited longer than the step says.
    """

    intervals: int
    in_time: int
    median_days: float | None
    people: int
    overdue: int


def contact_cadence(records: Iterable[Record], protocol: Protocol, *, period: tuple[date, date]) -> Cadence:
    """Hold the intervals between kept contacts against what the steps of a protocol say.

    An interval belongs to the step in which it began; the first one of a stay begins with the stay.

    Args:
        records: one a person, made by `record`.
        protocol: the protocol.
        period: first and last day, both included.

    >>> from carecoord.stepped_care import Contact, Enrolment, Episode, protocol
    >>> from carecoord.caseload import record
    >>> episode = Episode("A", [
    ...     Enrolment(id="1", on=date(2026, 1, 5), protocol="german-impact", step="two-weekly"),
    ...     Contact(id="2", on=date(2026, 1, 19)),
    ...     Contact(id="3", on=date(2026, 2, 3)),
    ... ])
    >>> found = contact_cadence(
    ...     [record(episode)], protocol("german-impact"), period=(date(2026, 1, 1), date(2026, 2, 10))
    ... )
    >>> found.intervals, found.in_time, found.overdue
    (2, 1, 0)
    """
    lengths: list[int] = []
    in_time = people = overdue = 0
    for one in records:
        contacts = [
            row["on"] for row in prepared(one.lists.get("contacts", ()), LISTS["contacts"]) if row["kept"] and row["on"]
        ]
        for stay, _ in _stays(one, protocol):
            every = protocol.steps[stay["step"]].contact if stay["step"] in protocol.steps else None
            if every is None or not _touches(stay, period):
                continue
            seen = stay["on"]
            for day in _until(contacts, stay):
                if period[0] <= day <= period[1]:
                    lengths.append((day - seen).days)
                    in_time += day <= every.after(seen)
                if day <= period[1]:
                    seen = day
            if stay["until"] is None or stay["until"] > period[1]:
                people += 1
                overdue += every.after(seen) < period[1]
    return Cadence(
        intervals=len(lengths),
        in_time=in_time,
        median_days=median(lengths) if lengths else None,
        people=people,
        overdue=overdue,
    )


def _until(contacts: Sequence[date], stay: Mapping[str, Any]) -> Iterator[date]:
    """Give the contacts after a stay began, up to the first one on or after its end."""
    for day in contacts:
        if day > stay["on"]:
            if stay["until"] is not None and day > stay["until"]:
                return
            yield day
