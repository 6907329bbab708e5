"""Decide: what a protocol says of one person on one day."""

from __future__ import annotations

from datetime import date, datetime
from typing import overload

from carecoord._values import FrozenMapping
from carecoord.errors import DataError, DefinitionError, Fault
from carecoord.roles import Holder, ResponsibilityMatrix, Team, matrix as matrix_of, who
from carecoord.stepped_care._episode import Episode
from carecoord.stepped_care._facts import Facts
from carecoord.stepped_care._plan import Plan
from carecoord.stepped_care._protocol import Protocol
from carecoord.stepped_care._ruling import Decision, Ruling

__all__ = ["decide"]

MINIMUM_TEAM = "collaborative-care-minimum"
_NOBODY: FrozenMapping[str, Holder] = FrozenMapping()


@overload
def decide(
    protocol: Protocol,
    episode: Episode,
    *,
    on: date | datetime,
    as_of: date | datetime | None = None,
    team: Team | None = None,
    matrix: ResponsibilityMatrix | None = None,
    accept_unverified: bool = False,
) -> Decision: ...


@overload
def decide(
    protocol: Protocol,
    episode: Facts,
    *,
    team: Team | None = None,
    matrix: ResponsibilityMatrix | None = None,
    accept_unverified: bool = False,
) -> Decision: ...


def decide(
    protocol: Protocol,
    episode: Episode | Facts,
    *,
    on: date | datetime | None = None,
    as_of: date | datetime | None = None,
    team: Team | None = None,
    matrix: ResponsibilityMatrix | None = None,
    accept_unverified: bool = False,
) -> Decision:
    """Say what a protocol says of one person on one day, and from which facts.

    Alerts, add-ons and tasks are all evaluated; then the rules of the person's step are read in order and the first
    that holds wins. Where a rule above it cannot be decided and would lead elsewhere, the decision is `ask`, and
    `.missing` names what to get; where every answer leads to the same, that is the decision.
    While an alert is raised or undecided, what it blocks does not happen.

    Args:
        protocol: the protocol.
        episode: the person's history, or the row of facts read from it.
        on: the day, or the moment where hours count.
        as_of: leave out what was written down later.
        team: who holds the duties that alerts and tasks name; then `.holders` says.
        matrix: who has which part in which duty; the minimum collaborative-care team's where left out.
        accept_unverified: decide although what the protocol says in this step rests on what nobody has checked
            against a source; the decision says so.

    Raises:
        DefinitionError: what the protocol says in this step is unverified in part, and that was not accepted.
        DataError: the facts were read for another protocol.

    >>> from datetime import date
    >>> from carecoord.stepped_care import Assessment, Enrolment, Episode, protocol
    >>> episode = Episode("p-17", [
    ...     Enrolment(id="1", on=date(2026, 1, 5), protocol="german-impact"),
    ...     Assessment(id="2", on=date(2026, 1, 5), instrument="phq-9", scores={"total": 20}, items={"q9": 0}),
    ...     Assessment(id="3", on=date(2026, 3, 2), instrument="phq-9", scores={"total": 4}, items={"q9": 0}),
    ... ])
    >>> decision = decide(protocol("german-impact"), episode, on=date(2026, 3, 2))
    >>> decision.move, decision.from_step, decision.to_step, decision.rule
    ('step-down', 'two-weekly', 'four-weekly', 'remission')
    """
    row = episode if isinstance(episode, Facts) else Facts(protocol, episode, _given(on), as_of)
    if row.protocol is not protocol and row.protocol != protocol:
        raise DataError("facts", [Fault("", f"they were read for {row.protocol.id}, not for {protocol.id}")])
    plan = row.plan
    if plan.is_unverified and not accept_unverified:
        raise _refusal(protocol, plan)
    ruling = row.ruling()
    holders = _NOBODY if team is None else _holders(ruling, team, matrix or matrix_of(MINIMUM_TEAM), row.on)
    return Decision(row.on, ruling, row, row.as_of, holders)


def _given(on: date | datetime | None) -> date | datetime:
    if on is None:
        raise TypeError("decide() wants on=: the day is an argument")
    return on


def _refusal(protocol: Protocol, plan: Plan) -> DefinitionError:
    """Name every part that speaks in this step and has not been checked."""
    faults: dict[Fault, None] = {}
    for part, names in zip(plan.parts, plan.unverified, strict=True):
        for name in names:
            source = f" ({part.says.source})" if name == part.says.id and part.says.source else ""
            message = (
                f"not checked against a source{source}: pass accept_unverified=True to decide with it all the same"
            )
            faults[Fault(name, message)] = None
    return DefinitionError(f"{protocol.id}, step {plan.step}", faults)


def _holders(
    ruling: Ruling, team: Team, matrix: ResponsibilityMatrix, on: date | datetime
) -> FrozenMapping[str, Holder]:
    day = on.date() if isinstance(on, datetime) else on
    duties = dict.fromkeys([*(alert.duty for alert in ruling.alerts), *(task.duty for task in ruling.tasks)])
    return FrozenMapping({duty: who(team, matrix, duty, on=day) for duty in duties if duty is not None})
