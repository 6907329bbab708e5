"""What a plan was before each of its revisions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any, Final, Literal

import attrs

from carecoord.plans._open_work import WorkDecision
from carecoord.plans._part import Owner, given
from carecoord.plans._parts import PARTS, Parts, own_first
from carecoord.plans._statuses import PlanStatus

if TYPE_CHECKING:
    from carecoord.plans._plan import CarePlan

__all__ = ["Before", "Branch", "Correction", "Revision", "changes_between", "undone"]

PLAIN: Final = ("title", "status", "since", "until", "strengths", "matters", "planner", "monitor", "labels")
"""The other fields that a revision may change."""


@attrs.frozen(kw_only=True, field_transformer=own_first)
class Before(Parts):
    """What a revision changed, as it was before; `None` and empty are what it did not touch.

    Of parts it holds those that were changed, as they were.

    Attributes:
        title: the plan's former title.
        status: its former status.
        since: its former first day.
        until: the day after its former last one.
        unset: which of the fields had no value before.
        strengths: its former strengths.
        matters: what mattered before.
        planner: who kept it before.
        monitor: who watched over it before.
        labels: its former labels.
    """

    title: str | None = None
    status: PlanStatus | None = None
    since: date | None = None
    until: date | None = None
    unset: tuple[Literal["since", "until", "planner", "monitor", "labels"], ...] = ()
    strengths: tuple[str, ...] | None = None
    matters: tuple[str, ...] | None = None
    planner: Owner | None = None
    monitor: Owner | None = None
    labels: frozenset[str] | None = None


@attrs.frozen
class Correction:
    """Something that was wrong from the start; it stays in the plan, marked as entered in error.

    Attributes:
        place: the part it is or belongs to, as `goals.mood`.
        instead: the part that stands in its place, as `goals.mood-2`; `None` where nothing does.
    """

    place: str
    instead: str | None = None


@attrs.frozen(kw_only=True)
class Branch:
    """The other side of a merge: revisions that were made elsewhere, and how to come back to what they made.

    Attributes:
        since: the number of the version that both sides go back to.
        added: the parts that the merged plan holds and this side does not, as `goals.mood`.
        before: what stands in the merged plan otherwise than on this side, as this side has it.
        revisions: the revisions of this side, oldest first, numbered from the version both go back to.
    """

    since: int
    added: tuple[str, ...] = ()
    before: Before = Before()
    revisions: tuple[Revision, ...] = ()


@attrs.frozen(kw_only=True)
class Revision:
    """One change of a plan: who made it, when and why, and what stood there before.

    It holds only what changed, so a long history stays small, and every earlier version can be had from it.

    Attributes:
        version: the number of the version it made; the first revision makes version 2.
        by: who made it.
        on: the day from which it holds.
        reason: why.
        recorded: the day it was written down, where that is another one.
        added: the parts that were new, as `goals.mood`.
        before: what was changed, as it was before.
        work: what was decided about open work that it touched.
        corrected: what it says was wrong from the start.
        merged: the other side, where it brought two edits together.
    """

    version: int
    by: str = attrs.field(validator=given)
    on: date
    reason: str = attrs.field(validator=given)
    recorded: date | None = None
    added: tuple[str, ...] = ()
    before: Before = Before()
    work: tuple[WorkDecision, ...] = ()
    corrected: tuple[Correction, ...] = ()
    merged: Branch | None = None

    @property
    def changed(self) -> tuple[str, ...]:
        """What it changed, as `status` or `goals.mood`; what it added is in `added`."""
        return tuple(_changed(self.before))

    @property
    def places(self) -> frozenset[str]:
        """Everything it speaks of, the other side of a merge included."""
        merged = self.merged
        other = () if merged is None else (*merged.added, *_changed(merged.before))
        return frozenset({*self.changed, *self.added, *other})


def _changed(before: Before) -> Iterator[str]:
    for name in PLAIN:
        if getattr(before, name) is not None or name in before.unset:
            yield name
    for name in PARTS:
        for part in getattr(before, name):
            yield f"{name}.{part.id}"


def changes_between(old: CarePlan, new: CarePlan) -> tuple[tuple[str, ...], Before]:
    """Give the parts that a later state of a plan adds to an earlier one, and what it changes, as it was before."""
    added: list[str] = []
    kept: dict[str, Any] = {}
    for name in PLAIN:
        was, now = getattr(old, name), getattr(new, name)
        if was is None and now is not None:
            kept["unset"] = (*kept.get("unset", ()), name)
        elif was != now:
            kept[name] = was
    for name in PARTS:
        earlier, parts = {part.id: part for part in getattr(old, name)}, getattr(new, name)
        added += [f"{name}.{part.id}" for part in parts if part.id not in earlier]
        kept[name] = tuple(earlier[part.id] for part in parts if part.id in earlier and part != earlier[part.id])
    return tuple(added), Before(**kept)


def undone(plan: CarePlan, added: tuple[str, ...], before: Before, history: tuple[Revision, ...]) -> CarePlan:
    """Give the earlier state of a plan, with the history it had then."""
    fields: dict[str, Any] = {name: getattr(before, name) for name in PLAIN if getattr(before, name) is not None}
    fields.update(dict.fromkeys(before.unset))
    for name in PARTS:
        was = {part.id: part for part in getattr(before, name)}
        parts = (part for part in getattr(plan, name) if f"{name}.{part.id}" not in added)
        fields[name] = tuple(was.get(part.id, part) for part in parts)
    return attrs.evolve(plan, **fields, history=history)
