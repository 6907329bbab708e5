from __future__ import annotations

import pytest

from carecoord.errors import DefinitionError
from carecoord.stepped_care import Protocol, check_scenarios, decide, protocol, protocols
from carecoord.stepped_care._definition import Scenario
from carecoord.stepped_care._scenarios import episode_of
from tests.stepped_care.builders import ladder

SHIPPED = [
    pytest.param(name, scenario, id=f"{name}: {scenario.name}")
    for name in (*protocols(), "self-harm")
    for scenario in protocol(name).scenarios
]


@pytest.mark.parametrize(("name", "scenario"), SHIPPED)
def test_every_worked_example_of_a_file_comes_out(name: str, scenario: Scenario) -> None:
    """As its file says."""
    failures = {failure.scenario: str(failure) for failure in check_scenarios(protocol(name))}
    assert scenario.name not in failures, failures[scenario.name]


@pytest.mark.parametrize("name", [*protocols(), "self-harm"])
def test_every_rule_and_every_alert_has_a_worked_example(name: str) -> None:
    """Each wins, or is raised, in one of them; names say what they show, once."""
    found = protocol(name)
    decisions = []
    for scenario in found.scenarios:
        episode, on = episode_of(found, scenario)
        decisions.append(decide(found, episode, on=on, accept_unverified=True))
    own = {rule.id for rule in found.definition.rules}
    assert {decision.rule for decision in decisions} >= own
    raised = {alert.id for decision in decisions for alert in decision.alerts if alert.state == "raised"}
    alerts = found.definition.alerts if name != "self-harm" else found.modules[0].alerts
    assert raised >= {alert.id for alert in alerts}
    names = [scenario.name for scenario in found.scenarios]
    assert len(set(names)) == len(names)


BODY = """
[facts]
mood = { values = ["low", "fine"] }
[[alerts]]
id = "nine"
when = "phq_9.q9 >= 1"
urgency = "same-day"
[[add_ons]]
id = "flag"
when = "phq_9.total > 5"
[[tasks]]
id = "call"
when = "phq_9.total > 5"
[[rules]]
id = "up"
when = "phq_9.total >= 10"
to = "high"
[[rules]]
id = "out"
when = "phq_9.total < 10"
then = "exit"
"""


def with_scenario(history: str, expect: str, on: str = "2026-01-05") -> Protocol:
    """Give a protocol with one worked example."""
    return ladder(f'{BODY}[[scenarios]]\nname = "s"\nhistory = """\n{history}\n"""\non = "{on}"\nexpect = {expect}\n')


@pytest.mark.parametrize(
    ("expect", "messages"),
    [
        ('{ move = "step-up", to = "high", rule = "up", alerts = ["nine"], add_ons = ["flag"], tasks = ["call"] }', ()),
        ('{ alerts = ["nine"] }', ()),
        ("{ }", ("alerts: nothing was wanted, found nine",)),
        ('{ move = "stay", alerts = ["nine"] }', ("move: stay was wanted, found step-up",)),
        ('{ to = ["low", "high"], alerts = ["nine"] }', ("to: low, high was wanted, found high",)),
        ('{ rule = "out", alerts = ["nine"] }', ("rule: out was wanted, found up",)),
        ('{ tasks = [], alerts = ["nine"] }', ("tasks: nothing was wanted, found call",)),
        ('{ add_ons = [], alerts = ["nine"] }', ("add_ons: nothing was wanted, found flag",)),
        ('{ asks = ["x"], alerts = ["nine"] }', ("asks: x was wanted, found nothing",)),
        ('{ provisional = true, alerts = ["nine"] }', ("provisional: True was wanted, found False",)),
        ('{ held_back_by = "nine", alerts = ["nine"] }', ("held_back_by: nine was wanted, found nothing",)),
    ],
)
def test_what_a_worked_example_names_is_compared(expect: str, messages: tuple[str, ...]) -> None:
    """Only that, and an alert that nobody named."""
    found = with_scenario("2026-01-05 start\n2026-01-05 phq_9 total=12 q9=1", expect)
    failures = check_scenarios(found)
    assert tuple(message for failure in failures for message in failure.messages) == messages
    if messages:
        assert str(failures[0]) == f"s\n  {messages[0]}"


def test_what_held_a_move_back_is_compared() -> None:
    """One of the alerts that did is enough."""
    lines = "2026-01-05 start\n2026-01-05 phq_9 total=2 q9=1"
    assert check_scenarios(with_scenario(lines, '{ alerts = ["nine"], held_back_by = "nine" }')) == ()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("phq_9 total=3", "a day and what was so are wanted"),
        ("2026-02-30 phq_9 total=3", "day is out of range for month"),
        ("2026-01-05 phq_9", "phq-9 has no scores here"),
        ("2026-01-05 phq_9 totl=3", "phq-9 has no totl"),
        ("2026-01-05 humour=low", "humour is no fact that a person records here"),
        ("2026-01-05 mood=-", "mood is no fact that a person records here"),
        ("2026-01-05 step", "step is followed by nothing"),
        ("2026-01-05 step middle", "there is no step 'middle'"),
        ("2026-01-05 start low now", "start is followed by low now"),
        ("2026-01-05 review twice", "review is followed by twice"),
    ],
)
def test_a_line_that_cannot_be_read_is_refused_with_its_place(line: str, message: str) -> None:
    """With all others, and with a day that cannot be."""
    found = with_scenario(f"2026-01-05 start\n{line}", "{ }", on="2026-13-01")
    with pytest.raises(DefinitionError) as refused:
        check_scenarios(found)
    assert "$.scenarios[s].history[2]" in str(refused.value)
    assert "$.scenarios[s].on" in str(refused.value)
    assert message in str(refused.value)


def test_a_line_that_cannot_be_read_is_refused_on_a_day_that_can_be() -> None:
    """Faults of lines are enough."""
    with pytest.raises(DefinitionError, match="there is no step 'middle'"):
        check_scenarios(with_scenario("2026-01-05 start middle", "{ }"))


def test_lines_tell_every_kind_of_entry() -> None:
    """Enrolment and its end, steps, contacts, facts, events, assessments with blanks and numbers of any kind."""
    lines = """
    2026-01-05 start high
    2026-01-05T09:30 step low
    2026-01-06 contact
    2026-01-06 missed_contact
    2026-01-07 mood=fine
    2026-01-07 review
    2026-01-08 phq_9 total=- q9=2 syndrome=other phq_2=1.5
    2026-01-09 end
    """
    found = with_scenario("2026-01-05 start", "{ }")
    scenario = Scenario(name="s", history=lines, on="2026-01-09T10:00", expect=found.scenarios[0].expect)
    episode, on = episode_of(found, scenario)
    assert [entry.kind for entry in episode.entries] == [
        "enrolment", "step", "contact", "contact", "fact", "event", "assessment", "enrolment-end",
    ]  # fmt: skip
    assessment = episode.entries[6]
    assert assessment.kind == "assessment"
    assert dict(assessment.scores) == {"total": None, "syndrome": "other", "phq-2": 1.5}
    assert dict(assessment.items) == {"q9": 2}
    assert on.isoformat() == "2026-01-09T10:00:00+00:00"
