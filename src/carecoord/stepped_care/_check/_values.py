"""Which values a variable can have: all of them where they are few, else one on each side of every threshold."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from itertools import pairwise, product

import attrs

from carecoord.rules._evaluate import total
from carecoord.rules._nodes import (
    Arithmetic,
    Call,
    Comparison,
    Constant,
    Defined,
    Member,
    Name,
    Negative,
    Node,
    Relation,
)
from carecoord.scoring import Instrument

__all__ = ["MIRRORED", "Affine", "Cuts", "affine", "around", "attainable", "cuts"]

Number = int | float
Affine = tuple[str, Number, Number]
"""A variable, what it is multiplied by, and what is added."""

MOST = 2000
"""A score with more values than this is held to thresholds only."""


def attainable(instrument: Instrument, score: str) -> tuple[Number, ...] | None:
    """Give the values a score can come to, where its rule is a sum or a mean of answers; else nothing.

    Each answer is taken to be free of the others, so a value may be listed that skip rules exclude.
    """
    items = {item.name: item for item in instrument.items}

    def reach(node: Node) -> frozenset[Number] | None:
        match node:
            case Constant(value=int() | float() as value):
                return frozenset((value,))
            case Name(id=name) if name in items:
                item = items[name]
                codes = [code for code in (*item.codes.values(), item.otherwise) if code is not None]
                if not item.codes and item.kind.whole and item.kind.high - item.kind.low <= MOST:
                    codes += range(int(item.kind.low), int(item.kind.high) + 1)
                return frozenset(codes) or None
            case Defined(body=body):
                return reach(body)
            case Arithmetic(operator="*", left=left, right=Constant(value=int() | float() as by)):
                found = reach(left)
                return None if found is None else frozenset(one * by for one in found)
            case Arithmetic(operator="+", left=left, right=right):
                return added([reach(left), reach(right)])
            case Call(function="sum", arguments=arguments, known=False):
                return added(list(map(reach, arguments)))
            case Call(function="mean", arguments=arguments, known=False):
                sums = added(list(map(reach, arguments)))
                return None if sums is None else frozenset(one / len(arguments) for one in sums)
            case _:
                return None

    found = reach(instrument.score(score).value.node)
    return None if found is None else tuple(sorted(found))


def added(parts: list[frozenset[Number] | None]) -> frozenset[Number] | None:
    """Give every sum of one value of each part."""
    sums: set[Number] = {0}
    for part in parts:
        if part is None:
            return None
        sums = {total((one, other)) for one, other in product(sums, part)}
        if len(sums) > MOST:
            return None
    return frozenset(sums)


def affine(node: Node) -> Affine | None:
    """Read a rule as one variable, multiplied and added to; nothing where it is more than that."""
    match node:
        case Name(id=name, kind=kind) if kind.type == "number":
            return name, 1, 0
        case Negative(value=inner):
            found = affine(inner)
            return None if found is None else (found[0], -found[1], -found[2])
        case Arithmetic(operator=sign, left=left, right=Constant(value=int() | float() as by)):
            found = affine(left)
            if found is None:
                return None
            name, times, plus = found
            return {
                "+": (name, times, plus + by),
                "-": (name, times, plus - by),
                "*": (name, times * by, plus * by),
                "/": (name, times / by, plus / by) if by else None,
            }[sign]
        case _:
            return None


@attrs.frozen
class Cuts:
    """The numbers at which something changes as a variable grows.

    Attributes:
        name: the variable.
        at: it changes on reaching these.
        after: it changes on passing these.
    """

    name: str
    at: tuple[Number, ...] = ()
    after: tuple[Number, ...] = ()


def cuts(atom: Node) -> Cuts | None:
    """Give the numbers that a variable is held against; nothing where it is used in any other way."""
    match atom:
        case Name(id=name) | Call(function="known", arguments=(Name(id=name),)):
            return Cuts(name)
        case Member(value=inner, choices=choices):
            found = affine(inner)
            if found is None:
                return Cuts(inner.id) if isinstance(inner, Name) else None
            numbers = tuple(_at(found, one) for one in choices if not isinstance(one, str))
            return Cuts(found[0], numbers, numbers)
        case Comparison(relation=relation, left=left, right=Constant(value=int() | float() as against)):
            return _against(relation, left, against)
        case Comparison(relation=relation, left=Constant(value=int() | float() as against), right=right):
            return _against(MIRRORED[relation], right, against)
        case Comparison(left=Name(id=name, kind=kind), right=Constant()) if kind.type != "number":
            return Cuts(name)
        case _:
            return None


def _at(found: Affine, number: float) -> Number:
    """Give where a variable makes a rule reach a number, without the noise of dividing."""
    return round((number - found[2]) / found[1], 9)


def _against(relation: str, node: Node, against: float) -> Cuts | None:
    found = affine(node)
    if found is None or not found[1]:
        return None
    at = (_at(found, against),)
    if relation in ("==", "!="):
        return Cuts(found[0], at, at)
    rises = found[1] > 0
    on_reaching = relation in ((">=", "<") if rises else ("<=", ">"))
    return Cuts(found[0], at, ()) if on_reaching else Cuts(found[0], (), at)


MIRRORED: Mapping[Relation, Relation] = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


def steps(found: Iterable[Cuts]) -> set[int]:
    """Give the whole numbers at which something changes: those reached, and those just after the passed ones."""
    return {
        number
        for one in found
        for number in (*(math.ceil(at) for at in one.at), *(math.floor(at) + 1 for at in one.after))
    }


def around(found: Iterable[Cuts], low: Number, high: Number, *, whole: bool) -> list[Number]:
    """Give one number on each side of every change, the lowest and one far up.

    Args:
        found: where something changes.
        low: the lowest number.
        high: the highest.
        whole: only whole numbers.
    """
    found = tuple(found)
    if whole:
        changes = sorted(at for at in steps(found) if low < at <= high)
        near: set[Number] = {at + by for at in changes for by in (-1, 0)}
        near |= {int(low), int(low) + 1, max([int(low), *changes]) + 7}
        return sorted(number for number in near if low <= number <= high)
    inside = sorted({at for one in found for at in (*one.at, *one.after) if low <= at <= high})
    gaps = [other - one for one, other in pairwise([low, *inside, high]) if other > one]
    step = 10.0 ** math.floor(math.log10(min([*gaps, 10]) / 3))
    near = {round(at + by * step, 9) for at in inside for by in (-1, 0, 1)}
    near |= {low, min(high, max([low, *inside]) + 7)}
    return sorted(number for number in near if low <= number <= high)
