"""What stands out about one person on a caseload: a measure, read as flags."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Literal

import attrs

from carecoord.caseload._measures._episodes import record
from carecoord.caseload._measures._evaluate import standing
from carecoord.caseload._measures._measure import Measure
from carecoord.plans import CarePlan
from carecoord.stepped_care import Episode

__all__ = ["CaseloadFlag", "flags_of"]


@attrs.frozen(kw_only=True)
class CaseloadFlag:
    """Something that stands out.

    Attributes:
        id: the id of the rate that it is.
        title: what it means.
        state: `raised`; or `undecided` where a fact is missing to say whether it is.
        because: why, in one sentence.
        evidence: how well its numbers are founded.
    """

    id: str
    title: str
    state: Literal["raised", "undecided"]
    because: str
    evidence: str = ""

    def __str__(self) -> str:
        """Give what it means, why, and whether its numbers are verified."""
        mark = " unverified" if self.evidence == "unverified" else ""
        asked = "? " if self.state == "undecided" else ": "
        return f"{self.title}{asked}{self.because}{mark}"


def flags_of(
    measure: Measure, episodes: Iterable[Episode], plans: Iterable[CarePlan], *, on: date, as_of: date | None = None
) -> Iterator[CaseloadFlag]:
    """Give what a measure flags in a person's episodes, each by itself, with all their plans."""
    theirs = tuple(plans)
    definitions = measure.definition.rates
    seen: set[str] = set()
    for episode in episodes:
        known = record(episode, plans=theirs, on=on, as_of=as_of)
        for rate, member, because in standing(measure, known, period=(on, on), on=on):
            if rate in seen or not (member.numerator or member.undecided):
                continue
            seen.add(rate)
            definition = next(one for one in definitions if one.id == rate)
            yield CaseloadFlag(
                id=rate,
                title=definition.title or rate,
                state="raised" if member.numerator else "undecided",
                because=because(),
                evidence=definition.evidence,
            )
