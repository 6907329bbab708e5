"""What the language's functions and the host's take."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from carecoord.rules import Expression, HostCall, Kind, Vocabulary, parse
from carecoord.rules._nodes import Call, Lookup, Member, Name, Not
from carecoord.rules._source import LONGEST
from tests.rules.words import ITEM, Q1, Q2, WORDS, read_with, refusal


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("sum()", "column 1: sum() wants at least one argument"),
        ("abs()", "column 1: abs() wants 1 argument, found 0"),
        ("abs(q1, q2)", "column 1: abs() wants 1 argument, found 2"),
        ("round()", "column 1: round() wants 1 to 2 arguments, found 0"),
        ("round(q1, 1, 2)", "column 1: round() wants 1 to 2 arguments, found 3"),
        ("clip(q1, 1)", "column 1: clip() wants 3 arguments, found 2"),
        ("coalesce(q1)", "column 1: coalesce() wants 2 to 50 arguments, found 1"),
        ("coalesce(" + "q1," * 51 + ")", "column 1: coalesce() wants 2 to 50 arguments, found 51"),
        ("minutes_between(bed)", "column 1: minutes_between() wants 2 arguments, found 1"),
        ("known()", "column 1: known() wants 1 argument, found 0"),
        ("known(q1, q2)", "column 1: known() wants 1 argument, found 2"),
        ("code()", "column 1: code() wants 1 argument, found 0"),
        ("code(q2)", "column 1: code() wants an item"),
        ("code(q1 + 1)", "column 1: code() wants an item"),
        ("code(sum(q1))", "column 1: code() wants an item"),
        ("lookup(q1)", "column 1: lookup() wants a value and the name of a table"),
        ("lookup(q1, t, t)", "column 1: lookup() wants a value and the name of a table"),
        ("lookup(q1, 'tt')", "column 12: lookup() wants the name of a table here"),
        ("lookup(q1, u)", "column 12: unknown table u"),
        ("lookup(q1, mixd)", "column 12: unknown table mixd, did you mean mixed?"),
        ("lookup(q1, no_entries)", "column 12: the entries of table no_entries are neither all numbers nor all texts"),
        ("lookup(q1, mixed)", "column 12: the entries of table mixed are neither all numbers nor all texts"),
        ("round(q1, 0)", "column 1: round() wants a step as a number above 0"),
        ("round(q1, -1)", "column 1: round() wants a step as a number above 0"),
        ("round(q1, yes)", "column 11: number is wanted, found yes/no; write count(...) or 1 if ... else 0"),
        ("round(q1, q2)", "column 1: round() wants a step as a number above 0"),
        ("round(q1, points)", "column 1: round() wants a step as a number above 0"),
        ("round(q1, 0.3)", "column 1: round() wants a step that is whole, or one whole part of one, as 0.1"),
        ("round(q1, 2.5)", "column 1: round() wants a step that is whole, or one whole part of one, as 0.1"),
        ("clip(q1, 2, 1)", "column 1: clip() wants a low end that is never above the high end after it"),
        ("clip(q1, q2, 2)", "column 1: clip() wants a low end that is never above the high end after it"),
        ("clip(q1, 0, 0 - q2)", "column 1: clip() wants a low end that is never above the high end after it"),
        ("known(q1) + 1", "column 1: number is wanted, found yes/no; write count(...) or 1 if ... else 0"),
        ("sum(known(q1), q2)", "column 1: known() stands alone: sum(known(a, b))"),
        ("count(known(agrees))", "column 7: known() has no place in count(), which deals with unknown members itself"),
        ("all(known(agrees))", "column 5: known() has no place in all(), which deals with unknown members itself"),
        ("any(known(agrees))", "column 5: known() has no place in any(), which deals with unknown members itself"),
        (
            "prorate(known(items))",
            "column 9: known() has no place in prorate(), which deals with unknown members itself",
        ),
        ("sum(known())", "column 1: 1 to 1000 members are wanted here, found none"),
        ("sum(q1, x=1)", "column 11: sum() takes no named arguments"),
        ("sum(**items)", "column 7: sum() takes no named arguments"),
        ("abs(*items)", "column 5: a star has no place in a rule"),
        ("sum(q1)(q2)", "column 1: only a function of the language can be called"),
        ("(q1 + q2)(1)", "column 1: only a function of the language can be called"),
    ],
)
def test_calls_that_do_not_fit(text: str, fault: str) -> None:
    """Each function says what it wants."""
    assert str(refusal(text)) == fault


def test_functions_work_member_by_member() -> None:
    """A list in a function of single values gives a list of its values."""
    assert str(parse("sum(abs(items))", WORDS)) == "sum(abs(q1), abs(q2), abs(q3))"
    assert (
        str(parse("sum(round(items / 2, 0.5))", WORDS))
        == "sum(round(q1 / 2, 0.5), round(q2 / 2, 0.5), round(q3 / 2, 0.5))"
    )
    assert str(parse("sum(clip(items, 1, [2, 3, 3]))", WORDS)) == "sum(clip(q1, 1, 2), clip(q2, 1, 3), clip(q3, 1, 3))"
    assert str(parse("sum(lookup(items, t))", WORDS)) == "sum(lookup(q1, t), lookup(q2, t), lookup(q3, t))"
    assert str(parse("sum(coalesce(items, 0))", WORDS)) == "sum(coalesce(q1, 0), coalesce(q2, 0), coalesce(q3, 0))"
    assert str(parse("all(not (items >= 1))", WORDS)) == "all(not q1 >= 1, not q2 >= 1, not q3 >= 1)"
    assert parse("answered(known([q1]), q2)", WORDS).node == Call("answered", (Call("known", (Q1,)), Q2))
    assert parse("all(agrees, known(q1))", WORDS).node == Call("all", (Name("agrees"), Call("known", (Q1,))))
    assert parse("q1 not in (1, 2)", WORDS).node == Not(Member(Q1, (1, 2)))
    assert parse("lookup(q1, t)", WORDS).node == Lookup(Q1, "t", ((0, 1), (1, 2)))


def test_lookups_in_unlike_tables_are_unlike() -> None:
    """Two rules that look into different tables of one name do not say the same."""
    other = Vocabulary(names=WORDS.names, tables={"t": ((0, 1), (1, 3))})
    assert parse("lookup(q1, t)", WORDS) != parse("lookup(q1, t)", other)


def test_a_call_of_the_host_is_a_fact_with_one_name() -> None:
    """However it is spaced and in whatever order its options stand, the same call is the same fact."""
    name = "f(q1 + 1 > 2, review, b='a, c=1', days=0.00001, since=step, x=minus)"
    for text in (
        "f(q1+1>2, review, since=step, days=.00001, b='a, c=1', x=minus)",
        "f((q1 + 1) > 2,review,b = \"a, c=1\",days=0.00001,since='step',x=minus)",
    ):
        assert read_with(lambda _call: Kind.YES_NO, text) == Name(name, Kind.YES_NO)
    assert read_with(lambda _call: Kind.YES_NO, "f(q1, m='if')") == Name("f(q1, m='if')")
    assert read_with(lambda _call: Kind.NUMBER, "f()") == Name("f()")


def test_a_host_reads_what_its_function_was_given() -> None:
    """Rules, words and options, each as what it is."""
    seen: dict[str, Any] = {}

    def look(call: HostCall) -> Kind:
        seen.update(name=call.name, count=call.count, options=dict(call.options), rule=call.rule(0), word=call.word(1))
        seen.update(words=[call.is_word(place) for place in range(4)], named=call.rule(3), text=call.text)
        return Kind.number(0, 5)

    found = read_with(look, "f(q1 > 1, review.last, 2, points, weeks=8, step=x.y, of='two words')")
    assert found == Name("f(q1 > 1, review.last, 2, points, of='two words', step=x.y, weeks=8)")
    assert seen == {
        "name": "f",
        "count": 4,
        "options": {"of": "two words", "step": "x.y", "weeks": 8},
        "rule": parse("q1 > 1", WORDS),
        "word": "review.last",
        "words": [False, True, False, True],
        "named": parse("points", WORDS),
        "text": str(Expression(found)),
    }
    assert parse(
        "f(q1) >= 5", Vocabulary(names=WORDS.names, functions={"f": lambda _call: Kind.number(0, 5)})
    ).names == ("f(q1)",)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("f(**1)", "column 5: f() takes each named argument once, by its name"),
        ("f(a=1, a=2)", "column 10: f() takes each named argument once, by its name"),
        ("f(a=q1 + 1)", "column 5: f() takes a number, a text or a name here"),
        ("f(a=yes, b=True)", "column 12: f() takes a number, a text or a name here"),
        ("f(a=1000000001)", "column 5: the rule can reach beyond 1,000,000,000"),
        ("f(nam + 1)", "column 3: unknown name nam"),
        ("f(*items)", "column 3: a star has no place in a rule"),
        ("f(items + 1)", "column 3: unknown name items"),
    ],
)
def test_calls_of_the_host_that_cannot_be_read(text: str, fault: str) -> None:
    """Each is refused at its place, before the host's function is asked."""
    assert str(refusal(text, Vocabulary(names=WORDS.names, functions={"f": lambda _call: Kind.NUMBER}))) == fault


ASKS: dict[str, tuple[Callable[[HostCall], object], str, int]] = {
    "a word where a rule stands": (lambda call: call.word(0), "f() takes a name here", 8),
    "a word too many": (lambda call: call.word(1), "f() wants an argument more", 6),
    "a rule too many": (lambda call: call.rule(1), "f() wants an argument more", 6),
    "its own fault": (lambda call: call.fault("not so"), "not so", 6),
}


@pytest.mark.parametrize("what", ASKS)
def test_a_host_refuses_a_call_at_its_place(what: str) -> None:
    """What the host's function finds wrong is an error of the rule."""
    ask, message, column = ASKS[what]

    def function(call: HostCall) -> Kind:
        assert not call.is_word(1)
        ask(call)
        return Kind.NUMBER

    error = refusal("q1 + f(q1 + 1)", Vocabulary(names=WORDS.names, functions={"f": function}))
    assert (error.message, error.column) == (message, column)


def test_the_rules_of_a_call_are_read_once() -> None:
    """Or a nest of calls would be read twice as often at every level."""
    count = 0

    def function(call: HostCall) -> Kind:
        nonlocal count
        count += 1
        return call.rule(0).kind

    read_with(function, "f(" * 40 + "q1" + ")" * 40)
    assert count == 40


def test_a_call_of_the_host_has_its_limits() -> None:
    """Its text is a name, so a chain that doubles it is refused."""
    words = Vocabulary(names=WORDS.names, functions={"f": lambda _call: ITEM})
    error = refusal("f(0 < " * 20 + "q1" + " < 3)" * 20, words)
    assert error.message == f"f() has more than {LONGEST:,} characters"
