"""Turn rules into one straight-line Python function.

Each distinct part becomes one line, so what rules share is worked out once.
A part that cannot be unknown needs no test for it: when all facts are promised known, almost no test is left.
The source is written from our own nodes only; constants of a definition reach it as named values, never as text.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from carecoord.rules._evaluate import half_away, median, to_step, total
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
    asked,
    children,
    facts_of,
)

__all__ = ["compile_nodes", "compile_positional"]

FEW = 4
"""Up to this many parts are tested one by one; more are tested as a tuple."""
MANY = 100
"""More than this many parts are added in a loop: Python's own compiler nests every sign."""
LONG = 200
"""A part with a longer text gets a line of its own, so that lines neither grow nor nest without end."""


def compile_nodes(nodes: Sequence[Node]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    """Give a function from a row of facts to the values of several rules, in their order."""
    names = facts_of(*nodes)
    writer = _Writer({name: f"f{place}" for place, name in enumerate(names)}, frozenset())
    results = writer.results(nodes)
    get = [f"    f{place} = get({writer.constant(name)})" for place, name in enumerate(names)]
    run: Callable[[Mapping[str, Any]], tuple[Any, ...]]
    run = writer.function(["def rules(facts):", "    get = facts.get", *get], results)
    return run


def compile_positional(
    nodes: Sequence[Node], names: Sequence[str], *, known: Iterable[str] = ()
) -> Callable[..., tuple[Any, ...]]:
    """Give a function of the facts' values, in the order of `names`, to the values of several rules.

    Args:
        nodes: the rules.
        names: every fact they use.
        known: facts promised not to be `None`; the function is faster for it.
    """
    places = {name: f"f{place}" for place, name in enumerate(names)}
    writer = _Writer(places, frozenset(known))
    results = writer.results(nodes)
    run: Callable[..., tuple[Any, ...]] = writer.function([f"def rules({', '.join(places.values())}):"], results)
    return run


class _Writer:
    def __init__(self, places: Mapping[str, str], known: frozenset[str]) -> None:
        self.places, self.known = places, known
        self.lines: list[str] = []
        self.done: dict[Node, tuple[str, bool]] = {}
        self.uses: Counter[Node] = Counter()
        self.space: dict[str, Any] = {"floor": math.floor, "ceil": math.ceil, "half_away": half_away,
                                      "to_step": to_step, "median": median, "total": total}  # fmt: skip

    def results(self, nodes: Sequence[Node]) -> list[str]:
        for node in nodes:
            self.count(node)
        return [self.part(node)[0] for node in nodes]

    def count(self, node: Node) -> None:
        self.uses[node] += 1
        if self.uses[node] == 1:
            for child in children(node):
                self.count(child)

    def function(self, head: Sequence[str], results: Sequence[str]) -> Any:
        listed = "".join(f"{result}, " for result in results)
        source = "\n".join([*head, *self.lines, f"    return ({listed})"])
        exec(compile(source, "<carecoord rules>", "exec"), self.space)  # noqa: S102 - written from our own nodes only
        return self.space["rules"]

    def constant(self, value: Any) -> str:
        """Name a constant; small whole numbers and truths stand as they are."""
        if value is None or isinstance(value, bool) or (isinstance(value, int) and value >= 0):
            return repr(value)
        name = f"c{len(self.space)}"
        self.space[name] = value
        return name

    def part(self, node: Node) -> tuple[str, bool]:
        """Give the text that stands for a node, and whether it may be unknown."""
        if isinstance(node, Name):
            return self.places[node.id], node.id not in self.known
        if isinstance(node, Constant):
            return self.constant(node.value), False
        if isinstance(node, Defined):
            return self.part(node.body)
        found = self.done.get(node)
        if found is None:
            text, nullable = self.write(node)
            if nullable or self.uses[node] > 1 or len(text) > LONG:
                name = f"t{len(self.lines)}"
                self.lines.append(f"    {name} = {text}")
                text = name
            elif not text.isidentifier():
                text = f"({text})"
            found = self.done[node] = text, nullable
        return found

    def parts(self, nodes: Iterable[Node]) -> tuple[list[str], list[str]]:
        """Give the texts of several nodes, and of those that may be unknown."""
        pairs = [self.part(node) for node in nodes]
        return [text for text, _ in pairs], [text for text, nullable in pairs if nullable]

    def guarded(self, nodes: Iterable[Node], make: Callable[..., str]) -> tuple[str, bool]:
        """Write what is unknown as soon as any part is."""
        texts, nullable = self.parts(nodes)
        value = make(*texts)
        return (f"None if {_any_none(nullable)} else {value}", True) if nullable else (value, False)

    def write(self, node: Node) -> tuple[str, bool]:
        match node:
            case Negative(value=inner):
                return self.guarded([inner], lambda value: f"-{value}")
            case Arithmetic(operator="/", left=left, right=right) if not (isinstance(right, Constant) and right.value):
                return self.divide(left, right)
            case Arithmetic(operator=sign, left=left, right=right) | Comparison(relation=sign, left=left, right=right):
                return self.guarded([left, right], lambda a, b: f"{a} {sign} {b}")
            case Member(value=inner, choices=choices):
                return self.guarded([inner], lambda value: f"{value} in {self.constant(choices)}")
            case And(parts=parts):
                return self.kleene(parts, absorbing="False", word=" and ")
            case Or(parts=parts):
                return self.kleene(parts, absorbing="True", word=" or ")
            case Not(value=inner):
                return self.guarded([inner], lambda value: f"not {value}")
            case Choice(condition=condition, then=then, otherwise=otherwise):
                return self.choice(condition, then, otherwise)
            case Given(condition=condition, value=inner):
                return self.given(condition, inner)
            case Lookup(value=inner, entries=entries):
                return f"{self.constant(dict(entries))}.get({self.part(inner)[0]})", True
            case Call(function="any"):
                return self.kleene(node.arguments, absorbing="True", word=" or ")
            case Call(function="all"):
                return self.kleene(node.arguments, absorbing="False", word=" and ")
            case Call():
                return self.call(node)
            case _:
                raise AssertionError(node)

    def divide(self, left: Node, right: Node) -> tuple[str, bool]:
        texts, nullable = self.parts([left, right])
        tests = [*(f"{text} is None" for text in nullable), f"{texts[1]} == 0"]
        return f"None if {' or '.join(tests)} else {texts[0]} / {texts[1]}", True

    def kleene(self, parts: Sequence[Node], *, absorbing: str, word: str) -> tuple[str, bool]:
        texts, nullable = self.parts(parts)
        other = "True" if absorbing == "False" else "False"
        if not nullable:
            return word.join(texts), False
        sure = [text for text in texts if text not in nullable]
        decided = [*(text if absorbing == "True" else f"not {text}" for text in sure)]
        decided += [f"{text} is {absorbing}" for text in nullable]
        return f"{absorbing} if {' or '.join(decided)} else None if {_any_none(nullable)} else {other}", True

    def choice(self, condition: Node, then: Node, otherwise: Node) -> tuple[str, bool]:
        (test, may_fail), (yes, yes_null), (no, no_null) = map(self.part, (condition, then, otherwise))
        text = f"{yes} if {test} else {no}"
        return (f"None if {test} is None else {text}" if may_fail else text), may_fail or yes_null or no_null

    def given(self, condition: Node, inner: Node) -> tuple[str, bool]:
        test, _ = self.part(condition)
        value, nullable = self.part(inner)
        if test in ("(True)", "True"):
            return value, nullable
        return f"{value} if {test} else None", True

    def call(self, node: Call) -> tuple[str, bool]:
        arguments = node.arguments
        match node.function:
            case "answered":
                texts, nullable = self.parts(arguments)
                fixed = len(texts) - len(nullable)
                return _plus([str(fixed), *(f"({text} is not None)" for text in nullable)]), False
            case "missing":
                return _plus(["0", *self.missing(arguments)]), False
            case "known":
                text, may_fail = self.part(arguments[0])
                return (f"{text} is not None" if may_fail else "True"), False
            case "coalesce":
                return self.coalesce(arguments)
            case "prorate":
                return self.prorate(arguments)
            case function if function in _AGGREGATE:
                return self.aggregate(node)
            case function:
                return self.scalar(function, arguments)

    def missing(self, arguments: Sequence[Node]) -> list[str]:
        counted = []
        for argument in arguments:
            text, nullable = self.part(argument)
            if nullable:
                counted.append(f"({text} is None{self.was_asked(argument)})")
        return counted

    def was_asked(self, argument: Node) -> str:
        if not isinstance(argument, Name) or not argument.kind.skippable:
            return ""
        return f" and {self.places[asked(argument)]} is not False"

    def coalesce(self, arguments: Sequence[Node]) -> tuple[str, bool]:
        text, nullable = self.part(arguments[-1])
        for argument in reversed(arguments[:-1]):
            first, may_fail = self.part(argument)
            text, nullable = (f"{first} if {first} is not None else {text}", nullable) if may_fail else (first, False)
        return text, nullable

    def aggregate(self, node: Call) -> tuple[str, bool]:
        make = _AGGREGATE[node.function]
        if not node.known:
            return self.guarded(node.arguments, lambda *texts: make(texts))
        texts, nullable = self.parts(node.arguments)
        if not nullable:
            return make(texts), False
        listed = self.known_members(texts)
        value = _AGGREGATE_KNOWN[node.function](listed)
        return (f"{value} if {listed} else None", True) if len(nullable) == len(texts) else (value, False)

    def known_members(self, texts: Sequence[str]) -> str:
        name = f"t{len(self.lines)}"
        self.lines.append(f"    {name} = [m for m in ({', '.join(texts)},) if m is not None]")
        return name

    def prorate(self, arguments: Sequence[Node]) -> tuple[str, bool]:
        texts, nullable = self.parts(arguments)
        if not nullable:
            return f"({_plus(texts)}) * {len(texts)} / {len(texts)}", False
        listed = self.known_members(texts)
        members = f"({_plus([f'len({listed})', *self.missing(arguments)])})"
        value = f"total({listed}) * {members} / len({listed})"
        return (f"{value} if {listed} else None", True) if len(nullable) == len(texts) else (value, False)

    def scalar(self, function: str, arguments: Sequence[Node]) -> tuple[str, bool]:
        if function in ("round", "floor", "ceil"):
            return self.rounded(function, arguments)
        return self.guarded(arguments, _SCALAR[function].format)

    def rounded(self, function: str, arguments: Sequence[Node]) -> tuple[str, bool]:
        inner = arguments[0]
        step = arguments[1].value if len(arguments) > 1 and isinstance(arguments[1], Constant) else 1
        if step == 1 and self.is_whole_sum(inner):
            return f"int({_plus(self.parts(children(inner))[0])})", False
        if function != "round":
            return self.guarded([inner], lambda value: f"{function}({value})")
        if isinstance(step, int | float) and step <= 1:
            return self.guarded([inner], lambda value: f"half_away({value}, {round(1 / step)})")
        return self.guarded([inner], lambda value: f"to_step({value}, {self.constant(step)})")

    def is_whole_sum(self, node: Node) -> bool:
        """A pro-rated sum of whole numbers that are all known is their sum."""
        return (
            isinstance(node, Call)
            and node.function == "prorate"
            and all(isinstance(one, Name) and one.kind.whole and one.id in self.known for one in node.arguments)
        )


def _any_none(texts: Sequence[str]) -> str:
    distinct = list(dict.fromkeys(texts))
    if len(distinct) > FEW:
        return f"None in ({', '.join(distinct)})"
    return " or ".join(f"{text} is None" for text in distinct)


def _plus(texts: Sequence[str]) -> str:
    return " + ".join(texts) if len(texts) <= MANY else f"total(({', '.join(texts)}))"


def _extreme(function: str, texts: Sequence[str]) -> str:
    return texts[0] if len(texts) == 1 else f"{function}({', '.join(texts)})"


_AGGREGATE: dict[str, Callable[[Sequence[str]], str]] = {
    "sum": _plus,
    "mean": lambda texts: f"({_plus(texts)}) / {len(texts)}",
    "min": lambda texts: _extreme("min", texts),
    "max": lambda texts: _extreme("max", texts),
    "median": lambda texts: f"median(({', '.join(texts)},))",
    "count": lambda texts: _plus(["0", *texts]),
}
_AGGREGATE_KNOWN: dict[str, Callable[[str], str]] = {
    "sum": lambda listed: f"total({listed})",
    "mean": lambda listed: f"total({listed}) / len({listed})",
    "min": lambda listed: f"min({listed})",
    "max": lambda listed: f"max({listed})",
    "median": lambda listed: f"median({listed})",
}
_SCALAR = {
    "abs": "abs({0})",
    "clip": "{1} if {0} < {1} else {2} if {0} > {2} else {0}",
    "minutes_between": "({1} - {0}) % 1440",
}
