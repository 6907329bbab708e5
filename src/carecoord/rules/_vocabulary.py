"""What a rule may name, and how a function of the host sees a call of it."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Mapping
from keyword import iskeyword
from typing import TYPE_CHECKING, NoReturn

import attrs

from carecoord._values import FrozenMapping
from carecoord.rules._bounds import Memo
from carecoord.rules._expression import Expression
from carecoord.rules._kinds import Kind
from carecoord.rules._nodes import Node
from carecoord.rules._print import printed, written
from carecoord.rules._source import LONGEST, dotted

if TYPE_CHECKING:
    from carecoord.rules._parse import Reader

__all__ = ["HostCall", "HostFunction", "Many", "Table", "Vocabulary"]

Table = tuple[tuple[int | float, int | float | str], ...]
Many = tuple[Node, ...]
HostFunction = Callable[["HostCall"], Kind]

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*")


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


def _option_text(value: float | str) -> str:
    return value if isinstance(value, str) and _WORD.fullmatch(value) and not iskeyword(value) else written(value)
