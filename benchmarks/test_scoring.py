"""What one PHQ-9 costs: all its scores, bands, cut-offs and flags from checked answers, beside what else there is."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks import by_hand
from carecoord.scoring import Result, change, score

ANSWERS = [2, 2, 1, 2, 1, 1, 2, 0, 1, 1]
PARTIAL = [2, 2, None, 2, 1, 1, 2, 0, None, 1]
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
FIRST = f"from carecoord.scoring import score; score('phq-9', {ANSWERS})"


@pytest.mark.parametrize("answers", [ANSWERS, tuple(ANSWERS), PARTIAL], ids=["list", "tuple", "two blanks"])
def test_phq_9(benchmark: BenchmarkFixture, answers: Any) -> None:
    """Score by position: everything is worked out, and told when asked for."""
    assert isinstance(benchmark(score, "phq-9", answers), Result)


def test_phq_9_by_item(benchmark: BenchmarkFixture) -> None:
    """Score a mapping by number."""
    benchmark(score, "phq-9", dict(enumerate(ANSWERS, 1)))


def test_phq_9_read(benchmark: BenchmarkFixture) -> None:
    """Score, and read the total, its band and the flags."""

    def read() -> tuple[Any, ...]:
        result = score("phq-9", ANSWERS)
        return result["total"].value, result["total"].band, result.flags

    assert benchmark(read)[:2] == (12, "moderate")


def test_phq_9_explained(benchmark: BenchmarkFixture) -> None:
    """Score and explain a half-answered form, with what is still possible."""
    benchmark(lambda: score("phq-9", PARTIAL).explain())


def test_phq_9_changed(benchmark: BenchmarkFixture) -> None:
    """Compare two results by every published rule."""
    before, after = score("phq-9", [3] * 10), score("phq-9", ANSWERS)
    benchmark(lambda: change(before, after)["total"].outcomes)


def test_phq_9_by_hand(benchmark: BenchmarkFixture) -> None:
    """The same values from a function written for PHQ-9 alone."""
    benchmark(by_hand.phq_9, ANSWERS)


def test_clincalc(benchmark: BenchmarkFixture) -> None:
    """Another library's total and band; it is installed by hand: `pip install clincalc==0.4`."""
    clincalc = pytest.importorskip("clincalc", reason="clincalc is not installed")
    assert benchmark(clincalc.calculate, "phq9", {"responses": ANSWERS[:9]})["result"] == 12


@pytest.mark.parametrize("statement", ["pass", "import carecoord.scoring", FIRST], ids=["nothing", "import", "score"])
def test_first_score(benchmark: BenchmarkFixture, statement: str) -> None:
    """Start Python, import, read the definition, score one PHQ-9, end; what an empty start costs is to be taken off."""
    benchmark.pedantic(  # type: ignore[no-untyped-call]
        subprocess.run, ([sys.executable, "-c", statement],), {"check": True, "env": ENVIRONMENT},
        rounds=12, warmup_rounds=1,
    )  # fmt: skip
