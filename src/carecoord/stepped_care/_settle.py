"""From the truth of every part to a ruling: who wins, what is waited for, what is held back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs

from carecoord.stepped_care._definition import AddOn, Task
from carecoord.stepped_care._plan import Plan
from carecoord.stepped_care._ruling import LOWERING, HeldBack, IssuedTask, Outcome, RaisedAlert, Ruling
from carecoord.stepped_care._wanting import FactRow, completions, unknown_in

__all__ = ["Walk", "refined", "settle", "walk"]

Truths = Sequence[bool | None]
REVIEW = Outcome("review")


@attrs.frozen
class Walk:
    """How far the rules were read.

    Attributes:
        winner: the place of the rule that won, among the rules.
        waiting: unknown rules before it that ask.
        passed: unknown rules before it that are passed over.
        is_held: whether the winner is unknown and counts as holding.
    """

    winner: int | None
    waiting: tuple[int, ...] = ()
    passed: tuple[int, ...] = ()
    is_held: bool = False


def refined(plan: Plan, truths: Truths, row: FactRow) -> tuple[bool | None, ...]:
    """Settle what the bounds of half-answered forms settle."""
    if not row.possible:
        return tuple(truths)
    partly = {**row.known, **row.possible}
    return tuple(
        _truth(part.when.bounds(partly).certain) if truth is None else truth
        for part, truth in zip(plan.parts, truths, strict=True)
    )


def _truth(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def walk(plan: Plan, truths: Truths) -> Walk:
    """Read the rules in order until one wins."""
    waiting: list[int] = []
    passed: list[int] = []
    for place, rule in enumerate(plan.rules):
        truth = truths[plan.first_rule + place]
        if truth is True or (truth is None and rule.says.unknown == "hold"):
            return Walk(place, tuple(waiting), tuple(passed), is_held=truth is None)
        if truth is None:
            (passed if rule.says.unknown == "pass" else waiting).append(place)
    return Walk(None, tuple(waiting), tuple(passed))


def settle(plan: Plan, truths: Truths, row: FactRow, *, protocol: str, digest: str) -> Ruling:
    """Give the ruling.

    Args:
        plan: what the protocol says in this step.
        truths: the truth of every part.
        row: the facts.
        protocol: the protocol's id.
        digest: its digest.
    """
    truths = refined(plan, truths, row) if None in truths else tuple(truths)
    way = walk(plan, truths)
    chosen = _chosen(plan, way, row)
    alerts = tuple(_alerts(plan, truths, row))
    outcome = chosen.outcome
    blocking = tuple(alert.id for alert in alerts if outcome.move in alert.blocks)
    held_back = HeldBack(outcome.move, outcome.to, blocking) if blocking else None
    flags, tasks = _beside(plan, truths)
    considered = len(plan.rules) if way.winner is None else way.winner + 1
    return Ruling(
        protocol=protocol,
        digest=digest,
        from_step=plan.step,
        move="stay" if held_back else outcome.move,
        to=() if held_back else outcome.to,
        rule=chosen.rule,
        do=outcome.do,
        alerts=alerts,
        tasks=tuple(_issued(task) for task, truth in tasks if truth),
        add_ons=tuple(flag.id for flag, truth in flags if truth),
        undecided=(
            *(flag.id for flag, truth in flags if truth is None),
            *(task.id for task, truth in tasks if truth is None),
        ),
        missing=_missing(plan, truths, row, chosen.asks),
        possible=chosen.possible,
        provisional=bool(way.passed) or way.is_held,
        instead_of=held_back,
        unverified=plan.rests_on(range(plan.first_rule + considered)),
    )


def _beside(plan: Plan, truths: Truths) -> tuple[list[tuple[AddOn, bool | None]], list[tuple[Task, bool | None]]]:
    """Pair the add-ons and the tasks with their truth."""
    first = len(plan.alerts)
    after = first + len(plan.add_ons)
    flags = [(part.says, truth) for part, truth in zip(plan.add_ons, truths[first:after], strict=True)]
    tasks = [(part.says, truth) for part, truth in zip(plan.tasks, truths[after : plan.first_rule], strict=True)]
    return flags, tasks


@attrs.frozen
class _Chosen:
    outcome: Outcome
    rule: str | None
    asks: tuple[int, ...] = ()
    possible: tuple[Outcome, ...] = ()


def _chosen(plan: Plan, way: Walk, row: FactRow) -> _Chosen:
    """Choose the outcome: the winner's, unless answers could lead elsewhere or it would lower what is not known."""
    rules = plan.rules
    winner = None if way.winner is None else rules[way.winner]
    outcome = winner.outcome if winner else REVIEW
    rule = winner.says.id if winner else None
    if way.waiting and not all(rules[place].outcome == outcome for place in way.waiting):
        possible = _possible(plan, way, row, outcome)
        if len(possible) > 1 or winner is None:
            first, *_ = way.waiting
            return _Chosen(Outcome("ask"), rules[first].says.id, (*way.waiting, *way.passed), tuple(possible))
        outcome = possible[0]
        rule = next((one.says.id for one in (winner, *rules) if one.outcome == outcome), None)
    held = [way.winner] if way.is_held and way.winner is not None else []
    asks = [*way.passed, *held]
    if asks and (outcome.move in LOWERING or outcome == REVIEW):
        possible = list(dict.fromkeys([*(rules[place].outcome for place in asks), outcome]))
        return _Chosen(Outcome("ask"), rules[asks[0]].says.id, tuple(asks), tuple(possible))
    if outcome.move == "ask" and way.winner is not None:
        asks.append(way.winner)
    return _Chosen(outcome, rule, tuple(asks))


def _possible(plan: Plan, way: Walk, row: FactRow, outcome: Outcome) -> list[Outcome]:
    """Give every outcome that the answers could lead to: those that wait first, in the order of the rules."""
    rules = [rule.when for rule in plan.rules]
    unknown = dict.fromkeys(name for place in way.waiting for name in rules[place].names if row.known.get(name) is None)
    waiting = [plan.rules[place].outcome for place in way.waiting]
    rows = completions(rules, unknown, row)
    found = None if rows is None else _reached(plan, rows)
    every = [*waiting, *(rule.outcome for rule in plan.rules), REVIEW] if found else [*waiting, outcome]
    return list(dict.fromkeys(one for one in every if found is None or one in found))


def _reached(plan: Plan, rows: Iterable[Mapping[str, Any]]) -> set[Outcome] | None:
    """Give where the rows lead; nothing where one of them still leaves a rule unknown."""
    found: set[Outcome] = set()
    for row in rows:
        way = walk(plan, plan.run(row))
        if way.waiting:
            return None
        found.add(REVIEW if way.winner is None else plan.rules[way.winner].outcome)
    return found


def _asked(plan: Plan, place: int, row: FactRow) -> tuple[str, ...]:
    """Name what a person can supply for a part that is unknown."""
    when = plan.parts[place].when
    unknown = unknown_in(when, row.known) or tuple(name for name in when.names if row.known.get(name) is None)
    return tuple(dict.fromkeys(ask for name in unknown for ask in row.asks(name)))


def _missing(plan: Plan, truths: Truths, row: FactRow, asks: Sequence[int]) -> tuple[str, ...]:
    beside = [place for place, truth in enumerate(truths[: plan.first_rule]) if truth is None]
    places = [*(plan.first_rule + place for place in asks), *beside]
    return tuple(dict.fromkeys(name for place in places for name in _asked(plan, place, row)))


def _alerts(plan: Plan, truths: Truths, row: FactRow) -> Iterable[RaisedAlert]:
    for place, part in enumerate(plan.alerts):
        says, truth = part.says, truths[place]
        if truth is not False:
            yield RaisedAlert(
                id=says.id,
                state="raised" if truth else "undecided",
                meaning=says.meaning,
                urgency=says.urgency,
                do=says.do,
                duty=says.duty,
                within=says.within,
                blocks=says.blocks,
                missing=() if truth else _asked(plan, place, row),
            )


def _issued(says: Task) -> IssuedTask:
    return IssuedTask(id=says.id, meaning=says.meaning, do=says.do, duty=says.duty, within=says.within)
