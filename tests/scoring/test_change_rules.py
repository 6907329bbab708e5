"""Every published rule of change holds at its threshold and not one step short of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from carecoord.scoring import instrument, instruments

Pair = tuple[float, float]
Case = tuple[list[Pair], list[Pair]]


def points(start: float, least: float, step: float = 1) -> Case:
    """Hold from this many points on, up or down."""
    near = least - step
    return [(start, start - least), (start, start + least)], [(start, start - near), (start, start + near)]


def fall(start: float, least: float) -> Case:
    """Hold when the score has fallen by this many points, not when it has risen as much."""
    return [(start, start - least)], [(start, start - least + 1), (start, start + least)]


def percent(least: float) -> Case:
    """Hold when this share of the first score is gone."""
    return [(100, 100 - least)], [(100, 100 - least + 1), (100, 100 + least)]


def at_most(most: float) -> Case:
    """Hold when the later score is this or lower."""
    return [(most + 9, most)], [(most + 9, most + 1)]


RULES: dict[str, list[Case]] = {
    "act": [points(15, 3)],
    "bdi-ii": [([(20, 15), (28, 21), (25, 19.25)], [(19, 14), (29, 22), (25, 19.5)])],
    "bpi-sf": [points(5, 1, 0.1), percent(30), percent(50)],
    "cat": [fall(20, 2)],
    "core-10": [points(20, 6), ([(16, 10), (18, 10)], [(15, 10), (11, 6), (16, 11), (17, 11), (10, 4)])],
    "epds": [points(15, 4)],
    "esas-r": [
        ([(40, 37)], [(40, 38), (40, 43)]),
        ([(40, 44)], [(40, 43), (40, 36)]),
        ([(40, 37)], [(40, 38), (40, 43)]),
        ([(40, 44)], [(40, 43), (40, 36)]),
        ([(10, 8)], [(10, 9), (10, 12)]),
        ([(10, 11)], [(10, 10), (10, 9)]),
    ],
    "ess": [fall(15, 2)],
    "facit-fatigue": [points(25, 3)],
    "gad-7": [
        points(12, 4),
        ([(8, 7), (20, 0)], [(7, 6), (8, 8)]),
        points(12, 4),
        ([(10, 7), (14, 10)], [(9, 6), (15, 10), (14, 11), (10, 13)]),
    ],
    "hads": [points(12, 1.5, 0.1), points(12, 1.4, 0.1)],
    "hama": [percent(50), at_most(7)],
    "hamd-17": [at_most(7), percent(50)],
    "ies-r": [points(40, 9)],
    "ipss": [fall(15, 3)],
    "isi": [fall(20, 6), fall(20, 8), ([(20, 7)], [(20, 8)])],
    "kccq-12": [points(50, 5), points(50, 10), points(50, 20)],
    "madrs": [([(30, 9)], [(30, 10)]), at_most(7), percent(50)],
    "ndi": [points(20, 5), points(20, 5)],
    "odi": [points(40, 10)],
    "panss": [
        ([(90, 60), (130, 80)], [(90, 61), (130, 81), (33, 32), (90, 120)]),
        ([(90, 75), (130, 105)], [(90, 76), (130, 106), (35, 34), (90, 105)]),
        ([(0, 1), (1, 1)], [(1, 0)]),
    ],
    "pcl-5": [
        points(50, 15),
        ([(43, 28), (80, 20)], [(44, 29), (42, 28)]),
        points(50, 9),
        points(50, 10),
        points(50, 10),
    ],
    "pdss-sr": [points(15, 5)],
    "peg": [percent(30)],
    "phq-8": [points(12, 5)],
    "phq-9": [
        points(15, 6),
        ([(10, 9), (27, 0)], [(9, 8), (10, 10)]),
        points(12, 5),
        ([(10, 8), (14, 11)], [(9, 6), (15, 12), (14, 12), (10, 12)]),
        percent(50),
        ([(20, 4)], [(20, 5)]),
    ],
    "psc-35": [points(30, 6)],
    "pswq": [points(50, 10)],
    "qids-sr16": [at_most(5), percent(50)],
    "rmdq": [points(12, 5), points(12, 5)],
    "spin": [points(40, 10)],
    "sss-8": [fall(15, 3)],
    "wemwbs": [points(45, 3)],
    "who-5": [points(40, 10)],
    "wsas": [points(20, 8)],
    "ybocs": [percent(35), ([(100, 75), (100, 66)], [(100, 76), (100, 65)]), at_most(12)],
    "ymrs": [at_most(12), percent(50)],
}
"""For each rule, in the order of the definition: before and after where it holds, and where it does not."""


def cases() -> Iterator[tuple[str, int, Pair, bool]]:
    """Give every pair of every rule of the catalogue: instrument, place of the rule, pair, whether it holds."""
    for name in instruments():
        for place, (holds, fails) in enumerate(RULES.get(name, [])):
            yield from ((name, place, pair, True) for pair in holds)
            yield from ((name, place, pair, False) for pair in fails)


@pytest.mark.parametrize(("name", "place", "pair", "holds"), list(cases()))
def test_rule_of_change(name: str, place: int, pair: Pair, holds: bool) -> None:
    """The rule says of these two scores what its source says."""
    rule = instrument(name).changes[place]
    worse = next(score.worse for score in instrument(name).scores if score.id == rule.score)
    before, after = pair
    improvement = before - after if worse == "higher" else after - before
    facts = {"before": before, "after": after, "improvement": improvement}
    if before:
        facts["percent_improvement"] = 100 * improvement / before
    assert rule.rule.evaluate(facts) is holds, rule.text


def test_every_rule_of_change_is_tried() -> None:
    """No rule of change comes into the catalogue untried."""
    rules = {name: len(instrument(name).changes) for name in instruments() if instrument(name).changes}
    assert rules == {name: len(RULES.get(name, [])) for name in rules}
