"""What scoring costs over the whole catalogue, beside functions written by hand, and what the catalogue weighs."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks import by_hand
from carecoord.scoring import Instrument, Item, Result, instrument, instruments, score

FORMS = 10_000
MOST_MICROSECONDS = 10.0
MOST_TIMES_BY_HAND = 2.5
MOST_MEGABYTES = 30.0
BY_HAND: dict[str, Callable[[Sequence[Any]], tuple[Any, ...]]] = {
    "phq-9": by_hand.phq_9,
    "pcl-5": by_hand.pcl_5,
    "psqi": by_hand.psqi,
}


def answer(item: Item, chance: random.Random) -> Any:
    """Give a random answer."""
    if item.time:
        return f"{chance.randrange(24):02}:{chance.randrange(60):02}"
    if item.codes:
        return chance.choice(list(item.codes))
    if item.low is None or item.high is None:
        raise AssertionError(item)
    return (
        chance.randint(int(item.low), int(item.high)) if item.whole else round(chance.uniform(item.low, item.high), 1)
    )


def form(of: Instrument, chance: random.Random, *, blanks: float = 0) -> list[Any]:
    """Give a filled form; each answer is missing with the chance `blanks`."""
    return [None if chance.random() < blanks else answer(item, chance) for item in of.items]


def forms(ids: Sequence[str], count: int) -> list[tuple[str, list[Any]]]:
    """Give forms of these instruments in turn; in one of ten, one answer of twenty is missing."""
    chance = random.Random(177)  # noqa: S311 - the same forms every time
    chosen = [instrument(ids[at % len(ids)]) for at in range(count)]
    return [(one.id, form(one, chance, blanks=0.05 if at % 10 == 0 else 0)) for at, one in enumerate(chosen)]


def seconds(run: Callable[[], object], rounds: int = 7) -> float:
    """Give the least time of several rounds: what else the machine did only adds to it."""
    times = []
    for _ in range(rounds):
        start = perf_counter()
        run()
        times.append(perf_counter() - start)
    return min(times)


def values(result: Result) -> tuple[Any, ...]:
    """Give what the functions by hand give, read from a result."""
    found: list[Any] = []
    states = {"met": True, "not met": False, "unknown": None}
    for each in result.values():
        found.append(each.category if each.range is None else each.value)
        if each.definition.band_sets:
            found.append(each.band)
        found += [states[cutoff.state] for cutoff in each.cutoffs]
    raised = {flag.id: flag.state == "raised" or None for flag in result.flags}
    return (*found, *(raised.get(flag.id, False) for flag in result.instrument.flags))


@pytest.mark.parametrize("name", BY_HAND)
def test_functions_by_hand_give_the_same(name: str) -> None:
    """What is compared below does the same work: values, bands, cut-offs and flags agree on complete forms."""
    chance = random.Random(1)  # noqa: S311
    age = {"age": 30} if name == "phq-9" else None
    for _ in range(300):
        answers = form(instrument(name), chance)
        assert values(score(name, answers, respondent=age)) == BY_HAND[name](answers)


@pytest.mark.parametrize("name", BY_HAND)
def test_scores_by_hand_give_the_same_with_blanks(name: str) -> None:
    """With blanks the scores agree; cut-offs the library can still decide from what is possible."""
    chance = random.Random(2)  # noqa: S311
    scores = instrument(name).scores
    for _ in range(300):
        answers = form(instrument(name), chance, blanks=0.1)
        result, place = score(name, answers), 0
        found = BY_HAND[name](answers)
        for one in scores:
            given = result[one.id]
            assert (given.category if given.range is None else given.value) == found[place], (answers, one.id)
            place += 1 + bool(one.band_sets) + len(one.cutoffs)


@pytest.mark.parametrize("name", BY_HAND)
def test_times_by_hand(name: str) -> None:
    """Scoring is at most two and a half times as slow as a function written for the one instrument."""
    mixed = [answers for _, answers in forms([name], 2_000)]
    by_us = seconds(lambda: [score(name, answers) for answers in mixed])
    function = BY_HAND[name]
    alone = seconds(lambda: [function(answers) for answers in mixed])
    print(f"\n{name}: {by_us / 2e-3:.2f} us, by hand {alone / 2e-3:.2f} us, {by_us / alone:.2f} times")  # noqa: T201
    assert by_us / alone <= MOST_TIMES_BY_HAND


def test_mix_of_all_instruments(benchmark: BenchmarkFixture) -> None:
    """10,000 forms, all instruments in turn: ten microseconds a form at most, on average."""
    mixed = forms(instruments(), FORMS)
    for name, answers in mixed:
        score(name, answers)  # compile every instrument before the clock runs

    def run() -> list[Result]:
        return [score(name, answers) for name, answers in mixed]

    assert len(benchmark(run)) == FORMS
    assert seconds(run) / FORMS * 1e6 <= MOST_MICROSECONDS


def test_memory_of_the_catalogue() -> None:
    """All instruments, read and compiled, weigh less than 30 MB."""
    program = """if True:
        import tracemalloc
        from carecoord.scoring import instrument, instruments
        import carecoord.scoring._load
        tracemalloc.start()
        engines = [instrument(name).engine for name in instruments()]
        partial = [(engine.partial, engine.asks) for engine in engines]
        print(tracemalloc.get_traced_memory()[0] / 1e6)"""
    weight = float(subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout)
    print(f"\n{weight:.1f} MB")  # noqa: T201
    assert weight < MOST_MEGABYTES


def test_nothing_is_read_until_asked_for() -> None:
    """Listing the ids reads no file; scoring one instrument reads that one."""
    program = """if True:
        import sys
        opened = []
        sys.addaudithook(lambda name, of: opened.append(str(of[0])) if name == "open" else None)
        from carecoord.scoring import instruments, score
        instruments()
        assert not [path for path in opened if path.endswith(".toml")]
        score("phq-9", [0] * 10)
        print(*[path.rpartition("/")[2] for path in opened if path.endswith(".toml")])"""
    read = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    assert read.split() == ["phq-9.toml"]
