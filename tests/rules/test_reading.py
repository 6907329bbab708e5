"""What the text of a rule may be, what its names stand for, and where its faults are."""

from __future__ import annotations

import pickle

import pytest

from carecoord.rules import Kind, Vocabulary, parse, parse_list
from carecoord.rules._nodes import Call, Constant, Defined, Name, named_in
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


NUMBERS = "has no place in a rule: numbers are written as 12 or 0.5, of at most 12 digits before the point"
TEXTS = "has no place in a rule: a text stands on its own in quotes, has at most 200 characters and no \\"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("1000000001", "column 1: the rule can reach beyond 1,000,000,000"),
        (
            "1_000",
            f"column 1: '1' {NUMBERS}",
        ),
        (
            "1e3",
            f"column 1: '1' {NUMBERS}",
        ),
        (
            "1234567890123",
            f"column 1: '1' {NUMBERS}",
        ),
        (
            "0.1111111111111111111111111111111",
            f"column 1: '0' {NUMBERS}",
        ),
        (
            "1j",
            f"column 1: '1' {NUMBERS}",
        ),
        (
            "1.2.3",
            f"column 1: '1' {NUMBERS}",
        ),
        (
            "12abc",
            f"column 1: '1' {NUMBERS}",
        ),
        (".", "column 1: '.' has no place in a rule"),
        ("007", "column 1: this cannot be read as a rule"),
        (
            "\u0663",
            f"column 1: '\u0663' {NUMBERS}",
        ),
        (
            "'a' 'b'",
            f'column 1: "\'" {TEXTS}',
        ),
        (
            "'a'  \"b\"",
            f'column 1: "\'" {TEXTS}',
        ),
        (
            "'a''b'",
            f'column 1: "\'" {TEXTS}',
        ),
        (
            "'a'\n'b'",
            f'column 1: "\'" {TEXTS}',
        ),
        ("u'a'", "column 1: 'u' has no place in a rule"),
        ("r'a'", "column 1: 'r' has no place in a rule"),
        ("f'{q1}'", "column 1: 'f' has no place in a rule"),
        ("b'a'", "column 1: 'b' has no place in a rule"),
        (
            "'a\\n'",
            f'column 1: "\'" {TEXTS}',
        ),
        (
            "'" + "x" * 201 + "'",
            f'column 1: "\'" {TEXTS}',
        ),
        ("'\x7f'", "column 1: a text in a rule holds printable characters only"),
        ("'\ud800'", "column 1: a text in a rule holds printable characters only"),
        ("'\u200b'", "column 1: a text in a rule holds printable characters only"),
        ("...", "column 1: '.' has no place in a rule"),
        ("None", "column 1: there is no word for unknown: say in `needs` when the value may be given"),
        ("a.b.c.d.e.f.g.h", "column 14: '.' has no place in a rule"),
        ("a.b.c.d.e.f.g", "column 1: unknown name a.b.c.d.e.f.g"),
        ("(a).b", "column 4: '.' has no place in a rule"),
        ("q1 .b", "column 4: '.' has no place in a rule"),
        ("q1. b", "column 3: '.' has no place in a rule"),
        ("'x'.b", "column 4: '.' has no place in a rule"),
        ("q1; q2", "column 3: ';' has no place in a rule"),
        ("q1\\\n+ q2", "column 3: '\\\\' has no place in a rule"),
        ("q1 # note", "column 4: '#' has no place in a rule"),
        (
            "q\xb2",
            f"column 2: '\xb2' {NUMBERS}",
        ),
        ("\uff511", "column 1: '\uff51' has no place in a rule"),
        ("q1\x0c+ q2", "column 3: '\\x0c' has no place in a rule"),
        ("q1\x00", "column 3: '\\x00' has no place in a rule"),
        ("class", "column 1: this cannot be read as a rule"),
        ("a.class", "column 3: this cannot be read as a rule"),
        ("q1 q2", "column 4: this cannot be read as a rule"),
        ("(q1", "column 1: this cannot be read as a rule"),
        ("q1)", "column 3: this cannot be read as a rule"),
        ("q1 = 1", "column 4: this cannot be read as a rule"),
        ("q1 < > q2", "column 6: this cannot be read as a rule"),
        ("*items", "column 1: this cannot be read as a rule"),
        ("await q1", "column 1: await has no place in a rule"),
        ("(yield)", "column 2: yield has no place in a rule"),
        ("(yield q1)", "column 2: yield has no place in a rule"),
        ("(1, 2)", "column 1: a list without [ ] has no place in a rule"),
        ("()", "column 1: a list without [ ] has no place in a rule"),
        ("q1,", "column 1: a list without [ ] has no place in a rule"),
        ("[q1 for q1 in items]", "column 1: a comprehension has no place in a rule"),
        ("sum(q1 for q1 in items)", "column 4: a comprehension has no place in a rule"),
        ("items[0]", "column 1: an index has no place in a rule"),
        ("~q1", "column 1: '~' has no place in a rule: write and, or, not"),
        ("!q1", "column 1: '!' has no place in a rule: write and, or, not"),
        ("q1 | q2", "column 4: '|' has no place in a rule: write and, or, not"),
        ("q1 ** 2", "column 1: only + - * / are operators of a rule"),
        ("q1 // 2", "column 1: only + - * / are operators of a rule"),
        ("q1 @ q2", "column 4: '@' has no place in a rule"),
        ("- agrees", "column 3: number is wanted, found yes/no; write count(...) or 1 if ... else 0"),
        ("q1 is not q2", "column 1: `is` has no place in a rule, write =="),
        ("q1 == q2 is q3", "column 1: `is` has no place in a rule, write =="),
        ("f()", "column 1: unknown function f()"),
        ("q1.f()", "column 1: unknown function q1.f()"),
        ("sums(q1)", "column 1: unknown function sums(), did you mean sum?"),
        ("first + frist", "column 9: unknown name frist"),
        ("itemz", "column 1: unknown name itemz, did you mean items?"),
        ("poinst", "column 1: unknown name poinst, did you mean points?"),
        ("pairs", "column 1: unknown name pairs, did you mean pair?"),
        ("known", "column 1: unknown name known, it is a function, write ()"),
        ("lambda", "column 7: this cannot be read as a rule: it ends too early"),
        ("__import__('os')", "column 1: unknown function __import__()"),
        ("q1.__class__", "column 1: unknown name q1.__class__"),
    ],
)
def test_text_that_is_no_rule(text: str, fault: str) -> None:
    """Everything that is not in the language is refused, and the message says what it met."""
    assert str(refusal(text)) == fault


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
    ("text", "fault"),
    [
        ("sum(none)", "column 5: 1 to 1000 members are wanted here, found none"),
        ("sum(within)", "column 5: 1 to 1000 members are wanted here, found none"),
        ("sum([])", "column 5: 1 to 1000 members are wanted here, found none"),
        ("sum(loop)", "column 1: this nests deeper than the calling program leaves room for"),
        ("sum([" + ",".join(["q1"] * 1001) + "])", "column 5: 1 to 1000 members are wanted here, found 1001"),
        ("sum(" + "items," * 334 + ")", "column 1: 1 to 1000 members are wanted here, found 1002"),
        ("items", "column 1: a list stands where one value is wanted"),
        ("abs(items)", "column 1: a list stands where one value is wanted"),
        ("count(items >= [1, 2])", "column 7: lists of different lengths stand together: 2 and 3"),
        ("[q1, q2] if agrees else items", "column 1: lists of different lengths stand together: 2 and 3"),
    ],
)
def test_lists_that_do_not_fit(text: str, fault: str) -> None:
    """A list has members, at most a thousand, and fits its neighbours."""
    assert str(refusal(text)) == fault


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


def test_named_rules_are_named_in_order_of_first_use() -> None:
    """Those within named rules too, each once, and none where there is none."""
    nodes = {"low": parse("q1 < 1", WORDS).node}
    words = Vocabulary(names={"q1": ITEM, "q2": ITEM}, definitions=nodes)
    nodes["lower"] = parse("low and q2 < 1", words).node
    rule, other = parse("q2 >= 1 or lower or low", words).node, parse("not low", words).node
    assert named_in(rule) == ("lower", "low")
    assert named_in(other, rule) == ("low", "lower")
    assert named_in(parse("q1 >= 1", words).node) == named_in() == ()
