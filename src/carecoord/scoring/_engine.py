"""Score one respondent: check the answers, settle what was skipped, run the instrument's rules.

The rules of an instrument are compiled once into two functions.
Where every item is answered the one without tests for unknown runs; else the one with them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import time
from functools import cached_property
from operator import getitem, index
from typing import Any

import attrs

from carecoord.errors import AnswerError, Fault, did_you_mean
from carecoord.rules import Bounds
from carecoord.rules._bounds import bounds
from carecoord.rules._compile import compile_positional
from carecoord.rules._nodes import Node, facts_of
from carecoord.scoring._instrument import Instrument, Item
from carecoord.scoring._respondent import RESPONDENT, Respondent

__all__ = ["Answers", "Engine"]

Answers = Sequence[Any] | Mapping[Any, Any]
_IN_ORDER = (list, tuple)


class Layout:
    """Where each result of an instrument stands in the tuple that its rules give."""

    def __init__(self, instrument: Instrument) -> None:
        self.nodes: list[Node] = []
        self.scores: list[int] = []
        self.bands: list[tuple[int, ...]] = []
        self.cutoffs: list[tuple[tuple[int, int | None], ...]] = []
        for score in instrument.scores:
            self.scores.append(self.add(score.rule.node))
            self.bands.append(tuple(self.add(banded.rule.node) for banded in score.band_sets))
            self.cutoffs.append(
                tuple(
                    (self.add(cutoff.rule.node), None if cutoff.condition is None else self.add(cutoff.condition.node))
                    for cutoff in score.cutoffs
                )
            )
        self.flags = tuple(self.add(flag.rule.node) for flag in instrument.flags)

    def add(self, node: Node) -> int:
        self.nodes.append(node)
        return len(self.nodes) - 1


class Engine:
    """What scoring an instrument needs beyond its definition, worked out once."""

    def __init__(self, instrument: Instrument) -> None:
        self.instrument = instrument
        self.count = len(instrument.items)
        self.layout = Layout(instrument)
        self.context = (*RESPONDENT, *instrument.context)
        self.kinds = {**RESPONDENT, **instrument.context}
        self.tables = tuple(map(_table, instrument.items))
        self.types = frozenset(kind for item in instrument.items for kind in _types(item))
        self.items = tuple(item.name for item in instrument.items)
        self.asking = tuple((item, item.asked_when.node) for item in instrument.items if item.asked_when is not None)
        used = facts_of(*self.layout.nodes, *(rule for _, rule in self.asking))
        self.coded = tuple(item for item in instrument.items if f"code({item.name})" in used)
        self.codes = tuple(f"code({item.name})" for item in self.coded)
        self.skippable = tuple(f"asked({item.name})" for item, _ in self.asking if item.otherwise is None)
        self.names = (*self.items, *self.context, *self.codes, *self.skippable)
        self.complete = compile_positional(self.layout.nodes, self.names, known=(*self.items, *self.codes))
        self.blank_context = (None,) * len(self.context)
        self.unskipped = (None,) * len(self.skippable)

    @cached_property
    def partial(self) -> Callable[..., tuple[Any, ...]]:
        """The function for answers of which some are missing."""
        return compile_positional(self.layout.nodes, self.names)

    @cached_property
    def asks(self) -> Callable[..., tuple[Any, ...]]:
        """The function that says which conditional items were to be asked; they cannot ask that of each other."""
        return compile_positional([rule for _, rule in self.asking], self.names)

    def run(self, answers: Answers, respondent: Respondent | Mapping[str, Any] | None) -> tuple[Any, ...]:
        """Score one respondent.

        Returns:
            the rules' results, the items' scores as given, the items' scores used, the context, and the codes
            of those items whose code a rule asks for.

        Raises:
            AnswerError: with every wrong answer and every wrong fact about the respondent.
        """
        given: Sequence[Any] = (
            answers if isinstance(answers, _IN_ORDER) and len(answers) == self.count else self.in_order(answers)
        )
        if respondent is None:
            try:
                scores = tuple(map(getitem, self.tables, given))
            except (KeyError, TypeError):
                pass
            else:
                if self.types.issuperset(map(type, given)):
                    codes = tuple([_read(item, given[item.n - 1]) for item in self.coded]) if self.coded else ()
                    return self.settle(scores, (), codes)
        return self.run_any(given, respondent)

    def run_any(self, given: Sequence[Any], respondent: Respondent | Mapping[str, Any] | None) -> tuple[Any, ...]:
        """Score answers one by one: whatever they are, with what is known of the respondent."""
        faults: list[Fault] = []
        pairs = [self.check(item, answer, faults) for item, answer in zip(self.instrument.items, given, strict=True)]
        context = self.respondent(respondent, faults)
        if faults:
            raise AnswerError(self.instrument.id, faults)
        return self.settle(
            tuple(score for _, score in pairs), context, tuple(pairs[item.n - 1][0] for item in self.coded)
        )

    def settle(self, scores: tuple[Any, ...], context: tuple[Any, ...], codes: tuple[Any, ...]) -> tuple[Any, ...]:
        """Run the rules over what was answered, after settling what was skipped."""
        facts = context or self.blank_context
        if None not in scores and None not in codes:
            return self.complete(*scores, *facts, *codes, *self.unskipped), scores, scores, context, codes
        if not self.asking:
            return self.partial(*scores, *facts, *codes), scores, scores, context, codes
        asked = self.asks(*scores, *facts, *codes, *self.unskipped)
        filled = list(scores)
        skips = []
        for (item, _), outcome in zip(self.asking, asked, strict=True):
            if item.otherwise is None:
                skips.append(outcome is not False)
            elif outcome is False and filled[item.n - 1] is None:
                filled[item.n - 1] = item.otherwise
        function = self.partial if None in filled or None in codes else self.complete
        return function(*filled, *facts, *codes, *skips), scores, tuple(filled), context, codes

    def asked(self, scores: Sequence[Any], context: Sequence[Any], codes: Sequence[Any]) -> dict[str, bool | None]:
        """Say of each conditional item whether it was to be asked; `None` where that is unknown."""
        if not self.asking:
            return {}
        outcomes = self.asks(*scores, *(context or self.blank_context), *codes, *self.unskipped)
        return {item.name: outcome for (item, _), outcome in zip(self.asking, outcomes, strict=True)}

    def in_order(self, answers: Answers) -> Sequence[Any]:
        """Give one answer an item, in the order of the items.

        Raises:
            AnswerError: too many or too few, or for an item that is not there.
        """
        instrument = self.instrument
        if isinstance(answers, Mapping):
            return self.by_item(answers)
        if isinstance(answers, str | bytes | bytearray | set | frozenset) or not isinstance(answers, Iterable):
            raise AnswerError(instrument.id, [Fault("", "answers come as a list, or by item as a mapping")])
        listed = list(answers)
        if len(listed) != self.count:
            message = f"{len(listed)} answers for {self.count} items; write None for one that was not answered"
            raise AnswerError(instrument.id, [Fault("", message)])
        return listed

    def by_item(self, answers: Mapping[Any, Any]) -> list[Any]:
        given: list[Any] = [None] * self.count
        places, seen = self.instrument.item_places, set[int]()
        faults = []
        for key, answer in answers.items():
            number = key if isinstance(key, str) else _whole(key)
            place = places.get(number) if number is not None else None
            if place is None:
                hint = did_you_mean(key, map(str, places)) if isinstance(key, str) else ""
                faults.append(Fault(_shown(key), f"no item here{hint}"))
            elif place in seen:
                faults.append(Fault(f"item {place + 1}", "answered twice, by two names"))
            else:
                seen.add(place)
                given[place] = answer
        if faults:
            raise AnswerError(self.instrument.id, faults)
        return given

    def check(self, item: Item, answer: Any, faults: list[Fault]) -> tuple[Any, Any]:
        """Give an answer as a code and as a score; a wrong one is added to the faults."""
        if answer is None:
            return None, None
        code = _read(item, answer)
        if code is None or (item.codes and code not in item.codes):
            faults.append(
                Fault(f"item {item.n} ({item.label})", f"{_shown(answer)} is no answer here, wanted {item.wanted}")
            )
            return None, None
        return (code, item.codes[code]) if item.codes else (code, code)

    def respondent(self, given: Mapping[Any, Any] | None, faults: list[Fault]) -> tuple[Any, ...]:
        """Give the facts about the respondent in the order of the context."""
        if given is None:
            return (None,) * len(self.context)
        if not isinstance(given, Mapping):
            faults.append(Fault("respondent", f"a mapping by name is wanted, found {type(given).__name__}"))
            return ()
        for name in given:
            if name not in self.kinds:
                near = did_you_mean(name, self.kinds) if isinstance(name, str) else ""
                hint = near or f"; known are {', '.join(self.kinds)}"
                faults.append(
                    Fault(f"respondent {_shown(name)}", f"nothing in {self.instrument.id} is called so{hint}")
                )
        return tuple(self.fact(name, given.get(name), faults) for name in self.context)

    def fact(self, name: str, value: Any, faults: list[Fault]) -> Any:
        kind = self.kinds[name]
        if value is None:
            return None
        if kind.type == "yes/no":
            fits, wanted = isinstance(value, bool), "True or False"
        elif kind.type == "text":
            fits = isinstance(value, str) and (not kind.values or value in kind.values)
            wanted = f"one of {', '.join(kind.values)}" if kind.values else "text"
        else:
            number = _number(value)
            fits = number is not None and kind.low <= number <= kind.high
            wanted = f"a number from {kind.low:g} to {kind.high:g}"
            value = number if fits else value
        if not fits:
            faults.append(Fault(f"respondent {name}", f"{_shown(value)} was given, wanted {wanted}"))
            return None
        return value

    def possible(self, given: Sequence[Any], context: Sequence[Any], codes: Sequence[Any]) -> dict[str, Any]:
        """Give the facts for bounds: what is known, and for what is missing all that its answer may yet make it."""
        known = {**dict(zip(self.context, context, strict=False)), **dict(zip(self.codes, codes, strict=True))}
        facts: dict[str, Any] = {name: value for name, value in known.items() if value is not None}
        for item, score in zip(self.instrument.items, given, strict=True):
            facts[item.name] = item.answered if score is None else score
        blank = {item.name for item, _ in self.asking if given[item.n - 1] is None}
        may_be_asked = facts | {name: attrs.evolve(facts[name], unknown=True) for name in blank}
        for item, rule in self.asking:
            asked = bounds(rule, may_be_asked)
            may_skip, may_ask = False in asked.values, asked.values != frozenset((False,))
            if item.name in blank and may_skip:
                skipped = Bounds.exactly(item.otherwise)
                facts[item.name] = facts[item.name].joined(skipped) if may_ask else skipped
            facts[f"asked({item.name})"] = Bounds.one_of(*(True,) * may_ask, *(False,) * may_skip)
        return facts


def _table(item: Item) -> dict[Any, Any]:
    """Give the score of every answer that an item takes, as given; what is not in it is read with more care."""
    if item.time:
        return _CLOCK
    return {**item.codes, None: None} if item.codes else _Measured(item)


def _types(item: Item) -> tuple[type, ...]:
    """Give the types of answers of which `_table` tells right from wrong: `True` is equal to 1, and no answer."""
    if item.time:
        return (str, type(None))
    return (*map(type, item.codes), type(None)) if item.codes else (int, float, type(None))


class _Measured(dict[Any, Any]):
    """The measurements an item takes: those in its range, each as itself."""

    def __init__(self, item: Item) -> None:
        super().__init__({None: None})
        self.item = item

    def __missing__(self, answer: Any) -> Any:
        number = _read(self.item, answer)
        if number is None:
            raise KeyError
        return number


class _Clock(dict[Any, Any]):
    """The minutes of every clock time that was read so far; there are two thousand ways to write one at most."""

    def __missing__(self, answer: Any) -> Any:
        minutes = _minutes(answer) if isinstance(answer, str) else None
        if minutes is None:
            raise KeyError
        return self.setdefault(answer, minutes)


def _whole(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    try:
        return index(value)
    except TypeError:
        return None


def _number(value: Any) -> int | float | None:
    """Read a finite number, plain or NumPy's, 2.0 as 2; yes/no, text, NaN and infinity are none."""
    if isinstance(value, float):
        return int(value) if value.is_integer() else float(value) if value - value == 0 else None
    return _whole(value)


def _read(item: Item, answer: Any) -> int | float | str | None:
    """Read an answer as a code of the item's own type; `None` where it is of another."""
    if item.time:
        return _minutes(answer)
    if item.codes:
        if isinstance(answer, str):
            return answer
        return _number(answer)
    number = _number(answer)
    if number is None or item.low is None or item.high is None or not item.low <= number <= item.high:
        return None
    return None if item.whole and isinstance(number, float) else number


def _minutes(answer: Any) -> int | None:
    """Read `HH:MM` (or a `datetime.time` without a zone, to the minute) as minutes since midnight."""
    if isinstance(answer, time):
        return answer.hour * 60 + answer.minute if answer.tzinfo is None else None
    found = _WRITTEN_TIME.fullmatch(answer) if isinstance(answer, str) else None
    return int(found[1]) * 60 + int(found[2]) if found else None


_WRITTEN_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
_CLOCK = _Clock({None: None})


def _shown(value: Any) -> str:
    """Write what was found, short; a whole number of thousands of digits cannot be written at all."""
    if not isinstance(value, str | int | float):
        return type(value).__name__
    return repr(value)[:40] if not isinstance(value, int) or value.bit_length() < 200 else "a number without end"
