"""How a measure is worked out over one record: what to look for, in which order, and every rule compiled."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import attrs

from carecoord.caseload._measures._dates import Reckoned, Work
from carecoord.caseload._measures._definition import EventDefinition
from carecoord.caseload._measures._lists import Fields, moment_field
from carecoord.caseload._measures._record import Record
from carecoord.rules import Expression, compile_rules
from carecoord.rules._nodes import And, Comparison, Constant, Name

__all__ = ["Found", "Join", "Look", "Plan", "Row", "Rules", "Test", "prepared"]

Row = dict[str, Any]
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
            row.update({f"{self.event}.{field}": value for field, value in other.items()})
            held = self.test(row)
            if held:
                return True
            if held is None:
                verdict = None
        return verdict


@attrs.frozen
class Look:
    """Look for the entries of a list that fit."""

    event: EventDefinition
    fields: Fields
    test: Test
    joins: tuple[Join, ...]
    wanted: tuple[str, str] | None = attrs.field(
        default=attrs.Factory(lambda self: self.test.wanted, takes_self=True), init=False
    )

    def __call__(self, row: Row, entries: Sequence[Row], found: Found) -> None:
        """Leave in the row whether there is one, how many there are, and the fields of the one taken."""
        event = self.event
        chosen: list[Row] = []
        doubtful = False
        for entry in entries:
            row.update(entry)
            held = self.test(row)
            for join in self.joins:
                if held is False:
                    break
                other = join(row, found)
                held = other if held or other is False else None
            if held:
                chosen.append(entry)
            elif held is None:
                doubtful = True
        found[event.id] = chosen
        row[event.id] = True if chosen else None if doubtful else False
        row[f"{event.id}.count"] = len(chosen)
        if event.take != "all":
            taken = self.taken(chosen)
            for field in self.fields:
                row[f"{event.id}.{field}"] = None if taken is None else taken[field]

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
    """

    rules: tuple[Expression, ...]
    run: Callable[[Mapping[str, Any]], tuple[Any, ...]]
    each: str | None = None
    calls: tuple[Reckoned, ...] = ()

    @classmethod
    def of(cls, rules: Sequence[Expression], *, each: str | None = None, calls: Sequence[Reckoned] = ()) -> Rules:
        """Compile the rules."""
        return cls(rules=tuple(rules), run=compile_rules(rules), each=each, calls=tuple(calls))

    def rows(self, row: Row, found: Found) -> Iterator[tuple[Row | None, Row]]:
        """Give each row the rules are worked out over, with the entry it is about where there is one."""
        if self.each is None:
            yield None, row
            return
        for entry in found[self.each]:
            row.update({f"{self.each}.{field}": value for field, value in entry.items()})
            for call in self.calls:
                row[call.text] = call.work(row)
            yield entry, row


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
    """

    about: tuple[str, ...]
    lists: Mapping[str, Fields]
    steps: tuple[Reckoned | Look, ...]
    rates: tuple[Rules, ...]
    means: tuple[Rules, ...]
    strata: Mapping[str, Rules]

    def look(self, event: str) -> Look:
        """Give how an event is looked for."""
        return next(step for step in self.steps if isinstance(step, Look) and step.event.id == event)

    def row(self, record: Record, period: tuple[date, date], on: date) -> tuple[Row, Found]:
        """Give the facts of a record, and the entries found for each event."""
        row: Row = {"period.start": period[0], "period.end": period[1], "on_day": on}
        for name in self.about:
            row[f"person.{name}"] = _day(record.about.get(name))
        lists = Entries(record, self.lists)
        found: Found = {}
        for step in self.steps:
            if isinstance(step, Look):
                step(row, lists.that_may_fit(step), found)
            else:
                row[step.text] = step.work(row)
        return row, found


class Entries:
    """The entries of a record, by list; and by the text of a field, since most looks want one text only."""

    def __init__(self, record: Record, lists: Mapping[str, Fields]) -> None:
        self.lists = {
            name: prepared(record.lists[name], fields) for name, fields in lists.items() if name in record.lists
        }
        self.sorted: dict[tuple[str, str], dict[str | None, list[Row]]] = {}

    def that_may_fit(self, look: Look) -> Sequence[Row]:
        """Give the entries of the list that a look is about, without those that cannot fit."""
        name = look.event.from_
        entries = self.lists.get(name)
        if entries is None:
            return ()
        if look.wanted is None:
            return entries
        field, text = look.wanted
        by_text = self.sorted.get((name, field))
        if by_text is None:
            by_text = self.sorted[name, field] = {}
            for entry in entries:
                by_text.setdefault(entry[field], []).append(entry)
        if None in by_text:  # of these nobody can say
            return [entry for entry in entries if entry[field] in (text, None)]
        return by_text.get(text, ())


def _day(value: Any) -> Any:
    return value.date() if isinstance(value, datetime) else value


def _order(value: date | datetime | None) -> tuple[int, int]:
    """Put the unknown first, then by the local day, then by the hour; a day without an hour comes first."""
    if value is None:
        return 0, 0
    if isinstance(value, datetime):
        return value.toordinal(), 1 + value.hour * 3600 + value.minute * 60 + value.second
    return value.toordinal(), 0


def prepared(entries: Sequence[Mapping[str, Any]], fields: Fields) -> list[Row]:
    """Give the entries in order of time, as rows: times cut to their local day, absent fields unknown."""
    at = moment_field(fields)
    days = [name for name, type_ in fields.items() if type_ == "date"]
    unknown: Row = {**dict.fromkeys(fields), "kinds": None}
    rows = []
    for entry in sorted(entries, key=lambda one: _order(one.get(at))) if len(entries) > 1 else entries:
        row = unknown | dict(entry.items())
        kinds = row["kinds"]
        if isinstance(kinds, str):
            row["kinds"] = (kinds,)
        for name in days:
            if type(row[name]) is datetime:
                row[name] = row[name].date()
        rows.append(row)
    return rows
