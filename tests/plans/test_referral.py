"""Referrals: each step, what is open too long, and what whoever receives one may be told."""

from __future__ import annotations

from datetime import date
from typing import Any, get_args

import attrs
import pytest

from carecoord._values import Period
from carecoord.errors import DataError, StatusError, UnknownIdError
from carecoord.plans import (
    Need,
    Owner,
    Referral,
    ReferralStatus,
    ReferralStep,
    ReferralView,
    Service,
    legal_moves,
    open_referrals,
    refer,
)
from carecoord.roles import Clause, Consent, Member, Reader, Recipient, disclose, project

SENT = date(2026, 3, 2)
NEED = Need(id="flat", domain="social", title="A flat of her own", labels=[])
ADVICE = Service(id="advice", name="Housing advice", domains=["social"], organisation="city", labels=[])


def referral(need: Need = NEED, service: Service = ADVICE, **more: Any) -> Referral:
    """Refer an invented person."""
    return refer(need, service, id="r1", person="anna", by="lee", on=SENT, **more)


def test_a_referral_says_where_it_comes_from() -> None:
    """What it is for, where it goes, and what both are about."""
    made = referral(plan="p", activity="a", owner=Owner(member="holm"), reason="notice given", labels=["MH"])
    assert made == Referral(
        id="r1",
        person="anna",
        service="advice",
        organisation="city",
        title="Housing advice",
        reason="notice given",
        domain="social",
        plan="p",
        need="flat",
        activity="a",
        owner=Owner(member="holm"),
        steps=[ReferralStep(status="sent", on=SENT, by="lee")],
        labels=["MH"],
    )
    assert (made.status, made.sent, made.is_open) == ("sent", SENT, True)
    assert referral(title="A flat").title == "A flat"
    assert referral().labels is None
    need, service = attrs.evolve(NEED, labels=["SUD"]), attrs.evolve(ADVICE, labels=["HIV"])
    assert referral(need, service).discloses == {"SUD", "HIV"}
    assert referral(attrs.evolve(NEED, labels=None), attrs.evolve(ADVICE, labels=None)).discloses == frozenset()


@pytest.mark.parametrize(
    ("before", "legal"),
    [
        ("sent", ("accepted", "waitlisted", "enrolled", "received", "declined", "expired", "entered-in-error")),
        ("accepted", ("waitlisted", "enrolled", "received", "declined", "expired", "entered-in-error")),
        ("waitlisted", ("accepted", "enrolled", "received", "declined", "expired", "entered-in-error")),
        ("enrolled", ("received", "declined", "expired", "entered-in-error")),
        ("received", ("entered-in-error",)),
        ("declined", ("entered-in-error",)),
        ("expired", ("entered-in-error",)),
        ("entered-in-error", ()),
    ],
)
def test_only_legal_steps_are_taken(before: ReferralStatus, legal: tuple[ReferralStatus, ...]) -> None:
    """Every step forward; what is over stays so. An illegal one is refused with the legal ones."""
    made = referral() if before == "sent" else referral().move(before, on=SENT)
    assert legal_moves("referral", before) == legal
    for after in get_args(ReferralStatus):
        if after in legal:
            assert made.move(after, on=SENT).status == after
        elif after != before:
            with pytest.raises(StatusError) as refused:
                made.move(after, on=SENT)
            assert (refused.value.before, refused.value.after, refused.value.legal) == (before, after, legal)


def test_what_it_went_through_stays() -> None:
    """Each step with its day, who recorded it and what was said; another note of the same status is one more step."""
    made = referral().move("waitlisted", on=date(2026, 3, 9), by="city", note="about six weeks")
    again = made.move("waitlisted", on=date(2026, 4, 1), note="still")
    assert [(step.status, str(step.on), step.by, step.note) for step in again.steps] == [
        ("sent", "2026-03-02", "lee", ""),
        ("waitlisted", "2026-03-09", "city", "about six weeks"),
        ("waitlisted", "2026-04-01", None, "still"),
    ]
    assert again.as_of(date(2026, 3, 31)) == made
    assert again.as_of(date(2026, 3, 9)) == made
    assert again.as_of(date(2026, 3, 1)) is None


def test_a_referral_begins_with_being_sent_and_never_goes_back() -> None:
    """Neither in status nor in time; the same day is no way back."""
    step = ReferralStep(status="accepted", on=SENT)
    for steps in ([], [step]):
        with pytest.raises(DataError, match=r"\$.steps: that it was sent is wanted first"):
            attrs.evolve(referral(), steps=steps)
    with pytest.raises(DataError, match=r"\$.steps\[1\].on: 2026-03-01 is before the step it follows, 2026-03-02"):
        referral().move("accepted", on=date(2026, 3, 1))
    with pytest.raises(StatusError):
        attrs.evolve(referral(), steps=[*referral().steps, attrs.evolve(step, status="received"), step])


# what is open too long

LIMITS: Any = {"sent": "P2W", "waitlisted": Period.parse("P2M"), "enrolled": "P1M"}


@pytest.mark.parametrize(
    ("on", "state", "because"),
    [
        (date(2026, 3, 16), "waiting", "Housing advice has been sent since 2026-03-02; too long from 2026-03-17"),
        (
            date(2026, 3, 17),
            "too-long",
            "Housing advice has been sent since 2026-03-02, too long since 2026-03-17: ask the service",
        ),
    ],
)
def test_what_stands_longer_than_its_limit_is_too_long(on: date, state: str, because: str) -> None:
    """The last day of the limit is in time."""
    (found,) = open_referrals([referral()], on=on, limits=LIMITS)
    assert (found.state, found.because, found.overdue_from) == (state, because, date(2026, 3, 17))
    assert (found.since, found.ask, found.owner) == (SENT, "service", Owner(duty="track-referral"))
    assert found.referral == referral()


@pytest.mark.parametrize(
    ("status", "ask"), [("accepted", "service"), ("waitlisted", "service"), ("enrolled", "person")]
)
def test_who_is_asked_depends_on_where_it_stands(status: Any, ask: str) -> None:
    """Once somebody is enrolled, only they know whether they received it; its owner asks."""
    made = referral(owner=Owner(member="holm")).move(status, on=date(2026, 3, 9))
    (found,) = open_referrals([made], on=date(2026, 12, 1), limits=LIMITS)
    assert (found.ask, found.owner, found.since) == (ask, Owner(member="holm"), date(2026, 3, 9))
    assert found.state == ("undecided" if status == "accepted" else "too-long")


def test_a_status_without_a_limit_is_undecided() -> None:
    """Nobody has said how long is too long."""
    (found,) = open_referrals([referral()], on=date(2030, 1, 1), limits={})
    assert (found.state, found.overdue_from) == ("undecided", None)
    assert found.because == "Housing advice has been sent since 2026-03-02, and no limit is stated for that"


@pytest.mark.parametrize("status", ["received", "declined", "expired", "entered-in-error"])
def test_a_closed_loop_is_not_listed(status: Any) -> None:
    """Nor what was sent later; what closed it later is not seen yet."""
    made = referral().move(status, on=date(2026, 3, 9))
    assert open_referrals([made], on=date(2026, 3, 9), limits=LIMITS) == ()
    assert len(open_referrals([made], on=date(2026, 3, 8), limits=LIMITS)) == 1
    assert open_referrals([made], on=date(2026, 3, 1), limits=LIMITS) == ()


def test_what_has_taken_too_long_stands_first() -> None:
    """Then what is undecided, then what is waiting; the longest first, then by id."""
    late = [attrs.evolve(referral(), id=id) for id in ("b", "a")]
    listed = [
        attrs.evolve(referral().move("enrolled", on=date(2026, 4, 10)), id="waiting"),
        attrs.evolve(referral().move("accepted", on=date(2026, 3, 20)), id="undecided-2"),
        attrs.evolve(referral().move("accepted", on=date(2026, 3, 10)), id="undecided-1"),
        *late,
        attrs.evolve(referral().move("enrolled", on=date(2026, 3, 5)), id="later"),
    ]
    found = open_referrals(listed, on=date(2026, 4, 12), limits=LIMITS)
    assert [each.referral.id for each in found] == ["a", "b", "later", "undecided-1", "undecided-2", "waiting"]
    assert open_referrals(listed[::-1], on=date(2026, 4, 12), limits=LIMITS) == found


def test_a_limit_is_a_period() -> None:
    """What is none is refused with its status."""
    with pytest.raises(DataError, match=r"limits: 1 fault\n  \$.sent: 'soon' is no ISO 8601 duration"):
        open_referrals([], on=SENT, limits={"sent": "soon"})


# who may be told

CITY = Member("city-desk", role="community-health-worker", since=date(2025, 1, 1), organisation="city")


def consent(*, about: Any = (), organisation: str = "city") -> Consent:
    """Write an invented consent to tell the city's advice centre."""
    clause = Clause(
        id="1", decision="permit", to=[Recipient(organisation=organisation)], purposes=["COC"], categories=about
    )
    return Consent(id="C", patient="anna", signed=date(2026, 1, 5), clauses=[clause])


def reader(*consents: Consent, member: Member = CITY) -> Reader:
    """Give whoever receives the referral."""
    return Reader(member=member, purpose="COC", on=SENT, consents=consents)


def test_nothing_is_told_without_consent() -> None:
    """The view is nothing, the record says why, and the lookup answers as if there were no referral."""
    told = disclose(referral(), reader())
    assert told.view is None
    assert [each.element for each in told.withheld] == ["referrals.r1"]
    with pytest.raises(UnknownIdError):
        project(referral(), reader())


def test_who_receives_it_sees_what_was_consented_to() -> None:
    """What is asked for and why; not the plan, the need, the notes, nor an id of the host's."""
    made = referral(plan="p", reason="notice given", activity="a", owner=Owner(member="holm"))
    made = made.move("waitlisted", on=date(2026, 3, 9), by="lee", note="she sounded tired")
    told = disclose(made, reader(consent()))
    view = told.view
    assert view == ReferralView(
        id="referral-0001",
        person="anna",
        service="advice",
        title="Housing advice",
        reason="notice given",
        by=None,
        sent=SENT,
        status="waitlisted",
        since=date(2026, 3, 9),
    )
    assert dict(told.ids) == {"referral-0001": ("r1",)}
    left = project(made, reader(consent()))
    assert (left.plan, left.need, left.activity, left.owner) == (None, None, None, None)
    assert [step.note for step in left.steps] == ["", ""]


def test_a_sender_is_named_where_they_may_be() -> None:
    """The reader themselves, and a member whose role discloses nothing."""
    own = attrs.evolve(referral(), steps=[ReferralStep(status="sent", on=SENT, by="city-desk")])
    assert disclose(own, reader(consent())).view.by == "city-desk"


@pytest.mark.parametrize("where", ["need", "service", "labels"])
def test_what_is_sensitive_needs_a_consent_that_says_so(where: str) -> None:
    """Whether the need, the service or its author says what it is about."""
    need = attrs.evolve(NEED, labels=["MH"] if where == "need" else [])
    service = attrs.evolve(ADVICE, labels=["MH"] if where == "service" else [])
    made = referral(need, service, labels=["MH"] if where == "labels" else [])
    assert disclose(made, reader(consent())).view is None
    assert disclose(made, reader(consent(about=["MH"]))).view is not None


def test_the_side_of_life_discloses_what_it_does() -> None:
    """A referral for a substance-use need is sensitive whatever its author says, and so is a sensitive organisation."""
    sud = referral(attrs.evolve(NEED, domain="substance-use"))
    assert disclose(sud, reader(consent())).view is None
    plain = reader(consent())
    known = attrs.evolve(plain, codes=plain.codes.with_defaults("organisation", {"city": ["HIV"]}))
    assert disclose(referral(), known).view is None
    known = attrs.evolve(plain, codes=plain.codes.with_defaults("service", {"advice": ["HIV"]}))
    assert disclose(referral(), known).view is None


def test_a_consent_of_somebody_else_is_refused() -> None:
    """Passing over it could open what it closes."""
    with pytest.raises(DataError, match="somebody whom the value is not about"):
        disclose(referral(), reader(attrs.evolve(consent(), patient="berta")))


def test_words_of_what_is_shown_are_looked_through() -> None:
    """Text that is shown is kept for whoever discloses; the reason may say too much, and nothing else is shown."""
    told = disclose(referral(reason="after detox"), reader(consent()))
    assert told.suspected == ()
    assert told.view.reason == "after detox"
