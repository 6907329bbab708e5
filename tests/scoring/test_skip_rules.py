"""Every condition on which an item of the catalogue is asked, at its threshold and one step short of it."""

from __future__ import annotations

from typing import Any

import pytest

from carecoord.scoring import instrument, instruments, score

Answers = dict[Any, Any]
Case = tuple[Answers, bool | None]


def yes(name: str, least: int = 1, below: int = 0) -> list[Case]:
    """Ask from this answer on."""
    return [({name: least}, True), ({name: below}, False), ({}, None)]


SUBSTANCES = [
    "tobacco", "alcohol", "cannabis", "cocaine", "amphetamines", "inhalants", "sedatives", "hallucinogens", "opioids",
    "other",
]  # fmt: skip
NPI = [
    "delusions", "hallucinations", "agitation", "depression", "anxiety", "elation", "apathy", "disinhibition",
    "irritability", "motor_disturbance", "night_behaviours", "appetite",
]  # fmt: skip
EVER = {f"{one}_ever": 0 for one in SUBSTANCES}
MOODS = {f"q{n}": 0 for n in range(1, 14)}


def assist() -> dict[str, list[Case]]:
    """Ask of what was ever used, of its consequences where it was used in the last three months, and of injecting."""
    rules: dict[str, list[Case]] = {}
    for one in SUBSTANCES:
        ever, often = f"{one}_ever", f"{one}_frequency"
        for part in ("frequency", "concern", "cutting_down"):
            rules[f"{one}_{part}"] = yes(ever, 3)
        recent: list[Case] = [
            ({ever: 3, often: 2}, True), ({ever: 3, often: 0}, False), ({ever: 0}, False), ({ever: 3}, None),
        ]  # fmt: skip
        for part in ("urge", "problems", *(("expectations",) if one != "tobacco" else ())):
            rules[f"{one}_{part}"] = recent
    rules["injecting"] = [
        *(({**EVER, f"{one}_ever": 3}, True) for one in SUBSTANCES),
        (EVER, False),
        ({**EVER, "tobacco_frequency": 2}, False),
        ({**EVER, "other_ever": None}, None),
    ]
    return rules


def mdq() -> list[Case]:
    """Ask the last two from two of thirteen symptoms on."""
    return [
        ({**MOODS, "q1": 1, "q2": 1}, True),
        ({**MOODS, "q12": 1, "q13": 1}, True),
        ({**MOODS, "q1": 1}, False),
        ({**MOODS, "q13": 1}, False),
        ({**MOODS, "q13": 1, "q14": 1}, False),
        ({**MOODS, "q1": None}, None),
    ]


CONSEQUENCES: list[Case] = [
    ({1: 1, 2: 1, 3: 0}, True), ({1: 1, 2: 0, 3: 1}, True), ({1: 1, 2: 0, 3: 0}, False), ({1: 0}, False),
    ({1: 1}, None),
]  # fmt: skip
PAST: list[Case] = [
    *(({1: 0, 2: 0, 3: 0, 4: 0, n: 1}, True) for n in (1, 2, 3, 4)),
    ({1: 0, 2: 0, 3: 0, 4: 0}, False),
    ({1: 0, 2: 0, 3: 0}, None),
]
USED: list[Case] = [
    *(({1: 0, 2: 0, 3: 0, n: 1}, True) for n in (1, 2, 3)),
    ({1: 0, 2: 0, 3: 0}, False),
    ({1: 0, 2: 0}, None),
]
WORK: list[Case] = [*(({f"q{n}": 1}, True) for n in (25, 26, 27, 28)), ({}, False)]
TAPS = {1: (2, 3), 4: (5, 6, 7), 8: (9, 10), 11: (12, 13), 14: (15, 16), 17: (18, 19), 20: (21, 22), 23: (24, 25)}
RULES: dict[str, dict[str, list[Case]]] = {
    "asq": {"q5": PAST},
    "assist-v3": assist(),
    "audit": {"q2": yes("q1"), "q3": yes("q1"), **dict.fromkeys(("q4", "q5", "q6", "q7", "q8"), CONSEQUENCES)},
    "audit-c": {"q2": yes("q1"), "q3": yes("q1")},
    "bam": {"q5": yes("q4"), **dict.fromkeys(("q7", "q8", "q9", "q10", "q11", "q12", "q13"), yes("q6"))},
    "crafft-2.1": dict.fromkeys(("q5", "q6", "q7", "q8", "q9"), USED),
    "cssrs-screener": {**dict.fromkeys(("method", "intent", "plan"), yes("thoughts")), "recent": yes("lifetime")},
    "k10": {"q3": yes("q2", 2, 1), "q6": yes("q5", 2, 1)},
    "mdq": {"q14": mdq(), "q15": mdq()},
    "mna-sf": {"q7": [({}, True), ({"q6": 0}, False), ({"q6": 3}, False)]},
    "npi-q": {f"{one}_{part}": yes(f"{one}_present") for one in NPI for part in ("severity", "distress")},
    "pc-ptsd-5": dict.fromkeys(("q2", "q3", "q4", "q5", "q6"), yes("q1")),
    "phq-15": {"q4": [({"sex": "female"}, True), ({"sex": "male"}, False), ({}, None)]},
    "sdq-parent": dict.fromkeys([f"q{n}" for n in range(27, 34)], yes("q26")),
    "sdq-self": dict.fromkeys([f"q{n}" for n in range(27, 34)], yes("q26")),
    "sdq-teacher": dict.fromkeys([f"q{n}" for n in range(27, 32)], yes("q26")),
    "sheehan-disability": {
        "q1": [({"works_or_studies": True}, True), ({"works_or_studies": False}, False), ({}, None)]
    },
    "taps-2": {f"q{item}": yes(f"q{first}") for first, items in TAPS.items() for item in items},
    "whodas-2.0-36": dict.fromkeys(("q25", "q26", "q27", "q28"), WORK),
}  # fmt: skip
"""Of each conditional item: answers, facts about the respondent among them, and whether it is then asked."""

OTHERWISE = {"k10": 1}
"""What an item scores that was not asked, by instrument: 0 where nothing stands here; the K10 begins at 1."""


def test_every_condition_is_tried() -> None:
    """No skip rule comes into the catalogue untried."""
    conditional = {
        name: {item.name for item in instrument(name).items if item.asked_when is not None} for name in instruments()
    }
    assert {name: items for name, items in conditional.items() if items} == {
        name: set(rules) for name, rules in RULES.items()
    }


@pytest.mark.parametrize("name", RULES)
def test_items_are_asked_on_their_condition(name: str) -> None:
    """Asked is missing when blank, not asked is not; where the condition is unknown the item is asked for."""
    it = instrument(name)
    for item, cases in RULES[name].items():
        for given, asked in cases:
            who = {key: value for key, value in given.items() if key in it.engine.kinds}
            result = score(it, {key: value for key, value in given.items() if key not in who}, respondent=who)
            assert result._asked[item] is asked, (item, given)
            if given.get(item) is None:
                assert (item in result.missing) is (asked is not False), (item, given)


@pytest.mark.parametrize("name", RULES)
def test_items_that_are_not_asked_score_nothing_more(name: str) -> None:
    """The lowest answer, where the definition says that a skipped item counts at all."""
    skipped = {item.otherwise for item in instrument(name).items} - {None}
    assert skipped <= {OTHERWISE.get(name, 0)}
