"""The caseload of an invented clinic, to look at and to try things on."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from carecoord.caseload import Caseload
from carecoord.interop import loads

__all__ = ["DAY", "clinic"]

DAY = date(2026, 6, 30)
"""The day to look at the clinic."""


def clinic() -> Caseload:
    """Give the caseload of an invented clinic over half a year.

    Nobody in it exists. It holds the hard cases: thoughts of self-harm at a low total, a half-answered form, no
    response at week nine, remission and then relapse, a review overdue across a month end, a care manager on leave
    whom nobody covers, and a last score too old to decide on.

    >>> len(clinic().people)
    24
    """
    text = (Path(__file__).parent / "clinic.json").read_text(encoding="utf-8")
    caseload: Caseload = loads(text, name="clinic.json")
    return caseload
