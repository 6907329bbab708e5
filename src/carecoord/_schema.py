"""Say as a JSON Schema what the classes of a definition file say to the reader, so that editors can tell too."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from datetime import date, datetime
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

import attrs

from carecoord._values import FrozenMapping, Period

__all__ = ["schema_of"]

Schema = dict[str, Any]

PLAIN: dict[Any, Schema] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    date: {"type": "string", "format": "date"},
    datetime: {"type": "string", "format": "date-time"},
    Period: {"type": "string", "format": "duration"},
}


def schema_of(cls: type) -> Schema:
    """Give the JSON Schema (2020-12) of an attrs class whose fields are read from a file.

    Keys are those a file may use; what the class's docstring says of a field describes it.
    """
    made: dict[str, Schema] = {}
    _reference(cls, made)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **made.pop(cls.__name__),
        "$defs": dict(sorted(made.items())),
    }


def _reference(cls: type, made: dict[str, Schema]) -> Schema:
    if cls.__name__ not in made:
        made[cls.__name__] = {}
        made[cls.__name__] = _table(cls, made)
    return {"$ref": f"#/$defs/{cls.__name__}"}


def _table(cls: Any, made: dict[str, Schema]) -> Schema:
    attrs.resolve_types(cls)
    said = inspect.getdoc(cls) or ""
    words = {name: " ".join(text.split()) for name, text in _FIELD.findall(said.partition("Attributes:")[2])}
    fields = {
        str(field.metadata.get("key", field.name)): (field, words.get(field.name, ""))
        for field in attrs.fields(cls)
        if field.init
    }
    return {
        "description": said.partition("\n")[0],
        "type": "object",
        "properties": {
            key: {**_schema(field.type, made), **({"description": text} if text else {})}
            for key, (field, text) in fields.items()
        },
        "required": [key for key, (field, _) in fields.items() if field.default is attrs.NOTHING],
        "additionalProperties": False,
    }


_FIELD = re.compile(r"^    (\w+): (.*(?:\n {8}.*)*)", re.MULTILINE)


def _schema(kind: Any, made: dict[str, Schema]) -> Schema:
    if kind in PLAIN:
        return dict(PLAIN[kind])
    if attrs.has(kind):
        return _reference(kind, made)
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Literal:
        return {"enum": list(inner)}
    if origin in (FrozenMapping, Mapping, dict):
        return {"type": "object", "additionalProperties": _schema(inner[1], made)}
    if origin is frozenset or (origin is tuple and inner[1:] == (...,)):
        return {"type": "array", "items": _schema(inner[0], made)}
    if origin is tuple:
        listed = [_schema(one, made) for one in inner]
        return {"type": "array", "prefixItems": listed, "items": False, "minItems": len(inner)}
    if origin in (Union, UnionType):
        members = [one for one in inner if one is not type(None) and not (one is int and float in inner)]
        several = [_schema(one, made) for one in members]
        return several[0] if len(several) == 1 else {"anyOf": several}
    raise AssertionError(kind)
