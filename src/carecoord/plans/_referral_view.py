"""What whoever receives a referral may be told of it."""

from __future__ import annotations

from datetime import date

import attrs

from carecoord.plans._referral import Referral
from carecoord.plans._statuses import ReferralStatus
from carecoord.roles import Label
from carecoord.roles._disclosure import Shape, shape
from carecoord.roles._projection import Element, Projection

__all__ = ["ReferralView"]


@attrs.frozen(kw_only=True)
class ReferralView:
    """A referral, as whoever receives it sees it.

    Attributes:
        id: the referral's id in views.
        person: the id of the person who is referred.
        service: the id of the service.
        title: what is asked for.
        reason: why.
        by: who sent it; `None` where the reader may not know of them.
        sent: the day it was sent.
        status: how it stands.
        since: the day from which it has stood like this.
    """

    id: str
    person: str
    service: str
    title: str
    reason: str = ""
    by: str | None = None
    sent: date
    status: ReferralStatus
    since: date


def _left(referral: Referral, projection: Projection) -> Referral | None:
    """Give what may be told: all of it or nothing; what those who follow it up wrote for each other never."""
    element = _element(referral)
    if not projection.shows(element):
        return None
    projection.text(element.name, referral.title, referral.reason)
    return attrs.evolve(
        referral,
        id=projection.view_id("referral", referral.id),
        plan=None,
        need=None,
        activity=None,
        owner=None,
        steps=[
            attrs.evolve(step, note="", by=step.by if _may_name(step.by, referral, projection) else None)
            for step in referral.steps
        ],
        discloses=(),
        labels=None,
    )


def _element(referral: Referral) -> Element:
    named = (("domain", referral.domain), ("organisation", referral.organisation), ("service", referral.service))
    return Element(
        patient=referral.person,
        name=f"referrals.{referral.id}",
        own=referral.labels,
        definitions=tuple((kind, value) for kind, value in named if value is not None),
        because=frozenset({Label.of(*referral.discloses)}) if referral.discloses else frozenset(),
        words=(referral.title,),
    )


def _may_name(member: str | None, referral: Referral, projection: Projection) -> bool:
    return member is None or projection.shows_member(referral.person, member, f"referrals.{referral.id}")


def _view(left: Referral) -> ReferralView:
    return ReferralView(
        id=left.id,
        person=left.person,
        service=left.service,
        title=left.title,
        reason=left.reason,
        by=left.steps[0].by,
        sent=left.sent,
        status=left.status,
        since=left.steps[-1].on,
    )


def _shape(referral: Referral) -> Shape:  # noqa: ARG001 - what is registered is called with the value
    return Shape(project=_left, view=_view, people=lambda referral: {referral.person})


shape.register(Referral, _shape)
