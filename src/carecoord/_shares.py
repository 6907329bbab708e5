"""How many of how many, with an interval."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist
from typing import Final

import attrs

__all__ = ["Share", "wilson"]

LEVEL: Final = 0.95


@attrs.frozen
class Share:
    """How many of how many.

    >>> print(Share(9, 10))
    9 of 10, 90.0% (59.6% to 98.2%)

    Attributes:
        count: how many.
        of: of how many.
    """

    count: int
    of: int

    @property
    def value(self) -> float | None:
        """The share, 0 to 1; `None` of nobody."""
        return self.count / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The Wilson interval of the share at 95 %; `None` of nobody."""
        return wilson(self.count, self.of) if self.of else None

    @property
    def low(self) -> float:
        """The lower end of the interval; 0 of nobody."""
        return self.interval[0] if self.interval is not None else 0.0

    @property
    def high(self) -> float:
        """The upper end of the interval; 1 of nobody."""
        return self.interval[1] if self.interval is not None else 1.0

    def __str__(self) -> str:
        """Give the count, and the share in percent with its interval."""
        if not self.of:
            return "nobody counted"
        return f"{self.count} of {self.of}, {self.count / self.of:.1%} ({self.low:.1%} to {self.high:.1%})"


def wilson(numerator: int, denominator: int, *, level: float = LEVEL) -> tuple[float, float]:
    """Give the Wilson score interval of a share, without continuity correction.

    Args:
        numerator: how many have it, 0 to `denominator`.
        denominator: of how many, at least 1.
        level: how sure, between 0 and 1.

    It stays within 0 and 1 and is right for few people too.

    Source: Wilson EB, J Am Stat Assoc 1927;22:209-212; formula as in Newcombe RG, Stat Med 1998;17:857-872, method 3,
    whose example 81 of 263 gives 0.2553 to 0.3662; recommended for proportions by Brown, Cai and DasGupta, Stat Sci
    2001;16:101-133.

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
