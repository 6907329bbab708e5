"""Jacobson and Truax: is the change more than chance, and does it end among people who are well?"""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, strategies as st

from carecoord.errors import AnswerError
from carecoord.scoring import Norms, ScoreChange, instrument

HIGHER, LOWER = instrument("phq-9").score("total"), instrument("who-5").score("percentage")
NORMS = Norms(sd=6, reliability=0.75, mean=17, well_mean=3, well_sd=3, source="invented")
# By hand: the error of a difference is 6 * sqrt(2 * 0.25) = 4.243; 1.96 of them are 8.316 points;
# the cut-off is (6 * 3 + 3 * 17) / 9 = 7.667.


def judge(before: float | None, after: float | None, norms: Norms = NORMS, *, lower: bool = False) -> Any:
    """Judge a change of a score of which higher (or lower) is worse."""
    changed = ScoreChange(definition=LOWER if lower else HIGHER, before=before, after=after, outcomes=())
    return changed.clinical_change(norms)


@pytest.mark.parametrize(
    ("before", "after", "outcome"),
    [
        (16, 7, "recovered"),
        (17, 8, "improved"),
        (8, 7, "unchanged"),
        (15, 7, "unchanged"),
        (7, 0, "unchanged"),
        (7, 16, "deteriorated"),
        (17, 25, "unchanged"),
    ],
)
def test_classes(before: float, after: float, outcome: str) -> None:
    """Recovered is reliably better and across the cut-off; one without the other is less."""
    assert judge(before, after).outcome == outcome


def test_a_person_who_was_well_cannot_recover() -> None:
    """Reliably better from the better side of the cut-off is improved."""
    assert judge(7, -2).outcome == "improved"


@given(st.integers(0, 27), st.integers(0, 27))
def test_where_lower_is_worse_all_is_mirrored(before: int, after: int) -> None:
    """The same numbers turned round give the same class, and the index turns its sign."""
    turned = Norms(sd=6, reliability=0.75, mean=-17, well_mean=-3, well_sd=3)
    here, there = judge(before, after), judge(-before, -after, turned, lower=True)
    assert here.outcome == there.outcome
    assert here.index == -there.index
    assert math.isclose(here.cutoff, -there.cutoff)


def test_the_three_cutoffs() -> None:
    """Two spreads beyond the ill, within two of the well, or between the two by their spreads."""
    ill, well = Norms(sd=6, reliability=0, mean=17), Norms(sd=6, reliability=0, well_mean=3, well_sd=3)
    assert (ill.criterion, ill.cutoff("higher"), ill.cutoff("lower")) == ("a", 5, 29)
    assert (well.criterion, well.cutoff("higher"), well.cutoff("lower")) == ("b", 9, -3)
    assert NORMS.criterion == "c"
    assert math.isclose(NORMS.cutoff("higher") or 0, 69 / 9)


def test_the_cutoff_itself_is_not_well() -> None:
    """To begin at the cut-off is to begin on the worse side; to end there is not to be across."""
    at_nine = Norms(sd=1, reliability=0.9, well_mean=3, well_sd=3)
    assert judge(9, 8, at_nine).outcome == "recovered"
    assert judge(12, 9, at_nine).outcome == "improved"


def test_without_means_nobody_is_called_recovered() -> None:
    """The spread alone tells chance from change, and no more."""
    found = judge(27, 0, Norms(sd=6, reliability=0.75))
    assert (found.outcome, found.cutoff, found.criterion) == ("improved", None, "")


def test_the_index_is_the_reliable_change_index() -> None:
    """Both ways of asking give the same number."""
    changed = ScoreChange(definition=HIGHER, before=20, after=8, outcomes=())
    index = changed.reliable_change_index(sd=6, reliability=0.75)
    assert index == changed.clinical_change(NORMS).index
    assert index is not None
    assert math.isclose(index, -12 / (6 * math.sqrt(0.5)))


def test_an_unknown_score_is_not_judged() -> None:
    """Neither class nor index, and it is said why."""
    found = judge(None, 5)
    assert (found.outcome, found.index, found.because) == (None, None, "a score is unknown")
    assert (found.cutoff, found.criterion) == (NORMS.cutoff("higher"), "c")


def test_reasons_hold_the_numbers_and_the_source() -> None:
    """What was compared with what, and where the norms were read."""
    assert judge(16, 7).because == "-9 points are -2.12 standard errors of 4.24; 16 to 7 crosses 7.67; invented"


@pytest.mark.parametrize(
    "norms",
    [
        {"sd": 0, "reliability": 0.8},
        {"sd": math.inf, "reliability": 0.8},
        {"sd": math.nan, "reliability": 0.8},
        {"sd": 6, "reliability": 1},
        {"sd": 6, "reliability": -0.1},
        {"sd": 6, "reliability": 0.8, "well_mean": 3},
        {"sd": 6, "reliability": 0.8, "well_sd": 3},
        {"sd": 6, "reliability": 0.8, "well_mean": 3, "well_sd": 0},
        {"sd": 6, "reliability": 0.8, "mean": math.nan},
    ],
)
def test_norms_that_are_none_are_refused(norms: dict[str, Any]) -> None:
    """A spread is above 0, a reliability below 1, and a mean comes with its spread."""
    with pytest.raises(AnswerError):
        Norms(**norms)


def test_what_is_wrong_with_norms_is_told_at_once() -> None:
    """With what was found."""
    with pytest.raises(AnswerError) as caught:
        Norms(sd=0, reliability=2, mean=math.inf, well_mean=3)
    assert str(caught.value).splitlines() == [
        "norms: 3 faults",
        "  sd above 0 and reliability from 0 to below 1 are wanted, found 0 and 2",
        "  the means are numbers",
        "  well_mean and well_sd go together",
    ]
    with pytest.raises(AnswerError) as caught:
        Norms(sd=6, reliability=0.75, well_mean=3, well_sd=0)
    assert str(caught.value) == "norms: 1 fault\n  well_sd above 0 is wanted, found 0"
    assert Norms(sd=6, reliability=0.75, well_mean=3, well_sd=0.5).criterion == "b"


def test_norms_the_wrong_way_round_are_refused() -> None:
    """Norms of a scale of which the other end is worse are noticed, and those that tell nobody apart."""
    same = Norms(sd=6, reliability=0.75, mean=3, well_mean=3, well_sd=3)
    for lower in (True, False):
        with pytest.raises(AnswerError):
            judge(16, 7, same, lower=lower)
    with pytest.raises(AnswerError) as caught:
        judge(16, 7, NORMS, lower=True)
    assert str(caught.value) == (
        "percentage: 1 fault\n  lower is worse here, but the norms have 17 with the problem, 3 well"
    )
    with pytest.raises(AnswerError, match="higher is worse here"):
        judge(16, 7, Norms(sd=6, reliability=0.75, mean=3, well_mean=17, well_sd=3))
    with pytest.raises(AnswerError, match="lower is worse here"):
        judge(16, 7, NORMS, lower=True)


def test_a_score_without_direction_is_refused() -> None:
    """Where no end is worse, no change is better."""
    neither = instrument("panss").score("composite")
    with pytest.raises(AnswerError) as caught:
        ScoreChange(definition=neither, before=1, after=2, outcomes=()).clinical_change(NORMS)
    assert str(caught.value) == (
        "composite: 1 fault\n  the score has no direction, so no change of it is better or worse"
    )


def test_a_change_of_just_the_limit_is_not_reliable() -> None:
    """The index must be beyond 1.96; one point of index either way tells better from worse."""
    unit = Norms(sd=1, reliability=0.5)
    assert [judge(before, after, unit).outcome for before, after in ((1.96, 0), (1.97, 0), (0, 1.97))] == [
        "unchanged",
        "improved",
        "deteriorated",
    ]
    assert judge(2, 0, Norms(sd=2, reliability=0.92)).outcome == "improved"


def test_the_cutoff_where_lower_is_worse() -> None:
    """To begin at it is to begin on the worse side, to end at it is not to be across."""
    turned = Norms(sd=1, reliability=0.9, well_mean=9, well_sd=3)
    assert turned.cutoff("lower") == 3
    assert judge(3, 5, turned, lower=True).outcome == "recovered"
    assert judge(0, 3, turned, lower=True).outcome == "improved"
    assert judge(0, 3, turned, lower=True).because.endswith("0 to 3 does not cross 3.00")
