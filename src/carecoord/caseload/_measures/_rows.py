"""The entries of a record as rows: every field there, times cut to their local day, in order of time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from carecoord.caseload._measures._lists import Fields, moment_field
from carecoord.caseload._measures._record import Record

__all__ = ["Row", "Rows", "prepared", "rows_of"]

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


def rows_of(record: Record, lists: Mapping[str, Fields]) -> Rows:
    """Give the rows of a record, of the lists that are wanted."""
    found = {name: prepared(record.lists[name], fields) for name, fields in lists.items() if name in record.lists}
    return Rows(record.about, found)


def _order(value: date | datetime | None) -> tuple[int, int]:
    """Put the unknown first, then by the local day, then by the hour; a day without an hour comes first."""
    if value is None:
        return 0, 0
    if isinstance(value, datetime):
        return value.toordinal(), 1 + value.hour * 3600 + value.minute * 60 + value.second
    return value.toordinal(), 0


def prepared(entries: Iterable[Mapping[str, Any]], fields: Fields) -> list[Row]:
    """Give the entries in order of time, as rows: times cut to their local day, absent fields unknown."""
    at = moment_field(fields)
    days = [name for name, type_ in fields.items() if type_ == "date"]
    unknown: Row = {**dict.fromkeys(fields), "kinds": None}
    rows: list[Row] = []
    for entry in sorted(entries, key=lambda one: _order(one.get(at))):
        row = unknown | dict(entry.items())
        kinds = row["kinds"]
        if isinstance(kinds, str):
            row["kinds"] = (kinds,)
        for name in days:
            if type(row[name]) is datetime:
                row[name] = row[name].date()
        rows.append(row)
    return rows
