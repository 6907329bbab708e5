"""Quick readers take what the strict converter takes, give what it gives, and take nothing else."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Literal

import attrs
import pytest
from hypothesis import given, settings, strategies as st

from carecoord._definitions import _readers, converter, structure, unstructure  # pyright: ignore[reportPrivateUsage]
from carecoord._values import FrozenMapping, Period, key
from carecoord.errors import DataError
from carecoord.plans import CarePlan
from carecoord.testing import care_plans

JUNK: list[Any] = [
    None, True, False, 0, 1, -1.5, 10**30, float("nan"), float("inf"), "", "x", "2026-02-30", "2026-01-31", "P1M", "PX",
    "active", "MH", [], ["a"], [1], {}, {"id": "a"}, {1: 2}, b"x", date(2026, 1, 31), datetime(2026, 1, 31, tzinfo=UTC),
    ("a",), frozenset({"a"}),
]  # fmt: skip


@attrs.frozen
class Inner:
    """Something told apart by its kind."""

    kind: Literal["inner"] = "inner"
    of: tuple[Inner, ...] = ()


@attrs.frozen
class Other:
    """Something else."""

    kind: Literal["other"] = "other"
    at: int = 0


@attrs.frozen(kw_only=True)
class Everything:
    """A field of each sort that definitions and data have."""

    text: str
    number: float = 0
    whole: int | None = None
    yes: bool = False
    day: date | None = None
    moment: date | datetime = date(2026, 1, 1)
    period: Period | None = None
    either: str | int | None = None
    textual: Period | str = ""
    word: Literal["a", "b"] = "a"
    level: Literal[-1, 0, 1] | None = None
    pair: tuple[str, int] = ("", 0)
    texts: tuple[str, ...] = ()
    codes: frozenset[str] | None = None
    table: FrozenMapping[str, tuple[int, ...]] = FrozenMapping()
    one: Inner | Other | None = None
    lists: tuple[Inner | Other, ...] = ()
    for_: str = key("for", default="")


WHOLE: dict[str, Any] = {
    "text": "t", "number": 1.5, "whole": 3, "yes": True, "day": "2026-01-31", "moment": "2026-01-31T09:00:00+01:00",
    "period": "P1M", "either": 4, "textual": "P2W", "word": "b", "level": -1, "pair": ["a", 1], "texts": ["a", "b"],
    "codes": ["MH", "SUD"], "table": {"a": [1, 2]}, "one": {"kind": "other", "at": 2},
    "lists": [{"kind": "inner", "of": [{"kind": "inner"}]}, {"kind": "other"}], "for": "x",
}  # fmt: skip


def places(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """List the places of everything in plain data."""
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [path, *(place for name, entry in inner for place in places(entry, (*path, name)))]


def spoilt(data: Any, path: tuple[Any, ...], junk: Any) -> Any:
    """Give a copy of the data with something else at one place."""
    if not path:
        return junk
    step, *rest = path
    if isinstance(data, dict):
        return {name: spoilt(entry, tuple(rest), junk) if name == step else entry for name, entry in data.items()}
    return [spoilt(entry, tuple(rest), junk) if at == step else entry for at, entry in enumerate(data)]


def both(data: Any, kind: Any) -> tuple[Any, Any]:
    """Give what the quick reader and the converter make of data; `None` where one refuses it."""
    made: list[Any] = []
    for read in (_readers.of(kind), lambda value: converter.structure(value, kind)):
        try:
            made.append(read(data))
        except Exception:  # noqa: BLE001 - either may refuse with any error
            made.append(None)
    return made[0], made[1]


@pytest.mark.parametrize("place", places(WHOLE), ids=str)
def test_what_one_refuses_the_other_refuses(place: tuple[Any, ...]) -> None:
    """At every place of data that holds a field of each sort, with junk of every sort."""
    for junk in JUNK:
        quick, strict = both(spoilt(WHOLE, place, junk), Everything)
        assert quick == strict, junk
        assert type(quick) is type(strict), junk


def test_a_key_that_is_no_field_or_is_missing_is_refused_by_both() -> None:
    """Nothing unknown is dropped, and nothing that is wanted is made up."""
    assert both({**WHOLE, "fro": "x"}, Everything) == (None, None)
    assert both({name: entry for name, entry in WHOLE.items() if name != "text"}, Everything) == (None, None)
    quick, strict = both(WHOLE, Everything)
    assert quick == strict
    assert quick.one == Other(at=2)


def test_every_fault_is_told_although_reading_stops_at_the_first() -> None:
    """What the quick reader refuses the converter reads again, and says all of it."""
    with pytest.raises(DataError, match=r"2 faults\n  \$\.word: .*\n  \$\.texts\[1\]: "):
        structure({**WHOLE, "word": "c", "texts": ["a", 1]}, Everything, name="all", error=DataError)


@given(plan=care_plans(), data=st.data())
@settings(max_examples=20)
def test_plans_are_read_alike(plan: CarePlan, data: st.DataObject) -> None:
    """A plan reads back equal both ways, and spoilt at a place it is refused by both or read alike."""
    written = unstructure(plan)
    assert both(written, CarePlan) == (plan, plan)
    broken = spoilt(written, data.draw(st.sampled_from(places(written))), data.draw(st.sampled_from(JUNK)))
    quick, strict = both(broken, CarePlan)
    assert quick == strict
