"""Boards by group, with flags, and what changed since a day."""

from __future__ import annotations

from datetime import date, timedelta

import attrs
import pytest

from carecoord.caseload import Board, BoardOptions, Caseload, board, board_changes, changed_since, measure, read_measure
from carecoord.errors import DataError
from carecoord.plans import Referral, ReferralStep
from carecoord.roles import Clause, Consent, Member, Reader, Recipient
from carecoord.stepped_care import Assessment, Contact, Enrolment, Episode, Event

DAY = date(2026, 6, 30)
OPTIONS: BoardOptions = {"accept_unverified": True}


def phq(name: str, days: int, total: int, *, q9: int = 0, recorded: date | None = None) -> Assessment:
    """Make a PHQ-9 of some days ago."""
    on = DAY - timedelta(days)
    return Assessment(
        id=name, on=on, recorded=recorded or on, instrument="phq-9", scores={"total": total}, items={"q9": q9}
    )


def episode(person: str, *entries: Assessment | Contact | Event, enrolled: int = 70) -> Episode:
    """Make an episode in collaborative care."""
    start = Enrolment(id="e", on=DAY - timedelta(enrolled), protocol="cocm-treat-to-target", step="acute")
    return Episode(person, [start, *entries])


CASELOAD = Caseload(
    episodes=[
        episode("fine", phq("1", 20, 15), phq("2", 2, 9), Contact(id="c", on=DAY - timedelta(2)), enrolled=20),
        episode("stuck", phq("1", 70, 15), phq("2", 2, 16)),
        episode("unsafe", phq("1", 20, 15), phq("2", 1, 15, q9=2), Contact(id="c", on=DAY), enrolled=20),
    ]
)


def whole(caseload: Caseload = CASELOAD, on: date = DAY) -> Board:
    """Give the whole board."""
    return board(caseload, on=on, **OPTIONS)


def test_flags_are_on_the_board_with_their_reason_and_evidence() -> None:
    """Nobody seen for more than four weeks, nobody consulted after eight."""
    row = whole()["stuck"]
    assert {flag.id: flag.state for flag in row.flags} == {"no-contact": "raised", "no-consultation": "raised"}
    told = next(str(flag) for flag in row.flags if flag.id == "no-contact")
    assert told == "no contact kept for more than four weeks: no contact in the last four weeks unverified"
    assert told in row.reasons
    assert told in str(whole())
    assert whole()["fine"].flags == ()
    assert board(CASELOAD, on=DAY, flags=None, accept_unverified=True)["stuck"].flags == ()


HIGH = read_measure("""
    id = "ours"
    title = "ours"
    [[events]]
    id = "last"
    from = "scores"
    take = "last"
    [[rates]]
    id = "high"
    title = "a high score"
    initial = "last"
    numerator = "last.value >= 16"
    """)


def test_a_site_flags_what_it_likes() -> None:
    """By a measure of its own; what cannot be decided is asked."""
    blank = attrs.evolve(phq("2", 2, 0), scores={"total": None})
    caseload = Caseload(episodes=[*CASELOAD.episodes, episode("blank", phq("1", 20, 15), blank, enrolled=20)])
    flagged = board(caseload, on=DAY, flags=HIGH, accept_unverified=True)
    assert {row.person: [flag.state for flag in row.flags] for row in flagged.rows if row.flags} == {
        "stuck": ["raised"],
        "blank": ["undecided"],
    }
    (flag,) = flagged["blank"].flags
    assert str(flag) == "a high score? last.value is unknown"
    assert flagged["blank"].need != "go on"


def test_what_one_episode_raises_is_not_hidden_by_another() -> None:
    """Of two episodes of a person one cannot say, the other raises the flag: it is raised, in either order."""
    blank = attrs.evolve(phq("2", 2, 0), scores={"total": None})
    two = [
        episode("a", phq("1", 20, 15), blank, enrolled=20),
        attrs.evolve(episode("a", phq("1", 2, 18), enrolled=20), id="second"),
    ]
    for episodes in (two, two[::-1]):
        flags = board(Caseload(episodes=episodes), on=DAY, flags=HIGH, accept_unverified=True)["a"].flags
        assert [(flag.id, flag.state, flag.because) for flag in flags] == [
            ("high", "raised", "last.value is 18, which is >= 16")
        ]


def test_open_referrals_are_on_the_board() -> None:
    """Too long by the host's limit is overdue; without a limit it is told and nothing more."""
    sent = [ReferralStep(status="sent", on=DAY - timedelta(20), by="lee")]
    referral = Referral(id="r", person="somebody", service="advice", title="Housing advice", steps=sent)
    caseload = attrs.evolve(CASELOAD, referrals=[referral])
    late = board(caseload, on=DAY, limits={"sent": "P2W"}, accept_unverified=True)["somebody"]
    assert (late.need, late.referrals[0].state) == ("overdue", "too-long")
    assert "Housing advice has been sent since 2026-06-10" in str(board(caseload, on=DAY, **OPTIONS))
    assert board(caseload, on=DAY, **OPTIONS)["somebody"].need == "go on"
    with pytest.raises(DataError, match="two referrals"):
        Caseload(referrals=[referral, referral])


def test_rows_are_kept_and_grouped_in_their_order() -> None:
    """A filter and groups leave everything else as it is."""
    found = whole()
    today = found.only(lambda row: row.need in ("see today", "see now"))
    assert [row.person for row in today.rows] == ["unsafe"]
    groups = found.grouped(lambda row: row.need)
    assert [row for group in groups.values() for row in group.rows] == list(found.rows)
    assert {group.on for group in groups.values()} == {DAY}


def test_a_board_wants_a_day_or_a_reader() -> None:
    """And no other day than the reader's."""
    with pytest.raises(DataError, match="a day is wanted, or a reader"):
        board(CASELOAD)
    reader = Reader(member=Member("lee", role="care-manager", since=date(2020, 1, 1)), purpose="TREAT", on=DAY)
    with pytest.raises(DataError, match="that of their day"):
        board(CASELOAD, on=DAY - timedelta(1), reader=reader)
    assert board(CASELOAD, reader=reader, **OPTIONS).rows == ()


def test_what_changed_since_a_day_is_told() -> None:
    """New reasons, new scores, another need, somebody new; whoever stays the same is not there."""
    changes = changed_since(CASELOAD, DAY - timedelta(10), on=DAY, options=OPTIONS)
    told = {one.person: one for one in changes}
    assert told["unsafe"].now == "see today"
    assert told["unsafe"].before != "see today"
    assert told["unsafe"].scores == ("phq-9 15 moderately severe (was 15, same) on 2026-06-29",)
    assert any("self-harm" in reason for reason in told["unsafe"].new)
    assert [one.person for one in changes] == [row.person for row in whole().rows if row.person in told]
    assert str(told["unsafe"]).startswith("unsafe: see today (was ")
    assert changed_since(CASELOAD, DAY - timedelta(1), on=DAY, options=OPTIONS) != ()
    with pytest.raises(DataError, match="before the board's own"):
        changed_since(CASELOAD, DAY, on=DAY)


def test_a_corrected_score_is_told() -> None:
    """Another value of the same day is new; those gone from a board come last, in its order."""
    before = whole()
    other = attrs.evolve(before.rows[0].latest[0], value=1)
    changed = attrs.evolve(before.rows[0], latest=(other, *before.rows[0].latest[1:]))
    (told,) = board_changes(before, attrs.evolve(before, rows=(changed, *before.rows[1:])))
    assert (told.person, told.scores) == (before.rows[0].person, (str(other),))
    gone = board_changes(before, attrs.evolve(before, rows=()))
    assert [one.person for one in gone] == [row.person for row in before.rows]
    assert {one.now for one in gone} == {None}


def test_what_was_written_down_later_is_new() -> None:
    """A score of an earlier day that came in yesterday."""
    late = episode("late", phq("1", 60, 15), phq("2", 30, 3, recorded=DAY - timedelta(1)))
    (change,) = changed_since(Caseload(episodes=[late]), DAY - timedelta(7), on=DAY, options=OPTIONS)
    assert change.scores == ("phq-9 3 minimal (was 15, better) on 2026-05-31",)


def test_whoever_is_no_longer_there_is_told() -> None:
    """And boards the wrong way round are refused."""
    before = whole()
    after = before.only(lambda row: row.person != "fine")
    (gone,) = board_changes(before, after)
    assert (gone.person, gone.now) == ("fine", None)
    assert str(gone).startswith("fine: not there any more (was ")
    (come,) = board_changes(after, before)
    assert (come.before, come.person) == (None, "fine")
    assert board_changes(before, before) == ()
    with pytest.raises(DataError, match="is before"):
        board_changes(before, attrs.evolve(after, on=DAY - timedelta(1)))


def test_a_reader_is_told_of_changes_they_may_see_now() -> None:
    """A consent that has ended since shows nothing of the earlier day."""
    member = Member("lee", role="care-manager", since=date(2020, 1, 1))
    clauses = [
        Clause(id=str(n), decision="permit", categories=each, to=[Recipient(person="lee")], purposes=["TREAT"])
        for n, each in enumerate([(), ("MH",)])
    ]
    consent = Consent(id="k", patient="stuck", signed=DAY - timedelta(90), clauses=clauses)
    reader = Reader(member=member, purpose="TREAT", on=DAY, consents=[consent])
    seen = changed_since(CASELOAD, DAY - timedelta(5), reader=reader, options=OPTIONS)
    assert {one.person for one in seen} == {"stuck"}
    ended = attrs.evolve(reader, consents=[attrs.evolve(consent, until=DAY - timedelta(1))])
    assert changed_since(CASELOAD, DAY - timedelta(5), reader=ended, options=OPTIONS) == ()


def test_the_flags_of_the_library_say_that_they_are_recalled() -> None:
    """Nothing that was only recalled looks verified."""
    assert set(measure("caseload-flags").unverified) == {
        "facts.four_weeks_ago",
        "rates.no-contact",
        "rates.no-score",
        "rates.no-consultation",
    }
