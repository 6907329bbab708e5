"""A protocol: what it reads, its ladder, and what it says in each step."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

import attrs

from carecoord._values import FrozenMapping
from carecoord.errors import UnknownIdError
from carecoord.rules import Expression
from carecoord.rules._nodes import named_in
from carecoord.scoring import Instrument
from carecoord.stepped_care._conditions import Held, InARow, Unanswered
from carecoord.stepped_care._definition import (
    AddOn,
    Alert,
    Definition,
    FactDefinition,
    Measure,
    Rule,
    Scenario,
    StepDefinition,
    Task,
)
from carecoord.stepped_care._history import OUTSIDE, Scope, Watch
from carecoord.stepped_care._plan import AnyPart, Guarded, Plan, rules_here
from carecoord.stepped_care._readings import Derived
from carecoord.stepped_care._reductions import Reduction

__all__ = ["Protocol", "protocol", "protocols", "read_protocol"]

FOLDER = Path(__file__).parent / "protocols"
MODULES = FOLDER / "modules"


@attrs.frozen(kw_only=True)
class Parts:
    """What a protocol's file comes to, once read: made by the loader only.

    Attributes:
        measures: by name, those of the modules included.
        facts: what people record, by name.
        named: the named rules.
        reductions: how each fact is read from history, by name.
        alerts: those of the modules first.
    """

    measures: FrozenMapping[str, Measure]
    facts: FrozenMapping[str, FactDefinition]
    named: FrozenMapping[str, Expression]
    reductions: FrozenMapping[str, Reduction]
    alerts: tuple[Guarded[Alert], ...]
    add_ons: tuple[Guarded[AddOn], ...]
    tasks: tuple[Guarded[Task], ...]
    rules: tuple[tuple[Rule, Expression], ...]


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Protocol:
    """A stepped-care protocol, ready to decide with.

    Two protocols are equal when they, their modules and their instruments say the same.

    Attributes:
        definition: the protocol as its file says it.
        modules: the modules it includes, as their files say them.
        instruments: the instrument of each measure.
        parts: what they come to together.
    """

    definition: Definition
    modules: tuple[Definition, ...]
    instruments: FrozenMapping[str, Instrument]
    parts: Parts

    @property
    def id(self) -> str:
        """Its id."""
        return self.definition.id

    @property
    def title(self) -> str:
        """Its name for people."""
        return self.definition.title

    @cached_property
    def steps(self) -> FrozenMapping[str, StepDefinition]:
        """The steps by id, in the file's order."""
        return FrozenMapping({step.id: step for step in self.definition.steps})

    @cached_property
    def events(self) -> FrozenMapping[str, str]:
        """What each event means that its file and its modules declare, by name: what a host can enter as events."""
        files = (*self.modules, self.definition)
        return FrozenMapping({name: meaning for file in files for name, meaning in file.events.items()})

    @property
    def scenarios(self) -> tuple[Scenario, ...]:
        """The worked examples of its file."""
        return self.definition.scenarios

    @cached_property
    def digest(self) -> str:
        """SHA-256 over what the protocol, its modules and its instruments say, in hexadecimal."""
        from carecoord._definitions import unstructure  # noqa: PLC0415 - cattrs is loaded when a protocol is read

        said = {
            "protocol": unstructure(self.definition),
            "modules": [unstructure(module) for module in self.modules],
            "instruments": {name: instrument.digest for name, instrument in self.instruments.items()},
        }
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()

    @cached_property
    def scope(self) -> Scope:
        """What it reads of an episode."""
        watched: dict[str, dict[str, Watch]] = {}
        for reduction in self.parts.reductions.values():
            for latest in reduction.reads:
                if latest.name in self._names_used:
                    watched.setdefault(latest.measure, {})[latest.name] = latest.watch
        return Scope(
            protocol=self.id,
            first=self.definition.first or OUTSIDE,
            look_back=self.definition.look_back,
            instruments=FrozenMapping({name: measure.instrument for name, measure in self.parts.measures.items()}),
            watched=FrozenMapping({name: tuple(found.values()) for name, found in watched.items()}),
        )

    @cached_property
    def _names_used(self) -> frozenset[str]:
        used = (self.parts.reductions[name] for step in (*self.steps, OUTSIDE) for name in self.plan(step).names)
        return frozenset(latest.name for reduction in used for latest in reduction.reads)

    @cached_property
    def _plans(self) -> dict[str, Plan]:
        return {}

    def plan(self, step: str) -> Plan:
        """Give what it says in one step, or `outside`; a step it does not have has no rules."""
        found = self._plans.get(step)
        if found is None:
            found = self._plan(step)
            if step in self.steps or step == OUTSIDE:
                self._plans[step] = found
        return found

    def _plan(self, step: str) -> Plan:
        parts = self.parts
        rules = rules_here(parts.rules, step, self.steps) if step in self.steps or step == OUTSIDE else ()
        every: list[AnyPart] = [*parts.alerts, *parts.add_ons, *parts.tasks, *rules]
        names = dict.fromkeys(name for part in every for name in part.when.names)
        derived = [one for name in names if isinstance(one := parts.reductions[name], Derived)]
        names |= {source.name: None for one in derived for source in (one.score, one.baseline)}
        return Plan(
            step=step,
            alerts=parts.alerts,
            add_ons=parts.add_ons,
            tasks=parts.tasks,
            rules=rules,
            names=tuple(names),
            unverified=tuple(self._unverified(step, part.says.id, part.says.evidence, part.when) for part in every),
        )

    @cached_property
    def _unverified_rules(self) -> frozenset[str]:
        """The named rules whose numbers nobody has checked."""
        facts = (one for file in (*self.modules, self.definition) for one in file.facts.items())
        return frozenset(
            name
            for name, fact in facts
            if isinstance(fact, FactDefinition) and fact.rule and fact.evidence == "unverified"
        )

    def _named_in(self, when: Expression) -> Iterator[str]:
        """Name the named rules that a rule rests on, those within a condition over several readings too."""
        yield from named_in(when.node)
        for name in when.names:
            reduction = self.parts.reductions[name]
            if isinstance(reduction, Held | InARow | Unanswered):
                yield from named_in(reduction.condition.rule.node)

    def _unverified(self, step: str, id_: str, evidence: str, when: Expression) -> tuple[str, ...]:
        parts = self.parts
        found = [id_] if evidence == "unverified" else []
        if step in self.steps and self.steps[step].evidence == "unverified":
            found.append(step)
        found += [name for name in self._named_in(when) if name in self._unverified_rules]
        for name in when.names:
            reduction = parts.reductions[name]
            measures = dict.fromkeys(latest.measure for latest in reduction.reads)
            found += [name for name in measures if parts.measures[name].evidence == "unverified"]
            if name in parts.facts and parts.facts[name].evidence == "unverified":
                found.append(name)
        return tuple(dict.fromkeys(found))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Protocol) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return f"<protocol {self.id}>"

    def __reduce__(self) -> tuple[object, ...]:
        return (_again, (self.definition, self.modules, self.instruments))


def _again(
    definition: Definition, modules: tuple[Definition, ...], instruments: FrozenMapping[str, Instrument]
) -> Protocol:
    from carecoord.stepped_care._load import build  # noqa: PLC0415 - the loader makes protocols

    return build(definition, modules, tuple(instruments.values()))


def protocols() -> tuple[str, ...]:
    """List the ids of the protocols that come with the library, without reading them.

    >>> "german-impact" in protocols()
    True
    """
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


_READ: dict[str, Protocol] = {}


def protocol(id: str) -> Protocol:
    """Give a protocol, or a module of alerts, that comes with the library; it is read once.

    A module by itself stands in an empty protocol of one step, in which everybody stays.

    Raises:
        UnknownIdError: there is none with this id; the nearest one is named.

    >>> protocol("german-impact").title
    'GermanIMPACT, depression in later life'
    """
    found = _READ.get(id)
    if found is None:
        paths = {path.stem: path for folder in (FOLDER, MODULES) for path in folder.glob("*.toml")}
        if id not in paths:
            raise UnknownIdError("protocol", id, sorted(paths))
        found = _READ.setdefault(id, read_protocol(paths[id]))
    return found


def read_protocol(
    source: str | Path, *, modules: Iterable[str | Path] = (), instruments: Iterable[Instrument] = ()
) -> Protocol:
    """Read a protocol of one's own.

    Args:
        source: a path to a TOML file, or its text.
        modules: one's own modules that it includes, as paths or texts; those of the library are found by themselves.
        instruments: one's own instruments that its measures use; those of the library are found by themselves.

    Raises:
        DefinitionError: with every fault and its place.

    >>> read_protocol(FOLDER / "german-impact.toml").steps["four-weekly"].contact.words
    '4 weeks'
    """
    from carecoord.stepped_care._load import read  # noqa: PLC0415 - cattrs is loaded when a protocol is read

    return read(source, tuple(modules), tuple(instruments))
