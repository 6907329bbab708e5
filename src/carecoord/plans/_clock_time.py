"""The time of day of appointments, by the clocks of a place."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import attrs

from carecoord.errors import DataError, Fault

__all__ = ["ClockTime"]

_TIME = re.compile("(?:[01][0-9]|2[0-3]):[0-5][0-9]")


@attrs.frozen
class ClockTime:
    """A time of day by the clocks of a place, as `09:30` in `Europe/Berlin`.

    On the days on which clocks change, RFC 5545 (section 3.3.5) says what is meant, and that is what `on` gives: a time
    that the clocks leave out is read with the offset from before the change, so 02:30 in a night that goes from 02:00
    to 03:00 is 03:30; a time that comes twice is the first of the two.

    Attributes:
        at: the time, as `09:30`.
        zone: the IANA name of the place's clocks, as `Europe/Berlin`; there is no default.

    Raises:
        DataError: it is no time of day, or no zone that is known here.

    Example:
        >>> clock = ClockTime("02:30", "Europe/Berlin")
        >>> [str(clock.on(day)) for day in (date(2026, 3, 28), date(2026, 3, 29), date(2026, 10, 25))]
        ['2026-03-28 02:30:00+01:00', '2026-03-29 03:30:00+02:00', '2026-10-25 02:30:00+02:00']

    Source: RFC 5545, 3.3.5 (date-time, form 3).
    """

    at: str
    zone: str

    def __attrs_post_init__(self) -> None:
        """Refuse what is no time, and zones nobody here knows."""
        faults: list[Fault] = []
        if not _TIME.fullmatch(self.at):
            faults.append(Fault("$.at", f"a time such as 09:30 is wanted, found {self.at[:20]!r}"))
        if _zone(self.zone) is None:
            faults.append(Fault("$.zone", f"a zone such as Europe/Berlin is wanted, found {self.zone[:40]!r}"))
        if faults:
            raise DataError("clock time", faults)

    def on(self, day: date) -> datetime:
        """Give the moment on a day: never without its offset from UTC."""
        zone = ZoneInfo(self.zone)
        # Its way through UTC turns a time that the clocks leave out into the one they show then.
        return datetime.combine(day, time.fromisoformat(self.at), tzinfo=zone).astimezone(UTC).astimezone(zone)

    def is_left_out(self, day: date) -> bool:
        """Say whether the clocks leave this time out on a day."""
        return self.on(day).strftime("%H:%M") != self.at

    def comes_twice(self, day: date) -> bool:
        """Say whether the clocks show this time twice on a day."""
        first = self.on(day)
        return first.utcoffset() != first.replace(fold=1).utcoffset() and not self.is_left_out(day)


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # no name of a zone, a folder of zones, no such zone
        return None
