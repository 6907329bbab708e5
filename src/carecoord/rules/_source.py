"""The text of a rule: scanned, read by Python's parser, and pointed at where something is wrong.

It is scanned first: its length, its characters, its numbers, its nesting and its operators.
"""

from __future__ import annotations

import ast
import re
from typing import NoReturn

from carecoord.errors import RuleError

__all__ = ["DEEPEST", "LONGEST", "MOST_OPERATORS", "Source", "dotted"]

LONGEST = 4000
DEEPEST = 50
MOST_OPERATORS = 400

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
_WORDS = frozenset(("and", "or", "not", "if", "in"))


def dotted(node: ast.expr) -> str | None:
    """Give a name with its dots as text, or nothing where it is something else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    return ".".join([node.id, *reversed(parts)])


class Source:
    """One rule's text."""

    def __init__(self, text: str) -> None:
        self.text = re.sub(r"[\r\n\t]", " ", text)
        self.lead = len(self.text) - len(self.text.lstrip(" "))

    def refuse(self, node: ast.AST, message: str) -> NoReturn:
        """Refuse the text at a node."""
        before = self.text[self.lead :].encode("utf-8")[: getattr(node, "col_offset", 0)]
        self.fail(message, self.lead + len(before.decode("utf-8")))

    def fail(self, message: str, position: int) -> NoReturn:
        """Refuse the text at a character, counted from 0."""
        raise RuleError(message, position + 1, self.text)

    def tree(self) -> ast.expr:
        """Give the syntax tree of the rule."""
        self._scan()
        try:
            tree = ast.parse(self.text.strip(" "), mode="eval").body
        except SyntaxError as error:
            if not error.offset:
                self.fail("this cannot be read as a rule: it ends too early", len(self.text.rstrip(" ")))
            self.fail("this cannot be read as a rule", self.lead + error.offset - 1)
        except MemoryError:
            self.fail("this cannot be read as a rule", 0)
        self._check_depth(tree)
        return tree

    def _scan(self) -> None:
        text = self.text
        if len(text) > LONGEST:
            self.fail(f"the rule has {len(text):,} characters, at most {LONGEST:,} are read", LONGEST)
        if not text.strip():
            self.fail("the rule is empty", 0)
        position = depth = operators = 0
        while position < len(text):
            token = _TOKEN.match(text, position)
            if token is None:
                self.fail(f"{text[position]!r} has no place in a rule{_hint(text, position)}", position)
            quoted = token["text"]
            if quoted is not None and not quoted.isprintable():
                self.fail("a text in a rule holds printable characters only", position)
            depth += (token["open"] is not None) - (token["close"] is not None)
            operators += token["operator"] is not None or token["name"] in _WORDS
            if depth > DEEPEST:
                self.fail(f"nested more than {DEEPEST} levels deep", position)
            if operators > MOST_OPERATORS:
                self.fail(f"more than {MOST_OPERATORS} operators", position)
            position = token.end()

    def _check_depth(self, tree: ast.expr) -> None:
        waiting: list[tuple[ast.AST, int]] = [(tree, 1)]
        while waiting:
            node, depth = waiting.pop()
            if depth > DEEPEST:
                self.refuse(node, f"nested more than {DEEPEST} levels deep")
            waiting.extend((inner, depth + 1) for inner in ast.iter_child_nodes(node) if isinstance(inner, ast.expr))


def _hint(text: str, position: int) -> str:
    if text[position].isdigit() or (text[position] == "." and text[position + 1 : position + 2].isdigit()):
        return ": numbers are written as 12 or 0.5, of at most 12 digits before the point"
    if text[position] in "'\"":
        return ": a text stands on its own in quotes, has at most 200 characters and no \\"
    return ": write and, or, not" if text[position] in "&|!~" else ""
