"""Hypothesis strategies for teams, what they have to do, and what they have done: each gives values that are right."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final, Literal

import attrs
from hypothesis import strategies as st

from carecoord._values import Period
from carecoord.roles import (
    Absence,
    Assignment,
    Confirmation,
    Credential,
    Done,
    Duty,
    Instruction,
    Member,
    ResponsibilityMatrix,
    Team,
    TeamRecord,
    Trained,
    Training,
    duties,
    duty,
    roles,
)
from carecoord.roles._duties import Letters
from carecoord.roles._team import Weekday

__all__ = ["absences", "assignments", "credentials", "matrices", "members", "team_records", "teams"]

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
IDS: Final = ("ada", "ben", "cy", "dee", "eve", "fay")
WEEKS: tuple[tuple[Weekday, ...] | None, ...] = (
    None,
    None,
    ("monday", "tuesday", "wednesday"),
    ("thursday", "friday"),
    ("saturday",),
)
PLACES: Final = ("US", "US-NY", "US-NJ")
AUTHORITIES: Final = ("rx", "dx", "tx", "emdr")
STATUSES: tuple[Literal["granted", "supervised", "denied", "silent"], ...] = (
    "granted",
    "granted",
    "supervised",
    "denied",
    "silent",
)
LETTERS: tuple[Letters, ...] = ("A", "R", "AR")
TRAININGS: Final = (
    Training(id="risk", title="risk training", valid=Period.parse("P2M"), notice=Period.parse("P3W")),
    Training(id="model", duties=(), roles=("care-manager", "nurse")),
)


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
def plain_members(draw: st.DrawFn, *, ids: Sequence[str] = IDS, among: Sequence[str] | None = None) -> Member:
    """Give a member without days off, a standing cover or an organisation."""
    since, until = draw(periods())
    return Member(
        draw(st.sampled_from(ids)),
        role=draw(st.sampled_from(among or roles())),
        since=since,
        until=until,
        profession=draw(st.none() | st.sampled_from(roles())),
        reach=draw(st.sampled_from(("", "ext. 1", "ext. 2"))),
    )


@st.composite
def members(draw: st.DrawFn, *, ids: Sequence[str] = IDS, among: Sequence[str] | None = None) -> Member:
    """Give members, who may have days off, somebody who stands in for them, and an organisation.

    All they say happens in 2026, so that what is drawn beside them meets it.

    >>> from hypothesis import find
    >>> find(members(ids=["lee"], among=["nurse"]), lambda member: member.days is not None).role
    'nurse'

    - `ids`: the ids they may have.
    - `among`: the roles they may have; all of the catalogue where left out.
    """
    member = draw(plain_members(ids=ids, among=among))
    return attrs.evolve(
        member,
        since=draw(st.sampled_from((FIRST, FIRST, member.since))),
        days=draw(st.sampled_from(WEEKS)),
        cover=draw(st.sampled_from([None, *(name for name in ids if name != member.id)])),
        organisation=draw(st.sampled_from((None, "north", "south"))),
        ceiling=draw(st.none() | st.integers(0, 20)),
    )


@st.composite
def memberships(draw: st.DrawFn, of: st.SearchStrategy[Member], *, most: int) -> list[Member]:
    """Give members of whom nobody serves twice on one day in one role at one place."""
    serving: list[Member] = []
    for member in draw(st.lists(of, max_size=most)):
        clashes = [
            known
            for known in serving
            if (known.id, known.role, known.organisation) == (member.id, member.role, member.organisation)
        ]
        if not any(known.is_active(on=member.since) or member.is_active(on=known.since) for known in clashes):
            serving.append(member)
    return serving


@st.composite
def absences(draw: st.DrawFn, *, ids: Sequence[str] = IDS) -> Absence:
    """Give absences, covered by another of them, by a stranger, or by nobody.

    - `ids`: the ids of those who may be away.
    """
    member = draw(st.sampled_from(ids))
    since, until = draw(periods())
    cover = draw(st.none() | st.sampled_from([name for name in (*ids, "stranger") if name != member]))
    return Absence(member, since=since, until=until, cover=cover)


@st.composite
def credentials(draw: st.DrawFn, *, ids: Sequence[str] = IDS) -> Credential:
    """Give credentials: some lapsed, some of another place, some denied, some under supervision.

    - `ids`: the ids of those who may hold or supervise them.
    """
    member = draw(st.sampled_from(ids))
    status = draw(st.sampled_from(STATUSES))
    others = [None, *(name for name in ids if name != member)]
    since, until = draw(st.sampled_from(((None, None), (None, LAST))) | periods() | st.tuples(st.none(), days()))
    return Credential(
        member,
        draw(st.sampled_from(AUTHORITIES)),
        status=status,
        supervisor=draw(st.sampled_from(others)) if status == "supervised" else None,
        jurisdiction=draw(st.sampled_from((None, *PLACES))),
        since=since,
        until=until,
    )


@st.composite
def trainings_had(draw: st.DrawFn, *, ids: Sequence[str]) -> Trained:
    """Give a record that one of the ids has had one of the trainings."""
    since, until = draw(periods())
    return Trained(
        draw(st.sampled_from(ids)), draw(st.sampled_from([one.id for one in TRAININGS])), on=since, until=until
    )


@st.composite
def teams(draw: st.DrawFn, *, ids: Sequence[str] = IDS, among: Sequence[str] | None = None, most: int = 9) -> Team:
    """Give teams that say all a team can say: people in several roles, away, covered, licensed, trained, or nobody.

    >>> from hypothesis import find
    >>> team = find(teams(among=["nurse"]), lambda team: bool(team.absences and team.credentials))
    >>> {member.role for member in team.members}
    {'nurse'}

    - `ids`: the ids that members may have.
    - `among`: the roles they may have; all of the catalogue where left out.
    - `most`: how many memberships there may be.
    """
    serving = draw(memberships(members(ids=ids, among=among), most=most))
    here = sorted({member.id for member in serving})
    if not here:
        return Team([])
    since, until = draw(st.just((None, None)) | periods())
    away = draw(st.lists(absences(ids=here), max_size=5))
    return Team(
        serving,
        absences=[attrs.evolve(one, organisation=draw(st.sampled_from((None, None, "north")))) for one in away],
        credentials=draw(st.none() | st.lists(credentials(ids=here), max_size=8)),
        trained=draw(st.none() | st.lists(trainings_had(ids=here), max_size=5)),
        jurisdiction=draw(st.sampled_from((None, "US-NY"))),
        since=since,
        until=until,
    )


@st.composite
def assignments(
    draw: st.DrawFn, *, to: Sequence[str], ids: Sequence[str] = IDS, among: Sequence[str] | None = None
) -> Assignment:
    """Give assignments, to somebody by name, a stranger among them, or to a role; some for always, some for a while.

    - `to`: the ids of the duties.
    - `ids`: the ids of those who may be named.
    - `among`: the roles that may be named; all of the catalogue where left out.
    """
    since, until = draw(st.just((None, None)) | periods())
    name = draw(st.none() | st.sampled_from((*ids, "stranger")))
    return Assignment(
        draw(st.sampled_from(to)),
        draw(st.sampled_from(("accountable", "responsible"))),
        member=name,
        role=None if name is not None else draw(st.sampled_from(among or roles())),
        since=since,
        until=until,
        reason=draw(st.sampled_from(("", "leave"))),
    )


@st.composite
def plain_matrices(
    draw: st.DrawFn,
    *,
    of: Sequence[str] | None = None,
    ids: Sequence[str] = IDS,
    among: Sequence[str] | None = None,
) -> ResponsibilityMatrix:
    """Give a matrix over some duties of the catalogue, with the catalogue's letters and assignments beside them."""
    chosen = draw(st.lists(st.sampled_from(of or duties()), min_size=1, max_size=6, unique=True))
    held = among or roles()
    return ResponsibilityMatrix(
        id="random",
        duties=[duty(name) for name in chosen],
        minimum_team=draw(st.lists(st.sampled_from(held), max_size=4, unique=True)),
        escalation=draw(st.lists(st.sampled_from(held), max_size=3, unique=True)),
        assignments=draw(st.lists(assignments(to=chosen, ids=ids, among=among), max_size=4)),
    )


@st.composite
def hand_overs(draw: st.DrawFn, given: Sequence[Assignment], ids: Sequence[str]) -> list[Assignment]:
    """Give for some of the assignments that end one that begins where they do."""
    ending = [one for one in given if one.until is not None]
    return [
        attrs.evolve(
            one,
            member=draw(st.sampled_from(ids)),
            role=None,
            since=one.until,
            until=None,
            reason=draw(st.sampled_from(("", "leave"))),
        )
        for one in draw(st.lists(st.sampled_from(ending), max_size=2) if ending else st.just([]))
    ]


@st.composite
def matrices(
    draw: st.DrawFn,
    *,
    of: Sequence[str] | None = None,
    ids: Sequence[str] = IDS,
    among: Sequence[str] | None = None,
) -> ResponsibilityMatrix:
    """Give matrices that say all a matrix can say, with a duty of the site's own beside those of the catalogue.

    >>> from hypothesis import find
    >>> matrix = find(matrices(of=["follow-up", "registry"]), lambda matrix: len(matrix.duties) == 3)
    >>> sorted(duty.id for duty in matrix.duties)
    ['follow-up', 'own', 'registry']

    - `of`: the ids of the catalogue's duties to choose from; all where left out.
    - `ids`: the ids of those who may be named for a duty.
    - `among`: the roles that may have a part; all of the catalogue where left out.
    """
    matrix = draw(plain_matrices(of=of, ids=ids, among=among))
    letters = draw(st.dictionaries(st.sampled_from(among or roles()), st.sampled_from(LETTERS), max_size=4))
    own = Duty(
        id="own",
        label="something of the site's",
        letters=letters,
        scope=draw(st.sampled_from((None, "rx", "dx", "tx"))),
        licences=draw(st.sampled_from(((), ("emdr",)))),
        safety=draw(st.booleans()),
        patient_may=draw(st.booleans()),
        approval=draw(st.sampled_from((None, *(one.id for one in matrix.duties)))),
    )
    known = [*(one.id for one in matrix.duties), "own"]
    given = draw(st.lists(assignments(to=known, ids=ids, among=among), max_size=5))
    return attrs.evolve(
        matrix,
        duties=[*matrix.duties, own],
        assignments=[*given, *draw(hand_overs(given, ids))],
        trainings=draw(st.lists(st.sampled_from(TRAININGS), unique_by=lambda one: one.id)),
        standing_cover=draw(st.lists(st.sampled_from(known), max_size=2)),
        settled_by=draw(st.lists(st.sampled_from((*known, "elsewhere")), max_size=2)),
    )


@st.composite
def team_records(draw: st.DrawFn, *, of: Sequence[str], ids: Sequence[str] = IDS) -> TeamRecord:
    """Give records of work done, instructions, confirmations and changes of plan.

    - `of`: the ids of the duties they are about.
    - `ids`: the ids of those who did, instructed and confirmed.
    """
    name, day = st.sampled_from(ids), days()
    done = st.builds(Done, st.sampled_from(of), name, on=day, about=st.sampled_from(("", "plan")))
    instructions = st.builds(
        lambda about, member, period: Instruction(about, member, says="so", since=period[0], until=period[1]),
        st.sampled_from(("sertraline", "walking")),
        name,
        periods(),
    )
    confirmations = st.builds(Confirmation, name, on=day, duty=st.sampled_from((None, *of)))
    return TeamRecord(
        done=draw(st.lists(done, max_size=4)),
        instructions=draw(st.lists(instructions, max_size=4)),
        confirmations=draw(st.none() | st.lists(confirmations, max_size=4)),
        plan_changes=draw(st.lists(day, max_size=2)),
    )
