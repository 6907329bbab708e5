"""What a protocol would have done in the past, and two protocols against each other."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

import attrs
import pytest

from carecoord.errors import DataError, DefinitionError
from carecoord.interop import dumps, loads
from carecoord.stepped_care import (
    Backtest,
    Departure,
    Episode,
    Event,
    Facts,
    Followed,
    Outcome,
    Protocol,
    Share,
    accept,
    backtest,
    compare,
    decide,
    override,
    protocol,
)
from carecoord.stepped_care._backtest import follow, options
from carecoord.stepped_care._course import asked_on, counts_hours, reads
from tests.stepped_care.builders import MEASURE, decided, history, ladder, pickled

RULES = """
[events]
dose = "the dose was changed"
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
when = "phq_9.total < 5 and days_in_step >= 14"
then = "exit"
[[rules]]
id = "worse"
in = "low"
when = "phq_9.total >= 15"
to = "high"
[[rules]]
id = "weak"
when = "phq_9.total.improvement < 3 and days_in_step >= 14"
then = "adjust"
[[rules]]
id = "better"
in = "high"
when = "phq_9.total < 10"
to = "low"
[[rules]]
id = "go-on"
when = "phq_9.total >= 0"
then = "stay"
"""
LADDER = ladder(RULES)
START = "2026-01-05 phq_9 total=12 q9=0\n2026-01-05 start\n"


def followed(lines: str, chosen: Protocol = LADDER, **how: Any) -> Followed:
    """Backtest on one history."""
    (found,) = backtest(chosen, [history(chosen, lines)], **how).people
    return found


def departure(lines: str, chosen: Protocol = LADDER, **how: Any) -> Departure:
    """Give the departure from one history."""
    found = followed(lines, chosen, **how).departure
    assert found is not None
    return found


def test_a_history_that_went_as_the_protocol_says_is_gone_along_with_to_the_end() -> None:
    """Each day on which something was entered is one decision; the enrolment is one that was followed."""
    found = followed(f"{START}2026-01-12 phq_9 total=16 q9=0\n2026-01-12 step high\n2026-01-19 phq_9 total=7 q9=0\n"
                   "2026-01-19 step low\n2026-02-02 phq_9 total=3 q9=0\n2026-02-02 end\n")  # fmt: skip
    assert (found.agreed, found.open, found.unseen, found.departure) == (4, 0, 0, None)
    assert found.person == "someone"


@pytest.mark.parametrize(
    ("first", "then", "said"),
    [
        ("12 phq_9 total=16 q9=0", "2026-02-09 step high", "2026-01-12 step-up to high, stay, sooner, 28"),
        ("12 phq_9 total=16 q9=0", "2026-02-09 contact", "2026-01-12 step-up to high, stay, sooner, None"),
        ("12 phq_9 total=14 q9=0", "2026-01-12 step high", "2026-01-12 stay, step-up to high, later, None"),
        ("26 phq_9 total=4 q9=0", "2026-01-26 step high", "2026-01-26 exit, step-up to high, otherwise, None"),
        ("19 phq_9 total=10 q9=0", "2026-01-19 step high", "2026-01-19 adjust, step-up to high, otherwise, None"),
        ("12 phq_9 total=8 q9=0", "2026-01-12 end", "2026-01-12 stay, exit, later, None"),
    ],
)
def test_the_first_departure_says_when_what_and_by_how_much(first: str, then: str, said: str) -> None:
    """Sooner than was done, later than was done, or something else."""
    found = departure(f"{START}2026-01-{first}\n{then}\n")
    assert f"{found.on} {found.advised}, {found.done}, {found.kind}, {found.days}" == said


def test_nothing_after_the_first_departure_is_looked_at() -> None:
    """What followed did not come from this protocol."""
    lines = f"{START}2026-01-12 phq_9 total=16 q9=0\n"
    later = f"{lines}2026-01-19 phq_9 total=3 q9=0\n2026-01-26 step high\n2026-02-02 end\n"
    first, second = followed(lines), followed(later)
    assert (first.agreed, second.agreed) == (1, 1)
    assert second.departure is not None
    assert second.departure.days == 14


def test_what_is_done_within_the_grace_given_was_done_then() -> None:
    """The day counts; the decisions in between are decided already."""
    lines = f"{START}2026-01-12 phq_9 total=16 q9=0\n2026-01-14 contact\n2026-01-15 step high\n"
    assert departure(lines).days == 3
    assert departure(lines, grace="P2D").days == 3
    found = followed(lines, grace="P3D")
    assert (found.agreed, found.departure) == (2, None)
    other = departure(f"{START}2026-01-26 phq_9 total=4 q9=0\n2026-01-27 step high\n", grace="P3D")
    assert (str(other.advised), str(other.done), other.kind) == ("exit", "step-up to high", "otherwise")


def test_a_decision_that_asks_or_leaves_it_to_a_person_fits_whatever_was_done() -> None:
    """Nobody can say what the answer would have been."""
    found = followed(f"{START}2026-03-09 contact\n2026-03-16 step high\n")
    assert (found.agreed, found.open, found.departure) == (1, 2, None)


def test_what_leaves_the_step_as_it_is_shows_only_where_it_was_recorded() -> None:
    """An event that shows it, or an accepted decision; else it is not held against what was done."""
    lines = f"{START}2026-01-19 phq_9 total=11 q9=0\n"
    assert (followed(lines).unseen, followed(lines).departure) == (1, None)
    assert departure(lines, done_by={"adjust": "dose"}).kind == "sooner"
    done = f"{lines}2026-01-21 dose\n"
    assert departure(done, done_by={"adjust": ["dose"]}).days == 2
    found = followed(done, done_by={"adjust": "dose"}, grace="P1W")
    assert (found.agreed, found.unseen, found.departure) == (3, 0, None)
    again = f"{done}2026-01-28 contact\n2026-01-29 contact\n"
    assert str(departure(again, done_by={"adjust": "dose"}, grace="P1W").on) == "2026-01-29"
    unasked = departure(f"{START}2026-01-12 phq_9 total=11 q9=0\n2026-01-12 dose\n", done_by={"adjust": "dose"})
    assert (str(unasked.advised), str(unasked.done), unasked.kind) == ("stay", "adjust", "later")


def test_accepted_and_overridden_decisions_are_what_was_done() -> None:
    """With the moves that change no step."""
    episode = history(LADDER, f"{START}2026-01-19 phq_9 total=11 q9=0\n")
    decision = decide(LADDER, episode, on=date(2026, 1, 19))
    accepted = backtest(LADDER, [accept(episode, decision, by="holm")]).people[0]
    assert (accepted.agreed, accepted.unseen, accepted.departure) == (2, 0, None)
    other = override(episode, decision, move="consult", by="holm", reason="side effects")
    departed = backtest(LADDER, [other]).departures[0]
    assert (str(departed.advised), str(departed.done), departed.kind) == ("adjust", "consult", "otherwise")
    stayed = override(episode, decision, move="stay", by="holm", reason="a loss in the family")
    assert backtest(LADDER, [stayed]).people[0].unseen == 1


def test_the_departure_keeps_the_decision_as_it_would_have_been_made() -> None:
    """From the history as it stood, without what was done about the step that day; it explains itself."""
    found = departure(f"{START}2026-01-12 phq_9 total=16 q9=0\n2026-01-12 end\n2026-01-19 phq_9 total=3 q9=0\n")
    asked = decided(LADDER, f"{START}2026-01-12 phq_9 total=16 q9=0\n", "2026-01-12")
    assert found.decision == asked
    assert str(found.decision.explain()) == str(asked.explain())
    assert str(found) == "2026-01-12: step-up to high (worse), where exit was done"
    assert pickled(found) == found


def test_the_history_kept_with_a_departure_tells_of_earlier_enrolments_and_their_ends() -> None:
    """What was done before counts, an override that changed nothing does not."""
    first = f"{START}2026-01-12 phq_9 total=9 q9=0\n2026-01-19 phq_9 total=4 q9=0\n2026-01-19 end\n"
    episode = history(
        LADDER, f"{first}2026-03-02 phq_9 total=11 q9=0\n2026-03-02 start\n2026-03-09 phq_9 total=15 q9=0"
    )
    decision = decide(LADDER, episode, on=date(2026, 3, 9))
    kept = override(episode, decision, move="stay", by="holm", reason="waits", on=date(2026, 3, 5))
    (found,) = backtest(LADDER, [kept]).departures
    assert (str(found.on), str(found.advised), found.decision.from_step) == ("2026-03-09", "step-up to high", "low")
    assert isinstance(found.decision.facts, Facts)
    kinds = [entry.kind for entry in found.decision.facts.episode.in_force()]
    assert kinds.count("enrolment") == 2
    assert kinds.count("enrolment-end") == 1
    assert "override" not in kinds


def test_each_line_of_a_departure_says_what_came_of_it() -> None:
    """Done later, or not in this history."""
    lines = f"{START}2026-01-12 phq_9 total=16 q9=0\n"
    assert str(departure(lines)) == "2026-01-12: step-up to high (worse), not done in this history"
    assert str(departure(f"{lines}2026-01-15 step high")) == "2026-01-12: step-up to high (worse), done 3 days later"


def test_corrections_are_what_was_so() -> None:
    """A backtest asks what was so; who wants to know what they could know then decides with `as_of`."""
    episode = history(LADDER, f"{START}2026-01-12 phq_9 total=16 q9=0\n")
    wrong, right = episode.entries[2], history(LADDER, "2026-01-12 phq_9 total=13 q9=0\n").entries[0]
    corrected = episode.with_entry(attrs.evolve(right, id="new", recorded=date(2026, 2, 2), replaces=wrong.id))
    assert backtest(LADDER, [corrected]).people[0].agreed == 2


def test_another_protocols_enrolments_can_say_what_was_done() -> None:
    """With the names its steps have here."""
    usual = ladder(
        RULES.replace('"low"', '"weekly"').replace('"high"', '"daily"'),
        head='id = "usual"\ntitle = "Usual care"\nfirst = "weekly"\n',
        steps='[[steps]]\nid = "weekly"\nintensity = 1\n[[steps]]\nid = "daily"\nintensity = 2\n',
    )
    lines = f"{START}2026-01-12 phq_9 total=16 q9=0\n2026-01-12 step daily\n"
    episode = history(usual, f"{lines}2026-01-19 phq_9 total=8 q9=0\n2026-01-26 step weekly\n")
    assert backtest(LADDER, [episode]).departures[0].done == Outcome("stay")
    names = {"weekly": "low", "daily": "high"}
    found = backtest(LADDER, [episode], course="usual", steps=names).departures[0]
    assert (str(found.on), str(found.advised), found.days) == ("2026-01-19", "step-down to low", 7)
    assert found.decision.from_step == "high"
    other = history(usual, "2026-01-05 start daily\n2026-01-12 step weekly\n")
    with pytest.raises(DataError) as error:
        backtest(LADDER, [episode, other, episode], course="usual")
    assert str(error.value) == (
        "episodes: 2 faults\n  $.usual: ladder has no step 'daily'; say in steps= what it is here\n"
        "  $.usual: ladder has no step 'weekly'; say in steps= what it is here"
    )


def test_a_protocol_that_counts_hours_is_asked_at_each_moment() -> None:
    """Every entry of a day is one; else a day is."""
    hourly = ladder(f'{RULES}[[tasks]]\nid = "soon"\nwhen = "hours_since(contact) >= 8"\n')
    lines = "2026-01-05T08:00 phq_9 total=12 q9=0\n2026-01-05T09:00 start\n2026-01-05T12:00 phq_9 total=16 q9=0\n"
    done = f"{lines}2026-01-05T13:00 step high\n"
    assert (counts_hours(LADDER), counts_hours(hourly)) == (False, True)
    assert departure(done, hourly).days == 0
    assert (departure(done, hourly).on, departure(done, hourly).kind) == (
        decided(hourly, lines, "2026-01-05T08:00").on, "sooner")  # fmt: skip
    assert followed(done, hourly, grace="PT1H").agreed == 2
    assert departure(done).done == Outcome("enter", ("high",))
    assert counts_hours(
        ladder(RULES, measures='[measures.phq_9]\ninstrument = "phq-9"\nbaseline = "start"\nvalid_for = "PT8H"\n')
    )


def test_a_look_back_in_hours_counts_hours_too() -> None:
    """A look back of days does not."""
    head = 'id = "ladder"\ntitle = "x"\nfirst = "low"\nlook_back = "{}"\n'
    assert [counts_hours(ladder(RULES, head=head.format(back))) for back in ("PT12H", "P1D")] == [True, False]


def test_alternatives_agree_with_any_of_them() -> None:
    """The person chose."""
    heights = {"low": 1, "talk": 2, "drug": 2}
    steps = "".join(f'[[steps]]\nid = "{name}"\nintensity = {height}\n' for name, height in heights.items())
    rules = """
[[rules]]
id = "up"
in = "low"
when = "phq_9.total >= 10"
to = ["talk", "drug"]
[[rules]]
id = "on"
when = "phq_9.total >= 0"
then = "stay"
"""
    choice = ladder(rules, steps=steps)
    lines = "2026-01-05 start\n2026-01-12 phq_9 total=12 q9=0\n2026-01-12 step {}\n"
    assert followed(lines.format("drug"), choice).departure is None
    assert departure(lines.format("talk").replace("total=12", "total=2"), choice).kind == "later"


def test_the_table_says_what_would_have_been_done_for_how_many_and_by_how_much() -> None:
    """With the share gone along with, its interval, and that nothing beyond is counted."""
    lines = f"{START}2026-01-12 phq_9 total=16 q9=0\n"
    people = [f"{lines}2026-01-12 step high", f"{lines}2026-01-15 step high", f"{lines}2026-01-21 step high", lines,
              f"{START}2026-01-12 phq_9 total=9 q9=0\n2026-01-12 step high"]  # fmt: skip
    found = backtest(LADDER, [history(LADDER, one) for one in people])
    assert found.agreement == Share(1, 5)
    assert (found.protocol, found.digest) == ("ladder", LADDER.digest)
    assert (
        str(found)
        == """\
Backtest of ladder, 5 people
What came after a person's first departure did not come from this protocol: it is not looked at.
Gone along with to the end: 1 of 5, 20.0% (3.6% to 62.4%)
Decisions until then: 6 agreed, 0 left to a person or asked first
Called for what the history does not show: 0

would have been done     people  days sooner, median (least to most)  never done
sooner: step-up to high       3                           6 (3 to 9)           1
later: step-up to high        1"""
    )
    assert str(Backtest(protocol="ladder", digest="", people=[])).splitlines()[2:3] == [
        "Gone along with to the end: nobody counted"
    ]


def test_an_unverified_protocol_is_refused_unless_accepted() -> None:
    """As by `decide`."""
    german_impact = protocol("german-impact")
    episode = history(german_impact, "2026-01-05 phq_9 total=12 q9=0\n2026-01-05 start four-weekly\n2026-02-02 contact")
    with pytest.raises(DefinitionError):
        backtest(german_impact, [episode])
    assert backtest(german_impact, [episode], accept_unverified=True).people


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (1, 2, 0.0945, 0.9055), (81, 263, 0.2553, 0.3662)],
)
def test_the_interval_is_wilsons(count: int, of: int, low: float, high: float) -> None:
    """81 of 263 is a worked example of Newcombe, Stat Med 1998;17:857-72, method 3; the others by its formula."""
    share = Share(count, of)
    assert (round(share.low, 4), round(share.high, 4)) == (low, high)


def test_a_share_of_nobody_is_unknown() -> None:
    """It lies anywhere."""
    nobody = Share(0, 0)
    assert (nobody.value, nobody.low, nobody.high, str(nobody)) == (None, 0.0, 1.0, "nobody counted")


STRICT = ladder(RULES.replace("phq_9.total >= 15", "phq_9.total >= 13"))


def test_a_changed_threshold_affects_those_between_the_two() -> None:
    """The first says stay where the second steps up; the first comes to it a week later."""
    lines = f"{START}2026-01-12 phq_9 total=14 q9=0\n2026-01-19 phq_9 total=15 q9=0\n2026-01-19 step high\n"
    calm = f"{START}2026-01-12 phq_9 total=12 q9=0\n"
    found = compare(LADDER, STRICT, [history(LADDER, lines), history(LADDER, calm)])
    (difference,) = found.differences
    assert (difference.person, str(difference.on), difference.kind, difference.days) == (
        "someone",
        "2026-01-12",
        "sooner",
        7,
    )
    assert str(difference) == "2026-01-12: stay (go-on), now step-up to high (worse) (sooner by 7 days)"
    assert found.affected == Share(1, 2)
    assert loads(dumps(found)) == found
    assert str(loads(dumps(found))) == str(found)
    assert (found.one.agreement.count, found.other.agreement.count) == (2, 1)
    back = compare(STRICT, LADDER, [history(LADDER, lines)]).differences[0]
    assert (back.kind, back.days) == ("later", 7)
    assert (
        str(found)
        == """\
ladder and ladder, 2 people
What came after a person's first departure did not come from this protocol: it is not looked at.
Said different things of: 1 of 2, 50.0% (9.5% to 90.5%)
Gone along with to the end by the first: 2 of 2, 100.0% (34.2% to 100.0%)
Gone along with to the end by the second: 1 of 2, 50.0% (9.5% to 90.5%)

the first says               the second  which is  people  by days, median
stay (go-on)    step-up to high (worse)    sooner       1                7"""
    )


def test_protocols_that_depart_together_do_not_differ() -> None:
    """And nothing is said of what came after."""
    lines = f"{START}2026-01-12 phq_9 total=16 q9=0\n2026-01-19 phq_9 total=14 q9=0\n"
    found = compare(LADDER, STRICT, [history(LADDER, lines)])
    assert found.differences == ()
    assert len(found.one.departures) == len(found.other.departures) == 1
    assert str(found).count("\n") == 4


def test_moves_that_differ_are_otherwise() -> None:
    """Both act, differently; where only one comes to it at all, nobody can say by how much."""
    other = ladder(RULES.replace('then = "adjust"', 'then = "consult"'))
    lines = f"{START}2026-01-19 phq_9 total=11 q9=0\n"
    difference = compare(LADDER, other, [history(LADDER, lines)]).differences[0]
    assert (difference.kind, difference.days) == ("otherwise", None)
    never = compare(LADDER, STRICT, [history(LADDER, f"{START}2026-01-12 phq_9 total=14 q9=0\n")]).differences[0]
    assert (never.kind, never.days) == ("sooner", None)
    assert str(never).endswith("(sooner)")


def test_an_alert_that_only_one_raises_is_a_difference() -> None:
    """Whatever moves."""
    alert = '[[alerts]]\nid = "high"\nwhen = "phq_9.total >= 12"\nurgency = "same-day"\n'
    found = compare(LADDER, ladder(RULES + alert), [history(LADDER, f"{START}2026-01-12 phq_9 total=12 q9=0\n")])
    assert [str(one.on) for one in found.differences] == ["2026-01-05"]


def test_the_days_are_those_that_the_protocol_reads() -> None:
    """What it does not look at is no reason to decide."""
    lines = f"{START}2026-01-06 contact\n2026-01-07 dose\n"
    other = "2026-01-08 gad_7 total=3\n"
    both = ladder(RULES, measures=f'{MEASURE}[measures.gad_7]\ninstrument = "gad-7"\n')
    episode = history(both, lines + other)
    chosen = options(
        course="ladder", steps=None, grace=None, done_by=None, decided_at=(), hourly=False, accept_unverified=False
    )
    asked = asked_on(episode, reads(LADDER), chosen)
    days = [date.fromordinal(when.day) for when in asked]
    assert days == [date(2026, 1, 5), date(2026, 1, 6)]
    assert all(one < other for one, other in pairwise(days))
    assert [point.verdict for point in follow(LADDER, episode, chosen, asked)] == ["agrees", "agrees"]


def test_an_episode_of_nothing_was_gone_along_with() -> None:
    """There was nothing to decide."""
    assert backtest(LADDER, [Episode("p", id="e")]).people == (Followed(person="p", episode="e"),)


NOBODY_SAYS = ladder('[[rules]]\nid = "worse"\nin = "low"\nwhen = "phq_9.total >= 15"\nto = "high"\n')


def test_a_decision_that_no_rule_made_is_told_without_one() -> None:
    """A person decides; where the other steps up, that is sooner."""
    lines = "2026-01-05 phq_9 total=12 q9=0\n2026-01-05 start\n2026-01-12 phq_9 total=14 q9=0\n"
    strict = ladder('[[rules]]\nid = "worse"\nin = "low"\nwhen = "phq_9.total >= 13"\nto = "high"\n')
    (difference,) = compare(NOBODY_SAYS, strict, [history(NOBODY_SAYS, lines)]).differences
    assert str(difference) == "2026-01-12: review, now step-up to high (worse) (sooner)"


def test_two_protocols_are_compared_as_each_is_held_against_what_was_done() -> None:
    """With the same steps, grace, events and meetings, on the days that either reads; hours count where one counts."""
    lines = f"{START}2026-01-12 phq_9 total=16 q9=0\n2026-01-15 step high\n"
    episode = history(LADDER, lines)
    assert compare(LADDER, LADDER, [episode], grace="P3D").one.agreement.count == 1
    assert compare(LADDER, LADDER, [episode]).one.agreement.count == 0
    adjusted = history(LADDER, f"{START}2026-01-19 phq_9 total=11 q9=0\n2026-01-19 dose\n")
    assert compare(LADDER, LADDER, [adjusted], done_by={"adjust": "dose"}).one.people[0].unseen == 0
    assert compare(LADDER, LADDER, [adjusted]).one.people[0].unseen == 1
    seen_once = RULES.replace("phq_9.total >= 15", "phq_9.total >= 15 and times(review) == 0")
    reviewed = ladder(seen_once.replace("[events]", '[events]\nreview = "a meeting"'))
    met = history(reviewed, f"{START}2026-01-12 phq_9 total=16 q9=0\n2026-01-12 review\n2026-01-12 step high\n")
    assert compare(reviewed, reviewed, [met], decided_at="review").one.agreement.count == 1
    assert compare(reviewed, reviewed, [met]).one.agreement.count == 0
    gad = ladder(RULES, measures=f'{MEASURE}[measures.gad_7]\ninstrument = "gad-7"\n')
    more = history(gad, f"{START}2026-01-07 gad_7 total=3\n")
    assert compare(LADDER, gad, [more]).one.people[0].agreed == 2
    hourly = ladder(f'{RULES}[[tasks]]\nid = "soon"\nwhen = "hours_since(contact) >= 8"\n')
    twice = history(LADDER, f"{START}2026-01-06T08:00 contact\n2026-01-06T09:00 contact\n")
    assert compare(LADDER, hourly, [twice]).one.people[0].agreed == 3
    assert compare(LADDER, LADDER, [twice]).one.people[0].agreed == 2


def test_a_comparison_names_the_episode_and_wants_unverified_protocols_accepted() -> None:
    """As the backtests in it."""
    episode = Episode("p", history(LADDER, f"{START}2026-01-12 phq_9 total=14 q9=0\n").entries, id="e-1")
    assert compare(LADDER, STRICT, [episode]).differences[0].episode == "e-1"
    german_impact = protocol("german-impact")
    relapsed = history(
        german_impact, "2026-01-05 phq_9 total=12 q9=0\n2026-01-05 start four-weekly\n2026-02-02 contact"
    )
    with pytest.raises(DefinitionError):
        compare(german_impact, german_impact, [relapsed])
    assert compare(german_impact, german_impact, [relapsed], accept_unverified=True).differences == ()


def test_steps_of_another_protocol_are_taken_in_comparisons_too() -> None:
    """By the names they have there."""
    usual = ladder(
        RULES.replace('"low"', '"weekly"').replace('"high"', '"daily"'),
        head='id = "usual"\ntitle = "Usual care"\nfirst = "weekly"\n',
        steps='[[steps]]\nid = "weekly"\nintensity = 1\n[[steps]]\nid = "daily"\nintensity = 2\n',
    )
    episode = history(usual, f"{START}2026-01-12 phq_9 total=16 q9=0\n2026-01-12 step daily\n")
    found = compare(LADDER, STRICT, [episode], course="usual", steps={"weekly": "low", "daily": "high"})
    assert found.one.agreement.count == found.other.agreement.count == 1
    assert compare(usual, LADDER, [episode], steps={"weekly": "low", "daily": "high"}).other.agreement.count == 1


def test_a_share_of_many_touches_its_ends_exactly() -> None:
    """Whatever rounding makes of it."""
    for of in range(1, 60):
        assert Share(0, of).low == 0.0
        assert Share(of, of).high == 1.0


def test_what_was_never_done_has_no_days_in_the_table() -> None:
    """Nothing is said of by how much."""
    lines = f"{START}2026-01-12 phq_9 total=16 q9=0\n"
    last = str(backtest(LADDER, [history(LADDER, lines)])).splitlines()[-1]
    assert last.split() == ["sooner:", "step-up", "to", "high", "1", "1"]


def test_a_move_across_is_one_too() -> None:
    """From one step to another of the same intensity."""
    steps = "".join(f'[[steps]]\nid = "{name}"\nintensity = 1\n' for name in ("low", "talk"))
    rules = '[[rules]]\nid = "over"\nin = "low"\nwhen = "phq_9.total >= 10"\nto = "talk"\n'
    chosen = ladder(f'{rules}[[rules]]\nid = "on"\nwhen = "yes"\nthen = "stay"\n', steps=steps)
    lines = "2026-01-05 start low\n2026-01-12 phq_9 total=12 q9=0\n2026-01-12 step talk\n"
    found = followed(lines, chosen)
    assert (found.agreed, found.open, found.departure) == (1, 1, None)
    moved = departure(lines.replace("total=12", "total=2"), chosen)
    assert (str(moved.on), str(moved.done), moved.kind) == ("2026-01-12", "switch to talk", "later")


def test_what_was_done_about_advice_is_not_held_against_the_next() -> None:
    """A dose changed two days after it was due answers that, and is no departure from staying."""
    lines = f"{START}2026-01-19 phq_9 total=11 q9=0\n2026-01-21 phq_9 total=8 q9=0\n2026-01-21 dose\n"
    found = followed(lines, done_by={"adjust": "dose"}, grace="P3D")
    assert (found.agreed, found.departure) == (3, None)


def test_the_history_kept_is_the_persons_with_corrections_and_nothing_later() -> None:
    """Whatever was entered of the days after."""
    lines = f"{START}2026-01-12 phq_9 total=9 q9=0\n2026-02-02 contact\n2026-02-02 dose\n"
    entries = history(LADDER, lines).entries
    right = history(LADDER, "2026-01-12 phq_9 total=17 q9=0").entries[0]
    corrected = attrs.evolve(right, id="right", replaces=entries[2].id)
    (found,) = backtest(LADDER, [Episode("p-17", [*entries, corrected], id="e-1")]).departures
    assert isinstance(found.decision.facts, Facts)
    kept = found.decision.facts.episode
    assert (kept.person, kept.id, found.episode) == ("p-17", "e-1", "e-1")
    assert {entry.id for entry in kept.entries} == {entries[0].id, entries[1].id, "right"}
    assert str(found.on) == "2026-01-12"


def test_the_step_someone_was_enrolled_in_is_kept_with_a_departure() -> None:
    """Not only the first: those who begin higher up are moved down from there."""
    outside = RULES.replace('id = "enter"\nin = "outside"\nwhen = "phq_9.total >= 10"\nto = "low"',
                            'id = "enter"\nin = "outside"\nwhen = "phq_9.total >= 10"\nto = "high"')  # fmt: skip
    lines = "2026-01-05 phq_9 total=12 q9=0\n2026-01-05 start high\n2026-01-12 phq_9 total=8 q9=0"
    found = departure(lines, ladder(outside))
    assert (found.decision.from_step, str(found.advised)) == ("high", "step-down to low")


def test_a_meeting_named_but_never_held_changes_nothing() -> None:
    """Nor does one that counted before."""
    seen_once = RULES.replace("phq_9.total >= 15", "phq_9.total >= 15 and times(review) == 1")
    reviewed = ladder(seen_once.replace("[events]", '[events]\nreview = "a meeting"'))
    lines = f"{START}2026-01-08 review\n2026-01-12 phq_9 total=16 q9=0\n"
    assert departure(lines, reviewed, decided_at="review").advised.move == "step-up"
    assert departure(f"{lines}2026-01-12 review", reviewed, decided_at="review").advised.move == "step-up"
    assert followed(f"{START}2026-01-12 phq_9 total=16 q9=0\n", reviewed, decided_at="review").departure is None
    kept = departure(f"{lines}2026-01-12 dose", reviewed, decided_at="review").decision.facts
    assert isinstance(kept, Facts)
    assert [one.name for one in kept.episode.entries if isinstance(one, Event)] == ["review", "dose"]
