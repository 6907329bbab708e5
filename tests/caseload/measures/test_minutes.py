"""The minutes of collaborative care: the published vectors, first months, and nothing counted twice."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from carecoord.caseload import MonthOfCare, TimeEntry, minutes, read_time_codes, time_codes
from carecoord.errors import DataError, DefinitionError, UnknownIdError

JUNE = date(2026, 6, 15)
COCM = {"cocm": time_codes("us-cocm")}
BOTH = {"cocm": time_codes("us-cocm"), "bhi": time_codes("us-bhi")}


def entry(
    number: int,
    spent: float,
    on: date | datetime = JUNE,
    *,
    programme: str = "cocm",
    person: str = "a",
    by: str = "lee",
) -> TimeEntry:
    """Make an entry."""
    return TimeEntry(id=str(number), person=person, on=on, minutes=spent, by=by, programme=programme)


def june(*entries: TimeEntry, short: bool = False) -> MonthOfCare:
    """Give what June comes to for one person."""
    (found,) = minutes(entries, COCM, month=JUNE, short_months=short)
    return found


@pytest.mark.parametrize(
    ("spent", "codes"),
    [
        (35, {}),
        (36, {"99492": 1}),
        (85, {"99492": 1}),
        (86, {"99492": 1, "99494": 1}),
        (115, {"99492": 1, "99494": 1}),
        (116, {"99492": 1, "99494": 2}),
        (146, {"99492": 1, "99494": 3}),
    ],
)
def test_a_first_month(spent: int, codes: dict[str, int]) -> None:
    """The vectors of the published table with the midpoint rule: 36, 86, 116, 146."""
    found = june(entry(1, spent))
    assert found.first
    assert dict(found.codes) == codes


@pytest.mark.parametrize(
    ("spent", "codes"),
    [
        (30, {}),
        (31, {"99493": 1}),
        (75, {"99493": 1}),
        (76, {"99493": 1, "99494": 1}),
        (105, {"99493": 1, "99494": 1}),
        (106, {"99493": 1, "99494": 2}),
        (136, {"99493": 1, "99494": 3}),
    ],
)
def test_a_later_month(spent: int, codes: dict[str, int]) -> None:
    """The vectors of the published table: 31, 76, 106, 136."""
    found = june(entry(1, spent), entry(2, 5, date(2026, 5, 31)))
    assert not found.first
    assert dict(found.codes) == codes


def test_minutes_of_the_month_add_up_and_others_do_not() -> None:
    """First and last day are in; the day before and the day after are not."""
    found = june(
        entry(1, 20, date(2026, 6, 1)),
        entry(2, 16, date(2026, 6, 30)),
        entry(3, 90, date(2026, 7, 1)),
    )
    assert (found.minutes, found.month, dict(found.codes)) == (36, date(2026, 6, 1), {"99492": 1})


@pytest.mark.parametrize(
    ("before", "first"),
    [(date(2026, 5, 1), False), (date(2025, 12, 1), False), (date(2025, 11, 30), True), (date(2024, 6, 1), True)],
)
def test_a_month_is_a_first_one_again_after_six_without_service(before: date, first: bool) -> None:
    """December to June are five months between, November to June six."""
    assert june(entry(1, 40), entry(2, 40, before)).first is first


def test_how_much_more_would_add_a_unit_is_told() -> None:
    """To the first code, to the next unit."""
    assert june(entry(1, 30)).further == 6
    assert june(entry(1, 36)).further == 50
    assert june(entry(1, 86)).further == 30
    assert june(entry(1, 30)).because == "30 minutes in a first month: 36 are wanted"
    assert june(entry(1, 90)).because == (
        "90 minutes in a first month: 99492 from 36 on, and 99494 from 86 on, every 30 minutes"
    )


@pytest.mark.parametrize(
    ("spent", "codes"), [(15, ()), (16, (("G2214", 1),)), (35, (("G2214", 1),)), (36, (("99492", 1),))]
)
def test_a_short_month_has_its_own_code_where_the_site_chooses_it(
    spent: int, codes: tuple[tuple[str, int], ...]
) -> None:
    """16 to 35 minutes of a first month; without the choice there is none."""
    assert june(entry(1, spent), short=True).codes == codes
    assert june(entry(1, min(spent, 35))).codes == ()


def test_two_programmes_have_no_codes_side_by_side() -> None:
    """The one named first stands; where it has no code, the other does."""
    entries = [entry(1, 40), entry(2, 25, programme="bhi")]
    first, second = minutes(entries, BOTH, month=JUNE)
    assert (first.codes, second.codes) == ((("99492", 1),), ())
    assert second.because == "no code beside those of cocm in one month"
    _, alone = minutes([entry(1, 10), entry(2, 20, programme="bhi")], BOTH, month=JUNE)
    assert alone.codes == (("99484", 1),)
    (short,) = minutes([entry(2, 19, programme="bhi")], BOTH, month=JUNE)
    assert (short.codes, short.further) == ((), 1)


def test_people_are_kept_apart() -> None:
    """One row a person, in order."""
    found = minutes([entry(1, 40, person="b"), entry(2, 10), entry(3, 40, date(2026, 5, 1))], COCM, month=JUNE)
    assert [(one.person, one.minutes, one.first) for one in found] == [("a", 10, False), ("b", 40, True)]


def test_nothing_is_counted_twice() -> None:
    """An entry that stands twice, and time of one member of staff that overlaps, are refused."""
    with pytest.raises(DataError, match="stands twice"):
        minutes([entry(1, 40), entry(1, 40)], COCM, month=JUNE)
    at = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
    later = datetime(2026, 6, 1, 9, 20, tzinfo=UTC)
    with pytest.raises(DataError) as raised:
        minutes([entry(1, 20, later, person="b"), entry(2, 21, at)], COCM, month=JUNE)
    assert raised.value.faults[0].path == "$[0].on"
    assert len(minutes([entry(1, 20, later, person="b"), entry(2, 20, at)], COCM, month=JUNE)) == 2
    assert len(minutes([entry(1, 20, later, by="kim"), entry(2, 21, at)], COCM, month=JUNE)) == 1


def test_wrong_entries_are_refused() -> None:
    """Minutes that are none, a programme without codes."""
    with pytest.raises(DataError, match="more than 0"):
        entry(1, 0)
    with pytest.raises(DataError, match="no codes are given for it, did you mean cocm"):
        minutes([entry(1, 5, programme="cocn")], COCM, month=JUNE)


def test_codes_of_ones_own_are_read() -> None:
    """A site with another rule writes its own file."""
    mine = read_time_codes("""
        id = "mine"
        title = "mine"
        again_after = 3
        codes = [{ code = "X", base = 30, least = 30 }]
        """)
    (found,) = minutes([entry(1, 30), entry(2, 9, date(2026, 2, 1))], {"cocm": mine}, month=JUNE)
    assert (found.codes, found.further, found.first) == ((("X", 1),), None, True)
    with pytest.raises(DefinitionError, match="least is missing"):
        read_time_codes('id = "m"\ntitle = "m"\nagain_after = 3\ncodes = [{ code = "X", base = 30 }]')
    with pytest.raises(UnknownIdError, match="us-cocm"):
        time_codes("us-cocn")


def test_entries_that_follow_each_other_to_the_second_do_not_overlap() -> None:
    """Ten minutes from any second on end where the next ones begin; a second earlier they overlap."""
    for second in range(60):
        first = datetime(2026, 6, 2, 9, 0, second, tzinfo=UTC)
        following = datetime(2026, 6, 2, 9, 10, second, tzinfo=UTC)
        assert june(entry(1, 10, first), entry(2, 26, following)).minutes == 36
    for zone in (UTC, None):
        with pytest.raises(DataError, match="before another entry"):
            june(
                entry(1, 10, datetime(2026, 6, 2, 9, 0, 20, tzinfo=zone)),
                entry(2, 26, datetime(2026, 6, 2, 9, 10, 19, tzinfo=zone)),
            )


def test_moments_with_and_without_a_zone_are_held_against_each_other() -> None:
    """As if those without were UTC: minutes claimed in both ways are not counted twice."""
    with pytest.raises(DataError, match="before another entry"):
        june(
            entry(1, 30, datetime(2026, 6, 2, 9, 0, tzinfo=UTC)),
            entry(2, 30, datetime(2026, 6, 2, 9, 15)),  # noqa: DTZ001 - a host without zones
        )
