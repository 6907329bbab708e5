"""Rules built in Python, rules as values, and what a rule says of itself."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from typing import Any, cast

import pytest

from carecoord.errors import RuleError
from carecoord.rules import Bounds, Expression, Kind, Vocabulary, fact, parse
from carecoord.rules._nodes import (
    And,
    Call,
    Choice,
    Comparison,
    Constant,
    Defined,
    Given,
    Lookup,
    Member,
    Name,
    Negative,
    Node,
    Not,
    Or,
    children,
    facts_of,
    negative,
    type_of,
)

WHOLE = Kind.number(0, 27, whole=True)
WORDS = Vocabulary(
    names={
        "total": WHOLE,
        "x": Kind.NUMBER,
        "p": Kind.YES_NO,
        "q": Kind.YES_NO,
        "sex": Kind.choice(("female", "male")),
        "note": Kind.TEXT,
        "bed": Kind.TIME,
        "up": Kind.TIME,
        "start": Kind.DATE,
        "end": Kind.DATE,
        "s": Kind.number(0, 3, whole=True, skippable=True),
        "code(s)": Kind.number(0, 3, whole=True, skippable=True),
    },
    tables={"t": ((0, 1), (1, 2.5)), "words": ((0, "low"), (1, "high"))},
)
TOTAL, X, P, Q, SEX, BED, UP, START, END = (
    fact(name, WORDS.names[name]) for name in ("total", "x", "p", "q", "sex", "bed", "up", "start", "end")
)


BUILT: dict[str, Callable[[], Expression]] = {
    "total + 1": lambda: TOTAL + 1,
    "1 + total": lambda: 1 + TOTAL,
    "total - 1": lambda: TOTAL - 1,
    "1 - total": lambda: 1 - TOTAL,
    "total * 2": lambda: TOTAL * 2,
    "2 * total": lambda: 2 * TOTAL,
    "total / 2": lambda: TOTAL / 2,
    "2 / (total + 1)": lambda: 2 / (TOTAL + 1),
    "-total": lambda: -TOTAL,
    "-(total + x)": lambda: -(TOTAL + X),
    "total - (x - 1)": lambda: TOTAL - (X - 1),
    "total - x - 1": lambda: TOTAL - X - 1,
    "total > 1": lambda: TOTAL > 1,
    "total >= 1": lambda: TOTAL >= 1,
    "total < 1": lambda: TOTAL < 1,
    "total <= 1": lambda: TOTAL <= 1,
    "total == 1": lambda: TOTAL.equals(1),
    "total != 1": lambda: TOTAL.differs(1),
    "total > 2": lambda: TOTAL > 2,
    "p and q": lambda: P & Q,
    "p or q": lambda: P | Q,
    "not p": lambda: ~P,
    "p and q and not p": lambda: P & Q & ~P,
    "p or q or p": lambda: P | Q | P,
    "p and (q and p)": lambda: P & (Q & P),
    "(p or q) and p": lambda: (P | Q) & P,
    "p or q and p": lambda: P | (Q & P),
    "p and yes": lambda: P & True,
    "p or no": lambda: P | False,
    "not (p and q)": lambda: ~(P & Q),
    "p == q": lambda: P.equals(Q),
    "p != yes": lambda: P.differs(other=True),
    "sex == 'male'": lambda: SEX.equals("male"),
    "sex in ('female', 'male')": lambda: SEX.is_in(["female", "male"]),
    "sex in ('male',)": lambda: SEX.is_in(("male",)),
    "total in (1, 2, 3)": lambda: TOTAL.is_in([1, 2, 3]),
    "bed < up": lambda: BED < UP,
    "start <= end": lambda: START <= END,
    "start == end": lambda: START.equals(END),
    "x > 0.30000000000000004": lambda: X > 0.1 + 0.2,
    "x > 0.0000001": lambda: X > 1e-7,
    "x > -0.5": lambda: X > -0.5,
    "total > 0.0": lambda: TOTAL > -0.0,
    "x == 1000000": lambda: X.equals(1_000_000),
}


@pytest.mark.parametrize("text", BUILT)
def test_what_is_built_is_what_is_read(text: str) -> None:
    """Operators give the same rule as its text, and the text back."""
    built, read = BUILT[text](), parse(text, WORDS)
    assert (str(built), built, hash(built)) == (text, read, hash(read))


REFUSED: dict[str, Callable[[], object]] = {
    "number is wanted, found yes/no": lambda: P + 1,
    "number is wanted, found text": lambda: 1 + SEX,
    "number is wanted, found time": lambda: BED - UP,
    "number is wanted, found date": lambda: -START,
    "yes/no is wanted, found number": lambda: P & TOTAL,
    "yes/no is wanted, found text": lambda: SEX | P,
    "yes/no is wanted, found time": lambda: ~BED,
    "text is wanted, found number": lambda: SEX.equals(1),
    "number is wanted, found text: the other way": lambda: TOTAL.differs("x"),
    "yes/no > yes/no says nothing": lambda: P > Q,
    "text < text says nothing": lambda: SEX < "male",
    "number >= time says nothing": lambda: TOTAL >= BED,
    "time > number says nothing": lambda: BED > 400,
    "is_in() wants numbers for a number, or texts for a text": lambda: TOTAL.is_in([]),
    "is_in() wants numbers for a number, or texts for a text: mixed": lambda: TOTAL.is_in([1, "x"]),
    "is_in() wants numbers for a number, or texts for a text: of the other": lambda: TOTAL.is_in(["x"]),
    "is_in() wants numbers for a number, or texts for a text: yes or no": lambda: P.is_in([True]),
    "is_in() wants numbers for a number, or texts for a text: a time": lambda: BED.is_in([1]),
    "a rule is neither true nor false before it meets facts": lambda: bool(P),
    "a rule is neither true nor false before it meets facts: in a chain": lambda: 1 < TOTAL < 3,
    "a rule takes numbers, texts and yes/no, found list": lambda: TOTAL + cast("int", [1]),
    "a rule takes numbers, texts and yes/no, found NoneType": lambda: TOTAL.equals(cast("int", None)),
    "a rule takes numbers, texts and yes/no, found date": lambda: cast("int", date(2026, 1, 1)) > START,
    "this constant cannot be written in a rule: too large": lambda: TOTAL > 1_000_000_001,
    "this constant cannot be written in a rule: endless": lambda: float("inf") < TOTAL,
    "this constant cannot be written in a rule: no number": lambda: TOTAL + float("nan"),
    "this constant cannot be written in a rule: too small": lambda: TOTAL > 1e-300,
    "this constant cannot be written in a rule: both quotes": lambda: SEX.equals("'\""),
    "this constant cannot be written in a rule: a backslash": lambda: SEX.equals("\\"),
    "this constant cannot be written in a rule: a line break": lambda: SEX.equals("a\nb"),
    "this constant cannot be written in a rule: too long": lambda: SEX.equals("x" * 201),
    "'phq-9' is no name in a rule; phq-9 is written phq_9": lambda: fact("phq-9"),
    "'' is no name in a rule": lambda: fact(""),
    "'yes' is no name in a rule": lambda: fact("yes"),
    "'no' is no name in a rule": lambda: fact("no"),
    "'a.class' is no name in a rule": lambda: fact("a.class"),
    "'1a' is no name in a rule": lambda: fact("1a"),
    "'a.b.c.d.e.f.g.h' is no name in a rule": lambda: fact("a.b.c.d.e.f.g.h"),
    "the rule is nested more than 100 levels deep": lambda: sum((TOTAL for _ in range(101)), X),
}


@pytest.mark.parametrize("message", REFUSED)
def test_what_cannot_be_built(message: str) -> None:
    """Types and constants are checked as they are met."""
    with pytest.raises(RuleError) as raised:
        REFUSED[message]()
    assert message.split(":", maxsplit=1)[0] in raised.value.message or message in raised.value.message


def test_the_largest_that_can_be_built_works() -> None:
    """A hundred levels, a constant of a thousand million, a text of two hundred letters."""
    deep = sum((TOTAL for _ in range(98)), X)
    assert (deep.node.depth, deep.evaluate({"total": 1, "x": 0}), deep.compile()({"total": 1, "x": 0})) == (99, 98, 98)
    assert str(deep.explain({"total": 1, "x": 0})).endswith(" is 98")
    assert deep.bounds({"total": 1, "x": 0}).certain == 98
    assert (TOTAL < 1_000_000_000).evaluate({"total": 1}) is True
    assert SEX.equals("x" * 200).evaluate({"sex": "x" * 200}) is True


def test_facts_of_functions_have_the_name_of_their_call() -> None:
    """So that a host can build rules over what its functions give."""
    rule = fact("held(phq_9.total < 5, weeks=8)", Kind.YES_NO) & P
    words = Vocabulary(names={**WORDS.names, "phq_9.total": WHOLE}, functions={"held": lambda _call: Kind.YES_NO})
    assert rule == parse("held(phq_9.total < 5, weeks = 8) and p", words)


# values


def test_rules_are_equal_where_they_say_the_same() -> None:
    """True, 1 and 1.0 are three constants; kinds do not count, for a fact has one."""
    same = [parse(text, WORDS) for text in ("total>=1", " total  >=  1", "(total) >= (1)")]
    assert len({*same, fact("total") >= 1}) == 1
    unlike = [
        "total == 1",
        "total == 1.0",
        "1 == total",
        "total == 2",
        "total != 1",
        "x == 1",
        "p == yes",
        "p == no",
        "total in (1, 2)",
        "total in (2, 1)",
        "sum(total, x)",
        "sum(known(total, x))",
        "min(total, x)",
        "sum(x, total)",
        "p and q",
        "p or q",
        "not p",
        "lookup(total, t)",
        "lookup(total, words)",
        "-total",
        "-1",
        "total if p else x",
        "x if p else total",
    ]
    assert len({parse(text, WORDS) for text in unlike}) == len(unlike)
    assert parse("total", WORDS) != cast("Expression", "total")
    assert Constant(1) != Constant(value=True)
    assert Constant(1) != Constant(1.0)


def test_rules_copy_and_cross_processes() -> None:
    """A rule pickles, copies, and has its hash wherever it goes."""
    rule = parse("lookup(total, words) == 'low' and (p or not q)", WORDS)
    assert copy.deepcopy(rule) == rule
    assert (rule.names, rule.kind.type) == (("total", "p", "q"), "yes/no")
    program = """if True:
        import pickle, sys
        from carecoord.rules import compile_rules
        rule = pickle.loads(sys.stdin.buffer.read())
        print(rule)
        print(rule.evaluate({"total": 0, "p": True, "q": True}))
        print(compile_rules([rule, rule])({"total": 0, "p": True}))
        print(len({rule, pickle.loads(pickle.dumps(rule))}))
    """
    done = subprocess.run([sys.executable, "-c", program], input=pickle.dumps(rule), capture_output=True, check=True)
    assert done.stdout.decode().splitlines() == [str(rule), "True", "(True, True)", "1"]


def test_rules_do_not_change() -> None:
    """A rule is a value: its parts cannot be set."""
    rule = parse("total > 1", WORDS)
    with pytest.raises(AttributeError):
        rule.node = rule.node  # type: ignore[misc]
    with pytest.raises(AttributeError):
        rule.node.depth = 3  # type: ignore[misc]
    assert repr(rule) == "<rule total > 1>"


# what a rule says of itself


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("total + 1", Kind.number(1, 28, whole=True)),
        ("total / 2", Kind.number(0, 13.5)),
        ("p and q", Kind.YES_NO),
        ("sex", Kind.choice(("female", "male"))),
        ("note", Kind.TEXT),
        ("'b' if p else 'a'", Kind.choice(("a", "b"))),
        ("bed", Kind.TIME),
        ("bed if p else up", Kind.TIME),
        ("start", Kind.DATE),
        ("'a' if p else note", Kind.TEXT),
        ("lookup(total, words)", Kind.choice(("high", "low"))),
    ],
)
def test_the_kind_of_a_rule(text: str, kind: Kind) -> None:
    """Over everything that its facts may be."""
    rule = parse(text, WORDS)
    assert (rule.kind, rule.type) == (kind, kind.type)
    assert rule.range == ((kind.low, kind.high) if kind.type in ("number", "time") else None)


def test_a_rule_that_is_never_known_keeps_its_type() -> None:
    """What can give nothing still gives nothing of its own type."""
    for inner, kind in ((SEX, "text"), (P, "yes/no"), (BED, "time"), (START, "date"), (TOTAL, "number")):
        rule = Expression(Given(Constant(value=False), inner.node))
        assert (rule.type, rule.kind.type, rule.evaluate({}), rule.bounds({})) == (
            kind,
            kind,
            None,
            Bounds.exactly(None),
        )


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("total + x + total", ("total", "x")),
        ("x if p else total", ("x", "p", "total")),
        ("missing(s, total)", ("s", "total", "asked(s)")),
        ("prorate(s)", ("s", "asked(s)")),
        ("missing(code(s))", ("code(s)", "asked(s)")),
        ("sum(s)", ("s",)),
        ("missing(s + 1)", ("s",)),
        ("answered(s)", ("s",)),
        ("1", ()),
        ("lookup(x, t) in (1,)", ("x",)),
    ],
)
def test_the_facts_a_rule_rests_on(text: str, names: tuple[str, ...]) -> None:
    """In order of first use, each once; where an item may be skipped and that counts, whether it was asked too."""
    assert parse(text, WORDS).names == names


def test_parts_of_nodes() -> None:
    """Each node's parts in the order written, how deep it is and how many parts it has."""
    a, b, c = Name("a"), Name("b", Kind.YES_NO), Constant(1)
    nodes: list[tuple[Node, tuple[Node, ...], int, int]] = [
        (a, (), 1, 1),
        (c, (), 1, 1),
        (Defined("d", Negative(a)), (Negative(a),), 3, 3),
        (Choice(b, a, c), (a, b, c), 2, 4),
        (Given(b, a), (b, a), 2, 3),
        (Not(b), (b,), 2, 2),
        (Member(a, (1, 2)), (a,), 2, 2),
        (Lookup(a, "t", ((0, 1),)), (a,), 2, 2),
        (And((b, b, Not(b))), (b, b, Not(b)), 3, 5),
        (Or((b, b)), (b, b), 2, 3),
        (Comparison("<", a, c), (a, c), 2, 3),
        (Call("sum", (a, c, a)), (a, c, a), 2, 4),
    ]
    for node, parts, depth, size in nodes:
        assert (children(node), node.depth, node.size) == (parts, depth, size)
    assert facts_of(*(node for node, *_ in nodes)) == ("a", "b")


def test_types_of_nodes() -> None:
    """Every node has one type."""
    a, p, text = Name("a"), Name("p", Kind.YES_NO), Constant("x")
    types: list[tuple[Node, str]] = [
        (Constant(1), "number"),
        (Constant(1.5), "number"),
        (Constant(value=True), "yes/no"),
        (text, "text"),
        (a, "number"),
        (Name("b", Kind.TIME), "time"),
        (Defined("d", p), "yes/no"),
        (Negative(a), "number"),
        (Choice(p, text, text), "text"),
        (Given(p, text), "text"),
        (Lookup(a, "t", ((0, "x"),)), "text"),
        (Lookup(a, "t", ((0, 1),)), "number"),
        (Call("coalesce", (text, text)), "text"),
        (Call("known", (a,)), "yes/no"),
        (Call("any", (p,)), "yes/no"),
        (Call("all", (p,)), "yes/no"),
        (Call("count", (p,)), "number"),
        (Call("answered", (p,)), "number"),
        (Call("round", (a,)), "number"),
        (Call("sum", (a,)), "number"),
        (And((p, p)), "yes/no"),
        (Or((p, p)), "yes/no"),
        (Not(p), "yes/no"),
        (Member(a, (1,)), "yes/no"),
        (Comparison("<", a, a), "yes/no"),
    ]
    for node, wanted in types:
        assert type_of(node) == wanted


def test_minus_a_constant_is_a_constant() -> None:
    """And nothing has no sign."""
    assert negative(Constant(3)) == Constant(-3)
    assert repr(cast("Constant", negative(Constant(0.0))).value) == "0.0"
    assert negative(Name("a")) == Negative(Name("a"))
    assert negative(Constant("x")) == Negative(Constant("x"))


def test_the_documented_example_of_any_row() -> None:
    """An absent fact and `None` are both unknown."""
    rule: Any = parse("total >= 10", WORDS)
    assert (rule.evaluate({}), rule.evaluate({"total": None}), rule.compile()({}), rule.compile()({"total": None})) == (
        None,
    ) * 4
