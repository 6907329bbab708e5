"""What was, or is to be, found out about the person, and where the results are."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

import attrs

from carecoord.plans._part import HOSTS, HeldPart, Owner, defined, given, one_of, refers, texts

__all__ = ["AssessmentKind", "PlanAssessment"]

AssessmentKind = Literal[
    "interview", "examination", "psychological", "questionnaire", "genetic", "family-history",
]  # fmt: skip
"""How something is found out: by talking, by examining, by psychological testing, by a questionnaire, from genes, or
from the history of the family."""


@attrs.frozen(kw_only=True)
class PlanAssessment(HeldPart):
    """Something that was, or is to be, found out; the results stay where the host keeps them.

    Attributes:
        id: text the host gives.
        kind: how it is found out.
        title: what is looked at, in words.
        codes: the same in the host's terminology, as `system|code`.
        instrument: the id of the instrument, as `phq-9`; `None` where there is none.
        needs: the ids of the needs that were found, or that it is about.
        informant: whom it was learnt from where not from the person, as `mother`.
        due: the day by which it is to be made.
        on: the day it was made; `None` where it was not yet.
        results: the host's ids of the results.
        summary: what came of it, in words.
        owner: who makes it.
        status: whether it still counts.
        labels: what it is about that not everybody may see, as `SUD` or `MH`; empty where there is nothing of the kind,
            `None` where nobody has said so.
    """

    KIND: ClassVar[str] = "assessment"

    kind: AssessmentKind = attrs.field(validator=one_of(AssessmentKind), metadata=defined("assessment"))
    title: str = attrs.field(validator=given)
    codes: tuple[str, ...] = attrs.field(default=(), converter=texts)
    instrument: str | None = attrs.field(default=None, metadata=defined("instrument"))
    needs: tuple[str, ...] = attrs.field(default=(), converter=texts, metadata=refers("needs"))
    informant: str | None = None
    due: date | None = None
    on: date | None = None
    results: tuple[str, ...] = attrs.field(default=(), converter=texts, metadata=HOSTS)
    summary: str = ""
    owner: Owner | None = None
