"""Figures set out as text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

__all__ = ["table"]


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
