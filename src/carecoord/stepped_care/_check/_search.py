"""Is there a state in which these rules have these truths? Depth first over families, cut as soon as logic decides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

import attrs

from carecoord.rules._nodes import Node
from carecoord.stepped_care._check._families import Class, Family
from carecoord.stepped_care._check._formulas import ANY, FALSE, TRUE, UNKNOWN, Formula, Formulas
from carecoord.stepped_care._ruling import FactValue

__all__ = ["Requirement", "Search", "State", "fails", "holds", "is_unknown", "not_false", "not_true"]

State: TypeAlias = Mapping[str, FactValue]
"""A value for each variable."""

MOST_STEPS = 200_000
"""So many steps of one search at most."""


@attrs.frozen
class Requirement:
    """A rule, and the truths it may have, as bits."""

    rule: Node
    truths: int


def holds(rule: Node) -> Requirement:
    """Require that a rule holds."""
    return Requirement(rule, TRUE)


def fails(rule: Node) -> Requirement:
    """Require that a rule does not hold."""
    return Requirement(rule, FALSE)


def is_unknown(rule: Node) -> Requirement:
    """Require that nobody can say whether a rule holds."""
    return Requirement(rule, UNKNOWN)


def not_false(rule: Node) -> Requirement:
    """Require that a rule holds or is unknown."""
    return Requirement(rule, TRUE | UNKNOWN)


def not_true(rule: Node) -> Requirement:
    """Require that a rule does not hold or is unknown."""
    return Requirement(rule, FALSE | UNKNOWN)


Wanted: TypeAlias = tuple[Formula, int]


class Search:
    """Looks for states of one protocol.

    Attributes:
        families: the families of its variables.
        home: the place of the family of each atom.
        gave_up: whether the last search ended before it had seen everything.
    """

    def __init__(self, formulas: Formulas, families: Sequence[Family]) -> None:
        self._formulas, self.families = formulas, families
        self.home = {atom: place for place, family in enumerate(families) for atom in family.atoms}
        self.gave_up = False

    def first(self, wanted: Iterable[Requirement], whole: Iterable[str] = ()) -> State | None:
        """Give the first state that `states` finds."""
        return next(self.states(wanted, whole), None)

    def unseen(self, wanted: Iterable[Requirement]) -> tuple[str, ...]:
        """Name the variables of which a search for these may miss a class of values."""
        atoms = {atom for one in wanted for atom in self._formulas.formula(one.rule).atoms}
        found = dict.fromkeys(self.home[atom] for atom in atoms)
        open_ones = (self.families[place] for place in found if self.gave_up or not self.families[place].is_complete)
        return tuple(variable.name for family in open_ones for variable in family.variables)

    def states(self, wanted: Iterable[Requirement], whole: Iterable[str] = ()) -> Iterator[State]:
        """Give states that meet every requirement, two for each class of them.

        Args:
            wanted: the requirements.
            whole: variables that are to have a value, whether or not a requirement looks at them.
        """
        self.gave_up = False
        formulas = [(self._formulas.formula(one.rule), one.truths) for one in wanted]
        yield from _Run(self, formulas, frozenset(whole)).states()


class _Run:
    def __init__(self, search: Search, wanted: Sequence[Wanted], whole: frozenset[str]) -> None:
        families, home = search.families, search.home
        atoms = frozenset(atom for formula, _ in wanted for atom in formula.atoms)
        self.search = search
        self.wanted = wanted
        self.families: dict[int, tuple[Family, tuple[int, ...], tuple[Class, ...]]] = {}
        for place, family in enumerate(families):
            own = atoms & family.places.keys()
            if own or any(one.name in whole for one in family.variables):
                self.families[place] = family, tuple(sorted(own)), family.narrowed(frozenset(own))
        self.home = home
        self.truths: list[int] = [ANY] * (max(home, default=-1) + 1)
        self.steps = 0

    def states(self) -> Iterator[State]:
        for place in self.families:
            self._open(place)
        left = self._left(self.wanted)
        self.search.gave_up = any(not classes for _, _, classes in self.families.values())
        if left is not None and not self.search.gave_up:
            yield from self._go(left, {})

    def _open(self, place: int) -> None:
        """Leave the truths of a family's atoms as open as its classes do."""
        _, atoms, classes = self.families[place]
        for at, atom in enumerate(atoms):
            self.truths[atom] = 0
            for one in classes:
                self.truths[atom] |= one.truths[at]

    def _left(self, wanted: Iterable[Wanted]) -> list[Wanted] | None:
        """Give the requirements that are not settled yet; nothing where one can no longer be met."""
        left: list[Wanted] = []
        for formula, truths in wanted:
            found = formula.run(self.truths)
            if not found & truths:
                return None
            if found & ~truths:
                left.append((formula, truths))
        return left

    def _go(self, left: list[Wanted], chosen: dict[int, Class]) -> Iterator[State]:
        place = self._next(left, chosen)
        if place is None:
            first, last = self._state(chosen, 0), self._state(chosen, -1)
            yield first
            if last != first:
                yield last
            return
        _, atoms, classes = self.families[place]
        for one in classes:
            self.steps += 1
            if self.steps > MOST_STEPS:
                self.search.gave_up = True
                return
            for atom, truth in zip(atoms, one.truths, strict=True):
                self.truths[atom] = truth
            further = self._left(left)
            if further is not None:
                chosen[place] = one
                yield from self._go(further, chosen)
                del chosen[place]
        self._open(place)

    def _next(self, left: Sequence[Wanted], chosen: Mapping[int, Class]) -> int | None:
        """Choose the family that the first requirement waits for, the smallest of them."""
        for formula, _ in left:
            waiting = {self.home[atom] for atom in formula.atoms} - chosen.keys()
            if waiting:
                return min(waiting, key=lambda place: (len(self.families[place][2]), place))
        return None

    def _state(self, chosen: Mapping[int, Class], example: int) -> State:
        state: dict[str, FactValue] = {}
        for place, (family, _, classes) in self.families.items():
            numbers = all(variable.kind.type == "number" for variable in family.variables)
            one = chosen.get(place, classes[0])
            values = one.examples[example if place in chosen or numbers else 0]
            state.update(zip([variable.name for variable in family.variables], values, strict=True))
        return state
