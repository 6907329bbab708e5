"""What a measure looks at: what is known of one person, and lists of what happened to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final

import attrs

from carecoord._values import FrozenMapping
from carecoord.caseload._measures._lists import LISTS, Fields
from carecoord.errors import DataError, Fault, did_you_mean

__all__ = ["Happening", "Record"]

Happening = FrozenMapping[str, Any]
"""One entry of a list: its fields; `kinds` says what it is, as text or several."""

_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "date": (date, datetime),
    "number": (int, float),
    "text": (str,),
    "yes/no": (bool,),
}
_WORDS: Final = {"date": "a date or a time", "number": "a number", "text": "text", "yes/no": "yes/no"}


def _lists(lists: Mapping[str, Iterable[Mapping[str, Any]]]) -> FrozenMapping[str, tuple[Happening, ...]]:
    return FrozenMapping(
        {
            name: tuple(one if isinstance(one, FrozenMapping) else FrozenMapping(one) for one in entries)
            for name, entries in lists.items()
        }
    )


def _about(about: Mapping[str, Any]) -> FrozenMapping[str, Any]:
    return FrozenMapping(about)


@attrs.frozen(kw_only=True)
class Record:
    """One person, or one course of treatment, as measures see it.

    >>> from datetime import date
    >>> record = Record(
    ...     person="A",
    ...     about={"birth_date": date(1980, 2, 29)},
    ...     lists={"scores": [{"on": date(2026, 1, 5), "instrument": "phq-9", "value": 14}]},
    ... )
    >>> record.lists["scores"][0]["value"]
    14

    Attributes:
        person: the host's id for the person.
        id: which course of theirs it is, where a person has several: text the host gives.
        about: what is known of the person: `birth_date`, `died`, and whatever the host groups by; absent is unknown.
        lists: what happened, by list; an absent list is empty, an absent field is unknown. `scores`, `contacts`,
            `visits` and the others that the library knows have fixed fields; a measure may declare lists of its own.
            Every entry may have `kinds`: one text or several that say what it is.

    Raises:
        DataError: an entry of a list known to the library has a field it does not have, or a value of another kind.
    """

    person: str
    id: str = ""
    about: FrozenMapping[str, Any] = attrs.field(default=FrozenMapping(), converter=_about)
    lists: FrozenMapping[str, tuple[Happening, ...]] = attrs.field(default=FrozenMapping(), converter=_lists)

    def __attrs_post_init__(self) -> None:
        """Hold every entry to the fields of its list."""
        faults = [*self.faults(LISTS)]
        if faults:
            raise DataError("record", faults)

    def faults(self, lists: Mapping[str, Fields]) -> Iterator[Fault]:
        """Say what is wrong with the entries of these lists."""
        for name, entries in self.lists.items():
            fields = lists.get(name)
            if fields is None:
                continue
            types = {field: _TYPES[type_] for field, type_ in fields.items()}
            for place, entry in enumerate(entries):
                for field, value in entry.items():
                    if value is None or type(value) in types.get(field, ()):
                        continue
                    fault = _fault(field, value, fields)
                    if fault:
                        yield Fault(f"$.lists.{name}[{place}].{field}", fault)


def _fault(field: str, value: Any, fields: Fields) -> str:
    if field == "kinds":
        texts = isinstance(value, str) or (
            isinstance(value, tuple | list | frozenset) and all(isinstance(one, str) for one in value)
        )
        return "" if texts else "text, or a list of texts, is wanted"
    if field not in fields:
        return f"not a field here{did_you_mean(field, [*fields, 'kinds'])}"
    return f"{_WORDS[fields[field]]} is wanted, found {type(value).__name__}"
