"""Random teams, absences and matrices, as values that are right: each composes with the others.

They know nothing of these tests, so that they can serve users of the library too.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from hypothesis import strategies as st

from carecoord.roles import Absence, Assignment, Member, ResponsibilityMatrix, Team, duties, duty, roles

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
IDS = ("ada", "ben", "cy", "dee", "eve", "fay")
ROLES = roles()
DUTIES = duties()


def days(first: date = FIRST, last: date = LAST) -> st.SearchStrategy[date]:
    """Give days of one year, so that periods meet, touch and miss each other often."""
    return st.dates(first, last)


@st.composite
def periods(draw: st.DrawFn) -> tuple[date, date | None]:
    """Give a first day, and the day after the last or `None`."""
    since = draw(days())
    length = draw(st.none() | st.integers(1, 200))
    return since, None if length is None else since + timedelta(days=length)


@st.composite
def members(draw: st.DrawFn, *, ids: Sequence[str] = IDS, among: Sequence[str] = ROLES) -> Member:
    """Give a member with one of the ids and one of the roles."""
    since, until = draw(periods())
    return Member(
        draw(st.sampled_from(ids)),
        role=draw(st.sampled_from(among)),
        since=since,
        until=until,
        profession=draw(st.none() | st.sampled_from(ROLES)),
        reach=draw(st.sampled_from(("", "ext. 1", "ext. 2"))),
    )


@st.composite
def absences(draw: st.DrawFn, *, ids: Sequence[str] = IDS) -> Absence:
    """Give an absence of one of the ids, covered by another of them, by a stranger, or by nobody."""
    member = draw(st.sampled_from(ids))
    since, until = draw(periods())
    cover = draw(st.none() | st.sampled_from([name for name in (*ids, "stranger") if name != member]))
    return Absence(member, since=since, until=until, cover=cover)


@st.composite
def teams(draw: st.DrawFn, *, ids: Sequence[str] = IDS, among: Sequence[str] = ROLES, most: int = 7) -> Team:
    """Give a team of up to `most` memberships, people in several roles among them, with absences."""
    serving: list[Member] = []
    for member in draw(st.lists(members(ids=ids, among=among), max_size=most)):
        clashes = [known for known in serving if (known.id, known.role) == (member.id, member.role)]
        if not any(known.is_active(on=member.since) or member.is_active(on=known.since) for known in clashes):
            serving.append(member)
    here = sorted({member.id for member in serving})
    return Team(serving, absences=draw(st.lists(absences(ids=here), max_size=4)) if here else ())


@st.composite
def assignments(
    draw: st.DrawFn, *, to: Sequence[str], ids: Sequence[str] = IDS, among: Sequence[str] = ROLES
) -> Assignment:
    """Give an assignment of a part in one of the duties `to`, to somebody by name or to a role."""
    since, until = draw(st.just((None, None)) | periods())
    name = draw(st.none() | st.sampled_from((*ids, "stranger")))
    return Assignment(
        draw(st.sampled_from(to)),
        draw(st.sampled_from(("accountable", "responsible"))),
        member=name,
        role=None if name is not None else draw(st.sampled_from(among)),
        since=since,
        until=until,
    )


@st.composite
def matrices(draw: st.DrawFn, *, of: Sequence[str] = DUTIES, among: Sequence[str] = ROLES) -> ResponsibilityMatrix:
    """Give a matrix over some of the duties `of`, with the catalogue's letters and assignments beside them."""
    chosen = draw(st.lists(st.sampled_from(of), min_size=1, max_size=6, unique=True))
    return ResponsibilityMatrix(
        id="random",
        duties=[duty(name) for name in chosen],
        minimum_team=draw(st.lists(st.sampled_from(among), max_size=4, unique=True)),
        escalation=draw(st.lists(st.sampled_from(among), max_size=3, unique=True)),
        assignments=draw(st.lists(assignments(to=chosen, among=among), max_size=4)),
    )
