"""What a reader sees of an episode."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import attrs
import pytest

from carecoord.errors import UnknownIdError
from carecoord.interop import dumps, loads
from carecoord.roles import (
    Clause,
    Consent,
    Declassification,
    Member,
    Reader,
    Recipient,
    Team,
    disclose,
    project,
    sensitivity,
)
from carecoord.stepped_care import (
    Assessment,
    Contact,
    Enrolment,
    Entry,
    Episode,
    EpisodeView,
    Event,
    RecordedFact,
    StepEntry,
    Withdrawal,
    accept,
    categories_read,
    decide,
    override,
    protocol,
    protocols,
    read_protocol,
)

MADE, DAY = date(2026, 1, 5), date(2026, 6, 15)
LEE = Member("lee", role="primary-care-provider", since=MADE)
ADM = Member("adm", role="addiction-physician", since=MADE)
COCM = "cocm-treat-to-target"
PHQ = Assessment(id="phq", on=MADE, instrument="phq-9", scores={"total": 14}, items={"q9": 0}, by="lee")
AUDIT = Assessment(id="audit", on=MADE, instrument="audit", scores={"total": 20}, by="adm")
CALL = Contact(id="call", on=MADE, how="phone", by="adm")


def reader(*categories: str, **fields: Any) -> Reader:
    """Give a reader who may see ordinary content and these categories."""
    permits = [
        Clause(id=str(number), decision="permit", categories=each, to=[Recipient(person="lee")], purposes=["TREAT"])
        for number, each in enumerate([(), *([category] for category in categories)])
    ]
    said: dict[str, Any] = {"team": Team([LEE, ADM]), **fields}
    consent = Consent(id="G", patient="anna", signed=MADE, clauses=permits)
    return Reader(member=LEE, purpose="TREAT", on=DAY, consents=[consent], **said)


def seen(entries: Iterable[Entry], by: Reader | None = None) -> EpisodeView:
    """Give what a reader sees."""
    found: EpisodeView = disclose(Episode("anna", entries, id="e"), by or reader()).view
    return found


def kinds(entries: Iterable[Entry], by: Reader | None = None) -> list[str]:
    """Give the kinds of what a reader sees."""
    return [entry.kind for entry in seen(entries, by).entries]


def test_an_assessment_discloses_what_its_instrument_measures() -> None:
    """A PHQ-9 is about mental health and an AUDIT about alcohol, whatever their authors said."""
    assert kinds([PHQ, AUDIT, CALL]) == ["contact"]
    assert [getattr(one, "instrument", "") for one in seen([PHQ, AUDIT, CALL], reader("MH")).entries] == ["phq-9", ""]
    assert len(seen([PHQ, AUDIT, CALL], reader("MH", "SUD")).entries) == 3


def test_who_wrote_something_is_shown_where_their_role_may_be() -> None:
    """An addiction physician's name goes, the entry stays."""
    assert [entry.by for entry in seen([PHQ, CALL], reader("MH")).entries] == ["lee", ""]
    assert [entry.by for entry in seen([PHQ, CALL], reader("MH", "SUD")).entries] == ["lee", "adm"]


def test_being_in_a_protocol_discloses_all_that_it_may_read() -> None:
    """Enrolment, steps and their end; and a step that the site says discloses more."""
    course: list[Entry] = [
        Enrolment(id="1", on=MADE, protocol=COCM),
        StepEntry(id="2", on=MADE, protocol=COCM, step="active"),
    ]
    assert kinds([CALL, *course]) == ["contact"]
    assert kinds([CALL, *course], reader("MH")) == ["contact", "enrolment", "step"]
    ours = sensitivity().with_defaults("step", {f"{COCM}/active": ["SUD"]})
    assert kinds([CALL, *course], reader("MH", codes=ours)) == ["contact", "enrolment"]


def test_what_a_protocol_reads_cannot_be_said_not_to_count() -> None:
    """An author declassifies what is said in an entry, never that somebody is in a protocol."""
    said = Declassification(patient="anna", element="entries.1", categories=["MH"], by="lee", on=MADE, reason="x")
    assert kinds([CALL, Enrolment(id="1", on=MADE, protocol=COCM)], reader(declassified=[said])) == ["contact"]
    mine = attrs.evolve(said, element="entries.phq")
    assert kinds([PHQ], reader(declassified=[mine])) == ["assessment"]


def test_of_a_protocol_nobody_described_nobody_sees_that_somebody_is_in_it() -> None:
    """Unless the site says what it reads."""
    entries: list[Entry] = [CALL, Enrolment(id="1", on=MADE, protocol="ours")]
    assert kinds(entries, reader("all")) == ["contact"]
    told = sensitivity().with_defaults("protocol", {"ours": ["SUD"]})
    assert kinds(entries, reader(codes=told)) == ["contact"]
    assert kinds(entries, reader("SUD", codes=told)) == ["contact", "enrolment"]


@pytest.mark.parametrize("name", protocols())
def test_what_protocols_read_is_known(name: str) -> None:
    """Every protocol of the library reads measures whose categories are known."""
    known = protocol(name)
    wanted = {
        code
        for each in known.parts.measures.values()
        for code in sensitivity().default("instrument", each.instrument) or ()
    }
    assert categories_read(known, sensitivity()) >= wanted


def test_facts_and_events_disclose_what_the_site_says() -> None:
    """A protocol that reads a fact reads what the fact is about."""
    ours = (
        sensitivity().with_defaults("fact", {"on_methadone": ["OPIOIDUD"]}).with_defaults("event", {"detox": ["SUD"]})
    )
    entries: list[Entry] = [
        RecordedFact(id="1", on=MADE, name="on_methadone", value=True),
        Event(id="2", on=MADE, name="detox"),
        CALL,
    ]
    assert kinds(entries, reader(codes=ours)) == ["contact"]
    assert kinds(entries, reader()) == ["fact", "event", "contact"]
    reads = read_protocol("""
    id = "mine"
    title = "Mine"
    first = "a"
    [facts]
    on_methadone = { type = "yes/no" }
    [[steps]]
    id = "a"
    intensity = 1
    [[rules]]
    id = "stay"
    when = "on_methadone"
    then = "stay"
    """)
    assert categories_read(reads, ours) == frozenset({"OPIOIDUD"})


def test_a_correction_is_about_what_it_corrects() -> None:
    """At any distance; what a hidden correction corrects stands for the reader as it did."""
    entries: list[Entry] = [
        AUDIT,
        Contact(id="1", on=MADE, replaces="audit"),
        Withdrawal(id="2", on=MADE, replaces="1"),
        CALL,
        Withdrawal(id="3", on=MADE, replaces="call", labels=["HIV"]),
    ]
    assert kinds(entries) == ["contact"]
    view = seen([CALL, Withdrawal(id="3", on=MADE, replaces="call")])
    assert view.entries[1].replaces == view.entries[0].id


def decided(*entries: Entry) -> Episode:
    """Give an episode in which a decision was accepted and another overridden."""
    episode = Episode("anna", [Enrolment(id="0", on=MADE, protocol=COCM), *entries])
    on = MADE + timedelta(days=20)
    decision = decide(protocol(COCM), episode, on=on, accept_unverified=True, team=Team([LEE]))
    episode = accept(episode, decision, by="lee", id="accepted")
    return override(episode, decision, move="stay", by="lee", reason="she asked", id="overridden")


def test_a_decision_is_shown_whole_or_not_at_all() -> None:
    """It speaks of all that it was made from: with one hidden entry among that, it is hidden, too."""
    shown = seen(decided(PHQ).entries, reader("MH"))
    assert [entry.kind for entry in shown.entries] == ["enrolment", "assessment", "accepted", "override"]
    one_by_one = attrs.evolve(PHQ, id="p2", labels=["HIV"])
    assert kinds(decided(PHQ, one_by_one).entries, reader("MH")) == ["enrolment", "assessment"]
    assert kinds(decided(PHQ, attrs.evolve(CALL, labels=["HIV"])).entries, reader("MH")) == ["enrolment", "assessment"]
    assert disclose(decided(PHQ), reader("SUD")).view is None


def test_what_a_decision_did_not_read_does_not_hide_it() -> None:
    """What came later, what another protocol reads, other instruments, corrections of a decision itself."""
    later = attrs.evolve(PHQ, id="later", on=DAY, labels=["HIV"])
    other = Enrolment(id="other", on=MADE, protocol="german-impact", labels=["HIV"])
    taken_back = Withdrawal(id="back", on=MADE, replaces="overridden", labels=["HIV"])
    entries: list[Entry] = [*decided(PHQ, AUDIT).entries, later, other, taken_back]
    assert kinds(entries, reader("MH")) == ["enrolment", "assessment", "accepted", "override"]


def test_a_decision_in_a_view_leads_to_no_history() -> None:
    """Its facts are plain, and who held its duties is there only for who may see everything."""
    episode = decided(attrs.evolve(PHQ, items={"q9": 2}))
    (accepted,) = [one for one in seen(episode.entries, reader("MH")).entries if one.kind == "accepted"]
    assert type(accepted.decision.facts).__name__ == "FrozenMapping"
    assert accepted.decision.facts["phq_9.total"] == 14
    assert not accepted.decision.holders
    whole = [one for one in seen(episode.entries, reader("all")).entries if one.kind == "accepted"]
    assert whole[0].decision.holders == episode.entries[-2].decision.holders  # type: ignore[union-attr]


def test_an_episode_of_which_nothing_may_be_seen_is_not_there() -> None:
    """An empty one is there for whoever may see everything."""
    hidden = Episode("anna", [AUDIT])
    assert disclose(hidden, reader()).view is None
    with pytest.raises(UnknownIdError):
        project(hidden, reader())
    assert disclose(Episode("anna"), reader()).view is None
    assert seen([], reader("all")).entries == ()


def test_ids_are_those_of_the_view() -> None:
    """Looked up over the view, and mapped back by the record only."""
    disclosure = disclose(Episode("anna", [AUDIT, CALL], id="e"), reader())
    view = disclosure.view
    assert (view.id, view.entry("entry-0001").on) == ("episode-0001", MADE)
    assert disclosure.ids["entry-0001"] == ("anna", "e", "call")
    messages = []
    for asked in ("audit", "nowhere"):
        with pytest.raises(UnknownIdError) as raised:
            view.entry(asked)
        messages.append(str(raised.value).replace(asked, "x"))
    assert messages[0] == messages[1]
    assert disclose(Episode("anna", [CALL]), reader()).view.id == ""
    assert loads(dumps(view)) == view


def test_words_of_hidden_entries_are_found_in_shown_ones() -> None:
    """In the reasons that people write, above all."""
    entries: list[Entry] = [
        AUDIT,
        Enrolment(id="e", on=MADE, protocol="german-impact"),
        RecordedFact(id="f", on=MADE, name="viral load", value=3, labels=["HIV"]),
        CALL,
        Withdrawal(id="w", on=MADE, replaces="call", reason="was for the audit and the viral load, not german-impact"),
        Event(id="x", on=MADE, name="audit"),
    ]
    disclosure = disclose(Episode("anna", entries), reader())
    assert set(disclosure.suspected) == {
        "entries.entry-0002 contains a word of entries.audit",
        "entries.entry-0002 contains a word of entries.f",
        "entries.entry-0002 contains a word of entries.e",
        "entries.entry-0003 contains a word of entries.audit",
    }


def test_the_author_of_notes_sees_them() -> None:
    """Who wrote an entry is the author of the notes in it."""
    notes = attrs.evolve(CALL, by="lee", labels=["psychotherapy"])
    assert kinds([notes]) == ["contact"]
    assert disclose(Episode("anna", [attrs.evolve(notes, by="adm")]), reader("all")).view.entries == ()
