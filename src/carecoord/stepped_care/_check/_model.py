"""A protocol as questions are asked of it: its rules in each step, over variables, and what holds between those."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

import attrs

from carecoord.rules._nodes import Comparison, Constant, Member, Node, children, facts_of
from carecoord.stepped_care._check._families import Family, families
from carecoord.stepped_care._check._formulas import Formulas
from carecoord.stepped_care._check._relations import relations
from carecoord.stepped_care._check._search import Requirement, Search, State, not_false
from carecoord.stepped_care._check._solver import Solver, Unsaid, is_installed
from carecoord.stepped_care._check._values import attainable
from carecoord.stepped_care._check._variables import Frame, Time, Variable, under_known
from carecoord.stepped_care._course import counts_hours
from carecoord.stepped_care._history import OUTSIDE
from carecoord.stepped_care._plan import Plan
from carecoord.stepped_care._protocol import Protocol
from carecoord.stepped_care._readings import At, Latest, Series, Window
from carecoord.stepped_care._reductions import Recorded
from carecoord.stepped_care._ruling import FactValue

__all__ = ["Here", "Model"]


@attrs.frozen(eq=False)
class Here:
    """What a protocol says in one step, over variables.

    Attributes:
        plan: what it says.
        frame: how its rules read over variables.
        parts: the rule of each part of the plan, in its order.
        relations: what always holds between the variables.
    """

    plan: Plan
    frame: Frame
    parts: tuple[Node, ...]
    relations: tuple[Node, ...]

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of what the parts, the relations and the questions are made of."""
        return tuple(self.frame.variables)

    @property
    def rules(self) -> tuple[Node, ...]:
        """The rules, in order."""
        return self.parts[self.plan.first_rule :]

    @cached_property
    def used(self) -> frozenset[str]:
        """The variables that the parts look at."""
        return frozenset(facts_of(*self.parts))

    @property
    def alerts(self) -> tuple[Node, ...]:
        """The alerts, in order."""
        return self.parts[: len(self.plan.alerts)]


class Model:
    """A protocol over variables.

    Attributes:
        protocol: the protocol.
        counts_hours: whether it looks at hours.
        asked: the rules that questions add to those of the protocol; all are wanted before the first search.
        unproved: the variables of which some state may have been missed, after the searches so far.
    """

    def __init__(self, protocol: Protocol) -> None:
        self.protocol = protocol
        stays = (step.max_stay for step in protocol.steps.values())
        self.counts_hours = counts_hours(protocol) or any(stay is not None and stay.minutes for stay in stays)
        self.asked: dict[Node, None] = {}
        self.unproved: dict[str, None] = {}
        self._here: dict[tuple[str, Time], Here] = {}
        for step in self.places:
            for time in ("now", "entered", "later") if step != OUTSIDE else ("now",):
                self._here[step, time] = self._read(step, time)

    @property
    def places(self) -> tuple[str, ...]:
        """The steps, and outside."""
        return (*self.protocol.steps, OUTSIDE)

    @cached_property
    def variables(self) -> dict[str, Variable]:
        """Every variable, by name: complete once all questions are asked."""
        return {name: one for here in self._here.values() for name, one in here.frame.variables.items()}

    def here(self, step: str, time: Time = "now") -> Here:
        """Give what the protocol says in a step."""
        return self._here[step, time]

    def _read(self, step: str, time: Time) -> Here:
        plan = self.protocol.plan(step)
        own: dict[str, Variable] = {}
        frame = Frame(self.protocol.parts.reductions, step, own, time)
        parts = tuple(frame.rule(part.when.node) for part in plan.parts)
        if step != OUTSIDE:
            frame.clock("step")
        for one in [*own.values()]:
            for event in one.events:
                frame.clock(event)
        used = frozenset(facts_of(*parts))
        related = tuple(relations(frame, self.protocol, used, counts_hours=self.counts_hours))
        return Here(plan, frame, parts, related)

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """Every rule and every relation, each once."""
        every = (node for here in self._here.values() for node in (*here.parts, *here.relations))
        return tuple(dict.fromkeys(every))

    @cached_property
    def nullable(self) -> frozenset[str]:
        """The variables whose being unknown a rule asks about, or that stay unknown until something happens."""
        found: set[str] = set()
        for node in self.nodes:
            under_known(node, found)
        found |= {name for name, one in self.variables.items() if one.may_never_be}
        always = {f"{unit}_since({event})" for unit in ("days", "hours") for event in ("start", "step")}
        return frozenset(found - always - {f"later {name}" for name in always})

    @cached_property
    def listed(self) -> Mapping[str, tuple[FactValue, ...]]:
        """The values of those variables that have a list of them."""
        found: dict[str, tuple[FactValue, ...]] = {}
        for name, one in self.variables.items():
            values = self._listed(one)
            if values:
                found[name] = values
        return found

    def _listed(self, one: Variable) -> tuple[FactValue, ...]:
        reads = one.reads
        if isinstance(reads, Recorded) and reads.values:
            return reads.values
        if one.kind.type == "text":
            return one.kind.values or (*self._named(one.name), "another")
        if isinstance(reads, Latest | At | Series | Window) and getattr(reads, "form", "") not in (
            "average", "count", "days_old",
        ):  # fmt: skip
            score = reads if isinstance(reads, Latest) else reads.score
            return self._attainable(score)
        return ()

    def _named(self, name: str) -> Iterator[str]:
        """Give the texts that a fact without a list of values is compared with."""
        waiting = list(self.nodes)
        while waiting:
            node = waiting.pop()
            if name in facts_of(node):
                waiting += children(node)
            if isinstance(node, Member) and facts_of(node.value) == (name,):
                yield from map(str, node.choices)
            if isinstance(node, Comparison) and facts_of(node) == (name,):
                sides = (node.left, node.right)
                yield from (str(one.value) for one in sides if isinstance(one, Constant) and isinstance(one.value, str))

    def _attainable(self, score: Latest) -> tuple[FactValue, ...]:
        if score.watch.source != "scores":
            return ()
        return attainable(self.protocol.instruments[score.measure], score.watch.key) or ()

    @cached_property
    def search(self) -> Search:
        """Looks for states."""
        formulas = Formulas()
        for node in (*self.nodes, *self.asked):
            formulas.formula(node)
        related = dict.fromkeys(rule for here in self._here.values() for rule in here.relations)
        return Search(formulas, self._families(formulas, related))

    def _families(self, formulas: Formulas, related: Iterable[Node]) -> tuple[Family, ...]:
        return families(formulas.atoms, self.variables, self.listed, self.nullable, related)

    def ask(self, wanted: Iterable[Requirement]) -> None:
        """Take in the rules of a question, before the first search."""
        self.asked |= dict.fromkeys(one.rule for one in wanted)

    def states(self, here: Iterable[Here], wanted: Iterable[Requirement]) -> Iterator[State]:
        """Give states that meet requirements, and the relations of the steps they are about."""
        here, wanted = tuple(here), tuple(wanted)
        related = dict.fromkeys(rule for one in here for rule in one.relations)
        names = {name for one in wanted for name in facts_of(one.rule)}
        near = [not_false(rule) for rule in related if set(facts_of(rule)) <= names]
        whole = dict.fromkeys(name for one in here for name in one.variables)
        if self.search.first((*wanted, *near)) is not None:
            yield from self.search.states((*wanted, *map(not_false, related)), whole)
            return
        unseen = self.search.unseen((*wanted, *near))
        if unseen:
            yield from self._proved((*wanted, *map(not_false, related)), whole, unseen)

    def _proved(self, wanted: Iterable[Requirement], whole: Iterable[str], unseen: Iterable[str]) -> Iterator[State]:
        """Ask the solver where the search may have missed a state; remember what nobody could prove."""
        if self.solver is not None:
            try:
                state = self.solver.state(wanted, whole)
            except Unsaid:
                self.unproved |= dict.fromkeys(unseen)
            else:
                yield from () if state is None else (state,)
        else:
            self.unproved |= dict.fromkeys(unseen)

    @cached_property
    def solver(self) -> Solver | None:
        """Looks for states that the search may miss; `None` where the extra `verify` is not installed."""
        return Solver(self.variables, self.listed, self.nullable) if is_installed() else None
