"""Who is talked about, for how long, and what became of last time's actions."""

from __future__ import annotations

from datetime import date, timedelta

import attrs
import pytest

from carecoord.caseload import (
    BoardOptions,
    Caseload,
    Discussed,
    ReviewAction,
    ReviewRecord,
    actions_of,
    case_review,
)
from carecoord.errors import DataError, UnknownIdError
from carecoord.plans import Referral, ReferralStep
from carecoord.roles import Clause, Consent, Member, Reader, Recipient
from carecoord.stepped_care import (
    Assessment,
    Contact,
    Enrolment,
    EnrolmentEnd,
    Entry,
    Episode,
    Event,
    Override,
    decide,
    override,
    protocol,
)

DAY = date(2026, 6, 30)
OPTIONS: BoardOptions = {"accept_unverified": True}


def episode(person: str, *scores: tuple[int, int], q9: int = 0, enrolled: int = 70) -> Episode:
    """Make an episode in collaborative care: scores as days ago and value, a contact a week ago."""
    entries = [
        Assessment(
            id=f"s{days}", on=DAY - timedelta(days), instrument="phq-9", scores={"total": value}, items={"q9": q9}
        )
        for days, value in scores
    ]
    return Episode(
        person,
        [
            Enrolment(id="e", on=DAY - timedelta(enrolled), protocol="cocm-treat-to-target", step="acute"),
            Contact(id="c", on=DAY - timedelta(7)),
            *entries,
        ],
    )


CASELOAD = Caseload(
    episodes=[
        episode("down", (70, 15), (63, 4), (56, 4), (30, 4), (2, 4)),
        episode("fine", (20, 15), (2, 9), enrolled=20),
        episode("new", (3, 15), enrolled=3),
        episode("stuck", (70, 15), (2, 15)),
        episode("unsafe", (20, 15), (1, 15), q9=2, enrolled=20),
        episode("worse", (20, 12), (2, 18), enrolled=20),
    ]
)


def test_safety_comes_first_then_the_new_the_stuck_the_worse_and_those_who_may_step_down() -> None:
    """Whoever needs nothing is not on it."""
    review = case_review(CASELOAD, on=DAY, minutes=120, since=DAY - timedelta(7), options=OPTIONS)
    reasons = {page.person: page.reason for page in review.cases}
    assert reasons["unsafe"] == "safety"
    assert reasons["new"] == "new"
    assert reasons["stuck"] == "not improving"
    assert reasons["down"] == "stepping down"
    assert "fine" not in reasons
    places = [page.reason for page in review.cases]
    order = ["safety", "asked", "new", "not improving", "worse", "stepping down", "other"]
    assert places == sorted(places, key=order.index)
    assert review.waiting == ()


def test_who_is_referred_again_is_new() -> None:
    """Ended long ago and enrolled again since the last review; whoever goes on in another protocol is not new."""
    again = episode("again", (3, 15), enrolled=3)
    former: list[Entry] = [
        Enrolment(id="1", on=DAY - timedelta(400), protocol="german-impact"),
        EnrolmentEnd(id="2", on=DAY - timedelta(200), protocol="german-impact"),
    ]
    moved: list[Entry] = [
        Enrolment(id="1", on=DAY - timedelta(100), protocol="german-impact"),
        EnrolmentEnd(id="2", on=DAY - timedelta(3), protocol="german-impact"),
    ]
    for earlier, reason in ((former, "new"), (moved, "asked")):
        one = Episode("again", [*earlier, *again.entries])
        two = [Episode("again", earlier, id="former"), again]
        for episodes in ([one], two, two[::-1]):
            review = case_review(
                Caseload(episodes=episodes),
                on=DAY,
                minutes=60,
                since=DAY - timedelta(7),
                asked={"again": "?"},
                options=OPTIONS,
            )
            (page,) = review.cases
            assert page.reason == "asked"
            assert (f"enrolled on {DAY - timedelta(3)}" in page.because) is (reason == "new")


def test_time_is_planned_and_nobody_is_dropped() -> None:
    """Those there is no time for wait, in order; safety is talked about whatever the time."""
    review = case_review(CASELOAD, on=DAY, minutes=20, since=DAY - timedelta(7), options=OPTIONS)
    assert review.planned <= 20
    assert [page.person for page in review.cases][:2] == ["unsafe", "new"]
    whole = case_review(CASELOAD, on=DAY, minutes=500, since=DAY - timedelta(7), options=OPTIONS)
    assert {page.person for page in (*review.cases, *review.waiting)} == {page.person for page in whole.cases}
    short = case_review(CASELOAD, on=DAY, minutes=1, options=OPTIONS)
    assert [page.person for page in short.cases] == ["unsafe"]
    assert short.planned == 10
    assert "No time for: " in str(short)
    own = case_review(CASELOAD, on=DAY, minutes=60, talk={"safety": 3}, options=OPTIONS)
    assert own.cases[0].minutes == 3
    with pytest.raises(DataError, match="more than 0"):
        case_review(CASELOAD, on=DAY, minutes=0)


def test_what_somebody_asks_is_talked_about() -> None:
    """Even of somebody who needs nothing; of a stranger it is refused, without naming them."""
    review = case_review(CASELOAD, on=DAY, minutes=120, asked={"fine": "may the dose be halved?"}, options=OPTIONS)
    page = next(page for page in review.cases if page.person == "fine")
    assert (page.reason, page.questions) == ("asked", ("may the dose be halved?",))
    assert [page.reason for page in review.cases][:2] == ["safety", "asked"]
    with pytest.raises(DataError) as raised:
        case_review(CASELOAD, on=DAY, asked={"a stranger": "who?"}, options=OPTIONS)
    assert "stranger" not in str(raised.value)


def test_a_page_says_what_was_tried_and_decided() -> None:
    """Scores over time, steps, events, overrides with their reason, and what is to be found out."""
    stuck = episode("stuck", (70, 15), (2, 15))
    decision = decide(protocol("cocm-treat-to-target"), stuck, on=DAY - timedelta(1), accept_unverified=True)
    decided = override(
        stuck, decision, id="o", move="stay", by="lee", on=DAY - timedelta(1), reason="a week on holiday"
    ).with_entry(Event(id="t", on=DAY - timedelta(60), name="consultation"))
    assert any(isinstance(entry, Override) for entry in decided.entries)
    (page,) = case_review(Caseload(episodes=[decided]), on=DAY, minutes=60, asked={"stuck": "?"}, options=OPTIONS).cases
    assert [str(one) for one in page.trend] == ["phq-9: 15, 15 (2026-04-21 to 2026-06-28)"]
    assert str(page.steps[0]) == "2026-04-21 cocm-treat-to-target: enrolled, acute"
    assert page.treatments == ("2026-05-01 consultation",)
    assert [str(one) for one in page.decided] == [
        f"2026-06-29 stay instead of {decision.move} by lee: a week on holiday"
    ]
    assert "tried     2026-05-01 consultation" in str(page)


def test_a_referral_open_too_long_is_a_reason() -> None:
    """By the host's own limit."""
    sent = [ReferralStep(status="sent", on=DAY - timedelta(20), by="lee")]
    referral = Referral(id="r", person="fine", service="housing", title="Housing advice", steps=sent)
    options: BoardOptions = {"accept_unverified": True, "limits": {"sent": "P2W"}}
    caseload = attrs.evolve(CASELOAD, referrals=[referral])
    page = next(
        page for page in case_review(caseload, on=DAY, minutes=200, options=options).cases if page.person == "fine"
    )
    assert page.reason == "other"
    assert "Housing advice has been sent since 2026-06-10, too long since" in page.because[0]
    assert "fine" not in {page.person for page in case_review(caseload, on=DAY, minutes=200, options=OPTIONS).cases}


ACTION = ReviewAction(id="1", what="call the pharmacy", owner="lee", due=DAY)


def test_actions_stand_as_their_days_say() -> None:
    """Open on the day it is due, overdue the day after, done late after that."""
    assert ACTION.state(on=DAY) == "open"
    assert ACTION.state(on=DAY + timedelta(1)) == "overdue"
    late = attrs.evolve(ACTION, done=DAY + timedelta(3))
    assert [late.state(on=DAY + timedelta(days)) for days in (0, 2, 3)] == ["open", "overdue", "done late"]
    assert attrs.evolve(ACTION, done=DAY).state(on=DAY) == "done"
    assert attrs.evolve(ACTION, dropped="moved away").state(on=DAY + timedelta(9)) == "dropped"


def test_what_became_of_the_last_reviews_actions_is_told() -> None:
    """The overdue first; minutes of later reviews are left out; a page carries its own."""
    early = attrs.evolve(ACTION, id="2", due=DAY - timedelta(2), what="ask for the HbA1c")
    record = ReviewRecord(
        id="w1", on=DAY - timedelta(7), discussed=[Discussed(person="stuck", actions=[ACTION, early])]
    )
    later = ReviewRecord(id="w2", on=DAY + timedelta(7), discussed=[Discussed(person="new", actions=[ACTION])])
    found = actions_of([later, record], on=DAY)
    assert [(person, action.id, state) for person, action, state in found] == [
        ("stuck", "2", "overdue"),
        ("stuck", "1", "open"),
    ]
    review = case_review(CASELOAD, on=DAY, minutes=120, records=[record, later], options=OPTIONS)
    assert review.actions == found
    page = next(page for page in review.cases if page.person == "stuck")
    assert page.actions == ((early, "overdue"), (ACTION, "open"))
    assert "  stuck: ask for the HbA1c (lee, by 2026-06-28): overdue" in str(review)


def test_actions_are_settled_once() -> None:
    """Done on a day, or dropped for a reason."""
    record = ReviewRecord(id="w1", on=DAY, discussed=[Discussed(person="a", actions=[ACTION])])
    settled = record.settle("1", done=DAY)
    assert settled.discussed[0].actions[0].done == DAY
    assert record.settle("1", dropped="moved away").discussed[0].actions[0].dropped == "moved away"
    with pytest.raises(DataError, match="settled already"):
        settled.settle("1", done=DAY)
    with pytest.raises(UnknownIdError):
        record.settle("9", done=DAY)
    for wrong in ({}, {"done": DAY, "dropped": "x"}):
        with pytest.raises(DataError, match="either the day"):
            record.settle("1", **wrong)  # type: ignore[arg-type]


def test_wrong_minutes_are_refused() -> None:
    """A person twice, an action twice, one that nobody does."""
    with pytest.raises(DataError, match="discussed already"):
        ReviewRecord(id="w", on=DAY, discussed=[Discussed(person="a"), Discussed(person="a")])
    with pytest.raises(DataError, match="stands twice"):
        ReviewRecord(id="w", on=DAY, discussed=[Discussed(person="a", actions=[ACTION, ACTION])])
    with pytest.raises(DataError, match=r"\$\.owner"):
        ReviewAction(id="1", what="call", owner=" ", due=DAY)
    with pytest.raises(DataError, match="not dropped"):
        attrs.evolve(ACTION, done=DAY, dropped="why")


def test_a_reader_is_told_what_they_may_see_only() -> None:
    """No consent, nobody; consent of one, that one, with what was minuted of it under labels they may see."""
    record = ReviewRecord(
        id="w1",
        on=DAY - timedelta(7),
        discussed=[
            Discussed(person="stuck", actions=[ACTION], labels=frozenset({"MH"})),
            Discussed(person="unsafe", actions=[attrs.evolve(ACTION, id="3")], labels=frozenset()),
        ],
    )
    nobody = Reader(member=Member("lee", role="care-manager", since=date(2020, 1, 1)), purpose="TREAT", on=DAY)
    hidden = case_review(CASELOAD, reader=nobody, minutes=60, records=[record], options=OPTIONS)
    assert (hidden.cases, hidden.waiting, hidden.actions) == ((), (), ())
    assert hidden.note == "from what you may see"
    for categories, actions in (([], 0), (["MH"], 1)):
        clauses = [
            Clause(id=str(n), decision="permit", categories=each, to=[Recipient(person="lee")], purposes=["TREAT"])
            for n, each in enumerate([(), *([one] for one in categories)])
        ]
        consent = Consent(id="k", patient="stuck", signed=DAY - timedelta(30), clauses=clauses)
        by = attrs.evolve(nobody, consents=[consent])
        seen = case_review(CASELOAD, reader=by, minutes=60, records=[record], asked={"unsafe": "?"}, options=OPTIONS)
        assert {page.person for page in (*seen.cases, *seen.waiting)} <= {"stuck"}
        assert len(seen.actions) == actions
