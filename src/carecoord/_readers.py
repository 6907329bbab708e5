"""Read plain data at once where nothing is wrong with it.

A reader takes what the strict converter takes and gives what it gives; where anything does not fit it raises whatever
comes first, and the converter then reads the same data again to say everything that is wrong, each with its place.
So most data, which is right, is read without the work that faults need.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache, lru_cache
from types import UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin

import attrs

from carecoord._values import FrozenMapping, Period

__all__ = ["Readers", "key_of", "tag_of"]

_DAY_LENGTH: Final = len("2026-01-31")

Reader = Callable[[Any], Any]
Hook = Callable[[Any, Any], Any]

_WRITTEN: Final[Mapping[Any, tuple[type, ...]]] = {
    str: (str,), bool: (bool,), int: (int,), float: (float,), Period: (Period,), date: (str, date),
}  # fmt: skip
"""The types in which plain data writes a value of some simple types; beside text, a text is no period."""


def key_of(field: attrs.Attribute[Any]) -> str:
    """Give the key of a field in files."""
    return str(field.metadata.get("key", field.name))


@cache
def tag_of(member: Any) -> str | None:
    """Give the one word that a class's field `kind` can hold: it tells the members of a union apart."""
    kind = attrs.fields_dict(attrs.resolve_types(member)).get("kind") if attrs.has(member) else None
    words = get_args(kind.type) if kind is not None and get_origin(kind.type) is Literal else ()
    return words[0] if len(words) == 1 else None


class Unfit(Exception):  # noqa: N818 - nobody outside sees it
    """Something does not fit; what, the converter says."""


class Readers:
    """Makes the reader of each type, once.

    Args:
        hook: gives the converter's own way to read a type, for types that need nothing quicker.
        is_plain: says whether the converter reads a class field by field, with no hook of its own.
    """

    def __init__(self, hook: Callable[[Any], Hook], is_plain: Callable[[Any], bool]) -> None:
        self._hook, self._is_plain = hook, is_plain
        self._made: dict[Any, Reader] = {}

    def of(self, kind: Any) -> Reader:
        """Give the reader of a type."""
        found = self._made.get(kind)
        if found is None:
            found = self._made[kind] = self._make(kind)
        return found

    def forget(self) -> None:
        """Make all readers anew when they are next wanted: the converter has learnt another hook."""
        self._made.clear()

    def _make(self, kind: Any) -> Reader:
        origin, args = get_origin(kind), get_args(kind)
        if origin in (Union, UnionType):
            return self._union(kind, [member for member in args if member is not type(None)], len(args))
        if origin is tuple and len(args) == 2 and args[1] is Ellipsis:
            return _many(tuple, self.of(args[0]), list, tuple)
        if origin is frozenset:
            return _many(frozenset, self.of(args[0]), list, tuple, frozenset)
        if origin in (FrozenMapping, Mapping, dict):
            return _mapping(self.of(args[1]))
        if origin is Literal and all(type(choice) is str for choice in args):
            return _word(frozenset(args))
        if isinstance(kind, type) and attrs.has(kind) and self._is_plain(kind):
            return self._class(kind)
        if kind in _SIMPLE:
            return _SIMPLE[kind]
        hook = self._hook(kind)
        return lambda value: hook(value, kind)

    def _class(self, cls: Any) -> Reader:
        attrs.resolve_types(cls)
        fields: dict[str, tuple[str, Reader]] = {}

        def read(value: Any) -> Any:
            if type(value) is not dict:
                if isinstance(value, cls):
                    return value
                raise Unfit
            given = {}
            for name, entry in value.items():
                alias, reader = fields[name]
                given[alias] = reader(entry)
            return cls(**given)

        self._made[cls] = read  # before its fields are read: one of them may hold the class itself
        for field in attrs.fields(cls):
            if field.init:
                fields[key_of(field)] = (field.alias or field.name, self.of(field.type))
        return read

    def _union(self, kind: Any, members: list[Any], size: int) -> Reader:
        inner = self._member(kind, members)
        if len(members) == size:
            return inner
        return lambda value: None if value is None else inner(value)

    def _member(self, kind: Any, members: list[Any]) -> Reader:
        if len(members) == 1:
            return self.of(members[0])
        tagged = {tag: self.of(member) for member in members if (tag := tag_of(member)) is not None}
        if len(tagged) == len(members):
            classes = tuple(members)
            return lambda value: value if isinstance(value, classes) else tagged[value["kind"]](value)
        if all(member in _WRITTEN for member in members):
            first: dict[type, Reader] = {}
            for member in members:
                for written in _WRITTEN[member]:
                    first.setdefault(written, self.of(member))
            return lambda value: first[type(value)](value)
        hook = self._hook(kind)
        return lambda value: hook(value, kind)


def _text(value: Any) -> str:
    if type(value) is not str:
        raise Unfit
    return value


def _word(choices: frozenset[str]) -> Reader:
    def read(value: Any) -> Any:
        if type(value) is not str or value not in choices:
            raise Unfit
        return value

    return read


def _many(made: Callable[[list[Any]], Any], reader: Reader, *forms: type) -> Reader:
    def read(value: Any) -> Any:
        if type(value) not in forms:
            raise Unfit
        return made([reader(entry) for entry in value])

    return read


def _mapping(reader: Reader) -> Reader:
    def read(value: Any) -> Any:
        if not isinstance(value, Mapping):
            raise Unfit
        return FrozenMapping({name: reader(entry) for name, entry in value.items()})

    return read


def _day(value: Any) -> date:
    if type(value) is str and len(value) == _DAY_LENGTH:
        return date.fromisoformat(value)
    if type(value) is not date:
        raise Unfit
    return value


@lru_cache(maxsize=1_024)
def _period_of(text: str) -> Period:
    return Period.parse(text)


def _period(value: Any) -> Period:
    if type(value) is str:
        return _period_of(value)
    if type(value) is not Period:
        raise Unfit
    return value


_SIMPLE: Final[Mapping[Any, Reader]] = {str: _text, date: _day, Period: _period}
