"""Run the worked examples of a protocol's file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

import attrs

from carecoord.errors import DataError, DefinitionError, Fault, did_you_mean
from carecoord.stepped_care._decision import decide
from carecoord.stepped_care._definition import Expectation, Scenario
from carecoord.stepped_care._entries import (
    Assessment,
    Contact,
    Enrolment,
    EnrolmentEnd,
    Entry,
    Event,
    RecordedFact,
    StepEntry,
)
from carecoord.stepped_care._episode import Episode
from carecoord.stepped_care._protocol import Protocol
from carecoord.stepped_care._ruling import Decision

__all__ = ["ScenarioFailure", "check_scenarios", "episode_of"]

_LINE = re.compile(r"(?P<on>\d{4}-\d\d-\d\d(?:T\d\d:\d\d)?)\s+(?P<what>\S.*)")
_FACT = re.compile(r"(?P<name>\w+)=(?P<value>\S+)")


@attrs.frozen
class ScenarioFailure:
    """A worked example that does not come out.

    Attributes:
        scenario: its name.
        messages: what was wanted and what was found, one line each.
    """

    scenario: str
    messages: tuple[str, ...]

    def __str__(self) -> str:
        """Give the name, and a line for each difference."""
        return "\n  ".join([self.scenario, *self.messages])


def check_scenarios(protocol: Protocol) -> tuple[ScenarioFailure, ...]:
    """Run the worked examples of a protocol's file and give those that do not come out.

    >>> from carecoord.stepped_care import protocol
    >>> check_scenarios(protocol("german-impact"))
    ()
    """
    found = []
    for scenario in protocol.scenarios:
        episode, on = episode_of(protocol, scenario)
        decision = decide(protocol, episode, on=on, accept_unverified=True)
        messages = tuple(_differences(scenario.expect, decision))
        if messages:
            found.append(ScenarioFailure(scenario.name, messages))
    return tuple(found)


def episode_of(protocol: Protocol, scenario: Scenario) -> tuple[Episode, date | datetime]:
    """Give the episode of a worked example and the day it is decided on.

    Raises:
        DefinitionError: a line of its history cannot be read.
    """
    entries: list[Entry] = []
    faults: list[Fault] = []
    path = f"$.scenarios[{scenario.name}]"
    lines = [line.strip() for line in scenario.history.splitlines() if line.strip()]
    for number, line in enumerate(lines, 1):
        try:
            entries.append(_entry(protocol, str(number), line))
        except (ValueError, DataError) as error:
            faults.append(Fault(f"{path}.history[{number}]", str(error)))
    try:
        on = _moment(scenario.on)
    except ValueError as error:
        raise DefinitionError(protocol.id, [*faults, Fault(f"{path}.on", str(error))]) from None
    if faults:
        raise DefinitionError(protocol.id, faults)
    return Episode("someone", entries), on


def _moment(text: str) -> date | datetime:
    """Read a day, or a time, which counts as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC) if "T" in text else date.fromisoformat(text)


def _entry(protocol: Protocol, id_: str, line: str) -> Entry:
    match = _LINE.fullmatch(line)
    if match is None:
        raise ValueError(f"{line[:60]!r}: a day and what was so are wanted, as 2026-03-02 phq_9 total=4 q9=0")
    on = _moment(match["on"])
    what, *rest = match["what"].split()
    measure = protocol.instruments.get(what)
    fact = _FACT.fullmatch(match["what"])
    if measure is not None:
        given = {pair.group("name"): _value(pair.group("value")) for pair in _FACT.finditer(" ".join(rest))}
        ids = {score.name: score.id for score in measure.scores}
        items = {item.name for item in measure.items}
        strange = [name for name in given if name not in ids and name not in items]
        if strange or not given:
            raise ValueError(f"{measure.id} has no {', '.join(strange) or 'scores here'}")
        scores = {ids[name]: value for name, value in given.items() if name in ids}
        answers = {name: value for name, value in given.items() if name in items}
        return Assessment(id=id_, on=on, instrument=measure.id, scores=scores, items=answers)
    if fact is not None:
        value = _value(fact["value"])
        if value is None or fact["name"] not in protocol.parts.facts:
            raise ValueError(f"{fact['name']} is no fact that a person records here")
        return RecordedFact(id=id_, on=on, name=fact["name"], value={"yes": True, "no": False}.get(str(value), value))
    return _happened(protocol, id_, on, what, rest)


def _happened(protocol: Protocol, id_: str, on: date | datetime, what: str, rest: list[str]) -> Entry:
    wanted = {"start": (0, 1), "step": (1, 1)}.get(what, (0, 0))
    if not wanted[0] <= len(rest) <= wanted[1]:
        raise ValueError(f"{what} is followed by {' '.join(rest) or 'nothing'}")
    if rest and rest[0] not in protocol.steps:
        raise ValueError(f"there is no step {rest[0]!r}")
    if what == "start":
        return Enrolment(id=id_, on=on, protocol=protocol.id, step=rest[0] if rest else None)
    if what == "step":
        return StepEntry(id=id_, on=on, protocol=protocol.id, step=rest[0])
    if what == "end":
        return EnrolmentEnd(id=id_, on=on, protocol=protocol.id)
    if what in ("contact", "missed_contact"):
        return Contact(id=id_, on=on, outcome="kept" if what == "contact" else "missed")
    if protocol.definition.events and what not in protocol.events:
        raise ValueError(f"{what} is no event declared in [events]{did_you_mean(what, protocol.events)}")
    return Event(id=id_, on=on, name=what)


def _value(text: str) -> int | float | str | None:
    if text == "-":
        return None
    try:
        return int(text) if text.lstrip("-").isdigit() else float(text)
    except ValueError:
        return text


def _differences(expect: Expectation, decision: Decision) -> Iterator[str]:
    raised = sorted(alert.id for alert in decision.alerts if alert.state == "raised")
    held_back = decision.instead_of.alerts if decision.instead_of else ()
    to = (expect.to,) if isinstance(expect.to, str) else expect.to
    pairs: list[tuple[str, object, object]] = [
        ("move", expect.move, decision.move),
        ("to", to, decision.ruling.to),
        ("rule", expect.rule, decision.rule),
        ("alerts", sorted(expect.alerts), raised),
        ("tasks", _sorted(expect.tasks), sorted(task.id for task in decision.tasks)),
        ("asks", _sorted(expect.asks), sorted(decision.missing)),
        ("add_ons", _sorted(expect.add_ons), sorted(decision.add_ons)),
        ("provisional", expect.provisional, decision.provisional),
    ]
    for name, wanted, found in pairs:
        if wanted is not None and wanted != found:
            yield f"{name}: {_shown(wanted)} was wanted, found {_shown(found)}"
    if expect.held_back_by is not None and expect.held_back_by not in held_back:
        yield f"held_back_by: {expect.held_back_by} was wanted, found {_shown(held_back)}"


def _sorted(names: tuple[str, ...] | None) -> list[str] | None:
    return None if names is None else sorted(names)


def _shown(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "nothing"
    return str(value)
