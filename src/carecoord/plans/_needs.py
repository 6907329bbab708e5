"""What a plan is to help with, and what was said about the person and by them."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

import attrs

from carecoord.plans._part import WHO, HeldPart, Part, axis, defined, given, one_of, refers, texts
from carecoord.plans._statuses import NeedStatus, moved

__all__ = ["Domain", "Need", "SocialCategory", "Statement", "StatementKind"]

Domain = Literal["physical", "mental", "substance-use", "social", "functional", "spiritual"]
"""The side of a life that a need belongs to."""

SocialCategory = Literal[
    "food-insecurity", "housing-instability", "homelessness", "inadequate-housing", "transportation-insecurity",
    "financial-insecurity", "material-hardship", "educational-attainment", "employment-status", "veteran-status",
    "stress", "social-connection", "intimate-partner-violence", "elder-abuse", "personal-health-literacy",
    "health-insurance-coverage-status", "medical-cost-burden", "digital-literacy", "digital-access",
    "utility-insecurity", "language-access", "incarceration-status", "protective-factor", "sdoh-category-unspecified",
]  # fmt: skip
"""What a social need or strength is about.

Source: the category codes of HL7 FHIR SDOH Clinical Care (Gravity Project), SDOHCC-CodeSystemTemporaryCodes.
"""

StatementKind = Literal[
    "matters", "strength", "ability", "preference", "environment", "formulation", "expected-outcome",
    "community-integration", "discharge-criterion",
]  # fmt: skip
"""What a statement says: what matters to the person, what they build on, can do and prefer, how they live; what the
difficulties mean and where they come from, what is to be expected; what helps them take part in the life around them,
and what must be so for the care to end."""


@attrs.frozen(kw_only=True)
class Need(Part):
    """Something in a person's life that the plan is to help with; a plan has as many as the person has.

    Attributes:
        id: text the host gives.
        domain: the side of life it belongs to.
        title: what it is, in words.
        codes: the same in the host's terminology, as `system|code`.
        category: what a social need is about, as `housing-instability`.
        deferred: why nothing is done about it for now, as that the person does not want it; empty where something is.
        status: whether it is still there.
        labels: what it is about that not everybody may see, as `SUD` or `MH`; empty where there is nothing of the kind,
            `None` where nobody has said so.
    """

    KIND: ClassVar[str] = "need"

    domain: Domain = attrs.field(validator=one_of(Domain), metadata=defined("domain"))
    title: str = ""
    codes: tuple[str, ...] = attrs.field(default=(), converter=texts)
    category: SocialCategory | None = attrs.field(
        default=None, validator=one_of(SocialCategory), metadata=defined("social-category")
    )
    deferred: str = ""
    status: NeedStatus = attrs.field(default="active", validator=one_of(NeedStatus), metadata=axis("need"))

    def move(self, status: NeedStatus) -> Need:
        """Give the need with another status.

        Raises:
            StatusError: the status may not follow the present one.
        """
        return attrs.evolve(self, status=moved("need", self.status, status))


@attrs.frozen(kw_only=True)
class Statement(HeldPart):
    """One thing that was said about the person, in the words of whoever said it, with labels of its own.

    Short words that need none may stand in the plan's `strengths` and `matters`.

    Attributes:
        id: text the host gives.
        about: what it says.
        words: the words themselves.
        by: who said it; the person in care is a member, too. `None` where nobody has noted it.
        on: the day it was said.
        domain: the side of life it belongs to; `None` for the whole.
        needs: the ids of the needs it is about.
        status: whether it still holds; when somebody says otherwise it ends, and another one says so.
        labels: what it is about that not everybody may see, as `SUD` or `MH`; empty where there is nothing of the kind,
            `None` where nobody has said so.
    """

    KIND: ClassVar[str] = "statement"
    TITLE: ClassVar[str] = "words"

    about: StatementKind = attrs.field(validator=one_of(StatementKind))
    words: str = attrs.field(validator=given)
    by: str | None = attrs.field(default=None, metadata=WHO)
    on: date | None = None
    domain: Domain | None = attrs.field(default=None, validator=one_of(Domain), metadata=defined("domain"))
    needs: tuple[str, ...] = attrs.field(default=(), converter=texts, metadata=refers("needs"))
