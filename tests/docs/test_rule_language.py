"""The page of the rule language says what the language has, and its limits as they are."""

from __future__ import annotations

import re
from pathlib import Path

from carecoord.rules import _kinds, _nodes, _parse, _source

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "rule-language.md").read_text("utf-8")


def test_every_function_has_its_line_and_no_other() -> None:
    """The first cells of the two tables of functions name them all."""
    tables = PAGE[PAGE.index("## Functions of many values") : PAGE.index("## Numbers")]
    cells = [line.split("|")[1] for line in tables.splitlines() if line.startswith("| `")]
    named = {name for cell in cells for name in re.findall(r"`(\w+)", cell)}
    assert named == {*_nodes.AGGREGATES, *_nodes.SCALARS, "lookup", "code"}


def test_the_limits_are_those_that_are_kept() -> None:
    """Each number of the table of limits is the one the reader of rules goes by."""
    table = PAGE[PAGE.index("## Limits") : PAGE.index("What is refused raises")]
    limits = [int(number.replace(",", "")) for number in re.findall(r"\| ([\d,]+)", table)]
    assert limits == [
        _source.LONGEST,
        _source.DEEPEST,
        _source.MOST_OPERATORS,
        _parse.MOST_MEMBERS,
        _parse.MOST_PARTS,
        _nodes.MOST_LEVELS,
        _kinds.LARGEST,
    ]
