from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from random import Random
from typing import TypeAlias

import attrs
import pytest
from hypothesis import assume, given, settings, strategies as st

from carecoord._definitions import structure, unstructure
from carecoord.rules import Bounds
from carecoord.stepped_care import (
    Assessment,
    Contact,
    Decision,
    Enrolment,
    Entry,
    Episode,
    Event,
    Outcome,
    Protocol,
    RecordedFact,
    accept,
    decide,
    facts,
    protocol,
    protocols,
)
from carecoord.stepped_care._moments import moment, on_or_before
from carecoord.testing._episodes import FIRST, LAST, episodes, moments
from tests.stepped_care.builders import ladder, pickled

TRICKY = ladder(
    """
[facts]
mood = { values = ["none", "marked"], valid_for = "P4W" }
agrees = { type = "yes/no" }
better = "phq_9.total.percent_improvement >= 50 or phq_9.total < 10"
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
[[rules]]
id = "enter"
in = "outside"
when = "phq_9.total >= 5 or mood == 'marked'"
to = "low"
[[rules]]
id = "held"
in = "high"
when = "held(phq_9.total < 5, weeks=4) and in_a_row(better, 2, since=step)"
to = "low"
[[rules]]
id = "marked"
when = "mood == 'marked' and agrees"
to = "high"
unknown = "pass"
[[rules]]
id = "over"
when = "better and times(relapse_plan) >= 1"
then = "exit"
unknown = "hold"
[[rules]]
id = "rise"
in = "low"
when = "phq_9.total - at(phq_9.total, step) >= 5 or phq_9.total.worst > 20"
to = "high"
[[rules]]
id = "rest"
when = "phq_9.total.count >= 0"
then = "stay"
""",
    steps='[[steps]]\nid = "low"\nintensity = 1\nmin_stay = "P1W"\n[[steps]]\nid = "high"\nintensity = 2\n',
)
ALL = [*map(protocol, protocols()), protocol("self-harm"), TRICKY]
ON_PHQ_9 = [one for one in ALL if "phq-9" in one.scope.instruments.values()]
LAST_MINUTE = datetime.combine(LAST, time(23, 59), timezone(timedelta(hours=-12)))
some_protocol = st.sampled_from(ALL)
LOWERING = ("step-down", "exit")
Case: TypeAlias = tuple[Protocol, Episode, date | datetime]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Give a protocol, an episode and a moment."""
    chosen = draw(some_protocol)
    return chosen, draw(episodes(chosen)), draw(moments())


def judged(case: Case, episode: Episode | None = None) -> Decision:
    """Decide on a case, or on another episode in its place."""
    chosen, own, on = case
    return decide(chosen, own if episode is None else episode, on=on, accept_unverified=True)


@settings(max_examples=200)
@given(cases())
def test_a_decision_is_made_on_any_episode_and_survives_plain_data(
    case: Case,
) -> None:
    """Nothing that can be entered makes it raise, and it reads back equal."""
    decision = judged(case)
    assert structure(unstructure(decision), Decision, name="decision") == decision
    assert structure(unstructure(case[1]), Episode, name="episode") == case[1]
    assert str(decision.explain())
    assert (decision.move == "ask") <= bool(decision.missing)
    assert (decision.move == "review") == (decision.rule is None)


@settings(max_examples=200)
@given(cases(), st.randoms(use_true_random=False))
def test_no_decision_depends_on_the_order_of_entry(case: Case, chance: Random) -> None:
    """Whatever was entered first."""
    entries = list(case[1].entries)
    chance.shuffle(entries)
    assert judged(case, Episode("someone", entries)) == judged(case)


@given(cases())
def test_the_same_episode_gives_the_same_decision_for_ever(case: Case) -> None:
    """Replayed with the same digest, also by a protocol and an episode that were sent elsewhere."""
    again, episode, on = pickled(case)
    decision = decide(again, episode, on=on, accept_unverified=True)
    assert (decision, decision.digest) == (judged(case), case[0].digest)


@settings(max_examples=200)
@given(cases())
def test_nothing_is_lowered_while_an_alert_is_open_or_on_what_is_unknown(
    case: Case,
) -> None:
    """Raised and undecided alike; what they hold back is said."""
    decision = judged(case)
    if decision.alerts or decision.provisional:
        assert decision.move not in LOWERING
    if decision.instead_of is not None:
        assert (decision.move, decision.instead_of.move in LOWERING) == ("stay", True)
        assert decision.instead_of.alerts


@settings(max_examples=200)
@given(cases())
def test_a_raised_alert_is_in_every_decision(case: Case) -> None:
    """Whatever else holds, and whatever the move; bounds of half-answered forms may raise or clear others."""
    chosen, episode, on = case
    row = facts(chosen, episode, on=on)
    truths = {alert.says.id: alert.when.evaluate(row) for alert in chosen.parts.alerts}
    found = {alert.id: alert.state for alert in judged(case).alerts}
    assert {name for name, truth in truths.items() if truth} <= {name for name in found if found[name] == "raised"}
    assert {name for name, truth in truths.items() if truth is False}.isdisjoint(found)


@given(cases())
def test_compiled_rules_say_what_the_reference_says(case: Case) -> None:
    """Over every row of facts, for every part of the plan."""
    row = facts(case[0], case[1], on=case[2])
    assert list(row.plan.run(row)) == [part.when.evaluate(row) for part in row.plan.parts]


@given(cases(), moments())
def test_adding_what_is_unrelated_changes_no_decision(case: Case, on: date | datetime) -> None:
    """Another protocol's enrolment, another instrument, another fact and an event nobody asks about."""
    unrelated: list[Entry] = [
        Enrolment(id="u1", on=on, protocol="unrelated"),
        Assessment(id="u2", on=on, instrument="who-5", scores={"total": 3}),
        RecordedFact(id="u3", on=on, name="unrelated", value=3),
        Event(id="u4", on=on, name="unrelated"),
    ]
    assert judged(case, case[1].with_entry(*unrelated)) == judged(case)


@given(cases())
def test_what_comes_later_is_not_seen(case: Case) -> None:
    """Entries after the moment change nothing, unless they correct something before it."""
    now = moment(case[2])
    replaced = {entry.replaces for entry in case[1].entries}
    kept = [
        entry
        for entry in case[1].entries
        if on_or_before(moment(entry.on), now) or entry.replaces is not None or entry.id in replaced
    ]
    assert judged(case, Episode("someone", kept)) == judged(case)


@given(cases())
def test_as_of_the_end_everything_is_known(case: Case) -> None:
    """Looking back from after the last entry drops nothing."""
    chosen, episode, on = case
    late = decide(chosen, episode, on=on, as_of=date(2027, 1, 1), accept_unverified=True)
    assert attrs.evolve(late, as_of=None) == judged(case)


@given(cases())
def test_as_of_is_the_episode_of_that_day(case: Case) -> None:
    """What was written down later might as well not be there."""
    chosen, episode, on = case
    known = [entry for entry in episode.entries if on_or_before(moment(entry.recorded), moment(on))]
    ids = {entry.id for entry in known}
    assume(all(entry.replaces is None or entry.replaces in ids for entry in known))
    then = decide(chosen, episode, on=on, as_of=on, accept_unverified=True)
    assert attrs.evolve(then, as_of=None) == judged(case, Episode("someone", known))


@settings(max_examples=200)
@given(st.sampled_from(ON_PHQ_9), st.data())
def test_bounds_say_only_what_every_completion_says(chosen: Protocol, data: st.DataObject) -> None:
    """What a half-answered form decides, each way of completing it decides alike."""
    episode = data.draw(episodes(chosen, max_size=6))
    low, high = sorted(data.draw(st.tuples(st.integers(0, 27), st.integers(0, 27))))
    half = Assessment(
        id="half", on=LAST, instrument="phq-9", scores={"total": None}, possible={"total": (low, high)}, items={"q9": 0}
    )
    first = decide(chosen, episode.with_entry(half), on=LAST, accept_unverified=True)
    row = facts(chosen, episode.with_entry(half), on=LAST)
    assume(first.move != "ask" and not first.provisional)
    for total in range(low, high + 1):
        whole = attrs.evolve(half, scores={"total": total}, possible={})
        decision = decide(chosen, episode.with_entry(whole), on=LAST, accept_unverified=True)
        assert decision.ruling.outcome == first.ruling.outcome
        assert [alert.id for alert in decision.alerts] == [alert.id for alert in first.alerts]
    assert all(isinstance(bounds, Bounds) for bounds in row.possible.values())


@settings(max_examples=200)
@given(episodes(protocol("german-impact"), max_size=6), st.integers(50, 80))
def test_where_the_answers_could_lead_is_where_they_lead(episode: Episode, age: int) -> None:
    """Asked for one score, the decision names exactly the outcomes that the scores there are lead to."""
    german_impact = protocol("german-impact")
    episode = episode.with_entry(RecordedFact(id="age", on=LAST, name="age", value=age))
    asked = decide(german_impact, episode, on=LAST, accept_unverified=True)
    assume(asked.move == "ask" and asked.missing == ("phq_9.total",))
    assume(not facts(german_impact, episode, on=LAST).possible)
    reached = set()
    for total in range(28):
        answer = Assessment(id="new", on=LAST_MINUTE, instrument="phq-9", scores={"total": total}, items={"q9": 0})
        decision = decide(german_impact, episode.with_entry(answer), on=LAST, accept_unverified=True)
        back = decision.instead_of
        reached.add(Outcome(back.move, back.to, decision.do) if back else decision.ruling.outcome)
    assert reached == set(asked.possible)


@given(cases())
def test_an_accepted_move_has_happened(case: Case) -> None:
    """The day after, the person is where the decision led."""
    decision = judged(case)
    chosen, episode, _ = case
    on = date(2026, 12, 1)
    after = accept(episode, decision, by="someone", on=on, step=(decision.alternatives or (None,))[0])
    found = decide(chosen, after, on=on, accept_unverified=True).from_step
    before = decide(chosen, episode, on=on, accept_unverified=True).from_step
    expected = {"exit": "outside"}.get(decision.move, decision.to_step or before)
    assert found == expected


@pytest.mark.parametrize("chosen", ALL, ids=lambda one: one.id)
def test_an_empty_episode_is_decided_on(chosen: Protocol) -> None:
    """Nobody knows anything yet."""
    assert decide(chosen, Episode("p"), on=FIRST, accept_unverified=True).from_step == "outside"
    kept = Episode("p", [Contact(id="1", on=FIRST)])
    assert decide(chosen, kept, on=FIRST, accept_unverified=True).from_step == "outside"
