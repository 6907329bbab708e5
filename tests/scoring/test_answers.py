# ruff: noqa: E501 - answers and what is said of them are read a line each
"""Which answers are taken, in which forms, and what is said of wrong ones."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from datetime import UTC, time
from typing import Any

import pytest

from carecoord.errors import AnswerError, UnknownIdError
from carecoord.scoring import Instrument, Respondent, score, score_many
from tests.scoring.definitions import calm, scale

RIGHT = [0, 1, 2, 5, 1, 4]


def measured() -> Instrument:
    """Give a form of a weight, clock times and text codes."""
    return scale(
        'id = "weight"\nvalue = "q1"\nrange = [30, 200]',
        'id = "slept"\nvalue = "minutes_between(q2, q3)"\nrange = [0, 1439]',
        'id = "level"\nvalue = "q4"\nrange = [0, 3]',
        items="""
    { n = 1, label = "weight", min = 30, max = 200, unit = "kg" },
    { n = 2, label = "to bed", time = true },
    { n = 3, label = "up", time = true },
    { n = 4, label = "level", values = { 0 = 0, 1 = 1, 2 = 2, "3a" = 3, "3b" = 3 } },
    """,
    )


class Eight:
    """A whole number of some other library, as NumPy's are."""

    def __init__(self, value: int) -> None:
        self.value = value

    def __index__(self) -> int:
        return self.value


def faults(found: Instrument, answers: Any, respondent: Any = None) -> list[str]:
    """Give the faults of answers, a line each."""
    with pytest.raises(AnswerError) as caught:
        score(found, answers, respondent=respondent)
    assert caught.value.name == found.id
    return list(map(str, caught.value.faults))


@pytest.mark.parametrize(
    "answers",
    [
        tuple(RIGHT),
        dict(enumerate(RIGHT, 1)),
        dict(zip(["q1", "q2", "q3", "q4", "q5", "q6"], RIGHT, strict=True)),
        dict(zip(["q6", "q5", "alarms_a_day", "q3", "q2", "q1"], RIGHT[::-1], strict=True)),
        dict(zip("123456", RIGHT, strict=True)),
        {1: 0, "q2": 1, "q3": 2, "alarms-a-day": 5, Eight(5): 1, 6: 4},
        list(map(Eight, RIGHT)),
        list(map(float, RIGHT)),
    ],
    ids=["tuple", "numbers", "names", "other names", "numbers as text", "mixed", "other library", "floats"],
)
def test_answers_come_in_many_forms(answers: Any) -> None:
    """By position or by item; whole numbers of other libraries, and 2.0 for 2."""
    assert score(calm(), answers) == score(calm(), RIGHT)


def test_answers_may_come_one_by_one() -> None:
    """From anything that has an order."""
    assert score(calm(), iter(RIGHT)) == score(calm(), (answer for answer in RIGHT)) == score(calm(), RIGHT)  # type: ignore[arg-type]
    assert faults(calm(), iter([0] * 7)) == ["7 answers for 6 items; write None for one that was not answered"]


def test_numbers_of_numpy_are_welcome() -> None:
    """Where NumPy is there, its integers and its double are answers, and its truth is none."""
    numpy = pytest.importorskip("numpy")
    assert score(calm(), numpy.array(RIGHT)) == score(calm(), RIGHT)
    assert score(calm(), numpy.array(RIGHT, dtype="uint8")) == score(calm(), RIGHT)
    assert score(calm(), numpy.array(RIGHT, dtype="float64")) == score(calm(), RIGHT)
    assert len(faults(calm(), numpy.array([True] * 6))) == 6
    assert score(calm(), RIGHT, respondent={"age": numpy.int64(70)}).context["age"] == 70


@pytest.mark.parametrize("blank", [None])
def test_what_a_mapping_leaves_out_is_blank(blank: None) -> None:
    """As is what it gives as None."""
    assert score(calm(), {1: 0, 2: 1}) == score(calm(), [0, 1, blank, blank, blank, blank])
    assert score(calm(), {}).missing == ("q1", "q2", "q3", "alarms_a_day", "q5", "q6")


@pytest.mark.parametrize(
    ("wrong", "shown"),
    [
        (True, "True"), (False, "False"), ("2", "'2'"), (2.7, "2.7"), (4, "4"), (-1, "-1"), (float("nan"), "nan"),
        (float("inf"), "inf"), (10**400, "a number without end"), (-(10**5000), "a number without end"),
        ("x" * 90, "'" + "x" * 39), (b"2", "bytes"), ([2], "list"), ({}, "dict"), (2j, "complex"), (object, "type"),
        (Eight(4), "Eight"),
    ],
    ids=map(str, range(17)),
)  # fmt: skip
def test_wrong_answers_are_refused(wrong: Any, shown: str) -> None:
    """Whatever it is: yes/no, text, part of a number, no number, none of the codes."""
    assert faults(calm(), [0, wrong, 2, 5, 1, 4]) == [f"item 2 (tense): {shown} is no answer here, wanted 0, 1, 2 or 3"]


def test_all_wrong_answers_are_told_at_once() -> None:
    """With what each item wants, and what is wrong about the respondent."""
    assert faults(calm(), [4, None, True, 2.5, 4, "x"], {"age": "old", "sex": "f", "place": 1}) == [
        "item 1 (settled): 4 is no answer here, wanted 0, 1, 2 or 3",
        "item 3 (alarm): True is no answer here, wanted 0, 1, 2 or 3",
        "item 4 (alarms a day): 2.5 is no answer here, wanted a whole number from 0 to 99",
        "item 5 (help): 4 is no answer here, wanted 1, 2, 3 or 9",
        "item 6 (overall): 'x' is no answer here, wanted 1, 2, 3, 4 or 5",
        "respondent 'place': nothing in calm-6 is called so; known are age, sex, informant, setting",
        "respondent age: 'old' was given, wanted a number from 0 to 130",
        "respondent sex: 'f' was given, wanted one of female, male",
    ]


@pytest.mark.parametrize("number", [-1, 100, 1e99, True, "5", float("nan"), float("-inf")])
def test_measurements_outside_their_range_are_refused(number: Any) -> None:
    """The range is that of the definition, both ends included."""
    assert faults(calm(), [0, 1, 2, number, 1, 4])[0].endswith("wanted a whole number from 0 to 99")
    assert score(calm(), [0, 1, 2, 99, 1, 4]).item_scores["alarms_a_day"] == 99


def test_measurements_may_have_decimals_and_a_unit() -> None:
    """72.5 kg is an answer, 29.9 is not."""
    assert score(measured(), [72.5, None, None, None])["weight"].value == 72.5
    assert score(measured(), [30, None, None, None])["weight"].value == 30
    assert faults(measured(), [29.9, None, None, None]) == [
        "item 1 (weight): 29.9 is no answer here, wanted a number from 30 to 200 kg"
    ]


@pytest.mark.parametrize(
    ("bed", "up", "minutes"),
    [("23:30", "07:00", 450), ("0:15", "6:45", 390), ("07:00", "07:00", 0), ("00:00", "23:59", 1439)],
)
def test_clock_times_are_read(bed: str, up: str, minutes: int) -> None:
    """From one to the next, over midnight."""
    assert score(measured(), [None, bed, up, None])["slept"].value == minutes
    clock = [time.fromisoformat(text.zfill(5)) for text in (bed, up)]
    assert score(measured(), [None, *clock, None]) == score(measured(), [None, bed, up, None])


def test_seconds_of_a_clock_time_are_dropped() -> None:
    """Times are to the minute."""
    assert score(measured(), [None, time(23, 30, 59), time(7), None])["slept"].value == 450


@pytest.mark.parametrize(
    "wrong",
    [
        "24:00",
        "7:5",
        "7.30",
        "07:60",
        "7",
        "",
        ":30",
        "007:30",
        "07:30:00",
        "\u0660\u0667:\u0663\u0660",
        730,
        7.5,
        True,
        time(7, tzinfo=UTC),
        ("7", "30"),
    ],
)
def test_what_is_no_clock_time_is_refused(wrong: Any) -> None:
    """Hours and minutes of the day as digits, without a zone."""
    assert faults(measured(), [None, wrong, "07:00", None])[0].endswith("is no answer here, wanted a time as 07:30")


def test_codes_may_be_text() -> None:
    """Where one code is text all are; a number is then no answer."""
    assert [score(measured(), [None, None, None, code])["level"].value for code in ("0", "2", "3a", "3b")] == [
        0,
        2,
        3,
        3,
    ]
    assert faults(measured(), [None, None, None, 2]) == [
        "item 4 (level): 2 is no answer here, wanted 0, 1, 2, 3a or 3b"
    ]
    assert faults(measured(), [None, None, None, True])


@pytest.mark.parametrize("answers", [[0] * 5, [0] * 7, []], ids=["5", "7", "0"])
def test_the_number_of_answers_must_fit(answers: Any) -> None:
    """One an item."""
    (fault,) = faults(calm(), answers)
    assert fault.endswith("answers for 6 items; write None for one that was not answered")


@pytest.mark.parametrize(
    "answers", ["012301", b"012301", bytearray(6), 5, None, {0, 1, 2, 3, 4, 5}, frozenset((1,))], ids=map(str, range(7))
)
def test_what_has_no_order_is_refused(answers: Any) -> None:
    """Text, bytes, sets and single values are no answers."""
    assert faults(calm(), answers) == ["answers come as a list, or by item as a mapping"]


def test_items_that_are_not_there_are_told_with_the_nearest() -> None:
    """Numbers and names; `True` is not item 1, and 2.0 is not item 2."""
    assert faults(calm(), {0: 1, 7: 1, "alarms-a-dey": 1, "7": 1, True: 1, 2.0: 1, None: 1}) == [
        "0: no item here",
        "7: no item here",
        "'alarms-a-dey': no item here, did you mean alarms-a-day?",
        "'7': no item here",
        "True: no item here",
        "2.0: no item here",
        "NoneType: no item here",
    ]


def test_an_item_answered_twice_is_refused() -> None:
    """By two of its names, whatever the answers."""
    assert faults(calm(), {4: 1, "q4": 1, "alarms-a-day": None, 2: 0}) == [
        "item 4: answered twice, by two names",
        "item 4: answered twice, by two names",
    ]


@pytest.mark.parametrize("respondent", [[("age", 70)], 70, "age", {70}])
def test_a_respondent_is_a_mapping(respondent: Any) -> None:
    """Whatever else it is, it is told."""
    assert faults(calm(), RIGHT, respondent) == [
        f"respondent: a mapping by name is wanted, found {type(respondent).__name__}"
    ]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"agee": 1}, "respondent 'agee': nothing in asks is called so, did you mean age?"),
        ({3: 1}, "respondent 3: nothing in asks is called so; known are age, sex, informant, setting, works, stage, weight"),
        ({"age": 131}, "respondent age: 131 was given, wanted a number from 0 to 130"),
        ({"age": -0.5}, "respondent age: -0.5 was given, wanted a number from 0 to 130"),
        ({"age": True}, "respondent age: True was given, wanted a number from 0 to 130"),
        ({"age": float("nan")}, "respondent age: nan was given, wanted a number from 0 to 130"),
        ({"age": 10**5000}, "respondent age: a number without end was given, wanted a number from 0 to 130"),
        ({"works": 1}, "respondent works: 1 was given, wanted True or False"),
        ({"stage": "third"}, "respondent stage: 'third' was given, wanted one of first, later"),
        ({"setting": 1}, "respondent setting: 1 was given, wanted text"),
        ({"weight": "70"}, "respondent weight: '70' was given, wanted a number from -1e+06 to 1e+06"),
    ],
)  # fmt: skip
def test_wrong_facts_about_the_respondent_are_refused(facts: Any, expected: str) -> None:
    """Unknown names, wrong kinds, values outside the range or the list."""
    asks = scale(rest='[context]\nworks = "yes/no"\nstage = ["first", "later"]\nweight = "number"').written
    text = {**asks, "id": "asks"}
    from carecoord.scoring._load import load  # noqa: PLC0415

    assert faults(load(text, "asks"), [0, 0, 0], facts) == [expected]


def test_a_respondent_is_a_value() -> None:
    """Equal by what is known; what is unknown is left out; others may be added."""
    one = Respondent(age=70, sex=None, stage="first")
    assert one == Respondent(stage="first", age=70) == {"age": 70, "stage": "first"}
    assert hash(one) == hash(Respondent(stage="first", age=70))
    whole = {"age": 70, "sex": "male", "informant": "self", "setting": "home", "works": True}
    assert dict(Respondent(**whole)) == whole  # type: ignore[arg-type]
    assert pickle.loads(pickle.dumps(Respondent(**whole))) == whole  # type: ignore[arg-type]  # noqa: S301 - made here
    assert score(calm(), RIGHT, respondent=Respondent(age=70)).context == {"age": 70}


def test_many_rows_give_a_result_or_an_error_each() -> None:
    """A wrong row does not stop the others."""
    rows: Iterator[Any] = iter([RIGHT, [9] * 6, dict(enumerate(RIGHT, 1)), "x"])
    results = list(score_many(calm(), rows))
    assert results[0] == results[2] == score(calm(), RIGHT)
    assert isinstance(results[1], AnswerError)
    assert str(results[3]) == "calm-6: 1 fault\n  answers come as a list, or by item as a mapping"


def test_many_rows_may_have_a_respondent_each() -> None:
    """In the same order, and as many."""
    first, second = score_many("gad-7", [[0] * 8] * 2, respondents=[{"age": 30}, None])
    assert (first.context, second.context) == ({"age": 30}, {})  # type: ignore[union-attr]
    with pytest.raises(ValueError, match="shorter"):
        list(score_many("gad-7", [[0] * 8] * 2, respondents=[None]))


def test_an_unknown_instrument_is_told_before_any_row() -> None:
    """At the call, not when the first result is asked for."""
    with pytest.raises(UnknownIdError, match="there is no instrument 'gad7', did you mean gad-7"):
        score_many("gad7", [])
    with pytest.raises(UnknownIdError, match="there is no instrument 'gad7'"):
        score("gad7", [0])
