"""What always holds between the variables of a row of facts: no step began before the enrolment it belongs to.

A relation that is missing here can only add a state that cannot be, never hide one that can;
what is found in such a state is replayed as an episode, and told apart by that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from carecoord.rules._nodes import And, Call, Comparison, Constant, Name, Node, Not, Or, facts_of
from carecoord.stepped_care._check._variables import ALWAYS, Frame, known_to_be
from carecoord.stepped_care._conditions import Held, InARow, Unanswered
from carecoord.stepped_care._history import OUTSIDE
from carecoord.stepped_care._protocol import Protocol
from carecoord.stepped_care._readings import At, Latest, Series, Window
from carecoord.stepped_care._reductions import Clock, MissedInARow, Reduction, Times

__all__ = ["relations"]

R = TypeVar("R", bound=Reduction)


def relations(frame: Frame, protocol: Protocol, used: frozenset[str], *, counts_hours: bool) -> list[Node]:
    """Give the relations between the variables of a frame; conditions on readings may bring in more of them.

    Args:
        frame: the step, and what its rules are made of.
        protocol: the protocol.
        used: the variables that its rules look at.
        counts_hours: whether anything in the protocol is counted in hours.
    """
    related = _Relations(frame, protocol, used, counts_hours=counts_hours)
    found = list(related.of_conditions())
    return [*found, *related.of_clocks(), *related.of_counts(), *related.of_scores()]


def _implies(one: Node, other: Node) -> Node:
    return Or((Not(one), other))


def _same(one: Node, other: Node) -> tuple[Node, Node]:
    return _implies(one, other), _implies(other, one)


class _Relations:
    def __init__(self, frame: Frame, protocol: Protocol, used: frozenset[str], *, counts_hours: bool) -> None:
        self.frame, self.protocol, self.used, self.counts_hours = frame, protocol, used, counts_hours

    def all(self, kind: type[R], fits: Callable[[R], bool] = lambda _: True) -> list[tuple[Name, R]]:
        own = [one for one in self.frame.variables.values() if one.is_later is (self.frame.time == "later")]
        return [(one.node, one.reads) for one in own if isinstance(one.reads, kind) and fits(one.reads)]

    def clock(self, event: str, unit: str = "days") -> Name | None:
        found = self.all(Clock, lambda one: one.event == event and one.unit == unit)
        return found[0][0] if found else None

    def of_conditions(self) -> Iterator[Node]:
        """What held of the last readings holds of the latest one."""
        yield from self._runs()
        yield from self._held()
        for name, one in self.all(Unanswered):
            latest = self.frame.condition(one.condition)
            counts = [self._count(event) for event in one.events]
            if all(counts):
                never = [Comparison(">=", count, Constant(1)) for count in counts if count is not None]
                yield Or((name, Not(latest), *never))

    def _runs(self) -> Iterator[Node]:
        runs = self.all(InARow)
        for name, one in runs:
            latest = self.frame.condition(one.condition)
            yield _implies(name, latest)
            if one.count == 1 and one.since is None:
                yield _implies(latest, name)
            for other, longer in runs:
                same = other != name and longer.condition == one.condition and longer.count >= one.count
                if same and one.since in (None, longer.since):
                    yield _implies(other, name)
            since = self.clock(one.since) if one.since else None
            if since is not None and not self.counts_hours:
                yield _implies(name, Comparison(">=", since, Constant(1)))

    def _held(self) -> Iterator[Node]:
        spans = self.all(Held)
        for name, one in spans:
            yield _implies(name, self.frame.condition(one.condition))
            days = one.span if one.unit == "days" else one.span / 24
            back = self.protocol.definition.look_back
            before = 0 if back is None else back.months * 31 + back.days + back.minutes / 1440
            start = self.clock("start")
            if start is not None and self.frame.step != OUTSIDE and days - before > 1:
                yield _implies(name, Comparison(">=", start, Constant(int(days - before))))
            for other, longer in spans:
                same = other != name and (longer.condition, longer.unit) == (one.condition, one.unit)
                if same and longer.span >= one.span:
                    yield _implies(other, name)
            for other, run in self.all(InARow):
                if run.condition == one.condition and run.since is None and run.count <= 2:
                    yield _implies(name, other)

    def of_clocks(self) -> Iterator[Node]:
        """Nothing that counts in an enrolment came before it; a start that no rule looks at may be any time."""
        for unit in ("days", "hours"):
            start = self.clock("start", unit)
            if start is None or start.id not in self.used or self.frame.step == OUTSIDE:
                continue
            for name, one in self.all(Clock):
                if one.unit == unit and one.event != "start":
                    yield Comparison("<=", name, start)

    def _count(self, event: str) -> Name | None:
        found = self.all(Times, lambda one: one.event == event and one.days is None and one.since is None)
        return found[0][0] if found else None

    def of_counts(self) -> Iterator[Node]:
        """A part of the time holds no more than the whole of it."""
        one_at_least = Constant(1)
        for name, one in self.all(Times):
            whole, clock = self._count(one.event), self.clock(one.event)
            happened = Comparison(">=", name, one_at_least)
            if one.days is None and one.since is None:
                if clock is not None:
                    yield from _same(known_to_be(clock), happened)
            elif one.since is not None:
                since = self.clock(one.since)
                if since is not None and one.since not in ALWAYS:
                    yield from _same(known_to_be(name), known_to_be(since))
                if whole is not None:
                    yield Comparison("<=", name, whole)
                yield from self._since(happened, clock, self.clock(one.since))
            else:
                yield from self._within(happened, clock, one.days or 0)
                for other, longer in self.all(Times):
                    if longer.event == one.event and longer.days is not None and longer.days > (one.days or 0):
                        yield Comparison("<=", name, other)
        missed = self._count("missed_contact")
        for name, _ in self.all(MissedInARow):
            if missed is not None:
                yield Comparison("<=", name, missed)
                kept = self._count("contact")
                if kept is not None:
                    yield Or((Comparison(">=", kept, one_at_least), Comparison("==", name, missed)))

    def _since(self, happened: Node, clock: Name | None, since: Name | None) -> Iterator[Node]:
        if clock is not None:
            yield _implies(happened, known_to_be(clock))
        if since is None or self.counts_hours:
            return
        yield _implies(happened, Comparison(">=", since, Constant(1)))
        if clock is not None:
            yield from _same(happened, Comparison("<", clock, since))

    def _within(self, happened: Node, clock: Name | None, days: float) -> Iterator[Node]:
        if clock is None:
            return
        recent = Comparison("<=", clock, Constant(days))
        yield Or((Not(known_to_be(clock)), Not(recent), happened))
        start = self.clock("start")
        if start is not None and self.frame.step != OUTSIDE:
            earlier = Comparison("<", start, Constant(days))
            yield Or((Not(happened), And((known_to_be(clock), recent)), earlier))

    def of_scores(self) -> Iterator[Node]:
        """A score lies between the best and the worst; at an event of this moment it is the latest."""
        for name, one in self.all(At):
            now = self.clock(one.event)
            latest = self.frame.fact(one.score)
            if now is not None:
                if one.event not in ALWAYS:
                    yield _implies(known_to_be(name), known_to_be(now))
                    yield Or((known_to_be(name), Not(known_to_be(now)), Not(known_to_be(latest))))
                yield Or((Comparison("!=", now, Constant(0)), Not(known_to_be(now)), Comparison("==", name, latest)))
        yield from self._extremes()
        yield from self._windows()
        yield from self._numbers()
        yield from self._items()

    def _extremes(self) -> Iterator[Node]:
        for name, one in self.all(Series):
            if one.form in ("best", "worst"):
                inside = [self.frame.fact(one.score), *(at for at, other in self.all(At) if other.score == one.score)]
                yield from self._ordered(name, one.form, one.score, inside)

    def _windows(self) -> Iterator[Node]:
        for name, one in self.all(Window):
            if one.form != "average" and self._reaches(one):
                yield from self._ordered(name, one.form, one.score, [self.frame.fact(one.score)])
            for other, wider in self.all(Window):
                if (wider.score, wider.form) == (one.score, one.form) and wider.days > one.days:
                    yield from self._ordered(other, one.form, one.score, [name])

    def _numbers(self) -> Iterator[Node]:
        """How many readings there are, where rules count them."""
        previous = self.all(Series, lambda one: one.form == "previous")
        for name, one in self.all(Series, lambda one: one.form == "count"):
            yield Comparison(">=", name, Constant(1))
            for other, before in previous:
                if before.score == one.score:
                    yield from _same(known_to_be(other), Comparison(">=", name, Constant(2)))
            for run, row in self.all(InARow):
                if row.condition.measure == one.score.measure:
                    yield _implies(run, Comparison(">=", name, Constant(row.count)))

    def _reaches(self, window: Window) -> bool:
        """Say whether the latest score always lies in a window."""
        good = window.score.valid_for
        return good is not None and not good.months and good.days + good.minutes / 1440 <= window.days

    def _ordered(self, end: Name, form: str, score: Latest, inside: Iterable[Node]) -> Iterator[Node]:
        if form != "average":
            highest = (form == "worst") == (score.worse > 0)
            for one in inside:
                yield Comparison(">=" if highest else "<=", end, one)

    def _items(self) -> Iterator[Node]:
        """An answer is part of the sum it goes into."""
        answers = self.all(Latest, lambda one: one.watch.source == "items")
        for name, one in self.all(Latest, lambda one: one.watch.source == "scores"):
            instrument = self.protocol.instruments[one.measure]
            rule = instrument.score(one.watch.key).value.node
            adds = (
                isinstance(rule, Call)
                and rule.function == "sum"
                and all(item.kind.low >= 0 for item in instrument.items)
            )
            parts = facts_of(rule) if adds else ()
            for item, other in answers:
                if other.measure == one.measure and other.watch.key in parts:
                    yield Comparison(">=", name, item)
