"""Decisions that the person and those who care for them make together."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import ClassVar, Final, Literal

import attrs

from carecoord.errors import DataError, Fault, did_you_mean
from carecoord.plans._activities import Preference
from carecoord.plans._done import Done
from carecoord.plans._part import APPENDED, WHO, HeldPart, Owner, Stance, given, one_of, refers, texts
from carecoord.plans._statuses import PartStatus

__all__ = ["Capacity", "DecisionOption", "DecisionRole", "ShareStep", "SharedDecision"]

ShareStep = Literal["seek", "help", "assess", "reach", "evaluate"]
"""The steps of a shared decision.

Source: the SHARE approach of the Agency for Healthcare Research and Quality: seek participation, help explore and
compare options, assess values and preferences, reach a decision, evaluate it.
"""

DecisionRole = Literal["person", "shared", "others"]
"""Who is to decide, as the person wants it: they themselves, they and others together, or others for them."""

Capacity = Literal["has", "lacks", "in-doubt"]
"""Whether the person can make this decision themselves."""

_STEPS: Final[tuple[ShareStep, ...]] = ("seek", "help", "assess", "reach", "evaluate")


@attrs.frozen(kw_only=True)
class DecisionOption:
    """One of the things that could be done.

    Attributes:
        id: text the host gives, unique within the decision.
        title: what would be done, in words.
        is_nothing: whether it is to do nothing for now.
        benefits: what was said of its benefits.
        harms: what was said of its harms and burdens.
        preference: what the person thinks of it; `None` where nobody has asked.
    """

    id: str = attrs.field(validator=given)
    title: str = attrs.field(validator=given)
    is_nothing: bool = False
    benefits: tuple[str, ...] = attrs.field(default=(), converter=texts)
    harms: tuple[str, ...] = attrs.field(default=(), converter=texts)
    preference: Preference | None = attrs.field(default=None, validator=one_of(Preference))


@attrs.frozen(kw_only=True)
class SharedDecision(HeldPart):
    """A decision made together: what there was to choose from, what was told, who agreed, when to look again.

    Attributes:
        id: text the host gives.
        question: what there is to decide, in words.
        needs: the ids of the needs it is about.
        goals: the ids of the goals it is about.
        activities: the ids of the activities that carry it out.
        wanted_role: who is to decide, as the person wants it; `None` where nobody has asked.
        options: what could be done, doing nothing included.
        aid: what helped to compare them, as the title of a decision aid.
        matters: what matters to the person in this, in their words.
        choice: the id of the option that was chosen; `None` where it is open.
        reason: why that one.
        on: the day it was reached.
        stances: who took part, and whether they agree.
        capacity: whether the person can make this decision; `None` where nobody has looked.
        representative: who decides with or for the person.
        again: the day to look at it again.
        review: the id of the review at which it is looked at again.
        done: the times it was looked at again, and what came of it.
        owner: who sees to it.
        status: `draft` while it is open, `active` once it is reached, `ended` when another one takes its place.
        labels: what it is about that not everybody may see, as `SUD` or `MH`; empty where there is nothing of the kind,
            `None` where nobody has said so.
    """

    KIND: ClassVar[str] = "decision"
    TITLE: ClassVar[str] = "question"

    status: PartStatus = attrs.field(default="draft", validator=one_of(PartStatus), metadata={"axis": "part"})
    question: str = attrs.field(validator=given)
    needs: tuple[str, ...] = attrs.field(default=(), converter=texts, metadata=refers("needs"))
    goals: tuple[str, ...] = attrs.field(default=(), converter=texts, metadata=refers("goals"))
    activities: tuple[str, ...] = attrs.field(default=(), converter=texts, metadata=refers("activities"))
    wanted_role: DecisionRole | None = attrs.field(default=None, validator=one_of(DecisionRole))
    options: tuple[DecisionOption, ...] = attrs.field(default=(), converter=tuple[DecisionOption, ...])
    aid: str = ""
    matters: tuple[str, ...] = attrs.field(default=(), converter=texts)
    choice: str | None = None
    reason: str = ""
    on: date | None = None
    stances: tuple[Stance, ...] = attrs.field(default=(), converter=tuple[Stance, ...])
    capacity: Capacity | None = attrs.field(default=None, validator=one_of(Capacity))
    representative: str | None = attrs.field(default=None, metadata=WHO)
    again: date | None = None
    review: str | None = attrs.field(default=None, metadata=refers("reviews"))
    done: tuple[Done, ...] = attrs.field(default=(), converter=tuple[Done, ...], metadata=APPENDED)
    owner: Owner | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse a choice that is none of the options, and a decision in force that nobody made."""
        faults = list(self._faults())
        if faults:
            raise DataError("shared decision", faults)

    def _faults(self) -> Iterator[Fault]:
        ids = [option.id for option in self.options]
        for place, each in enumerate(ids):
            if each in ids[:place]:
                yield Fault(f"$.options[{place}].id", f"{each[:60]} stands twice")
        if self.choice is not None and self.choice not in ids:
            yield Fault("$.choice", f"there is no option {self.choice[:60]}{did_you_mean(self.choice, ids)}")
        if self.status == "active" and self.choice is None:
            yield Fault("$.choice", "a decision that is active says what was chosen")

    @property
    def chosen(self) -> DecisionOption | None:
        """The option that was chosen; `None` where it is open."""
        return next((option for option in self.options if option.id == self.choice), None)

    @property
    def missing(self) -> tuple[str, ...]:
        """What the record does not say yet, in the order of the steps, as `help: doing nothing as an option`.

        >>> talk = SharedDecision(id="d", question="How to go on with the tablets?")
        >>> talk.missing[:3]
        ('seek: who took part', 'seek: which part the person wants in it', 'help: options to choose from')
        """
        return tuple(f"{step}: {what}" for step, what in self._missing())

    @property
    def steps(self) -> tuple[ShareStep, ...]:
        """The steps of which everything is recorded."""
        open_steps = {step for step, _ in self._missing()}
        return tuple(step for step in _STEPS if step not in open_steps)

    def _missing(self) -> Iterator[tuple[ShareStep, str]]:
        if not self.stances:
            yield "seek", "who took part"
        if self.wanted_role is None:
            yield "seek", "which part the person wants in it"
        if len(self.options) < 2:
            yield "help", "options to choose from"
        if not any(option.is_nothing for option in self.options):
            yield "help", "doing nothing as an option"
        for option in self.options:
            if not option.benefits or not option.harms:
                yield "help", f"benefits and harms of {option.title}"
        if not self.matters and all(option.preference is None for option in self.options):
            yield "assess", "what matters to the person in this"
        if self.choice is None:
            yield "reach", "what was chosen"
        if any(stance.says == "pending" for stance in self.stances):
            yield "reach", "whether everybody agrees"
        if self.again is None and self.review is None:
            yield "reach", "when to look again"
        if not self.done:
            yield "evaluate", "what came of it"
