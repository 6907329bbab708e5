"""Who is in which population of a measure, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import attrs

from carecoord.caseload._measures._counts import Counts
from carecoord.caseload._measures._definition import EventDefinition, MeasureDefinition, Outcome
from carecoord.caseload._measures._lists import moment_field
from carecoord.caseload._measures._load import POPULATIONS
from carecoord.caseload._measures._measure import Measure
from carecoord.caseload._measures._plan import Found, Look, Row
from carecoord.caseload._measures._record import Record
from carecoord.errors import DataError, Fault, UnknownIdError

__all__ = ["Group", "MeasureReport", "Membership", "RateReport", "evaluate", "why"]

NOT_STATED = "not stated"
"""The group of those of whom it is not known; it is a group like any other."""

IN_NO_GROUP = "in no group"

Values = tuple[bool | None, ...]


@attrs.frozen(kw_only=True)
class Membership:
    """Where one record stands in one rate.

    Attributes:
        person: the record's id.
        rate: the rate's id.
        outcome: `met`, `not met`, `pending` (not met, and the window is still open), `excluded`, `exception`, `out`
            (the rate is not about them) or `unknown` (nobody can say whether it is).
        initial: in the initial population.
        denominator: in the denominator.
        exclusion: excluded; then the numerator is not looked at.
        exception: not met, for a good reason.
        numerator: met.
        undecided: counted as not met because a fact is missing.
    """

    person: str
    rate: str
    outcome: Outcome
    initial: bool = False
    denominator: bool = False
    exclusion: bool = False
    exception: bool = False
    numerator: bool = False
    undecided: bool = False


@attrs.frozen(kw_only=True)
class Group:
    """A part of the people, and its counts.

    Attributes:
        by: what they are divided by.
        name: which part; `not stated` where it is not known of them.
        counts: how many are in each population; `None` where a small number is kept back.
    """

    by: str
    name: str
    counts: Counts | None


@attrs.frozen(kw_only=True)
class RateReport:
    """One rate of a measure, over everybody and by group.

    Attributes:
        id: the rate's id.
        counts: how many are in each population; `None` where a small number is kept back.
        groups: the same for parts of the people.
    """

    id: str
    counts: Counts | None
    groups: tuple[Group, ...] = ()

    def group(self, by: str, name: str) -> Group:
        """Give one group.

        Raises:
            UnknownIdError: there is none.
        """
        found = next((one for one in self.groups if (one.by, one.name) == (by, name)), None)
        if found is None:
            raise UnknownIdError("group", f"{by}: {name}", [f"{one.by}: {one.name}" for one in self.groups])
        return found


@attrs.frozen(kw_only=True)
class MeasureReport:
    """What a measure came to.

    Attributes:
        measure: the measure's id.
        digest: the digest of what its file said.
        period: first and last day of the measurement period.
        on: the day it was looked at.
        rates: one report a rate.
        memberships: where each record stands in each rate.
        unverified: the parts of the measure whose numbers were only recalled.
    """

    measure: str
    digest: str
    period: tuple[date, date]
    on: date
    rates: tuple[RateReport, ...]
    memberships: tuple[Membership, ...] = attrs.field(repr=False)
    unverified: tuple[str, ...] = ()

    def __getitem__(self, rate: str) -> RateReport:
        """Give one rate.

        Raises:
            UnknownIdError: the measure has none with this id.
        """
        found = next((one for one in self.rates if one.id == rate), None)
        if found is None:
            raise UnknownIdError("rate", rate, [one.id for one in self.rates])
        return found

    def people(self, rate: str, *outcomes: Outcome) -> tuple[str, ...]:
        """Give who has one of these outcomes in a rate."""
        self[rate]
        return tuple(one.person for one in self.memberships if one.rate == rate and one.outcome in outcomes)

    def __str__(self) -> str:
        """Give a line a rate, and a line a group below it."""
        head = f"{self.measure}, {self.period[0]} to {self.period[1]}, on {self.on}"
        lines = [head, *(line for rate in self.rates for line in _lines(rate))]
        if self.unverified:
            lines.append(f"unverified: {', '.join(self.unverified)}")
        return "\n".join(lines)


def evaluate(
    measure: Measure, records: Iterable[Record], *, period: tuple[date, date], on: date, by: Sequence[str] = ()
) -> MeasureReport:
    """Count everybody in.

    Args:
        measure: the measure.
        records: one a person, or one a course where the measure counts courses.
        period: first and last day of the measurement period, both included.
        on: the day it is looked at: what is still open then is `pending`.
        by: what to divide the people by: a stratum of the measure, or anything `about` the person.

    Raises:
        DataError: the period ends before it begins, two records have one id, or an entry does not fit its list.
        UnknownIdError: the measure cannot divide people by that.

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
    divisions = [_division(measure.definition, name) for name in by]
    totals = {rate: Counts() for rate in measure.rates}
    groups: dict[tuple[str, str], dict[str, dict[str, int]]] = {}
    members: list[Membership] = []
    tallies: dict[str, dict[str, int]] = {rate: {} for rate in measure.rates}
    seen: set[str] = set()
    for place, record in enumerate(records):
        _check(measure, record, place, seen)
        row, _ = measure.plan.row(record, period, on)
        values = measure.plan.run(row)
        places = [(name, _group(measure, name, division, row, values)) for name, division in zip(by, divisions)]
        for number, rate in enumerate(measure.rates):
            member = _membership(record.person, rate, values[number * 6 : number * 6 + 6])
            members.append(member)
            _tally(tallies[rate], member)
            for at in places:
                _tally(groups.setdefault(at, {one: {} for one in measure.rates})[rate], member)
    totals = {rate: Counts(**tally) for rate, tally in tallies.items()}
    reports = tuple(
        RateReport(
            id=rate,
            counts=totals[rate],
            groups=tuple(
                Group(by=at[0], name=at[1], counts=Counts(**groups[at][rate]))
                for at in sorted(groups, key=lambda one: (by.index(one[0]), one[1] in (NOT_STATED, IN_NO_GROUP), one))
            ),
        )
        for rate in measure.rates
    )
    return MeasureReport(
        measure=measure.id,
        digest=measure.digest,
        period=period,
        on=on,
        rates=reports,
        memberships=tuple(members),
        unverified=measure.unverified,
    )


def why(measure: Measure, record: Record, *, period: tuple[date, date], on: date) -> Mapping[str, str]:
    """Say of each rate where a record stands and why, in one sentence.

    >>> from carecoord.caseload import Record, measure
    >>> year = (date(2026, 1, 1), date(2026, 12, 31))
    >>> why(measure("cocm-fidelity"), Record(person="A"), period=year, on=date(2026, 6, 30))["early-follow-up"]
    'out: no start'
    """
    _check(measure, record, 0, set())
    row, found = measure.plan.row(record, period, on)
    values = measure.plan.run(row)
    words = _Words(measure, found)
    reasons = {}
    for number, rate in enumerate(measure.rates):
        held = values[number * 6 : number * 6 + 6]
        member = _membership(record.person, rate, held)
        said = [
            measure.plan.rates[number * 6 + POPULATIONS.index(name)].explain(row, words)
            for name in _deciding(member, held)
        ]
        reasons[rate] = f"{member.outcome}: {'; '.join(dict.fromkeys(map(str, said)))}"
    return reasons


def _check(measure: Measure, record: Record, place: int, seen: set[str]) -> None:
    faults = [Fault(f"$[{place}].person", "the id stands twice")] if record.person in seen else []
    seen.add(record.person)
    if measure.definition.lists:
        own = measure.definition.lists
        faults += [Fault(f"$[{place}]{one.path[1:]}", one.message) for one in record.faults(own)]
    if faults:
        raise DataError("records", faults)


def _membership(person: str, rate: str, values: Values) -> Membership:
    initial, denominator, exclusion, exception, numerator, pending = values
    if initial is None or (initial and denominator is None):
        return Membership(person=person, rate=rate, outcome="unknown")
    if not initial or not denominator:
        return Membership(person=person, rate=rate, outcome="out", initial=initial)
    within = {"person": person, "rate": rate, "initial": True, "denominator": True}
    if exclusion:
        return Membership(**within, outcome="excluded", exclusion=True)
    if numerator:
        return Membership(**within, outcome="met", numerator=True)
    if exception:
        return Membership(**within, outcome="exception", exception=True)
    return Membership(**within, outcome="pending" if pending else "not met", undecided=numerator is None and not pending)


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


def _tally(tally: dict[str, int], member: Membership) -> None:
    tally["people"] = tally.get("people", 0) + 1
    if member.outcome == "unknown":
        tally["unknown"] = tally.get("unknown", 0) + 1
        return
    for name in ("initial", "denominator", "exclusion", "exception", "numerator", "undecided"):
        if getattr(member, name):
            tally[name] = tally.get(name, 0) + 1
    if member.outcome == "pending":
        tally["pending"] = tally.get("pending", 0) + 1


def _division(definition: MeasureDefinition, name: str) -> Sequence[str] | None:
    """Give the groups of a stratum; nothing for something about the person."""
    if name in definition.strata:
        return tuple(definition.strata[name])
    if name in definition.about:
        return None
    raise UnknownIdError("stratum", name, [*definition.strata, *definition.about])


def _group(measure: Measure, name: str, division: Sequence[str] | None, row: Row, values: Values) -> str:
    if division is None:
        value = row[f"person.{name}"]
        return NOT_STATED if value is None else str(value)
    first = 6 * len(measure.rates)
    for other, groups in measure.definition.strata.items():
        if other == name:
            break
        first += len(groups)
    held = values[first : first + len(division)]
    if True in held:
        return division[held.index(True)]
    return NOT_STATED if None in held else IN_NO_GROUP


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
        days = [one[moment_field(look.fields)] for one in taken if one is not None]
        return ", ".join("a day not known" if day is None else day.isoformat() for day in days)


def _lines(rate: RateReport) -> Iterator[str]:
    yield f"  {rate.id}: {_figures(rate.counts)}"
    for group in rate.groups:
        yield f"    {group.by} {group.name}: {_figures(group.counts)}"


def _figures(counts: Counts | None) -> str:
    if counts is None:
        return "kept back"
    if counts.rate is None or counts.interval is None:
        text = "nobody counted"
    else:
        low, high = counts.interval
        text = f"{counts.numerator} of {counts.counted}, {counts.rate:.1%} ({low:.1%} to {high:.1%})"
    also = [f"{getattr(counts, name)} {name}" for name in ("pending", "undecided", "unknown") if getattr(counts, name)]
    return "; ".join([text, *also])
