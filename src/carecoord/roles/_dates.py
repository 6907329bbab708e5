"""Half-open periods of days: `since` is the first day, `until` the day after the last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import attrs

from carecoord.errors import DataError, Fault

__all__ = ["DAY", "Span", "asked", "check_day", "check_period", "in_force", "merged"]

DAY = timedelta(days=1)


def in_force(since: date | None, until: date | None, on: date) -> bool:
    """Say whether a day lies in a period; `None` is no bound."""
    return (since is None or since <= on) and (until is None or on < until)


def check_day(name: str, path: str, day: Any) -> None:
    """Refuse what is no plain date.

    Raises:
        DataError: it has a time, or is no date at all.
    """
    if faults := list(_faults_of_days((path, day))):
        raise DataError(name, faults)


def check_period(name: str, since: date | None, until: date | None) -> None:
    """Refuse what is no period of at least one day.

    Raises:
        DataError: one of the two is no plain date, or `until` is not after `since`.
    """
    bounds = [(path, day) for path, day in (("$.since", since), ("$.until", until)) if day is not None]
    faults = list(_faults_of_days(*bounds))
    if not faults and since is not None and until is not None and until <= since:
        faults = [Fault("$.until", f"{until} is not after {since}; it is the day after the last")]
    if faults:
        raise DataError(name, faults)


def _faults_of_days(*days: tuple[str, Any]) -> Iterator[Fault]:
    for path, day in days:
        if isinstance(day, datetime) or not isinstance(day, date):
            yield Fault(path, f"a date without a time is wanted, found {type(day).__name__}")


def asked(on: date) -> date:
    """Give a day that is asked about, if it is one.

    Raises:
        DataError: it is no plain date, or so late that there is no tomorrow to speak of.
    """
    check_day("on", "", on)
    if on.year == date.max.year:
        raise DataError("on", [Fault("", f"a day before the year {date.max.year} is wanted, found {on}")])
    return on


@attrs.frozen
class Span:
    """Days that follow each other.

    >>> Span(date(2026, 7, 1), date(2026, 7, 15)).last
    datetime.date(2026, 7, 14)

    Attributes:
        since: the first day.
        until: the day after the last.
    """

    since: date
    until: date

    def __attrs_post_init__(self) -> None:
        check_period("span", self.since, self.until)

    @property
    def last(self) -> date:
        """The last day."""
        return self.until - DAY

    def is_in_force(self, *, on: date) -> bool:
        """Say whether the day is one of them."""
        return in_force(self.since, self.until, on)


def merged(pairs: Iterable[tuple[date, date]]) -> tuple[Span, ...]:
    """Give half-open pairs of days as spans: sorted, and joined where they touch or overlap."""
    joined: list[tuple[date, date]] = []
    for since, until in sorted(pairs):
        if joined and since <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(until, joined[-1][1]))
        else:
            joined.append((since, until))
    return tuple(Span(since, until) for since, until in joined)
