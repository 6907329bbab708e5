"""What may be compared with what, and what is refused because it can never be true."""

from __future__ import annotations

import pytest

from carecoord.rules import HostCall, Kind, parse
from carecoord.rules._nodes import And, Comparison, Constant, Member
from tests.rules.words import ITEM, Q1, WORDS, read_with, refusal


def test_chains_are_pairs_joined_by_and() -> None:
    """`1 < q1 <= 3` is two comparisons that share their middle; `in` may end a chain, and `is` is refused."""
    assert parse("0 < q1 <= 3", WORDS).node == And(
        (Comparison("<", Constant(0), Q1), Comparison("<=", Q1, Constant(3)))
    )
    assert parse("0 < q1 < q2 < 3", WORDS).node == parse("(0 < q1 and q1 < q2 and q2 < 3)", WORDS).node
    assert parse("0 < q1 in (1, 2)", WORDS).node == And((Comparison("<", Constant(0), Q1), Member(Q1, (1, 2))))
    assert "`in` stands last" in refusal("q1 in (1, 2) == yes").message
    assert str(parse("count(0 < items <= 2)", WORDS)) == (
        "count(0 < q1 and q1 <= 2, 0 < q2 and q2 <= 2, 0 < q3 and q3 <= 2)"
    )


def test_each_part_of_a_chain_is_read_once() -> None:
    """Or a nest of chains would take as long as it likes."""
    calls: list[str] = []

    def watched(call: HostCall) -> Kind:
        calls.append(call.text)
        return ITEM

    read_with(watched, "0 < f(q1) < 3")
    assert calls == ["f(q1)"]


@pytest.mark.parametrize(
    ("text", "message", "column"),
    [
        ("q1 in (1, 7)", "q1 == 7 can never be true: it lies in 0 to 3", 11),
        ("count(items in (4,)) > 0", None, 0),
        ("count(items in (1, 5)) > 0", "can never be true", 20),
        ("q1 not in (4,)", "can never be true", 12),
        ("sex in ('female', 'other')", "it is one of female, male", 19),
        ("q1 in ('a',)", "text is wanted, found number", 1),
        ("sex in (1,)", "number is wanted, found text", 1),
        ("q1 in (yes,)", "`in` wants numbers or texts", 7),
        ("q1 in ()", "`in` wants a list of values", 7),
        ("q1 in 3", "`in` wants a list of values", 7),
        ("q1 in items", "`in` wants a list of values", 7),
        ("q1 in (q2, 1)", "`in` wants numbers or texts", 7),
        ("q1 in (1, 'a')", "all of one kind", 7),
        ("q1 in (1 + 1, 3)", "`in` wants numbers or texts", 7),
        ("items in (9,)", "can never be true", 11),
        ("agrees in ('a',)", "text is wanted, found yes/no", 1),
        ("q1 in [-1, 2]", "q1 == -1 can never be true", 8),
        ("note in ('any', 'thing')", None, 0),
        ("q1 in (1, 1.0)", None, 0),
    ],
)
def test_membership(text: str, message: str | None, column: int) -> None:
    """Each choice must be possible, for at least one member of a list; all are constants of the value's kind."""
    if message is None:
        assert parse(text, WORDS).type == "yes/no"
        return
    error = refusal(text)
    assert message in error.message
    assert error.column == column


@pytest.mark.parametrize(
    ("text", "possible"),
    [
        ("q1 > 3", False),
        ("q1 >= 3", True),
        ("q1 < 0", False),
        ("q1 <= 0", True),
        ("q1 == 4", False),
        ("q1 == 2.5", False),
        ("q1 == 2.0", True),
        ("q1 != 1", True),
        ("hours == 2.5", True),
        ("hours == q1", True),
        ("hours < 0.5", False),
        ("0 < 1", True),
        ("1 < 0", False),
        ("2 == 2.0", True),
        ("q1 + 0.5 == 2", True),
        ("q1 != q1", True),
        ("sex == 'x'", False),
        ("sex != 'x'", True),
        ("note == 'x'", True),
        ("sex == note", True),
        ("agrees == yes", True),
        ("yes == no", False),
        ("yes != yes", False),
        ("born == born", True),
        ("bed < bed", True),
        ("count(items >= 4) >= 1", True),
        ("count(items >= 5) >= 1", False),
        ("('a' if agrees else 'b') == 'c'", False),
        ("lookup(q1, t) > 2", False),
        ("lookup(q1, t) >= 2", True),
        ("round(hours / 7) > 3", False),
        ("round(hours / 7) >= 3", True),
        ("items > 3", None),
        ("0 < q1 < 9 < q2", False),
    ],
)
def test_a_comparison_must_be_possible(text: str, possible: bool | None) -> None:
    """What can never be true is a slip of the pen; in a list it is one only where it holds for every member."""
    if possible:
        assert parse(text, WORDS).type == "yes/no"
    else:
        assert ("can never be true" in refusal(text).message) is (possible is False)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("q1 == 'x'", "number is compared with text"),
        ("sex == yes", "text is compared with yes/no"),
        ("bed > 400", "time is compared with number"),
        ("born < bed", "date is compared with time"),
        ("sex < 'male'", "text is compared with == or != only"),
        ("agrees >= no", "yes/no is compared with == or != only"),
        ("born + 1", "number is wanted, found date"),
        ("agrees + 1", "write count(...) or 1 if ... else 0"),
        ("sex + 1", "number is wanted, found text"),
        ("agrees and q1", "yes/no is wanted, found number"),
        ("sex or agrees", "yes/no is wanted, found text"),
        ("not sex", "yes/no is wanted, found text"),
        ("q1 if q2 else q3", "yes/no is wanted, found number"),
        ("q1 if agrees else sex", "number is wanted, found text"),
        ("bed if agrees else 5", "time is wanted, found number"),
        ("sum(agrees)", "number is wanted, found yes/no"),
        ("count(q1)", "yes/no is wanted, found number"),
        ("any(q1 > 1, sex)", "yes/no is wanted, found text"),
        ("round(sex)", "number is wanted, found text"),
        ("abs(agrees)", "number is wanted, found yes/no"),
        ("minutes_between(bed, q1)", "time is wanted, found number"),
        ("coalesce(q1, sex)", "number is wanted, found text"),
        ("lookup(agrees, t)", "number is wanted, found yes/no"),
        ("clip(q1, 0, sex)", "number is wanted, found text"),
        ("max(bed, bed)", "number is wanted, found time"),
        ("-born", "number is wanted, found date"),
    ],
)
def test_kinds_must_fit(text: str, message: str) -> None:
    """Yes/no, text, times and dates are no numbers, nor each other."""
    assert message in refusal(text).message
