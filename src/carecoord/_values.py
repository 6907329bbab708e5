"""Values every package shares: ISO 8601 periods, frozen mappings, and how an id becomes a name in rules."""

from __future__ import annotations

import keyword
import re
from calendar import monthrange
from collections.abc import ItemsView, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Generic, TypeVar

import attrs

__all__ = ["FrozenMapping", "Period", "add_months", "is_id", "key", "name_of"]

K = TypeVar("K")
V_co = TypeVar("V_co", covariant=True)
D = TypeVar("D", date, datetime)


class FrozenMapping(Mapping[K, V_co], Generic[K, V_co]):
    """A mapping nobody can change: comparable, hashable where its values are, picklable.

    >>> FrozenMapping({"a": 1})["a"]
    1
    """

    __slots__ = ("_entries",)
    _entries: dict[K, V_co]

    def __init__(self, entries: Mapping[K, V_co] | None = None) -> None:
        object.__setattr__(self, "_entries", dict(entries.items()) if entries else {})

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} cannot be changed")

    def __getitem__(self, key: K) -> V_co:
        return self._entries[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, key: object) -> bool:
        return key in self._entries

    def items(self) -> ItemsView[K, V_co]:
        """Give its entries as pairs."""
        return self._entries.items()

    def __hash__(self) -> int:
        return hash(frozenset(self._entries.items()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._entries!r})"

    def __reduce__(self) -> tuple[object, ...]:
        return (type(self), (self._entries,))


_ID = re.compile(r"[A-Za-z0-9]+(?:[-._][A-Za-z0-9]+)*")


def is_id(text: str) -> bool:
    """Say whether `text` may name something: letters and digits, joined by single `-`, `.` or `_`."""
    return len(text) <= 100 and _ID.fullmatch(text) is not None


def name_of(identifier: str) -> str:
    """Give the name by which rules call an id.

    `-` and `.` become `_`, a leading digit gets `_` before it, a Python keyword gets `_` after it.

    >>> name_of("phq-9"), name_of("6cit"), name_of("global")
    ('phq_9', '_6cit', 'global_')
    """
    name = identifier.replace("-", "_").replace(".", "_")
    if name[:1].isdigit():
        name = f"_{name}"
    return f"{name}_" if keyword.iskeyword(name) else name


def key(name: str, **options: Any) -> Any:
    """Declare an attrs field that is called `name` in files.

    >>> @attrs.frozen
    ... class Cutoff:
    ...     for_: str = key("for", default="")
    """
    return attrs.field(metadata={"key": name}, **options)


def add_months(day: D, months: int) -> D:
    """Give the same day of the month, `months` later; a day the month lacks becomes its last.

    >>> add_months(date(2026, 1, 31), 1)
    datetime.date(2026, 2, 28)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return day.replace(year=year, month=month + 1, day=min(day.day, monthrange(year, month + 1)[1]))


_PERIOD = re.compile(
    r"P(?:(?P<years>\d{1,4})Y)?(?:(?P<months>\d{1,4})M)?(?:(?P<weeks>\d{1,4})W)?(?:(?P<days>\d{1,5})D)?"
    r"(?:T(?:(?P<hours>\d{1,5})H)?(?:(?P<minutes>\d{1,6})M)?)?"
)


@attrs.frozen(order=False)
class Period:
    """An ISO 8601 duration: `months` by the calendar, `days` and `minutes` exact.

    Years are twelve months and weeks seven days, so equal periods compare equal however they were written.

    >>> str(Period.parse("P2W")), Period.parse("P1Y") == Period.parse("P12M")
    ('P2W', True)
    """

    months: int = 0
    days: int = 0
    minutes: int = 0

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read `P1Y`, `P2W`, `P1M15D`, `PT8H` and the like.

        Raises:
            ValueError: the text is no such duration, or an empty one.
        """
        match = _PERIOD.fullmatch(text)
        parts = {key: int(value) for key, value in match.groupdict().items() if value} if match else {}
        period = cls(
            months=parts.get("years", 0) * 12 + parts.get("months", 0),
            days=parts.get("weeks", 0) * 7 + parts.get("days", 0),
            minutes=parts.get("hours", 0) * 60 + parts.get("minutes", 0),
        )
        if period == cls():
            raise ValueError(f"{text[:40]!r} is no ISO 8601 duration such as P2W, P1M or PT8H")
        return period

    def __str__(self) -> str:
        if self == Period():
            return "P0D"
        years, months = divmod(self.months, 12)
        weeks, days = divmod(self.days, 7) if self.days % 7 == 0 else (0, self.days)
        hours, minutes = divmod(self.minutes, 60)
        day_part = "".join(f"{n}{u}" for n, u in ((years, "Y"), (months, "M"), (weeks, "W"), (days, "D")) if n)
        time_part = "".join(f"{n}{u}" for n, u in ((hours, "H"), (minutes, "M")) if n)
        return f"P{day_part}{'T' if time_part else ''}{time_part}"

    @property
    def words(self) -> str:
        """The period as people say it: `2 weeks`, `1 month`."""
        years, months = divmod(self.months, 12)
        weeks, days = divmod(self.days, 7) if self.days % 7 == 0 else (0, self.days)
        hours, minutes = divmod(self.minutes, 60)
        units = (
            (years, "year"),
            (months, "month"),
            (weeks, "week"),
            (days, "day"),
            (hours, "hour"),
            (minutes, "minute"),
        )
        return " ".join(f"{n} {unit}{'' if n == 1 else 's'}" for n, unit in units if n)

    def after(self, start: D, times: int = 1) -> D:
        """Give the day (or moment) that lies `times` periods after `start`, counted from `start` at once.

        Counting from the anchor keeps month ends: 31 January stepped monthly gives 28 February, then 31 March.
        On a plain date, hours and minutes are ignored.
        """
        moved = add_months(start, self.months * times) if self.months else start
        if isinstance(moved, datetime):
            return moved + timedelta(days=self.days * times, minutes=self.minutes * times)
        return moved + timedelta(days=self.days * times)

    def before(self, end: D, times: int = 1) -> D:
        """Give the day (or moment) that lies `times` periods before `end`."""
        return self.after(end, -times)
