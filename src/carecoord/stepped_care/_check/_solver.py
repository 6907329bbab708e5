"""The same questions asked of z3, for scores without a list of values and for comparisons of three and more.

Rules know nothing of it: they are written here, part by part, as what makes them true and what makes them false,
so that unknown is neither. It needs the extra `verify`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import reduce
from importlib import import_module
from importlib.util import find_spec
from typing import Any, NamedTuple

from carecoord.rules._nodes import (
    And,
    Arithmetic,
    Call,
    Choice,
    Comparison,
    Constant,
    Defined,
    Given,
    Lookup,
    Member,
    Name,
    Negative,
    Node,
    Not,
    Or,
    facts_of,
    type_of,
)
from carecoord.stepped_care._check._formulas import FALSE, TRUE, UNKNOWN
from carecoord.stepped_care._check._search import Requirement, State
from carecoord.stepped_care._check._values import MIRRORED
from carecoord.stepped_care._check._variables import Variable
from carecoord.stepped_care._ruling import FactValue

__all__ = ["Solver", "Unsaid", "is_installed"]

LONGEST = 5000
"""Milliseconds that one question may take."""


class Unsaid(Exception):  # noqa: N818 - no fault of anyone
    """Something that cannot be said to the solver, or that it could not decide."""


def is_installed() -> bool:
    """Say whether z3 can be asked."""
    return find_spec("z3") is not None


class Truth(NamedTuple):
    """What makes a rule true, and what makes it false; unknown where it is neither."""

    true: Any
    false: Any


class Value(NamedTuple):
    """A number or a text, and whether it is known."""

    value: Any
    known: Any


class Solver:
    """Asks z3 for states of one protocol.

    Args:
        variables: the variables by name.
        listed: the values of those that have a list of them.
        nullable: those that may be unknown.
    """

    def __init__(
        self,
        variables: Mapping[str, Variable],
        listed: Mapping[str, tuple[FactValue, ...]],
        nullable: frozenset[str],
    ) -> None:
        self.z3: Any = import_module("z3")
        self.variables, self.listed, self.nullable = variables, listed, nullable
        self.texts: dict[str, int] = {}
        self.facts: dict[str, Value] = {}
        self.limits: dict[str, Any] = {}
        self.done: dict[Node, Truth | Value] = {}

    def state(self, wanted: Iterable[Requirement], whole: Iterable[str] = ()) -> State | None:
        """Give a state that meets every requirement; nothing where there is none.

        Args:
            wanted: the requirements.
            whole: variables that are to have a value, whether or not a requirement looks at them.

        Raises:
            Unsaid: a rule has a part that cannot be said to z3, or z3 could not decide.
        """
        wanted = tuple(wanted)
        solver = self.z3.Solver()
        solver.set("timeout", LONGEST)
        solver.add(*(self.required(one) for one in wanted))
        names = dict.fromkeys([*(name for one in wanted for name in facts_of(one.rule)), *whole])
        for name in names:
            self.fact(name)
        solver.add(*(self.limits[name] for name in names))
        found = solver.check()
        if found == self.z3.unknown:
            raise Unsaid("z3 could not decide")
        return self._read(solver.model(), names) if found == self.z3.sat else None

    def required(self, one: Requirement) -> Any:
        """Say a requirement."""
        truth = self.truth(one.rule)
        ways: list[Any] = []
        if one.truths & TRUE:
            ways.append(truth.true)
        if one.truths & FALSE:
            ways.append(truth.false)
        if one.truths & UNKNOWN:
            ways.append(self.z3.Not(self.z3.Or(truth.true, truth.false)))
        return self.z3.Or(*ways)

    def _read(self, model: Any, names: Iterable[str]) -> State:
        return {name: self._value(model, name) for name in names}

    def _value(self, model: Any, name: str) -> FactValue:
        fact = self.facts[name]
        if not self.z3.is_true(model.eval(fact.known, model_completion=True)):
            return None
        value = model.eval(fact.value, model_completion=True)
        kind = self.variables[name].kind
        if kind.type == "yes/no":
            return bool(self.z3.is_true(value))
        number = Fraction(value.numerator_as_long(), value.denominator_as_long()) if kind.type == "number" else None
        if number is None:
            return next(text for text, code in self.texts.items() if code == value.as_long())
        return int(number) if number.denominator == 1 else float(number)

    # facts

    def fact(self, name: str) -> Value:
        """Say a variable, with the values it can have."""
        if name not in self.facts:
            kind, z3 = self.variables[name].kind, self.z3
            known = z3.Bool(f"known {name}") if name in self.nullable else z3.BoolVal(val=True)
            if kind.type == "yes/no":
                value, limit = z3.Bool(name), z3.BoolVal(val=True)
            elif kind.type == "text":
                value = z3.Int(name)
                codes = [self.text(str(one)) for one in self.listed.get(name, kind.values)]
                limit = z3.Or(*(value == code for code in codes))
            else:
                value = (z3.Int if kind.whole else z3.Real)(name)
                listed = self.listed.get(name)
                limit = z3.And(value >= self.number(kind.low), value <= self.number(kind.high))
                if listed is not None and len(listed) < kind.high - kind.low + 1:
                    limit = z3.Or(*(value == self.number(one) for one in listed if isinstance(one, int | float)))
            self.facts[name], self.limits[name] = Value(z3.ToReal(value) if kind.whole else value, known), limit
        return self.facts[name]

    def text(self, text: str) -> int:
        """Give a number for a text."""
        return self.texts.setdefault(text, len(self.texts))

    def number(self, value: float) -> Any:
        """Say a number, exactly as it is written."""
        return self.z3.RealVal(str(Fraction(str(value))))

    # rules

    def truth(self, node: Node) -> Truth:
        """Say what makes a yes/no rule true and what makes it false."""
        found = self.done.get(node)
        if found is None:
            found = self.done[node] = self._truth(node)
        if not isinstance(found, Truth):
            raise Unsaid(type(node).__name__)
        return found

    def _truth(self, node: Node) -> Truth:
        z3 = self.z3
        match node:
            case Constant(value=bool() as value):
                return Truth(z3.BoolVal(value), z3.BoolVal(not value))
            case Name(id=name):
                fact = self.fact(name)
                return Truth(z3.And(fact.known, fact.value), z3.And(fact.known, z3.Not(fact.value)))
            case Defined(body=body):
                return self.truth(body)
            case Not(value=inner):
                found = self.truth(inner)
                return Truth(found.false, found.true)
            case And(parts=parts) | Call(function="all", arguments=parts):
                every = list(map(self.truth, parts))
                return Truth(z3.And(*(one.true for one in every)), z3.Or(*(one.false for one in every)))
            case Or(parts=parts) | Call(function="any", arguments=parts):
                every = list(map(self.truth, parts))
                return Truth(z3.Or(*(one.true for one in every)), z3.And(*(one.false for one in every)))
            case Choice(condition=condition, then=then, otherwise=otherwise):
                met, yes, no = self.truth(condition), self.truth(then), self.truth(otherwise)
                return Truth(*(self.chosen(met, one, other) for one, other in zip(yes, no, strict=True)))
            case Given(condition=condition, value=inner):
                met, inside = self.truth(condition), self.truth(inner)
                return Truth(*(z3.And(met.true, one) for one in inside))
            case Call(function="known", arguments=(inner,)):
                known = self.known(inner)
                return Truth(known, z3.Not(known))
            case Call(function="coalesce", arguments=arguments):
                return reduce(self.coalesced, [self.truth(one) for one in arguments[::-1]])
            case Comparison():
                return self.comparison(node)
            case Member(value=inner, choices=choices):
                one = self.value(inner)
                equal = z3.Or(*(one.value == self.value(Constant(choice)).value for choice in choices))
                return Truth(z3.And(one.known, equal), z3.And(one.known, z3.Not(equal)))
            case _:
                raise Unsaid(type(node).__name__)

    def chosen(self, met: Truth, one: Any, other: Any) -> Any:
        """Say that one thing holds where a condition does, another where it does not."""
        return self.z3.Or(self.z3.And(met.true, one), self.z3.And(met.false, other))

    def coalesced(self, rest: Truth, first: Truth) -> Truth:
        """Say one truth where it is known, else another."""
        unknown = self.z3.Not(self.z3.Or(*first))
        return Truth(*(self.z3.Or(one, self.z3.And(unknown, other)) for one, other in zip(first, rest, strict=True)))

    def known(self, node: Node) -> Any:
        """Say that a value is known."""
        if type_of(node) != "yes/no":
            return self.value(node).known
        truth = self.truth(node)
        return self.z3.Or(truth.true, truth.false)

    def comparison(self, node: Comparison) -> Truth:
        """Compare; what is divided is multiplied out, so that percentages stay linear."""
        z3, relation, left, right = self.z3, node.relation, node.left, node.right
        if type_of(left) == "yes/no":
            one, other = self.truth(left), self.truth(right)
            same = z3.Or(z3.And(one.true, other.true), z3.And(one.false, other.false))
            differ = z3.Or(z3.And(one.true, other.false), z3.And(one.false, other.true))
            return Truth(same, differ) if relation == "==" else Truth(differ, same)
        if isinstance(right, Arithmetic) and right.operator == "/" and not isinstance(left, Arithmetic):
            return self.comparison(Comparison(MIRRORED[relation], right, left))
        if isinstance(left, Arithmetic) and left.operator == "/":
            above, below, against = self.value(left.left), self.value(left.right), self.value(right)
            known = z3.And(above.known, below.known, against.known, below.value != 0)
            product = against.value * below.value
            up, down = self.relation(relation, above.value, product), self.relation(relation, product, above.value)
            holds = z3.If(below.value > 0, up, down)
            return Truth(z3.And(known, holds), z3.And(known, z3.Not(holds)))
        first, second = self.value(left), self.value(right)
        known, holds = z3.And(first.known, second.known), self.relation(relation, first.value, second.value)
        return Truth(z3.And(known, holds), z3.And(known, z3.Not(holds)))

    def relation(self, relation: str, one: Any, other: Any) -> Any:
        """Say that two values stand in a relation."""
        return {
            "==": lambda: one == other, "!=": lambda: one != other, "<": lambda: one < other,
            "<=": lambda: one <= other, ">": lambda: one > other, ">=": lambda: one >= other,
        }[relation]()  # fmt: skip

    def value(self, node: Node) -> Value:
        """Say a number or a text."""
        found = self.done.get(node)
        if found is None:
            found = self.done[node] = self._value_of(node)
        if not isinstance(found, Value):
            raise Unsaid(type(node).__name__)
        return found

    def _value_of(self, node: Node) -> Value:
        z3 = self.z3
        sure = z3.BoolVal(val=True)
        match node:
            case Constant(value=str() as text):
                return Value(z3.IntVal(self.text(text)), sure)
            case Constant(value=int() | float() as number):
                return Value(self.number(number), sure)
            case Name(id=name):
                return self.fact(name)
            case Defined(body=body):
                return self.value(body)
            case Negative(value=inner):
                one = self.value(inner)
                return Value(-one.value, one.known)
            case Arithmetic(operator=sign, left=left, right=right):
                return self.arithmetic(sign, self.value(left), self.value(right))
            case Choice(condition=condition, then=then, otherwise=otherwise):
                met, yes, no = self.truth(condition), self.value(then), self.value(otherwise)
                return Value(z3.If(met.true, yes.value, no.value), self.chosen(met, yes.known, no.known))
            case Given(condition=condition, value=inner):
                given, one = self.truth(condition), self.value(inner)
                return Value(one.value, z3.And(given.true, one.known))
            case Lookup(value=inner, entries=entries):
                return self.lookup(self.value(inner), entries)
            case Call(function=function, arguments=arguments, known=False):
                return self.call(function, arguments)
            case _:
                raise Unsaid(type(node).__name__)

    def arithmetic(self, sign: str, one: Value, other: Value) -> Value:
        """Calculate."""
        known = self.z3.And(one.known, other.known)
        match sign:
            case "+":
                return Value(one.value + other.value, known)
            case "-":
                return Value(one.value - other.value, known)
            case "*":
                return Value(one.value * other.value, known)
            case _:
                return Value(one.value / other.value, self.z3.And(known, other.value != 0))

    def lookup(self, at: Value, entries: Sequence[tuple[Any, Any]]) -> Value:
        """Look a number up in a table."""
        z3 = self.z3
        results = [(at.value == self.number(code), self.value(Constant(result)).value) for code, result in entries]
        value = reduce(lambda rest, entry: z3.If(entry[0], entry[1], rest), results, results[0][1])
        return Value(value, z3.And(at.known, z3.Or(*(equal for equal, _ in results))))

    def call(self, function: str, arguments: Sequence[Node]) -> Value:
        """Call a function of the language."""
        z3 = self.z3
        if function == "count":
            truths = list(map(self.truth, arguments))
            number = z3.Sum(*(z3.If(one.true, z3.RealVal(1), z3.RealVal(0)) for one in truths))
            return Value(number, z3.And(*(z3.Or(one.true, one.false) for one in truths)))
        values = list(map(self.value, arguments))
        known = z3.And(*(one.known for one in values))
        numbers = [one.value for one in values]
        match function:
            case "coalesce":
                first = reduce(lambda rest, one: z3.If(one.known, one.value, rest), values[-2::-1], numbers[-1])
                return Value(first, z3.Or(*(one.known for one in values)))
            case "sum":
                return Value(z3.Sum(*numbers), known)
            case "mean":
                return Value(z3.Sum(*numbers) / len(numbers), known)
            case "max":
                return Value(reduce(lambda one, other: z3.If(one >= other, one, other), numbers), known)
            case "min":
                return Value(reduce(lambda one, other: z3.If(one <= other, one, other), numbers), known)
            case "abs":
                return Value(z3.If(numbers[0] >= 0, numbers[0], -numbers[0]), known)
            case _:
                raise Unsaid(function)
