"""A rule as a value: read from text or built in Python, evaluated, bounded, explained, compiled."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from keyword import iskeyword
from typing import Any, TypeAlias

import attrs

from carecoord.errors import RuleError
from carecoord.rules._bounds import bounds
from carecoord.rules._compile import compile_nodes
from carecoord.rules._evaluate import evaluate
from carecoord.rules._explain import Describe, Explanation, explain, sentence
from carecoord.rules._kinds import LARGEST, Bounds, Kind, Type
from carecoord.rules._nodes import (
    MOST_LEVELS,
    And,
    Arithmetic,
    Comparison,
    Constant,
    Member,
    Name,
    Node,
    Not,
    Or,
    facts_of,
    negative,
    type_of,
)
from carecoord.rules._print import printed, written

__all__ = ["Expression", "compile_rules", "fact"]

Operand: TypeAlias = "Expression | int | float | str | bool"
Junction: TypeAlias = type[And] | type[Or]
_NAME = re.compile(r"([A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*){0,6})(?:\(.*\))?")


def _fits(_rule: Expression, _field: Any, node: Node) -> None:
    if node.depth > MOST_LEVELS:
        raise RuleError(f"the rule is nested more than {MOST_LEVELS} levels deep")


@attrs.frozen(repr=False, order=False)
class Expression:
    """A rule: a number, a text or a yes/no over named facts.

    Expressions are equal where they say the same; use `equals` and `differs` to compare inside a rule.

    >>> rule = (fact("phq_9.total") >= 10) & ~fact("in_care", Kind.YES_NO)
    >>> str(rule), rule.evaluate({"phq_9.total": 12, "in_care": False})
    ('phq_9.total >= 10 and not in_care', True)

    Attributes:
        node: the rule's nodes, for engines.
    """

    node: Node = attrs.field(validator=_fits)

    @property
    def type(self) -> Type:
        """The type of its value: `number`, `yes/no`, `text`, `time` or `date`."""
        return type_of(self.node)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The facts it rests on, in order of first use."""
        return facts_of(self.node)

    @cached_property
    def kind(self) -> Kind:
        """The kind of its value, over everything its facts may be."""
        found = bounds(self.node, {})
        if self.type == "text":
            return Kind.choice(tuple(sorted(map(str, found.choices or ()))))
        if self.type not in ("number", "time") or not found.known:
            return Kind(type=self.type)
        return Kind(self.type, found.low, found.high, whole=found.whole)

    @property
    def range(self) -> tuple[int | float, int | float] | None:
        """The lowest and highest number it can give; `None` where it gives no number."""
        return (self.kind.low, self.kind.high) if self.type in ("number", "time") else None

    def evaluate(self, facts: Mapping[str, Any]) -> Any:
        """Give its value over one row of facts; `None` is unknown, and so is an absent fact.

        >>> ((fact("a") >= 1) | (fact("b") >= 1)).evaluate({"b": 1})
        True
        """
        return evaluate(self.node, facts)

    def bounds(self, facts: Mapping[str, Any]) -> Bounds:
        """Give what is certain of its value when facts are only partly known.

        A fact is a value, `Bounds` for what is partly known, or `None` for unknown for certain;
        one left out may be anything of its kind, known or not.

        >>> (fact("total") >= 15).bounds({"total": Bounds.between(17, 23)}).certain
        True
        """
        return bounds(self.node, facts)

    def explain(self, facts: Mapping[str, Any], describe: Describe | None = None) -> Explanation:
        """Say why it has its value.

        Args:
            facts: one row of facts.
            describe: the host's words for a fact and its value; `None` from it, or left out, gives "name is value".

        >>> print((fact("total") >= 10).explain({"total": 12}))
        total is 12, which is >= 10
        """
        return explain(self.node, facts, describe)

    def sentence(self, facts: Mapping[str, Any], describe: Describe | None = None) -> str:
        """Give the sentence that `explain` gives, without the tree: quicker where nobody looks at the parts.

        >>> (fact("total") >= 10).sentence({"total": 9})
        'total is 9, wanted >= 10'
        """
        return sentence(self.node, facts, describe)

    def compile(self) -> Callable[[Mapping[str, Any]], Any]:
        """Give a plain function from a row of facts to the value: the same as `evaluate`, much faster."""
        run = compile_nodes((self.node,))
        return lambda facts: run(facts)[0]

    def __str__(self) -> str:
        """Write it as text that reads into the same rule."""
        return printed(self.node)

    def __repr__(self) -> str:
        return f"<rule {self}>"

    def equals(self, other: Operand) -> Expression:
        """Build `self == other`."""
        return self._compare("==", other)

    def differs(self, other: Operand) -> Expression:
        """Build `self != other`."""
        return self._compare("!=", other)

    def is_in(self, choices: Sequence[int | float | str]) -> Expression:
        """Build `self in (...)`.

        Raises:
            RuleError: there are no choices, or they are not all numbers, or all texts, as the rule is.
        """
        constants = [_constant(choice) for choice in choices]
        if self.type not in ("number", "text") or {type_of(one) for one in constants} != {self.type}:
            raise RuleError("is_in() wants numbers for a number, or texts for a text", 1, str(self))
        return Expression(Member(self.node, tuple(one.value for one in constants)))

    def __lt__(self, other: Operand) -> Expression:
        return self._compare("<", other)

    def __le__(self, other: Operand) -> Expression:
        return self._compare("<=", other)

    def __gt__(self, other: Operand) -> Expression:
        return self._compare(">", other)

    def __ge__(self, other: Operand) -> Expression:
        return self._compare(">=", other)

    def __add__(self, other: Operand) -> Expression:
        return self._calculate("+", other)

    def __sub__(self, other: Operand) -> Expression:
        return self._calculate("-", other)

    def __mul__(self, other: Operand) -> Expression:
        return self._calculate("*", other)

    def __truediv__(self, other: Operand) -> Expression:
        return self._calculate("/", other)

    def __radd__(self, other: Operand) -> Expression:
        return _expression(other)._calculate("+", self)

    def __rsub__(self, other: Operand) -> Expression:
        return _expression(other)._calculate("-", self)

    def __rmul__(self, other: Operand) -> Expression:
        return _expression(other)._calculate("*", self)

    def __rtruediv__(self, other: Operand) -> Expression:
        return _expression(other)._calculate("/", self)

    def __neg__(self) -> Expression:
        return Expression(negative(_typed(self, "number").node))

    def __and__(self, other: Operand) -> Expression:
        return self._combine(And, other)

    def __or__(self, other: Operand) -> Expression:
        return self._combine(Or, other)

    def __invert__(self) -> Expression:
        return Expression(Not(_typed(self, "yes/no").node))

    def __bool__(self) -> bool:
        raise RuleError("a rule is neither true nor false before it meets facts: write & | ~, not and, or, not")

    def _combine(self, kind: Junction, other: Operand) -> Expression:
        right = _typed(_expression(other), "yes/no").node
        left = _typed(self, "yes/no").node
        return Expression(kind((*(left.parts if isinstance(left, kind) else (left,)), right)))

    def _calculate(self, operator: Any, other: Operand) -> Expression:
        right = _expression(other)
        return Expression(Arithmetic(operator, _typed(self, "number").node, _typed(right, "number").node))

    def _compare(self, relation: Any, other: Operand) -> Expression:
        right = _expression(other)
        if relation in ("==", "!="):
            _typed(right, self.type)
        elif self.type not in ("number", "time", "date") or right.type != self.type:
            raise RuleError(f"{self.type} {relation} {right.type} says nothing", 1, str(self))
        return Expression(Comparison(relation, self.node, right.node))


def _typed(rule: Expression, wanted: str) -> Expression:
    if rule.type != wanted:
        raise RuleError(f"{wanted} is wanted, found {rule.type}", 1, str(rule))
    return rule


def _constant(value: float | str) -> Any:
    if type(value) not in (int, float, str, bool):
        raise RuleError(f"a rule takes numbers, texts and yes/no, found {type(value).__name__}")
    if isinstance(value, str):
        fits = value.isprintable() and "\\" not in value and not ("'" in value and '"' in value) and len(value) <= 200
    else:
        fits = abs(value) <= LARGEST and len(written(value)) <= 40
    if not fits:
        raise RuleError("this constant cannot be written in a rule")
    return Constant(value if isinstance(value, str | bool) else value + 0)


def _expression(value: Operand) -> Expression:
    return value if isinstance(value, Expression) else Expression(_constant(value))


def fact(name: str, kind: Kind = Kind.NUMBER) -> Expression:
    """Start a rule from a fact.

    Args:
        name: the fact's name, as rules call it; the fact of a host's function is named by its call.
        kind: what it can be; a number where left out.

    Raises:
        RuleError: no rule can write this name; ids become names by writing `-` as `_`.

    >>> str(fact("phq_9.total").equals(0) | (fact("gad_7.total") < 8))
    'phq_9.total == 0 or gad_7.total < 8'
    """
    written_as = _NAME.fullmatch(name)
    if written_as is None or name in ("yes", "no") or any(map(iskeyword, written_as[1].split("."))):
        raise RuleError(f"{name[:60]!r} is no name in a rule; phq-9 is written phq_9", 1, name)
    return Expression(Name(name, kind))


def compile_rules(rules: Sequence[Expression]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    """Give one function from a row of facts to the values of several rules; what they share is worked out once.

    >>> run = compile_rules([fact("a") + 1, fact("a") + 1 > 2])
    >>> run({"a": 2}), run({})
    ((3, True), (None, None))
    """
    return compile_nodes([rule.node for rule in rules])
