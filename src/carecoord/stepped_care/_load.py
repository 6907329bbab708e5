"""Read a protocol's file: every fault at once, each with its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

import attrs

from carecoord._definitions import read_toml, structure
from carecoord._values import FrozenMapping, is_id
from carecoord.errors import DefinitionError, Fault, RuleError, UnknownIdError, did_you_mean
from carecoord.rules import Expression, Vocabulary, parse
from carecoord.scoring import Instrument, instrument
from carecoord.stepped_care._definition import (
    Alert,
    Definition,
    FactDefinition,
    Measure,
    Rule,
    StepDefinition,
)
from carecoord.stepped_care._events import Events
from carecoord.stepped_care._history import OUTSIDE
from carecoord.stepped_care._plan import Guarded, P, places_of
from carecoord.stepped_care._protocol import MODULES, Parts, Protocol
from carecoord.stepped_care._readings import Derived, Latest
from carecoord.stepped_care._reductions import Reduction
from carecoord.stepped_care._vocabulary import (
    CLOCKS_AND_COUNTS,
    Words,
    clocks_and_counts,
    hours_in_step,
    is_word,
    measured,
    recorded,
)

__all__ = ["build", "read"]

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")


def read(source: str | Path, modules: Iterable[str | Path], instruments: Iterable[Instrument]) -> Protocol:
    """Read a protocol and the modules it includes.

    Raises:
        DefinitionError: with every fault and its place.
    """
    definition = _definition(source)
    own = {module.id: module for module in map(_definition, modules)}
    shipped = {path.stem: path for path in MODULES.glob("*.toml")}
    found: list[Definition] = []
    faults: list[Fault] = []
    for name in definition.include:
        if name in own and name in shipped:
            faults.append(Fault(f"$.include[{name}]", "comes with the library: give your own module another id"))
        elif name in own:
            found.append(own[name])
        elif name in shipped:
            found.append(_definition(shipped[name]))
        else:
            hint = did_you_mean(name, [*own, *shipped])
            faults.append(Fault(f"$.include[{name}]", f"there is no such module{hint}; give your own as modules="))
    if definition.kind == "module" and definition.include:
        faults.append(Fault("$.include", "a module includes none"))
    faults += [Fault(f"$.include[{one.id}]", "is a protocol, not a module") for one in found if one.kind != "module"]
    faults += [
        Fault(f"$.include[{one.id}]", "a module has no steps and no rules")
        for one in found
        if one.kind == "module" and (one.steps or one.rules)
    ]
    if faults:
        raise DefinitionError(definition.id, faults)
    return build(definition, tuple(found), tuple(instruments))


def _definition(source: str | Path) -> Definition:
    data, called = read_toml(source)
    definition = structure(data, Definition, name=called)
    if not is_id(definition.id):
        raise DefinitionError(called, [Fault("$.id", "letters and digits, joined by single - . or _, are wanted")])
    return definition


def build(definition: Definition, modules: tuple[Definition, ...], instruments: tuple[Instrument, ...]) -> Protocol:
    """Make a protocol of what its file and its modules' files say.

    Raises:
        DefinitionError: with every fault and its place.
    """
    if definition.kind == "module":
        return _alone(definition, instruments)
    loader = _Loader(definition, modules, {one.id: one for one in instruments})
    parts, used = loader.load()
    if loader.faults:
        raise DefinitionError(definition.id, loader.faults)
    return Protocol(definition=definition, modules=modules, instruments=used, parts=parts)


def _alone(module: Definition, instruments: tuple[Instrument, ...]) -> Protocol:
    """Stand a module in an empty protocol: one step, one rule."""
    faults = [Fault(f"$.{name}", "a module has none") for name in ("steps", "rules") if getattr(module, name)]
    if faults:
        raise DefinitionError(module.id, faults)
    empty = Definition(
        id=module.id,
        title=module.title,
        version=module.version,
        include=(module.id,),
        first="here",
        steps=(StepDefinition(id="here", intensity=1, terminal=True),),
        rules=(Rule(id="carry-on", when="yes", then="stay"),),
        events=module.events,
        scenarios=module.scenarios,
        sources=module.sources,
    )
    return build(empty, (module,), instruments)


class _Loader:
    def __init__(
        self, definition: Definition, modules: tuple[Definition, ...], instruments: Mapping[str, Instrument]
    ) -> None:
        self.definition, self.modules, self.own = definition, modules, instruments
        self.faults: list[Fault] = []
        self.files = (*modules, definition)

    def fault(self, path: str, message: str) -> None:
        self.faults.append(Fault(path, message))

    def load(self) -> tuple[Parts, FrozenMapping[str, Instrument]]:
        measures = self._measures()
        instruments = self._instruments(measures)
        steps = tuple(step.id for step in self.definition.steps)
        texts, facts, lists = self._facts()
        self.events = Events(self.files, measures)
        reductions = self._reductions(steps, measures, instruments, facts)
        self._names(measures, texts, facts, lists)
        self.faults += self.events.faults(self._place, {*measures, *texts, *facts, *lists, *CLOCKS_AND_COUNTS})
        words = Words(reductions, frozenset((*texts, *facts, *CLOCKS_AND_COUNTS)) - {"step"})
        vocabulary, named = self._vocabulary(words, texts, lists)
        alerts = tuple(self._guarded("alerts", lambda file: file.alerts, vocabulary, words))
        add_ons = tuple(self._guarded("add_ons", lambda file: file.add_ons, vocabulary, words))
        tasks = tuple(self._guarded("tasks", lambda file: file.tasks, vocabulary, words))
        words.events = self.events.of(self.definition)
        rules = tuple(self._rules(vocabulary))
        self._ladder(steps)
        self._skipped(alerts, words.reductions)
        parts = Parts(
            measures=FrozenMapping(measures),
            facts=FrozenMapping(facts),
            named=FrozenMapping(named),
            reductions=FrozenMapping(words.reductions),
            alerts=alerts,
            add_ons=add_ons,
            tasks=tasks,
            rules=rules,
        )
        return parts, FrozenMapping(instruments)

    def _place(self, file: Definition) -> str:
        return "$" if file is self.definition else f"$.include[{file.id}]"

    def _home(self, part: str, name: str) -> Definition:
        """Give the file that says something first."""
        return next(file for file in self.files if name in getattr(file, part))

    def _measures(self) -> dict[str, Measure]:
        """Join the measures; what a module says of one stands."""
        found: dict[str, Measure] = {}
        for file in self.files:
            for name, measure in file.measures.items():
                before = found.get(name)
                if before is None:
                    found[name] = measure
                    continue
                said = {field: getattr(before, field) for field in _SETTINGS if getattr(before, field) != _LEFT[field]}
                for field, value in said.items():
                    if getattr(measure, field) not in (value, _LEFT[field]):
                        self.fault(f"$.measures.{name}.{field}", f"an included module says {value}, and that stands")
                said["evidence"] = before.evidence if before.evidence == "unverified" else measure.evidence
                found[name] = attrs.evolve(measure, **said)
        return found

    def _instruments(self, measures: Mapping[str, Measure]) -> dict[str, Instrument]:
        found: dict[str, Instrument] = {}
        for name, measure in measures.items():
            own = self.own.get(measure.instrument)
            try:
                found[name] = own if own is not None else instrument(measure.instrument)
            except UnknownIdError as error:
                self.fault(f"$.measures.{name}.instrument", str(error))
        return found

    def _facts(self) -> tuple[dict[str, str], dict[str, FactDefinition], dict[str, tuple[str, ...]]]:
        """Sort the facts: named rules, what people record, lists."""
        texts: dict[str, str] = {}
        facts: dict[str, FactDefinition] = {}
        lists: dict[str, tuple[str, ...]] = {}
        for file in self.files:
            for name, fact in file.facts.items():
                path = f"{self._place(file)}.facts.{name}"
                if name in texts or name in facts or name in lists:
                    self.fault(path, "stands in an included module already")
                elif isinstance(fact, str):
                    texts[name] = fact
                elif self._is_sound(path, fact):
                    if fact.rule:
                        texts[name] = fact.rule
                    elif fact.each:
                        lists[name] = fact.each
                    else:
                        facts[name] = fact
        return texts, facts, lists

    def _is_sound(self, path: str, fact: FactDefinition) -> bool:
        message = ""
        recorded = (fact.type, fact.range, fact.valid_for, *fact.values)
        if fact.rule or fact.each:
            if any(one is not None for one in recorded) or (fact.rule and fact.each):
                message = "a rule, a list and something recorded are three things: say one"
        elif fact.type is None and not fact.values:
            message = "type, values, each or rule is wanted"
        elif len({isinstance(value, str) for value in fact.values}) > 1:
            message = "values are numbers or texts, not both"
        elif fact.range is not None and (fact.type != "number" or fact.range[0] >= fact.range[1]):
            message = "range is for numbers, the lowest first"
        elif fact.values and fact.type is not None:
            message = "values say the type already"
        if message:
            self.fault(path, message)
        return not message

    def _reductions(
        self,
        steps: tuple[str, ...],
        measures: Mapping[str, Measure],
        instruments: Mapping[str, Instrument],
        facts: Mapping[str, FactDefinition],
    ) -> dict[str, Reduction]:
        found = [*clocks_and_counts(steps), hours_in_step(), *(recorded(name, fact) for name, fact in facts.items())]
        for name, used in instruments.items():
            found += measured(name, measures[name], used)
        return {reduction.name: reduction for reduction in found}

    def _names(self, *kinds: Mapping[str, Any]) -> None:
        """Hold every name to be a word of its own."""
        seen = set(CLOCKS_AND_COUNTS)
        for kind in kinds:
            for name in kind:
                path = f"$.measures.{name}" if kind is kinds[0] else f"$.facts.{name}"
                if not is_word(name):
                    self.fault(path, "a name in rules is letters, digits and _, and begins with a letter")
                elif name in seen:
                    self.fault(path, "the name means something else already")
                seen.add(name)

    def _vocabulary(
        self, words: Words, texts: Mapping[str, str], lists: Mapping[str, tuple[str, ...]]
    ) -> tuple[Vocabulary, dict[str, Expression]]:
        """Read the named rules, each after those it uses."""
        named: dict[str, Expression] = {}
        kinds = {name: reduction.kind for name, reduction in words.reductions.items() if "(" not in name}
        sound = {name: members for name, members in lists.items() if all(member in kinds for member in members)}
        nodes: dict[str, Any] = {}
        vocabulary = Vocabulary(names=kinds, lists=sound, definitions=nodes, functions=words.functions)
        for name, members in lists.items():
            for member in members:
                if member not in words.reductions:
                    self.fault(f"$.facts.{name}", f"{member} is no fact{did_you_mean(member, words.reductions)}")
        uses = {name: {word for word in _WORD.findall(text) if word in texts} for name, text in texts.items()}
        try:
            order = [*TopologicalSorter(uses).static_order()]
        except CycleError as error:
            circle = " uses ".join(reversed(error.args[1]))
            self.fault(f"$.facts.{error.args[1][0]}", f"the named rules go in a circle: {circle}")
            order = []
        for name in order:
            words.events = self.events.of(self._home("facts", name))
            rule = self._rule(f"$.facts.{name}", texts[name], vocabulary, None)
            if rule is not None:
                named[name], nodes[name] = rule, rule.node
        return vocabulary, named

    def _rule(self, path: str, text: str, vocabulary: Vocabulary, wanted: str | None) -> Expression | None:
        try:
            rule = parse(text, vocabulary)
        except RuleError as error:
            self.fault(path, str(error))
            return None
        if wanted is not None and rule.type != wanted:
            self.fault(path, f"{wanted} is wanted, found {rule.type}")
            return None
        return rule

    def _guarded(
        self, kind: str, listed: Callable[[Definition], tuple[P, ...]], vocabulary: Vocabulary, words: Words
    ) -> Iterator[Guarded[P]]:
        seen: set[str] = set()
        for file, part in ((one, part) for one in self.files for part in listed(one)):
            path = f"{self._place(file)}.{kind}[{part.id}]"
            self._new(path, part.id, seen)
            words.events = self.events.of(file)
            rule = self._rule(f"{path}.when", part.when, vocabulary, "yes/no")
            if rule is not None:
                yield Guarded(part, rule)

    def _new(self, path: str, id_: str, seen: set[str]) -> None:
        if id_ in seen:
            self.fault(path, "the id stands twice")
        seen.add(id_)

    def _skipped(self, alerts: Iterable[Guarded[Alert]], reductions: Mapping[str, Reduction]) -> None:
        """Hold that no alert of a module passes over an incomplete form because its includer does."""
        own = {alert.id for alert in self.definition.alerts}
        said = {name for module in self.modules for name, one in module.measures.items() if one.incomplete == "skip"}
        for alert in (alert for alert in alerts if alert.says.id not in own):
            found = (reductions[name] for name in alert.when.names)
            read = {
                latest.measure
                for one in found
                if isinstance(one, Latest | Derived)
                for latest in one.reads
                if latest.skip
            }
            for measure in sorted(read - said):
                message = f"the alert {alert.says.id} of an included module looks at it: incomplete must stay unknown"
                self.fault(f"$.measures.{measure}.incomplete", message)

    def _rules(self, vocabulary: Vocabulary) -> Iterator[tuple[Rule, Expression]]:
        seen: set[str] = set()
        for rule in self.definition.rules:
            path = f"$.rules[{rule.id}]"
            self._new(path, rule.id, seen)
            when = self._rule(f"{path}.when", rule.when, vocabulary, "yes/no")
            self._check_rule(path, rule)
            if when is not None:
                yield rule, when

    def _check_rule(self, path: str, rule: Rule) -> None:
        steps = {step.id: step.intensity for step in self.definition.steps}
        if (rule.to is None) == (rule.then is None):
            self.fault(path, "either to or then is wanted")
        places = places_of(rule, steps)
        for place in places:
            if place not in steps and place != OUTSIDE:
                self.fault(f"{path}.in", f"there is no step {place!r}{did_you_mean(place, [*steps, OUTSIDE, '*'])}")
        if OUTSIDE in places and rule.then == "exit":
            self.fault(f"{path}.then", "nobody who is not enrolled can leave")
        to = rule.to
        targets = (
            (to,)
            if isinstance(to, str)
            else ()
            if to is None
            else tuple(to.values() if isinstance(to, Mapping) else to)
        )
        for target in targets:
            if target not in steps:
                self.fault(f"{path}.to", f"there is no step {target!r}{did_you_mean(target, steps)}")
        if isinstance(to, tuple) and len({steps.get(target) for target in to}) != 1:
            self.fault(f"{path}.to", "alternatives are steps of one intensity")
        if isinstance(to, Mapping) and set(to) != set(places):
            self.fault(f"{path}.to", f"a table by step names each step of the rule: {', '.join(places)}")

    def _ladder(self, steps: tuple[str, ...]) -> None:
        if not steps:
            self.fault("$", "steps is missing")
        for step in self.definition.steps:
            path = f"$.steps[{step.id}]"
            if step.id in (OUTSIDE, "*") or steps.count(step.id) > 1:
                self.fault(path, "the id means something else already")
            if step.min_stay is not None and step.min_stay.months:
                self.fault(f"{path}.min_stay", "weeks, days or hours are wanted: months differ in length")
        first = self.definition.first
        if first is None or first not in steps:
            wanted = (
                f"there is no step {first!r}{did_you_mean(first, steps)}" if first else "the step to begin in is wanted"
            )
            self.fault("$.first", wanted)


_SETTINGS = ("instrument", "baseline", "valid_for", "incomplete")
_LEFT: Mapping[str, Any] = {"instrument": None, "baseline": None, "valid_for": None, "incomplete": "unknown"}
