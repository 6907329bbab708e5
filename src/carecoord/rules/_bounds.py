"""Bound a rule's value when its facts are only partly known.

The same walk gives the range of a rule when it loads (every fact may be anything of its kind)
and what a half-answered form still allows (the missing answers may be any of their codes).
It may name a value that cannot come; it never leaves out one that can.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import Any

import attrs

from carecoord.rules._evaluate import RELATIONS, median, to_step, total
from carecoord.rules._kinds import Bounds, Kind
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
    asked,
    type_of,
)

__all__ = ["bounds"]

Partial = Mapping[str, Any]
Memo = dict[Node, Bounds]

NOTHING = Bounds.exactly(None)


def bounds(node: Node, facts: Partial, memo: Memo | None = None) -> Bounds:
    """Give what is certain of a rule's value.

    Args:
        node: the rule.
        facts: values, or `Bounds` for what is partly known; `None` is unknown for certain;
            a fact left out may be anything of its kind, known or not.
        memo: bounds already worked out for these facts.
    """
    known = memo if memo is not None else {}
    found = known.get(node)
    if found is None:
        found = known[node] = _bounds(node, facts, known)
    return found


def _bounds(node: Node, facts: Partial, memo: Memo) -> Bounds:
    match node:
        case Constant(value=value):
            return Bounds.exactly(value)
        case Name(id=name, kind=kind):
            if name not in facts:
                return kind.bounds
            given = facts[name]
            return given if isinstance(given, Bounds) else Bounds.exactly(given)
        case Defined(body=body):
            return bounds(body, facts, memo)
        case Negative(value=inner):
            one = bounds(inner, facts, memo)
            return attrs.evolve(one, low=-one.high, high=-one.low) if one.known else NOTHING
        case Arithmetic(operator=operator, left=left, right=right):
            return _arithmetic(operator, bounds(left, facts, memo), bounds(right, facts, memo))
        case Comparison(relation=relation, left=left, right=right):
            return _compare(relation, bounds(left, facts, memo), bounds(right, facts, memo))
        case Member(value=inner, choices=choices):
            return _member(bounds(inner, facts, memo), choices)
        case And(parts=parts):
            return _kleene([bounds(part, facts, memo) for part in parts], absorbing=False)
        case Or(parts=parts):
            return _kleene([bounds(part, facts, memo) for part in parts], absorbing=True)
        case Not(value=inner):
            one = bounds(inner, facts, memo)
            return attrs.evolve(one, choices=frozenset(not choice for choice in one.choices or ()))
        case Choice(condition=condition, then=then, otherwise=otherwise):
            return _choice(bounds(condition, facts, memo), then, otherwise, facts, memo)
        case Given(condition=condition, value=inner):
            met = bounds(condition, facts, memo)
            if True not in (met.choices or ()):
                return NOTHING
            guarded = bounds(inner, facts, memo)
            return guarded if met.certain is True else attrs.evolve(guarded, unknown=True)
        case Lookup(value=inner, entries=entries):
            return _lookup(bounds(inner, facts, memo), entries, text=type_of(node) == "text")
        case Call():
            return _call(node, facts, memo)


def _choice(met: Bounds, then: Node, otherwise: Node, facts: Partial, memo: Memo) -> Bounds:
    choices = met.choices or frozenset()
    ways = [bounds(branch, facts, memo) for truth, branch in ((True, then), (False, otherwise)) if truth in choices]
    if not ways:
        return NOTHING
    both = ways[0] if len(ways) == 1 else ways[0].joined(ways[1])
    return attrs.evolve(both, unknown=True) if met.unknown else both


def _arithmetic(operator: str, a: Bounds, b: Bounds) -> Bounds:
    if not a.known or not b.known:
        return NOTHING
    unknown, whole = a.unknown or b.unknown, a.whole and b.whole
    if operator == "+":
        return Bounds.between(a.low + b.low, a.high + b.high, whole=whole, unknown=unknown)
    if operator == "-":
        return Bounds.between(a.low - b.high, a.high - b.low, whole=whole, unknown=unknown)
    if operator == "*":
        ends = [_times(x, y) for x, y in product((a.low, a.high), (b.low, b.high))]
        return Bounds.between(min(ends), max(ends), whole=whole, unknown=unknown)
    return _divide(a, b, unknown=unknown)


def _times(x: float, y: float) -> float:
    return 0 if x == 0 or y == 0 else x * y


def _divide(a: Bounds, b: Bounds, *, unknown: bool) -> Bounds:
    """Divide; where the divisor may be 0 the result may be unknown, and a whole one is then at least 1 either way."""
    if b.low == b.high == 0:
        return NOTHING
    if b.low > 0 or b.high < 0:
        divisors: list[float] = [b.low, b.high]
    elif b.whole:
        divisors = [end for end in (b.low, -1, 1, b.high) if b.low <= end <= b.high and end != 0]
        unknown = True
    else:
        return Bounds.between(-math.inf, math.inf, unknown=True)
    ends = [0 if x == 0 else x / y for x, y in product((a.low, a.high), divisors)]
    return Bounds.between(min(ends), max(ends), unknown=unknown)


def _compare(relation: str, a: Bounds, b: Bounds) -> Bounds:
    if not a.known or not b.known:
        return attrs.evolve(NOTHING, type="yes/no")
    return Bounds("yes/no", choices=frozenset(_relation(relation, a, b)), unknown=a.unknown or b.unknown)


def _relation(relation: str, a: Bounds, b: Bounds) -> set[bool | str]:
    if a.type in ("text", "yes/no"):
        if a.choices is None or b.choices is None:
            return {True, False}
        return {(x == y) is (relation == "==") for x in a.choices for y in b.choices}
    if relation in ("==", "!="):
        meet = a.low <= b.high and b.low <= a.high and _may_equal(a, b)
        same = a.low == a.high == b.low == b.high
        return {truth is (relation == "==") for truth, can in ((True, meet), (False, not same)) if can}
    holds = RELATIONS[relation]
    return {holds(a.low, b.high), holds(a.high, b.low)}


def _may_equal(a: Bounds, b: Bounds) -> bool:
    """A whole number never equals one that is not."""
    for one, other in ((a, b), (b, a)):
        if one.whole and other.low == other.high and not float(other.low).is_integer():
            return False
    return True


def _member(value: Bounds, choices: Sequence[Any]) -> Bounds:
    if not value.known:
        return attrs.evolve(NOTHING, type="yes/no")
    outcomes = [_compare("==", value, Bounds.exactly(choice)) for choice in choices]
    can = any(True in (outcome.choices or ()) for outcome in outcomes)
    must = any(outcome.choices == frozenset((True,)) for outcome in outcomes) or (
        value.choices is not None and value.choices <= frozenset(choices)
    )
    truths = frozenset(truth for truth, possible in ((True, can), (False, not must)) if possible)
    return Bounds("yes/no", choices=truths, unknown=value.unknown)


def _kleene(parts: Sequence[Bounds], *, absorbing: bool) -> Bounds:
    if any(part.certain is absorbing for part in parts):
        return Bounds.exactly(absorbing)
    can_absorb = any(absorbing in (part.choices or ()) for part in parts)
    can_other = all((not absorbing) in (part.choices or ()) for part in parts)
    truths = frozenset(truth for truth, can in ((absorbing, can_absorb), (not absorbing, can_other)) if can)
    unknown = any(part.unknown for part in parts)
    return Bounds("yes/no", choices=truths, known=bool(truths), unknown=unknown)


def _lookup(value: Bounds, entries: Sequence[tuple[Any, Any]], *, text: bool) -> Bounds:
    results = [result for code, result in entries if value.known and value.low <= code <= value.high]
    if not results:
        return NOTHING
    codes = frozenset(code for code, _ in entries)
    inside = value.low == value.high or (value.whole and all(number in codes for number in _members(value)))
    unknown = value.unknown or not inside
    if text:
        return Bounds("text", choices=frozenset(results), unknown=unknown)
    whole = all(float(result).is_integer() for result in results)
    return Bounds.between(min(results), max(results), whole=whole, unknown=unknown)


def _members(value: Bounds) -> Sequence[float]:
    """List the numbers of a small whole interval; a larger one gives what no table holds."""
    if value.high - value.low > 10_000:
        return (math.nan,)
    return range(math.ceil(value.low), math.floor(value.high) + 1)


def _call(node: Call, facts: Partial, memo: Memo) -> Bounds:
    parts = [bounds(argument, facts, memo) for argument in node.arguments]
    match node.function:
        case "any" | "all":
            return _kleene(parts, absorbing=node.function == "any")
        case "known":
            truths = frozenset(truth for truth, can in ((True, parts[0].known), (False, parts[0].unknown)) if can)
            return Bounds("yes/no", choices=truths)
        case "answered":
            sure, most = sum(not part.unknown for part in parts), sum(part.known for part in parts)
            return Bounds.between(sure, most, whole=True)
        case "missing":
            return _missing(node, parts, facts)
        case "prorate":
            return _prorate(node, parts, facts)
        case "count":
            return _count(parts)
        case "coalesce":
            return _coalesce(parts)
        case function if function in _AGGREGATES:
            return _aggregate(function, parts, known=node.known)
        case function:
            return _scalar(function, parts)


def _may_be_skipped(argument: Node, facts: Partial) -> tuple[bool, bool]:
    """Say whether an item may have been asked, and whether it may have been skipped."""
    if not isinstance(argument, Name) or not argument.kind.skippable:
        return True, False
    given = facts.get(asked(argument), True if argument.id in facts else Kind.YES_NO.known)
    if not isinstance(given, Bounds):
        return given is not False, given is False
    choices = given.choices or ()
    return given.unknown or True in choices, False in choices


def _missing(node: Call, parts: Sequence[Bounds], facts: Partial) -> Bounds:
    low = high = 0
    for argument, part in zip(node.arguments, parts, strict=True):
        may_be_asked, may_be_skipped = _may_be_skipped(argument, facts)
        high += part.unknown and may_be_asked
        low += not part.known and not may_be_skipped
    return Bounds.between(low, high, whole=True)


def _count(parts: Sequence[Bounds]) -> Bounds:
    if not all(part.known for part in parts):
        return NOTHING
    sure = sum(part.choices == frozenset((True,)) for part in parts)
    most = sum(True in (part.choices or ()) for part in parts)
    return Bounds.between(sure, most, whole=True, unknown=any(part.unknown for part in parts))


def _coalesce(parts: Sequence[Bounds]) -> Bounds:
    result = parts[0]
    for part in parts[1:]:
        if not result.unknown:
            break
        result = attrs.evolve(result.joined(part), unknown=part.unknown) if result.known else part
    return result


_AGGREGATES: dict[str, Callable[[Sequence[Any]], Any]] = {
    "sum": total,
    "mean": lambda values: total(values) / len(values),
    "min": min,
    "max": max,
    "median": median,
}
"""All of these rise with every member, so the lowest members give the lowest value."""


def _aggregate(function: str, parts: Sequence[Bounds], *, known: bool) -> Bounds:
    apply = _AGGREGATES[function]
    if not known:
        if not all(part.known for part in parts):
            return NOTHING
        low, high = apply([part.low for part in parts]), apply([part.high for part in parts])
        unknown = any(part.unknown for part in parts)
    else:
        if not any(part.known for part in parts):
            return NOTHING
        low, high = _ends_of_known(parts, apply, apply)
        if function in ("sum", "mean"):
            low, high = _widened(low, high, parts)
        unknown = all(part.unknown for part in parts)
    whole = function in ("sum", "min", "max") and all(part.whole for part in parts if part.known)
    return Bounds.between(low, high, whole=whole, unknown=unknown)


def _ends_of_known(
    parts: Sequence[Bounds], lowest: Callable[[list[float]], float], highest: Callable[[list[float]], float]
) -> tuple[float, float]:
    """Bound an aggregate of those members that are known, where some may or may not be.

    Of those that may be, the lowest few give the lowest value, for some number of them.
    """
    sure = [part for part in parts if not part.unknown]
    maybe = [part for part in parts if part.unknown and part.known]
    lows, highs = [part.low for part in sure], [part.high for part in sure]
    more_low, more_high = sorted(part.low for part in maybe), sorted((part.high for part in maybe), reverse=True)
    taken = range(0 if sure else 1, len(maybe) + 1)
    return min(lowest(lows + more_low[:few]) for few in taken), max(highest(highs + more_high[:few]) for few in taken)


def _widened(low: float, high: float, parts: Sequence[Bounds]) -> tuple[float, float]:
    """Allow for the order in which numbers that are not whole are added, where it is not settled which are."""
    if all(part.whole or not part.known for part in parts) or not any(part.unknown and part.known for part in parts):
        return low, high
    slack = 1e-12 * sum(max(abs(part.low), abs(part.high)) for part in parts if part.known)
    return low - slack, high + slack


def _prorate(node: Call, parts: Sequence[Bounds], facts: Partial) -> Bounds:
    if not any(part.known for part in parts):
        return NOTHING
    skips = [_may_be_skipped(argument, facts) for argument in node.arguments]
    fewest = sum(not part.unknown or not may_skip for part, (_, may_skip) in zip(parts, skips, strict=True))
    most = sum(part.known or may_ask for part, (may_ask, _) in zip(parts, skips, strict=True))

    def possible(values: list[float]) -> list[float]:
        return [total(values) * members / len(values) for members in (max(fewest, len(values)), most)]

    ends = _ends_of_known(parts, lambda values: min(possible(values)), lambda values: max(possible(values)))
    return Bounds.between(*_widened(*ends, parts), unknown=all(part.unknown for part in parts))


def _scalar(function: str, parts: Sequence[Bounds]) -> Bounds:
    if not all(part.known for part in parts):
        return NOTHING
    unknown = any(part.unknown for part in parts)
    first = parts[0]
    match function:
        case "abs":
            low = 0 if first.low <= 0 <= first.high else min(abs(first.low), abs(first.high))
            return Bounds.between(low, max(abs(first.low), abs(first.high)), whole=first.whole, unknown=unknown)
        case "floor" | "ceil":
            down: Callable[[float], int] = math.floor if function == "floor" else math.ceil
            low, high = (down(end) if math.isfinite(end) else end for end in (first.low, first.high))
            return Bounds.between(low, high, whole=True, unknown=unknown)
        case "clip":
            low, high = (
                min(max(end, bottom), top)
                for end, bottom, top in (
                    (first.low, parts[1].low, parts[2].low),
                    (first.high, parts[1].high, parts[2].high),
                )
            )
            return Bounds.between(low, high, whole=all(part.whole for part in parts), unknown=unknown)
        case "round":
            step = parts[1].low if len(parts) > 1 else 1
            low, high = (to_step(end, step) if math.isfinite(end) else end for end in (first.low, first.high))
            return Bounds.between(low, high, whole=step >= 1, unknown=unknown)
        case _:
            return _minutes(first, parts[1], unknown=unknown)


def _minutes(start: Bounds, end: Bounds, *, unknown: bool) -> Bounds:
    if start.low == start.high and end.low == end.high:
        minutes = int(end.low - start.low) % 1440
        return Bounds.between(minutes, minutes, whole=True, unknown=unknown)
    return Bounds.between(0, 1439, whole=True, unknown=unknown)
