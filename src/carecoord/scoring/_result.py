"""What scoring gives: values, and, made when asked for, bands, cut-offs, flags and reasons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, Literal

import attrs

from carecoord._values import FrozenMapping
from carecoord.errors import UnknownIdError
from carecoord.rules import Bounds, Expression
from carecoord.rules._bounds import bounds
from carecoord.rules._explain import shown
from carecoord.scoring._bands import OUTSIDE
from carecoord.scoring._instrument import Cutoff, Flag, Instrument, Item, Score

__all__ = ["CutoffResult", "FlagResult", "Result", "ScoreResult"]

Number = int | float
Met = Literal["met", "not met", "unknown", "does not apply"]


@attrs.frozen(kw_only=True)
class CutoffResult:
    """How a score stands to one published threshold.

    Attributes:
        state: `met`, `not met`, `unknown`, or `does not apply` to this respondent.
        needs: facts about the respondent that would settle it, by name.
        text: the threshold, as `score >= 10`.
    """

    state: Met
    meaning: str
    population: str
    text: str
    source: str
    evidence: str
    needs: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class FlagResult:
    """A flag that is raised, or that cannot be decided yet.

    Attributes:
        state: `raised`, or `undecided`: what was not answered could raise it.
        needs: the items, and facts about the respondent, that would settle it, by name.
    """

    id: str
    state: Literal["raised", "undecided"]
    meaning: str
    urgency: str
    needs: tuple[str, ...] = ()


class ScoreResult:
    """One score of one respondent.

    Attributes:
        definition: the score's definition: label, range, unit, items, source.
        value: the number; `None` where it was refused or is unknown, and for a category.
        category: the category; `None` where it is unknown, and for a number.
    """

    __slots__ = ("_place", "_result", "definition")

    def __init__(self, result: Result, place: int) -> None:
        self._result, self._place = result, place
        self.definition: Score = result.instrument.scores[place]

    @property
    def id(self) -> str:
        """The score's id."""
        return self.definition.id

    @property
    def _given(self) -> Any:
        return self._result.row[self._result.layout.scores[self._place]]

    @property
    def value(self) -> Number | None:
        """The number, in the unit of the score; `None` where it is unknown or a category."""
        given = self._given
        return None if isinstance(given, str) else given

    @property
    def category(self) -> str | None:
        """The category; `None` where it is unknown or a number."""
        given = self._given
        return given if isinstance(given, str) else None

    @property
    def range(self) -> tuple[Number, Number] | None:
        """The lowest and highest value there is; `None` for a category."""
        return self.definition.range

    @property
    def worse(self) -> str:
        """Which direction is worse: `higher`, `lower` or `neither`."""
        return self.definition.worse

    @property
    def band(self) -> str | None:
        """The band of the main published set; `None` where the value or what it depends on is unknown."""
        banded = self.definition.band_sets
        return self._band(0) if banded and banded[0].name == "" else None

    @property
    def bands(self) -> FrozenMapping[str, str | None]:
        """The band in each published set, by the set's name; the main set is `""`."""
        return FrozenMapping({banded.name: self._band(place) for place, banded in enumerate(self.definition.band_sets)})

    def _band(self, which: int) -> str | None:
        place: int | None = self._result.row[self._result.layout.bands[self._place][which]]
        if place is None or place == OUTSIDE or self._given is None:
            return None
        return self.definition.band_sets[which].bands[place].label

    @property
    def outside(self) -> bool:
        """Whether the main bands were published for others than this respondent."""
        places = self._result.layout.bands[self._place]
        return self._given is not None and bool(places) and self._result.row[places[0]] == OUTSIDE

    @property
    def band_needs(self) -> tuple[str, ...]:
        """What the main band depends on and is not known, by name: facts about the respondent, or items."""
        places = self._result.layout.bands[self._place]
        if self._given is None or not places or self._result.row[places[0]] is not None:
            return ()
        rules = [band.condition for band in self.definition.band_sets[0].bands if band.condition is not None]
        return self._result.unsettled(*rules)

    @property
    def cutoffs(self) -> tuple[CutoffResult, ...]:
        """How it stands to each published threshold; a refused score is judged by what is still possible."""
        places = self._result.layout.cutoffs[self._place]
        return tuple(
            self._cutoff(cutoff, met, applies)
            for cutoff, (met, applies) in zip(self.definition.cutoffs, places, strict=True)
        )

    def _cutoff(self, cutoff: Cutoff, met_at: int, applies_at: int | None) -> CutoffResult:
        result = self._result
        applies = True if applies_at is None else result.settled(applies_at)
        met = result.settled(met_at)
        state: Met = "unknown"
        if applies is False:
            state = "does not apply"
        elif met is False:
            state = "not met"
        elif applies is True and met is True:
            state = "met"
        rules = [cutoff.rule] if cutoff.condition is None else [cutoff.condition, cutoff.rule]
        return CutoffResult(
            state=state,
            meaning=cutoff.meaning,
            population=cutoff.population,
            text=cutoff.text,
            source=cutoff.source,
            evidence=cutoff.evidence,
            needs=result.unknown_context(*rules) if state == "unknown" else (),
        )

    @property
    def possible(self) -> Any:
        """What it may still be once the missing answers are given.

        For a number the lowest and highest value, as a pair; for a category the categories, best first;
        `None` where nothing can make it known. A known score is possible as itself only.
        """
        given = self._given
        if given is not None:
            return (given,) if isinstance(given, str) else (given, given)
        found = self._result.still_possible(self.definition.rule)
        if not found.known:
            return None
        if self.definition.range is None:
            return tuple(value for value in self.definition.values if value in (found.choices or ()))
        low, high = self.definition.range
        return max(found.low, low), min(found.high, high)

    @property
    def because(self) -> str:
        """Why it has its value, or why it has none."""
        result, score = self._result, self.definition
        unsettled = result.unsettled(score.rule)
        blank = [item for item in result.missing_items if item.name in unsettled]
        if self._given is not None:
            text = str(score.value.explain(result.facts, result.describe))
            lacking = [f"without {', '.join(item.name for item in blank)}", score.missing] if blank else []
            return "; ".join([text, *filter(None, [": ".join(filter(None, lacking))])])
        unknown = result.unknown_context(score.rule)
        reasons = [
            f"unanswered: {', '.join(f'{item.name} ({item.label})' for item in blank)}" if blank else "",
            f"not known: {', '.join(unknown)}" if unknown else "",
            "" if unsettled else "what it rests on is unknown",
            score.missing,
        ]
        return "; ".join(filter(None, reasons))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ScoreResult):
            return NotImplemented
        return (self._place, self._result) == (other._place, other._result)

    def __hash__(self) -> int:
        return hash((self._place, self._result))

    def __repr__(self) -> str:
        return f"<{self._result.instrument.id} {self.id} {self._given}{f' {self.band}' if self.band else ''}>"


class Result(Mapping[str, ScoreResult]):
    """The scores, flags and gaps of one respondent on one instrument, by the scores' ids.

    Attributes:
        instrument: the instrument, with its sources and its permission.
        row: what its rules gave, in the engine's order.
        given: each item's score where it was answered, `None` where not, in the order of the items.
    """

    __slots__ = ("__dict__", "_codes", "_context", "_used", "given", "instrument", "row")

    def __init__(self, instrument: Instrument, ran: tuple[Any, ...]) -> None:
        self.instrument = instrument
        self.row, self.given, self._used, self._context, self._codes = ran

    @property
    def layout(self) -> Any:
        """Where each result stands in `row`."""
        return self.instrument.engine.layout

    def __getitem__(self, score: str) -> ScoreResult:
        place = self.instrument.score_places.get(score)
        if place is None:
            raise UnknownIdError(f"score of {self.instrument.id}", score, self.instrument.score_places)
        return ScoreResult(self, place)

    def __iter__(self) -> Iterator[str]:
        return iter(self.instrument.score_places)

    def __len__(self) -> int:
        return len(self.instrument.scores)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Result):
            return NotImplemented
        return self._said == other._said

    @property
    def _said(self) -> tuple[Any, ...]:
        return self.instrument, self.given, self.context, self._codes

    def __hash__(self) -> int:
        return hash((self.instrument.digest, self.given))

    def __reduce__(self) -> tuple[object, ...]:
        return (Result, (self.instrument, (self.row, self.given, self._used, self._context, self._codes)))

    @property
    def context(self) -> FrozenMapping[str, Any]:
        """What is known of the respondent."""
        pairs = zip(self.instrument.engine.context, self._context, strict=False)
        return FrozenMapping({name: value for name, value in pairs if value is not None})

    @property
    def item_scores(self) -> FrozenMapping[str, Number | None]:
        """Each item's score by the item's name: after recode, reverse and skip rules; `None` where unknown."""
        return FrozenMapping(dict(zip(self.instrument.engine.items, self._used, strict=True)))

    @cached_property
    def _asked(self) -> Mapping[str, bool | None]:
        return self.instrument.engine.asked(self.given, self._context, self._codes)

    @cached_property
    def missing_items(self) -> tuple[Item, ...]:
        """The items that were to be answered and were not."""
        return tuple(
            item
            for item, score in zip(self.instrument.items, self.given, strict=True)
            if score is None and self._asked.get(item.name, True) is not False
        )

    @property
    def missing(self) -> tuple[str, ...]:
        """The names of the items that were to be answered and were not."""
        return tuple(item.name for item in self.missing_items)

    @property
    def answered(self) -> int:
        """How many items were answered."""
        return sum(score is not None for score in self.given)

    @property
    def complete(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing_items

    @property
    def inconsistent(self) -> tuple[str, ...]:
        """The names of the items that were answered although the skip rules say they are not asked."""
        return tuple(
            item.name
            for item, score in zip(self.instrument.items, self.given, strict=True)
            if score is not None and self._asked.get(item.name) is False
        )

    @property
    def flags(self) -> tuple[FlagResult, ...]:
        """The flags that are raised or undecided, in the order of the definition."""
        states = [
            (flag, self.settled(place)) for flag, place in zip(self.instrument.flags, self.layout.flags, strict=True)
        ]
        return tuple(self._flag(flag, state) for flag, state in states if state is not False)

    def _flag(self, flag: Flag, state: Any) -> FlagResult:
        needs = () if state else self.unsettled(flag.rule)
        return FlagResult(
            id=flag.id,
            state="raised" if state else "undecided",
            meaning=flag.meaning,
            urgency=flag.urgency,
            needs=needs,
        )

    def settled(self, place: int) -> Any:
        """Give one of the rules' results; where it is unknown, what every completion of the form agrees on."""
        found = self.row[place]
        if found is not None or None not in self._used:
            return found
        return bounds(self.layout.nodes[place], self._completions, self._memo).certain

    def still_possible(self, rule: Expression) -> Bounds:
        """Bound a rule over every completion of the form."""
        return bounds(rule.node, self._completions, self._memo)

    @cached_property
    def _memo(self) -> dict[Any, Bounds]:
        return {}

    @cached_property
    def _completions(self) -> dict[str, Any]:
        return self.instrument.engine.possible(self.given, self._context, self._codes)

    @cached_property
    def facts(self) -> Mapping[str, Any]:
        """The row of facts its rules were evaluated over, by name."""
        asked = {f"asked({name})": outcome is not False for name, outcome in self._asked.items()}
        codes = dict(zip(self.instrument.engine.codes, self._codes, strict=False))
        return {**self.item_scores, **self.context, **codes, **asked}

    def unknown_context(self, *rules: Expression) -> tuple[str, ...]:
        """Name the facts about the respondent that these rules want and were not given."""
        names = dict.fromkeys(name for rule in rules for name in rule.names)
        known = self.context
        return tuple(name for name in names if name in self.instrument.engine.kinds and name not in known)

    def unsettled(self, *rules: Expression) -> tuple[str, ...]:
        """Name what these rules want and is not known: missing items and facts about the respondent."""
        wanted = {name.removeprefix("code(").removesuffix(")") for rule in rules for name in rule.names}
        return (*(name for name in self.missing if name in wanted), *self.unknown_context(*rules))

    def describe(self, name: str, value: Any) -> str | None:
        """Give the words for an item in an explanation."""
        place = self.instrument.item_places.get(name)
        if place is None:
            return None
        item = self.instrument.items[place]
        return f"{name} ({item.label}) is {'unanswered' if value is None else value}"

    def explain(self) -> str:
        """Say in plain sentences what was scored, what was refused, and what needs a person."""
        return explain(self)

    def __repr__(self) -> str:
        parts = ", ".join(repr(score)[1:-1].removeprefix(f"{self.instrument.id} ") for score in self.values())
        return f"<{self.instrument.id}: {parts}>"


def _score_lines(score: ScoreResult) -> Iterator[str]:
    definition = score.definition
    given = score.category if definition.range is None else score.value
    if given is None:
        possible = score.possible
        still = ""
        if possible is not None:
            joined = f"{shown(possible[0])} to {shown(possible[1])}" if definition.range else " or ".join(possible)
            still = f" Still possible: {joined}."
        yield f"{definition.id}: not scored. {score.because}.{still}"
    else:
        span = f" of {definition.range[0]:g}-{definition.range[1]:g}" if definition.range else ""
        band = f", {score.band}" if score.band else ""
        yield f"{definition.id}: {shown(given)}{span}{band}. {score.because}."
        if score.band_needs:
            yield f"  the band depends on {', '.join(score.band_needs)}, which was not given"
        if score.outside:
            yield "  no band: outside the population the bands were published for"
    if definition.evidence == "unverified":
        yield "  unverified: this score's rule was not read in a source"
    for cutoff in score.cutoffs:
        if cutoff.state == "met" or cutoff.needs:
            yield _cutoff_line(cutoff)


def _cutoff_line(cutoff: CutoffResult) -> str:
    state = f"unknown without {', '.join(cutoff.needs)}" if cutoff.needs else cutoff.state
    mark = ", unverified" if cutoff.evidence == "unverified" else ""
    return f"  {cutoff.text}: {state}: {cutoff.meaning} ({cutoff.population}; {cutoff.source}{mark})"


def explain(result: Result) -> str:
    """Say in plain sentences what was scored, what was refused, and what needs a person."""
    instrument = result.instrument
    lines = [f"{instrument.title} ({instrument.id}): {result.answered} of {len(instrument.items)} items answered."]
    for flag in result.flags:
        if flag.state == "raised":
            lines.append(f"Raised, {flag.urgency}: {flag.meaning}.")
        else:
            lines.append(f"Not decided, ask {', '.join(flag.needs) or 'again'}: {flag.meaning} ({flag.urgency}).")
    for score in result.values():
        lines.extend(_score_lines(score))
    if result.inconsistent:
        lines.append(f"Answered although the skip rules do not ask them: {', '.join(result.inconsistent)}.")
    if instrument.evidence == "unverified":
        lines.append("Unverified: this instrument's rules were not read in a source.")
    if instrument.sources:
        lines.append(f"Sources: {'; '.join(source.cite for source in instrument.sources)}.")
    return "\n".join(lines)
