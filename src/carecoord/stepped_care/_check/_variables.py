"""What a row of facts is made of: a few variables, and every fact as a rule over them.

A change is the latest score less the baseline, weeks are days through seven: what is worked out is written out,
so that what holds of the variables holds of the facts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, TypeAlias

import attrs

from carecoord.rules import Kind
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
    Relation,
    children,
    facts_of,
)
from carecoord.stepped_care._conditions import Condition, InARow
from carecoord.stepped_care._history import OUTSIDE
from carecoord.stepped_care._readings import At, Derived, Latest, Series, Window
from carecoord.stepped_care._reductions import Clock, Recorded, Reduction, Restarted, Step, Times

__all__ = ["ALWAYS", "UNKNOWN", "Frame", "Time", "Unit", "Variable", "known_to_be", "rebuilt", "under_known"]

UNKNOWN = Given(Constant(value=False), Constant(0))
"""A value that nobody can know."""

Time: TypeAlias = Literal["now", "entered", "later"]
"""When a step is looked at: as it is, at the moment it is entered, or later, when nothing has passed but time.

Later the latest score is what it was, and older ones have left every window."""

Unit: TypeAlias = Literal["days", "hours"]

ALWAYS = ("start", "step")
"""The events that have happened to everyone who is enrolled."""
LATER = "later "


@attrs.frozen(kw_only=True)
class Variable:
    """One thing that a row of facts is made of.

    Attributes:
        name: its name; that of the fact where it is one.
        reads: how it is read from history.
        is_later: whether it is looked at later, when nothing but time has passed.
    """

    name: str
    reads: Reduction
    is_later: bool = False

    @property
    def kind(self) -> Kind:
        """What it can be."""
        return self.reads.kind

    @property
    def node(self) -> Name:
        """The variable in a rule."""
        return Name(self.name, self.kind)

    @property
    def events(self) -> tuple[str, ...]:
        """The events without which it is unknown."""
        one = self.reads
        if isinstance(one, Clock | At):
            return () if one.event == "first" else (one.event,)
        return (one.since,) if isinstance(one, Times) and one.since else ()

    @property
    def may_never_be(self) -> bool:
        """Whether it is unknown as long as an event has not happened, or there is only one reading."""
        one = self.reads
        match one:
            case Clock(event=event):
                return event not in ALWAYS
            case At(event=event):
                return event not in (*ALWAYS, "first")
            case Times(since=since):
                return since is not None and since not in ALWAYS
            case Series(form=form):
                return form == "previous"
            case _:
                return False


def known_to_be(node: Node) -> Node:
    """Give the rule that a value is known."""
    match node:
        case Constant():
            return Constant(value=True)
        case Negative(value=inner) | Arithmetic(operator="/", left=inner, right=Constant(value=1 | 7)):
            return known_to_be(inner)
        case Arithmetic(operator="+" | "-" | "*", left=left, right=right):
            return And((known_to_be(left), known_to_be(right)))
        case Given(condition=condition, value=inner):
            sure = (known_to_be(Name(name)) for name in facts_of(condition))
            return And((*sure, condition, known_to_be(inner)))
        case _:
            return Call("known", (node,))


class Frame:
    """How rules read in one step, written over variables.

    Attributes:
        step: the step, or `outside`.
        time: when it is looked at.
        variables: what the rules read so far are made of, by name.
        reductions: how each fact is read from history.
    """

    def __init__(
        self, reductions: Mapping[str, Reduction], step: str, variables: dict[str, Variable], time: Time = "now"
    ) -> None:
        self.step, self.time, self.variables = step, time, variables
        self.reductions = reductions
        self._done: dict[Node, Node] = {}

    def rule(self, node: Node) -> Node:
        """Write a rule over variables."""
        return rebuilt(node, self._name, self._done)

    def condition(self, condition: Condition) -> Node:
        """Write a condition on a reading, as it stands for the latest one."""
        return self.rule(condition.rule.node)

    def _name(self, name: Name) -> Node:
        return self.fact(self.reductions[name.id])

    def fact(self, one: Reduction) -> Node:
        """Write a fact over variables."""
        match one:
            case Step():
                return Constant(self.step)
            case Derived():
                return self._derived(one)
            case Clock():
                return self._clock(one)
            case Restarted(clock=clock, after=after, unit=unit):
                whole: Unit = "hours" if unit == "hours" else "days"
                is_running = Comparison("<=", self.clock(clock.event, whole), self.clock(after, whole))
                return Given(is_running, self._clock(clock))
            case At():
                return self._at(one)
            case Series(score=score, form="first"):
                return self._at(At(name="", kind=score.kind, score=score, event="first"))
            case Times():
                return self._times(one)
            case Window(score=score) if self.time == "later":
                return self.fact(score)
            case InARow(since="step") if self.step == OUTSIDE or self.time != "now":
                return Constant(value=False)
            case _:
                return self._variable(one)

    def clock(self, event: str, unit: Unit = "days") -> Node:
        """Give the clock of an event."""
        return self._clock(Clock(name="", kind=Kind.number(0, 1_000_000), event=event, unit=unit))

    def _variable(self, one: Reduction, name: str = "") -> Node:
        lasts = isinstance(one, Latest | Recorded | At) or (isinstance(one, Series) and one.form in ("best", "worst"))
        is_later = self.time == "later" and not lasts
        called = f"{LATER if is_later else ''}{name or one.name}"
        found = self.variables.setdefault(called, Variable(name=called, reads=one, is_later=is_later))
        return found.node

    def _derived(self, one: Derived) -> Node:
        latest, baseline = self.fact(one.score), self.fact(one.baseline)
        worse_is_lower = one.form == "change" or one.score.worse < 0
        first, second = (latest, baseline) if worse_is_lower else (baseline, latest)
        difference = Arithmetic("-", first, second)
        if one.form != "percent_improvement":
            return difference
        percent = Arithmetic("/", Arithmetic("*", Constant(100), difference), baseline)
        return Choice(Comparison("==", baseline, Constant(0)), Constant(0), percent)

    def _clock(self, one: Clock) -> Node:
        if one.event in ALWAYS and self.step == OUTSIDE:
            return UNKNOWN
        if one.event == "step" and self.time == "entered":
            return Constant(0)
        unit: Unit = "hours" if one.unit == "hours" else "days"
        name = f"{unit}_since({one.event})"
        whole = attrs.evolve(one, name=name, unit=unit, kind=attrs.evolve(one.kind, whole=unit == "days"))
        since = self._variable(whole, name)
        return Arithmetic("/", since, Constant(7)) if one.unit == "weeks" else since

    def _at(self, one: At) -> Node:
        if one.event in ALWAYS and self.step == OUTSIDE:
            return UNKNOWN
        if one.event == "step" and self.time != "now":
            return self.fact(one.score)
        return self._variable(one, f"at({one.score.name}, {one.event})")

    def _times(self, one: Times) -> Node:
        if one.since in ALWAYS and self.step == OUTSIDE:
            return UNKNOWN
        if one.since == "step" and self.time == "entered":
            return Constant(0)
        name = (
            f"times({one.event}{f', days={one.days:g}' if one.days else f', since={one.since}' if one.since else ''})"
        )
        return self._variable(one, name)


def rebuilt(node: Node, put: Callable[[Name], Node], done: dict[Node, Node]) -> Node:
    """Give a rule with something else in the place of each fact; named rules are written out."""
    if isinstance(node, Constant):
        return node
    found = done.get(node)
    if found is None:
        found = done[node] = _rebuilt(node, lambda inner: rebuilt(inner, put, done), put)
    return found


def _rebuilt(node: Node, again: Callable[[Node], Node], put: Callable[[Name], Node]) -> Node:
    match node:
        case Name():
            return put(node)
        case Defined(body=body):
            return again(body)
        case Negative(value=inner) | Not(value=inner):
            return type(node)(again(inner))
        case Member(value=inner, choices=choices):
            return Member(again(inner), choices)
        case Lookup(value=inner, table=table, entries=entries):
            return Lookup(again(inner), table, entries)
        case Arithmetic(operator=sign, left=left, right=right):
            return Arithmetic(sign, again(left), again(right))
        case Comparison(relation=sign, left=left, right=right):
            return compared(sign, again(left), again(right))
        case And(parts=parts) | Or(parts=parts):
            return type(node)(tuple(map(again, parts)))
        case Call(function=function, arguments=arguments, known=known):
            return Call(function, tuple(map(again, arguments)), known)
        case Choice(condition=condition, then=then, otherwise=otherwise):
            return Choice(again(condition), again(then), again(otherwise))
        case Given(condition=condition, value=value):
            return Given(again(condition), again(value))
        case _:
            return node


def compared(relation: Relation, left: Node, right: Node) -> Node:
    """Compare two values; where one of them is chosen by a condition, choose between comparisons."""
    for side, other in ((left, right), (right, left)):
        match side:
            case Choice(condition=condition, then=then, otherwise=otherwise):
                ways = [
                    compared(relation, *((way, other) if side is left else (other, way))) for way in (then, otherwise)
                ]
                return Choice(condition, *ways)
            case Given(condition=condition, value=value):
                return Given(condition, compared(relation, *((value, other) if side is left else (other, value))))
            case Call(function="coalesce", arguments=(first, *rest)):
                second = rest[0] if len(rest) == 1 else Call("coalesce", tuple(rest))
                chosen = Choice(known_to_be(first), first, second)
                return compared(relation, *((chosen, other) if side is left else (other, chosen)))
            case _:
                pass
    return Comparison(relation, left, right)


def under_known(node: Node, found: set[str], *, asked: bool = False) -> None:
    """Gather the facts of which a rule asks whether they are known, or has a value for when they are not."""
    if isinstance(node, Name):
        if asked:
            found.add(node.id)
        return
    partly = isinstance(node, Call) and (node.known or node.function in ("known", "coalesce", "answered", "missing"))
    for inner in children(node):
        under_known(inner, found, asked=asked or partly)
