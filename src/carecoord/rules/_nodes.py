"""The few node types every rule is made of.

A rule is read into these and nothing else.
Lists are gone by then: every operator works on single values, and only aggregates take several.
Nodes know nothing of the engines that evaluate, compile, explain or bound them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, cast

import attrs

from carecoord.rules._kinds import Kind, Type

__all__ = [
    "AGGREGATES",
    "MOST_LEVELS",
    "SCALARS",
    "And",
    "Arithmetic",
    "Call",
    "Choice",
    "Comparison",
    "Constant",
    "Defined",
    "Given",
    "Lookup",
    "Member",
    "Name",
    "Negative",
    "Node",
    "Not",
    "Or",
    "asked",
    "children",
    "facts_of",
    "named_in",
    "negative",
    "type_of",
]

Operator = Literal["+", "-", "*", "/"]
Relation = Literal["==", "!=", "<", "<=", ">", ">="]


MOST_LEVELS = 100
"""No rule nests deeper, named rules included, so that no walk over one runs out of stack."""


@attrs.frozen
class Part:
    """What every node knows of itself.

    Attributes:
        depth: how many nodes lie above each other in it, named rules included.
        size: how many nodes it has, each counted as often as it stands there, named rules included.
    """

    depth: int = attrs.field(init=False, eq=False, repr=False)
    size: int = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        inner = children(cast("Node", self))
        object.__setattr__(self, "depth", 1 + max([part.depth for part in inner], default=0))
        object.__setattr__(self, "size", 1 + sum([part.size for part in inner]))


def _type_of_constant(constant: Constant) -> str:
    return type(constant.value).__name__


@attrs.frozen(cache_hash=True)
class Constant(Part):
    """A number, text or yes/no that is written in the rule."""

    value: bool | int | float | str
    of: str = attrs.field(init=False, default=attrs.Factory(_type_of_constant, takes_self=True), repr=False)


@attrs.frozen(cache_hash=True)
class Name(Part):
    """A fact, by its name; the host supplies its value."""

    id: str
    kind: Kind = attrs.field(eq=False, default=Kind.NUMBER)


@attrs.frozen(cache_hash=True)
class Defined(Part):
    """A named rule standing in another one."""

    name: str
    body: Node


@attrs.frozen(cache_hash=True)
class Negative(Part):
    """Minus a number."""

    value: Node


@attrs.frozen(cache_hash=True)
class Arithmetic(Part):
    """Two numbers added, subtracted, multiplied or divided; a division by zero is unknown."""

    operator: Operator
    left: Node
    right: Node


@attrs.frozen(cache_hash=True)
class Comparison(Part):
    """Two values compared."""

    relation: Relation
    left: Node
    right: Node


@attrs.frozen(cache_hash=True)
class Member(Part):
    """Whether a value is one of those listed."""

    value: Node
    choices: tuple[int | float | str, ...]


@attrs.frozen(cache_hash=True)
class And(Part):
    """Kleene's and."""

    parts: tuple[Node, ...]


@attrs.frozen(cache_hash=True)
class Or(Part):
    """Kleene's or."""

    parts: tuple[Node, ...]


@attrs.frozen(cache_hash=True)
class Not(Part):
    """Kleene's not."""

    value: Node


@attrs.frozen(cache_hash=True)
class Choice(Part):
    """One of two values by a condition; unknown where the condition is."""

    condition: Node
    then: Node
    otherwise: Node


@attrs.frozen(cache_hash=True)
class Given(Part):
    """A value where a condition holds, else unknown: how a score's `needs` guards its value."""

    condition: Node
    value: Node


@attrs.frozen(cache_hash=True)
class Lookup(Part):
    """The entry of a table; unknown outside it."""

    value: Node
    table: str
    entries: tuple[tuple[int | float, int | float | str], ...]


@attrs.frozen(cache_hash=True)
class Call(Part):
    """A function of the language on single values; `known` takes only the known ones."""

    function: str
    arguments: tuple[Node, ...]
    known: bool = False


Node = (
    Constant
    | Name
    | Defined
    | Negative
    | Arithmetic
    | Comparison
    | Member
    | And
    | Or
    | Not
    | Choice
    | Given
    | Lookup
    | Call
)

AGGREGATES: dict[str, tuple[Type, Type | None]] = {
    "sum": ("number", "number"),
    "mean": ("number", "number"),
    "min": ("number", "number"),
    "max": ("number", "number"),
    "median": ("number", "number"),
    "prorate": ("number", "number"),
    "count": ("number", "yes/no"),
    "any": ("yes/no", "yes/no"),
    "all": ("yes/no", "yes/no"),
    "answered": ("number", None),
    "missing": ("number", None),
}
"""What an aggregate gives, and of what; `None`: of anything."""

SCALARS: dict[str, tuple[int, int]] = {
    "round": (1, 2),
    "abs": (1, 1),
    "floor": (1, 1),
    "ceil": (1, 1),
    "clip": (3, 3),
    "minutes_between": (2, 2),
    "coalesce": (2, 50),
    "known": (1, 1),
}
"""How many arguments a scalar function takes, at least and at most."""


def type_of(node: Node) -> Type:
    """Give the type of a node's value."""
    match node:
        case Constant(value=value):
            return "yes/no" if isinstance(value, bool) else "text" if isinstance(value, str) else "number"
        case Name(kind=kind):
            return kind.type
        case Defined(body=inner) | Given(value=inner) | Choice(then=inner):
            return type_of(inner)
        case Negative() | Arithmetic():
            return "number"
        case Lookup(entries=entries):
            return "text" if isinstance(entries[0][1], str) else "number"
        case Call(function="coalesce", arguments=arguments):
            return type_of(arguments[0])
        case Call(function=function):
            if function in AGGREGATES:
                return AGGREGATES[function][0]
            return "yes/no" if function == "known" else "number"
        case _:
            return "yes/no"


def negative(value: Node) -> Node:
    """Give minus a value; a constant is folded, so that -3 is a number."""
    if isinstance(value, Constant) and not isinstance(value.value, str | bool):
        return Constant(0 - value.value)
    return Negative(value)


def children(node: Node) -> tuple[Node, ...]:
    """Give the nodes directly under a node, in the order written."""
    match node:
        case Constant() | Name():
            return ()
        case Defined(body=inner) | Negative(value=inner) | Not(value=inner) | Member(value=inner) | Lookup(value=inner):
            return (inner,)
        case Arithmetic(left=left, right=right) | Comparison(left=left, right=right):
            return (left, right)
        case And(parts=parts) | Or(parts=parts) | Call(arguments=parts):
            return parts
        case Choice(condition=condition, then=then, otherwise=otherwise):
            return (then, condition, otherwise)
        case Given(condition=condition, value=value):
            return (condition, value)


def named_in(*nodes: Node) -> tuple[str, ...]:
    """Give the names of the named rules that stand in these nodes, and in those, in order of first use."""
    return tuple(dict.fromkeys(name for node in nodes for name in _named(node, set())))


def _named(node: Node, seen: set[Node]) -> Iterator[str]:
    if node in seen:
        return
    seen.add(node)
    if isinstance(node, Defined):
        yield node.name
    for inner in children(node):
        yield from _named(inner, seen)


def facts_of(*nodes: Node) -> tuple[str, ...]:
    """Give the names of all facts these nodes rest on, in order of first use."""
    return tuple(dict.fromkeys(name for node in nodes for name in _facts(node, set())))


def _facts(node: Node, seen: set[Node]) -> Iterator[str]:
    if isinstance(node, Name):
        yield node.id
        return
    if node in seen:
        return
    seen.add(node)
    for inner in children(node):
        yield from _facts(inner, seen)
    if isinstance(node, Call) and node.function in ("missing", "prorate"):
        yield from (asked(inner) for inner in node.arguments if isinstance(inner, Name) and inner.kind.skippable)


def asked(name: Name) -> str:
    """Give the name of the fact that says whether a skippable item was to be asked (`False` where not)."""
    item = name.id
    return f"asked({item[5:-1] if item.startswith('code(') else item})"
