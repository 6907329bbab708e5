"""Read a measure's file: every fault at once, each with its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from carecoord._definitions import read_toml, structure
from carecoord._values import is_id
from carecoord.caseload._measures._dates import Reckoned, functions
from carecoord.caseload._measures._definition import (
    AboutField,
    EventDefinition,
    FactRule,
    MeasureDefinition,
    RateDefinition,
)
from carecoord.caseload._measures._lists import KINDS, LISTS, Fields
from carecoord.caseload._measures._plan import POPULATIONS, Join, Look, Plan, Rules, Test
from carecoord.errors import DefinitionError, Fault, RuleError, did_you_mean
from carecoord.rules import Expression, HostCall, Kind, Vocabulary, parse

__all__ = ["definition", "plan", "unverified"]

ALWAYS: Final = {"birth_date": AboutField(type="date"), "died": AboutField(type="date")}
"""What every measure may read of a person."""

MOST: Final = 10_000
"""Entries of one list at most."""

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*")
_TEXT = re.compile(r"'[^']*'|\"[^\"]*\"")


def definition(source: str | Path) -> MeasureDefinition:
    """Read what a file says, without its rules.

    Raises:
        DefinitionError: with every fault and its place.
    """
    data, called = read_toml(source)
    read = structure(data, MeasureDefinition, name=called)
    if not is_id(read.id):
        raise DefinitionError(called, [Fault("$.id", "letters and digits, joined by single - . or _, are wanted")])
    return read


def plan(measure: MeasureDefinition) -> Plan:
    """Read the rules of a measure.

    Raises:
        DefinitionError: with every fault and its place.
    """
    loader = _Loader(measure)
    made = loader.load()
    if loader.faults:
        raise DefinitionError(measure.id, loader.faults)
    return made


class _Loader:
    def __init__(self, measure: MeasureDefinition) -> None:
        self.measure = measure
        self.faults: list[Fault] = []
        self.lists: Mapping[str, Fields] = {**LISTS, **measure.lists}
        self.about = {**ALWAYS, **measure.about}
        self.names: dict[str, Kind] = {"period.start": Kind.DATE, "period.end": Kind.DATE, "on_day": Kind.DATE}
        self.names |= {f"person.{name}": _kind(field) for name, field in self.about.items()}
        self.nodes: dict[str, Any] = {}
        self.waiting = {name: one if isinstance(one, FactRule) else FactRule(rule=one)
                        for name, one in measure.facts.items()}  # fmt: skip
        self.failed: set[str] = set()
        self.done: dict[str, EventDefinition] = {}
        self.steps: list[Reckoned | Look] = []
        self.known_calls: set[str] = set()
        self.calls: list[Reckoned] = []

    def fault(self, path: str, message: str) -> None:
        self.faults.append(Fault(path, message))

    def load(self) -> Plan:
        self._names()
        for event in self.measure.events:
            self._ready_facts()
            self._event(event)
            self.done[event.id] = event
        self._ready_facts()
        for name in self.waiting:
            self.fault(f"$.facts.{name}", "goes in a circle, or uses what is not there")
        rates = tuple(self._rates())
        means = tuple(self._means())
        strata = dict(self._strata())
        used = {step.event.from_ for step in self.steps if isinstance(step, Look)}
        ends = "enrolments" in used and any(word.split(".")[-1] == "until" for word in self._words())
        if ends:
            used.add("endings")
        return Plan(
            about=tuple(self.about),
            lists={name: self.lists[name] for name in sorted(used)},
            steps=tuple(self.steps),
            rates=rates,
            means=means,
            strata=strata,
            ends=ends,
        )

    def _names(self) -> None:
        """Hold every name to be a word that means one thing."""
        own = {"kinds", *(field for event in self.measure.events for field in self.lists.get(event.from_, {}))}
        seen = {"period", "person", "on_day", *own}
        for name, fields in self.measure.lists.items():
            if name in LISTS:
                self.fault(f"$.lists.{name}", "is a list of the library, with fields of its own")
            if not fields or "date" not in fields.values():
                self.fault(f"$.lists.{name}", "a list wants a date among its fields")
        for places, path in (
            ([event.id for event in self.measure.events], "$.events[{}]"),
            ([*self.measure.facts], "$.facts.{}"),
        ):
            for name in places:
                if not _NAME.fullmatch(name):
                    self.fault(path.format(name), "small letters, digits and _ are wanted, a letter first")
                elif name in seen:
                    self.fault(path.format(name), "the name means something else already")
                seen.add(name)
        ids = [*(rate.id for rate in self.measure.rates), *(mean.id for mean in self.measure.means)]
        for id_ in sorted({one for one in ids if ids.count(one) > 1}):
            self.fault(f"$.rates[{id_}]", "the id stands twice")

    def _vocabulary(self, own: Mapping[str, Kind]) -> Vocabulary:
        found: Mapping[str, Callable[[HostCall], Kind]] = functions(self.calls.append)
        if "kinds" in own:
            found = {**found, "is_a": self._is_a}
        names = {**self.names, **{name: kind for name, kind in own.items() if name != "kinds"}}
        return Vocabulary(names=names, definitions=self.nodes, functions=found)

    def _is_a(self, call: HostCall) -> Kind:
        """Read `is_a('bipolar', 'psychotic')`: the entry is of one of these kinds; without kinds, unknown."""
        kinds: set[str] = set()
        for place in range(call.count):
            rule = call.rule(place)
            if rule.names or rule.type != "text":
                call.fault("is_a() wants texts as they are: is_a('bipolar')")
            kinds.add(str(rule.evaluate({})))
        if not kinds:
            call.fault("is_a() wants a kind at least")

        def work(row: Mapping[str, Any]) -> bool | None:
            found = row["kinds"]
            return None if found is None else not kinds.isdisjoint(found)

        self.calls.append(Reckoned(call.text, ("kinds",), work))
        return Kind.YES_NO

    def _rule(
        self, path: str, text: str, own: Mapping[str, Kind], wanted: str | None
    ) -> tuple[Expression, list[Reckoned]] | None:
        """Read a rule, with the calls in it that are about the entry itself; the others become steps."""
        self.calls.clear()
        try:
            rule = parse(text, self._vocabulary(own))
        except RuleError as error:
            self.fault(path, str(error))
            return None
        if wanted is not None and rule.type != wanted:
            self.fault(path, f"{wanted} is wanted, found {rule.type}")
            return None
        local: dict[str, Reckoned] = {}
        for call in self.calls:
            if any(name in own or name in local for name in call.names):
                local[call.text] = call
            elif call.text not in self.known_calls:
                self.known_calls.add(call.text)
                self.steps.append(call)
        return rule, [*local.values()]

    def _ready_facts(self) -> None:
        """Read the named rules whose names are all there."""
        moved = True
        while moved:
            moved = False
            for name, one in [*self.waiting.items()]:
                state = self._state(one.rule)
                if state == "wait":
                    continue
                del self.waiting[name]
                moved = True
                read = None if state == "failed" else self._rule(f"$.facts.{name}", one.rule, {}, None)
                if read is None:
                    self.failed.add(name)
                else:
                    self.nodes[name] = read[0].node

    def _state(self, text: str) -> str:
        later = {event.id for event in self.measure.events} - set(self.done)
        words = {word.split(".")[0] for word in _WORD.findall(_TEXT.sub("", text))}
        if words & self.failed:
            return "failed"
        return "wait" if words & (later | set(self.waiting)) else "ready"

    def _event(self, event: EventDefinition) -> None:
        path = f"$.events[{event.id}]"
        fields = self.lists.get(event.from_)
        if fields is None:
            self.fault(f"{path}.from", f"there is no list {event.from_!r}{did_you_mean(event.from_, self.lists)}")
            self.failed.add(event.id)
            return
        if event.take in ("lowest", "highest") and fields.get(event.by) != "number":
            self.fault(f"{path}.by", f"{event.by} is no number of {event.from_}")
        own = {name: KINDS[type_] for name, type_ in fields.items()} | {"kinds": Kind.TEXT}
        later = self._later(event)
        if later:
            self.fault(
                path, f"{', '.join(sorted(later))} cannot be known yet: events and facts stand after what they use"
            )
            self.failed.add(event.id)
            return
        test = self._rule(f"{path}.where", event.where, own, "yes/no")
        joins = tuple(self._joins(event, path, own))
        if test is None or len(joins) < len(event.with_):
            self.failed.add(event.id)
        else:
            self.steps.append(
                Look(
                    event,
                    fields,
                    Test.of(*test),
                    joins,
                    enough=self._is_enough(event),
                    steps=self._count_steps(event),
                )
            )
        self.names |= {event.id: Kind.YES_NO, f"{event.id}.count": Kind.number(0, MOST, whole=True)}
        if event.take != "all":
            self.names |= {f"{event.id}.{name}": KINDS[type_] for name, type_ in fields.items()}

    def _is_enough(self, event: EventDefinition) -> bool:
        """Say whether nothing rests on more than one entry of an event."""
        measure = self.measure
        joined = {name for joins in (measure.events, measure.rates) for one in joins for name in one.with_}
        joined |= {rate.each for rate in measure.rates if rate.each is not None}
        counted = f"{event.id}.count" in self._words()
        return event.take in ("first", "last", "all") and event.id not in joined and not counted

    def _count_steps(self, event: EventDefinition) -> tuple[int, ...] | None:
        """Give the numbers from which on a comparison of how many there are comes out differently."""
        uses = re.compile(rf"([-+*/<>=]\s*)?(?<![\w.]){event.id}\.count\b(?:\s*([<>=!]=?)\s*(\d+)(?![\d.]))?")
        steps: set[int] = set()
        for before, relation, number in (found for text in self._texts() for found in uses.findall(text)):
            if before or not relation:
                return None
            if relation not in (">", "<="):
                steps.add(int(number))
            if relation not in (">=", "<"):
                steps.add(int(number) + 1)
        return tuple(sorted(steps))

    def _words(self) -> set[str]:
        """Give every word of every rule."""
        return {word for text in self._texts() for word in _WORD.findall(text)}

    def _texts(self) -> list[str]:
        """Give every rule."""
        measure = self.measure
        texts = [one if isinstance(one, str) else one.rule for one in measure.facts.values()]
        texts += [text for one in measure.events for text in (one.where, *one.with_.values())]
        texts += [text for one in measure.rates for text in one.with_.values()]
        texts += [getattr(rate, name) for rate in measure.rates for name in POPULATIONS]
        texts += [text for mean in measure.means for text in (mean.initial, mean.value)]
        texts += [text for groups in measure.strata.values() for text in groups.values()]
        return texts

    def _later(self, event: EventDefinition) -> set[str]:
        """Give the names an event uses that are only known after it."""
        text = " ".join((event.where, *event.with_.values()))
        words = {word.split(".")[0] for word in _WORD.findall(_TEXT.sub("", text))}
        return words & ({one.id for one in self.measure.events} - set(self.done) | set(self.waiting))

    def _joins(self, one: EventDefinition | RateDefinition, path: str, own: Mapping[str, Kind]) -> Iterator[Join]:
        for other, text in one.with_.items():
            place = f"{path}.with.{other}"
            if other not in self.done:
                self.fault(place, f"no event {other!r} stands before this one{did_you_mean(other, self.done)}")
                continue
            fields = self.lists.get(self.done[other].from_, Fields())
            joined = {f"{other}.{name}": KINDS[type_] for name, type_ in fields.items()}
            read = self._rule(place, text, {**own, **joined}, "yes/no")
            if read is not None:
                yield Join(other, Test.of(*read))

    def _rates(self) -> Iterator[Rules]:
        for rate in self.measure.rates:
            path = f"$.rates[{rate.id}]"
            own = self._entry(path, rate.each)
            read = [self._said(f"{path}.{name}", getattr(rate, name), own) for name in POPULATIONS]
            calls = {call.text: call for _, local in read for call in local}
            if rate.with_ and rate.each is None:
                self.fault(f"{path}.with", "is about entries that are counted one by one: each is wanted beside it")
            joins = tuple(self._joins(rate, path, own)) if own else ()
            yield Rules.of(
                [rule for rule, _ in read], each=rate.each if own else None, calls=[*calls.values()], joins=joins
            )

    def _entry(self, path: str, each: str | None) -> Mapping[str, Kind]:
        """Give the fields of the entries that are counted one by one."""
        if each is None:
            return {}
        if each not in self.done:
            self.fault(f"{path}.each", f"there is no event {each!r}{did_you_mean(each, self.done)}")
            return {}
        fields = self.lists.get(self.done[each].from_, Fields())
        return {f"{each}.{name}": KINDS[type_] for name, type_ in fields.items()}

    def _means(self) -> Iterator[Rules]:
        for mean in self.measure.means:
            path = f"$.means[{mean.id}]"
            initial, _ = self._said(f"{path}.initial", mean.initial, {})
            value, _ = self._said(f"{path}.value", mean.value, {}, "number")
            yield Rules.of((initial, value))

    def _strata(self) -> Iterator[tuple[str, Rules]]:
        for name, groups in self.measure.strata.items():
            if name in self.about:
                self.fault(f"$.strata.{name}", "is known of the person already: people can be grouped by it as it is")
            yield name, Rules.of([self._said(f"$.strata.{name}.{one}", text, {})[0] for one, text in groups.items()])

    def _said(
        self, path: str, text: str, own: Mapping[str, Kind], wanted: str = "yes/no"
    ) -> tuple[Expression, list[Reckoned]]:
        """Read a rule; one that cannot be read is a fault already, and something stands for it meanwhile."""
        read = None if self._state(text) == "failed" else self._rule(path, text, own, wanted)
        return read or (parse("yes", Vocabulary()), [])


def _kind(field: AboutField) -> Kind:
    if field.values:
        return Kind.choice(field.values)
    return KINDS[field.type or "text"]


def unverified(measure: MeasureDefinition) -> tuple[str, ...]:
    """Name the parts of a measure whose numbers were only recalled."""
    found = [
        f"facts.{name}"
        for name, one in measure.facts.items()
        if isinstance(one, FactRule) and one.evidence == "unverified"
    ]
    found += [f"events.{one.id}" for one in measure.events if one.evidence == "unverified"]
    found += [f"rates.{one.id}" for one in measure.rates if one.evidence == "unverified"]
    found += [f"means.{one.id}" for one in measure.means if one.evidence == "unverified"]
    return tuple(found)
