"""Members, absences, teams and assignments: what they take and what they refuse."""

from __future__ import annotations

import pickle
from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs
import pytest

from carecoord import _definitions
from carecoord.errors import DataError, DefinitionError
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
    Span,
    Team,
    Trained,
)

JAN = date(2026, 1, 1)
FEB = date(2026, 2, 1)
DAY = timedelta(days=1)


def test_membership_is_half_open() -> None:
    """The first day counts, the day it ends does not; without an end it goes on."""
    member = Member("lee", role="nurse", since=JAN, until=FEB)
    assert [member.is_active(on=day) for day in (JAN - DAY, JAN, FEB - DAY, FEB)] == [False, True, True, False]
    assert Member("lee", role="nurse", since=JAN).is_active(on=date(2999, 1, 1))


def test_absence_is_half_open() -> None:
    """Somebody is away from the first day and back on the last one named."""
    absence = Absence("lee", since=JAN, until=FEB)
    assert [absence.is_in_force(on=day) for day in (JAN - DAY, JAN, FEB - DAY, FEB)] == [False, True, True, False]


def test_assignment_is_half_open_and_may_have_no_bounds() -> None:
    """An assignment holds from its first day up to its end, and always where it has neither."""
    dated = Assignment("record", "informed", member="lee", since=JAN, until=FEB)
    assert [dated.is_in_force(on=day) for day in (JAN - DAY, JAN, FEB - DAY, FEB)] == [False, True, True, False]
    assert Assignment("record", "informed", role="nurse").is_in_force(on=JAN)


def test_team_has_members_only_while_it_is_in_force() -> None:
    """Membership and team must both be in force; somebody on leave is still a member."""
    lee = Member("lee", role="nurse", since=JAN - 30 * DAY)
    team = Team([lee], absences=[Absence("lee", since=JAN)], since=JAN, until=FEB)
    assert [team.active(on=day) for day in (JAN - DAY, JAN, FEB - DAY, FEB)] == [(), (lee,), (lee,), ()]


def test_team_with_an_absence_is_another_team() -> None:
    """Values do not change: adding an absence gives a new team."""
    team = Team([Member("lee", role="nurse", since=JAN)], id="north")
    away = Absence("lee", since=FEB)
    assert team.with_absences(away) == attrs.evolve(team, absences=[away])
    assert team.absences == ()


@pytest.mark.parametrize(
    ("make", "faults"),
    [
        (lambda: Member("lee", role="nurse", since=FEB, until=JAN), ["$.until: 2026-01-01 is not after 2026-02-01"]),
        (lambda: Member("lee", role="nurse", since=JAN, until=JAN), ["$.until: 2026-01-01 is not after 2026-01-01"]),
        (
            lambda: Member("lee", role="nurse", since=datetime(2026, 1, 1, tzinfo=UTC)),
            ["$.since: a date without a time is wanted, found datetime"],
        ),
        (
            lambda: Member("lee", role="nurse", since=any_value("2026-01-01"), until=any_value(3)),
            [
                "$.since: a date without a time is wanted, found str",
                "$.until: a date without a time is wanted, found int",
            ],
        ),
        (lambda: Member("", role="", since=JAN, ceiling=-1), ["$.id: is empty", "$.role: is empty", "$.ceiling: "]),
        (lambda: Absence("lee", since=JAN, until=JAN), ["$.until: "]),
        (lambda: Absence("lee", since=JAN, cover="lee"), ["$.cover: nobody covers for themselves"]),
        (lambda: Assignment("record", "informed"), ["exactly one of member and role is wanted"]),
        (lambda: Assignment("record", "informed", member="lee", role="nurse"), ["exactly one of member and role"]),
        (lambda: Assignment("record", any_value("A"), role="nurse"), ["$.part: 'A' is none of accountable"]),
        (lambda: Assignment("record", "informed", role="nurse", since=FEB, until=JAN), ["$.until: "]),
        (lambda: Team([], since=FEB, until=JAN), ["$.until: "]),
        (
            lambda: Team(
                [Member("lee", role="nurse", since=JAN, until=FEB), Member("lee", role="nurse", since=FEB - DAY)]
            ),
            ["$.members[1]: serves on days on which $.members[0] is the same person in the same role"],
        ),
        (
            lambda: Team(
                [Member("lee", role="nurse", since=FEB - DAY), Member("lee", role="nurse", since=JAN, until=FEB)]
            ),
            ["$.members[1]: serves on days"],
        ),
        (
            lambda: Team([Member("lee", role="nurse", since=JAN)], absences=[Absence("kim", since=JAN)]),
            ["$.absences[0].member: nobody on this team has this id"],
        ),
        (
            lambda: Team(
                [Member("lee", role="nurse", since=JAN)],
                credentials=[Credential("kim", "rx"), Credential("lee", "rx", status="supervised", supervisor="max")],
                trained=[Trained("kim", "risk", on=JAN)],
            ),
            [
                "$.credentials[0].member: nobody on this team has this id",
                "$.credentials[1].supervisor: nobody on this team has this id",
                "$.trained[0].member: nobody on this team has this id",
            ],
        ),
        (
            lambda: Team(
                [Member("lee", role="nurse", since=JAN, organisation="a", setting=place) for place in ("b", "b")]
            ),
            ["$.members[1]: serves on days on which $.members[0] is the same person in the same role"],
        ),
        (lambda: Credential("", ""), ["$.member: is empty", "$.authority: is empty"]),
        (lambda: Credential("lee", "rx", since=FEB, until=JAN), ["$.until: 2026-01-01 is not after 2026-02-01"]),
        (
            lambda: Credential("lee", "rx", status=any_value("given")),
            ["$.status: 'given' is none of granted, supervised, denied, silent"],
        ),
        (
            lambda: Credential("lee", "rx", supervisor="lee"),
            [
                "$.supervisor: goes with the status supervised, found granted",
                "$.supervisor: nobody supervises themselves",
            ],
        ),
        (
            lambda: Trained("lee", "risk", on=any_value("2026-01-01")),
            ["$.on: a date without a time is wanted, found str"],
        ),
        (
            lambda: Trained("lee", "risk", on=datetime(2026, 1, 1, tzinfo=UTC)),
            ["$.on: a date without a time is wanted, found datetime"],
        ),
        (lambda: Trained("lee", "risk", on=JAN, until=JAN), ["$.until: "]),
        (lambda: Span(FEB, FEB), ["$.until: 2026-02-01 is not after 2026-02-01"]),
        (lambda: Instruction("", "", since=JAN), ["$.about: is empty", "$.member: is empty"]),
        (lambda: Instruction("rest", "lee", since=JAN, until=JAN), ["$.until: "]),
        (lambda: Done("record", "lee", on=any_value(3)), ["$.on: a date without a time is wanted, found int"]),
        (lambda: Confirmation("lee", on=any_value(3)), ["$.on: a date without a time is wanted, found int"]),
    ],
)
def test_a_value_that_cannot_be_right_is_refused_with_every_fault(make: Any, faults: list[str]) -> None:
    """What exists is right; what is refused says all that is wrong, and never whose it was."""
    with pytest.raises(DataError) as raised:
        make()
    told = [str(fault) for fault in raised.value.faults]
    assert len(told) == len(faults)
    assert all(found.startswith(wanted) for found, wanted in zip(told, faults, strict=True))
    assert not [found for found in told if "lee" in found or "kim" in found]
    assert pickle.loads(pickle.dumps(raised.value)).faults == raised.value.faults  # noqa: S301 our own


def any_value(value: Any) -> Any:
    """Give a value that the types would not let through."""
    return value


def test_a_person_may_leave_and_come_back_and_have_two_roles() -> None:
    """Two periods that only touch are fine, and so are two roles at once."""
    team = Team(
        [
            Member("lee", role="nurse", since=JAN, until=FEB),
            Member("lee", role="nurse", since=FEB),
            Member("lee", role="care-manager", since=JAN),
        ]
    )
    assert len(team.active(on=FEB)) == 2


def test_one_role_in_two_places_is_two_members() -> None:
    """Of one person, on the same days; another organisation or another setting makes another place."""
    lee = Member("lee", role="nurse", since=JAN, organisation="clinic", setting="ward")
    places = [lee, attrs.evolve(lee, organisation="school"), attrs.evolve(lee, setting="home")]
    assert len(Team(places).active(on=JAN)) == 3


def test_a_span_has_a_last_day() -> None:
    """The day before its end."""
    span = Span(JAN, FEB)
    assert span.last == FEB - DAY
    assert [span.is_in_force(on=day) for day in (JAN - DAY, JAN, FEB - DAY, FEB)] == [False, True, True, False]


def test_what_has_a_period_is_half_open() -> None:
    """Credentials and instructions too."""
    for each in (
        Credential("lee", "rx", since=JAN, until=FEB),
        Instruction("rest", "lee", since=JAN, until=FEB),
    ):
        assert [each.is_in_force(on=day) for day in (JAN - DAY, JAN, FEB - DAY, FEB)] == [False, True, True, False]


def test_matrix_refuses_what_stands_twice_and_duties_it_does_not_have() -> None:
    """Duties are told apart by id; an assignment is about one of them."""
    record = Duty(id="record", label="record")
    with pytest.raises(DefinitionError) as raised:
        ResponsibilityMatrix(
            id="ours", duties=[record, record], assignments=[Assignment("recrod", "informed", role="nurse")]
        )
    assert [str(fault) for fault in raised.value.faults] == [
        "$.duties[record]: stands there twice",
        "$.assignments[0].duty: no duty here is 'recrod', did you mean record?",
    ]


def test_values_are_frozen_hashable_and_survive_pickling() -> None:
    """A team can be a key, be shared, and be sent elsewhere."""
    team = Team([Member("lee", role="nurse", since=JAN)], absences=[Absence("lee", since=FEB)])
    assert hash(pickle.loads(pickle.dumps(team))) == hash(team)  # noqa: S301 our own
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        team.id = "north"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]


def test_a_team_is_read_from_plain_data_with_every_fault() -> None:
    """JSON says the same as Python, and what is wrong in it is told at once."""
    plain = {
        "members": [{"id": "lee", "role": "nurse", "since": "2026-01-01", "reach": "ext. 7"}],
        "absences": [{"member": "lee", "since": "2026-02-01", "until": "2026-02-08"}],
    }
    team = _definitions.structure(plain, Team, name="team", error=DataError)
    assert team == Team(
        [Member("lee", role="nurse", since=JAN, reach="ext. 7")],
        absences=[Absence("lee", since=FEB, until=FEB + 7 * DAY)],
    )
    assert _definitions.unstructure(team) == plain
    plain["absences"] += [{"member": "lee", "since": "2026-02-30"}, {"member": "lee", "sinse": "2026-02-03"}]
    with pytest.raises(DataError) as raised:
        _definitions.structure(plain, Team, name="team", error=DataError)
    assert [fault.path for fault in raised.value.faults] == [
        "$.absences[1].since",
        "$.absences[2]",
        "$.absences[2].sinse",
    ]
