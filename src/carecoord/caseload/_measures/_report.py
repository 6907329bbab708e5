"""What a measure came to: where each record stands, and the counts of each rate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Protocol, TypeVar

import attrs

from carecoord.caseload._measures._counts import Counts
from carecoord.caseload._measures._definition import Outcome
from carecoord.errors import UnknownIdError

__all__ = ["Group", "MeanReport", "MeasureReport", "Membership", "RateReport"]


@attrs.frozen(kw_only=True)
class Membership:
    """Where one record stands in one rate.

    Attributes:
        person: whom the record is about.
        id: which of their courses it is, where they have several.
        rate: the rate's id.
        outcome: `met`, `not met`, `pending` (not met, and the window is still open), `excluded`, `exception`, `out`
            (the rate is not about them) or `unknown` (nobody can say whether it is).
        initial: in the initial population.
        denominator: in the denominator.
        exclusion: excluded; then the numerator is not looked at.
        exception: not met, for a good reason.
        numerator: met.
        undecided: counted as not met because a fact is missing.
        on: the day of the entry, where every entry is counted.
    """

    person: str
    id: str = ""
    rate: str
    outcome: Outcome
    initial: bool = False
    denominator: bool = False
    exclusion: bool = False
    exception: bool = False
    numerator: bool = False
    undecided: bool = False
    on: date | None = None


@attrs.frozen(kw_only=True)
class Group:
    """A part of the people, and its counts.

    Attributes:
        by: what they are divided by.
        name: which part; `not stated` where it is not known of them.
        counts: how many are in each population.
    """

    by: str
    name: str
    counts: Counts


@attrs.frozen(kw_only=True)
class RateReport:
    """One rate of a measure, over everybody and by group.

    Attributes:
        id: the rate's id.
        counts: how many are in each population.
        groups: the same for parts of the people.
        least: with fewer than this counted, the source says, the rate is not to be reported.
    """

    id: str
    counts: Counts
    groups: tuple[Group, ...] = ()
    least: int = 0

    def group(self, by: str, name: str) -> Group:
        """Give one group.

        Raises:
            UnknownIdError: there is none.
        """
        found = next((one for one in self.groups if (one.by, one.name) == (by, name)), None)
        if found is None:
            raise UnknownIdError("group", f"{by}: {name}", [f"{one.by}: {one.name}" for one in self.groups])
        return found


@attrs.frozen(kw_only=True)
class MeanReport:
    """A mean over people.

    Attributes:
        id: its id.
        number: how many it is over.
        unknown: of whom it is not known; they are left out.
        mean: the mean; `None` over nobody.
        sd: the standard deviation of a sample; `None` over fewer than two.
        least: over fewer than this, the source says, it is not to be reported.
    """

    id: str
    number: int
    unknown: int
    mean: float | None
    sd: float | None
    least: int = 0


class _HasId(Protocol):
    @property
    def id(self) -> str: ...


R = TypeVar("R", bound=_HasId)


def rate_of(rates: Iterable[R], id: str) -> R:
    """Give the rate with an id.

    Raises:
        UnknownIdError: there is none.
    """
    known = {one.id: one for one in rates}
    if id not in known:
        raise UnknownIdError("rate", id, known)
    return known[id]


@attrs.frozen(kw_only=True)
class MeasureReport:
    """What a measure came to.

    Attributes:
        measure: the measure's id.
        digest: the digest of what its file said.
        period: first and last day of the measurement period.
        on: the day it was looked at.
        rates: one report a rate.
        means: one report a mean.
        memberships: where each record stands in each rate.
        unverified: the parts of the measure whose numbers were only recalled.
    """

    measure: str
    digest: str
    period: tuple[date, date]
    on: date
    rates: tuple[RateReport, ...]
    means: tuple[MeanReport, ...] = ()
    memberships: tuple[Membership, ...] = attrs.field(default=(), repr=False)
    unverified: tuple[str, ...] = ()

    def __getitem__(self, rate: str) -> RateReport:
        """Give one rate.

        Raises:
            UnknownIdError: the measure has none with this id.
        """
        return rate_of(self.rates, rate)

    def together(self, *rates: str, id: str = "total") -> RateReport:
        """Add up rates that are counted apart, as the thirds of `phq9-use`: somebody in two of them counts twice.

        Publish either the rates or their sum where small numbers are kept back: each is the difference of the others.

        Args:
            rates: their ids; all of the measure, where left out.
            id: what to call the sum.

        Raises:
            UnknownIdError: the measure has no such rate.
        """
        chosen = [self[rate] for rate in rates or [one.id for one in self.rates]]
        groups = [
            Group(by=first.by, name=first.name, counts=sum((one.counts for one in same), Counts()))
            for same in zip(*(rate.groups for rate in chosen), strict=True)
            for first in same[:1]
        ]
        return RateReport(id=id, counts=sum((one.counts for one in chosen), Counts()), groups=tuple(groups))

    def people(self, rate: str, *outcomes: Outcome) -> tuple[str, ...]:
        """Give who has one of these outcomes in a rate."""
        self[rate]
        return tuple(one.person for one in self.memberships if one.rate == rate and one.outcome in outcomes)

    def __str__(self) -> str:
        """Give a line a rate, and a line a group below it."""
        head = f"{self.measure}, {self.period[0]} to {self.period[1]}, on {self.on}"
        lines = [head, *(line for rate in self.rates for line in _lines(rate))]
        if self.unverified:
            lines.append(f"unverified: {', '.join(self.unverified)}")
        return "\n".join(lines)


def _lines(rate: RateReport) -> Iterator[str]:
    few = rate.counts.counted < rate.least
    yield f"  {rate.id}: {_figures(rate.counts)}{f'; fewer than {rate.least}' if few else ''}"
    for group in rate.groups:
        yield f"    {group.by} {group.name}: {_figures(group.counts)}"


def _figures(counts: Counts) -> str:
    also = [f"{getattr(counts, name)} {name}" for name in ("pending", "undecided", "unknown") if getattr(counts, name)]
    return "; ".join([str(counts), *also])
