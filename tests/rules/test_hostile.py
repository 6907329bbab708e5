"""Text from strangers: refused or read, in bounded time, whatever it tries and wherever it is read."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import pytest

from carecoord.errors import RuleError
from carecoord.rules import HostCall, Kind, Vocabulary, parse
from carecoord.rules._nodes import Constant, Name

ITEM = Kind.number(0, 3, whole=True)
MANY = {f"q{place}": ITEM for place in range(1, 1001)}
BROKEN = {f"x{place}": Kind.number(0.5, 3) for place in range(1, 1001)}


def rule_of(call: HostCall) -> Kind:
    """Read the first argument of a call as a rule."""
    return call.rule(0).kind


WORDS = Vocabulary(
    names={**MANY, **BROKEN, "p": Kind.YES_NO, "sex": Kind.choice(("female", "male"))},
    lists={
        "items": tuple(MANY),
        "broken": tuple(BROKEN),
        "loop": ("loop",),
        "ring": ("gnir",),
        "gnir": ("ring",),
        "d0": ("items", "items"),
        **{f"d{place}": (f"d{place - 1}",) * 2 for place in range(1, 30)},
        "e0": (),
        **{f"e{place}": (f"e{place - 1}",) * 2 for place in range(1, 30)},
    },
    tables={"t": tuple((place, place) for place in range(1000))},
    functions={"f": rule_of},
)
REFUSED = {
    "brackets": "(" * 3000,
    "brackets within the limit of characters": "(" * 1900 + "q1" + ")" * 1900,
    "lists in lists": "[" * 60 + "q1" + "]" * 60,
    "minus signs": "-" * 390 + "q1",
    "nots": "not " * 390 + "p",
    "a chain of if": "q1 if p else " * 190 + "q2",
    "a chain of if before": "q1 if " * 60 + "p" + " else q2" * 60,
    "pluses": "q1" + "+q1" * 399,
    "powers": "9**9**9**9**9",
    "factors": "999999999*" * 40 + "9",
    "long numbers": "9" * 4000,
    "long fractions": "0." + "9" * 3900,
    "long texts": "sex == '" + "x" * 3900 + "'",
    "texts side by side": "sex == " + "'xxxx' " * 500,
    "many texts": "'x'" * 1300,
    "long names": "a" * 4000,
    "long dotted names": "a." * 1900 + "a",
    "too long by far": "q1 + " * 10**6,
    "nests of chains": "count(0 < " * 24 + "q1" + " < 3)" * 24,
    "nests of lists": "any(items >= count(items >= 1))",
    "lists times lists": "sum(items + sum(items + sum(items + sum(items))))",
    "lists added": "sum(" + "items + " * 45 + "items)",
    "lists beside lists": "sum(items, items)",
    "lists that double": "sum(d29)",
    "empty lists that double": "sum(e29)",
    "lists in a circle": "sum(loop)",
    "lists in a ring": "sum(ring)",
    "broadcast membership": "any(items in (" + "1," * 1900 + "1))",
    "calls that double": "f(0 < " * 30 + "q1" + " < 3)" * 30,
    "attributes": "q1.__class__.__mro__",
    "attributes of a text": "''.__class__",
    "calls of attributes": "q1.__class__.__subclasses__()",
    "imports": "__import__('os').system('true')",
    "eval": "eval('1')",
    "lambda": "(lambda: 1)()",
    "a walrus": "(q1 := 1)",
    "a comprehension": "[q1 for q1 in items]",
    "a formatted text": "f'{().__class__}'",
    "an index": "items[0]",
    "stars": "sum(*items)",
    "double stars": "f(**items)",
    "an exponent": "1e400",
    "a surrogate": "sex == '\ud800'",
    "a lone surrogate": "\udfff",
    "a NUL": "q1 + \x00q2",
    "letters of other alphabets": "\u051b1 + q2",
    "wide letters": "\uff511",
    "letters that normalise": "\ufb01 + q1",
    "a right-to-left mark": "q1 \u202e+ q2",
    "other blanks": "q1\u00a0+\u00a0q2",
    "other line breaks": "q1 +\u2028q2",
    "a form feed": "q1\x0c+ q2",
    "a byte order mark": "\ufeffq1",
    "a comment": "q1 # + q2",
    "a continued line": "q1 \\\n + q2",
    "a line break in a text": "sex == 'fe\nmale'",
    "code after a line break": "q1\nimport os",
    "an encoding": "# -*- coding: utf-7 -*-\nq1",
    "await": "await q1",
    "yield": "(yield q1)",
    "type comments": "q1 # type: ignore",
    "ellipsis": "...",
    "emoji": "q1 + 🙂",
}
READ = {
    "chained comparisons": "q1<" * 399 + "q2",
    "many members": "median(known(broken)) > 1 and prorate(broken) > 1 and mean(known(broken)) > 1",
    "many medians": "+".join(["median(known(broken))"] * 19),
    "deep clips": "clip(" * 45 + "answered(items)" + ", 0, 3)" * 45,
    "deep calls of the host": "f(" * 45 + "q1" + ")" * 45,
    "many lookups": "sum(" + ",".join(f"lookup(q{place} + q{place + 1}, t)" for place in range(100, 250)) + ")",
    "many comparisons": " or ".join(f"q{place}>1" for place in range(1, 200)),
    "many choices": "q1 in (" + "1," * 1900 + "1)",
    "deep ifs": "q1 if p else " * 45 + "q2",
    "deep coalescing": "coalesce(" * 45 + "q1" + ", q2)" * 45,
    "a broadcast over all": "count(items >= 2) + sum(items * 2) + sum(abs(items - 2))",
}


def quickly(work: Callable[[], object]) -> None:
    """Do something, in far less time than any attack is worth."""
    start = time.process_time()
    work()
    assert time.process_time() - start < 5


@pytest.mark.parametrize("what", REFUSED)
def test_hostile_text_is_refused(what: str) -> None:
    """With our error and nothing else, at once."""

    def work() -> None:
        with pytest.raises(RuleError) as raised:
            parse(REFUSED[what], WORDS)
        assert len(raised.value.text) <= 200
        assert str(raised.value)

    quickly(work)


@pytest.mark.parametrize("what", READ)
def test_the_heaviest_text_that_is_read_is_light_enough(what: str) -> None:
    """Reading, evaluating, bounding, compiling, explaining and printing take no time worth an attack."""

    def work() -> None:
        rule = parse(READ[what], WORDS)
        row = {**dict.fromkeys(MANY, 1), **dict.fromkeys(BROKEN, 0.5), "p": True, f"f({'f(' * 44}q1{')' * 45}": 1}
        assert rule.compile()(row) == rule.evaluate(row) == rule.explain(row).value
        assert rule.compile()({}) == rule.evaluate({})
        assert rule.bounds(row).certain == rule.evaluate(row)
        assert str(rule)

    quickly(work)


@pytest.mark.parametrize("what", REFUSED)
@pytest.mark.parametrize("left", [20, 60, 120, 250, 500])
def test_hostile_text_is_refused_from_a_deep_stack(what: str, left: int) -> None:
    """Where little of the stack is left, still nothing but our error comes out."""
    depth = sys.getrecursionlimit() - _depth() - left

    def down(levels: int) -> None:
        if levels > 0:
            down(levels - 1)
            return
        _refuse(REFUSED[what])

    down(depth - 10)


def _depth() -> int:
    frame, depth = sys._getframe(), 0
    while frame is not None:
        frame, depth = frame.f_back, depth + 1  # type: ignore[assignment]
    return depth


def _refuse(text: str) -> None:
    try:
        parse(text, WORDS)
    except RuleError:
        return
    raise AssertionError("this was read")


def test_a_rule_that_is_read_from_a_deep_stack_is_the_rule() -> None:
    """What runs out of stack half-way leaves nothing wrong behind in the vocabulary."""
    words = Vocabulary(names={"q1": ITEM, "p": Kind.YES_NO})
    text = "min(" * 40 + "q1 + 1" + ")" * 40
    outcomes = []

    def down(levels: int) -> None:
        if levels > 0:
            down(levels - 1)
            return
        try:
            outcomes.append(parse(text, words).range)
        except RuleError:
            outcomes.append(None)

    room = sys.getrecursionlimit() - _depth()
    for left in range(30, min(room, 700), 10):
        down(room - left)
    assert set(outcomes) == {None, (1, 4)}
    assert outcomes == sorted(outcomes, key=lambda one: one is not None)
    assert parse(text, words).node.depth == 42


def test_names_and_definitions_of_the_host_may_be_anything() -> None:
    """A vocabulary with odd names reads what it can, and refuses the rest as ever."""
    words = Vocabulary(
        names={"": ITEM, "a b": ITEM, "class": ITEM, "True": ITEM, "x": ITEM},
        definitions={"d": Constant("'")},
        lists={"l": ("a b", "")},
    )
    assert parse("sum(l)", words).names == ("a b", "")
    assert parse("True", words).evaluate({"True": 3}) is True
    assert parse("x", words).node == Name("x")
    with pytest.raises(RuleError):
        parse("class", words)
