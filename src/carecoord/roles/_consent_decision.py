"""What is decided about something that somebody wants to see, and what decided it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import attrs

__all__ = ["ClauseId", "ConsentDecision", "Reason", "Result", "joined"]


class ClauseId(NamedTuple):
    """Which clause of which consent.

    Attributes:
        consent: the consent's id.
        clause: the clause's number.
    """

    consent: str
    clause: str

    def __str__(self) -> str:
        """Give it as `S.1`."""
        return f"{self.consent}.{self.clause}"


Result = Literal["permit", "deny", "no-consent"]
Reason = Literal[
    "", "not-active", "own-record", "own-notes", "taboo", "notes", "authority", "break-glass",
]  # fmt: skip


@attrs.frozen(kw_only=True)
class ConsentDecision:
    """Whether somebody may see something, and what decided it. It belongs to whoever discloses, never to the reader.

    Attributes:
        result: `permit`; `deny` where something refuses; `no-consent` where nothing permits.
        reason: what decided besides clauses: `not-active`, `own-record`, `own-notes`, `taboo` (kept from the person
            until released), `notes` (notes are outside the right of access), `authority`, `break-glass`.
        clauses: the clauses that permitted or refused, by consent and number; all of them. Where the glass was broken,
            those that refused and had to stand back.
        obligations: what goes with it: `notice`, `consent-explanation` and `no-proceedings` under 42 CFR Part 2; `log`,
            `document`, `notify` and `review` for breaking the glass; `not-to-patient`; `denial-notice` where the law
            may owe the person a written denial; and the handling of the label.
        nearest: what came nearest to permitting, where nothing did, and what it lacked; where something refuses, what
            it outweighs.
    """

    result: Result
    reason: Reason = ""
    clauses: tuple[ClauseId, ...] = ()
    obligations: frozenset[str] = frozenset()
    nearest: tuple[str, ...] = ()

    @property
    def permits(self) -> bool:
        """Whether it may be seen."""
        return self.result == "permit"


def joined(decisions: Sequence[ConsentDecision]) -> ConsentDecision:
    """Give one decision for several: everything must be permitted, and a refusal outweighs a missing consent."""
    if len(decisions) == 1:
        return decisions[0]
    denied = [each for each in decisions if each.result == "deny"]
    lacking = [each for each in decisions if each.result == "no-consent"]
    deciding = denied or lacking or decisions
    return ConsentDecision(
        result=deciding[0].result,
        reason=_WEIGHT[max(_WEIGHT.index(each.reason) for each in deciding)],
        clauses=tuple(sorted({clause for each in deciding for clause in each.clauses})),
        obligations=frozenset[str]().union(*(each.obligations for each in deciding)),
        nearest=tuple(sorted({words for each in deciding for words in each.nearest})),
    )


_WEIGHT: tuple[Reason, ...] = (
    "", "own-record", "own-notes", "authority", "break-glass", "notes", "taboo", "not-active",
)  # fmt: skip
