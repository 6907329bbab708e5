"""The functions of dates that measures have beside the rule language's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any, Final

import attrs

from carecoord._values import add_months
from carecoord.rules import Expression, HostCall, Kind

__all__ = ["Reckoned", "functions"]

Work = Callable[[Mapping[str, Any]], Any]

FURTHEST: Final = 200 * 366
"""Days either way at most."""


@attrs.frozen
class Reckoned:
    """A call that the measure works out by itself.

    Attributes:
        text: the fact it stands for.
        names: the facts it needs.
        work: gives its value from a row.
    """

    text: str
    names: tuple[str, ...]
    work: Work


def functions(seen: Callable[[Reckoned], None]) -> Mapping[str, Callable[[HostCall], Kind]]:
    """Give the functions; each call that is read is shown to `seen`."""

    def reckon(call: HostCall, wanted: tuple[str, ...], work: Callable[..., Any], kind: Kind) -> Kind:
        if call.count != len(wanted) or call.options:
            call.fault(f"{call.name}() wants {len(wanted)} arguments: {', '.join(wanted)}")
        rules = [call.rule(place) for place in range(call.count)]
        for rule, type_ in zip(rules, wanted, strict=True):
            if rule.type != ("number" if type_ in ("months", "days") else "date"):
                call.fault(f"{call.name}() wants {', '.join(wanted)}; {rule} is {rule.type}")
        names = tuple(dict.fromkeys(name for rule in rules for name in rule.names))
        first, second = map(_reader, rules)

        def value(row: Mapping[str, Any]) -> Any:
            one, other = first(row), second(row)
            try:
                return None if one is None or other is None else work(one, other)
            except (OverflowError, ValueError):  # beyond the calendar
                return None

        seen(Reckoned(call.text, names, value))
        return kind

    def whole(call: HostCall) -> int:
        amount = call.rule(1) if call.count > 1 else None
        number = amount.evaluate({}) if amount is not None and not amount.names else None
        if type(number) is not int or abs(number) > FURTHEST:
            call.fault(f"{call.name}() wants a whole number of at most {FURTHEST:,} as its second argument")
        return number

    def months_after(call: HostCall) -> Kind:
        whole(call)
        return reckon(call, ("date", "months"), add_months, Kind.DATE)

    def days_after(call: HostCall) -> Kind:
        whole(call)
        return reckon(call, ("date", "days"), lambda day, days: day + timedelta(days), Kind.DATE)

    def days_between(call: HostCall) -> Kind:
        return reckon(call, ("date", "date"), lambda a, b: (b - a).days, Kind.number(-FURTHEST, FURTHEST, whole=True))

    def age_on(call: HostCall) -> Kind:
        return reckon(call, ("birth date", "date"), _age, Kind.number(0, 150, whole=True))

    return {
        "months_after": months_after,
        "days_after": days_after,
        "days_between": days_between,
        "age_on": age_on,
    }


def _reader(rule: Expression) -> Work:
    if len(rule.names) == 1 and str(rule) == rule.names[0]:
        name = rule.names[0]
        return lambda row: row.get(name)
    if not rule.names:
        value = rule.evaluate({})
        return lambda _row: value
    return rule.compile()


def _age(born: date, on: date) -> int | None:
    years = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    return years if years >= 0 else None
