"""Consents decide as the worked examples say, and as the rules behind them say."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs
import pytest

from carecoord.errors import DataError
from carecoord.interop import dumps, loads
from carecoord.roles import (
    Clause,
    Consent,
    ConsentDecision,
    Declassification,
    EndingEvent,
    Label,
    Member,
    Part2Form,
    ProxyAuthority,
    Reader,
    Recipient,
    Release,
    Reserved,
    Revocation,
    Team,
    may_see,
    part2_gaps,
    sensitivity,
)
from carecoord.roles._labels import Purpose
from tests.roles.consents import DATA, EMERGENCY, EXAMPLES, PATIENT, consent, label, member, moment

DAYS = timedelta(days=1)


@pytest.mark.parametrize("example", EXAMPLES, ids=[str(each["number"]) for each in EXAMPLES])
def test_worked_example(example: dict[str, Any]) -> None:
    """Each example decides as it says, with the clauses that it names."""
    decision = may_see(
        [consent(name) for name in example.get("consents", ())],
        member(example["who"]),
        label(example),
        purpose=example["purpose"],
        on=moment(example),
        patient=PATIENT,
        emergency=attrs.evolve(EMERGENCY, member=example["who"]),
    )
    assert decision.result == example["result"]
    assert [str(clause) for clause in decision.clauses] == example.get("clauses", [])
    assert decision.reason == example.get("reason", "")
    if "nearest" in example:
        assert list(decision.nearest) == example["nearest"]


def test_there_are_forty_four_examples() -> None:
    """None of them was lost."""
    assert [each["number"] for each in EXAMPLES] == list(range(1, 45))


# reading clauses


DAY = date(2026, 6, 15)
LEE = Member("lee", role="primary-care-provider", profession="nurse", since=date(2025, 1, 1), organisation="clinic")
TO_LEE = Recipient(person="lee")


def given_by_anna(*clauses: Clause, name: str = "K", **fields: Any) -> Consent:
    """Give a consent of one person, signed in January."""
    said: dict[str, Any] = {"patient": "anna", "signed": date(2026, 1, 5), **fields}
    return Consent(id=name, clauses=clauses, **said)


def permit(*categories: str, **fields: Any) -> Clause:
    """Give a clause that permits something to one member for treatment."""
    said: dict[str, Any] = {"id": "1", "to": [TO_LEE], "purposes": ["TREAT"], **fields}
    return Clause(decision="permit", categories=categories, **said)


def refuse(*categories: str, **fields: Any) -> Clause:
    """Give a clause that refuses something."""
    said: dict[str, Any] = {"id": "1", **fields}
    return Clause(decision="refuse", categories=categories, **said)


def decided(*consents: Consent, label: Label | None = None, who: Member = LEE, **asked: Any) -> ConsentDecision:
    """Ask for treatment on one day."""
    question: dict[str, Any] = {"purpose": "TREAT", "on": DAY, "patient": "anna", **asked}
    return may_see(consents, who, label or Label(), **question)


def test_a_recipient_is_somebody() -> None:
    """An empty one would be everybody."""
    with pytest.raises(DataError) as raised:
        Recipient()
    assert str(raised.value) == ("recipient: 1 fault\n  $: a person, role, organisation or group is wanted, found none")


def test_a_permit_goes_to_whom_it_names_for_certain_and_a_refusal_to_whom_it_may() -> None:
    """A profession, and an organisation that nobody stated, count against and never for."""
    by_profession, elsewhere = Recipient(role="nurse"), Recipient(organisation="school")
    unknown = attrs.evolve(LEE, organisation=None)
    for to, who in ((by_profession, LEE), (elsewhere, unknown)):
        assert decided(given_by_anna(permit(to=[to])), who=who).result == "no-consent"
        assert decided(given_by_anna(permit()), given_by_anna(refuse(to=[to]), name="R"), who=who).result == "deny"
    assert decided(given_by_anna(permit()), given_by_anna(refuse(to=[elsewhere]), name="R")).result == "permit"


def test_all_that_is_said_of_a_recipient_holds_at_once() -> None:
    """The clinic's nurses are not everybody at the clinic."""
    both = Recipient(organisation="clinic", role="care-manager")
    assert decided(given_by_anna(permit(to=[both]))).result == "no-consent"
    assert decided(given_by_anna(permit(to=[both, TO_LEE]))).result == "permit"


@pytest.mark.parametrize(
    ("clause", "level", "result"),
    [
        (permit(), "N", "permit"), (permit(), "R", "no-consent"), (permit(up_to="R"), "R", "permit"),
        (permit("HIV"), "R", "permit"), (permit("HIV"), "V", "no-consent"), (permit("HIV", up_to="V"), "V", "permit"),
        (permit("HIV", up_to="M"), "N", "no-consent"), (permit("all"), "R", "permit"),
    ],
)  # fmt: skip
def test_how_confidential_a_permit_goes(clause: Clause, level: str, result: str) -> None:
    """Up to normal, up to restricted where categories are stated, to the highest only by name."""
    assert decided(given_by_anna(clause), label=Label.of(*clause.categories - {"all"}, level)).result == result


def test_from_which_level_a_refusal_holds() -> None:
    """From the lowest, or from the one it names."""
    grant = given_by_anna(permit("HIV", up_to="V"))
    for level, result in (("N", "permit"), ("R", "deny"), ("V", "deny")):
        high = given_by_anna(refuse("HIV", from_level="R"), name="R")
        assert decided(grant, high, label=Label.of("HIV", level)).result == result
    assert decided(grant, given_by_anna(refuse("HIV"), name="R"), label=Label.of("HIV", "U")).result == "deny"


def test_periods_of_clauses_are_half_open() -> None:
    """The first day counts, the day it ends does not."""
    consent = given_by_anna(permit(since=DAY, until=DAY + DAYS))
    results = [decided(consent, on=day).result for day in (DAY - DAYS, DAY, DAY + DAYS)]
    assert results == ["no-consent", "permit", "no-consent"]


def test_a_consent_that_ends_with_an_event_holds_until_it_has_happened() -> None:
    """From the day it happened it does not, and a replay knows of it from the day it was written down."""
    over = EndingEvent(event="treatment is over", on=DAY, recorded=DAY + DAYS)
    open_, closed = given_by_anna(permit(), until=EndingEvent(event="x")), given_by_anna(permit(), until=over)
    assert [decided(open_).result, decided(closed, on=DAY - DAYS).result] == ["permit", "permit"]
    assert [decided(closed).result, decided(closed, as_of=DAY).result] == ["no-consent", "permit"]
    assert EndingEvent(event="x", on=DAY).recorded == DAY


def test_what_was_not_yet_written_down_is_unknown_in_a_replay() -> None:
    """A consent entered later is not there, as of a day before."""
    consent = given_by_anna(permit(), recorded=DAY)
    assert decided(consent, as_of=DAY - DAYS).nearest == ("K.1: not in force",)
    assert decided(consent, as_of=DAY).result == "permit"
    clause = given_by_anna(permit(until=EndingEvent(event="x", on=DAY, recorded=DAY)))
    assert [decided(clause).result, decided(clause, as_of=DAY - DAYS).result] == ["no-consent", "permit"]


@pytest.mark.parametrize("status", ["draft", "proposed", "rejected", "inactive", "entered-in-error"])
def test_only_an_active_consent_says_anything(status: Any) -> None:
    """Neither a permit nor a refusal in another counts."""
    assert decided(given_by_anna(permit(), status=status)).result == "no-consent"
    refusal = given_by_anna(refuse(), name="R", status=status)
    assert decided(given_by_anna(permit()), refusal).result == "permit"


def test_without_a_signature_a_permit_is_nothing_and_a_refusal_stands() -> None:
    """Doubt never widens."""
    assert decided(given_by_anna(permit(), signed=None)).nearest == ("K: not signed",)
    assert decided(given_by_anna(permit()), given_by_anna(refuse(), name="R", signed=None)).result == "deny"


def test_what_cannot_be_read_permits_nothing_and_refuses_all_it_could() -> None:
    """A permit with a condition that cannot be said here is nothing; such a refusal stands without the condition."""
    half = ("a condition",)
    assert decided(given_by_anna(permit(unread=half))).nearest == ("K.1: cannot be read in full",)
    assert decided(given_by_anna(permit()), given_by_anna(refuse(unread=half), name="R")).result == "deny"
    inside = given_by_anna(refuse(unread=half, exceptions=[permit(id="1a")]))
    assert decided(inside).nearest == ("K: what it is an exception to cannot be read in full",)


def test_of_several_clauses_that_apply_a_refusal_outweighs_the_rest() -> None:
    """In whatever order they stand, beside each other or as exceptions."""
    first, second = refuse(id="1"), permit(id="2")
    for clauses in ((first, second), (second, first)):
        assert [str(each) for each in decided(given_by_anna(*clauses)).clauses] == ["K.1"]
        inside = permit(id="3", exceptions=clauses)
        assert [str(each) for each in decided(given_by_anna(inside)).clauses] == ["K.1"]


def test_an_exception_takes_what_it_leaves_unstated_as_words() -> None:
    """Under a refusal of SUD, the exception for one member opens SUD, and neither what is above nor what is alike."""
    consent = given_by_anna(refuse("SUD", purposes=["TREAT"], exceptions=[permit(id="1a", purposes=())]))
    assert str(decided(consent, label=Label.of("SUD")).clauses[0]) == "K.1a"
    assert decided(consent, label=Label.of("SUD")).result == "permit"
    for code in ("ETH", "SPI"):
        assert decided(consent, label=Label.of(code)).result == "deny"


def test_a_permitting_exception_without_a_purpose_opens_nothing() -> None:
    """Where the refusal names no purpose either, there is none to take."""
    consent = given_by_anna(refuse("SUD", exceptions=[permit(id="1a", purposes=())]))
    assert decided(consent, label=Label.of("SUD")).result == "deny"


def test_levels_go_down_to_exceptions_in_their_own_direction() -> None:
    """A permit takes the word of the refusal above as its highest; a refusal below a permit holds from the lowest."""
    opened = given_by_anna(refuse("HIV", from_level="V", purposes=["TREAT"], exceptions=[permit(id="1a")]))
    assert decided(opened, label=Label.of("HIV", "V")).result == "permit"
    closed = given_by_anna(permit("HIV", up_to="V", exceptions=[refuse(id="1a")]))
    assert decided(closed, label=Label.of("HIV", "N")).result == "deny"
    again = refuse(id="1aa")
    deeper = given_by_anna(refuse("HIV", from_level="V", exceptions=[refuse(id="1a", exceptions=[again])]))
    assert decided(deeper, given_by_anna(permit("HIV"), name="G"), label=Label.of("HIV", "R")).result == "permit"


def test_a_refusal_and_what_refuses_below_it_stand_in_emergencies_where_either_names_them() -> None:
    """An exception that refuses, too, does not take from what it is an exception to."""
    below = refuse(id="1a", purposes=["TREAT"])
    consent = given_by_anna(refuse("SUD", purposes=["ETREAT"], exceptions=[below]))
    emergency = attrs.evolve(EMERGENCY, member="ed")
    asked: dict[str, Any] = {"who": member("ed"), "purpose": "BTG", "on": EMERGENCY.since, "emergency": emergency}
    assert decided(consent, label=Label.of("SUD"), **asked).result == "deny"
    assert decided(given_by_anna(below), label=Label.of("SUD"), **asked).reason == "break-glass"


# consents as values


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Clause(id="", decision="permit"), r"\$\.id: the clause's number is wanted"),
        (lambda: Clause(id="1", decision="maybe"), "neither permit nor refuse"),  # type: ignore[arg-type]
        (lambda: Clause(id="1", decision="permit", from_level="R"), r"\$\.from_level: it does not go with permit"),
        (lambda: Clause(id="1", decision="refuse", up_to="R"), r"\$\.up_to: it does not go with refuse"),
        (lambda: Clause(id="1", decision="permit", up_to="X"), "none of U, L, M, N, R, V"),  # type: ignore[arg-type]
        (lambda: Clause(id="1", decision="permit", since=DAY, until=DAY), "is not after"),
        (lambda: given_by_anna(permit(), permit()), "clause 1 stands there twice"),
        (lambda: given_by_anna(permit(id="2", exceptions=[refuse(id="2")])), "clause 2 stands there twice"),
        (lambda: given_by_anna(permit(), status="asleep"), "none of draft, proposed, active"),
        (lambda: Consent(id="", patient="", clauses=[]), r"\$\.patient: is empty"),
        (lambda: given_by_anna(permit(), signed=datetime(2026, 1, 5, tzinfo=UTC)), "a date without a time is wanted"),
    ],
)  # fmt: skip
def test_what_a_consent_refuses(make: Callable[[], object], message: str) -> None:
    """A consent that exists can be read."""
    with pytest.raises(DataError, match=message):
        make()


def test_consents_are_of_one_person_and_each_has_its_own_id() -> None:
    """Passing over one that was filed wrong would open what it closes."""
    with pytest.raises(DataError) as raised:
        decided(given_by_anna(permit(), patient="ben"))
    said = "one is about another person than the one asked about"
    assert str(raised.value) == f"may_see: 1 fault\n  $.consents: {said}"
    with pytest.raises(DataError) as raised:
        decided(given_by_anna(permit()), given_by_anna(permit()))
    assert str(raised.value) == "may_see: 1 fault\n  $.consents: two have the same id"
    with pytest.raises(DataError) as raised:
        Reader(member=LEE, purpose="TREAT", on=DAY, consents=[given_by_anna(permit()), given_by_anna(permit())])
    assert str(raised.value) == "reader: 1 fault\n  $.consents: two consents have the same id"
    assert may_see([given_by_anna(permit())], LEE, [], purpose="TREAT", on=DAY).result == "permit"


@pytest.mark.parametrize("name", sorted(DATA["consents"]))
def test_consents_survive_json_and_pickle(name: str) -> None:
    """Written and read again they are the same."""
    made = consent(name)
    assert loads(dumps(made)) == made
    assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301 - our own pickle


# particular law


GAPS = (
    "discloser", "description", "recipients", "participants", "purpose", "right to revoke", "expiry", "signature",
    "date", "redisclosure",
)  # fmt: skip


def test_a_complete_form_lacks_nothing_and_each_element_is_missed() -> None:
    """42 CFR 2.31 asks for each of them."""
    form, whole = consent("S").part2 or Part2Form(), consent("S")
    assert part2_gaps(whole) == ()
    (clause,) = whole.clauses
    lacking = {
        "discloser": attrs.evolve(whole, part2=attrs.evolve(form, discloser=" ")),
        "description": attrs.evolve(whole, part2=attrs.evolve(form, description="")),
        "recipients": attrs.evolve(whole, clauses=[attrs.evolve(clause, to=())]),
        "participants": attrs.evolve(whole, part2=attrs.evolve(form, intermediary="an exchange")),
        "purpose": attrs.evolve(whole, clauses=[attrs.evolve(clause, purposes=())]),
        "right to revoke": attrs.evolve(whole, part2=attrs.evolve(form, says_how_to_revoke=False)),
        "expiry": attrs.evolve(whole, until=None),
        "signature": attrs.evolve(whole, part2=attrs.evolve(form, signature="")),
        "date": attrs.evolve(whole, signed=None),
        "redisclosure": attrs.evolve(whole, part2=attrs.evolve(form, says_redisclosure=False)),
    }
    assert {name: part2_gaps(each) for name, each in lacking.items()} == {name: (name,) for name in GAPS}
    assert part2_gaps(Consent(id="x", patient="anna", clauses=())) == tuple(
        name for name in GAPS if name not in {"participants", "redisclosure"}
    )


def test_a_form_without_an_end_says_so_and_only_for_shared_care() -> None:
    """`none` will do for treatment, payment and operations; for research a day or an event is wanted."""
    form = consent("S").part2 or Part2Form()
    open_ended = attrs.evolve(consent("S"), until=None, part2=attrs.evolve(form, expiry="none"))
    assert part2_gaps(open_ended) == ()
    (clause,) = open_ended.clauses
    shared = sensitivity().purposes_granted(frozenset({"TREAT", "HPAYMT", "HOPERAT"}))
    assert part2_gaps(attrs.evolve(open_ended, clauses=[attrs.evolve(clause, purposes=shared)])) == ()
    research = attrs.evolve(open_ended, clauses=[attrs.evolve(clause, purposes={"TREAT", "HRESCH"})])
    assert part2_gaps(research) == ("expiry",)
    assert part2_gaps(attrs.evolve(research, until=EndingEvent(event="the study ends"))) == ()
    only_research = attrs.evolve(clause, purposes={"HRESCH"})
    silent = attrs.evolve(consent("S"), clauses=[only_research], part2=attrs.evolve(form, says_redisclosure=False))
    assert part2_gaps(silent) == ()


def test_purposes_of_ones_own_are_read_as_the_site_nests_them() -> None:
    """Coaching as part of treatment needs no end; to the library alone it is no purpose that is known."""
    known = sensitivity()
    ours = attrs.evolve(known, purposes=(*known.purposes, Purpose(id="COACH", parent="TREAT")))
    form = attrs.evolve(consent("S").part2 or Part2Form(), expiry="none")
    coaching = attrs.evolve(permit("SUD"), purposes={"COACH"})
    made = given_by_anna(coaching, part2=form)
    asked: dict[str, Any] = {"label": Label.of("SUD", "42CFRPart2"), "purpose": "COACH"}
    assert decided(made, codes=ours, **asked).result == "permit"
    assert decided(made, **asked).result == "no-consent"
    bare = given_by_anna(permit("SUD"), part2=attrs.evolve(form, description="", expiry=""))
    assert decided(bare, label=Label.of("SUD", "42CFRPart2")).nearest == ("K: incomplete: description, expiry",)


def test_a_form_signed_by_somebody_else_says_by_what_authority() -> None:
    """The signature is the person's, or of who may sign."""
    by_mother = attrs.evolve(consent("S"), given_by="mother")
    assert part2_gaps(by_mother) == ("signature",)
    assert part2_gaps(attrs.evolve(by_mother, authority=consent("P").authority)) == ()


def test_what_goes_with_it_under_part_2() -> None:
    """The notice and an explanation of the consent, and no use in proceedings against the person."""
    label = Label(categories={"SUD"}, law={"42CFRPart2"}, handling={"NODSCLCD"})
    asked: dict[str, Any] = {"who": member("cm"), "label": label}
    seen = decided(consent("S"), **asked)
    assert seen.obligations == {"notice", "consent-explanation", "no-proceedings", "NODSCLCD"}
    plain = decided(consent("S"), who=member("cm"), label=Label.of("SUD"))
    assert plain.obligations == frozenset()
    glass = decided(who=member("ed"), label=label, purpose="BTG", on=EMERGENCY.since, emergency=EMERGENCY)
    assert glass.obligations == {"log", "document", "notify", "review", "no-proceedings", "NODSCLCD"}


def test_no_purpose_opens_legal_proceedings_on_what_part_2_protects() -> None:
    """A grant for them counts for other content only; a court order is not a consent."""
    (clause,) = consent("S").clauses
    for_court = attrs.evolve(consent("S"), clauses=[attrs.evolve(clause, purposes={"HLEGAL"})])
    asked: dict[str, Any] = {"who": member("cm"), "purpose": "HLEGAL"}
    assert decided(for_court, label=Label.of("SUD"), **asked).result == "permit"
    assert decided(for_court, label=Label.of("SUD", "42CFRPart2"), **asked).nearest == ("S: proceedings",)


def test_a_revocation_for_one_leaves_the_rest_in_force() -> None:
    """What may be meant counts against a permit, and for a refusal only what is meant for certain."""
    perhaps = Revocation(on=DAY, recipients=[Recipient(role="nurse")])
    assert decided(given_by_anna(permit(), revocations=[perhaps])).nearest == ("K: revoked",)
    refusal = given_by_anna(refuse(), name="R", revocations=[perhaps])
    assert decided(given_by_anna(permit()), refusal).result == "deny"
    certainly = attrs.evolve(refusal, revocations=[Revocation(on=DAY, recipients=[TO_LEE])])
    assert decided(given_by_anna(permit()), certainly).result == "permit"
    assert Revocation(on=DAY).recorded == DAY


# proxies, notes, what is kept from somebody


MOTHER = Member("mother", role="legal-representative", since=date(2025, 1, 1))
HELD = ProxyAuthority(holder="mother", patient="anna", categories={"MH"}, since=DAY, until=DAY + timedelta(days=9))


def as_proxy(label: Label, **asked: Any) -> ConsentDecision:
    """Ask as the mother, on request of the family."""
    question: dict[str, Any] = {"purpose": "FAMRQT", "authorities": [HELD], **asked}
    return decided(label=label, who=MOTHER, **question)


def test_a_proxy_sees_what_their_authority_covers_while_it_lasts() -> None:
    """Neither before nor after, nor other content, nor more confidential, nor for another purpose."""
    assert as_proxy(Label.of("MH")).reason == "authority"
    for asked in ({"on": DAY - DAYS}, {"on": DAY + 9 * DAYS}, {"purpose": "TREAT"}):
        assert as_proxy(Label.of("MH"), **asked).result == "no-consent"
    for other in (Label(), Label.of("SUD"), Label.of("MH", "V"), Label.of("psychotherapy")):
        assert as_proxy(other).result == "no-consent"
    general = attrs.evolve(HELD, categories=())
    assert as_proxy(Label(), authorities=[general]).result == "permit"
    assert as_proxy(Label.of("R"), authorities=[general]).result == "no-consent"
    blind = attrs.evolve(HELD, may={"consent"})
    assert as_proxy(Label.of("MH"), authorities=[blind]).result == "no-consent"


def test_a_proxy_does_nothing_about_what_only_the_person_decides() -> None:
    """Neither seeing nor consenting: which that is, state law says, and the host."""
    reserved = Reserved(categories={"BH"}, since=DAY, until=DAY + 2 * DAYS, source="a statute")
    assert as_proxy(Label.of("MH"), reserved=[reserved]).result == "no-consent"
    for other in ({"until": DAY, "since": None}, {"since": DAY + DAYS}, {"patient": "ben"}, {"categories": ["HIV"]}):
        assert as_proxy(Label.of("MH"), reserved=[attrs.evolve(reserved, **other)]).result == "permit"
    asked: dict[str, Any] = {"who": member("sch"), "purpose": "COC", "label": Label.of("MH")}
    assert decided(consent("P"), reserved=[reserved], **asked).nearest == ("P: reserved to the person",)


def test_where_the_person_refuses_the_proxy_does_not_see_and_both_are_named() -> None:
    """Of two that disagree the refusal wins."""
    by_anna = given_by_anna(refuse("MH", to=[Recipient(person="mother")]), name="R")
    decision = as_proxy(Label.of("MH"))
    assert decision.permits
    asked: dict[str, Any] = {"label": Label.of("MH"), "who": MOTHER, "purpose": "FAMRQT", "authorities": [HELD]}
    refused = decided(by_anna, **asked)
    assert (refused.result, [str(each) for each in refused.clauses], refused.nearest) == (
        "deny", ["R.1"], ("authority: outweighed",),
    )  # fmt: skip
    both = decided(given_by_anna(permit()), given_by_anna(refuse(), name="R"))
    assert both.nearest == ("K.1: outweighed",)


@pytest.mark.parametrize(
    ("authority", "lack"),
    [
        (None, "no authority"),
        (attrs.evolve(HELD, since=None, patient="ben"), "no authority"),
        (attrs.evolve(HELD, since=None, holder="aunt"), "no authority"),
        (attrs.evolve(HELD, since=None, may={"see"}), "no authority when signed"),
        (HELD, "no authority when signed"),
        (attrs.evolve(HELD, since=None, until=DAY), "authority ended"),
        (attrs.evolve(HELD, since=None, categories={"SUD"}), "authority for other content"),
    ],
)
def test_what_a_consent_for_somebody_lacks(authority: ProxyAuthority | None, lack: str) -> None:
    """Authority in force when it was signed and on the day, of who gave it, for the person and the content."""
    made = given_by_anna(permit("MH"), given_by="mother", authority=authority)
    assert decided(made, label=Label.of("MH")).nearest == (f"K: {lack}",)


def test_what_is_kept_from_the_person_is_kept_from_those_near_to_them_and_not_from_staff() -> None:
    """From proxies, family and support; staff see it under what permits the rest, and pass it on to nobody near."""
    label = Label.of("MH", "TBOO")
    assert as_proxy(label).reason == "taboo"
    sister = member("sis")
    assert decided(consent("F"), who=sister, purpose="SUPNWK", label=label).reason == "taboo"
    assert decided(given_by_anna(permit("all")), who=attrs.evolve(sister, id="lee"), label=label).reason == "taboo"
    staff = decided(given_by_anna(permit("MH")), label=label)
    assert (staff.result, set(staff.obligations)) == ("permit", {"not-to-patient"})
    assert decided(given_by_anna(permit()), label=Label.of("TBOO", "N")).result == "permit"
    assert (
        decided(given_by_anna(permit()), given_by_anna(refuse("TBOO"), name="R"), label=Label.of("TBOO", "N")).result
        == "deny"
    )
    own = decided(who=member("anna"), purpose="PATRQT", label=label)
    assert (own.reason, set(own.obligations)) == ("taboo", {"denial-notice"})


def test_the_author_of_notes_reads_them_to_treat_and_not_otherwise() -> None:
    """For another purpose, or another's notes, a consent for such notes is needed."""
    label = Label.of("psychotherapy", author="lee")
    assert decided(label=label).reason == "own-notes"
    assert decided(label=label, purpose="HPAYMT").result == "no-consent"
    assert decided(label=Label.of("psychotherapy", author="kim")).result == "no-consent"
    assert decided(label=Label.of("MH", author="lee")).result == "no-consent"


@pytest.mark.parametrize("word", ["psychotherapy", "PSYTHPN"])
def test_notes_are_opened_by_their_own_consent_only(word: str) -> None:
    """Not by all, nor by what lies above; and a refusal of what they are about closes them."""
    label = Label.of("psychotherapy")
    assert decided(given_by_anna(permit(word)), label=label).result == "permit"
    for categories in (("all",), ("SPI",), ("sud-counselling",), (word, "MH"), ()):
        assert decided(given_by_anna(permit(*categories, up_to="R")), label=label).result == "no-consent"
    for categories in (("BH",), ("psychotherapy",), ("PSYTHPN",), ()):
        refusal = given_by_anna(refuse(*categories), name="R")
        assert decided(given_by_anna(permit(word)), refusal, label=label).result == "deny"
    notes_only = given_by_anna(refuse("psychotherapy"), name="R")
    assert decided(given_by_anna(permit("MH")), notes_only, label=Label.of("MH")).result == "permit"


def test_a_person_sees_their_own_record_on_request_whatever_they_refused() -> None:
    """Part 2 does not stand in the way; under another purpose they are a reader like any other."""
    anna = member("anna")
    label = Label.of("SUD", "42CFRPart2", "V")
    own = decided(given_by_anna(refuse()), who=anna, purpose="PATRQT", label=label)
    assert (own.reason, own.obligations) == ("own-record", frozenset())
    assert decided(who=anna, label=label).result == "no-consent"
    assert decided(who=anna, purpose="PATRQT", patient="ben").result == "no-consent"
    everybody = given_by_anna(refuse(), name="R")
    assert decided(given_by_anna(permit(to=[Recipient(person="anna")])), everybody, who=anna).result == "permit"


# who asks


def test_somebody_who_is_not_there_sees_nothing() -> None:
    """Not a member that day, not on the team named, or of a team that is not in force."""
    grant = given_by_anna(permit())
    on_it = Team([LEE], until=DAY + DAYS)
    assert decided(grant, team=on_it).result == "permit"
    assert decided(grant, team=on_it, on=DAY + DAYS).reason == "not-active"
    assert decided(grant, team=Team([MOTHER])).reason == "not-active"
    assert decided(grant, on=date(2024, 12, 31)).reason == "not-active"


@pytest.mark.parametrize(
    "change",
    [
        {"member": " "}, {"patient": ""}, {"affiliation": ""}, {"disclosed_by": ""}, {"nature": ""},
        {"why_no_consent": ""},
        {"since": datetime(2026, 5, 1)}, {"until": date(2026, 5, 2)},  # noqa: DTZ001 - what is refused
        {"until": EMERGENCY.until + timedelta(seconds=1)}, {"until": EMERGENCY.since},
    ],
)  # fmt: skip
def test_an_emergency_without_every_reason_is_none(change: dict[str, Any]) -> None:
    """Who, whom, where, by whom, when, what and why nobody could ask; and a day at most."""
    with pytest.raises(DataError) as raised:
        attrs.evolve(EMERGENCY, **change)
    (name,) = change
    what = "is wanted, found nothing"
    if name in {"since", "until"}:
        is_time = isinstance(change[name], datetime) and change[name].tzinfo is not None
        what = "it is after the start, 24 hours at most" if is_time else "a time with its offset from UTC is wanted"
    assert str(raised.value) == f"emergency: 1 fault\n  $.{name}: {what}"


@pytest.mark.parametrize(
    ("asked", "result"),
    [
        ({}, "permit"),
        ({"purpose": "ETREAT"}, "permit"),
        ({"purpose": "TREAT"}, "no-consent"),
        ({"on": EMERGENCY.since.date()}, "no-consent"),
        ({"on": EMERGENCY.since - timedelta(seconds=1)}, "no-consent"),
        ({"patient": "ben"}, "no-consent"),
        ({"emergency": attrs.evolve(EMERGENCY, member="pcp")}, "no-consent"),
        ({"who": attrs.evolve(member("ed"), groups=())}, "no-consent"),
        ({"label": Label.of("psychotherapy")}, "no-consent"),
    ],
)
def test_when_the_glass_may_be_broken(asked: dict[str, Any], result: str) -> None:
    """By medical staff, for this person, at that time, for that purpose, and never for notes."""
    usual: dict[str, Any] = {
        "who": member("ed"),
        "label": Label.of("SUD"),
        "purpose": "BTG",
        "on": EMERGENCY.since,
        "emergency": EMERGENCY,
    }
    assert decided(**{**usual, **asked}).result == result


def test_what_came_nearest_is_told_to_the_discloser() -> None:
    """Of the permits that lack least, what they lack."""
    near, far = given_by_anna(permit("HIV"), name="A"), given_by_anna(permit(to=[Recipient(person="kim")]), name="B")
    assert decided(near, far, label=Label.of("HIV", "V")).nearest == ("A.1: more confidential",)
    assert decided(near, label=Label.of("SUD")).nearest == ("A.1: other content",)
    assert decided(far).nearest == ("B.1: other recipient",)
    assert decided(near, label=Label.of("HIV"), purpose="HPAYMT").nearest == ("A.1: other purpose",)
    assert decided(near, label=Label.of("HIV"), on=date(2026, 1, 4)).nearest == ("A.1: not in force",)
    assert decided().nearest == ()


def test_an_element_is_seen_only_if_every_category_in_it_is() -> None:
    """Two grants together may do it, and the obligations of both go along."""
    both = Label.of("HIV", "SUD")
    hiv, sud = given_by_anna(permit("HIV"), name="A"), given_by_anna(permit("SUD"), name="B")
    assert decided(hiv, label=both).result == "no-consent"
    together = decided(hiv, sud, label=both)
    assert [str(each) for each in together.clauses] == ["A.1", "B.1"]
    assert decided(hiv, sud, given_by_anna(refuse("HIV"), name="R"), label=both).result == "deny"


def test_a_label_nobody_knows_is_seen_by_nobody() -> None:
    """No grant covers it, and every refusal about some content may."""
    strange = Label.of("ZZZ")
    assert decided(given_by_anna(permit("all")), label=strange).result == "no-consent"
    assert decided(given_by_anna(permit("ZZZ")), label=strange).result == "no-consent"
    assert decided(given_by_anna(refuse("HIV")), label=strange).result == "deny"


def test_a_purpose_nobody_knows_is_granted_by_nothing_and_refused_by_everything() -> None:
    """Doubt never widens."""
    grant = given_by_anna(permit(purposes=["whim"]))
    assert decided(grant, purpose="whim").result == "no-consent"
    assert decided(given_by_anna(refuse(purposes=["HPAYMT"])), purpose="whim").result == "deny"


def test_a_reader_decides_for_each_person_by_their_own_consents() -> None:
    """As `may_see` does; asked again, the answer is the same."""
    of_ben = attrs.evolve(given_by_anna(permit("HIV"), name="B"), patient="ben", given_by="ben")
    reader = Reader(member=LEE, purpose="TREAT", on=DAY, consents=[given_by_anna(permit("SUD")), of_ben])
    for _ in range(2):
        assert [reader.may_see(code, patient=who).permits for who in ("anna", "ben") for code in ("SUD", "HIV")] == [
            True, False, False, True,
        ]  # fmt: skip
    assert reader.may_see(["SUD"], patient="anna") == decided(given_by_anna(permit("SUD")), label=Label.of("SUD"))
    assert not reader.may_see([Label.of("SUD"), Label.of("HIV")], patient="anna").permits
    assert reader.day == attrs.evolve(reader, on=datetime(2026, 6, 15, 23, tzinfo=UTC)).day == DAY


def test_a_reader_asks_with_everything_it_says() -> None:
    """Authorities, what is reserved, an emergency, the team and the day of a replay."""
    mh = Label.of("MH")
    proxy = Reader(member=MOTHER, purpose="FAMRQT", on=DAY, authorities=[HELD])
    assert proxy.may_see(mh, patient="anna").permits
    assert not attrs.evolve(proxy, reserved=[Reserved(categories={"MH"})]).may_see(mh, patient="anna").permits
    assert not attrs.evolve(proxy, team=Team([LEE])).may_see(mh, patient="anna").permits
    urgent = Reader(member=member("ed"), purpose="BTG", on=EMERGENCY.since, emergency=EMERGENCY)
    assert urgent.may_see(mh, patient="anna").permits
    late = given_by_anna(permit(), recorded=DAY)
    replay = Reader(member=LEE, purpose="TREAT", on=DAY, consents=[late], as_of=DAY - DAYS)
    assert not replay.may_see([], patient="anna").permits
    assert "secret" not in repr(attrs.evolve(replay, key=b"secret"))


@pytest.mark.parametrize(
    "made",
    [
        Release(patient="anna", element="goals.g", by="lee", on=DAY, reason="we spoke"),
        Declassification(patient="anna", element="goals.g", categories=["MH"], by="lee", on=DAY, reason="no"),
    ],
    ids=["release", "declassification"],
)
@pytest.mark.parametrize("name", ["patient", "element", "by", "reason"])
def test_a_release_and_a_declassification_say_who_and_why(made: Release | Declassification, name: str) -> None:
    """Neither is anonymous or without a reason."""
    change: dict[str, Any] = {name: " "}
    with pytest.raises(DataError) as raised:
        attrs.evolve(made, **change)
    kind = type(made).__name__.lower()
    assert str(raised.value) == f"{kind}: 1 fault\n  $.{name}: is wanted, found nothing"


def test_what_an_authority_refuses() -> None:
    """It is somebody's over somebody, to see or to consent."""
    with pytest.raises(DataError) as raised:
        ProxyAuthority(holder="", patient="", may={"sell"})  # type: ignore[arg-type]
    assert str(raised.value).splitlines() == [
        "authority: 3 faults", "  $.holder: is empty", "  $.patient: is empty",
        "  $.may: see, consent or both are wanted",
    ]  # fmt: skip


def test_everything_that_is_wrong_with_a_consent_is_told_at_once_with_its_place() -> None:
    """Times instead of days, a status there is none of, and clauses of one number."""
    moment: Any = datetime(2026, 1, 5, 9, tzinfo=UTC)
    wrong: Any = "lapsed" * 20
    number = "7" * 50
    with pytest.raises(DataError) as raised:
        Consent(
            id="", patient="", given_by="", signed=moment, recorded=moment, until=moment, status=wrong,
            clauses=[permit(id=number), permit(id=number)],
        )  # fmt: skip
    statuses = "draft, proposed, active, rejected, inactive, entered-in-error"
    assert str(raised.value).splitlines() == [
        "consent: 8 faults",
        "  $.id: is empty",
        "  $.patient: is empty",
        "  $.given_by: is empty",
        f"  $.status: {repr(wrong)[:40]} is none of {statuses}",
        "  $.signed: a date without a time is wanted",
        "  $.recorded: a date without a time is wanted",
        "  $.until: a date without a time is wanted",
        f"  $.clauses: clause {'7' * 40} stands there twice",
    ]


def test_exceptions_do_not_lie_below_each_other_without_end() -> None:
    """Twenty deep, and no deeper: said once, however deep they lie."""

    def nested(depth: int) -> Clause:
        clause = permit(id=f"c{depth}")
        for level in range(depth - 1, -1, -1):
            clause = attrs.evolve(permit(id=f"c{level}"), exceptions=[clause])
        return clause

    assert Consent(id="K", patient="anna", clauses=[nested(19)]).permits
    with pytest.raises(DataError) as raised:
        Consent(id="K", patient="anna", clauses=[nested(23)])
    assert str(raised.value) == "consent: 1 fault\n  $.clauses: exceptions lie deeper than 20 below each other"


def test_everything_that_is_wrong_with_a_clause_is_told_at_once_with_its_place() -> None:
    """No number, neither decision, a level there is none of, and an end before the beginning."""
    wrong: Any = "allow" * 9
    level: Any = "X" * 30
    with pytest.raises(DataError) as raised:
        Clause(id="", decision=wrong, up_to=level, since=DAY, until=DAY)
    assert str(raised.value).splitlines() == [
        "clause: 4 faults",
        "  $.id: the clause's number is wanted, found nothing",
        f"  $.decision: {repr(wrong)[:20]} is neither permit nor refuse",
        f"  $.up_to: {repr(level)[:20]} is none of U, L, M, N, R, V",
        f"  $.until: {DAY} is not after {DAY}; it is the day after the last",
    ]
    for decision, name in (("permit", "from_level"), ("refuse", "up_to")):
        said: dict[str, Any] = {"decision": decision, name: "R"}
        with pytest.raises(DataError, match=rf"\$\.{name}: it does not go with {decision}"):
            Clause(id="1", **said)


def test_a_level_that_is_refused_is_what_an_exception_far_below_opens_again() -> None:
    """Words are taken from above: refused from V on, refused to Lee, permitted again: that permit opens V."""
    again = permit(id="1aa")
    nearer = Clause(id="1a", decision="refuse", to=[Recipient(person="lee")], exceptions=[again])
    from_v = refuse("MH", from_level="V", exceptions=[nearer])
    grant = permit("MH", up_to="V", id="1")
    label = Label.of("MH", "V")
    assert decided(given_by_anna(grant), label=label).result == "permit"
    assert decided(given_by_anna(grant), given_by_anna(from_v, name="R"), label=label).result == "permit"
    closed = attrs.evolve(from_v, exceptions=[attrs.evolve(nearer, exceptions=())])
    assert decided(given_by_anna(grant), given_by_anna(closed, name="R"), label=label).result == "deny"


def test_who_sees_by_authority_and_by_consent_too_sees_by_consent() -> None:
    """Then the clauses are named and their obligations hold; by authority alone only what the law forbids anybody."""
    label = Label.of("MH", "42CFRPart2")
    alone = as_proxy(label)
    assert (alone.reason, len(alone.clauses)) == ("authority", 0)
    assert alone.obligations == {"no-proceedings"}
    form = consent("S").part2
    to_mother = permit("MH", to=[Recipient(person="mother")], purposes=["FAMRQT"])
    given = given_by_anna(to_mother, part2=form, until=DAY + 99 * DAYS)
    both = decided(given, who=MOTHER, label=label, purpose="FAMRQT", authorities=[HELD])
    assert (both.reason, [str(each) for each in both.clauses]) == ("", ["K.1"])
    assert both.obligations == {"notice", "consent-explanation", "no-proceedings"}


def test_what_an_emergency_overrides_is_named() -> None:
    """Every ordinary refusal, in order."""
    refused = [given_by_anna(refuse(), name=name) for name in "RQ"]
    glass = decided(*refused, who=member("ed"), purpose="BTG", on=EMERGENCY.since, emergency=EMERGENCY)
    assert (glass.reason, [str(each) for each in glass.clauses]) == ("break-glass", ["Q.1", "R.1"])


def test_what_comes_nearest_lacks_least_and_says_all_that_it_lacks() -> None:
    """Two things of each permit are told of all that lack two, and nothing of one that lacks three."""
    near = given_by_anna(permit("SUD", to=[Recipient(person="sis")]), name="B")
    same = given_by_anna(permit("SUD", purposes=["HPAYMT"]), name="A")
    far = given_by_anna(permit("SUD", to=[Recipient(person="sis")], purposes=["HPAYMT"]), name="C")
    asked = decided(near, same, far, label=Label.of("MH"))
    assert (asked.result, asked.nearest) == (
        "no-consent", ("A.1: other purpose, other content", "B.1: other recipient, other content"),
    )  # fmt: skip
    reached = refuse(to=[Recipient(person="sis")], exceptions=[permit(id="1a")])
    assert decided(given_by_anna(reached)).nearest == ()
    assert decided().nearest == ()


def test_a_caveat_travels_with_what_somebody_sees_of_their_own() -> None:
    """Their record, and notes that they keep."""
    caveat = Label(categories={"MH"}, handling={"NODSCLCD"})
    anna = Member("anna", role="patient", since=date(2025, 1, 1))
    own = decided(who=anna, label=caveat, purpose="PATRQT")
    assert (own.reason, set(own.obligations)) == ("own-record", {"NODSCLCD"})
    notes = Label(categories={"PSYTHPN"}, notes="psychotherapy", author="lee", handling={"NODSCLCD"})
    kept = decided(label=notes)
    assert (kept.reason, set(kept.obligations)) == ("own-notes", {"NODSCLCD"})


def test_a_written_denial_may_be_owed_to_the_person_and_to_nobody_else() -> None:
    """What is kept from the person is kept from their family, too, without a word."""
    anna = Member("anna", role="patient", since=date(2025, 1, 1))
    taboo = Label.of("MH", "TBOO")
    person, family = (decided(who=each, label=taboo, purpose="PATRQT") for each in (anna, MOTHER))
    assert (person.reason, set(person.obligations)) == ("taboo", {"denial-notice"})
    assert (family.reason, set(family.obligations)) == ("taboo", set())


def test_of_several_decisions_what_refuses_counts_and_all_that_it_says() -> None:
    """A refusal before what nobody permits, and that before permits; clauses, obligations and near misses of all."""
    permitted = given_by_anna(permit("MH", "HIV"), name="P")
    refused = given_by_anna(refuse("STD"), refuse("SDV", id="2"), name="R")
    hidden = [Label.of("MH"), Label.of("SUD"), Label.of("STD"), Label.of("SDV")]
    asked: dict[str, Any] = {"purpose": "TREAT", "on": DAY, "patient": "anna"}
    denied = may_see([permitted, refused], LEE, hidden, **asked)
    assert (denied.result, [str(each) for each in denied.clauses]) == ("deny", ["R.1", "R.2"])
    lacking = may_see([permitted, refused], LEE, hidden[:2], **asked)
    assert (lacking.result, len(lacking.clauses), lacking.nearest) == ("no-consent", 0, ("P.1: other content",))
    seen = [Label(categories={"MH"}, handling={"NODSCLCD"}), Label(categories={"HIV"}, handling={"NOREUSE"})]
    found = may_see([permitted], LEE, seen, **asked)
    assert (found.result, set(found.obligations), len(found.nearest)) == ("permit", {"NODSCLCD", "NOREUSE"}, 0)
    assert [str(each) for each in found.clauses] == ["P.1"]
