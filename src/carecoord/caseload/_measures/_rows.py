"""The entries of a record as rows: every field there, times cut to their local day, in order of time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from operator import itemgetter
from typing import Any

from carecoord.caseload._measures._lists import LISTS, Fields, moment_field
from carecoord.caseload._measures._record import Record

__all__ = ["Row", "Rows", "prepared", "readings", "rows_of", "rows_of_lists"]

Row = dict[str, Any]


class Rows:
    """What a measure works on.

    Attributes:
        about: what is known of the person.
        lists: the rows of each list.
    """

    def __init__(self, about: Mapping[str, Any], lists: Mapping[str, list[Row]]) -> None:
        self.about, self.lists = about, lists
        self._by_text: dict[tuple[str, str], dict[str | None, list[Row]]] = {}

    def that_may_fit(self, name: str, wanted: tuple[str, str] | None) -> Sequence[Row]:
        """Give the rows of a list, without those whose field has another text than the one that is wanted."""
        rows = self.lists.get(name)
        if rows is None:
            return ()
        if wanted is None:
            return rows
        field, text = wanted
        by_text = self._by_text.get((name, field))
        if by_text is None:
            by_text = self._by_text[name, field] = {}
            for row in rows:
                by_text.setdefault(row[field], []).append(row)
        if None in by_text:  # of these nobody can say
            return [row for row in rows if row[field] in (text, None)]
        return by_text.get(text, ())


def rows_of(record: Record, lists: Mapping[str, Fields], on: date, *, ends: bool) -> Rows:
    """Give the rows of a record, of the lists that are wanted, without what came after a day."""
    found = {name: record.lists.get(name, ()) for name in lists}
    return Rows(record.about, rows_of_lists(found, lists, on, ends=ends))


def rows_of_lists(
    found: Mapping[str, Sequence[Mapping[str, Any]]], lists: Mapping[str, Fields], on: date, *, ends: bool
) -> dict[str, list[Row]]:
    """Give the rows of every list, without what came after a day; with `ends`, say when each enrolment ended."""
    given = dict(found)
    if ends and "enrolments" in given:
        given["enrolments"] = with_ends(given["enrolments"], given.get("endings", ()), on)
    return {name: prepared(entries, lists[name], on) for name, entries in given.items() if entries}


def with_ends(
    enrolments: Iterable[Mapping[str, Any]], endings: Iterable[Mapping[str, Any]], on: date
) -> list[Mapping[str, Any]]:
    """Give enrolments with the day on which each ended, where it has by a day.

    One ends with the first ending of its protocol since, or where the same protocol begins again. An ending that names
    no protocol ends all of them. On one day, without hours, an ending ends what began before, and what begins then
    goes on; only where nothing had begun before, it ends what began that day.
    """
    moments = [(*_order(one.get("on")), 0, one) for one in endings if _order(one.get("on"))[0] <= on.toordinal()]
    moments += [(*_order(one.get("on")), 1, one) for one in enrolments]
    going: list[Row] = []
    spare: list[tuple[int, int, Mapping[str, Any]]] = []
    made: list[Mapping[str, Any]] = []
    for day, second, begins, entry in sorted(moments, key=lambda one: one[:3]):
        named = entry.get("protocol")
        if begins:
            ended = [row for row in going if row.get("protocol") == named]
            going = [row for row in going if row.get("protocol") != named]
            row = dict(entry.items())
            made.append(row)
            of_that_day = (one for at, hour, one in spare if at == day and hour in (0, second))
            if row.get("until") is None:
                row["until"] = next((one["on"] for one in of_that_day if _of(one, row)), None)
            if row["until"] is None:
                going.append(row)
        else:
            ended = [row for row in going if _of(entry, row)]
            going = [row for row in going if not _of(entry, row)]
            if not ended:
                spare.append((day, second, entry))
        for row in ended:
            row["until"] = entry.get("on")
    return made


def _of(ending: Mapping[str, Any], enrolment: Mapping[str, Any]) -> bool:
    """Say whether an ending may be that of an enrolment: where either names no protocol, it may."""
    one, other = ending.get("protocol"), enrolment.get("protocol")
    return one is None or other is None or one == other


def _order(value: date | datetime | None) -> tuple[int, int]:
    """Put the unknown first, then by the local day, then by the hour; a day without an hour comes first."""
    if value is None:
        return 0, 0
    if isinstance(value, datetime):
        return value.toordinal(), 1 + value.hour * 3600 + value.minute * 60 + value.second
    return value.toordinal(), 0


def _in_order(entries: Iterable[Mapping[str, Any]], at: str) -> Iterable[Mapping[str, Any]]:
    """Put entries in order of time; those of one moment stay as they stand."""
    listed = list(entries)
    if {type(one.get(at)) for one in listed} == {date}:
        return sorted(listed, key=itemgetter(at))
    return sorted(listed, key=lambda one: _order(one.get(at)))


def prepared(entries: Iterable[Mapping[str, Any]], fields: Fields, on: date | None = None) -> list[Row]:
    """Give the entries in order of time, as rows: times cut to their local day, absent fields unknown.

    What came after the day `on` is left out.
    """
    at = moment_field(fields)
    days = [name for name, type_ in fields.items() if type_ == "date"]
    unknown: Row = {**dict.fromkeys(fields), "kinds": None}
    rows: list[Row] = []
    for entry in _in_order(entries, at):
        row = unknown | (entry if type(entry) is dict else dict(entry.items()))
        kinds = row["kinds"]
        if isinstance(kinds, str):
            row["kinds"] = (kinds,)
        for name in days:
            if type(row[name]) is datetime:
                row[name] = row[name].date()
        rows.append(row)
    while on is not None and rows and rows[-1][at] is not None and rows[-1][at] > on:
        rows.pop()
    return rows


def readings(record: Record, instrument: str, score: str, on: date | None = None) -> list[tuple[date, int | float]]:
    """Give day and value of every score of one kind that is known, the earliest first, up to a day."""
    return [
        (row["on"], row["value"])
        for row in prepared(record.lists.get("scores", ()), LISTS["scores"], on)
        if (row["instrument"], row["score"]) == (instrument, score) and None not in (row["on"], row["value"])
    ]
