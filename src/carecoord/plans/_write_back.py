"""Take back what a reader changed in a view: applied to the whole plan, of which they saw a part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, Final, Unpack

import attrs

from carecoord.errors import CareCoordError, DataError, Fault
from carecoord.plans._open_work import WorkDecision
from carecoord.plans._part import Part, marked, referred
from carecoord.plans._parts import PARTS
from carecoord.plans._plan import CarePlan, Changes
from carecoord.plans._projection import fields_holding
from carecoord.plans._view import PlanView
from carecoord.roles import Disclosure

__all__ = ["RECEIPT", "WriteBack", "write_back"]

RECEIPT: Final = "accepted for review"
"""What the reader is told, whatever comes of it: anything else would tell of what they do not see."""


@attrs.frozen(kw_only=True)
class WriteBack:
    """What came of a reader's changes. Only `receipt` is for the reader.

    Attributes:
        plan: the next version of the whole plan; `None` where the changes do not fit it.
        clash: what does not fit, for whoever discloses; empty where all does.
        receipt: what the reader is told.
    """

    plan: CarePlan | None
    clash: str = ""
    receipt: str = RECEIPT


def write_back(
    plan: CarePlan,
    disclosure: Disclosure[PlanView | None],
    *,
    by: str,
    on: date,
    reason: str,
    work: Iterable[WorkDecision] = (),
    **changes: Unpack[Changes],
) -> WriteBack:
    """Apply to a plan what a reader changed in their view of it.

    Parts are given as they stand in the view, with their ids there; a part with another id is new.
    What the reader did not change stays as it is in the whole plan, what they did not see included.

    Args:
        plan: the whole plan as it stands now.
        disclosure: the record of what they saw.
        by: who revises it.
        on: the day the new version takes effect.
        reason: why.
        work: what whoever discloses decided about open work that the changes touch, seen by the reader or not; the
            clash names what is undecided.
        changes: what they changed, as `CarePlan.revise` takes it.

    Returns:
        the next version of the plan, or why there is none; and the one answer that every reader gets.

    Example:
        >>> from carecoord.plans import Need
        >>> from carecoord.roles import Clause, Consent, Member, Reader, Recipient, disclose
        >>> to_holm = Clause(id="1", decision="permit", to=[Recipient(person="holm")], purposes=["TREAT"])
        >>> holm = Member("holm", role="care-manager", since=date(2025, 1, 1))
        >>> reader = Reader(member=holm, purpose="TREAT", on=date(2026, 3, 2), consents=[
        ...     Consent(id="G", patient="anna", signed=date(2026, 1, 5), clauses=[to_holm])])
        >>> plan = CarePlan(id="p1", person="anna", created=date(2026, 1, 5), needs=[
        ...     Need(id="n1", domain="social", title="rent"), Need(id="n2", domain="substance-use", title="drinking")])
        >>> seen = disclose(plan, reader)
        >>> [need.title for need in seen.view.needs]
        ['rent']
        >>> settled = seen.view.needs[0].move("resolved")
        >>> after = write_back(plan, seen, by="holm", on=date(2026, 3, 2), reason="rent is paid", needs=[settled])
        >>> [(need.id, need.status) for need in after.plan.needs], after.receipt
        ([('n1', 'resolved'), ('n2', 'active')], 'accepted for review')
    """
    try:
        whole = _Whole(plan, disclosure).changes(changes)
        return WriteBack(plan=plan.revise(by=by, on=on, reason=reason, work=work, **whole))
    except CareCoordError as error:
        return WriteBack(plan=None, clash=str(error))


class _Whole:
    """The whole plan, and the view of it that a reader had."""

    def __init__(self, plan: CarePlan, disclosure: Disclosure[PlanView | None]) -> None:
        if disclosure.view is None or disclosure.ids.get(disclosure.view.id) != (plan.id,):
            raise DataError("view", [Fault("", "it is no view of this plan")])
        self.plan, self.view, self.ids = plan, disclosure.view, disclosure.ids

    def changes(self, changes: Changes) -> Changes:
        """Give the changes as the whole plan takes them."""
        unseen = [name for name in ("title", "strengths", "matters") if name in changes and self.plan.labels is None]
        if unseen:
            raise DataError("view", [Fault(f"$.{name}", "it is not in the view") for name in unseen])
        found: dict[str, Any] = dict(changes)
        for name in PARTS:
            if name in found:
                found[name] = list(self._parts(name, found[name]))
        return found  # type: ignore[return-value]

    def _parts(self, name: str, parts: Iterable[Part]) -> Iterator[Part]:
        seen = {part.id: part for part in getattr(self.view, name)}
        known = {part.id: part for part in getattr(self.plan, name)}
        for part in parts:
            if part.id in seen:
                yield self._merged(known[self.ids[part.id][-1]], seen[part.id], part)
            elif part.id in known:
                raise DataError("view", [Fault(f"$.{name}", "a new part has an id that the plan has already")])
            else:
                references: dict[str, Any] = {}
                for field, _ in marked(type(part), "refers"):
                    references[field] = _like(getattr(part, field), self._known(referred(getattr(part, field))))
                yield attrs.evolve(part, **references)

    def _merged(self, whole: Part, seen: Part, now: Part) -> Part:
        """Give the part of the whole plan with what is different from what was seen."""
        cls: Any = type(now)
        references, records = dict(marked(cls, "refers")), dict(marked(cls, "appended"))
        partly_seen = {*records, *fields_holding(cls), *dict(marked(cls, "host"))}
        changed: dict[str, Any] = {}
        for field in attrs.fields(cls):
            before, after = getattr(seen, field.name), getattr(now, field.name)
            if before == after or field.name == "id":
                continue
            if field.name in references:
                gone = set(self._known(each for each in referred(before) if each not in referred(after)))
                kept = [each for each in referred(getattr(whole, field.name)) if each not in gone]
                new = self._known(each for each in referred(after) if each not in referred(before))
                after = _like(after, (*kept, *new))
            elif field.name in partly_seen and isinstance(after, tuple):
                gone = set() if field.name in records else {each for each in before if each not in after}
                kept = [each for each in getattr(whole, field.name) if each not in gone]
                after = (*kept, *(each for each in after if each not in before))
            changed[field.name] = after
        return attrs.evolve(whole, **changed)

    def _known(self, named: Iterable[str]) -> tuple[str, ...]:
        return tuple(self.ids[each][-1] if each in self.ids else each for each in named)


def _like(value: Any, ids: tuple[str, ...]) -> Any:
    """Give ids as a field has them: several, or one at most."""
    return ids if isinstance(value, tuple) else next(reversed(ids), None)
