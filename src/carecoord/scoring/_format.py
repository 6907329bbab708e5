"""The form of a definition file: what may stand where, before anything is checked against anything else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

import attrs

from carecoord._values import FrozenMapping, key, name_of
from carecoord.errors import DefinitionError, Fault

__all__ = [
    "BandEntry",
    "ChangeEntry",
    "CutoffEntry",
    "DefinitionFile",
    "Evidence",
    "Example",
    "FlagEntry",
    "ItemEntry",
    "Permission",
    "ScoreEntry",
    "Source",
    "Urgency",
    "Worse",
    "expand",
]

Number = int | float
Evidence = Literal["two-sources", "one-source", "unverified"]
Permission = Literal["free", "noncommercial", "registration", "licensed", "unknown"]
Urgency = Literal["immediate", "same-day", "next-contact"]
Worse = Literal["higher", "lower", "neither"]
Informant = Literal["self", "parent", "teacher", "caregiver", "clinician"]
ChangeKind = Literal["reliable-change", "minimal-difference", "response", "remission", "recovery", "deterioration"]
Codes = tuple[Number, ...] | FrozenMapping[str, Number | str]


entry = attrs.frozen(kw_only=True, eq=False, repr=False)
"""How the entries of a file are made: they are read once, never compared."""


@attrs.frozen(kw_only=True)
class Source:
    """Where something was read.

    Attributes:
        cite: the publication, or a name for the page.
        url: where it was read; empty where it is not on a page.
    """

    cite: str
    url: str = ""


@entry
class ItemEntry:
    """One question or measurement; it has `values`, or `min` and `max`, or `time`.

    Attributes:
        n: Its number; items are numbered from 1 without gaps.
        id: A name for rules and answers beside its number.
        label: What it asks about, in one to four words of one's own; never the questionnaire's wording.
        values: The answers it takes: a list of codes, a table of the score of each code, or the name of a set.
        reverse: Score it the other way round: lowest + highest - score.
        min: The smallest measurement it takes.
        max: The largest.
        unit: The unit of the measurement.
        whole: Only whole numbers.
        time: A clock time, HH:MM.
        asked_when: A rule: when the item is asked; always where left out.
        otherwise: Its score when it was not asked; without it, the item then does not apply.
        loinc: Its LOINC code, where verified.
        note: What a reader of the definition has to know.
    """

    n: int
    id: str = ""
    label: str
    values: str | Codes | None = None
    reverse: bool = False
    min: Number | None = None
    max: Number | None = None
    unit: str = ""
    whole: bool = False
    time: bool = False
    asked_when: str = ""
    otherwise: Number | None = None
    loinc: str = ""
    note: str = ""


@entry
class BandEntry:
    """A named part of a score's range.

    Attributes:
        low: The lowest value in it.
        high: The highest, as printed; or write `below`.
        below: The first value that is no longer in it.
        label: What values in it are called.
        set: A further published set of bands that this belongs to; the main set has no name and comes first.
        for_: A rule: for whom it holds; for everyone where left out.
        source: Where it was read, if not where the score was.
        evidence: How well it was checked, if not as well as the score.
    """

    low: Number
    high: Number | None = None
    below: Number | None = None
    label: str
    set: str = ""
    for_: str = key("for", default="")
    source: str = ""
    evidence: Evidence | None = None


@entry
class CutoffEntry:
    """A published threshold.

    Attributes:
        when: A rule in which `score` is this score's value.
        for_: A rule: for whom it is meant; for everyone where left out.
        meaning: What meeting it means.
        population: In whom it was found.
        source: Where it was read.
        evidence: How well it was checked, if not as well as the score.
    """

    when: str
    for_: str = key("for", default="")
    meaning: str
    population: str = ""
    source: str
    evidence: Evidence | None = None


@entry
class ScoreEntry:
    """One score: a number with a `range`, or a category with its `values`.

    Attributes:
        id: Its id.
        label: A name for people.
        items: The items it is made of, as "1-3 7": called `items` in its rules.
        value: A rule: what it is.
        needs: A rule: when it may be given; as soon as its value is known where left out.
        range: Its lowest and its highest value.
        worse: Which way is worse.
        values: The categories, best first where they have an order.
        unit: The unit.
        bands: The published bands.
        band_on: A rule: what is banded, if not the value itself, as "round(score)".
        cutoffs: The published thresholds.
        missing: In words, what is done about unanswered items, and where that was read.
        note: What a reader has to know.
        loinc: Its LOINC code, where verified.
        evidence: How well it was checked, if not as well as the file.
    """

    id: str
    label: str = ""
    items: str = ""
    value: str
    needs: str = ""
    range: tuple[Number, Number] | None = None
    worse: Worse | None = None
    values: tuple[str, ...] = ()
    unit: str = ""
    bands: tuple[BandEntry, ...] = ()
    band_on: str = ""
    cutoffs: tuple[CutoffEntry, ...] = ()
    missing: str = ""
    note: str = ""
    loinc: str = ""
    evidence: Evidence | None = None


@entry
class FlagEntry:
    """An answer, or several, that needs a person's attention whatever the scores are.

    Attributes:
        id: Its id.
        when: A rule: when it is raised.
        meaning: What was said, in words of one's own.
        urgency: How soon a person must look.
        source: Where it was read, if not in the instrument's sources.
        evidence: How well it was checked, if not as well as the file.
    """

    id: str
    when: str
    meaning: str
    urgency: Urgency
    source: str = ""
    evidence: Evidence | None = None


@entry
class ChangeEntry:
    """A published rule of what counts as change.

    Attributes:
        kind: What the rule finds.
        score: The score it speaks of.
        when: A rule over `before`, `after`, `improvement` and `percent_improvement`.
        size: How large a difference it speaks of, where several stand side by side.
        direction: Which way, where rules for better and worse differ.
        for_: A rule: for whom it is meant; for everyone where left out.
        note: What two scores cannot show.
        source: Where it was read.
        evidence: How well it was checked, if not as well as the file.
    """

    kind: ChangeKind
    score: str
    when: str
    size: str = ""
    direction: Literal["", "better", "worse"] = ""
    for_: str = key("for", default="")
    note: str = ""
    source: str
    evidence: Evidence | None = None


@attrs.frozen(kw_only=True)
class Example:
    """One worked example.

    Attributes:
        answers: one answer an item, in order, with spaces between; `-` is a blank.
        context: what is known of the respondent.
        scores: the scores it must give; measured to four decimals.
        bands: the main band by score; that of a further set by `score.set`.
        flags: exactly the flags it must raise; not compared where left out.
        unscored: scores that must be unknown.
        source: who worked it out.
    """

    answers: str
    context: FrozenMapping[str, Number | str | bool] = FrozenMapping()
    scores: FrozenMapping[str, Number | str] = FrozenMapping()
    bands: FrozenMapping[str, str] = FrozenMapping()
    flags: tuple[str, ...] | None = None
    unscored: tuple[str, ...] = ()
    source: str


@entry
class DefinitionFile:
    """An instrument: items, scores, flags, what counts as change, worked examples and sources.

    Attributes:
        id: Its id: the name of its file.
        title: Its name, as its authors print it.
        measures: What it measures.
        respondent: Who answers.
        population: For whom it was made.
        recall: The time it asks about, as an ISO 8601 duration; empty for now, lifetime or mixed.
        permission: What its owner allows.
        permission_note: Whose it is, and on which terms.
        loinc: Its LOINC panel, where verified.
        evidence: How well it was checked.
        note: What a reader has to know.
        values: Sets of answers by name, for items.
        items: The items, in the order asked.
        groups: Lists of items by name, as "1-4 7", for rules that share one.
        define: Rules by name, for use in other rules; not reported as scores.
        tables: Tables by name, for `lookup`.
        context: What rules may ask about the respondent beyond age, sex, informant and setting.
        scores: The scores.
        flags: What needs a person's attention.
        change: What counts as change.
        examples: Worked examples, run by `check`.
        sources: Where all this was read.
    """

    id: str
    title: str
    measures: str = ""
    respondent: Informant = "self"
    population: str = ""
    recall: str = ""
    permission: Permission = "unknown"
    permission_note: str = ""
    loinc: str = ""
    evidence: Evidence = "unverified"
    note: str = ""
    values: FrozenMapping[str, Codes] = FrozenMapping()
    items: tuple[ItemEntry, ...]
    groups: FrozenMapping[str, str] = FrozenMapping()
    define: FrozenMapping[str, str] = FrozenMapping()
    tables: FrozenMapping[str, FrozenMapping[str, Number | str]] = FrozenMapping()
    context: FrozenMapping[str, tuple[str, ...] | Literal["yes/no", "number", "text"]] = FrozenMapping()
    scores: tuple[ScoreEntry, ...]
    flags: tuple[FlagEntry, ...] = ()
    change: tuple[ChangeEntry, ...] = ()
    examples: tuple[Example, ...] = ()
    sources: tuple[Source, ...] = ()


_BLANK = re.compile(r"\{(\w+)\}")
_SPANS = re.compile(r"\d{1,4}(-\d{1,4})?( \d{1,4}(-\d{1,4})?)*")
MOST_COPIES = 200
MOST_WRITTEN = 1_000_000
RULES = frozenset(("value", "needs", "when", "for", "asked_when", "band_on"))
"""The keys whose texts are rules."""


def expand(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Write out the blocks that are repeated for each member of a list, before anything is checked.

    Raises:
        DefinitionError: a list that is not there, more or fewer numbers than members, or too much to write out.
    """
    lists = data.get("lists", {})
    full = {key: value for key, value in data.items() if key != "lists"}
    if not isinstance(lists, Mapping) or not all(map(_is_texts, lists.values())):
        raise DefinitionError(name, [Fault("$.lists", "a table of lists of texts is wanted")])
    writer = _Writer(name, lists)
    for part in ("items", "scores", "flags"):
        blocks = full.get(part)
        if isinstance(blocks, list) and any(map(_is_repeated, blocks)):
            full[part] = [
                copy for place, block in enumerate(blocks) for copy in writer.copies(block, f"$.{part}[{place}]")
            ]
            if part == "items":
                full[part].sort(key=_number)
    if writer.faults:
        raise DefinitionError(name, writer.faults)
    return full


def _is_texts(members: Any) -> bool:
    return (
        isinstance(members, list) and 0 < len(members) <= MOST_COPIES and all(isinstance(one, str) for one in members)
    )


def _is_repeated(block: Any) -> bool:
    return isinstance(block, Mapping) and "each" in block


def _number(item: Any) -> int:
    number = item.get("n") if isinstance(item, Mapping) else None
    return number if isinstance(number, int) else 0


class _Writer:
    def __init__(self, name: str, lists: Mapping[str, list[str]]) -> None:
        self.name, self.lists = name, lists
        self.faults: list[Fault] = []
        self.written = 0

    def copies(self, block: Any, path: str) -> Iterator[Any]:
        if not _is_repeated(block):
            yield block
            return
        over = block["each"]
        members = self.lists.get(over) if isinstance(over, str) else None
        if members is None:
            known = ", ".join(self.lists) or "there are none"
            self.faults.append(Fault(f"{path}.each", f"the name of a list is wanted; the lists: {known}"))
            return
        numbers = _numbers(block.get("n"), len(members))
        if numbers is None:
            message = f"as many numbers as {over} has members are wanted, as 1-{len(members)}"
            self.faults.append(Fault(f"{path}.n", message))
            return
        for number, member in zip(numbers, members, strict=True):
            copy = {key: self.filled(value, over, member, key) for key, value in block.items() if key != "each"}
            yield {**copy, "n": number} if number is not None else copy

    def filled(self, value: Any, over: str, member: str, key: str) -> Any:
        """Put a list's member in for its name: as it is written in ids and labels, as a name in rules."""
        self.written += 1
        if isinstance(value, str):
            word = name_of(member) if key in RULES else member
            text = _BLANK.sub(lambda match: word if match[1] == over else match[0], value)
            self.written += len(text)
            if self.written > MOST_WRITTEN:
                message = f"written out for each member, the file has more than {MOST_WRITTEN:,} characters"
                raise DefinitionError(self.name, [Fault("$.lists", message)])
            return text
        if isinstance(value, list):
            return [self.filled(one, over, member, key) for one in value]
        if isinstance(value, Mapping):
            return {name: self.filled(one, over, member, name) for name, one in value.items()}
        return value


def _numbers(given: Any, count: int) -> list[int] | list[None] | None:
    if given is None:
        return [None] * count
    if not isinstance(given, str) or not _SPANS.fullmatch(given):
        return None
    spans = [(int(first), int(last or first)) for first, _, last in (span.partition("-") for span in given.split())]
    if sum(max(last - first + 1, 0) for first, last in spans) != count:
        return None
    return [number for first, last in spans for number in range(first, last + 1)]
