"""Change one number, list, flag or word of a definition at a time, and see whether a test of definitions notices.

Run as `python -m tests.mutation.definitions [ID ...]`, or by `nox -s definitions`.
It ends with 1 where fewer than 95 of 100 changes are noticed.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import sys
import tokenize
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from fnmatch import fnmatchcase
from functools import cache, partial
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from carecoord.errors import AnswerError, CareCoordError
from carecoord.rules import Kind
from carecoord.scoring import Change, Instrument, Score, _catalogue, check, instrument, instruments, score
from carecoord.scoring._load import load
from carecoord.testing import LawError, check_instrument
from tests.scoring import test_change_rules, test_facts, test_populations, test_skip_rules
from tests.scoring.forms import answer

__all__ = ["WANTED", "Mutant", "Verdict", "mutants", "verdict"]

WANTED = 0.95
LAW_EXAMPLES = 60

Place = tuple[str | int, ...]
Table = dict[str, Any]


class Mutant(NamedTuple):
    """One change of one definition.

    Attributes:
        kind: what was changed: `band`, `items`, `reverse`, ...
        place: where, as keys and places from the top of the file.
        before: what stood there.
        after: what stands there now.
    """

    kind: str
    place: Place
    before: Any
    after: Any

    def __str__(self) -> str:
        """Give the place and the change on one line."""
        path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.place)
        before, after = (" ".join(str(value).split()) for value in (self.before, self.after))
        return f"{self.kind}: ${path}: {before} -> {after}"


class Verdict(NamedTuple):
    """What became of a mutant.

    Attributes:
        mutant: the mutant.
        noticed_by: which test noticed it; empty where none did.
        differs: whether some form was found that it scores otherwise; where none is, there may be nothing to notice.
    """

    mutant: Mutant
    noticed_by: str
    differs: bool = True


# what is changed


def mutants(data: Table) -> Iterator[Mutant]:
    """Give every mutant of a definition."""
    for place, value in _leaves(data):
        kind = _kind(place)
        if kind is None:
            continue
        if kind == "items":
            yield from (Mutant(kind, place, value, changed) for changed in _lists(value))
        elif isinstance(value, str):
            yield from (Mutant(kind, place, value, changed) for changed in _rules(value, data))
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield from (Mutant(kind, place, value, changed) for changed in _numbers(value))
    for at, item in enumerate(data["items"]):
        if "values" in item:
            now = item.get("reverse", False)
            yield Mutant("reverse", ("items", at, "reverse"), now, not now)
    for at, one in enumerate(data["scores"]):
        turned = {"higher": "lower", "lower": "higher"}.get(one.get("worse", "higher"))
        if turned and "values" not in one:
            yield Mutant("worse", ("scores", at, "worse"), one.get("worse", "higher"), turned)


def _leaves(value: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _leaves(inner, (*place, key))
    else:
        yield place, value


KINDS: tuple[tuple[str, str], ...] = (
    ("items.*.asked_when", "skip"),
    ("items.*.otherwise", "skip"),
    ("items.*.values.*", "code"),
    ("items.*.m[ia][nx]", "code"),
    ("values.*", "code"),
    ("tables.*", "table"),
    ("groups.*", "items"),
    ("define.*", "rule"),
    ("scores.*.items", "items"),
    ("scores.*.value", "rule"),
    ("scores.*.needs", "missing limit"),
    ("scores.*.range.*", "range"),
    ("scores.*.band_on", "rule"),
    ("scores.*.bands.*.low", "band"),
    ("scores.*.bands.*.high", "band"),
    ("scores.*.bands.*.below", "band"),
    ("scores.*.bands.*.for", "condition"),
    ("scores.*.cutoffs.*.when", "cut-off"),
    ("scores.*.cutoffs.*.for", "condition"),
    ("flags.*.when", "flag"),
    ("change.*.when", "change"),
    ("change.*.for", "condition"),
)
"""What stands at which place of a file; all else is words, which no test of numbers can notice."""


@cache
def _kind(place: Place) -> str | None:
    path = ".".join(str(step).replace(".", "_") for step in place)
    return next((kind for pattern, kind in KINDS if fnmatchcase(path, pattern)), None)


def _numbers(value: float) -> Iterator[float]:
    step = 1 if float(value).is_integer() else 0.1
    for changed in (value + step, value - step):
        yield changed if step == 1 else round(changed, 6)


def _lists(text: str) -> Iterator[str]:
    """Change one member of `1-3 7`: an end of a span by one, a number to the next; or leave it out."""
    parts = text.split()
    for at, part in enumerate(parts):
        first, dash, last = part.partition("-")
        changed: list[str] = []
        if first.isdigit() and last.isdigit():
            low, high = int(first), int(last)
            ends = ((low + 1, high), (low - 1, high), (low, high - 1), (low, high + 1))
            changed = [f"{one}-{other}" for one, other in ends if 0 < one <= other]
        elif first.isdigit() and not dash:
            changed = [str(int(first) + 1), ""]
        elif len(parts) > 1:
            changed = [""]
        for new in changed:
            yield " ".join(filter(None, [*parts[:at], new, *parts[at + 1 :]]))


OPERATORS = {">=": (">",), "<=": ("<",), ">": (">=",), "<": ("<=",), "==": (">=", "<="), "+": ("-",), "-": ("+",)}
WORDS = {
    "and": "or", "or": "and", "any": "all", "all": "any", "min": "max", "max": "min", "floor": "ceil", "ceil": "floor",
    "missing": "answered", "answered": "missing",
}  # fmt: skip
TEXTS = {"female": "male", "male": "female", "parent": "teacher", "teacher": "parent", "self": "parent"}
ITEM = re.compile(r"q(\d+)")


def _rules(text: str, data: Table) -> Iterator[str]:
    """Change one number, operator, item or word of a rule."""
    flat = " ".join(text.split())
    for token in tokenize.generate_tokens(io.StringIO(flat).readline):
        for new in _tokens(token, data):
            yield flat[: token.start[1]] + new + flat[token.end[1] :]


def _tokens(token: tokenize.TokenInfo, data: Table) -> Iterator[str]:
    word = token.string
    if token.type == tokenize.NUMBER:
        value = float(word) if "." in word else int(word)
        yield from (f"{changed:g}" if changed >= 0 else f"({changed:g})" for changed in _numbers(value))
    elif token.type == tokenize.OP:
        yield from OPERATORS.get(word, ())
    elif token.type == tokenize.STRING and word[1:-1] in TEXTS:
        yield f"'{TEXTS[word[1:-1]]}'"
    elif token.type == tokenize.NAME and word in WORDS:
        yield WORDS[word]
    elif token.type == tokenize.NAME:
        yield from _next_item(word, data)


def _next_item(word: str, data: Table) -> Iterator[str]:
    match = ITEM.fullmatch(word)
    count = len(data["items"])
    if match and count > 1:
        yield f"q{int(match[1]) % count + 1}"
    names = [item["id"].replace("-", "_") if "id" in item else f"q{item['n']}" for item in data["items"]]
    if not match and word in names and len(names) > 1:
        yield names[(names.index(word) + 1) % len(names)]


def replaced(value: Any, place: Sequence[str | int], new: Any) -> Any:
    """Give plain data with one place changed; what it shares with the old stays as it is."""
    if not place:
        return new
    copy: Any = dict(value) if isinstance(value, dict) else list(value)
    step = place[0]
    within = copy.get(step) if isinstance(copy, dict) else copy[step]
    copy[step] = replaced(within, place[1:], new)
    return copy


# who notices


def facts_differ(name: str, data: Table) -> bool:
    """Hold the mutant against the facts, as `test_facts` does."""
    found = {place for place, _ in test_facts.all_differences(data, _facts(name))}
    known = test_facts.DEVIATIONS.get(name, {})
    allowed = {place for place in found if any(fnmatchcase(place, one) for one in known)}
    return found != allowed or not all(any(fnmatchcase(place, one) for place in found) for one in known)


@cache
def _facts(name: str) -> Table:
    return test_facts.read(test_facts.FACTS / f"{name}.toml")


Run = Callable[[], object]


@cache
def _runs(name: str) -> dict[str, tuple[Run, ...]]:
    """Give the tests of an instrument; they find the mutant in the catalogue."""
    vectors = _facts(name)["vectors"]
    rules = [case for case in test_change_rules.cases() if case[0] == name]
    people = [case for case in test_populations.cases() if case[0] == name]
    return {
        "populations": tuple(partial(test_populations.test_cutoff_applies_to_its_population, *case) for case in people),
        "change rules": tuple(partial(test_change_rules.test_rule_of_change, *case) for case in rules),
        "skip rules": (
            partial(test_skip_rules.test_items_are_asked_on_their_condition, name),
            partial(test_skip_rules.test_items_that_are_not_asked_score_nothing_more, name),
        )
        if name in test_skip_rules.RULES
        else (),
        "facts' examples": tuple(partial(test_facts.test_worked_example_of_the_facts, name, one) for one in vectors),
        "laws": (partial(check_instrument, name, examples=LAW_EXAMPLES),),
    }


def noticed_by(name: str, data: Table) -> str:
    """Give the name of the first test that notices a mutant; empty where none does."""
    if _raises(lambda: facts_differ(name, data)) or facts_differ(name, data):
        return "facts"
    try:
        mutant = load(data, name)
    except CareCoordError:
        return "loading"
    if any(finding.severity == "error" for finding in check(mutant)):
        return "worked examples"
    return _by_tests(name, mutant)


def _by_tests(name: str, mutant: Instrument) -> str:
    original = instrument(name)
    _catalogue._READ[name] = mutant
    try:
        return next((what for what, runs in _runs(name).items() if any(map(_raises, runs))), "")
    finally:
        _catalogue._READ[name] = original


def _raises(run: Run) -> bool:
    try:
        run()
    except (AssertionError, CareCoordError, LawError, LookupError, TypeError, ValueError):
        return True
    return False


def differs(name: str, data: Table) -> bool:
    """Look for a form that a mutant scores otherwise than the definition, blanks and respondents included."""
    original, mutant = instrument(name), load(data, name)
    if list(map(_plain, original.changes)) != list(map(_plain, mutant.changes)):
        return True
    if [item.codes for item in original.items] != [item.codes for item in mutant.items]:
        return True
    chance = Random(0)  # noqa: S311 - the same forms every time
    for at in range(FORMS):
        form = [None if chance.random() < BLANKS[at % len(BLANKS)] else answer(item, chance) for item in original.items]
        who = {fact: _fact(kind, chance) for fact, kind in original.engine.kinds.items() if chance.random() < KNOWN}
        if outcome(original, form, who) != outcome(mutant, form, who):
            return True
    return False


FORMS = 3000
BLANKS = (0, 0.05, 0.3)
KNOWN = 0.7


def outcome(of: Instrument, form: list[Any], who: Table) -> Any:
    """Give what comes out of scoring a form, flags and missing items included."""
    try:
        result = score(of, form, respondent=who)
    except AnswerError:
        return None
    flags = [(flag.id, flag.state) for flag in result.flags]
    return result.row, result.item_scores, result.missing, result.inconsistent, flags, list(map(_worse, of.scores))


def _worse(of: Score) -> Any:
    return of.worse, of.range


def _plain(change: Change) -> Any:
    return str(change.rule), str(change.condition)


def _fact(kind: Kind, chance: Random) -> Any:
    if kind.type == "yes/no":
        return chance.random() < KNOWN
    return chance.choice(kind.values or ("somewhere",)) if kind.type == "text" else chance.randint(0, 100)


def verdict(name: str) -> list[Verdict]:
    """Try every mutant of a definition."""
    data = test_facts.read(test_facts.DEFINITIONS / f"{name}.toml")
    found = noticed_by(name, data)
    if found:
        raise AssertionError(f"{name} itself fails: {found}")
    return [_judged(name, data, mutant) for mutant in mutants(data) if mutant.after != mutant.before]


def _judged(name: str, data: Table, mutant: Mutant) -> Verdict:
    changed = replaced(data, mutant.place, mutant.after)
    found = noticed_by(name, changed)
    return Verdict(mutant, found, bool(found) or differs(name, changed))


EQUAL = f" (no form of {FORMS:,} is scored otherwise)"


def main(arguments: Sequence[str] | None = None) -> int:
    """Try the definitions named, or all, and print what was noticed by what, and what was not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("ids", metavar="ID", nargs="*", help="instruments; all where left out")
    parser.add_argument("--survivors", type=Path, metavar="FILE", help="write what nothing noticed into a file")
    chosen = parser.parse_args(arguments)
    names = chosen.ids or instruments()
    names = sorted(names, key=lambda name: -(test_facts.DEFINITIONS / f"{name}.toml").stat().st_size)
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        tried = dict(zip(names, pool.map(verdict, names), strict=True))
    survivors = [
        f"{name}: {one.mutant}{'' if one.differs else EQUAL}"
        for name in sorted(tried)
        for one in tried[name]
        if not one.noticed_by
    ]
    everything = [one for verdicts in tried.values() for one in verdicts]
    _report(everything)
    for line in survivors:
        print(line)
    if chosen.survivors:
        chosen.survivors.write_text("\n".join([*survivors, ""]), encoding="utf-8")
    share = 1 - len(survivors) / len(everything)
    equal = sum(line.endswith(EQUAL) for line in survivors)
    print(f"{len(everything):,} mutants, {len(survivors)} not noticed, {equal} of them seem to change nothing")
    print(f"{share:.1%} noticed, {WANTED:.0%} wanted")
    return 0 if share >= WANTED else 1


def _report(everything: Sequence[Verdict]) -> None:
    by_kind: dict[str, Counter[str]] = {}
    for one in everything:
        by_kind.setdefault(one.mutant.kind, Counter())[one.noticed_by or "nothing"] += 1
    for kind, counted in sorted(by_kind.items()):
        parts = ", ".join(f"{what} {count:,}" for what, count in counted.most_common())
        share = 1 - counted["nothing"] / counted.total()
        print(f"{kind}: {counted.total():,}, {share:.1%} noticed ({parts})")


if __name__ == "__main__":
    sys.exit(main())
