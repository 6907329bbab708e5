"""People at every threshold of a protocol: there are some, and they are where they are said to be."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

import pytest

from carecoord.rules import Expression
from carecoord.stepped_care import Decision, Protocol, decide, facts, protocol
from carecoord.testing import BoundaryCase, boundary_episodes
from carecoord.testing._boundaries import _atoms
from tests.stepped_care.builders import MEASURE, ladder

RULES = """
[facts]
mood = { values = ["none", "some", "marked"] }
age = { type = "number", range = [0, 120] }
agrees = { type = "yes/no" }
town = { type = "text" }
fever = { type = "number", range = [34, 43] }
[[alerts]]
id = "item-9"
when = "unanswered(phq_9.q9 >= 1, risk_assessment)"
urgency = "same-day"
[[add_ons]]
id = "worse"
when = "worst(phq_9.total, weeks=4) - phq_9.total >= 5"
[[tasks]]
id = "call"
when = "missed_in_a_row >= 2 or weeks_since(contact) > 4"
[[tasks]]
id = "visit"
when = "weeks_since(dose, on_or_after=step) >= 6 or town == 'Ulm' or fever > 38.5"
[[rules]]
id = "enter"
in = "outside"
when = "phq_9.total >= 5 or mood in ('some', 'marked') or age >= 65"
to = "low"
[[rules]]
id = "held"
in = "high"
when = "held(phq_9.total < 5, weeks=4) and in_a_row(phq_9.total < 3, 2, since=step)"
to = "low"
[[rules]]
id = "half"
in = "low"
when = "phq_9.total.percent_improvement >= 50 and agrees"
then = "exit"
[[rules]]
id = "rise"
in = "low"
when = "phq_9.total - at(phq_9.total, step) >= 5 or phq_9.total.worst > 20 or phq_9.total.previous == 7"
to = "high"
[[rules]]
id = "counted"
when = "times(review, since=step) >= 2 or phq_9.total.count >= 3 or phq_9.total.days_old > 10 or weeks_since(phq_9) > 3"
then = "consult"
[[rules]]
id = "rest"
when = "yes"
then = "stay"
"""
LADDER = ladder(RULES)
SHIPPED = ["bridge-cadence", "ciwa-ar-monitoring", "escape", "german-impact", "va-stepped-pain"]


@cache
def cases(chosen: Protocol) -> tuple[BoundaryCase, ...]:
    """Give the cases of a protocol."""
    return tuple(boundary_episodes(chosen))


def sides(chosen: Protocol) -> dict[tuple[str, str, object], dict[str, BoundaryCase]]:
    """Give the cases of each threshold by their side."""
    found: dict[tuple[str, str, object], dict[str, BoundaryCase]] = defaultdict(dict)
    for case in cases(chosen):
        found[case.step, case.about, case.threshold][case.side] = case
    return dict(found)


def wanted(chosen: Protocol) -> set[tuple[str, str, object]]:
    """Give every threshold of a protocol's rules."""
    places = [*chosen.steps, "outside"]
    parts = {step: [(part.says.id, part.when.node) for part in chosen.plan(step).parts] for step in places}
    return {(step, atom.about, atom.against) for step, found in parts.items() for atom in _atoms(chosen, found)}


@pytest.mark.parametrize("name", ["ladder", *SHIPPED])
def test_everybody_is_where_they_are_said_to_be(name: str) -> None:
    """In the step, with the value, on the side of the number."""
    chosen = LADDER if name == "ladder" else protocol(name)
    for case in cases(chosen):
        row = facts(chosen, case.episode, on=case.on)
        assert row.step == case.step
        part = next(one for one in row.plan.parts if one.says.id == case.parts[0])
        atoms = _atoms(chosen, [(case.parts[0], part.when.node)])
        node = next(atom.node for atom in atoms if atom.about == case.about)
        reads = [chosen.parts.reductions[name] for name in Expression(node).names]
        value = Expression(node).evaluate({one.name: one.value(row.history) for one in reads})
        assert value == case.value
        if case.side in ("yes", "no"):
            assert (value == case.threshold) == (case.side == "yes")
        else:
            assert isinstance(value, int | float)
            assert isinstance(case.threshold, int | float)
            assert {"below": value < case.threshold, "at": value == case.threshold, "above": value > case.threshold}[
                case.side]  # fmt: skip


def test_every_threshold_has_people_on_each_side_that_there_is() -> None:
    """Below none, at and above; a condition met and just not."""
    found = sides(LADDER)
    assert wanted(LADDER) - set(found) == {("outside", "weeks_since(dose, on_or_after=step)", 6)}
    partial = {key for key, by_side in found.items() if len(by_side) < (3 if type(key[2]) in (int, float) else 2)}
    assert partial == set()
    assert all(type(key[2]) in (int, float, str, bool) for key in found)


@pytest.mark.parametrize("name", ["german-impact", "escape"])
def test_in_these_protocols_every_threshold_decides_for_somebody(name: str) -> None:
    """Two people who differ in one thing, of whom the protocol says different things."""
    chosen = protocol(name)
    found = sides(chosen)
    assert set(found) == wanted(chosen)
    assert [str(case) for by_side in found.values() for case in by_side.values() if not case.is_decisive] == []


def test_the_sides_of_a_threshold_are_next_to_each_other() -> None:
    """A point, a day, a count, a minute where hours count."""
    found = sides(LADDER)
    totals = found["outside", "phq_9.total", 5]
    assert [totals[side].value for side in ("below", "at", "above")] == [4, 5, 6]
    clock = found["low", "weeks_since(contact)", 4]
    assert [clock[side].value for side in ("below", "at", "above")] == [27 / 7, 4, 29 / 7]
    counts = found["low", "times(review, since=step)", 2]
    assert [counts[side].value for side in ("below", "at", "above")] == [1, 2, 3]
    hourly = sides(ladder('[[rules]]\nid = "soon"\nwhen = "hours_since(contact) >= 8"\nthen = "consult"\n'))
    hours = hourly["low", "hours_since(contact)", 8]
    assert [round(float(hours[side].value) * 60) for side in ("below", "at", "above")] == [479, 480, 481]


def test_texts_and_choices_are_gone_through() -> None:
    """Each that a rule names, and another."""
    found = sides(LADDER)
    assert {side: case.value for side, case in found["outside", "mood", "marked"].items()}["yes"] == "marked"
    assert found["outside", "mood", "some"]["no"].value != "some"
    assert {side: case.value for side, case in found["low", "town", "Ulm"].items()} == {
        "yes": "Ulm",
        "no": "something else",
    }
    fever = found["low", "fever", 38.5]
    assert [fever[side].value for side in ("below", "at", "above")] == [38.4, 38.5, 38.6]
    assert {side: case.value for side, case in found["low", "agrees", True].items()} == {"yes": True, "no": False}


def test_a_case_says_where_it_stands() -> None:
    """In one line."""
    found = sides(LADDER)
    assert str(found["outside", "phq_9.total", 5]["below"]) == "outside: phq_9.total is 4, below 5"
    assert (
        str(found["high", "held(phq_9.total < 5, weeks=4)", True]["no"]) == "high: held(phq_9.total < 5, weeks=4): no"
    )
    assert found["outside", "phq_9.total", 5]["at"].parts == ("enter",)


def test_the_same_protocol_gives_the_same_people() -> None:
    """So what they come to can be kept in a file."""
    assert tuple(boundary_episodes(LADDER)) == cases(LADDER)


def _says(decision: Decision) -> object:
    return decision.ruling.outcome, decision.alerts, decision.tasks


FAULTS = {
    "percent_improvement >= 50": "percent_improvement > 50",
    "phq_9.total < 3": "phq_9.total < 4",
    "weeks=4) and": "weeks=5) and",
    "age >= 65": "age >= 66",
    "q9 >= 1": "q9 >= 2",
    "missed_in_a_row >= 2": "missed_in_a_row > 2",
}


def test_a_number_off_by_one_changes_what_is_said_of_somebody() -> None:
    """The cases of the right protocol find the fault in the wrong one."""
    right = [(case, decide(LADDER, case.episode, on=case.on)) for case in cases(LADDER)]
    for one, other in FAULTS.items():
        wrong = ladder(RULES.replace(one, other), measures=MEASURE)
        now = [decide(wrong, case.episode, on=case.on) for case, _ in right]
        assert [one for (_, said), one in zip(right, now, strict=True) if _says(one) != _says(said)], other
