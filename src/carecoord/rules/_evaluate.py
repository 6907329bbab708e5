"""Evaluate a rule for one row of facts: the reference that every other engine is held against.

Unknown is `None`. Arithmetic and comparison with unknown are unknown; `and`, `or`, `not` follow Kleene;
an unknown condition, a division by zero and a lookup outside its table are unknown.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from operator import add, eq, ge, gt, le, lt, mul, ne, sub
from typing import Any

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
)

__all__ = ["RELATIONS", "evaluate", "half_away", "median", "total"]

Facts = Mapping[str, Any]
Done = dict[Node, Any]

RELATIONS: dict[str, Callable[[Any, Any], bool]] = {"==": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}
_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {"+": add, "-": sub, "*": mul}


def total(values: Sequence[Any]) -> Any:
    """Add from left to right, as every engine does (the built-in `sum` of floats differs between Python versions)."""
    result = values[0]
    for value in values[1:]:
        result = result + value
    return result


def median(values: Sequence[Any]) -> Any:
    """Give the middle one, or the mean of the middle two."""
    ordered, middle = sorted(values), len(values) // 2
    return ordered[middle] if len(values) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def half_away(value: float, per_one: int) -> int | float:
    """Round to the nearest 1/`per_one`, halves away from zero; whole steps give a whole number, and 0 has no sign."""
    steps = math.floor(abs(value) * per_one + 0.5)
    rounded = steps if per_one == 1 else steps / per_one
    return 0 - rounded if value < 0 else rounded


def to_step(value: float, step: float) -> int | float:
    """Round to a step that is whole, or one part of one."""
    if step >= 1:
        return half_away(value / step, 1) * round(step)
    return half_away(value, round(1 / step))


def evaluate(node: Node, facts: Facts, done: Done | None = None) -> Any:
    """Give the value of a rule; an absent fact is unknown, and a named rule is worked out once."""
    done = {} if done is None else done
    match node:
        case Constant(value=value):
            return value
        case Name(id=name):
            return facts.get(name)
        case Defined(body=body):
            if body not in done:
                done[body] = evaluate(body, facts, done)
            return done[body]
        case Negative(value=inner):
            value = evaluate(inner, facts, done)
            return None if value is None else -value
        case Arithmetic():
            return _arithmetic(node, facts, done)
        case Comparison(relation=relation, left=left, right=right):
            a, b = evaluate(left, facts, done), evaluate(right, facts, done)
            return None if a is None or b is None else RELATIONS[relation](a, b)
        case Member(value=inner, choices=choices):
            value = evaluate(inner, facts, done)
            return None if value is None else value in choices
        case And(parts=parts):
            return _all([evaluate(part, facts, done) for part in parts])
        case Or(parts=parts):
            return _any([evaluate(part, facts, done) for part in parts])
        case Not(value=inner):
            value = evaluate(inner, facts, done)
            return None if value is None else not value
        case Choice(condition=condition, then=then, otherwise=otherwise):
            met = evaluate(condition, facts, done)
            return None if met is None else evaluate(then if met else otherwise, facts, done)
        case Given(condition=condition, value=inner):
            return evaluate(inner, facts, done) if evaluate(condition, facts, done) is True else None
        case Lookup(value=inner, entries=entries):
            return dict(entries).get(evaluate(inner, facts, done))
        case Call():
            return _call(node, facts, done)


def _arithmetic(node: Arithmetic, facts: Facts, done: Done) -> Any:
    a, b = evaluate(node.left, facts, done), evaluate(node.right, facts, done)
    if a is None or b is None:
        return None
    if node.operator == "/":
        return None if b == 0 else a / b
    return _OPERATORS[node.operator](a, b)


def _all(values: Sequence[Any]) -> bool | None:
    return False if False in values else None if None in values else True


def _any(values: Sequence[Any]) -> bool | None:
    return True if True in values else None if None in values else False


def _mean(values: Sequence[Any]) -> Any:
    return total(values) / len(values)


_OVER: dict[str, Callable[[Sequence[Any]], Any]] = {
    "sum": total,
    "mean": _mean,
    "min": min,
    "max": max,
    "median": median,
    "count": lambda values: int(total(values)),
}

_SCALAR: dict[str, Callable[..., Any]] = {
    "abs": abs,
    "floor": math.floor,
    "ceil": math.ceil,
    "clip": lambda x, low, high: low if x < low else min(x, high),
    "minutes_between": lambda start, end: (end - start) % 1440,
    "round": lambda x, step=1: to_step(x, step),
}


def _call(node: Call, facts: Facts, done: Done) -> Any:
    values = [evaluate(argument, facts, done) for argument in node.arguments]
    match node.function:
        case "any":
            return _any(values)
        case "all":
            return _all(values)
        case "answered":
            return len(values) - values.count(None)
        case "missing":
            return sum(
                value is None and _was_asked(argument, facts)
                for value, argument in zip(values, node.arguments, strict=True)
            )
        case "prorate":
            return _prorate(node, values, facts)
        case "known":
            return values[0] is not None
        case "coalesce":
            return next((value for value in values if value is not None), None)
        case function if function in _OVER:
            members = [value for value in values if value is not None] if node.known else values
            return None if None in members or not members else _OVER[function](members)
        case function:
            return None if None in values else _SCALAR[function](*values)


def _was_asked(argument: Node, facts: Facts) -> bool:
    return not (isinstance(argument, Name) and argument.kind.skippable and facts.get(asked(argument)) is False)


def _prorate(node: Call, values: Sequence[Any], facts: Facts) -> Any:
    known = [value for value in values if value is not None]
    members = sum(
        value is not None or _was_asked(argument, facts) for value, argument in zip(values, node.arguments, strict=True)
    )
    return total(known) * members / len(known) if known else None
