"""Judge a change by norms: could chance explain it, and does it end among people who are well?"""

from __future__ import annotations

import math
from typing import Literal

import attrs

from carecoord.errors import AnswerError, Fault
from carecoord.scoring._instrument import Score

__all__ = ["ClinicalChange", "Norms", "judged"]

Number = int | float
Criterion = Literal["", "a", "b", "c"]

RELIABLE = 1.96
"""Beyond this index either way, chance explains a change in fewer than one of twenty."""


@attrs.frozen(kw_only=True)
class Norms:
    """How a score is spread in people with the problem and in people who are well, from a study of one's own choice.

    Attributes:
        sd: standard deviation before treatment in people with the problem, in points, above 0.
        reliability: the score's reliability, from 0 to below 1.
        mean: mean before treatment in people with the problem; `None` where it is not known.
        well_mean: mean in people who are well; `None` where it is not known.
        well_sd: standard deviation there, above 0; needed with `well_mean`.
        source: where the norms were read.

    Raises:
        AnswerError: norms that are outside these limits.
    """

    sd: float
    reliability: float
    mean: float | None = None
    well_mean: float | None = None
    well_sd: float | None = None
    source: str = ""

    def __attrs_post_init__(self) -> None:
        faults = []
        if not (self.sd > 0 and 0 <= self.reliability < 1 and math.isfinite(self.sd)):
            found = f"found {self.sd} and {self.reliability}"
            faults.append(Fault("", f"sd above 0 and reliability from 0 to below 1 are wanted, {found}"))
        if not all(math.isfinite(mean) for mean in (self.mean, self.well_mean) if mean is not None):
            faults.append(Fault("", "the means are numbers"))
        if (self.well_mean is None) != (self.well_sd is None):
            faults.append(Fault("", "well_mean and well_sd go together"))
        elif self.well_sd is not None and not (self.well_sd > 0 and math.isfinite(self.well_sd)):
            faults.append(Fault("", f"well_sd above 0 is wanted, found {self.well_sd}"))
        if faults:
            raise AnswerError("norms", faults)

    @property
    def standard_error(self) -> float:
        """The standard error of a difference between two scores, in points: `sd * sqrt(2 * (1 - reliability))`."""
        return self.sd * math.sqrt(2 * (1 - self.reliability))

    @property
    def criterion(self) -> Criterion:
        """Which of the three cut-offs these norms allow.

        `a`: two standard deviations beyond the mean of people with the problem;
        `b`: within two of the mean of people who are well;
        `c`: half-way between the two means, weighed by the spreads; used wherever both are known.
        """
        if self.well_mean is None:
            return "" if self.mean is None else "a"
        return "b" if self.mean is None else "c"

    def cutoff(self, worse: str) -> float | None:
        """Give the score that parts people with the problem from people who are well, in points.

        Args:
            worse: which way the score is worse, `higher` or `lower`.
        """
        away = 2 if worse == "higher" else -2
        if self.well_mean is None or self.well_sd is None:
            return None if self.mean is None else self.mean - away * self.sd
        if self.mean is None:
            return self.well_mean + away * self.well_sd
        return (self.sd * self.well_mean + self.well_sd * self.mean) / (self.sd + self.well_sd)


@attrs.frozen(kw_only=True)
class ClinicalChange:
    """What norms make of a change.

    Attributes:
        outcome: `recovered` (reliably better, and from the worse side of the cut-off to the better),
            `improved` (reliably better only), `unchanged`, or `deteriorated` (reliably worse);
            `None` where a score is unknown.
        index: the reliable change index, signed as the score is; beyond 1.96 either way a change is reliable.
        cutoff: the score that parts people with the problem from people who are well; `None` where the norms
            do not tell: then nothing is called recovered.
        criterion: how it was found: `a`, `b` or `c`; empty where it was not.
        because: the numbers that this rests on, in words.
    """

    outcome: Literal["recovered", "improved", "unchanged", "deteriorated"] | None
    index: float | None
    cutoff: float | None
    criterion: Criterion
    because: str


def judged(score: Score, before: Number | None, after: Number | None, norms: Norms) -> ClinicalChange:
    """Judge the change of a score by norms."""
    if score.worse == "neither":
        raise AnswerError(score.id, [Fault("", "the score has no direction, so no change of it is better or worse")])
    up = score.worse == "higher"
    apart = 0 if norms.mean is None or norms.well_mean is None else norms.mean - norms.well_mean
    if norms.criterion == "c" and (apart <= 0 if up else apart >= 0):
        message = (
            f"{score.worse} is worse here, but the norms have {norms.mean} with the problem, {norms.well_mean} well"
        )
        raise AnswerError(score.id, [Fault("", message)])
    cutoff, error = norms.cutoff(score.worse), norms.standard_error
    if before is None or after is None:
        return ClinicalChange(
            outcome=None, index=None, cutoff=cutoff, criterion=norms.criterion, because="a score is unknown"
        )
    index = (after - before) / error
    better = -index if up else index
    crossed = cutoff is not None and (after < cutoff <= before if up else before <= cutoff < after)
    outcome: Literal["recovered", "improved", "unchanged", "deteriorated"] = "unchanged"
    if abs(index) > RELIABLE:
        outcome = "deteriorated" if better < 0 else "recovered" if crossed else "improved"
    parts = [f"{after - before:+g} points are {index:.2f} standard errors of {error:.2f}"]
    if cutoff is not None:
        parts.append(f"{before:g} to {after:g} {'crosses' if crossed else 'does not cross'} {cutoff:.2f}")
    because = "; ".join([*parts, *filter(None, [norms.source])])
    return ClinicalChange(outcome=outcome, index=index, cutoff=cutoff, criterion=norms.criterion, because=because)
