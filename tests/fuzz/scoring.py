"""Throw spoilt definitions and answers at the library for some minutes: nothing but its own errors may come back.

Run as `python -m tests.fuzz.scoring --minutes 30`, or by `nox -s fuzz -- --minutes 30`.
It says how many inputs it tried, and ends with 1 where something else was raised or one input took too long.
"""

from __future__ import annotations

import argparse
import math
import re
import sys
import traceback
from collections import Counter
from collections.abc import Sequence
from datetime import time
from random import Random
from time import monotonic, process_time
from typing import Any

from carecoord.errors import AnswerError, DefinitionError
from carecoord.scoring import Instrument, check, instrument, instruments, read_instrument, score
from carecoord.scoring._catalogue import FOLDER
from tests.scoring.forms import full_form

__all__ = ["fuzz", "main"]

LONGEST_SECONDS = 5.0
TEXTS = [(FOLDER / f"{name}.toml").read_text(encoding="utf-8") for name in instruments()]
PARTS = re.compile(r'"[^"\n]*"|[\w.-]+|\s+|[^\w\s]')
WORDS = [
    "0", "-1", "1e9", "1e400", "9" * 400, "nan", "inf", "true", '"missing"', '""', "[]", "{}", "[[", "]]", "=", "'''",
    "\x00", "\ud800", "0x10", "1979-05-27", "07:32:00", "..", "a.b.c.d", "each", '"{x}"', "items", "score", "known",
    "prorate", "if", "else", "and", "(" * 60, "not " * 60, "lookup(q1, t)", "q1 / 0", "round(q1, 0)", "code(q1)", "q99",
    "__import__('os')", "(lambda: 0)()", "q1 ** 9 ** 9", "*" * 9, "sum(" * 40, "min(known(items))", "1_000", "\u202e",
    "q1 if",
]  # fmt: skip
ANSWERS: list[Any] = [
    None, True, False, "", "-", "2", "23:59", "24:00", b"1", 2.0, 2.7, -0.0, 1e308, math.nan, math.inf, -1, 10**9,
    10**400, 1j, [], {}, (), set(), object(), time(7, 5), "\ud800", "9" * 5000, range(3), Exception, "3a",
]  # fmt: skip
KEYS: list[Any] = [*ANSWERS[:12], 1, 2, "q1", "q2", "age", "sex", "total", "1", 1.0]
FACTS: list[Any] = [*ANSWERS[:20], "female", "male", 40, 200, "parent", "first"]


def hashable(values: Sequence[Any], chance: Random) -> Any:
    """Give one of these that may be a key."""
    value = chance.choice(values)
    return value if getattr(value, "__hash__", None) else 1


def spoilt(chance: Random) -> str:
    """Give the text of a definition in which a few words are gone, doubled, others, or another definition's."""
    parts = PARTS.findall(chance.choice(TEXTS))
    for _ in range(chance.choice((1, 1, 2, 3, 8))):
        at = chance.randrange(len(parts))
        until = at + chance.choice((0, 1, 1, 3, 40))
        way = chance.randrange(8)
        if way >= 5:
            at = next((place for place in range(at, len(parts)) if parts[place].isdigit()), at)
            parts[at] = str(chance.choice((0, 1, 2, 3, 9, 10, 100)))
        elif way == 0:
            parts[at:until] = [chance.choice(WORDS)]
        elif way == 1:
            parts[at:until] = []
        elif way == 2:
            parts[at:at] = parts[at:until]
        elif way == 3:
            parts[at:until] = PARTS.findall(chance.choice(TEXTS))[at:until] or [chance.choice(WORDS)]
        else:
            parts[at] = chance.choice(parts)
    return "".join(parts)


def answers_to(it: Instrument, chance: Random) -> Any:
    """Give answers of any kind: right, partly wrong, by item, too many, or none at all."""
    form = full_form(it, chance)
    for _ in range(chance.choice((0, 0, 0, 1, 3))):
        form[chance.randrange(len(form))] = chance.choice(ANSWERS)
    way = chance.randrange(6)
    if way == 0:
        return {
            hashable([item.n, item.name, item.id, *KEYS], chance): one for item, one in zip(it.items, form, strict=True)
        }
    if way == 1:
        return form[: chance.randrange(len(form) + 1)] + [chance.choice(ANSWERS)] * chance.randrange(3)
    if way == 2:
        return chance.choice(ANSWERS)
    return tuple(form) if way == 3 else form


def respondent(chance: Random) -> Any:
    """Give something for the respondent: nothing, a few facts, or nonsense."""
    way = chance.randrange(4)
    if way == 0:
        return {hashable(KEYS, chance): chance.choice(FACTS) for _ in range(chance.randrange(4))}
    if way == 1:
        return {"age": chance.choice(FACTS), "sex": chance.choice(FACTS)}
    return chance.choice(ANSWERS) if way == 2 and chance.random() < 0.1 else None


def talk(it: Instrument, answers: Any, who: Any) -> str:
    """Score, and have everything said of the result."""
    try:
        result = score(it, answers, respondent=who)
    except AnswerError as error:
        str(error)
        return "answers refused"
    result.explain()
    said = [(one.because, one.possible, one.bands, one.cutoffs) for one in result.values()]
    repr((said, result.flags, result.missing, result.inconsistent))
    return "scored"


def try_one(chance: Random) -> str:
    """Try one input; give what became of it."""
    if chance.random() < 0.5:
        it = instrument(chance.choice(instruments()))
        other = it if chance.random() < 0.9 else instrument(chance.choice(instruments()))
        return talk(it, answers_to(other, chance), respondent(chance))
    text = spoilt(chance)
    try:
        found = read_instrument(text)
    except DefinitionError as error:
        str(error)
        return "definition refused"
    talk(found, full_form(found, chance), None)
    talk(found, [None] * len(found.items), None)
    if chance.random() < 0.2:
        check(found)
    return "definition read"


def fuzz(seconds: float, seed: int) -> tuple[Counter[str], list[str]]:
    """Try inputs for a time; give how many became what, and what went wrong."""
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    start = monotonic()
    number = 0
    while monotonic() - start < seconds and len(wrong) < 10:
        number += 1
        one = f"{seed}-{number}"
        began = process_time()
        try:
            counts[try_one(Random(one))] += 1  # noqa: S311 - an input is made again from its number
        except Exception:  # noqa: BLE001 - that is what is looked for
            wrong.append(f"input {one}:\n{traceback.format_exc(limit=-6)}")
        if process_time() - began > LONGEST_SECONDS:
            wrong.append(f"input {one} took {process_time() - began:.1f} seconds")
    return counts, wrong


def main(arguments: Sequence[str] | None = None) -> int:
    """Try inputs for some minutes and say what became of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args(arguments)
    counts, wrong = fuzz(chosen.minutes * 60, chosen.seed)
    print(f"{counts.total():,} inputs: {', '.join(f'{count:,} {what}' for what, count in counts.most_common())}")
    for one in wrong:
        print(one)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
