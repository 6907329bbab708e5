"""Keep back small numbers, so that nobody can be found in a published report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import attrs

from carecoord.caseload._measures._counts import Counts
from carecoord.caseload._measures._evaluate import MeanReport, MeasureReport, RateReport

__all__ = ["suppress"]

SMALLEST: Final = 5
"""NHS England shows no count below 5 below the level of the country (annual reports on NHS Talking Therapies)."""


def suppress(report: MeasureReport, *, below: int = SMALLEST) -> MeasureReport:
    """Give the report without small numbers, and without those from which they could be worked out.

    A group with a count of 1 to `below - 1` anywhere, be it the numerator, those who missed it, or the excluded, is
    kept back in every rate. Where the groups left would give it away by subtraction from the total, more groups are
    kept back, the smallest first, until what is kept back of a division is at least two groups that together show no
    small number. Where a total is small itself, everything is kept back. Who is who is left out altogether.

    Args:
        report: what a measure came to.
        below: counts from 1 to one below this are small; the host's own rule may want more than 5.

    Raises:
        ValueError: `below` is less than 2, so that nothing would be small.

    >>> from carecoord.caseload import Counts, MeasureReport, RateReport, Group
    >>> from datetime import date
    >>> counts = [Counts(people=n, initial=n, denominator=n, numerator=n // 2) for n in (3, 40, 60)]
    >>> groups = [Group(by="sex", name=name, counts=one) for name, one in zip("abc", counts)]
    >>> rate = RateReport(id="recovery", counts=sum(counts[1:], counts[0]), groups=tuple(groups))
    >>> year = (date(2026, 1, 1), date(2026, 12, 31))
    >>> report = MeasureReport(measure="m", digest="", period=year, on=year[1], rates=(rate,))
    >>> [group.counts is None for group in suppress(report)["recovery"].groups]
    [True, True, False]
    """
    if below < 2:
        raise ValueError("below: 2 or more is wanted")
    totals = [rate.counts for rate in report.rates]
    everything = any(one is None or _small(one, below) for one in totals)
    hidden = {place for by in _divisions(report) for place in _hidden(report, by, below, everything=everything)}
    rates = tuple(
        RateReport(
            id=rate.id,
            counts=None if everything else rate.counts,
            groups=tuple(
                attrs.evolve(group, counts=None) if (group.by, group.name) in hidden else group for group in rate.groups
            ),
            least=rate.least,
        )
        for rate in report.rates
    )
    return attrs.evolve(report, rates=rates, means=tuple(_mean(one, below) for one in report.means), memberships=())


def _divisions(report: MeasureReport) -> list[str]:
    return list(dict.fromkeys(group.by for rate in report.rates for group in rate.groups))


def _numbers(counts: Counts) -> Iterable[int]:
    yield from attrs.astuple(counts)
    yield from (counts.counted, counts.counted - counts.numerator, counts.initial - counts.denominator)


def _small(counts: Counts, below: int) -> bool:
    return any(0 < number < below for number in _numbers(counts))


def _hidden(report: MeasureReport, by: str, below: int, *, everything: bool) -> set[tuple[str, str]]:
    """Give the groups of one division that are kept back."""
    columns = [[group for group in rate.groups if group.by == by] for rate in report.rates]
    names = list(dict.fromkeys(group.name for column in columns for group in column))
    if everything or any(group.counts is None for column in columns for group in column):
        return {(by, name) for name in names}
    kept = [{group.name: group.counts for group in column if group.counts is not None} for column in columns]
    hidden = {name for name in names if any(_small(column[name], below) for column in kept if name in column)}
    order = sorted(names, key=lambda name: (kept[0][name].people if name in kept[0] else 0, name))
    while hidden and len(hidden) < len(names) and _gives_away(kept, hidden, below):
        hidden.add(next(name for name in order if name not in hidden))
    return {(by, name) for name in hidden}


def _gives_away(columns: Sequence[dict[str, Counts]], hidden: set[str], below: int) -> bool:
    """Say whether subtracting the groups shown from the total would show a small number."""
    if len(hidden) < 2:
        return True
    together = (sum((column[name] for name in hidden if name in column), Counts()) for column in columns)
    return any(_small(one, below) for one in together)


def _mean(mean: MeanReport, below: int) -> MeanReport:
    few = any(0 < number < below for number in (mean.number or 0, mean.unknown or 0))
    return attrs.evolve(mean, number=None, unknown=None, mean=None, sd=None) if few else mean
