"""One team in which every rule of a valid assignment is broken: each is told as a gap, with why and how to mend it."""

from __future__ import annotations

from datetime import date
from typing import get_args

from carecoord.roles import (
    Absence,
    Assignment,
    Credential,
    Done,
    Gap,
    Instruction,
    Member,
    Team,
    TeamRecord,
    Trained,
    gaps,
    read_matrix,
)
from carecoord.roles._gap import GapKind

SINCE, ON = date(2025, 1, 1), date(2026, 6, 30)
MATRIX = read_matrix("""
id = "own"
duties = [
  "case-review", "risk-assessment", "crisis-response", "prescribe", "psychotherapy", "approve-plan", "own-plan",
  { id = "follow-up", letters = { patient = "AR" } },
  { id = "prepare", label = "prepare it", letters = { care-manager = "AR" }, approval = "approve-plan", scope = "rx" },
  { id = "orphan", label = "nobody's", letters = {} },
  { id = "greet", label = "greet people", letters = { nurse = "A", care-manager = "A" } },
]
minimum_team = ["patient", "care-manager", "psychiatric-consultant"]
escalation = ["program-manager"]
standing_cover = ["risk-assessment"]
ceilings = [{ role = "care-manager", people = 2 }]
trainings = [{ id = "risk", duties = ["risk-assessment"], valid = "P1Y", notice = "P60D" }]
""")
TEAM = Team(
    [
        Member("holm", role="care-manager", since=SINCE),
        Member("ivo", role="care-manager", since=SINCE),
        Member("kim", role="nurse", since=SINCE),
        Member("lee", role="primary-care-provider", since=SINCE, until=date(2026, 1, 1)),
        Member("max", role="primary-care-provider", since=SINCE),
        Member("anna", role="patient", since=SINCE),
        Member("zed", role="wizard", since=SINCE),
    ],
    absences=[Absence("max", since=date(2026, 6, 29))],
    credentials=[
        Credential("holm", "tx", until=date(2026, 6, 1)),
        Credential("ivo", "tx", status="supervised", supervisor="holm"),
        Credential("ivo", "rx", status="silent"),
    ],
    trained=[Trained("holm", "risk", on=date(2025, 7, 10))],
)
ASSIGNED = MATRIX.with_assignments(
    Assignment("risk-assessment", "accountable", member="holm"),
    Assignment("own-plan", "accountable", member="lee", until=date(2026, 1, 1)),
    Assignment("psychotherapy", "accountable", member="holm", until=date(2026, 2, 1)),
    Assignment("psychotherapy", "accountable", member="ivo", since=date(2026, 2, 1)),
    Assignment("psychotherapy", "responsible", member="holm"),
    Assignment("psychotherapy", "responsible", member="ivo"),
    Assignment("case-review", "responsible", member="lee"),
)
RECORD = TeamRecord(
    done=[Done("prepare", "holm", on=ON, about="plan"), Done("approve-plan", "anna", on=ON, about="other")],
    instructions=[
        Instruction("sertraline", "holm", says="50 mg", since=SINCE),
        Instruction("sertraline", "ivo", says="none", since=SINCE),
    ],
    confirmations=[],
    plan_changes=[ON],
)


def found() -> tuple[Gap, ...]:
    """Give everything that is wrong on the day."""
    return gaps(TEAM, ASSIGNED, on=ON, people={"holm": 3}, record=RECORD, consents=[])


def test_each_of_the_fifteen_rules_is_told_with_why_and_how_to_mend_it() -> None:
    """None is missing, and every gap explains itself."""
    assert {gap.rule for gap in found()} == {None, *range(1, 16)}
    assert all(gap.because.strip() and gap.mend.strip() for gap in found())
    assert {gap.severity for gap in found()} == {"safety", "breach", "warning"}


def test_there_is_no_kind_of_gap_that_nothing_gives() -> None:
    """Whatever a gap can be called, it is told here or, on a day before the team began, as not in force."""
    early = gaps(Team(TEAM.members, since=date(2026, 7, 1)), ASSIGNED, on=ON)
    assert {gap.kind for gap in (*found(), *early)} == set(get_args(GapKind))
