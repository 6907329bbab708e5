"""The page of every protocol shows what a clinician checks."""

from __future__ import annotations

import pytest
from protocol_pages import protocol_page, protocol_table, unverified_parts

from carecoord.stepped_care import AddOn, Alert, Rule, Task, protocol, protocols


@pytest.mark.parametrize("name", [*protocols(), "self-harm"])
def test_a_page_shows_everything(name: str) -> None:
    """Steps, measures, facts, events, alerts, flags, tasks, rules, worked examples, sources, and what is unverified."""
    it = protocol(name)
    own = it.modules[0] if name == "self-harm" else it.definition
    page = protocol_page(it).replace("&#124;", "|")
    rules: list[Alert | AddOn | Task | Rule] = [*own.alerts, *own.add_ons, *own.tasks, *own.rules]
    assert all(f"`{one.id}`" in page and f"`{one.when}`" in page for one in rules)
    assert all(f"`{name}`" in page for name in (*own.measures, *own.facts, *own.events))
    assert all(f"`{step.id}`" in page for step in own.steps)
    assert all(f"| {one.name} |" in page for one in own.scenarios)
    assert all(f"- {key}: {cite}" in page for key, cite in own.sources.items())
    unverified = unverified_parts(it)
    assert ("## Not verified" in page) is bool(unverified)
    assert page.count("**unverified**") >= len(unverified)
    assert all(f"`{one.finding}`" in page for one in own.accepted)


def test_what_is_not_verified_is_counted() -> None:
    """Measures, recorded facts, named rules, steps, tasks and rules, each once."""
    assert list(unverified_parts(protocol("escape"))) == ["rmdq", "not-improved-enough"]
    assert unverified_parts(protocol("scamp")) == {}
    found = unverified_parts(protocol("cocm-treat-to-target"))
    assert {"phq_9", "agrees_to_finish", "relapsed", "worse", "disengaged"} <= set(found)


def test_the_table_names_every_protocol_once() -> None:
    """With whom it is for, what it measures, and how much of it nobody has read in a source."""
    rows = [line for line in protocol_table(map(protocol, protocols())).splitlines() if "](" in line]
    assert [row.split("[")[1].split("]")[0] for row in rows] == list(protocols())
    scamp = next(row for row in rows if row.startswith("| [scamp]"))
    assert scamp.endswith(f"| {len(protocol('scamp').scenarios)} | all read in a source |")
    assert "[phq-9](../instruments/phq-9.md)" in scamp
    teamcare = next(row for row in rows if row.startswith("| [teamcare]"))
    assert "[hba1c](../instruments/hba1c.md), [blood-pressure](../instruments/blood-pressure.md)" in teamcare
