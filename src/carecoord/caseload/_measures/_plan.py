"""How a measure is worked out over one record: what to look for, in which order, and every rule compiled."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

import attrs

from carecoord.caseload._measures._dates import Reckoned, Work
from carecoord.caseload._measures._definition import EventDefinition
from carecoord.caseload._measures._lists import Fields
from carecoord.caseload._measures._rows import Row, Rows
from carecoord.rules import Expression, compile_rules
from carecoord.rules._nodes import And, Comparison, Constant, Name

__all__ = ["POPULATIONS", "Found", "Join", "Look", "Plan", "Rules", "Test"]

POPULATIONS: Final = ("initial", "denominator", "exclusion", "exception", "numerator", "pending")
"""The rules of a rate, in the order in which a plan gives them."""

Found = dict[str, list[Row]]


@attrs.frozen
class Test:
    """A rule about one entry, with the calls it needs worked out first."""

    calls: tuple[Reckoned, ...]
    rule: Expression
    run: Work

    @classmethod
    def of(cls, rule: Expression, calls: Sequence[Reckoned]) -> Test:
        """Compile a rule."""
        return cls(tuple(calls), rule, compile_rules([rule]))

    def __call__(self, row: Row) -> Any:
        """Give its value, with the calls left in the row."""
        for call in self.calls:
            row[call.text] = call.work(row)
        return self.run(row)[0]

    @property
    def wanted(self) -> tuple[str, str] | None:
        """A field and the text it must have, where the rule cannot hold without."""
        node = self.rule.node  # what a rule about an entry names without a dot is a field of the entry
        for part in node.parts if isinstance(node, And) else (node,):
            match part:
                case Comparison(relation="==", left=Name(id=field), right=Constant(value=str(text))):
                    return field, text
                case _:
                    pass
        return None


@attrs.frozen
class Join:
    """A rule that must hold together with one of the entries found for another event."""

    event: str
    test: Test

    def __call__(self, row: Row, found: Found) -> bool | None:
        """Say whether there is such an entry."""
        verdict: bool | None = False
        for other in found[self.event]:
            held = self.holds(row, other)
            if held:
                return True
            if held is None:
                verdict = None
        return verdict if verdict is None else self.doubt(row, found)

    def holds(self, row: Row, other: Row) -> bool | None:
        """Say whether the rule holds together with one entry."""
        row.update({f"{self.event}.{field}": value for field, value in other.items()})
        held: bool | None = self.test(row)
        return held

    def doubt(self, row: Row, found: Found) -> bool | None:
        """Give unknown where it may hold with an entry of which nobody can say whether it is one; no otherwise."""
        maybe = found.get(f"{self.event}?", ())
        return None if any(self.holds(row, other) is not False for other in maybe) else False


@attrs.frozen
class Look:
    """Look for the entries of a list that fit.

    Attributes:
        event: what is looked for.
        fields: the fields of the list.
        test: what must hold of the entry itself.
        joins: what must hold together with entries found before.
        enough: one entry is all that anything rests on: how many there are, or the others, nobody asks.
        steps: how many there must be for a rule about their number to come out differently; `None` where any may.
        wanted: a field and the text it must have.
    """

    event: EventDefinition
    fields: Fields
    test: Test
    joins: tuple[Join, ...]
    enough: bool = False
    steps: tuple[int, ...] | None = ()
    wanted: tuple[str, str] | None = attrs.field(
        default=attrs.Factory(lambda self: self.test.wanted, takes_self=True), init=False
    )

    def __call__(self, row: Row, entries: Sequence[Row], found: Found, *, every: bool) -> None:
        """Leave in the row whether there is one, how many there are, and the fields of the one taken."""
        event = self.event
        chosen: list[Row] = []
        doubtful: list[Row] = []
        one_will_do = self.enough and not every
        for entry in reversed(entries) if one_will_do and event.take != "first" else entries:
            row.update(entry)
            held = self.test(row)
            for join in self.joins:
                if held is False:
                    break
                other = join(row, found)
                held = other if held or other is False else None
            if held:
                chosen.append(entry)
                if one_will_do:
                    break
            elif held is None:
                doubtful.append(entry)
        found[event.id] = chosen
        if doubtful:
            found[f"{event.id}?"] = doubtful
        row[event.id] = True if chosen else None if doubtful else False
        row[f"{event.id}.count"] = self.number(len(chosen), len(doubtful))
        if event.take != "all":
            taken = self.taken(chosen)
            for field in self.fields:
                row[f"{event.id}.{field}"] = None if taken is None else taken[field]

    def number(self, sure: int, doubtful: int) -> int | None:
        """Give how many there are; unknown where those of which nobody can say would make a difference."""
        if not doubtful:
            return sure
        matters = self.steps is None or any(sure < step <= sure + doubtful for step in self.steps)
        return None if matters else sure

    def taken(self, chosen: Sequence[Row]) -> Row | None:
        """Give the one that the event takes."""
        event = self.event
        if event.take in ("lowest", "highest"):
            known = [one for one in chosen if one[event.by] is not None]
            if not known:
                return None
            extreme = min if event.take == "lowest" else max
            value = extreme(one[event.by] for one in known)
            return next(one for one in reversed(known) if one[event.by] == value)
        if not chosen:
            return None
        return chosen[0] if event.take == "first" else chosen[-1]


@attrs.frozen(kw_only=True)
class Rules:
    """Rules that are worked out together, once a record or once for every entry found.

    Attributes:
        rules: the rules.
        run: gives their values.
        each: the event whose entries are counted one by one.
        calls: what to work out first for each entry.
        joins: what may hold together with an entry.
    """

    rules: tuple[Expression, ...]
    run: Callable[[Mapping[str, Any]], tuple[Any, ...]]
    each: str | None = None
    calls: tuple[Reckoned, ...] = ()
    joins: tuple[Join, ...] = ()

    @classmethod
    def of(
        cls,
        rules: Sequence[Expression],
        *,
        each: str | None = None,
        calls: Sequence[Reckoned] = (),
        joins: Sequence[Join] = (),
    ) -> Rules:
        """Compile the rules."""
        return cls(rules=tuple(rules), run=compile_rules(rules), each=each, calls=tuple(calls), joins=tuple(joins))

    def rows(self, row: Row, found: Found) -> Iterator[tuple[Row | None, Row, Found]]:
        """Give each row the rules are worked out over, the entry it is about where there is one, and what goes with it.

        What was found is left as it is, but for the events that are joined: of them only what goes with the entry.
        """
        if self.each is None:
            yield None, row, found
            return
        for entry in found[self.each]:
            facts = row | {f"{self.each}.{field}": value for field, value in entry.items()}
            for call in self.calls:
                facts[call.text] = call.work(facts)
            beside = dict(found)
            for join in self.joins:
                facts[join.event] = join(facts, found)
                beside[join.event] = [other for other in found[join.event] if join.holds(facts, other)]
            yield entry, facts, beside


@attrs.frozen(kw_only=True)
class Plan:
    """Everything a measure works out over one record, in order.

    Attributes:
        about: what is read of the person.
        lists: the fields of each list that is looked through.
        steps: calls and looks, each after what it needs.
        rates: the populations of each rate, in the order of `POPULATIONS`.
        means: who and how much of each mean.
        strata: the groups of each stratum.
        ends: it is asked when enrolments ended.
        together: gives the populations of all rates that count a record once, one after the other.
    """

    about: tuple[str, ...]
    lists: Mapping[str, Fields]
    steps: tuple[Reckoned | Look, ...]
    rates: tuple[Rules, ...]
    means: tuple[Rules, ...]
    strata: Mapping[str, Rules]
    ends: bool = False
    together: Callable[[Mapping[str, Any]], tuple[Any, ...]] = attrs.field(
        default=attrs.Factory(
            lambda self: compile_rules([rule for one in self.rates if one.each is None for rule in one.rules]),
            takes_self=True,
        ),
        init=False,
    )

    def look(self, event: str) -> Look:
        """Give how an event is looked for."""
        return next(step for step in self.steps if isinstance(step, Look) and step.event.id == event)

    def row(self, rows: Rows, period: tuple[date, date], on: date, *, every: bool = False) -> tuple[Row, Found]:
        """Give the facts of a record, and the entries found for each event.

        Args:
            rows: what there is.
            period: first and last day of the measurement period.
            on: the day it is looked at.
            every: find every entry, also where one is enough: to say why.
        """
        row: Row = {"period.start": period[0], "period.end": period[1], "on_day": on}
        for name in self.about:
            value = rows.about.get(name)
            row[f"person.{name}"] = value.date() if isinstance(value, datetime) else value
        found: Found = {}
        for step in self.steps:
            if isinstance(step, Look):
                step(row, rows.that_may_fit(step.event.from_, step.wanted), found, every=every)
            else:
                row[step.text] = step.work(row)
        return row, found

    def rated(self, row: Row, found: Found) -> Iterator[tuple[int, Row | None, tuple[Any, ...]]]:
        """Give the number of each rate, the entry it is about where there is one, and its populations."""
        together = self.together(row)
        size = len(POPULATIONS)
        place = 0
        for number, rules in enumerate(self.rates):
            if rules.each is None:
                yield number, None, together[place : place + size]
                place += size
            else:
                for entry, facts, _ in rules.rows(row, found):
                    yield number, entry, rules.run(facts)
