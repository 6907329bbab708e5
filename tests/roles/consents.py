"""Worked examples of consent decisions as data: their people, their consents, and what is asked."""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from pathlib import Path
from typing import Any

from carecoord._definitions import structure
from carecoord.roles import Consent, Emergency, Label, Member

DATA: dict[str, Any] = tomllib.loads((Path(__file__).parent / "worked_examples.toml").read_text("utf-8"))
EXAMPLES: list[dict[str, Any]] = DATA["examples"]
DAY = date.fromisoformat(DATA["day"])
PATIENT: str = DATA["patient"]
EMERGENCY = structure(DATA["emergency"], Emergency, name="emergency")
SINCE = "2025-01-01"


def consent(name: str) -> Consent:
    """Give one of the consents by its letter, signed on the first of January 2026."""
    data = {"signed": "2026-01-01", **DATA["consents"][name], "id": name, "patient": PATIENT}
    expiry = data.pop("expiry", "")
    if data.pop("form", False):
        data["part2"] = {**DATA["form"], "expiry": expiry}
    if data.pop("authority", False):
        data["authority"] = DATA["authority"]
    return structure(data, Consent, name=name)


def member(name: str) -> Member:
    """Give one of the people by their id."""
    (data,) = (each for each in DATA["members"] if each["id"] == name)
    return structure({"since": SINCE, **data}, Member, name=name)


def label(example: dict[str, Any]) -> Label:
    """Give the label of what an example asks about."""
    return Label.of(*example.get("label", ()), author=example.get("author"))


def moment(example: dict[str, Any]) -> date | datetime:
    """Give the day or moment of an example."""
    text = str(example.get("on", DATA["day"]))
    return datetime.fromisoformat(text) if len(text) > 10 else date.fromisoformat(text)
