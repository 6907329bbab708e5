"""A vocabulary for the tests of reading, and what they ask of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from carecoord.errors import RuleError
from carecoord.rules import HostCall, Kind, Vocabulary, parse
from carecoord.rules._nodes import Constant, Name, Node

ITEM = Kind.number(0, 3, whole=True)
WORDS = Vocabulary(
    names={
        "q1": ITEM,
        "q2": ITEM,
        "q3": Kind.number(0, 4, whole=True),
        "code(q1)": ITEM,
        "hours": Kind.number(0.5, 24),
        "a.b": Kind.NUMBER,
        "sex": Kind.choice(("female", "male")),
        "note": Kind.TEXT,
        "agrees": Kind.YES_NO,
        "bed": Kind.TIME,
        "born": Kind.DATE,
    },
    lists={
        "items": ("q1", "q2", "q3"),
        "all_of_it": ("items", "points"),
        "none": (),
        "within": ("none",),
        "loop": ("loop",),
    },
    tables={"t": ((0, 1), (1, 2)), "no_entries": (), "mixed": ((0, 1), (1, "x"))},
    definitions={"points": Constant(2)},
    sequences={"pair": (Name("q1", ITEM), Constant(1))},
    aliases={"first": "q1"},
)
Q1, Q2, Q3 = (Name(name, WORDS.names[name]) for name in ("q1", "q2", "q3"))


def refusal(text: str, words: Vocabulary = WORDS, read: Callable[[str, Vocabulary], object] = parse) -> RuleError:
    """Give the error that a text is refused with."""
    with pytest.raises(RuleError) as raised:
        read(text, words)
    return raised.value


def read_with(function: Callable[[HostCall], Kind], text: str) -> Node:
    """Read a rule in which `f` is a function of the host."""
    return parse(text, Vocabulary(names=WORDS.names, definitions=WORDS.definitions, functions={"f": function})).node
