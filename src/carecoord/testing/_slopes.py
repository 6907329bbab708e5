"""Which way a rule moves when a fact rises: what the law of monotone scores is judged by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise

from carecoord.rules._bounds import bounds
from carecoord.rules._nodes import (
    And,
    Arithmetic,
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
)

__all__ = ["slopes", "treats_blanks"]

Slopes = Mapping[str, int]
"""By name: 1 where the value never falls as the fact rises, -1 where it never rises, 0 where it may do either."""

_RISING = frozenset(
    ("sum", "mean", "min", "max", "median", "prorate", "count", "any", "all", "round", "floor", "ceil", "coalesce")
)
_STEADY = frozenset(("missing", "answered", "known"))
"""These only ask which answers are there."""


def treats_blanks(node: Node) -> bool:
    """Say whether a rule does anything with a blank but pass it on: then a blank answered later may change it."""
    waiting, met = [node], set[Node]()
    while waiting:
        part = waiting.pop()
        if part in met:
            continue
        met.add(part)
        if isinstance(part, Call) and (part.known or part.function in {*_STEADY, "coalesce", "prorate"}):
            return True
        waiting.extend(children(part))
    return False


def slopes(node: Node) -> Slopes:
    """Say for each fact under a rule which way the value moves as it rises, while no other fact changes."""
    return _Slopes().of(node)


class _Slopes:
    def __init__(self) -> None:
        self.done: dict[Node, Slopes] = {}

    def of(self, node: Node) -> Slopes:
        if node not in self.done:
            self.done[node] = self.work_out(node)
        return self.done[node]

    def work_out(self, node: Node) -> Slopes:
        match node:
            case Constant():
                return {}
            case Name(id=name):
                return {name: 1}
            case Defined(body=inner) | Given(value=inner):
                return self.of(inner)
            case Negative(value=inner) | Not(value=inner):
                return _turned(self.of(inner))
            case And(parts=parts) | Or(parts=parts):
                return _together(map(self.of, parts))
            case Arithmetic():
                return self.arithmetic(node)
            case Comparison(relation=relation, left=left, right=right):
                rising = {">": 1, ">=": 1, "<": -1, "<=": -1}.get(relation, 0)
                return _times(_together((self.of(left), _turned(self.of(right)))), rising)
            case Member(value=inner):
                return _times(self.of(inner), 0)
            case Choice():
                return self.choice(node)
            case Lookup(value=inner, entries=entries):
                results = [result for _, result in sorted(entries) if not isinstance(result, str)]
                rises = len(results) == len(entries) and all(a <= b for a, b in pairwise(results))
                falls = len(results) == len(entries) and all(a >= b for a, b in pairwise(results))
                return _times(self.of(inner), 1 if rises else -1 if falls else 0)
            case Call():
                return self.call(node)

    def arithmetic(self, node: Arithmetic) -> Slopes:
        left, right = self.of(node.left), self.of(node.right)
        if node.operator == "+":
            return _together((left, right))
        if node.operator == "-":
            return _together((left, _turned(right)))
        by_left, by_right = _sign(node.right), _sign(node.left)
        if node.operator == "*":
            return _together((_times(left, by_left), _times(right, by_right)))
        return _together((_times(left, by_left), _times(right, -by_right if by_left else 0)))

    def choice(self, node: Choice) -> Slopes:
        """A choice rises with its condition where one branch lies wholly above the other."""
        then, otherwise = bounds(node.then, {}), bounds(node.otherwise, {})
        numbers = then.type == otherwise.type == "number" and then.known and otherwise.known
        above = 1 if numbers and then.low >= otherwise.high else -1 if numbers and then.high <= otherwise.low else 0
        return _together((self.of(node.then), self.of(node.otherwise), _times(self.of(node.condition), above)))

    def call(self, node: Call) -> Slopes:
        parts = list(map(self.of, node.arguments))
        if node.function in _STEADY:
            return {}
        if node.function in _RISING:
            return _together(parts)
        if node.function == "clip":
            return _together((parts[0], *(_times(part, 0) for part in parts[1:])))
        if node.function == "abs":
            return _times(parts[0], _sign(node.arguments[0]))
        return _times(_together(parts), 0)


def _sign(node: Node) -> int:
    found = bounds(node, {})
    return 1 if found.low >= 0 else -1 if found.high <= 0 else 0


def _turned(one: Slopes) -> Slopes:
    return _times(one, -1)


def _times(one: Slopes, factor: int) -> Slopes:
    return {name: slope * factor for name, slope in one.items()}


def _together(several: Iterable[Slopes]) -> Slopes:
    joined: dict[str, int] = {}
    for one in several:
        for name, slope in one.items():
            joined[name] = slope if joined.get(name, slope) == slope else 0
    return joined
