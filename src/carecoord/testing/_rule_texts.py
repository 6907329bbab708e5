"""Write a rule as people do: spaced, bracketed, quoted and chained in more than one way."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import attrs
from hypothesis import strategies as st

from carecoord.rules import Vocabulary
from carecoord.rules._nodes import (
    AGGREGATES,
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
)
from carecoord.rules._print import written

__all__ = ["written_loosely"]

_SPACES = st.sampled_from((" ", " ", " ", "  ", "\n    ", "\t", "\r\n"))
_CHOICE, _OR, _AND, _NOT, _COMPARISON, _SUM, _PRODUCT, _SIGN, _ATOM = range(9)


def written_loosely(draw: st.DrawFn, node: Node, vocabulary: Vocabulary) -> str:
    """Give some text that reads into a rule.

    Args:
        draw: Hypothesis' own.
        node: the rule; no part of it stands under a condition of `needs`, for which there is no text.
        vocabulary: its lists and second names may stand for what they mean.
    """
    return _Pen(draw, vocabulary).text(node, _CHOICE)


@attrs.define
class _Pen:
    draw: st.DrawFn
    vocabulary: Vocabulary

    def text(self, node: Node, least: int) -> str:
        """Write a node so that it can stand where at least this strength is wanted."""
        text, strength = self.form(node)
        text = text.replace(" ", "\0") if isinstance(node, Constant) else text
        if strength < least or self.draw(st.integers(0, 9)) == 9:
            text = f"({text})"
        return text.replace("\0", " ")

    def space(self, text: str) -> str:
        """Set a sign off from what stands beside it."""
        return f"{self.draw(_SPACES)}{text}{self.draw(_SPACES)}"

    def form(self, node: Node) -> tuple[str, int]:
        match node:
            case Constant(value=value):
                text = self.constant(value)
                return text, _SIGN if text.startswith("-") else _ATOM
            case Name(id=name) | Defined(name=name):
                return self.draw(st.sampled_from((name, *self.second_names(name)))), _ATOM
            case Negative(value=inner):
                return f"-{self.text(inner, _ATOM)}", _SIGN
            case Arithmetic(operator=operator, left=left, right=right):
                own = _SUM if operator in "+-" else _PRODUCT
                return f"{self.text(left, own)}{self.space(operator)}{self.text(right, own + 1)}", own
            case Comparison(relation=relation, left=left, right=right):
                return f"{self.text(left, _SUM)}{self.space(relation)}{self.text(right, _SUM)}", _COMPARISON
            case Member():
                return self.member(node, "in"), _COMPARISON
            case And(parts=parts):
                return self.junction("and", parts, _NOT)
            case Or(parts=parts):
                return self.junction("or", parts, _AND)
            case Not(value=Member() as inner) if self.draw(st.booleans()):
                return self.member(inner, "not in"), _COMPARISON
            case Not(value=inner):
                return f"not{self.draw(_SPACES)}{self.text(inner, _NOT)}", _NOT
            case Choice(condition=condition, then=then, otherwise=otherwise):
                test = f"{self.space('if')}{self.text(condition, _OR)}{self.space('else')}"
                return f"{self.text(then, _OR)}{test}{self.text(otherwise, _CHOICE)}", _CHOICE
            case Lookup(value=inner, table=table):
                return f"lookup({self.text(inner, _CHOICE)}, {table})", _ATOM
            case Call():
                return self.call(node), _ATOM
            case Given():
                raise ValueError("there is no text for a rule that stands under a condition of `needs`")

    def second_names(self, name: str) -> Sequence[str]:
        return [alias for alias, meant in self.vocabulary.aliases.items() if meant == name]

    def constant(self, value: float | str) -> str:
        if isinstance(value, bool):
            return self.draw(st.sampled_from(("yes", "True") if value else ("no", "False")))
        if isinstance(value, str):
            quote: str = self.draw(st.sampled_from([quote for quote in "'\"" if quote not in value]))
            return f"{quote}{value}{quote}"
        text = written(value)
        if "." not in text or self.draw(st.booleans()):
            return text
        return text.replace("0.", ".", 1) if re.fullmatch(r"-?0\.0*[1-9]\d*", text) else f"{text}0"

    def member(self, node: Member, word: str) -> str:
        listed = ", ".join(map(self.constant, node.choices))
        comma = "," if len(node.choices) == 1 else ""
        brackets = self.draw(st.sampled_from((f"({listed}{comma})", f"[{listed}]")))
        return f"{self.text(node.value, _SUM)} {word} {brackets}"

    def junction(self, word: str, parts: Sequence[Node], least: int) -> tuple[str, int]:
        compared = [part for part in parts if isinstance(part, Comparison)]
        chained = len(compared) == len(parts) and all(one.right == then.left for one, then in pairwise(compared))
        if word == "and" and chained and self.draw(st.booleans()):
            rest = "".join(f"{self.space(part.relation)}{self.text(part.right, _SUM)}" for part in compared)
            return f"{self.text(compared[0].left, _SUM)}{rest}", _COMPARISON
        return self.space(word).join(self.text(part, least) for part in parts), least - 1

    def call(self, node: Call) -> str:
        arguments = [self.text(argument, _CHOICE) for argument in node.arguments]
        if node.function in AGGREGATES:
            named = [name for name, members in self.vocabulary.lists.items() if self.are(node.arguments, members)]
            list_name = self.draw(st.sampled_from((None, *named)))
            split = self.draw(st.integers(0, len(arguments)))
            first_known = isinstance(node.arguments[0], Call) and node.arguments[0].function == "known"
            if list_name is not None:
                arguments = [list_name]
            elif split or (first_known and not node.known):
                split = max(split, 1)
                arguments = [f"[{', '.join(arguments[:split])}]", *arguments[split:]]
        listed = ", ".join(arguments)
        return f"{node.function}(known({listed}))" if node.known else f"{node.function}({listed})"

    def are(self, nodes: Sequence[Node], members: Sequence[str]) -> bool:
        return [node.id if isinstance(node, Name) else "" for node in nodes] == list(members)
