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


@attrs.frozen(kw_only=True)
class Source:
    """Where something was read.

    Attributes:
        cite: the publication, or a name for the page.
        url: where it was read; empty where it is not on a page.
    """

    cite: str
    url: str = ""


@attrs.frozen(kw_only=True)
class ItemEntry:
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


@attrs.frozen(kw_only=True)
class BandEntry:
    low: Number
    high: Number | None = None
    below: Number | None = None
    label: str
    set: str = ""
    for_: str = key("for", default="")
    source: str = ""
    evidence: Evidence | None = None


@attrs.frozen(kw_only=True)
class CutoffEntry:
    when: str
    for_: str = key("for", default="")
    meaning: str
    population: str = ""
    source: str
    evidence: Evidence | None = None


@attrs.frozen(kw_only=True)
class ScoreEntry:
    id: str
    label: str = ""
    items: str = ""
    value: str
    needs: str = ""
    range: tuple[Number, Number] | None = None
    worse: Worse = "higher"
    values: tuple[str, ...] = ()
    unit: str = ""
    bands: tuple[BandEntry, ...] = ()
    band_on: str = ""
    cutoffs: tuple[CutoffEntry, ...] = ()
    missing: str = ""
    note: str = ""
    loinc: str = ""
    evidence: Evidence | None = None


@attrs.frozen(kw_only=True)
class FlagEntry:
    id: str
    when: str
    meaning: str
    urgency: Urgency
    source: str = ""
    evidence: Evidence | None = None


@attrs.frozen(kw_only=True)
class ChangeEntry:
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


@attrs.frozen(kw_only=True)
class DefinitionFile:
    id: str
    title: str
    measures: str
    respondent: Informant
    population: str
    recall: str = ""
    permission: Permission
    permission_note: str = ""
    loinc: str = ""
    evidence: Evidence
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
    sources: tuple[Source, ...]


_BLANK = re.compile(r"\{(\w+)\}")
_SPANS = re.compile(r"\d{1,4}(-\d{1,4})?( \d{1,4}(-\d{1,4})?)*")
MOST_COPIES = 200
RULES = frozenset(("value", "needs", "when", "for", "asked_when", "band_on"))
"""The keys whose texts are rules."""


def expand(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Write out the blocks that are repeated for each member of a list, before anything is checked.

    Raises:
        DefinitionError: a list that is not there, or more or fewer numbers than members.
    """
    faults: list[Fault] = []
    lists = data.get("lists", {})
    full = {key: value for key, value in data.items() if key != "lists"}
    if not isinstance(lists, Mapping) or not all(_is_texts(members) for members in lists.values()):
        raise DefinitionError(name, [Fault("$.lists", "a table of lists of texts is wanted")])
    for part in ("items", "scores", "flags"):
        blocks = full.get(part)
        if isinstance(blocks, list):
            full[part] = [
                copy
                for place, block in enumerate(blocks)
                for copy in _copies(block, lists, f"$.{part}[{place}]", faults)
            ]
    if faults:
        raise DefinitionError(name, faults)
    items = full.get("items")
    if isinstance(items, list) and any(isinstance(block, Mapping) and "each" in block for block in data["items"]):
        full["items"] = sorted(items, key=_number)
    return full


def _number(item: Any) -> int:
    number = item.get("n") if isinstance(item, Mapping) else None
    return number if isinstance(number, int) else 0


def _is_texts(members: Any) -> bool:
    return (
        isinstance(members, list) and 0 < len(members) <= MOST_COPIES and all(isinstance(one, str) for one in members)
    )


def _copies(block: Any, lists: Mapping[str, Any], path: str, faults: list[Fault]) -> Iterator[Any]:
    if not isinstance(block, Mapping) or "each" not in block:
        yield block
        return
    over = block["each"]
    members = lists.get(over) if isinstance(over, str) else None
    if members is None:
        faults.append(
            Fault(f"{path}.each", f"{str(over)[:60]!r} is none of the lists: {', '.join(lists) or 'there are none'}")
        )
        return
    numbers = _numbers(block.get("n"), len(members))
    if numbers is None:
        faults.append(Fault(f"{path}.n", f"as many numbers as {over} has members are wanted, as 1-{len(members)}"))
        return
    for number, member in zip(numbers, members, strict=True):
        copy = {key: _filled(value, over, member, key) for key, value in block.items() if key != "each"}
        yield {**copy, "n": number} if number is not None else copy


def _numbers(given: Any, count: int) -> list[int] | list[None] | None:
    if given is None:
        return [None] * count
    if not isinstance(given, str) or not _SPANS.fullmatch(given):
        return None
    spans = [span.split("-") for span in given.split()]
    numbers = [number for span in spans for number in range(int(span[0]), int(span[-1]) + 1)]
    return numbers if len(numbers) == count else None


def _filled(value: Any, over: str, member: str, key: str = "") -> Any:
    """Put a list's member in for its name: as it is written in ids and labels, as a name in rules."""
    if isinstance(value, str):
        word = name_of(member) if key in RULES else member
        return _BLANK.sub(lambda match: word if match[1] == over else match[0], value)
    if isinstance(value, list):
        return [_filled(one, over, member, key) for one in value]
    if isinstance(value, Mapping):
        return {name: _filled(one, over, member, name) for name, one in value.items()}
    return value
