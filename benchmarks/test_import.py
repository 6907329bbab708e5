"""What importing costs, beside an interpreter that imports nothing."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


@pytest.mark.parametrize("statement", ["pass", "import carecoord"])
def test_start(benchmark: BenchmarkFixture, statement: str) -> None:
    """Start Python, run one statement, end; bytecode is compiled before the first round."""
    command = [sys.executable, "-c", statement]
    benchmark.pedantic(
        subprocess.run, args=(command,), kwargs={"check": True, "env": ENVIRONMENT}, rounds=20, warmup_rounds=2
    )
