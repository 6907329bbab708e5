"""A measure as it is written in its file."""

from __future__ import annotations

from typing import Literal, TypeAlias

import attrs

from carecoord._values import FrozenMapping
from carecoord.caseload._measures._lists import FieldType

__all__ = [
    "AboutField",
    "Case",
    "EventDefinition",
    "FactRule",
    "MeanDefinition",
    "MeasureDefinition",
    "Outcome",
    "RateDefinition",
    "Sourced",
]

Evidence: TypeAlias = Literal["two-sources", "one-source", "ours", "unverified"]
Outcome: TypeAlias = Literal["met", "not met", "pending", "excluded", "exception", "out", "unknown"]
Take: TypeAlias = Literal["first", "last", "lowest", "highest", "all"]


@attrs.frozen(kw_only=True)
class AboutField:
    """Something known of the person that the measure reads.

    Attributes:
        type: `date`, `number`, `text` or `yes/no`; left out where `values` say it is text.
        values: the texts it can be.
    """

    type: FieldType | None = None
    values: tuple[str, ...] = ()
    label: str = ""


@attrs.frozen(kw_only=True)
class Sourced:
    """Where the numbers of a part of a file come from.

    Attributes:
        source: where they were read, by the keys of the file's `sources` or in words.
        evidence: how well that is founded; `ours` where no published number stands behind it.
        note: what else to know of it.
    """

    source: str = ""
    evidence: Evidence = "one-source"
    note: str = ""


@attrs.frozen(kw_only=True)
class FactRule(Sourced):
    """A rule under a name, with where its numbers come from."""

    rule: str
    label: str = ""


@attrs.frozen(kw_only=True)
class EventDefinition(Sourced):
    """Something to look for in a list of the record.

    Attributes:
        id: its name in rules: yes once one was found; `id.field` is a field of the one taken, `id.count` how many.
        from_: the list.
        where: what must hold of the entry itself; every entry, where left out.
        with_: for each event named, a rule that must hold together with one of those found for it.
        take: which one, where several fit; `all` takes none in particular.
        by: the number that `lowest` and `highest` compare.
    """

    id: str
    from_: str = attrs.field(metadata={"key": "from"})
    where: str = "yes"
    with_: FrozenMapping[str, str] = attrs.field(default=FrozenMapping(), metadata={"key": "with"})
    take: Take = "all"
    by: str = "value"
    label: str = ""


@attrs.frozen(kw_only=True)
class RateDefinition(Sourced):
    """The five populations of one rate, each a rule.

    Attributes:
        id: its id.
        initial: who it is about.
        denominator: of those, whom it counts; all of them, where left out.
        exclusion: who leaves before anything is counted.
        exception: who leaves because the numerator was not met for a good reason.
        numerator: for whom it was met.
        pending: while this holds, not met is not yet not met.
        each: count every entry found for this event, and not the record once; the rules may name its fields.
        with_: where every entry counts, for each other event named a rule that must hold together with the entry: in
            this rate the event's name is yes where it holds for one of those found.
        least: with fewer than this in the denominator, the source says, the rate is not to be reported.
    """

    id: str
    title: str = ""
    each: str | None = None
    with_: FrozenMapping[str, str] = attrs.field(default=FrozenMapping(), metadata={"key": "with"})
    initial: str
    denominator: str = "yes"
    exclusion: str = "no"
    exception: str = "no"
    numerator: str
    pending: str = "no"
    least: int = 0
    higher_is_better: bool = True


@attrs.frozen(kw_only=True)
class MeanDefinition(Sourced):
    """A number averaged over people.

    Attributes:
        id: its id.
        initial: whom it is about.
        value: the number.
    """

    id: str
    title: str = ""
    initial: str
    value: str
    least: int = 0


@attrs.frozen(kw_only=True)
class Case:
    """A worked example: a record in lines of text, and what comes out.

    Attributes:
        name: what it shows.
        period: first and last day of the measurement period.
        on: the day on which it is looked at.
        about: what is known of the person.
        history: one line an entry: `2026-01-05 scores instrument=phq-9 value=14`; the date is the list's first date
            field, `start..end` gives two.
        expect: the outcome of each rate, a list of them where every entry counts, and the value of each mean; what is
            left out is not compared.
    """

    name: str
    period: tuple[str, str]
    on: str
    about: FrozenMapping[str, bool | int | float | str] = FrozenMapping()
    history: str = ""
    expect: FrozenMapping[str, Outcome | tuple[Outcome, ...] | int | float]


@attrs.frozen(kw_only=True)
class MeasureDefinition:
    """A measure, as its file says it.

    Attributes:
        id: its id, which is the file's name.
        title: its name for people.
        unit: what a record is: a person, or a course of treatment.
        about: what it reads of the person, beside `birth_date` and `died`.
        lists: lists of its own, with the type of each field.
        facts: rules under names, in any order.
        events: what it looks for, in order.
        rates: what it counts.
        means: what it averages.
        strata: ways to divide the people, each with a rule for each group.
        scenarios: worked examples.
        sources: what the keys in `source` stand for.
    """

    id: str
    title: str
    version: str = ""
    unit: Literal["person", "course"] = "person"
    note: str = ""
    about: FrozenMapping[str, AboutField] = FrozenMapping()
    lists: FrozenMapping[str, FrozenMapping[str, FieldType]] = FrozenMapping()
    facts: FrozenMapping[str, str | FactRule] = FrozenMapping()
    events: tuple[EventDefinition, ...] = ()
    rates: tuple[RateDefinition, ...]
    means: tuple[MeanDefinition, ...] = ()
    strata: FrozenMapping[str, FrozenMapping[str, str]] = FrozenMapping()
    scenarios: tuple[Case, ...] = ()
    sources: FrozenMapping[str, str] = FrozenMapping()
