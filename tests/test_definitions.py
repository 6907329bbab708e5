from __future__ import annotations

from datetime import date
from typing import Any, Literal

import attrs
import pytest

from carecoord._definitions import structure, unstructure
from carecoord.errors import DataError


@attrs.frozen(kw_only=True)
class Visit:
    """One member of a union that its `kind` tells apart."""

    kind: Literal["visit"] = "visit"
    on: date
    minutes: int = 0


@attrs.frozen(kw_only=True)
class Call:
    """The other member."""

    kind: Literal["call"] = "call"
    on: date


@attrs.frozen
class Diary:
    """What holds them."""

    entries: tuple[Visit | Call, ...] = ()


DIARY = Diary((Visit(on=date(2026, 1, 5), minutes=30), Call(on=date(2026, 1, 6))))


def test_members_of_a_tagged_union_come_back_as_what_they_were() -> None:
    """The `kind` is written although it is the default, and read back into its class."""
    plain = unstructure(DIARY)
    assert [entry["kind"] for entry in plain["entries"]] == ["visit", "call"]
    assert structure(plain, Diary, name="diary") == DIARY


def test_values_that_are_already_built_are_taken_as_they_are() -> None:
    """Structuring a mixture of plain data and values gives the values."""
    assert structure({"entries": list(DIARY.entries)}, Diary, name="diary") == DIARY


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"on": "2026-01-05"}, "$.entries[0]: kind is missing, wanted visit, call"),
        ({"kind": "vist", "on": "2026-01-05"}, "text 'vist' is no kind here, wanted visit, call, did you mean visit?"),
        ({"kind": 3}, "a whole number 3 is no kind here"),
        (7, "$.entries[0]: a table is wanted, found a whole number 7"),
        ({"kind": "visit", "on": "2026-02-30"}, "$.entries[0].on: '2026-02-30' is no date"),
    ],
)
def test_a_kind_nobody_has_is_refused_with_its_place(entry: Any, message: str) -> None:
    """What is wrong is said at the entry, with the kinds there are."""
    with pytest.raises(DataError) as refused:
        structure({"entries": [entry]}, Diary, name="diary", error=DataError)
    assert message in str(refused.value)
