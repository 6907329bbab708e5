"""Families of variables: those that a comparison joins, with examples of each way the comparisons can fall out."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from itertools import product

import attrs

from carecoord.rules._compile import compile_positional
from carecoord.rules._nodes import Comparison, Constant, Name, Node, facts_of
from carecoord.stepped_care._check._formulas import bit
from carecoord.stepped_care._check._values import Cuts, around, cuts
from carecoord.stepped_care._check._variables import Variable, rebuilt
from carecoord.stepped_care._reductions import Clock
from carecoord.stepped_care._ruling import FactValue

__all__ = ["Class", "Family", "families"]

MOST = 150_000
"""So many combinations of values are gone through at most; beyond, only those near thresholds, and that is said."""
FULL = 400
"""A whole number with up to this many values is gone through value by value where it is compared with others."""

MOST_PUT = 3000
SPREAD = 12
WIDEST = 10_000

Values = tuple[FactValue, ...]


@attrs.frozen
class Class:
    """Values that no atom tells apart.

    Attributes:
        truths: the truth of each atom of the family, as bits.
        examples: values of the family's variables, in their order.
    """

    truths: tuple[int, ...]
    examples: tuple[Values, ...]


@attrs.frozen(eq=False)
class Family:
    """Variables that comparisons join.

    Attributes:
        variables: the variables.
        atoms: the places of the atoms over them.
        classes: what the atoms can come to together.
        is_complete: whether every class is among them; where not, some may be missing.
    """

    variables: tuple[Variable, ...]
    atoms: tuple[int, ...]
    classes: tuple[Class, ...]
    is_complete: bool
    _narrowed: dict[frozenset[int], tuple[Class, ...]] = attrs.field(init=False, factory=dict)

    @cached_property
    def places(self) -> Mapping[int, int]:
        """Where each atom stands among the family's."""
        return {atom: place for place, atom in enumerate(self.atoms)}

    def narrowed(self, atoms: frozenset[int]) -> tuple[Class, ...]:
        """Give the classes that some of the atoms tell apart; their truths are those of these atoms, in order."""
        found = self._narrowed.get(atoms)
        if found is None:
            places = [self.places[atom] for atom in sorted(atoms)]
            joined: dict[tuple[int, ...], list[Values]] = {}
            for one in self.classes:
                joined.setdefault(tuple(one.truths[place] for place in places), []).extend(one.examples)
            found = tuple(Class(truths, tuple(examples)) for truths, examples in joined.items())
            self._narrowed[atoms] = found
        return found


def families(
    atoms: Sequence[Node],
    variables: Mapping[str, Variable],
    listed: Mapping[str, tuple[FactValue, ...]],
    nullable: frozenset[str],
    rules: Iterable[Node],
) -> tuple[Family, ...]:
    """Sort variables into families.

    Args:
        atoms: every atom.
        variables: every variable, by name.
        listed: the values of those that have a list of them.
        nullable: those that may be unknown.
        rules: relations; those that lie within one family leave out what cannot be.
    """
    groups: dict[str, set[str]] = {name: {name} for name in variables}
    for atom in atoms:
        first, *rest = facts_of(atom)
        for other in rest:
            joined = groups[first] | groups[other]
            groups |= dict.fromkeys(joined, joined)
    made: list[Family] = []
    for group in {id(one): one for one in groups.values()}.values():
        own = tuple(variables[name] for name in variables if name in group)
        here = tuple(place for place, atom in enumerate(atoms) if facts_of(atom)[0] in group)
        inside = [rule for rule in rules if set(facts_of(rule)) <= group]
        made.append(_Maker(own, [atoms[place] for place in here], listed, nullable, inside).family(here))
    return tuple(made)


def _put_in(values: Mapping[str, Node], name: Name) -> Node:
    return values.get(name.id, name)


class _Maker:
    def __init__(
        self,
        variables: tuple[Variable, ...],
        atoms: Sequence[Node],
        listed: Mapping[str, tuple[FactValue, ...]],
        nullable: frozenset[str],
        inside: Sequence[Node],
    ) -> None:
        self.variables, self.atoms, self.nullable, self.inside = variables, atoms, nullable, inside
        self.listed = {one.name: listed[one.name] for one in variables if one.name in listed}
        self.cuts: dict[str, list[Cuts]] = {one.name: [] for one in variables}
        self.calculated: set[str] = set()
        self.is_complete = True
        self._read()

    def _read(self) -> None:
        """Find the thresholds; variables that are compared with each other share theirs."""
        shared: list[tuple[str, ...]] = []
        waiting: list[Node] = []
        for atom in self.atoms:
            found = cuts(atom)
            if found is not None:
                self.cuts[found.name].append(found)
            elif isinstance(atom, Comparison) and isinstance(atom.left, Name) and isinstance(atom.right, Name):
                shared.append(facts_of(atom))
            else:
                waiting.append(atom)
        for atom in waiting:
            self._calculates(atom)
        for _ in self.variables:
            for one, other, *_ in ((*names, names[0]) for names in shared):
                joined = list(dict.fromkeys([*self.cuts[one], *self.cuts[other]]))
                self.cuts[one] = self.cuts[other] = joined

    def _calculates(self, atom: Node) -> None:
        """Take in a rule over several variables: those of few values in full, one of many by what they make of it."""
        names = facts_of(atom)
        few = {one.name: self._full(one) for one in self.variables if one.name in names}
        many = [name for name, values in few.items() if values is None]
        size = math.prod(len(values) for values in few.values() if values is not None)
        self.calculated.update(name for name in names if name not in many)
        if len(many) == 1 and size <= MOST_PUT:
            self._put(atom, many[0], {name: values for name, values in few.items() if values is not None})
        elif many:
            self.is_complete = False

    def _put(self, atom: Node, name: str, few: Mapping[str, Sequence[FactValue]]) -> None:
        """Find the thresholds of a variable of many values, for each combination of the others."""
        for values in product(*few.values()):
            put = {one: Constant(value) for one, value in zip(few, values, strict=True) if value is not None}
            inner = rebuilt(atom, partial(_put_in, put), {})
            if facts_of(inner) == (name,):
                found = cuts(inner)
                if found is None:
                    self.is_complete = False
                    return
                self.cuts[name].append(found)

    def _full(self, one: Variable) -> Sequence[FactValue] | None:
        """Give every value of a variable; nothing where there are too many."""
        kind = one.kind
        if kind.type == "yes/no":
            return (False, True)
        listed = self.listed.get(one.name)
        if listed is not None:
            return listed
        if kind.type == "number" and kind.whole and kind.high - kind.low <= FULL:
            return range(int(kind.low), int(kind.high) + 1)
        return None

    def family(self, places: tuple[int, ...]) -> Family:
        choices = [self._choices(one) for one in self.variables]
        if not self.is_complete or math.prod(map(len, choices)) > MOST:
            choices = [self._few(one) for one in self.variables]
            self.is_complete = False
        run = compile_positional(self.atoms, [one.name for one in self.variables])
        first: dict[tuple[object, ...], Values] = {}
        last: dict[tuple[object, ...], Values] = {}
        for values in self._combinations(choices):
            truths = run(*values)
            first.setdefault(truths, values)
            last[truths] = values
        classes = tuple(Class(tuple(map(bit, truths)), (one, last[truths])) for truths, one in first.items())
        return Family(self.variables, places, classes, self.is_complete)

    def _combinations(self, choices: Sequence[Sequence[FactValue]]) -> Iterator[Values]:
        """Give every combination that no relation excludes, each cut as soon as one does."""
        names = [one.name for one in self.variables]
        checks: list[Callable[..., tuple[object, ...]]] = []
        told: list[Node] = []
        for place in range(1, len(names) + 1):
            due = [rule for rule in self.inside if rule not in told and set(facts_of(rule)) <= {*names[:place]}]
            told += due
            checks.append(compile_positional(due, names[:place]))

        def further(values: Values) -> Iterator[Values]:
            if len(values) == len(names):
                yield values
                return
            for value in choices[len(values)]:
                more = (*values, value)
                if False not in checks[len(values)](*more):
                    yield from further(more)

        yield from further(())

    def _choices(self, one: Variable) -> list[FactValue]:
        values: list[FactValue] = list(self._known(one))
        if isinstance(one.reads, Clock):
            values.reverse()
        if one.name in self.nullable:
            values = [None, *values] if one.may_never_be else [*values, None]
        return values

    def _known(self, one: Variable) -> Sequence[FactValue]:
        kind, full = one.kind, self._full(one)
        if full is not None and (kind.type != "number" or one.name in self.calculated or one.name in self.listed):
            return full
        return around(self.cuts[one.name], kind.low, kind.high, whole=kind.whole)

    def _few(self, one: Variable) -> list[FactValue]:
        """Give fewer values of a variable: those near what any of them is held against, and some over the range."""
        kind = one.kind
        if kind.type != "number":
            return self._choices(one)
        near = set(around([cut for own in self.cuts.values() for cut in own], kind.low, kind.high, whole=kind.whole))
        if kind.high - kind.low <= WIDEST:
            by = (kind.high - kind.low) / SPREAD
            near |= {round(kind.low + by * place, None if kind.whole else 3) for place in range(SPREAD + 1)}
        values: list[FactValue] = [*sorted(near)]
        return [*values, None] if one.name in self.nullable else values
