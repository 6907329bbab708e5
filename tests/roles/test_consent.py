"""Consents decide as the worked examples say, and as the rules behind them say."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from carecoord.roles import may_see
from tests.roles.consents import EMERGENCY, EXAMPLES, PATIENT, consent, label, member, moment


@pytest.mark.parametrize("example", EXAMPLES, ids=[str(each["number"]) for each in EXAMPLES])
def test_worked_example(example: dict[str, Any]) -> None:
    """Each example decides as it says, with the clauses that it names."""
    decision = may_see(
        [consent(name) for name in example.get("consents", ())],
        member(example["who"]),
        label(example),
        purpose=example["purpose"],
        on=moment(example),
        patient=PATIENT,
        emergency=attrs.evolve(EMERGENCY, member=example["who"]),
    )
    assert decision.result == example["result"]
    assert [str(clause) for clause in decision.clauses] == example.get("clauses", [])
    assert decision.reason == example.get("reason", "")
    if "nearest" in example:
        assert list(decision.nearest) == example["nearest"]


def test_there_are_forty_four_examples() -> None:
    """None of them was lost."""
    assert [each["number"] for each in EXAMPLES] == list(range(1, 45))
