"""What the gaps of a big team over a quarter cost."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from carecoord.roles import (
    Absence,
    Assignment,
    Credential,
    Duty,
    Member,
    ResponsibilityMatrix,
    Team,
    duty,
    gaps,
    matrix,
    role,
    roles,
)

FIRST = date(2026, 1, 5)
LAST = FIRST + timedelta(days=89)
MINIMUM = matrix("collaborative-care-minimum")
NAMED = ("follow-up", "record", "registry", "case-review", "prescribe", "diagnose")


def big_team() -> Team:
    """Give 50 people in the roles there are, who come, go, are away and have days off."""
    professional = [name for name in roles() if role(name).is_professional]
    held = [*MINIMUM.minimum_team, "care-manager", "care-manager", "primary-care-provider", "nurse", "nurse"]
    held += [professional[n % len(professional)] for n in range(50 - len(held))]
    members = [
        Member(
            f"m{n}",
            role=name,
            since=FIRST - timedelta(days=n % 7 * 30),
            until=FIRST + timedelta(days=40 + n) if n % 6 == 5 else None,
            days=("monday", "tuesday", "wednesday", "thursday", "friday") if n % 3 == 0 else None,
            cover=f"m{(n + 1) % 50}" if n % 2 else None,
            reach=f"ext. {n}",
        )
        for n, name in enumerate(held)
    ]
    absences = [
        Absence(
            f"m{n}",
            since=FIRST + timedelta(days=n * 7 % 85),
            until=FIRST + timedelta(days=n * 7 % 85 + 10),
            cover=f"m{(n + 9) % 50}" if n % 2 else None,
        )
        for n in range(50)
    ]
    credentials = [
        Credential(f"m{n}", scope, until=FIRST + timedelta(days=30 + n) if n % 2 else None)
        for n in range(50)
        for scope in ("rx", "dx", "tx")
    ]
    return Team(members, absences=absences, credentials=credentials)


def big_matrix() -> ResponsibilityMatrix:
    """Give 40 duties, some of them given to named people."""
    extended = [duty(name) for name in ("nutrition", "movement", "social-needs", "housing", "schedule", "supervise")]
    duties: list[Duty] = [*MINIMUM.duties, *extended, duty("coordinate-tests")]
    return ResponsibilityMatrix(
        id="big",
        duties=duties,
        minimum_team=MINIMUM.minimum_team,
        escalation=MINIMUM.escalation,
        assignments=[Assignment(name, "accountable", member=f"m{n + 2}") for n, name in enumerate(NAMED)],
    )


def test_gaps_of_a_quarter(benchmark: BenchmarkFixture) -> None:
    """50 people, 40 duties, 90 days: a tenth of a second is the limit."""
    team, duties = big_team(), big_matrix()
    assert (len(team.members), len(duties.duties)) == (50, 40)
    found = benchmark(gaps, team, duties, between=(FIRST, LAST))
    assert len(found) > 50


@pytest.mark.parametrize("people", [5, 50])
def test_gaps_of_a_day(benchmark: BenchmarkFixture, people: int) -> None:
    """The same on one day, as a board asks every morning."""
    whole = big_team()
    names = {member.id for member in whole.members[:people]}
    team = Team(whole.members[:people], absences=[one for one in whole.absences if one.member in names])
    benchmark(gaps, team, big_matrix(), on=FIRST)
