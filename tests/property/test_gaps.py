"""The gaps of a period against a naive reading of the rules, day by day."""

from __future__ import annotations

from datetime import date, timedelta

import attrs
from hypothesis import given, settings, strategies as st

from carecoord.roles import Consent, Gap, Member, ResponsibilityMatrix, Team, TeamRecord, gaps
from carecoord.testing import consents, matrices, team_records, teams
from carecoord.testing._teams import FIRST, IDS, days
from tests.roles.reading import PATIENT, Reading, Told
from tests.roles.strategies import licensed_teams

LIKELY = ("care-manager", "primary-care-provider", "care-manager", "nurse", "psychologist", "patient", "boss")
OTHERS = ("care-manager", "primary-care-provider", "psychiatric-consultant", "friend")
TASKS = ("follow-up", "prescribe", "psychotherapy", "risk-assessment", "crisis-response", "self-manage", "own-plan")
MEANT = [Member("ben", role=held, since=FIRST, organisation="north") for held in (*OTHERS, "nurse")]
PEOPLE = {"ada": 3, "ben": 130, "stranger": 900}


@st.composite
def cases(draw: st.DrawFn) -> tuple[Team, ResponsibilityMatrix, TeamRecord, date, date]:
    """Give a team, its duties, what has happened, and a period of up to seven weeks."""
    team = draw(teams(among=LIKELY))
    duties = draw(matrices(of=TASKS, among=LIKELY))
    record = draw(st.just(TeamRecord()) | team_records(of=[one.id for one in duties.duties], ids=IDS))
    first = draw(days())
    return team, duties, record, first, first + timedelta(days=draw(st.integers(0, 48)))


@st.composite
def licensed_cases(draw: st.DrawFn) -> tuple[Team, ResponsibilityMatrix, TeamRecord, date, date]:
    """Give a team whose credentials matter for every duty, and a period of up to seven weeks."""
    among = ("primary-care-provider", "care-manager")
    duties = draw(matrices(of=("prescribe", "diagnose", "psychotherapy"), among=among))
    first = draw(days())
    return draw(licensed_teams(among=among)), duties, TeamRecord(), first, first + timedelta(days=48)


def told_on(found: tuple[Gap, ...], day: date) -> set[Told]:
    """Give what the gaps say of a day; of people who are several, the kind and the duty alone."""
    return {
        (gap.kind, gap.duty, None if gap.kind == "uncovered" else gap.member)
        for gap in found
        if any(span.is_in_force(on=day) for span in gap.days)
    }


@given(cases() | licensed_cases())
@settings(max_examples=200)
def test_gaps_of_a_period_agree_with_a_naive_reading_day_by_day(
    case: tuple[Team, ResponsibilityMatrix, TeamRecord, date, date],
) -> None:
    """Whatever teams, absences, credentials, matrices and records say, each day is told as the rules read."""
    team, duties, record, first, last = case
    found = gaps(team, duties, between=(first, last), record=record, people=PEOPLE)
    for ahead in range((last - first).days + 1):
        day = first + timedelta(days=ahead)
        assert told_on(found, day) == Reading(team, duties, day).told(record, PEOPLE)


@given(cases() | licensed_cases())
def test_gaps_of_a_period_are_those_of_its_days(
    case: tuple[Team, ResponsibilityMatrix, TeamRecord, date, date],
) -> None:
    """A gap of a day is the gap of the period without its days, word for word, and the other way round."""
    team, duties, record, first, last = case
    found = gaps(team, duties, between=(first, last), record=record, people=PEOPLE)
    for ahead in range((last - first).days + 1):
        day = first + timedelta(days=ahead)
        alone = gaps(team, duties, on=day, record=record, people=PEOPLE)
        within = [gap for gap in found if any(span.is_in_force(on=day) for span in gap.days)]
        assert {attrs.evolve(gap, days=()) for gap in within} == set(alone)
        assert len(within) == len(alone)


@given(cases() | licensed_cases())
def test_days_of_a_gap_lie_in_the_period_apart_and_in_order(
    case: tuple[Team, ResponsibilityMatrix, TeamRecord, date, date],
) -> None:
    """Each gap has days, none twice, none outside; spans that touch are one."""
    team, duties, record, first, last = case
    for gap in gaps(team, duties, between=(first, last), record=record):
        assert first <= gap.days[0].since
        assert gap.days[-1].last <= last
        assert all(one.until < other.since for one, other in zip(gap.days, gap.days[1:], strict=False))


@given(
    teams(among=OTHERS),
    matrices(of=(*TASKS, "addiction-care"), among=LIKELY),
    st.lists(consents(patient=PATIENT, to=MEANT), max_size=3, unique_by=lambda one: one.id),
    days(),
)
@settings(max_examples=60)
def test_who_may_not_see_agrees_with_a_naive_reading_day_by_day(
    team: Team, duties: ResponsibilityMatrix, given_by: list[Consent], first: date
) -> None:
    """Whoever has a part in a duty, or acts for somebody who has, must be permitted what it is about."""
    last = first + timedelta(days=20)
    member = Member(PATIENT, role="patient", since=FIRST, organisation="home")
    team = attrs.evolve(team, members=[*team.members, member], since=None, until=None)
    found = [gap for gap in gaps(team, duties, between=(first, last), consents=given_by) if gap.kind == "may-not-see"]
    for ahead in range((last - first).days + 1):
        day = first + timedelta(days=ahead)
        assert told_on(tuple(found), day) == set(Reading(team, duties, day).unseen(given_by))
