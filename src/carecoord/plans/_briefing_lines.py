"""The lines of a briefing: what a plan says of the person, its goals, its decisions and what is open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final, Literal

import attrs

from carecoord._values import Period
from carecoord.plans._agenda import agenda
from carecoord.plans._attainment import level_on
from carecoord.plans._part import Owner, Part, Stance
from carecoord.plans._parts import KINDS
from carecoord.plans._plan import CarePlan
from carecoord.plans._reckoned import counts
from carecoord.plans._referral import Referral
from carecoord.plans._statuses import ReferralStatus

__all__ = ["BriefingItem", "BriefingSection", "told"]

BriefingSection = Literal["matters", "strengths", "needs", "goals", "decided", "open", "coming", "changed", "questions"]
"""What a line of a briefing is about; in the order in which it is told."""

_PURSUED: Final = ("planned", "accepted", "active")
_UNDERSTOOD: Final = {"partly": "partly understood", "not-yet": "not understood yet"}
_LISTS: Final = {**{kind.KIND: name for name, kind in KINDS.items()}, "referral": "referrals"}


@attrs.frozen(kw_only=True)
class BriefingItem:
    """One line of a briefing.

    Attributes:
        section: what it is about.
        words: the line.
        place: the part of the plan it comes from, with its id in views, as `goals.goal-0001`; empty where it comes
            from the plan as a whole.
    """

    section: BriefingSection
    words: str
    place: str = ""


def told(
    plan: CarePlan,
    referrals: Iterable[Referral],
    *,
    on: date,
    through: date,
    limits: Mapping[ReferralStatus, Period | str],
) -> Iterator[BriefingItem]:
    """Give what a plan says before its case is talked about."""
    yield from _words(plan)
    yield from _needs(plan)
    yield from _goals(plan, on)
    yield from _decisions(plan)
    yield from _education(plan, on)
    yield from _assessments(plan, on)
    for item in agenda([plan], on=on, through=through, referrals=referrals, limits=limits):
        yield BriefingItem(
            section="coming" if item.state == "upcoming" else "open",
            words=f"{item.because}{_held(item.owner)}",
            place=f"{_LISTS[item.kind]}.{item.id}",
        )


def _held(owner: Owner | None) -> str:
    return "" if owner is None else f" ({owner.duty or owner.member})"


def _words(plan: CarePlan) -> Iterator[BriefingItem]:
    """Give what was said about the person, in the words in which it was said."""
    yield from (BriefingItem(section="matters", words=each) for each in plan.matters)
    yield from (BriefingItem(section="strengths", words=each) for each in plan.strengths)
    sections: dict[str, BriefingSection] = {
        "matters": "matters",
        "preference": "matters",
        "strength": "strengths",
        "ability": "strengths",
    }
    for each in plan.statements:
        if each.about in sections and counts(each):
            yield BriefingItem(section=sections[each.about], words=each.words, place=f"statements.{each.id}")


def _needs(plan: CarePlan) -> Iterator[BriefingItem]:
    for need in plan.needs:
        if need.status == "active":
            waits = f"; for now nothing is done about it: {need.deferred}" if need.deferred else ""
            yield BriefingItem(section="needs", words=f"{need.called} ({need.domain}){waits}", place=f"needs.{need.id}")


def _goals(plan: CarePlan, on: date) -> Iterator[BriefingItem]:
    for goal in plan.goals:
        if not counts(goal):
            continue
        place = f"goals.{goal.id}"
        words = [f"{goal.statement}: {goal.lifecycle}", goal.achievement or "nobody has said how near it is"]
        level = level_on(goal.ratings, on)
        if goal.scale is not None and level is not None:
            words.append(f"level {level:+d}: {goal.scale.words(level)}")
        words += [f"due {goal.due}"] if goal.due is not None else []
        serving = [
            f"{each.title} ({each.status})" for each in plan.activities if goal.id in each.goals and counts(each)
        ]
        words.append(f"for it: {', '.join(serving)}" if serving else "no activity is listed for it")
        yield BriefingItem(section="goals", words="; ".join(words), place=place)
        if goal.achievement is None and goal.lifecycle in _PURSUED:
            yield BriefingItem(section="questions", words=f"How near is {goal.statement!r}?", place=place)
        yield from _stances(goal.acceptance, goal, "goals")


def _decisions(plan: CarePlan) -> Iterator[BriefingItem]:
    for decision in plan.decisions:
        place = f"decisions.{decision.id}"
        if decision.status == "draft":
            wanting = f"; not recorded yet: {', '.join(decision.missing)}" if decision.missing else ""
            yield BriefingItem(section="open", words=f"To be decided: {decision.question}{wanting}", place=place)
        elif decision.status == "active" and decision.chosen is not None:
            when = f", on {decision.on}" if decision.on is not None else ""
            why = f", because {decision.reason}" if decision.reason else ""
            again = f"; to be looked at again on {decision.again}" if decision.again is not None else ""
            words = f"{decision.question} {decision.chosen.title}{when}{why}{again}"
            yield BriefingItem(section="decided", words=words, place=place)
        if counts(decision):
            yield from _stances(decision.stances, decision, "decisions")


def _stances(stances: Iterable[Stance], part: Part, name: str) -> Iterator[BriefingItem]:
    said = {stance.member: stance for stance in stances}
    for stance in said.values():
        if stance.says != "agrees":
            verb = "disagrees" if stance.says == "disagrees" else "has not said whether they agree"
            words = f": {stance.words}" if stance.words else ""
            line = f"{stance.member} {verb} ({part.called}){words}"
            yield BriefingItem(section="questions", words=line, place=f"{name}.{part.id}")


def _education(plan: CarePlan, on: date) -> Iterator[BriefingItem]:
    for each in plan.education:
        understanding = attrs.evolve(each, taught=[time for time in each.taught if time.on <= on]).understanding
        if not counts(each) or understanding == "understood":
            continue
        place = f"education.{each.id}"
        if understanding is None:
            who = each.audience or "the person"
            yield BriefingItem(section="questions", words=f"Does {who} understand {each.topic}?", place=place)
        else:
            yield BriefingItem(section="open", words=f"{each.topic}: {_UNDERSTOOD[understanding]}", place=place)


def _assessments(plan: CarePlan, on: date) -> Iterator[BriefingItem]:
    for each in plan.assessments:
        if not counts(each):
            continue
        place, is_made = f"assessments.{each.id}", each.on is not None and each.on <= on
        if is_made and each.summary:
            yield BriefingItem(section="needs", words=f"{each.title}, {each.on}: {each.summary}", place=place)
        elif not is_made and each.due is None:
            yield BriefingItem(section="open", words=f"To be found out: {each.title}", place=place)
