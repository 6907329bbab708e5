"""Read the bands of a score: complete, without gaps or overlaps, and as one rule that gives the band's place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby, pairwise


from carecoord.rules import Expression
from carecoord.rules._nodes import Call, Choice, Comparison, Constant, Given, Node
from carecoord.scoring._format import BandEntry, Evidence, ScoreEntry
from carecoord.scoring._instrument import Band, BandSet
from carecoord.scoring._ranges import CLOSE, grain

__all__ = ["OUTSIDE", "band_sets"]

OUTSIDE = -1
"""The place of no band: the score was published for others than this respondent."""

ReadRule = Callable[[str, str, str | None], Expression | None]
Fault = Callable[[str, str], None]


def band_sets(
    entry: ScoreEntry,
    score: Expression,
    read: ReadRule,
    fault: Fault,
    *,
    evidence: Evidence,
    steps: Mapping[str, float],
) -> tuple[BandSet, ...]:
    """Build a score's band sets, the one without a name first.

    Args:
        entry: the score as written.
        score: the score as a rule.
        read: reads a rule at a place below the score, of a kind; faults go with the rest.
        fault: reports a fault at a place below the score.
        evidence: of the score.
        steps: the step between the scores of each item, by name.
    """
    if entry.values and entry.bands:
        fault("bands", "a category has no bands")
    if not entry.bands or entry.values or entry.range is None:
        return ()
    banded = read(entry.band_on, "band_on", "number") if entry.band_on else score
    if banded is None:
        return ()
    names = list(dict.fromkeys(band.set for band in entry.bands))
    if names[0] != "":
        fault("bands", "the bands without a set come first")
    step = grain(banded.node, steps)
    sets = []
    for name in names:
        if name and not any(band.set == name and band.source for band in entry.bands):
            fault("bands", f"the set {name} says nowhere where it was read")
        entries = [band for band in entry.bands if band.set == name]
        sets.append(_band_set(name, entries, banded, (entry.range, step), read, fault, evidence))
    return tuple(sets)


def _band_set(
    name: str,
    entries: Sequence[BandEntry],
    banded: Expression,
    span: tuple[tuple[float, float], float | None],
    read: ReadRule,
    fault: Fault,
    evidence: Evidence,
) -> BandSet:
    bands: list[Band] = []
    ways: list[tuple[Expression | None, Node]] = []
    for condition, group in groupby(entries, key=lambda band: band.for_):
        members = list(group)
        _check(members, *span, fault)
        rule = read(condition, "bands.for", "yes/no") if condition else None
        ways.append((rule, _places(members, len(bands), banded.node)))
        bands += [_band(member, rule, evidence) for member in members]
    node: Node = Constant(OUTSIDE)
    for condition_rule, places in reversed(ways):
        node = places if condition_rule is None else Choice(condition_rule.node, places, node)
    return BandSet(name=name, bands=tuple(bands), rule=Expression(node))


def _band(entry: BandEntry, condition: Expression | None, evidence: Evidence) -> Band:
    return Band(
        label=entry.label,
        low=entry.low,
        high=entry.high,
        below=entry.below,
        condition=condition,
        source=entry.source,
        evidence=entry.evidence or evidence,
    )


def _places(entries: Sequence[BandEntry], first: int, banded: Node) -> Node:
    """Give the rule for a value's band: the greatest `low` not above it."""
    ordered = sorted(range(len(entries)), key=lambda place: entries[place].low)
    node: Node = Constant(first + ordered[0])
    for place in ordered[1:]:
        node = Choice(Comparison(">=", banded, Constant(entries[place].low)), Constant(first + place), node)
    if len(ordered) == 1:
        return Given(Call("known", (banded,)), node)
    return node


def _check(entries: Sequence[BandEntry], reach: tuple[float, float], step: float | None, fault: Fault) -> None:
    """Refuse bands with a gap, an overlap, or an end that is not the range's."""
    ordered = sorted(entries, key=lambda band: band.low)
    low, high = reach
    last = ordered[-1]
    if abs(ordered[0].low - low) > CLOSE:
        fault("bands", f"they begin at {ordered[0].low:g}, the range at {low:g}")
    end = last.high if last.high is not None else last.below
    if end is None or abs(end - high) > CLOSE:
        fault("bands", f"they end at {'nothing' if end is None else f'{end:g}'}, the range at {high:g}")
    for band in ordered:
        if (band.high is None) == (band.below is None):
            fault("bands", f"{band.label}: high or below is wanted, one of them")
        elif (band.high is not None and band.high < band.low) or (band.below is not None and band.below <= band.low):
            fault("bands", f"{band.label}: it ends before it begins")
    for before, after in pairwise(ordered):
        _check_seam(before, after, step, fault)


def _check_seam(before: BandEntry, after: BandEntry, step: float | None, fault: Fault) -> None:
    between = f"between {before.label} and {after.label}"
    if before.below is not None:
        if abs(before.below - after.low) > CLOSE:
            fault("bands", f"there is a gap or an overlap {between}")
    elif before.high is not None:
        if after.low <= before.high + CLOSE:
            fault("bands", f"there is an overlap {between}")
        elif step is None:
            fault("bands", f"the score can lie {between}: write below = {after.low:g}, or band_on with a round()")
        elif after.low - before.high > step + CLOSE:
            fault("bands", f"there is a gap {between}: {before.high:g} to {after.low:g} in steps of {step:g}")
