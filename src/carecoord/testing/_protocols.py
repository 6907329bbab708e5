"""The laws that every protocol keeps, held against drawn histories, and the proof of `check`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TypeAlias

from hypothesis import strategies as st

from carecoord.stepped_care import (
    Decision,
    Episode,
    Facts,
    Protocol,
    check,
    check_scenarios,
    decide,
    facts,
    protocol as named,
)
from carecoord.testing._episodes import episodes, moments
from carecoord.testing._laws import BrokenLaw, Law, LawError, broken_laws

__all__ = ["check_protocol"]

LOWERING = ("step-down", "exit")
Case: TypeAlias = tuple[Facts, Decision]


def check_protocol(protocol: str | Protocol, *, examples: int = 100) -> None:
    """Hold a protocol against the laws that every protocol keeps.

    Its worked examples come out.
    [`check`][carecoord.stepped_care.check] finds no error and no warning that its file does not accept with a reason.
    Any history can be decided on and explained, and the order in which it was entered is nothing.
    Nothing is lowered while an alert that blocks it is raised or undecided, nor on what is not known.
    The compiled rules give what the rules say.

    Args:
        protocol: a protocol, or the id of one that comes with the library.
        examples: how many histories to draw; the same ones are drawn every time.

    Raises:
        LawError: with each finding, and each broken law with the smallest history found that shows it.

    >>> check_protocol("german-impact", examples=10)
    """
    one = named(protocol) if isinstance(protocol, str) else protocol
    broken = [BrokenLaw("worked examples come out", str(failure)) for failure in check_scenarios(one)]
    broken += [
        BrokenLaw("check finds nothing that the file does not accept", str(finding))
        for finding in check(one)
        if finding.is_open
    ]
    broken += broken_laws(_cases(one), LAWS, examples=examples)
    if broken:
        raise LawError(one.id, broken)


@st.composite
def _cases(draw: st.DrawFn, one: Protocol) -> Case:
    """Give a row of facts from any history, with the decision on it."""
    episode: Episode = draw(episodes(one))
    on: date | datetime = draw(moments())
    row = facts(one, episode, on=on)
    return row, decide(one, row, accept_unverified=True)


def _explains(case: Case) -> str | None:
    _, decision = case
    text = str(decision.explain())
    return None if text.startswith(str(decision.ruling.outcome)) else f"explained as {text.splitlines()[0]}"


def _is_unordered(case: Case) -> str | None:
    row, decision = case
    turned = Episode(row.episode.person, row.episode.entries[::-1])
    other = decide(row.protocol, turned, on=row.on, accept_unverified=True)
    return None if other == decision else f"entered the other way round: {other.ruling.outcome}"


def _lowers_nothing(case: Case) -> str | None:
    _, decision = case
    open_alerts = [alert.id for alert in decision.alerts if decision.move in alert.blocks]
    if open_alerts:
        return f"{decision.move} while {', '.join(open_alerts)} is open"
    return f"{decision.move}, provisionally" if decision.provisional and decision.move in LOWERING else None


def _compiles(case: Case) -> str | None:
    row, _ = case
    plan = row.plan
    pairs = zip(plan.parts, plan.run(row), strict=True)
    odd = [part.says.id for part, truth in pairs if part.when.evaluate(row) is not truth]
    return f"{', '.join(odd)} compiled otherwise" if odd else None


LAWS: Mapping[str, Law[Case]] = {
    "any decision is explained": _explains,
    "the order of entry is nothing": _is_unordered,
    "nothing is lowered while an alert is open, or on what is not known": _lowers_nothing,
    "compiled rules give what the rules say": _compiles,
}
