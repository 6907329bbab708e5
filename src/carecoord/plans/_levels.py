"""At which level of care the person is helped, by which edition of which system."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

import attrs

from carecoord.plans._part import HeldPart, Stance, after_since, defined, given, one_of, refers, texts

__all__ = ["LevelMove", "LevelOfCare"]

LevelMove = Literal["enter", "step-up", "step-down", "switch", "stay", "leave"]
"""How somebody came to a level from the one before."""


@attrs.frozen(kw_only=True)
class LevelOfCare(HeldPart):
    """The level of care somebody is at; a move to another one is another value, so that the way is kept.

    A level means something only with the edition of its system: the same number stood for other things before.

    Attributes:
        id: text the host gives.
        system: which system it belongs to, as `asam` or the id of a protocol.
        edition: which edition of it, as `4`.
        level: which level, as `2.1`.
        title: what it is called.
        needs: the ids of the needs it is about.
        direction: how the person came to it.
        reason: why.
        stances: who agreed to it and who did not.
        since: the first day.
        until: the day after the last one.
        status: whether the person is still at it.
        labels: what it is about that not everybody may see, as `SUD` or `MH`; empty where there is nothing of the kind,
            `None` where nobody has said so.
    """

    KIND: ClassVar[str] = "level"

    system: str = attrs.field(validator=given, metadata=defined("level"))
    edition: str = attrs.field(validator=given)
    level: str = attrs.field(validator=given)
    title: str = ""
    needs: tuple[str, ...] = attrs.field(default=(), converter=texts, metadata=refers("needs"))
    direction: LevelMove | None = attrs.field(default=None, validator=one_of(LevelMove))
    reason: str = ""
    stances: tuple[Stance, ...] = attrs.field(default=(), converter=tuple[Stance, ...])
    since: date | None = None
    until: date | None = attrs.field(default=None, validator=after_since)
