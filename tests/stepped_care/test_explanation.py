from __future__ import annotations

from datetime import date

import pytest

from carecoord._definitions import structure, unstructure
from carecoord.stepped_care import Assessment, Decision, Enrolment, Episode, decide, override, protocol
from tests.stepped_care.builders import STEPS, decided, history, ladder

COCM = """
2026-01-05 phq_9 total=16 q9=0
2026-01-05 start
2026-01-19 contact
2026-02-20 contact
2026-03-02 phq_9 total=12 q9={}
"""


def said(name: str, lines: str, on: str) -> list[str]:
    """Give the explanation of a decision by one of the shipped protocols, line by line."""
    return str(decided(protocol(name), lines, on, accept_unverified=True).explain()).splitlines()


def test_the_rule_that_won_and_those_that_did_not_say_why() -> None:
    """One line for the decision, then each rule in order with the values and the days that carried it."""
    lines = "2026-01-05 phq_9 total=20 q9=0\n2026-01-05 start\n2026-03-02 phq_9 total=4 q9=0"
    assert said("german-impact", lines, "2026-03-02") == [
        "step-down to four-weekly (rule: remission)",
        "  twelve-months: does not hold (weeks_in_care is 8, wanted >= 52) [S2, S3]",
        "  between-meetings: does not hold (weeks_since_meeting is 8, wanted < 8) [S2, S3]",
        "  remission: holds (phq_9.total is 4 on 2026-03-02, which is < 5) [S2, S3 for the number]",
    ]


def test_tasks_named_rules_and_unverified_numbers_are_spoken_of() -> None:
    """A task says why it is due; a named rule gives its value and what it rests on; what is recalled is marked."""
    lines = said("cocm-treat-to-target", COCM.format(0), "2026-03-02")
    assert lines[0] == "step-up to changed (rule: not-improved)"
    because = "step is acute, which is != outside; weeks_in_care is 8, which is >= 8; responded is no ("
    assert lines[1].startswith(f"  task consultation-due: {because}")
    assert "phq_9.total.percent_improvement is 25 on 2026-03-02, which is not >= 50" in lines[1]
    assert any(
        line.startswith("  disengaged: does not hold (") and line.endswith(" [recalled] unverified") for line in lines
    )
    assert "  not-improved: holds (weeks_in_step is 8, which is >= 8) [S1]" in lines
    assert lines[-1].startswith("  unverified: phq_9, consultation-due, worse, disengaged: not checked")
    assert not any("not-improved-after-two-changes" in line for line in lines)


def test_a_decision_that_asks_says_what_for_and_why_it_is_unknown() -> None:
    """Every unknown rule says so, and the fact is named once, under the name to supply it by."""
    lines = said("german-impact", "2026-01-05 phq_9 total=12 q9=0\n2026-01-05 start", "2026-03-02")
    assert lines[0] == "ask (rule: remission)"
    because = "phq_9.total is unknown (last on 2026-01-05, good for 4 weeks)"
    assert f"  remission: unknown ({because}) [S2, S3 for the number]" in lines
    assert lines[-2:] == [
        "  the answers could lead to: step-down to four-weekly; adjust; stay",
        "  ask for phq_9.total: last on 2026-01-05, good for 4 weeks",
    ]


CALL = "unanswered(phq_9.q9 >= 1, risk_assessment, cssrs_screener)"


@pytest.mark.parametrize(
    ("answer", "alert"),
    [
        ("1", f"  alert phq-item-9: {CALL} is yes on 2026-03-02 [S11, S12]"),
        ("-", f"  alert phq-item-9: unknown ({CALL} is unknown (left blank on 2026-03-02)) [S11, S12]"),
    ],
)
def test_what_was_held_back_and_by_which_alert(answer: str, alert: str) -> None:
    """The move that the rule called for is named, and the alert says on which day it was raised or left blank."""
    lines = said("german-impact", f"2026-01-05 start\n2026-03-02 phq_9 total=4 q9={answer}", "2026-03-02")
    assert lines[:3] == [
        "stay (rule: remission)",
        "  step-down to four-weekly: held back by phq-item-9",
        alert,
    ]


def test_the_reasons_are_values_too() -> None:
    """A program can take them apart: what about, which, how it stands, from where, and whether verified."""
    decision = decided(protocol("cocm-treat-to-target"), COCM.format(0), "2026-03-02", accept_unverified=True)
    reasons = {reason.id: reason for reason in decision.explain().reasons}
    disengaged, won = reasons["disengaged"], reasons["not-improved"]
    assert (disengaged.about, disengaged.state, disengaged.source, disengaged.verified) == (
        "rule",
        "does not hold",
        "recalled",
        False,
    )
    assert (won.state, won.verified, reasons["consultation-due"].about) == ("holds", True, "task")


def test_alternatives_that_several_alerts_hold_back() -> None:
    """All of both are named, and an alert that nobody checked is marked."""
    steps = STEPS + '[[steps]]\nid = "drug"\nintensity = 3\n[[steps]]\nid = "therapy"\nintensity = 3\n'
    found = ladder(
        '[[alerts]]\nid = "one"\nwhen = "weeks_in_care >= 0"\nurgency = "same-day"\nblocks = ["step-up", "exit"]\n'
        'source = "ours"\nevidence = "unverified"\n'
        '[[alerts]]\nid = "two"\nwhen = "yes"\nurgency = "same-day"\nblocks = ["step-up", "exit"]\n'
        '[[rules]]\nid = "up"\nin = "low"\nwhen = "yes"\nto = ["therapy", "drug"]\n'
        '[[rules]]\nid = "out"\nin = "high"\nwhen = "yes"\nthen = "exit"\n',
        steps=steps,
    )
    lines = str(decided(found, "2026-01-05 start", "2026-01-05", accept_unverified=True).explain()).splitlines()
    assert lines == [
        "stay (rule: up)",
        "  step-up to therapy or drug: held back by one, two",
        "  alert one: weeks_in_care is 0, which is >= 0 [ours] unverified",
        "  alert two: yes",
        "  up: holds (yes)",
        "  unverified: one: not checked against a source",
    ]
    leaving = decided(found, "2026-01-05 start high", "2026-01-05", accept_unverified=True).explain()
    assert str(leaving).splitlines()[1] == "  exit: held back by one, two"
    reasons = {reason.id: reason.verified for reason in leaving.reasons}
    assert (reasons["one"], reasons["two"], reasons["out"]) == (False, True, True)


def test_what_was_never_reported_has_no_day() -> None:
    """A rule may rest on nothing being open."""
    found = ladder('[[rules]]\nid = "a"\nwhen = "not unanswered(phq_9.q9 >= 1, contact)"\nthen = "stay"\n')
    assert str(decided(found, "2026-01-05 start", "2026-01-05").explain()).splitlines()[1] == (
        "  a: holds (unanswered(phq_9.q9 >= 1, contact) is no)"
    )


def test_a_score_at_an_event_names_its_day() -> None:
    """Not the day of the event."""
    found = ladder('[[rules]]\nid = "a"\nwhen = "at(phq_9.total, step) >= 5"\nthen = "stay"\n')
    lines = "2026-01-05 phq_9 total=12\n2026-01-05 start\n2026-01-12 step high"
    assert str(decided(found, lines, "2026-01-12").explain()).splitlines()[1] == (
        "  a: holds (at(phq_9.total, step) is 12 on 2026-01-05, which is >= 5)"
    )


def test_what_was_passed_over_or_counted_as_holding_is_said() -> None:
    """Also an add-on that nobody can decide, and why a record is not used."""
    found = ladder(
        '[facts]\nx = { type = "yes/no", valid_for = "P1W" }\ny = { type = "yes/no" }\n'
        '[[add_ons]]\nid = "flag"\nwhen = "y"\n'
        '[[rules]]\nid = "a"\nwhen = "x"\nthen = "refer"\nunknown = "pass"\n'
        '[[rules]]\nid = "b"\nwhen = "y"\nto = "high"\nunknown = "hold"\n'
    )
    lines = str(decided(found, "2026-01-05 start\n2026-01-05 x=yes", "2026-02-05").explain()).splitlines()
    assert lines == [
        "step-up to high (rule: b)",
        "  add-on flag: unknown (y is unknown (never recorded))",
        "  a: unknown, passed over (x is unknown (last on 2026-01-05, good for 1 week))",
        "  b: unknown, counts as if it held (y is unknown (never recorded))",
        "  ask for x: last on 2026-01-05, good for 1 week",
        "  ask for y: never recorded",
    ]


def test_review_says_that_no_rule_holds() -> None:
    """Each rule with why it does not."""
    found = ladder('[[rules]]\nid = "a"\nwhen = "weeks_in_care > 3"\nthen = "stay"\n')
    assert str(decided(found, "2026-01-05 start", "2026-01-05").explain()) == (
        "review\n  a: does not hold (weeks_in_care is 0, wanted > 3)"
    )


def test_an_override_that_stands_is_said() -> None:
    """Until its last day, and not after."""
    found = ladder('[[rules]]\nid = "a"\nwhen = "yes"\nto = "high"\n')
    episode = history(found, "2026-01-05 start")
    decision = decide(found, episode, on=date(2026, 1, 5))
    kept = override(episode, decision, move="stay", by="lee", reason="prefers to wait", until=date(2026, 1, 19))
    during = str(decide(found, kept, on=date(2026, 1, 19)).explain())
    assert during.splitlines()[1] == "  override: stay stands until 2026-01-19"
    assert "override" not in str(decide(found, kept, on=date(2026, 1, 20)).explain())
    for_good = override(episode, decision, move="stay", by="lee", reason="prefers to wait")
    lines = str(decide(found, for_good, on=date(2027, 1, 1)).explain()).splitlines()
    assert lines[1] == "  override: stay stands"


def test_a_rule_that_bounds_settled_names_the_bounds() -> None:
    """It holds, although the score is not known."""
    found = ladder('[[rules]]\nid = "a"\nwhen = "phq_9.total >= 15"\nto = "high"\n')
    half = Assessment(
        id="2", on=date(2026, 1, 5), instrument="phq-9", scores={"total": None}, possible={"total": (17, 23)}
    )
    episode = Episode("p", [Enrolment(id="1", on=date(2026, 1, 5), protocol="ladder"), half])
    assert str(decide(found, episode, on=date(2026, 1, 5)).explain()).splitlines()[1] == (
        "  a: holds (phq_9.total is unknown (incomplete on 2026-01-05, 17 to 23 possible))"
    )


def test_a_decision_read_back_from_plain_data_lists_its_facts() -> None:
    """The history it was made from is not there any more, so it says what was decided and from which values."""
    decision = decided(protocol("german-impact"), "2026-01-05 start\n2026-03-02 phq_9 total=4 q9=0", "2026-03-02")
    again = structure(unstructure(decision), Decision, name="decision")
    lines = str(again.explain()).splitlines()
    assert lines[0] == "step-down to four-weekly (rule: remission)"
    assert "  phq_9.total: 4" in lines


def test_no_explanation_names_a_person() -> None:
    """The person's id is nowhere in it."""
    found = protocol("german-impact")
    decision = decided(found, "2026-01-05 start\n2026-03-02 phq_9 total=4 q9=1", "2026-03-02")
    assert "someone" not in str(decision.explain())
