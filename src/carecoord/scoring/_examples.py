"""Run the worked examples of a definition."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from carecoord.errors import AnswerError
from carecoord.scoring._catalogue import score
from carecoord.scoring._format import Example
from carecoord.scoring._instrument import Instrument, Item
from carecoord.scoring._result import Result

__all__ = ["failing_examples", "given_answers"]

ROUNDED = 1e-4
"""Examples print measured scores to four decimals."""


def failing_examples(instrument: Instrument) -> Iterator[tuple[int, str]]:
    """Give each difference between a worked example and what scoring gives: the example's place from 0, and words."""
    for place, example in enumerate(instrument.examples):
        try:
            result = score(instrument, given_answers(instrument, example), respondent=example.context)
        except AnswerError as error:
            yield from ((place, str(fault)) for fault in error.faults)
        else:
            yield from ((place, message) for message in _differences(example, result))


def given_answers(instrument: Instrument, example: Example) -> list[Any]:
    """Give the answers of a worked example, one an item, as a respondent gives them."""
    return list(map(_answer, instrument.items, example.answers.split()))


def _answer(item: Item, text: str) -> Any:
    """Read an answer as an example writes it."""
    if text == "-":
        return None
    if item.time or any(isinstance(code, str) for code in item.codes):
        return text
    try:
        return float(text) if "." in text else int(text)
    except ValueError:
        return text


def _differences(example: Example, result: Result) -> Iterator[str]:
    for name, wanted in example.scores.items():
        given: Any = result[name].category if result[name].range is None else result[name].value
        if _differ(given, wanted):
            yield f"{name} is {given}, the example says {wanted}"
    for place, wanted in example.bands.items():
        name, _, further = (place, "", "") if place in result else place.rpartition(".")
        band = result[name].bands.get(further)
        if band != wanted:
            yield f"{place} is in band {band}, the example says {wanted}"
    for name in example.unscored:
        if result[name].value is not None or result[name].category is not None:
            yield f"{name} is scored, the example says it cannot be"
    raised = sorted(flag.id for flag in result.flags if flag.state == "raised")
    if example.flags is not None and sorted(example.flags) != raised:
        yield f"flags raised: {', '.join(raised) or 'none'}; the example says {', '.join(example.flags) or 'none'}"


def _differ(given: Any, wanted: Any) -> bool:
    if isinstance(given, int | float) and isinstance(wanted, int | float):
        return abs(given - wanted) > ROUNDED
    return bool(given != wanted)
