"""The JSON Schema of a definition takes what the reader takes, and refuses what it refuses."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings, strategies as st

from carecoord._definitions import structure
from carecoord.errors import DefinitionError
from carecoord.scoring import definition_schema
from carecoord.scoring._format import DefinitionFile, expand

DEFINITIONS = Path(__file__).parents[2] / "src" / "carecoord" / "scoring" / "instruments"
IDS = sorted(path.stem for path in DEFINITIONS.glob("*.toml"))
SCHEMA = definition_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
OTHERS: list[Any] = ["other", 7, 1.5, True, [], {}, ["other"], {"other": "other"}, [1, 2]]


@cache
def definition(name: str) -> dict[str, Any]:
    """Give a definition of the catalogue as plain data."""
    return tomllib.loads((DEFINITIONS / f"{name}.toml").read_text(encoding="utf-8"))


def is_read(data: dict[str, Any]) -> bool:
    """Say whether the reader takes the form of a definition, whatever its rules say."""
    try:
        structure(expand(data, "definition"), DefinitionFile, name="definition")
    except DefinitionError:
        return False
    return True


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Give the place of every table, list and plain value under a value."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield (*path, key)
        yield from places(inner, (*path, key))


@st.composite
def mutants(draw: st.DrawFn) -> dict[str, Any]:
    """Give a definition of the catalogue of which one place is taken away, another, or one more."""
    data = copy.deepcopy(definition(draw(st.sampled_from(IDS))))
    *path, last = draw(st.sampled_from([place for place in places(data) if place[0] != "lists"]))
    within = data
    for step in path:
        within = within[step]
    way = draw(st.sampled_from(("drop", "add", "replace", "replace")))
    if way == "drop":
        del within[last]
    elif way == "add" and isinstance(within, dict):
        within["oder"] = draw(st.sampled_from(OTHERS))
    else:
        within[last] = draw(st.sampled_from(OTHERS))
    return data


def test_the_schema_is_a_schema() -> None:
    """It keeps the rules of its own kind, and describes every field."""
    VALIDATOR.check_schema(SCHEMA)
    for table in [SCHEMA, *SCHEMA["$defs"].values()]:
        assert table["description"]
        assert [key for key, field in table["properties"].items() if not field.get("description")] == []


@pytest.mark.parametrize("name", IDS)
def test_every_definition_keeps_the_schema(name: str) -> None:
    """What the library ships is what the schema says."""
    assert [error.message for error in VALIDATOR.iter_errors(definition(name))] == []


@given(mutants())
@settings(max_examples=1000)
def test_the_schema_refuses_what_the_reader_refuses(data: dict[str, Any]) -> None:
    """One place changed: reader and schema agree on whether a definition still has the form of one."""
    assert VALIDATOR.is_valid(data) is is_read(data), [error.message for error in VALIDATOR.iter_errors(data)]
