"""Episodes around every threshold of a protocol."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from random import Random  # noqa: TID251 - seeded, so the same answer every time
from typing import Literal

import attrs

from carecoord.rules import Expression
from carecoord.rules._nodes import Comparison, Constant, Defined, Member, Name, Node, children, facts_of
from carecoord.stepped_care import Decision, Episode, Facts, Protocol, decide
from carecoord.stepped_care._conditions import Held, InARow, Unanswered
from carecoord.stepped_care._history import OUTSIDE
from carecoord.testing._made_up import MadeUp, Maker

__all__ = ["BoundaryCase", "boundary_episodes"]

Side = Literal["below", "at", "above", "yes", "no"]
Value = int | float | str | bool
Over = InARow | Held | Unanswered
SAMPLES = 40
"""So many people are made up for a threshold, until one is found of whom it decides."""


@attrs.frozen(kw_only=True)
class BoundaryCase:
    """Somebody at a threshold of a protocol.

    Attributes:
        step: the step they are in, or `outside`.
        parts: the rules, alerts, add-ons and tasks that the threshold stands in, by id.
        about: what is held against the threshold, as the rule says it.
        threshold: the number or text it is held against; yes for a condition over history.
        side: whether they are just `below`, `at` or just `above` it, or meet a condition: `yes` or `no`.
        value: the value there.
        is_decisive: whether the decision differs on the sides of it.
        episode: the history.
        on: the day, or the moment where the protocol counts hours.
    """

    step: str
    parts: tuple[str, ...]
    about: str
    threshold: Value
    side: Side
    value: Value
    is_decisive: bool
    episode: Episode
    on: date | datetime

    def __str__(self) -> str:
        """Give one line: where, what, and on which side of it."""
        if self.side in ("yes", "no"):
            return f"{self.step}: {self.about}: {self.side}"
        return f"{self.step}: {self.about} is {self.value}, {self.side} {self.threshold}"


@attrs.frozen
class _Atom:
    """A comparison that rules of one step make: of what, with what, in which of them, within which condition."""

    node: Node
    against: Value
    parts: tuple[str, ...]
    within: Over | None = None

    @property
    def about(self) -> str:
        within = f" in {self.within.name}" if self.within else ""
        return f"{Expression(self.node)}{within}"


def boundary_episodes(protocol: Protocol) -> Iterator[BoundaryCase]:
    """Give people just below, at and just above every number in a protocol's rules, in each step.

    Where it can be found, they differ from each other in one thing only, and the decision turns on it.
    Texts are gone through one by one; conditions over history, as `in_a_row` and `held`, are met and just not met,
    and the numbers in them are thresholds too: of the readings, all alike.
    A side that nobody can be on (nothing lies below a score of 0) is left out.

    The same protocol gives the same people. Use them to see what a protocol says where it matters, and to keep what
    it says from changing unseen.

    >>> from carecoord.stepped_care import protocol
    >>> cases = [case for case in boundary_episodes(protocol("german-impact")) if "remission" in case.parts]
    >>> for case in cases[:3]:
    ...     print(case)
    two-weekly: phq_9.total is 4, below 5
    two-weekly: phq_9.total is 5, at 5
    two-weekly: phq_9.total is 6, above 5
    """
    for step in (*protocol.steps, OUTSIDE):
        plan = protocol.plan(step)
        maker = Maker(protocol, step, [part.when.node for part in plan.parts])
        people = [maker.sample(Random(f"{step}/{number}")) for number in range(SAMPLES)]  # noqa: S311 - not secret
        for atom in _atoms(protocol, ((part.says.id, part.when.node) for part in plan.parts)):
            yield from _Search(protocol, step, maker, atom).cases(people)


def _atoms(protocol: Protocol, parts: Iterable[tuple[str, Node]]) -> list[_Atom]:
    """Give each comparison once, with the parts it stands in."""
    found: dict[tuple[Node, Value, Over | None], list[str]] = {}
    for name, rule in parts:
        for key in _compared(protocol, rule, None):
            names = found.setdefault(key, [])
            if name not in names:
                names.append(name)
    return [_Atom(node, against, tuple(names), within) for (node, against, within), names in found.items()]


def _compared(protocol: Protocol, node: Node, within: Over | None) -> Iterator[tuple[Node, Value, Over | None]]:
    match node:
        case Comparison(left=left, right=Constant(value=value)) | Comparison(left=Constant(value=value), right=left):
            if facts_of(left) and facts_of(left) != ("step",):
                yield _bare(left), value, within
        case Member(value=inner, choices=choices):
            yield from ((_bare(inner), choice, within) for choice in choices)
        case Name(id=name, kind=kind) if kind.type == "yes/no":
            yield node, True, within
            reads = protocol.parts.reductions[name]
            if isinstance(reads, InARow | Held | Unanswered):
                yield from _compared(protocol, reads.condition.rule.node, reads)
        case _:
            for child in children(node):
                yield from _compared(protocol, child, within)


def _bare(node: Node) -> Node:
    """Give what a named rule stands for, where it stands for one fact."""
    return _bare(node.body) if isinstance(node, Defined) else node


class _Search:
    """Looks for people on each side of one threshold."""

    def __init__(self, protocol: Protocol, step: str, maker: Maker, atom: _Atom) -> None:
        self.protocol, self.step, self.maker, self.atom = protocol, step, maker, atom
        self.rule = Expression(atom.node)
        self.reads = [protocol.parts.reductions[name] for name in facts_of(atom.node)]

    def cases(self, people: Sequence[MadeUp]) -> Iterator[BoundaryCase]:
        best: Mapping[Side, _Found] = {}
        for person in people:
            found = self._sides(person)
            decided = {one.said for one in found.values()}
            if len(found) > len(best) or (len(found) == len(best) and len(decided) > 1):
                best = found
                if len(decided) > 1 and len(found) == self._wanted:
                    break
        decisive = len({one.said for one in best.values()}) > 1
        for side in ("below", "at", "above", "no", "yes"):
            if side in best:
                yield self._case(side, best[side], decisive=decisive)

    def _case(self, side: Side, found: _Found, *, decisive: bool) -> BoundaryCase:
        return BoundaryCase(
            step=self.step,
            parts=self.atom.parts,
            about=self.atom.about,
            threshold=self.atom.against,
            side=side,
            value=found.value,
            is_decisive=decisive,
            episode=found.row.episode,
            on=found.row.on,
        )

    @property
    def _wanted(self) -> int:
        return 2 if isinstance(self.atom.against, bool | str) else 3

    def _sides(self, person: MadeUp) -> Mapping[Side, _Found]:
        """Give the nearest on each side, with one thing changed about a person."""
        found: dict[Side, _Found] = {}
        if self.atom.within is not None:
            person = self.maker.full(person, self.atom.within)
        for reduction in self.reads:
            for changed in self.maker.changed(person, reduction, self.atom.against):
                row = self.maker.row(changed)
                value = self.rule.evaluate({one.name: one.value(row.history) for one in self.reads})
                if value is not None and row.step == self.step:
                    self._keep(found, row, value)
        for one in found.values():
            one.said = _said(decide(self.protocol, one.row, accept_unverified=True))
        return found

    def _keep(self, found: dict[Side, _Found], row: Facts, value: Value) -> None:
        against = self.atom.against
        if isinstance(against, bool | str) or isinstance(value, bool | str):
            found.setdefault("yes" if value == against else "no", _Found(row, value))
            return
        side: Side = "below" if value < against else "above" if value > against else "at"
        if side not in found or abs(value - against) < abs(found[side].number - against):
            found[side] = _Found(row, value)


@attrs.define
class _Found:
    row: Facts
    value: Value
    said: object = None

    @property
    def number(self) -> float:
        return self.value if isinstance(self.value, int | float) else 0


def _said(decision: Decision) -> object:
    return decision.ruling.outcome, decision.rule, decision.alerts, decision.tasks, decision.add_ons
