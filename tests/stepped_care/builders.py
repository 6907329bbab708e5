"""Small protocols and histories for tests, written in the lines that scenarios use."""

from __future__ import annotations

import pickle
from datetime import date, datetime
from functools import cache
from typing import Any, TypeVar

from carecoord.scoring import Instrument, read_instrument
from carecoord.stepped_care import (
    Decision,
    Episode,
    Expectation,
    Facts,
    Protocol,
    Scenario,
    decide,
    facts,
    read_protocol,
)
from carecoord.stepped_care._scenarios import episode_of

T = TypeVar("T")

STEPS = """
[[steps]]
id = "low"
intensity = 1
[[steps]]
id = "high"
intensity = 2
"""
MEASURE = """
[measures.phq_9]
instrument = "phq-9"
baseline = "start"
valid_for = "P4W"
"""
HEAD = 'id = "ladder"\ntitle = "An invented ladder"\nfirst = "low"\n'


@cache
def one_number(identifier: str, high: int = 67, worse: str = "higher", low: int = 0) -> Instrument:
    """Give an invented instrument: one number from `low` to `high`, its total."""
    return read_instrument(f"""
id = "{identifier}"
title = "An invented number"
measures = "a number"
respondent = "self"
population = "adults"
recall = "P7D"
permission = "free"
permission_note = "invented for these tests"
evidence = "unverified"
items = [{{ n = 1, label = "number", min = {low}, max = {high}, whole = true }}]
[[scores]]
id = "total"
items = "1"
value = "sum(items)"
range = [{low}, {high}]
worse = "{worse}"
bands = [{{ low = {low}, high = {high}, label = "any" }}]
[[sources]]
cite = "invented"
""")


@cache
def ladder(
    body: str, *, head: str = HEAD, measures: str = MEASURE, steps: str = STEPS, modules: tuple[str, ...] = ()
) -> Protocol:
    """Give a protocol of two steps, `low` and `high`, on the PHQ-9, with more of its file in `body`."""
    instruments = [
        one_number("withdrawal"),
        one_number("wellbeing", 100, "lower"),
        one_number("neutral", 9, "neither"),
        one_number("signed", 9, "higher", -9),
    ]
    return read_protocol(head + measures + steps + body, modules=modules, instruments=instruments)


def history(protocol: Protocol, lines: str) -> Episode:
    """Give the episode that lines like those of a scenario tell."""
    return episode_of(protocol, Scenario(name="test", history=lines, on="2026-01-01", expect=Expectation()))[0]


def decided(protocol: Protocol, lines: str, on: str, **options: Any) -> Decision:
    """Decide on a history; a day, or a time in UTC."""
    return decide(protocol, history(protocol, lines), on=when(on), **options)


def when(text: str) -> date | datetime:
    """Read a day, or a time in UTC."""
    return datetime.fromisoformat(f"{text}+00:00") if "T" in text else date.fromisoformat(text)


def row_for(name: str, lines: str, on: str, *, measures: str = MEASURE, head: str = HEAD, more: str = "") -> Facts:
    """Give the row of facts of a protocol whose one rule looks at `name`."""
    body = f"""{more}
[[rules]]
id = "look"
in = "*"
when = "known({name})"
then = "stay"
"""
    protocol = ladder(body, measures=measures, head=head)
    return facts(protocol, history(protocol, lines), on=when(on))


def value_of(name: str, lines: str, on: str, *, measures: str = MEASURE, head: str = HEAD, more: str = "") -> object:
    """Give the value of one fact."""
    row = row_for(name, lines, on, measures=measures, head=head, more=more)
    return row[row.plan.rules[0].when.names[0]]


def why(name: str, lines: str, on: str, *, measures: str = MEASURE, head: str = HEAD, more: str = "") -> str:
    """Say why one fact is unknown."""
    row = row_for(name, lines, on, measures=measures, head=head, more=more)
    return row.why(row.plan.rules[0].when.names[0])


def pickled(value: T) -> T:
    """Give what comes back from a pickle."""
    again: T = pickle.loads(pickle.dumps(value))  # noqa: S301 - our own bytes
    return again
