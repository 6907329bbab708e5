"""The changes that are made to definitions, and that the tests notice them."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from carecoord.scoring import instrument
from carecoord.scoring._catalogue import FOLDER
from tests.mutation.definitions import WANTED, mutants, noticed_by, replaced, verdict


def definition(name: str) -> dict[str, Any]:
    """Give a definition as plain data."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def test_every_kind_of_place_is_changed() -> None:
    """Thresholds, lists, limits, flags, codes, conditions: between them, a few instruments have them all."""
    made = [mutant for name in ("audit", "phq-9", "kccq-12", "psqi", "swemwbs") for mutant in mutants(definition(name))]
    assert {mutant.kind for mutant in made} == {
        "band", "change", "code", "condition", "cut-off", "flag", "items", "missing limit", "range", "reverse", "rule",
        "skip", "table", "worse",
    }  # fmt: skip


def test_a_mutant_differs_in_one_place() -> None:
    """What it was made from stays as it is."""
    data = definition("phq-9")
    before = definition("phq-9")
    for mutant in mutants(data):
        changed = replaced(data, mutant.place, mutant.after)
        assert changed != data
        assert replaced(changed, mutant.place, mutant.before).items() >= {"id": "phq-9"}.items()
    assert data == before


@pytest.mark.parametrize(
    ("place", "after", "by"),
    [
        (("scores", 0, "bands", 1, "low"), 6, "facts"),
        (("scores", 0, "value"), "sum(q1, q2, q3, q4, q5, q6, q7, q8, q8)", "worked examples"),
        (("scores", 2, "needs"), "missing(items) <= 1", "worked examples"),
        (("change", 3, "when"), "10 <= before < 14 and percent_improvement >= 20", "change rules"),
        (("items", 0, "reverse"), True, "facts"),
        (("scores", 0, "value"), "sum(q1, q99)", "loading"),
        ((), None, ""),
    ],
)
def test_who_notices(place: tuple[str | int, ...], after: Any, by: str) -> None:
    """A threshold, an item, a limit on blanks: each is noticed by the test that is there for it; nothing by none."""
    data = definition("phq-9")
    assert noticed_by("phq-9", replaced(data, place, after) if place else data) == by


def test_the_catalogue_is_as_it_was_afterwards() -> None:
    """Mutants stand in the catalogue only while tests look at them."""
    before = instrument("gad-7")
    verdicts = verdict("gad-7")
    assert instrument("gad-7") is before
    noticed = [one for one in verdicts if one.noticed_by]
    assert len(noticed) >= WANTED * len(verdicts)
