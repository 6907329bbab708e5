"""What is asked of a protocol: each question is whether a state exists, and what would show it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import combinations

import attrs

from carecoord.rules import Kind
from carecoord.rules._nodes import Comparison, Constant, Node, children, facts_of
from carecoord.stepped_care._check._finding import FindingKind, Severity
from carecoord.stepped_care._check._model import Here, Model
from carecoord.stepped_care._check._search import Requirement, fails, holds, is_unknown, not_false, not_true
from carecoord.stepped_care._check._variables import UNKNOWN, Unit, Variable, known_to_be
from carecoord.stepped_care._facts import Facts
from carecoord.stepped_care._readings import At, Derived
from carecoord.stepped_care._reductions import Clock
from carecoord.stepped_care._ruling import LOWERING, Decision

__all__ = ["Question", "Shown", "questions", "wins"]


@attrs.frozen
class Shown:
    """A witness, replayed: the decision on it, and on the same person a moment later where there are two."""

    decision: Decision
    row: Facts

    def holds(self, part: int) -> bool:
        """Say whether a part of the plan holds."""
        return self.row.plan.parts[part].when.evaluate(self.row) is True


Shows = Callable[[Shown], bool]


@attrs.frozen(kw_only=True)
class Question:
    """Whether there is a state in one step in which something is as it should not be.

    Attributes:
        here: the step.
        ways: what holds in such a state; there may be several ways.
        shows: whether a replayed episode shows it.
    """

    kind: FindingKind
    severity: Severity
    about: tuple[str, ...]
    here: Here
    ways: tuple[tuple[Requirement, ...], ...]
    shows: Shows
    why: str
    mend: str


def _reviews(shown: Shown) -> bool:
    return shown.decision.move == "review"


def _wins_while(rule: str, place: int, shown: Shown) -> bool:
    return shown.decision.rule == rule and shown.decision.move != "ask" and shown.holds(place)


def _holds_none(places: Sequence[int], shown: Shown) -> bool:
    return not any(map(shown.holds, places))


def _holds_both(one: int, other: int, shown: Shown) -> bool:
    return shown.holds(one) and shown.holds(other)


def _wins_past(rule: str, longest: float, unit: Unit, shown: Shown) -> bool:
    clock = Clock(name="", kind=Kind.NUMBER, event="step", unit=unit).of(shown.row.history)
    past = isinstance(clock, int | float) and clock > longest
    return past and shown.decision.rule == rule and shown.decision.move != "ask"


def wins(here: Here, place: int) -> tuple[Requirement, ...]:
    """Require that a rule is the first that holds; one that is passed over may be unknown where care is not lowered."""
    rules = here.plan.rules
    own = rules[place]
    first = not_false if own.says.unknown == "hold" else holds
    lowers = own.outcome.move in LOWERING
    earlier = [
        (not_true if rule.says.unknown == "pass" and not lowers else fails)(node)
        for rule, node in zip(rules[:place], here.rules, strict=False)
    ]
    return (first(here.rules[place]), *earlier)


def questions(model: Model) -> Iterator[Question]:
    """Ask everything that is about one state of one step."""
    for step in model.places:
        here = model.here(step)
        yield from _gaps(model, here)
        yield from _overlaps(model, here)
        yield from _groups(here)
        yield from _buried(here)
        yield from _past(model, here)
        yield from _waiting(model, here)


def _gaps(model: Model, here: Here) -> Iterator[Question]:
    step = model.protocol.steps.get(here.plan.step)
    if here.plan.rules or (step is not None and not step.terminal):
        yield Question(
            kind="gap",
            severity="error",
            about=(),
            here=here,
            ways=(tuple(map(fails, here.rules)),),
            shows=_reviews,
            why="no rule applies",
            mend='say what follows there, or end with a rule of when = "yes"',
        )


def _overlaps(model: Model, here: Here) -> Iterator[Question]:
    unique = model.protocol.definition.policy == "unique"
    first_rule = here.plan.first_rule
    for one, other in combinations(range(len(here.rules)), 2):
        first, second = here.plan.rules[one], here.plan.rules[other]
        if first.outcome != second.outcome or unique:
            yield Question(
                kind="overlap",
                severity="error" if unique else "note",
                about=(first.says.id, second.says.id),
                here=here,
                ways=((*wins(here, one), holds(here.rules[other])),),
                shows=partial(_wins_while, first.says.id, first_rule + other),
                why=f"{first.says.id} wins with {first.outcome} where {second.says.id} holds too",
                mend="narrow one of them" if unique else "the order decides; see that it is meant",
            )


def _groups(here: Here) -> Iterator[Question]:
    first = len(here.plan.alerts)
    groups: dict[str, list[int]] = {}
    for place, part in enumerate(here.plan.add_ons, first):
        if part.says.group:
            groups.setdefault(part.says.group, []).append(place)
    for group, places in groups.items():
        yield Question(
            kind="group",
            severity="error",
            about=(group,),
            here=here,
            ways=(tuple(fails(here.parts[place]) for place in places),),
            shows=partial(_holds_none, places),
            why="none of the group holds, and exactly one should",
            mend="close the gap between them",
        )
        for one, other in combinations(places, 2):
            ids = (here.plan.parts[one].says.id, here.plan.parts[other].says.id)
            yield Question(
                kind="group",
                severity="error",
                about=(group, *ids),
                here=here,
                ways=((holds(here.parts[one]), holds(here.parts[other])),),
                shows=partial(_holds_both, one, other),
                why=f"{ids[0]} and {ids[1]} hold both, and exactly one of the group should",
                mend="narrow one of them",
            )


def _buried(here: Here) -> Iterator[Question]:
    for at, alert in enumerate(here.plan.alerts):
        for place, rule in enumerate(here.plan.rules):
            if rule.outcome.move in LOWERING and rule.outcome.move not in alert.says.blocks:
                yield Question(
                    kind="buried-alert",
                    severity="warning",
                    about=(alert.says.id, rule.says.id),
                    here=here,
                    ways=((holds(here.alerts[at]), *wins(here, place)),),
                    shows=partial(_wins_while, rule.says.id, at),
                    why=f"{rule.says.id} says {rule.outcome} while {alert.says.id} is raised",
                    mend=f"let the alert block {rule.outcome.move}",
                )


def _past(model: Model, here: Here) -> Iterator[Question]:
    step = model.protocol.steps.get(here.plan.step)
    if step is None or step.max_stay is None:
        return
    stay = step.max_stay
    unit: Unit = "hours" if stay.minutes else "days"
    longest = stay.days * 24 + stay.minutes / 60 if stay.minutes else stay.days + 31 * stay.months
    clock = here.frame.clock("step", unit)
    over = Comparison(">", clock, Constant(longest))
    for place, rule in enumerate(here.plan.rules):
        if rule.outcome.move in ("stay", "adjust"):
            yield Question(
                kind="past-maximum",
                severity="warning",
                about=(rule.says.id,),
                here=here,
                ways=((*wins(here, place), holds(over)),),
                shows=partial(_wins_past, rule.says.id, longest, unit),
                why=f"{rule.says.id} keeps people longer than the step's max_stay of {stay.words}",
                mend="say what follows once it is over",
            )


ENROLLED = "keep it to those who are enrolled"
ASK_FIRST = "ask first whether it happened, as times(event) >= 1, or say with coalesce() what stands in for it"


def _waiting(model: Model, here: Here) -> Iterator[Question]:
    """Ask which part stays unknown because something never happened, or nobody is enrolled: no answer can help."""
    for place, part in enumerate(here.plan.parts):
        node = here.parts[place]
        variables = [here.frame.variables[name] for name in facts_of(node)]
        never = [one for one in variables if one.may_never_be]
        nowhere = _contains(node, UNKNOWN)
        known = tuple(
            holds(known_to_be(one.node))
            for one in variables
            if one.name in model.nullable and (nowhere or one not in never)
        )
        if nowhere or never:
            yield Question(
                kind=_waits_for(here, part.when.names, never),
                severity="error" if nowhere and place >= here.plan.first_rule else "warning",
                about=(part.says.id,),
                here=here,
                ways=tuple((*way, *known) for way in _undecided(here, place)),
                shows=partial(_shows_waiting, place),
                why=_never(never, nowhere=nowhere),
                mend=ENROLLED if nowhere else ASK_FIRST,
            )


def _contains(node: Node, part: Node) -> bool:
    return node == part or any(_contains(inner, part) for inner in children(node))


def _undecided(here: Here, place: int) -> Iterator[tuple[Requirement, ...]]:
    """Give the ways in which a part is unknown, and a decision has to ask for it."""
    unknown = is_unknown(here.parts[place])
    first = place - here.plan.first_rule
    if first < 0:
        yield (unknown,)
        return
    rules = here.plan.rules
    if rules[first].says.unknown != "ask":
        return
    earlier = tuple(map(fails, here.rules[:first]))
    for later in range(first + 1, len(rules)):
        if rules[later].outcome != rules[first].outcome:
            between = tuple(map(fails, here.rules[first + 1 : later]))
            yield (unknown, holds(here.rules[later]), *earlier, *between)
    yield (unknown, *earlier, *map(fails, here.rules[first + 1 :]))


def _shows_waiting(place: int, shown: Shown) -> bool:
    plan = shown.row.plan
    unknown = plan.parts[place].when.evaluate(shown.row) is None
    return unknown and (place < plan.first_rule or shown.decision.move == "ask")


def _waits_for(here: Here, names: Sequence[str], never: Sequence[Variable]) -> FindingKind:
    if never:
        return "baseline-undefined" if any(isinstance(one.reads, At) for one in never) else "clock-never-started"
    reductions = here.frame.reductions
    return (
        "baseline-undefined"
        if any(isinstance(reductions[name], At | Derived) for name in names)
        else "clock-never-started"
    )


def _never(never: Sequence[Variable], *, nowhere: bool) -> str:
    if nowhere:
        return "it looks at the enrolment or the step of people who are not enrolled, which nobody can ever say"
    events = dict.fromkeys(event for one in never for event in one.events)
    return (
        f"it cannot be decided where there was no {' or '.join(events) or 'second reading'}, and nobody can supply that"
    )
