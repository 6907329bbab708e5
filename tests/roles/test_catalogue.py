"""The catalogue of roles and duties, the shipped matrix, and what is refused when one is read."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from carecoord import _definitions
from carecoord.errors import DefinitionError, UnknownIdError
from carecoord.roles import (
    Ceiling,
    Duty,
    Member,
    ResponsibilityMatrix,
    Role,
    Team,
    Training,
    duties,
    duty,
    gaps,
    matrices,
    matrix,
    read_matrix,
    role,
    roles,
    sensitivity,
)

# The table of the facts about responsibilities: duty, then the letters of patient, provider, care manager and
# psychiatric consultant, then the scope. `safety-plan` is ours, split off from crisis-response with the same letters.
LETTERS = """
identify               I  AR R  -  -
engage                 C  AR R  -  -
consent-participation  C  AR R  -  -
consent-sharing        C  I  AR I  -
assess                 C  I  AR C  -
diagnose               C  AR C  C  dx
risk-assessment        C  I  AR C  -
crisis-response        C  AR R  C  -
safety-plan            C  AR R  C  -
set-goals              R  C  AR -  -
own-plan               C  C  AR C  -
approve-plan           C  AR C  C  -
prescribe              C  AR C  C  rx
psychotherapy          C  I  AR C  tx
brief-intervention     C  I  AR C  -
measurement            R  I  AR I  -
registry               -  I  AR I  -
follow-up              I  I  AR -  -
notice-non-response    C  I  AR C  -
case-review            -  I  R  AR -
act-on-advice          C  AR C  I  -
adjust-treatment       C  AR R  C  -
side-effects           R  C  AR C  -
reconcile-medicines    C  AR R  C  -
refer                  C  AR R  C  -
track-referral         I  I  AR -  -
educate                C  R  AR C  -
family                 C  C  AR -  -
relapse-plan           C  I  AR C  -
step-care              C  AR R  C  -
discharge              C  AR R  I  -
record                 -  R  AR R  -
self-manage            R  I  A  -  -
"""
MINIMUM = ("patient", "primary-care-provider", "care-manager", "psychiatric-consultant")


@pytest.mark.parametrize("row", LETTERS.strip().splitlines())
def test_letters_of_the_minimum_team_are_those_of_the_facts(row: str) -> None:
    """Each duty of the minimum team has the letters and the scope that the facts give it."""
    name, *letters, scope = row.split()
    found = matrix("collaborative-care-minimum").duty(name)
    assert dict(found.letters) == {who: letter for who, letter in zip(MINIMUM, letters, strict=True) if letter != "-"}
    assert found.scope == (None if scope == "-" else scope)


def test_minimum_matrix_has_every_duty_of_the_facts_and_no_other() -> None:
    """The shipped matrix covers the table of the facts, and stands for the four roles of the minimum team."""
    shipped = matrix("collaborative-care-minimum")
    assert {duty.id for duty in shipped.duties} == {row.split()[0] for row in LETTERS.strip().splitlines()}
    assert shipped.minimum_team == MINIMUM
    assert {duty.id for duty in shipped.duties if duty.safety} == {"risk-assessment", "crisis-response", "safety-plan"}
    assert {duty.id for duty in shipped.duties if duty.patient_may} == {
        "self-manage",
        "set-goals",
        "measurement",
        "side-effects",
    }


@pytest.mark.parametrize("name", duties())
def test_a_patient_answers_for_no_duty_and_does_only_what_patients_may(name: str) -> None:
    """The letters of the catalogue keep the rule that they are checked against."""
    found = duty(name)
    for part in ("accountable", "responsible"):
        barred = [used for used in found.roles(part) if not role(used).is_professional]
        assert barred == [] or (part == "responsible" and found.patient_may)


@pytest.mark.parametrize("name", duties())
def test_every_duty_says_where_it_comes_from(name: str) -> None:
    """A duty has sources, written out, and is unverified or ours exactly where no source was read."""
    found = duty(name)
    assert found.sources
    assert not [source for source in found.sources if re.fullmatch(r"R\d+b?", source)]
    read = [source for source in found.sources if source != "ours" and not source.startswith("recalled")]
    assert found.evidence == (
        "two-sources"
        if len(read) > 1
        else "one-source"
        if read
        else "ours"
        if "ours" in found.sources
        else "unverified"
    )


@pytest.mark.parametrize("name", roles())
def test_every_role_says_where_it_comes_from(name: str) -> None:
    """A role, its codes and what it may do have sources written out, or say that nobody has checked them."""
    found = role(name)
    assert found.sources
    assert (found.evidence == "unverified") == all(source.startswith("recalled") for source in found.sources)
    for code in found.codes:
        assert code.sources
        assert code.meaning
        assert code.uri.startswith("http://")
        pattern = {"nucc": r"[0-9A-Z]{9}X", "snomed": r"\d{6,18}", "role-code": r"[A-Z]+"}[code.system]
        assert re.fullmatch(pattern, code.code)
    for scope in ("rx", "dx", "tx"):
        authority = found.authority(scope)
        assert (authority.evidence == "unverified") == (authority.sources == ())
    assert set(found.held_by) <= set(roles())


def test_roles_and_duties_of_the_facts_are_all_there() -> None:
    """45 roles in eight settings; the duties of the minimum team, of the extended team, and the safety plan."""
    assert len(roles()) == len(set(roles())) == 45
    assert len(duties()) == len(set(duties())) == 60
    assert {setting for name in roles() for setting in role(name).settings} == {
        "patient",
        "informal",
        "primary-care",
        "behavioural-health",
        "addiction",
        "allied",
        "community",
        "organisation",
    }


def test_duties_that_protocols_call_by_id_exist() -> None:
    """The ids that the shipped protocols give to their tasks and alerts."""
    called = {"risk-assessment", "crisis-response", "safety-plan", "case-review", "follow-up"}
    assert called <= {duty.id for duty in matrix("collaborative-care-minimum").duties}


def test_role_and_profession_are_two_things() -> None:
    """A care manager is a nurse, a social worker, a counsellor or a psychologist; what they may do differs."""
    assert role("care-manager").held_by == (
        "nurse",
        "psychiatric-nurse",
        "clinical-social-worker",
        "counselor",
        "psychologist",
    )
    assert role("nurse").tx.is_ruled_out
    assert not role("psychologist").tx.is_ruled_out
    assert role("dietitian").dx.usually == "limited"
    assert role("dietitian").dx.is_ruled_out
    assert role("clinical-social-worker").dx.evidence == "two-sources"


def test_unknown_ids_are_refused_with_the_nearest() -> None:
    """A slip in an id is told, with what was probably meant."""
    with pytest.raises(UnknownIdError, match="no role 'care-manger', did you mean care-manager"):
        role("care-manger")
    with pytest.raises(UnknownIdError, match="no duty 'folow-up', did you mean follow-up"):
        duty("folow-up")
    with pytest.raises(UnknownIdError, match="no matrix 'collaborative-care', did you mean"):
        matrix("collaborative-care")
    with pytest.raises(UnknownIdError, match="no duty 'nutrition'"):
        matrix("collaborative-care-minimum").duty("nutrition")
    assert matrices() == (
        "chronic-pain-team",
        "collaborative-care-extended",
        "collaborative-care-minimum",
        "community-addiction-service",
        "school-clinic",
    )


@pytest.mark.parametrize("name", matrices())
def test_a_matrix_survives_plain_data(name: str) -> None:
    """Written out and read again it is the same, and complete without the catalogue."""
    plain = _definitions.unstructure(matrix(name))
    assert plain["duties"][0]["letters"]
    assert _definitions.structure(plain, ResponsibilityMatrix, name=name) == matrix(name)
    assert matrix(name).id == name


@pytest.mark.parametrize("name", roles())
def test_a_role_survives_plain_data(name: str) -> None:
    """Written out and read again it is the same."""
    assert _definitions.structure(_definitions.unstructure(role(name)), Role, name=name) == role(name)


@pytest.mark.parametrize("name", duties())
def test_a_duty_survives_plain_data(name: str) -> None:
    """Written out and read again it is the same."""
    assert _definitions.structure(_definitions.unstructure(duty(name)), Duty, name=name) == duty(name)


def test_a_site_changes_what_the_catalogue_says(tmp_path: Path) -> None:
    """A table changes a duty or a role; what it leaves out stays; changed letters are the site's."""
    file = tmp_path / "our-clinic.toml"
    file.write_text(
        """
title = "Our clinic"
id = "our-clinic"
duties = [
  "case-review",
  { id = "follow-up", letters = { link-nurse = "AR" } },
  { id = "safety-plan", note = "on our own form" },
  { id = "bicycle", label = "keep the bicycle in repair" },
]
assignments = [{ duty = "follow-up", part = "accountable", member = "kim", since = 2026-01-01 }]

[[roles]]
id = "link-nurse"
title = "Link nurse"
settings = ["community"]
rx = { usually = "denied" }
dx = { usually = "denied" }
tx = { usually = "denied" }

[[roles]]
id = "pharmacist"
rx = { usually = "granted", sources = ["our licence"], evidence = "one-source" }
""",
        "utf-8",
    )
    ours = read_matrix(file)
    assert ours.duty("case-review") == duty("case-review")
    assert ours.duty("follow-up").label == duty("follow-up").label
    assert ours.duty("follow-up").letters_evidence == "site"
    assert ours.duty("safety-plan").letters == duty("safety-plan").letters
    assert ours.duty("safety-plan").letters_evidence == "ours"
    assert ours.duty("bicycle").roles("accountable") == ()
    assert ours.roles[1].rx.usually == "granted"
    assert ours.roles[1].title == role("pharmacist").title
    assert ours.assignments[0].member == "kim"


def test_everything_wrong_with_a_matrix_is_told_at_once() -> None:
    """Each slip has its place and the nearest thing that would do."""
    text = """
id = "ours"
duties = [
  "folow-up",
  { id = "case-review", leters = {} },
  { id = "record", letters = { care-manager = "X" } },
]
minimum_teem = ["patient"]
assignments = [{ duty = "record", part = "accountible", member = "kim" }]
"""
    with pytest.raises(DefinitionError) as raised:
        read_matrix(text)
    assert [str(fault) for fault in raised.value.faults] == [
        "$.duties[0]: 'folow-up' is not in the catalogue, did you mean follow-up?",
        "$.duties[case-review].leters: not a field here, did you mean letters?",
        "$.duties[record].letters.care-manager: text 'X' is none of A, R, AR, C, I",
        (
            "$.assignments[0].part: text 'accountible' is none of accountable, responsible, consulted, informed, "
            "did you mean accountable?"
        ),
        "$.minimum_teem: not a field here, did you mean minimum_team?",
    ]


def test_roles_that_nobody_describes_are_refused_wherever_they_stand() -> None:
    """In letters, in the minimum team, in the escalation, in ceilings, in assignments, and among professions."""
    text = """
id = "ours"
duties = [{ id = "record", letters = { care-manger = "AR" } }]
minimum_team = ["patient", "docter"]
escalation = ["boss"]
trainings = [{ id = "risk", roles = ["nurse", "nures"] }]
ceilings = [{ role = "case-manager", people = 100 }]
assignments = [{ duty = "record", part = "informed", role = "nurze" }]
roles = [{ id = "nurse", held_by = ["man-of-letters"] }]
"""
    with pytest.raises(DefinitionError) as raised:
        read_matrix(text)
    assert [str(fault) for fault in raised.value.faults] == [
        "$.duties[record].letters.care-manger: there is no role 'care-manger', did you mean care-manager?",
        "$.minimum_team[1]: there is no role 'docter'",
        "$.escalation[0]: there is no role 'boss'",
        "$.ceilings[0].role: there is no role 'case-manager', did you mean care-manager?",
        "$.assignments[0].role: there is no role 'nurze', did you mean nurse?",
        "$.trainings[risk].roles[1]: there is no role 'nures', did you mean nurse?",
        "$.roles[nurse].held_by: there is no role 'man-of-letters'",
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('id = "x"\nduties = ["record", "record"]', "$.duties[record]: stands there twice"),
        (
            'id = "x"\nduties = ["record"]\nassignments = [{ duty = "recrod", part = "informed", member = "kim" }]',
            "$.assignments[0].duty: no duty here is 'recrod', did you mean record?",
        ),
        (
            'id = "x"\nduties = ["record"]\nassignments = [{ duty = "record", part = "informed" }]',
            "$.assignments[0]: exactly one of member and role is wanted",
        ),
        (
            'id = "x"\nduties = ["record"]\ntrainings = [{ id = "risk", duties = ["recrod"] }]',
            "$.trainings[risk].duties[0]: no duty here is 'recrod', did you mean record?",
        ),
        (
            'id = "x"\nduties = ["record"]\nstanding_cover = ["recrod"]',
            "$.standing_cover[0]: no duty here is 'recrod', did you mean record?",
        ),
        (
            'id = "x"\nduties = []\ntrainings = [{ id = "risk" }, { id = "risk" }]',
            "$.trainings[risk]: stands there twice",
        ),
        (
            'id = "x"\nduties = []\ntrainings = [{ id = "risk", valid = "2 years" }]',
            "$.trainings[risk].valid: '2 years' is no ISO 8601 duration such as P2W, P1M or PT8H",
        ),
        ('id = "x"\nduties = "record"', "$.duties: a list is wanted, found text 'record'"),
        ('id = "x"\nduties = [7]', "$.duties[0]: a table is wanted, found a whole number 7"),
        ('id = "x"\nduties = []\nreferences = 1', "$.references: a table is wanted, found a whole number 1"),
        (
            'id = "x"\nduties = [{ id = "record", sources = ["AIMS21"] }]\nreferences = { AIMS20 = "a book" }',
            "$.duties[record].sources: 'AIMS21' is not in references, did you mean AIMS20?",
        ),
        (
            'id = "x"\nduties = [{ id = "record", sources = [1] }]\nreferences = { K2 = "a book" }',
            "$.duties[record].sources[0]: text is wanted, found a whole number 1",
        ),
        (
            'id = "x"\nduties = []\nreferences = { K2 = 2 }\nsources = ["K2"]',
            "$.references.K2: text is wanted, found a whole number 2",
        ),
    ],
)
def test_a_slip_in_a_matrix_has_its_place(text: str, fault: str) -> None:
    """What is wrong is told where it is wrong."""
    with pytest.raises(DefinitionError) as raised:
        read_matrix(text)
    assert fault in [str(found) for found in raised.value.faults]


def test_sources_may_be_written_out_or_by_key() -> None:
    """With references a source is a key of them; without, it is the citation itself."""
    by_key = read_matrix('id = "x"\nduties = []\nsources = ["K"]\nreferences = { K = "a book" }')
    assert by_key.sources == read_matrix('id = "x"\nduties = []\nsources = ["a book"]').sources == ("a book",)


TEMPLATES = [name for name in matrices() if name != "collaborative-care-minimum"]


def described(name: str) -> dict[str, Role]:
    """Give the roles that a matrix knows."""
    return {**{each: role(each) for each in roles()}, **{each.id: each for each in matrix(name).roles}}


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_says_of_everything_in_it_where_it_comes_from(name: str) -> None:
    """Sources are written out; letters that no source assigns are ours; recalled is unverified."""
    shipped = matrix(name)
    assert shipped.sources
    assert shipped.note
    said: list[Duty | Role | Training | Ceiling] = [*shipped.duties, *shipped.roles, *shipped.trainings]
    for each in [*said, *shipped.ceilings]:
        assert each.sources
        assert not [source for source in each.sources if re.fullmatch(r"[A-Z]\d+b?", source)]
        read = [source for source in each.sources if source != "ours" and not source.startswith("recalled")]
        assert (each.evidence in {"one-source", "two-sources"}) == bool(read)
    for one in shipped.duties:
        assert one.letters_evidence in {"ours", "reading"}
        assert one.letters_evidence == "ours" or one.letters == duty(one.id).letters
    assert all(training.notice is None or "ours" in training.note for training in shipped.trainings)


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_gives_every_duty_to_somebody_who_may(name: str) -> None:
    """Each duty has somebody to answer for it and to do it, and nobody has what they may not."""
    known = described(name)
    for each in matrix(name).duties:
        assert each.roles("accountable"), each.id
        assert each.roles("responsible"), each.id
        assert all(known[held].is_professional for held in each.roles("accountable"))
        assert all(known[held].is_professional or each.patient_may for held in each.roles("responsible"))
        for held in each.roles("responsible"):
            assert each.scope is None or not known[held].authority(each.scope).is_ruled_out, (each.id, held)


@pytest.mark.parametrize("name", matrices())
def test_one_member_for_each_role_that_is_needed_leaves_no_gap(name: str) -> None:
    """A team that has the minimum, and the first of those who may answer for or do each duty, is whole."""
    shipped = matrix(name)
    needed = list(shipped.minimum_team)
    for each in shipped.duties:
        for part in ("accountable", "responsible"):
            needed += [] if {*each.roles(part)} & {*needed} else each.roles(part)[:1]
    team = Team([Member(held, role=held, since=date(2025, 1, 1), reach="ext. 1") for held in needed])
    told = gaps(team, shipped, on=date(2026, 5, 4))
    assert {gap.kind for gap in told} <= {"no-standing-cover"}
    assert {gap.duty for gap in told} == set(shipped.standing_cover)


@pytest.mark.parametrize("name", matrices())
def test_safety_duties_of_a_template_have_a_standing_cover_asked_for(name: str) -> None:
    """The minimum team leaves that to the site; the others ask for it wherever it is about safety."""
    shipped = matrix(name)
    safety = {each.id for each in shipped.duties if each.safety}
    assert safety
    assert name == "collaborative-care-minimum" or len(safety & set(shipped.standing_cover)) >= 2


def test_what_prepares_and_what_approves() -> None:
    """The plan's keeper does not sign it off, and a case review decides nothing."""
    assert {each: duty(each).approval for each in duties() if duty(each).approval} == {
        "own-plan": "approve-plan",
        "case-review": "act-on-advice",
    }
    for name in matrices():
        ids = {each.id for each in matrix(name).duties}
        assert {each.approval for each in matrix(name).duties if each.approval} <= ids


@pytest.mark.parametrize("name", matrices())
def test_it_is_said_of_every_duty_and_role_what_it_discloses(name: str) -> None:
    """A duty or a role of a template that nobody has labelled would be shown like any other."""
    for each in matrix(name).duties:
        assert sensitivity().default("duty", each.id) is not None, each.id
    for own in matrix(name).roles:
        assert sensitivity().default("role", own.id) is not None, own.id
