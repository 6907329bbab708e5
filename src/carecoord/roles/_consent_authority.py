"""What lets somebody see or consent besides a person's own consent: authority, emergency, release."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final, Literal

import attrs

from carecoord.errors import DataError, Fault
from carecoord.roles._labels import codes_of

__all__ = ["Declassification", "Emergency", "ProxyAuthority", "Release", "Reserved"]

Power = Literal["see", "consent"]

_LONGEST: Final = timedelta(hours=24)
"""How long an emergency may be said to last at most: a rule of ours."""


def _may(may: Iterable[Power]) -> frozenset[Power]:
    return frozenset(may)


@attrs.frozen(kw_only=True)
class ProxyAuthority:
    """What lets somebody see for a person, or consent for them. Whom the law gives it to, the host says.

    Attributes:
        holder: the id of who has it.
        patient: the id of the person.
        categories: what it is about: sensitivity codes, or `all`; ordinary content only where there are none.
        may: `see`, `consent` or both.
        since: the first day; `None` for always.
        until: the day after the last, as that of coming of age.
        evidence: on what it rests.
    """

    holder: str
    patient: str
    categories: frozenset[str] = attrs.field(default=frozenset(), converter=codes_of)
    may: frozenset[Power] = attrs.field(default=frozenset(("see", "consent")), converter=_may)
    since: date | None = None
    until: date | None = None
    evidence: str = ""

    def __attrs_post_init__(self) -> None:
        faults = [Fault(f"$.{name}", "is empty") for name in ("holder", "patient") if not getattr(self, name)]
        if not self.may <= {"see", "consent"}:
            faults.append(Fault("$.may", "see, consent or both are wanted"))
        if faults:
            raise DataError("authority", faults)

    def is_in_force(self, *, on: date) -> bool:
        """Say whether it holds on a day."""
        return (self.since is None or self.since <= on) and (self.until is None or on < self.until)


@attrs.frozen(kw_only=True)
class Reserved:
    """What only the person decides, whoever has authority for them.

    Attributes:
        categories: sensitivity codes, or `all`.
        since: the first day; `None` for always.
        until: the day after the last.
        patient: the id of the person it is about; `None` for everybody.
        source: the law that says so.
    """

    categories: frozenset[str] = attrs.field(converter=codes_of)
    since: date | None = None
    until: date | None = None
    patient: str | None = None
    source: str = ""

    def is_in_force(self, *, on: date) -> bool:
        """Say whether it holds on a day."""
        return (self.since is None or self.since <= on) and (self.until is None or on < self.until)


@attrs.frozen(kw_only=True)
class Emergency:
    """Why somebody sees what nobody permitted: a logged reason.

    Attributes:
        member: the id of who sees it.
        patient: the id of the person.
        affiliation: whom that member works for.
        disclosed_by: who disclosed it.
        since: when it began.
        until: when it is over, 24 hours later at most.
        nature: what it was.
        why_no_consent: why nobody could be asked.

    Raises:
        DataError: anything is missing: without a reason there is no emergency.
    """

    member: str
    patient: str
    affiliation: str
    disclosed_by: str
    since: datetime
    until: datetime
    nature: str
    why_no_consent: str

    def __attrs_post_init__(self) -> None:
        names = ("member", "patient", "affiliation", "disclosed_by", "nature", "why_no_consent")
        faults = [Fault(f"$.{name}", "is wanted, found nothing") for name in names if not getattr(self, name).strip()]
        for name in ("since", "until"):
            when = getattr(self, name)
            if not isinstance(when, datetime) or when.tzinfo is None:
                faults.append(Fault(f"$.{name}", "a time with its offset from UTC is wanted"))
        if not faults and not self.since < self.until <= self.since + _LONGEST:
            faults.append(Fault("$.until", "it is after the start, 24 hours at most"))
        if faults:
            raise DataError("emergency", faults)

    def is_in_force(self, *, on: date) -> bool:
        """Say whether it lasts at a moment; on a day without a time nobody can say, so it does not."""
        return isinstance(on, datetime) and on.tzinfo is not None and self.since <= on < self.until


@attrs.frozen(kw_only=True)
class Release:
    """A clinician lets the person see something that was kept from them, or notes of their own.

    Attributes:
        patient: the id of the person.
        element: what is released, as `goals.mood` or `entries.17`.
        by: who released it.
        on: the first day it may be shown.
        reason: why.
    """

    patient: str
    element: str
    by: str
    on: date
    reason: str

    def __attrs_post_init__(self) -> None:
        _check_said("release", self)


@attrs.frozen(kw_only=True)
class Declassification:
    """An author says that something does not disclose what its definition, or what it refers to, would.

    Attributes:
        patient: the id of the person.
        element: what it is about, as `goals.mood` or `entries.17`.
        categories: the codes that do not hold for it.
        by: who says so.
        on: the first day it counts.
        reason: why.
    """

    patient: str
    element: str
    categories: frozenset[str] = attrs.field(converter=codes_of)
    by: str
    on: date
    reason: str

    def __attrs_post_init__(self) -> None:
        _check_said("declassification", self)


def _check_said(name: str, said: Release | Declassification) -> None:
    wanted = ("patient", "element", "by", "reason")
    faults = [Fault(f"$.{each}", "is wanted, found nothing") for each in wanted if not getattr(said, each).strip()]
    if faults:
        raise DataError(name, faults)
