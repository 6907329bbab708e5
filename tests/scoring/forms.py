"""Random forms for tests that need many, seeded: the same forms every time."""

from __future__ import annotations

from random import Random
from typing import Any

from carecoord.scoring import Instrument, Item

__all__ = ["answer", "full_form"]


def answer(item: Item, chance: Random) -> Any:
    """Give an answer to an item: any of its codes, any time, a measurement at an end or between."""
    if item.time:
        return f"{chance.randrange(24):02}:{chance.randrange(60):02}"
    if item.codes:
        return chance.choice(list(item.codes))
    low, high = item.low or 0, item.high or 0
    number = chance.choice((low, high, chance.uniform(low, high)))
    return round(number) if item.whole else number


def full_form(of: Instrument, chance: Random) -> list[Any]:
    """Give a form with every item answered, those too that the skip rules would not ask."""
    return [answer(item, chance) for item in of.items]
