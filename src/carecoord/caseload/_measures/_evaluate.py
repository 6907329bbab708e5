"""Who is in which population of a measure, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from statistics import fmean, stdev
from typing import Any

import attrs

from carecoord.caseload._measures._counts import Counts
from carecoord.caseload._measures._definition import EventDefinition, Outcome
from carecoord.caseload._measures._episodes import rows_of_episode
from carecoord.caseload._measures._lists import moment_field
from carecoord.caseload._measures._measure import Measure
from carecoord.caseload._measures._plan import POPULATIONS, Found, Look
from carecoord.caseload._measures._record import Record
from carecoord.caseload._measures._report import Group, MeanReport, MeasureReport, Membership, RateReport
from carecoord.caseload._measures._rows import Row, Rows, rows_of
from carecoord.errors import DataError, Fault, UnknownIdError
from carecoord.rules import Expression
from carecoord.stepped_care import Episode

__all__ = ["evaluate", "outcomes", "standing", "why"]

NOT_STATED = "not stated"
"""The group of those of whom it is not known; it is a group like any other."""

IN_NO_GROUP = "in no group"

Values = tuple[bool | None, ...]
Standing = tuple[Outcome, bool, bool]
"""An outcome, whether it is in the initial population, and whether it is undecided."""


def evaluate(
    measure: Measure,
    records: Iterable[Record | Episode],
    *,
    period: tuple[date, date],
    on: date,
    by: Sequence[str] = (),
) -> MeasureReport:
    """Count everybody in.

    Args:
        measure: the measure.
        records: one a person, or one a course where the measure counts courses; an episode counts as its record.
        period: first and last day of the measurement period, both included.
        on: the day it is looked at: what came later is left out, and what is still open then is `pending`.
        by: what to divide the people by: a stratum of the measure, or anything `about` them.

    Raises:
        DataError: the period ends before it begins, two records have one id, or an entry does not fit its list.
        UnknownIdError: the measure has no such stratum, and of nobody anything like it is known.

    >>> from carecoord.caseload import Record, measure
    >>> record = Record(
    ...     person="A",
    ...     lists={
    ...         "enrolments": [{"on": date(2026, 1, 5)}],
    ...         "scores": [{"on": date(2026, 1, 5), "instrument": "phq-9", "score": "total", "value": 14}],
    ...         "contacts": [{"on": date(2026, 1, 5), "kept": True}, {"on": date(2026, 2, 2), "kept": True}],
    ...     },
    ... )
    >>> report = evaluate(
    ...     measure("cocm-fidelity"), [record], period=(date(2026, 1, 1), date(2026, 12, 31)), on=date(2026, 6, 30)
    ... )
    >>> report["early-follow-up"].counts.rate
    1.0
    """
    if period[1] < period[0]:
        raise DataError("measure", [Fault("$.period", f"it ends on {period[1]}, before it begins on {period[0]}")])
    count = _Count(measure, by)
    for place, record in enumerate(records):
        _check(measure, record, place, count.seen)
        rows = _rows(measure, record, on)
        count.add(record, rows.about, *measure.plan.row(rows, period, on))
    return MeasureReport(
        measure=measure.id,
        digest=measure.digest,
        period=period,
        on=on,
        rates=tuple(count.rates()),
        means=tuple(count.means()),
        memberships=tuple(count.members),
        unverified=measure.unverified,
    )


def _rows(measure: Measure, record: Record | Episode, on: date) -> Rows:
    plan = measure.plan
    if isinstance(record, Record):
        return rows_of(record, plan.lists, on, ends=plan.ends)
    return rows_of_episode(record, plan.lists, on=on, ends=plan.ends)


def why(measure: Measure, record: Record | Episode, *, period: tuple[date, date], on: date) -> Mapping[str, str]:
    """Say of each rate where a record stands and why, in one sentence.

    Args:
        measure: the measure.
        record: the record, or an episode.
        period: first and last day of the measurement period, both included.
        on: the day it is looked at.

    Returns:
        By rate, the outcome and what decided it; where every entry counts, one after the other with its day.

    Raises:
        DataError: an entry does not fit its list.

    >>> from carecoord.caseload import Record, measure
    >>> year = (date(2026, 1, 1), date(2026, 12, 31))
    >>> why(measure("cocm-fidelity"), Record(person="A"), period=year, on=date(2026, 6, 30))["early-follow-up"]
    'out: baseline_10 is no (no enrolment in the period); no first contact kept'
    """
    _check(measure, record, 0, set())
    said: dict[str, list[str]] = {rate: [] for rate in measure.rates}
    for rate, member, because in standing(measure, _rows(measure, record, on), record, period=period, on=on):
        about = "" if member.on is None else f"{member.on}, "
        said[rate].append(f"{about}{member.outcome}: {because()}")
    return {rate: ". ".join(reasons) or "out: nothing to count" for rate, reasons in said.items()}


def standing(
    measure: Measure, rows: Rows, record: Record | Episode, *, period: tuple[date, date], on: date
) -> Iterator[tuple[str, Membership, Callable[[], str]]]:
    """Give where a record stands in each rate, and what says why: to be asked before the next is taken."""
    plan = measure.plan
    row, found = plan.row(rows, period, on, every=True)
    for rate, rules in zip(measure.rates, plan.rates, strict=True):
        for entry, facts, beside in rules.rows(row, found):
            words = _Words(measure, beside)
            held = rules.run(facts)
            member = _membership(record, rate, held, _day_of(measure, rules.each, entry))
            parts = [rules.rules[POPULATIONS.index(name)] for name in _deciding(member, held)]
            yield rate, member, partial(_because, parts, facts, words)


def _because(rules: Iterable[Expression], facts: Row, words: _Words) -> str:
    return "; ".join(dict.fromkeys(rule.sentence(facts, words) for rule in rules))


def outcomes(
    measure: Measure, rows: Rows, record: Record | Episode, *, period: tuple[date, date], on: date
) -> list[Membership]:
    """Give where a record stands in each rate, without the reasons: quicker by far."""
    row, found = measure.plan.row(rows, period, on)
    return [
        _membership(record, measure.rates[number], held, _day_of(measure, measure.plan.rates[number].each, entry))
        for number, entry, held in measure.plan.rated(row, found)
    ]


def _day_of(measure: Measure, each: str | None, entry: Row | None) -> date | None:
    """Give the day of an entry that is counted by itself."""
    if entry is None or each is None:
        return None
    day: date | None = entry[moment_field(measure.plan.look(each).fields)]
    return day


class _Count:
    """Counts records one after the other."""

    def __init__(self, measure: Measure, by: Sequence[str]) -> None:
        self.measure, self.by = measure, tuple(dict.fromkeys(by))
        self.seen: set[tuple[str, str]] = set()
        self.known: set[str] = {*measure.definition.strata, *measure.definition.about}
        self.members: list[Membership] = []
        self.tallies: dict[tuple[str, tuple[str, str] | None], Counter[Standing]] = {}
        self.distinct: dict[tuple[str, tuple[str, str] | None], tuple[set[str], set[str], set[str]]] = {}
        self.places: dict[tuple[str, str], None] = {}
        self.values: dict[str, list[float | None]] = {mean.id: [] for mean in measure.definition.means}

    def add(self, record: Record | Episode, about: Mapping[str, Any], row: Row, found: Found) -> None:
        """Count one record."""
        self.known.update(about)
        places = [(name, self._group(name, row, about)) for name in self.by]
        self.places |= dict.fromkeys(places)
        plan = self.measure.plan
        for number, entry, held in plan.rated(row, found):
            rate = self.measure.rates[number]
            day = None if entry is None else _day_of(self.measure, plan.rates[number].each, entry)
            member = _membership(record, rate, held, day)
            self.members.append(member)
            stands = (member.outcome, member.initial, member.undecided)
            for place in (None, *places):
                tally = self.tallies.get((rate, place))
                if tally is None:
                    tally = self.tallies[rate, place] = Counter()
                tally[stands] += 1
                if entry is not None and member.outcome in ("met", "not met", "pending"):
                    counted, met, missed = self.distinct.setdefault((rate, place), (set(), set(), set()))
                    counted.add(record.person)
                    (met if member.numerator else missed).add(record.person)
        for mean, rules in zip(self.measure.definition.means, self.measure.plan.means, strict=True):
            initial, value = rules.run(row)
            if initial:
                self.values[mean.id].append(value)

    def _group(self, name: str, row: Row, about: Mapping[str, Any]) -> str:
        groups = self.measure.definition.strata.get(name)
        if groups is None:
            value = about.get(name)
            return NOT_STATED if value is None else str(value)
        held = self.measure.plan.strata[name].run(row)
        if True in held:
            return tuple(groups)[held.index(True)]
        return NOT_STATED if None in held else IN_NO_GROUP

    def rates(self) -> Iterator[RateReport]:
        """Give each rate over everybody and by group."""
        for name in self.by if self.seen else ():
            if name not in self.known:
                raise UnknownIdError("stratum", name, self.known)
        last = (NOT_STATED, IN_NO_GROUP)
        places = sorted(self.places, key=lambda one: (self.by.index(one[0]), one[1] in last, one[1]))
        for rate in self.measure.definition.rates:
            groups = [Group(by=place[0], name=place[1], counts=self._counts(rate.id, place)) for place in places]
            yield RateReport(id=rate.id, counts=self._counts(rate.id, None), groups=tuple(groups), least=rate.least)

    def _counts(self, rate: str, place: tuple[str, str] | None) -> Counts:
        counts = _counts(self.tallies.get((rate, place), {}))
        people = self.distinct.get((rate, place))
        if people is None:
            return counts
        counted, met, missed = map(len, people)
        return attrs.evolve(counts, distinct=(counted, met, missed))

    def means(self) -> Iterator[MeanReport]:
        """Give each mean."""
        for mean in self.measure.definition.means:
            known = [value for value in self.values[mean.id] if value is not None]
            yield MeanReport(
                id=mean.id,
                number=len(known),
                unknown=len(self.values[mean.id]) - len(known),
                mean=fmean(known) if known else None,
                sd=stdev(known) if len(known) > 1 else None,
                least=mean.least,
            )


def _check(measure: Measure, record: Record | Episode, place: int, seen: set[tuple[str, str]]) -> None:
    courses = measure.definition.unit == "course"
    who = (record.person, record.id if courses else "")
    twice = "the id stands twice: " + (
        "courses of one person want an id each" if courses else "this measure counts people, each with one record"
    )
    faults = [Fault(f"$[{place}].person", twice)] if who in seen else []
    seen.add(who)
    if measure.definition.lists and isinstance(record, Record):
        own = measure.definition.lists
        faults += [Fault(f"$[{place}]{one.path[1:]}", one.message) for one in record.faults(own)]
    if faults:
        raise DataError("records", faults)


def _membership(record: Record | Episode, rate: str, values: Values, on: date | None) -> Membership:
    person, course = record.person, record.id
    initial, denominator, exclusion, exception, numerator, pending = values
    if initial is None or (initial and denominator is None):
        return Membership(person=person, id=course, rate=rate, outcome="unknown", on=on)
    if not initial or not denominator:
        return Membership(person=person, id=course, rate=rate, outcome="out", initial=initial, on=on)
    within: Any = {"person": person, "id": course, "rate": rate, "initial": True, "denominator": True, "on": on}
    if exclusion:
        return Membership(**within, outcome="excluded", exclusion=True)
    if numerator:
        return Membership(**within, outcome="met", numerator=True)
    if exception:
        return Membership(**within, outcome="exception", exception=True)
    return Membership(
        **within, outcome="pending" if pending else "not met", undecided=numerator is None and not pending
    )


def _deciding(member: Membership, values: Values) -> tuple[str, ...]:
    """Name the populations whose rules decided the outcome."""
    match member.outcome:
        case "unknown" | "out":
            return ("initial",) if not values[0] else ("denominator",)
        case "excluded":
            return ("exclusion",)
        case "exception":
            return ("exception",)
        case "pending":
            return ("numerator", "pending")
        case _:
            return ("numerator",)


def _counts(tally: Mapping[Standing, int]) -> Counts:
    """Add up how many stand where."""

    def those(*outcomes: Outcome) -> int:
        return sum(number for (outcome, _, _), number in tally.items() if outcome in outcomes)

    within = those("met", "not met", "pending", "excluded", "exception")
    return Counts(
        people=sum(tally.values()),
        initial=within + sum(number for (outcome, initial, _), number in tally.items() if outcome == "out" and initial),
        denominator=within,
        exclusion=those("excluded"),
        exception=those("exception"),
        numerator=those("met"),
        pending=those("pending"),
        undecided=sum(number for (_, _, undecided), number in tally.items() if undecided),
        unknown=those("unknown"),
    )


class _Words:
    """Words for the events and facts of a measure in a sentence."""

    def __init__(self, measure: Measure, found: Found) -> None:
        self.events: dict[str, EventDefinition] = {one.id: one for one in measure.definition.events}
        self.found = found
        self.looks = {step.event.id: step for step in measure.plan.steps if isinstance(step, Look)}

    def __call__(self, name: str, value: Any) -> str | None:
        event = self.events.get(name)
        if event is None:
            return None
        label = event.label or event.id.replace("_", " ")
        if value is None:
            return f"whether there is a {label} is not known"
        return f"{label} on {self.day(name)}" if value else f"no {label}"

    def day(self, name: str) -> str:
        look = self.looks[name]
        taken = self.found[name] if look.event.take == "all" else [look.taken(self.found[name])]
        days = (one[moment_field(look.fields)] for one in taken if one is not None)
        return ", ".join("a day not known" if day is None else day.isoformat() for day in days)
