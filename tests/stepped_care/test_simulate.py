"""People who do not exist: said so everywhere, the same from the same seed, and what was assumed of them."""

from __future__ import annotations

from datetime import date, datetime
from statistics import fmean
from typing import Any

import attrs
import pytest

from carecoord.errors import DataError, DefinitionError
from carecoord.interop import dumps, loads
from carecoord.stepped_care import (
    Assessment,
    Assumptions,
    Contact,
    Enrolment,
    Episode,
    Event,
    Protocol,
    RecordedFact,
    Simulated,
    Simulation,
    StepEntry,
    backtest,
    protocol,
    simulate,
    synthetic_episodes,
)
from carecoord.stepped_care._facts import Facts
from carecoord.stepped_care._synthetic import Person
from tests.stepped_care.builders import MEASURE, STEPS, history, ladder

SEEN = STEPS.replace("intensity = 1", 'intensity = 1\ncontact = "P2W"').replace(
    "intensity = 2", 'intensity = 2\ncontact = "P1W"'
)
RULES = """
[facts]
agrees = { type = "yes/no" }
[[alerts]]
id = "item-9"
when = "unanswered(phq_9.q9 >= 1, risk_assessment)"
urgency = "same-day"
[[rules]]
id = "enter"
in = "outside"
when = "phq_9.total >= 10"
to = "low"
[[rules]]
id = "not-yet"
in = "outside"
when = "phq_9.total < 10"
then = "stay"
[[rules]]
id = "well"
when = "phq_9.total < 5"
then = "exit"
[[rules]]
id = "worse"
in = "low"
when = "phq_9.total >= 15"
to = "high"
[[rules]]
id = "go-on"
when = "phq_9.total >= 0"
then = "stay"
"""
LADDER = ladder(RULES, steps=SEEN)
ASSUMED = Assumptions(
    start={"phq_9.total": (12, 12)}, per_week={"phq_9.total": {"low": 1, "high": -2}}, facts={"agrees": True}
)


def _with(how: dict[str, Any], **usual: Any) -> dict[str, Any]:
    return usual | how


def lives(assumed: Assumptions = ASSUMED, chosen: Protocol = LADDER, **how: Any) -> Any:
    """Make up one history."""
    (episode,) = synthetic_episodes(chosen, assumed, **_with(how, people=1, weeks=26, seed=1))
    return episode


def totals(episode: Episode) -> list[Any]:
    """Give the scores, in order."""
    return [one.scores["total"] for one in episode.entries if isinstance(one, Assessment)]


def simulated(assumed: Assumptions = ASSUMED, chosen: Protocol = LADDER, **how: Any) -> Simulation:
    """Simulate a few people."""
    return simulate(chosen, assumed, **_with(how, people=2, weeks=26, seeds=[1, 2]))


def test_without_chance_a_life_is_what_was_assumed() -> None:
    """Up by one a week, fortnightly contacts; from 16 in the high step down by two a week, until below five."""
    episode = lives()
    totals = [(str(one.on), one.scores["total"]) for one in episode.entries if isinstance(one, Assessment)]
    steps = [(str(one.on), one.step) for one in episode.entries if isinstance(one, Enrolment | StepEntry)]
    assert totals[:4] == [("2000-01-03", 12), ("2000-01-17", 14), ("2000-01-31", 16), ("2000-02-07", 14)]
    assert totals[-1] == ("2000-03-13", 4)
    assert steps == [("2000-01-03", "low"), ("2000-01-31", "high")]
    assert episode.entries[-1].kind == "enrolment-end"
    assert [one.value for one in episode.entries if isinstance(one, RecordedFact)] == [True]
    assert {one.items["q9"] for one in episode.entries if isinstance(one, Assessment)} == {0}


def test_everything_made_up_says_so() -> None:
    """Who it is about, who entered it, and in which year."""
    episode = lives(seed=7)
    assert episode.person == "simulated-7-1"
    assert {one.by for one in episode.entries} == {"simulation"}
    assert {one.on.year for one in episode.entries} == {2000}
    assert all(one.id.startswith("simulated-") for one in episode.entries)
    assert str(simulated()).startswith(
        "SIMULATED. These people were made up from assumptions: this is evidence of nothing."
    )


def test_the_same_seed_makes_up_the_same_people_and_others_make_up_others() -> None:
    """Whatever else is made up beside them."""
    chance = attrs.evolve(
        ASSUMED, start={"phq_9.total": (10, 20)}, between={"phq_9.total": 1}, within={"phq_9.total": 2}
    )
    first = synthetic_episodes(LADDER, chance, people=3, weeks=8, seed=1)
    assert synthetic_episodes(LADDER, chance, people=3, weeks=8, seed=1) == first
    assert synthetic_episodes(LADDER, chance, people=2, weeks=8, seed=1) == first[:2]
    assert synthetic_episodes(LADDER, chance, people=3, weeks=8, seed=2) != first
    many = synthetic_episodes(LADDER, chance, people=20, weeks=1, seed=1)
    assert len({totals(one)[0] for one in many}) > 4


def test_the_protocol_says_who_is_taken_in() -> None:
    """Below ten nobody is; a protocol that says nothing of it takes in everyone."""
    low = attrs.evolve(ASSUMED, start={"phq_9.total": (3, 9)})
    found = simulated(low)
    assert found["in outside at the end, share"].values == (1, 1)
    assert not [one for one in lives(low).entries if isinstance(one, Enrolment)]
    everyone = ladder(RULES.replace('in = "outside"', 'in = "low"'), steps=SEEN)
    assert [one.step for one in lives(low, everyone).entries if isinstance(one, Enrolment)] == [None]


def test_scores_stay_in_their_range_and_differ_by_what_was_assumed() -> None:
    """Between people, and from week to week."""
    steep = attrs.evolve(ASSUMED, per_week={"phq_9.total": {"low": 9, "high": 9}})
    assert totals(lives(steep))[1:3] == [27, 27]
    apart = attrs.evolve(ASSUMED, per_week={"phq_9.total": {"low": 0, "high": 0}}, between={"phq_9.total": 0.5})
    ends = [totals(lives(apart, weeks=4, seed=seed))[-1] for seed in range(30)]
    assert 11 < fmean(ends) < 13
    assert len(set(ends)) > 2
    restless = attrs.evolve(apart, between={}, within={"phq_9.total": 1})
    found = totals(lives(restless))
    assert len(set(found)) > 3


def test_contacts_are_missed_events_happen_and_answers_are_given_as_assumed() -> None:
    """A share, a period, a share."""
    assert not [one for one in lives().entries if isinstance(one, Contact) and one.outcome == "missed"]
    missing = lives(attrs.evolve(ASSUMED, missed=1))
    assert len([one for one in missing.entries if isinstance(one, Contact) and one.outcome == "missed"]) == 12
    assert len([one for one in missing.entries if isinstance(one, Assessment)]) == 1
    risk = lives(attrs.evolve(ASSUMED, answers={"phq_9.q9": 1}, events={"risk_assessment": "P4W"}), weeks=6)
    assert {one.items["q9"] for one in risk.entries if isinstance(one, Assessment)} == {3}
    assert [str(one.on) for one in risk.entries if isinstance(one, Event)] == ["2000-01-31"]
    assert simulated(attrs.evolve(ASSUMED, answers={"phq_9.q9": 1}))["an alert was raised, share"].values == (1, 1)
    assert simulated()["an alert was raised, share"].values == (0, 0)


def test_a_step_that_does_not_say_how_often_takes_what_was_assumed() -> None:
    """In a protocol that counts hours, by the hour."""
    often = attrs.evolve(ASSUMED, every="P3D")
    assert [str(one.on) for one in lives(often, ladder(RULES)).entries if isinstance(one, Contact)][:2] == [
        "2000-01-06", "2000-01-09"]  # fmt: skip
    hourly = ladder(f'{RULES}[[tasks]]\nid = "soon"\nwhen = "hours_since(contact) >= 8"\n')
    entries = lives(attrs.evolve(ASSUMED, every="PT8H"), hourly, weeks=1).entries
    assert next(one.on for one in entries if isinstance(one, Contact)) == datetime.fromisoformat(
        "2000-01-03T16:00+00:00"
    )


def test_a_history_that_followed_the_protocol_is_gone_along_with_by_it() -> None:
    """The simulation does what the protocol says, and the backtest finds that it was done."""
    chance = attrs.evolve(ASSUMED, start={"phq_9.total": (8, 20)}, within={"phq_9.total": 2}, missed=0.2)
    found = backtest(LADDER, synthetic_episodes(LADDER, chance, people=20, weeks=26, seed=1))
    assert found.agreement.count == 20


def test_figures_come_once_a_seed_with_the_interval_that_most_lie_within() -> None:
    """Weeks in steps add up; without chance all seeds are one."""
    found = simulated(people=1)
    assert found["in low, weeks a person"].values == (4, 4)
    assert found["in high, weeks a person"].values == (6, 6)
    assert found["step-up, decisions a person"].values == (1, 1)
    assert found["phq_9.total at the end, mean"].interval == (4, 4)
    assert (found.people, found.weeks, found.seeds, found.digest) == (1, 26, (1, 2), LADDER.digest)
    many = Simulated(what="x", values=tuple(range(101)))
    assert (many.middle, many.interval) == (50, (2.5, 97.5))
    assert (Simulated(what="x", values=(1, 4)).middle, Simulated(what="x", values=(3,)).interval) == (2.5, (3, 3))


def test_the_table_ends_with_everything_that_was_assumed() -> None:
    """So that no figure stands without it."""
    assumed = attrs.evolve(ASSUMED, facts={"agrees": [True, False]}, missed=0.1, answers={"phq_9.q9": 0.05},
                           events={"risk_assessment": "P8W"}, every="P2W", within={"phq_9.total": 1.5})  # fmt: skip
    text = str(simulated(assumed, people=1, seeds=[3]))
    assert text.splitlines()[1:3] == ["ladder, 1 people over 26 weeks, 1 seeds", ""]
    assert text.splitlines()[3].strip() == "median of the seeds  95 % of the seeds"
    assert not text.splitlines()[3].startswith("X")
    assert text.endswith("""
Assumed:
  phq_9.total begins at 12 to 12
  phq_9.total changes a week by low +1, high -2
  phq_9.total differs between people by 0 a week, from week to week by 1.5 (standard deviations)
  10 % of contacts are missed
  phq_9.q9 is at its worst in 5 % of forms
  agrees is True or False
  risk_assessment every 8 weeks
  contacts every 2 weeks where the step does not say
  everything else does not happen; what the protocol says is done at once""")


PAST = "2026-01-05 phq_9 total=12 q9=0\n2026-01-05 start\n2026-01-12 phq_9 total=17 q9=0\n"


def test_what_lies_beyond_a_departure_is_simulated_from_there() -> None:
    """With the score there was, in the step the protocol would have led to, and labelled."""
    tested = backtest(LADDER, [history(LADDER, PAST), history(LADDER, "2026-01-05 phq_9 total=4 q9=0")])
    found = simulated(beyond=tested, weeks=4)
    assert found.people == 1
    assert found.label == "SIMULATED beyond the first departure, from assumptions: this is evidence of nothing."
    assert str(found).startswith(found.label)
    assert found["in high, weeks a person"].values == (4, 4)
    assert found["phq_9.total at the end, mean"].values == (11, 11)
    assert found["step-up, decisions a person"].values == (1, 1)


def test_only_a_backtest_of_the_same_protocol_with_its_histories_can_be_gone_on_from() -> None:
    """Not another's, not one without departures, not one read back from JSON."""
    tested = backtest(LADDER, [history(LADDER, PAST)])
    calm = backtest(LADDER, [history(LADDER, "2026-01-05 phq_9 total=4 q9=0")])
    for wrong, message in [
        (attrs.evolve(tested, digest="x"), "$.digest: the backtest is one of ladder as it was, not of ladder"),
        (calm, "$.people: the protocol departs from nothing that was done: there is nothing beyond"),
        (
            loads(dumps(tested)),
            "$.people: it was read back, and the histories are not in it: make the backtest again",
        ),
    ]:
        with pytest.raises(DataError) as error:
            simulated(beyond=wrong)
        assert str(error.value) == f"beyond: 1 fault\n  {message}"


def test_a_simulation_survives_plain_data() -> None:
    """With its label and its assumptions."""
    assumed = attrs.evolve(ASSUMED, facts={"agrees": [True, False]}, events={"risk_assessment": "P8W"}, every="P2W")
    found = simulated(assumed)
    again = loads(dumps(found))
    assert again == found
    assert str(again) == str(found)


ENDS = "$.start.phq_9.total: the lowest and the highest are wanted, within 0 to 27"


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        (
            {"start": {"phq9.total": (1, 2)}, "per_week": {}},
            ["$.start.phq9.total: ladder reads no such score, did you mean phq_9.total?"],
        ),
        ({"start": {"phq_9.total": (1, 28)}}, [ENDS]),
        ({"start": {"phq_9.total": (2, 1)}}, [ENDS]),
        ({"start": {"phq_9.total": (1,)}}, [ENDS]),
        ({"per_week": {"phq_9.total": {"low": 1}}}, ["$.per_week.phq_9.total: the change a week in high is wanted"]),
        ({"within": {"gad_7.total": 1}}, ["$.within.gad_7.total: stands in start too, or nowhere"]),
        ({"answers": {"phq_9.q8": 0.5}}, ["$.answers.phq_9.q8: ladder reads no such answer, did you mean phq_9.q9?"]),
        ({"answers": {"phq_9.q9": 2}}, ["$.answers.phq_9.q9: a share is wanted, 0 to 1"]),
        ({"missed": -0.1}, ["$.missed: a share is wanted, 0 to 1"]),
        ({"facts": {"agree": True}}, ["$.facts.agree: ladder has no such fact, did you mean agrees?"]),
    ],
)  # fmt: skip
def test_assumptions_that_do_not_fit_are_refused(change: dict[str, Any], faults: list[str]) -> None:
    """Each with its place and what would do."""
    with pytest.raises(DataError) as error:
        simulated(attrs.evolve(ASSUMED, **change))
    assert [str(fault) for fault in error.value.faults] == faults


def test_how_often_people_are_seen_must_be_said_somewhere() -> None:
    """In the step, or in the assumptions."""
    with pytest.raises(DataError) as error:
        simulated(chosen=ladder(RULES))
    assert [str(fault) for fault in error.value.faults] == [
        "$.every: low does not say how often people are seen",
        "$.every: high does not say how often people are seen",
    ]


def test_an_unverified_protocol_is_simulated_only_when_that_is_accepted() -> None:
    """As by `decide`."""
    german_impact = protocol("german-impact")
    assumed = Assumptions(
        start={"phq_9.total": (12, 12)},
        per_week={"phq_9.total": {"two-weekly": -1, "four-weekly": 0}},
        facts={"age": 67},
        events={"review": "P8W"},
    )
    with pytest.raises(DefinitionError):
        simulated(assumed, german_impact)
    episode = lives(assumed, german_impact, accept_unverified=True)
    assert [str(one.on) for one in episode.entries if isinstance(one, StepEntry)] == ["2000-02-28"]
    found = backtest(german_impact, [episode], decided_at="review", accept_unverified=True)
    assert found.agreement.count == 1
    assert found.people[0].agreed > 8
    as_entered = backtest(german_impact, [episode], accept_unverified=True)
    assert str(as_entered.departures[0].done) == "step-down to four-weekly"
    kept = backtest(german_impact, [episode.with_entry(Contact(id="c", on=date(2000, 2, 29)))], decided_at="review",
                    accept_unverified=True)  # fmt: skip
    assert kept.agreement.count == 1


def test_the_history_kept_with_a_departure_leaves_out_what_came_with_the_decision() -> None:
    """The meeting itself, where it is named as what decides."""
    german_impact = protocol("german-impact")
    lines = "2026-01-05 age=67\n2026-01-05 phq_9 total=12 q9=0\n2026-01-05 start\n2026-03-02 phq_9 total=4 q9=0\n"
    tested = backtest(
        german_impact,
        [history(german_impact, f"{lines}2026-03-02 review\n")],
        decided_at=["review"],
        accept_unverified=True,
    )
    (found,) = tested.departures
    assert str(found.advised) == "step-down to four-weekly"
    assert isinstance(found.decision.facts, Facts)
    assert found.decision.facts["weeks_since(review)"] is None
    assert not [one for one in found.decision.facts.episode.entries if isinstance(one, Event)]


CHANCE = attrs.evolve(ASSUMED, start={"phq_9.total": (8, 20)}, within={"phq_9.total": 2})


def test_a_simulation_is_of_the_people_that_its_seeds_make_up() -> None:
    """As many as asked for, others for each seed, the same as `synthetic_episodes` gives."""
    found = simulated(CHANCE, people=3, weeks=4, seeds=[1, 2, 3, 4])
    ends = found["phq_9.total at the end, mean"].values
    assert len(set(ends)) == 4
    assert simulated(CHANCE, people=3, weeks=4, seeds=[2])["phq_9.total at the end, mean"].values == ends[1:2]
    in_care = {
        people: sum(one.entries[-1].kind != "assessment"
                    for one in synthetic_episodes(LADDER, CHANCE, people=people, weeks=1, seed=1))
        for people in (2, 3)
    }  # fmt: skip
    for people, count in in_care.items():
        outside = simulated(CHANCE, people=people, weeks=1, seeds=[1])["in outside at the end, share"].values[0]
        assert round(outside * people) == people - count
    assert simulate(LADDER, ASSUMED, weeks=1, seeds=[1]).people == 100
    steps = [found[f"in {step}, weeks a person"].values[0] for step in LADDER.steps]
    assert sum(steps) <= 4


def test_every_seed_goes_on_with_everybody_in_another_way() -> None:
    """From the last score there was; where there was none, from one that was assumed."""
    gad = f'{MEASURE}[measures.gad_7]\ninstrument = "gad-7"\n'
    chosen = ladder(RULES + '[[tasks]]\nid = "anxious"\nwhen = "gad_7.total >= 10"\n', measures=gad, steps=SEEN)
    lines = "2026-01-05 phq_9 total=12 q9=0\n2026-01-05 start\n2026-01-09 phq_9 total=14 q9=0\n{}"
    late = lines.format("2026-01-12 phq_9 total=17 q9=0\n")
    tested = backtest(chosen, [history(chosen, late), history(chosen, late)])
    still = {"low": 0.0, "high": 0.0}
    assumed = Assumptions(
        start={"phq_9.total": (3, 3), "gad_7.total": (5, 5)},
        per_week={"phq_9.total": still, "gad_7.total": still},
        facts={"agrees": True},
    )
    found = simulated(assumed, chosen, beyond=tested, weeks=4, seeds=[1, 2, 3])
    assert found["phq_9.total at the end, mean"].values == (17, 17, 17)
    assert found["gad_7.total at the end, mean"].values == (5, 5, 5)
    moving = attrs.evolve(assumed, within={"phq_9.total": 2})
    ends = simulated(moving, chosen, beyond=tested, weeks=4, seeds=[1, 2, 3])["phq_9.total at the end, mean"].values
    assert len(set(ends)) == 3


def test_beyond_a_departure_an_unverified_protocol_was_accepted_already() -> None:
    """The backtest was made with it; what it decided is what is gone on from."""
    german_impact = protocol("german-impact")
    lines = "2026-01-05 age=67\n2026-01-05 phq_9 total=12 q9=0\n2026-01-05 start\n2026-03-02 phq_9 total=4 q9=0\n"
    tested = backtest(german_impact, [history(german_impact, lines)], accept_unverified=True)
    assumed = Assumptions(
        start={"phq_9.total": (12, 12)}, per_week={"phq_9.total": {"two-weekly": 0, "four-weekly": 1.5}}
    )
    found = simulate(german_impact, assumed, weeks=12, seeds=[1], beyond=tested)
    assert found["step-down, decisions a person"].values == (1,)
    assert found["step-up, decisions a person"].values == (1,)
    better = {"phq_9.total": {"two-weekly": -1.0, "four-weekly": 0.0}}
    made_up = attrs.evolve(assumed, per_week=better, facts={"age": 67}, events={"review": "P8W"})
    with pytest.raises(DefinitionError):
        synthetic_episodes(german_impact, made_up, people=1, weeks=60, seed=1)


def test_chance_grows_with_the_square_root_of_the_time_between_contacts() -> None:
    """Four weeks differ twice as far as one, and people as far from each other as was assumed."""
    still = {"phq_9.total": {"low": 0.0, "high": 0.0}}
    weekly = Assumptions(start={"phq_9.total": (12, 12)}, per_week=still, within={"phq_9.total": 1}, every="P1W")
    monthly = attrs.evolve(weekly, every="P4W")
    chosen = ladder(RULES)
    for seed in range(5):
        short = Person(chosen, weekly, seed, 1).lives(1.5, accept_unverified=False).scores["phq_9.total"] - 12
        long = Person(chosen, monthly, seed, 1).lives(5, accept_unverified=False).scores["phq_9.total"] - 12
        assert long == pytest.approx(2 * short)
    apart = attrs.evolve(weekly, within={}, between={"phq_9.total": 1})
    person = Person(chosen, apart, 3, 1)
    change = person.own["phq_9.total"]
    assert person.lives(1.5, accept_unverified=False).scores["phq_9.total"] == pytest.approx(12 + change)


def test_scores_that_are_whole_are_rounded_and_others_are_not() -> None:
    """Each measure that was assumed is taken at each contact, with its own answers."""
    peg = f'{MEASURE}[measures.peg]\ninstrument = "peg"\n'
    chosen = ladder(RULES + '[[tasks]]\nid = "pain"\nwhen = "peg.total >= 4"\n', measures=peg, steps=SEEN)
    still = {"low": 0.0, "high": 0.0}
    assumed = Assumptions(
        start={"phq_9.total": (12.4, 12.4), "peg.total": (3.3, 3.3)},
        per_week={"phq_9.total": still, "peg.total": still},
        facts={"agrees": True},
    )
    first, second = [one for one in lives(assumed, chosen, weeks=1).entries if isinstance(one, Assessment)]
    assert (dict(first.scores), dict(second.scores)) == ({"total": 12}, {"total": 3.3})
    assert (dict(first.items), dict(second.items)) == ({"q9": 0}, {})
    assert [one.id for one in lives(assumed, chosen, weeks=1).entries[:2]] == ["simulated-1", "simulated-2"]


def test_what_is_wrong_with_assumptions_is_said_of_assumptions() -> None:
    """All of it at once, with its name."""
    wrong = attrs.evolve(ASSUMED, start={"x": (1, 2), "phq_9.total": (0, 27)}, per_week={}, missed=2)
    with pytest.raises(DataError) as error:
        simulated(wrong)
    assert str(error.value).startswith("assumptions: 4 faults")
    assert simulated(attrs.evolve(ASSUMED, start={"phq_9.total": (0, 27)}), weeks=1).people == 2
