"""Check a plan against a published standard: what is missing, what nobody can tell, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final, Literal

import attrs

from carecoord.errors import DataError, Fault, did_you_mean
from carecoord.plans._part import Part
from carecoord.plans._plan import CarePlan
from carecoord.plans._reckoned import in_force
from carecoord.plans._standard import PlanStandard, StandardElement
from carecoord.plans._standards import standard as shipped_standard
from carecoord.roles._role import Evidence

if TYPE_CHECKING:
    from carecoord.plans._plan_facts import Fact

__all__ = ["Finding", "completeness"]


@attrs.frozen(kw_only=True)
class Finding:
    """Something that a standard asks and a plan does not show.

    Attributes:
        standard: the id of the standard.
        element: the id of what it asks.
        asks: what that is, in words.
        demand: whether the standard demands it (`shall`) or recommends it (`should`).
        place: the part it is about, as `goals.mood`; empty where it is about the plan as a whole.
        state: `missing`, or `unknown` where something that nobody has said would decide it.
        missing: what is missing, in words.
        because: what the rule found.
        mend: how to mend it.
        ask: what to find out where it is unknown, in words.
        sources: where it was read that this is asked.
        evidence: how well that is known.
    """

    standard: str
    element: str
    asks: str
    demand: Literal["shall", "should"]
    place: str = ""
    state: Literal["missing", "unknown"]
    missing: str
    because: str
    mend: str
    ask: tuple[str, ...] = ()
    sources: tuple[str, ...]
    evidence: Evidence


def completeness(
    plan: CarePlan,
    standard: str | PlanStandard,
    *,
    on: date | None = None,
    facts: Mapping[str, Any] | None = None,
) -> tuple[Finding, ...]:
    """List what a standard asks and a plan does not show.

    Reckoned with are parts that are not over, given up or entered in error.
    A plan of which nothing is found shows all that the standard's rules ask; whether it is a good plan they do not say.

    Args:
        plan: the plan.
        standard: the standard, or the id of one that the library ships.
        on: the day asked about; what depends on it is unknown where left out.
        facts: what no plan says and the host knows, by the names that the standard declares; what is left out, or
            `None`, is unknown.

    Returns:
        The findings, in the order of the standard; of each part in the order of the plan.

    Raises:
        UnknownIdError: there is no such standard.
        DataError: a fact is none that the standard declares, or not of its kind.

    Example:
        >>> from carecoord.plans import Activity, Goal
        >>> plan = CarePlan(
        ...     id="p1", person="A", created=date(2026, 1, 5),
        ...     goals=[Goal(id="mood", statement="Enjoy my garden again")],
        ...     activities=[Activity(id="walks", kind="self-management", title="Walks", goals=["mood"])],
        ... )
        >>> for found in completeness(plan, "hl7-pco-care-plan"):
        ...     print(f"{found.state}: {found.missing} ({found.demand})")
        unknown: no goal is in the person's own words (shall)
        missing: no goal says how pressing it is (should)
    """
    wanted = shipped_standard(standard) if isinstance(standard, str) else standard
    known = _told(wanted, plan, facts or {})
    return tuple(
        finding
        for element in wanted.elements
        for part in _asked_of(plan, element)
        for finding in _check(_Asked(plan, on, wanted, known), element, part)
    )


def _told(standard: PlanStandard, plan: CarePlan, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Check what the host says, and work out the days between its dates and the plan."""
    faults: list[Fault] = []
    known: dict[str, Any] = {}
    for name, value in facts.items():
        host = standard.facts.get(name)
        if host is None:
            faults.append(Fault(f"$.{name}", f"the standard asks for no such fact{did_you_mean(name, standard.facts)}"))
        elif value is not None and type(value) not in _TYPES[host.kind]:
            faults.append(Fault(f"$.{name}", f"{host.kind} is wanted, found {type(value).__name__}"))
        else:
            known[name] = value
            if type(value) is date:
                known[f"days_from.{name}"] = (plan.created - value).days
    if faults:
        raise DataError("facts", faults)
    return known


_TYPES: Final[Mapping[str, tuple[type, ...]]] = {"yes/no": (bool,), "number": (int, float), "date": (date,)}


def _asked_of(plan: CarePlan, element: StandardElement) -> tuple[Part | None, ...]:
    return (None,) if element.each is None else in_force(plan, element.each)


@attrs.frozen
class _Asked:
    plan: CarePlan
    on: date | None
    standard: PlanStandard
    known: Mapping[str, Any]


def _check(asked: _Asked, element: StandardElement, part: Part | None) -> Iterator[Finding]:
    rules = asked.standard.rules[element.id]
    from carecoord.plans._plan_facts import facts_of_part, facts_of_plan  # noqa: PLC0415 plans are kept by hosts that use no rules

    read: Mapping[str, Fact] = facts_of_plan() if element.each is None else facts_of_part(element.each)
    names = dict.fromkeys((*rules.when.names, *rules.rule.names))
    facts = {
        name: read[name].read(asked.plan, part or asked.plan, asked.on) if name in read else asked.known.get(name)
        for name in names
    }
    applies, holds = rules.when.evaluate(facts), rules.rule.evaluate(facts)
    if holds or applies is False:
        return
    undecided = [rule for rule, value in ((rules.when, applies), (rules.rule, holds)) if value is None]
    unknown = dict.fromkeys(name for rule in undecided for name in rule.names if facts[name] is None)
    yield Finding(
        standard=asked.standard.id,
        element=element.id,
        asks=element.asks,
        demand=element.demand,
        place="" if part is None else f"{element.each}.{part.id}",
        state="unknown" if undecided else "missing",
        missing=element.missing,
        because=str((*undecided, rules.rule)[0].explain(facts)),
        mend=element.mend,
        ask=tuple(_words(asked.standard, name) for name in unknown),
        sources=element.sources,
        evidence=element.evidence,
    )


def _words(standard: PlanStandard, name: str) -> str:
    """Say what to find out: as the standard's file has it, or by the name of what the plan leaves open."""
    host = standard.facts.get(name.removeprefix("days_from."))
    if host is not None:
        return host.label
    from carecoord.plans._plan_facts import OF_DAY  # noqa: PLC0415 plans are kept by hosts that use no rules

    return "the day asked about" if name in OF_DAY else name
