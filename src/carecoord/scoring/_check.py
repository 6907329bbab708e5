"""Lint a definition: what loading refuses, what its examples disprove, and what it leaves untold or untried."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import attrs

from carecoord.errors import DefinitionError
from carecoord.rules import Expression
from carecoord.rules._bounds import bounds
from carecoord.rules._nodes import facts_of
from carecoord.scoring._examples import failing_examples
from carecoord.scoring._instrument import Band, Cutoff, Instrument, Score

__all__ = ["Finding", "check"]


@attrs.frozen
class Finding:
    """One thing that a check of a definition found.

    Attributes:
        severity: `error`: it would score wrongly, or cannot be used; `warning`: something is untold or untried;
            `note`: to be known, nothing to mend in the file.
        path: the place, as `$.scores[total].needs`.
        message: what was found there and what would do.
    """

    severity: Literal["error", "warning", "note"]
    path: str
    message: str

    def __str__(self) -> str:
        """Give the severity, the place and the message on one line."""
        return f"{self.severity}: {self.path}: {self.message}" if self.path else f"{self.severity}: {self.message}"


def check(source: str | Path | Instrument) -> tuple[Finding, ...]:
    """Check a definition beyond what loading it needs.

    Args:
        source: a path to a TOML file, its text, or an instrument that was read from one.

    Returns:
        what was found, errors first. Where a definition cannot be loaded, that is all there is.

    Raises:
        DefinitionError: there is no such file, or it is no TOML.

    >>> from carecoord.scoring import instrument
    >>> [finding for finding in check(instrument("gad-7")) if finding.severity != "note"]
    []
    """
    if isinstance(source, Instrument):
        made = source
    else:
        from carecoord._definitions import read_toml  # noqa: PLC0415 - cattrs is loaded when a definition is read
        from carecoord.scoring._load import load  # noqa: PLC0415

        data, name = read_toml(source)
        try:
            made = load(data, name)
        except DefinitionError as error:
            return tuple(Finding("error", fault.path, fault.message) for fault in error.faults)
    found = list(_findings(made))
    if isinstance(source, Path) and source.stem != made.id:
        found.append(Finding("warning", "$.id", f"a catalogue looks for it in {made.id}.toml"))
    order = ("error", "warning", "note")
    return tuple(sorted(found, key=lambda finding: order.index(finding.severity)))


def _findings(instrument: Instrument) -> Iterator[Finding]:
    yield from _head(instrument)
    yield from _unused_items(instrument)
    yield from _idle_rules(instrument)
    for score in instrument.scores:
        yield from _untold(score)
    for place, message in failing_examples(instrument):
        yield Finding("error", f"$.examples[{place}]", message)
    yield from _untried(instrument)


def _head(it: Instrument) -> Iterator[Finding]:
    if not it.sources:
        yield Finding("error", "$.sources", "nothing says where these rules and numbers were read")
    for name in ("measures", "population"):
        if not getattr(it, name):
            yield Finding("warning", f"$.{name}", "it is not said")
    if it.permission == "unknown":
        yield Finding("note", "$.permission", "whether this may be used is not known")
    if it.evidence == "unverified":
        yield Finding("note", "$.evidence", "the rules were not checked against a source")
    for score in it.scores:
        parts: list[tuple[Score | Cutoff | Band, str]] = [(score, "")]
        parts += [(cutoff, f".cutoffs[{place}]") for place, cutoff in enumerate(score.cutoffs)]
        parts += [(band, f".bands[{band.label}]") for banded in score.band_sets for band in banded.bands]
        for part, path in parts:
            if part.evidence == "unverified" != it.evidence:
                yield Finding("note", f"$.scores[{score.id}]{path}.evidence", "this was not checked against a source")


def _unused_items(it: Instrument) -> Iterator[Finding]:
    rules: list[Expression | None] = [item.asked_when for item in it.items]
    rules += [flag.rule for flag in it.flags]
    for score in it.scores:
        rules += [score.value, score.needs, *(band.condition for banded in score.band_sets for band in banded.bands)]
        rules += [rule for cutoff in score.cutoffs for rule in (cutoff.rule, cutoff.condition)]
    names = facts_of(*(rule.node for rule in rules if rule is not None))
    used = {name.removeprefix("code(").removesuffix(")") for name in names}
    for item in it.items:
        if item.name not in used and not item.note:
            path = f"$.items[{item.id or item.n}]"
            yield Finding("warning", path, "no score, flag or skip rule uses it; if that is right, a note says so")


def _idle_rules(it: Instrument) -> Iterator[Finding]:
    """Find rules that hold whatever is answered; one that can never hold is refused when it loads."""
    rules = [(f"$.flags[{flag.id}]", flag.rule) for flag in it.flags]
    rules += [(f"$.change[{place}]", change.rule) for place, change in enumerate(it.changes)]
    for score in it.scores:
        rules += [(f"$.scores[{score.id}].cutoffs[{place}]", one.rule) for place, one in enumerate(score.cutoffs)]
    for path, rule in rules:
        if bounds(rule.node, {}).choices == frozenset({True}):
            yield Finding("error", path, f"{rule} holds for every answer")


def _untold(score: Score) -> Iterator[Finding]:
    if score.needs is not None and not score.missing:
        yield Finding("warning", f"$.scores[{score.id}].missing", "no words say what is done about unanswered items")


def _untried(it: Instrument) -> Iterator[Finding]:
    examples = it.examples
    if not any("-" in example.answers.split() for example in examples):
        yield Finding("warning", "$.examples", "none leaves an answer out")
    for score in it.scores:
        path = f"$.scores[{score.id}]"
        if not any(score.id in example.scores for example in examples):
            yield Finding("warning", path, "no example gives this score")
        for banded in score.band_sets:
            name = f"{score.id}.{banded.name}" if banded.name else score.id
            tried = {example.bands.get(name) for example in examples}
            for label in dict.fromkeys(band.label for band in banded.bands if band.label not in tried):
                yield Finding("warning", f"{path}.bands[{label}]", f"no example lies in this band of {name}")
        for value in score.values:
            if not any(example.scores.get(score.id) == value for example in examples):
                yield Finding("warning", f"{path}.values", f"no example gives {value}")
    for flag in it.flags:
        if not any(flag.id in (example.flags or ()) for example in examples):
            yield Finding("warning", f"$.flags[{flag.id}]", "no example raises it")
