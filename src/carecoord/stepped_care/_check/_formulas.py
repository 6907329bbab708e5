"""Rules as formulas over atoms, each of which may be true, false or unknown: what is left open, for a state half made.

A truth that is not settled is a set of truths, written as bits: 1 true, 2 false, 4 unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from itertools import product

import attrs

from carecoord.rules._evaluate import evaluate
from carecoord.rules._nodes import And, Call, Choice, Defined, Given, Name, Node, Not, Or, facts_of, type_of

__all__ = ["ANY", "FALSE", "TRUE", "UNKNOWN", "Formula", "Formulas", "bit"]

TRUE, FALSE, UNKNOWN = 1, 2, 4
ANY = 7


def bit(truth: object) -> int:
    """Give a truth as the set that holds it alone."""
    return TRUE if truth is True else FALSE if truth is False else UNKNOWN


def _and(one: int, other: int) -> int:
    true = one & other & TRUE
    false = (one | other) & FALSE
    may_be = TRUE | UNKNOWN
    unknown = UNKNOWN if (one & UNKNOWN and other & may_be) or (other & UNKNOWN and one & may_be) else 0
    return true | false | unknown


def _not(one: int) -> int:
    return (one & TRUE) << 1 | (one & FALSE) >> 1 | one & UNKNOWN


_NOT = tuple(map(_not, range(8)))
_AND = tuple(_and(one, other) for one, other in product(range(8), repeat=2))
_OR = tuple(_not(_and(_not(one), _not(other))) for one, other in product(range(8), repeat=2))
_SPACE = {"A": _AND, "O": _OR, "N": _NOT}

States = list[int]
"""The truths each atom may still have, by its place."""


@attrs.frozen(eq=False)
class Formula:
    """A rule over atoms.

    Attributes:
        node: the rule.
        atoms: the places of the atoms it looks at.
        run: gives the truths it may still have, from those of the atoms.
    """

    node: Node
    atoms: frozenset[int]
    run: Callable[[States], int]


class Formulas:
    """All formulas of one protocol, over one list of atoms.

    Attributes:
        atoms: the atoms: comparisons, memberships and yes/no facts.
    """

    def __init__(self) -> None:
        self.atoms: list[Node] = []
        self._places: dict[Node, int] = {}
        self._made: dict[Node, Formula] = {}

    def formula(self, node: Node) -> Formula:
        """Give the formula of a rule."""
        found = self._made.get(node)
        if found is None:
            found = self._made[node] = _Writer(self).formula(node)
        return found

    def place(self, atom: Node) -> int:
        """Give the place of an atom."""
        if atom not in self._places:
            self._places[atom] = len(self.atoms)
            self.atoms.append(atom)
        return self._places[atom]


class _Writer:
    """Writes one formula as straight-line code over tables of truths."""

    def __init__(self, formulas: Formulas) -> None:
        self.formulas = formulas
        self.lines: list[str] = []
        self.done: dict[Node, str] = {}
        self.atoms: set[int] = set()

    def formula(self, node: Node) -> Formula:
        result = self.part(node)
        source = "\n".join(["def run(s):", *self.lines, f"    return {result}"])
        space = dict(_SPACE)
        exec(compile(source, "<carecoord formula>", "exec"), space)  # noqa: S102 - written from our own nodes only
        run: Callable[[States], int] = space["run"]  # type: ignore[assignment]
        return Formula(node, frozenset(self.atoms), run)

    def part(self, node: Node) -> str:
        found = self.done.get(node)
        if found is None:
            found = self.done[node] = self.write(node)
        return found

    def line(self, text: str) -> str:
        name = f"t{len(self.lines)}"
        self.lines.append(f"    {name} = {text}")
        return name

    def write(self, node: Node) -> str:
        if not facts_of(node):
            return str(bit(evaluate(node, {})))
        match node:
            case Defined(body=body):
                return self.part(body)
            case And(parts=parts) | Call(function="all", arguments=parts):
                return self.joined("A", parts)
            case Or(parts=parts) | Call(function="any", arguments=parts):
                return self.joined("O", parts)
            case Not(value=inner):
                return self.line(f"N[{self.part(inner)}]")
            case Choice(condition=condition, then=then, otherwise=otherwise) if type_of(node) == "yes/no":
                met, yes, no = self.part(condition), self.part(then), self.part(otherwise)
                return self.line(f"({yes} if {met} & 1 else 0) | ({no} if {met} & 2 else 0) | {met} & 4")
            case Given(condition=condition, value=value) if type_of(node) == "yes/no":
                met, given = self.part(condition), self.part(value)
                return self.line(f"({given} if {met} & 1 else 0) | (4 if {met} & 6 else 0)")
            case Call(function="coalesce", arguments=(first, *rest)) if type_of(node) == "yes/no":
                return self.coalesced(first, rest)
            case Call(function="known", arguments=(inner,)) if type_of(inner) == "yes/no" and not isinstance(
                inner, Name
            ):
                one = self.part(inner)
                return self.line(f"(1 if {one} & 3 else 0) | (2 if {one} & 4 else 0)")
            case _:
                place = self.formulas.place(node)
                self.atoms.add(place)
                return self.line(f"s[{place}]")

    def coalesced(self, first: Node, rest: Sequence[Node]) -> str:
        one = self.part(first)
        return self.line(f"{one} & 3 | ({self.coalesced(rest[0], rest[1:])} if {one} & 4 else 0)") if rest else one

    def joined(self, table: str, parts: Sequence[Node]) -> str:
        return reduce(
            lambda one, other: self.line(f"{table}[{one} * 8 + {other}]"), [self.part(part) for part in parts]
        )
