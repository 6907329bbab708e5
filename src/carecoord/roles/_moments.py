"""On which days of a period something could change, so that only those are looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import pairwise

import attrs

from carecoord.roles._dates import DAY
from carecoord.roles._day import Days
from carecoord.roles._duties import PARTS, Duty, Part
from carecoord.roles._team import WEEKDAYS, Weekday

__all__ = ["Moments", "of_duty", "of_members", "of_period"]


@attrs.frozen
class Moments:
    """The days on which something could become different, and the weeks by which it could.

    Attributes:
        dates: between two of them nothing changes but the day of the week.
        weeks: the days of the week on which those concerned work.
    """

    dates: frozenset[date] = frozenset()
    weeks: frozenset[tuple[Weekday, ...]] = frozenset()

    def __or__(self, other: Moments) -> Moments:
        """Give the moments of both."""
        return Moments(self.dates | other.dates, self.weeks | other.weeks)

    def runs(self, first: date, end: date) -> Iterator[tuple[date, list[tuple[date, date]]]]:
        """Give a day to look at, and the half-open pairs of days up to `end` on which everything is as on that day."""
        patterns = [tuple(weekday in week for week in self.weeks) for weekday in WEEKDAYS]
        edges = [first, *sorted(day for day in self.dates if first < day < end), end]
        for since, until in pairwise(edges):
            if len(set(patterns)) == 1:
                yield since, [(since, until)]
                continue
            alike: dict[tuple[bool, ...], list[tuple[date, date]]] = {}
            for ordinal in range(since.toordinal(), until.toordinal()):
                day = date.fromordinal(ordinal)
                alike.setdefault(patterns[day.weekday()], []).append((day, day + DAY))
            yield from ((pairs[0][0], pairs) for pairs in alike.values())


def of_period(*bounds: date | None) -> Moments:
    """Give the moments at which periods begin and end."""
    return Moments(frozenset(day for day in bounds if day is not None))


def of_members(days: Days, ids: Iterable[str]) -> Moments:
    """Give the moments at which people come, go, are away, are back, or have a day off."""
    dates: set[date | None] = set()
    weeks: set[tuple[Weekday, ...]] = set()
    for name in ids:
        for one in days.members.get(name, ()):
            dates |= {one.since, one.until}
            if one.days is not None:
                weeks.add(one.days)
        for absence in days.absences.get(name, ()):
            dates |= {absence.since, absence.until}
    return Moments(frozenset(day for day in dates if day is not None), frozenset(weeks))


def of_duty(days: Days, duty: Duty, parts: Iterable[Part] = PARTS[:2]) -> Moments:
    """Give the moments at which it could change who has a part in a duty, who covers for them, and what they may do."""
    dates: set[date | None] = set()
    people: set[str] = set()
    for part in parts:
        assigned = days.assigned.get((duty.id, part), ())
        roles = {*duty.roles(part), *(one.role for one in assigned if one.role is not None)}
        people |= {one.id for role in roles for one in days.in_role.get(role, ())}
        people |= {one.member for one in assigned if one.member is not None}
        dates |= {day for one in assigned for day in (one.since, one.until)}
    people |= _covers(days, people)
    credentials = [
        one for name in people for need in duty.authorities for one in days.credentials.get((name, need), ())
    ]
    supervisors = {one.supervisor for one in credentials if one.supervisor is not None}
    supervisors |= _covers(days, supervisors)
    credentials += [
        one for name in supervisors for need in duty.authorities for one in days.credentials.get((name, need), ())
    ]
    dates |= {day for one in credentials for day in (one.since, one.until)}
    for training in days.matrix.trainings:
        if not training.duties or duty.id in training.duties:
            for record in (one for name in people for one in days.trained.get((name, training.id), ())):
                end = training.end(record)
                dates |= {record.on, end, None if end is None else training.due(end)}
    return of_period(*dates) | of_members(days, people | supervisors)


def _covers(days: Days, people: Iterable[str]) -> set[str]:
    covers = {absence.cover for name in people for absence in days.absences.get(name, ())}
    covers |= {one.cover for name in people for one in days.members.get(name, ())}
    return {cover for cover in covers if cover is not None}
