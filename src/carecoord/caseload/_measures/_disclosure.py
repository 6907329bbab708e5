"""Keep back small numbers, so that nobody can be found in a published report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

import attrs

from carecoord._shares import Share
from carecoord.caseload._measures._counts import Counts
from carecoord.caseload._measures._report import MeanReport, MeasureReport, RateReport, rate_of

__all__ = ["PublishedGroup", "PublishedRate", "PublishedReport", "suppress"]

SMALLEST: Final = 5
"""NHS England shows no count below 5 below the level of the country (annual reports on NHS Talking Therapies)."""


@attrs.frozen(kw_only=True)
class PublishedGroup:
    """A part of the people, as it may be shown.

    Attributes:
        by: what they are divided by.
        name: which part.
        share: how many were counted and how many met it; `None` where that is kept back.
    """

    by: str
    name: str
    share: Share | None


@attrs.frozen(kw_only=True)
class PublishedRate:
    """A rate, as it may be shown.

    Attributes:
        id: the rate's id.
        share: how many were counted and how many met it; `None` where that is kept back.
        groups: the same for parts of the people.
        least: with fewer than this counted, the source says, the rate is not to be reported.
    """

    id: str
    share: Share | None
    groups: tuple[PublishedGroup, ...] = ()
    least: int = 0


@attrs.frozen(kw_only=True)
class PublishedReport:
    """What a measure came to, without small numbers and without names.

    Attributes:
        measure: the measure's id.
        digest: the digest of what its file said.
        period: first and last day of the measurement period.
        on: the day it was looked at.
        rates: one a rate.
        means: one a mean; those over few people, or with few unknown, are left out.
        unverified: the parts of the measure whose numbers were only recalled.
    """

    measure: str
    digest: str
    period: tuple[date, date]
    on: date
    rates: tuple[PublishedRate, ...]
    means: tuple[MeanReport, ...] = ()
    unverified: tuple[str, ...] = ()

    def __getitem__(self, rate: str) -> PublishedRate:
        """Give one rate.

        Raises:
            UnknownIdError: the measure has none with this id.
        """
        return rate_of(self.rates, rate)

    def __str__(self) -> str:
        """Give a line a rate, and a line a group below it."""
        lines = [f"{self.measure}, {self.period[0]} to {self.period[1]}, on {self.on}"]
        for rate in self.rates:
            lines.append(f"  {rate.id}: {rate.share or 'kept back'}")
            lines += [f"    {group.by} {group.name}: {group.share or 'kept back'}" for group in rate.groups]
        if self.unverified:
            lines.append(f"unverified: {', '.join(self.unverified)}")
        return "\n".join(lines)


def suppress(report: MeasureReport, *, below: int = SMALLEST) -> PublishedReport:
    """Give the report without small numbers, and without those from which they could be worked out.

    Of every rate, and every group of it, only the share is shown: how many were counted and how many met it. A group in
    which any of these, or those who missed it, is 1 to `below - 1` is kept back in every rate; where every entry counts
    by itself, as every discharge, so is a group in which so few people had them. Where the groups left
    would give it away by subtraction from the total, more groups are kept back, the smallest first, until what is kept
    back of a division is at least two groups that together show no small number. A total that is small itself is kept
    back, with all its groups. Who is who is left out altogether. Each division is looked at by itself: two of which one
    is a part of the other, as regions and districts, may give each other away and are not to be published together.

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
    >>> [group.share is None for group in suppress(report)["recovery"].groups]
    [True, True, False]
    """
    if below < 2:
        raise ValueError("below: 2 or more is wanted")
    shown = [rate for rate in report.rates if not _small(rate.counts, below)]
    hidden = {place for by in _divisions(report) for place in _hidden(shown, by, below)}
    return PublishedReport(
        measure=report.measure,
        digest=report.digest,
        period=report.period,
        on=report.on,
        rates=tuple(_published(rate, hidden, kept=rate in shown) for rate in report.rates),
        means=tuple(mean for mean in report.means if not _few(mean, below)),
        unverified=report.unverified,
    )


def _divisions(report: MeasureReport) -> list[str]:
    return list(dict.fromkeys(group.by for rate in report.rates for group in rate.groups))


def _small(counts: Counts, below: int) -> bool:
    return any(0 < number < below for number in counts.numbers)


def _few(mean: MeanReport, below: int) -> bool:
    return any(0 < number < below for number in (mean.number, mean.unknown))


def _published(rate: RateReport, hidden: set[tuple[str, str]], *, kept: bool) -> PublishedRate:
    """Give a rate without what is kept back; with its total, all its groups are."""
    groups = tuple(
        PublishedGroup(
            by=group.by,
            name=group.name,
            share=group.counts.share if kept and (group.by, group.name) not in hidden else None,
        )
        for group in rate.groups
    )
    return PublishedRate(id=rate.id, share=rate.counts.share if kept else None, groups=groups, least=rate.least)


def _hidden(rates: Sequence[RateReport], by: str, below: int) -> set[tuple[str, str]]:
    """Give the groups of one division that are kept back in all rates whose total is shown."""
    columns = [{group.name: group.counts for group in rate.groups if group.by == by} for rate in rates]
    names = list(dict.fromkeys(name for column in columns for name in column))
    hidden = {name for name in names if any(_small(column[name], below) for column in columns)}
    sizes = {name: sum(column[name].counted for column in columns) for name in names}
    order = sorted(names, key=lambda name: (sizes[name], name))
    while hidden and len(hidden) < len(names) and _gives_away(columns, hidden, below):
        hidden.add(next(name for name in order if name not in hidden))
    return {(by, name) for name in hidden}


def _gives_away(columns: Sequence[Mapping[str, Counts]], hidden: set[str], below: int) -> bool:
    """Say whether subtracting the groups shown from the total would show a small number."""
    if len(hidden) < 2:
        return True
    return any(_small(sum((column[name] for name in hidden), Counts()), below) for column in columns)
