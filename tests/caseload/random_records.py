"""Random labelled plans, episodes and caseloads, as scripts from which what a reader may not see can be taken or added.

A script is what was written down, step by step. Taking out what is withheld, and adding more of it, must change nothing
that the reader gets: that is how the tests say that a view knows nothing of the rest.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

import attrs

from carecoord.caseload import Caseload
from carecoord.plans import (
    Activity,
    Agreement,
    CarePlan,
    CommunityResource,
    CopyGiven,
    CrisisPlan,
    DecisionOption,
    Done,
    Education,
    FamilyInvolvement,
    Goal,
    HelpContact,
    LevelOfCare,
    Need,
    Owner,
    PlanAssessment,
    Referral,
    ReferralStep,
    RelapsePreventionPlan,
    Review,
    ReviewCycle,
    SafetyPlan,
    SharedDecision,
    Stance,
    Statement,
    TeachBack,
)
from carecoord.plans._part import marked, referred
from carecoord.plans._parts import PARTS
from carecoord.roles import Clause, Consent, Label, Member, Reader, Recipient, Team, matrix
from carecoord.stepped_care import (
    Assessment,
    Contact,
    Enrolment,
    Entry,
    Episode,
    Event,
    RecordedFact,
    Withdrawal,
    accept,
    decide,
    protocol,
)

SENTINEL = "zq-sentinel"
"""Stands in everything that is only in what is withheld."""

FIRST = date(2026, 1, 5)
DAY = date(2026, 6, 15)
PALETTE: tuple[tuple[str, ...] | None, ...] = (
    None, None, (), ("MH",), ("SUD",), ("ETHUD", "42CFRPart2"), ("HIV",), ("V",), ("MH", "TBOO"), ("psychotherapy",),
)  # fmt: skip
PEOPLE = ("anna", "ben", "cleo")
LEE = Member("lee", role="primary-care-provider", since=FIRST, organisation="clinic", groups={"treating", "medical"})
MEMBERS = (
    LEE,
    Member("holm", role="care-manager", since=FIRST, organisation="clinic"),
    Member("okafor", role="psychiatric-consultant", since=FIRST, organisation="clinic"),
    Member("person", role="patient", since=FIRST),
)
HIDDEN_MEMBER = Member(f"{SENTINEL}-adm", role="addiction-physician", since=FIRST, reach=f"{SENTINEL} 99")
TEAM = Team(MEMBERS)
COCM = "cocm-treat-to-target"

Parts = dict[str, list[Any]]


@attrs.frozen
class Step:
    """What was written down at once: the day, by whom, why, and the parts of a plan that were new or changed."""

    on: date
    parts: Parts
    by: str = "lee"
    reason: str = "as agreed"


# readers


def grants(r: Random, patient: str, to: str) -> list[Consent]:
    """Give consents of one person to one member: to ordinary content mostly, and to some of the rest."""
    found: list[Consent] = []
    for categories in ((), ("MH",), ("SUD",), ("HIV",), ("all",)):
        if r.random() < (0.7 if not categories else 0.35 if categories != ("all",) else 0.1):
            clause = Clause(
                id="1", decision="permit", categories=categories, to=[Recipient(person=to)], purposes=["TREAT"],
                up_to=r.choice((None, None, "V")),
            )  # fmt: skip
            found.append(Consent(id=f"{patient}-{len(found)}", patient=patient, signed=FIRST, clauses=[clause]))
    if r.random() < 0.2:
        refusal = Clause(id="1", decision="refuse", categories=[r.choice(("MH", "SUD", "HIV"))])
        found.append(Consent(id=f"{patient}-no", patient=patient, signed=FIRST, clauses=[refusal]))
    return found


def a_reader(r: Random, people: Sequence[str], *, key: bytes | None = None) -> Reader:
    """Give a member of the team, or the first person themselves, with the consents of these people."""
    member = Member(people[0], role="patient", since=FIRST) if r.random() < 0.1 else LEE
    return Reader(
        member=member,
        purpose="TREAT" if member is LEE else "PATRQT",
        on=DAY,
        consents=[each for person in people for each in grants(r, person, member.id)],
        team=TEAM if member is LEE else None,
        key=key,
    )


def hidden_labels(reader: Reader, patient: str) -> list[tuple[str, ...]]:
    """Give the labels of the palette that the reader may not see."""
    stated = [codes for codes in PALETTE if codes]
    return [codes for codes in stated if not reader.may_see(Label.of(*codes), patient=patient).permits]


# plans


def labels_for(r: Random) -> tuple[str, ...] | None:
    """Give a label, or none."""
    return r.choice(PALETTE)


WHO = (None, "lee", "okafor")
"""Whom a part may name: nobody, the reader, or another one they may know of."""


def some(r: Random, parts: Sequence[Any]) -> list[str]:
    """Give the ids of some parts."""
    return [one.id for one in parts if r.random() < 0.5]


def one_or_none(r: Random, parts: Sequence[Any]) -> str | None:
    """Give the id of one part, or nothing."""
    ids: list[str | None] = [None, *(one.id for one in parts)]
    return r.choice(ids)


def stances(r: Random) -> list[Stance]:
    """Give where some members stand."""
    return [Stance(member=each, says=r.choice(("agrees", "pending"))) for each in ("lee", "okafor") if r.random() < 0.5]


def contacts(r: Random) -> list[HelpContact]:
    """Give somebody to turn to, or nobody."""
    return [HelpContact(name="somebody", member=r.choice(WHO), is_asked=r.choice((None, True)))]


def parts_of_plan(r: Random, prefix: str = "") -> Parts:
    """Give needs, goals for them, activities for those, reviews, and one of some other kinds."""
    needs = [
        Need(id=f"{prefix}n{i}", domain=r.choice(("physical", "mental", "substance-use", "social")), title=f"need {i}",
             labels=labels_for(r))
        for i in range(r.randint(0, 3))
    ]  # fmt: skip
    owners = (None, Owner(duty="follow-up"), Owner(duty="addiction-care"), Owner(member="lee"), Owner(member="okafor"))
    goals = [
        Goal(id=f"{prefix}g{i}", statement=f"goal {i}", needs=[one.id for one in needs if r.random() < 0.5],
             owner=r.choice(owners), labels=labels_for(r), due=DAY - timedelta(days=r.randint(-9, 9)),
             lifecycle="active")
        for i in range(r.randint(0, 3))
    ]  # fmt: skip
    activities = [
        Activity(id=f"{prefix}a{i}", kind="treatment", title=f"activity {i}", owner=r.choice(owners),
                 goals=[one.id for one in goals if r.random() < 0.5], labels=labels_for(r))
        for i in range(r.randint(0, 2))
    ]  # fmt: skip
    cycle = ReviewCycle(anchor=FIRST, every="P1M")
    reviews = [
        Review(id=f"{prefix}r{i}", cycle=cycle, domain=r.choice((None, "mental", "substance-use")),
               labels=labels_for(r),
               done=[Done(on=FIRST, by=r.choice((None, "lee", "okafor")))] if r.random() < 0.5 else ())
        for i in range(r.randint(0, 2))
    ]  # fmt: skip
    usual: Parts = {"needs": needs, "goals": goals, "activities": activities, "reviews": reviews}
    others = {name: [part] if r.random() < 0.3 else [] for name, part in other_parts(r, prefix, usual).items()}
    return {name: usual[name] if name in usual else others[name] for name in PARTS}


def other_parts(r: Random, prefix: str, usual: Parts) -> dict[str, Any]:
    """Give one part of each other kind."""
    needs, goals, activities, reviews = usual.values()

    def common(name: str) -> Any:
        return {"id": f"{prefix}{name}", "labels": labels_for(r)}

    done = [Done(on=FIRST, by=r.choice(WHO))]
    return {
        "statements": Statement(**common("statement"), about="preference", words="in the mornings", by=r.choice(WHO),
                                domain=r.choice((None, "mental", "social")), needs=some(r, needs)),
        "levels": LevelOfCare(**common("level"), system=r.choice(("asam", "ladder")), edition="4", level="1.0",
                              needs=some(r, needs), stances=stances(r)),
        "resources": CommunityResource(**common("resource"), name="advice", needs=some(r, needs),
                                       category=r.choice((None, "stress", "intimate-partner-violence"))),
        "assessments": PlanAssessment(**common("assessment"), kind=r.choice(("interview", "genetic", "questionnaire")),
                                      title="talk", instrument=r.choice((None, "phq-9", "audit")), needs=some(r, needs),
                                      results=["observation"], owner=r.choice((None, Owner(duty="follow-up")))),
        "decisions": SharedDecision(**common("decision"), question="how to go on", needs=some(r, needs),
                                    goals=some(r, goals), activities=some(r, activities), stances=stances(r),
                                    review=one_or_none(r, reviews), options=[DecisionOption(id="wait", title="wait")],
                                    representative=r.choice(WHO), done=done),
        "family": FamilyInvolvement(**common("family"), name="sister", member=r.choice(WHO), goals=some(r, goals),
                                    consents=["consent"]),
        "crisis_plans": CrisisPlan(**common("crisis"), title="bad days", contacts=contacts(r), needs=some(r, needs)),
        "safety_plans": SafetyPlan(**common("safety"), status=r.choice(("draft", "active")), needs=some(r, needs),
                                   professionals=contacts(r), environment=["locked away"], used=done,
                                   review=one_or_none(r, reviews)),
        "relapse_plans": RelapsePreventionPlan(**common("relapse"), goals=some(r, goals), contacts=contacts(r),
                                               activities=some(r, activities), self_check=r.choice((None, "audit"))),
        "education": Education(**common("education"), topic="sleep", activities=some(r, activities),
                               taught=[TeachBack(on=FIRST, by=r.choice(WHO), understanding="partly")]),
        "agreements": Agreement(**common("agreement"), on=FIRST, version=1, stances=stances(r)),
        "copies": CopyGiven(**common("copy"), to="sister", on=FIRST, by=r.choice(WHO), version=1),
    }  # fmt: skip


def a_script(r: Random) -> list[Step]:
    """Give what was written down of a plan, in one to three steps."""
    first = Step(FIRST, parts_of_plan(r))
    steps = [first]
    for number in range(r.randint(0, 2)):
        changed = {
            name: [_changed(r, part, number) for part in parts if r.random() < 0.4]
            for name, parts in first.parts.items()
        }
        steps.append(Step(FIRST + timedelta(weeks=number + 1), changed))
    return steps


def _changed(r: Random, part: Any, number: int) -> Any:
    changed = {part.TITLE: f"{getattr(part, part.TITLE)}, {number}"}
    return attrs.evolve(part, **changed, labels=r.choice((part.labels, labels_for(r))))


def like(value: Any, ids: Sequence[str]) -> Any:
    """Give ids as a field has them: several, or one at most."""
    return ids if isinstance(value, tuple) else next(iter(ids), None)


def built(person: str, steps: Sequence[Step], **whole: Any) -> CarePlan:
    """Make the plan that a script says."""
    fields: Any = {**steps[0].parts, **whole}
    plan = CarePlan(id=f"plan-of-{person}", person=person, created=steps[0].on, status="active", **fields)
    for step in steps[1:]:
        parts: Any = {name: parts for name, parts in step.parts.items() if parts}
        if parts:
            plan = plan.revise(by=step.by, on=step.on, reason=step.reason, **parts)
    return plan


def without(steps: Sequence[Step], names: Collection[str]) -> list[Step]:
    """Give a script without some parts, and without what speaks of them."""

    def kept(name: str, part: Any) -> Any:
        for field, named in marked(type(part), "refers"):
            left = [one for one in referred(getattr(part, field)) if f"{named}.{one}" not in names]
            part = attrs.evolve(part, **{field: like(getattr(part, field), left)})
        return part

    return [
        attrs.evolve(step, parts={
            name: [kept(name, part) for part in parts if f"{name}.{part.id}" not in names]
            for name, parts in step.parts.items()
        })
        for step in steps
    ]  # fmt: skip


def padded(r: Random, steps: Sequence[Step], hidden: Sequence[tuple[str, ...]]) -> list[Step]:
    """Give a script with more that the reader may not see: parts, references to them, versions, and who holds what.

    That somebody hidden holds something is added only where the reader may not see what their role discloses.
    """
    if not hidden:
        return list(steps)
    extra = parts_of_plan(r, f"{SENTINEL}-")
    extra = {name: [_marked(part, r.choice(hidden)) for part in parts] for name, parts in extra.items()}
    first = {name: interleaved(r, parts, extra[name]) for name, parts in steps[0].parts.items()}
    found = [attrs.evolve(steps[0], parts=first), *steps[1:]]
    holders = ("SUD",) in hidden
    found = [attrs.evolve(step, parts=_speaking(r, step.parts, extra, holders=holders)) for step in found]
    for _ in range(r.randint(0, 2)):
        place = r.randint(1, len(found))
        secret = [_marked(Need(id=f"{SENTINEL}-x{r.random()}", domain="social"), r.choice(hidden))]
        latest = found[place].on if place < len(found) else found[place - 1].on + timedelta(days=6)
        on = found[place - 1].on + timedelta(days=r.randint(0, (latest - found[place - 1].on).days))
        found.insert(place, Step(on, {"needs": secret}, by=f"{SENTINEL}-by", reason=f"{SENTINEL} reason"))
    return found


def _marked(part: Any, codes: tuple[str, ...]) -> Any:
    return attrs.evolve(part, **{part.TITLE: f"{SENTINEL} {getattr(part, part.TITLE)}"}, labels=codes)


def interleaved(r: Random, parts: Sequence[Any], more: Sequence[Any]) -> list[Any]:
    """Put more parts between others, keeping the order of each."""
    left, right, found = list(parts), list(more), []
    while left or right:
        found.append((left if left and (not right or r.random() < 0.5) else right).pop(0))
    return found


def _speaking(r: Random, parts: Parts, extra: Parts, *, holders: bool) -> Parts:
    """Let parts whose labels are stated speak of hidden ones, and somebody hidden hold what nobody holds."""

    def speaking(part: Any) -> Any:
        changed: dict[str, Any] = {}
        for field, named in marked(type(part), "refers") if part.labels is not None else ():
            old = getattr(part, field)
            more = [one.id for one in extra[named] if r.random() < 0.5 and one.id not in referred(old)]
            changed[field] = interleaved(r, old, more) if isinstance(old, tuple) else old or next(iter(more), None)
        if holders and r.random() < 0.5:
            changed |= _held_by_somebody_hidden(r, part)
        if "results" in attrs.fields_dict(type(part)):
            changed["results"] = [f"{SENTINEL} {r.random()}"]
        return attrs.evolve(part, **changed)

    return {name: [speaking(part) for part in found] for name, found in parts.items()}


def _held_by_somebody_hidden(r: Random, part: Any) -> dict[str, Any]:
    """Let somebody hidden hold what nobody holds, have a say, be turned to, and have done what nobody is named for."""
    fields = attrs.fields_dict(type(part))
    changed: dict[str, Any] = {}
    for field in ("owner", "by", "representative", "member"):
        if field in fields and getattr(part, field) is None:
            changed[field] = Owner(member=HIDDEN_MEMBER.id) if field == "owner" else HIDDEN_MEMBER.id
    one_more: dict[str, Any] = {
        "stances": Stance(member=HIDDEN_MEMBER.id, says="disagrees", words=SENTINEL),
        "contacts": HelpContact(name=f"{SENTINEL} clinic", member=HIDDEN_MEMBER.id),
        "professionals": HelpContact(name=f"{SENTINEL} clinic", member=HIDDEN_MEMBER.id),
    }
    for field, more in one_more.items():
        if field in fields:
            changed[field] = interleaved(r, getattr(part, field), [more])
    return changed


# episodes


def entries(r: Random, person: str) -> list[Entry]:
    """Give what was entered of one person: an enrolment, scores, contacts, events and corrections."""
    found: list[Entry] = []

    def add(cls: Any, **fields: Any) -> None:
        name = f"{person}-{len(found)}"
        on = FIRST + timedelta(days=r.randint(0, 150))
        labels = labels_for(r) or () if r.random() < 0.4 else ()
        found.append(cls(**{"id": name, "on": on, "by": r.choice(("lee", "holm", "")), "labels": labels, **fields}))

    if r.random() < 0.7:
        add(Enrolment, on=FIRST, protocol=COCM)
    for _ in range(r.randint(0, 3)):
        total = r.randint(0, 27)
        add(Assessment, instrument="phq-9", scores={"total": total}, items={"q9": 0 if total < 20 else 1})
    for _ in range(r.randint(0, 2)):
        add(Contact, how="phone")
    if r.random() < 0.5:
        add(Event, name="consultation")
    if r.random() < 0.3:
        add(RecordedFact, name="age", value=67)
    if r.random() < 0.3:
        add(Assessment, instrument="audit", scores={"total": 20})
    if found and r.random() < 0.3:
        target = r.choice(found)
        add(Withdrawal, replaces=target.id, on=target.on)
    return found


def an_episode(r: Random, person: str) -> Episode:
    """Give an episode, in which a decision was accepted now and then."""
    episode = Episode(person, entries(r, person), id=f"episode-of-{person}" if r.random() < 0.5 else "")
    if any(isinstance(entry, Enrolment) for entry in episode.in_force()) and r.random() < 0.4:
        day = FIRST + timedelta(days=100)
        decision = decide(protocol(COCM), episode, on=day, accept_unverified=True)
        step = decision.alternatives[0] if decision.alternatives else None
        episode = accept(episode, decision, by="lee", step=step, id=f"{person}-accepted")
    return episode


def more_entries(r: Random, episode: Episode, hidden: Sequence[tuple[str, ...]]) -> Episode:
    """Give an episode with more entries that the reader may not see, all after what was decided."""
    if not hidden:
        return episode
    late = FIRST + timedelta(days=120)
    extra: list[Entry] = [
        Assessment(id=f"{SENTINEL}-1", on=late, by=f"{SENTINEL}-by", instrument="phq-9", scores={"total": 27},
                   items={"q9": 3}, labels=r.choice(hidden)),
        Event(id=f"{SENTINEL}-2", on=late, name=f"{SENTINEL}-event", labels=r.choice(hidden)),
        Contact(id=f"{SENTINEL}-3", on=DAY, labels=r.choice(hidden)),
    ]  # fmt: skip
    extra = r.sample(extra, r.randint(0, 3))
    if episode.entries and r.random() < 0.5:
        target = r.choice(episode.entries)
        if target.kind not in {"accepted", "override"}:
            extra.append(
                Withdrawal(id=f"{SENTINEL}-4", on=DAY, replaces=target.id, labels=r.choice(hidden), reason=SENTINEL)
            )
    return attrs.evolve(episode, entries=interleaved(r, episode.entries, extra))


def a_caseload(r: Random, people: Sequence[str] = PEOPLE) -> tuple[list[Episode], dict[str, list[Step]]]:
    """Give the episodes and the scripts of plans of some people."""
    episodes = [an_episode(r, person) for person in people if r.random() < 0.8]
    return episodes, {person: a_script(r) for person in people if r.random() < 0.6}


def a_referral(r: Random, person: str, labels: tuple[str, ...] | None, *, mark: str = "") -> Referral:
    """Give somebody's referral, sent some weeks ago."""
    sent = ReferralStep(status="sent", on=DAY - timedelta(days=r.randint(1, 60)), by="lee", note=mark)
    return Referral(
        id=f"{mark}r{r.random()}",
        person=person,
        service=f"{mark}advice",
        title=f"{mark}advice",
        steps=[sent],
        labels=labels,
    )


def caseload(
    episodes: Sequence[Episode],
    scripts: dict[str, list[Step]],
    team: Team = TEAM,
    referrals: Sequence[Referral] = (),
) -> Caseload:
    """Put a caseload together."""
    plans = [built(person, steps) for person, steps in scripts.items()]
    who = matrix("collaborative-care-minimum")
    return Caseload(episodes=episodes, plans=plans, referrals=referrals, team=team, matrix=who, protocols=[COCM])
