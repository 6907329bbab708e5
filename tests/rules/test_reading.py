"""What the text of a rule may be, what its names stand for, and where its faults are."""

from __future__ import annotations

import pickle

import pytest

from carecoord.rules import Kind, Vocabulary, parse, parse_list
from carecoord.rules._nodes import Call, Constant, Defined, Name
from carecoord.rules._parse import MOST_MEMBERS
from tests.rules.words import ITEM, Q1, Q2, Q3, WORDS, refusal


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("nam", 1),
        ("   nam", 4),
        ("\n\n  nam", 5),
        ("q1 >= 1\n and nam", 14),
        ("\tq1 + nam", 7),
        ("  q1 >  ", 7),
        ("  q1 q2", 6),
        ("note == 'é' and nam", 17),
        ("note == '日本' or   nam", 19),
        (" q1 >= 4", 2),
        (" q1 ! 4", 5),
        ("q1 + \r\n q2 + nam", 14),
        ("'abc", 1),
        ("  ('a' 'b')", 4),
    ],
)
def test_a_fault_is_placed_in_the_text_as_it_was_given(text: str, column: int) -> None:
    """Leading blanks, line breaks and letters of more than one byte count as one column each."""
    error = refusal(text)
    assert (error.column, error.text) == (column, text.replace("\n", " ").replace("\r", " ").replace("\t", " "))


def test_an_error_holds_the_beginning_of_a_long_text_and_pickles() -> None:
    """An error can cross processes, and is small."""
    error = refusal("agrees or " * 100 + "nam")
    assert (len(error.text), error.column) == (200, 1001)
    back = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert (str(back), back.column, back.text) == (str(error), error.column, error.text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("1.", 1.0),
        (".5", 0.5),
        ("0.10", 0.1),
        ("1000000000", 10**9),
        ("-1000000000", -(10**9)),
        ("-0", 0),
        ("- 2.5", -2.5),
        ("0." + "0" * 29 + "1", 1e-30),
        ("0.30000000000000004", 0.1 + 0.2),
        ("00", 0),
        ("'it is'", "it is"),
        ('"it\'s"', "it's"),
        ("'say \"x\"'", 'say "x"'),
        ("''", ""),
        ("'" + "x" * 200 + "'", "x" * 200),
        ("yes", True),
        ("no", False),
        ("True", True),
        ("False", False),
        ("(((1)))", 1),
    ],
)
def test_constants(text: str, value: float | str) -> None:
    """Numbers, texts in either quotes, yes and no."""
    found = parse(text, WORDS).node
    assert found == Constant(value)
    assert isinstance(found, Constant)
    assert repr(found.value) == repr(value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1000000001", "can reach beyond 1,000,000,000"),
        ("1_000", "numbers are written as"),
        ("1e3", "numbers are written as"),
        ("1234567890123", "at most 12 digits before the point"),
        ("0." + "1" * 31, "numbers are written as"),
        ("1j", "numbers are written as"),
        ("1.2.3", "numbers are written as"),
        ("12abc", "numbers are written as"),
        (".", "numbers are written as"),
        ("007", "cannot be read"),
        ("٣", "numbers are written as"),
        ("'a' 'b'", "a text stands on its own"),
        ("'a'  \"b\"", "a text stands on its own"),
        ("'a''b'", "a text stands on its own"),
        ("'a'\n'b'", "a text stands on its own"),
        ("u'a'", "'u' has no place"),
        ("r'a'", "'r' has no place"),
        ("f'{q1}'", "'f' has no place"),
        ("b'a'", "'b' has no place"),
        ("'a\\n'", "a text stands on its own"),
        ("'" + "x" * 201 + "'", "at most 200 characters"),
        ("'\x7f'", "printable"),
        ("'\ud800'", "printable"),
        ("'\u200b'", "printable"),
        ("...", "'.' has no place"),
        ("None", "no word for unknown"),
        ("a.b.c.d.e.f.g.h", "'.' has no place"),
        ("a.b.c.d.e.f.g", "unknown name a.b.c.d.e.f.g"),
        ("(a).b", "'.' has no place"),
        ("q1 .b", "'.' has no place"),
        ("q1. b", "'.' has no place"),
        ("'x'.b", "'.' has no place"),
        ("q1; q2", "';' has no place"),
        ("q1\\\n+ q2", "has no place"),
        ("q1 # note", "'#' has no place"),
        ("q\u00b2", "has no place"),
        ("\uff511", "has no place"),
        ("q1\x0c+ q2", "has no place"),
        ("q1\x00", "has no place"),
        ("class", "cannot be read"),
        ("a.class", "cannot be read"),
        ("q1 q2", "cannot be read"),
        ("(q1", "cannot be read"),
        ("q1)", "cannot be read"),
        ("q1 = 1", "cannot be read"),
        ("q1 < > q2", "cannot be read"),
        ("*items", "cannot be read"),
        ("await q1", "await has no place"),
        ("(yield)", "yield has no place"),
        ("(yield q1)", "yield has no place"),
        ("(1, 2)", "tuple has no place"),
        ("()", "tuple has no place"),
        ("q1,", "tuple has no place"),
        ("[q1 for q1 in items]", "a comprehension has no place"),
        ("sum(q1 for q1 in items)", "a comprehension has no place"),
        ("items[0]", "an index has no place"),
        ("~q1", "write and, or, not"),
        ("!q1", "write and, or, not"),
        ("q1 | q2", "write and, or, not"),
        ("q1 ** 2", "only + - * /"),
        ("q1 // 2", "only + - * /"),
        ("q1 @ q2", "'@' has no place"),
        ("- agrees", "number is wanted, found yes/no"),
        ("q1 is not q2", "`is` has no place"),
        ("q1 == q2 is q3", "`is` has no place"),
        ("f()", "unknown function f()"),
        ("q1.f()", "unknown function q1.f()"),
        ("sums(q1)", "did you mean sum?"),
        ("first + frist", "unknown name frist"),
        ("itemz", "did you mean items?"),
        ("poinst", "did you mean points?"),
        ("pairs", "did you mean pair?"),
        ("known", "it is a function, write ()"),
        ("lambda", "cannot be read"),
        ("__import__('os')", "unknown function __import__()"),
        ("q1.__class__", "unknown name q1.__class__"),
    ],
)
def test_text_that_is_no_rule(text: str, message: str) -> None:
    """Everything that is not in the language is refused, and the message says what it met."""
    assert message in refusal(text).message


def test_yes_and_no_are_never_facts() -> None:
    """`yes` and `no` mean the same in every vocabulary, so that what is printed reads back."""
    words = Vocabulary(names={"yes": Kind.NUMBER, "no": Kind.NUMBER})
    assert (parse("yes", words).evaluate({"yes": 3}), parse("no", words).evaluate({"no": 3})) == (True, False)


def test_names_resolve() -> None:
    """A fact, its second name, a named rule, a list, a list of lists, a named list of rules."""
    assert parse("first", WORDS).node == Q1
    assert parse("a.b", WORDS).names == ("a.b",)
    assert parse("points", WORDS).node == Defined("points", Constant(2))
    assert parse("sum(items)", WORDS).node == Call("sum", (Q1, Q2, Q3))
    assert parse("sum(all_of_it)", WORDS).node == Call("sum", (Q1, Q2, Q3, Defined("points", Constant(2))))
    assert parse("sum(pair, 4)", WORDS).node == Call("sum", (Q1, Constant(1), Constant(4)))
    assert parse("code(first)", WORDS).node == Name("code(q1)")
    assert parse("count(code([q1]) >= 1)", WORDS).names == ("code(q1)",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sum(none)", "1 to 1000 members are wanted here, found none"),
        ("sum(within)", "found none"),
        ("sum([])", "found none"),
        ("sum(loop)", "this nests deeper"),
        ("sum([" + ",".join(["q1"] * 1001) + "])", "found 1001"),
        ("sum(" + "items," * 334 + ")", "found 1002"),
        ("items", "a list stands where one value is wanted"),
        ("abs(items)", "a list stands where one value is wanted"),
        ("count(items >= [1, 2])", "lists of different lengths stand together: 2 and 3"),
        ("[q1, q2] if agrees else items", "2 and 3"),
    ],
)
def test_lists_that_do_not_fit(text: str, message: str) -> None:
    """A list has members, at most a thousand, and fits its neighbours."""
    assert message in refusal(text).message


def test_a_list_of_a_thousand_is_read_and_works() -> None:
    """The largest list there may be sums, counts and compiles."""
    names = {f"i{place}": ITEM for place in range(MOST_MEMBERS)}
    words = Vocabulary(names=names, lists={"items": tuple(names)})
    row = dict.fromkeys(names, 2)
    for text, wanted in {
        "sum(items)": 2000,
        "count(items >= 2)": 1000,
        "answered(items)": 1000,
        "missing(items)": 0,
        "round(prorate(items))": 2000,
        "median(items)": 2.0,
        "any(items >= 3)": False,
    }.items():
        rule = parse(text, words)
        assert (rule.evaluate(row), rule.compile()(row)) == (wanted, wanted)
        assert rule.compile()({}) == rule.evaluate({})


def test_read_list_gives_every_member() -> None:
    """A list gives its rules in order, one value a list of one."""
    assert [str(one) for one in parse_list("[q1, items, q2 >= 1]", WORDS)] == ["q1", "q1", "q2", "q3", "q2 >= 1"]
    assert [str(one) for one in parse_list("q1", WORDS)] == ["q1"]
    assert refusal(" [q1, nam]", read=parse_list).column == 7
    assert "deeper" in refusal("loop", read=parse_list).message
