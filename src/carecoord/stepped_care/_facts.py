"""The row of facts: everything a decision rests on, and how to say it in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, Literal

from carecoord._values import FrozenMapping
from carecoord.rules import Bounds, Expression
from carecoord.rules._explain import shown
from carecoord.stepped_care._counterfactual import Suppositions
from carecoord.stepped_care._definition import Rule
from carecoord.stepped_care._entries import Override
from carecoord.stepped_care._episode import Episode, Index
from carecoord.stepped_care._history import History
from carecoord.stepped_care._moments import is_current
from carecoord.stepped_care._plan import Plan
from carecoord.stepped_care._protocol import Protocol
from carecoord.stepped_care._reductions import Reduction
from carecoord.stepped_care._ruling import Counterfactual, FactValue, Reason, Ruling
from carecoord.stepped_care._settle import refined, settle, walk

__all__ = ["Facts", "facts"]


class Facts(FrozenMapping[str, FactValue]):
    """Everything that a protocol's rules in one step look at, for one person on one day; `None` is unknown.

    Attributes:
        protocol: the protocol.
        episode: the episode it was read from.
        on: the day or moment.
        as_of: only what had been written down by then was used.
        plan: what the protocol says in the step the person is in.
    """

    __slots__ = ("__dict__",)
    protocol: Protocol
    episode: Episode
    on: date | datetime
    as_of: date | datetime | None
    history: History
    plan: Plan

    def __init__(
        self,
        protocol: Protocol,
        episode: Episode,
        on: date | datetime,
        as_of: date | datetime | None = None,
        *,
        index: Index | None = None,
    ) -> None:
        history = History(protocol.scope, episode.index(as_of=as_of) if index is None else index, on)
        plan = protocol.plan(history.step)
        reductions = protocol.parts.reductions
        values = {name: reductions[name].value(history) for name in plan.names}
        object.__setattr__(self, "_entries", values)
        self.__dict__.update(protocol=protocol, episode=episode, on=on, as_of=as_of, history=history, plan=plan)

    def __reduce__(self) -> tuple[object, ...]:
        return (Facts, (self.protocol, self.episode, self.on, self.as_of))

    @property
    def step(self) -> str:
        """The step the person is in, or `outside`."""
        return self.plan.step

    @property
    def override(self) -> Override | None:
        """The last override, while it is meant to stand."""
        return self.history.override

    @property
    def known(self) -> Mapping[str, Any]:
        """The facts, as the rules see them."""
        return self._entries

    @property
    def reductions(self) -> Mapping[str, Reduction]:
        """How each fact was read."""
        return self.protocol.parts.reductions

    @property
    def possible(self) -> Mapping[str, Bounds]:
        """What is still possible for facts that are unknown because a form was half answered."""
        found: Mapping[str, Bounds] = self.history.once(("possible", ""), self._possible)
        return found

    def _possible(self) -> Mapping[str, Bounds]:
        unknown = (self.reductions[name] for name, value in self._entries.items() if value is None)
        found = ((reduction.name, reduction.possible(self.history)) for reduction in unknown)
        return {name: bounds for name, bounds in found if bounds is not None}

    def asks(self, name: str) -> tuple[str, ...]:
        """Give what to ask a person for when a fact is unknown."""
        return self.reductions[name].asks(self.history)

    def why(self, name: str) -> str:
        """Say why a fact is unknown: never assessed, too old, incomplete, contradicted; empty where it is known."""
        return self.reductions[name].why(self.history) if self._entries[name] is None else ""

    def ruling(self) -> Ruling:
        """Give what the protocol says of these facts; the same truths of its parts give the same ruling."""
        plan = self.plan
        truths = plan.run(self._entries)
        found = plan.settled.get(truths)
        if found is None:
            found = settle(plan, truths, self, protocol=self.protocol.id, digest=self.protocol.digest)
            if None not in truths and len(plan.settled) < MOST_SETTLED:
                plan.settled[truths] = found
        return found

    def describe(self, name: str, value: object) -> str | None:
        """Give the words for a fact in an explanation: its value with the day, or why it is unknown."""
        reduction = self.reductions[name]
        if value is None:
            why = reduction.why(self.history)
            return f"{name} is unknown ({why})" if why else None
        when = reduction.when(self.history)
        return f"{name} is {shown(value)} on {when}" if when else None

    def reasons(self, ruling: Ruling) -> tuple[Reason, ...]:
        """Say what carried each part of a ruling over these facts."""
        return tuple(self._reasons(ruling))

    def counterfactuals(self, ruling: Ruling) -> tuple[Counterfactual, ...]:
        """Say what would have changed a ruling over these facts."""
        return Suppositions(
            protocol=self.protocol,
            episode=self.episode,
            on=self.on,
            as_of=self.as_of,
            history=self.history,
            ruling=ruling,
            known=self._entries,
            again=lambda episode, on: Facts(self.protocol, episode, on, self.as_of).ruling(),
        ).all()

    def _because(self, rule: Expression) -> str:
        return str(rule.explain(self._entries, self.describe))

    def _reasons(self, ruling: Ruling) -> Iterator[Reason]:
        plan = self.plan
        truths = refined(plan, plan.run(self._entries), self)
        if ruling.instead_of is not None:
            back = ruling.instead_of
            move = f"{back.move} to {' or '.join(back.to)}" if back.to else back.move
            yield Reason(about="decision", id=move, state=f"held back by {', '.join(back.alerts)}")
        if self.override is not None:
            until = f" until {self.override.until}" if self.override.until else ""
            yield Reason(about="decision", id="override", state=f"{self.override.move} stands{until}")
        if self._is_past_max_stay():
            stay = self.protocol.steps[plan.step].max_stay
            state = f"{stay.words if stay else ''} are over, since {self.history.entered}"
            yield Reason(about="decision", id="longest stay", state=state)
        for about, part, truth in zip(_beside(plan), plan.parts, truths, strict=False):
            if truth is not False:
                says = part.says
                yield Reason(
                    about=about,
                    id=says.id,
                    state="holds" if truth else "unknown",
                    because=self._because(part.when),
                    source=says.source,
                    verified=says.evidence != "unverified",
                )
        yield from self._rules(truths)
        if ruling.possible:
            yield Reason(about="decision", id="the answers could lead to", state="; ".join(map(str, ruling.possible)))
        whys = self._whys()
        for name in ruling.missing:
            yield Reason(about="fact", id=name, state=whys[name])
        if ruling.unverified:
            state = f"{', '.join(ruling.unverified)}: not checked against a source"
            yield Reason(about="decision", id="unverified", state=state)

    def _is_past_max_stay(self) -> bool:
        step, entered = self.protocol.steps.get(self.plan.step), self.history.entered
        if step is None or step.max_stay is None or entered is None:
            return False
        return is_current(entered, self.history.now, step.max_stay) is False

    def _whys(self) -> Mapping[str, str]:
        """Say for what a person can supply why it is wanted."""
        whys: dict[str, str] = {}
        for name, value in self._entries.items():
            reduction = self.reductions[name]
            if value is None:
                for ask in reduction.asks(self.history):
                    if ask == name or ask not in whys:
                        whys[ask] = reduction.why(self.history)
        return whys

    def _rules(self, truths: tuple[bool | None, ...]) -> Iterator[Reason]:
        plan = self.plan
        way = walk(plan, truths)
        considered = len(plan.rules) if way.winner is None else way.winner + 1
        for here, truth in zip(plan.rules[:considered], truths[plan.first_rule :], strict=False):
            says = here.says
            yield Reason(
                about="rule",
                id=says.id,
                state=_state(says, truth),
                because=self._because(here.when),
                source=says.source,
                verified=says.evidence != "unverified",
            )


def _beside(plan: Plan) -> Iterator[Literal["alert", "add-on", "task"]]:
    """Say of each part before the rules what it is."""
    for _ in plan.alerts:
        yield "alert"
    for _ in plan.add_ons:
        yield "add-on"
    for _ in plan.tasks:
        yield "task"


MOST_SETTLED = 4096
"""So many rulings of one step are kept."""

_UNKNOWN = {"ask": "unknown", "pass": "unknown, passed over", "hold": "unknown, counts as if it held"}


def _state(rule: Rule, truth: bool | None) -> str:  # noqa: FBT001 - a truth is what it is about
    return _UNKNOWN[rule.unknown] if truth is None else "holds" if truth else "does not hold"


def facts(protocol: Protocol, episode: Episode, *, on: date | datetime, as_of: date | datetime | None = None) -> Facts:
    """Read from an episode the row of facts that a protocol decides on.

    Args:
        protocol: the protocol.
        episode: the person's history.
        on: the day, or the moment where hours count; what lies after it is not seen.
        as_of: leave out what was written down later: what could they know then?

    Returns:
        the facts by name, for the step the person is in; `None` is unknown.

    >>> from datetime import date
    >>> from carecoord.stepped_care import Episode, RecordedFact, protocol
    >>> episode = Episode("p-17", [RecordedFact(id="1", on=date(2026, 1, 5), name="age", value=67)])
    >>> row = facts(protocol("german-impact"), episode, on=date(2026, 1, 5))
    >>> row.step, row["age"], row["phq_9.total"], row.why("phq_9.total")
    ('outside', 67, None, 'never assessed')
    """
    return Facts(protocol, episode, on, as_of)
