"""The invented clinic's team and what a reader elsewhere sees: each hard case stands where its history puts it."""

from __future__ import annotations

import json
from datetime import date, timedelta

import attrs
import pytest

from carecoord.caseload import Board, Caseload, board, disclose_board
from carecoord.demo import DAY, clinic, reader
from carecoord.plans import other_side
from carecoord.roles import Gap, ResponsibilityMatrix, Span, Team, gaps, propose, who
from carecoord.stepped_care import Assessment, Episode

ONE_DAY = timedelta(days=1)


def staff() -> tuple[Team, ResponsibilityMatrix]:
    """Give the clinic's team and matrix."""
    caseload = clinic()
    assert caseload.team is not None
    assert caseload.matrix is not None
    return caseload.team, caseload.matrix


def of_kind(kind: str, on: date) -> list[Gap]:
    """Give the gaps of a kind on a day."""
    return [gap for gap in gaps(*staff(), on=on) if gap.kind == kind]


def seen(caseload: Caseload) -> Board:
    """Give the board that the reader sees."""
    return disclose_board(caseload, reader(), accept_unverified=True).view


def test_a_leave_that_nobody_covers_leaves_duties_uncovered_from_its_first_day_to_its_last() -> None:
    """The care manager is away from 29 June and back on 13 July; on every day of it somebody is there to turn to."""
    team, matrix = staff()
    found = [
        gap for gap in gaps(team, matrix, between=(date(2026, 6, 1), date(2026, 7, 31))) if gap.kind == "uncovered"
    ]
    assert {"risk-assessment", "follow-up", "registry"} <= {gap.duty for gap in found}
    assert {gap.days for gap in found} == {(Span(date(2026, 6, 29), date(2026, 7, 13)),)}
    holder = who(team, matrix, "risk-assessment", on=DAY)
    assert (holder.member, [contact.member for contact in holder.escalate_to]) == (None, ["lee", "okafor"])


def test_a_credential_lapsed_and_nobody_may_prescribe_from_that_day() -> None:
    """On 24 June the provider still may; from the 25th the duty has nobody who may do it, and says why."""
    lapsed = date(2026, 6, 25)
    assert of_kind("credential-lapsed", lapsed - ONE_DAY) == []
    assert [(gap.duty, gap.member, gap.since) for gap in of_kind("credential-lapsed", DAY)] == [
        ("prescribe", "lee", lapsed)
    ]
    team, matrix = staff()
    before, after = (who(team, matrix, "prescribe", on=day) for day in (lapsed - ONE_DAY, lapsed))
    assert [one.member for one in before.responsible] == ["lee"]
    assert after.responsible == ()
    assert "ended on 2026-06-25" in after.because


def test_a_training_is_due_before_it_ends() -> None:
    """The consultant's ends on 10 August and is due sixty days before; from that day on they are untrained."""
    due, end = date(2026, 6, 11), date(2026, 8, 10)
    assert [of_kind("training-due", day) for day in (due - ONE_DAY, end)] == [[], []]
    assert [(gap.member, gap.since, gap.until) for gap in of_kind("training-due", DAY)] == [("okafor", due, end)]
    assert [(gap.duty, gap.member) for gap in of_kind("untrained", end)] == [("case-review", "okafor")]


def test_the_board_names_whom_to_call_about_each_gap() -> None:
    """About the leave the provider, who is next in line; about a licence or a training whoever has to renew it."""
    shown = board(clinic(), on=DAY, accept_unverified=True)
    calls = {gap.kind: call and (call.member, call.reach) for gap, call in zip(shown.gaps, shown.calls, strict=True)}
    assert calls == {
        "uncovered": ("lee", "ext. 10"),
        "credential-lapsed": ("lee", "ext. 10"),
        "training-due": ("okafor", "ext. 20"),
    }
    lines = str(shown).splitlines()[-3:]
    assert [line.split(":")[0].strip() for line in lines] == list(calls)
    assert [line.rpartition("; turn to ")[2] for line in lines] == [
        "lee (ext. 10)",
        "lee (ext. 10)",
        "okafor (ext. 20)",
    ]
    assert json.loads(json.dumps(shown.to_dict()))["calls"][0]["reach"] == "ext. 10"


def test_a_gap_about_which_nobody_can_be_called_says_no_name() -> None:
    """With nobody of the escalation there, the board tells the gap alone."""
    caseload = clinic()
    team, _ = staff()
    alone = attrs.evolve(
        team, members=[one for one in team.members if one.id in {"holm", "person"}], credentials=None, trained=None
    )
    shown = board(attrs.evolve(caseload, team=alone), on=DAY, accept_unverified=True)
    assert set(shown.calls) == {None}
    assert shown.to_dict()["calls"] == [None] * len(shown.gaps)
    assert "turn to" not in str(shown).partition("Who does what is not settled:")[2]


@pytest.mark.parametrize("word", ["audit", "drink", "wine", "blood", "substance", "withheld", "hidden"])
def test_the_readers_board_is_silent_about_the_record_that_is_withheld(word: str) -> None:
    """No word of it, and none that there is more: in the text, in the data, in the values."""
    shown = seen(clinic())
    assert [row.person for row in shown.rows] == ["tomas", "zoe"]
    assert str(shown).startswith("Board on 2026-06-30: 2 people, 0 to see or ask today (from what you may see)\n")
    assert [latest.instrument for latest in shown["zoe"].latest] == ["gad-7", "phq-9"]
    for text in (str(shown), json.dumps(shown.to_dict()), repr(shown)):
        assert word not in text.lower()


def test_the_readers_board_is_that_of_a_clinic_in_which_the_record_never_was() -> None:
    """Without the AUDIT and all about drinking the board is the same, to the byte; the clinic's own is not."""
    caseload = clinic()

    def without(episode: Episode) -> Episode:
        kept = [one for one in episode.entries if not (isinstance(one, Assessment) and one.instrument == "audit")]
        return attrs.evolve(episode, entries=kept)

    plans = [
        attrs.evolve(plan, needs=plan.needs[:1], goals=(), activities=()) if plan.id == "plan-zoe" else plan
        for plan in caseload.plans
    ]
    never = attrs.evolve(caseload, episodes=[without(one) for one in caseload.episodes], plans=plans)
    assert seen(never) == seen(caseload)
    assert json.dumps(seen(never).to_dict()) == json.dumps(seen(caseload).to_dict())
    own, other = (board(each, on=DAY, accept_unverified=True) for each in (caseload, never))
    assert "audit" in str(own)
    assert "audit" not in str(other)


def test_whoever_discloses_keeps_what_was_withheld_and_why() -> None:
    """Zoe's refusal is the reason; the elements are the score, the need, the goal and the test."""
    withheld = disclose_board(clinic(), reader(), accept_unverified=True).withheld
    of_zoe = {
        each.element: [str(clause) for clause in each.decision.clauses] for each in withheld if each.patient == "zoe"
    }
    assert of_zoe == {
        key: ["zoe-1.3"] for key in ("entries.zoe-3", "needs.drinking", "goals.evenings", "activities.bloods")
    }


def test_somebody_can_be_proposed_for_what_the_provider_may_no_longer_do() -> None:
    """The consultant may prescribe and is there; the care manager is ruled out by the leave."""
    (found,) = [one for one in propose(*staff(), on=DAY) if one.gap.kind == "credential-lapsed"]
    assert [(one.member, one.reach) for one in found.candidates] == [("okafor", "ext. 20")]
    assert dict(found.ruled_out) == {"holm": "is away from 2026-06-29"}


def test_one_plan_went_through_what_plans_go_through() -> None:
    """A decision made together, a merge, an admission, a relapse, and a referral whose loop is closed."""
    caseload = clinic()
    (plan,) = [each for each in caseload.plans if each.person == "wanda"]
    (referral,) = caseload.referrals
    assert [each.status for each in plan.decisions] == ["active"]
    (merged,) = [each for each in plan.history if each.merged is not None]
    assert other_side(plan, version=merged.version).history[-1].by == "holm"
    held = plan.as_of(date(2026, 4, 28))
    assert held is not None
    assert (held.status, plan.status) == ("on-hold", "active")
    assert [each.choice for each in held.history[-1].work] == ["keep", "keep"]
    assert [pause.because for pause in plan.review("plan-review").cycle.pauses] == ["in hospital after a fall"]
    assert (plan.goal("garden").achievement, plan.history[-1].reason[:7]) == ("worsening", "relapse")
    assert (referral.plan, referral.status, referral.is_open) == (plan.id, "received", False)
    assert plan.at_version(1).status == "draft"
