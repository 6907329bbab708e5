"""What every test of stepped care runs under."""

from __future__ import annotations

import pytest

from carecoord.stepped_care import _protocol
from tests.stepped_care.builders import ladder


@pytest.fixture(autouse=True)
def _read_anew() -> None:
    """Read protocols anew in each test, so that a test sees a change in how they are read, under mutation too."""
    ladder.cache_clear()
    _protocol._READ.clear()
