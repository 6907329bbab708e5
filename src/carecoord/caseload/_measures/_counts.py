"""How many are in each population, and the rate that makes."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist
from typing import Final

import attrs

__all__ = ["Counts", "Share", "wilson"]

LEVEL: Final = 0.95


@attrs.frozen(kw_only=True)
class Counts:
    """How many people are in each population of a rate.

    Attributes:
        people: everybody looked at.
        initial: whom the rate is about.
        denominator: of those, whom it counts.
        exclusion: of those, who left before anything was counted.
        exception: who left because the numerator was not met for a good reason.
        numerator: for whom it was met.
        pending: not met, and the window is still open; part of the denominator.
        undecided: counted as not met because nobody can say; part of the denominator.
        unknown: of whom nobody can say whether the rate is about them; in no population.
        distinct: where every entry counts by itself, how many different people are counted, have an entry that met it,
            and have one that did not; `None` where everybody counts once.
    """

    people: int = 0
    initial: int = 0
    denominator: int = 0
    exclusion: int = 0
    exception: int = 0
    numerator: int = 0
    pending: int = 0
    undecided: int = 0
    unknown: int = 0
    distinct: tuple[int, int, int] | None = None

    @property
    def numbers(self) -> tuple[int, ...]:
        """How many are counted, met it and did not, as entries and as people: what must not be small."""
        shown = (self.counted, self.numerator, self.counted - self.numerator)
        return shown if self.distinct is None else (*shown, *self.distinct)

    @property
    def counted(self) -> int:
        """The denominator after exclusions and exceptions: what the rate divides by."""
        return self.denominator - self.exclusion - self.exception

    @property
    def rate(self) -> float | None:
        """The numerator as a share of who is counted, 0 to 1; `None` with nobody counted.

        >>> Counts(denominator=60, exclusion=29, numerator=12).rate == 12 / 31
        True
        """
        return self.numerator / self.counted if self.counted > 0 else None

    @property
    def possible(self) -> tuple[float, float] | None:
        """The lowest and highest rate that the pending and the undecided still allow; `None` with nobody counted."""
        if self.counted <= 0:
            return None
        open_ = min(self.pending + self.undecided, self.counted - self.numerator)
        return self.numerator / self.counted, (self.numerator + open_) / self.counted

    @property
    def interval(self) -> tuple[float, float] | None:
        """The Wilson interval of the rate at 95 %; `None` with nobody counted."""
        return wilson(self.numerator, self.counted) if self.counted > 0 else None

    def __str__(self) -> str:
        """Give it as `12 of 31, 38.7% (23.7% to 56.2%)`."""
        return shown(self.numerator, self.counted)

    def __add__(self, other: Counts) -> Counts:
        """Add up the counts of two groups that share nobody."""
        names = [field.name for field in attrs.fields(Counts) if field.name != "distinct"]
        distinct = None
        if self.distinct is not None or other.distinct is not None:
            each = zip(self.numbers[-3:], other.numbers[-3:], strict=True)
            counted, met, missed = (one + another for one, another in each)
            distinct = counted, met, missed
        return Counts(**{name: getattr(self, name) + getattr(other, name) for name in names}, distinct=distinct)


@attrs.frozen(kw_only=True)
class Share:
    """What is shown of a rate where small numbers are kept back: how many were counted, and how many met it.

    Who was excluded, is pending or unknown is not shown.

    Attributes:
        counted: the denominator after exclusions and exceptions.
        numerator: for whom it was met.
    """

    counted: int
    numerator: int

    @property
    def rate(self) -> float | None:
        """The numerator as a share of who is counted, 0 to 1; `None` with nobody counted."""
        return self.numerator / self.counted if self.counted > 0 else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The Wilson interval of the rate at 95 %; `None` with nobody counted."""
        return wilson(self.numerator, self.counted) if self.counted > 0 else None

    def __str__(self) -> str:
        """Give it as `12 of 31, 38.7% (23.7% to 56.2%)`."""
        return shown(self.numerator, self.counted)


def shown(numerator: int, counted: int) -> str:
    """Write a share with its interval."""
    if counted < 1:
        return "nobody counted"
    low, high = wilson(numerator, counted)
    return f"{numerator} of {counted}, {numerator / counted:.1%} ({low:.1%} to {high:.1%})"


def wilson(numerator: int, denominator: int, *, level: float = LEVEL) -> tuple[float, float]:
    """Give the Wilson score interval of a share, without continuity correction.

    Args:
        numerator: how many have it, 0 to `denominator`.
        denominator: of how many, at least 1.
        level: how sure, between 0 and 1.

    Source: Wilson EB, J Am Stat Assoc 1927;22:209-212; formula as in Newcombe RG, Stat Med 1998;17:857-872, method 3,
    whose example 81 of 263 gives 0.2553 to 0.3662.

    Raises:
        ValueError: the numbers are not as above.

    >>> low, high = wilson(81, 263)
    >>> round(low, 4), round(high, 4)
    (0.2553, 0.3662)
    """
    if not 0 <= numerator <= denominator or denominator < 1 or not 0 < level < 1:
        raise ValueError("0 <= numerator <= denominator, 1 <= denominator and 0 < level < 1 are wanted")
    z = NormalDist().inv_cdf((1 + level) / 2)
    share, square = numerator / denominator, z * z / denominator
    middle = share + square / 2
    spread = z * sqrt(share * (1 - share) / denominator + square / denominator / 4)
    low, high = (middle - spread) / (1 + square), (middle + spread) / (1 + square)
    return (0.0 if numerator == 0 else max(low, 0.0)), (1.0 if numerator == denominator else min(high, 1.0))
