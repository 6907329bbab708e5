"""Read the items of a definition: which answers each takes, and what they score."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from carecoord._values import FrozenMapping, name_of
from carecoord.errors import did_you_mean
from carecoord.rules import Kind
from carecoord.scoring._format import Codes, ItemEntry
from carecoord.scoring._instrument import Item

__all__ = ["code_kind", "read_item"]

LARGEST = 1e6
WHOLE = re.compile(r"-?\d{1,9}")

Fault = Callable[[str, str], None]


def read_item(entry: ItemEntry, sets: Mapping[str, Codes], fault: Fault) -> Item:
    """Build an item, without its condition; faults are reported at a place below the item."""
    codes = _codes(entry, sets, fault)
    return Item(
        n=entry.n, id=entry.id, name=name_of(entry.id) if entry.id else f"q{entry.n}", label=entry.label,
        codes=FrozenMapping(codes), low=entry.min, high=entry.max, unit=entry.unit, whole=entry.whole, time=entry.time,
        reverse=entry.reverse, asked_when=None, otherwise=entry.otherwise, kind=_kind(entry, codes, fault),
        loinc=entry.loinc, note=entry.note,
    )  # fmt: skip


def _codes(entry: ItemEntry, sets: Mapping[str, Codes], fault: Fault) -> dict[Any, Any]:
    values = entry.values
    if isinstance(values, str):
        if values not in sets:
            fault("values", f"no set of values is called {values[:60]}{did_you_mean(values, sets)}")
            return {0: 0}
        values = sets[values]
    if values is None:
        return {}
    pairs = _coded(values)
    codes = dict(pairs)
    if len(codes) < len(pairs):
        fault("values", "a code stands twice")
    for code, score in pairs:
        if isinstance(score, str):
            fault("values", f'code {str(code)[:60]} scores {score[:60]!r}; a number or "missing" is wanted')
    scores = [score for score in codes.values() if score is not None and not isinstance(score, str)]
    if not scores:
        fault("values", "at least one code with a score is wanted")
        return {0: 0}
    if not entry.reverse:
        return codes
    ends = min(scores) + max(scores)
    return {code: None if score is None else ends - score for code, score in codes.items() if score in {None, *scores}}


def _coded(values: Sequence[Any] | Mapping[str, Any]) -> list[tuple[Any, Any]]:
    """Give each code with its score; codes are numbers where every one reads as a whole number."""
    if not isinstance(values, Mapping):
        return [(value, value) for value in values]
    numbers = all(WHOLE.fullmatch(code) for code in values)
    return [(int(code) if numbers else code, None if score == "missing" else score) for code, score in values.items()]


def _kind(entry: ItemEntry, codes: Mapping[Any, Any], fault: Fault) -> Kind:
    measured = entry.min is not None or entry.max is not None
    if [entry.values is not None, measured, entry.time].count(True) != 1:
        fault("", "an item has values, or min and max, or time = true: one of them")
        return Kind.NUMBER
    if entry.reverse and not codes:
        fault("reverse", "only an item with values can be reversed")
    if entry.whole and not measured:
        fault("whole", "this belongs to an item with min and max")
    if entry.otherwise is not None and (not entry.asked_when or entry.time):
        fault("otherwise", "a time has none" if entry.time else "this needs asked_when beside it")
    skippable = bool(entry.asked_when) and entry.otherwise is None
    if entry.time:
        return Kind("time", 0, 1439, whole=True, skippable=skippable)
    scores = [score for score in codes.values() if isinstance(score, int | float)]
    whole = entry.whole or bool(codes)
    if measured:
        if entry.min is None or entry.max is None or entry.min >= entry.max:
            fault("", "min and max are wanted, min below max")
            return Kind.NUMBER
        scores = [entry.min, entry.max]
    if entry.otherwise is not None:
        scores.append(entry.otherwise)
    if max(map(abs, scores)) > LARGEST:
        fault("", "scores and measurements lie within a million either way")
    whole = whole and all(float(score).is_integer() for score in scores)
    return Kind.number(min(scores), max(scores), whole=whole, skippable=skippable)


def code_kind(item: Item) -> Kind:
    """Give the kind of an item's answer as it was given, before recode and reverse."""
    kind, codes = item.kind, item.codes
    if any(isinstance(code, str) for code in codes):
        return Kind.choice(tuple(map(str, codes)), skippable=kind.skippable)
    if item.time:
        return kind
    numbers = [code for code in codes if not isinstance(code, str)] or [item.low or 0, item.high or 0]
    whole = all(float(code).is_integer() for code in numbers) if codes else item.whole
    return Kind.number(min(numbers), max(numbers), whole=whole, skippable=kind.skippable)
