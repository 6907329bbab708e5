"""What is different between two versions of a plan: as data, in sentences, and applied again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, Literal, TypeVar

import attrs

from carecoord.errors import DataError, Fault
from carecoord.plans._elements import by_id, entry_type, is_whole, known_parts, less, noun, type_at
from carecoord.plans._history import Revision
from carecoord.plans._part import Part
from carecoord.plans._plan import CarePlan

__all__ = ["Difference", "DifferenceKind", "apply", "diff", "value_type"]

T = TypeVar("T")

DifferenceKind = Literal["added", "changed", "ended", "removed", "reordered"]
"""What became of an element; `ended` is a change to a status that ends it."""

_ENDING: Final = (
    "cancelled", "completed", "declined", "ended", "entered-in-error", "expired", "failed", "rejected", "resolved",
    "revoked", "stopped",
)  # fmt: skip


_OTHERWISE: Final = "it does not hold what the difference says it held"


@attrs.frozen(kw_only=True)
class Difference:
    """One element of a plan that is not what it was.

    An element is a field of the plan or of a part (`goals`, `mood`, `due`), a part as a whole (`goals`, `debt`), or one
    entry of a list, as one time that a review was done (`reviews`, `monthly`, `done`).

    Attributes:
        path: where it is: the field, and in a list of parts the id of the part and the field of that.
        kind: what became of it; `removed` comes of comparing backwards and of lists of words, as no part of a plan is
            ever dropped; `reordered` speaks of ids.
        before: what stood there; `None` for nothing.
        after: what stands there; `None` for nothing.
    """

    path: tuple[str, ...]
    kind: DifferenceKind
    before: Any = None
    after: Any = None

    @property
    def place(self) -> str:
        """The path as text, as `goals.mood.due`."""
        return ".".join(self.path)

    def __str__(self) -> str:
        """Say it in a sentence."""
        name, before, after = _name(self.path), _said(self.before), _said(self.after)
        match self.kind:
            case "added" if isinstance(self.after, Revision):
                return f"version {self.after.version}, by {self.after.by} on {self.after.on}: {self.after.reason}"
            case "added":
                return f"{name}: {after} is new"
            case "removed":
                return f"{name}: {before} is gone"
            case "ended":
                return f"{_name(self.path[:-1]) or 'the plan'} has ended: {before} became {after}"
            case "reordered":
                return f"{name}: now in the order {after}"
            case _:
                return f"{name}: {before} became {after}"


def diff(before: CarePlan, after: CarePlan) -> tuple[Difference, ...]:
    """List what is different between two versions of one plan, field by field and entry by entry.

    In the order of the plan's fields, and last the revisions that lie between, under `history`.
    `apply` makes the later version of the earlier one and these, and exactly that.

    Args:
        before: the earlier version.
        after: the later one.

    Raises:
        DataError: they are two plans, not two versions of one.

    Example:
        >>> from datetime import date
        >>> from carecoord.plans import Goal
        >>> plan = CarePlan(id="p1", person="A", created=date(2026, 1, 5), goals=[Goal(id="mood", statement="Garden")])
        >>> later = plan.revise(by="lee", on=date(2026, 1, 12), reason="agreed", status="active",
        ...                     goals=[plan.goal("mood").move("accepted")], strengths=["a sister"])
        >>> for difference in diff(plan, later):
        ...     print(difference)
        status: draft became active
        strengths: a sister is new
        goal mood, lifecycle: proposed became accepted
        version 2, by lee on 2026-01-12: agreed
        >>> apply(plan, diff(plan, later)) == later
        True
    """
    if before.id != after.id or before.person != after.person:
        raise DataError("difference", [Fault("", "two versions of one plan are wanted, found two plans")])
    return tuple(sorted(_differences((), before, after), key=lambda each: each.path[0] == "history"))


def _differences(path: tuple[str, ...], before: Any, after: Any) -> Iterator[Difference]:
    if known_parts(before, after):
        yield from _of_parts(path, before, after)
    elif is_whole(before) and type(before) is type(after):
        for field in attrs.fields(type(before)):
            yield from _differences((*path, field.name), getattr(before, field.name), getattr(after, field.name))
    elif isinstance(before, tuple | frozenset) and isinstance(after, tuple | frozenset):
        yield from _of_entries(path, before, after)
    elif before != after:
        is_status = path[-1] in ("status", "lifecycle") and after in _ENDING
        yield Difference(path=path, kind="ended" if is_status else "changed", before=before, after=after)


def _of_parts(path: tuple[str, ...], before: tuple[Any, ...], after: tuple[Any, ...]) -> Iterator[Difference]:
    old, new = by_id(before), by_id(after)
    for id, part in old.items():
        if id in new:
            yield from _differences((*path, id), part, new[id])
        else:
            yield Difference(path=(*path, id), kind="removed", before=part)
    fresh = [id for id in new if id not in old]
    for id in fresh:
        yield Difference(path=(*path, id), kind="added", after=new[id])
    if [*(id for id in old if id in new), *fresh] != list(new):
        yield Difference(path=path, kind="reordered", before=tuple(old), after=tuple(new))


def _of_entries(path: tuple[str, ...], before: Any, after: Any) -> Iterator[Difference]:
    gone, new = less(_in_order(before), after), less(_in_order(after), before)
    if isinstance(after, tuple) and (*less(before, gone), *new) != after:
        yield Difference(path=path, kind="changed", before=before, after=after)
        return
    yield from (Difference(path=path, kind="removed", before=entry) for entry in gone)
    yield from (Difference(path=path, kind="added", after=entry) for entry in new)


def _in_order(entries: tuple[T, ...] | frozenset[T]) -> Sequence[T]:
    return entries if isinstance(entries, tuple) else sorted(entries, key=str)


def apply(plan: CarePlan, differences: Iterable[Difference]) -> CarePlan:
    """Make the other version of one version and what is different between them; `diff` shows it at work.

    Args:
        plan: the version that the differences start from.
        differences: what is different, as `diff` gives it.

    Raises:
        DataError: with every place that does not hold what the difference says it held.
    """
    faults: list[Fault] = []
    made: CarePlan = _applied(plan, [(each.path, each) for each in differences], faults)
    if faults:
        raise DataError("difference", faults)
    return made


Step = tuple[tuple[str, ...], Difference]


def _applied(value: Any, steps: Sequence[Step], faults: list[Fault]) -> Any:
    """Apply to a value what is said of it, each with what is left of its path."""
    here = [difference for path, difference in steps if not path]
    inner: dict[str, list[Step]] = {}
    for path, difference in steps:
        if path:
            inner.setdefault(path[0], []).append((path[1:], difference))
    if isinstance(value, tuple):
        value = _to_parts(value, inner, faults)
    elif inner:
        value = _to_fields(value, inner, faults)
    for difference in here:
        value = _put(value, difference, faults)
    return value


def _to_fields(value: Any, inner: dict[str, list[Step]], faults: list[Fault]) -> Any:
    """Apply to a value what is said of its fields."""
    known = attrs.fields_dict(type(value)) if attrs.has(type(value)) else {}
    for step in inner.keys() - known.keys():
        faults += [Fault(each.place, "there is nothing of the kind") for _, each in inner[step]]
    changed = {step: _applied(getattr(value, step), inner[step], faults) for step in inner if step in known}
    return value if faults else attrs.evolve(value, **changed)


def _put(value: Any, difference: Difference, faults: list[Fault]) -> Any:
    """Apply what is said of a field as a whole, or of one entry of it."""
    before, after = difference.before, difference.after
    match difference.kind:
        case "added" if isinstance(value, tuple | frozenset):
            return (*value, after) if isinstance(value, tuple) else value | {after}
        case "removed" if isinstance(value, tuple) and before in value:
            return less(value, [before])
        case "removed" if isinstance(value, frozenset) and before in value:
            return value - {before}
        case "reordered" if known_parts(value) and sorted(by_id(value)) == sorted(after):
            return tuple(by_id(value)[id] for id in after)
        case "changed" | "ended" if value == before:
            return after
        case _:
            faults.append(Fault(difference.place, _OTHERWISE))
            return value


def _to_parts(parts: tuple[Any, ...], inner: dict[str, list[Step]], faults: list[Fault]) -> tuple[Any, ...]:
    """Apply to a list of parts what is said of them by their ids."""
    made = by_id(parts) if inner else {}
    for id, steps in inner.items():
        whole = next((difference for path, difference in steps if not path), None)
        if whole is None and id in made:
            made[id] = _applied(made[id], steps, faults)
        elif whole is None:
            faults += [Fault(each.place, "there is no such part") for _, each in steps]
        elif made.get(id) != whole.before:
            faults.append(Fault(whole.place, _OTHERWISE))
        elif whole.kind == "removed":
            del made[id]
        else:
            made[id] = whole.after
    return tuple(made.values()) if inner else parts


def value_type(path: Sequence[str], kind: DifferenceKind) -> Any:
    """Give the type of what stands at a path of a plan, for a reader of stored differences; `None` for no such path."""
    if kind == "reordered":
        return tuple[str, ...]
    wanted = type_at(CarePlan, path)
    return entry_type(wanted) or wanted if kind in ("added", "removed") else wanted


def _name(path: Sequence[str]) -> str:
    """Call an element by its part and its field, as `goal mood, due`."""
    words: list[str] = []
    for place, step in enumerate(path):
        if place and (part := entry_type(type_at(CarePlan, path[:place]))) is not None:
            words[-1] = f"{noun(part)} {step}"
        else:
            words.append(step)
    return ", ".join(words)


def _said(value: Any) -> str:
    """Put a value in words."""
    if value is None or value in ((), frozenset(), ""):
        return "nothing"
    if isinstance(value, tuple | frozenset):
        return ", ".join(_said(each) for each in _in_order(value))
    if not attrs.has(type(value)):
        return str(value)
    if isinstance(value, Part):
        return value.called
    said = [
        f"{field.name} {_said(getattr(value, field.name))}"
        for field in attrs.fields(type(value))
        if getattr(value, field.name) != field.default and field.init
    ]
    return " ".join(said)
