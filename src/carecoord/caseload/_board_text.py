"""The board as text, for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING

from carecoord.roles import Contact, Gap, Holder
from carecoord.stepped_care import Decision

if TYPE_CHECKING:
    from carecoord.caseload._board import Board, BoardRow

__all__ = ["TODAY", "board_lines"]

TODAY = ("see now", "see today", "ask today")
"""The needs that wait for no other day."""


def board_lines(board: Board) -> Iterator[str]:
    """Give the board line by line: a block a person in the order to act, then what is wrong with who does what."""
    today = sum(row.need in TODAY for row in board.rows)
    note = f" ({board.note})" if board.note else ""
    yield f"Board on {board.on}: {len(board.rows)} people, {today} to see or ask today{note}"
    for number, row in enumerate(board.rows, 1):
        yield ""
        yield f"{number:>3}. {row.person}: {row.need}"
        yield from _labelled("scores", map(str, row.latest))
        yield from _labelled("step", (_step(decision) for decision in row.decisions))
        yield from _labelled("why", (line for decision in row.decisions for line in _why(decision)))
        yield from _labelled("due", _due(row))
        yield from _labelled("flags", map(str, row.flags))
        yield from _labelled("who", _who(row.holders.items()))
    if board.gaps:
        yield ""
        yield "Who does what is not settled:"
        yield from _gaps(zip(board.gaps, board.calls, strict=True))


def _labelled(label: str, lines: Iterable[str]) -> Iterator[str]:
    for place, line in enumerate(lines):
        yield f"     {label if place == 0 else '':<7}{line}"


def _step(decision: Decision) -> str:
    rule = f" ({decision.rule})" if decision.rule else ""
    held = f", instead of {decision.instead_of.move}" if decision.instead_of else ""
    provisional = ", provisional" if decision.provisional else ""
    return f"{decision.protocol}: {decision.from_step}, {decision.ruling.outcome}{rule}{held}{provisional}"


def _why(decision: Decision) -> Iterator[str]:
    """Give what carried the decision, and leave out the rules that did not hold."""
    for alert in decision.alerts:
        asks = f"; ask {', '.join(alert.missing)}" if alert.state == "undecided" else ""
        yield f"{alert.urgency}, {alert.state}: {alert.meaning}{asks}"
    for reason in decision.explain().reasons:
        if reason.about == "rule" and reason.state != "does not hold":
            yield str(reason)
        elif reason.about == "fact":
            yield f"ask for {reason.id}: {reason.state if not reason.because else reason.because}"


def _due(row: BoardRow) -> Iterator[str]:
    for decision in row.decisions:
        on = decision.on.date() if isinstance(decision.on, datetime) else decision.on
        for task in decision.tasks:
            yield f"{task.meaning or task.id}{_by(task.due(on))}"
    for contact in row.contacts:
        yield f"contact {contact.state}: by the cadence on {contact.due}, the last one was on {contact.last}"
    yield from (item.because for item in row.due)
    yield from (one.because for one in row.referrals)


def _by(day: date | None) -> str:
    return f", by {day}" if day else ""


def _who(holders: Iterable[tuple[str, Holder]]) -> Iterator[str]:
    """Give the duties together that one and the same answer serves."""
    answers: dict[str, list[str]] = {}
    for duty, holder in holders:
        answers.setdefault(_answer(holder), []).append(duty)
    for answer, duties in answers.items():
        yield f"{', '.join(duties)}: {answer}"


def _answer(holder: Holder) -> str:
    if holder.member is not None:
        cover = f", covering for {holder.covering_for}" if holder.covering_for else ""
        return f"{holder.member}{_reach(holder.reach)}{cover}"
    further = [f"{contact.member}{_reach(contact.reach)}" for contact in holder.escalate_to]
    return f"nobody, {holder.because}{f'; turn to {further[0]}' if further else ''}"


def _reach(reach: str) -> str:
    return f" ({reach})" if reach else ""


def _gaps(gaps: Iterable[tuple[Gap, Contact | None]]) -> Iterator[str]:
    """Give the gaps together that one cause makes."""
    causes: dict[tuple[str, str, Contact | None], list[str]] = {}
    for gap, call in gaps:
        duties = causes.setdefault((gap.kind, gap.because, call), [])
        duties += [gap.duty] if gap.duty else []
    for (kind, because, call), duties in causes.items():
        about = f" ({', '.join(duties)})" if duties else ""
        yield f"  {kind}: {because}{about}{f'; turn to {call.member}{_reach(call.reach)}' if call else ''}"
