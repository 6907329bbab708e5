"""Say why a rule has the value it has: as a tree, and as one plain sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import attrs

from carecoord.rules._evaluate import evaluate
from carecoord.rules._kinds import Value
from carecoord.rules._nodes import (
    And,
    Call,
    Choice,
    Comparison,
    Constant,
    Defined,
    Given,
    Member,
    Name,
    Node,
    Not,
    Or,
    children,
    type_of,
)
from carecoord.rules._print import printed, written

__all__ = ["Describe", "Explanation", "explain", "sentence", "shown"]

FEW = 3
LONGEST = 120

Describe = Callable[[str, Any], str | None]
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


@attrs.frozen
class Explanation:
    """One part of a rule with the value it had, and the parts it rests on.

    Attributes:
        text: the part, as written in rules.
        value: its value; `None` is unknown.
        children: the parts directly under it, in the order written.
        sentence: why it has this value, in plain words.
    """

    text: str
    value: Value
    children: tuple[Explanation, ...]
    sentence: str

    def __str__(self) -> str:
        """Give the sentence."""
        return self.sentence

    def tree(self, indent: str = "") -> str:
        """Draw the parts below each other, each with its value."""
        lines = [f"{indent}{self.text}: {shown(self.value)}"]
        lines += [child.tree(indent + "  ") for child in self.children]
        return "\n".join(lines)


def shown(value: Any) -> str:
    """Write a value for people: `unknown`, `yes`, `12`, `8.67`."""
    if value is None:
        return "unknown"
    if isinstance(value, float):
        return f"{round(value, 2) + 0:.2f}".rstrip("0").rstrip(".")
    if isinstance(value, date):
        return value.isoformat()
    return written(value) if isinstance(value, bool) or value == "" else str(value)


def explain(node: Node, facts: Mapping[str, Any], describe: Describe | None = None) -> Explanation:
    """Explain a rule over one row of facts.

    Args:
        node: the rule.
        facts: the values; an absent one is unknown.
        describe: the host's words for a fact and its value, as "phq_9.total is 4 on 2026-03-02"; `None` for ours.
    """
    return _Explainer(facts, describe or (lambda _name, _value: None)).tree(node)


def sentence(node: Node, facts: Mapping[str, Any], describe: Describe | None = None) -> str:
    """Give the sentence of an explanation alone, without its parts."""
    return _Explainer(facts, describe or (lambda _name, _value: None)).sentence(node)


class _Explainer:
    def __init__(self, facts: Mapping[str, Any], describe: Describe) -> None:
        self.facts, self.describe = facts, describe
        self.done: dict[Node, Any] = {}

    def value(self, node: Node) -> Any:
        return evaluate(node, self.facts, self.done)

    def tree(self, node: Node) -> Explanation:
        parts = () if isinstance(node, Given | Constant) else children(node)
        inner = tuple(self.tree(child) for child in parts if not isinstance(child, Constant))
        return Explanation(printed(node), self.value(node), inner, self.sentence(node))

    def sentence(self, node: Node, *, wanted: bool = True) -> str:
        match node:
            case And(parts=parts) | Or(parts=parts):
                return self.joined(parts, self.value(node), wanted=wanted)
            case Not(value=inner):
                return self.sentence(inner, wanted=not wanted)
            case Comparison() | Member():
                return self.comparison(node, wanted=wanted)
            case Defined(name=name, body=body):
                reason = self.sentence(body, wanted=wanted)
                own = f"{name} is {shown(self.value(node))}"
                return own if reason == own or isinstance(body, Given) else f"{own} ({reason})"
            case Choice(condition=condition, then=then, otherwise=otherwise):
                met = self.value(condition)
                if met is None:
                    return f"{self.sentence(condition)}, which decides between two values"
                branch, reason = then if met else otherwise, self.sentence(condition, wanted=met)
                return reason if isinstance(branch, Constant) else f"{self.sentence(branch, wanted=wanted)}; {reason}"
            case _:
                return self.subject(node)

    def joined(self, parts: tuple[Node, ...], value: Any, *, wanted: bool) -> str:
        """Name the parts that carried the value; where none of one truth did, all of them did."""
        carrying = [part for part in parts if self.value(part) is value]
        return "; ".join(dict.fromkeys(self.sentence(part, wanted=wanted) for part in carrying or parts))

    def comparison(self, node: Comparison | Member, *, wanted: bool) -> str:
        if isinstance(node, Member):
            subject, goal = node.value, f"one of {', '.join(map(str, node.choices))}"
        elif isinstance(node.left, Constant):
            subject, goal = node.right, f"{_MIRRORED[node.relation]} {self.object(node.left)}"
        else:
            subject, goal = node.left, f"{node.relation} {self.object(node.right)}"
        about, met = self.subject(subject), self.value(node)
        if met is None:
            return about if self.value(subject) is None else f"{about}, to be compared: {goal}"
        denied = "" if wanted else "not "
        return (
            f"{about}, which is {'' if met else 'not '}{goal}" if met is wanted else f"{about}, wanted {denied}{goal}"
        )

    def object(self, node: Node) -> str:
        if isinstance(node, Constant):
            return shown(node.value)
        return f"{printed(node)} ({shown(self.value(node))})"

    def subject(self, node: Node) -> str:
        value = self.value(node)
        if isinstance(node, Name):
            words = self.describe(node.id, value)
            if words is not None:
                return words
        if isinstance(node, Constant):
            return shown(value)
        if isinstance(node, Defined) and type_of(node) != "yes/no" and not isinstance(node.body, Given):
            return f"{node.name} is {shown(value)}"
        return f"{_brief(node)} is {shown(value)}"


def _brief(node: Node) -> str:
    """Write a part so that it can be read: a long list by its ends."""
    if isinstance(node, Call):
        listed = [_brief(argument) for argument in node.arguments]
        inner = ", ".join(listed) if len(listed) <= FEW else f"{listed[0]} ... {listed[-1]}"
        return f"{node.function}({'known ' if node.known else ''}{inner})"
    text = printed(node)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."
