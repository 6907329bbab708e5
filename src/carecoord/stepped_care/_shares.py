"""A share of people with its interval, and figures set out as text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import sqrt

import attrs

__all__ = ["Share", "middle", "table"]

_Z = 1.959963984540054
"""The 97.5th percentile of the normal distribution."""


@attrs.frozen
class Share:
    """How many of how many.

    The interval is Wilson's score interval at 95 %: it stays within 0 and 1 and is right for few people too.

    Source: Wilson, J Am Stat Assoc 1927;22:209-12; recommended for proportions by Brown, Cai and DasGupta,
    Stat Sci 2001;16:101-33.

    >>> Share(9, 10).value, round(Share(9, 10).low, 3), round(Share(9, 10).high, 3)
    (0.9, 0.596, 0.982)

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
    def low(self) -> float:
        """The lower end of the interval; 0 of nobody."""
        return self._ends()[0]

    @property
    def high(self) -> float:
        """The upper end of the interval; 1 of nobody."""
        return self._ends()[1]

    def _ends(self) -> tuple[float, float]:
        if not self.of:
            return 0.0, 1.0
        share, least = self.count / self.of, _Z * _Z / self.of
        middle = share + least / 2
        half = _Z * sqrt(share * (1 - share) / self.of + least / self.of / 4)
        low, high = (middle - half) / (1 + least), (middle + half) / (1 + least)
        return (0.0 if self.count == 0 else low), (1.0 if self.count == self.of else high)

    def __str__(self) -> str:
        """Give the count and the share in percent, with its interval."""
        if not self.of:
            return "0 of 0"
        share = 100 * self.count / self.of
        return f"{self.count} of {self.of}, {share:.1f} % (95 % interval {100 * self.low:.1f} to {100 * self.high:.1f})"


def middle(values: Sequence[float]) -> float:
    """Give the median."""
    ranked = sorted(values)
    half = len(ranked) // 2
    return ranked[half] if len(ranked) % 2 else (ranked[half - 1] + ranked[half]) / 2


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """Set out rows under a head, in columns: text to the left, the numbers of all but the first to the right."""
    lines = [[*head], *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(head))]

    def set_out(line: Sequence[str]) -> str:
        cells = (
            text.ljust(width) if place == 0 else text.rjust(width)
            for place, (text, width) in enumerate(zip(line, widths, strict=True))
        )
        return "  ".join(cells).rstrip()

    return [set_out(line) for line in lines]
