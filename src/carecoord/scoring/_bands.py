"""Read the bands of a score: complete, without gaps or overlaps, and as one rule that gives the band's place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby, pairwise

import attrs

from carecoord.rules import Expression
from carecoord.rules._nodes import Call, Choice, Comparison, Constant, Given, Node
from carecoord.scoring._format import BandEntry, Evidence, ScoreEntry
from carecoord.scoring._instrument import Band, BandSet
from carecoord.scoring._ranges import CLOSE, Grains

__all__ = ["OUTSIDE", "BandReader"]

OUTSIDE = -1
"""The place of no band: the score was published for others than this respondent."""


@attrs.frozen(kw_only=True)
class BandReader:
    """What it takes to read the bands of one score.

    Attributes:
        entry: the score as written.
        evidence: of the score.
        steps: the step between the scores of each item, by name.
        read: reads a rule at a place below the score, of a kind; its faults go with the rest.
        fault: reports a fault in the bands.
    """

    entry: ScoreEntry
    evidence: Evidence
    steps: Mapping[str, float]
    read: Callable[[str, str, str], Expression | None]
    fault: Callable[[str], None]

    def sets(self, score: Expression) -> tuple[BandSet, ...]:
        """Build the score's band sets, the one without a name first."""
        entry = self.entry
        if entry.bands and entry.range is None:
            self.fault("a category has no bands")
        banded = self.read(entry.band_on, "band_on", "number") if entry.band_on else score
        if not entry.bands or entry.range is None or banded is None:
            return ()
        names = list(dict.fromkeys(band.set for band in entry.bands))
        if "" in names[1:]:
            self.fault("the bands without a set come first")
        for name in filter(None, names):
            if not any(band.set == name and band.source for band in entry.bands):
                self.fault(f"the set {name[:60]} says nowhere where it was read")
        return tuple(self.one_set(name, banded) for name in names)

    def one_set(self, name: str, banded: Expression) -> BandSet:
        """Build one set; the first condition that holds says which of its bands apply."""
        entries = [band for band in self.entry.bands if band.set == name]
        bands: list[Band] = []
        ways: list[tuple[Expression | None, Node]] = []
        step = Grains(self.steps).of(banded.node)
        for condition, group in groupby(entries, key=lambda band: band.for_):
            if any(way is None for way, _ in ways):
                self.fault("bands for everyone come last, others after them are never used")
            members = list(group)
            for message in _faults(members, self.entry.range or (0, 0), step):
                self.fault(message)
            rule = self.read(condition, "bands.for", "yes/no") if condition else None
            ways.append((rule, _places(members, len(bands), banded.node)))
            bands += [_band(member, rule, self.evidence) for member in members]
        node: Node = Constant(OUTSIDE)
        for rule, places in reversed(ways):
            node = places if rule is None else Choice(rule.node, places, node)
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


def _faults(entries: Sequence[BandEntry], reach: tuple[float, float], step: float | None) -> Iterator[str]:
    """Say where bands have a gap, an overlap, or an end that is not the range's."""
    ordered = sorted(entries, key=lambda band: band.low)
    low, high = reach
    last = ordered[-1]
    if abs(ordered[0].low - low) > CLOSE:
        yield f"they begin at {ordered[0].low:g}, the range at {low:g}"
    end = last.high if last.high is not None else last.below
    if end is None or abs(end - high) > CLOSE:
        yield f"they end at {'nothing' if end is None else f'{end:g}'}, the range at {high:g}"
    for band in ordered:
        if (band.high is None) == (band.below is None):
            yield f"{band.label}: high or below is wanted, one of them"
        elif (band.high is not None and band.high < band.low) or (band.below is not None and band.below <= band.low):
            yield f"{band.label}: it ends before it begins"
    for before, after in pairwise(ordered):
        fault = _seam(before, after, step)
        if fault is not None:
            yield fault


def _seam(before: BandEntry, after: BandEntry, step: float | None) -> str | None:
    between = f"between {before.label} and {after.label}"
    if before.below is not None:
        return f"there is a gap or an overlap {between}" if abs(before.below - after.low) > CLOSE else None
    if before.high is None:
        return None
    if after.low <= before.high + CLOSE:
        return f"there is an overlap {between}"
    if step is None:
        return f"the score can lie {between}: write below = {after.low:g}, or band_on with a round()"
    if after.low - before.high > step + CLOSE:
        return f"there is a gap {between}: {before.high:g} to {after.low:g} in steps of {step:g}"
    return None
