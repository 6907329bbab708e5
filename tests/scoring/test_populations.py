"""Cut-offs for part of the people apply to them, to nobody else, and wait for what is not known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from carecoord.scoring import instrument, instruments, score

Respondent = dict[str, Any]

WOMEN: list[tuple[Respondent, str]] = [({"sex": "female"}, "yes"), ({"sex": "male"}, "no"), ({}, "unknown")]
MEN: list[tuple[Respondent, str]] = [({"sex": "male"}, "yes"), ({"sex": "female"}, "no"), ({}, "unknown")]


def from_age(least: int) -> list[tuple[Respondent, str]]:
    """Apply from this age on."""
    return [({"age": least}, "yes"), ({"age": least - 1}, "no"), ({}, "unknown")]


def ages(least: int, most: int, **others: str) -> list[tuple[Respondent, str]]:
    """Apply within these ages, both ends included, to people of whom the others are true too."""
    inside = [{"age": age, **others} for age in (least, most)]
    outside = [{"age": age, **others} for age in (least - 1, most + 1)]
    return [*((who, "yes") for who in inside), *((who, "no") for who in outside), ({}, "unknown")]


def informant(who: str) -> list[tuple[Respondent, str]]:
    """Apply to answers that this informant gave."""
    other = "teacher" if who == "parent" else "parent"
    return [({"informant": who}, "yes"), ({"informant": other}, "no"), ({}, "unknown")]


GIRLS = [*ages(13, 17, sex="female"), ({"age": 15, "sex": "male"}, "no")]
BOYS = [*ages(13, 17, sex="male"), ({"age": 15, "sex": "female"}, "no")]

POPULATIONS: dict[tuple[str, str], list[tuple[Respondent, str]]] = {
    ("audit", "women, and anyone over 65"): [
        ({"sex": "female"}, "yes"),
        ({"sex": "female", "age": 30}, "yes"),
        ({"sex": "male", "age": 66}, "yes"),
        ({"sex": "male", "age": 65}, "no"),
        ({"sex": "male"}, "unknown"),
        ({}, "unknown"),
    ],
    ("audit-c", "men"): MEN,
    ("audit-c", "women"): WOMEN,
    ("bdi-ii", "HEDIS DSF-E, 18 years and over"): from_age(18),
    ("cesd-r", "HEDIS DSF-E, 12 years and over"): from_age(12),
    ("m-chat-r", "children with an initial total of 3 to 7"): [
        ({"stage": "after-follow-up"}, "yes"),
        ({"stage": "first"}, "no"),
        ({}, "unknown"),
    ],
    ("mfq", "girls 13 to 17, outpatients"): GIRLS,
    ("mfq", "boys 13 to 17, outpatients"): BOYS,
    ("pc-ptsd-5", "women, US veterans in primary care"): WOMEN,
    ("phq-2", "HEDIS DSF-E, 12 years and over"): from_age(12),
    ("phq-9", "HEDIS DSF-E, 12 years and over"): from_age(12),
    ("phq-a", "HEDIS DSF-E, 12-17 years"): ages(12, 17),
    ("psc-35", "children 6 to 18, parent report"): [
        *ages(6, 18, informant="parent"),
        ({"age": 10, "informant": "self"}, "no"),
        ({"informant": "parent"}, "unknown"),
    ],
    ("psc-35", "youth self-report (Y-PSC)"): [({"informant": "self"}, "yes"), *informant("parent")[1:]],
    ("psc-35", "children 3 to 5, parent report"): ages(3, 5),
    ("smfq", "girls 13 to 17, outpatients, self-report"): GIRLS,
    ("smfq", "boys 13 to 17, outpatients, self-report"): BOYS,
    ("snap-iv-26", "teacher report"): informant("teacher"),
    ("snap-iv-26", "parent report"): informant("parent"),
    ("snap-iv-26", "elementary pupils, parent report"): informant("parent"),
}
"""Of whom a cut-off holds that is not for everyone: `yes`, `no`, or `unknown` for lack of a fact."""


def conditional() -> list[tuple[str, str, str]]:
    """Give every cut-off of the catalogue that depends on the respondent: instrument, score, population."""
    return sorted(
        {
            (name, each.id, cutoff.population)
            for name in instruments()
            for each in instrument(name).scores
            for cutoff in each.cutoffs
            if cutoff.condition is not None
        }
    )


def cases() -> Iterator[tuple[str, str, str, Respondent, str]]:
    """Give the respondents of every such cut-off."""
    for name, score_id, population in conditional():
        for respondent, applies in POPULATIONS.get((name, population), []):
            yield name, score_id, population, respondent, applies


@pytest.mark.parametrize(("name", "score_id", "population", "respondent", "applies"), list(cases()))
def test_cutoff_applies_to_its_population(
    name: str, score_id: str, population: str, respondent: Respondent, applies: str
) -> None:
    """A threshold is met by those it was made for, does not apply to others, and else is unknown."""
    worst = max(instrument(name).examples, key=lambda example: float(example.scores.get(score_id, -1)))
    answers = [None if text == "-" else int(text) for text in worst.answers.split()]
    result = score(name, answers, respondent=respondent)
    wanted = {"yes": "met", "no": "does not apply", "unknown": "unknown"}[applies]
    states = {cutoff.state for cutoff in result[score_id].cutoffs if cutoff.population == population}
    assert states == {wanted}, f"{name} {score_id}, {population}, {respondent}"


def test_every_conditional_cutoff_is_tried() -> None:
    """No cut-off for part of the people comes into the catalogue untried."""
    assert {(name, population) for name, _, population in conditional()} <= set(POPULATIONS)
