"""What can be wrong with who does what, as a value, and who is there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Literal

import attrs

from carecoord.roles._dates import Span
from carecoord.roles._duties import Duty

__all__ = ["SEVERITIES", "Contact", "Gap", "GapKind", "Severity", "duty_gap", "listed"]

GapKind = Literal[
    "uncovered",
    "no-accountable",
    "several-accountable",
    "unnamed",
    "no-responsible",
    "inactive",
    "not-allowed",
    "unlicensed",
    "credential-lapsed",
    "unsupervised",
    "law-silent",
    "untrained",
    "training-due",
    "may-not-see",
    "no-standing-cover",
    "no-escalation",
    "broken-hand-over",
    "unexplained-hand-over",
    "not-authorised",
    "unapproved",
    "over-ceiling",
    "conflict",
    "incomplete-team",
    "unconfirmed",
    "unreachable",
    "not-in-force",
    "unknown-role",
]
Severity = Literal["safety", "breach", "warning"]

SEVERITIES: tuple[Severity, ...] = ("safety", "breach", "warning")


@attrs.frozen(kw_only=True)
class Gap:
    """Something that is wrong with who does what on a day, or on some days of a period.

    Attributes:
        kind: what is wrong.

            About who answers for a duty or does it: `uncovered` (nobody there answers for it), `no-accountable` (the
            matrix gives it to nobody), `several-accountable`, `unnamed` (several members in the role, none of them
            named), `no-responsible` (nobody there does it), `inactive` (named, but not a member), `not-allowed` (a
            patient or an informal member may not hold it), `no-standing-cover` (whoever answers for it has not said
            who stands in), `no-escalation` (nobody is there to turn to either), `broken-hand-over` (one period ended
            and nobody holds the duty since), `unexplained-hand-over` (a new period without a reason),
            `unconfirmed` (team or plan changed, and who answers for it was not confirmed anew).

            About what whoever does it may do: `unlicensed`, `credential-lapsed`, `unsupervised`, `law-silent` (the law
            there says nothing), `untrained`, `training-due`, `may-not-see`, `not-authorised` (approved by somebody who
            may not), `unapproved` (done, and not approved yet).

            About the team: `incomplete-team`, `not-in-force`, `over-ceiling`, `unreachable`, `unknown-role`, and
            `conflict` (two instructions about the same thing).
        severity: `safety` (it is about a safety duty), `breach`, or `warning`.
        rule: which of the rules of a valid assignment it breaks, by number; `None` where it is none of them.
        duty: the duty's id; `None` where it is not about one duty.
        role: the role it is about, if one.
        member: the id of the member it is about, if one.
        since: the first day of what causes it; `None` where there is no such day.
        until: the day on which that ends by itself; `None` where nothing that is known ends it.
        days: on which days of a period it is so; empty where one day was asked about.
        because: why, in words.
        mend: what would end it.
    """

    kind: GapKind
    severity: Severity
    rule: int | None
    duty: str | None = None
    role: str | None = None
    member: str | None = None
    since: date | None = None
    until: date | None = None
    days: tuple[Span, ...] = ()
    because: str
    mend: str


@attrs.frozen(kw_only=True)
class Contact:
    """Somebody to turn to, and how to reach them.

    Attributes:
        member: their id.
        role: the role in which they are meant.
        reach: how to reach them, as the team says it; empty where it does not.
        covering_for: the id of whom they stand in for, who is away.
        back: the next day they work, where that is another than the day asked about.
        because: why they are the one, in words that follow their id.
    """

    member: str
    role: str
    reach: str = ""
    covering_for: str | None = None
    back: date | None = None
    because: str = ""


def listed(words: Iterable[str], joiner: str = "and") -> str:
    """Give words as people list them: `a, b and c`."""
    *head, last = words
    return f"{', '.join(head)} {joiner} {last}" if head else last


def duty_gap(
    duty: Duty,
    kind: GapKind,
    rule: int | None,
    because: str,
    mend: str,
    *,
    role: str | None = None,
    member: str | None = None,
    since: date | None = None,
    until: date | None = None,
    is_warning: bool = False,
) -> Gap:
    """Give what is wrong with one duty; with a safety duty it is a matter of safety, unless it is a warning."""
    severity: Severity = "warning" if is_warning else "safety" if duty.safety else "breach"
    return Gap(
        kind=kind, severity=severity, rule=rule, duty=duty.id, role=role, member=member,
        since=since, until=until, because=because, mend=mend,
    )  # fmt: skip
