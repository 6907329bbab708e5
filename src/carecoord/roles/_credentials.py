"""What somebody is licensed to do, where and how long, and what training a duty needs."""

from __future__ import annotations

from datetime import date
from typing import Literal

import attrs

from carecoord._values import Period
from carecoord.errors import DataError, Fault
from carecoord.roles._dates import check_day, check_period, in_force
from carecoord.roles._role import Evidence

__all__ = ["Credential", "Trained", "Training"]


@attrs.frozen
class Credential:
    """What one person may do by licence: an authority, where it holds, and from when to when.

    A suspension is a credential of its own, `denied` while it lasts: it outweighs every other of the same authority.

    >>> Credential("kim", "rx", jurisdiction="US").holds_in("US-NY")
    True

    Attributes:
        member: the id of who holds it, in every role.
        authority: `rx` to prescribe, `dx` to diagnose, `tx` to deliver psychotherapy, or the name of a therapy or
            licence as duties ask for it.
        jurisdiction: where it holds, as an ISO 3166 code: `US-NY`, or `US` for all of it. One that does not say where
            counts only on a team that does not say where its people are.
        since: the first day; `None` where that is not known.
        until: the day after the last; `None` while no end is known.
        supervisor: the id of the member under whom a supervised one is exercised.
        status: `granted`, `supervised` (only under a named supervisor who holds it), `denied` (or suspended), or
            `silent` (the law there says nothing, and nobody has decided).
        note: what to know about it.
    """

    member: str
    authority: str
    jurisdiction: str | None = attrs.field(default=None, kw_only=True)
    since: date | None = attrs.field(default=None, kw_only=True)
    until: date | None = attrs.field(default=None, kw_only=True)
    supervisor: str | None = attrs.field(default=None, kw_only=True)
    status: Literal["granted", "supervised", "denied", "silent"] = attrs.field(default="granted", kw_only=True)
    note: str = attrs.field(default="", kw_only=True)

    def __attrs_post_init__(self) -> None:
        check_period("credential", self.since, self.until)
        faults = [Fault(f"$.{field}", "is empty") for field in ("member", "authority") if not getattr(self, field)]
        if self.status not in {"granted", "supervised", "denied", "silent"}:
            faults.append(Fault("$.status", f"{self.status!r} is none of granted, supervised, denied, silent"))
        if self.supervisor is not None and self.status != "supervised":
            faults.append(Fault("$.supervisor", f"goes with the status supervised, found {self.status}"))
        if self.supervisor == self.member:
            faults.append(Fault("$.supervisor", "nobody supervises themselves"))
        if faults:
            raise DataError("credential", faults)

    def is_in_force(self, *, on: date) -> bool:
        """Say whether it holds on that day."""
        return in_force(self.since, self.until, on)

    def holds_in(self, jurisdiction: str | None) -> bool:
        """Say whether it holds there: in the place it names and in every part of it; anywhere for `None`."""
        if jurisdiction is None or self.jurisdiction == jurisdiction:
            return True
        return self.jurisdiction is not None and jurisdiction.startswith(f"{self.jurisdiction}-")


@attrs.frozen
class Trained:
    """That somebody has had a training.

    Attributes:
        member: the id of who had it.
        training: the id of the training.
        on: the day it was completed: it counts from then.
        until: the day from which it counts no more, as a certificate says; where the training itself says how long it
            counts, the earlier of the two.
    """

    member: str
    training: str
    on: date = attrs.field(kw_only=True)
    until: date | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        check_day("trained", "$.on", self.on)
        check_period("trained", self.on, self.until)


@attrs.frozen(kw_only=True)
class Training:
    """A training that whoever does certain duties needs.

    Attributes:
        id: what records of it call it by.
        title: its name for people.
        duties: the ids of the duties it is needed for; every duty where none is named.
        roles: the roles that need it for them; every role where none is named.
        valid: how long it counts; `None` for always, or as each certificate says.
        notice: how long before it ends the next one is due.
        sources: where it was read that it is needed.
        evidence: how well that is known.
        note: what to beware of.
    """

    id: str
    title: str = ""
    duties: tuple[str, ...] = attrs.field(default=(), converter=tuple[str, ...])
    roles: tuple[str, ...] = attrs.field(default=(), converter=tuple[str, ...])
    valid: Period | None = None
    notice: Period | None = None
    sources: tuple[str, ...] = attrs.field(default=(), converter=tuple[str, ...])
    evidence: Evidence = "unverified"
    note: str = ""

    def is_needed(self, duty: str, role: str) -> bool:
        """Say whether somebody in this role needs it to do this duty."""
        return (not self.duties or duty in self.duties) and (not self.roles or role in self.roles)

    def end(self, record: Trained) -> date | None:
        """Give the day from which a record of it counts no more; `None` where it always counts."""
        ends = [record.until, None if self.valid is None else self.valid.after(record.on)]
        return min((end for end in ends if end is not None), default=None)

    def due(self, end: date) -> date:
        """Give the day from which the next one is due, where this one counts until `end`."""
        return end if self.notice is None else self.notice.before(end)
