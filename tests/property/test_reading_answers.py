"""Answers are read the short way where they are plain; what comes out is what the careful way gives."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from carecoord.errors import AnswerError
from carecoord.scoring import Item, instrument, instruments, read_instrument
from carecoord.scoring._engine import Engine

ODD: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, False, "2", 2.7, 2.0, float("nan"), float("inf"), -1, 10**6, [], "23:59", time(7, 5)]
)
"""Answers that are right for few items or none, among them those that are equal to a right one."""

TIMED = """
id = "times"
title = "An invented form of times and measurements"
measures = "reading"
respondent = "self"
population = "adults"
permission = "free"
evidence = "two-sources"
items = [
  { n = 1, id = "bed", label = "bed time", time = true },
  { n = 2, id = "weight", label = "weight", min = 1, max = 200 },
  { n = 3, id = "steps", label = "steps", min = 0, max = 9, whole = true },
  { n = 4, label = "often", values = [0, 1, 2] },
  { n = 5, label = "often, if at all", values = { 0 = 0, 1 = 3, 9 = "missing" }, asked_when = "q4 >= 1" },
]
[[scores]]
id = "late"
value = "minutes_between(code(bed), bed) + code(weight) - code(weight) + steps * 0"
range = [0, 1439]
[[scores]]
id = "total"
value = "code(q5) + q4 + prorate(q4, q5)"
range = [0, 16]
[[sources]]
cite = "invented"
"""


def answers_to(item: Item) -> st.SearchStrategy[Any]:
    """Give answers to an item: mostly right ones."""
    if item.time:
        right: st.SearchStrategy[Any] = st.times().map(lambda moment: moment.strftime("%H:%M"))
    elif item.codes:
        right = st.sampled_from(list(item.codes))
    else:
        right = st.floats(item.low, item.high) | st.integers(int(item.low or 0), int(item.high or 0))
    return st.one_of(right, right, right, st.none(), ODD)


def outcome(engine: Engine, answers: list[Any], respondent: dict[str, Any] | None) -> Any:
    """Give what scoring gives, or its faults."""
    try:
        row, given, used, _, codes = engine.run(answers, respondent)
    except AnswerError as error:
        return error.faults
    return row, given, used, codes


def assert_same(engine: Engine, answers: list[Any]) -> None:
    """Compare the two ways: an empty respondent takes the careful one."""
    assert repr(outcome(engine, answers, None)) == repr(outcome(engine, answers, {}))


@given(st.data())
@settings(max_examples=1000)
def test_an_invented_form_is_read_alike(data: st.DataObject) -> None:
    """Times, measurements, codes and blanks, right or wrong, are read alike both ways."""
    engine = read_instrument(TIMED).engine
    assert_same(engine, [data.draw(answers_to(item)) for item in engine.instrument.items])


@pytest.mark.parametrize("name", instruments())
def test_every_instrument_is_read_alike(name: str) -> None:
    """No instrument of the catalogue reads its answers otherwise than with care."""
    engine = instrument(name).engine

    @given(st.data())
    @settings(max_examples=3)
    def check(data: st.DataObject) -> None:
        assert_same(engine, [data.draw(answers_to(item)) for item in engine.instrument.items])

    check()
