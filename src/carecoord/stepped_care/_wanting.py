"""What to ask for when a rule is unknown, and where the answers could lead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise, product
from typing import Any, Protocol

from carecoord.rules import Bounds, Expression
from carecoord.rules._nodes import Choice, Comparison, Constant, Member, Name, Node, children
from carecoord.stepped_care._history import OUTSIDE
from carecoord.stepped_care._readings import Derived
from carecoord.stepped_care._reductions import Recorded, Reduction

__all__ = ["FactRow", "completions", "unknown_in"]

MOST = 5000
"""So many combinations of answers are gone through at most; beyond, the decision asks for all of them."""
FULL = 200
"""A whole number with up to this many values is gone through value by value where it is not only held to thresholds."""

Facts = Mapping[str, Any]
Candidates = Sequence[Any]


class FactRow(Protocol):
    """What settling needs of a row of facts."""

    @property
    def known(self) -> Mapping[str, Any]:
        """The facts, `None` where unknown."""
        ...

    @property
    def possible(self) -> Mapping[str, Bounds]:
        """What half-answered forms say of facts that are unknown."""
        ...

    @property
    def reductions(self) -> Mapping[str, Reduction]:
        """How each fact is read."""
        ...

    def asks(self, name: str) -> tuple[str, ...]:
        """Give what to ask a person for when a fact is unknown."""
        ...


def unknown_in(rule: Expression, facts: Facts) -> tuple[str, ...]:
    """Name the unknown facts that keep a rule unknown, in the order written."""
    return tuple(dict.fromkeys(_unknown(rule.node, facts)))


def _unknown(node: Node, facts: Facts) -> Iterator[str]:
    if Expression(node).evaluate(facts) is not None:
        return
    match node:
        case Name(id=name):
            yield name
        case Choice(condition=condition, then=then, otherwise=otherwise):
            met = Expression(condition).evaluate(facts)
            yield from _unknown(condition if met is None else then if met else otherwise, facts)
        case _:
            for child in children(node):
                yield from _unknown(child, facts)


def completions(rules: Iterable[Expression], unknown: Iterable[str], row: FactRow) -> Iterator[dict[str, Any]] | None:
    """Give the rows of facts that answers could lead to, one for each class of answers that no rule tells apart.

    What is known stays as it is.

    Args:
        rules: the rules that are to be evaluated over the rows.
        unknown: the facts that could be answered.
        row: the facts.

    Returns:
        the rows; `None` where they are too many, or where a fact has no finite list of values to go through.
    """
    nodes = [rule.node for rule in rules]
    free = _free(unknown, row)
    listed: list[Candidates] = []
    size = 1
    for name in free:
        found = _candidates(row.reductions[name], nodes, row.possible.get(name), is_base=_is_base(name, row))
        if not found:
            return None
        listed.append(found)
        size *= len(found)
        if size > MOST:
            return None
    return _rows(free, listed, row)


def _free(unknown: Iterable[str], row: FactRow) -> tuple[str, ...]:
    """Give what can be answered: the scores behind a difference, and behind what their next reading settles."""
    free: dict[str, None] = {}
    for name in unknown:
        reduction = row.reductions[name]
        sources = (reduction.score, reduction.baseline) if isinstance(reduction, Derived) else (reduction,)
        for source in sources:
            if row.known.get(source.name) is None:
                free[_leader(source, row) or source.name] = None
    return tuple(free)


def _leader(reduction: Reduction, row: FactRow) -> str | None:
    """Give the score that an unknown fact takes its value from once that is answered."""
    leader = reduction.follows
    return leader.name if leader is not None and row.asks(reduction.name) == (leader.name,) else None


def _is_base(name: str, row: FactRow) -> bool:
    """Say whether another fact is worked out from this score."""
    return any(_leader(one, row) == name or name in _scores(one) for one in map(row.reductions.__getitem__, row.known))


def _scores(reduction: Reduction) -> tuple[str, ...]:
    return (reduction.score.name, reduction.baseline.name) if isinstance(reduction, Derived) else ()


def _rows(free: Sequence[str], listed: Sequence[Candidates], row: FactRow) -> Iterator[dict[str, Any]]:
    unknown = [row.reductions[name] for name, value in row.known.items() if value is None and name not in free]
    led = [(one.name, leader) for one in unknown if (leader := _leader(one, row)) is not None and leader in free]
    derived = [one for one in unknown if isinstance(one, Derived)]
    for answers in product(*listed):
        facts = {**row.known, **dict(zip(free, answers, strict=True))}
        facts |= {name: facts[leader] for name, leader in led}
        for one in derived:
            facts[one.name] = one.between(facts.get(one.score.name), facts.get(one.baseline.name))
        yield facts


def _candidates(reduction: Reduction, nodes: Sequence[Node], left: Bounds | None, *, is_base: bool) -> Candidates:
    kind = reduction.kind
    if kind.type == "yes/no":
        return (True, False)
    if kind.type == "text":
        choices = kind.values if left is None or left.choices is None else sorted(map(str, left.choices))
        return tuple(choice for choice in choices if choice != OUTSIDE)
    if isinstance(reduction, Recorded) and reduction.values:
        return reduction.values
    low, high = (kind.low, kind.high) if left is None else (left.low, left.high)
    cuts = None if is_base else _cuts(nodes, reduction.name)
    if cuts is not None:
        return _classes(low, high, cuts, whole=kind.whole)
    return range(int(low), int(high) + 1) if kind.whole and high - low < FULL else ()


def _classes(low: float, high: float, cuts: Iterable[float], *, whole: bool) -> Candidates:
    """Give one number for each class that thresholds tell apart: the thresholds, and one between each two."""
    inside = sorted({cut for cut in cuts if low <= cut <= high} | {low, high})
    if whole:
        near = {round(cut) + step for cut in inside for step in (-1, 0, 1)}
        return sorted(number for number in near if low <= number <= high)
    return sorted({*inside, *((one + other) / 2 for one, other in pairwise(inside))})


def _cuts(nodes: Iterable[Node], name: str) -> set[float] | None:
    """Give the numbers that a fact is compared with; nothing where it is used in any other way."""
    found: set[float] = set()
    for node in nodes:
        cuts = _cuts_in(node, name)
        if cuts is None:
            return None
        found |= cuts
    return found


def _cuts_in(node: Node, name: str) -> set[float] | None:
    if isinstance(node, Name):
        return None if node.id == name else set()
    parts = children(node)
    if isinstance(node, Comparison | Member) and any(isinstance(part, Name) and part.id == name for part in parts):
        if isinstance(node, Member):
            return {choice for choice in node.choices if not isinstance(choice, str)}
        constants = [part.value for part in parts if isinstance(part, Constant)]
        return {float(value) for value in constants if not isinstance(value, str)} or None
    return _cuts(parts, name)
