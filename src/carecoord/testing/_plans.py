"""Hypothesis strategies for plans: each gives valid values, and takes what it should not invent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, TypeVar, get_args

import attrs
from hypothesis import strategies as st

from carecoord._values import Period
from carecoord.errors import DataError
from carecoord.plans import (
    Activity,
    ActivityKind,
    ActivityStatus,
    Channel,
    Domain,
    Owner,
    Pause,
    Recurrence,
    Review,
    ReviewCycle,
)

__all__ = ["activities", "review_cycles", "reviews"]

T = TypeVar("T")

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def days(first: date = date(2020, 1, 1), last: date = date(2032, 12, 31)) -> st.SearchStrategy[date]:
    """Days in the years in which plans are kept; month ends and 29 February come up often."""
    awkward = [date(year, month, 1) - timedelta(days=1) for year in (2024, 2028) for month in (2, 3, 4, 5)]
    return st.one_of(
        st.sampled_from([day for day in awkward if first <= day <= last] or [first]), st.dates(first, last)
    )


def ids() -> st.SearchStrategy[str]:
    """Ids that a host might give."""
    return st.from_regex(r"[a-z][a-z0-9]{0,7}(-[a-z0-9]{1,3})?", fullmatch=True)


def words() -> st.SearchStrategy[str]:
    """Words that say something."""
    return st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20).filter(
        str.strip
    )


def periods(*, longest_months: int = 24) -> st.SearchStrategy[Period]:
    """Periods of whole days, weeks or months, or of months and days."""
    months = st.builds(Period, months=st.integers(1, longest_months))
    in_days = st.builds(Period, days=st.integers(1, 400))
    return st.one_of(months, in_days, st.builds(Period, months=st.integers(1, 12), days=st.integers(1, 40)))


def graces() -> st.SearchStrategy[Period]:
    """Graces from none to a month."""
    return st.one_of(st.builds(Period, days=st.integers(0, 20)), st.just(Period(months=1)))


@st.composite
def recurrence_rules(draw: st.DrawFn, *, ends: bool = True) -> str:
    """RFC 5545 rules for days that are not too sparse to walk."""
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = {"FREQ": frequency}
    if draw(st.booleans()):
        parts["INTERVAL"] = str(draw(st.integers(1, 4)))
    if draw(st.booleans()):
        parts["WKST"] = draw(st.sampled_from(WEEKDAYS))
    narrowing = draw(st.sampled_from(["", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYWEEKNO", "BYYEARDAY", "BYDAY+BYMONTH"]))
    if "BYMONTH" in narrowing.split("+"):
        parts["BYMONTH"] = _numbers(draw, [1, 2, 3, 6, 9, 12])
    if "BYDAY" in narrowing:
        numbers = draw(st.sampled_from(["", "1", "2", "-1"])) if frequency in {"MONTHLY", "YEARLY"} else ""
        named = draw(st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=4, unique=True))
        parts["BYDAY"] = ",".join(f"{numbers}{day}" for day in named)
    if narrowing == "BYMONTHDAY" and frequency != "WEEKLY":
        parts["BYMONTHDAY"] = _numbers(draw, [1, 15, 28, 29, 30, 31, -1, -7])
    if narrowing == "BYWEEKNO" and frequency == "YEARLY":
        parts |= {"BYWEEKNO": _numbers(draw, [1, 2, 26, 52, 53, -1]), "BYDAY": draw(st.sampled_from(WEEKDAYS))}
    if narrowing == "BYYEARDAY" and frequency == "YEARLY":
        parts["BYYEARDAY"] = _numbers(draw, [1, 59, 60, 200, 366, -1])
    chosen = [parts[name] for name in ("BYDAY", "BYMONTHDAY", "BYWEEKNO", "BYYEARDAY") if name in parts]
    if draw(st.booleans()) and chosen:
        # A day has no second one, and where one day is named there is none either: that is looked for until 9999.
        several = frequency != "DAILY" and ("," in chosen[0] or (chosen[0].isalpha() and frequency == "MONTHLY"))
        parts["BYSETPOS"] = draw(st.sampled_from(["1", "-1", "1,-1", *(["2"] if several else [])]))
    if ends and draw(st.booleans()):
        parts["COUNT"] = str(draw(st.integers(1, 12)))
    elif ends and draw(st.booleans()):
        parts["UNTIL"] = draw(days(first=date(2030, 1, 1))).strftime("%Y%m%d")
    return ";".join(f"{name}={value}" for name, value in parts.items())


def _numbers(draw: st.DrawFn, among: Sequence[int]) -> str:
    return ",".join(map(str, draw(st.lists(st.sampled_from(among), min_size=1, max_size=3, unique=True))))


@st.composite
def review_cycles(
    draw: st.DrawFn,
    *,
    every: st.SearchStrategy[Period | str] | None = None,
    adjusted: bool = True,
    ends: bool = True,
    paused: bool = False,
) -> ReviewCycle:
    """Cycles of every sort: by period or rule, joined, with windows, end, exceptions, calls and working days."""
    anchor = draw(days(last=date(2029, 12, 31)))
    options: dict[str, Any] = {"grace": draw(graces())}
    if draw(st.booleans()):
        options |= {"before": draw(st.none() | graces()), "after": draw(st.none() | graces())}
    if draw(st.booleans()):
        options["also"] = draw(st.lists(recurrences(ends=ends), max_size=2))
    if paused:
        options["pauses"] = draw(pauses(anchor))
    if ends and draw(st.booleans()):
        options["until"] = anchor + timedelta(days=draw(st.integers(1, 2_000)))
    if draw(st.booleans()):
        options["except_on"] = draw(st.frozensets(days(), max_size=5)) | {anchor}
    if adjusted and draw(st.booleans()):
        options["adjust"] = draw(st.sampled_from(["following", "preceding"]))
        closed = draw(days())
        options["holidays"] = draw(st.frozensets(days(), max_size=5)) | {
            closed + timedelta(days=number) for number in range(draw(st.integers(0, 12)))
        }
        options["weekend"] = draw(st.frozensets(st.sampled_from(WEEKDAYS), max_size=6))
    rhythm = draw(st.one_of(periods(), recurrence_rules(ends=ends)) if every is None else every)
    try:
        cycle = ReviewCycle(anchor=anchor, every=rhythm, **options)
    except DataError:  # a rule that gives no day from this anchor on
        cycle = ReviewCycle(anchor=anchor, every="P1M", **options)
    for day in draw(st.lists(days(), max_size=2)):
        cycle = cycle.call(on=day, because=draw(st.just("") | words()))
    return cycle


def plain_cycles() -> st.SearchStrategy[ReviewCycle]:
    """Cycles by a period and a grace, as most are."""
    return st.builds(ReviewCycle, anchor=days(last=date(2029, 12, 31)), every=periods(), grace=graces())


def recurrences(*, ends: bool = True) -> st.SearchStrategy[Recurrence]:
    """Rhythms to be joined to that of a cycle."""
    made = st.builds(Recurrence, anchor=days(last=date(2029, 12, 31)), every=periods())
    return st.builds(lambda each, until: attrs.evolve(each, until=until), made, _ends()) if ends else made


def _ends() -> st.SearchStrategy[date | None]:
    return st.none() | days(first=date(2030, 1, 1))


@st.composite
def pauses(draw: st.DrawFn, first: date) -> tuple[Pause, ...]:
    """Pauses one after the other, from about a day on; the last of them may be open."""
    found: list[Pause] = []
    since = first + timedelta(days=draw(st.integers(-100, 400)))
    for _ in range(draw(st.integers(0, 3))):
        until = since + timedelta(days=draw(st.integers(1, 120)))
        found.append(Pause(since=since, until=until, because=draw(st.just("") | words())))
        since = until + timedelta(days=draw(st.integers(0, 60)))
    if draw(st.booleans()):
        found.append(Pause(since=since))
    return tuple(found)


def owners() -> st.SearchStrategy[Owner]:
    """A duty or a member."""
    return st.one_of(st.builds(Owner, duty=ids()), st.builds(Owner, member=ids()))


def labels() -> st.SearchStrategy[frozenset[str] | None]:
    """What not everybody may see: something, nothing, or nothing said."""
    return st.none() | st.frozensets(st.sampled_from(["MH", "SUD", "HIV"]), max_size=2)


@st.composite
def activities(draw: st.DrawFn, *, for_goals: Sequence[str] = ()) -> Activity:
    """Activities that serve some of these goals, done on some days where they have a schedule."""
    schedule = draw(st.none() | plain_cycles() | review_cycles(every=periods()))
    activity = Activity(
        id=draw(ids()),
        kind=draw(st.sampled_from(get_args(ActivityKind))),
        title=draw(words()),
        codes=draw(st.lists(words(), max_size=2)),
        goals=draw(st.lists(st.sampled_from(for_goals), unique=True)) if for_goals else (),
        status=draw(st.sampled_from(get_args(ActivityStatus))),
        modality=draw(st.none() | words()),
        channel=draw(st.none() | st.sampled_from(get_args(Channel))),
        setting=draw(st.none() | words()),
        due=None if schedule else draw(st.none() | days()),
        schedule=schedule,
        owner=draw(st.none() | owners()),
        labels=draw(labels()),
    )
    for day in draw(st.lists(days(), max_size=3)) if schedule else ():
        activity = activity.record(on=day, by=draw(st.none() | ids()))
    return activity


@st.composite
def reviews(draw: st.DrawFn, *, cycles: st.SearchStrategy[ReviewCycle] | None = None) -> Review:
    """Reviews, done on some days."""
    review = Review(
        id=draw(ids()),
        cycle=draw(plain_cycles() | review_cycles(paused=True) if cycles is None else cycles),
        title=draw(st.just("") | words()),
        domain=draw(st.none() | st.sampled_from(get_args(Domain))),
        owner=draw(st.none() | owners()),
        labels=draw(labels()),
    )
    for day in draw(st.lists(days(), max_size=3)):
        review = review.record(on=day, by=draw(st.none() | ids()), note=draw(st.just("") | words()))
    return review
