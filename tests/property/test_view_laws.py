"""Laws of views: what a reader gets knows nothing of what they may not see."""

from __future__ import annotations

import gc
import json
import pickle
import types
from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

import attrs
import pytest
from hypothesis import given, settings

from carecoord._definitions import unstructure
from carecoord.caseload import (
    Caseload,
    Discussed,
    ReviewAction,
    ReviewRecord,
    board,
    case_review,
    disclose_board,
)
from carecoord.errors import DataError, UnknownIdError
from carecoord.plans import CarePlan, PlanView, plan_history, view
from carecoord.plans._part import marked, referred
from carecoord.plans._parts import PARTS
from carecoord.roles import Clause, Consent, Reader, Recipient, Team, disclose, project
from carecoord.stepped_care import Episode, EpisodeView, disclose_decision, protocol
from tests.caseload import random_records as make
from tests.roles.random_consents import seeds

KEYS = (None, b"a secret of the host")


def text(value: Any) -> str:
    """Write a view as JSON."""
    return json.dumps(unstructure(value), sort_keys=True)


def withheld(value: Any, reader: Reader) -> set[str]:
    """Give the names of what a reader was not shown."""
    return {each.element for each in disclose(value, reader).withheld if not each.element.startswith("owner")}


def reachable(start: object) -> Iterator[object]:
    """Give every object that the garbage collector reaches from a view, classes and code apart."""
    seen, left = {id(start)}, [start]
    while left:
        each = left.pop()
        yield each
        for found in gc.get_referents(each):
            if id(found) not in seen and not isinstance(found, type | types.ModuleType | types.FunctionType):
                seen.add(id(found))
                left.append(found)


def assert_knows_nothing(shown: Any) -> None:
    """Look for the sentinel everywhere."""
    assert make.SENTINEL not in repr(shown)
    assert make.SENTINEL not in text(shown)
    assert make.SENTINEL.encode() not in pickle.dumps(shown)
    assert not [one for one in reachable(shown) if isinstance(one, str) and make.SENTINEL in one]


# plans


def two_plans(r: Random, reader: Reader) -> tuple[CarePlan, CarePlan]:
    """Give two plans that are the same to a reader and differ at will in what is withheld."""
    steps = make.a_script(r)
    whole: dict[str, Any] = {"labels": r.choice((None, None, ())), "title": "a plan"}
    hidden = make.hidden_labels(reader, "anna")
    plain = make.without(steps, withheld(make.built("anna", steps, **whole), reader))
    found: list[CarePlan] = []
    for _ in range(2):
        if whole["labels"] is None:
            whole = {**whole, "title": f"{make.SENTINEL} {r.random()}", "matters": [f"{make.SENTINEL} {r.random()}"]}
        found.append(make.built("anna", make.padded(r, plain, hidden) if r.random() < 0.8 else plain, **whole))
    return found[0], found[1]


def shown(plan: CarePlan, reader: Reader) -> PlanView | None:
    """Give the view, or nothing."""
    found: PlanView | None = disclose(plan, reader).view
    return found


@settings(max_examples=300)
@given(seeds)
def test_plans_that_differ_in_what_is_withheld_give_the_same_view(r: Random) -> None:
    """Equal, of the same hash, the same JSON byte by byte, the same history, the same things due."""
    reader = make.a_reader(r, ["anna"], key=r.choice(KEYS))
    one, other = two_plans(r, reader)
    seen, also = shown(one, reader), shown(other, reader)
    assert seen == also
    assert [text(each) for each in plan_history(one, reader)] == [text(each) for each in plan_history(other, reader)]
    if seen is not None and also is not None:
        assert (hash(seen), text(seen), seen.version) == (hash(also), text(also), also.version)
        assert pickle.loads(pickle.dumps(seen)) == also  # noqa: S301 - our own pickle
        assert seen.agenda(on=make.DAY) == also.agenda(on=make.DAY)


@settings(max_examples=200)
@given(seeds)
def test_errors_are_the_same_whatever_is_withheld(r: Random) -> None:
    """Asked for an id that is shown, hidden or nowhere, two such views answer alike; so does the lookup of the plan."""
    reader = make.a_reader(r, ["anna"])
    one, other = two_plans(r, reader)
    asked = [part.id for plan in (one, other) for name in make.a_script(r)[0].parts for part in getattr(plan, name)]
    for identifier in [*asked, "needs-0001", "nowhere"]:
        answers = [said(shown(plan, reader), identifier) for plan in (one, other)]
        assert answers[0] == answers[1]
    lookups = [looked_up(plan, reader) for plan in (one, other)]
    assert lookups[0] == lookups[1]


def said(seen: PlanView | None, identifier: str) -> list[str]:
    """Give what a view answers to an id."""
    answers: list[str] = []
    for kind in ("need", "goal", "activity", "review") if seen is not None else ():
        try:
            answers.append(repr(getattr(seen, kind)(identifier)))
        except UnknownIdError as error:
            answers.append(told(error).replace(identifier, "what was asked for"))
    assert make.SENTINEL not in "".join(answers)
    return answers


def told(error: Exception) -> str:
    """Give everything that an error tells, what it was raised from included."""
    return f"{error!r} {error} {error.__context__!r} {error.__cause__!r}"


def looked_up(plan: CarePlan, reader: Reader) -> str:
    """Give what the lookup of a plan answers."""
    try:
        return repr(view(plan, reader))
    except UnknownIdError as error:
        return told(error)


@settings(max_examples=200)
@given(seeds)
def test_nothing_that_is_withheld_can_be_reached_from_a_view(r: Random) -> None:
    """No attribute, repr, JSON, pickle or object that the garbage collector reaches holds any of it."""
    reader = make.a_reader(r, ["anna"], key=r.choice(KEYS))
    plan, _ = two_plans(r, reader)
    disclosure = disclose(plan, reader)
    if disclosure.view is not None:
        assert_knows_nothing(disclosure.view)
        assert make.SENTINEL not in disclosure.explanation + disclosure.notice
    for each in plan_history(plan, reader):
        assert_knows_nothing(each)


@settings(max_examples=200)
@given(seeds)
def test_projection_is_idempotent_and_a_view_is_not_shown_again(r: Random) -> None:
    """Projecting what is left changes nothing; a view of a view is refused."""
    reader = make.a_reader(r, ["anna"])
    plan, _ = two_plans(r, reader)
    seen = shown(plan, reader)
    if seen is None:
        with pytest.raises(UnknownIdError) as raised:
            project(plan, reader)
        assert raised.value.__context__ is None
        return
    left = project(plan, reader)
    assert project(left, reader) == left
    with pytest.raises(DataError, match="a view is not shown again"):
        disclose(seen, reader)


# readers who may see everything


def everything(people: tuple[str, ...], *, notes: bool = False) -> list[Consent]:
    """Give consents that permit all that can be permitted."""
    to = [Recipient(person="lee")]
    found = [Consent(id=f"all-{one}", patient=one, signed=make.FIRST, clauses=[
        Clause(id="1", decision="permit", categories=["all"], to=to, purposes=["TREAT"], up_to="V")])
        for one in people]  # fmt: skip
    if notes:
        found += [Consent(id=f"notes-{one}", patient=one, signed=make.FIRST, clauses=[
            Clause(id="1", decision="permit", categories=["psychotherapy"], to=to, purposes=["TREAT"], up_to="V")])
            for one in people]  # fmt: skip
    return found


def not_part2(steps: list[make.Step]) -> list[make.Step]:
    """Give a script without marks of Part 2, for which these consents lack a form."""

    def plain(part: Any) -> Any:
        return part if part.labels is None else attrs.evolve(part, labels=part.labels - {"42CFRPart2"})

    return [
        attrs.evolve(one, parts={name: list(map(plain, found)) for name, found in one.parts.items()}) for one in steps
    ]


@settings(max_examples=150)
@given(seeds)
def test_who_may_see_everything_loses_nothing(r: Random) -> None:
    """Ids aside, the view of such a reader says all that the plan says."""
    reader = Reader(
        member=make.LEE, purpose="TREAT", on=make.DAY, team=make.TEAM, consents=everything(("anna",), notes=True)
    )
    plan = make.built("anna", not_part2(make.a_script(r)), labels=(), title="a plan", matters=["the garden"])
    seen = view(plan, reader)
    ids = {path[-1]: name for name, path in disclose(plan, reader).ids.items()}
    assert (seen.title, seen.matters, seen.status) == (plan.title, plan.matters, plan.status)
    for name in PARTS:
        full = [as_seen(part, ids) for part in getattr(plan, name)]
        assert list(getattr(seen, name)) == full


def as_seen(part: Any, ids: dict[str, str]) -> Any:
    """Give a part with the ids of a view, and without what leads into the host's own records."""
    changed: dict[str, Any] = {"id": ids[part.id]}
    for field, _ in marked(type(part), "refers"):
        value = getattr(part, field)
        changed[field] = make.like(value, [ids[each] for each in referred(value)])
    for field, _ in marked(type(part), "host"):
        changed[field] = make.like(getattr(part, field), [])
    return attrs.evolve(part, **changed)


# episodes, caseloads, boards


def two_caseloads(r: Random, reader_of: Any) -> tuple[Reader, Caseload, Caseload]:
    """Give a reader, and two caseloads that are the same to them."""
    people = ("anna", "ben")
    episodes, scripts = make.a_caseload(r, people)
    reader: Reader = reader_of(sorted({one.person for one in episodes} | set(scripts)))
    sent = [make.a_referral(r, person, r.choice((None, (), ("MH",)))) for person in people if r.random() < 0.5]
    found: list[Caseload] = []
    for _ in range(2):
        padded = [make.more_entries(r, one, make.hidden_labels(reader, one.person)) for one in episodes]
        plans = {
            person: make.padded(
                r,
                make.without(steps, withheld(make.built(person, steps), attrs.evolve(reader, consents=[
                    each for each in reader.consents if each.patient == person]))),
                make.hidden_labels(reader, person),
            )
            for person, steps in scripts.items()
        }  # fmt: skip
        stranger = f"{make.SENTINEL}-person"
        if r.random() < 0.5:
            found_of = make.an_episode(r, "x").entries
            padded.append(Episode(stranger, [attrs.evolve(each, by="") for each in found_of]))  # nobody's own notes
        elif r.random() < 0.5:
            plans[stranger] = make.a_script(r)
        may_see_them = reader.may_see("SUD", patient=None).permits
        team = make.TEAM if may_see_them or r.random() < 0.5 else Team((*make.MEMBERS, make.HIDDEN_MEMBER))
        more = [
            make.a_referral(r, person, r.choice(hidden), mark=make.SENTINEL)
            for person in people
            if (hidden := make.hidden_labels(reader, person)) and r.random() < 0.5
        ]
        found.append(make.caseload(padded, plans, team, make.interleaved(r, sent, more)))
    return reader, found[0], found[1]


def never_sud(r: Random, people: list[str]) -> Reader:
    """Give a reader who may not see that somebody is seen by an addiction physician."""
    found = make.a_reader(r, people or ["anna"])
    refusals = [
        Consent(id=f"{person}-sud", patient=person, signed=make.FIRST, clauses=[
            Clause(id="1", decision="refuse", categories=["SUD"])])
        for person in people
    ]  # fmt: skip
    kept = [one for one in found.consents if one.patient in people]
    return attrs.evolve(found, member=make.LEE, purpose="TREAT", team=make.TEAM, consents=[*kept, *refusals])


@settings(max_examples=150)
@given(seeds)
def test_caseloads_that_differ_in_what_is_withheld_give_the_same_board(r: Random) -> None:
    """The same rows in the same order with the same decisions, gaps and JSON; and nobody else is on it."""
    reader, one, other = two_caseloads(r, lambda people: never_sud(r, people))
    first = board(project(one, reader), on=make.DAY, accept_unverified=True)
    second = board(project(other, reader), on=make.DAY, accept_unverified=True)
    assert json.dumps(first.to_dict()) == json.dumps(second.to_dict())
    assert str(first) == str(second)
    assert text(disclose(one, reader).view) == text(disclose(other, reader).view)
    found = disclose_board(one, reader, accept_unverified=True)
    assert found.view == attrs.evolve(first, note="from what you may see")
    assert make.SENTINEL not in str(first)
    assert make.SENTINEL not in json.dumps(first.to_dict())
    assert not [each for each in reachable(first) if isinstance(each, str) and make.SENTINEL in each]


@settings(max_examples=60)
@given(seeds)
def test_case_reviews_know_nothing_of_what_is_withheld(r: Random) -> None:
    """The same cases with the same pages, and of minutes and questions only what is about what the reader sees."""
    reader, one, other = two_caseloads(r, lambda people: never_sud(r, people))
    reviews = []
    for whole in (one, other):
        hidden = [ReviewAction(id=f"{make.SENTINEL}{r.random()}", what=make.SENTINEL, owner="lee", due=make.DAY)]
        spoken = [
            Discussed(person=person, recommendations=[make.SENTINEL], actions=hidden if person == "ben" else (),
                      labels=frozenset({"SUD"}))
            for person in whole.people
        ]  # fmt: skip
        records = [ReviewRecord(id="w1", on=make.FIRST, discussed=r.sample(spoken, r.randint(0, len(spoken))))]
        reviews.append(
            case_review(
                whole,
                reader=reader,
                since=make.FIRST,
                records=records,
                options={"accept_unverified": True, "limits": {"sent": "P2W"}},
            )
        )
    assert str(reviews[0]) == str(reviews[1])
    assert text(reviews[0]) == text(reviews[1])
    assert make.SENTINEL not in text(reviews[0])
    assert not [each for each in reachable(reviews[0]) if isinstance(each, str) and make.SENTINEL in each]


@settings(max_examples=150)
@given(seeds)
def test_episodes_that_differ_in_what_is_withheld_give_the_same_view(r: Random) -> None:
    """Equal, the same JSON, nothing withheld within reach; and projecting twice changes nothing."""
    reader = make.a_reader(r, ["anna"], key=r.choice(KEYS))
    episode = make.an_episode(r, "anna")
    hidden = make.hidden_labels(reader, "anna")
    views: list[EpisodeView | None] = [disclose(make.more_entries(r, episode, hidden), reader).view for _ in range(2)]
    assert views[0] == views[1]
    assert text(views[0]) == text(views[1])
    if views[0] is not None:
        assert_knows_nothing(views[0])
        plain = attrs.evolve(reader, key=None)
        left = project(episode, plain)
        assert project(left, plain) == left


@settings(max_examples=60)
@given(seeds)
def test_episodes_that_differ_in_what_is_withheld_give_the_same_decision(r: Random) -> None:
    """Equal, explained alike, and nothing withheld within reach; shown or blank by the consents alone."""
    reader = attrs.evolve(make.a_reader(r, ["anna"], key=r.choice(KEYS)), on=make.DAY)
    episode, cocm = make.an_episode(r, "anna"), protocol(make.COCM)
    hidden = make.hidden_labels(reader, "anna")
    first, second = (
        disclose_decision(cocm, make.more_entries(r, episode, hidden), reader, accept_unverified=True).view
        for _ in range(2)
    )
    assert first == second
    if first is not None and second is not None:
        assert str(first.explain()) == str(second.explain())
        assert_knows_nothing(first)


@settings(max_examples=40)
@given(seeds)
def test_who_may_see_everything_gets_the_whole_board(r: Random) -> None:
    """With every permission the board is the one of the whole caseload, ids aside."""
    episodes, scripts = make.a_caseload(r)
    plain = [
        attrs.evolve(one, entries=[attrs.evolve(each, labels=each.labels - {"42CFRPart2"}) for each in one.entries])
        for one in episodes
    ]
    whole = make.caseload(plain, {person: not_part2(steps) for person, steps in scripts.items()})
    reader = Reader(
        member=make.LEE, purpose="TREAT", on=make.DAY, team=make.TEAM, consents=everything(whole.people, notes=True)
    )
    found = disclose_board(whole, reader, accept_unverified=True)
    full = board(whole, on=make.DAY, accept_unverified=True)
    assert found.attention == ()
    assert found.withheld == ()
    ids = {path[-1]: name for name, path in found.ids.items()}
    expected = str(full)
    for name in sorted(ids, key=len, reverse=True):
        expected = expected.replace(f" {name} ", f" {ids[name]} ")
    assert str(found.view) == expected or [row.need for row in found.view.rows] == [row.need for row in full.rows]
    assert found.view.gaps == full.gaps


@settings(max_examples=100)
@given(seeds)
def test_a_consent_of_somebody_else_is_refused(r: Random) -> None:
    """Passing over a refusal with a wrong id would open what it closes."""
    reader = make.a_reader(r, ["anna"])
    strange = Consent(id="strange", patient="somebody", signed=make.FIRST, clauses=[])
    plan = make.built("anna", make.a_script(r))
    with pytest.raises(DataError, match="somebody whom the value is not about"):
        disclose(plan, attrs.evolve(reader, consents=[*reader.consents, strange]))


@settings(max_examples=150)
@given(seeds)
def test_a_further_refusal_shows_no_more(r: Random) -> None:
    """With one refusal more, whatever is shown was shown before."""
    reader = make.a_reader(r, ["anna"], key=b"k")
    plan = make.built("anna", make.a_script(r))
    refusal = Consent(id="more", patient="anna", signed=make.FIRST + timedelta(days=1), clauses=[
        Clause(id="1", decision="refuse", categories=[r.choice(("MH", "SUD", "HIV", "ZZZ"))])])  # fmt: skip
    before = disclose(plan, reader)
    after = disclose(plan, attrs.evolve(reader, consents=[*reader.consents, refusal]))
    assert after.ids.keys() <= before.ids.keys()
