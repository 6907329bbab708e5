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
    ("text", "fault"),
    [
        ("q1 in (1, 7)", "column 11: q1 == 7 can never be true: it lies in 0 to 3"),
        ("count(items in (4,)) > 0", None),
        ("count(items in (1, 5)) > 0", "column 20: q1 == 5 can never be true: it lies in 0 to 3"),
        ("q1 not in (4,)", "column 12: q1 == 4 can never be true: it lies in 0 to 3"),
        ("sex in ('female', 'other')", "column 19: sex == 'other' can never be true: it is one of female, male"),
        ("q1 in ('a',)", "column 1: text is wanted, found number"),
        ("sex in (1,)", "column 1: number is wanted, found text"),
        ("q1 in (yes,)", "column 7: `in` wants numbers or texts as they are, all of one kind"),
        ("q1 in ()", "column 7: `in` wants a list of values in brackets"),
        ("q1 in 3", "column 7: `in` wants a list of values in brackets"),
        ("q1 in items", "column 7: `in` wants a list of values in brackets"),
        ("q1 in (q2, 1)", "column 7: `in` wants numbers or texts as they are, all of one kind"),
        ("q1 in (1, 'a')", "column 7: `in` wants numbers or texts as they are, all of one kind"),
        ("q1 in (1 + 1, 3)", "column 7: `in` wants numbers or texts as they are, all of one kind"),
        ("items in (9,)", "column 11: q1 == 9 can never be true: it lies in 0 to 3"),
        ("agrees in ('a',)", "column 1: text is wanted, found yes/no"),
        ("q1 in [-1, 2]", "column 8: q1 == -1 can never be true: it lies in 0 to 3"),
        ("note in ('any', 'thing')", None),
        ("q1 in (1, 1.0)", None),
    ],
)
def test_membership(text: str, fault: str | None) -> None:
    """Each choice must be possible, for at least one member of a list; all are constants of the value's kind."""
    if fault is None:
        assert parse(text, WORDS).type == "yes/no"
    else:
        assert str(refusal(text)) == fault


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("q1 > 3", "column 1: q1 > 3 can never be true: it lies in 0 to 3"),
        ("q1 >= 3", None),
        ("q1 < 0", "column 1: q1 < 0 can never be true: it lies in 0 to 3"),
        ("q1 <= 0", None),
        ("q1 == 4", "column 1: q1 == 4 can never be true: it lies in 0 to 3"),
        ("q1 == 2.5", "column 1: q1 == 2.5 can never be true: it lies in 0 to 3"),
        ("q1 == 2.0", None),
        ("q1 != 1", None),
        ("hours == 2.5", None),
        ("hours == q1", None),
        ("hours < 0.5", "column 1: hours < 0.5 can never be true: it lies in 0.5 to 24"),
        ("0 < 1", None),
        ("1 < 0", "column 1: 1 < 0 can never be true: it lies in 0 to 0"),
        ("2 == 2.0", None),
        ("q1 + 0.5 == 2", None),
        ("q1 != q1", None),
        ("sex == 'x'", "column 1: sex == 'x' can never be true: it is one of female, male"),
        ("sex != 'x'", None),
        ("note == 'x'", None),
        ("sex == note", None),
        ("agrees == yes", None),
        ("yes == no", "column 1: yes == no can never be true"),
        ("yes != yes", "column 1: yes != yes can never be true"),
        ("born == born", None),
        ("bed < bed", None),
        ("count(items >= 4) >= 1", None),
        ("count(items >= 5) >= 1", "column 7: q1 >= 5 can never be true: it lies in 0 to 3"),
        (
            "('a' if agrees else 'b') == 'c'",
            "column 1: ('a' if agrees else 'b') == 'c' can never be true: it is one of a, b",
        ),
        ("lookup(q1, t) > 2", "column 1: lookup(q1, t) > 2 can never be true: it lies in 1 to 2"),
        ("lookup(q1, t) >= 2", None),
        ("round(hours / 7) > 3", "column 1: round(hours / 7) > 3 can never be true: it lies in 0 to 3"),
        ("round(hours / 7) >= 3", None),
        ("0 < q1 < 9 < q2", "column 1: 9 < q2 can never be true: it lies in 0 to 3"),
        ("born < born", None),
        ("bed > 3 * 500", "column 1: time is compared with number"),
        ("sex == 'x' or agrees", "column 1: sex == 'x' can never be true: it is one of female, male"),
        ("1 > note", "column 1: number is compared with text"),
        ("items == 7", "column 1: q1 == 7 can never be true: it lies in 0 to 3"),
        ("sex == 'x' and q1 > 1", "column 1: sex == 'x' can never be true: it is one of female, male"),
        ("1 == 2", "column 1: 1 == 2 can never be true: it lies in 2 to 2"),
        ("4 < q1", "column 1: 4 < q1 can never be true: it lies in 0 to 3"),
        ("bed == bed", None),
        ("'x' == sex", "column 1: 'x' == sex can never be true: it is one of female, male"),
        (
            "q1 + q2 + q3 + " * 6 + "q1 > 99",
            f"column 1: {'q1 + q2 + q3 + ' * 6}q1 > 99 can never be true: it lies in 0 to 63",
        ),
        (
            "q1 + q2 + q3 + " * 6 + "q1 + q2 > 99",
            f"column 1: {'q1 + q2 + q3 + ' * 6}q1 + q2... can never be true: it lies in 0 to 66",
        ),
    ],
)
def test_a_comparison_must_be_possible(text: str, fault: str | None) -> None:
    """What can never be true is a slip of the pen; in a list it is one only where it holds for every member."""
    if fault is None:
        assert parse(text, WORDS).type == "yes/no"
    else:
        assert str(refusal(text)) == fault


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("q1 == 'x'", "column 1: number is compared with text"),
        ("sex == yes", "column 1: text is compared with yes/no"),
        ("bed > 400", "column 1: time is compared with number"),
        ("born < bed", "column 1: date is compared with time"),
        ("sex < 'male'", "column 1: text is compared with == or != only"),
        ("agrees >= no", "column 1: yes/no is compared with == or != only"),
        ("born + 1", "column 1: number is wanted, found date"),
        ("agrees + 1", "column 1: number is wanted, found yes/no; write count(...) or 1 if ... else 0"),
        ("sex + 1", "column 1: number is wanted, found text"),
        ("agrees and q1", "column 12: yes/no is wanted, found number"),
        ("sex or agrees", "column 1: yes/no is wanted, found text"),
        ("not sex", "column 5: yes/no is wanted, found text"),
        ("q1 if q2 else q3", "column 7: yes/no is wanted, found number"),
        ("q1 if agrees else sex", "column 19: number is wanted, found text"),
        ("bed if agrees else 5", "column 20: time is wanted, found number"),
        ("sum(agrees)", "column 5: number is wanted, found yes/no; write count(...) or 1 if ... else 0"),
        ("count(q1)", "column 7: yes/no is wanted, found number"),
        ("any(q1 > 1, sex)", "column 13: yes/no is wanted, found text"),
        ("round(sex)", "column 7: number is wanted, found text"),
        ("abs(agrees)", "column 5: number is wanted, found yes/no; write count(...) or 1 if ... else 0"),
        ("minutes_between(bed, q1)", "column 22: time is wanted, found number"),
        ("coalesce(q1, sex)", "column 14: number is wanted, found text"),
        ("lookup(agrees, t)", "column 8: number is wanted, found yes/no; write count(...) or 1 if ... else 0"),
        ("clip(q1, 0, sex)", "column 13: number is wanted, found text"),
        ("max(bed, bed)", "column 5: number is wanted, found time"),
        ("-born", "column 2: number is wanted, found date"),
    ],
)
def test_kinds_must_fit(text: str, fault: str) -> None:
    """Yes/no, text, times and dates are no numbers, nor each other."""
    assert str(refusal(text)) == fault
