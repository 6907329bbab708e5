"""Laws of `check`: what it finds is what going through every state finds, and z3 says the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from itertools import combinations, product
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from carecoord.stepped_care import (
    Assessment,
    Enrolment,
    Entry,
    Episode,
    Facts,
    Finding,
    Protocol,
    RecordedFact,
    StepEntry,
    check,
    decide,
    protocol,
    protocols,
    read_protocol,
)
from carecoord.stepped_care._check._checking import _Checker
from carecoord.stepped_care._check._search import Requirement, not_false
from carecoord.stepped_care._check._solver import Solver, is_installed
from carecoord.stepped_care._check._witness import ON
from carecoord.testing import episodes
from carecoord.testing._episodes import moments
from tests.stepped_care.builders import one_number

ALL = [*map(protocol, protocols())]
SMALL = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
DAYS = range(4)
SCORES = range(4)
HEAD = """
id = "small"
title = "An invented protocol of few states"
first = "low"
[measures.mark]
instrument = "mark"
baseline = "step"
[facts]
a = { type = "yes/no" }
n = { values = [0, 1, 2] }
[[steps]]
id = "low"
intensity = 1
[[steps]]
id = "high"
intensity = 2
[[rules]]
id = "enter"
in = "outside"
when = "yes"
to = "low"
"""
ATOMS = [
    "a",
    "n >= 1",
    "n == 2",
    "mark.total >= 2",
    "mark.total < 3",
    "mark.total.improvement >= 1",
    "mark.total.improvement < 2",
    "mark.total.percent_improvement >= 50",
    "mark.total > n",
    "days_in_step >= 1",
    "days_in_step < 3",
]


@st.composite
def conditions(draw: st.DrawFn) -> str:
    """Give a rule of one to three parts."""
    parts = [draw(st.sampled_from(ATOMS)) for _ in range(draw(st.integers(1, 3)))]
    return draw(st.sampled_from([" and ", " or "])).join(f"not {one}" if draw(st.booleans()) else one for one in parts)


@st.composite
def small_protocols(draw: st.DrawFn) -> str:
    """Give the text of a protocol of two steps with a few rules each."""
    rules: list[str] = []
    for step, other in (("low", "high"), ("high", "low")):
        for number in range(draw(st.integers(1, 3))):
            what = draw(st.sampled_from([f'to = "{other}"', 'then = "stay"', 'then = "adjust"', 'then = "exit"']))
            when = draw(conditions())
            rules.append(f'[[rules]]\nid = "{step}-{number}"\nin = "{step}"\nwhen = "{when}"\n{what}\n')
    return HEAD + "".join(rules)


@cache
def read(text: str) -> Protocol | None:
    """Read a protocol; nothing where a rule says too little or too much to be read."""
    try:
        return read_protocol(text, instruments=[one_number("mark", 3)])
    except ValueError:
        return None


class State(NamedTuple):
    """A state of one step, as an episode."""

    episode: Episode
    row: Facts
    truths: tuple[bool | None, ...]


@cache
def states(one: Protocol, step: str) -> list[State]:
    """Go through every state of a step: answers, scores then and now, days."""
    found = []
    for a, n, now, then, days in product((True, False), range(3), SCORES, SCORES, DAYS):
        if days or now == then:
            start = ON - timedelta(days=days)
            entries: list[Entry] = [
                Enrolment(id="1", on=start, protocol="small", step=step),
                RecordedFact(id="2", on=ON, name="a", value=a),
                RecordedFact(id="3", on=ON, name="n", value=n),
                Assessment(id="4", on=start, instrument="mark", scores={"total": then}),
                Assessment(id="5", on=ON, instrument="mark", scores={"total": now}),
            ]
            found.append(_state(one, Episode("p", entries)))
    return found


def _state(one: Protocol, episode: Episode) -> State:
    row = Facts(one, episode, ON)
    return State(episode, row, row.plan.run(row))


def by_hand(one: Protocol) -> Iterator[tuple[str, str]]:
    """Give what is wrong in the two steps, by name and step, as going through every state finds it."""
    for step in ("low", "high"):
        plan = one.plan(step)
        every = states(one, step)
        if any(not any(state.truths) for state in every):
            yield f"gap/{step}", step
        for place, rule in enumerate(plan.rules):
            held = [state for state in every if state.truths[place]]
            if not held:
                yield f"never-true/{rule.says.id}", step
            elif all(any(state.truths[:place]) for state in held):
                yield f"hidden/{rule.says.id}", step
        for first, second in combinations(range(len(plan.rules)), 2):
            both = any(
                state.truths.index(True) == first and state.truths[second] for state in every if any(state.truths)
            )
            if both and plan.rules[first].outcome != plan.rules[second].outcome:
                yield f"overlap/{plan.rules[first].says.id}/{plan.rules[second].says.id}", step
        yield from _circles(one, step)


def _circles(one: Protocol, step: str) -> Iterator[tuple[str, str]]:
    for state in states(one, step):
        going = decide(one, state.row)
        if going.to_step is not None:
            entered = state.episode.with_entry(StepEntry(id="9", on=ON, protocol="small", step=going.to_step))
            coming = decide(one, entered, on=ON)
            if coming.to_step == step:
                yield _circle(str(going.rule), str(coming.rule)), step


def _circle(one: str, other: str) -> str:
    """Name a circle, told from wherever it begins."""
    return f"oscillates/{'/'.join(sorted((one, other)))}"


def told(findings: tuple[Finding, ...], kinds: set[str]) -> set[str]:
    """Name what check found, of these kinds."""
    found = [finding for finding in findings if finding.kind in kinds]
    return {_circle(*one.about) if one.kind == "oscillates" else one.name for one in found}


KINDS = {"gap", "never-true", "overlap", "hidden", "oscillates"}


def test_what_is_found_is_what_going_through_every_state_finds() -> None:
    """Gaps, rules that never hold or are always hidden, overlaps, circles: neither more nor less, on many protocols."""
    tried: list[str] = []

    @SMALL
    @given(small_protocols())
    def law(text: str) -> None:
        one = read(text)
        if one is not None:
            tried.append(text)
            assert told(check(one), KINDS) == {name for name, _ in by_hand(one)}

    law()
    assert len(tried) >= 8


@SMALL
@given(small_protocols())
def test_every_confirmed_episode_shows_its_finding(text: str) -> None:
    """Decided on again, and read from the finding alone."""
    one = read(text)
    for finding in check(one) if one is not None else ():
        if finding.confirmed and one is not None:
            assert finding.episode is not None
            assert finding.on is not None
            decision = decide(one, finding.episode, on=finding.on)
            _shows(finding, decision)


def _shows(finding: Finding, decision: Any) -> None:
    match finding.kind:
        case "gap":
            assert (decision.move, decision.from_step) == ("review", finding.step)
        case "overlap":
            assert decision.rule == finding.about[0]
        case "hidden":
            assert decision.rule != finding.rule
        case "oscillates" | "alternates":
            assert (decision.rule, decision.from_step) == (finding.about[1], finding.steps[1])
        case _:
            assert decision.move


@cache
def names_found(one: Protocol) -> frozenset[tuple[str, str]]:
    """Name what check finds, with the steps."""
    return frozenset((finding.name, step) for finding in check(one) for step in finding.steps)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(ALL), st.data())
def test_no_history_shows_what_is_not_found(one: Protocol, data: st.DataObject) -> None:
    """A gap, or two rules at once, in a history drawn at random: check has found it."""
    row = Facts(one, data.draw(episodes(one)), data.draw(moments()))
    plan = row.plan
    truths = plan.run(row)[plan.first_rule :]
    found = names_found(one)
    step = plan.step
    if plan.rules and all(truth is False for truth in truths):
        assert (f"gap/{step}", step) in found
    held = [rule for rule, truth in zip(plan.rules, truths, strict=True) if truth is True]
    if held and all(truth is False for truth in truths[: plan.rules.index(held[0])]):
        for other in held[1:]:
            name = f"overlap/{held[0].says.id}/{other.says.id}"
            assert held[0].outcome == other.outcome or (name, step) in found
    assert not any((f"never-true/{rule.says.id}", step) in found for rule in held)


@pytest.mark.skipif(not is_installed(), reason="z3 is not installed: pip install carecoord[verify]")
@SMALL
@given(small_protocols())
def test_search_and_z3_agree(text: str) -> None:
    """On every question of every step, whether there is such a state."""
    one = read(text)
    if one is None:
        return
    checker = _Checker(one)
    model = checker.model
    solver = Solver(model.variables, model.listed, model.nullable)
    for question in checker.questions:
        for way in question.ways:
            wanted: tuple[Requirement, ...] = (*way, *map(not_false, question.here.relations))
            searched = model.search.first(wanted)
            solved = solver.state(wanted)
            assert (searched is None) == (solved is None), (question.kind, question.about)


@pytest.mark.skipif(not is_installed(), reason="z3 is not installed: pip install carecoord[verify]")
def test_z3_finds_what_has_no_list_of_values() -> None:
    """Two numbers of any fraction, one less the other: no list to go through, and a gap is found or excluded."""
    text = HEAD.replace(
        "[facts]", "[facts]\nx = { type = 'number', range = [0, 9] }\ny = { type = 'number', range = [0, 9] }"
    )
    rule = '[[rules]]\nid = "{}"\nin = {}\nwhen = "{}"\nthen = "stay"\n'
    high = rule.format("rest", '"high"', "yes")
    whole = rule.format("one", '"low"', "x - y >= 0.35") + rule.format("two", '"low"', "x - y < 0.35")
    assert "gap/low" not in told(check(_must(text + whole + high)), {"gap"})
    parted = whole.replace("< 0.35", "< 0.3")
    assert "gap/low" in told(check(_must(text + parted + high)), {"gap"})
    assert not [finding for finding in check(_must(text + whole + high)) if finding.kind == "unproved"]


def _must(text: str) -> Protocol:
    return read_protocol(text, instruments=[one_number("mark", 3)])
