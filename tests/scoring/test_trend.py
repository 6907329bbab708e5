"""A series of results: what changed since the first and between neighbours, and what has held."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

from carecoord.errors import AnswerError, UnknownIdError
from carecoord.scoring import Result, ScoreTrend, Trend, read_instrument, score, trend

SCALE = """
id = "days"
title = "An invented scale of {direction} is worse"
measures = "calm"
respondent = "self"
population = "adults"
permission = "free"
evidence = "one-source"
items = [{{ n = 1, label = "calm", values = [0, 5, 10, 15, 20] }}, {{ n = 2, label = "rest", values = [0, 1] }}]
[[scores]]
id = "total"
value = "q1 + q2"
range = [0, 21]
worse = "{direction}"
bands = [{{ low = 0, high = 9, label = "few" }}, {{ low = 10, high = 21, label = "many" }}]
[[scores]]
id = "kind"
value = "'some' if q1 >= 10 else 'none'"
values = ["none", "some"]
worse = "neither"
[[change]]
kind = "remission"
score = "total"
when = "after < 6"
source = "invented"
[[change]]
kind = "minimal-difference"
score = "total"
when = "improvement >= 5"
size = "small"
source = "invented"
[[change]]
kind = "minimal-difference"
score = "total"
when = "improvement >= 10"
size = "large"
source = "invented"
evidence = "unverified"
[[change]]
kind = "response"
score = "total"
when = "percent_improvement >= 50"
source = "invented"
[[sources]]
cite = "invented"
"""
WORSE_HIGHER = read_instrument(SCALE.format(direction="higher"))
WORSE_LOWER = read_instrument(SCALE.format(direction="lower"))
START = date(2026, 1, 5)


def result(value: int | None) -> Result:
    """Give a result with this total; `None`: only the first answer, 0, is there."""
    return score(WORSE_HIGHER, [0, None] if value is None else [value - value % 5, value % 5])


def weekly(*values: int | None) -> ScoreTrend:
    """Give the trend of a reading a week."""
    return trend((START + timedelta(weeks=week), result(value)) for week, value in enumerate(values))["total"]


def test_readings_are_put_in_order_of_time() -> None:
    """The order in which results are given is nothing."""
    pairs = [(date(2026, 3, 1), result(5)), (date(2026, 1, 1), result(20)), (date(2026, 2, 1), result(10))]
    readings = trend(pairs)["total"].readings
    assert [(one.on.month, one.value, one.band) for one in readings] == [
        (1, 20, "many"),
        (2, 10, "many"),
        (3, 5, "few"),
    ]


def test_every_reading_is_compared_with_the_first_and_with_its_neighbour() -> None:
    """Points run from the first reading in one column and from the one before in the other."""
    fell = weekly(20, 11, 15)
    assert [step.change.points for step in fell.since_first] == [0, -9, -5]
    assert [step.change.points for step in fell.steps] == [-9, 4]
    assert [step.days for step in fell.since_first] == [0, 7, 14]
    assert [(step.since, step.on) for step in fell.steps] == [
        (START, START + timedelta(days=7)),
        (START + timedelta(days=7), START + timedelta(days=14)),
    ]
    assert fell.overall is not None
    assert (fell.overall.percent_improvement, fell.overall.outcome("minimal-difference")) == (25, True)
    assert fell.overall.outcome("response") is False


def test_the_first_known_reading_is_what_later_ones_are_judged_against() -> None:
    """A first form that could not be scored is shown, and is no baseline."""
    later = weekly(None, 20, 5)
    assert [one.value for one in later.readings] == [None, 20, 5]
    assert [step.change.before for step in later.since_first] == [20, 20]
    assert [step.change.points for step in later.steps] == [None, -15]


def test_nothing_known_is_no_change() -> None:
    """A series without a known score has readings and says nothing of change."""
    blank = weekly(None, None)
    assert (blank.overall, blank.best, blank.worst, blank.since_first) == (None, None, None, ())
    assert blank.sustained("remission").met is None
    assert blank.sustained("remission").because == "no reading is known"


def test_best_and_worst_follow_the_direction() -> None:
    """Lowest is best where higher is worse; the earliest of equals is named."""
    turn = weekly(10, 5, 20, 5, None)
    assert turn.best is not None
    assert turn.worst is not None
    assert (turn.best.on, turn.worst.value) == (START + timedelta(weeks=1), 20)
    up = trend((START + timedelta(weeks=at), score(WORSE_LOWER, [value, 0])) for at, value in enumerate((10, 5, 20)))
    best, worst = up["total"].best, up["total"].worst
    assert best is not None
    assert worst is not None
    assert (best.value, worst.value) == (20, 5)


def test_higher_is_better_is_an_improvement_when_it_rises() -> None:
    """The published rules follow the direction of the score."""
    up = trend([(START, score(WORSE_LOWER, [5, 0])), (START + timedelta(weeks=6), score(WORSE_LOWER, [15, 0]))])
    overall = up["total"].overall
    assert overall is not None
    assert (overall.points, overall.improvement, overall.direction, overall.percent_improvement) == (
        10,
        10,
        "better",
        200,
    )
    assert up["total"].sustained("response").met is True
    assert "(+10, better)" in up.explain()


@pytest.mark.parametrize(
    ("values", "weeks", "met", "readings", "days"),
    [
        ((20, 5, 5, 0), 2, True, 3, 14),
        ((20, 5, 5, 0), 2.1, False, 3, 14),
        ((20, 5, 10, 0), 1, False, 1, 0),
        ((20, 5, 5, 10), 0, False, 0, 0),
        ((20, 10, 5), 0, True, 1, 0),
        ((5, 5, 5), 2, True, 3, 14),
        ((20, 5, None, 0), 2, True, 3, 14),
    ],
)
def test_remission_sustained(
    values: tuple[int | None, ...], weeks: float, met: bool, readings: int, days: float
) -> None:
    """It counts from the first reading of the unbroken run to the last reading."""
    held = weekly(*values).sustained("remission", weeks=weeks)
    assert (held.met, held.readings, held.days) == (met, readings, days)
    assert (held.since is None) is (readings == 0)


def test_a_refused_reading_holds_where_no_missing_answer_could_change_it() -> None:
    """0 and a blank make 0 or 1 at most: below 6 whatever the answer is, so remission is not interrupted."""
    held = weekly(20, 5, None, 0).sustained("remission", weeks=2)
    assert (held.met, held.readings) == (True, 3)


def reading(first: int | None, second: int | None) -> Result:
    """Give a result of two answers."""
    return score(WORSE_HIGHER, [first, second])


def test_an_unknown_reading_that_would_decide_makes_it_unknown() -> None:
    """Two weeks are held only if the blank form in between was one of remission."""
    held = trend(
        [
            (START, reading(20, 0)),
            (date(2026, 2, 2), reading(5, 0)),
            (date(2026, 2, 9), reading(None, 0)),
            (date(2026, 2, 16), reading(0, 0)),
        ]
    )["total"]
    assert held.sustained("remission", weeks=2).met is None
    assert held.sustained("remission", weeks=0).met is True
    assert held.sustained("remission", weeks=3).met is False
    assert held.sustained("remission", weeks=2).since == date(2026, 2, 16)


def test_an_unknown_last_reading_is_not_known_to_hold() -> None:
    """What the last form would have said is open, and said to be open."""
    held = trend([(START, reading(5, 0)), (date(2026, 2, 2), reading(None, 0))])["total"].sustained("remission")
    assert (held.met, held.since, held.readings) == (None, None, 0)
    assert held.because == "the last reading, 2026-02-02, is not known to meet remission"


def test_size_picks_one_of_several_rules() -> None:
    """The small difference has held since the second reading, the large one only at the third."""
    fell = weekly(20, 15, 10)
    assert fell.sustained("minimal-difference", size="small").readings == 2
    assert fell.sustained("minimal-difference", size="large").readings == 1
    assert fell.sustained("minimal-difference").readings == 2


def test_a_kind_without_a_rule_is_unknown() -> None:
    """Nothing is claimed where nothing is published."""
    assert weekly(20, 0).sustained("recovery").met is None


def test_explain_says_what_held_since_when_and_by_whose_rule() -> None:
    """A line a score and a line a rule that is met, with its source and how far it was checked."""
    text = trend((START + timedelta(weeks=at), result(value)) for at, value in enumerate((20, 5, 5))).explain()
    assert text.splitlines() == [
        "An invented scale of higher is worse (days): 3 readings, 2026-01-05 to 2026-01-19 (2 weeks).",
        "total: 20, 5, 5 (-15, better)",
        "  remission at 2 readings from 2026-01-12 to 2026-01-19, 1 weeks (invented)",
        "  small minimal-difference at 2 readings from 2026-01-12 to 2026-01-19, 1 weeks (invented)",
        "  large minimal-difference at 2 readings from 2026-01-12 to 2026-01-19, 1 weeks (invented, unverified)",
        "  response at 2 readings from 2026-01-12 to 2026-01-19, 1 weeks (invented)",
    ]


def test_explain_names_unknown_readings() -> None:
    """A reading that was refused keeps its place; two readings are a span."""
    two = trend([(START, result(20)), (START + timedelta(weeks=1), result(None))])
    lines = two.explain().splitlines()
    assert lines[:2] == [
        "An invented scale of higher is worse (days): 2 readings, 2026-01-05 to 2026-01-12 (1 weeks).",
        "total: 20, unknown",
    ]
    neither = trend([(START, result(None)), (START + timedelta(weeks=1), result(None))])
    assert neither.explain().splitlines()[1] == "total: unknown, unknown"


def test_one_reading_is_a_series() -> None:
    """One result has no change to speak of; a rule about where it stands may hold at it."""
    one = trend([(START, result(5))])
    overall = one["total"].overall
    assert overall is not None
    assert (overall.points, one["total"].steps, one["total"].sustained("remission").met) == (0, (), True)
    assert one.explain().splitlines()[:2] == [
        "An invented scale of higher is worse (days): 1 reading, 2026-01-05.",
        "total: 5",
    ]


def test_categories_are_left_out_and_unknown_scores_are_named() -> None:
    """The series holds the numeric scores; asking for another gives the nearest name."""
    series = trend([(START, result(5))])
    assert list(series) == ["total"]
    assert len(series) == 1
    with pytest.raises(UnknownIdError, match="total"):
        series["totl"]


MOMENT = datetime(2026, 1, 5, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        ([], "at least one result"),
        ([(START, result(5)), (START, result(0))], "two results at 2026-01-05"),
        ([(START, result(5)), (MOMENT, result(0))], "cannot be mixed"),
        ([("2026-01-05", result(5))], "cannot be mixed"),
        ([(datetime(2026, 1, 5, 9), result(5))], "without a zone"),  # noqa: DTZ001
        ([(START, result(5)), (MOMENT.date() + timedelta(1), score("phq-9", [0] * 10))], "several definitions"),
    ],
)
def test_what_is_no_series_is_refused(pairs: Any, message: str) -> None:
    """The error says what is wrong and names no person."""
    with pytest.raises(AnswerError, match=message):
        trend(pairs)


def test_moments_are_counted_to_the_hour() -> None:
    """By the moment, a half day is a half day."""
    series: Trend = trend([(MOMENT, result(5)), (MOMENT + timedelta(hours=12), result(0))])
    assert series["total"].sustained("remission").days == 0.5


@given(st.lists(st.sampled_from([0, 5, 10, 15, 20, None]), min_size=1, max_size=8), st.integers(0, 8))
def test_what_has_held_is_what_the_readings_say(values: list[int | None], weeks: int) -> None:
    """Without unknown readings it is met exactly if the last weeks + 1 readings, a week apart, all meet the rule."""
    series = weekly(*values)
    known = [value for value in values if value is not None]
    held = series.sustained("remission", weeks=weeks)
    if known and known == values:
        last = known[-(weeks + 1) :]
        assert held.met is (len(last) == weeks + 1 and all(value < 6 for value in last))
    assert series.sustained("remission", weeks=weeks + 1).met is not True or held.met is True
