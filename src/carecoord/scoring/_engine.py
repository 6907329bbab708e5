"""Score one respondent: check the answers, settle what was skipped, run the instrument's rules.

The rules of an instrument are compiled once into two functions.
Where every item is answered the one without tests for unknown runs; else the one with them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from operator import index
from typing import Any

from carecoord.errors import AnswerError, Fault, did_you_mean
from carecoord.rules import Bounds
from carecoord.rules._compile import compile_positional
from carecoord.rules._nodes import Node, facts_of
from carecoord.scoring._instrument import Instrument, Item
from carecoord.scoring._respondent import RESPONDENT, Respondent

__all__ = ["Answers", "Engine"]

Answers = Sequence[Any] | Mapping[Any, Any]


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
        self.context = tuple([*RESPONDENT, *instrument.context])
        self.kinds = {**RESPONDENT, **instrument.context}
        self.tables = tuple(dict(item.codes) for item in instrument.items) if self._all_plain() else ()
        used = facts_of(*self.layout.nodes)
        self.items = tuple(item.name for item in instrument.items)
        self.coded = tuple(item.name for item in instrument.items if f"code({item.name})" in used)
        self.asking = tuple(item for item in instrument.items if item.asked_when is not None)
        names = (*self.items, *self.context, *(f"code({name})" for name in self.coded))
        self.complete = compile_positional(
            self.layout.nodes, (*names, *self._asked_names), known=(*self.items, *(f"code({n})" for n in self.coded))
        )

    @cached_property
    def partial(self) -> Callable[..., tuple[Any, ...]]:
        """The function for answers of which some are missing."""
        names = (*self.items, *self.context, *(f"code({name})" for name in self.coded), *self._asked_names)
        return compile_positional(self.layout.nodes, names)

    @cached_property
    def asks(self) -> Callable[..., tuple[Any, ...]]:
        """The function that says which conditional items were to be asked."""
        rules = [item.asked_when.node for item in self.asking if item.asked_when is not None]
        codes = tuple(f"code({name})" for name in self.items)
        return compile_positional(rules, (*self.items, *self.context, *codes))

    @property
    def _asked_names(self) -> tuple[str, ...]:
        return tuple(f"asked({item.name})" for item in self.asking if item.otherwise is None)

    def _all_plain(self) -> bool:
        """Whether every answer is a whole number with a score: then a lookup and a test of types checks it."""
        return all(
            item.codes and None not in item.codes.values() and all(type(code) is int for code in item.codes)
            for item in self.instrument.items
        )

    def run(self, answers: Answers, respondent: Respondent | Mapping[str, Any] | None) -> tuple[Any, ...]:
        """Score one respondent.

        Returns:
            the rules' results, the items' scores as given, the items' scores used, and the context.

        Raises:
            AnswerError: with every wrong answer and every wrong fact about the respondent.
        """
        given: Sequence[Any] = (
            answers if isinstance(answers, list | tuple) and len(answers) == self.count else self.in_order(answers)
        )
        if respondent is None and self.tables:
            try:
                values = [table[answer] for table, answer in zip(self.tables, given, strict=True)]
            except (KeyError, TypeError):
                pass
            else:
                if {*map(type, given)} == WHOLE and not self.coded:
                    scores = tuple(values)
                    return self.complete(*values, *self.blank_context), scores, scores, ()
        return self.run_any(given, respondent)

    @cached_property
    def blank_context(self) -> tuple[None, ...]:
        """No fact about the respondent, and nothing of skipped items."""
        return (None,) * (len(self.context) + len(self._asked_names))

    def run_any(self, given: Sequence[Any], respondent: Respondent | Mapping[str, Any] | None) -> tuple[Any, ...]:
        faults: list[Fault] = []
        pairs = [self.check(item, answer, faults) for item, answer in zip(self.instrument.items, given, strict=True)]
        context = self.respondent(respondent, faults)
        if faults:
            raise AnswerError(self.instrument.id, faults)
        codes, scores = [code for code, _ in pairs], [score for _, score in pairs]
        asked = self.asked(scores, context, codes)
        filled = list(scores)
        for item in self.asking:
            place = item.n - 1
            if codes[place] is None and asked[item.name] is False and item.otherwise is not None:
                filled[place] = item.otherwise
        function = self.partial if None in filled else self.complete
        extra = [codes[place] for place, name in enumerate(self.items) if name in self.coded]
        if function is self.complete and None in extra:
            function = self.partial
        skips = [asked[item.name] is not False for item in self.asking if item.otherwise is None]
        return function(*filled, *context, *extra, *skips), tuple(scores), tuple(filled), context

    def asked(self, scores: Sequence[Any], context: Sequence[Any], codes: Sequence[Any]) -> dict[str, bool | None]:
        """Say of each conditional item whether it was to be asked; `None` where that is unknown."""
        if not self.asking:
            return {}
        outcomes = self.asks(*scores, *context, *codes)
        return {item.name: outcome for item, outcome in zip(self.asking, outcomes, strict=True)}

    def in_order(self, answers: Answers) -> Sequence[Any]:
        """Give one answer an item, in the order of the items.

        Raises:
            AnswerError: too many or too few, or for an item that is not there.
        """
        instrument = self.instrument
        if isinstance(answers, Mapping):
            return self.by_item(answers)
        if isinstance(answers, str | bytes) or not isinstance(answers, Iterable):
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
                shown = repr(key)[:60]
                faults.append(Fault(shown, f"no item here{did_you_mean(str(key), map(str, places))}"))
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

    def respondent(self, given: Respondent | Mapping[str, Any] | None, faults: list[Fault]) -> tuple[Any, ...]:
        """Give the facts about the respondent in the order of the context."""
        if given is None:
            return (None,) * len(self.context)
        for name in given:
            if name not in self.kinds:
                hint = did_you_mean(str(name), self.kinds) or f"; known are {', '.join(self.kinds)}"
                faults.append(
                    Fault(f"respondent {str(name)[:60]}", f"nothing in {self.instrument.id} is called so{hint}")
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
            value, wanted = number, f"a number from {kind.low:g} to {kind.high:g}"
        if not fits:
            faults.append(Fault(f"respondent {name}", f"{_shown(value)} was given, wanted {wanted}"))
            return None
        return value

    def possible(
        self, given: Sequence[Any], context: Sequence[Any], known: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Give the facts for bounds: what is known, and for what is missing all it may yet be."""
        facts: dict[str, Any] = dict(known or {})
        asked = self.asked(given, context, [None] * self.count) if self.asking else {}
        for item, score in zip(self.instrument.items, given, strict=True):
            facts[item.name] = score if score is not None else _may_be(item, asked.get(item.name, True))
        facts.update({name: value for name, value in zip(self.context, context, strict=False) if value is not None})
        for item in self.asking:
            outcome = asked[item.name]
            facts[f"asked({item.name})"] = Bounds.one_of(True, False) if outcome is None else outcome
        return facts


WHOLE = {int}


def _may_be(item: Item, asked: bool | None) -> Any:
    """Say what an unanswered item's score may yet be."""
    if asked is False:
        return item.otherwise
    answered = item.answered
    if asked is None:
        skipped = Bounds.exactly(item.otherwise)
        return answered.joined(skipped)
    return answered


def _whole(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    try:
        return index(value)
    except TypeError:
        return None


def _number(value: Any) -> int | float | None:
    """Read a finite number, plain or NumPy's; yes/no, text, NaN and infinity are none."""
    whole = _whole(value)
    if whole is not None:
        return whole
    if isinstance(value, float):
        return float(value) if value - value == 0 else None
    return None


def _read(item: Item, answer: Any) -> int | float | str | None:
    """Read an answer as a code of the item's own type; `None` where it is of another."""
    if item.time:
        return _minutes(answer)
    if item.codes:
        if isinstance(answer, str):
            return answer
        return _number(answer)
    number = _whole(answer) if item.whole else _number(answer)
    if number is None or item.low is None or item.high is None or not item.low <= number <= item.high:
        return None
    return number


def _minutes(answer: Any) -> int | None:
    """Read `HH:MM` (or a `datetime.time` without a zone) as minutes since midnight."""
    text = answer if isinstance(answer, str) else ""
    if hasattr(answer, "isoformat") and hasattr(answer, "minute") and not hasattr(answer, "year"):
        text = answer.isoformat("minutes")[:5]
    hours, colon, minutes = text.partition(":")
    fits = (
        colon
        and len(minutes) == 2
        and 1 <= len(hours) <= 2
        and (hours + minutes).isascii()
        and (hours + minutes).isdigit()
    )  # noqa: PLR2004
    if not fits or int(hours) > 23 or int(minutes) > 59:  # noqa: PLR2004
        return None
    return int(hours) * 60 + int(minutes)


def _shown(value: Any) -> str:
    return repr(value)[:40] if isinstance(value, str | int | float) else type(value).__name__
