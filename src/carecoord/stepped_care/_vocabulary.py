"""The words a protocol's rules may use: names of facts, and functions over history.

Each name and each call of a function comes with its reduction, so that what a rule may say is what can be worked out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Literal

import attrs

from carecoord._values import FrozenMapping, name_of
from carecoord.errors import did_you_mean
from carecoord.rules import HostCall, Kind
from carecoord.scoring import Instrument, Score
from carecoord.stepped_care._conditions import Condition, Held, InARow, Unanswered
from carecoord.stepped_care._definition import FactDefinition, Measure
from carecoord.stepped_care._history import OUTSIDE, Watch
from carecoord.stepped_care._readings import At, Derived, Latest, Series, Window
from carecoord.stepped_care._reductions import Clock, MissedInARow, Recorded, Reduction, Restarted, Step, Times

__all__ = [
    "CLOCKS_AND_COUNTS",
    "EVENTS",
    "Words",
    "clocks_and_counts",
    "hours_in_step",
    "is_word",
    "measured",
    "recorded",
]

COUNT = Kind.number(0, 100_000, whole=True)
TIME = Kind.number(0, 1_000_000)
DAYS = Kind.number(0, 1_000_000, whole=True)


def clocks_and_counts(steps: tuple[str, ...]) -> Iterator[Reduction]:
    """Give the facts every protocol has: the step, the clocks of enrolment and step, the contacts."""
    yield Step(name="step", kind=Kind.choice((*steps, OUTSIDE)))
    yield Clock(name="weeks_in_step", kind=TIME, event="step", unit="weeks")
    yield Clock(name="days_in_step", kind=DAYS, event="step", unit="days")
    yield Clock(name="weeks_in_care", kind=TIME, event="start", unit="weeks")
    yield Times(name="contacts", kind=COUNT, event="contact")
    yield Times(name="contacts_in_step", kind=COUNT, event="contact", since="step")
    yield Times(name="missed_contacts", kind=COUNT, event="missed_contact")
    yield MissedInARow(name="missed_in_a_row", kind=COUNT)


def hours_in_step() -> Clock:
    """Give the clock that a shortest stay in hours is held against."""
    return Clock(name="hours_since(step)", kind=TIME, event="step", unit="hours")


CLOCKS_AND_COUNTS = tuple(reduction.name for reduction in clocks_and_counts(()))
"""The names that every protocol has."""

EVENTS = ("start", "step", "contact", "missed_contact")
"""The events that every protocol has."""


def recorded(name: str, definition: FactDefinition) -> Recorded:
    """Give the fact that a person records."""
    values = definition.values
    if definition.type == "yes/no":
        kind = Kind.YES_NO
    elif all(isinstance(value, str) for value in values) and (values or definition.type == "text"):
        kind = Kind.choice(tuple(map(str, values)))
    else:
        numbers = [value for value in values if isinstance(value, int | float)]
        low, high = definition.range or (min(numbers, default=-1e6), max(numbers, default=1e6))
        kind = Kind.number(low, high, whole=bool(values) and all(isinstance(value, int) for value in values))
    return Recorded(name=name, kind=kind, valid_for=definition.valid_for, values=values)


def measured(name: str, measure: Measure, instrument: Instrument) -> Iterator[Reduction]:
    """Give the facts that a measure brings: its scores with what can be said of them, and its answers."""
    for score in instrument.scores:
        latest = _latest(name, measure, score)
        yield latest
        yield from _of_score(latest, measure)
    for item in instrument.items:
        called = f"{name}.{item.name}"
        watch = Watch(called, "items", item.name)
        yield Latest(name=called, kind=item.kind, measure=name, watch=watch, valid_for=measure.valid_for)


_WORSE: Mapping[str, Literal[1, 0, -1]] = {"higher": 1, "lower": -1, "neither": 0}


def _latest(name: str, measure: Measure, score: Score) -> Latest:
    called = f"{name}.{score.name}"
    watch = Watch(called, "scores", score.id, _WORSE[score.worse], score.values)
    skip = measure.incomplete == "skip"
    return Latest(name=called, kind=score.kind, measure=name, watch=watch, valid_for=measure.valid_for, skip=skip)


_SERIES: tuple[tuple[Literal["previous", "first", "best", "worst", "count", "days_old"], Kind | None], ...] = (
    ("previous", None),
    ("first", None),
    ("best", None),
    ("worst", None),
    ("count", COUNT),
    ("days_old", DAYS),
)


def _of_score(latest: Latest, measure: Measure) -> Iterator[Reduction]:
    name, kind, is_number = latest.name, latest.kind, latest.kind.type == "number"
    for series, of in _SERIES:
        if series not in ("best", "worst") or (is_number and latest.worse):
            yield Series(name=f"{name}.{series}", kind=of or kind, score=latest, form=series)
    if measure.baseline is None:
        return
    baseline = At(name=f"{name}.baseline", kind=kind, score=latest, event=measure.baseline)
    yield baseline
    if is_number:
        span = kind.high - kind.low
        points = Kind.number(-span, span, whole=kind.whole)
        yield Derived(name=f"{name}.change", kind=points, score=latest, baseline=baseline, form="change")
        if latest.worse:
            form: Literal["improvement", "percent_improvement"] = "improvement"
            yield Derived(name=f"{name}.{form}", kind=points, score=latest, baseline=baseline, form=form)
            form, percent = "percent_improvement", _percent(latest)
            if kind.low >= 0:
                yield Derived(name=f"{name}.{form}", kind=percent, score=latest, baseline=baseline, form=form)


def _percent(latest: Latest) -> Kind:
    """Bound an improvement in percent: a baseline of 0 counts as none, so the least is 1 where scores are whole."""
    kind = latest.kind
    least = max(kind.low, 1) if kind.whole else kind.low
    if least <= 0:
        return Kind.NUMBER
    ends = sorted((100 * (least - kind.high) / least, 100 * (kind.high - kind.low) / kind.high))
    low, high = ends if latest.worse > 0 else (-ends[1], -ends[0])
    return Kind.number(low, high)


class Words:
    """The names and functions of one protocol, and the reduction behind each.

    Attributes:
        reductions: by name; the calls of functions join them as rules are read, named by their text.
        taken: names that are facts, so that no event can be meant by them.
        events: the events that the file being read may speak of; `None` where it declares none, and may speak of any.
    """

    def __init__(self, reductions: Mapping[str, Reduction], taken: frozenset[str]) -> None:
        self.reductions = dict(reductions)
        self.taken = taken
        self.events: frozenset[str] | None = None

    @property
    def functions(self) -> FrozenMapping[str, Callable[[HostCall], Kind]]:
        """The functions over history, for a vocabulary."""
        return FrozenMapping(
            {
                "at": self._at,
                "worst": self._window,
                "best": self._window,
                "average": self._window,
                "in_a_row": self._in_a_row,
                "held": self._held,
                "unanswered": self._unanswered,
                "times": self._times,
                "days_since": self._clock,
                "weeks_since": self._clock,
                "hours_since": self._clock,
            }
        )

    def _add(self, reduction: Reduction) -> Kind:
        self.reductions[reduction.name] = reduction
        return reduction.kind

    def _score(self, call: HostCall, index: int) -> Latest:
        found = self.reductions.get(call.word(index))
        if not isinstance(found, Latest) or found.watch.source != "scores" or found.kind.type != "number":
            call.fault(f"{call.name}() wants a score that is a number, as phq_9.total")
        return found

    def _event(self, call: HostCall, word: str) -> str:
        if "." in word or word in self.taken:
            call.fault(f"{word} is a fact, and {call.name}() wants an event here")
        if self.events is not None and word not in self.events:
            call.fault(f"{word} is no event declared in [events]{did_you_mean(word, self.events)}")
        return word

    def _countable(self, call: HostCall, word: str) -> str:
        """Give an event that can be counted, or come after something: not what everybody enrolled has once."""
        if word in ("start", "step"):
            call.fault(f"{call.name}() wants an event that is entered, and {word} is none")
        return self._event(call, word)

    def _condition(self, call: HostCall) -> Condition:
        rule = call.rule(0)
        if rule.type != "yes/no":
            call.fault(f"{call.name}() wants a condition, as phq_9.total < 5")
        found = [self.reductions.get(name) for name in rule.names]
        scores = [one for one in found if isinstance(one, Latest)]
        derived = [one for one in found if isinstance(one, Derived | At)]
        measures = {one.measure for one in [*scores, *(other.score for other in derived)]}
        if len(scores) + len(derived) < len(found) or len(measures) != 1:
            call.fault(f"{call.name}() looks at one reading at a time: scores and answers of one measure")
        return Condition(measure=measures.pop(), rule=rule, scores=tuple(scores), derived=tuple(derived))

    def _options(self, call: HostCall, *allowed: str) -> FrozenMapping[str, int | float | str]:
        for option in call.options:
            if option not in allowed:
                call.fault(f"{call.name}() takes {' or '.join(allowed) or 'no option'}, found {option}")
        return call.options

    def _span(self, call: HostCall, *units: str) -> tuple[str, int | float]:
        """Give the one span of time named, a week as seven days."""
        named = [(unit, call.options[unit]) for unit in units if unit in call.options]
        unit, value = named[0] if len(named) == 1 else ("", "")
        if isinstance(value, str) or value <= 0:
            call.fault(f"{call.name}() wants {' or '.join(f'{one}=' for one in units)}, a number above 0")
        return ("days", value * 7) if unit == "weeks" else (unit, value)

    def _exactly(self, call: HostCall, count: int) -> None:
        if call.count != count:
            call.fault(f"{call.name}() wants {count} argument{'' if count == 1 else 's'}, found {call.count}")

    def _at(self, call: HostCall) -> Kind:
        self._exactly(call, 2)
        self._options(call)
        score, event = self._score(call, 0), self._event(call, call.word(1))
        return self._add(At(name=call.text, kind=score.kind, score=score, event=event))

    def _window(self, call: HostCall) -> Kind:
        self._exactly(call, 1)
        self._options(call, "weeks", "days")
        score = self._score(call, 0)
        form = _FORMS[call.name]
        if form != "average" and not score.worse:
            call.fault(f"{score.name} is neither better nor worse when it is higher")
        kind = score.kind if form != "average" else attrs.evolve(score.kind, whole=False)
        _, days = self._span(call, "weeks", "days")
        return self._add(Window(name=call.text, kind=kind, score=score, form=form, days=days))

    def _in_a_row(self, call: HostCall) -> Kind:
        self._exactly(call, 2)
        self._options(call, "since")
        condition, count, since = self._condition(call), call.rule(1).evaluate({}), self._since(call)
        if type(count) is not int or not 1 <= count <= 1000:
            call.fault("in_a_row() wants how many readings, as in_a_row(phq_9.total < 5, 2)")
        return self._add(InARow(name=call.text, kind=Kind.YES_NO, condition=condition, count=count, since=since))

    def _since(self, call: HostCall) -> str | None:
        since = call.options.get("since")
        if since is None:
            return None
        if not isinstance(since, str):
            call.fault(f"{call.name}() wants an event after since=")
        return self._event(call, since)

    def _held(self, call: HostCall) -> Kind:
        self._exactly(call, 1)
        self._options(call, "weeks", "days", "hours")
        condition = self._condition(call)
        unit, span = self._span(call, "weeks", "days", "hours")
        return self._add(Held(name=call.text, kind=Kind.YES_NO, condition=condition, span=span, unit=_UNITS[unit]))

    def _unanswered(self, call: HostCall) -> Kind:
        self._options(call)
        condition = self._condition(call)
        events = tuple(self._countable(call, call.word(index)) for index in range(1, call.count))
        if not events:
            call.fault("unanswered() wants the events that answer it, as unanswered(phq_9.q9 >= 1, risk_assessment)")
        return self._add(Unanswered(name=call.text, kind=Kind.YES_NO, condition=condition, events=events))

    def _times(self, call: HostCall) -> Kind:
        self._exactly(call, 1)
        options = self._options(call, "weeks", "days", "since")
        event, since = self._countable(call, call.word(0)), self._since(call)
        if len(options) > 1:
            call.fault("times() takes one of weeks=, days= and since=")
        days = self._span(call, "weeks", "days")[1] if options and since is None else None
        return self._add(Times(name=call.text, kind=COUNT, event=event, days=days, since=since))

    def _clock(self, call: HostCall) -> Kind:
        self._exactly(call, 1)
        after = self._options(call, "on_or_after").get("on_or_after")
        event = self._event(call, call.word(0))
        unit, *_ = call.name.partition("_")
        kind = DAYS if unit == "days" else TIME
        clock = Clock(name=call.text, kind=kind, event=event, unit=_CLOCKS[unit])
        if after is None:
            return self._add(clock)
        if not isinstance(after, str):
            call.fault(f"{call.name}() wants an event after on_or_after=")
        return self._add(Restarted(name=call.text, kind=kind, clock=clock, after=self._event(call, after)))


_FORMS: Mapping[str, Literal["worst", "best", "average"]] = {"worst": "worst", "best": "best", "average": "average"}
_UNITS: Mapping[str, Literal["days", "hours"]] = {"days": "days", "hours": "hours"}
_CLOCKS: Mapping[str, Literal["days", "weeks", "hours"]] = {**_UNITS, "weeks": "weeks"}


def is_word(name: str) -> bool:
    """Say whether a name can be used in rules as it is."""
    return name.isidentifier() and name_of(name) == name and name.isascii()
