"""The host's own tables: what must not meet, and how soon something may be repeated."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import attrs

from carecoord._values import Period
from carecoord.errors import DataError, Fault
from carecoord.plans._part import given, one_of, texts

__all__ = ["Incompatibility", "RepeatWindow", "Side"]

SideKind = Literal["drug", "gene", "condition", "therapy", "test", "behaviour"]
IncompatibilityKind = Literal["interaction", "incompatibility", "contradiction"]


@attrs.frozen(kw_only=True)
class Side:
    """One of the two things that must not meet.

    Attributes:
        kind: what sort of thing it is.
        name: what it is, in words.
        codes: any of these is meant, as `system|code`.
    """

    kind: SideKind = attrs.field(validator=one_of(SideKind))
    name: str = attrs.field(validator=given)
    codes: tuple[str, ...] = attrs.field(converter=texts)

    def __attrs_post_init__(self) -> None:
        """Refuse a side that nothing can be."""
        if not self.codes:
            raise DataError("side", [Fault("$.codes", "a code is wanted, found none")])


def _pair(sides: Iterable[Side]) -> tuple[Side, ...]:
    return tuple(sides)


@attrs.frozen(kw_only=True)
class Incompatibility:
    """One entry of the host's table: two things that must not meet, or only with care.

    The library ships no such table: what interacts with what is for the host to know, and to keep up to date.

    Attributes:
        id: text the host gives.
        kind: `interaction`, `incompatibility`, or `contradiction` where doing both says two things at once, as rest and
            exercise.
        between: the two sides; the same twice where two of one class must not meet.
        because: what happens when they meet.
        mend: what to do about it.
        severity: how bad it is, in the host's words.
        source: where the host has it from.
        must_know: ask about the one side where the other is there and nobody has said, as a gene before a drug.
    """

    id: str = attrs.field(validator=given)
    kind: IncompatibilityKind = attrs.field(default="interaction", validator=one_of(IncompatibilityKind))
    between: tuple[Side, ...] = attrs.field(converter=_pair)
    because: str = attrs.field(validator=given)
    mend: str = attrs.field(validator=given)
    severity: str = ""
    source: str = attrs.field(validator=given)
    must_know: bool = False

    def __attrs_post_init__(self) -> None:
        """Refuse anything but two sides."""
        if len(self.between) != 2:
            raise DataError("incompatibility", [Fault("$.between", f"two sides are wanted, found {len(self.between)}")])


def _window(value: Period | str) -> Period:
    try:
        window = Period.parse(value) if isinstance(value, str) else value
    except ValueError as error:
        raise DataError("repeat window", [Fault("$.window", str(error))]) from None
    if window.minutes or window == Period():
        raise DataError("repeat window", [Fault("$.window", f"whole days are wanted, one at least, found {window}")])
    return window


@attrs.frozen(kw_only=True)
class RepeatWindow:
    """How long one test or treatment stands before the same again is worth doing, as the host has it.

    Attributes:
        code: what it is about, as `system|code`.
        window: how long, as `P3M`; the day on which it ends is late enough.
        source: where the host has it from.
    """

    code: str = attrs.field(validator=given)
    window: Period = attrs.field(converter=_window)
    source: str = attrs.field(validator=given)
