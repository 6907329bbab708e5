"""The faults that are seeded in protocols, and that they are noticed."""

from __future__ import annotations

import pytest

from carecoord.stepped_care import protocol
from tests.mutation.protocols import (
    WANTED,
    changes_nothing,
    faults,
    found,
    made,
    names,
    noticed_by,
    read,
    verdicts,
)


def test_every_kind_of_fault_is_seeded() -> None:
    """In rules, alerts, tasks and named rules; modules too."""
    seeded = [fault for name in ("german-impact", "cocm-treat-to-target", "self-harm") for fault in faults(read(name))]
    assert {fault.kind for fault in seeded} == {"threshold", "comparison", "dropped", "swapped"}
    assert {fault.where.partition("[")[0] for fault in seeded} >= {"rules", "alerts", "tasks", "facts.responded"}
    assert {"german-impact", "self-harm"} <= set(names())


@pytest.mark.parametrize("name", ["german-impact", "self-harm"])
def test_a_fault_differs_in_one_place(name: str) -> None:
    """What it was made from stays as it is, and without a fault nothing is noticed."""
    data = read(name)
    assert all(fault.data != data for fault in faults(data))
    assert data == read(name)
    assert made(data, protocol(name)) == protocol(name)


def test_who_notices() -> None:
    """A worked example; without any, a proof, but for a threshold that leaves no gap."""
    like = protocol("german-impact")
    rule = "phq_9.total.percent_improvement"
    dropped, moved = "dropped: rules[halved]: dropped", f"threshold: rules[not-halved]: {rule} < 50 -> {rule} < 51"
    for data, wanted in (
        (read("german-impact"), ("scenarios", "scenarios")),
        ({**read("german-impact"), "scenarios": []}, ("check", "")),
    ):
        seeded = {str(fault): fault for fault in faults(data)}
        assert tuple(noticed_by(seeded[one], like, found(like)) for one in (dropped, moved)) == wanted


def test_what_changes_nothing_is_proved_to() -> None:
    """No PHQ-9 falls by at least 49 and less than 50 percent; many fall by 50."""
    like = protocol("german-impact")
    seeded = {str(fault): fault for fault in faults(read("german-impact"))}
    rule = "phq_9.total.percent_improvement"
    same = seeded[f"threshold: rules[halved]: {rule} >= 50 -> {rule} >= 49"]
    other = seeded[f"threshold: rules[not-halved]: {rule} < 50 -> {rule} < 51"]
    assert changes_nothing(made(same.data, like), like)
    assert not changes_nothing(made(other.data, like), like)


def test_enough_faults_are_noticed() -> None:
    """In one protocol here, in all of them by `nox -s protocols`."""
    tried = verdicts("german-impact")
    assert len([one for one in tried if one.noticed_by]) >= WANTED * len(tried)
    assert all(one.is_none for one in tried if not one.noticed_by)
