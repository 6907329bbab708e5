"""How long a decision takes: from ready facts, from an episode, explained; and how long a protocol takes to read."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from carecoord.stepped_care import (
    Assessment,
    Contact,
    Enrolment,
    Entry,
    Episode,
    decide,
    facts,
    protocol,
    read_protocol,
)
from carecoord.stepped_care._protocol import FOLDER

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

START = date(2026, 1, 5)
ON = date(2026, 5, 20)
BOTH = pytest.mark.parametrize("name", ["german-impact", "cocm-treat-to-target"])


def half_a_year(name: str) -> list[Entry]:
    """Give an enrolment with 20 assessments and 20 contacts, one of each a week."""
    entries: list[Entry] = [Enrolment(id="start", on=START, protocol=name)]
    for week in range(20):
        on = START + timedelta(days=7 * week)
        total = max(3, 18 - week)
        entries += [
            Assessment(id=f"a{week}", on=on, instrument="phq-9", scores={"total": total}, items={"q9": 0}),
            Contact(id=f"c{week}", on=on + timedelta(days=1)),
        ]
    return entries


@BOTH
def test_decision_from_ready_facts(benchmark: BenchmarkFixture, name: str) -> None:
    """Wanted: 400,000 a second and more."""
    chosen = protocol(name)
    row = facts(chosen, Episode("p", half_a_year(name)), on=ON)
    assert benchmark(decide, chosen, row, accept_unverified=True).move == "step-down"


@BOTH
def test_decision_from_an_episode(benchmark: BenchmarkFixture, name: str) -> None:
    """Facts from 20 assessments and 20 contacts, entries sorted anew. Wanted: 5,000 a second and more."""
    chosen, entries = protocol(name), half_a_year(name)
    assert benchmark(lambda: decide(chosen, Episode("p", entries), on=ON, accept_unverified=True)).move == "step-down"


@BOTH
def test_decision_from_an_episode_seen_before(benchmark: BenchmarkFixture, name: str) -> None:
    """The same on an episode whose entries are sorted already, as for another day or another protocol."""
    chosen, episode = protocol(name), Episode("p", half_a_year(name))
    assert benchmark(lambda: decide(chosen, episode, on=ON, accept_unverified=True)).move == "step-down"


def test_decision_that_asks(benchmark: BenchmarkFixture) -> None:
    """The score is too old, so every answer is gone through for where it leads."""
    chosen = protocol("german-impact")
    row = facts(chosen, Episode("p", half_a_year("german-impact")), on=date(2026, 8, 3))
    assert benchmark(decide, chosen, row).move == "ask"


@BOTH
def test_explanation(benchmark: BenchmarkFixture, name: str) -> None:
    """Made when asked for."""
    chosen = protocol(name)
    decision = decide(chosen, Episode("p", half_a_year(name)), on=ON, accept_unverified=True)
    assert str(benchmark(decision.explain)).startswith("step-down")


@BOTH
def test_reading_a_protocol(benchmark: BenchmarkFixture, name: str) -> None:
    """With its module, the instruments known already; plans are compiled step by step when they are first used."""
    path = FOLDER / f"{name}.toml"
    read_protocol(path)
    assert benchmark(read_protocol, path).id == name


@BOTH
def test_compiling_the_plan_of_a_step(benchmark: BenchmarkFixture, name: str) -> None:
    """One function from facts to the truth of every alert, task and rule."""

    def compiled() -> int:
        chosen = read_protocol(FOLDER / f"{name}.toml")
        return len(chosen.plan(next(iter(chosen.steps))).run({}))

    assert benchmark(compiled) > 0
