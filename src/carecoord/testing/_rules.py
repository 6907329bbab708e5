"""Vocabularies, rules over them, and rows of facts: random, well typed, and of every kind there is."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import attrs
from hypothesis import strategies as st

from carecoord._values import FrozenMapping
from carecoord.rules import Expression, Kind, Vocabulary
from carecoord.rules._bounds import bounds
from carecoord.rules._kinds import LARGEST, Bounds, Type
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
    Node,
    Not,
    Operator,
    Or,
    asked,
    negative,
    type_of,
)
from carecoord.testing._rule_texts import written_loosely

__all__ = ["expressions", "facts", "rule_texts", "vocabularies"]

STEPS = (1, 1.0, 2, 5, 0.5, 0.25, 0.1, 0.01)
WORDS = ("low", "high", "don't know", 'the "other"', "")
TABLES = {
    "t_scores": ((0, 22.5), (1, 26.6), (2, 30), (3, 31.5), (2.5, 31)),
    "counts": ((0, 0), (1, 1), (2, 1), (3, 2)),
    "grades": ((0, "low"), (1, "high"), (2, "high")),
}


@st.composite
def _kinds(draw: st.DrawFn) -> Kind:
    """Give the kind of an answer: whole or measured, from 0 or not, sometimes skippable."""
    low = draw(st.sampled_from((0, 0, 0, 1, -3)))
    high = low + draw(st.integers(1, 6))
    return Kind.number(low, high, whole=draw(st.booleans()), skippable=draw(st.booleans()))


@st.composite
def vocabularies(draw: st.DrawFn) -> Vocabulary:
    """Give vocabularies as an instrument or a protocol has them, with facts of every type.

    Each has items (some skippable, each with its `code(...)`), further numbers, yes/no, texts, times and dates,
    a list, tables, named rules, a named list of rules and a second name.

    >>> from hypothesis import find
    >>> sorted(find(vocabularies(), lambda words: True).lists)
    ['items']
    """
    items = {f"q{place}": draw(_kinds()) for place in range(1, draw(st.integers(2, 5)) + 1)}
    names = {
        **items,
        **{f"code({item})": kind for item, kind in items.items()},
        "phq_9.total": Kind.number(0, 27, whole=True),
        "phq_9.total.change": Kind.number(-27, 27),
        "weight": Kind.number(0.5, 400),
        "in_care": Kind.YES_NO,
        "asked_before": Kind.YES_NO,
        "sex": Kind.choice(("female", "male")),
        "grade": Kind.choice(WORDS[:4]),
        "note": Kind.TEXT,
        "to_bed": Kind.TIME,
        "up": Kind.TIME,
        "start": Kind.DATE,
        "review.last": Kind.DATE,
    }
    bare = Vocabulary(names=names, lists={"items": tuple(items)}, tables=TABLES, aliases={"first": "q1"})
    grow = _Grower(draw, bare)
    own = {"points": grow.node("number", 2), "holds": grow.node("yes/no", 2), "word": grow.node("text", 1)}
    return attrs.evolve(
        bare,
        definitions=FrozenMapping(own),
        sequences=FrozenMapping({"parts": (grow.node("number", 1), grow.node("number", 2))}),
        ranges={},
    )


@st.composite
def expressions(
    draw: st.DrawFn,
    vocabulary: Vocabulary,
    *,
    type: Type | None = None,  # noqa: A002 - as the rule's own attribute is called
    needs: bool = False,
) -> Expression:
    """Give rules over a vocabulary that would load: well typed, of every form, each comparison possible.

    Args:
        draw: Hypothesis' own.
        vocabulary: the names they may use.
        type: what they give; any type there is where left out.
        needs: let parts stand under a condition, as a score's `needs` guards its value; there is no text for that.

    >>> from hypothesis import find
    >>> words = Vocabulary(names={"q1": Kind.number(0, 3, whole=True)})
    >>> find(expressions(words, type="number"), lambda rule: rule.names == ("q1",)).evaluate({"q1": 2})
    2
    """
    return Expression(_Grower(draw, vocabulary, needs=needs).root(type))


@st.composite
def rule_texts(
    draw: st.DrawFn,
    vocabulary: Vocabulary,
    *,
    type: Type | None = None,  # noqa: A002 - as in expressions()
) -> str:
    """Give the texts of such rules, spaced, bracketed, quoted and chained as people do.

    Args:
        draw: Hypothesis' own.
        vocabulary: the names they may use.
        type: what they give; any type there is where left out.

    >>> from hypothesis import find
    >>> words = Vocabulary(names={"q1": Kind.number(0, 3, whole=True)})
    >>> find(rule_texts(words), lambda text: "q1" in text)
    'q1'
    """
    return written_loosely(draw, _Grower(draw, vocabulary).root(type), vocabulary)


@st.composite
def facts(draw: st.DrawFn, vocabulary: Vocabulary, *, missing: float = 0.25) -> dict[str, Any]:
    """Give rows of facts: a value for each name, or none.

    Args:
        draw: Hypothesis' own.
        vocabulary: the names and their kinds.
        missing: what part of the facts is unknown, 0 to 1: `None`, or left out.
            A skippable item that was not asked is unknown too, beside its fact `asked(...)`.

    >>> from hypothesis import find
    >>> words = Vocabulary(names={"q1": Kind.number(0, 3, whole=True)})
    >>> find(facts(words, missing=0), lambda row: row["q1"] > 1)
    {'q1': 2}
    """
    row: dict[str, Any] = {}
    for name, kind in vocabulary.names.items():
        if kind.skippable and not name.startswith("code("):
            row[asked(Name(name, kind))] = draw(st.sampled_from((True, True, False, None))) if missing else True
        known = row.get(asked(Name(name, kind))) is not False or draw(st.integers(0, 9)) == 0
        if known and draw(st.floats(0, 1, exclude_max=True)) >= missing:
            row[name] = draw(values(kind))
        elif draw(st.booleans()):
            row[name] = None
    return row


def values(kind: Kind) -> st.SearchStrategy[Any]:
    """Give the values that a fact of a kind may have; a number that need not be whole is often whole all the same."""
    match kind.type:
        case "number" | "time":
            whole = st.integers(math.ceil(kind.low), math.floor(kind.high))
            return whole if kind.whole else st.one_of(whole, st.floats(kind.low, kind.high), _grid(kind))
        case "yes/no":
            return st.booleans()
        case "text":
            return st.sampled_from(kind.values) if kind.values else st.sampled_from((*WORDS, "any"))
        case "date":
            return st.dates()


def _grid(kind: Kind) -> st.SearchStrategy[float]:
    """Give tenths and halves, where sums and rounding meet their edges."""
    return st.integers(math.ceil(kind.low * 20), math.floor(kind.high * 20)).map(lambda step: step / 20)


@attrs.define
class _Grower:
    """Grows a rule from its root, and takes a smaller one wherever the language would refuse what has grown."""

    draw: st.DrawFn
    vocabulary: Vocabulary
    needs: bool = False
    memo: dict[Node, Bounds] = attrs.field(factory=dict)

    def root(self, type: Type | None) -> Node:  # noqa: A002
        wanted: Type = self.draw(st.sampled_from(self.types())) if type is None else type
        return self.node(wanted, self.draw(st.integers(0, 4)))

    def node(self, type: Type, depth: int) -> Node:  # noqa: A002
        if depth <= 0 or self.draw(st.integers(0, 7)) == 0:
            return self.leaf(type)
        forms = [*_FORMS[type], _Grower.choice, _Grower.coalesce]
        if self.needs:
            forms.append(_Grower.given)
        made = self.draw(st.sampled_from(forms))(self, type, depth - 1)
        found = self.bounds(made)
        return made if not found.known or found.type != "number" or _extent(found) <= LARGEST else self.leaf(type)

    def bounds(self, node: Node) -> Bounds:
        return bounds(node, {}, self.memo)

    def leaf(self, type: Type) -> Node:  # noqa: A002
        words = self.vocabulary
        leaves: list[Node] = [Name(name, kind) for name, kind in words.names.items() if kind.type == type]
        leaves += [Defined(name, body) for name, body in words.definitions.items() if type_of(body) == type]
        if type in _CONSTANTS and (not leaves or self.draw(st.integers(0, 3)) == 0):
            return Constant(self.draw(_CONSTANTS[type]))
        return self.draw(st.sampled_from(leaves)) if leaves else self.without_names(type)

    def without_names(self, type: Type) -> Node:  # noqa: A002
        raise ValueError(f"this vocabulary has no name of type {type}, and a rule has no constant for one")

    def types(self) -> list[Type]:
        """List the types there are rules of, numbers first and most often."""
        named: set[Type] = {kind.type for kind in self.vocabulary.names.values()}
        return ["number", "number", "yes/no", *_CONSTANTS, *sorted(named - {*_CONSTANTS})]

    def numbers(self, depth: int, most: int = 4) -> tuple[Node, ...]:
        return self.several("number", depth, most)

    def several(self, type: Type, depth: int, most: int = 4) -> tuple[Node, ...]:  # noqa: A002
        items = self.vocabulary.lists.get("items")
        if items and type == "number" and self.draw(st.booleans()):
            return tuple(Name(item, self.vocabulary.names[item]) for item in items)
        return tuple(self.node(type, depth) for _ in range(self.draw(st.integers(1, most))))

    # forms of every type

    def choice(self, type: Type, depth: int) -> Node:  # noqa: A002
        return Choice(self.node("yes/no", depth), self.node(type, depth), self.node(type, depth))

    def coalesce(self, type: Type, depth: int) -> Node:  # noqa: A002
        return Call("coalesce", tuple(self.node(type, depth) for _ in range(self.draw(st.integers(2, 3)))))

    def given(self, type: Type, depth: int) -> Node:  # noqa: A002
        return Given(self.node("yes/no", depth), self.node(type, depth))

    # numbers

    def minus(self, _type: Type, depth: int) -> Node:
        return negative(self.node("number", depth))

    def arithmetic(self, _type: Type, depth: int) -> Node:
        left, right = self.node("number", depth), self.node("number", depth)
        signs: tuple[Operator, ...] = ("+", "-", "*", "/")
        made = Arithmetic(self.draw(st.sampled_from(signs)), left, right)
        divisor = self.bounds(right)
        if made.operator == "/" and (divisor.low == divisor.high == 0 or self.bounds(made).low == -math.inf):
            return Arithmetic("*", left, right)
        return made

    def lookup(self, type: Type, depth: int) -> Node:  # noqa: A002
        wanted = str if type == "text" else int | float
        offered = self.vocabulary.tables.items()
        tables = [name for name, entries in offered if entries and isinstance(entries[0][1], wanted)]
        if not tables:
            return self.leaf(type)
        table = self.draw(st.sampled_from(tables))
        return Lookup(self.node("number", depth), table, self.vocabulary.tables[table])

    def aggregate(self, _type: Type, depth: int) -> Node:
        function = self.draw(st.sampled_from(("sum", "mean", "min", "max", "median", "prorate")))
        known = function != "prorate" and self.draw(st.booleans())
        return Call(function, self.numbers(depth), known)

    def tally(self, _type: Type, depth: int) -> Node:
        function = self.draw(st.sampled_from(("count", "answered", "missing")))
        counted = "yes/no" if function == "count" else self.draw(st.sampled_from(self.types()))
        return Call(function, self.several(counted, depth))

    def rounded(self, _type: Type, depth: int) -> Node:
        function = self.draw(st.sampled_from(("round", "abs", "floor", "ceil")))
        arguments = [self.node("number", depth)]
        if function == "round" and self.draw(st.booleans()):
            arguments.append(Constant(self.draw(st.sampled_from(STEPS))))
        return Call(function, tuple(arguments))

    def clip(self, _type: Type, depth: int) -> Node:
        low, high = self.node("number", depth), self.node("number", depth)
        if self.bounds(low).high > self.bounds(high).low:
            low, high = (Constant(end) for end in sorted(self.draw(st.tuples(_NUMBERS, _NUMBERS))))
        return Call("clip", (self.node("number", depth), low, high))

    def minutes(self, _type: Type, depth: int) -> Node:
        if not any(kind.type == "time" for kind in self.vocabulary.names.values()):
            return self.leaf("number")
        return Call("minutes_between", (self.node("time", depth), self.node("time", depth)))

    # yes/no

    def comparison(self, _type: Type, depth: int) -> Node:
        kind: Type = self.draw(st.sampled_from(self.types()))
        left, right = self.node(kind, depth), self.node(kind, depth)
        relations = ["==", "!="] if kind in ("text", "yes/no") else ["==", "!=", "<", "<=", ">", ">="]
        possible = [made for relation in relations if self.possible(made := Comparison(relation, left, right))]  # type: ignore[arg-type]
        return self.draw(st.sampled_from(possible)) if possible else self.leaf("yes/no")

    def possible(self, made: Comparison) -> bool:
        return True in (self.bounds(made).choices or ())

    def member(self, _type: Type, depth: int) -> Node:
        kind: Type = self.draw(st.sampled_from(("number", "text")))
        value = self.node(kind, depth)
        offered = self.draw(st.lists(_CONSTANTS[kind], min_size=1, max_size=4))
        choices = tuple(one for one in offered if self.possible(Comparison("==", value, Constant(one))))
        return Member(value, choices) if choices else self.leaf("yes/no")

    def junction(self, _type: Type, depth: int) -> Node:
        parts = tuple(self.node("yes/no", depth) for _ in range(self.draw(st.integers(2, 4))))
        return And(parts) if self.draw(st.booleans()) else Or(parts)

    def chain(self, _type: Type, depth: int) -> Node:
        """Give two comparisons that share their middle, as `5 <= total < 10` reads."""
        low, middle, high = (self.node("number", depth) for _ in range(3))
        ends = Comparison("<=", low, middle), Comparison("<", middle, high)
        return And(ends) if all(map(self.possible, ends)) else self.leaf("yes/no")

    def denial(self, _type: Type, depth: int) -> Node:
        return Not(self.node("yes/no", depth))

    def quantifier(self, _type: Type, depth: int) -> Node:
        return Call(self.draw(st.sampled_from(("any", "all"))), self.several("yes/no", depth))

    def known(self, _type: Type, depth: int) -> Node:
        return Call("known", (self.node(self.draw(st.sampled_from(self.types())), depth),))


def _extent(found: Bounds) -> float:
    return max(abs(found.low), abs(found.high))


_NUMBERS: st.SearchStrategy[int | float] = st.one_of(
    st.integers(-3, 30),
    st.sampled_from((0.1, 0.5, 1.5, 2.5, 2.0, 0.0, -0.5, 100)),
    st.floats(-30, 30).filter(lambda number: abs(number) > 1e-6),
)
_CONSTANTS: Mapping[Type, st.SearchStrategy[Any]] = {
    "number": _NUMBERS,
    "yes/no": st.booleans(),
    "text": st.sampled_from((*WORDS, "female")),
}
_Form = Callable[[_Grower, Type, int], Node]
_NUMBER_FORMS: list[_Form] = [
    _Grower.minus, _Grower.arithmetic, _Grower.arithmetic, _Grower.lookup, _Grower.aggregate, _Grower.aggregate,
    _Grower.tally, _Grower.rounded, _Grower.clip, _Grower.minutes,
]  # fmt: skip
_YES_NO_FORMS: list[_Form] = [
    _Grower.comparison, _Grower.comparison, _Grower.member, _Grower.junction, _Grower.chain, _Grower.denial,
    _Grower.quantifier, _Grower.known,
]  # fmt: skip
_FORMS: Mapping[Type, list[_Form]] = {
    "number": _NUMBER_FORMS, "yes/no": _YES_NO_FORMS, "text": [_Grower.lookup], "time": [], "date": [],
}  # fmt: skip
