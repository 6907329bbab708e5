"""What the person was taught, with what, and what they made of it."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

import attrs

from carecoord.plans._activities import Channel
from carecoord.plans._part import APPENDED, WHO, HeldPart, Owner, given, one_of, refers, texts

__all__ = ["Education", "TeachBack", "Understanding"]

Understanding = Literal["understood", "partly", "not-yet"]
"""What came of asking the person to say it in their own words."""


@attrs.frozen(kw_only=True)
class TeachBack:
    """One time that something was explained and the person was asked to say it back; it is never changed or removed.

    Attributes:
        on: the day.
        understanding: what came of it; `None` where the person was not asked.
        words: how they said it.
        by: who explained it.
        channel: how they met.
        note: what to explain again, or otherwise.
    """

    on: date
    understanding: Understanding | None = attrs.field(default=None, validator=one_of(Understanding))
    words: str = ""
    by: str | None = attrs.field(default=None, metadata=WHO)
    channel: Channel | None = attrs.field(default=None, validator=one_of(Channel))
    note: str = ""


@attrs.frozen(kw_only=True)
class Education(HeldPart):
    """Something the person, or somebody close to them, is to understand.

    Attributes:
        id: text the host gives.
        topic: what it is about, in words.
        codes: the same in the host's terminology, as `system|code`.
        needs: the ids of the needs it is about.
        goals: the ids of the goals it serves.
        activities: the ids of the activities it explains.
        audience: who is taught where it is not the person, as `sister`.
        materials: the host's references to what is read, seen or heard; never the material itself.
        language: in which language, as `de` or `simple English`.
        adaptations: what makes it easier to take in, as `large print`.
        due: the day by which it is to be explained.
        taught: the times it was explained, and what the person made of it.
        owner: who sees to it.
        status: whether it is still to be learnt or kept up.
        labels: what it is about that not everybody may see, as `SUD` or `MH`; empty where there is nothing of the kind,
            `None` where nobody has said so.
    """

    KIND: ClassVar[str] = "education"
    TITLE: ClassVar[str] = "topic"

    topic: str = attrs.field(validator=given)
    codes: tuple[str, ...] = attrs.field(default=(), converter=texts)
    needs: tuple[str, ...] = attrs.field(default=(), converter=texts, metadata=refers("needs"))
    goals: tuple[str, ...] = attrs.field(default=(), converter=texts, metadata=refers("goals"))
    activities: tuple[str, ...] = attrs.field(default=(), converter=texts, metadata=refers("activities"))
    audience: str = ""
    materials: tuple[str, ...] = attrs.field(default=(), converter=texts)
    language: str | None = None
    adaptations: tuple[str, ...] = attrs.field(default=(), converter=texts)
    due: date | None = None
    taught: tuple[TeachBack, ...] = attrs.field(default=(), converter=tuple[TeachBack, ...], metadata=APPENDED)
    owner: Owner | None = None

    @property
    def understanding(self) -> Understanding | None:
        """What came of the last time the person was asked; `None` where they never were.

        >>> lithium = Education(id="e", topic="when to have the level taken")
        >>> lithium.understanding is None
        True
        >>> lithium.teach(on=date(2026, 3, 2), understanding="partly").understanding
        'partly'
        """
        asked = [(each.on, place) for place, each in enumerate(self.taught) if each.understanding is not None]
        return self.taught[max(asked)[1]].understanding if asked else None

    def teach(
        self,
        *,
        on: date,
        understanding: Understanding | None = None,
        words: str = "",
        by: str | None = None,
        channel: Channel | None = None,
        note: str = "",
    ) -> Education:
        """Give it with one more time that it was explained.

        Args:
            on: the day.
            understanding: what came of asking the person to say it back; `None` where nobody asked.
            words: how they said it.
            by: who explained it.
            channel: how they met.
            note: what to explain again, or otherwise.
        """
        told = TeachBack(on=on, understanding=understanding, words=words, by=by, channel=channel, note=note)
        return attrs.evolve(self, taught=(*self.taught, told))
