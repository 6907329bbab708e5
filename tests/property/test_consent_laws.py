"""Laws of consent decisions, over random consents, readers and labels."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import attrs
from hypothesis import given, settings

from carecoord.roles import Clause, Consent, ConsentDecision, Label, Revocation, may_see
from tests.roles import random_consents as make
from tests.roles.consent_by_hand import ByHand

DAY = timedelta(days=1)


def ask(consents: list[Consent], label: Label, question: dict[str, Any]) -> ConsentDecision:
    """Ask the library."""
    asked = dict(question)
    return may_see(consents, asked.pop("member"), label, **asked)


@settings(max_examples=1500)
@given(make.seeds)
def test_decisions_agree_with_the_table_read_by_hand(r: Random) -> None:
    """A second reading of the table, which shares nothing with the library, gives the same answer."""
    consents = make.consents(r)
    label, question = make.a_label(r), make.a_question(r)
    decision = ask(consents, label, question)
    assert (decision.result, decision.reason) == ByHand(consents, **question).answer(label)


def with_exception(clause: Clause, refusal: Clause, r: Random) -> Clause:
    """Add a refusal as an exception somewhere in a clause."""
    if clause.exceptions and r.random() < 0.6:
        place = r.randrange(len(clause.exceptions))
        changed = list(clause.exceptions)
        changed[place] = with_exception(changed[place], refusal, r)
        return attrs.evolve(clause, exceptions=changed)
    return attrs.evolve(clause, exceptions=(*clause.exceptions, refusal))


@settings(max_examples=800)
@given(make.seeds)
def test_a_further_refusal_never_opens_anything(r: Random) -> None:
    """A refusal more, as a consent or as an exception at any depth, never turns a no into a yes."""
    consents = make.consents(r)
    refusal = make.a_consent(r, name="new", decision="refuse")
    label, question = make.a_label(r), make.a_question(r)
    before = ask(consents, label, question)
    after = [ask([*consents, refusal], label, question)]
    for place, consent in enumerate(consents):
        number = r.randrange(len(consent.clauses))
        clauses = list(consent.clauses)
        clauses[number] = with_exception(clauses[number], attrs.evolve(refusal.clauses[0], id="new"), r)
        after.append(
            ask([*consents[:place], attrs.evolve(consent, clauses=clauses), *consents[place + 1 :]], label, question)
        )
    assert before.permits or not any(decision.permits for decision in after)


@settings(max_examples=500)
@given(make.seeds)
def test_a_further_consent_that_permits_never_narrows(r: Random) -> None:
    """What could be seen before can be seen with one more permission."""
    consents = make.consents(r)
    grant = make.a_consent(r, name="new", decision="permit")
    label, question = make.a_label(r), make.a_question(r)
    before, after = ask(consents, label, question), ask([*consents, grant], label, question)
    assert after.permits or not before.permits


def shuffled(consents: list[Consent], r: Random) -> list[Consent]:
    """Put consents and their clauses into another order."""

    def mixed(clauses: tuple[Clause, ...]) -> list[Clause]:
        found = [attrs.evolve(clause, exceptions=mixed(clause.exceptions)) for clause in clauses]
        r.shuffle(found)
        return found

    changed = [attrs.evolve(consent, clauses=mixed(consent.clauses)) for consent in consents]
    r.shuffle(changed)
    return changed


@settings(max_examples=300)
@given(make.seeds)
def test_the_order_of_consents_and_clauses_changes_nothing(r: Random) -> None:
    """The decision is the same, clauses and all that is told of it included."""
    consents = make.consents(r)
    label, question = make.a_label(r), make.a_question(r)
    assert ask(consents, label, question) == ask(shuffled(consents, r), label, question)


@settings(max_examples=300)
@given(make.seeds)
def test_without_consents_only_few_may_see(r: Random) -> None:
    """The person, who has authority for them, the author of notes, and an emergency."""
    label, question = make.a_label(r), make.a_question(r)
    decision = ask([], label, question)
    if decision.permits:
        assert decision.reason in {"own-record", "own-notes", "break-glass", "authority"}
        assert question["authorities"] or decision.reason != "authority"


@settings(max_examples=500)
@given(make.seeds)
def test_expiry_changes_the_answer_on_its_day_and_not_before(r: Random) -> None:
    """With an end on a day, the day before is as it was, and that day is as if the consent were not there."""
    consents = make.consents(r)
    label, question = make.a_label(r), make.a_question(r)
    on = make.FIRST + timedelta(weeks=3)
    asked = {**question, "on": on, "as_of": None}
    for place, consent in enumerate(consents):
        ended = attrs.evolve(consent, until=on)
        rest = [*consents[:place], *consents[place + 1 :]]
        held = attrs.evolve(consent, until=on + DAY)
        assert ask([*rest, ended], label, asked).result == ask(rest, label, asked).result
        before = {**asked, "on": on - DAY}
        assert ask([*rest, ended], label, before) == ask([*rest, held], label, before)


@settings(max_examples=500)
@given(make.seeds)
def test_revocation_counts_from_its_day_and_replay_knows_only_what_was_recorded(r: Random) -> None:
    """It counts from the start of its day; asked as of a day before it was written down, the old answer comes."""
    consents = make.consents(r)
    label, question = make.a_label(r), make.a_question(r)
    on, late = make.FIRST + timedelta(weeks=3), make.FIRST + timedelta(weeks=5)
    asked = {**question, "on": on, "as_of": None}
    for place, consent in enumerate(consents):
        rest = [*consents[:place], *consents[place + 1 :]]
        kept = attrs.evolve(consent, revocations=())
        taken = attrs.evolve(consent, revocations=[Revocation(on=on, recorded=late)])
        assert ask([*rest, taken], label, asked).result == ask(rest, label, asked).result
        before = {**asked, "on": on - DAY}
        assert ask([*rest, taken], label, before) == ask([*rest, kept], label, before)
        replayed = {**asked, "as_of": late - DAY}
        assert ask([*rest, taken], label, replayed) == ask([*rest, kept], label, replayed)


@settings(max_examples=200)
@given(make.seeds)
def test_several_labels_are_seen_only_together(r: Random) -> None:
    """Something with two labels is seen where each by itself is."""
    consents = make.consents(r)
    one, other, question = make.a_label(r), make.a_label(r), make.a_question(r)
    asked = dict(question)
    both = may_see(consents, asked.pop("member"), [one, other], **asked)
    assert both.permits == (ask(consents, one, question).permits and ask(consents, other, question).permits)


def test_dates_are_days() -> None:
    """A moment counts by its own day."""
    moment = datetime.fromisoformat("2026-03-01T23:30:00-05:00")
    member = attrs.evolve(make.MEMBERS[0], since=date(2026, 3, 2))
    decision = may_see([], member, Label(), purpose="TREAT", on=moment)
    assert decision.reason == "not-active"
