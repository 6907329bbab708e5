"""The text of RFC 5545 rules for days: taken apart, each part checked, nothing left for later to trip over."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from carecoord.errors import did_you_mean
from carecoord.plans._calendar import LAST, LONGEST_STEP, WEEKDAYS

LONGEST_COUNT: Final = timedelta(days=36_525)
"""How far from its anchor a `COUNT` may reach, so that walking it is bounded."""

STEPS: Final = {"YEARLY": 366, "MONTHLY": 31, "WEEKLY": 7, "DAILY": 1}
"""The frequencies that count days, and how many days a step of each has at most."""

_NUMBERS: Final = {
    "INTERVAL": LONGEST_STEP, "COUNT": LONGEST_COUNT.days,
    "BYMONTH": 12, "BYMONTHDAY": 31, "BYYEARDAY": 366, "BYWEEKNO": 53, "BYSETPOS": 366,
}  # fmt: skip
_SIGNED: Final = ("BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS")
_KNOWN: Final = ("FREQ", "UNTIL", "WKST", "BYDAY", *_NUMBERS)
NARROWING: Final = ("BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO")
"""The parts that name days; where a rule has none of them, it takes the day from its anchor."""

_DAY = re.compile(r"([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_FORBIDDEN: Final = {
    ("WEEKLY", "BYMONTHDAY"), ("DAILY", "BYYEARDAY"), ("WEEKLY", "BYYEARDAY"), ("MONTHLY", "BYYEARDAY"),
    ("DAILY", "BYWEEKNO"), ("WEEKLY", "BYWEEKNO"), ("MONTHLY", "BYWEEKNO"),
}  # fmt: skip


def parts_of(text: str) -> dict[str, str]:
    """Take a rule apart and check each part.

    Raises:
        ValueError: it is no rule, or says something RFC 5545 does not allow.
    """
    parts: dict[str, str] = {}
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        if not equals or name not in _KNOWN:
            hint = did_you_mean(name, _KNOWN) if name else ""
            raise ValueError(f"{part[:40]!r} is no part of an RFC 5545 rule for days{hint}")
        if name in parts:
            raise ValueError(f"{name} stands twice")
        parts[name] = value
        if name in _NUMBERS:
            _check_numbers(name, value)
    if parts.get("FREQ") not in STEPS:
        raise ValueError(f"FREQ is one of {', '.join(STEPS)}: cycles count days")
    _check_days(parts)
    _check_together(parts)
    return parts


def _check_numbers(name: str, value: str) -> None:
    numbers = value.split(",") if name.startswith("BY") else [value]
    sign = "[+-]?" if name in _SIGNED else ""
    for number in numbers:
        if not re.fullmatch(f"{sign}[0-9]{{1,5}}", number) or not 1 <= abs(int(number)) <= _NUMBERS[name]:
            either = " or that many from the end, as -1" if sign else ""
            raise ValueError(f"{name} is a number from 1 to {_NUMBERS[name]:,}{either}, not {number[:20]!r}")


def _check_days(parts: Mapping[str, str]) -> None:
    if parts.get("WKST", "MO") not in WEEKDAYS:
        raise ValueError(f"WKST is one of {', '.join(WEEKDAYS)}")
    found = [(day, _DAY.fullmatch(day)) for day in parts["BYDAY"].split(",")] if "BYDAY" in parts else []
    numbers = {match[1] for _, match in found if match and match[1]}
    wrong = next((day for day, match in found if not match), None)
    if wrong is not None:
        raise ValueError(f"BYDAY is a list of days such as TU, 2TU or -1FR, not {wrong[:20]!r}")
    if not numbers:
        return
    if any(match and not match[1] for _, match in found):
        raise ValueError("BYDAY mixes numbered days (2TU) with plain ones (TU): use two cycles")
    if parts["FREQ"] not in {"YEARLY", "MONTHLY"} or "BYWEEKNO" in parts:
        raise ValueError("BYDAY numbers days (2TU) only where FREQ is MONTHLY, or YEARLY without BYWEEKNO")
    most = 5 if parts["FREQ"] == "MONTHLY" or "BYMONTH" in parts else 53
    if not all(1 <= abs(int(number)) <= most for number in numbers):
        raise ValueError(f"BYDAY numbers a day from 1 to {most} here")


def _check_together(parts: Mapping[str, str]) -> None:
    frequency = parts["FREQ"]
    if int(parts.get("INTERVAL", "1")) * STEPS[frequency] > LONGEST_STEP:
        raise ValueError("INTERVAL is longer than forty years")
    for name in parts:
        if (frequency, name) in _FORBIDDEN:
            raise ValueError(f"{name} cannot stand with FREQ={frequency}")
    if "UNTIL" in parts and "COUNT" in parts:
        raise ValueError("UNTIL and COUNT cannot stand together")
    if "BYWEEKNO" in parts and "BYDAY" not in parts:
        raise ValueError("BYWEEKNO needs BYDAY: on which day of that week?")
    if "BYSETPOS" in parts and not any(name in parts for name in (*NARROWING, "BYMONTH")):
        raise ValueError("BYSETPOS chooses among the days of another part such as BYDAY, and there is none")


def until_of(parts: Mapping[str, str]) -> date:
    """Give the last day of a rule; the last of the calendar where it has none.

    Raises:
        ValueError: `UNTIL` is no day.
    """
    text = parts.get("UNTIL", "99991231")
    try:
        if not re.fullmatch("[0-9]{8}", text):
            raise ValueError
        return min(date(int(text[:4]), int(text[4:6]), int(text[6:])), LAST)
    except ValueError:
        raise ValueError(f"UNTIL is a day such as 20261231, not {text[:20]!r}: cycles count days") from None
