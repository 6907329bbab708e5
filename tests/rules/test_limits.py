"""How much of a rule is read: every limit to the last, and nothing that takes for ever."""

from __future__ import annotations

from typing import Any

import pytest

from carecoord.errors import RuleError
from carecoord.rules import Bounds, Vocabulary, fact, parse, parse_list
from carecoord.rules._nodes import Call, Comparison, Constant, Defined
from tests.rules.words import ITEM, WORDS, refusal


@pytest.mark.parametrize(
    ("fits", "too_many", "message"),
    [
        ("(" * 50 + "q1" + ")" * 50, "(" * 51 + "q1" + ")" * 51, "nested more than 50 levels deep"),
        ("-" * 49 + "q1", "-" * 50 + "q1", "nested more than 50 levels deep"),
        ("q1" + " + q1" * 49, "q1" + " + q1" * 50, "nested more than 50 levels deep"),
        ("no or " * 400 + "no", "no or " * 401 + "no", "more than 400 operators"),
        ("q1" + " " * 3998, "q1" + " " * 3999, "the rule has 4,001 characters, at most 4,000 are read"),
        ("1000000000", "1000000000.5", "can reach beyond 1,000,000,000"),
        ("0 - 1000000000", "0 - 1000000000.5", "can reach beyond 1,000,000,000"),
        ("sum(a.b, 999000000)", "sum(a.b, 999000001)", "can reach beyond 1,000,000,000"),
        ("a.b * 1000", "a.b * 1001", "can reach beyond 1,000,000,000"),
        ("[" * 49 + "q1" + "]" * 49, "[" * 51 + "q1" + "]" * 51, "nested more than 50 levels deep"),
    ],
)
def test_limits_are_kept_to_the_last(fits: str, too_many: str, message: str) -> None:
    """The largest that is read is read, and one more is refused."""
    parse_list(fits, WORDS)
    assert message in refusal(too_many, read=parse_list).message


def test_every_word_and_sign_counts_as_an_operator() -> None:
    """`and or not if in` and every sign count; `else`, names and brackets do not."""
    for operator in (
        "agrees and no",
        "agrees or no",
        "not agrees",
        "1 if no else 1",
        "q1 in (1,)",
        "q1 == 1",
        "q1 - 1",
        "-q1",
    ):
        listed = ",".join([operator] * 134)
        assert "more than 400 operators" in refusal(f"answered({listed}, {', '.join(['q1+1'] * 267)})").message


def nested(levels: int) -> Vocabulary:
    """Make named rules of which each stands on the one before, so many levels deep."""
    node = parse("q1 + 1", WORDS).node
    for place in range(levels):
        node = (
            Defined(f"d{place}", Comparison("==", Call("count", (node,)), Constant(1)))
            if place % 2
            else Defined(f"d{place}", Comparison(">", node, Constant(0)))
        )
    return Vocabulary(names=WORDS.names, definitions={"deep": node})


def test_named_rules_may_not_nest_without_end() -> None:
    """Depth is counted through named rules, so that no walk over a rule runs out of stack."""
    fits = max(levels for levels in range(60) if _reads("answered(deep)", nested(levels)))
    assert 30 < fits < 59
    assert "nested more than 100 levels deep" in refusal("answered(deep)", nested(fits + 1)).message
    rule = parse("answered(deep)", nested(fits))
    assert (rule.node.depth, rule.evaluate({}), rule.compile()({})) == (100, 0, 0)


def _reads(text: str, words: Vocabulary) -> bool:
    try:
        parse(text, words)
    except RuleError:
        return False
    return True


def test_named_rules_may_not_multiply_without_end() -> None:
    """Parts are counted as they would be written out, so that no walk over a rule takes for ever."""
    words = Vocabulary(names=WORDS.names)
    text, place = "agrees or not agrees", 0
    while _reads(text, words):
        words = Vocabulary(names=WORDS.names, definitions={**words.definitions, f"d{place}": parse(text, words).node})
        text, place = f"d{place} or not d{place}", place + 1
    assert place == 12
    assert "more than 20,000 parts" in refusal(text, words).message


def test_broadcasting_has_its_limits() -> None:
    """A list of many in a rule of many signs is refused before it is written out."""
    names = {f"i{place}": ITEM for place in range(1000)}
    words = Vocabulary(names=names, lists={"items": tuple(names)})
    assert parse("answered(" + "items + " * 9 + "items)", words).node.size == 1 + 1000 * 19
    assert "more than 20,000 parts" in refusal("answered(" + "items + " * 20 + "items)", words).message
    assert "more than 20,000 parts" in refusal("sum(items + sum(items + sum(items)))", words).message


def test_what_may_come_is_worked_out_once_a_vocabulary() -> None:
    """Rules that share parts share their ranges, and vocabularies share nothing unless asked to."""
    assert WORDS.ranges is not Vocabulary().ranges
    mine: dict[Any, Bounds] = {}
    words = Vocabulary(names=WORDS.names, ranges=mine)
    parse("q1 + q2 > 3", words)
    assert mine[(fact("q1") + fact("q2")).node].high == 6
    assert Vocabulary(names=WORDS.names) == Vocabulary(names=WORDS.names, ranges=mine)
