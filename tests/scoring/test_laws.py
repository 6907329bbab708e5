"""The laws of a definition over every instrument that comes with the library."""

from __future__ import annotations

import os

import pytest

from carecoord.scoring import instruments
from carecoord.testing import check_instrument

EXAMPLES = int(os.environ.get("LAW_EXAMPLES", "15"))
"""Sets of answers an instrument: few with every change, more by `nox -s laws`."""


@pytest.mark.parametrize("id", instruments())
def test_every_instrument_keeps_the_laws(id: str) -> None:
    """Examples come out, ends are reached, bounds hold, one way is one way, compiled is interpreted."""
    check_instrument(id, examples=EXAMPLES)
