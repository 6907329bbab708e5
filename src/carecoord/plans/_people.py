"""Family and friends who take part within the limits the person set, and what the community offers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar, Literal, get_args

import attrs

from carecoord.errors import DataError, Fault, did_you_mean
from carecoord.plans._needs import SocialCategory
from carecoord.plans._part import HOSTS, WHO, HeldPart, after_since, defined, given, one_of, refers, texts

__all__ = ["CommunityResource", "FamilyInvolvement", "FamilyRole"]

FamilyRole = Literal["be-told", "take-part", "decide-with", "help-with-care", "be-called-in-crisis", "have-a-copy"]
"""What somebody close to the person may do, as the person said."""


def _in_order(roles: Iterable[FamilyRole]) -> tuple[FamilyRole, ...]:
    return tuple(dict.fromkeys(roles))


def _known(_: FamilyInvolvement, attribute: attrs.Attribute[Any], roles: tuple[FamilyRole, ...]) -> None:
    known = get_args(FamilyRole)
    faults = [
        Fault(
            f"$.{attribute.name}", f"{str(each)[:40]!r} is none of {', '.join(known)}{did_you_mean(str(each), known)}"
        )
        for each in roles
        if each not in known
    ]
    if faults:
        raise DataError("family involvement", faults)


@attrs.frozen(kw_only=True)
class FamilyInvolvement(HeldPart):
    """How somebody close to the person takes part, and where the person drew the line.

    This records what the person said. What somebody may see is decided by consents alone.

    Attributes:
        id: text the host gives.
        name: what the person calls them.
        relationship: what they are to the person, as `sister`.
        member: their id where they are a member.
        reach: how to reach them.
        may: what they may do, as the person said.
        helps_with: what they help with, in words.
        limits: what they are not to be told or asked, in the person's words.
        support: what they need themselves to go on helping, in words.
        consents: the host's ids of the consents that stand behind it.
        goals: the ids of the goals they help with.
        since: the first day.
        until: the day after the last one.
        status: whether it still holds.
        labels: what it is about that not everybody may see, as `SUD` or `MH`; empty where there is nothing of the kind,
            `None` where nobody has said so.
    """

    KIND: ClassVar[str] = "family"
    TITLE: ClassVar[str] = "name"

    name: str = attrs.field(validator=given)
    relationship: str = ""
    member: str | None = attrs.field(default=None, metadata=WHO)
    reach: str = ""
    may: tuple[FamilyRole, ...] = attrs.field(default=(), converter=_in_order, validator=_known)
    helps_with: tuple[str, ...] = attrs.field(default=(), converter=texts)
    limits: tuple[str, ...] = attrs.field(default=(), converter=texts)
    support: tuple[str, ...] = attrs.field(default=(), converter=texts)
    consents: tuple[str, ...] = attrs.field(default=(), converter=texts, metadata=HOSTS)
    goals: tuple[str, ...] = attrs.field(default=(), converter=texts, metadata=refers("goals"))
    since: date | None = None
    until: date | None = attrs.field(default=None, validator=after_since)


@attrs.frozen(kw_only=True)
class CommunityResource(HeldPart):
    """Something the community offers that the plan counts on.

    Attributes:
        id: text the host gives.
        name: what it is called.
        category: what it is about, as `housing-instability`.
        service: its id in the host's directory.
        reach: how to reach it.
        needs: the ids of the needs it helps with.
        since: the first day the person uses it; `None` where they do not yet.
        until: the day after the last one.
        note: what to know about it.
        status: whether the plan still counts on it.
        labels: what it is about that not everybody may see, as `SUD` or `MH`; empty where there is nothing of the kind,
            `None` where nobody has said so.
    """

    KIND: ClassVar[str] = "resource"
    TITLE: ClassVar[str] = "name"

    name: str = attrs.field(validator=given)
    category: SocialCategory | None = attrs.field(
        default=None, validator=one_of(SocialCategory), metadata=defined("social-category")
    )
    service: str | None = attrs.field(default=None, metadata=defined("service"))
    reach: str = ""
    needs: tuple[str, ...] = attrs.field(default=(), converter=texts, metadata=refers("needs"))
    since: date | None = None
    until: date | None = attrs.field(default=None, validator=after_since)
    note: str = ""
