"""Duties that change hands: no gap, no overlap, both sides in history."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import assume, given, strategies as st

from carecoord.errors import DataError, UnknownIdError
from carecoord.roles import (
    Assignment,
    Credential,
    Duty,
    Gap,
    Member,
    ResponsibilityMatrix,
    Team,
    duty,
    gaps,
    hand_over,
    matrix,
    who,
)
from carecoord.testing import matrices, teams
from carecoord.testing._teams import days
from tests.roles.reading import Reading

START = date(2025, 1, 1)
ON = date(2026, 6, 1)
DAY = timedelta(days=1)
MINIMUM = matrix("collaborative-care-minimum")
HOLM = Member("holm", role="care-manager", since=START)
IVO = Member("ivo", role="care-manager", since=START)
LEE = Member("lee", role="primary-care-provider", since=START)
KIM = Member("kim", role="nurse", since=START)
ANNA = Member("anna", role="patient", since=START)


def hand(team: Team, matrix: ResponsibilityMatrix, **changes: Any) -> tuple[ResponsibilityMatrix, Any]:
    """Hand over from holm to ivo on the day, unless told otherwise."""
    told: dict[str, Any] = {"giver": "holm", "taker": "ivo", "on": ON, "reason": "holm leaves", **changes}
    return hand_over(team, matrix, **told)


def only(*duties: str | Duty, **fields: Any) -> ResponsibilityMatrix:
    """Give a matrix of a few duties of the catalogue."""
    return ResponsibilityMatrix(
        id="few", duties=[duty(each) if isinstance(each, str) else each for each in duties], **fields
    )


def test_the_duties_of_somebody_who_leaves_go_to_their_successor() -> None:
    """Up to the last day holm holds them, from the next ivo; nothing else changes, and nothing is a gap."""
    team = Team([ANNA, attrs.evolve(HOLM, until=ON), attrs.evolve(IVO, since=ON)])
    made, record = hand(team, only("follow-up", "self-manage"))
    held = [(who(team, made, each, on=ON - DAY).member, who(team, made, each, on=ON).member) for each in record.duties]
    assert held == [("holm", "ivo"), ("holm", "ivo")]
    assert gaps(team, made, between=(ON - 30 * DAY, ON + 30 * DAY)) == ()
    assert record.accountable == ("follow-up", "self-manage")
    assert record.responsible == ("follow-up",)
    assert (record.id, record.giver, record.taker, record.on) == ("holm-ivo-2026-06-01", "holm", "ivo", ON)
    assert (record.reason, record.gaps) == ("holm leaves", ())
    assert made.assignments == tuple(
        Assignment(each, "accountable", member="ivo", since=ON, reason="holm leaves")
        for each in ("follow-up", "self-manage")
    )


def test_a_hand_over_may_have_an_id_of_the_hosts() -> None:
    """Events and acknowledgements then call it by that."""
    assert hand(Team([HOLM, IVO]), only("follow-up"), id="h-7")[1].id == "h-7"


def test_only_the_duties_asked_for_change_hands() -> None:
    """The others stay with the giver."""
    team = Team([HOLM, IVO])
    named = MINIMUM.with_assignments(*(Assignment(each.id, "accountable", member="holm") for each in MINIMUM.duties))
    made, record = hand(team, named, duties=["registry", "follow-up", "registry"])
    assert record.duties == ("registry", "follow-up")
    assert [who(team, made, each, on=ON).member for each in ("follow-up", "registry", "measurement")] == [
        "ivo",
        "ivo",
        "holm",
    ]


def test_a_period_of_somebody_named_is_closed_and_stays() -> None:
    """The assignment ends on the day the next begins, with its reason; the new one ends when the old would have."""
    until = ON + 90 * DAY
    named = only("follow-up").with_assignments(
        Assignment("follow-up", "accountable", member="holm", since=START, until=until, reason="the first")
    )
    team = Team([HOLM, IVO, LEE])
    made, _ = hand(team, named)
    assert [one for one in made.assignments if one.part == "accountable"] == [
        Assignment("follow-up", "accountable", member="holm", since=START, until=ON, reason="the first"),
        Assignment("follow-up", "accountable", member="ivo", since=ON, until=until, reason="holm leaves"),
    ]
    found = gaps(team, made, between=(START, until - DAY))
    assert [gap for gap in found if gap.rule in {1, 9}] == []


def test_what_is_planned_for_later_stays_as_planned() -> None:
    """The new period ends where the next one that is planned begins."""
    later = Assignment("follow-up", "accountable", member="kim", since=ON + 30 * DAY, reason="kim is back")
    team = Team([HOLM, IVO, KIM])
    made, _ = hand(team, only("follow-up").with_assignments(later))
    assert later in made.assignments
    assert [who(team, made, "follow-up", on=ON + days * DAY).member for days in (0, 29, 30)] == ["ivo", "ivo", "kim"]


def test_a_period_that_would_begin_that_day_is_the_takers_instead() -> None:
    """No period of no days is left behind."""
    named = only("follow-up").with_assignments(
        Assignment("follow-up", "accountable", member="holm", since=START, until=ON),
        Assignment("follow-up", "accountable", member="holm", since=ON),
    )
    made, _ = hand(Team([HOLM, IVO]), named)
    assert [(one.member, one.since, one.until) for one in made.assignments if one.part == "accountable"] == [
        ("holm", START, ON),
        ("ivo", ON, None),
    ]


def test_a_duty_given_to_a_role_is_given_to_the_taker_alone() -> None:
    """The assignment to the role of the giver is closed too: otherwise two would hold it."""
    named = only("follow-up").with_assignments(Assignment("follow-up", "accountable", role="nurse", since=START))
    team = Team([attrs.evolve(KIM, until=ON), attrs.evolve(KIM, id="max", since=ON), IVO])
    made, _ = hand(team, named, giver="kim")
    assert who(team, made, "follow-up", on=ON - DAY).member == "kim"
    assert who(team, made, "follow-up", on=ON).member == "ivo"
    assert Assignment("follow-up", "accountable", role="nurse", since=START, until=ON) in made.assignments


def test_those_who_do_it_beside_the_giver_go_on_doing_it() -> None:
    """The provider stays, as a role; the other care manager stays, by name; the giver goes, the taker comes."""
    team = Team([HOLM, IVO, LEE, KIM])
    made, record = hand(team, only("crisis-response"), taker="kim")
    assert record.responsible == ("crisis-response",)
    assert record.accountable == ()
    doing = [[one.member for one in who(team, made, "crisis-response", on=day).responsible] for day in (ON - DAY, ON)]
    assert doing == [["holm", "ivo", "lee"], ["ivo", "kim", "lee"]]
    assert {(one.member, one.role) for one in made.assignments} == {
        ("kim", None),
        ("ivo", None),
        (None, "primary-care-provider"),
    }
    assert {one.reason for one in made.assignments} == {"holm leaves"}


def test_somebody_named_to_do_it_is_replaced_and_the_others_named_stay() -> None:
    """What is already said is not said twice."""
    named = only("crisis-response").with_assignments(
        *(Assignment("crisis-response", "responsible", member=name) for name in ("holm", "kim")),
        Assignment("crisis-response", "responsible", role="primary-care-provider"),
    )
    made, _ = hand(Team([HOLM, IVO, LEE, KIM]), named)
    assert [(one.member, one.role, one.since, one.until) for one in made.assignments] == [
        ("kim", None, None, None),
        (None, "primary-care-provider", None, None),
        ("holm", None, None, ON),
        ("ivo", None, ON, None),
    ]


def test_what_the_taker_lacks_is_told_and_hinders_nothing() -> None:
    """Whether to hand over all the same is for people to decide."""
    team = Team(
        [LEE, attrs.evolve(LEE, id="max")],
        credentials=[Credential("lee", "rx"), Credential("max", "rx", until=ON - DAY)],
    )
    named = only("prescribe").with_assignments(
        Assignment("prescribe", "accountable", member="lee"), Assignment("prescribe", "responsible", member="lee")
    )
    _, record = hand(team, named, giver="lee", taker="max")
    assert [(gap.kind, gap.member) for gap in record.gaps] == [("credential-lapsed", "max")]


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"reason": "  "}, ["$.reason: is empty"]),
        ({"taker": "holm"}, ["$.taker: is the giver"]),
        ({"taker": "nobody"}, ["$.taker: is no member of the team on 2026-06-01"]),
        ({"giver": "lee"}, ["$.giver: holds no duty the day before"]),
        ({"duties": ["record", "follow-up"]}, ["$.duties[record]: the giver does not hold it the day before"]),
        (
            {"taker": "anna"},
            [
                "$.duties[follow-up]: the taker may not be accountable for it: a patient",
                "$.duties[follow-up]: the taker may not be responsible for it: a patient",
                "$.duties[measurement]: the taker may not be accountable for it: a patient",
            ],
        ),
        ({"on": ON + DAY}, ["$.duties[measurement]: a period of somebody begins on 2026-06-02 already"]),
        ({"reason": "", "taker": "nobody"}, ["$.reason: is empty", "$.taker: is no member"]),
    ],
)
def test_a_hand_over_that_cannot_be_is_refused_with_every_fault(changes: dict[str, Any], faults: list[str]) -> None:
    """No reason, nobody to take it, nothing to give, or somebody else to come: told at once, and never who."""
    record = Duty(id="record", label="record", letters={"nurse": "AR"})
    duties = only("follow-up", "measurement", record).with_assignments(
        Assignment("measurement", "accountable", member="kim", since=ON + DAY)
    )
    with pytest.raises(DataError) as raised:
        hand(Team([HOLM, IVO, LEE, ANNA]), duties, **changes)
    told = [str(fault) for fault in raised.value.faults]
    assert len(told) == len(faults)
    assert all(found.startswith(wanted) for found, wanted in zip(told, faults, strict=True))


def test_a_duty_that_the_matrix_does_not_have_is_no_duty() -> None:
    """A slip is pointed out."""
    with pytest.raises(UnknownIdError, match="did you mean follow-up"):
        hand(Team([HOLM, IVO]), only("follow-up"), duties=["folow-up"])


def assert_as_it_was(found: tuple[Gap, ...], before: tuple[Gap, ...], on: date) -> None:
    """Hold that the same was wrong, word for word; only that the hand-over ends it may be known now."""
    assert len(found) == len(before)
    for now, then in zip(found, before, strict=True):
        if now != then:
            assert now.until == on
            assert then.until is None or then.until > on
            said = then.because if now.kind != "broken-hand-over" else now.because
            assert attrs.evolve(now, until=then.until) == attrs.evolve(then, because=said)


def test_the_record_tells_what_is_wrong_in_the_takers_hands_and_what_is_new() -> None:
    """Not what others lack already, nor what the taker lacks for a duty that stays where it is."""
    max_ = attrs.evolve(LEE, id="max")
    named = only("prescribe", "diagnose").with_assignments(
        Assignment("prescribe", "accountable", member="lee"),
        Assignment("diagnose", "accountable", member="lee"),
        *(Assignment("prescribe", "responsible", member=name) for name in ("lee", "max", "kim")),
        Assignment("diagnose", "responsible", member="max"),
    )
    team = Team([LEE, max_, KIM], credentials=[])
    _, record = hand(team, named, giver="lee", taker="max", duties=["prescribe"])
    assert [(gap.kind, gap.duty, gap.member) for gap in record.gaps] == [("unlicensed", "prescribe", "max")]


def test_every_fault_of_a_hand_over_is_told_with_its_place() -> None:
    """No reason given, and a duty that is not the giver's to give."""
    record = Duty(id="record", label="record", letters={"nurse": "AR"})
    with pytest.raises(DataError) as raised:
        hand(Team([HOLM, IVO, KIM]), only("follow-up", record), reason=" ", duties=["record", "follow-up"])
    assert str(raised.value).splitlines() == [
        "hand over: 2 faults",
        "  $.reason: is empty: say why the duties change hands",
        "  $.duties[record]: the giver does not hold it the day before",
    ]


def test_who_is_consulted_stays_so() -> None:
    """What changes hands is answering for a duty and doing it; being asked and told is no duty."""
    asked = Assignment("registry", "consulted", member="holm")
    record = Duty(id="registry", label="keep the list", letters={"nurse": "AR"})
    made, told = hand(Team([HOLM, IVO, KIM]), only("follow-up", record).with_assignments(asked))
    assert told.duties == ("follow-up",)
    assert asked in made.assignments
    with pytest.raises(DataError, match="holds no duty the day before"):
        hand(Team([HOLM, IVO, KIM]), only(record).with_assignments(asked))


def test_what_was_wrong_before_stays_so_and_ends_with_the_hand_over() -> None:
    """Holm took over from the nurse without a reason: that was so before and still is, and now it is known to end."""
    named = only("follow-up").with_assignments(
        Assignment("follow-up", "accountable", role="nurse", until=START + DAY),
        Assignment("follow-up", "accountable", member="holm", since=START + DAY),
    )
    team = Team([HOLM, IVO, KIM])
    made, _ = hand(team, named)
    before, found = (gaps(team, each, on=ON - DAY) for each in (named, made))
    assert [(gap.kind, gap.until) for gap in before] == [("unexplained-hand-over", None)]
    assert found == tuple(attrs.evolve(gap, until=ON) for gap in before)
    assert [gap.kind for gap in gaps(team, made, on=ON)] == []


def test_a_gap_of_former_days_is_told_to_whom_the_duty_went_in_the_end() -> None:
    """Nobody was named after kim left; that somebody is from the hand-over on is known now."""
    named = only("follow-up").with_assignments(
        Assignment("follow-up", "accountable", member="kim", until=ON - 20 * DAY)
    )
    left = attrs.evolve(KIM, until=ON - 20 * DAY)
    team = Team([attrs.evolve(HOLM, since=ON - 10 * DAY), attrs.evolve(IVO, since=ON), left])
    made, _ = hand(team, named)
    day = ON - 15 * DAY
    before, found = (gaps(team, each, on=day) for each in (named, made))
    assert_as_it_was(found, before, ON)
    told = [gap for gap in found if gap.kind == "broken-hand-over"]
    assert [(gap.until, gap.because) for gap in told] == [
        (ON, "kim had it until 2026-05-12, and ivo only from 2026-06-01")
    ]


@given(teams(among=("care-manager", "nurse", "patient")), matrices(of=["follow-up", "record"]), days(), st.data())
def test_a_hand_over_changes_nothing_before_and_leaves_one_holder_after(
    team: Team, matrix: ResponsibilityMatrix, on: date, data: st.DataObject
) -> None:
    """Yesterday reads as it did; today nobody holds by two periods what the taker was given, and the giver no more."""
    eve = Reading(team, matrix, on - DAY)
    givers = sorted({name for each in matrix.duties for name, _, _ in eve.holders(each, "accountable")})
    takers = Reading(team, matrix, on).people()
    assume(givers and takers)
    giver, taker = data.draw(st.sampled_from(givers)), data.draw(st.sampled_from(takers))
    try:
        made, record = hand_over(team, matrix, giver=giver, taker=taker, on=on, reason="so")
    except DataError:
        return
    for day in (on - DAY, on - 40 * DAY):
        assert_as_it_was(gaps(team, made, on=day), gaps(team, matrix, on=day), on)
    for part, names in (("accountable", record.accountable), ("responsible", record.responsible)):
        for name in names:
            before, after = (
                {holder for holder, _, _ in Reading(team, one, on).holders(matrix.duty(name), part)}
                for one in (matrix, made)
            )
            assert before - {giver} | {taker} >= after >= {taker}
