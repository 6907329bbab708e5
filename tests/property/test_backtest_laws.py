"""What holds of every backtest, comparison and simulation, of every protocol that comes with the library."""

from __future__ import annotations

from random import Random

import attrs
import pytest
from hypothesis import given, settings, strategies as st

from carecoord.interop import dumps, loads
from carecoord.rules import Kind
from carecoord.stepped_care import (
    Assumptions,
    Episode,
    Protocol,
    backtest,
    compare,
    decide,
    facts,
    protocol,
    protocols,
    simulate,
    synthetic_episodes,
)
from carecoord.stepped_care._assumptions import watched
from carecoord.stepped_care._facts import Facts
from carecoord.stepped_care._moments import moment, on_or_before
from carecoord.testing import episodes

ALL = [*map(protocol, protocols()), protocol("self-harm")]


@st.composite
def histories(draw: st.DrawFn) -> tuple[Protocol, Episode]:
    """Give a protocol and a history."""
    chosen = draw(st.sampled_from(ALL))
    return chosen, draw(episodes(chosen))


@settings(max_examples=150)
@given(histories(), st.sampled_from([None, "P3D", "P1M"]))
def test_every_history_can_be_gone_along_with_or_departed_from(
    case: tuple[Protocol, Episode], grace: str | None
) -> None:
    """It never raises, reads back equal, and a departure is what is decided on the history that it keeps."""
    chosen, episode = case
    found = backtest(chosen, [episode], grace=grace, accept_unverified=True)
    assert loads(dumps(found)) == found
    (person,) = found.people
    departure = person.departure
    assert found.agreement.count == (departure is None)
    if departure is not None:
        assert isinstance(departure.decision.facts, Facts)
        kept = departure.decision.facts.episode
        assert decide(chosen, kept, on=departure.on, accept_unverified=True) == departure.decision
        assert (departure.advised.move, departure.advised.to) != (departure.done.move, departure.done.to)
        assert departure.days is None or departure.kind == "sooner"


@given(histories(), st.randoms(use_true_random=False))
def test_no_backtest_depends_on_the_order_of_entry(case: tuple[Protocol, Episode], chance: Random) -> None:
    """Whatever was entered first."""
    chosen, episode = case
    entries = list(episode.entries)
    chance.shuffle(entries)
    again = backtest(chosen, [Episode("someone", entries)], accept_unverified=True)
    assert again == backtest(chosen, [episode], accept_unverified=True)


@given(histories())
def test_what_came_after_a_departure_is_not_looked_at(case: tuple[Protocol, Episode]) -> None:
    """Without it the departure is the same, but for when the same was done later."""
    chosen, episode = case
    departure = backtest(chosen, [episode], accept_unverified=True).people[0].departure
    if departure is not None:
        before = [entry for entry in episode.in_force() if on_or_before(moment(entry.on), moment(departure.on))]
        shorter = Episode("someone", [attrs.evolve(entry, replaces=None) for entry in before])
        again = backtest(chosen, [shorter], accept_unverified=True).people[0].departure
        assert again is not None
        assert attrs.evolve(again, days=None) == attrs.evolve(departure, days=None)


@given(histories())
def test_nobody_is_affected_by_a_protocol_that_says_the_same(case: tuple[Protocol, Episode]) -> None:
    """Held against itself, and against the histories as often as alone."""
    chosen, episode = case
    found = compare(chosen, chosen, [episode], accept_unverified=True)
    assert found.differences == ()
    assert found.one == found.other == backtest(chosen, [episode], accept_unverified=True)


def assumed(chosen: Protocol) -> Assumptions:
    """Assume something of people in any protocol: all scores all over their range, and every fact its first value."""
    scores = [one for one in watched(chosen) if one.watch.source == "scores" and one.kind.type == "number"]
    used = {one.name for one in scores if _finite(one.kind)}
    recorded = {name: chosen.parts.reductions[name].kind for name in chosen.parts.facts}
    return Assumptions(
        start={one.name: (one.kind.low, one.kind.high) for one in scores if one.name in used},
        per_week={name: dict.fromkeys(chosen.steps, 0.2) for name in used},
        within=dict.fromkeys(used, 2),
        missed=0.2,
        facts={
            name: kind.values
            or (True if kind.type == "yes/no" else (kind.low + kind.high) / 2 if kind.type == "number" else "any")
            for name, kind in recorded.items()
        },
        every="P1W",
    )


def _finite(kind: Kind) -> bool:
    return kind.high - kind.low < 1e6


@pytest.mark.parametrize("chosen", ALL, ids=lambda one: one.id)
def test_a_protocol_goes_along_with_those_who_did_what_it_says(chosen: Protocol) -> None:
    """People made up, who were moved as it says: it departs from none of them."""
    made_up = synthetic_episodes(chosen, assumed(chosen), people=15, weeks=20, seed=1, accept_unverified=True)
    found = backtest(chosen, made_up, accept_unverified=True)
    assert [str(one) for one in found.departures] == []
    for episode in made_up:
        last = episode.entries[-1].on
        assert facts(chosen, episode, on=last).step in (*chosen.steps, "outside")


@pytest.mark.parametrize("name", ["german-impact", "ciwa-ar-monitoring"])
def test_every_value_of_a_simulation_says_that_it_is_one(name: str) -> None:
    """In the print and in what is stored."""
    chosen = protocol(name)
    found = simulate(chosen, assumed(chosen), weeks=4, people=2, seeds=[1], accept_unverified=True)
    assert str(found).startswith("SIMULATED.")
    assert '"label": "SIMULATED' in dumps(found)
    assert loads(dumps(found)) == found
