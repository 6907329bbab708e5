"""What a protocol says to someone in one step, compiled to one function from facts to the truth of every part."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any, Generic, TypeAlias, TypeVar

import attrs

from carecoord.rules import Expression, Kind, compile_rules, fact
from carecoord.stepped_care._definition import AddOn, Alert, Rule, StepDefinition, Task
from carecoord.stepped_care._history import OUTSIDE
from carecoord.stepped_care._ruling import Move, Outcome, Ruling

__all__ = ["AnyPart", "Guarded", "P", "Plan", "RuleHere", "places_of", "rules_here"]

P = TypeVar("P", Alert, AddOn, Task)


@attrs.frozen
class Guarded(Generic[P]):
    """An alert, an add-on or a task, with the rule that says when."""

    says: P
    when: Expression


@attrs.frozen
class RuleHere:
    """A rule as it stands in one step: when it holds, with the step's shortest stay, and where it leads from there."""

    says: Rule
    when: Expression
    outcome: Outcome


AnyPart: TypeAlias = Guarded[Alert] | Guarded[AddOn] | Guarded[Task] | RuleHere


@attrs.frozen(eq=False)
class Plan:
    """Everything a protocol says to someone in one step.

    Attributes:
        step: the step, or `outside`.
        alerts: what is evaluated before anything else.
        add_ons: the flags beside the step.
        tasks: what is due whatever moves.
        rules: the rules that apply there, in order.
        names: the facts it needs, and the scores behind differences.
        unverified: for each part by its place, what in it has not been checked against a source.
    """

    step: str
    alerts: tuple[Guarded[Alert], ...]
    add_ons: tuple[Guarded[AddOn], ...]
    tasks: tuple[Guarded[Task], ...]
    rules: tuple[RuleHere, ...]
    names: tuple[str, ...]
    unverified: tuple[tuple[str, ...], ...]
    settled: dict[tuple[bool | None, ...], Ruling] = attrs.field(init=False, factory=dict)

    @cached_property
    def parts(self) -> tuple[AnyPart, ...]:
        """Every part in the order of `run`: alerts, add-ons, tasks, rules."""
        return (*self.alerts, *self.add_ons, *self.tasks, *self.rules)

    @cached_property
    def run(self) -> Callable[[Mapping[str, Any]], tuple[bool | None, ...]]:
        """Give the truth of every part from a row of facts; unknown is `None`."""
        return compile_rules([part.when for part in self.parts])

    @cached_property
    def first_rule(self) -> int:
        """The place of the first rule among the parts."""
        return len(self.parts) - len(self.rules)

    @cached_property
    def is_unverified(self) -> bool:
        """Whether anything it says has not been checked against a source."""
        return any(self.unverified)

    def rests_on(self, parts: Iterable[int]) -> tuple[str, ...]:
        """Name what has not been checked against a source in these parts."""
        return tuple(dict.fromkeys(name for place in parts for name in self.unverified[place]))


def places_of(rule: Rule, steps: Iterable[str]) -> tuple[str, ...]:
    """Give the steps a rule belongs to; left out, every step, which does not mean outside."""
    if rule.in_ == "*":
        return (*steps, OUTSIDE)
    if not rule.in_:
        return tuple(steps)
    return (rule.in_,) if isinstance(rule.in_, str) else rule.in_


def _targets(rule: Rule, step: str) -> tuple[str, ...]:
    if rule.to is None:
        return ()
    if isinstance(rule.to, str):
        return (rule.to,)
    return rule.to if isinstance(rule.to, tuple) else (rule.to[step],)


def _outcome(rule: Rule, step: str, heights: Mapping[str, float]) -> Outcome | None:
    to = _targets(rule, step)
    if not to:
        return Outcome(rule.then or "stay", (), rule.do)
    if step in to:
        return Outcome("stay", (), rule.do) if rule.stay_if_there else None
    if step == OUTSIDE:
        return Outcome("enter", to, rule.do)
    here, there = heights[step], heights[to[0]]
    move: Move = "step-up" if there > here else "step-down" if there < here else "switch"
    return Outcome(move, to, rule.do)


_LEAVING: frozenset[Move] = frozenset(("step-up", "step-down", "switch", "exit"))


def rules_here(
    rules: Iterable[tuple[Rule, Expression]], step: str, steps: Mapping[str, StepDefinition]
) -> tuple[RuleHere, ...]:
    """Give the rules that apply in a step, each with where it leads from there."""
    heights = {id_: one.intensity for id_, one in steps.items()}
    stay = _stayed(steps[step]) if step in steps else None
    found: list[RuleHere] = []
    for rule, when in rules:
        outcome = _outcome(rule, step, heights) if step in places_of(rule, steps) else None
        if outcome is not None:
            leaves_late = stay is not None and outcome.move in _LEAVING and not rule.early
            found.append(RuleHere(rule, when & stay if leaves_late and stay is not None else when, outcome))
    return tuple(found)


def _stayed(step: StepDefinition) -> Expression | None:
    """Give the rule that the shortest stay is over."""
    if step.min_stay is None:
        return None
    if step.min_stay.minutes:
        hours = step.min_stay.days * 24 + step.min_stay.minutes / 60
        return fact("hours_since(step)", Kind.number(0, 1_000_000)) >= hours
    return fact("days_in_step", Kind.number(0, 1_000_000, whole=True)) >= step.min_stay.days
