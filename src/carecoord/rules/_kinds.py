"""What values a fact can have, and what is known of one: kinds and bounds."""

from __future__ import annotations

import math
from datetime import date, datetime
from typing import ClassVar, Literal

import attrs

__all__ = ["Bounds", "Kind", "Value"]

Value = bool | int | float | str | date | None
"""A value in a rule: a number, yes/no, text, minutes of the day for a time, a date, or `None` for unknown."""

Type = Literal["number", "yes/no", "text", "time", "date"]

LARGEST = 1e9
"""No rule may reach beyond this, so that every result is exact and every evaluation quick."""


@attrs.frozen
class Kind:
    """The kind of a fact: its type and the values it can take.

    Attributes:
        type: `number`, `yes/no`, `text`, `time` (minutes since midnight, 0-1439) or `date`.
        low: smallest number, in the unit of the fact.
        high: largest number.
        whole: only whole numbers.
        values: the texts there are; empty where any text may come.
        skippable: the fact is an item that may rightly not be asked; then the fact `asked(name)` says `False`.

    >>> Kind.number(0, 27, whole=True).high
    27
    """

    NUMBER: ClassVar[Kind]
    YES_NO: ClassVar[Kind]
    TEXT: ClassVar[Kind]
    TIME: ClassVar[Kind]
    DATE: ClassVar[Kind]

    type: Type = "number"
    low: int | float = -1e6
    high: int | float = 1e6
    whole: bool = False
    values: tuple[str, ...] = ()
    skippable: bool = False

    @classmethod
    def number(cls, low: float = -1e6, high: float = 1e6, *, whole: bool = False, skippable: bool = False) -> Kind:
        """Make the kind of a number from `low` to `high`, both included; left out, a million either way."""
        return cls("number", low, high, whole, (), skippable)

    @classmethod
    def choice(cls, values: tuple[str, ...], *, skippable: bool = False) -> Kind:
        """Make the kind of a text that is one of `values`."""
        return cls(type="text", values=tuple(values), skippable=skippable)

    @property
    def bounds(self) -> Bounds:
        """Everything a fact of this kind may be, unknown included."""
        return attrs.evolve(self.known, unknown=True)

    @property
    def known(self) -> Bounds:
        """Everything a fact of this kind may be once it is known."""
        if self.type == "yes/no":
            return Bounds("yes/no", choices=frozenset((True, False)))
        if self.type == "text":
            return Bounds("text", choices=frozenset(self.values) or None)
        if self.type == "date":
            return Bounds("date")
        return Bounds(self.type, self.low, self.high, whole=self.whole)


Kind.NUMBER = Kind()
Kind.YES_NO = Kind(type="yes/no")
Kind.TEXT = Kind(type="text")
Kind.TIME = Kind("time", 0, 1439, whole=True)
Kind.DATE = Kind(type="date")


@attrs.frozen
class Bounds:
    """What is certain of a value when the facts under it are only partly known.

    Attributes:
        type: the value's type.
        low: a number, a time in minutes, or a date as its ordinal, is not below this.
        high: nor above this.
        whole: it is a whole number.
        choices: the answers (yes/no) or texts it can be; `None` where any text may come.
        known: it may be known.
        unknown: it may be unknown.

    >>> Bounds.between(17, 23).certain is None, Bounds.exactly(4).certain
    (True, 4)
    """

    type: Type
    low: int | float = -math.inf
    high: int | float = math.inf
    whole: bool = False
    choices: frozenset[bool | str] | None = None
    known: bool = True
    unknown: bool = False

    @classmethod
    def between(cls, low: float, high: float, *, whole: bool = False, unknown: bool = False) -> Bounds:
        """Say of a number that it lies from `low` to `high`, both included."""
        return cls("number", low, high, whole, unknown=unknown)

    @classmethod
    def one_of(cls, *choices: bool | str, unknown: bool = False) -> Bounds:
        """Say of a text or a yes/no that it is one of these."""
        kind: Type = "yes/no" if all(isinstance(choice, bool) for choice in choices) else "text"
        return cls(kind, choices=frozenset(choices), unknown=unknown)

    @classmethod
    def exactly(cls, value: Value) -> Bounds:
        """Say of a value that it is just this; `None` for unknown for certain."""
        if value is None:
            return cls("number", math.inf, -math.inf, choices=frozenset(), known=False, unknown=True)
        if isinstance(value, bool):
            return cls("yes/no", choices=frozenset((value,)))
        if isinstance(value, str):
            return cls("text", choices=frozenset((value,)))
        if isinstance(value, int | float):
            return cls("number", value, value, whole=isinstance(value, int) or value.is_integer())
        if isinstance(value, datetime):  # which its day does not settle
            return cls("date")
        return cls("date", value.toordinal(), value.toordinal(), whole=True)

    @property
    def values(self) -> frozenset[bool | str | None]:
        """The answers or texts it can be, with `None` where it may be unknown."""
        return frozenset(self.choices or ()) | (frozenset((None,)) if self.unknown else frozenset())

    @property
    def certain(self) -> Value:
        """The one value it can be; `None` where that is not settled, or it is unknown for certain."""
        if self.unknown or not self.known:
            return None
        if self.choices is not None:
            return next(iter(self.choices)) if len(self.choices) == 1 else None
        if self.low != self.high:
            return None
        return date.fromordinal(int(self.low)) if self.type == "date" else self.low

    def joined(self, other: Bounds) -> Bounds:
        """Give what holds of a value that is one of the two."""
        if not self.known or not other.known:
            known = other if not self.known else self
            return attrs.evolve(known, unknown=self.unknown or other.unknown)
        both = None if self.choices is None or other.choices is None else self.choices | other.choices
        return Bounds(
            self.type,
            min(self.low, other.low),
            max(self.high, other.high),
            whole=self.whole and other.whole,
            choices=both,
            unknown=self.unknown or other.unknown,
        )
