"""Build an instrument from what its file says: names, rules, ranges, bands; every fault at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

import attrs

from carecoord._definitions import structure
from carecoord._values import Period, is_id, name_of
from carecoord.errors import RuleError, did_you_mean
from carecoord.rules import Bounds, Expression, Kind, Vocabulary, parse, parse_list
from carecoord.rules._bounds import bounds
from carecoord.rules._nodes import Defined, Given
from carecoord.scoring._bands import BandReader
from carecoord.scoring._format import (
    ChangeEntry,
    CutoffEntry,
    DefinitionFile,
    Example,
    FlagEntry,
    ScoreEntry,
    expand,
)
from carecoord.scoring._instrument import Change, Cutoff, Flag, Instrument, Item, Score
from carecoord.scoring._names import Faults, Names
from carecoord.scoring._ranges import code_step, range_fault, thresholds

__all__ = ["load"]

MOST_ITEMS = 1000
MOST_RULES = 500
DEEPEST = 30

Reading = tuple[tuple[str, ...], Expression, Expression | None]
"""The items a score lists, its value, and when it may be given."""

_WORD = re.compile(r"'[^']*'|\"[^\"]*\"|[A-Za-z_][A-Za-z0-9_]*\b(?!\s*\()")


def load(data: Mapping[str, Any], name: str) -> Instrument:
    """Build an instrument.

    Args:
        data: the file, as TOML gives it.
        name: how to call it in errors.

    Raises:
        DefinitionError: with every fault and its place.
    """
    return _Loader(structure(expand(data, name), DefinitionFile, name=name)).instrument(data)


class _Loader:
    def __init__(self, file: DefinitionFile) -> None:
        self.file = file
        self.faults = Faults(file.id)
        self.failed: set[str] = set()
        self.used: set[str] = set()
        self.check_head()
        self.names = Names(file, self.faults)
        self.faults.stop()
        self.steps = {item.name: code_step(item) for item in self.names.items if item.codes}

    def instrument(self, written: Mapping[str, Any]) -> Instrument:
        file = self.file
        items = tuple(map(self.asked, self.names.items, (entry.asked_when for entry in file.items)))
        scores = self.scores()
        flags = [self.flag(entry) for entry in file.flags]
        changes = [self.change(entry, scores, f"$.change[{place}]") for place, entry in enumerate(file.change)]
        for place, example in enumerate(file.examples):
            self.check_example(example, scores, f"$.examples[{place}]")
        for define in file.define:
            if name_of(define) not in self.used:
                self.faults.add(f"$.define.{define}", "nothing uses it")
        self.faults.stop()
        return Instrument(
            id=file.id, title=file.title, measures=file.measures, respondent=file.respondent,
            population=file.population, recall=file.recall, permission=file.permission,
            permission_note=file.permission_note, loinc=file.loinc, evidence=file.evidence, note=file.note,
            items=items, scores=tuple(scores[entry.id] for entry in file.scores),
            flags=tuple(filter(None, flags)), changes=tuple(filter(None, changes)), context=self.names.context,
            examples=file.examples, sources=file.sources, written=written,
        )  # fmt: skip

    def check_head(self) -> None:
        file = self.file
        if not is_id(file.id):
            self.faults.add("$.id", "letters and digits joined by single - or _ are wanted, as phq-9")
        if file.recall:
            try:
                Period.parse(file.recall)
            except ValueError as error:
                self.faults.add("$.recall", str(error))
        for part, count, most in (
            ("items", len(file.items), MOST_ITEMS),
            ("scores", len(file.scores), MOST_RULES),
            ("define", len(file.define), MOST_RULES),
        ):
            if count > most:
                self.faults.add(f"$.{part}", f"{count} are more than the {most} that are read")
                self.faults.stop()
            if not count and part != "define":
                self.faults.add(f"$.{part}", "at least one is wanted")

    def asked(self, item: Item, when: str) -> Item:
        if not when:
            return item
        return attrs.evolve(item, asked_when=self.rule(when, f"$.items[{item.id or item.n}].asked_when", "yes/no"))

    # rules

    def rule(self, text: str, path: str, wanted: str, words: Vocabulary | None = None) -> Expression | None:
        """Read a rule; a fault is reported, and then there is none."""
        try:
            made = parse(text, words or self.names.vocabulary())
        except RuleError as error:
            self.refuse(text, path, error)
            return None
        self.used |= _words(text)
        if made.type != wanted:
            self.faults.add(path, f"{wanted} is wanted, the rule gives {made.type}")
            return None
        return made

    def refuse(self, text: str, path: str, error: RuleError) -> None:
        """Report a rule that cannot be read, unless it rests on one that was reported already."""
        words = _words(text)
        self.used |= words
        if not words & self.failed:
            self.faults.add(f"{path}, column {error.column}", error.message)

    def scores(self) -> dict[str, Score]:
        """Read defines and scores, those first that others rest on; then what is said of each score."""
        entries = {name_of(entry.id): entry for entry in self.file.scores}
        defines = {name_of(name): (f"$.define.{name}", text) for name, text in self.file.define.items()}
        texts = {name: text for name, (_, text) in defines.items()}
        texts |= {name: f"{entry.value} {entry.needs}" for name, entry in entries.items()}
        rests_on = {name: {word for word in _words(text) if word in texts} for name, text in texts.items()}
        values: dict[str, Reading] = {}
        for name in self.ordered(rests_on):
            if not (self.define(name, *defines[name]) if name in defines else self.value(name, entries[name], values)):
                self.failed.add(name)
        return {entries[name].id: self.score(name, entries[name], *rules) for name, rules in values.items()}

    def ordered(self, rests_on: Mapping[str, set[str]]) -> Iterable[str]:
        try:
            order = tuple(TopologicalSorter(rests_on).static_order())
        except CycleError as error:
            self.faults.add("$.scores", f"these rest on each other in a circle: {' -> '.join(error.args[1])}")
            self.faults.stop()
            return ()
        depth: dict[str, int] = {}
        for name in order:
            depth[name] = 1 + max((depth[one] for one in rests_on[name]), default=0)
        if order and max(depth.values()) > DEEPEST:
            self.faults.add("$.scores", f"rules rest on each other more than {DEEPEST} deep")
            self.faults.stop()
        return order

    def define(self, name: str, path: str, text: str) -> bool:
        try:
            members = parse_list(text, self.names.vocabulary())
        except RuleError as error:
            self.refuse(text, path, error)
            return False
        self.used |= _words(text)
        if len(members) == 1 and not text.lstrip().startswith("["):
            self.names.definitions[name] = members[0].node
        else:
            self.names.sequences[name] = tuple(member.node for member in members)
        return True

    def value(self, name: str, entry: ScoreEntry, values: dict[str, Reading]) -> bool:
        """Read what a score is and when it may be given, for other rules to rest on."""
        path = f"$.scores[{entry.id}]"
        items = self.names.members(entry.items, f"{path}.items")
        words = self.names.vocabulary(items)
        value = self.rule(entry.value, f"{path}.value", "text" if entry.values else "number", words)
        needs = self.rule(entry.needs, f"{path}.needs", "yes/no", words) if entry.needs else None
        if value is None or (entry.needs and needs is None):
            return False
        values[name] = items, value, needs
        self.names.definitions[name] = value.node if needs is None else Given(needs.node, value.node)
        return True

    def score(
        self, name: str, entry: ScoreEntry, items: tuple[str, ...], value: Expression, needs: Expression | None
    ) -> Score:
        """Check a score, and read its bands and cut-offs, which may rest on any other score."""
        path, names = f"$.scores[{entry.id}]", self.names
        reached = bounds(value.node, {}, names.ranges)
        for message in _score_faults(entry, value, reached):
            self.faults.add(path, message)
        called = Defined(name, names.definitions[name])
        words = names.vocabulary(items, {"score": called})
        evidence = entry.evidence or self.file.evidence
        bands = BandReader(
            entry=entry, evidence=evidence, steps=self.steps,
            read=lambda text, where, kind: self.rule(text, f"{path}.{where}", kind, words),
            fault=lambda message: self.faults.add(f"{path}.bands", message),
        )  # fmt: skip
        cutoffs = [
            self.cutoff(one, f"{path}.cutoffs[{place}]", words, entry) for place, one in enumerate(entry.cutoffs)
        ]
        return Score(
            id=entry.id, name=name, label=entry.label or entry.id.replace("-", " "), items=items, value=value,
            needs=needs, rule=Expression(called.body), range=entry.range, values=entry.values, unit=entry.unit,
            worse=entry.worse or ("neither" if entry.values else "higher"),
            kind=Kind.choice(entry.values) if entry.range is None else Kind.number(*entry.range, whole=reached.whole),
            band_sets=bands.sets(Expression(called)), cutoffs=tuple(filter(None, cutoffs)), missing=entry.missing,
            note=entry.note, loinc=entry.loinc, evidence=evidence,
        )  # fmt: skip

    def cutoff(self, entry: CutoffEntry, path: str, words: Vocabulary, score: ScoreEntry) -> Cutoff | None:
        if not entry.source.strip():
            self.faults.add(f"{path}.source", "a cut-off says where it was read")
        rule = self.rule(entry.when, f"{path}.when", "yes/no", words)
        condition = self.rule(entry.for_, f"{path}.for", "yes/no", words) if entry.for_ else None
        if rule is None or (entry.for_ and condition is None):
            return None
        low, high = score.range or (0, 0)
        for threshold in thresholds(rule.node, words.definitions["score"]) if score.range else ():
            if not low <= threshold <= high:
                self.faults.add(f"{path}.when", f"{threshold:g} is outside the score's range {low:g} to {high:g}")
        return Cutoff(
            rule=rule, condition=condition, text=entry.when, meaning=entry.meaning, population=entry.population,
            source=entry.source, evidence=entry.evidence or score.evidence or self.file.evidence,
        )  # fmt: skip

    def flag(self, entry: FlagEntry) -> Flag | None:
        rule = self.rule(entry.when, f"$.flags[{entry.id}].when", "yes/no")
        if rule is None:
            return None
        return Flag(
            id=entry.id, rule=rule, meaning=entry.meaning, urgency=entry.urgency, source=entry.source,
            evidence=entry.evidence or self.file.evidence,
        )  # fmt: skip

    def change(self, entry: ChangeEntry, scores: Mapping[str, Score], path: str) -> Change | None:
        known = [score.id for score in self.file.scores]
        score = scores.get(entry.score)
        if entry.score not in known:
            self.faults.add(f"{path}.score", f"{entry.score[:60]} is no score here{did_you_mean(entry.score, known)}")
        if not entry.source.strip():
            self.faults.add(f"{path}.source", "a rule of change says where it was read")
        if score is None:
            return None
        if score.range is None or score.worse == "neither":
            self.faults.add(f"{path}.score", f"{entry.score} has no direction, so nothing on it is a change")
            return None
        person = self.names.respondent
        words = Vocabulary(names={**person, **change_names(score)}, tables=self.names.tables)
        rule = self.rule(entry.when, f"{path}.when", "yes/no", words)
        condition = self.rule(entry.for_, f"{path}.for", "yes/no", Vocabulary(names=person)) if entry.for_ else None
        if rule is None or (entry.for_ and condition is None):
            return None
        return Change(
            kind=entry.kind, score=entry.score, rule=rule, condition=condition, text=entry.when, size=entry.size,
            direction=entry.direction, note=entry.note, source=entry.source,
            evidence=entry.evidence or self.file.evidence,
        )  # fmt: skip

    def check_example(self, example: Example, scores: Mapping[str, Score], path: str) -> None:
        """Refuse an example that speaks of what is not there; whether it comes out is for `check_instrument`."""
        count = len(example.answers.split())
        if count != len(self.file.items):
            self.faults.add(f"{path}.answers", f"{count} answers for {len(self.file.items)} items")
        ids = [entry.id for entry in self.file.scores]
        sets = [f"{score.id}.{one.name}" for score in scores.values() for one in score.band_sets if one.name]
        for part, named, known in (
            ("scores", example.scores, ids),
            ("bands", example.bands, [*ids, *sets]),
            ("unscored", example.unscored, ids),
            ("flags", example.flags or (), [flag.id for flag in self.file.flags]),
            ("context", example.context, [*self.names.respondent]),
        ):
            for name in named:
                if name not in known:
                    self.faults.add(f"{path}.{part}", f"{name[:60]} is not known here{did_you_mean(name, known)}")


def change_names(score: Score) -> dict[str, Kind]:
    """Give the names a change rule may use for a score."""
    low, high = score.range or (0, 0)
    span = high - low
    return {
        "before": Kind.number(low, high, whole=score.kind.whole),
        "after": Kind.number(low, high, whole=score.kind.whole),
        "improvement": Kind.number(-span, span, whole=score.kind.whole),
        "percent_improvement": Kind.number(-1e5, 1e5),
    }


def _score_faults(entry: ScoreEntry, value: Expression, reached: Bounds) -> Iterator[str]:
    if (entry.range is None) == (not entry.values):
        yield "a score has a range, or values where it is a category: one of them"
    elif not reached.known:
        yield "value: it can never be known"
    elif entry.range is not None:
        fault = range_fault(value.node, entry.range, reached)
        if fault is not None:
            yield fault
    else:
        if entry.worse not in (None, "neither"):
            yield 'worse: a category has no direction, write worse = "neither"'
        given = {str(choice) for choice in reached.choices or ()}
        yield from (f"the rule gives {text!r}, which is none of the values" for text in sorted(given - {*entry.values}))
        yield from (f"the rule never gives {text!r}" for text in entry.values if text not in given)


def _words(text: str) -> set[str]:
    return {word for word in _WORD.findall(text) if word[0] not in "'\""}
