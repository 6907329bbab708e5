"""The form of a definition file as a JSON Schema."""

from __future__ import annotations

from typing import Any

from carecoord._schema import schema_of
from carecoord.scoring._format import DefinitionFile

__all__ = ["definition_schema"]

SPANS = r"^\d{1,4}(-\d{1,4})?( \d{1,4}(-\d{1,4})?)*$"


def definition_schema() -> dict[str, Any]:
    """Give the JSON Schema (2020-12) of an instrument's definition, for editors and for programs that write one.

    It says what may stand where, and of which type.
    What rules, bands and examples must say to each other is checked by `read_instrument` and `check`.

    >>> schema = definition_schema()
    >>> schema["required"], schema["properties"]["permission"]["enum"][0]
    (['id', 'title', 'items', 'scores'], 'free')
    """
    schema = schema_of(DefinitionFile)
    schema["title"] = "Instrument definition"
    schema["properties"]["lists"] = {
        "description": "Lists of texts by name, over which items, scores and flags with `each` are repeated.",
        "type": "object",
        "additionalProperties": {"type": "array", "items": {"type": "string"}, "minItems": 1},
    }
    each = {"description": "The name of the list over which this is repeated; {name} is filled in.", "type": "string"}
    for repeated in ("ItemEntry", "ScoreEntry", "FlagEntry"):
        schema["$defs"][repeated]["properties"]["each"] = each
    item = schema["$defs"]["ItemEntry"]
    single = item["properties"]["n"]
    item["properties"]["n"] = {"description": f"{single['description']} With `each`: as many as the list has members."}
    item |= {
        "if": {"required": ["each"]},
        "then": {"properties": {"n": {"type": "string", "pattern": SPANS}}},
        "else": {"properties": {"n": {"type": "integer"}}},
    }
    return schema
