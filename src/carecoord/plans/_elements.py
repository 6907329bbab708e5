"""How a plan falls into elements: fields, parts known by their ids, and single entries of lists."""

from __future__ import annotations

import re
import types
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin

import attrs

from carecoord.plans._part import Stance

__all__ = ["by_id", "entry_type", "is_whole", "known_parts", "less", "noun", "type_at"]

T = TypeVar("T")


def is_whole(value: object) -> bool:
    """Say whether a value falls into fields that are compared one by one: the plan, and what is known by a key."""
    return attrs.has(type(value)) and isinstance(_key(value), str)


def _key(value: Any) -> Any:
    """Give what a part is known by: its id, and for the stance of one of those involved whose it is."""
    return value.member if isinstance(value, Stance) else getattr(value, "id", None)


def by_id(parts: Iterable[Any]) -> dict[str, Any]:
    """Give parts by what they are known by, in their order."""
    return {_key(part): part for part in parts}


def known_parts(*lists: object) -> bool:
    """Say whether these are lists of parts that are told apart by their ids."""
    return any(lists) and all(
        isinstance(parts, tuple) and all(map(is_whole, parts)) and len(by_id(parts)) == len(parts) for parts in lists
    )


def less(values: Iterable[T], fewer: Iterable[T]) -> tuple[T, ...]:
    """Give the values without as many of each as there are in `fewer`, the first ones of each."""
    left, kept = Counter(fewer), list[T]()
    for value in values:
        if left[value]:
            left[value] -= 1
        else:
            kept.append(value)
    return tuple(kept)


@cache
def _types(cls: type) -> Mapping[str, Any]:
    return {field.name: field.type for field in attrs.fields(attrs.resolve_types(cls))}


def _choices(wanted: Any) -> tuple[Any, ...]:
    return get_args(wanted) if get_origin(wanted) in (Union, types.UnionType) else (wanted,)


def entry_type(wanted: Any) -> Any:
    """Give the type of the entries of a list; `None` where the type is no list."""
    for each in _choices(wanted):
        if get_origin(each) in (tuple, frozenset):
            return get_args(each)[0]
    return None


def type_at(whole: type, path: Sequence[str]) -> Any:
    """Give the type of what stands at a path within a class; `None` where the class has nothing there."""
    wanted: Any = whole
    for step in path:
        classes = [each for each in _choices(wanted) if attrs.has(each)]
        listed = entry_type(wanted)
        if classes:
            wanted = next((_types(each)[step] for each in classes if step in _types(each)), None)
        elif listed is not None and attrs.has(listed) and (listed is Stance or "id" in _types(listed)):
            wanted = listed
        else:
            return None
    return wanted


def noun(wanted: Any) -> str:
    """Call a class by its name in plain words, as `care plan`."""
    kind: str | None = getattr(wanted, "KIND", None)
    return kind or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", wanted.__name__).lower()
