"""What a score's rule can reach, and in which steps: checked when a definition loads."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import reduce

from carecoord.rules import Kind
from carecoord.rules._nodes import (
    Arithmetic,
    Call,
    Choice,
    Constant,
    Defined,
    Given,
    Lookup,
    Name,
    Negative,
    Node,
    children,
)
from carecoord.scoring._instrument import Item

__all__ = ["code_step", "grain", "range_fault"]

CLOSE = 1e-9


def range_fault(node: Node, declared: tuple[float, float], reached: Kind) -> str | None:
    """Say what is wrong with a declared range, given what the rule can reach.

    A rule that does not reach an end is a mistake in the rule or in the range.
    A rule that goes beyond an end is one only where its bounds are exact:
    where a fact is used twice they are an estimate, and the worked examples and the laws must show it.
    """
    low, high = declared
    if low >= high:
        return f"range: {low:g} is not below {high:g}"
    if reached.low > low + CLOSE or reached.high < high - CLOSE:
        return f"range: the rule reaches {reached.low:g} to {reached.high:g}, not {low:g} to {high:g}"
    beyond = reached.low < low - CLOSE or reached.high > high + CLOSE
    if beyond and is_exact(node):
        return f"range: the rule goes beyond it, to {reached.low:g} to {reached.high:g}"
    return None


_SMOOTH = frozenset(("sum", "mean", "min", "max", "median", "round", "abs"))


def is_exact(node: Node) -> bool:
    """Say whether the bounds of a rule are reached: each fact is used once, and every part rises or falls steadily."""
    uses: Counter[str] = Counter()
    for part in _parts(node):
        if isinstance(part, Name):
            uses[part.id] += 1
        elif isinstance(part, Call):
            if part.function not in _SMOOTH:
                return False
        elif isinstance(part, Arithmetic):
            if part.operator == "/" and not isinstance(part.right, Constant):
                return False
        elif not isinstance(part, Constant | Negative | Defined | Given):
            return False
    return max(uses.values(), default=0) <= 1


def _parts(node: Node) -> Iterator[Node]:
    waiting = [node]
    while waiting:
        part = waiting.pop()
        yield part
        waiting.extend((part.value,) if isinstance(part, Given) else children(part))


def grain(node: Node, steps: Mapping[str, float]) -> float | None:
    """Give the step between the values a rule can give; `None` where they lie as near as they like.

    Args:
        node: the rule.
        steps: the step between the values of each fact that is not 1 although it is whole, by name.
    """
    match node:
        case Defined(body=inner) | Given(value=inner) | Negative(value=inner):
            return grain(inner, steps)
        case Constant(value=value) if isinstance(value, int | float) and not isinstance(value, bool):
            return _step((value,))
        case Name(id=name, kind=kind):
            return steps.get(name, 1) if kind.whole else None
        case Lookup(entries=entries):
            return _step([float(value) for _, value in entries if not isinstance(value, str)])
        case Choice(then=then, otherwise=otherwise):
            return _common(grain(then, steps), grain(otherwise, steps))
        case Arithmetic(operator="*", left=left, right=right):
            a, b = grain(left, steps), grain(right, steps)
            return None if a is None or b is None else a * b
        case Arithmetic(operator="+" | "-", left=left, right=right):
            return _common(grain(left, steps), grain(right, steps))
        case Call(function="round", arguments=arguments):
            step = arguments[1] if len(arguments) > 1 else None
            return float(step.value) if isinstance(step, Constant) else 1
        case Call(function="sum" | "min" | "max" | "coalesce" | "abs" | "clip", arguments=arguments):
            return reduce(_common, [grain(argument, steps) for argument in arguments])
        case Call(function="count" | "floor" | "ceil" | "answered" | "missing" | "minutes_between"):
            return 1
        case _:
            return None


def _common(a: float | None, b: float | None) -> float | None:
    if a is None or b is None:
        return None
    if a == 0 or b == 0:
        return a or b
    parts = max(_per_one(a), _per_one(b))
    return math.gcd(round(a * parts), round(b * parts)) / parts


def _per_one(value: float) -> int:
    exponent = Decimal(repr(value)).normalize().as_tuple().exponent
    places = -exponent if isinstance(exponent, int) else 0
    return int(10 ** max(0, places))


def _step(values: Sequence[float]) -> float:
    return reduce(lambda a, b: _common(a, b) or 0, (abs(value) for value in values), 0.0) or 1


def code_step(item: Item) -> float:
    """Give the step between an item's scores: 10 where its codes go in tens."""
    scores = sorted({score for score in item.codes.values() if score is not None})
    return _step([b - a for a, b in zip(scores, scores[1:], strict=False)]) if len(scores) > 1 else 1
