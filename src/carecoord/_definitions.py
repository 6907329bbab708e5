"""Read definitions and data strictly: every fault at once, each with its place.

TOML definitions and JSON data both go through one cattrs converter that converts nothing silently:
a number is never made from text, yes/no is never a number,
and a key that is not a field is refused with the nearest known one.
Classes are plain attrs values; `carecoord._values.key` names the key of a field whose own name Python does not allow.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from functools import lru_cache, partial
from pathlib import Path
from types import UnionType
from typing import Any, Final, Literal, TypeVar, Union, cast, get_args, get_origin

import attrs
from cattrs import Converter
from cattrs.errors import IterableValidationError
from cattrs.gen import make_dict_unstructure_fn, override

from carecoord._readers import Readers, key_of, tag_of
from carecoord._values import FrozenMapping, Period
from carecoord.errors import CareCoordError, DataError, DefinitionError, Fault, did_you_mean

__all__ = ["converter", "fields_of", "read_json", "read_text", "read_toml", "structure", "unstructure"]

T = TypeVar("T")

LARGEST_FILE = 2_000_000
"""Characters of a definition at most: text from strangers is read in bounded time."""

LARGEST_NUMBER = 1e15
"""No number of a file may lie beyond this, either way: all up to here are exact, and each can be written."""

LARGEST_TABLE = 2000
"""Entries of one list or table of a definition at most."""

DEEPEST = 20
"""Levels of tables within tables at most."""

MOST_DOTS = 100
"""Dots on one line of TOML at most: the time to read a dotted key grows with the square of its length."""


def fields_of(cls: type) -> tuple[str, ...]:
    """Give the keys that a file may use for a value of this class."""
    return tuple(key_of(field) for field in attrs.fields(cls) if field.init)


def _found(value: Any) -> str:
    names = {str: "text", bool: "yes/no", int: "a whole number", float: "a number", list: "a list", dict: "a table"}
    endless = isinstance(value, int) and value.bit_length() > 200
    shown = repr(value)[:60] if isinstance(value, str | int | float) and not endless else ""
    kind = "nothing" if value is None else names.get(type(value), type(value).__name__)
    return f"{kind} {shown}".strip()


def _exactly(wanted: str, *types: type) -> Callable[[Any, Any], Any]:
    def check(value: Any, _: Any) -> Any:
        if type(value) not in types:
            raise TypeError(f"{wanted} is wanted, found {_found(value)}")
        if isinstance(value, int | float) and not -LARGEST_NUMBER <= value <= LARGEST_NUMBER:
            raise ValueError(f"{wanted} of at most 15 digits is wanted, found {_found(value)}")
        return value

    return check


def _date(value: Any, _: Any) -> date:
    if type(value) is date:
        return value
    if not isinstance(value, str):
        raise TypeError(f"a date is wanted, found {_found(value)}")
    try:
        if len(value) != 10:
            raise ValueError
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError(f"{value[:40]!r} is no date, wanted YYYY-MM-DD as in 2026-01-31") from None


def _datetime(value: Any, _: Any) -> datetime:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise ValueError(f"{value[:40]!r} is no time, wanted as in 2026-01-31T09:30:00+01:00") from None
    if not isinstance(value, datetime):
        raise TypeError(f"a date with a time is wanted, found {_found(value)}")
    if value.tzinfo is None:
        raise ValueError("the time has no offset from UTC, wanted as in 2026-01-31T09:30:00+01:00")
    return value


def _moment(value: Any, _: Any) -> date | datetime:
    has_time = isinstance(value, datetime) or (isinstance(value, str) and len(value) > 10)
    return _datetime(value, None) if has_time else _date(value, None)


def _period(value: Any, _: Any) -> Period:
    if value == str(Period()):
        return Period()
    return value if isinstance(value, Period) else Period.parse(_text(value, None))


_text = _exactly("text", str)
_number = _exactly("a number", int, float)


def _literal(value: Any, wanted: Any) -> Any:
    choices = get_args(wanted)
    if not any(value is choice or (type(value) is type(choice) and value == choice) for choice in choices):
        hint = did_you_mean(value, map(str, choices)) if isinstance(value, str) else ""
        raise ValueError(f"{_found(value)} is none of {', '.join(map(str, choices))}{hint}")
    return value


def _is_literal(cls: Any) -> bool:
    return get_origin(cls) is Literal


def _is_tuple(cls: Any) -> bool:
    return get_origin(cls) is tuple


def _structure_tuple(used: Converter, value: Any, cls: Any) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise TypeError(f"a list is wanted, found {_found(value)}")
    kinds = get_args(cls)
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        kinds = (kinds[0],) * len(value)
    elif len(kinds) != len(value):
        raise ValueError(f"{len(kinds)} entries are wanted, found {len(value)}")
    return tuple(_each(used, enumerate(value), dict(enumerate(kinds)), cls).values())


def _is_mapping(cls: Any) -> bool:
    return get_origin(cls) in (FrozenMapping, Mapping, dict)


def _structure_mapping(used: Converter, value: Any, cls: Any) -> FrozenMapping[str, Any]:
    if not isinstance(value, Mapping):
        raise TypeError(f"a table is wanted, found {_found(value)}")
    kind = get_args(cls)[1]
    return FrozenMapping(_each(used, value.items(), dict.fromkeys(value, kind), cls))


def _is_frozenset(cls: Any) -> bool:
    return cls is frozenset or get_origin(cls) is frozenset


def _structure_frozenset(used: Converter, value: Any, cls: Any) -> frozenset[Any]:
    if not isinstance(value, list | tuple | frozenset):
        raise TypeError(f"a list is wanted, found {_found(value)}")
    return frozenset(_each(used, enumerate(value), dict.fromkeys(range(len(value)), get_args(cls)[0]), cls).values())


class _Place(str):
    """A note on an exception: which key or place it came from."""

    __slots__ = ("at",)
    at: str | int


def _at(at: str | int, error: Exception) -> Exception:
    note = _Place(f"at {at}")
    note.at = at
    error.__notes__ = [note]
    return error


def _each(used: Converter, pairs: Iterable[tuple[Any, Any]], kinds: Mapping[Any, Any], cls: Any) -> dict[Any, Any]:
    done: dict[Any, Any] = {}
    errors: list[Exception] = []
    for at, value in pairs:
        try:
            done[at] = used.structure(value, kinds[at])
        except Exception as error:  # noqa: BLE001 - it joins the faults, or is raised again by _faults
            errors.append(_at(at, error))
    if errors:
        raise IterableValidationError("faults", errors, cls)  # pyright: ignore[reportCallIssue]
    return done


def _is_union(cls: Any) -> bool:
    return get_origin(cls) in (Union, UnionType)


def _structure_union(used: Converter, value: Any, cls: Any) -> Any:
    """Take the one member that fits the value's form; a union lists forms that cannot be confused."""
    members = [member for member in get_args(cls) if member is not type(None)]
    if value is None and len(members) < len(get_args(cls)):
        return None
    if set(members) == {date, datetime}:
        return _moment(value, None)
    tagged = {tag: member for member in members if (tag := tag_of(member)) is not None}
    if len(tagged) == len(members):
        return used.structure(value, _tagged(value, tagged))
    fitting = [member for member in members if _fits(value, member)]
    if len(fitting) >= 1:
        return used.structure(value, fitting[0])
    if len(members) == 1:
        return used.structure(value, members[0])
    words = {str: "text", bool: "yes/no", int: "a whole number", float: "a number"}
    wanted = " or ".join(
        dict.fromkeys(words.get(member, "a list" if _is_tuple(member) else "a table") for member in members)
    )
    raise TypeError(f"{wanted} is wanted, found {_found(value)}")


def _tagged(value: Any, members: Mapping[str, Any]) -> Any:
    """Choose the member of a union by the value's `kind`."""
    found = next((member for member in members.values() if isinstance(value, member)), None)
    if found is not None:
        return found
    if not isinstance(value, Mapping):
        raise TypeError(f"a table is wanted, found {_found(value)}")
    tag = value.get("kind")
    if not isinstance(tag, str) or tag not in members:
        said = "kind is missing" if "kind" not in value else f"{_found(tag)} is no kind here"
        hint = did_you_mean(tag, members) if isinstance(tag, str) else ""
        raise ValueError(f"{said}, wanted {', '.join(members)}{hint}")
    return members[tag]


def _fits(value: Any, member: Any) -> bool:
    if get_origin(member) is Literal:
        return value in get_args(member) and type(value) in {type(choice) for choice in get_args(member)}
    if _is_tuple(member) or _is_frozenset(member):
        return isinstance(value, list | tuple | frozenset)
    if _is_mapping(member) or attrs.has(member):
        return isinstance(value, Mapping) or (isinstance(member, type) and isinstance(value, member))
    if member is Period or member is date:
        return isinstance(value, str | member)
    return isinstance(member, type) and type(value) is member


def _make_converter() -> Converter:
    made = Converter(forbid_extra_keys=True, detailed_validation=True)
    for kind, check in (
        (str, _text), (bool, _exactly("yes/no (true or false)", bool)), (int, _exactly("a whole number", int)),
        (float, _number), (date, _date), (datetime, _datetime), (Period, _period),
    ):  # fmt: skip
        made.register_structure_hook(kind, check)
    for matches, build in (
        (_is_tuple, _structure_tuple), (_is_mapping, _structure_mapping),
        (_is_frozenset, _structure_frozenset), (_is_union, _structure_union),
    ):  # fmt: skip
        made.register_structure_hook_func(matches, partial(build, made))
    made.register_structure_hook_func(_is_literal, _literal)
    made.register_structure_hook_factory(attrs.has, partial(_class_hook, made))
    made.register_unstructure_hook(date, date.isoformat)
    made.register_unstructure_hook(datetime, datetime.isoformat)
    made.register_unstructure_hook(Period, lru_cache(maxsize=1_024)(str))
    made.register_unstructure_hook_func(_is_frozenset, lambda value: sorted(made.unstructure(list(value))))
    made.register_unstructure_hook_func(
        _is_mapping, lambda value: {name: made.unstructure(entry) for name, entry in value.items()}
    )
    made.register_unstructure_hook(
        FrozenMapping, lambda value: {name: made.unstructure(entry) for name, entry in value.items()}
    )
    made.register_unstructure_hook_factory(attrs.has, partial(_class_unhook, made))
    return made


def _class_hook(used: Converter, cls: Any) -> Callable[[Any, Any], Any]:
    """Read a class field by field: cattrs would write code for it, which takes longer than it saves on one file."""
    attrs.resolve_types(cls)
    fields = {key_of(field): field for field in attrs.fields(cls) if field.init}
    kinds = {name: field.type for name, field in fields.items()}

    def build(value: Any, wanted: Any) -> Any:
        if isinstance(value, cls):
            return value
        if not isinstance(value, Mapping):
            raise TypeError(f"a table is wanted, found {_found(value)}")
        errors: list[Exception] = []
        given: dict[str, Any] = {}
        try:
            given = _each(used, [(name, value[name]) for name in fields if name in value], kinds, wanted)
        except IterableValidationError as found:
            errors.extend(found.exceptions)
        needed = [name for name, field in fields.items() if field.default is attrs.NOTHING]
        errors += [ValueError(f"{name} is missing") for name in needed if name not in value]
        for name in sorted(map(str, value.keys() - fields.keys())):
            errors.append(_at(name, ValueError(f"not a field here{did_you_mean(name, fields)}")))
        if errors:
            raise IterableValidationError("faults", errors, wanted)  # pyright: ignore[reportCallIssue]
        return cls(**{fields[name].alias: entry for name, entry in given.items()})

    _FIELD_BY_FIELD.add(build)
    return build


def _class_unhook(used: Converter, cls: Any) -> Callable[[Any], Any]:
    """Leave out what has its default value: what is written is what was said, and the `kind` that tells it apart."""
    renamed: dict[str, Any] = {
        field.name: override(rename=key_of(field)) if field.init else override(omit=True) for field in attrs.fields(cls)
    }
    attrs.resolve_types(cls)
    if tag_of(cls) is not None:
        renamed["kind"] = override(omit_if_default=False)
    return make_dict_unstructure_fn(cls, used, _cattrs_omit_if_default=True, **renamed)


_FIELD_BY_FIELD: Final[set[Callable[[Any, Any], Any]]] = set()
"""The hooks of classes that no package reads in a way of its own."""

converter = _make_converter()
"""The one converter. A package may teach it a type of its own with `register`."""

_readers = Readers(converter.get_structure_hook, lambda cls: converter.get_structure_hook(cls) in _FIELD_BY_FIELD)


def register(kind: Any, hook: Callable[[Any, Any], Any]) -> None:
    """Teach the converter to read a type, or the types that a predicate is true of, in a way of its own."""
    if isinstance(kind, type):
        converter.register_structure_hook(kind, hook)
    else:
        converter.register_structure_hook_func(kind, hook)
    _readers.forget()


def unstructure(value: Any) -> Any:
    """Turn a value into plain dicts, lists, text and numbers; what holds its default is left out."""
    return converter.unstructure(value)


def structure(data: Any, cls: type[T], *, name: str, error: type[DefinitionError | DataError] = DefinitionError) -> T:
    """Build a value of `cls` from plain data.

    Args:
        data: what was read from TOML or JSON.
        cls: an attrs class, or any type built of them.
        name: how to call the data in the error.
        error: which error to raise.

    Raises:
        DefinitionError: (or `error`) with every fault and its place.
    """
    with suppress(Exception):  # what is wrong is said below, all of it
        return cast("T", _readers.of(cls)(data))
    try:
        return converter.structure(data, cls)
    except Exception as raised:  # noqa: BLE001 - what is no fault of the data is raised again
        named = data if error is DefinitionError else None  # an id in data may be a person's: there a place is a number
        raise error(name, _faults(raised, "$", named)) from None


def _faults(raised: BaseException, path: str, data: Any) -> list[Fault]:
    if isinstance(raised, IterableValidationError):
        faults: list[Fault] = []
        for inner in raised.exceptions:
            at, within = _descend(path, data, _step(inner))
            faults += _faults(inner, at, within)
        return faults
    if isinstance(raised, DefinitionError | DataError):
        return [Fault(f"{path}{fault.path.removeprefix('$')}", fault.message) for fault in raised.faults]
    if isinstance(raised, CareCoordError | ValueError | TypeError):
        return [Fault(path, str(raised))]
    raise raised


def _step(inner: BaseException) -> str | int | None:
    """Read from its note which field or place an error came from."""
    return next((note.at for note in getattr(inner, "__notes__", ()) if isinstance(note, _Place)), None)


def _descend(path: str, data: Any, step: str | int | None) -> tuple[str, Any]:
    if step is None:
        return path, data
    if isinstance(step, str):
        return f"{path}.{step}", data.get(step) if isinstance(data, Mapping) else None
    within = data[step] if isinstance(data, Sequence) and step < len(data) else None
    label: object = within.get("id", within.get("n", step)) if isinstance(within, Mapping) else step
    return f"{path}[{label if isinstance(label, str | int) else step}]", within


def read_text(source: str | Path, *, name: str = "") -> tuple[str, str]:
    """Give the text of a definition and a name for it.

    Args:
        source: a path, or the text itself; text that holds a line break or `=` is the definition, anything else a path.
        name: how to call it; the file's name without its ending where left out.

    Raises:
        DefinitionError: there is no such file, it is no UTF-8 text, or it is larger than two million characters.
    """
    if isinstance(source, str) and ("\n" in source or "=" in source or not source.strip()):
        text, called = source, name or "definition"
    else:
        path = Path(source)
        called = name or path.stem
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            raise DefinitionError(
                called, [Fault("", f"cannot be read: {getattr(error, 'strerror', None) or 'it is no UTF-8 text'}")]
            ) from None
    if len(text) > LARGEST_FILE:
        raise DefinitionError(called, [Fault("", f"longer than {LARGEST_FILE:,} characters")])
    return text, called


def read_toml(source: str | Path, *, name: str = "") -> tuple[dict[str, Any], str]:
    """Parse a definition; give its data and the name to call it by (its own `id` where it has one).

    Raises:
        DefinitionError: it cannot be read or is no TOML.
    """
    text, called = read_text(source, name=name)
    crowded = next((n for n, line in enumerate(text.splitlines(), 1) if line.count(".") > MOST_DOTS), None)
    if crowded is not None:
        raise DefinitionError(called, [Fault(f"line {crowded}", f"more than {MOST_DOTS} dots")])
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise DefinitionError(
            called, [Fault("", f"no TOML: {error}" if str(error) else "no TOML: nested too deeply")]
        ) from None
    own = data.get("id")
    called = own[:100] if isinstance(own, str) and own else called
    fault = _too_large(data)
    if fault is not None:
        raise DefinitionError(called, [fault])
    return data, called


def _too_large(data: Any) -> Fault | None:
    waiting: list[tuple[Any, str, int]] = [(data, "$", 0)]
    while waiting:
        value, path, depth = waiting.pop()
        if depth > DEEPEST:
            return Fault(path[:100], f"tables or lists more than {DEEPEST} deep")
        if len(value) > LARGEST_TABLE:
            return Fault(path[:100], f"{len(value):,} entries are more than the {LARGEST_TABLE:,} that are read")
        pairs = value.items() if isinstance(value, dict) else [("[]", entry) for entry in value]
        waiting += [(entry, f"{path}.{key}", depth + 1) for key, entry in pairs if isinstance(entry, dict | list)]
    return None


def read_json(text: str, *, name: str) -> Any:
    """Parse JSON: no key twice in one object, no `NaN`, no numbers without end.

    Raises:
        DataError: it is no such JSON.
    """
    import json  # noqa: PLC0415 - definitions are TOML

    def refuse(constant: str) -> Any:
        raise ValueError(f"{constant} is no number in JSON")

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            raise ValueError(f"the key {twice[:60]!r} stands twice in one object")
        return made

    try:
        return json.loads(text, parse_constant=refuse, object_pairs_hook=once)
    except (ValueError, RecursionError) as error:
        raise DataError(
            name, [Fault("", f"no JSON: {error}" if str(error) else "no JSON: nested too deeply")]
        ) from None
