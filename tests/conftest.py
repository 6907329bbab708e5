"""What every test runs under."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

from carecoord.plans._recurrence import rule_of
from carecoord.roles import sensitivity
from carecoord.scoring import _catalogue
from carecoord.stepped_care import _protocol

# On CI, Hypothesis' own profile stays underneath.
settings.register_profile(
    "carecoord",
    settings(),
    deadline=None,  # machines are shared: the time that one example takes says nothing
    suppress_health_check=[HealthCheck.differing_executors],  # mutmut runs the tests again and again in one process
)
settings.load_profile("carecoord")


@pytest.fixture(autouse=True, scope="session")
def forget_what_collecting_read() -> None:
    """Read definitions anew once tests run, so that a change made after collecting shows."""
    for read in (_catalogue._READ, _protocol._READ):
        read.clear()
    sensitivity.cache_clear()
    rule_of.cache_clear()
