"""Build an instrument from what its file says: names, rules, ranges, bands; every fault at once."""

from __future__ import annotations

import hashlib
import json
import re
from collections import ChainMap
from collections.abc import Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any

import attrs

from carecoord._definitions import structure
from carecoord._values import FrozenMapping, Period, is_id, name_of
from carecoord.errors import DefinitionError, Fault, RuleError, did_you_mean
from carecoord.rules import Expression, Kind, Vocabulary, parse, parse_list
from carecoord.rules._nodes import Defined, Given, Node
from carecoord.scoring._bands import band_sets
from carecoord.scoring._format import (
    ChangeEntry,
    CutoffEntry,
    DefinitionFile,
    FlagEntry,
    ItemEntry,
    ScoreEntry,
    expand,
)
from carecoord.scoring._instrument import Change, Cutoff, Flag, Instrument, Item, Score
from carecoord.scoring._ranges import code_step, range_fault
from carecoord.scoring._respondent import RESPONDENT

__all__ = ["load"]

MOST_ITEMS = 1000
MOST_RULES = 500
DEEPEST = 30

_WORD = re.compile(r"'[^']*'|\"[^\"]*\"|[A-Za-z_][A-Za-z0-9_]*\b(?!\s*\()")
_WHOLE = re.compile(r"-?\d{1,9}")


def load(data: Mapping[str, Any], name: str) -> Instrument:
    """Build an instrument.

    Args:
        data: the file, as TOML gives it.
        name: how to call it in errors.

    Raises:
        DefinitionError: with every fault and its place.
    """
    file = structure(expand(data, name), DefinitionFile, name=name)
    made = _Loader(file).instrument(_digest(data))
    return made


def _digest(data: Mapping[str, Any]) -> str:
    canonical = json.dumps(data, sort_keys=True, separators=(",", ":"), default=str, ensure_ascii=False)
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


class _Loader:
    def __init__(self, file: DefinitionFile) -> None:
        self.file = file
        self.faults: list[Fault] = []
        self.names: dict[str, Kind] = {}
        self.taken = {"yes", "no", "items", "score", "before", "after", "improvement", "percent_improvement"}
        self.aliases: dict[str, str] = {}
        self.lists: dict[str, tuple[str, ...]] = {}
        self.definitions: dict[str, Node] = {}
        self.sequences: dict[str, tuple[Node, ...]] = {}
        self.ranges: dict[Any, Any] = {}
        self.used: set[str] = set()

    def fault(self, path: str, message: str) -> None:
        self.faults.append(Fault(path, message))

    def instrument(self, digest: str) -> Instrument:
        file = self.file
        self.check_head()
        drafts = [self.item(entry, place) for place, entry in enumerate(file.items, 1)]
        context = self.context()
        self.claim_names()
        self.groups()
        self.tables = {name_of(name): self.table(name, entries) for name, entries in file.tables.items()}
        self.stop_on_faults()
        self.steps = {item.name: code_step(item) for item in drafts if item.codes}
        items = tuple(self.asked(draft, entry) for draft, entry in zip(drafts, file.items, strict=True))
        scores = self.scores()
        flags = tuple(self.flag(entry) for entry in file.flags)
        changes = tuple(
            change for place, entry in enumerate(file.change) if (change := self.change(entry, scores, place))
        )
        self.check_examples(scores)
        self.check_use()
        self.stop_on_faults()
        return Instrument(
            id=file.id, title=file.title, measures=file.measures, respondent=file.respondent,
            population=file.population, recall=file.recall, permission=file.permission,
            permission_note=file.permission_note, loinc=file.loinc, evidence=file.evidence, note=file.note,
            items=items, scores=tuple(scores[entry.id] for entry in file.scores), flags=tuple(f for f in flags if f),
            changes=changes, context=context, examples=file.examples, sources=file.sources, digest=digest,
        )  # fmt: skip

    def stop_on_faults(self) -> None:
        if self.faults:
            raise DefinitionError(self.file.id, self.faults)

    def check_head(self) -> None:
        file = self.file
        if not is_id(file.id):
            self.fault("$.id", "letters and digits joined by - are wanted, as phq-9")
        if file.recall:
            try:
                Period.parse(file.recall)
            except ValueError as error:
                self.fault("$.recall", str(error))
        for part, count, most in (
            ("items", len(file.items), MOST_ITEMS),
            ("scores", len(file.scores), MOST_RULES),
            ("define", len(file.define), MOST_RULES),
        ):
            if count > most:
                self.fault(f"$.{part}", f"{count} are more than the {most} that are read")
        if not file.items:
            self.fault("$.items", "at least one item is wanted")
        if not file.sources:
            self.fault("$.sources", "at least one source is wanted: where were these numbers read?")

    # names

    def claim(self, name: str, path: str, kind: Kind | None = None) -> None:
        if name in self.taken:
            self.fault(path, f"the name {name} is used twice, or belongs to the language")
        self.taken.add(name)
        if kind is not None:
            self.names.setdefault(name, kind)

    def claim_names(self) -> None:
        if any(entry.id == "score" for entry in self.file.scores):
            self.taken.discard("score")
        for define in self.file.define:
            self.claim(name_of(define), f"$.define.{define}")
        for place, entry in enumerate(self.file.scores):
            if not is_id(entry.id):
                self.fault(f"$.scores[{place}].id", "letters and digits joined by - are wanted")
            self.claim(name_of(entry.id), f"$.scores[{entry.id}].id")
        flags = [flag.id for flag in self.file.flags]
        for flag in sorted({flag for flag in flags if flags.count(flag) > 1}):
            self.fault(f"$.flags[{flag}].id", "two flags have this id")

    def context(self) -> FrozenMapping[str, Kind]:
        own: dict[str, Kind] = {}
        for name, values in self.file.context.items():
            kinds = {"yes/no": Kind.YES_NO, "number": Kind.NUMBER, "text": Kind.TEXT}
            own[name_of(name)] = kinds[values] if isinstance(values, str) else Kind.choice(values)
        for name, kind in {**RESPONDENT, **own}.items():
            self.claim(name, f"$.context.{name}", kind)
        return FrozenMapping(own)

    # items

    def item(self, entry: ItemEntry, place: int) -> Item:
        path = f"$.items[{entry.id or entry.n}]"
        if entry.n != place:
            self.fault(f"{path}.n", f"items are numbered from 1 without gaps; {place} is wanted here")
        name = name_of(entry.id) if entry.id else f"q{entry.n}"
        codes = self.codes(entry, path)
        kind = self.item_kind(entry, codes, path)
        self.claim(name, f"{path}.id", kind)
        if entry.id and f"q{entry.n}" != name:
            self.aliases[f"q{entry.n}"] = name
        self.names[f"code({name})"] = self.code_kind(codes, kind)
        return Item(
            n=entry.n, id=entry.id, name=name, label=entry.label, codes=FrozenMapping(codes), low=entry.min,
            high=entry.max, unit=entry.unit, whole=entry.whole, time=entry.time, reverse=entry.reverse, asked_when=None,
            otherwise=entry.otherwise, kind=kind, loinc=entry.loinc, note=entry.note,
        )  # fmt: skip

    def codes(self, entry: ItemEntry, path: str) -> dict[Any, Any]:
        values: Any = entry.values
        if isinstance(values, str):
            if values not in self.file.values:
                self.fault(
                    f"{path}.values", f"no set of values is called {values}{did_you_mean(values, self.file.values)}"
                )
                return {0: 0}
            values = self.file.values[values]
        if values is None or len(values) == 0:
            return {}
        codes = _coded(values)
        for code, score in codes.items():
            if isinstance(score, str):
                self.fault(f"{path}.values", f'code {code} scores {score!r}; a number or "missing" is wanted')
        scores = [score for score in codes.values() if score is not None and not isinstance(score, str)]
        if not scores:
            self.fault(f"{path}.values", "at least one code with a score is wanted")
            return {0: 0}
        if entry.reverse:
            codes = {
                code: None if score is None else min(scores) + max(scores) - score for code, score in codes.items()
            }
        return codes

    def item_kind(self, entry: ItemEntry, codes: Mapping[Any, Any], path: str) -> Kind:
        skippable = bool(entry.asked_when) and entry.otherwise is None
        if entry.time:
            return Kind("time", 0, 1439, whole=True, skippable=skippable)
        scores = [score for score in codes.values() if isinstance(score, int | float)]
        if not codes:
            if entry.min is None or entry.max is None or entry.min >= entry.max:
                self.fault(path, "an item has values, or min and max with min below max, or time = true")
                return Kind.NUMBER
            scores = [entry.min, entry.max]
            whole = entry.whole
        else:
            whole = all(float(score).is_integer() for score in scores)
        if entry.otherwise is not None:
            scores = [*scores, entry.otherwise]
            whole = whole and float(entry.otherwise).is_integer()
            if not entry.asked_when:
                self.fault(f"{path}.otherwise", "this needs asked_when beside it")
        if max(abs(min(scores)), abs(max(scores))) > 1e6:  # noqa: PLR2004
            self.fault(path, "scores and measurements lie within a million either way")
        return Kind.number(min(scores), max(scores), whole=whole, skippable=skippable)

    def code_kind(self, codes: Mapping[Any, Any], kind: Kind) -> Kind:
        if any(isinstance(code, str) for code in codes):
            return Kind.choice(tuple(map(str, codes)), skippable=kind.skippable)
        numbers = list(codes) or [kind.low, kind.high]
        whole = all(float(code).is_integer() for code in numbers) if codes else kind.whole
        return Kind.number(min(numbers), max(numbers), whole=whole, skippable=kind.skippable)

    def asked(self, item: Item, entry: ItemEntry) -> Item:
        if not entry.asked_when:
            return item
        rule = self.rule(entry.asked_when, f"$.items[{entry.id or entry.n}].asked_when", "yes/no")
        return attrs.evolve(item, asked_when=rule)

    # groups and tables

    def groups(self) -> None:
        for group in self.file.groups:
            self.claim(name_of(group), f"$.groups.{group}")
            self.lists[name_of(group)] = ()
        done: dict[str, tuple[str, ...]] = {}
        for group, text in self.file.groups.items():
            members = self.members(text, f"$.groups.{group}", (group,))
            done[name_of(group)] = members
            for member in sorted({one for one in members if members.count(one) > 1}):
                self.fault(f"$.groups.{group}", f"{member} stands in it twice")
        self.lists.update(done)

    def members(self, text: str, path: str, within: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Read a list of items: numbers, ranges, ids and groups, with spaces between."""
        found: list[str] = []
        for word in text.split():
            span = re.fullmatch(r"(\d{1,4})(?:-(\d{1,4}))?", word)
            if span:
                last = int(span[2] or span[1])
                numbers = range(int(span[1]), min(last, len(self.file.items)) + 1)
                if last > len(self.file.items) or not numbers or int(span[1]) < 1:
                    self.fault(path, f"{word}: items are numbered 1 to {len(self.file.items)}")
                found += [self.aliases.get(f"q{number}", f"q{number}") for number in numbers]
            elif word in self.file.groups and word not in within and len(within) < DEEPEST:
                found += self.members(self.file.groups[word], path, (*within, word))
            elif name_of(word) in self.names:
                found.append(name_of(word))
            else:
                self.fault(
                    path, f"{word} is no item and no group{did_you_mean(word, [*self.names, *self.file.groups])}"
                )
        if not found and text.strip():
            return ()
        return tuple(found)

    def table(self, name: str, entries: Mapping[str, Any]) -> tuple[tuple[Any, Any], ...]:
        made: list[tuple[Any, Any]] = []
        for code, value in entries.items():
            try:
                made.append((int(code) if _WHOLE.fullmatch(code) else float(code), value))
            except ValueError:
                self.fault(f"$.tables.{name}", f"{code!r} is no number")
        if not made:
            self.fault(f"$.tables.{name}", "a table has at least one entry")
            return ((0, 0),)
        if len({isinstance(value, str) for _, value in made}) > 1:
            self.fault(f"$.tables.{name}", "the entries are all numbers or all texts")
            return ((0, 0),)
        return tuple(made)

    # rules

    def vocabulary(self, items: tuple[str, ...] = (), **extra: Any) -> Vocabulary:
        lists: Mapping[str, tuple[str, ...]] = ChainMap({"items": items}, self.lists) if items else self.lists
        return Vocabulary(
            names=ChainMap(extra.get("names", {}), self.names), lists=lists, tables=self.tables,
            definitions=ChainMap(extra.get("definitions", {}), self.definitions), sequences=self.sequences,
            aliases=self.aliases, ranges=extra.get("ranges", self.ranges),
        )  # fmt: skip

    def rule(self, text: str, path: str, wanted: str | None, words: Vocabulary | None = None) -> Expression | None:
        self.used.update(_words(text))
        try:
            made = parse(text, words or self.vocabulary())
        except RuleError as error:
            self.fault(f"{path}, column {error.column}", error.message)
            return None
        if wanted is not None and made.type != wanted:
            self.fault(path, f"{wanted} is wanted, the rule gives {made.type}")
            return None
        return made

    def scores(self) -> dict[str, Score]:
        """Read defines and scores, those first that others rest on."""
        entries = {name_of(entry.id): entry for entry in self.file.scores}
        defines = {name_of(name): (name, text) for name, text in self.file.define.items()}
        texts = {name: text for name, (_, text) in defines.items()}
        texts |= {name: f"{entry.value} {entry.needs}" for name, entry in entries.items()}
        rests_on = {name: {word for word in _words(text) if word in texts} for name, text in texts.items()}
        made: dict[str, Score] = {}
        for name in self.ordered(rests_on):
            if name in defines:
                self.define(name, *defines[name])
            else:
                score = self.score(entries[name])
                if score is not None:
                    made[entries[name].id] = score
        return made

    def ordered(self, rests_on: Mapping[str, set[str]]) -> Iterable[str]:
        try:
            order = tuple(TopologicalSorter(rests_on).static_order())
        except CycleError as error:
            self.fault("$.scores", f"these rest on each other in a circle: {' -> '.join(error.args[1])}")
            self.stop_on_faults()
            return ()
        depth: dict[str, int] = {}
        for name in order:
            depth[name] = 1 + max((depth[one] for one in rests_on[name]), default=0)
        if order and max(depth.values()) > DEEPEST:
            self.fault("$.scores", f"rules rest on each other more than {DEEPEST} deep")
            self.stop_on_faults()
        return order

    def define(self, name: str, written: str, text: str) -> None:
        self.used.update(_words(text))
        try:
            members = parse_list(text, self.vocabulary())
        except RuleError as error:
            self.fault(f"$.define.{written}, column {error.column}", error.message)
            return
        if len(members) == 1 and not text.lstrip().startswith("["):
            self.definitions[name] = members[0].node
        else:
            self.sequences[name] = tuple(member.node for member in members)

    def score(self, entry: ScoreEntry) -> Score | None:
        path = f"$.scores[{entry.id}]"
        items = self.members(entry.items, f"{path}.items")
        self.used.update(items)
        words = self.vocabulary(items)
        category = bool(entry.values)
        value = self.rule(entry.value, f"{path}.value", "text" if category else "number", words)
        needs = self.rule(entry.needs, f"{path}.needs", "yes/no", words) if entry.needs else None
        if value is None or (entry.needs and needs is None):
            return None
        rule = value if needs is None else Expression(Given(needs.node, value.node))
        name = name_of(entry.id)
        self.definitions[name] = rule.node
        for message in self.score_faults(entry, value):
            self.fault(path, message)
        called = Defined(name, rule.node)
        inner = self.vocabulary(items, definitions={"score": called})
        sets = band_sets(
            entry,
            Expression(called),
            lambda text, where, kind: self.rule(text, f"{path}.{where}", kind, inner),
            lambda where, message: self.fault(f"{path}.{where}", message),
            evidence=entry.evidence or self.file.evidence,
            steps=self.steps,
        )
        cutoffs = tuple(
            cutoff
            for place, one in enumerate(entry.cutoffs)
            if (cutoff := self.cutoff(one, f"{path}.cutoffs[{place}]", inner, entry))
        )
        kind = Kind.choice(entry.values) if category else Kind.number(*(entry.range or (0, 0)), whole=value.kind.whole)
        return Score(
            id=entry.id, name=name, label=entry.label or entry.id.replace("-", " "), items=items, value=value,
            needs=needs, rule=rule, range=entry.range, values=entry.values, worse=entry.worse, kind=kind,
            unit=entry.unit, band_sets=sets, cutoffs=cutoffs, missing=entry.missing, note=entry.note,
            loinc=entry.loinc, evidence=entry.evidence or self.file.evidence,
        )  # fmt: skip

    def score_faults(self, entry: ScoreEntry, value: Expression) -> list[str]:
        if entry.values:
            if entry.range is not None:
                return ["a score has a range or values, not both"]
            given = set(value.kind.values)
            odd = [
                f"the rule gives {text!r}, which is none of the values" for text in sorted(given - set(entry.values))
            ]
            return odd + [f"the rule never gives {text!r}" for text in entry.values if text not in given]
        if entry.range is None:
            return ["a score has a range, or values where it is a category"]
        fault = range_fault(value.node, entry.range, value.kind)
        return [fault] if fault else []

    def cutoff(self, entry: CutoffEntry, path: str, words: Vocabulary, score: ScoreEntry) -> Cutoff | None:
        rule = self.rule(entry.when, f"{path}.when", "yes/no", words)
        condition = self.rule(entry.for_, f"{path}.for", "yes/no", words) if entry.for_ else None
        if rule is None or (entry.for_ and condition is None):
            return None
        if not entry.source.strip():
            self.fault(f"{path}.source", "a cut-off says where it was read")
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

    def change(self, entry: ChangeEntry, scores: Mapping[str, Score], place: int) -> Change | None:
        path = f"$.change[{place}]"
        known = [score.id for score in self.file.scores]
        if entry.score not in known:
            self.fault(f"{path}.score", f"{entry.score} is no score here{did_you_mean(entry.score, known)}")
            return None
        score = scores.get(entry.score)
        if score is None:
            return None
        if score.range is None or score.worse == "neither":
            self.fault(f"{path}.score", f"{entry.score} has no direction, so nothing on it is a change")
            return None
        words = self.vocabulary(names=change_names(score), ranges={})
        rule = self.rule(entry.when, f"{path}.when", "yes/no", words)
        condition = self.rule(entry.for_, f"{path}.for", "yes/no") if entry.for_ else None
        if rule is None or (entry.for_ and condition is None):
            return None
        return Change(
            kind=entry.kind, score=entry.score, rule=rule, condition=condition, text=entry.when, size=entry.size,
            direction=entry.direction, note=entry.note, source=entry.source,
            evidence=entry.evidence or self.file.evidence,
        )  # fmt: skip

    # what stands for itself

    def check_examples(self, scores: Mapping[str, Score]) -> None:
        known = [entry.id for entry in self.file.scores]
        flags = [flag.id for flag in self.file.flags]
        sets = [f"{score.id}.{one.name}" for score in scores.values() for one in score.band_sets if one.name]
        for place, example in enumerate(self.file.examples):
            path = f"$.examples[{place}]"
            count = len(example.answers.split())
            if count != len(self.file.items):
                self.fault(f"{path}.answers", f"{count} answers for {len(self.file.items)} items")
            for name in [*example.scores, *example.unscored, *(name for name in example.bands if name not in sets)]:
                if name not in known:
                    self.fault(path, f"{name} is no score here{did_you_mean(name, [*known, *sets])}")
            for flag in example.flags or ():
                if flag not in flags:
                    self.fault(f"{path}.flags", f"{flag} is no flag here{did_you_mean(flag, flags)}")

    def check_use(self) -> None:
        for define in self.file.define:
            if name_of(define) not in self.used:
                self.fault(f"$.define.{define}", "nothing uses it")


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


def _coded(values: Sequence[Any] | Mapping[str, Any]) -> dict[Any, Any]:
    """Give the score of each code; codes are numbers where every one reads as a whole number."""
    if not isinstance(values, Mapping):
        return {value: value for value in values}
    numbers = all(_WHOLE.fullmatch(code) for code in values)
    return {int(code) if numbers else code: None if score == "missing" else score for code, score in values.items()}


def _words(text: str) -> set[str]:
    return {word for word in _WORD.findall(text) if word[0] not in "'\""}
