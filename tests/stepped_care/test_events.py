from __future__ import annotations

from typing import Any

import pytest

from carecoord.errors import DefinitionError
from carecoord.stepped_care import check_scenarios, protocol, protocols, read_protocol
from tests.stepped_care.builders import HEAD, MEASURE, ladder, pickled

EVENTS = '[events]\nreview = "a meeting about the person"\ndose_reached = "the dose that treats was reached"\n'
RULE = """
[[rules]]
id = "r"
when = "{}"
then = "stay"
"""
MODULE = """
id = "falls"
kind = "module"
title = "Falls"
[events]
fall = "the person fell"
[[alerts]]
id = "fell"
when = "times(fall, days=1) >= 1"
urgency = "same-day"
"""


def refusal(body: str, **options: Any) -> str:
    """Give the faults of a file, one a line."""
    with pytest.raises(DefinitionError) as refused:
        ladder(body, **options)
    return str(refused.value)


@pytest.mark.parametrize(
    "when",
    [
        "times(reviw) >= 1",
        "weeks_since(reviw) >= 1",
        "weeks_since(dose_reached, on_or_after=reviw) >= 1",
        "times(contact, since=reviw) >= 1",
        "phq_9.total - at(phq_9.total, reviw) >= 5",
        "unanswered(phq_9.q9 >= 1, contact, reviw)",
        "in_a_row(phq_9.total < 5, 2, since=reviw)",
    ],
)
def test_a_mistyped_event_is_refused_where_events_are_declared(when: str) -> None:
    """Else it would be an event that never happened; the nearest one is named."""
    message = "reviw is no event declared in [events], did you mean review?"
    assert message in refusal(EVENTS + RULE.format(when))
    assert ladder(RULE.format(when)).events == {}


@pytest.mark.parametrize(
    ("when", "message"),
    [
        ("times(step) >= 1", "times() wants an event that is entered, and step is none"),
        ("times(start) >= 1", "times() wants an event that is entered, and start is none"),
        ("unanswered(phq_9.q9 >= 1, step)", "unanswered() wants an event that is entered, and step is none"),
        ("days_since(review, on_or_after=4) >= 1", "days_since() wants an event after on_or_after="),
        ("days_since(review, since=step) >= 1", "days_since() takes on_or_after, found since"),
    ],
)
def test_what_is_no_event_is_not_counted_as_one(when: str, message: str) -> None:
    """It would be an event that never happens."""
    assert message in refusal(RULE.format(when))


def test_a_mistyped_event_in_a_named_rule_a_task_or_an_add_on_is_refused() -> None:
    """Wherever a rule stands."""
    body = EVENTS + '[facts]\nseen = "times(rewiew) >= 1"\n'
    body += '[[tasks]]\nid = "t"\nwhen = "times(reveiw) == 0"\n[[add_ons]]\nid = "a"\nwhen = "times(revew) >= 1"\n'
    said = refusal(body + RULE.format("seen"))
    assert "$.facts.seen: column 1: rewiew is no event declared" in said
    assert "$.tasks[t].when: column 1: reveiw is no event declared" in said
    assert "$.add_ons[a].when: column 1: revew is no event declared" in said


def test_events_that_every_protocol_has_need_no_declaration() -> None:
    """Enrolment, the step, contacts kept and missed, and each measure."""
    words = ("start", "step", "contact", "missed_contact", "phq_9", "review")
    body = "".join(RULE.replace('"r"', f'"r-{word}"').format(f"weeks_since({word}) >= 4") for word in words)
    assert len(ladder(EVENTS + body).parts.rules) == len(words)


def test_a_baseline_is_taken_at_a_declared_event() -> None:
    """Or at the first reading, or at one that every protocol has."""
    for event in ("first", "start", "step", "contact", "dose_reached"):
        measures = MEASURE.replace('"start"', f'"{event}"')
        assert ladder(EVENTS + RULE.format("yes"), measures=measures).parts.measures["phq_9"].baseline == event
    measures = MEASURE.replace('"start"', '"dose_reachd"')
    assert refusal(EVENTS + RULE.format("yes"), measures=measures).endswith(
        "$.measures.phq_9.baseline: dose_reachd is no event declared in [events], did you mean dose_reached?"
    )
    assert ladder(RULE.format("yes"), measures=measures).parts.measures["phq_9"].baseline == "dose_reachd"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ('"a-b"', "a name in rules is letters, digits and _, and begins with a letter"),
        ("phq_9", "the name means something else already"),
        ("mood", "the name means something else already"),
        ("moods", "the name means something else already"),
        ("low_mood", "the name means something else already"),
        ("contact", "the name means something else already"),
        ("first", "the name means something else already"),
        ("contacts", "the name means something else already"),
    ],
)
def test_an_event_has_a_name_of_its_own(name: str, message: str) -> None:
    """A word that rules can use, and no fact, list, named rule or measure."""
    facts = '[facts]\nmood = { values = ["low", "fine"] }\nmoods = { each = ["mood"] }\nlow_mood = "mood == \'low\'"\n'
    said = refusal(f'{facts}[events]\n{name} = "anything"\n' + RULE.format("yes"))
    assert said == f"ladder: 1 fault\n  $.events.{name.strip(chr(34))}: {message}"


def test_a_protocol_may_speak_of_the_events_of_its_modules() -> None:
    """And a module that declares none is not held to what its includer declares."""
    head = HEAD + 'include = ["falls"]\n'
    found = ladder(EVENTS + RULE.format("times(fall) >= 2"), head=head, modules=(MODULE,))
    assert dict(found.events) == {
        "fall": "the person fell",
        "review": "a meeting about the person",
        "dose_reached": "the dose that treats was reached",
    }
    assert pickled(found).events == found.events
    silent = MODULE.replace('[events]\nfall = "the person fell"\n', "")
    assert ladder(EVENTS + RULE.format("yes"), head=head, modules=(silent,)).parts.alerts
    said = refusal(RULE.format("yes"), head=head, modules=(MODULE.replace("times(fall", "times(fal"),))
    assert "$.include[falls].alerts[fell].when: column 1: fal is no event declared in [events]" in said


def test_a_module_by_itself_is_held_to_its_events() -> None:
    """Its worked examples too."""
    assert dict(read_protocol(MODULE).events) == {"fall": "the person fell"}
    scenario = '[[scenarios]]\nname = "s"\nhistory = "2026-01-05 fal"\non = "2026-01-05"\nexpect = {}\n'
    with pytest.raises(DefinitionError, match=r"fal is no event declared in \[events\], did you mean fall\?"):
        check_scenarios(read_protocol(MODULE + scenario))


def test_a_worked_example_tells_only_of_declared_events() -> None:
    """A slip there would show a case that is not the one meant."""
    scenario = '[[scenarios]]\nname = "s"\nhistory = "2026-01-05 reviw"\non = "2026-01-05"\nexpect = {}\n'
    with pytest.raises(DefinitionError) as refused:
        check_scenarios(ladder(EVENTS + RULE.format("yes") + scenario))
    assert str(refused.value).endswith(
        "$.scenarios[s].history[1]: reviw is no event declared in [events], did you mean review?"
    )
    assert check_scenarios(ladder(RULE.format("yes") + scenario)) == ()


@pytest.mark.parametrize("name", [*protocols(), "self-harm"])
def test_every_shipped_file_declares_the_events_it_speaks_of(name: str) -> None:
    """Taking its table away leaves nothing undeclared: every rule's event is in it, or in a module's."""
    found = protocol(name)
    ours = ("first", "start", "step", "contact", "missed_contact", *found.parts.measures)
    spoken = {event for one in found.parts.reductions.values() for event in one.named if event not in ours}
    assert spoken <= set(found.events)
    assert all(found.events.values())
