"""Why a rule has its value, in plain words and as a tree; and how rules are written back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from carecoord.rules import Expression, Kind, Vocabulary, parse
from carecoord.rules._explain import shown
from carecoord.rules._nodes import (
    And,
    Arithmetic,
    Call,
    Choice,
    Comparison,
    Constant,
    Defined,
    Given,
    Member,
    Name,
    Negative,
    Node,
    Not,
    Or,
)
from carecoord.rules._print import printed, written

ITEM = Kind.number(0, 3, whole=True)
BARE = Vocabulary(
    names={
        **{f"q{place}": ITEM for place in range(1, 6)},
        "total": Kind.number(0, 27, whole=True),
        "mean": Kind.number(0, 3),
        "sex": Kind.choice(("female", "male")),
        "p": Kind.YES_NO,
        "r": Kind.YES_NO,
        "u": Kind.YES_NO,
        "start": Kind.DATE,
        "end": Kind.DATE,
    },
    lists={"items": ("q1", "q2", "q3", "q4", "q5")},
    tables={"t": ((0, "low"), (2, "high"))},
)
WORDS = Vocabulary(
    names=BARE.names,
    lists=BARE.lists,
    tables=BARE.tables,
    definitions={
        "summed": parse("sum(items)", BARE).node,
        "severe": parse("total >= 20", BARE).node,
        "gap": parse("q5 >= 1", BARE).node,
        "guarded": Given(parse("q1 >= 1", BARE).node, parse("total", BARE).node),
        "held": Given(parse("q1 >= 1", BARE).node, parse("p", BARE).node),
    },
)
ROW = {
    "q1": 2,
    "q2": 1,
    "q3": 0,
    "q4": 3,
    "total": 12,
    "mean": 8.666666,
    "sex": "male",
    "p": True,
    "r": False,
    "start": date(2026, 3, 2),
    "end": date(2026, 3, 1),
}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("total >= 10", "total is 12, which is >= 10"),
        ("total >= 20", "total is 12, wanted >= 20"),
        ("q5 >= 1", "q5 is unknown"),
        ("10 <= total", "total is 12, which is >= 10"),
        ("10 < total", "total is 12, which is > 10"),
        ("20 >= total", "total is 12, which is <= 20"),
        ("20 > total", "total is 12, which is < 20"),
        ("12 == total", "total is 12, which is == 12"),
        ("3 != total", "total is 12, which is != 3"),
        ("1 < 2", "2, which is > 1"),
        ("total > q1", "total is 12, which is > q1 (2)"),
        ("total > q5", "total is 12, to be compared: > q5 (unknown)"),
        ("q5 > total", "q5 is unknown"),
        ("q1 + q2 > 2", "q1 + q2 is 3, which is > 2"),
        ("q1 in (1, 2)", "q1 is 2, which is one of 1, 2"),
        ("q1 in (0, 1)", "q1 is 2, wanted one of 0, 1"),
        ("q5 in (0, 1)", "q5 is unknown"),
        ("q1 not in (0, 1)", "q1 is 2, which is not one of 0, 1"),
        ("q1 not in (1, 2)", "q1 is 2, wanted not one of 1, 2"),
        ("sex == 'male'", "sex is male, which is == male"),
        ("sex in ('male',)", "sex is male, which is one of male"),
        ("not total >= 20", "total is 12, which is not >= 20"),
        ("not total >= 10", "total is 12, wanted not >= 10"),
        ("not not total >= 10", "total is 12, which is >= 10"),
        ("p", "p is yes"),
        ("not p", "p is yes"),
        ("not r", "r is no"),
        ("u", "u is unknown"),
        ("total >= 10 and q1 >= 1", "total is 12, which is >= 10; q1 is 2, which is >= 1"),
        ("total >= 10 and q1 >= 3", "q1 is 2, wanted >= 3"),
        ("total >= 10 and q5 >= 3", "q5 is unknown"),
        ("total >= 20 and q5 >= 3", "total is 12, wanted >= 20"),
        ("u and q5 >= 1 and p", "u is unknown; q5 is unknown"),
        ("total >= 20 or q1 >= 1", "q1 is 2, which is >= 1"),
        ("total >= 20 or q1 >= 3", "total is 12, wanted >= 20; q1 is 2, wanted >= 3"),
        ("total >= 20 or q5 >= 3", "q5 is unknown"),
        ("not (total >= 20 or q1 >= 3)", "total is 12, which is not >= 20; q1 is 2, which is not >= 3"),
        ("p or p", "p is yes"),
        ("not (total >= 10 and q1 >= 1)", "total is 12, wanted not >= 10; q1 is 2, wanted not >= 1"),
        ("summed >= 1", "summed is unknown"),
        ("severe", "severe is no (total is 12, wanted >= 20)"),
        ("not severe", "severe is no (total is 12, which is not >= 20)"),
        ("gap", "gap is unknown (q5 is unknown)"),
        ("guarded > 3", "guarded is 12, which is > 3"),
        ("guarded", "guarded is 12"),
        ("held", "held is yes"),
        ("q1 if p else q2", "q1 is 2; p is yes"),
        ("q1 if r else q2", "q2 is 1; r is no"),
        ("1 if total >= 10 else 0", "total is 12, which is >= 10"),
        ("1 if total >= 20 else 0", "total is 12, which is not >= 20"),
        ("q1 if u else q2", "u is unknown, which decides between two values"),
        ("total >= 10 if p else r", "total is 12, which is >= 10; p is yes"),
        ("lookup(q1, t) == 'high'", "lookup(q1, t) is high, which is == high"),
        ("3", "3"),
        ("'abc'", "abc"),
        ("''", "''"),
        ("yes", "yes"),
        ("mean > 1", "mean is 8.67, which is > 1"),
        ("start > end", "start is 2026-03-02, which is > end (2026-03-01)"),
        ("sum(items) > 1", "sum(q1 ... q5) is unknown"),
        ("sum(known(items)) > 1", "sum(known q1 ... q5) is 6, which is > 1"),
        ("sum(known(q1, q2)) > 1", "sum(known q1, q2) is 3, which is > 1"),
        ("sum(q1, q2, q3) > 1", "sum(q1, q2, q3) is 3, which is > 1"),
        ("missing(items) == 1", "missing(q1 ... q5) is 1, which is == 1"),
        ("count(items >= 2) >= 1", "count(q1 >= 2 ... q5 >= 2) is unknown"),
        ("round(prorate(q1, q2)) > 1", "round(prorate(q1, q2)) is 3, which is > 1"),
        ("any(p, r)", "any(p, r) is yes"),
        ("known(q5)", "known(q5) is no"),
        (
            "q1 + q2 + q3 + q4 + " * 6 + "q1 > 3",
            f"{'q1 + q2 + q3 + q4 + ' * 5}q1 + q2 + q3 + q4... is 38, which is > 3",
        ),
    ],
)
def test_sentences(text: str, sentence: str) -> None:
    """What it is, and what was wanted where it failed; unknown says what is missing."""
    assert str(parse(text, WORDS).explain(ROW)) == sentence


def test_the_tree_shows_every_part_with_its_value() -> None:
    """Parts stand below each other in the order written; constants and what stands under `needs` are left out."""
    why = parse("(severe or q1 >= 2) and guarded > q5", WORDS).explain(ROW)
    assert why.tree().splitlines() == [
        "(severe or q1 >= 2) and guarded > q5: unknown",
        "  severe or q1 >= 2: yes",
        "    severe: no",
        "      total >= 20: no",
        "        total: 12",
        "    q1 >= 2: yes",
        "      q1: 2",
        "  guarded > q5: unknown",
        "    guarded: 12",
        "      total where q1 >= 1: 12",
        "    q5: unknown",
    ]
    assert [child.text for child in why.children] == ["severe or q1 >= 2", "guarded > q5"]
    assert (why.value, why.children[0].value, why.sentence) == (None, True, str(why))
    choice = parse("q1 if p else q2", WORDS).explain(ROW)
    assert [(child.text, child.value) for child in choice.children] == [("q1", 2), ("p", True), ("q2", 1)]


def test_a_host_puts_facts_into_its_own_words() -> None:
    """Its words stand for a fact wherever it is met; where it has none, ours do."""

    def describe(name: str, value: Any) -> str | None:
        return f"the {name} of {value} points" if name == "total" else None

    rule = parse("total >= 10 and q1 >= 1 and severe", WORDS)
    assert str(rule.explain(ROW, describe)) == "severe is no (the total of 12 points, wanted >= 20)"
    assert (
        str(parse("total >= 10 and q1 >= 1", WORDS).explain(ROW, describe))
        == "the total of 12 points, which is >= 10; q1 is 2, which is >= 1"
    )
    assert str(parse("q1 > total", WORDS).explain(ROW, describe)) == "q1 is 2, wanted > total (12)"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "unknown"),
        (True, "yes"),
        (False, "no"),
        (12, "12"),
        (0, "0"),
        (-3, "-3"),
        (8.666666, "8.67"),
        (2.0, "2"),
        (2.5, "2.5"),
        (100.0, "100"),
        (0.0, "0"),
        (-0.0, "0"),
        (-0.001, "0"),
        (0.25, "0.25"),
        (12345.678, "12345.68"),
        (999999.5, "999999.5"),
        (1e6, "1000000"),
        (1234567.8, "1234567.8"),
        (-0.126, "-0.13"),
        ("male", "male"),
        ("", "''"),
        (date(2026, 3, 2), "2026-03-02"),
    ],
)
def test_values_in_words(value: Any, words: str) -> None:
    """As people write them."""
    assert shown(value) == words


# writing back

A, B, C = Name("a"), Name("b"), Name("c")
P, Q = Name("p", Kind.YES_NO), Name("q", Kind.YES_NO)
PLUS, MINUS, TIMES, OVER = (Arithmetic(sign, A, B) for sign in ("+", "-", "*", "/"))
LESS, SAME = Comparison("<", A, B), Comparison("==", P, Q)
IF = Choice(P, A, B)


@pytest.mark.parametrize(
    ("node", "text"),
    [
        (Arithmetic("-", MINUS, C), "a - b - c"),
        (Arithmetic("-", C, MINUS), "c - (a - b)"),
        (Arithmetic("+", C, PLUS), "c + (a + b)"),
        (Arithmetic("*", PLUS, C), "(a + b) * c"),
        (Arithmetic("*", C, PLUS), "c * (a + b)"),
        (Arithmetic("/", C, TIMES), "c / (a * b)"),
        (Arithmetic("/", OVER, C), "a / b / c"),
        (Arithmetic("+", TIMES, OVER), "a * b + a / b"),
        (Negative(A), "-a"),
        (Negative(PLUS), "-(a + b)"),
        (Negative(TIMES), "-(a * b)"),
        (Negative(Negative(A)), "-(-a)"),
        (Arithmetic("*", Negative(A), B), "-a * b"),
        (Arithmetic("*", A, Negative(B)), "a * -b"),
        (Arithmetic("-", A, Constant(-3)), "a - -3"),
        (Negative(Call("sum", (A,))), "-sum(a)"),
        (Comparison("<", PLUS, IF), "a + b < (a if p else b)"),
        (Comparison("==", LESS, P), "(a < b) == p"),
        (Comparison("==", P, Not(Q)), "p == (not q)"),
        (Comparison("==", SAME, SAME), "(p == q) == (p == q)"),
        (Member(PLUS, (1,)), "a + b in (1,)"),
        (Member(A, (-1, 2.5)), "a in (-1, 2.5)"),
        (Member(IF, (1, 2)), "(a if p else b) in (1, 2)"),
        (Not(Member(A, (1,))), "not a in (1,)"),
        (Not(LESS), "not a < b"),
        (Not(Not(P)), "not not p"),
        (Not(And((P, Q))), "not (p and q)"),
        (Not(Choice(P, P, Q)), "not (p if p else q)"),
        (And((P, And((P, Q)))), "p and (p and q)"),
        (And((And((P, Q)), P)), "(p and q) and p"),
        (And((Or((P, Q)), LESS)), "(p or q) and a < b"),
        (Or((And((P, Q)), P)), "p and q or p"),
        (Or((P, Or((P, Q)))), "p or (p or q)"),
        (And((Choice(P, P, Q), P)), "(p if p else q) and p"),
        (And((Not(P), Q)), "not p and q"),
        (Or((Not(P), Q)), "not p or q"),
        (Choice(P, IF, A), "(a if p else b) if p else a"),
        (Choice(P, A, IF), "a if p else a if p else b"),
        (Choice(Choice(P, P, Q), A, B), "a if (p if p else q) else b"),
        (Choice(Or((P, Q)), PLUS, B), "a + b if p or q else b"),
        (Choice(P, Or((P, Q)), Q), "p or q if p else q"),
        (Given(P, A), "a where p"),
        (Given(P, IF), "(a if p else b) where p"),
        (Arithmetic("+", IF, A), "(a if p else b) + a"),
        (Call("sum", (A, PLUS, IF)), "sum(a, a + b, a if p else b)"),
        (Call("sum", (A, B), known=True), "sum(known(a, b))"),
        (Call("known", (A,)), "known(a)"),
        (Call("any", (Call("known", (A,)), P)), "any([known(a), p])"),
        (Call("any", (P, Call("known", (A,)))), "any(p, known(a))"),
        (Call("answered", (Call("known", (A,)),)), "answered([known(a)])"),
        (Call("coalesce", (Call("known", (A,)), P)), "coalesce(known(a), p)"),
        (Defined("d", PLUS), "d"),
        (Arithmetic("*", Defined("d", PLUS), A), "d * a"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_rules_are_written_with_the_brackets_they_need(node: Node, text: str) -> None:
    """And with no others."""
    assert printed(node) == text
    assert str(Expression(node)) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "yes"),
        (False, "no"),
        (3, "3"),
        (-3, "-3"),
        (2.0, "2.0"),
        (0.1, "0.1"),
        (1e-7, "0.0000001"),
        (1.5e-10, "0.00000000015"),
        (1e9, "1000000000.0"),
        (-0.25, "-0.25"),
        ("it is", "'it is'"),
        ("it's", '"it\'s"'),
        ('a "b"', "'a \"b\"'"),
        ("", "''"),
    ],
)
def test_constants_are_written_as_they_are_read(value: float | str, text: str) -> None:
    """Numbers without an exponent, texts in the quotes they leave free."""
    assert written(value) == text
    assert parse(text, WORDS).node == Constant(value)
