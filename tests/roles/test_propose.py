"""Who could fill a gap: offered in order and with reasons, and nobody is assigned."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import attrs
from hypothesis import given, strategies as st

from carecoord.roles import (
    Absence,
    Assignment,
    Candidate,
    Ceiling,
    Credential,
    Duty,
    Member,
    Proposal,
    ResponsibilityMatrix,
    Team,
    Trained,
    Training,
    duty,
    gaps,
    matrix,
    propose,
    who,
)
from carecoord.roles._duties import Letters
from carecoord.testing import matrices, teams
from carecoord.testing._teams import days

START = date(2025, 1, 1)
ON = date(2026, 5, 1)
DAY = timedelta(days=1)
HOLM = Member("holm", role="care-manager", since=START, reach="ext. 2")
LEE = Member("lee", role="primary-care-provider", since=START, reach="ext. 1")
KIM = Member("kim", role="nurse", since=START, reach="ext. 9")
PARK = Member("park", role="psychiatric-consultant", since=START, reach="ext. 3")
MINIMUM = matrix("collaborative-care-minimum")
AWAY = Absence("holm", since=ON, until=ON + 10 * DAY)


def only(*duties: str | Duty, **fields: Any) -> ResponsibilityMatrix:
    """Give a matrix of a few duties of the catalogue."""
    return ResponsibilityMatrix(
        id="few", duties=[duty(each) if isinstance(each, str) else each for each in duties], **fields
    )


def one(team: Team, duties: ResponsibilityMatrix, **options: Any) -> Proposal:
    """Give the proposal for the only gap that somebody could fill."""
    (proposal,) = propose(team, duties, on=ON, **options)
    return proposal


def test_no_gap_no_proposal() -> None:
    """Nothing is offered where nothing is missing, nor for gaps that no person fills."""
    assert propose(Team([HOLM]), only("follow-up"), on=ON) == ()
    assert propose(Team([HOLM]), only("follow-up", minimum_team=["patient"]), on=ON) == ()


def test_covers_for_somebody_away_come_in_the_order_in_which_they_fit() -> None:
    """The same role before a profession that usually holds it, before one that does the duty anyway."""
    ivo = attrs.evolve(HOLM, id="ivo")
    team = Team([LEE, KIM, ivo, HOLM, PARK], absences=[AWAY])
    duties = only("crisis-response").with_assignments(Assignment("crisis-response", "accountable", member="holm"))
    proposal = one(team, duties)
    assert proposal.gap == next(gap for gap in gaps(team, duties, on=ON) if gap.kind == "uncovered")
    assert [(each.member, each.role, each.place, each.reach, each.reasons) for each in proposal.candidates] == [
        ("ivo", "care-manager", "cover", "ext. 2", ("holds the role care-manager", "answers for nothing")),
        (
            "kim",
            "nurse",
            "cover",
            "ext. 9",
            ("nurse is a profession that usually holds the role care-manager", "answers for nothing"),
        ),
        (
            "lee",
            "primary-care-provider",
            "cover",
            "ext. 1",
            ("does it anyway as primary-care-provider", "answers for nothing"),
        ),
    ]
    assert (proposal.ruled_out, proposal.escalate_to) == ((), ())
    assert who(team, duties, "crisis-response", on=ON).member is None


def test_whoever_is_consulted_may_be_named_and_may_not_cover() -> None:
    """For a duty that nobody holds, those who are asked about it anyway come last."""
    vacant = one(Team([PARK, LEE]), only("risk-assessment"))
    assert [(each.member, each.place, each.reasons[0]) for each in vacant.candidates] == [
        ("park", "accountable", "is consulted about it as psychiatric-consultant")
    ]
    assert one(Team([PARK, HOLM], absences=[AWAY]), only("risk-assessment")).candidates == ()


def test_of_two_who_hold_it_one_is_to_be_named() -> None:
    """Nobody else is offered for a duty that is held by too many."""
    team = Team([HOLM, attrs.evolve(HOLM, id="ivo"), KIM])
    proposal = one(team, only("follow-up"))
    assert proposal.gap.kind == "unnamed"
    assert [(each.member, each.place) for each in proposal.candidates] == [
        ("holm", "accountable"),
        ("ivo", "accountable"),
    ]
    two = only("follow-up").with_assignments(
        *(Assignment("follow-up", "accountable", member=name) for name in ("holm", "lee"))
    )
    assert [each.member for each in one(Team([HOLM, LEE, KIM]), two).candidates] == ["holm", "lee"]


def test_whoever_lacks_the_licence_or_is_not_there_is_ruled_out_and_says_why() -> None:
    """They would fit, so the reason is worth telling; those who would not are not told."""
    team = Team(
        [
            LEE,
            attrs.evolve(LEE, id="max"),
            attrs.evolve(LEE, id="jo", days=("monday",)),
            attrs.evolve(LEE, id="ned"),
            attrs.evolve(KIM, profession="nurse-practitioner"),
        ],
        absences=[Absence("ned", since=ON - DAY)],
        credentials=[
            Credential("lee", "rx", until=ON),
            Credential("max", "rx", until=ON - DAY),
            Credential("jo", "rx"),
            Credential("ned", "rx"),
            Credential("kim", "rx", status="silent"),
        ],
    )
    named = only("prescribe").with_assignments(
        Assignment("prescribe", "responsible", member="lee"), Assignment("prescribe", "accountable", member="lee")
    )
    proposal = one(team, named)
    assert proposal.gap.kind == "credential-lapsed"
    assert proposal.candidates == (
        Candidate(
            member="kim",
            role="nurse",
            reach="ext. 9",
            place="responsible",
            reasons=(
                "nurse-practitioner is a profession that usually holds the role primary-care-provider",
                "answers for nothing",
            ),
            cautions=("the law says nothing on the authority of kim to prescribe",),
        ),
    )
    assert proposal.ruled_out == (
        ("jo", "works only on mondays"),
        ("max", "the credential of max to prescribe ended on 2026-04-30"),
        ("ned", "is away from 2026-04-30"),
    )


def test_the_trained_with_room_within_reach_who_answer_for_less_come_first() -> None:
    """Each in turn decides between two who fit alike, and is said."""
    five = [attrs.evolve(HOLM, id=name) for name in ("a", "b", "c", "d", "e")]
    five[1] = attrs.evolve(five[1], reach="")
    team = Team(
        [HOLM, *five],
        absences=[AWAY],
        trained=[Trained(name, "risk", on=START, until=ON + 5 * DAY) for name in "abcd"],
    )
    duties = only(
        "risk-assessment",
        "record",
        "registry",
        ceilings=[Ceiling(role="care-manager", people=10)],
        trainings=[Training(id="risk", title="risk training", duties=["risk-assessment"])],
        assignments=[
            Assignment("risk-assessment", "accountable", member="holm"),
            Assignment("risk-assessment", "responsible", member="a"),
            Assignment("record", "accountable", member="d"),
            Assignment("registry", "accountable", member="c"),
            Assignment("registry", "responsible", member="c"),
            Assignment("record", "responsible", member="c"),
        ],
    )
    team = attrs.evolve(team, members=[*team.members, Member("d", role="nurse", since=START)])
    proposal = one(team, duties, people={"a": 10, "b": 2, "c": 9, "e": 0})
    assert [(each.member, each.reasons[1:], each.cautions) for each in proposal.candidates] == [
        ("c", ("answers for 1 duty", "has room for 1 more people"), ()),
        ("d", ("answers for 1 duty",), ()),
        ("b", ("answers for nothing", "has room for 8 more people"), ("the team does not say how to reach them",)),
        ("a", ("answers for nothing",), ("has room for 0 more people",)),
        (
            "e",
            ("answers for nothing", "has room for 10 more people"),
            ("e has not had risk training, which risk-assessment needs",),
        ),
    ]


def test_where_somebody_could_nobody_is_to_be_turned_to() -> None:
    """And a team that keeps no record of trainings or licences is warned of none."""
    named = MINIMUM.with_assignments(Assignment("risk-assessment", "accountable", member="holm"))
    team = Team([HOLM, attrs.evolve(HOLM, id="ivo"), LEE], absences=[AWAY])
    proposals = {each.gap.duty: each for each in propose(team, named, on=ON) if each.gap.kind == "uncovered"}
    (ivo,) = proposals["risk-assessment"].candidates
    assert (ivo.member, ivo.cautions, proposals["risk-assessment"].escalate_to) == ("ivo", (), ())


def test_a_member_is_offered_in_the_role_that_fits_best() -> None:
    """A patient of one clinic may be nurse and coordinator of another; roles that nobody lists suit nothing."""
    several = [
        Member("kim", role="patient", since=START),
        Member("kim", role="pharmacist", since=START),
        Member("kim", role="psychiatric-consultant", since=START),
        Member("kim", role="primary-care-provider", since=START),
    ]
    (kim,) = one(Team(several), only("risk-assessment")).candidates
    assert (kim.role, kim.reasons[0]) == (
        "psychiatric-consultant",
        "is consulted about it as psychiatric-consultant",
    )
    nurse = Member("kim", role="nurse", since=START)
    cases: list[tuple[dict[str, Letters], str]] = [
        ({"interpreter": "A", "pharmacist": "R"}, "does it anyway as pharmacist"),
        ({"interpreter": "R", "pharmacist": "A"}, "answers for it as pharmacist"),
        ({"care-manager": "AR"}, "nurse is a profession that usually holds the role care-manager"),
    ]
    for letters, reason in cases:
        task = Duty(id="task", label="task", letters=letters)
        (kim,) = one(Team([*several, nurse]), only(task)).candidates
        assert kim.reasons[0] == reason
        assert kim.role in reason
    assert one(Team(several[:2]), only("risk-assessment")).candidates == ()


def test_duties_answered_for_are_counted_over_all_roles() -> None:
    """One is a duty, two are duties."""
    kim = Member("kim", role="psychiatric-consultant", since=START)
    both = [kim, attrs.evolve(kim, role="pharmacist")]
    lent = only("risk-assessment", "record", "registry").with_assignments(
        Assignment("record", "accountable", role="pharmacist"),
        Assignment("record", "responsible", role="pharmacist"),
        Assignment("registry", "accountable", role="psychiatric-consultant"),
        Assignment("registry", "responsible", role="psychiatric-consultant"),
    )
    (offered,) = one(Team(both), lent).candidates
    assert offered.reasons[1:] == ("answers for 2 duties",)


def test_where_nobody_could_it_says_who_to_turn_to() -> None:
    """No candidate, so the escalation of those who are there."""
    duties = only("follow-up", escalation=["primary-care-provider", "care-manager"])
    proposal = one(Team([HOLM, LEE], absences=[AWAY]), duties)
    assert proposal.candidates == ()
    assert [each.member for each in proposal.escalate_to] == ["lee"]


def test_the_patient_is_offered_only_what_is_theirs_to_do() -> None:
    """A patient may measure, and answers for nothing."""
    anna = Member("anna", role="patient", since=START)
    measured = only("measurement").with_assignments(
        Assignment("measurement", "responsible", member="kim"), Assignment("measurement", "accountable", member="lee")
    )
    team = Team([anna, LEE, KIM], absences=[Absence("kim", since=ON)])
    assert [each.member for each in one(team, measured).candidates] == ["anna"]
    assert one(Team([anna]), only("measurement")).candidates == ()


def taken(
    team: Team, duties: ResponsibilityMatrix, proposal: Proposal, candidate: Candidate
) -> tuple[Team, ResponsibilityMatrix]:
    """Give team and matrix in which a candidate has what they were proposed for."""
    gap = proposal.gap
    if candidate.place == "cover":
        members = [
            attrs.evolve(each, cover=candidate.member) if each.id == gap.member else each for each in team.members
        ]
        absences = [
            attrs.evolve(each, cover=candidate.member) if each.member == gap.member else each for each in team.absences
        ]
        return attrs.evolve(team, members=members, absences=absences), duties
    rest = [each for each in duties.assignments if (each.duty, each.part) != (gap.duty, candidate.place)]
    new = Assignment(gap.duty or "", candidate.place, member=candidate.member)
    return team, attrs.evolve(duties, assignments=[*rest, new])


@given(teams(among=("care-manager", "primary-care-provider", "nurse", "patient")), matrices(), days(), st.data())
def test_every_candidate_fills_the_gap_they_are_proposed_for(
    team: Team, duties: ResponsibilityMatrix, on: date, data: st.DataObject
) -> None:
    """Taken at its word, each proposal leaves somebody who answers for the duty, or does it and may."""
    proposals = [each for each in propose(team, duties, on=on) if each.candidates]
    if not proposals:
        return
    proposal = data.draw(st.sampled_from(proposals))
    for candidate in proposal.candidates:
        made, given_so = taken(team, duties, proposal, candidate)
        holder = who(made, given_so, proposal.gap.duty or "", on=on)
        if candidate.place == "responsible":
            assert candidate.member in {each.member for each in holder.responsible}
        else:
            assert holder.member == candidate.member
