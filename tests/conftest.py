"""What every test runs under."""

from __future__ import annotations

from hypothesis import settings

# Machines are shared, so the time one example takes says nothing; on CI, Hypothesis' own profile stays underneath.
settings.register_profile("shared-machine", settings(), deadline=None)
settings.load_profile("shared-machine")
