"""The minutes of collaborative care in a calendar month, and the codes they come to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from itertools import pairwise

import attrs

from carecoord.caseload._measures._time_codes import TimeCode, TimeCodes
from carecoord.errors import DataError, Fault, did_you_mean

__all__ = ["MonthOfCare", "TimeEntry", "minutes"]


@attrs.frozen(kw_only=True)
class TimeEntry:
    """Minutes that someone spent on one person's care.

    Attributes:
        id: the host's own id for it.
        person: whom it was for.
        on: the day, or the moment it began where the host knows it.
        minutes: how long, above 0.
        by: who spent them.
        programme: the one programme it counts for.
    """

    id: str
    person: str
    on: date | datetime
    minutes: int | float
    by: str
    programme: str

    def __attrs_post_init__(self) -> None:
        """Hold the minutes to be above 0."""
        if not self.minutes > 0:
            raise DataError("time entry", [Fault("$.minutes", "more than 0 is wanted")])


@attrs.frozen(kw_only=True)
class MonthOfCare:
    """What one person's minutes in a calendar month come to.

    Attributes:
        person: whom it is about.
        month: the first day of the month.
        programme: the programme.
        minutes: all minutes of the month.
        first: it is the first month, or the first again.
        codes: each code with its units; empty where the month is too short for any.
        further: minutes still wanted for the next unit; `None` where no code would add one.
        because: why these codes, in one sentence.
    """

    person: str
    month: date
    programme: str
    minutes: int | float
    first: bool
    codes: tuple[tuple[str, int], ...]
    further: int | float | None
    because: str


def minutes(
    entries: Iterable[TimeEntry],
    programmes: Mapping[str, TimeCodes],
    *,
    month: date,
    short_months: bool = False,
) -> tuple[MonthOfCare, ...]:
    """Give what every person's minutes in one calendar month come to.

    Args:
        entries: all entries of the month, and of the months before it as far back as a first month looks.
        programmes: the codes of each programme, the one that goes first where two may not stand together.
        month: any day of the month.
        short_months: use the codes that a site may choose for a month too short for the others.

    Returns:
        One a person and programme with any minutes that month, by person.

    Raises:
        DataError: an entry stands twice, one person's time overlaps itself, or a programme has no codes.

    >>> entry = TimeEntry(id="1", person="A", on=date(2026, 6, 3), minutes=86, by="lee", programme="cocm")
    >>> from carecoord.caseload import time_codes
    >>> one, = minutes([entry], {"cocm": time_codes("us-cocm")}, month=date(2026, 6, 1))
    >>> one.codes, one.further
    ((('99492', 1), ('99494', 1)), 30)
    """
    listed = list(entries)
    faults = [*_faults(listed, programmes)]
    if faults:
        raise DataError("time entries", faults)
    spent: dict[tuple[str, str], dict[int, int | float]] = {}
    for entry in listed:
        months = spent.setdefault((entry.person, entry.programme), {})
        at = _number(entry.on)
        months[at] = months.get(at, 0) + entry.minutes
    order = [*programmes]
    now = _number(month)
    found: list[MonthOfCare] = []
    for (person, programme), months in sorted(spent.items(), key=lambda one: (one[0][0], order.index(one[0][1]))):
        if now in months:
            rivals = [one for one in found if one.person == person and one.codes]
            beside = next((one.programme for one in rivals if _excludes(programmes, programme, one.programme)), None)
            found.append(
                _month(
                    person,
                    programme,
                    programmes[programme],
                    months=months,
                    now=now,
                    beside=beside,
                    short=short_months,
                )
            )
    return tuple(found)


def _number(day: date) -> int:
    return day.year * 12 + day.month - 1


def _faults(entries: list[TimeEntry], programmes: Mapping[str, TimeCodes]) -> Iterator[Fault]:
    seen: set[str] = set()
    for place, entry in enumerate(entries):
        if entry.id in seen:
            yield Fault(f"$[{place}].id", "stands twice: no minute is counted twice")
        seen.add(entry.id)
        if entry.programme not in programmes:
            hint = did_you_mean(entry.programme, programmes)
            yield Fault(f"$[{place}].programme", f"no codes are given for it{hint}")
    yield from _overlaps(entries)


def _overlaps(entries: list[TimeEntry]) -> Iterator[Fault]:
    """Find minutes of one member of staff that are claimed twice: for two people, or in two programmes.

    Moments without a zone are held against each other as they are, and against those with one as if they were UTC.
    """
    timed: dict[str, list[tuple[float, float, int]]] = {}
    for place, entry in enumerate(entries):
        if isinstance(entry.on, datetime):
            begin = (entry.on if entry.on.tzinfo else entry.on.replace(tzinfo=UTC)).timestamp()
            timed.setdefault(entry.by, []).append((begin, begin + entry.minutes * 60, place))
    for spans in timed.values():
        for (_, end, _), (begin, _, place) in pairwise(sorted(spans)):
            if begin < end:
                yield Fault(f"$[{place}].on", "begins before another entry of the same member of staff ends")


def _excludes(programmes: Mapping[str, TimeCodes], one: str, other: str) -> bool:
    return programmes[other].id in programmes[one].not_beside or programmes[one].id in programmes[other].not_beside


def _month(
    person: str,
    programme: str,
    codes: TimeCodes,
    *,
    months: Mapping[int, int | float],
    now: int,
    beside: str | None,
    short: bool,
) -> MonthOfCare:
    spent = months[now]
    first = not any(now - codes.again_after <= before < now for before in months)
    used, further, because = _used(codes, spent, "first" if first else "later", short=short)
    if used and beside is not None:
        used, further, because = (), None, f"no code beside those of {beside} in one month"
    return MonthOfCare(
        person=person,
        month=date(now // 12, now % 12 + 1, 1),
        programme=programme,
        minutes=spent,
        first=first,
        codes=used,
        further=further,
        because=because,
    )


def _used(
    codes: TimeCodes, spent: float, which: str, *, short: bool
) -> tuple[tuple[tuple[str, int], ...], int | float | None, str]:
    """Give the codes with their units, the minutes wanted for one more, and why."""
    fitting = [code for code in codes.codes if code.month in (which, "any")]
    usual = next((code for code in fitting if not code.optional and spent >= code.least), None)
    if usual is not None:
        return _with_add_on(usual, spent, which)
    next_least = min((code.least for code in fitting if not code.optional), default=None)
    further = None if next_least is None else next_least - spent
    optional = next((code for code in fitting if code.optional and spent >= code.least), None) if short else None
    if optional is not None:
        return (
            ((optional.code, 1),),
            further,
            f"{spent:g} minutes, a short month: {optional.code} from {optional.least} on",
        )
    wanted = "no code" if next_least is None else f"{next_least} are wanted"
    return (), further, f"{spent:g} minutes in a {which} month: {wanted}"


def _with_add_on(
    code: TimeCode, spent: float, which: str
) -> tuple[tuple[tuple[str, int], ...], int | float | None, str]:
    because = f"{spent:g} minutes in a {which} month: {code.code} from {code.least} on"
    more = code.add_on
    if more is None:
        return ((code.code, 1),), None, because
    first_at = code.base + more.after
    units = max(0, int((spent - first_at) // more.each) + 1)
    further = first_at + units * more.each - spent
    if not units:
        return ((code.code, 1),), further, because
    return (
        ((code.code, 1), (more.code, units)),
        further,
        f"{because}, and {more.code} from {first_at} on, every {more.each} minutes",
    )
