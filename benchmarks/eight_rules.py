"""Eight invented rules, written once for this library and once as a decision table of GoRules' zen-engine."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from carecoord.stepped_care import Facts, Protocol, read_protocol

RULES = (
    ("first-follow-up", "weeks_in_care >= 4 and contacts == 0", "stay"),
    ("disengaged", "missed_in_a_row >= 2 or days_since_contact >= 28", "stay"),
    ("remission-held", "total < 5 and two_in_a_row", "exit"),
    ("responding", "percent_improvement >= 50 or total < 10", "stay"),
    ("settling-in", "weeks_in_step < 4", "stay"),
    ("not-improved", "weeks_in_step >= 8", "consult"),
    ("early-weak", "improvement < 5", "adjust"),
    ("partial", "improvement >= 5", "refer"),
)
"""Id, when, and what then; both read them in this order and the first that holds wins."""

OURS = {
    "days_since_contact": "days_since(contact)",
    "two_in_a_row": "in_a_row(phq_9.total < 5, 2)",
    "percent_improvement": "phq_9.total.percent_improvement",
    "improvement": "phq_9.total.improvement",
    "total": "phq_9.total",
}
"""What the facts are called here; the others are called the same."""


@cache
def protocol() -> Protocol:
    """Give the rules as a protocol of one step."""
    text = """
id = "eight-rules"
title = "Eight invented rules"
first = "here"
[measures.phq_9]
instrument = "phq-9"
baseline = "start"
[facts]
days_since_contact = "days_since(contact)"
two_in_a_row = "in_a_row(phq_9.total < 5, 2)"
percent_improvement = "phq_9.total.percent_improvement"
improvement = "phq_9.total.improvement"
total = "phq_9.total"
[[steps]]
id = "here"
intensity = 1
"""
    rules = (f'[[rules]]\nid = "{name}"\nwhen = "{when}"\nthen = "{then}"\n' for name, when, then in RULES)
    return read_protocol(text + "".join(rules))


def decision_table() -> str:
    """Give the rules as a decision model of zen-engine: one table, the first row that holds."""
    rows = [{"_id": name, "w": when, "r": json.dumps(name), "m": json.dumps(then)} for name, when, then in RULES]
    table = {
        "hitPolicy": "first",
        "inputs": [{"id": "w", "name": "when", "field": ""}],
        "outputs": [{"id": "r", "name": "rule", "field": "rule"}, {"id": "m", "name": "move", "field": "move"}],
        "rules": rows,
    }
    place = {"x": 0, "y": 0}
    nodes = [
        {"id": "in", "type": "inputNode", "name": "facts", "position": place},
        {"id": "table", "type": "decisionTableNode", "name": "rules", "position": place, "content": table},
        {"id": "out", "type": "outputNode", "name": "decision", "position": place},
    ]
    edges = [
        {"id": "1", "type": "edge", "sourceId": "in", "targetId": "table"},
        {"id": "2", "type": "edge", "sourceId": "table", "targetId": "out"},
    ]
    return json.dumps({"nodes": nodes, "edges": edges})


def ready(row: Facts) -> dict[str, Any]:
    """Give a row of facts as zen-engine takes them."""
    others = ("weeks_in_care", "contacts", "missed_in_a_row", "weeks_in_step")
    return {name: row[called] for name, called in OURS.items()} | {name: row[name] for name in others}
