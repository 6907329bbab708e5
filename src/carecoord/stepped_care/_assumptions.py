"""What is assumed of people who do not exist."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import attrs

from carecoord._values import FrozenMapping, Period
from carecoord.errors import DataError, Fault, did_you_mean
from carecoord.stepped_care._protocol import Protocol
from carecoord.stepped_care._readings import Latest

__all__ = ["Assumptions"]

Fact = bool | int | float | str


def _ranges(ranges: Mapping[str, Iterable[float]]) -> FrozenMapping[str, tuple[float, ...]]:
    return FrozenMapping({name: tuple(ends) for name, ends in ranges.items()})


def _by_step(changes: Mapping[str, Mapping[str, float]]) -> FrozenMapping[str, FrozenMapping[str, float]]:
    return FrozenMapping({name: FrozenMapping(by_step) for name, by_step in changes.items()})


def _numbers(numbers: Mapping[str, float]) -> FrozenMapping[str, float]:
    return FrozenMapping(numbers)


def _facts(facts: Mapping[str, Fact | Iterable[Fact]]) -> FrozenMapping[str, tuple[Fact, ...]]:
    listed = {name: (one,) if isinstance(one, bool | int | float | str) else tuple(one) for name, one in facts.items()}
    return FrozenMapping(listed)


def _periods(periods: Mapping[str, Period | str]) -> FrozenMapping[str, Period]:
    return FrozenMapping({name: Period.parse(one) if isinstance(one, str) else one for name, one in periods.items()})


def _period(period: Period | str | None) -> Period | None:
    return Period.parse(period) if isinstance(period, str) else period


@attrs.frozen(kw_only=True)
class Assumptions:
    """What is assumed of people who do not exist: yours, every one of them.

    The library assumes nothing for you: what bears on a result has no default, and what is left out does not happen.
    A score begins evenly spread in a range and then drifts: each week by `per_week` in the step, by what sets this
    person apart, and by chance; it stays in its range, and is read without error at each contact that is kept.
    People are seen as often as their step's `contact` says, and do at once what the protocol says.

    Attributes:
        start: lowest and highest score at the beginning, by the score's name in rules; a measure with no score here
            is never taken.
        per_week: the mean change of that score in a week, by step, signed as the score is.
        between: how far people differ in that, as a standard deviation, by score.
        within: how far a week differs from the next in one person, as a standard deviation, by score.
        missed: the share of contacts that are missed, 0 to 1.
        answers: the share of forms in which an answer is at its worst, by its name in rules; others are at their best.
        facts: what is recorded of a person at the beginning, by name: one value, or several to draw from.
        events: how often something happens while in care, by its name: at a contact, once it was decided there.
        every: how often people are seen in a step that does not say.
    """

    start: FrozenMapping[str, tuple[float, ...]] = attrs.field(converter=_ranges)
    per_week: FrozenMapping[str, FrozenMapping[str, float]] = attrs.field(converter=_by_step)
    between: FrozenMapping[str, float] = attrs.field(default=FrozenMapping(), converter=_numbers)
    within: FrozenMapping[str, float] = attrs.field(default=FrozenMapping(), converter=_numbers)
    missed: float = 0.0
    answers: FrozenMapping[str, float] = attrs.field(default=FrozenMapping(), converter=_numbers)
    facts: FrozenMapping[str, tuple[Fact, ...]] = attrs.field(default=FrozenMapping(), converter=_facts)
    events: FrozenMapping[str, Period] = attrs.field(default=FrozenMapping(), converter=_periods)
    every: Period | None = attrs.field(default=None, converter=_period)

    def fit(self, protocol: Protocol) -> None:
        """Hold them against a protocol.

        Raises:
            DataError: with everything that is missing, or is nothing the protocol has.
        """
        faults = [*self._scores(protocol), *self._beside(protocol)]
        if faults:
            raise DataError("assumptions", faults)

    def _scores(self, protocol: Protocol) -> Iterator[Fault]:
        scores = {one.name: one for one in watched(protocol) if one.watch.source == "scores"}
        numbers = [name for name, one in scores.items() if one.kind.type == "number"]
        for name, ends in self.start.items():
            path = f"$.start.{name}"
            if name not in numbers:
                yield Fault(path, f"{protocol.id} reads no such score{did_you_mean(name, numbers)}")
                continue
            kind = scores[name].kind
            if len(ends) != 2 or not kind.low <= ends[0] <= ends[1] <= kind.high:
                yield Fault(path, f"the lowest and the highest are wanted, within {kind.low:g} to {kind.high:g}")
            for step in protocol.steps:
                if step not in self.per_week.get(name, {}):
                    yield Fault(f"$.per_week.{name}", f"the change a week in {step} is wanted")
        for part in ("per_week", "between", "within"):
            for name in getattr(self, part):
                if name not in self.start:
                    yield Fault(f"$.{part}.{name}", "stands in start too, or nowhere")

    def _beside(self, protocol: Protocol) -> Iterator[Fault]:
        items = [one.name for one in watched(protocol) if one.watch.source == "items"]
        for name, share in self.answers.items():
            if name not in items:
                yield Fault(f"$.answers.{name}", f"{protocol.id} reads no such answer{did_you_mean(name, items)}")
            if not 0 <= share <= 1:
                yield Fault(f"$.answers.{name}", "a share is wanted, 0 to 1")
        if not 0 <= self.missed <= 1:
            yield Fault("$.missed", "a share is wanted, 0 to 1")
        for name in self.facts:
            if name not in protocol.parts.facts:
                hint = did_you_mean(name, protocol.parts.facts)
                yield Fault(f"$.facts.{name}", f"{protocol.id} has no such fact{hint}")
        for step in protocol.steps.values():
            if step.contact is None and self.every is None:
                yield Fault("$.every", f"{step.id} does not say how often people are seen")


def watched(protocol: Protocol) -> list[Latest]:
    """Give the scores and answers that a protocol reads."""
    names = [watch.name for watches in protocol.scope.watched.values() for watch in watches]
    found = (protocol.parts.reductions[name] for name in names)
    return [one for one in found if isinstance(one, Latest)]
