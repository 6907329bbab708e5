"""What importing costs, beside an interpreter that imports nothing."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

# Bytecode is kept, and the rounds after the first find it.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


@pytest.mark.parametrize("statement", ["pass", "import carecoord"])
def test_start(benchmark: BenchmarkFixture, statement: str) -> None:
    """Start Python, run one statement, end."""
    benchmark(subprocess.run, [sys.executable, "-c", statement], check=True, env=ENVIRONMENT)
