"""What stands out about one person on a caseload: a measure, read as flags."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Literal

import attrs

from carecoord.caseload._measures._episodes import rows_of_episode
from carecoord.caseload._measures._evaluate import outcomes, standing
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
    """Give what a measure flags in a person's episodes, each by itself, with all their plans.

    What is raised in one episode is raised, whatever nobody can say of another.
    """
    theirs, plan = tuple(plans), measure.plan
    titles = {rate.id: rate for rate in measure.definition.rates}
    flags: dict[str, CaseloadFlag] = {}
    for episode in episodes:
        rows = rows_of_episode(episode, plan.lists, on=on, ends=plan.ends, plans=theirs, as_of=as_of)
        found = outcomes(measure, rows, episode, period=(on, on), on=on)
        if not any(one.numerator or one.undecided for one in found):
            continue
        for rate, member, because in standing(measure, rows, episode, period=(on, on), on=on):
            open_ = rate not in flags or flags[rate].state == "undecided"
            if open_ and (member.numerator or (member.undecided and rate not in flags)):
                flags[rate] = CaseloadFlag(
                    id=rate,
                    title=titles[rate].title or rate,
                    state="raised" if member.numerator else "undecided",
                    because=because(),
                    evidence=titles[rate].evidence,
                )
    yield from flags.values()
