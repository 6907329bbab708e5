"""Hold groups against each other, and say how large a change is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean, stdev

import attrs

from carecoord.caseload._measures._report import RateReport
from carecoord.errors import DataError, Fault

__all__ = ["Disparity", "disparities", "effect_size", "standardised"]


@attrs.frozen(kw_only=True)
class Disparity:
    """How far a group's rate lies from a reference group's.

    Attributes:
        name: the group.
        points: its rate minus the reference's, in percentage points; `None` where either has no rate.
        ratio: its rate over the reference's; `None` where either has no rate, or the reference's is 0.
    """

    name: str
    points: float | None
    ratio: float | None


def disparities(rate: RateReport, *, by: str, reference: str) -> tuple[Disparity, ...]:
    """Give how far every other group lies from a reference group, `not stated` included.

    Args:
        rate: one rate of a report.
        by: what people are divided by.
        reference: the group to hold the others against.

    Raises:
        UnknownIdError: there is no such group.

    >>> from carecoord.caseload import Counts, Group, RateReport
    >>> groups = [
    ...     Group(by="sex", name="female", counts=Counts(denominator=100, numerator=50)),
    ...     Group(by="sex", name="male", counts=Counts(denominator=50, numerator=20)),
    ... ]
    >>> rate = RateReport(id="recovery", counts=Counts(), groups=tuple(groups))
    >>> one, = disparities(rate, by="sex", reference="female")
    >>> round(one.points, 6), round(one.ratio, 6)
    (-10.0, 0.8)
    """
    base = rate.group(by, reference).counts.rate
    found = []
    for group in rate.groups:
        if group.by == by and group.name != reference:
            own = group.counts.rate
            if own is None or base is None:
                found.append(Disparity(name=group.name, points=None, ratio=None))
            else:
                found.append(Disparity(name=group.name, points=100 * (own - base), ratio=own / base if base else None))
    return tuple(found)


def standardised(rate: RateReport, *, by: str, weights: Mapping[str, float]) -> float | None:
    """Give the rate there would be if the groups had the sizes of a standard population: direct standardisation.

    Args:
        rate: one rate of a report.
        by: what people are divided by.
        weights: how many of the standard population are in each group; shares do as well.

    Returns:
        The sum of weight times rate over the sum of weights; `None` where a group that weighs something has no rate.

    Raises:
        UnknownIdError: the report has no such group.
        DataError: a weight is negative, or all are 0.

    >>> from carecoord.caseload import Counts, Group, RateReport
    >>> groups = [
    ...     Group(by="age", name="young", counts=Counts(denominator=10, numerator=5)),
    ...     Group(by="age", name="old", counts=Counts(denominator=90, numerator=9)),
    ... ]
    >>> report = RateReport(id="recovery", counts=Counts(), groups=tuple(groups))
    >>> round(standardised(report, by="age", weights={"young": 1, "old": 1}), 6)
    0.3
    """
    faults = [
        Fault(f"$.weights[{place}]", "0 or more is wanted") for place, one in enumerate(weights.values()) if one < 0
    ]
    if not faults and not sum(weights.values()) > 0:
        faults = [Fault("$.weights", "one above 0 is wanted")]
    if faults:
        raise DataError("standard population", faults)
    rates = {name: rate.group(by, name).counts.rate for name in weights}
    total = 0.0
    for name, weight in weights.items():
        own = rates[name]
        if weight and own is None:
            return None
        total += weight * (own or 0.0)
    return total / sum(weights.values())


def effect_size(before: Sequence[float], after: Sequence[float]) -> float | None:
    """Give the fall of the mean in standard deviations of the first scores.

    Args:
        before: the first scores.
        after: the last scores of the same people, in the same order.

    Returns:
        Mean before minus mean after, over the sample standard deviation before: above 0 where scores fell.
        `None` for fewer than two people, or where all began alike.

    Raises:
        DataError: the lists differ in length.

    Source: NHS England, NHS Talking Therapies annual report, which publishes effect sizes so.

    >>> round(effect_size([18, 14, 10], [9, 8, 7]), 2)
    1.5
    """
    if len(before) != len(after):
        raise DataError("effect size", [Fault("$.after", f"{len(before)} scores are wanted, found {len(after)}")])
    if len(before) < 2 or not (spread := stdev(before)):
        return None
    return (fmean(before) - fmean(after)) / spread
