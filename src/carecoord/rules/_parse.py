"""Read the text of a rule into nodes, checking names, types and ranges as it goes.

The text is scanned before Python's parser sees it: its length, its characters, its numbers and its nesting.
Only the handful of syntax nodes below is translated; everything else is refused by name and column.
Lists are worked out here, so what comes out holds single values only.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Mapping
from keyword import iskeyword
from typing import Any, NoReturn, TypeVar

import attrs

from carecoord._values import FrozenMapping
from carecoord.errors import RuleError, did_you_mean
from carecoord.rules._bounds import Memo, bounds
from carecoord.rules._expression import Expression
from carecoord.rules._kinds import LARGEST, Bounds, Kind
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
    negative,
    type_of,
)
from carecoord.rules._print import printed, written

__all__ = ["HostCall", "HostFunction", "Vocabulary", "parse", "parse_list"]

LONGEST = 4000
DEEPEST = 50
MOST_OPERATORS = 400
MOST_MEMBERS = 1000
MOST_PARTS = 20_000
"""A list of many members, or a named rule used many times, multiplies the parts of the rule it stands in."""

Table = tuple[tuple[int | float, int | float | str], ...]
Many = tuple[Node, ...]
HostFunction = Callable[["HostCall"], Kind]
Sized = TypeVar("Sized", bound=Node)

_TOKEN = re.compile(
    r"""[ ]+
    | (?P<name>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*){0,6})(?![A-Za-z0-9_"'])
    | (?P<number>(?:[0-9]{1,12}(?:\.[0-9]{0,30})?|\.[0-9]{1,30})(?![A-Za-z0-9_.]))
    | (?P<text>"[^"\\]{0,200}"|'[^'\\]{0,200}')(?![ ]*["'])
    | (?P<open>[(\[]) | (?P<close>[)\]])
    | (?P<operator>==|!=|<=|>=|[-+*/<>])
    | [,=]""",
    re.VERBOSE,
)
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*")
_WORDS = frozenset(("and", "or", "not", "if", "in"))
_RELATIONS: dict[type[ast.cmpop], Any] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip
_OPERATORS: dict[type[ast.operator], Any] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_REFUSED: dict[type[ast.AST], str] = {
    ast.Starred: "a star", ast.keyword: "a named argument", ast.Dict: "a table", ast.Set: "a set",
    ast.ListComp: "a comprehension", ast.GeneratorExp: "a comprehension", ast.Subscript: "an index",
    ast.JoinedStr: "a formatted text", ast.Await: "await", ast.Yield: "yield", ast.Attribute: "a dot after a value",
}  # fmt: skip


@attrs.frozen(kw_only=True)
class Vocabulary:
    """The names and functions a rule may use.

    Attributes:
        names: the facts, by name, each with its kind; names may have dots.
        lists: names of lists, each with its members: names of facts or definitions.
        tables: number to number or number to text, for `lookup`.
        definitions: named rules; in a rule each stands for its own body.
        sequences: named lists of rules.
        functions: functions of the host; a call of one is a fact that the host supplies, named by its text.
        aliases: second names of facts.
        ranges: what each part of the rules read so far can be, worked out once.
    """

    names: Mapping[str, Kind] = attrs.field(factory=FrozenMapping[str, Kind])
    lists: Mapping[str, tuple[str, ...]] = attrs.field(factory=FrozenMapping[str, tuple[str, ...]])
    tables: Mapping[str, Table] = attrs.field(factory=FrozenMapping[str, Table])
    definitions: Mapping[str, Node] = attrs.field(factory=FrozenMapping[str, Node])
    sequences: Mapping[str, Many] = attrs.field(factory=FrozenMapping[str, Many])
    functions: Mapping[str, HostFunction] = attrs.field(factory=FrozenMapping[str, HostFunction])
    aliases: Mapping[str, str] = attrs.field(factory=FrozenMapping[str, str])
    ranges: Memo = attrs.field(factory=dict, eq=False, repr=False)

    def known_names(self) -> Iterable[str]:
        """List every name a rule may use."""
        return [*self.names, *self.lists, *self.definitions, *self.sequences]


class HostCall:
    """A call of a function that belongs to the host, as it stands in a rule.

    Attributes:
        name: the function.
        text: the call as text, in one normal form: the name of the fact that the host supplies for it.
        count: the number of arguments.
        options: the named arguments: numbers, texts or bare names (as text).
    """

    def __init__(self, reader: Reader, node: ast.Call, name: str) -> None:
        self._reader, self._node = reader, node
        self.name = name
        self.count = len(node.args)
        options: dict[str, int | float | str] = {}
        for option in sorted(node.keywords, key=lambda one: one.arg or ""):
            if option.arg is None or option.arg in options:
                self._reader.refuse(option.value, f"{name}() takes each named argument once, by its name")
            options[option.arg] = self._option(option.value)
        self.options = FrozenMapping(options)
        self._arguments = [self._read(one) for one in node.args]
        arguments = [one if isinstance(one, str) else printed(one) for one in self._arguments]
        arguments += [f"{key}={_option_text(value)}" for key, value in options.items()]
        self.text = f"{name}({', '.join(arguments)})"
        if len(self.text) > LONGEST:
            self.fault(f"{name}() has more than {LONGEST:,} characters")

    def _option(self, value: ast.expr) -> int | float | str:
        if isinstance(value, ast.Constant) and type(value.value) in (int, float, str):
            return self._reader.constant(value).value
        word = dotted(value)
        if word is None:
            self._reader.refuse(value, f"{self.name}() takes a number, a text or a name here")
        return word

    def _read(self, argument: ast.expr) -> Node | str:
        word = dotted(argument)
        if word is not None and word not in self._reader.vocabulary.names:
            return word
        return self._reader.one(argument)

    def is_word(self, index: int) -> bool:
        """Say whether an argument is a bare name."""
        return index < self.count and dotted(self._node.args[index]) is not None

    def word(self, index: int) -> str:
        """Give an argument that is a bare name, as written.

        Raises:
            RuleError: it is missing or something else.
        """
        self._need(index)
        word = dotted(self._node.args[index])
        if word is None:
            self._reader.refuse(self._node.args[index], f"{self.name}() takes a name here")
        return word

    def rule(self, index: int) -> Expression:
        """Give an argument that is a rule in the same vocabulary.

        Raises:
            RuleError: it is missing, or cannot be read.
        """
        self._need(index)
        read = self._arguments[index]
        return Expression(self._reader.one(self._node.args[index]) if isinstance(read, str) else read)

    def _need(self, index: int) -> None:
        if index >= self.count:
            self.fault(f"{self.name}() wants an argument more")

    def fault(self, message: str) -> NoReturn:
        """Refuse the call, with its column.

        Raises:
            RuleError: always.
        """
        self._reader.refuse(self._node, message)


def dotted(node: ast.expr) -> str | None:
    """Give a name with its dots as text, or nothing where it is something else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    return ".".join([node.id, *reversed(parts)])


class Reader:
    """Reads one rule."""

    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        self.text = re.sub(r"[\r\n\t]", " ", text)
        self.lead = len(self.text) - len(self.text.lstrip(" "))
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
            return read(self._tree())
        except RecursionError:
            self._fail("this nests deeper than the calling program leaves room for", 0)

    def refuse(self, node: ast.AST, message: str) -> NoReturn:
        """Refuse the text at a node."""
        before = self.text[self.lead :].encode("utf-8")[: getattr(node, "col_offset", 0)]
        self._fail(message, self.lead + len(before.decode("utf-8")))

    def _fail(self, message: str, position: int) -> NoReturn:
        raise RuleError(message, position + 1, self.text)

    def _tree(self) -> ast.expr:
        self._scan()
        try:
            tree = ast.parse(self.text.strip(" "), mode="eval").body
        except SyntaxError as error:
            if not error.offset:
                self._fail("this cannot be read as a rule: it ends too early", len(self.text.rstrip(" ")))
            self._fail("this cannot be read as a rule", self.lead + error.offset - 1)
        except MemoryError:
            self._fail("this cannot be read as a rule", 0)
        self._check_depth(tree)
        return tree

    def _scan(self) -> None:
        text = self.text
        if len(text) > LONGEST:
            self._fail(f"the rule has {len(text):,} characters, at most {LONGEST:,} are read", LONGEST)
        if not text.strip():
            self._fail("the rule is empty", 0)
        position = depth = operators = 0
        while position < len(text):
            token = _TOKEN.match(text, position)
            if token is None:
                self._fail(f"{text[position]!r} has no place in a rule{_hint(text, position)}", position)
            quoted = token["text"]
            if quoted is not None and not quoted.isprintable():
                self._fail("a text in a rule holds printable characters only", position)
            depth += (token["open"] is not None) - (token["close"] is not None)
            operators += token["operator"] is not None or token["name"] in _WORDS
            if depth > DEEPEST:
                self._fail(f"nested more than {DEEPEST} levels deep", position)
            if operators > MOST_OPERATORS:
                self._fail(f"more than {MOST_OPERATORS} operators", position)
            position = token.end()

    def _check_depth(self, tree: ast.expr) -> None:
        waiting: list[tuple[ast.AST, int]] = [(tree, 1)]
        while waiting:
            node, depth = waiting.pop()
            if depth > DEEPEST:
                self.refuse(node, f"nested more than {DEEPEST} levels deep")
            waiting.extend((inner, depth + 1) for inner in ast.iter_child_nodes(node) if isinstance(inner, ast.expr))

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
        if type(value) not in (int, float, str, bool):
            self.refuse(tree, f"{value!r} has no place in a rule")
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
        name = dotted(tree)
        if name is None:
            self.refuse(tree, "a dot stands after a value; only names have dots")
        return self.resolve(name, tree)

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
            extra = "; it is a function, write ()" if name in AGGREGATES or name in SCALARS else ""
            self.refuse(tree, f"unknown name {name}{did_you_mean(name, words.known_names())}{extra}")
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
            self.refuse(tree, f"{printed(first)[:100]} can never be true{self._reach(first)}")

    def _reach(self, node: Node) -> str:
        left = node.left if isinstance(node, Comparison) else node.value if isinstance(node, Member) else None
        if left is None or isinstance(left, Constant):
            return ""
        found = self.bounds(left)
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

        for one in _many(left):
            self.typed(tree.left, one, kind)
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
        if table is None or table not in self.vocabulary.tables:
            self.refuse(tree.args[1], f"unknown table {table}{did_you_mean(table or '', self.vocabulary.tables)}")
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
        members = self.joined(tree, map(self.any, arguments))
        wanted = AGGREGATES[name][1]
        for member in members if wanted else ():
            self.typed(tree, member, wanted)
        return self.sized(tree, Call(name, members, known))

    def scalar(self, tree: ast.Call, name: str) -> Node | Many:
        least, most = SCALARS[name]
        arguments = self.argument(tree, name, least, most)

        def make(*values: Node) -> Node:
            if name == "coalesce":
                for value in values[1:]:
                    self.typed(tree, value, type_of(values[0]))
            elif name != "known":
                wanted = "time" if name == "minutes_between" else "number"
                for value in values:
                    self.typed(tree, value, wanted)
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


def _option_text(value: float | str) -> str:
    return value if isinstance(value, str) and _WORD.fullmatch(value) and not iskeyword(value) else written(value)


def _many(value: Node | Many) -> Many:
    return value if isinstance(value, tuple) else (value,)


def _hint(text: str, position: int) -> str:
    if text[position].isdigit() or text[position] == ".":
        return ": numbers are written as 12 or 0.5, of at most 12 digits before the point"
    if text[position] in "'\"":
        return ": a text stands on its own in quotes, has at most 200 characters and no \\"
    return ": write and, or, not" if text[position] in "&|!~" else ""


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

    Raises:
        RuleError: as `parse`.
    """
    return tuple(Expression(node) for node in Reader(text, vocabulary).read_list())
