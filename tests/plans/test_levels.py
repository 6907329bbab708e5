"""Systems of levels of care, and levels that their edition does not have."""

from __future__ import annotations

from datetime import date

import attrs
import pytest

from carecoord.errors import DefinitionError, UnknownIdError
from carecoord.plans import (
    CareLevel,
    CarePlan,
    LevelOfCare,
    LevelSystem,
    level_faults,
    level_system,
    level_systems,
    read_level_system,
)

# The adult levels of the 4th edition, and those of the 3rd, as three public code bases list them alike.
FOURTH = "RR 1.0 1.5 1.7 2.1 2.5 2.7 3.1 3.5 3.7 4"
THIRD = "0.5 1 2.1 2.5 3.1 3.3 3.5 3.7 4 1-WM 2-WM 3.2-WM 3.7-WM 4-WM"


def at(*levels: tuple[str, str, str]) -> CarePlan:
    """Give a plan with levels of care, each by its system, edition and number."""
    made = [LevelOfCare(id=f"l{n}", system=each[0], edition=each[1], level=each[2]) for n, each in enumerate(levels)]
    return CarePlan(id="p", person="a", created=date(2026, 3, 2), levels=made)


def test_the_levels_are_those_of_their_edition() -> None:
    """The same number is another level in another edition."""
    assert level_systems() == ("asam-3", "asam-4")
    for name, numbers in (("asam-4", FOURTH), ("asam-3", THIRD)):
        assert [level.id for level in level_system(name).levels] == numbers.split()
    assert level_system("asam-4").level("1.7").title == "Medically Managed Outpatient"
    assert level_system("asam-4").level("4.0") == level_system("asam-4").level("4")
    with pytest.raises(UnknownIdError, match=r"there is no level '3\.3'"):
        level_system("asam-4").level("3.3")
    with pytest.raises(UnknownIdError, match="there is no level system 'asam-5', did you mean asam-4"):
        level_system("asam-5")


@pytest.mark.parametrize("name", level_systems())
def test_each_system_says_whose_it_is_and_where_its_levels_were_read(name: str) -> None:
    """And ships no rule by which somebody is placed."""
    system = level_system(name)
    assert system.id == name == f"{system.system}-{system.edition}"
    assert system.notice
    assert system.sources
    assert all(level.title for level in system.levels)
    assert {field.name for field in attrs.fields(CareLevel)} == {"id", "title", "also", "evidence"}


def test_what_is_recalled_is_marked() -> None:
    """The names of withdrawal management were not read in a source."""
    unverified = [level.id for level in level_system("asam-3").levels if level.evidence == "unverified"]
    assert unverified == [level.id for level in level_system("asam-3").levels if level.id.endswith("-WM")]


def test_levels_that_an_edition_does_not_have_are_named() -> None:
    """With what would do; the steps of a protocol are nobody's levels here."""
    plan = at(("asam", "4", "3.3"), ("asam", "4", "4.0"), ("asam", "2", "II.1"), ("ladder", "1", "step-9"))
    assert [str(fault) for fault in level_faults(plan)] == [
        "$.levels[0].level: edition 4 of asam has no level 3.3, did you mean 3.7?",
        "$.levels[2].edition: asam is known here in edition 3 and 4, found 2",
    ]


def test_a_system_of_ones_own_is_read_like_ours() -> None:
    """And levels are held to it."""
    ours = read_level_system(
        'id = "ladder-1"\nsystem = "ladder"\nedition = "1"\ntitle = "Our ladder"\n'
        'levels = [{ id = "one", title = "advice" }, { id = "two", title = "group" }]\n'
    )
    assert level_faults(at(("ladder", "1", "two"), ("asam", "9", "x")), systems=[ours]) == ()
    (fault,) = level_faults(at(("ladder", "1", "tow")), systems=[ours])
    assert fault.message == "edition 1 of ladder has no level tow, did you mean two?"
    with pytest.raises(DefinitionError, match=r"\$.levels: one stands twice"):
        LevelSystem(
            id="x",
            system="x",
            edition="1",
            title="x",
            levels=(CareLevel(id="one", title="a"), CareLevel(id="1", title="b", also=("one",))),
        )
    with pytest.raises(DefinitionError, match="not a field here, did you mean levels"):
        read_level_system('id = "x"\nsystem = "x"\nedition = "1"\ntitle = "x"\nlevles = []\n')
