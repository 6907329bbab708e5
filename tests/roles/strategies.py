"""Random teams, absences and matrices, as values that are right: each composes with the others.

They know nothing of these tests, so that they can serve users of the library too.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal

import attrs
from hypothesis import strategies as st

from carecoord._values import Period
from carecoord.roles import (
    Absence,
    Assignment,
    Clause,
    Confirmation,
    Consent,
    Credential,
    Done,
    Duty,
    Instruction,
    Member,
    Recipient,
    ResponsibilityMatrix,
    Revocation,
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

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
IDS = ("ada", "ben", "cy", "dee", "eve", "fay")
ROLES = roles()
DUTIES = duties()
WEEKS: tuple[tuple[Weekday, ...] | None, ...] = (
    None,
    None,
    ("monday", "tuesday", "wednesday"),
    ("thursday", "friday"),
    ("saturday",),
)
PLACES = ("US", "US-NY", "US-NJ")
AUTHORITIES = ("rx", "dx", "tx", "emdr")
STATUSES: tuple[Literal["granted", "supervised", "denied", "silent"], ...] = (
    "granted",
    "granted",
    "supervised",
    "denied",
    "silent",
)
LETTERS: tuple[Letters, ...] = ("A", "R", "AR")
TRAININGS = (
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
    serving = draw(memberships(members(ids=ids, among=among), most=most))
    here = sorted({member.id for member in serving})
    return Team(serving, absences=draw(st.lists(absences(ids=here), max_size=4)) if here else ())


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
def busy_members(draw: st.DrawFn, *, ids: Sequence[str], among: Sequence[str]) -> Member:
    """Give a member who may have days off, a standing cover, and an organisation."""
    member = draw(members(ids=ids, among=among))
    return attrs.evolve(
        member,
        since=draw(st.sampled_from((FIRST, FIRST, member.since))),
        days=draw(st.sampled_from(WEEKS)),
        cover=draw(st.sampled_from([None, *(name for name in ids if name != member.id)])),
        organisation=draw(st.sampled_from((None, "north", "south"))),
        ceiling=draw(st.none() | st.integers(0, 20)),
    )


@st.composite
def credentials(draw: st.DrawFn, *, ids: Sequence[str]) -> Credential:
    """Give a credential of one of the ids, supervised by another of them or by nobody."""
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
def licensed_teams(draw: st.DrawFn, *, ids: Sequence[str] = IDS[:4], among: Sequence[str] = ROLES) -> Team:
    """Give a team of a few whose credentials say much, so that supervisors are often there and often not."""
    serving = [draw(busy_members(ids=[name], among=among)) for name in ids]
    return Team(
        [attrs.evolve(one, cover=None) for one in serving],
        absences=draw(st.lists(absences(ids=ids), max_size=3)),
        credentials=draw(st.lists(credentials(ids=ids), min_size=3, max_size=10)),
        jurisdiction=draw(st.sampled_from((None, "US-NY"))),
    )


@st.composite
def trainings_had(draw: st.DrawFn, *, ids: Sequence[str]) -> Trained:
    """Give a record that one of the ids has had one of the trainings."""
    since, until = draw(periods())
    return Trained(
        draw(st.sampled_from(ids)), draw(st.sampled_from([one.id for one in TRAININGS])), on=since, until=until
    )


@st.composite
def busy_teams(draw: st.DrawFn, *, ids: Sequence[str] = IDS, among: Sequence[str] = ROLES) -> Team:
    """Give a team that says all a team can say."""
    serving = draw(memberships(busy_members(ids=ids, among=among), most=9))
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
        reason=draw(st.sampled_from(("", "leave"))),
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


@st.composite
def hand_overs(draw: st.DrawFn, given: Sequence[Assignment]) -> list[Assignment]:
    """Give for some of the assignments that end one that begins where they do."""
    ending = [one for one in given if one.until is not None]
    return [
        attrs.evolve(
            one,
            member=draw(st.sampled_from(IDS)),
            role=None,
            since=one.until,
            until=None,
            reason=draw(st.sampled_from(("", "leave"))),
        )
        for one in draw(st.lists(st.sampled_from(ending), max_size=2) if ending else st.just([]))
    ]


@st.composite
def busy_matrices(draw: st.DrawFn, *, of: Sequence[str] = DUTIES, among: Sequence[str] = ROLES) -> ResponsibilityMatrix:
    """Give a matrix that says all a matrix can say, with a duty of its own beside those of the catalogue."""
    matrix = draw(matrices(of=of, among=among))
    letters = draw(st.dictionaries(st.sampled_from(among), st.sampled_from(LETTERS), max_size=4))
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
    ids = [*(one.id for one in matrix.duties), "own"]
    given = draw(st.lists(assignments(to=ids, among=among), max_size=5))
    return attrs.evolve(
        matrix,
        duties=[*matrix.duties, own],
        assignments=[*given, *draw(hand_overs(given))],
        trainings=draw(st.lists(st.sampled_from(TRAININGS), unique_by=lambda one: one.id)),
        standing_cover=draw(st.lists(st.sampled_from(ids), max_size=2)),
        settled_by=draw(st.lists(st.sampled_from((*ids, "elsewhere")), max_size=2)),
    )


@st.composite
def records(draw: st.DrawFn, *, of: Sequence[str], ids: Sequence[str] = IDS) -> TeamRecord:
    """Give a record of work done, instructions and confirmations about some duties."""
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


@st.composite
def clauses(draw: st.DrawFn, *, among: Sequence[str]) -> Clause:
    """Give a clause that permits or refuses something to somebody."""
    since, until = draw(st.just((None, None)) | periods())
    to = draw(
        st.sampled_from(
            [Recipient(role=draw(st.sampled_from(among))), Recipient(person="ben"), Recipient(organisation="north")]
        )
    )
    return Clause(
        id=draw(st.sampled_from("12")),
        decision=draw(st.sampled_from(("permit", "permit", "refuse"))),
        categories=draw(st.sampled_from(((), ("all",), ("MH",), ("SUD",)))),
        to=[to],
        purposes=draw(st.sampled_from((("TREAT",), ("COC",), ("TREAT", "SUPNWK")))),
        since=since,
        until=until,
    )


@st.composite
def consents(draw: st.DrawFn, *, patient: str, among: Sequence[str]) -> Consent:
    """Give a consent of one person."""
    return Consent(
        id=draw(st.text("abc", min_size=1, max_size=6)),
        patient=patient,
        signed=draw(st.just(FIRST) | days()),
        until=draw(st.none() | days()),
        clauses=draw(st.lists(clauses(among=among), min_size=1, max_size=2, unique_by=lambda one: one.id)),
        revocations=[Revocation(on=draw(days()))] if draw(st.booleans()) else [],
    )
