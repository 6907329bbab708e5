"""The compiled function: the same values as the interpreter, for any number of rules, with facts promised or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

import pytest

from carecoord.rules import Expression, Kind, Vocabulary, compile_rules, fact, parse
from carecoord.rules._compile import compile_nodes, compile_positional
from carecoord.rules._nodes import (
    Arithmetic,
    Call,
    Comparison,
    Constant,
    Defined,
    Given,
    Name,
    Negative,
    Node,
    facts_of,
)

WHOLE = Kind.number(0, 3, whole=True)
ITEMS = tuple(f"q{place}" for place in range(1, 8))
WORDS = Vocabulary(
    names={
        **dict.fromkeys(ITEMS, WHOLE),
        "s": Kind.number(0, 3, whole=True, skippable=True),
        "u": Kind.number(0, 3, whole=True, skippable=True),
        "code(s)": Kind.number(0, 3, whole=True, skippable=True),
        "x": Kind.number(-5, 5),
        **dict.fromkeys("pqr", Kind.YES_NO),
        "sex": Kind.choice(("female", "male")),
        "bed": Kind.TIME,
        "up": Kind.TIME,
    },
    lists={"items": ITEMS},
    tables={"t": ((0, 1.5), (1, 2), (2, 4)), "words": ((0, "low"), (1, "high"))},
    definitions={"total": Call("sum", tuple(Name(item, WHOLE) for item in ITEMS))},
)
RULES = (
    "q1 + q2 * q3 - q4 / 2",
    "q1 / q2",
    "q1 / (q2 + 1)",
    "-q1",
    "-(q1 + x)",
    "q1 - (q2 - q3)",
    "q1 - q2 - q3",
    "q1 * (q2 + q3)",
    "6 / q1 / 2",
    "q1 > q2",
    "q1 == 1 and q2 == 1",
    "p or q",
    "p or not q",
    "not (p and q)",
    "p and (q or r)",
    "any(p, q, r, q1 > 1)",
    "all(p, q, r, q1 > 1)",
    "p and yes",
    "p or no",
    "no or no",
    "q1 in (1, 2)",
    "q1 not in (1, 2)",
    "sex in ('male',)",
    "sex == 'male'",
    "q1 if p else q2",
    "q1 if q2 > 1 else 0",
    "1 if p else 2 if q else 3",
    "(1 if p else 2) + (3 if p else 4)",
    "q1 if yes else q2",
    "p if q else r",
    "lookup(q1, t)",
    "lookup(q1 + q2, t)",
    "lookup(1, t)",
    "lookup(q1, words) == 'low'",
    "sum(items)",
    "mean(items)",
    "min(items)",
    "max(items)",
    "median(items)",
    "sum(q1)",
    "min(q1)",
    "max(q1 + 1)",
    "mean(q1, 1)",
    "median(q1, 2)",
    "count(items >= 2)",
    "count(p)",
    "count(p, yes)",
    "count(yes, no)",
    "sum(known(items))",
    "mean(known(items))",
    "min(known(items))",
    "max(known(items))",
    "median(known(items))",
    "sum(known(q1, 2))",
    "mean(known(q1, 2))",
    "max(known(1, 2))",
    "median(known(q1, 1, 2))",
    "prorate(items)",
    "prorate(q1, s, u)",
    "prorate(q1, 2)",
    "prorate(1, 2)",
    "prorate(s, u)",
    "round(prorate(items))",
    "round(prorate(q1, s))",
    "round(prorate(items) / 2)",
    "round(prorate(q1, x))",
    "floor(prorate(items))",
    "ceil(prorate(items))",
    "round(prorate(items), 0.5)",
    "round(prorate(items), 2)",
    "round(prorate(items), 1)",
    "answered(items)",
    "answered(q1, 2)",
    "answered(1, 2)",
    "missing(items)",
    "missing(q1, s, u)",
    "missing(code(s))",
    "missing(s + 1)",
    "missing(1, 2)",
    "known(q1)",
    "known(1)",
    "known(q1 + q2)",
    "coalesce(q1, q2)",
    "coalesce(q1, q2, q3)",
    "coalesce(q1, 0)",
    "coalesce(q1, 1, q2)",
    "coalesce(1, q1)",
    "coalesce(q1 + q2, q3)",
    "abs(x)",
    "abs(q1 - q2)",
    "floor(x)",
    "ceil(x)",
    "round(x)",
    "round(x, 0.1)",
    "round(x, 5)",
    "round(x, 1)",
    "round(q1)",
    "round(q1 + q2)",
    "floor(q1 + q2)",
    "round(1.5)",
    "clip(x, 0, 3)",
    "clip(q1 + x, 0, 1.5)",
    "clip(1, 0, 3)",
    "clip(answered(items), 1, 2)",
    "clip(clip(clip(answered(items), 1, 6), 2, 5), 3, 4)",
    "minutes_between(bed, up)",
    "minutes_between(bed, bed)",
    "total",
    "total + total",
    "total >= 10 and total < 20",
    "mean(total, q1)",
    "coalesce(total, 5)",
    "known(total)",
    "sum(coalesce(items, 0))",
    "sum(coalesce(items, ceil(median(known(items)))))",
    "100 * sum(known(items)) / (3 * answered(items))",
)


def identical(left: Sequence[Any], right: Sequence[Any]) -> bool:
    """Say whether two rows of results are the same, types and signs included."""
    return [(type(one), repr(one)) for one in left] == [(type(one), repr(one)) for one in right]


def rows() -> list[dict[str, Any]]:
    """Give rows of facts: full, empty, and with each few facts missing."""
    full = {
        **dict(zip(ITEMS, (1, 0, 3, 2, 2, 1, 0), strict=True)),
        "s": 2,
        "u": 1,
        "code(s)": 1,
        "x": -2.5,
        "p": True,
        "q": False,
        "r": True,
        "sex": "male",
        "bed": 1400,
        "up": 380,
        "asked(s)": True,
        "asked(u)": True,
    }
    ones = {**full, **dict.fromkeys(ITEMS, 1), "x": 0.25, "p": False, "q": True, "r": False, "sex": "female"}
    zeros = {**full, **dict.fromkeys(ITEMS, 0), "x": -0.0, "s": 0, "u": 0}
    found = [
        full,
        ones,
        zeros,
        {},
        {**full, "s": None, "asked(s)": False},
        {**full, "s": None, "u": None, "asked(u)": False},
    ]
    found += [
        {**full, "s": None, "u": None, "asked(s)": False, "asked(u)": None},
        {**full, "s": None, "u": None, "asked(s)": False, "asked(u)": False},
    ]
    found += [{**row, name: None} for row in (full, ones) for name in full]
    found += [
        {name: value for name, value in full.items() if name not in lost}
        for lost in (("q1", "q2"), ("q1", "p"), ITEMS, ITEMS[1:], "pqr", "pq")
    ]
    return found


ROWS = rows()


@pytest.mark.parametrize("text", RULES)
def test_each_form_gives_what_the_interpreter_gives(text: str) -> None:
    """Over full, empty and half-empty rows, with nothing promised, all that is known, and some of it."""
    rule = parse(text, WORDS)
    run, names = rule.compile(), facts_of(rule.node)
    for row in ROWS:
        wanted = [rule.evaluate(row)]
        assert identical([run(row)], wanted), row
        known = [name for name in names if row.get(name) is not None]
        for promised in (known, known[:1], known[1:]):
            positional = compile_positional([rule.node], names, known=promised)
            assert identical(positional(*(row.get(name) for name in names)), wanted), (row, promised)


def test_all_forms_together_give_what_each_gives() -> None:
    """What rules share is worked out once, and nothing gets mixed up."""
    rules = [parse(text, WORDS) for text in RULES]
    run = compile_rules(rules)
    for row in ROWS:
        assert identical(run(row), [rule.evaluate(row) for rule in rules]), row


@pytest.mark.parametrize("size", [3, 4, 5, 99, 100, 101, 400])
def test_long_lists(size: int) -> None:
    """However many members there are, and wherever one is missing."""
    names = {f"i{place}": WHOLE for place in range(size)}
    words = Vocabulary(names=names, lists={"items": tuple(names)})
    texts = (
        "sum(items)",
        "mean(items)",
        "count(items >= 2)",
        "prorate(items)",
        "round(prorate(items))",
        "answered(items)",
        "missing(items)",
        "median(items)",
        "max(items)",
        "any(items >= 3)",
        "all(items >= 0)",
        "sum(known(items))",
    )
    rules = [parse(text, words) for text in texts]
    run = compile_rules(rules)
    full = {name: place % 4 for place, name in enumerate(names)}
    for row in (full, {**full, "i0": None}, {**full, f"i{size - 1}": None}, {}):
        wanted = [rule.evaluate(row) for rule in rules]
        assert identical(run(row), wanted)
    promised = compile_positional([rule.node for rule in rules], list(names), known=names)
    assert identical(promised(*full.values()), [rule.evaluate(full) for rule in rules])


def source(nodes: Sequence[Node], monkeypatch: pytest.MonkeyPatch, known: Sequence[str] = ()) -> str:
    """Give the text of the function that is written for rules."""
    seen: list[str] = []

    def watched(text: str, name: str, mode: str) -> object:
        seen.append(text)
        return compile(text, name, mode)

    monkeypatch.setattr("carecoord.rules._compile.compile", watched, raising=False)
    compile_positional(nodes, facts_of(*nodes), known=known)
    return seen[0]


def test_shared_parts_are_written_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A part that stands in several rules has one line; named rules are parts like others."""
    rules = [parse(text, WORDS).node for text in ("total >= 10", "total >= 20", "sum(items) + 1", "q1 * 2 + q1 * 2")]
    text = source(rules, monkeypatch)
    assert text.count("f0 + f1 + f2 + f3 + f4 + f5 + f6") == 1
    assert text.count(" * 2") == 1
    promised = source(rules, monkeypatch, known=ITEMS)
    assert promised.count("f0 + f1 + f2 + f3 + f4 + f5 + f6") == 1
    assert promised.count("f0 * 2") == 1


def test_promised_facts_are_not_tested(monkeypatch: pytest.MonkeyPatch) -> None:
    """With every fact promised, no test for unknown is left; without, few are tested one by one and many together."""
    rule = parse("round(prorate(items)) >= 10 and count(items >= 2) >= 3", WORDS).node
    assert "None" not in source([rule], monkeypatch, known=ITEMS)
    assert "prorate" not in source([rule], monkeypatch, known=ITEMS)
    assert "half_away" not in source([rule], monkeypatch, known=ITEMS)
    assert "half_away" in source([rule], monkeypatch, known=ITEMS[1:])
    assert "None in (f0, f1, f2, f3, f4)" in source([parse("sum(q1, q2, q3, q4, q5)", WORDS).node], monkeypatch)
    assert "f0 is None or f1 is None or f2 is None or f3 is None else" in source(
        [parse("sum(q1, q2, q3, q4)", WORDS).node], monkeypatch
    )
    assert source([parse("q1 + q1", WORDS).node], monkeypatch).count("is None") == 1
    assert source([parse("known(q1)", WORDS).node], monkeypatch, known=["q1"]).count("is not None") == 0
    assert "f1 is None" not in source([parse("coalesce(q1, 0) + q2", WORDS).node], monkeypatch, known=["q2"])


def test_lines_neither_grow_nor_nest_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A part written more than once in the text of another must not multiply."""
    deep = "clip(" * 40 + "answered(items)" + ", 0, 7)" * 40
    text = source([parse(deep, WORDS).node], monkeypatch)
    assert len(text) < 20_000
    assert max(map(len, text.splitlines())) < 1500
    rule = parse(deep, WORDS)
    assert rule.compile()({"q1": 1}) == 1


@pytest.mark.parametrize(
    "node",
    [
        Arithmetic("/", Name("q1"), Constant(0)),
        Arithmetic("/", Name("q1"), Constant(0.0)),
        Arithmetic("/", Name("q1"), Defined("none", Constant(0))),
        Arithmetic("/", Constant(0), Name("q1")),
        Negative(Negative(Name("q1"))),
        Negative(Constant(3)),
        Given(Constant(value=True), Name("q1")),
        Given(Constant(value=False), Name("q1")),
        Given(Comparison(">", Name("q1"), Constant(0)), Arithmetic("+", Name("q1"), Constant(1))),
        Given(Defined("holds", Constant(value=True)), Arithmetic("+", Name("q1"), Constant(1))),
        Given(Call("all", (Constant(value=True),)), Name("q1")),
        Defined("twice", Defined("once", Name("q1"))),
    ],
    ids=repr,
)
def test_rules_that_only_python_can_build(node: Node) -> None:
    """Such rules come without the checks of reading; both engines still agree."""
    rule = Expression(node)
    for row in ({"q1": 2}, {"q1": 0}, {}):
        wanted = rule.evaluate(row)
        assert identical([rule.compile()(row)], [wanted])
        if "q1" in row:
            assert identical(compile_positional([node], ["q1"], known=["q1"])(row["q1"]), [wanted])


def test_rules_of_two_definitions_with_one_name_are_not_mixed_up() -> None:
    """Named rules and tables are told apart by what they say, not by their names."""
    low, high = (
        Vocabulary(
            names={"a": WHOLE}, tables={"t": table}, definitions={"d": parse(text, Vocabulary(names={"a": WHOLE})).node}
        )
        for table, text in ((((0, 1), (1, 2)), "a + 1"), (((0, 5), (1, 6)), "a + 2"))
    )
    rules = [parse(text, words) for words in (low, high) for text in ("lookup(a, t)", "d * 2")]
    assert compile_rules(rules)({"a": 1}) == (2, 4, 6, 6)
    both = Expression(Arithmetic("+", rules[1].node, rules[3].node))
    assert (both.evaluate({"a": 1}), both.compile()({"a": 1}), both.bounds({"a": 1}).certain) == (10, 10, 10)


def test_constants_reach_the_function_as_values(monkeypatch: pytest.MonkeyPatch) -> None:
    """No text of a definition is ever part of the source, whatever stands in it."""
    odd = "'); import os #"
    rule = Expression(Comparison("==", Name("sex; import os"), Constant(odd)))
    text = source([rule.node], monkeypatch)
    assert "import" not in text
    assert compile_nodes([rule.node])({"sex; import os": odd}) == (True,)
    numbers = parse("q1 * -3 + q2 * 2.5 + 7", WORDS)
    assert numbers.compile()({"q1": 1, "q2": 2}) == 9.0


def test_every_pair_of_truths_through_every_join() -> None:
    """Kleene's tables hold in the compiled function too, with one side promised, or both."""
    for p, q in product((True, False, None), repeat=2):
        row: Mapping[str, Any] = {"p": p, "q": q}
        for text in (
            "p and q",
            "p or q",
            "any(p, q)",
            "all(p, q)",
            "not p",
            "q if p else not q",
            "p and q and not p",
            "p or q or not p",
        ):
            rule = parse(text, WORDS)
            names = facts_of(rule.node)
            for promised in ([], [name for name in names if row[name] is not None]):
                run = compile_positional([rule.node], names, known=promised)
                assert run(*(row[name] for name in names)) == (rule.evaluate(row),), (text, row)


def test_a_function_of_nothing() -> None:
    """A rule without facts, and no rules at all."""
    assert compile_rules([parse("1 + 1", WORDS)])({}) == (2,)
    assert compile_rules([])({}) == ()
    assert compile_positional([], [])() == ()
    assert fact("a").compile()({"a": 4}) == 4
