"""What every test runs under."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# On CI, Hypothesis' own profile stays underneath.
settings.register_profile(
    "carecoord",
    settings(),
    deadline=None,  # machines are shared: the time that one example takes says nothing
    suppress_health_check=[HealthCheck.differing_executors],  # mutmut runs the tests again and again in one process
)
settings.load_profile("carecoord")
