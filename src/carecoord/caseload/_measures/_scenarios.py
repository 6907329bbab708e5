"""Run the worked examples of a measure's file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from carecoord.caseload._measures._definition import Case
from carecoord.caseload._measures._evaluate import evaluate, why
from carecoord.caseload._measures._lists import LISTS, Fields
from carecoord.caseload._measures._measure import Measure
from carecoord.caseload._measures._record import Record
from carecoord.errors import DataError, DefinitionError, Fault, did_you_mean
from carecoord.stepped_care import ScenarioFailure

__all__ = ["check_measure", "record_of"]

_LINE = re.compile(
    r"(?P<on>\d{4}-\d\d-\d\d(?:T\d\d:\d\d)?)(?:\.\.(?P<end>\d{4}-\d\d-\d\d)?)?\s+(?P<list>\w+)(?P<rest>.*)"
)
_FIELD = re.compile(r"(?P<name>\w+)=(?P<value>'[^']*'|\S+)")


def check_measure(measure: Measure) -> tuple[ScenarioFailure, ...]:
    """Run the worked examples of a measure's file and give those that do not come out.

    >>> from carecoord.caseload import measure
    >>> check_measure(measure("cms159"))
    ()
    """
    failures = []
    for case in measure.definition.scenarios:
        record = record_of(measure, case)
        period, on = _days(measure, case)
        report = evaluate(measure, [record], period=period, on=on)
        outcomes: dict[str, Any] = {mean.id: mean.mean for mean in report.means}
        for rate in measure.definition.rates:
            found = tuple(one.outcome for one in report.memberships if one.rate == rate.id)
            outcomes[rate.id] = found if rate.each is not None else found[0]
        reasons = why(measure, record, period=period, on=on)
        messages = tuple(
            f"{name}: wanted {wanted}, found {reasons.get(name, outcomes.get(name, 'no such rate'))}"
            for name, wanted in case.expect.items()
            if outcomes.get(name) != wanted
        )
        if messages:
            failures.append(ScenarioFailure(case.name, messages))
    return tuple(failures)


def _days(measure: Measure, case: Case) -> tuple[tuple[date, date], date]:
    try:
        first, last = map(date.fromisoformat, case.period)
        return (first, last), date.fromisoformat(case.on)
    except ValueError as error:
        raise DefinitionError(measure.id, [Fault(f"$.scenarios[{case.name}]", str(error))]) from None


def record_of(measure: Measure, case: Case) -> Record:
    """Give the record of a worked example.

    Raises:
        DefinitionError: a line of its history cannot be read.
    """
    lists: dict[str, list[dict[str, Any]]] = {}
    faults: list[Fault] = []
    path = f"$.scenarios[{case.name}]"
    known: Mapping[str, Fields] = {**LISTS, **measure.definition.lists}
    for number, line in enumerate(filter(None, map(str.strip, case.history.splitlines())), 1):
        try:
            name, entry = _entry(line, known)
            lists.setdefault(name, []).append(entry)
        except ValueError as error:
            faults.append(Fault(f"{path}.history line {number}", str(error)))
    about = {name: _about(measure, name, value) for name, value in case.about.items()}
    if not faults:
        try:
            return Record(person=case.name, about=about, lists=lists)
        except DataError as error:
            faults = [Fault(f"{path}{fault.path[1:]}", fault.message) for fault in error.faults]
    raise DefinitionError(measure.id, faults)


def _about(measure: Measure, name: str, value: Any) -> Any:
    field = measure.definition.about.get(name)
    dated = name in ("birth_date", "died") or (field is not None and field.type == "date")
    return date.fromisoformat(value) if dated and isinstance(value, str) else value


def _entry(line: str, known: Mapping[str, Fields]) -> tuple[str, dict[str, Any]]:
    match = _LINE.fullmatch(line)
    if match is None:
        raise ValueError("a date and a list are wanted: 2026-01-05 scores instrument=phq-9 value=14")
    name = match["list"]
    if name not in known:
        raise ValueError(f"there is no list {name!r}{did_you_mean(name, known)}")
    fields = known[name]
    days = [field for field, type_ in fields.items() if type_ == "date"]
    entry: dict[str, Any] = {days[0]: _moment(match["on"])}
    if match["end"] is not None:
        if "end" not in fields:
            raise ValueError(f"{name} have no end")
        entry["end"] = _moment(match["end"])
    entry |= dict(_fields(match["rest"], fields))
    return name, entry


def _fields(rest: str, fields: Fields) -> Iterator[tuple[str, Any]]:
    left = _FIELD.sub("", rest).strip()
    if left:
        raise ValueError(f"name=value is wanted, found {left!r}")
    for match in _FIELD.finditer(rest):
        name, text = match["name"], match["value"].strip("'")
        if name == "kinds":
            yield name, tuple(text.split(","))
        elif name not in fields:
            raise ValueError(f"{name} is not a field here{did_you_mean(name, [*fields, 'kinds'])}")
        else:
            yield name, _value(text, fields[name])


def _value(text: str, type_: str) -> Any:
    if type_ == "number":
        return float(text) if "." in text else int(text)
    if type_ == "date":
        return _moment(text)
    if type_ == "yes/no":
        if text not in ("yes", "no"):
            raise ValueError(f"yes or no is wanted, found {text!r}")
        return text == "yes"
    return text


def _moment(text: str) -> date | datetime:
    return datetime.fromisoformat(f"{text}+00:00") if "T" in text else date.fromisoformat(text)
