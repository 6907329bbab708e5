"""Read the text of a rule into nodes, checking names, types and ranges as it goes.

Only the handful of syntax nodes below is translated; everything else is refused by name and column.
Lists are worked out here, so what comes out holds single values only.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from carecoord.errors import did_you_mean
from carecoord.rules._bounds import bounds
from carecoord.rules._expression import Expression
from carecoord.rules._kinds import LARGEST, Bounds
from carecoord.rules._nodes import (
    AGGREGATES,
    MOST_LEVELS,
    SCALARS,
    And,
    Arithmetic,
    Call,
    Choice,
    Comparison,
    Constant,
    Defined,
    Lookup,
    Member,
    Name,
    Node,
    Not,
    Or,
    children,
    negative,
    type_of,
)
from carecoord.rules._print import printed
from carecoord.rules._source import Source, dotted
from carecoord.rules._vocabulary import HostCall, Many, Vocabulary

__all__ = ["parse", "parse_list"]

MOST_MEMBERS = 1000
LONGEST_SHOWN = 100
MOST_PARTS = 20_000
"""A list of many members, or a named rule used many times, multiplies the parts of the rule it stands in."""

Sized = TypeVar("Sized", bound=Node)

_RELATIONS: dict[type[ast.cmpop], Any] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip
_OPERATORS: dict[type[ast.operator], Any] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_REFUSED: dict[type[ast.AST], str] = {
    ast.Starred: "a star",
    ast.ListComp: "a comprehension",
    ast.GeneratorExp: "a comprehension",
    ast.Subscript: "an index",
    ast.Tuple: "a list without [ ]",
}


class Reader:
    """Reads one rule."""

    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        self.source = Source(text)
        self.refuse = self.source.refuse
        self.vocabulary = vocabulary
        self.parts = 0

    def read(self) -> Node:
        """Give the rule, which must be one value."""
        (node,) = self._members(lambda tree: (self.sized(tree, self.one(tree)),))
        return node

    def read_list(self) -> Many:
        """Give the members of a rule that is a list; a single value is a list of one."""
        return self._members(lambda tree: _many(self.any(tree)))

    def _members(self, read: Callable[[ast.expr], Many]) -> Many:
        try:
            return read(self.source.tree())
        except RecursionError:
            self.source.fail("this nests deeper than the calling program leaves room for", 0)

    def bounds(self, node: Node) -> Bounds:
        """Give the range of a node over everything its facts may be."""
        return bounds(node, {}, self.vocabulary.ranges)

    def one(self, tree: ast.expr) -> Node:
        """Read what must be a single value."""
        value = self.any(tree)
        if isinstance(value, tuple):
            self.refuse(tree, "a list stands where one value is wanted")
        return value

    def any(self, tree: ast.expr) -> Node | Many:
        """Read a value or a list."""
        handler = _HANDLERS.get(type(tree))
        if handler is None:
            self.refuse(tree, f"{_REFUSED.get(type(tree), type(tree).__name__.lower())} has no place in a rule")
        return handler(self, tree)

    def constant(self, tree: ast.Constant) -> Constant:
        value = tree.value
        if value is None:
            self.refuse(tree, "there is no word for unknown: say in `needs` when the value may be given")
        return self.sized(tree, Constant(value))  # type: ignore[arg-type]

    def sized(self, tree: ast.AST, node: Sized) -> Sized:
        """Refuse a part that has grown too large, lists and named rules included, or gives too large a number."""
        self.parts += 1
        if node.depth > MOST_LEVELS:
            self.refuse(tree, f"with the named rules in it, this is nested more than {MOST_LEVELS} levels deep")
        if max(self.parts, node.size) > MOST_PARTS:
            self.refuse(tree, f"with its lists and named rules written out, this has more than {MOST_PARTS:,} parts")
        found = self.bounds(node)
        if found.type == "number" and found.known and max(abs(found.low), abs(found.high)) > LARGEST:
            self.refuse(tree, "the rule can reach beyond 1,000,000,000")
        return node

    def name(self, tree: ast.expr) -> Node | Many:
        return self.resolve(dotted(tree) or "", tree)

    def resolve(self, name: str, tree: ast.AST) -> Node | Many:
        words = self.vocabulary
        name = words.aliases.get(name, name)
        if name in ("yes", "no"):
            return Constant(name == "yes")
        if name in words.names:
            return Name(name, words.names[name])
        if name in words.definitions:
            body = words.definitions[name]
            return body if isinstance(body, Defined) else Defined(name, body)
        if name in words.sequences:
            return words.sequences[name]
        if name not in words.lists:
            called = name in AGGREGATES or name in SCALARS
            hint = ", it is a function, write ()" if called else did_you_mean(name, words.known_names())
            self.refuse(tree, f"unknown name {name}{hint}")
        return self.joined(tree, (self.resolve(member, tree) for member in words.lists[name]))

    def sequence(self, tree: ast.List) -> Many:
        return self.joined(tree, map(self.any, tree.elts))

    def joined(self, tree: ast.AST, values: Iterable[Node | Many]) -> Many:
        """Give the members of several values as one list."""
        members: list[Node] = []
        for value in values:
            members += _many(value)
            if len(members) > MOST_MEMBERS:
                break
        if not 0 < len(members) <= MOST_MEMBERS:
            self.refuse(tree, f"1 to {MOST_MEMBERS} members are wanted here, found {len(members) or 'none'}")
        return tuple(members)

    def unary(self, tree: ast.UnaryOp) -> Node | Many:
        value = self.any(tree.operand)
        if isinstance(tree.op, ast.Not):
            return self.each(tree, lambda one: Not(self.typed(tree.operand, one, "yes/no")), value)
        if not isinstance(tree.op, ast.USub):
            self.refuse(tree, "this sign has no place in a rule")
        return self.each(tree, lambda one: negative(self.typed(tree.operand, one, "number")), value)

    def binary(self, tree: ast.BinOp) -> Node | Many:
        operator = _OPERATORS.get(type(tree.op))
        if operator is None:
            self.refuse(tree, "only + - * / are operators of a rule")

        def make(left: Node, right: Node) -> Node:
            self.typed(tree.left, left, "number")
            self.typed(tree.right, right, "number")
            made = Arithmetic(operator, left, right)
            if operator == "/" and self.bounds(right).low == self.bounds(right).high == 0:
                self.refuse(tree, "this divides by zero")
            if operator == "/" and self.bounds(made).low == -float("inf"):
                self.refuse(tree, "this divides by what may lie as near to zero as it likes")
            return made

        return self.each(tree, make, self.any(tree.left), self.any(tree.right))

    def compare(self, tree: ast.Compare) -> Node | Many:
        left = self.any(tree.left)
        pairs: list[Node | Many] = []
        for operator, operand in zip(tree.ops, tree.comparators, strict=True):
            if isinstance(operator, ast.In | ast.NotIn):
                if operand is not tree.comparators[-1]:
                    self.refuse(operand, "`in` stands last in a chain of comparisons")
                pairs.append(self.member(tree, left, operand, negate=isinstance(operator, ast.NotIn)))
            else:
                right = self.any(operand)
                pairs.append(self.relation(tree, operator, left, right))
                left = right
        return pairs[0] if len(pairs) == 1 else self.each(tree, lambda *parts: And(parts), *pairs)

    def relation(self, tree: ast.Compare, operator: ast.cmpop, left: Node | Many, right: Node | Many) -> Node | Many:
        relation = _RELATIONS.get(type(operator))
        if relation is None:
            self.refuse(tree, "`is` has no place in a rule, write ==")

        def make(a: Node, b: Node) -> Node:
            kind, other = type_of(a), type_of(b)
            if kind != other:
                self.refuse(tree, f"{kind} is compared with {other}")
            if kind in ("text", "yes/no") and relation not in ("==", "!="):
                self.refuse(tree, f"{kind} is compared with == or != only")
            return Comparison(relation, a, b)

        made = self.each(tree, make, left, right)
        self.possible(tree, made)
        return made

    def possible(self, tree: ast.AST, made: Node | Many) -> None:
        """Refuse a comparison that can never be true, in a list only where no member's can."""
        if not any(True in (self.bounds(one).choices or ()) for one in _many(made)):
            first = _many(made)[0]
            text = printed(first)
            shown = text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 3]}..."
            self.refuse(tree, f"{shown} can never be true{self._reach(*children(first))}")

    def _reach(self, left: Node, right: Node) -> str:
        found = self.bounds(right if isinstance(left, Constant) else left)
        if found.type == "text" and found.choices:
            return f": it is one of {', '.join(sorted(map(str, found.choices)))}"
        return f": it lies in {found.low} to {found.high}" if found.type == "number" and found.known else ""

    def member(self, tree: ast.Compare, left: Node | Many, right: ast.expr, *, negate: bool) -> Node | Many:
        if not isinstance(right, ast.Tuple | ast.List) or not right.elts:
            self.refuse(right, "`in` wants a list of values in brackets")
        constants = [self.one(item) for item in right.elts]
        choices = tuple(one.value for one in constants if isinstance(one, Constant) and not isinstance(one.value, bool))
        kinds = {type_of(one) for one in constants}
        if len(choices) < len(constants) or len(kinds) > 1:
            self.refuse(right, "`in` wants numbers or texts as they are, all of one kind")
        kind = kinds.pop()

        def make(value: Node) -> Node:
            made = Member(value, choices)
            return Not(made) if negate else made

        self.all_typed(tree.left, left, kind)
        for item, choice in zip(right.elts, choices, strict=True):
            self.possible(item, self.each(item, lambda one, it=choice: Comparison("==", one, Constant(it)), left))
        return self.each(tree, make, left)

    def boolean(self, tree: ast.BoolOp) -> Node | Many:
        kind = And if isinstance(tree.op, ast.And) else Or
        values = [self.any(value) for value in tree.values]

        def make(*parts: Node) -> Node:
            for part, value in zip(parts, tree.values, strict=True):
                self.typed(value, part, "yes/no")
            return kind(parts)

        return self.each(tree, make, *values)

    def conditional(self, tree: ast.IfExp) -> Node | Many:
        def make(condition: Node, then: Node, otherwise: Node) -> Node:
            self.typed(tree.test, condition, "yes/no")
            self.typed(tree.orelse, otherwise, type_of(then))
            return Choice(condition, then, otherwise)

        return self.each(tree, make, self.any(tree.test), self.any(tree.body), self.any(tree.orelse))

    def call(self, tree: ast.Call) -> Node | Many:
        name = dotted(tree.func)
        if name is None:
            self.refuse(tree, "only a function of the language can be called")
        if name in self.vocabulary.functions:
            call = HostCall(self, tree, name)
            return Name(call.text, self.vocabulary.functions[name](call))
        if tree.keywords:
            self.refuse(tree.keywords[0].value, f"{name}() takes no named arguments")
        if name == "lookup":
            return self.lookup(tree)
        if name == "code":
            return self.each(tree, lambda one: self.code(tree, one), self.argument(tree, name, 1, 1)[0])
        if name in AGGREGATES:
            return self.aggregate(tree, name)
        if name not in SCALARS:
            functions = [*AGGREGATES, *SCALARS, "lookup", "code", *self.vocabulary.functions]
            self.refuse(tree, f"unknown function {name}(){did_you_mean(name, functions)}")
        return self.scalar(tree, name)

    def argument(self, tree: ast.Call, name: str, least: int, most: int) -> list[Node | Many]:
        if not least <= len(tree.args) <= most:
            wanted = str(least) if least == most else f"{least} to {most}"
            self.refuse(tree, f"{name}() wants {wanted} argument{'' if wanted == '1' else 's'}, found {len(tree.args)}")
        return [self.any(item) for item in tree.args]

    def code(self, tree: ast.Call, item: Node) -> Node:
        called = f"code({item.id})" if isinstance(item, Name) else ""
        if called not in self.vocabulary.names:
            self.refuse(tree, "code() wants an item")
        return Name(called, self.vocabulary.names[called])

    def lookup(self, tree: ast.Call) -> Node | Many:
        if len(tree.args) != 2:
            self.refuse(tree, "lookup() wants a value and the name of a table")
        table = dotted(tree.args[1])
        if table is None:
            self.refuse(tree.args[1], "lookup() wants the name of a table here")
        if table not in self.vocabulary.tables:
            self.refuse(tree.args[1], f"unknown table {table}{did_you_mean(table, self.vocabulary.tables)}")
        entries = self.vocabulary.tables[table]
        if len({isinstance(entry, str) for _, entry in entries}) != 1:
            self.refuse(tree.args[1], f"the entries of table {table} are neither all numbers nor all texts")
        return self.each(
            tree, lambda one: Lookup(self.typed(tree.args[0], one, "number"), table, entries), self.any(tree.args[0])
        )

    def aggregate(self, tree: ast.Call, name: str) -> Node:
        arguments, known = tree.args, False
        if not arguments:
            self.refuse(tree, f"{name}() wants at least one argument")
        first = arguments[0]
        if isinstance(first, ast.Call) and dotted(first.func) == "known" and AGGREGATES[name][1] is not None:
            if len(arguments) > 1:
                self.refuse(tree, f"known() stands alone: {name}(known(a, b))")
            if name in ("count", "any", "all", "prorate"):
                self.refuse(first, f"known() has no place in {name}(), which deals with unknown members itself")
            arguments, known = first.args, True
        wanted = AGGREGATES[name][1]
        members = self.joined(tree, (self.all_typed(item, self.any(item), wanted) for item in arguments))
        return self.sized(tree, Call(name, members, known))

    def scalar(self, tree: ast.Call, name: str) -> Node | Many:
        least, most = SCALARS[name]
        arguments = self.argument(tree, name, least, most)

        def make(*values: Node) -> Node:
            wanted = {"coalesce": type_of(values[0]), "known": None, "minutes_between": "time"}.get(name, "number")
            for argument, value in zip(tree.args, values, strict=True):
                self.typed(argument, value, wanted)
            if name == "round" and len(values) > 1:
                self.step(tree, values[1])
            if name == "clip":
                low, high = map(self.bounds, values[1:])
                if low.high > high.low:
                    self.refuse(tree, "clip() wants a low end that is never above the high end after it")
            return Call(name, values)

        return self.each(tree, make, *arguments)

    def step(self, tree: ast.AST, step: Node) -> None:
        value = step.value if isinstance(step, Constant) else None
        if not isinstance(value, int | float) or isinstance(value, bool) or value <= 0:
            self.refuse(tree, "round() wants a step as a number above 0")
        parts = value if value >= 1 else 1 / value
        if abs(parts - round(parts)) > 1e-9:
            self.refuse(tree, "round() wants a step that is whole, or one whole part of one, as 0.1")

    def typed(self, tree: ast.AST, node: Node, wanted: str | None) -> Node:
        found = type_of(node)
        if wanted is not None and found != wanted:
            hint = "; write count(...) or 1 if ... else 0" if (found, wanted) == ("yes/no", "number") else ""
            self.refuse(tree, f"{wanted} is wanted, found {found}{hint}")
        return node

    def all_typed(self, tree: ast.AST, value: Node | Many, wanted: str | None) -> Node | Many:
        for one in _many(value):
            self.typed(tree, one, wanted)
        return value

    def each(self, tree: ast.AST, make: Callable[..., Node], *values: Node | Many) -> Node | Many:
        """Apply `make` to single values, or member by member where any value is a list."""
        lengths = {len(value) for value in values if isinstance(value, tuple)}
        if not lengths:
            return self.sized(tree, make(*values))
        if len(lengths) > 1:
            self.refuse(tree, f"lists of different lengths stand together: {' and '.join(map(str, sorted(lengths)))}")
        size = lengths.pop()
        columns = [value if isinstance(value, tuple) else (value,) * size for value in values]
        return tuple(self.sized(tree, make(*row)) for row in zip(*columns, strict=True))


def _many(value: Node | Many) -> Many:
    return value if isinstance(value, tuple) else (value,)


_HANDLERS: dict[type[ast.AST], Callable[[Reader, Any], Node | Many]] = {
    ast.Constant: Reader.constant,
    ast.Name: Reader.name,
    ast.Attribute: Reader.name,
    ast.List: Reader.sequence,
    ast.UnaryOp: Reader.unary,
    ast.BinOp: Reader.binary,
    ast.Compare: Reader.compare,
    ast.BoolOp: Reader.boolean,
    ast.IfExp: Reader.conditional,
    ast.Call: Reader.call,
}


def parse(text: str, vocabulary: Vocabulary) -> Expression:
    """Read a rule.

    Args:
        text: the rule, in the language of `carecoord.rules`; line breaks are spaces.
        vocabulary: the names, lists, tables and functions it may use.

    Raises:
        RuleError: anything is wrong with it: the message says what, `.column` says where.

    >>> from carecoord.rules import Kind, Vocabulary
    >>> words = Vocabulary(names={"q1": Kind.number(0, 3, whole=True), "q2": Kind.number(0, 3, whole=True)})
    >>> parse("q1 + q2", words).range
    (0, 6)
    >>> parse("q1 >= 4", words)
    Traceback (most recent call last):
    carecoord.errors.RuleError: column 1: q1 >= 4 can never be true: it lies in 0 to 3
    """
    return Expression(Reader(text, vocabulary).read())


def parse_list(text: str, vocabulary: Vocabulary) -> tuple[Expression, ...]:
    """Read a rule that is a list; a single value is a list of one.

    Args:
        text: the rule, as for `parse`.
        vocabulary: the names, lists, tables and functions it may use.

    Raises:
        RuleError: as `parse`.

    >>> from carecoord.rules import Kind, Vocabulary
    >>> words = Vocabulary(names={"q1": Kind.NUMBER, "q2": Kind.NUMBER})
    >>> [str(one) for one in parse_list("[q1, q2 + 1]", words)]
    ['q1', 'q2 + 1']
    """
    return tuple(Expression(node) for node in Reader(text, vocabulary).read_list())
