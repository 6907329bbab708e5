"""Strategies for rules: vocabularies, rows of facts, and well-typed expressions of every kind of node."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from hypothesis import strategies as st

from carecoord.rules import Expression, Kind, Vocabulary
from carecoord.rules._nodes import (
    And,
    Arithmetic,
    Call,
    Choice,
    Comparison,
    Constant,
    Lookup,
    Member,
    Name,
    Node,
    Not,
    Or,
    negative,
)

__all__ = ["expressions", "facts", "vocabularies"]

T = TypeVar("T")

NUMBERS = ("q1", "q2", "q3", "q4", "q5")
TABLE = ((0, 20), (1, 22.5), (2, 30), (3, 31))
WORDS = ("none", "some", "marked")


@st.composite
def vocabularies(draw: st.DrawFn) -> Vocabulary:
    """Draw a vocabulary: whole and broken numbers, one that may be skipped, texts, yes/no, times, a list and a table.

    >>> from hypothesis import find
    >>> find(vocabularies(), lambda words: "q1" in words.names).lists["items"]
    ('q1', 'q2', 'q3', 'q4', 'q5')
    """
    names: dict[str, Kind] = {}
    for name in NUMBERS:
        low = draw(st.integers(-3, 3))
        high = low + draw(st.integers(1, 6))
        names[name] = Kind.number(low, high, whole=draw(st.booleans()), skippable=name == "q5" and draw(st.booleans()))
    names["code(q1)"] = Kind.number(0, 3, whole=True)
    names["step.now"] = Kind.choice(WORDS)
    names["known_to_team"] = Kind.YES_NO
    names["bed"] = names["rise"] = Kind.TIME
    return Vocabulary(names=names, lists={"items": NUMBERS}, tables={"t": TABLE})


@st.composite
def facts(draw: st.DrawFn, vocabulary: Vocabulary, *, missing: bool = True) -> Mapping[str, Any]:
    """Draw a row of facts for a vocabulary.

    Args:
        draw: given by Hypothesis.
        vocabulary: the names, each with its kind.
        missing: whether facts may be unknown.
    """
    row: dict[str, Any] = {}
    for name, kind in vocabulary.names.items():
        value = draw(st.none() | _value(kind) if missing else _value(kind))
        row[name] = value
        if kind.skippable:
            row[f"asked({name})"] = draw(st.booleans()) if value is None else True
    return row


def _value(kind: Kind) -> st.SearchStrategy[Any]:
    if kind.type == "yes/no":
        return st.booleans()
    if kind.type == "text":
        return st.sampled_from(kind.values or WORDS)
    low, high = int(kind.low), int(kind.high)
    if kind.whole or kind.type == "time":
        return st.integers(low, high)
    return st.integers(low, high) | st.integers(low * 4, high * 4).map(lambda quarters: quarters / 4)


@st.composite
def expressions(draw: st.DrawFn, vocabulary: Vocabulary, *, type: str | None = None) -> Expression:  # noqa: A002
    """Draw a rule that is well typed in a vocabulary, of any of the language's nodes.

    Its divisions divide by constants or by what is whole, and its numbers stay small, as a rule's that loads.

    Args:
        draw: given by Hypothesis.
        vocabulary: the names it may use.
        type: `number`, `yes/no` or `text`; any of the three where left out.
    """
    wanted = type or draw(st.sampled_from(("number", "yes/no", "text")))
    return Expression(getattr(_Drawer(draw, vocabulary), _METHODS[wanted])(3))


_METHODS = {"number": "number", "yes/no": "truth", "text": "text"}


class _Drawer:
    """Draws nodes of one type at a time, from the root down, so that only what is chosen is built."""

    def __init__(self, draw: st.DrawFn, vocabulary: Vocabulary) -> None:
        self.draw = draw
        self.names = {
            kind: [Name(name, one) for name, one in vocabulary.names.items() if one.type == kind]
            for kind in ("number", "yes/no", "text", "time")
        }

    def pick(self, options: Sequence[T]) -> T:
        return self.draw(st.sampled_from(options))

    def constant(self) -> Node:
        value = self.draw(st.integers(-40, 40))
        return Constant(value / 4) if self.draw(st.booleans()) else Constant(value // 4)

    def several(self, make: Callable[[int], Node], depth: int, *, least: int = 1, most: int = 4) -> tuple[Node, ...]:
        return tuple(make(depth) for _ in range(self.draw(st.integers(least, most))))

    def number(self, depth: int) -> Node:
        if depth == 0 or self.draw(st.integers(0, 5)) == 0:
            return self.constant() if self.draw(st.integers(0, 2)) == 0 else self.pick(self.names["number"])
        return self.pick(self.NUMBERS)(self, depth - 1)

    def arithmetic(self, depth: int) -> Node:
        left = self.number(0)
        return Arithmetic(self.pick(("+", "-", "*")), left, self.number(depth))

    def quotient(self, depth: int) -> Node:
        whole = [name for name in self.names["number"] if name.kind.whole]
        return Arithmetic("/", self.number(depth), self.pick([*map(Constant, (2, 4, -3, 0.5)), *whole]))

    def sign(self, depth: int) -> Node:
        return negative(self.number(depth))

    def aggregate(self, depth: int) -> Node:
        name = self.pick(("sum", "mean", "min", "max", "median"))
        return Call(name, self.several(self.number, depth), self.draw(st.booleans()))

    def count(self, depth: int) -> Node:
        return Call("count", self.several(self.truth, depth))

    def tally(self, depth: int) -> Node:
        return Call(self.pick(("answered", "missing", "prorate")), self.several(self.number, depth))

    def rounding(self, depth: int) -> Node:
        name, number = self.pick(("abs", "floor", "ceil", "round", "step")), self.number(depth)
        return (
            Call("round", (number, Constant(self.pick((0.1, 0.25, 0.5, 2, 5)))))
            if name == "step"
            else Call(name, (number,))
        )

    def clip(self, depth: int) -> Node:
        low = self.draw(st.integers(-5, 5))
        return Call("clip", (self.number(depth), Constant(low), Constant(low + self.draw(st.integers(0, 9)) / 2)))

    def coalesce(self, depth: int) -> Node:
        return Call("coalesce", self.several(self.number, depth, least=2, most=3))

    def minutes(self, _: int) -> Node:
        return Call("minutes_between", (self.pick(self.names["time"]), self.pick(self.names["time"])))

    def lookup(self, depth: int) -> Node:
        return Lookup(self.number(depth), "t", TABLE)

    def number_choice(self, depth: int) -> Node:
        return Choice(self.truth(depth), self.number(depth), self.number(depth))

    NUMBERS = (
        arithmetic, quotient, sign, aggregate, count, tally, rounding, clip, coalesce, minutes, lookup, number_choice,
    )  # fmt: skip

    def truth(self, depth: int) -> Node:
        if depth == 0 or self.draw(st.integers(0, 5)) == 0:
            return self.pick([*self.names["yes/no"], Constant(value=True), Constant(value=False)])
        return self.pick(self.TRUTHS)(self, depth - 1)

    def comparison(self, depth: int) -> Node:
        relation = self.pick(("==", "!=", "<", "<=", ">", ">="))
        return Comparison(relation, self.number(depth), self.number(depth))

    def equality(self, depth: int) -> Node:
        make = self.pick((self.text, self.truth))
        return Comparison(self.pick(("==", "!=")), make(depth), make(depth))

    def text_member(self, depth: int) -> Node:
        return Member(self.text(depth), tuple(self.draw(st.lists(st.sampled_from(WORDS), min_size=1, unique=True))))

    def number_member(self, depth: int) -> Node:
        return Member(self.number(depth), tuple(self.draw(st.lists(st.integers(0, 5), min_size=1, unique=True))))

    def junction(self, depth: int) -> Node:
        return self.pick((And, Or))(self.several(self.truth, depth, least=2))

    def denial(self, depth: int) -> Node:
        return Not(self.truth(depth))

    def truth_choice(self, depth: int) -> Node:
        return Choice(self.truth(depth), self.truth(depth), self.truth(depth))

    def any_or_all(self, depth: int) -> Node:
        return Call(self.pick(("any", "all")), self.several(self.truth, depth))

    def is_known(self, depth: int) -> Node:
        return Call("known", (self.pick((self.number, self.text, self.truth))(depth),))

    TRUTHS = (
        comparison, comparison, equality, text_member, number_member, junction, junction, denial, truth_choice,
        any_or_all, is_known,
    )  # fmt: skip

    def text(self, depth: int) -> Node:
        if depth == 0 or self.draw(st.booleans()):
            return self.pick([*self.names["text"], *map(Constant, WORDS)])
        return Choice(self.truth(depth - 1), self.text(0), self.text(depth - 1))
