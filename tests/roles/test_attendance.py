"""Days off, standing covers, and people who serve in several places."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import attrs
import pytest

from carecoord.errors import DataError
from carecoord.roles import (
    Absence,
    Assignment,
    Contact,
    Duty,
    Gap,
    Member,
    ResponsibilityMatrix,
    Span,
    Team,
    duty,
    gaps,
    matrix,
    who,
)

START = date(2025, 1, 1)
FRIDAY = date(2026, 5, 1)
MONDAY = date(2026, 5, 4)
DAY = timedelta(days=1)
HOLM = Member("holm", role="care-manager", since=START, reach="ext. 2", days=("monday", "tuesday", "thursday"))
KIM = Member("kim", role="nurse", since=START, reach="ext. 9")
LEE = Member("lee", role="primary-care-provider", since=START, reach="ext. 1")


def only(*duties: str | Duty, **fields: Any) -> ResponsibilityMatrix:
    """Give a matrix of a few duties of the catalogue."""
    return ResponsibilityMatrix(
        id="few", duties=[duty(each) if isinstance(each, str) else each for each in duties], **fields
    )


def one(team: Team, duties: ResponsibilityMatrix, on: date) -> Gap:
    """Give the only gap there is."""
    (gap,) = gaps(team, duties, on=on)
    return gap


def test_the_days_of_the_week_somebody_works() -> None:
    """Every day where they are not said."""
    week = [HOLM.works(on=MONDAY + n * DAY) for n in range(7)]
    assert week == [True, True, False, True, False, False, False]
    assert all(KIM.works(on=MONDAY + n * DAY) for n in range(7))
    assert HOLM.is_active(on=FRIDAY)


def test_on_a_day_off_ordinary_duties_wait_and_safety_may_not() -> None:
    """Who holds it is still named, with when they are back; a safety duty has nobody."""
    team = Team([HOLM])
    both = only("follow-up", "risk-assessment")
    assert gaps(team, both, on=MONDAY) == ()
    assert one(team, both, FRIDAY) == Gap(
        kind="uncovered",
        severity="safety",
        rule=7,
        duty="risk-assessment",
        role="care-manager",
        member="holm",
        because="holm works only on mondays, tuesdays and thursdays, and nobody covers",
        mend="name a cover for holm who is there and may hold risk-assessment",
    )
    holder = who(team, both, "follow-up", on=FRIDAY)
    expected = Contact(
        member="holm",
        role="care-manager",
        reach="ext. 2",
        back=MONDAY,
        because="holds the role care-manager and works only on mondays, tuesdays and thursdays",
    )
    assert (holder.accountable, holder.responsible) == (expected, (expected,))
    assert holder.because == f"holm {expected.because}"
    assert who(team, both, "follow-up", on=MONDAY).responsible[0].back is None


def test_whoever_stands_in_always_covers_days_off_and_absences() -> None:
    """An absence that names somebody else asks them first."""
    team = Team([attrs.evolve(HOLM, cover="kim"), KIM, LEE])
    duties = only("risk-assessment", "follow-up")
    for name in ("risk-assessment", "follow-up"):
        holder = who(team, duties, name, on=FRIDAY)
        assert (holder.member, holder.covering_for) == ("kim", "holm")
        assert holder.because == "kim covers for holm, who works only on mondays, tuesdays and thursdays"
    away = team.with_absences(Absence("holm", since=MONDAY, until=MONDAY + 7 * DAY))
    assert who(away, duties, "follow-up", on=MONDAY).because == (
        "kim covers for holm, who is away from 2026-05-04, back on 2026-05-11"
    )
    ivo = attrs.evolve(HOLM, id="ivo", days=None)
    named = Team([*team.members, ivo], absences=[Absence("holm", since=MONDAY, cover="ivo")])
    lent = duties.with_assignments(Assignment("follow-up", "accountable", member="holm"))
    assert who(named, lent, "follow-up", on=MONDAY).member == "ivo"


def test_a_cover_with_the_day_off_leaves_safety_to_nobody_and_the_rest_waiting() -> None:
    """Both reasons are said; what waits is with the cover, who is back first."""
    kim = attrs.evolve(KIM, days=("saturday",))
    team = Team([attrs.evolve(HOLM, cover="kim"), kim])
    duties = only("risk-assessment", "follow-up")
    assert one(team, duties, FRIDAY).because == (
        "holm works only on mondays, tuesdays and thursdays, and kim, the cover, works only on saturdays"
    )
    assert who(team, duties, "follow-up", on=FRIDAY).member == "holm"
    assert who(team, duties, "risk-assessment", on=FRIDAY + DAY).member == "kim"
    away = team.with_absences(Absence("holm", since=FRIDAY, until=FRIDAY + 30 * DAY))
    waiting = who(away, duties, "follow-up", on=FRIDAY)
    assert (waiting.member, waiting.covering_for) == ("kim", "holm")
    assert waiting.accountable is not None
    assert waiting.accountable.back == FRIDAY + DAY
    assert [gap.duty for gap in gaps(away, duties, on=FRIDAY)] == ["risk-assessment"]


def test_a_present_cover_is_asked_before_one_with_the_day_off() -> None:
    """Whoever is there acts, though another is named first."""
    off = attrs.evolve(KIM, id="bo", days=("saturday",))
    team = Team([attrs.evolve(HOLM, cover="kim"), KIM, off], absences=[Absence("holm", since=FRIDAY, cover="bo")])
    assert who(team, only("follow-up"), "follow-up", on=FRIDAY).member == "kim"


def test_an_absence_on_a_day_off_is_an_absence() -> None:
    """From its first day to its last the duty is uncovered, the days off between included."""
    away = Absence("holm", since=MONDAY, until=MONDAY + 9 * DAY)
    (gap,) = gaps(Team([HOLM], absences=[away]), only("follow-up"), between=(FRIDAY, FRIDAY + 30 * DAY))
    assert gap.days == (Span(MONDAY, MONDAY + 9 * DAY),)


def test_days_off_over_a_period_are_one_gap_with_its_days() -> None:
    """Fridays to Sundays and Wednesdays, week after week, in one value."""
    (gap,) = gaps(Team([HOLM]), only("risk-assessment"), between=(MONDAY, MONDAY + 13 * DAY))
    assert [(span.since, span.last) for span in gap.days] == [
        (MONDAY + 2 * DAY, MONDAY + 2 * DAY),
        (MONDAY + 4 * DAY, MONDAY + 6 * DAY),
        (MONDAY + 9 * DAY, MONDAY + 9 * DAY),
        (MONDAY + 11 * DAY, MONDAY + 13 * DAY),
    ]
    assert (gap.since, gap.until) == (None, None)


def test_two_who_are_not_there_for_different_reasons_end_on_no_day_of_their_own() -> None:
    """One is away, one has the day off: it ends when the week goes on, which is no date of a cause."""
    ivo = attrs.evolve(HOLM, id="ivo", days=("monday",))
    team = Team([attrs.evolve(HOLM, days=None), ivo], absences=[Absence("holm", since=FRIDAY, until=FRIDAY + 9 * DAY)])
    gap = one(team, only("risk-assessment"), FRIDAY)
    assert (gap.kind, gap.since, gap.until, gap.member) == ("uncovered", None, None, None)
    assert gap.because == (
        "holm is away from 2026-05-01, back on 2026-05-10, and nobody covers; "
        "ivo works only on mondays, and nobody covers"
    )


def test_somebody_with_two_roles_is_there_in_the_one_they_work_in_that_day() -> None:
    """Nurse on Fridays and care manager on Mondays; named, they hold a duty in the role they are there in."""
    nurse = attrs.evolve(KIM, days=("friday",))
    manager = Member("kim", role="care-manager", since=START, days=("monday",), reach="ext. 7")
    team = Team([nurse, manager])
    assert who(team, only("follow-up"), "follow-up", on=FRIDAY).accountable == Contact(
        member="kim",
        role="care-manager",
        reach="ext. 7",
        back=MONDAY,
        because="holds the role care-manager and works only on mondays",
    )
    named = only("follow-up").with_assignments(Assignment("follow-up", "accountable", member="kim"))
    assert [who(team, named, "follow-up", on=day).role for day in (FRIDAY, MONDAY)] == ["nurse", "care-manager"]
    covering = Team([LEE, nurse, manager], absences=[Absence("lee", since=START, cover="kim")])
    lent = only("coordinate-tests").with_assignments(Assignment("coordinate-tests", "accountable", member="lee"))
    assert [who(covering, lent, "coordinate-tests", on=day).role for day in (FRIDAY, MONDAY)] == ["nurse", "nurse"]


def test_one_role_in_two_places_is_one_person() -> None:
    """There where they work that day; how to reach them is how they are reached there."""
    clinic = attrs.evolve(KIM, organisation="clinic", days=("monday",), reach="clinic 1")
    school = attrs.evolve(KIM, organisation="school", days=("friday",), reach="school 2")
    team = Team([school, clinic])
    lent = only("coordinate-tests")
    assert [who(team, lent, "coordinate-tests", on=day).reach for day in (FRIDAY, MONDAY)] == ["school 2", "clinic 1"]
    assert gaps(team, lent, between=(FRIDAY, MONDAY)) == ()
    assert who(team, lent, "coordinate-tests", on=FRIDAY + DAY).because == (
        "kim holds the role nurse and works only on mondays and fridays"
    )
    assert team.active(on=FRIDAY, organisation="school") == (school,)
    assert team.active(on=FRIDAY, setting="primary-care") == ()
    settled = attrs.evolve(clinic, setting="ward")
    assert Team([settled]).active(on=FRIDAY, setting="ward", organisation="clinic") == (settled,)


def test_an_absence_from_one_place_leaves_the_other() -> None:
    """Away from the school only; away from both when the other is said too; a day off is no absence."""
    clinic = attrs.evolve(KIM, organisation="clinic")
    school = attrs.evolve(KIM, organisation="school", days=("friday",))
    from_school = Absence("kim", since=FRIDAY, organisation="school")
    lent = only("coordinate-tests")
    assert gaps(Team([clinic, school], absences=[from_school]), lent, on=FRIDAY) == ()
    both = [from_school, attrs.evolve(from_school, organisation="clinic", until=MONDAY)]
    gap = one(Team([clinic, school], absences=both), lent, FRIDAY)
    assert gap.because == "kim is away from 2026-05-01, back on 2026-05-04, and nobody covers"
    assert gap.until is None
    off = Team([attrs.evolve(clinic, days=("monday",)), school], absences=[from_school])
    assert who(off, lent, "coordinate-tests", on=FRIDAY).because.endswith("works only on mondays")


def test_a_cover_away_from_the_place_where_they_would_is_away() -> None:
    """As nurse they are away, as coordinator they are there and may not."""
    nurse = attrs.evolve(KIM, organisation="clinic")
    coordinator = Member("kim", role="interpreter", since=START, organisation="school")
    team = Team(
        [attrs.evolve(HOLM, days=None), nurse, coordinator],
        absences=[Absence("holm", since=FRIDAY, cover="kim"), Absence("kim", since=FRIDAY, organisation="clinic")],
    )
    assert one(team, only("follow-up"), FRIDAY).because.endswith("kim, the cover, is away too")


def test_escalation_leaves_out_those_with_the_day_off() -> None:
    """Whoever is turned to must be there."""
    duties = only("follow-up", escalation=["care-manager", "nurse"])
    assert [each.member for each in who(Team([HOLM, KIM]), duties, "record", on=FRIDAY).escalate_to] == ["kim"]
    assert [each.member for each in who(Team([HOLM, KIM]), duties, "record", on=MONDAY).escalate_to] == ["holm", "kim"]


def test_who_names_the_cover_that_would_stand_in() -> None:
    """Of those named for always, who is a member, may, and is not away; nobody for somebody who is a cover already."""
    team = Team([attrs.evolve(HOLM, cover="kim"), KIM])
    duties = only("follow-up", "psychotherapy")
    cover = who(team, duties, "follow-up", on=MONDAY).cover
    assert cover == Contact(member="kim", role="nurse", reach="ext. 9", because="stands in for holm")
    assert who(team, duties, "psychotherapy", on=MONDAY).cover is None
    assert who(Team([HOLM, KIM]), duties, "follow-up", on=MONDAY).cover is None
    assert who(team, duties, "follow-up", on=FRIDAY).cover is None
    away = team.with_absences(Absence("kim", since=MONDAY))
    assert who(away, duties, "follow-up", on=MONDAY).cover is None


@pytest.mark.parametrize(
    ("members", "away", "because"),
    [
        ([attrs.evolve(HOLM, days=None, cover="kim"), KIM], [], None),
        ([attrs.evolve(HOLM, days=None), KIM], [], "holm has not said who stands in"),
        (
            [attrs.evolve(HOLM, days=None, cover="ghost")],
            [],
            "ghost, the cover of holm, is not a member that day",
        ),
        (
            [attrs.evolve(HOLM, days=None, cover="kim"), KIM],
            [Absence("kim", since=MONDAY)],
            "kim, the cover of holm, is away too",
        ),
        ([attrs.evolve(HOLM, days=None), KIM], [Absence("holm", since=MONDAY, cover="kim")], None),
    ],
)
def test_a_site_may_ask_for_covers_before_anybody_is_away(
    members: list[Member], away: list[Absence], because: str | None
) -> None:
    """For the duties it names, whoever answers for them must have said who stands in; while covered, they have."""
    duties = only("risk-assessment", "follow-up", standing_cover=["risk-assessment"])
    found = gaps(Team(members, absences=away), duties, on=MONDAY)
    assert [(gap.kind, gap.severity, gap.rule, gap.duty, gap.member, gap.because) for gap in found] == (
        [] if because is None else [("no-standing-cover", "warning", 7, "risk-assessment", "holm", because)]
    )


@pytest.mark.parametrize(
    ("days", "fault"),
    [
        ((), "$.days: is empty: leave it out where every day counts"),
        (("monday", "mondy"), "$.days[1]: 'mondy' is none of monday, tuesday"),
        (("friday", "monday", "friday"), "$.days[2]: friday stands there twice"),
    ],
)
def test_days_that_are_none_are_refused(days: Any, fault: str) -> None:
    """A slip in a day would be a day off."""
    with pytest.raises(DataError) as raised:
        Member("kim", role="nurse", since=START, days=days)
    assert [str(each).startswith(fault) for each in raised.value.faults] == [True]


def test_nobody_covers_for_themselves_always() -> None:
    """Neither in an absence nor as a rule."""
    with pytest.raises(DataError, match=r"\$\.cover: nobody covers for themselves"):
        Member("kim", role="nurse", since=START, cover="kim")


def test_the_minimum_team_with_weekends_off_is_uncovered_only_for_safety() -> None:
    """What a clinic sees for a weekend: who must be on call."""
    names = ("patient", "primary-care-provider", "care-manager", "psychiatric-consultant")
    week: Any = ("monday", "tuesday", "wednesday", "thursday", "friday")
    members = [
        Member(name, role=name, since=START, reach="ext. 1", days=None if name == "patient" else week) for name in names
    ]
    minimum = matrix("collaborative-care-minimum")
    found = gaps(Team(members), minimum, between=(MONDAY, MONDAY + 6 * DAY))
    assert {(gap.kind, gap.duty) for gap in found} == {
        ("uncovered", "risk-assessment"),
        ("uncovered", "crisis-response"),
        ("uncovered", "safety-plan"),
        ("no-escalation", None),
    }
    assert {gap.days for gap in found} == {(Span(MONDAY + 5 * DAY, MONDAY + 7 * DAY),)}
