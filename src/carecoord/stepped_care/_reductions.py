"""How an episode is reduced to the value of one fact: one class for each kind of fact a protocol can use.

A reduction is a value and holds no history, so other engines can read what it says and do it their own way.
Here are the step, clocks, counts and what people record.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Literal

import attrs

from carecoord._values import Period
from carecoord.rules import Bounds, Kind
from carecoord.stepped_care._history import History
from carecoord.stepped_care._moments import Moment, is_current, on_or_before
from carecoord.stepped_care._ruling import FactValue

if TYPE_CHECKING:
    from carecoord.stepped_care._readings import Latest

__all__ = ["Clock", "MissedInARow", "Recorded", "Reduction", "Restarted", "Step", "Times", "never"]

Number = int | float


@attrs.frozen(kw_only=True)
class Reduction(ABC):
    """How one fact is read from history.

    Attributes:
        name: the fact's name in rules.
        kind: what it can be.
    """

    name: str
    kind: Kind

    @property
    def reads(self) -> tuple[Latest, ...]:
        """The scores and answers of assessments that it is read from."""
        return ()

    @property
    def named(self) -> tuple[str, ...]:
        """The events that it is read from, by name; those that every protocol has included."""
        return ()

    @abstractmethod
    def of(self, history: History) -> FactValue:
        """Give the fact's value; `None` is unknown."""

    @property
    def follows(self) -> Latest | None:
        """The score whose next reading it would take its value from, where there is no reading yet."""
        return None

    def asks(self, history: History) -> tuple[str, ...]:
        """Give what to ask a person for when it is unknown."""
        del history
        return (self.name,)

    def value(self, history: History) -> FactValue:
        """Give the fact's value, worked out once for a history."""
        values = history.values
        if self.name not in values:
            values[self.name] = self.of(history)
        return values[self.name]

    def possible(self, history: History) -> Bounds | None:
        """Give what an unknown value can still be, where something is known of it."""
        del history
        return None

    def when(self, history: History) -> Moment | None:
        """Give the day a value was read on, where there is one."""
        del history
        return None

    def why(self, history: History) -> str:
        """Say why the fact is unknown."""
        del history
        return ""


@attrs.frozen(kw_only=True)
class Step(Reduction):
    """The step the person is in."""

    def of(self, history: History) -> FactValue:
        """Give the step's id, or `outside`."""
        return history.step


@attrs.frozen(kw_only=True)
class Clock(Reduction):
    """The time since an event: whole days, days / 7, or hours."""

    event: str
    unit: Literal["days", "weeks", "hours"]

    @property
    def named(self) -> tuple[str, ...]:
        """The event."""
        return (self.event,)

    def asks(self, history: History) -> tuple[str, ...]:
        """Ask for the event."""
        del history
        return (self.event,)

    def of(self, history: History) -> FactValue:
        """Give the time; unknown where the event never happened, and in hours where either has a date only."""
        anchor = history.anchor(self.event)
        if anchor is None:
            return None
        if self.unit == "hours":
            if not (anchor.has_hour and history.now.has_hour):
                return None
            return _whole((history.now.minute - anchor.minute) / 60)
        days = history.now.day - anchor.day
        return days if self.unit == "days" else _whole(days / 7)

    def why(self, history: History) -> str:
        """Say whether the event or the hour is missing."""
        return never(self.event) if history.anchor(self.event) is None else "the hour is not known"


@attrs.frozen(kw_only=True)
class Restarted(Reduction):
    """A clock that another event stops: it runs again once its own event has come on or after that one.

    Attributes:
        clock: the clock.
        after: the event that stops it.
    """

    clock: Clock
    after: str

    @property
    def unit(self) -> Literal["days", "weeks", "hours"]:
        """What the clock counts."""
        return self.clock.unit

    @property
    def named(self) -> tuple[str, ...]:
        """The clock's event, and the one that stops it."""
        return (self.clock.event, self.after)

    def _is_running(self, history: History) -> bool:
        stopped, started = history.anchor(self.after), history.anchor(self.clock.event)
        return stopped is not None and started is not None and on_or_before(stopped, started)

    def asks(self, history: History) -> tuple[str, ...]:
        """Ask for the clock's event, or for the other one where that never happened."""
        return self.clock.asks(history) if history.anchor(self.after) is not None else (self.after,)

    def of(self, history: History) -> FactValue:
        """Give the clock's time; unknown where its event has not come on or after the other."""
        return self.clock.of(history) if self._is_running(history) else None

    def why(self, history: History) -> str:
        """Say which event is missing, or that the clock has not begun again."""
        if history.anchor(self.after) is None:
            return never(self.after)
        if self._is_running(history) or history.anchor(self.clock.event) is None:
            return self.clock.why(history)
        return f"no {self.clock.event} since {self.after}"


def _whole(value: float) -> Number:
    return int(value) if value == int(value) else value


def never(event: str) -> str:
    return "not enrolled" if event in ("start", "step") else f"no {event} yet"


@attrs.frozen(kw_only=True)
class Times(Reduction):
    """How often an event happened: in the enrolment, over the last days, or after another event.

    Attributes:
        event: the event.
        days: over these last days, the first of them included, whatever the enrolment.
        since: strictly after this event; what happened on its day, or at its minute, belongs to before it.
    """

    event: str
    days: Number | None = None
    since: str | None = None

    @property
    def named(self) -> tuple[str, ...]:
        """What is counted, and what it is counted after."""
        return (self.event,) if self.since is None else (self.event, self.since)

    def asks(self, history: History) -> tuple[str, ...]:
        """Ask for the event that it is counted after."""
        del history
        return (self.since or self.event,)

    def of(self, history: History) -> FactValue:
        """Give the count: what was not recorded did not happen. Unknown only where `since` never happened."""
        if self.days is not None:
            first = history.now.day - self.days
            return sum(when.day >= first for when in history.ever(self.event))
        happened = history.happened(self.event)
        if self.since is None:
            return len(happened)
        anchor = history.anchor(self.since)
        return None if anchor is None else sum(not on_or_before(when, anchor) for when in happened)

    def why(self, history: History) -> str:
        """Say which event never happened."""
        del history
        return never(self.since or "")


@attrs.frozen(kw_only=True)
class MissedInARow(Reduction):
    """The contacts missed since the last one that was kept."""

    def of(self, history: History) -> FactValue:
        """Give the count."""
        return history.missed_in_a_row()


@attrs.frozen(kw_only=True)
class Recorded(Reduction):
    """Something a person recorded: the latest record, while it is valid.

    Attributes:
        valid_for: how long it may be used.
        values: what it may be, where the protocol lists it.
    """

    valid_for: Period | None = None
    values: tuple[FactValue, ...] = ()

    def of(self, history: History) -> FactValue:
        """Give the value; unknown where never recorded, too old, contradicted, or nothing the protocol takes."""
        return None if self.why(history) else self._latest(history)[-1][2]

    def _latest(self, history: History) -> list[tuple[Moment, Moment, FactValue]]:
        """Give the records of the latest moment that were written down last."""
        records = history.recorded(self.name)
        return [record for record in records if record[:2] == records[-1][:2]]

    def when(self, history: History) -> Moment | None:
        """Give the day of the record."""
        latest = self._latest(history)
        return latest[-1][0] if latest else None

    def why(self, history: History) -> str:
        """Say why it is unknown; empty where it is known."""
        latest = self._latest(history)
        if not latest:
            return "never recorded"
        when, _, value = latest[-1]
        if not is_current(when, history.now, self.valid_for):
            return f"last on {when}, good for {self.valid_for.words if self.valid_for else ''}"
        if any(type(other) is not type(value) or other != value for _, _, other in latest):
            return f"the records of {when} contradict each other"
        return "" if self._fits(value) else f"what was recorded on {when} is nothing this protocol takes"

    def _fits(self, value: FactValue) -> bool:
        if self.kind.type == "yes/no" or isinstance(value, bool):
            return self.kind.type == "yes/no" and isinstance(value, bool)
        if self.values and value not in self.values:
            return False
        if self.kind.type == "text":
            return isinstance(value, str)
        return isinstance(value, int | float) and self.kind.low <= value <= self.kind.high
