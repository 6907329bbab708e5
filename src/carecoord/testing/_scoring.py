"""Strategies for answers and respondents, and the laws every instrument keeps."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from random import Random  # noqa: TID251 - seeded: the same order every time
from typing import Any

import attrs
from hypothesis import strategies as st

from carecoord.rules import Kind
from carecoord.rules._nodes import Comparison, Constant, Member, Name, Node, children
from carecoord.scoring import Instrument, Item, Respondent, Result, Score, instrument as named, score
from carecoord.scoring._examples import failing_examples
from carecoord.scoring._respondent import RESPONDENT
from carecoord.testing._laws import BrokenLaw, LawError, broken_laws
from carecoord.testing._reach import unreached
from carecoord.testing._slopes import slopes, treats_blanks

__all__ = ["answers", "check_instrument", "respondents"]

CLOSE = 1e-9


def answers(
    instrument: str | Instrument, *, missing: float | None = 0.0, consistent: bool = False
) -> st.SearchStrategy[list[Any]]:
    """Draw answers that an instrument takes: one an item, in order, `None` where there is none.

    Args:
        instrument: an instrument, or the id of one that comes with the library.
        missing: the share of blanks, from 0 to 1; `None` leaves it to each draw.
        consistent: leave out what the skip rules do not ask; else such answers are drawn too.

    >>> from hypothesis import find
    >>> find(answers("gad-7"), lambda drawn: sum(drawn[:7]) >= 10)
    [0, 0, 0, 1, 3, 3, 3, 0]
    """
    found = named(instrument) if isinstance(instrument, str) else instrument
    drawn = st.tuples(*map(_answers_to, found.items), _blanks(len(found.items), missing))
    blanked = drawn.map(lambda one: [None if blank else answer for answer, blank in zip(one, one[-1], strict=False)])
    return blanked.map(lambda given: _asked_only(found, given)) if consistent else blanked


def _blanks(count: int, missing: float | None) -> st.SearchStrategy[list[bool]]:
    if missing is None:
        return st.lists(st.booleans(), min_size=count, max_size=count)
    answered = round(1000 * (1 - missing))  # mixed by a step that 1000 has no part of; numbers come small by preference
    mixed = [place * 617 % 1000 >= answered for place in range(1000)]
    return st.lists(st.sampled_from(mixed), min_size=count, max_size=count)


def _answers_to(item: Item) -> st.SearchStrategy[Any]:
    if item.time:
        return st.integers(0, 1439).map(_clock)
    if item.codes:
        return st.sampled_from(list(item.codes))
    low, high = item.low or 0, item.high or 0
    if item.whole:
        return st.integers(math.ceil(low), math.floor(high))
    return st.integers(math.ceil(low * 100), math.floor(high * 100)).map(lambda hundredths: hundredths / 100)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _asked_only(instrument: Instrument, given: list[Any]) -> list[Any]:
    while True:
        odd = score(instrument, given).inconsistent
        if not odd:
            return given
        given = [None if item.name in odd else answer for item, answer in zip(instrument.items, given, strict=True)]


def respondents(instrument: str | Instrument) -> st.SearchStrategy[Respondent]:
    """Draw what may be known of a respondent: any of the facts the instrument's rules may ask for, or none.

    Args:
        instrument: an instrument, or the id of one that comes with the library.

    >>> from hypothesis import find
    >>> find(respondents("phq-9"), lambda drawn: drawn.get("age", 0) >= 65)
    Respondent({'age': 65})
    """
    found = named(instrument) if isinstance(instrument, str) else instrument
    kinds = {**RESPONDENT, **found.context}
    words = _compared(found)
    facts = {name: st.none() | _fact(kind, words.get(name, ())) for name, kind in kinds.items()}
    return st.fixed_dictionaries(facts).map(lambda drawn: Respondent(**drawn))


def _fact(kind: Kind, words: Sequence[str]) -> st.SearchStrategy[Any]:
    if kind.type == "yes/no":
        return st.booleans()
    if kind.type == "text":
        return st.sampled_from([*(kind.values or words), *([] if kind.values else ["somewhere else"])])
    return st.integers(math.ceil(kind.low), math.floor(kind.high))


def _compared(instrument: Instrument) -> Mapping[str, Sequence[str]]:
    """Give the texts that rules compare each fact with."""
    found: dict[str, dict[str, None]] = {}
    waiting, met = list(instrument.engine.layout.nodes), set[Node]()
    while waiting:
        node = waiting.pop()
        if node in met:
            continue
        met.add(node)
        waiting.extend(children(node))
        subject, texts = None, list[Any]()
        if isinstance(node, Member):
            subject, texts = node.value, list(node.choices)
        elif isinstance(node, Comparison) and isinstance(node.right, Constant):
            subject, texts = node.left, [node.right.value]
        if isinstance(subject, Name):
            found.setdefault(subject.id, {}).update((text, None) for text in texts if isinstance(text, str))
    return {name: list(texts) for name, texts in found.items()}


# the laws


@attrs.frozen(kw_only=True)
class _Case:
    """One drawn respondent: answers to everything, which of them are left blank, and one answer to change."""

    instrument: Instrument = attrs.field(repr=False)
    full: tuple[Any, ...]
    blank: tuple[bool, ...]
    respondent: Respondent
    place: int
    changed: Any
    seed: int

    @property
    def partial(self) -> tuple[Any, ...]:
        return tuple(None if blank else answer for answer, blank in zip(self.full, self.blank, strict=True))

    def score(self, given: Sequence[Any] | Mapping[Any, Any]) -> Result:
        return score(self.instrument, given, respondent=self.respondent)

    def told(self, given: Sequence[Any], message: str) -> str:
        about = f" of {dict(self.respondent)}" if self.respondent else ""
        return f"{message}, with the answers {list(given)}{about}"


@st.composite
def _cases(draw: st.DrawFn, found: Instrument) -> _Case:
    place = draw(st.integers(0, len(found.items) - 1))
    return _Case(
        instrument=found,
        full=tuple(draw(answers(found))),
        blank=tuple(draw(_blanks(len(found.items), draw(st.sampled_from((None, 0.05, 0.2, 0.6, 0.0)))))),
        respondent=draw(respondents(found)),
        place=place,
        changed=draw(_answers_to(found.items[place])),
        seed=draw(st.integers(0, 99)),
    )


def _in_range(case: _Case) -> str | None:
    for given in (case.full, case.partial):
        for one in case.score(given).values():
            wrong = _value_fault(one.definition, one.value if one.range else one.category)
            if wrong is None and one.value is not None and one.definition.band_sets and one.bands.get("", "") is None:
                wrong = None if one.band_needs or one.outside else "it has no band, and does not say why"
            if wrong is None and one.value is None and one.category is None and not one.because:
                wrong = "it is not scored, and does not say why"
            if wrong is not None:
                return case.told(given, f"{one.id}: {wrong}")
    return None


def _value_fault(definition: Score, value: Any) -> str | None:
    if value is None:
        return None
    if definition.range is None:
        return None if value in definition.values else f"{value!r} is none of its values"
    low, high = definition.range
    return None if low - CLOSE <= value <= high + CLOSE else f"{value:g} is outside {low:g} to {high:g}"


def _takes_its_band(case: _Case) -> str | None:
    for one in case.score(case.full).values():
        for name, label in one.bands.items():
            bands = next(banded.bands for banded in one.definition.band_sets if banded.name == name)
            whole = one.definition.kind.whole and all(float(band.low).is_integer() for band in bands)
            if one.value is None or label is None or not whole or any(band.condition for band in bands):
                continue
            wanted = max((band for band in bands if band.low <= one.value), key=lambda band: band.low).label
            if label != wanted:
                return case.told(case.full, f"{one.id} is {one.value:g}, in band {label}, not in {wanted}")
    return None


def _moves_one_way(case: _Case) -> str | None:
    """Raise one answer; other answers, blanks included, stay as they are."""
    item = case.instrument.items[case.place]
    if case.partial[case.place] is None or any(item.name in _wants(other) for other in case.instrument.items):
        return None
    raised = (*case.partial[: case.place], case.changed, *case.partial[case.place + 1 :])
    before, after = case.score(case.partial), case.score(raised)
    ends = before.given[case.place], after.given[case.place]
    if None in ends or ends[0] == ends[1]:
        return None
    rise = 1 if ends[1] > ends[0] else -1
    for one, other in zip(before.values(), after.values(), strict=True):
        names = slopes(one.definition.value.node)
        slope = 0 if f"code({item.name})" in names else names.get(item.name, 0) * rise
        if one.value is None or other.value is None or (other.value - one.value) * slope >= -CLOSE:
            continue
        message = f"{one.id} moves from {one.value:g} to {other.value:g} as {item.name} becomes {case.changed}"
        return case.told(case.partial, message)
    return None


def _wants(item: Item) -> tuple[str, ...]:
    return () if item.asked_when is None else item.asked_when.names


def _completed(case: _Case) -> Result:
    """Answer what is missing, until nothing is."""
    given = list(case.partial)
    while True:
        result = case.score(given)
        places = [item.n - 1 for item in result.missing_items if given[item.n - 1] is None]
        if not places:
            return result
        for place in places:
            given[place] = case.full[place]


def _stays_possible(case: _Case) -> str | None:
    before, after = case.score(case.partial), _completed(case)
    for one, other in zip(before.values(), after.values(), strict=True):
        value = other.value if other.range else other.category
        if value is None or one.value is not None or one.category is not None:
            continue
        possible = one.possible
        within = possible is not None and (
            possible[0] - CLOSE <= value <= possible[1] + CLOSE if other.range else value in possible
        )
        if not within:
            return case.told(case.partial, f"{one.id} can become {value}, which is not within {possible}")
    return None


def _stays_decided(case: _Case) -> str | None:
    """What was decided by bounds holds for every completion; what a rule for blanks decided may change with them."""
    before, after = case.score(case.partial), _completed(case)
    for one, other in zip(before.values(), after.values(), strict=True):
        for early, late in zip(one.cutoffs, other.cutoffs, strict=True):
            by_policy = one.value is not None and treats_blanks(one.definition.rule.node)
            if early.state not in ("unknown", late.state) and not by_policy:
                return case.told(case.partial, f"{one.id}, {early.text}: {early.state}, then {late.state}")
    for place, flag in zip(before.layout.flags, case.instrument.flags, strict=True):
        by_policy = before.row[place] is not None and treats_blanks(flag.rule.node)
        early, late = before.settled(place), after.settled(place)
        if early is not None and early is not late and not by_policy:
            return case.told(case.partial, f"flag {flag.id}: {_DECIDED[early]}, then {_DECIDED[late]}")
    return None


_DECIDED = {None: "undecided", True: "raised", False: "not raised"}


def _order_is_nothing(case: _Case) -> str | None:
    """Answers by item, in any order, by number, name or id, are the answers by position."""
    chance = Random(case.seed)  # noqa: S311 - the same order every time
    pairs = list(zip(case.instrument.items, case.partial, strict=True))
    chance.shuffle(pairs)
    mapped = {chance.choice((item.n, item.name, item.id or item.n)): answer for item, answer in pairs}
    if case.score(case.partial).row == case.score(mapped).row:
        return None
    return case.told(case.partial, f"another result from {mapped}")


def _interpreted(case: _Case) -> str | None:
    for given in (case.full, case.partial):
        result = case.score(given)
        for node, value in zip(result.layout.nodes, result.row, strict=True):
            rule = attrs.evolve(case.instrument.scores[0].rule, node=node)
            reference = rule.evaluate(result.facts)
            if reference != value or type(reference) is not type(value):
                return case.told(given, f"{rule} is {value!r} compiled, {reference!r} interpreted")
    return None


LAWS: dict[str, Callable[[_Case], str | None]] = {
    "a value within its range, and a band or a reason": _in_range,
    "the band with the greatest low not above the value": _takes_its_band,
    "raising an answer moves a score its one way": _moves_one_way,
    "every completion is possible": _stays_possible,
    "what is decided stays decided": _stays_decided,
    "answers come in any order": _order_is_nothing,
    "compiled rules are the rules": _interpreted,
}


def check_instrument(instrument: str | Instrument, *, examples: int = 100) -> None:
    """Hold an instrument against the laws that every instrument keeps.

    Its worked examples come out.
    Some answers reach each end of each range, and each category.
    Any valid answers give a value within the range, and a band or a reason why not.
    Raising one answer never moves a score the wrong way, where its rule can move one way only.
    However a half-answered form is completed, the scores were `possible`, and what was decided stays so.
    The order of answers is nothing, and the compiled rules give what the rules say.

    Args:
        instrument: an instrument, or the id of one that comes with the library.
        examples: how many sets of answers to draw; the same ones are drawn every time.

    Raises:
        LawError: with each broken law and the smallest example found that shows it.

    >>> check_instrument("gad-7", examples=20)
    """
    found = named(instrument) if isinstance(instrument, str) else instrument
    broken = [
        BrokenLaw("worked examples come out", f"$.examples[{place}]: {message}")
        for place, message in failing_examples(found)
    ]
    broken += [BrokenLaw("each end and category can be reached", message) for message in unreached(found)]
    broken += broken_laws(_cases(found), LAWS, examples=examples)
    if broken:
        raise LawError(found.id, broken)
