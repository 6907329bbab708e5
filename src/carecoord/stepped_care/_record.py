"""Record what a person decided: a decision accepted, or something else done instead."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from carecoord.errors import DataError, Fault
from carecoord.stepped_care._entries import Accepted, Override
from carecoord.stepped_care._episode import Episode
from carecoord.stepped_care._ruling import Decision, Move

__all__ = ["accept", "override"]

_LEADS_SOMEWHERE: frozenset[Move] = frozenset(("enter", "step-up", "step-down", "switch"))


def accept(
    episode: Episode,
    decision: Decision,
    *,
    by: str,
    on: date | datetime | None = None,
    step: str | None = None,
    id: str | None = None,
    labels: Iterable[str] = (),
) -> Episode:
    """Record that somebody accepted a decision: its move takes place.

    The entry keeps the decision with the facts it was made from and its explanation, whatever is corrected later.

    Args:
        episode: the history.
        decision: the decision.
        by: who accepted it.
        on: when; the day it was made for, where left out.
        step: the step the person chose, where the decision leaves a choice.
        id: the host's id for the entry; protocol, day and "accepted" where left out.
        labels: what it is about that not everybody may see.

    Returns:
        the episode with the entry.

    Raises:
        DataError: the entry's id is there already, or the step is none of those to choose from.

    >>> from datetime import date
    >>> from carecoord.stepped_care import Assessment, Episode, RecordedFact, decide, protocol
    >>> episode = Episode("p-17", [
    ...     RecordedFact(id="1", on=date(2026, 1, 5), name="age", value=67),
    ...     Assessment(id="2", on=date(2026, 1, 5), instrument="phq-9", scores={"total": 13}, items={"q9": 0}),
    ... ])
    >>> german_impact = protocol("german-impact")
    >>> episode = accept(episode, decide(german_impact, episode, on=date(2026, 1, 5)), by="holm")
    >>> decide(german_impact, episode, on=date(2026, 1, 19)).from_step
    'two-weekly'
    """
    when = on if on is not None else decision.on
    entry = Accepted(
        id=id or _id(decision, when, "accepted"),
        on=when,
        by=by,
        labels=frozenset(labels),
        decision=decision,
        step=step,
        because=str(decision.explain()),
    )
    return episode.with_entry(entry)


def override(
    episode: Episode,
    decision: Decision,
    *,
    move: Move,
    by: str,
    reason: str,
    step: str | None = None,
    until: date | None = None,
    on: date | datetime | None = None,
    id: str | None = None,
    labels: Iterable[str] = (),
) -> Episode:
    """Record that somebody decided otherwise: their move takes place instead.

    Later decisions say that the override stands, until `until` or until something else is accepted.

    Args:
        episode: the history.
        decision: the decision that was not followed.
        move: what is done instead.
        by: who decided.
        reason: why.
        step: where the move leads.
        until: the last day on which it is meant to stand; left out, until the next decision is recorded.
        on: when; the day the decision was made for, where left out.
        id: the host's id for the entry; protocol, day and "override" where left out.
        labels: what it is about that not everybody may see.

    Returns:
        the episode with the entry.

    Raises:
        DataError: no reason or nobody is given, the move wants a step and has none, it ends before it begins, or the
            entry's id is there already.
    """
    when = on if on is not None else decision.on
    day = when.date() if isinstance(when, datetime) else when
    faults = [] if reason.strip() else [Fault("$.reason", "why it is done otherwise is wanted")]
    if not by.strip():
        faults.append(Fault("$.by", "who decides otherwise is wanted"))
    if until is not None and until < day:
        faults.append(Fault("$.until", f"it ends on {until}, before it begins on {day}"))
    if (step is None) == (move in _LEADS_SOMEWHERE):
        faults.append(Fault("$.step", f"{move} {'wants a step' if step is None else 'leads to no step'}"))
    if faults:
        raise DataError("override", faults)
    entry = Override(
        id=id or _id(decision, when, "override"),
        on=when,
        by=by,
        labels=frozenset(labels),
        decision=decision,
        move=move,
        step=step,
        reason=reason,
        until=until,
        because=str(decision.explain()),
    )
    return episode.with_entry(entry)


def _id(decision: Decision, when: date | datetime, what: str) -> str:
    return f"{decision.protocol}/{when.isoformat()}/{what}"
