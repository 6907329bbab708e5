"""What a reader is shown of what a protocol says."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import pytest

from carecoord.errors import DataError, DefinitionError
from carecoord.roles import Clause, Consent, Disclosure, Member, Reader, Recipient
from carecoord.stepped_care import (
    Assessment,
    Decision,
    Enrolment,
    Entry,
    Episode,
    decide,
    disclose_decision,
    protocol,
    read_protocol,
)

MADE, LATER, DAY = date(2026, 1, 5), date(2026, 3, 2), date(2026, 3, 9)
LEE = Member("lee", role="primary-care-provider", since=MADE)
GERMAN = protocol("german-impact")
ENROLLED = Enrolment(id="1", on=MADE, protocol="german-impact")
FIRST = Assessment(id="2", on=MADE, instrument="phq-9", scores={"total": 20}, items={"q9": 0})
SECOND = Assessment(id="3", on=LATER, instrument="phq-9", scores={"total": 4}, items={"q9": 0})
RISK = Assessment(id="4", on=LATER, instrument="phq-9", scores={"total": 19}, items={"q9": 2}, labels={"HIV"})


def reader(*categories: str) -> Reader:
    """Give a reader who may see ordinary content and these categories."""
    permits = [
        Clause(id=str(number), decision="permit", categories=each, to=[Recipient(person="lee")], purposes=["TREAT"])
        for number, each in enumerate([(), *([category] for category in categories)])
    ]
    consent = Consent(id="G", patient="anna", signed=MADE, clauses=permits)
    return Reader(member=LEE, purpose="TREAT", on=DAY, consents=[consent])


def shown(*entries: Entry, by: Reader | None = None, **options: Any) -> Disclosure[Decision | None]:
    """Disclose a decision."""
    return disclose_decision(GERMAN, Episode("anna", [ENROLLED, *entries]), by or reader("MH"), **options)


def test_whoever_may_see_all_that_is_read_is_shown_what_the_protocol_says() -> None:
    """The same as decided from the whole, explanation and all; nothing waits for the discloser."""
    found = shown(FIRST, SECOND)
    whole = decide(GERMAN, Episode("anna", [ENROLLED, FIRST, SECOND]), on=DAY)
    assert found.view is not None
    assert (found.view.move, found.view.rule) == (whole.move, whole.rule) == ("step-down", "remission")
    assert str(found.view.explain()) == str(whole.explain())
    assert (found.attention, found.withheld, found.on) == ((), (), DAY)


def test_whoever_may_not_see_all_that_is_declared_is_shown_nothing_whatever_there_is() -> None:
    """Also of somebody who has no such score at all: a blank tells nothing."""
    for entries in ((), (FIRST, SECOND)):
        assert shown(*entries, by=reader(), accept_unverified=True).view is None
    assert shown(FIRST, SECOND, by=reader()).attention == ("anna: step-down to four-weekly, not shown",)


def test_a_decision_is_from_what_is_left_and_says_nothing_of_the_rest() -> None:
    """An assessment labelled by itself is not read; that the whole is urgent is for the discloser alone."""
    found = shown(FIRST, SECOND, RISK, accept_unverified=True)
    without = shown(FIRST, SECOND, accept_unverified=True)
    assert found.view == without.view
    assert str(found.view and found.view.explain()) == str(without.view and without.view.explain())
    assert [each.element for each in found.withheld] == ["entries.4"]
    assert len(found.attention) == 2
    assert found.attention[0].startswith("anna: same-day, raised: ")
    assert found.attention[0].endswith(", not shown")
    assert found.attention[1].endswith(", shown as step-down to four-weekly")


def test_an_episode_of_which_nothing_is_left_gives_no_decision() -> None:
    """As if nobody knew of it."""
    nobody = attrs.evolve(reader(), consents=())
    found = shown(FIRST, SECOND, by=nobody)
    assert found.view is None
    assert found.obligations == frozenset()


def test_a_protocol_of_ones_own_is_read_as_it_is() -> None:
    """What it declares counts, whether anybody has described it or not."""
    own = read_protocol("""
        id = "own"
        title = "Own"
        version = "1"
        first = "only"
        [measures.audit]
        instrument = "audit"
        [[steps]]
        id = "only"
        intensity = 1
        [[rules]]
        id = "always"
        in = "only"
        when = "yes"
        then = "stay"
        """)
    episode = Episode("anna", [Enrolment(id="1", on=MADE, protocol="own")])
    assert disclose_decision(own, episode, reader("MH", "SUD")).view is None
    described = attrs.evolve(reader("SUD"), codes=reader().codes.with_defaults("protocol", {"own": ["ETHUD"]}))
    found = disclose_decision(own, episode, described).view
    assert found is not None
    assert found.rule == "always"
    assert disclose_decision(own, episode, attrs.evolve(described, consents=reader("MH").consents)).view is None


def test_what_cannot_be_decided_from_the_whole_is_told_to_the_discloser() -> None:
    """The reader's own decision may still be made: the unverified part speaks in the whole only."""
    with pytest.raises(DefinitionError, match="not checked against a source"):
        disclose_decision(
            protocol("cocm-treat-to-target"),
            Episode("anna", [Enrolment(id="1", on=MADE, protocol="cocm-treat-to-target"), FIRST]),
            reader("MH"),
        )
    refused = disclose_decision(
        protocol("cocm-treat-to-target"),
        Episode("anna", [Enrolment(id="1", on=MADE, protocol="cocm-treat-to-target"), FIRST]),
        reader(),
    )
    assert refused.view is None
    assert refused.attention[0].startswith("what the whole episode says cannot be decided: ")


def test_a_consent_of_somebody_else_is_refused() -> None:
    """Passing over a refusal would open what it closes."""
    other = attrs.evolve(reader().consents[0], patient="ben", given_by="ben")
    with pytest.raises(DataError, match="about somebody whom the value is not about"):
        shown(FIRST, by=attrs.evolve(reader("MH"), consents=[other]))
