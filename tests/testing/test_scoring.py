# ruff: noqa: E501 - definitions are read a line each
"""Strategies for answers and respondents, and that the laws find what is wrong with an instrument."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from hypothesis import find, given, settings, strategies as st

from carecoord.rules import Bounds, Expression, Kind, Vocabulary, parse
from carecoord.scoring import Instrument, instrument, read_instrument, score
from carecoord.testing import BrokenLaw, LawError, answers, check_instrument, respondents
from carecoord.testing._slopes import slopes, treats_blanks
from tests.scoring.definitions import CALM, scale

CALM_6 = read_instrument(CALM)
IDS = ("phq-9", "assist-v3", "psqi", "kccq-12", "cssrs-screener", "audit")


@pytest.mark.parametrize("id", IDS)
def test_answers_are_taken_by_the_instrument(id: str) -> None:
    """Whatever is drawn can be scored, blanks and respondents included."""

    @settings(max_examples=20)
    @given(answers(id, missing=None), respondents(id))
    def scored(drawn: list[Any], known: Any) -> None:
        assert len(drawn) == len(instrument(id).items)
        score(id, drawn, respondent=known)

    scored()


@given(answers("phq-9"))
def test_no_answer_is_left_out_unless_asked_for(drawn: list[Any]) -> None:
    """The default has no blanks."""
    assert None not in drawn


@given(answers("phq-9", missing=1))
def test_all_answers_can_be_left_out(drawn: list[Any]) -> None:
    """A share of 1 leaves nothing."""
    assert drawn == [None] * 10


def test_the_share_of_blanks_is_kept_roughly() -> None:
    """Over many draws about a fifth of the answers are missing."""
    blanks: list[bool] = []

    @settings(max_examples=200, database=None, derandomize=True)
    @given(answers("assist-v3", missing=0.2))
    def count(drawn: list[Any]) -> None:
        blanks.extend(answer is None for answer in drawn)

    count()
    assert 0.1 < sum(blanks) / len(blanks) < 0.35


@settings(max_examples=30)
@given(answers(CALM_6, consistent=True, missing=0.2))
def test_consistent_answers_keep_the_skip_rules(drawn: list[Any]) -> None:
    """What is not asked is not answered."""
    assert score(CALM_6, drawn).inconsistent == ()


def test_inconsistent_answers_are_drawn_too() -> None:
    """Unless they are asked to be consistent, answers may break the skip rules."""
    drawn = find(answers(CALM_6), lambda one: score(CALM_6, one).inconsistent != ())
    assert drawn == [0, 0, 0, 0, 1, 1]


@settings(max_examples=30)
@given(answers(CALM_6))
def test_measurements_lie_in_their_range(drawn: list[Any]) -> None:
    """Whole where they are to be."""
    assert type(drawn[3]) is int
    assert 0 <= drawn[3] <= 99


def test_clock_times_and_measurements_are_drawn_as_they_are_given() -> None:
    """Times as text, measurements to the hundredth."""
    slept = scale(
        'id = "slept"\nvalue = "minutes_between(q1, q2)"\nrange = [0, 1439]',
        'id = "weight"\nvalue = "q3"\nrange = [30, 200]',
        items='{ n = 1, label = "to bed", time = true }, { n = 2, label = "up", time = true }, { n = 3, label = "weight", min = 30, max = 200 }',
    )
    assert find(answers(slept), lambda one: one[0] >= "22:00" and one[2] > 70) == ["22:00", "00:00", 70.01]
    check_instrument(slept, examples=20)


def test_respondents_have_what_the_rules_ask_for() -> None:
    """Facts of the instrument's own context, and texts that its rules compare."""
    asks = scale(
        'id = "total"\nvalue = "q1"\nrange = [0, 3]\n'
        'cutoffs = [{ when = "score >= 2", for = "setting in (\'prison\', \'ward\') and works", meaning = "m", source = "s" },\n'
        '{ when = "score >= 2", for = "stage == \'first\' or setting == \'home\'", meaning = "m", source = "s" }]',
        rest='[context]\nworks = "yes/no"\nstage = ["first", "later"]\nweight = "number"',
    )
    known = find(
        respondents(asks), lambda one: one.get("setting") == "ward" and one.get("works") is True and "stage" in one
    )
    assert dict(known) == {"setting": "ward", "works": True, "stage": "first"}
    assert find(respondents(asks), lambda one: one.get("setting") == "home")
    assert find(respondents(asks), lambda one: one.get("setting") == "somewhere else")
    assert find(respondents(asks), lambda one: one.get("weight", 0) > 100)["weight"] == 101


def broken(found: Instrument, examples: int = 50) -> dict[str, str]:
    """Give the broken laws of an instrument, each with what was found."""
    with pytest.raises(LawError) as caught:
        check_instrument(found, examples=examples)
    assert caught.value.name == found.id
    return dict(caught.value.broken)


def test_a_sound_instrument_passes() -> None:
    """Nothing is said of what keeps every law."""
    check_instrument(CALM_6)


def test_an_example_that_does_not_come_out_is_told() -> None:
    """With what came out instead: scores, bands, flags, what is unscored, and answers that are not taken."""
    wrong = CALM.replace("total = 2 }", "total = 3, help-sought = 1 }").replace(
        '"calm" }\nflags = []', '"not calm" }\nflags = ["alarm"]'
    )
    wrong = wrong.replace('unscored = ["help-sought"]', 'unscored = ["total"]')
    more = '\n[[examples]]\nanswers = "3 1 - 12 9 1"\nscores = { total = 2 }\nbands = {}\nsource = "x"\n'
    text = wrong.replace("[[sources]]", more + more.replace("12", "x") + more.replace("12 9", "12 8") + "[[sources]]")
    with pytest.raises(LawError) as caught:
        check_instrument(read_instrument(text), examples=1)
    assert [one.message for one in caught.value.broken] == [
        "$.examples[0]: total is 2, the example says 3",
        "$.examples[0]: help-sought is None, the example says 1",
        "$.examples[0]: total is in band calm, the example says not calm",
        "$.examples[0]: total is scored, the example says it cannot be",
        "$.examples[0]: flags raised: none; the example says alarm",
        "$.examples[2]: item 4 (alarms a day): 'x' is no answer here, wanted a whole number from 0 to 99",
        "$.examples[3]: item 5 (help): 8 is no answer here, wanted 1, 2, 3 or 9",
    ]
    assert {one.law for one in caught.value.broken} == {"worked examples come out"}


def test_ends_that_no_answers_reach_are_told() -> None:
    """Where the loader can only estimate, the laws look."""
    found = scale(
        'id = "odd"\nvalue = "q1 - q1 + q2"\nrange = [-3, 6]',
        'id = "level"\nvalue = "\'both\' if q1 == 0 and q1 == 3 else \'one\'"\nvalues = ["one", "both"]',
    )
    assert broken(found) == {"each end and category can be reached": "level never is both"} | {
        "each end and category can be reached": "level never is both"
    }
    with pytest.raises(LawError) as caught:
        check_instrument(found, examples=1)
    assert [one.message for one in caught.value.broken] == ["odd never is -3", "odd never is 6", "level never is both"]


def test_values_beyond_the_range_are_told_with_the_smallest_answers() -> None:
    """The example is shrunk, so that a reader sees what matters."""
    found = scale('id = "odd"\nvalue = "q1 + 2 * q2 - q1"\nrange = [0, 3]')
    laws = broken(found)
    assert laws["a value within its range, and a band or a reason"] == (
        "odd: 4 is outside 0 to 3, with the answers [0, 2, 0]"
    )


def tampered(**methods: Any) -> Instrument:
    """Give the calm scale with an engine that does something else."""
    found = read_instrument(CALM)
    for name, method in methods.items():
        setattr(found.engine, name, method)
    return found


def test_an_engine_that_disagrees_with_the_rules_is_told() -> None:
    """The compiled functions are held against the rules."""
    right = CALM_6.engine
    found = tampered(
        complete=lambda *facts: (right.complete(*facts)[0] + 5, *right.complete(*facts)[1:]),
    )
    laws = broken(found)
    assert "interpreted" in laws["compiled rules are the rules"]
    assert "is outside 0 to 9" in laws["a value within its range, and a band or a reason"]
    assert "the example says" not in laws.get("worked examples come out", "")


def test_a_band_that_is_not_the_values_own_is_told() -> None:
    """The band with the greatest low end not above the value."""
    right = CALM_6.engine

    def wrong(*facts: Any) -> tuple[Any, ...]:
        row = list(right.complete(*facts))
        row[1] = 1 - row[1]
        return tuple(row)

    laws = broken(tampered(complete=wrong))
    assert laws["the band with the greatest low not above the value"] == (
        "total is 3, in band not calm, not in calm, with the answers [0, 0, 0, 0, 1, 1]"
    )


def test_a_score_that_falls_as_an_answer_rises_is_told() -> None:
    """Where the rule can move one way only."""
    right = CALM_6.engine

    def wrong(*facts: Any) -> tuple[Any, ...]:
        row = list(right.complete(*facts))
        row[0] = 9 - row[0]
        return tuple(row)

    assert "total moves from" in broken(tampered(complete=wrong), 500)["raising an answer moves a score its one way"]


def test_bounds_that_leave_out_a_completion_are_told() -> None:
    """What is `possible` must hold what any completion gives, and what is decided must stay so."""

    def wrong(*_: Any) -> dict[str, Any]:
        return {item.name: Bounds.exactly(0) for item in CALM_6.items}

    laws = broken(tampered(possible=wrong), 200)
    assert "which is not within (0, 0)" in laws["every completion is possible"]
    assert "flag alarm: not raised, then raised" in laws["what is decided stays decided"]


def test_a_cut_off_that_turns_is_told() -> None:
    """A cut-off decided on a half-answered form is the same on every completion."""
    found = scale(
        'id = "total"\nvalue = "q1"\nrange = [0, 3]\ncutoffs = [{ when = "score >= 2", meaning = "m", source = "s" }]'
    )
    setattr(found.engine, "possible", lambda *_: {"q1": Bounds.exactly(3)})  # noqa: B010
    assert "total, score >= 2: met, then not met" in broken(found)["what is decided stays decided"]


def test_an_order_that_matters_is_told() -> None:
    """Answers by item are the answers by position."""
    found = scale('id = "first"\nvalue = "q1"\nrange = [0, 3]')
    setattr(found.engine, "by_item", lambda given: [*given.values(), None, None, None][:3])  # noqa: B010
    assert "another result from" in broken(found)["answers come in any order"]


def test_a_silent_refusal_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A score that is not given says why, and so does a missing band."""
    from carecoord.scoring import ScoreResult  # noqa: PLC0415

    monkeypatch.setattr(ScoreResult, "because", "")
    laws = broken(read_instrument(CALM))
    assert "it is not scored, and does not say why" in laws["a value within its range, and a band or a reason"]
    monkeypatch.setattr(ScoreResult, "bands", property(lambda one: {"": None} if one.definition.band_sets else {}))
    laws = broken(read_instrument(CALM))
    assert "it has no band, and does not say why" in laws["a value within its range, and a band or a reason"]


def test_the_error_is_an_assertion_with_a_line_a_law() -> None:
    """Test runners show it as a failed test; it travels between processes."""
    error = LawError("calm-6", [BrokenLaw("a law", "what was found"), BrokenLaw("another", "more")])
    assert isinstance(error, AssertionError)
    assert str(error) == "calm-6: 2 broken laws\n  a law: what was found\n  another: more"
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - made on the line above
    assert (copy.name, copy.broken, str(copy)) == (error.name, error.broken, str(error))
    assert str(LawError("x", [BrokenLaw("a", "b")])) == "x: 1 broken law\n  a: b"


WORDS = Vocabulary(
    names={"a": Kind.number(0, 3), "b": Kind.number(1, 3), "c": Kind.number(-3, 3), "t": Kind.choice(("x", "y"))},
    tables={
        "up": ((0, 1), (1, 2), (2, 2), (3, 5)),
        "down": ((0, 5), (1, 2)),
        "odd": ((0, 1), (1, 2), (2, 0)),
        "said": ((0, "x"), (1, "y")),
    },
)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("a + b - c", {"a": 1, "b": 1, "c": -1}),
        ("a - a", {"a": 0}),
        ("-a", {"a": -1}),
        ("a * b", {"a": 1, "b": 1}),
        ("c * b", {"c": 1, "b": 0}),
        ("c * -2", {"c": -1}),
        ("a / b", {"a": 1, "b": -1}),
        ("a / -b", {"a": -1, "b": 1}),
        ("abs(c)", {"c": 0}),
        ("abs(a)", {"a": 1}),
        ("abs(-b)", {"b": 1}),
        ("round(mean(a, b))", {"a": 1, "b": 1}),
        ("clip(a, c - 3, 2)", {"a": 1, "c": 0}),
        ("lookup(a, up)", {"a": 1}),
        ("lookup(a, down)", {"a": -1}),
        ("lookup(a, odd)", {"a": 0}),
        ("lookup(a, said) == 'x'", {"a": 0}),
        ("3 if a >= 2 else 1 if a >= 1 else 0", {"a": 1}),
        ("0 if a < 2 else 1 if a < 3 else 2", {"a": 1}),
        ("2 if a < 2 else 1", {"a": -1}),
        ("1 if a == 2 else 0", {"a": 0}),
        ("b if a >= 2 else c", {"a": 0, "b": 1, "c": 1}),
        ("count(a >= 2, b > 1, c < 0)", {"a": 1, "b": 1, "c": -1}),
        ("a in (1, 2)", {"a": 0}),
        ("not (a >= 1 and c >= 1)", {"a": -1, "c": -1}),
        ("any(a >= 1, c <= 1) or a > 2", {"a": 1, "c": -1}),
        ("missing(a, b) + answered(c)", {}),
        ("prorate(a, b) + sum(coalesce(c, 0))", {"a": 1, "b": 1, "c": 1}),
    ],
)  # fmt: skip
def test_which_way_a_rule_moves_is_worked_out(rule: str, expected: dict[str, int]) -> None:
    """One way where it can only move one way, else 0."""
    assert dict(slopes(parse(rule, WORDS).node)) == expected


@settings(max_examples=200)
@given(st.data())
def test_a_slope_is_kept_by_every_value(data: st.DataObject) -> None:
    """Raise one fact: a rule with a slope moves that way or not at all."""
    text = data.draw(
        st.sampled_from(
            [
                "a / b",
                "a * b - c",
                "abs(-b) + a",
                "3 if a >= 2 else 1 if a >= 1 else 0",
                "median(a, b, c)",
                "clip(a, 0, 2) - max(b, c)",
            ]
        )
    )
    rule: Expression = parse(text, WORDS)
    row = {"a": data.draw(st.integers(0, 3)), "b": data.draw(st.integers(1, 3)), "c": data.draw(st.integers(-3, 3))}
    name = data.draw(st.sampled_from(rule.names))
    more = {**row, name: data.draw(st.integers(row[name], 3))}
    assert (rule.evaluate(more) - rule.evaluate(row)) * slopes(rule.node)[name] >= 0


@pytest.mark.parametrize(
    ("rule", "treats"),
    [("a + b", False), ("any(a >= 1, b >= 1)", False), ("mean(known(a, b))", True), ("coalesce(a, 0)", True), ("prorate(a, b) > 1", True), ("missing(a) == 0", True)],
)  # fmt: skip
def test_rules_that_do_something_with_blanks_are_known(rule: str, treats: bool) -> None:
    """What they decide may change when a blank is filled."""
    assert treats_blanks(parse(rule, WORDS).node) is treats
