"""Seed one fault in a protocol at a time, and see whether a worked example or `check` notices.

A threshold off by one, a comparison that lets its end in or out, a rule dropped, two rules swapped.
Swapping two rules that never hold at once is no fault, and is not counted.
Run as `python -m tests.mutation.protocols [ID ...]`, or by `nox -s protocols`.
It ends with 1 where fewer than 95 of 100 faults are noticed.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
import tokenize
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from carecoord._definitions import structure
from carecoord.errors import CareCoordError
from carecoord.stepped_care import Definition, Protocol, check, check_scenarios, protocol, protocols
from carecoord.stepped_care._check._model import Here, Model
from carecoord.stepped_care._check._search import Requirement, fails, holds, is_unknown, not_true
from carecoord.stepped_care._load import build
from carecoord.stepped_care._protocol import FOLDER, MODULES

__all__ = ["WANTED", "Fault", "faults", "noticed_by", "verdicts"]

WANTED = 0.95
OPERATORS = {">=": ">", "<=": "<", ">": ">=", "<": "<="}
PARTS = ("rules", "alerts", "add_ons", "tasks")

Table = dict[str, Any]


class Fault(NamedTuple):
    """One fault seeded in one protocol.

    Attributes:
        kind: `threshold`, `comparison`, `dropped` or `swapped`.
        where: the part, as `rules[relapse]`.
        change: what was changed.
        data: the protocol with the fault in it.
    """

    kind: str
    where: str
    change: str
    data: Table

    def __str__(self) -> str:
        """Give the kind, the place and the change on one line."""
        return f"{self.kind}: {self.where}: {self.change}"


def read(name: str) -> Table:
    """Give the file of a protocol or a module as plain data."""
    folder = FOLDER if (FOLDER / f"{name}.toml").exists() else MODULES
    return tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))


def names() -> tuple[str, ...]:
    """List the protocols and the modules that come with the library."""
    return (*protocols(), *sorted(path.stem for path in MODULES.glob("*.toml")))


def faults(data: Table) -> Iterator[Fault]:
    """Give every fault that is seeded in a protocol."""
    for part in PARTS:
        for place, one in enumerate(data.get(part, ())):
            for kind, text in _texts(one["when"]):
                changed = {**data, part: _put(data[part], place, {**one, "when": text})}
                yield Fault(kind, f"{part}[{one['id']}]", f"{one['when']} -> {text}", changed)
    for name, fact in data.get("facts", {}).items():
        rule = fact if isinstance(fact, str) else fact.get("rule")
        for kind, text in _texts(rule) if rule is not None else ():
            changed_fact = text if isinstance(fact, str) else {**fact, "rule": text}
            yield Fault(
                kind, f"facts.{name}", f"{rule} -> {text}", {**data, "facts": {**data["facts"], name: changed_fact}}
            )
    rules = data.get("rules", [])
    for place, one in enumerate(rules):
        if len(rules) > 1:
            yield Fault("dropped", f"rules[{one['id']}]", "dropped", {**data, "rules": _put(rules, place)})
    for place, (one, other) in enumerate(pairwise(rules)):
        swapped = [*rules[:place], other, one, *rules[place + 2 :]]
        yield Fault("swapped", f"rules[{one['id']}]", f"after {other['id']}", {**data, "rules": swapped})


def _put(entries: Sequence[Table], place: int, *others: Table) -> list[Table]:
    return [*entries[:place], *others, *entries[place + 1 :]]


def _texts(rule: str) -> Iterator[tuple[str, str]]:
    """Change one number or one comparison of a rule."""
    flat = " ".join(rule.split())
    for token in tokenize.generate_tokens(io.StringIO(flat).readline):
        before, after = flat[: token.start[1]], flat[token.end[1] :]
        if token.type == tokenize.NUMBER:
            for number in _numbers(token.string):
                yield "threshold", f"{before}{number}{after}"
        elif token.string in OPERATORS:
            yield "comparison", f"{before}{OPERATORS[token.string]}{after}"


def _numbers(text: str) -> Iterator[str]:
    if "." not in text:
        yield str(int(text) + 1)
        if int(text) > 0:
            yield str(int(text) - 1)
        return
    step = 10.0 ** -len(text.partition(".")[2])
    yield f"{float(text) + step:g}"
    yield f"{float(text) - step:g}"


def made(data: Table, like: Protocol) -> Protocol:
    """Build a protocol from plain data, on the modules of the one it was made from."""
    definition = structure(data, Definition, name=data["id"])
    return build(definition, () if definition.kind == "module" else like.modules, ())


def found(one: Protocol) -> frozenset[str]:
    """Name what `check` finds, without notes."""
    return frozenset(finding.name for finding in check(one) if finding.is_open)


def noticed_by(fault: Fault, like: Protocol, known: frozenset[str]) -> str:
    """Say what notices a fault; empty where nothing does."""
    try:
        faulty = made(fault.data, like)
        if check_scenarios(faulty):
            return "scenarios"
    except CareCoordError:
        return "loading"
    return "check" if found(faulty) - known else ""


def changes_nothing(faulty: Protocol, like: Protocol) -> bool:
    """Say whether it is proved that no decision changes: where a part counts, it is as true in one as in the other."""
    old, new = Model(like), Model(faulty)
    new.variables |= {name: one for name, one in old.variables.items() if name not in new.variables}
    asked: list[tuple[str, tuple[Requirement, ...]]] = []
    for step in new.places:
        one, other = old.here(step), new.here(step)
        if [part.says.id for part in one.plan.parts] != [part.says.id for part in other.plan.parts]:
            return False
        asked += ((step, way) for way in _differences(one, other))
    new.ask(wanted for _, way in asked for wanted in way)
    return not any(next(new.states([new.here(step)], way), None) for step, way in asked) and not new.unproved


def _differences(one: Here, other: Here) -> Iterator[tuple[Requirement, ...]]:
    """Give the ways in which a part can differ: for a rule, where none before it wins in either."""
    for place, (before, after) in enumerate(zip(one.parts, other.parts, strict=True)):
        if before != after:
            first = one.plan.first_rule
            earlier = dict.fromkeys((*one.parts[first:place], *other.parts[first:place]))
            for this, that in ((before, after), (after, before)):
                yield (holds(this), not_true(that), *map(fails, earlier))
                yield (is_unknown(this), holds(that), *map(fails, earlier))


def swaps_nothing(fault: Fault, overlaps: frozenset[str]) -> bool:
    """Say whether two swapped rules never hold at once in any step, or lead to the same."""
    one, other = fault.where.removeprefix("rules[").removesuffix("]"), fault.change.removeprefix("after ")
    return fault.kind == "swapped" and f"overlap/{one}/{other}" not in overlaps


class Verdict(NamedTuple):
    """What became of a fault.

    Attributes:
        name: the protocol.
        fault: the fault.
        noticed_by: what noticed it; empty where nothing did.
        is_none: whether it is proved to change no decision, so that there is nothing to notice.
    """

    name: str
    fault: Fault
    noticed_by: str
    is_none: bool = False


def verdicts(name: str) -> list[Verdict]:
    """Try every fault of a protocol; swaps that are proved to change nothing are left out."""
    like = protocol(name)
    known = found(like)
    overlaps = frozenset(finding.name for finding in check(like))
    if check_scenarios(like):
        raise AssertionError(f"{name} itself fails its scenarios")
    return [_verdict(name, fault, like, known) for fault in faults(read(name)) if not swaps_nothing(fault, overlaps)]


def _verdict(name: str, fault: Fault, like: Protocol, known: frozenset[str]) -> Verdict:
    by = noticed_by(fault, like, known)
    return Verdict(name, fault._replace(data={}), by, not by and changes_nothing(made(fault.data, like), like))


NOTHING = " (proved to change no decision)"


def main(arguments: Sequence[str] | None = None) -> int:
    """Try the protocols named, or all, and print what noticed their faults, and what was not noticed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("ids", metavar="ID", nargs="*", help="protocols and modules; all where left out")
    parser.add_argument("--survivors", type=Path, metavar="FILE", help="write what nothing noticed into a file")
    chosen = parser.parse_args(arguments)
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        everything = [one for found_in in pool.map(verdicts, chosen.ids or names()) for one in found_in]
    _report(everything, lambda one: one.fault.kind)
    _report(everything, lambda one: one.name)
    left = [one for one in everything if not one.noticed_by]
    survivors = [f"{one.name}: {one.fault}{NOTHING if one.is_none else ''}" for one in left]
    for line in survivors:
        print(line)
    if chosen.survivors:
        chosen.survivors.write_text("\n".join([*survivors, ""]), encoding="utf-8")
    share = 1 - len(survivors) / len(everything)
    none = sum(one.is_none for one in left)
    print(f"{len(everything):,} faults, {len(left)} not noticed, {none} of them proved to change no decision")
    print(f"{share:.1%} noticed, {WANTED:.0%} wanted")
    return 0 if share >= WANTED else 1


def _report(everything: Sequence[Verdict], by: Callable[[Verdict], str]) -> None:
    counted: dict[str, Counter[str]] = {}
    for one in everything:
        counted.setdefault(by(one), Counter())[one.noticed_by or "nothing"] += 1
    for key, counts in sorted(counted.items()):
        parts = ", ".join(f"{what} {count:,}" for what, count in counts.most_common())
        print(f"{key}: {counts.total():,}, {1 - counts['nothing'] / counts.total():.1%} noticed ({parts})")


if __name__ == "__main__":
    sys.exit(main())
