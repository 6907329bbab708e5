"""Find answers that give a score its lowest and its highest value, or a category."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from carecoord.rules._nodes import Constant, Lookup, Node, children
from carecoord.scoring import Instrument, Item, Respondent, Score, score
from carecoord.scoring._respondent import RESPONDENT
from carecoord.testing._slopes import slopes

__all__ = ["unreached"]

CLOSE = 1e-9
MOST_TRIES = 3000


def unreached(instrument: Instrument) -> Iterator[str]:
    """Name the ends of ranges and the categories that no answers give.

    What may still be possible after part of the answers guides the search, so it needs few tries;
    where it needs too many, nothing is said.
    """
    for one in instrument.scores:
        for target in one.range or one.values:
            if not _Search(instrument, one, target).found:
                yield f"{one.id} never is {target:g}" if one.range else f"{one.id} never is {target}"


class _Search:
    def __init__(self, instrument: Instrument, of: Score, target: Any) -> None:
        self.instrument, self.of, self.target = instrument, of, target
        names = {name.removeprefix("code(").removesuffix(")") for name in of.rule.names}
        items = [item for item in instrument.items if item.name in names]
        asking = {name for item in items if item.asked_when is not None for name in item.asked_when.names}
        items = [item for item in instrument.items if item.name in names | asking]
        constants = sorted(set(_numbers(of.rule.node)))
        steep = slopes(of.rule.node)
        up = not of.range or target == of.range[1]
        self.domains: list[tuple[Item | str, Sequence[Any]]] = [
            (name, _facts(instrument, name, constants)) for name in instrument.engine.context if name in names | asking
        ]
        self.domains += [
            (item, [*_best_first(item, constants, up=up is (steep.get(item.name, 1) >= 0)), None]) for item in items
        ]
        self.tries = 0
        first = {item: domain[0] for item, domain in self.domains}
        self.found = self.reached(first) or self.search({}, 0)

    def search(self, chosen: dict[Any, Any], depth: int) -> bool:
        """Choose answers one by one, and turn back where the target is no longer possible."""
        if depth == len(self.domains):
            return self.reached(chosen)
        item, domain = self.domains[depth]
        for answer in domain:
            tried = {**chosen, item: answer}
            if self.may_reach(tried) and self.search(tried, depth + 1):
                return True
        return False

    def result(self, chosen: dict[Any, Any]) -> Any:
        self.tries += 1
        given = {item.n: answer for item, answer in chosen.items() if isinstance(item, Item)}
        known = {name: fact for name, fact in chosen.items() if isinstance(name, str)}
        return score(self.instrument, given, respondent=Respondent(**known))[self.of.id]

    def reached(self, chosen: dict[Any, Any]) -> bool:
        result = self.result(chosen)
        if not self.of.range:
            return bool(result.category == self.target) or self.tries > MOST_TRIES
        return (result.value is not None and abs(result.value - self.target) <= CLOSE) or self.tries > MOST_TRIES

    def may_reach(self, chosen: dict[Any, Any]) -> bool:
        possible = self.result(chosen).possible
        if self.tries > MOST_TRIES:
            return True
        if possible is None:
            return False
        if not self.of.range:
            return self.target in possible
        return bool(possible[0] - CLOSE <= self.target <= possible[1] + CLOSE)


def _numbers(node: Node) -> Iterator[float]:
    waiting, met = [node], set[Node]()
    while waiting:
        part = waiting.pop()
        if part in met:
            continue
        met.add(part)
        waiting.extend(children(part))
        if isinstance(part, Constant) and isinstance(part.value, int | float):
            yield part.value
        if isinstance(part, Lookup):
            yield from (code for code, _ in part.entries)


def _facts(instrument: Instrument, name: str, constants: Sequence[float]) -> Sequence[Any]:
    kind = {**RESPONDENT, **instrument.context}[name]
    if kind.type == "yes/no":
        return (True, False)
    if kind.type == "text":
        return kind.values or ("somewhere",)
    return _near(kind.low, kind.high, constants, 1)


def _best_first(item: Item, constants: Sequence[float], *, up: bool) -> Sequence[Any]:
    if item.codes:
        known = [code for code, found in item.codes.items() if found is not None]
        return sorted(known, key=lambda code: item.codes[code] or 0, reverse=up)
    if item.time:
        return [f"{hour:02}:{minute:02}" for hour in range(24) for minute in (0, 59)]
    near = _near(item.low or 0, item.high or 0, constants, 1 if item.whole else 0.01)
    return near[::-1] if up else near


def _near(low: float, high: float, constants: Sequence[float], step: float) -> Sequence[float]:
    """Give the ends, and what lies at and beside the numbers that the rule speaks of."""
    beside = {number + by for number in constants for by in (-step, 0, step)}
    numbers = {low, high, *(number for number in beside if low <= number <= high)}
    return sorted(math.floor(number) if step == 1 else number for number in numbers)
