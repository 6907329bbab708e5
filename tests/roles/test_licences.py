"""Who may do what asks for a licence or a training, by teams small enough to work out by hand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import attrs
import pytest

from carecoord._values import Period
from carecoord.roles import (
    Absence,
    Assignment,
    Credential,
    Duty,
    Gap,
    Member,
    ResponsibilityMatrix,
    Team,
    Trained,
    Training,
    duty,
    gaps,
    matrix,
    role,
    who,
)

START = date(2025, 1, 1)
ON = date(2026, 5, 1)
DAY = timedelta(days=1)
LEE = Member("lee", role="primary-care-provider", since=START, reach="ext. 1")
MAX = attrs.evolve(LEE, id="max")
HOLM = Member("holm", role="care-manager", since=START, reach="ext. 2")
KIM = Member("kim", role="nurse", since=START, reach="ext. 9")


def only(*duties: str | Duty, **fields: Any) -> ResponsibilityMatrix:
    """Give a matrix of a few duties of the catalogue."""
    return ResponsibilityMatrix(
        id="few", duties=[duty(each) if isinstance(each, str) else each for each in duties], **fields
    )


def lees(name: str = "prescribe") -> ResponsibilityMatrix:
    """Give a matrix in which lee answers for a duty and does it."""
    return only(name).with_assignments(
        Assignment(name, "accountable", member="lee"), Assignment(name, "responsible", member="lee")
    )


def told(team: Team, duties: ResponsibilityMatrix, on: date = ON) -> list[tuple[str, str | None]]:
    """Give the kind of each gap and whom it is about."""
    return [(gap.kind, gap.member) for gap in gaps(team, duties, on=on)]


def test_a_team_without_records_is_not_asked_for_credentials() -> None:
    """What is usual for the role is all there is to go by, and only what that rules out is told."""
    assert told(Team([LEE]), lees()) == []
    assert told(Team([LEE], credentials=[]), lees()) == [("unlicensed", "lee")]
    assert told(Team([KIM]), only("psychotherapy").with_assignments(
        Assignment("psychotherapy", "accountable", member="kim"),
        Assignment("psychotherapy", "responsible", member="kim"),
    )) == [("unlicensed", "kim")]  # fmt: skip


@pytest.mark.parametrize(
    ("held", "ruled_out"),
    [
        ([KIM], True),
        ([attrs.evolve(KIM, profession="psychologist")], False),
        ([KIM, attrs.evolve(KIM, role="psychologist")], False),
        ([attrs.evolve(KIM, role="boss")], False),
        ([attrs.evolve(KIM, profession="plumber")], True),
    ],
)
def test_without_records_any_role_or_profession_of_theirs_may_give_it(held: list[Member], ruled_out: bool) -> None:
    """A nurse may not deliver psychotherapy, unless also a psychologist; what nobody describes rules nothing out."""
    duties = only("psychotherapy").with_assignments(
        Assignment("psychotherapy", "accountable", member="kim"),
        Assignment("psychotherapy", "responsible", member="kim"),
    )
    found = [gap for gap in gaps(Team(held), duties, on=ON) if gap.rule == 4]
    assert [gap.because for gap in found] == (
        [f"kim has no authority to deliver psychotherapy as {' or '.join(filter(None, ('nurse', held[0].profession)))}"]
        if ruled_out
        else []
    )
    assert role("nurse").tx.is_ruled_out


@pytest.mark.parametrize(
    ("credential", "kind", "because", "since", "until"),
    [
        (Credential("lee", "rx"), None, "", None, None),
        (Credential("lee", "rx", since=ON), None, "", None, None),
        (Credential("lee", "rx", until=ON + DAY), None, "", None, None),
        (
            Credential("lee", "rx", until=ON),
            "credential-lapsed",
            "the credential of lee to prescribe ended on 2026-05-01",
            ON,
            None,
        ),
        (
            Credential("lee", "rx", since=ON + DAY),
            "unlicensed",
            "lee has no credential to prescribe until 2026-05-02",
            None,
            ON + DAY,
        ),
        (Credential("lee", "dx"), "unlicensed", "lee has no credential to prescribe", None, None),
        (Credential("max", "rx"), "unlicensed", "lee has no credential to prescribe", None, None),
        (
            Credential("lee", "rx", status="denied", since=ON - DAY, until=ON + DAY),
            "unlicensed",
            "lee is denied authority to prescribe from 2026-04-30 until 2026-05-02",
            ON - DAY,
            ON + DAY,
        ),
        (Credential("lee", "rx", status="denied"), "unlicensed", "lee is denied authority to prescribe", None, None),
        (
            Credential("lee", "rx", status="denied", until=ON),
            "unlicensed",
            "lee has no credential to prescribe",
            None,
            None,
        ),
        (
            Credential("lee", "rx", status="silent", since=ON, until=ON + DAY),
            "law-silent",
            "the law says nothing on the authority of lee to prescribe",
            ON,
            ON + DAY,
        ),
    ],
)
def test_each_credential_is_told_by_what_it_says(
    credential: Credential, kind: str | None, because: str, since: date | None, until: date | None
) -> None:
    """Granted, lapsed, not begun, of something else, of somebody else, denied, or silent."""
    found = gaps(Team([LEE, MAX], credentials=[credential]), lees(), on=ON)
    if kind is None:
        assert found == ()
        return
    (gap,) = found
    assert (gap.kind, gap.rule, gap.duty, gap.member, gap.role) == (
        kind,
        4,
        "prescribe",
        "lee",
        "primary-care-provider",
    )
    assert (gap.because, gap.since, gap.until) == (because, since, until)
    assert gap.severity == ("warning" if kind == "law-silent" else "breach")


def test_a_lapsed_credential_says_when_the_next_one_begins() -> None:
    """Of several the last to end and the first to begin; one ended that is followed at once is none."""
    old = [Credential("lee", "rx", until=ON - days * DAY) for days in (9, 3)]
    new = [Credential("lee", "rx", since=ON + days * DAY) for days in (9, 3)]
    (gap,) = gaps(Team([LEE], credentials=[*old, *new]), lees(), on=ON)
    assert (gap.since, gap.until) == (ON - 3 * DAY, ON + 3 * DAY)
    assert gap.because == "the credential of lee to prescribe ended on 2026-04-28, with no other until 2026-05-04"
    assert gap.mend == "renew it for lee, or have prescribe done by somebody who may"
    assert told(Team([LEE], credentials=[old[0], Credential("lee", "rx", since=ON)]), lees()) == []


def test_a_suspension_outweighs_what_is_granted() -> None:
    """While it lasts; before and after, the licence stands."""
    team = Team(
        [LEE],
        credentials=[Credential("lee", "rx"), Credential("lee", "rx", status="denied", since=ON, until=ON + DAY)],
    )
    assert [told(team, lees(), ON + days * DAY) for days in (-1, 0, 1)] == [[], [("unlicensed", "lee")], []]


@pytest.mark.parametrize(
    ("place", "where", "holds"),
    [
        (None, None, True),
        (None, "US-NY", True),
        ("US-NY", "US-NY", True),
        ("US-NY", "US", True),
        ("US-NY", "US-NJ", False),
        ("US-NY", "US-N", False),
        ("US", "US-NY", False),
        ("US-NY", None, False),
    ],
)
def test_a_credential_must_hold_where_the_people_in_care_are(place: str | None, where: str | None, holds: bool) -> None:
    """One for a whole country holds in its states, one for a state not in the country; one for nowhere nowhere."""
    credential = Credential("lee", "rx", jurisdiction=where)
    assert credential.holds_in(place) == holds
    team = Team([LEE], credentials=[credential], jurisdiction=place)
    assert told(team, lees()) == ([] if holds else [("unlicensed", "lee")])


def test_a_licence_of_another_place_is_told_with_the_place() -> None:
    """So that somebody sees what to ask for; what is denied elsewhere is no licence there."""
    team = Team(
        [LEE],
        credentials=[
            Credential("lee", "rx", jurisdiction="US-NJ"),
            Credential("lee", "rx"),
            Credential("lee", "rx", jurisdiction="US-CT", status="denied"),
        ],
        jurisdiction="US-NY",
    )
    (gap,) = gaps(team, lees(), on=ON)
    assert gap.because == "lee has no credential to prescribe in US-NY, only in US-NJ and no place it names"
    assert gap.mend == "record a credential of lee to prescribe, or have prescribe done by somebody who may"


SUPERVISED = Credential("lee", "rx", status="supervised", supervisor="max")


@pytest.mark.parametrize(
    ("credentials", "members", "away", "because"),
    [
        ([SUPERVISED, Credential("max", "rx")], [], [], None),
        ([attrs.evolve(SUPERVISED, supervisor=None)], [], [], "no supervisor is named"),
        ([SUPERVISED], [], [], "max, the supervisor, does not have it"),
        ([SUPERVISED, Credential("max", "dx")], [], [], "max, the supervisor, does not have it"),
        ([SUPERVISED, Credential("max", "rx", until=ON)], [], [], "max, the supervisor, does not have it"),
        (
            [SUPERVISED, Credential("max", "rx", status="supervised", supervisor="lee")],
            [],
            [],
            "max, the supervisor, does not have it",
        ),
        (
            [SUPERVISED, Credential("max", "rx"), Credential("max", "rx", status="denied")],
            [],
            [],
            "max, the supervisor, does not have it",
        ),
        (
            [SUPERVISED, Credential("max", "rx")],
            [attrs.evolve(MAX, until=ON)],
            [],
            "max, the supervisor, is not a member that day",
        ),
        (
            [SUPERVISED, Credential("max", "rx"), Credential("kim", "rx")],
            [],
            [Absence("max", since=ON)],
            "max, the supervisor, is away, and nobody who may covers",
        ),
        (
            [SUPERVISED, Credential("max", "rx")],
            [],
            [Absence("max", since=ON, cover="kim")],
            "max, the supervisor, is away, and nobody who may covers",
        ),
        (
            [SUPERVISED, Credential("max", "rx"), Credential("kim", "rx")],
            [],
            [Absence("max", since=ON, cover="kim"), Absence("kim", since=ON)],
            "max, the supervisor, is away, and nobody who may covers",
        ),
        ([SUPERVISED, Credential("kim", "rx")], [], [Absence("max", since=ON, cover="kim")], None),
        ([SUPERVISED, Credential("kim", "rx")], [attrs.evolve(MAX, cover="kim")], [Absence("max", since=ON)], None),
        ([SUPERVISED, Credential("max", "rx")], [attrs.evolve(MAX, days=("monday",))], [], None),
        ([SUPERVISED, Credential("lee", "rx")], [], [], None),
    ],
)
def test_supervision_needs_a_named_supervisor_who_is_there_and_has_it(
    credentials: list[Credential], members: list[Member], away: list[Absence], because: str | None
) -> None:
    """Themselves and in force, or whoever covers for them; a day off is no absence; licensed anyway needs none."""
    team = Team([LEE, KIM, *(members or [MAX])], absences=away, credentials=credentials)
    found = gaps(team, lees(), on=ON)
    if because is None:
        assert found == ()
    else:
        (gap,) = found
        assert gap.kind == "unsupervised"
        assert gap.because == f"lee has authority to prescribe only under supervision, and {because}"
        assert gap.mend.startswith("name a supervisor of lee who is there and has authority to prescribe")


def test_of_two_supervisors_one_is_enough() -> None:
    """The second holds what the first does not."""
    team = Team(
        [LEE, MAX, KIM],
        credentials=[SUPERVISED, attrs.evolve(SUPERVISED, supervisor="kim"), Credential("kim", "rx")],
    )
    assert told(team, lees()) == []


def test_a_therapy_by_name_is_asked_of_everybody_who_does_it() -> None:
    """No role has it by itself: with a record it must be there; without one nobody can say."""
    emdr = Duty(id="emdr", label="EMDR", scope="tx", licences=("emdr",), letters={"psychologist": "AR"})
    bo = Member("bo", role="psychologist", since=START)
    assert emdr.authorities == ("tx", "emdr")
    assert told(Team([bo]), only(emdr)) == []
    assert told(Team([bo], credentials=[Credential("bo", "tx")]), only(emdr)) == [("unlicensed", "bo")]
    both = [Credential("bo", "tx"), Credential("bo", "emdr")]
    assert told(Team([bo], credentials=both), only(emdr)) == []
    (gap,) = gaps(Team([bo], credentials=both[:1]), only(emdr), on=ON)
    assert gap.because == "bo has no credential for emdr"


def test_what_bars_is_told_before_what_nobody_has_decided() -> None:
    """One reason a person and a duty: the one that keeps them from it."""
    emdr = Duty(id="emdr", label="EMDR", scope="tx", licences=("emdr",), letters={"psychologist": "AR"})
    bo = Member("bo", role="psychologist", since=START)
    silent = Credential("bo", "tx", status="silent")
    assert told(Team([bo], credentials=[silent]), only(emdr)) == [("unlicensed", "bo")]
    assert told(Team([bo], credentials=[silent, Credential("bo", "emdr")]), only(emdr)) == [("law-silent", "bo")]
    turned = [Credential("bo", "tx"), attrs.evolve(silent, authority="emdr")]
    assert told(Team([bo], credentials=turned), only(emdr)) == [("law-silent", "bo")]


def test_only_those_who_do_it_need_the_licence() -> None:
    """Whoever only answers for it does not do it; a member who does nothing of the kind is not asked."""
    answered = only("prescribe").with_assignments(
        Assignment("prescribe", "accountable", member="holm"), Assignment("prescribe", "responsible", member="lee")
    )
    team = Team([LEE, HOLM, KIM], credentials=[Credential("lee", "rx")])
    assert told(team, answered) == []


def test_whoever_lacks_the_licence_is_not_named_among_those_who_do_it() -> None:
    """Who answers for it is still named, and the answer says what is missing."""
    team = Team([LEE, MAX], credentials=[Credential("lee", "rx", until=ON), Credential("max", "rx")])
    both = lees().with_assignments(Assignment("prescribe", "responsible", member="max"))
    assert [one.member for one in who(team, both, "prescribe", on=ON).responsible] == ["max"]
    assert who(team, both, "prescribe", on=ON).because == "lee is named for it"
    alone = who(team, lees(), "prescribe", on=ON)
    assert (alone.member, alone.responsible) == ("lee", ())
    assert alone.because == "lee is named for it; the credential of lee to prescribe ended on 2026-05-01"
    assert told(team, lees()) == [("credential-lapsed", "lee")]


@pytest.mark.parametrize(
    ("credential", "reason"),
    [
        (Credential("max", "rx"), None),
        (Credential("max", "rx", status="silent"), None),
        (Credential("max", "dx"), "max has no credential to prescribe"),
        (Credential("max", "rx", status="denied"), "max is denied authority to prescribe"),
        (Credential("max", "rx", until=ON), "the credential of max to prescribe ended on 2026-05-01"),
    ],
)
def test_a_cover_needs_the_licence_too(credential: Credential, reason: str | None) -> None:
    """With a record, a second provider covers with a licence of their own, or where the law is silent."""
    away = Absence("lee", since=ON, cover="max")
    team = Team([LEE, MAX], absences=[away], credentials=[Credential("lee", "rx"), credential])
    holder = who(team, lees(), "prescribe", on=ON)
    assert holder.member == ("max" if reason is None else None)
    assert (f"and max, the cover, may not: {reason}" in holder.because) == (reason is not None)


def test_the_period_of_a_lapse_is_the_days_it_lasts() -> None:
    """From the day it ended to the day before the next begins."""
    team = Team(
        [LEE],
        credentials=[Credential("lee", "rx", until=ON + 10 * DAY), Credential("lee", "rx", since=ON + 20 * DAY)],
    )
    (gap,) = gaps(team, lees(), between=(ON, ON + 60 * DAY))
    assert [(span.since, span.until) for span in gap.days] == [(ON + 10 * DAY, ON + 20 * DAY)]


RISK = Training(
    id="risk",
    title="risk training",
    duties=("risk-assessment",),
    roles=("care-manager",),
    valid=Period.parse("P1Y"),
    notice=Period.parse("P30D"),
)
ASSESSING = only("risk-assessment", "follow-up", trainings=[RISK])


@pytest.mark.parametrize(
    ("records", "kind", "since", "until", "because"),
    [
        ([], "untrained", None, None, "holm has not had risk training, which risk-assessment needs"),
        ([Trained("holm", "risk", on=ON)], None, None, None, ""),
        (
            [Trained("holm", "risk", on=ON + DAY)],
            "untrained",
            None,
            ON + DAY,
            "holm has not had risk training, which risk-assessment needs",
        ),
        (
            [Trained("holm", "risk", on=date(2025, 5, 1))],
            "untrained",
            ON,
            None,
            "the risk training of holm ended on 2026-05-01, which risk-assessment needs",
        ),
        (
            [Trained("holm", "risk", on=date(2025, 5, 2))],
            "training-due",
            date(2026, 4, 2),
            date(2026, 5, 2),
            "the risk training of holm ends on 2026-05-02",
        ),
        (
            [Trained("holm", "risk", on=date(2025, 5, 31))],
            "training-due",
            ON,
            date(2026, 5, 31),
            "the risk training of holm ends on 2026-05-31",
        ),
        ([Trained("holm", "risk", on=date(2025, 6, 1))], None, None, None, ""),
        ([Trained("holm", "risk", on=date(2025, 5, 2)), Trained("holm", "risk", on=ON)], None, None, None, ""),
        (
            [Trained("holm", "risk", on=ON - DAY, until=ON)],
            "untrained",
            ON,
            None,
            "the risk training of holm ended on 2026-05-01, which risk-assessment needs",
        ),
        ([Trained("lee", "risk", on=ON)], "untrained", None, None, "holm has not had risk training, which risk-"),
        ([Trained("holm", "record", on=ON)], "untrained", None, None, "holm has not had risk training, which risk-"),
    ],
)
def test_a_training_counts_from_its_day_until_it_ends_and_is_due_before(
    records: list[Trained], kind: str | None, since: date | None, until: date | None, because: str
) -> None:
    """The earlier of what the training and the certificate say ends it; a later one takes over."""
    found = gaps(Team([HOLM, LEE], trained=records), ASSESSING, on=ON)
    if kind is None:
        assert found == ()
        return
    (gap,) = found
    assert (gap.kind, gap.rule, gap.member, gap.since, gap.until) == (kind, None, "holm", since, until)
    assert gap.because.startswith(because)
    assert gap.duty == ("risk-assessment" if kind == "untrained" else None)
    assert gap.severity == ("safety" if kind == "untrained" else "warning")
    assert gap.mend.startswith("have holm trained")


def test_a_team_without_records_is_not_asked_for_trainings() -> None:
    """Nor are those who do nothing that needs one, or are not in the role that does."""
    assert told(Team([HOLM]), ASSESSING) == []
    anybody = attrs.evolve(RISK, roles=(), duties=())
    assert told(Team([HOLM], trained=[]), only("follow-up", trainings=[anybody])) == [("untrained", "holm")]
    elsewhere = only("follow-up", "record", trainings=[attrs.evolve(RISK, duties=["record"], roles=())])
    lent = elsewhere.with_assignments(Assignment("record", "responsible", member="lee"))
    assert told(Team([HOLM, LEE], trained=[Trained("lee", "risk", on=ON)]), lent) == []
    nurses = attrs.evolve(RISK, roles=("nurse",))
    assert told(Team([HOLM], trained=[]), only("risk-assessment", trainings=[nurses])) == []


def test_whoever_covers_needs_what_whom_they_cover_for_needs() -> None:
    """The nurse stands in as care manager, and so needs the care manager's training; also what nurses need."""
    away = Absence("holm", since=ON, cover="kim")
    team = Team([HOLM, KIM], absences=[away], trained=[Trained("holm", "risk", on=ON)])
    assert told(team, ASSESSING) == [("untrained", "kim")]
    nurses = attrs.evolve(RISK, roles=("nurse",))
    assert told(team, only("risk-assessment", trainings=[nurses])) == [("untrained", "kim")]


def test_a_training_without_a_title_is_called_by_its_id_and_may_count_for_ever() -> None:
    """Without a period and without a certificate's end it never ends, and is never due."""
    plain = Training(id="risk")
    team = Team([HOLM], trained=[])
    assert gaps(team, only("follow-up", trainings=[plain]), on=ON)[0].because == (
        "holm has not had risk, which follow-up needs"
    )
    once = Team([HOLM], trained=[Trained("holm", "risk", on=START), Trained("holm", "risk", on=START, until=ON)])
    assert gaps(once, only("follow-up", trainings=[plain]), on=ON + 9999 * DAY) == ()
    unannounced = attrs.evolve(RISK, notice=None)
    last = Team([HOLM], trained=[Trained("holm", "risk", on=ON)])
    assert unannounced.due(ON) == ON
    assert told(last, only("risk-assessment", trainings=[unannounced]), ON + 364 * DAY) == []
    assert told(last, only("risk-assessment", trainings=[unannounced]), ON + 365 * DAY) == [("untrained", "holm")]


def test_a_full_minimum_team_with_its_papers_has_no_gaps() -> None:
    """What the shipped matrix asks of licences and trainings, and nothing else."""
    names = ("patient", "primary-care-provider", "care-manager", "psychiatric-consultant")
    members = [Member(name, role=name, since=START, reach="ext. 1") for name in names]
    papers = [("primary-care-provider", "dx"), ("primary-care-provider", "rx"), ("care-manager", "tx")]
    had = [(names[2], "behavioural-health"), (names[2], "model-training"), (names[3], "indirect-consultation")]
    team = Team(
        members,
        credentials=[Credential(name, authority) for name, authority in papers],
        trained=[Trained(name, training, on=START, until=date(2026, 12, 31)) for name, training in had],
    )
    minimum = matrix("collaborative-care-minimum")
    assert gaps(team, minimum, on=ON) == ()
    fewer = attrs.evolve(team, credentials=(), trained=())
    kinds = sorted((gap.kind, gap.member, gap.duty) for gap in gaps(fewer, minimum, on=ON))
    assert [kind for kind in kinds if kind[0] == "unlicensed"] == [
        ("unlicensed", "care-manager", "psychotherapy"),
        ("unlicensed", "primary-care-provider", "diagnose"),
        ("unlicensed", "primary-care-provider", "prescribe"),
    ]
    assert {kind[1] for kind in kinds if kind[0] == "untrained"} == {"care-manager", "psychiatric-consultant"}
    due: tuple[Gap, ...] = gaps(team, minimum, on=date(2026, 11, 1))
    assert {gap.kind for gap in due} == {"training-due"}
    assert len(due) == 3
