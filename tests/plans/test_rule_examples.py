"""The examples of RFC 5545, section 3.8.5.3, that name days: each with the days that the standard lists."""

from __future__ import annotations

from datetime import date

import pytest

from carecoord.plans import ReviewCycle
from carecoord.plans._common_rule import CommonRule
from carecoord.plans._recurrence import rule_of


def days(text: str) -> list[date]:
    """Read `1997-09: 2 9; 1997-10: 7` as days."""
    found = []
    for month in text.split(";"):
        year_month, _, numbers = month.strip().partition(":")
        found += [date.fromisoformat(f"{year_month}-{int(number):02}") for number in numbers.split()]
    return found


WALKED = [
    ("19970519", "FREQ=YEARLY;BYDAY=20MO", "1997-05: 19; 1998-05: 18; 1999-05: 17"),
    ("19970512", "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "1997-05: 12; 1998-05: 11; 1999-05: 17"),
    (
        "19970902", "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
        "1998-02: 13; 1998-03: 13; 1998-11: 13; 1999-08: 13; 2000-10: 13",
    ),
    (
        "19961105", "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
        "1996-11: 5; 2000-11: 7; 2004-11: 2",
    ),
    (
        "19970101", "FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200",
        ("1997-01: 1; 1997-04: 10; 1997-07: 19; 2000-01: 1; 2000-04: 9; 2000-07: 18; 2003-01: 1; 2003-04: 10; "
        "2003-07: 19; 2006-01: 1"),
    ),
]  # fmt: skip

COMMON = [
    ("19970902", "FREQ=DAILY;COUNT=10", "1997-09: 2 3 4 5 6 7 8 9 10 11"),
    ("19970902", "FREQ=DAILY;INTERVAL=10;COUNT=5", "1997-09: 2 12 22; 1997-10: 2 12"),
    ("19970902", "FREQ=WEEKLY;COUNT=10", "1997-09: 2 9 16 23 30; 1997-10: 7 14 21 28; 1997-11: 4"),
    (
        "19970902", "FREQ=WEEKLY;INTERVAL=2;WKST=SU",
        "1997-09: 2 16 30; 1997-10: 14 28; 1997-11: 11 25; 1997-12: 9 23; 1998-01: 6 20; 1998-02: 3 17",
    ),
    ("19970902", "FREQ=WEEKLY;COUNT=10;WKST=SU;BYDAY=TU,TH", "1997-09: 2 4 9 11 16 18 23 25 30; 1997-10: 2"),
    ("19970902", "FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH", "1997-09: 2 4 16 18 30; 1997-10: 2 14 16"),
    ("19970805", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "1997-08: 5 10 19 24"),
    ("19970805", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "1997-08: 5 17 19 31"),
    (
        "19970905", "FREQ=MONTHLY;COUNT=10;BYDAY=1FR",
        ("1997-09: 5; 1997-10: 3; 1997-11: 7; 1997-12: 5; 1998-01: 2; 1998-02: 6; 1998-03: 6; 1998-04: 3; 1998-05: 1; "
        "1998-06: 5"),
    ),
    (
        "19970905", "FREQ=MONTHLY;UNTIL=19971224;BYDAY=1FR", "1997-09: 5; 1997-10: 3; 1997-11: 7; 1997-12: 5",
    ),
    (
        "19970907", "FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU",
        "1997-09: 7 28; 1997-11: 2 30; 1998-01: 4 25; 1998-03: 1 29; 1998-05: 3 31",
    ),
    (
        "19970922", "FREQ=MONTHLY;COUNT=6;BYDAY=-2MO",
        "1997-09: 22; 1997-10: 20; 1997-11: 17; 1997-12: 22; 1998-01: 19; 1998-02: 16",
    ),
    (
        "19970928", "FREQ=MONTHLY;BYMONTHDAY=-3",
        "1997-09: 28; 1997-10: 29; 1997-11: 28; 1997-12: 29; 1998-01: 29; 1998-02: 26",
    ),
    (
        "19970902", "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=2,15",
        "1997-09: 2 15; 1997-10: 2 15; 1997-11: 2 15; 1997-12: 2 15; 1998-01: 2 15",
    ),
    (
        "19970930", "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1",
        "1997-09: 30; 1997-10: 1 31; 1997-11: 1 30; 1997-12: 1 31; 1998-01: 1 31; 1998-02: 1",
    ),
    (
        "19970910", "FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15",
        "1997-09: 10 11 12 13 14 15; 1999-03: 10 11 12 13",
    ),
    (
        "19970902", "FREQ=MONTHLY;INTERVAL=2;BYDAY=TU",
        "1997-09: 2 9 16 23 30; 1997-11: 4 11 18 25; 1998-01: 6 13 20 27; 1998-03: 3 10 17 24 31",
    ),
    (
        "19970610", "FREQ=YEARLY;COUNT=10;BYMONTH=6,7",
        ("1997-06: 10; 1997-07: 10; 1998-06: 10; 1998-07: 10; 1999-06: 10; 1999-07: 10; 2000-06: 10; 2000-07: 10; "
        "2001-06: 10; 2001-07: 10"),
    ),
    (
        "19970310", "FREQ=YEARLY;INTERVAL=2;COUNT=10;BYMONTH=1,2,3",
        ("1997-03: 10; 1999-01: 10; 1999-02: 10; 1999-03: 10; 2001-01: 10; 2001-02: 10; 2001-03: 10; 2003-01: 10; "
        "2003-02: 10; 2003-03: 10"),
    ),
    (
        "19970313", "FREQ=YEARLY;BYMONTH=3;BYDAY=TH",
        "1997-03: 13 20 27; 1998-03: 5 12 19 26; 1999-03: 4 11 18 25",
    ),
    ("19970904", "FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "1997-09: 4; 1997-10: 7; 1997-11: 6"),
    (
        "19970929", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2",
        "1997-09: 29; 1997-10: 30; 1997-11: 27; 1997-12: 30; 1998-01: 29; 1998-02: 26; 1998-03: 30",
    ),
    ("20070115", "FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5", "2007-01: 15 30; 2007-02: 15; 2007-03: 15 30"),
]  # fmt: skip


@pytest.mark.parametrize(("start", "rule", "listed"), [*COMMON, *WALKED])
def test_a_rule_gives_the_days_that_the_standard_lists(start: str, rule: str, listed: str) -> None:
    """Forward by `between` and `next`, and backward by `latest`, with nothing before the first or after the last."""
    anchor = date(int(start[:4]), int(start[4:6]), int(start[6:]))
    cycle, expected = ReviewCycle(anchor=anchor, every=rule), days(listed)
    assert list(cycle.between(date(1990, 1, 1), expected[-1])) == expected
    walked = [cycle.next(after=date(1990, 1, 1))]
    while len(walked) < len(expected):
        last = walked[-1]
        assert last is not None
        walked.append(cycle.next(after=last))
    assert walked == expected
    back = cycle.latest(by=expected[-1])
    for day in reversed(expected):
        assert back is not None
        assert back.scheduled == day
        back = cycle.latest(by=date.fromordinal(day.toordinal() - 1))
    assert back is None
    if "COUNT" in rule or "UNTIL" in rule:
        assert cycle.next(after=expected[-1]) is None
        assert cycle.latest(by=date(2100, 1, 1)) == cycle.latest(by=expected[-1])
    else:
        following = cycle.next(after=expected[-1])
        assert following is not None
        assert following > expected[-1]


@pytest.mark.parametrize("rule", [rule for _, rule, _ in COMMON])
def test_these_are_worked_out_by_arithmetic(rule: str) -> None:
    """None of them is walked."""
    assert isinstance(rule_of(rule, date(1997, 9, 2)), CommonRule)


@pytest.mark.parametrize("rule", [rule for _, rule, _ in WALKED])
def test_these_are_walked_by_dateutil(rule: str) -> None:
    """What the arithmetic does not know is left to dateutil."""
    assert not isinstance(rule_of(rule, date(1997, 9, 2)), CommonRule)


@pytest.mark.parametrize(
    ("start", "rule", "listed"),
    [
        ("20240229", "FREQ=YEARLY", "2024-02: 29; 2028-02: 29"),
        ("20960229", "FREQ=YEARLY", "2096-02: 29; 2104-02: 29"),
        ("20240131", "FREQ=MONTHLY", "2024-01: 31; 2024-03: 31; 2024-05: 31"),
        ("20240131", "FREQ=MONTHLY;BYMONTHDAY=30", "2024-03: 30; 2024-04: 30"),
        ("20240101", "FREQ=MONTHLY;BYDAY=5MO", "2024-01: 29; 2024-04: 29"),
        ("20240101", "FREQ=MONTHLY;BYDAY=-5MO", "2024-01: 1; 2024-04: 1"),
        ("20240101", "FREQ=MONTHLY;BYMONTHDAY=-31", "2024-01: 1; 2024-03: 1"),
        ("20240101", "FREQ=MONTHLY;BYMONTHDAY=1,31,-1;BYSETPOS=-1,3", "2024-01: 31; 2024-02: 29; 2024-03: 31"),
        ("20240101", "FREQ=YEARLY;BYMONTHDAY=31", "2024-01: 31; 2024-03: 31; 2024-05: 31"),
        ("20240301", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1", "2025-02: 28; 2026-02: 28; 2027-02: 28; 2028-02: 29"),
    ],
)
def test_days_that_a_month_lacks_are_left_out(start: str, rule: str, listed: str) -> None:
    """29 February, the 31st and the fifth Monday: forward and backward, by the calendar."""
    test_a_rule_gives_the_days_that_the_standard_lists(start, rule, listed)


def test_a_day_that_never_is_is_refused_at_once() -> None:
    """30 February is looked for no further than the calendar goes."""
    with pytest.raises(ValueError, match="there is no such day"):
        rule_of("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", date(2024, 1, 1))
    with pytest.raises(ValueError, match="it gives no day from its anchor 2024-03-01 on"):
        rule_of("FREQ=YEARLY;BYMONTH=2;UNTIL=20241231", date(2024, 3, 1))
