"""Merge two edits of one plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import takewhile
from typing import Final

import attrs

from carecoord._values import FrozenMapping
from carecoord.errors import DataError, Fault, UnknownIdError, did_you_mean
from carecoord.plans._history import PLAIN, Branch, Revision, changes_between, undone
from carecoord.plans._open_work import OpenWork, WorkDecision, carried_out, check_decisions, touched
from carecoord.plans._parts import PARTS
from carecoord.plans._plan import CarePlan
from carecoord.plans._three_way import Choice, Conflict, Path, ThreeWay

__all__ = ["Merge", "merge", "other_side"]

_NOTHING: Final = FrozenMapping[Path, Choice]()


@attrs.frozen(kw_only=True)
class Merge:
    """What comes of merging two edits of a plan.

    Attributes:
        plan: the merged plan; `None` while a conflict or open work is undecided.
        conflicts: every element on which the two do not agree and that nobody has settled; nothing of either side is
            dropped for it.
        open_work: once no conflict is left, the work that is open on one side and that what the other changed touches,
            where nobody has decided what becomes of it.
    """

    plan: CarePlan | None
    conflicts: tuple[Conflict, ...] = ()
    open_work: tuple[OpenWork, ...] = ()


def merge(
    base: CarePlan,
    ours: CarePlan,
    theirs: CarePlan,
    *,
    by: str,
    on: date,
    reason: str = "two edits merged",
    settle: Mapping[Path, Choice] = _NOTHING,
    work: Iterable[WorkDecision] = (),
) -> Merge:
    """Bring two edits of one plan together, element by element.

    What one side changed and the other left stays changed; what both added stays, in lists entry by entry, so that
    every time something was done is kept; what both changed to the same is the same.
    What both changed to different values is a conflict, and so is what only together breaks a rule, as a first day
    after the last: each is listed with both values, and there is no merged plan until each is settled.
    A merge is no move of a status: it takes what each side lawfully did.
    Work that is open on one side may be touched by what the other changed without knowing of it; that, too, is decided
    before there is a merged plan.

    The merged plan goes on from ours: its versions keep their numbers.
    The merge is its last revision, whose `merged` holds the revisions of the other side; `other_side` gives the plan as
    it was there, with all its versions.
    Where only one side was revised, that side is what comes of it, and there is nothing to merge.

    Args:
        base: the version that both go back to.
        ours: one edit, whose history the merged plan goes on from.
        theirs: the other.
        by: who merges them.
        on: the day from which the merged plan holds; not before either side's last revision.
        reason: why.
        settle: what is to stand at the path of a conflict, or of another single value on which the two differ: `ours`,
            `theirs`, `base`, or `Instead(value)`.
        work: what becomes of open work that the merge touches, as `CarePlan.revise` takes it.

    Raises:
        DataError: they do not both go back to the base, a path is settled at which there is no conflict, what was
            decided about work is about none that is touched, or the day is before a revision of either side.

    Example:
        >>> from carecoord.plans import Goal
        >>> base = CarePlan(id="p1", person="A", created=date(2026, 1, 5), goals=[Goal(id="mood", statement="Garden")])
        >>> ours = base.revise(by="lee", on=date(2026, 1, 12), reason="call", strengths=["a sister"],
        ...                    goals=[attrs.evolve(base.goal("mood"), due=date(2026, 6, 1))])
        >>> theirs = base.revise(by="holm", on=date(2026, 1, 13), reason="visit", strengths=["a dog"],
        ...                      goals=[attrs.evolve(base.goal("mood"), due=date(2026, 7, 1))])
        >>> merged = merge(base, ours, theirs, by="lee", on=date(2026, 1, 14))
        >>> merged.plan, [(each.place, str(each.ours), str(each.theirs)) for each in merged.conflicts]
        (None, [('goals.mood.due', '2026-06-01', '2026-07-01')])
        >>> settle = {each.path: "theirs" for each in merged.conflicts}
        >>> plan = merge(base, ours, theirs, by="lee", on=date(2026, 1, 14), settle=settle).plan
        >>> plan.goal("mood").due, plan.strengths
        (datetime.date(2026, 7, 1), ('a dog', 'a sister'))
        >>> plan.at_version(2) == ours, other_side(plan, version=3) == theirs
        (True, True)
    """
    _check_origin(base, ours, theirs)
    if theirs.history == base.history or ours == theirs:
        return Merge(plan=ours)
    if ours.history == base.history:
        return Merge(plan=theirs)
    three_way = ThreeWay(settle)
    names = [field.name for field in attrs.fields(CarePlan) if field.name in (*PLAIN, *PARTS)]
    found: CarePlan = three_way.fields((), base, ours, theirs, names)
    places = {".".join(path) for path in three_way.used}
    unknown = [".".join(path) for path in settle if path not in three_way.used]
    if unknown:
        faults = [Fault(f"$.{each}", f"there is no conflict to settle{did_you_mean(each, places)}") for each in unknown]
        raise DataError("merge", faults)
    if three_way.conflicts:
        return Merge(plan=None, conflicts=tuple(three_way.conflicts.values()))
    decisions = tuple(work)
    if on < theirs.history[-1].on:
        raise DataError("merge", [Fault("$.on", f"{on} is before their last revision, {theirs.history[-1].on}")])
    touches = _touched(ours, theirs, found, on)
    check_decisions(found, touches, decisions)
    undecided = touches.keys() - {each.place for each in decisions}
    if undecided:
        return Merge(plan=None, open_work=tuple(each for place, each in touches.items() if place in undecided))
    found = carried_out(found, touches, decisions, on)
    added, before = changes_between(ours, found)
    merged = Revision(
        version=ours.version + 1,
        by=by,
        on=on,
        reason=reason,
        added=added,
        before=before,
        work=decisions,
        merged=_branch(ours, theirs, found),
    )
    return Merge(plan=attrs.evolve(found, history=(*ours.history, merged)))


def _common(ours: CarePlan, theirs: CarePlan) -> int:
    """Count the revisions that both sides share."""
    pairs = zip(ours.history, theirs.history, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _touched(ours: CarePlan, theirs: CarePlan, merged: CarePlan, on: date) -> dict[str, OpenWork]:
    """Give the open work of either side that the merge touches and the other side has not decided about."""
    common, found = _common(ours, theirs), dict[str, OpenWork]()
    for side, other in ((ours, theirs), (theirs, ours)):
        decided = {each.place for revision in other.history[common:] for each in revision.work}
        for each in touched(side, merged, on):
            if each.place.startswith("reviews.") or each.place not in decided:
                found[each.place] = min(each, found.get(each.place, each), key=str)
    return found


def _branch(ours: CarePlan, theirs: CarePlan, merged: CarePlan) -> Branch:
    common = _common(ours, theirs)
    added, before = changes_between(theirs, merged)
    return Branch(since=common + 1, added=added, before=before, revisions=theirs.history[common:])


def _check_origin(base: CarePlan, ours: CarePlan, theirs: CarePlan) -> None:
    faults = [
        Fault("", f"{name} does not go back to the base")
        for name, side in (("ours", ours), ("theirs", theirs))
        if side.version < base.version or base not in (side.at_version(base.version), *_branches(side))
    ]
    if faults:
        raise DataError("merge", faults)


def _branches(plan: CarePlan) -> Iterator[CarePlan]:
    return (other_side(plan, version=each.version) for each in plan.history if each.merged is not None)


def other_side(plan: CarePlan, *, version: int) -> CarePlan:
    """Give the plan as it was on the other side of a merge, with the history it had there.

    Args:
        plan: a plan that was merged.
        version: the number of the version that the merge made.

    Raises:
        UnknownIdError: no merge made this version.
    """
    merges = {revision.version: revision.merged for revision in plan.history if revision.merged is not None}
    if version not in merges:
        raise UnknownIdError("merge that made version", str(version), map(str, merges))
    branch = merges[version]
    merged = plan.at_version(version)
    history = (*merged.history[: branch.since - 1], *branch.revisions)
    return undone(merged, branch.added, branch.before, history)
