# ruff: noqa: E501 - definitions are read a line each
"""Skipped is not missing: what becomes of items that are asked on a condition."""

from __future__ import annotations

from typing import Any

import pytest

from carecoord.scoring import Instrument, score
from tests.scoring.definitions import scale

ITEMS = """
{ n = 1, label = "any", values = [0, 1, 2] },
{ n = 2, label = "how often", values = [1, 2, 3], asked_when = "q1 >= 1", otherwise = 0 },
{ n = 3, label = "how much", values = { 1 = 1, 2 = 2, 9 = "missing" }, asked_when = "q1 >= 1" },
{ n = 4, label = "pregnant", values = [0, 1], asked_when = "sex == 'female'" },
"""
SCORES = (
    'id = "often"\nvalue = "q2"\nrange = [0, 3]',
    'id = "much"\nvalue = "q3"\nrange = [1, 2]',
    'id = "blanks"\nvalue = "missing(q1, q2, q3, q4)"\nrange = [0, 4]',
    'id = "answered"\nvalue = "answered(q1, q2, q3, q4)"\nrange = [0, 4]',
    'id = "prorated"\nvalue = "prorate(q1, q3, q4)"\nrange = [0, 5]',
    'id = "asked"\nvalue = "code(q2)"\nrange = [1, 3]',
)


def use() -> Instrument:
    """Give a form of conditional items."""
    return scale(*SCORES, items=ITEMS)


def values(answers: list[Any], **respondent: Any) -> dict[str, Any]:
    """Give the scores of the form."""
    return {one.id: one.value for one in score(use(), answers, respondent=respondent).values()}


def test_an_item_not_asked_takes_what_the_definition_says() -> None:
    """`otherwise` where there is one; without one the item does not apply: unknown, but neither missing nor a member."""
    result = score(use(), [0, None, None, None], respondent={"sex": "male"})
    assert values([0, None, None, None], sex="male") == {
        "often": 0, "much": None, "blanks": 0, "answered": 2, "prorated": 0, "asked": None,
    }  # fmt: skip
    assert (result.missing, result.complete, result.inconsistent, result.answered) == ((), True, (), 1)
    assert result.item_scores == {"q1": 0, "q2": 0, "q3": None, "q4": None}
    assert result["much"].possible is None
    assert result["much"].because == "what it rests on is unknown"


def test_an_answer_counts_although_it_should_not_have_been_asked() -> None:
    """It is never discarded; the result names the contradiction."""
    result = score(use(), [0, 3, 2, 1], respondent={"sex": "male"})
    assert (result["often"].value, result["much"].value, result["prorated"].value) == (3, 2, 3)
    assert result.inconsistent == ("q2", "q3", "q4")
    assert result.complete
    assert "Answered although the skip rules do not ask them: q2, q3, q4." in result.explain()
    assert score(use(), [1, 3, 2, 1], respondent={"sex": "female"}).inconsistent == ()


@pytest.mark.parametrize(
    ("first", "sex", "missing"),
    [
        (1, "female", ("q2", "q3", "q4")),
        (None, None, ("q1", "q2", "q3", "q4")),
        (2, None, ("q2", "q3", "q4")),
        (None, "male", ("q1", "q2", "q3")),
    ],
)
def test_no_answer_is_missing_where_it_was_or_may_have_been_asked(
    first: int | None, sex: str | None, missing: tuple[str, ...]
) -> None:
    """A condition that is unknown does not excuse an answer."""
    result = score(use(), [first, None, None, None], respondent={"sex": sex})
    assert result.missing == missing
    assert result["blanks"].value == len(missing)
    assert result["often"].value is None
    assert not result.complete


def test_a_code_that_means_missing_is_missing() -> None:
    """It is not counted as answered, and an item that was not to be asked is then skipped."""
    result = score(use(), [1, 1, 9, 0], respondent={"sex": "female"})
    assert (result.missing, result.answered, result["much"].value, result["blanks"].value) == (("q3",), 3, None, 1)
    skipped = score(use(), [0, None, 9, None], respondent={"sex": "male"})
    assert (skipped.missing, skipped.inconsistent, skipped["blanks"].value) == ((), (), 0)


def test_what_was_not_asked_is_no_member_of_a_prorated_sum() -> None:
    """Two of two members known is the sum; two of three is half as much again."""
    assert values([1, 1, 2, None], sex="male")["prorated"] == 3
    assert values([1, 1, 2, None], sex="female")["prorated"] == 4.5
    assert values([1, 1, 2, None])["prorated"] == 4.5


def test_a_code_is_the_answer_as_it_was_given() -> None:
    """Without what `otherwise` puts in its place."""
    assert values([0, None, None, None])["asked"] is None
    assert values([0, 2, None, None])["asked"] == 2


def chain() -> Instrument:
    """Give a form in which each item is asked after the one before."""
    return scale(
        'id = "total"\nvalue = "q1 + q2 + q3"\nrange = [0, 3]',
        items="""
    { n = 1, label = "first", values = [0, 1] },
    { n = 2, label = "second", values = [0, 1], asked_when = "q1 == 1", otherwise = 0 },
    { n = 3, label = "third", values = [0, 1], asked_when = "q2 == 1", otherwise = 0 },
    """,
    )


def test_conditions_see_answers_as_they_were_given() -> None:
    """Not what was put in their place, so that items cannot chase each other: the third is missing, not skipped."""
    result = score(chain(), [0, None, None])
    assert result.item_scores == {"q1": 0, "q2": 0, "q3": None}
    assert (result.missing, result["total"].value, result["total"].possible) == (("q3",), None, (0, 1))


@pytest.mark.parametrize(
    ("answers", "possible"),
    [
        ([None, None, None], (0, 3)),
        ([1, None, None], (1, 3)),
        ([1, 0, None], (1, 1)),
        ([1, 1, None], (2, 3)),
        ([None, 1, None], (1, 3)),
    ],
)
def test_what_is_possible_knows_the_skip_rules(answers: list[Any], possible: tuple[int, int]) -> None:
    """A blank behind a condition may yet be skipped, or answered, as the condition allows."""
    assert score(chain(), answers)["total"].possible == possible


def test_a_condition_that_treats_blanks_is_not_taken_as_settled() -> None:
    """What looks skipped while another answer is missing may be asked once it is there."""
    found = scale(
        'id = "total"\nvalue = "q1 + q2"\nrange = [0, 8]',
        items="""
        { n = 1, label = "first", values = [0, 1, 2, 3] },
        { n = 2, label = "second", values = [0, 5], asked_when = "coalesce(q1, 0) >= 2", otherwise = 0 },
        """,
    )
    result = score(found, [None, None])
    assert result.missing == ("q1",)
    assert result["total"].possible == (0, 8)
    assert score(found, [3, 5])["total"].value == 8


def test_conditions_may_ask_for_codes_and_for_the_respondent() -> None:
    """A code as it was given, facts of the instrument's own context, and what is missing."""
    found = scale(
        'id = "total"\nvalue = "q1 + coalesce(q2, 0) + coalesce(q3, 0)"\nrange = [0, 3]',
        items="""
        { n = 1, label = "first", values = { 1 = 0, 2 = 1, 3 = 1 } },
        { n = 2, label = "second", values = [0, 1], asked_when = "code(q1) == 3 and works" },
        { n = 3, label = "third", values = [0, 1], asked_when = "missing(q2) == 1" },
        """,
        rest='[context]\nworks = "yes/no"',
    )
    assert score(found, [3, None, None], respondent={"works": True}).missing == ("q2", "q3")
    assert score(found, [2, None, None], respondent={"works": True}).missing == ("q3",)
    assert score(found, [3, None, None], respondent={"works": False}).missing == ("q3",)
    assert score(found, [3, 1, None], respondent={"works": True}).missing == ()
    assert score(found, [2, 1, 0], respondent={"works": True}).inconsistent == ("q2", "q3")
    assert score(found, [3, None, None]).missing == ("q2", "q3")


def test_a_condition_may_ask_whether_another_item_was_answered() -> None:
    """That item may yet be skipped, so both ways stay possible."""
    found = scale(
        'id = "total"\nvalue = "q3"\nneeds = "known(q1)"\nrange = [0, 5]',
        items="""
        { n = 1, label = "first", values = [0, 1] },
        { n = 2, label = "second", values = [0, 1], asked_when = "q1 == 1" },
        { n = 3, label = "third", values = [0, 1], asked_when = "answered(q2) == 1", otherwise = 5 },
        """,
    )
    assert score(found, [None, None, None])["total"].possible == (0, 5)
    assert score(found, [1, 1, None])["total"].possible == (0, 1)
    assert score(found, [0, None, None])["total"].value == 5


def test_whether_an_item_will_be_missing_is_bounded_too() -> None:
    """An item that is to be asked may come back as a code that means missing."""
    found = scale('id = "blanks"\nvalue = "missing(q3)"\nneeds = "known(q2)"\nrange = [0, 1]', items=ITEMS)
    assert score(found, [1, None, None, None])["blanks"].possible == (0, 1)
    assert score(found, [0, 1, None, None])["blanks"].value == 0
