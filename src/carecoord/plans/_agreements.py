"""That the person and others agreed to the plan, and who got a copy."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

import attrs

from carecoord.errors import DataError, Fault
from carecoord.plans._part import HOSTS, WHO, HeldPart, Part, Stance, given, one_of

__all__ = ["Agreement", "AgreementForm", "CopyGiven"]

AgreementForm = Literal["spoken", "written", "electronic"]
"""How somebody said that they agree."""


def _version(instance: Part, attribute: attrs.Attribute[int | None], value: int | None) -> None:
    if value is not None and (type(value) is not int or value < 1):
        raise DataError(instance.KIND, [Fault(f"$.{attribute.name}", f"a version from 1 is wanted, found {value!r}")])


@attrs.frozen(kw_only=True)
class Agreement(HeldPart):
    """Who agreed to a version of the plan and who did not, when and how.

    Attributes:
        id: text the host gives.
        on: the day it was talked about.
        version: the version of the plan it is about; `None` where nobody has noted it.
        form: how they said it; `None` where nobody has noted it.
        stances: who agrees and who does not.
        note: what else was said.
        status: whether it still holds; it ends when somebody takes it back or the plan changes much.
        labels: what it is about that not everybody may see, as `SUD` or `MH`; empty where there is nothing of the kind,
            `None` where nobody has said so.
    """

    KIND: ClassVar[str] = "agreement"
    TITLE: ClassVar[str] = "note"

    on: date
    version: int | None = attrs.field(default=None, validator=_version, metadata=HOSTS)
    form: AgreementForm | None = attrs.field(default=None, validator=one_of(AgreementForm))
    stances: tuple[Stance, ...] = attrs.field(default=(), converter=tuple[Stance, ...])
    note: str = ""

    @property
    def is_full(self) -> bool | None:
        """Whether everybody who was asked agrees; `None` while somebody has not said."""
        said = {stance.says for stance in self.stances}
        if "disagrees" in said:
            return False
        return None if not said or "pending" in said else True


@attrs.frozen(kw_only=True)
class CopyGiven(HeldPart):
    """That somebody got a copy of the plan.

    Attributes:
        id: text the host gives.
        to: what they are called.
        member: their id where they are a member; the person in care is one too.
        on: the day.
        version: the version of the plan they got; `None` where nobody has noted it.
        form: in which form, in the host's words, as `paper` or `portal`.
        by: who gave it to them.
        status: whether it counts.
        labels: what it is about that not everybody may see, as `SUD` or `MH`; empty where there is nothing of the kind,
            `None` where nobody has said so.
    """

    KIND: ClassVar[str] = "copy"
    TITLE: ClassVar[str] = "to"

    to: str = attrs.field(validator=given)
    member: str | None = attrs.field(default=None, metadata=WHO)
    on: date
    version: int | None = attrs.field(default=None, validator=_version, metadata=HOSTS)
    form: str = ""
    by: str | None = attrs.field(default=None, metadata=WHO)
