"""Bring two edits of one value together, element by element, and list what they do not agree on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final, Literal, TypeVar

import attrs

from carecoord.errors import CareCoordError, DataError
from carecoord.plans._elements import by_id, is_whole, known_parts

__all__ = ["Choice", "Conflict", "Instead", "Path", "ThreeWay"]

T = TypeVar("T")

Path = tuple[str, ...]


@attrs.frozen
class Instead:
    """A value that takes the place of both sides' where they are in conflict.

    Attributes:
        value: what is to stand there.
    """

    value: Any


Choice = Literal["ours", "theirs", "base"] | Instead
"""How a conflict is settled: with the value of one side, with the one before, or with another one."""


@attrs.frozen(kw_only=True)
class Conflict:
    """One element on which two edits of a plan do not agree.

    Attributes:
        path: where it is, as in a `Difference`.
        base: what stood there before both; `None` for nothing.
        ours: what stands there on one side.
        theirs: what stands there on the other.
        because: why both cannot stand.
    """

    path: Path
    base: Any = None
    ours: Any = None
    theirs: Any = None
    because: str = "both sides changed it"

    @property
    def place(self) -> str:
        """The path as text, as `goals.mood.due`."""
        return ".".join(self.path)


class _Absent:
    """What a side holds that does not have a part at all."""


_ABSENT: Final = _Absent()
_SIDES: Final = ("base", "ours", "theirs")


class ThreeWay:
    """Two edits of a value brought together, with what they do not agree on.

    Attributes:
        settle: what the host chose, by path.
        conflicts: what nobody has settled yet, by path.
        used: the paths at which there was something to settle.
    """

    def __init__(self, settle: Mapping[Path, Choice]) -> None:
        self.settle = settle
        self.conflicts: dict[Path, Conflict] = {}
        self.used: set[Path] = set()

    def of(self, path: Path, base: Any, ours: Any, theirs: Any) -> Any:
        """Give what stands at a path when both sides' changes are taken."""
        if path in self.settle and ours != theirs and not (_is_united(ours) or _is_united(theirs)):
            return self._settled(path, (base, ours, theirs))
        if theirs in (ours, base):
            return ours
        if ours == base:
            return theirs
        before = () if base is None or base is _ABSENT else base
        if known_parts(ours, theirs) and (known_parts(before) or not before):
            return self._parts(path, before, ours, theirs)
        if is_whole(ours) and type(ours) is type(theirs) and (base is _ABSENT or type(base) is type(ours)):
            return self.fields(path, base, ours, theirs, [field.name for field in attrs.fields(type(ours))])
        if all(isinstance(each, tuple) for each in (before, ours, theirs)):
            return _entries(before, ours, theirs)
        if isinstance(ours, frozenset) and isinstance(theirs, frozenset):
            kept = frozenset(before) & ours & theirs
            return kept | (ours - frozenset(before)) | (theirs - frozenset(before))
        return self._settled(path, (base, ours, theirs))

    def fields(self, path: Path, base: Any, ours: Any, theirs: Any, names: Sequence[str]) -> Any:
        """Bring a value together field by field, and see that what comes of it holds together."""
        sides = {name: [getattr(side, name, _ABSENT) for side in (base, ours, theirs)] for name in names}
        made = {name: self.of((*path, name), *values) for name, values in sides.items()}
        is_open = any(len(place) == len(path) + 1 and place[:-1] == path for place in self.conflicts)
        if base is _ABSENT and is_open:
            return ours
        whole = _built(ours, made)
        if isinstance(whole, CareCoordError):
            because = f"with both, {_first(whole)}"
            disputed = [name for name in names if (*path, name) in self.used]
            clashing = _clashing(ours, made, sides, lists=not (is_open or disputed))
            for name in clashing:
                made[name] = self._settled((*path, name), sides[name], because)
            whole = _built(ours, made)
            if isinstance(whole, CareCoordError) and not (is_open and not clashing):
                for name in (*clashing, *disputed) or _changed(made, sides):
                    self._dispute((*path, name), sides[name], f"as settled, {_first(whole)}")
        return ours if isinstance(whole, CareCoordError) else whole

    def _parts(self, path: Path, base: Any, ours: Any, theirs: Any) -> tuple[Any, ...]:
        """Bring lists of parts together part by part; one that a side removed and the other changed is in conflict."""
        sides = [by_id(each) for each in (base, ours, theirs)]
        made: dict[str, Any] = {}
        for id in dict.fromkeys(id for side in sides for id in side):
            values = [side.get(id, _ABSENT) for side in sides]
            made[id] = self.of((*path, id), *values)
        order = in_order(*([id for id in side if made[id] is not _ABSENT] for side in sides), key=str)
        return tuple(made[id] for id in order)

    def _settled(self, path: Path, sides: Sequence[Any], because: str = "both sides changed it") -> Any:
        """Give what the host chose; where nothing is chosen yet, list the conflict and keep what was there before."""
        choice = self.settle.get(path)
        self.used.add(path)
        if isinstance(choice, Instead):
            return choice.value
        if choice is not None:
            return sides[_SIDES.index(choice)]
        self._dispute(path, sides, because)
        return sides[0]

    def _dispute(self, path: Path, sides: Sequence[Any], because: str) -> None:
        base, ours, theirs = (None if each is _ABSENT else each for each in sides)
        self.conflicts[path] = Conflict(path=path, base=base, ours=ours, theirs=theirs, because=because)


def _is_united(value: object) -> bool:
    """Say whether a value is brought together of what it holds, so that neither side as a whole takes its place."""
    return isinstance(value, tuple | frozenset) or is_whole(value)


Sides = Mapping[str, Sequence[Any]]


def _built(like: Any, fields: Mapping[str, Any]) -> Any:
    """Give a value with these fields, or the error that they do not hold together."""
    try:
        return attrs.evolve(like, **{name: None if each is _ABSENT else each for name, each in fields.items()})
    except CareCoordError as error:
        return error


def _first(error: CareCoordError) -> str:
    return error.faults[0].message if isinstance(error, DataError) else str(error)


def _changed(made: Mapping[str, Any], sides: Sides) -> list[str]:
    """Give the fields that one side changed, and not both alike."""
    return [
        name for name, (base, ours, theirs) in sides.items() if ours != theirs and base not in (made[name], _ABSENT)
    ]


def _clashing(like: Any, made: Mapping[str, Any], sides: Sides, *, lists: bool) -> list[str]:
    """Give the fields that one side changed and that, as they were before, would let the rest hold together."""
    before = {name: {**made, name: sides[name][0]} for name in _changed(made, sides)}
    found = [name for name, fields in before.items() if not isinstance(_built(like, fields), CareCoordError)]
    single = [name for name in found if not any(map(_is_united, sides[name]))]
    return single or (found if lists else [])  # lists are united, and give way only where nothing else could


def _entries(base: tuple[T, ...], ours: tuple[T, ...], theirs: tuple[T, ...]) -> tuple[T, ...]:
    """Bring lists of entries together: what either side added stays, what either side took away is gone."""
    sides = [Counter(each) for each in (base, ours, theirs)]
    wanted = {entry: _count(*(side[entry] for side in sides)) for entry in {*base, *ours, *theirs}}
    numbered = [[each for each in _numbered(side) if each[1] < wanted[each[0]]] for side in (base, ours, theirs)]
    return tuple(entry for entry, _ in in_order(*numbered, key=repr))


def _count(base: int, ours: int, theirs: int) -> int:
    """Say how many of an entry stay: as many as the side that changed it has, and the more where both did."""
    return max(ours, theirs) if max(ours, theirs) > base else min(ours, theirs)


def _numbered(entries: tuple[T, ...]) -> list[tuple[T, int]]:
    seen = Counter[T]()
    numbered: list[tuple[T, int]] = []
    for entry in entries:
        numbered.append((entry, seen[entry]))
        seen[entry] += 1
    return numbered


def in_order(base: Sequence[T], ours: Sequence[T], theirs: Sequence[T], *, key: Callable[[T], str]) -> list[T]:
    """Give all that two sequences hold, in an order that is that of each, whichever side comes first.

    Where both have two in different orders, that of the side that changed it holds.
    """
    shared = {each for each in ours if each in theirs}
    orders = [[each for each in side if each in shared] for side in (base, ours, theirs)]
    before, one, other = orders
    order = one if other in (one, before) else other if one == before else sorted(one, key=key)
    left, right = _with_order(ours, shared, order), _with_order(theirs, shared, order)
    found: list[T] = []
    while left and right:
        if left[0] == right[0]:
            right.pop(0)
            found.append(left.pop(0))
        else:
            is_left = right[0] in shared or (left[0] not in shared and key(left[0]) <= key(right[0]))
            found.append((left if is_left else right).pop(0))
    return [*found, *left, *right]


def _with_order(entries: Sequence[T], shared: Collection[T], order: Sequence[T]) -> list[T]:
    """Put those of the entries that are shared in this order, at the places that they have."""
    ordered = iter(order)
    return [next(ordered) if each in shared else each for each in entries]
