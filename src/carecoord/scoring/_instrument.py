"""An instrument as a value: its items, scores, bands, cut-offs, flags and what counts as change on it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import attrs

from carecoord._values import FrozenMapping
from carecoord.errors import UnknownIdError
from carecoord.rules import Bounds, Expression, Kind
from carecoord.rules._evaluate import evaluate
from carecoord.scoring._format import Evidence, Example, Permission, Source, Urgency, Worse

if TYPE_CHECKING:
    from carecoord.scoring._engine import Engine

__all__ = ["Band", "BandSet", "Change", "Cutoff", "Flag", "Instrument", "Item", "Score"]

Number = int | float


@attrs.frozen(kw_only=True)
class Item:
    """One question or measurement.

    Attributes:
        n: its number, from 1.
        id: its id; empty where it has none.
        name: how rules and results call it: `q7`, or its id with `-` written `_`.
        label: what it asks about, in one to four words of ours; never the questionnaire's wording.
        codes: the answers it takes, each with its score after recode and reverse (`None`: a code that means
            "not answered"); empty for a measured item.
        low: the smallest measurement it takes; `None` where it has codes.
        high: the largest.
        unit: the unit of a measurement.
        whole: only whole numbers.
        time: a clock time, `HH:MM`.
        reverse: it is scored the other way round.
        asked_when: the condition on which it is asked; `None`: always.
        otherwise: its score when it was not asked; `None`: then it does not apply.
        kind: what its score can be, for rules.
        loinc: its LOINC code, where verified.
    """

    n: int
    id: str
    name: str
    label: str
    codes: FrozenMapping[Number | str, Number | None]
    low: Number | None
    high: Number | None
    unit: str
    whole: bool
    time: bool
    reverse: bool
    asked_when: Expression | None
    otherwise: Number | None
    kind: Kind
    loinc: str
    note: str

    @property
    def wanted(self) -> str:
        """What an answer to it looks like, in words."""
        if self.time:
            return "a time as 07:30"
        if not self.codes:
            number = "a whole number" if self.whole else "a number"
            return f"{number} from {self.low:g} to {self.high:g}{f' {self.unit}' if self.unit else ''}"
        codes = [str(code) for code in self.codes]
        return codes[0] if len(codes) == 1 else f"{', '.join(codes[:-1])} or {codes[-1]}"

    @cached_property
    def answered(self) -> Bounds:
        """What its score may be once it is answered; unknown only where a code means "not answered"."""
        scores = [score for score in self.codes.values() if score is not None]
        low, high = (min(scores), max(scores)) if scores else (self.kind.low, self.kind.high)
        known = Bounds(self.kind.type, low, high, whole=self.kind.whole)
        return attrs.evolve(known, unknown=None in self.codes.values())


@attrs.frozen(kw_only=True)
class Band:
    """A named part of a score's range.

    Attributes:
        label: the band.
        low: its lowest value.
        high: its highest value as printed; `None` where `below` says where it ends.
        below: the first value that is not in it.
        condition: for whom it holds; `None`: for everyone.
        source: where it was read, where that is not the instrument's own source.
    """

    label: str
    low: Number
    high: Number | None
    below: Number | None
    condition: Expression | None
    source: str
    evidence: Evidence


@attrs.frozen(kw_only=True)
class BandSet:
    """One published set of bands of one score; a value takes the band with the greatest `low` not above it."""

    name: str
    bands: tuple[Band, ...]
    rule: Expression


@attrs.frozen(kw_only=True)
class Cutoff:
    """A published threshold on a score.

    Attributes:
        rule: when it is met.
        condition: for whom it is meant; `None`: for everyone.
        text: the threshold as written in the definition, as `score >= 10`.
        meaning: what meeting it means.
        population: in whom it was found.
        source: where it was read.
    """

    rule: Expression
    condition: Expression | None
    text: str
    meaning: str
    population: str
    source: str
    evidence: Evidence


@attrs.frozen(kw_only=True)
class Score:
    """One score of an instrument.

    Attributes:
        id: its id.
        name: how rules call it.
        label: a name for people.
        items: the names of the items it is made of, where it lists them.
        value: the rule that gives it, once `needs` is met.
        needs: when it may be given; `None`: as soon as its value is known.
        rule: `value` where `needs` is met, else unknown.
        range: lowest and highest value; `None` for a category.
        values: the categories, best first where they have an order.
        worse: `higher`, `lower` or `neither`.
        kind: what it can be, for rules.
        band_sets: the published sets of bands, the main one first.
        missing: in words, what is done about unanswered items.
    """

    id: str
    name: str
    label: str
    items: tuple[str, ...]
    value: Expression
    needs: Expression | None
    rule: Expression
    range: tuple[Number, Number] | None
    values: tuple[str, ...]
    worse: Worse
    kind: Kind
    unit: str
    band_sets: tuple[BandSet, ...]
    cutoffs: tuple[Cutoff, ...]
    missing: str
    note: str
    loinc: str
    evidence: Evidence

    def band_of(self, value: Number | None, context: Mapping[str, Any] | None = None) -> str | None:
        """Give the main band of a value that was reported without its answers.

        Args:
            value: the score's value; `None` where it is unknown.
            context: what is known of the respondent, by name.

        Returns:
            the band; `None` where the value is unknown, or the band depends on what is not known of the respondent.
        """
        if value is None or not self.band_sets or self.band_sets[0].name:
            return None
        place = evaluate(self.band_sets[0].rule.node, context or {}, {self.rule.node: value})
        return None if place is None or place < 0 else self.band_sets[0].bands[place].label


@attrs.frozen(kw_only=True)
class Flag:
    """An answer, or several, that needs a person's attention whatever the scores are.

    Attributes:
        rule: when it is raised.
        meaning: what was said, in words of ours.
        urgency: `immediate`, `same-day` or `next-contact`.
    """

    id: str
    rule: Expression
    meaning: str
    urgency: Urgency
    source: str
    evidence: Evidence


@attrs.frozen(kw_only=True)
class Change:
    """A published rule of what counts as change between two scores.

    Attributes:
        kind: `reliable-change`, `minimal-difference`, `response`, `remission`, `recovery` or `deterioration`.
        score: the id of the score it speaks of.
        rule: the rule over `before`, `after`, `improvement` and `percent_improvement`.
        condition: for whom it is meant; `None`: for everyone.
        text: the rule as written.
    """

    kind: str
    score: str
    rule: Expression
    condition: Expression | None
    text: str
    size: str
    direction: Literal["", "better", "worse"]
    note: str
    source: str
    evidence: Evidence


@attrs.frozen(kw_only=True, eq=False)
class Instrument:
    """A published instrument: everything needed to score it, and where each number comes from.

    Two instruments are equal when their definitions say the same.

    Attributes:
        id: its id, as `phq-9`.
        permission: what its owner allows: `free`, `noncommercial`, `registration`, `licensed` or `unknown`.
        recall: the time it asks about, as an ISO 8601 duration; empty for now, lifetime or mixed.
        evidence: how well its core was checked: `two-sources`, `one-source` or `unverified`.
        context: what rules may ask about the respondent beyond age, sex, informant and setting.
        written: what the definition says, as read from TOML.
    """

    id: str
    title: str
    measures: str
    respondent: str
    population: str
    recall: str
    permission: Permission
    permission_note: str
    loinc: str
    evidence: Evidence
    note: str
    items: tuple[Item, ...]
    scores: tuple[Score, ...]
    flags: tuple[Flag, ...]
    changes: tuple[Change, ...]
    context: FrozenMapping[str, Kind]
    examples: tuple[Example, ...]
    sources: tuple[Source, ...]
    written: Mapping[str, Any]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Instrument) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    @cached_property
    def digest(self) -> str:
        """SHA-256 over what the definition says, in hexadecimal; comments and layout do not matter."""
        import hashlib  # noqa: PLC0415 - scoring itself needs neither
        import json  # noqa: PLC0415

        canonical = json.dumps(self.written, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()

    def item(self, at: int | str) -> Item:
        """Give an item by its number, id or name.

        Raises:
            UnknownIdError: there is no such item.
        """
        found = self.item_places.get(at)
        if found is None or isinstance(at, bool):
            raise UnknownIdError(f"item of {self.id}", str(at), map(str, self.item_places))
        return self.items[found]

    def score(self, id: str) -> Score:
        """Give the definition of a score by its id.

        Raises:
            UnknownIdError: there is no such score.
        """
        found = self.score_places.get(id)
        if found is None:
            raise UnknownIdError(f"score of {self.id}", id, self.score_places)
        return self.scores[found]

    @cached_property
    def engine(self) -> Engine:
        """What scores it, made on first use."""
        from carecoord.scoring._engine import Engine  # noqa: PLC0415 - the engine is made from instruments

        return Engine(self)

    @cached_property
    def item_places(self) -> dict[int | str, int]:
        """The place of each item among `items`: by number (as text too), by name, by id, and as `q7`."""
        places: dict[int | str, int] = {}
        for place, item in enumerate(self.items):
            places[item.n] = places[f"q{item.n}"] = places[item.name] = place
            if item.id:
                places[item.id] = place
        for place, item in enumerate(self.items):
            places.setdefault(str(item.n), place)
        return places

    @cached_property
    def score_places(self) -> dict[str, int]:
        """The place of each score among `scores`, by id."""
        return {score.id: place for place, score in enumerate(self.scores)}

    def __repr__(self) -> str:
        return f"<instrument {self.id}>"

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:  # noqa: FBT001 - Hypothesis and IPython call it so
        printer.text(repr(self))
