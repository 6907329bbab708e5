"""How long it takes until something is reached, and for how many it never was."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import attrs

from carecoord.caseload._measures._record import Record
from carecoord.caseload._measures._rows import readings
from carecoord.errors import DataError, Fault
from carecoord.rules import Kind, Vocabulary, parse

__all__ = ["SurvivalCurve", "TimeTo", "survival", "times_to"]


@attrs.frozen(kw_only=True)
class TimeTo:
    """How long it took one person.

    Attributes:
        person: the record's id.
        days: days from the first score to the day it was reached, or to the last day that is known of.
        reached: it was reached; otherwise it had not been up to then.
    """

    person: str
    days: int
    reached: bool


@attrs.frozen(kw_only=True)
class SurvivalCurve:
    """The share who have not reached it yet, by day (Kaplan-Meier).

    Attributes:
        days: the days on which somebody got there, or was last known of, 0 first.
        share: the share not there yet at the end of each, 0 to 1.
        low: lower end of its 95 % interval.
        high: upper end.
        median: the day by which half are there; `None` where fewer ever are.
    """

    days: tuple[float, ...]
    share: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    median: float | None


def times_to(
    records: Iterable[Record], reached: str, *, instrument: str, score: str = "total", on: date
) -> tuple[TimeTo, ...]:
    """Give how long it took everybody with a first score.

    Args:
        records: one a person, or one a course.
        reached: a rule over `value`, a later score, and `first`, the first one that is known: response is
            "value * 2 <= first", remission of the PHQ-9 "value < 5".
        instrument: the instrument.
        score: its score.
        on: the day it is looked at; what came later is left out.

    Returns:
        One each for those with a known first score; a person with no later one is known of for 0 days.

    Raises:
        RuleError: the rule cannot be read.
        DataError: the rule is no yes/no.

    >>> record = Record(person="A", lists={"scores": [
    ...     {"on": date(2026, 1, 5), "instrument": "phq-9", "score": "total", "value": 18},
    ...     {"on": date(2026, 3, 2), "instrument": "phq-9", "score": "total", "value": 8},
    ... ]})
    >>> times_to([record], "value * 2 <= first", instrument="phq-9", on=date(2026, 6, 30))
    (TimeTo(person='A', days=56, reached=True),)
    """
    rule = parse(reached, Vocabulary(names={"value": Kind.NUMBER, "first": Kind.NUMBER}))
    if rule.type != "yes/no":
        raise DataError("times", [Fault("$.reached", f"yes/no is wanted, found {rule.type}")])
    holds = rule.compile()
    found = []
    for record in records:
        known = readings(record, instrument, score, on)
        if known:
            (start, first), *later = known
            there = next((day for day, value in later if holds({"value": value, "first": first})), None)
            days = ((there or known[-1][0]) - start).days
            found.append(TimeTo(person=record.person, days=days, reached=there is not None))
    return tuple(found)


def survival(times: Sequence[TimeTo]) -> SurvivalCurve:
    """Give the Kaplan-Meier curve; it needs the extra `survival`, which brings the library lifelines.

    Args:
        times: how long it took everybody, in days, as `times_to` gives it.

    Returns:
        The share not there yet by day, with its 95 % interval (exponential Greenwood, as lifelines has it).

    Raises:
        ImportError: lifelines is not there.
        DataError: nobody is there.
    """
    if not times:
        raise DataError("survival", [Fault("$.times", "somebody is wanted")])
    try:
        from lifelines import KaplanMeierFitter  # type: ignore[import-not-found,unused-ignore] # noqa: PLC0415 - an extra
    except ImportError as error:
        raise ImportError("survival() needs lifelines: pip install 'carecoord[survival]'") from error
    fitter: Any = KaplanMeierFitter()
    fitter.fit([one.days for one in times], [one.reached for one in times])
    bounds = fitter.confidence_interval_survival_function_
    median = float(fitter.median_survival_time_)
    return SurvivalCurve(
        days=tuple(map(float, fitter.survival_function_.index)),
        share=tuple(map(float, fitter.survival_function_.iloc[:, 0])),
        low=tuple(map(float, bounds.iloc[:, 0])),
        high=tuple(map(float, bounds.iloc[:, 1])),
        median=None if median == float("inf") else median,
    )
