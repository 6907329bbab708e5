"""What a team needs to know of a plan before it talks about a case, as far as the reader may see it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final, get_args

import attrs

from carecoord._values import Period
from carecoord.errors import DataError, Fault, UnknownIdError
from carecoord.plans._briefing_lines import BriefingItem, BriefingSection, told
from carecoord.plans._diff import diff
from carecoord.plans._part import given, labelled
from carecoord.plans._parts import PARTS
from carecoord.plans._plan import CarePlan
from carecoord.plans._projection import PlanPass, not_shown
from carecoord.plans._referral import Referral
from carecoord.plans._statuses import ReferralStatus
from carecoord.roles import Disclosure, Reader
from carecoord.roles._disclosure import check_people, disclosed, shape
from carecoord.roles._projection import Element, Projection

__all__ = ["Briefing", "BriefingItem", "BriefingSection", "CaseQuestion", "briefing", "disclose_briefing"]

_HEADINGS: Final[dict[BriefingSection, str]] = {
    "matters": "What matters to the person",
    "strengths": "What they can build on",
    "needs": "What the plan is to help with",
    "goals": "Goals, and how near they are",
    "decided": "What was decided",
    "open": "What is open",
    "coming": "What is coming",
    "changed": "What has changed",
    "questions": "Questions",
}


@attrs.frozen(kw_only=True)
class CaseQuestion:
    """Something that somebody wants talked about.

    Attributes:
        id: text the host gives.
        words: the question.
        labels: what it is about that not everybody may see; `None` where nobody has said so.
    """

    id: str = attrs.field(validator=given)
    words: str = attrs.field(validator=given)
    labels: frozenset[str] | None = attrs.field(default=None, converter=labelled)


@attrs.frozen(kw_only=True)
class Briefing:
    """What one reader is told of a plan before a case is talked about.

    Attributes:
        plan: the plan's id in views.
        person: the id of the person it is for.
        on: the day for which it holds.
        title: what the plan is called.
        items: its lines, section by section.
    """

    plan: str
    person: str
    on: date
    title: str = ""
    items: tuple[BriefingItem, ...] = attrs.field(default=(), converter=tuple[BriefingItem, ...])

    def section(self, name: BriefingSection) -> tuple[str, ...]:
        """Give the lines of one section."""
        return tuple(item.words for item in self.items if item.section == name)

    def __str__(self) -> str:
        """Give it as plain text, without the sections that say nothing."""
        lines = [f"{self.title or 'Care plan'}, {self.on}"]
        for section in get_args(BriefingSection):
            words = self.section(section)
            lines += [f"\n{_HEADINGS[section]}", *(f"- {each}" for each in words)] if words else []
        return "\n".join(lines)


def briefing(
    plan: CarePlan,
    *,
    reader: Reader,
    through: date | None = None,
    since: date | None = None,
    referrals: Iterable[Referral] = (),
    limits: Mapping[ReferralStatus, Period | str] | None = None,
    questions: Iterable[CaseQuestion] = (),
) -> Briefing:
    """Give what a reader is told of a plan before its case is talked about.

    It is computed from what the reader may see, as if there were nothing else.
    `disclose_briefing` gives it with everything that whoever discloses has to keep.

    Args:
        plan: the plan, as it is.
        reader: who is told; the briefing is that of their day.
        through: the last day that is looked ahead to; the day itself where left out.
        since: tell what has changed since this day, as that of the last talk; nothing where left out.
        referrals: those of the person.
        limits: how long a referral may stand in each status, as `open_referrals` takes it.
        questions: what somebody wants talked about.

    Raises:
        UnknownIdError: they may see nothing of the plan. The error is the one for a plan that nobody knows of.
        DataError: a referral or a consent is about somebody else, or `through` is before the reader's day.
    """
    found = disclose_briefing(
        plan, reader, through=through, since=since, referrals=referrals, limits=limits, questions=questions
    ).view
    if found is None:
        del plan, reader, referrals, questions
        raise UnknownIdError("plan", "asked for")
    return found


def disclose_briefing(
    plan: CarePlan,
    reader: Reader,
    *,
    through: date | None = None,
    since: date | None = None,
    referrals: Iterable[Referral] = (),
    limits: Mapping[ReferralStatus, Period | str] | None = None,
    questions: Iterable[CaseQuestion] = (),
) -> Disclosure[Briefing | None]:
    """Give the briefing, with everything that whoever discloses has to keep.

    Its view is `None` where the reader may see nothing of the plan; `attention` names what is due and not shown.

    Args:
        plan: as for `briefing`.
        reader: as for `briefing`.
        through: as for `briefing`.
        since: as for `briefing`.
        referrals: as for `briefing`.
        limits: as for `briefing`.
        questions: as for `briefing`.

    Raises:
        DataError: as `briefing`.
    """
    sent = tuple(referrals)
    if any(each.person != plan.person for each in sent):
        raise DataError("referrals", [Fault("$.person", "one is about somebody whom the plan is not for")])
    check_people({plan.person}, reader)
    projection = Projection(reader)
    versions = PlanPass(plan, projection)
    left = versions.latest()
    seen = [each for each in (shape(one).project(one, projection) for one in sent) if each is not None]
    asked = [each for each in questions if _shows(each, plan, projection)]
    found: Briefing | None = None
    if left is not None:
        lines = [*told(left, seen, on=reader.day, through=through or reader.day, limits=limits or {})]
        lines += _changed(left, PlanPass(plan, projection.quiet()), since)
        lines += [BriefingItem(section="questions", words=each.words) for each in asked]
        order = get_args(BriefingSection)
        found = Briefing(
            plan=left.id,
            person=left.person,
            on=reader.day,
            title=left.title,
            items=sorted(lines, key=lambda item: order.index(item.section)),
        )
    return disclosed(found, projection, attention=not_shown(plan, projection))


def _shows(question: CaseQuestion, plan: CarePlan, projection: Projection) -> bool:
    element = Element(patient=plan.person, name=f"questions.{question.id}", own=question.labels)
    shown = projection.shows(element)
    if shown:
        projection.text(element.name, question.words)
    return shown


def _changed(plan: CarePlan, versions: PlanPass, since: date | None) -> Iterator[BriefingItem]:
    """Say which parts are new since a day, and what changed of the others."""
    if since is None:
        return
    then = [left for left in versions.versions() if left is not None and left.created <= since]
    if not then:
        yield BriefingItem(section="changed", words="all of it is new")
        return
    parts = {(name, part.id): part for name in PARTS for part in getattr(plan, name)}
    fields: dict[tuple[str, str], list[str]] = {}
    for one in diff(then[-1], plan):
        if one.path[:2] in parts:
            fields.setdefault((one.path[0], one.path[1]), []).extend(one.path[2:3])
        elif one.path[0] not in ("created", *PARTS):
            fields.setdefault(("", one.path[0]), [])
    for (name, id), changed in fields.items():
        if not name:
            yield BriefingItem(section="changed", words=f"the plan's {id}")
        else:
            what = ", ".join(dict.fromkeys(changed)).replace("_", " ") or "new"
            yield BriefingItem(section="changed", words=f"{parts[name, id].called}: {what}", place=f"{name}.{id}")
