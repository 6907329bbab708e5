"""People who do not exist, and what a protocol does with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time
from math import sqrt

import attrs

from carecoord._values import Period
from carecoord.stepped_care._assumptions import Assumptions, watched
from carecoord.stepped_care._course import counts_hours
from carecoord.stepped_care._decision import decide
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
from carecoord.stepped_care._history import OUTSIDE
from carecoord.stepped_care._protocol import Protocol
from carecoord.stepped_care._readings import Latest
from carecoord.stepped_care._ruling import Decision

__all__ = ["FIRST", "Life", "Person", "synthetic_episodes"]

FIRST = date(2000, 1, 3)
"""The day on which everybody who does not exist begins."""
WEEK = 7 * 86400


def synthetic_episodes(
    protocol: Protocol, assumptions: Assumptions, *, people: int, weeks: int, seed: int, accept_unverified: bool = False
) -> tuple[Episode, ...]:
    """Make up histories in which a protocol was followed, to try things on. They are evidence of nothing.

    Everyone in them is called `simulated-...`, everything in them was entered by `simulation`, in the year 2000.

    Args:
        protocol: the protocol that is followed.
        assumptions: what is assumed of the people.
        people: how many.
        weeks: for how long.
        seed: the same seed makes up the same people.
        accept_unverified: go on although the protocol rests on what nobody has checked against a source.

    Raises:
        DataError: the assumptions do not fit the protocol.
        DefinitionError: the protocol is unverified in part, and that was not accepted.

    >>> from carecoord.stepped_care import protocol
    >>> assumed = Assumptions(
    ...     start={"phq_9.total": (10, 14)},
    ...     per_week={"phq_9.total": {"two-weekly": -0.5, "four-weekly": 0.1}},
    ...     facts={"age": 67}, events={"review": "P8W"},
    ... )
    >>> made_up = synthetic_episodes(
    ...     protocol("german-impact"), assumed, people=2, weeks=26, seed=1, accept_unverified=True)
    >>> [episode.person for episode in made_up]
    ['simulated-1-1', 'simulated-1-2']
    """
    assumptions.fit(protocol)
    everyone = (Person(protocol, assumptions, seed, number) for number in range(1, people + 1))
    return tuple(one.lives(weeks, accept_unverified=accept_unverified).episode for one in everyone)


@attrs.frozen(kw_only=True)
class Life:
    """What happened to someone in a simulation.

    Attributes:
        episode: the history.
        decisions: what the protocol said, in order.
        weeks: how many weeks were spent in each step.
        step: where they ended.
        scores: the scores at the end.
    """

    episode: Episode
    decisions: tuple[Decision, ...]
    weeks: dict[str, float]
    step: str
    scores: dict[str, float]


class Person:
    """Somebody who does not exist, or somebody's history from a point on: one life from one seed."""

    def __init__(self, protocol: Protocol, assumptions: Assumptions, seed: int, number: int | str) -> None:
        from random import Random  # noqa: PLC0415, TID251 - wanted by few; seeded, so the same answer every time

        self.protocol, self.assumptions = protocol, assumptions
        self.chance = Random(f"{seed}/{number}")  # noqa: S311 - chance, not secrecy
        self.watched = watched(protocol)
        scores = {one.name: one for one in self.watched}
        self.scores = {name: (scores[name], self.chance.uniform(*ends)) for name, ends in assumptions.start.items()}
        self.own = {name: self.chance.gauss(0, assumptions.between.get(name, 0)) for name in assumptions.start}
        self.facts = {name: self.chance.choice(values) for name, values in assumptions.facts.items()}
        self.name = f"simulated-{seed}-{number}"
        self.entries: list[Entry] = []
        self.made, self.made_up = 0, "simulated"

    def lives(self, weeks: float, *, accept_unverified: bool) -> Life:
        """Begin on the first day, see the protocol decide whether to take them in, and live."""
        on: date | datetime = datetime.combine(FIRST, time(8), UTC) if counts_hours(self.protocol) else FIRST
        for name, value in self.facts.items():
            self._add(RecordedFact(id="?", on=on, name=name, value=value))
        self._assessed(on)
        if not self.protocol.plan(OUTSIDE).rules:
            self._add(Enrolment(id="?", on=on, protocol=self.protocol.id))
        return self._goes_on(on, weeks, accept_unverified=accept_unverified)

    def goes_on(self, episode: Episode, decision: Decision, weeks: float) -> Life:
        """Go on from a history and what was decided then."""
        self.name, self.entries, self.made_up = episode.person, [*episode.entries], "beyond"
        for name, (score, value) in self.scores.items():
            measure = self.protocol.scope.instruments[score.measure]
            last = [one.entry.scores.get(score.watch.key) for one in episode.index().assessments.get(measure, ())]
            known = [one for one in last if isinstance(one, int | float)]
            self.scores[name] = (score, known[-1] if known else value)
        return self._goes_on(decision.on, weeks, decided=decision, accept_unverified=True)

    def _goes_on(
        self, on: date | datetime, weeks: float, *, accept_unverified: bool, decided: Decision | None = None
    ) -> Life:
        decisions: list[Decision] = []
        spent: dict[str, float] = {}
        happened = dict.fromkeys(self.assumptions.events, on)
        end = Period(days=round(weeks * 7)).after(on)
        while True:
            decision = decided or decide(self.protocol, self.episode, on=on, accept_unverified=accept_unverified)
            decided, step = None, self._moved(decision)
            decisions.append(decision)
            if step != OUTSIDE:
                self._happened(on, happened)
            every = self.protocol.steps[step].contact or self.assumptions.every if step != OUTSIDE else None
            later = min(every.after(on), end) if every else end
            passed = (later - on).total_seconds() / WEEK
            spent[step] = spent.get(step, 0) + passed
            if every is None or later >= end:
                break
            self._changed(step, passed)
            on = later
            self._seen(on)
        scores = {name: value for name, (_, value) in self.scores.items()}
        return Life(episode=self.episode, decisions=tuple(decisions), weeks=spent, step=step, scores=scores)

    def _seen(self, on: date | datetime) -> None:
        missed = self.chance.random() < self.assumptions.missed
        self._add(Contact(id="?", on=on, outcome="missed" if missed else "kept"))
        if not missed:
            self._assessed(on)

    @property
    def episode(self) -> Episode:
        """The history so far."""
        return Episode(self.name, self.entries)

    def _add(self, entry: Entry) -> None:
        self.made += 1
        self.entries.append(attrs.evolve(entry, id=f"{self.made_up}-{self.made}", by="simulation"))

    def _moved(self, decision: Decision) -> str:
        """Do what was decided and give the step that leads to."""
        on, protocol = decision.on, self.protocol.id
        if decision.move == "exit":
            self._add(EnrolmentEnd(id="?", on=on, protocol=protocol))
            return OUTSIDE
        if not decision.ruling.to:
            return decision.from_step
        step = self.chance.choice(decision.ruling.to)
        made = Enrolment if decision.move == "enter" else StepEntry
        self._add(made(id="?", on=on, protocol=protocol, step=step))
        return step

    def _changed(self, step: str, weeks: float) -> None:
        for name, (score, value) in self.scores.items():
            drift = (self.assumptions.per_week[name][step] + self.own[name]) * weeks
            chance = self.chance.gauss(0, 1) * self.assumptions.within.get(name, 0) * sqrt(weeks)
            kind = score.kind
            self.scores[name] = (score, min(max(value + drift + chance, kind.low), kind.high))

    def _happened(self, on: date | datetime, happened: dict[str, date | datetime]) -> None:
        for name, every in self.assumptions.events.items():
            if every.after(happened[name]) <= on:
                happened[name] = on
                self._add(Event(id="?", on=on, name=name))

    def _assessed(self, on: date | datetime) -> None:
        for measure in dict.fromkeys(score.measure for score, _ in self.scores.values()):
            items = [one for one in self.watched if one.measure == measure and one.watch.source == "items"]
            read = ((score, value) for score, value in self.scores.values() if score.measure == measure)
            self._add(
                Assessment(
                    id="?",
                    on=on,
                    instrument=self.protocol.scope.instruments[measure],
                    scores={score.watch.key: round(value) if score.kind.whole else value for score, value in read},
                    items=dict(self._answered(items)),
                )
            )

    def _answered(self, items: Sequence[Latest]) -> Iterator[tuple[str, float | str]]:
        for item in items:
            share = self.assumptions.answers.get(item.name, 0)
            kind = item.kind
            ends: tuple[float | str, float | str] = (kind.values[0], kind.values[-1]) if kind.values else _ends(item)
            yield item.watch.key, ends[1] if self.chance.random() < share else ends[0]


def _ends(item: Latest) -> tuple[float, float]:
    """Give the best and the worst answer."""
    low, high = item.kind.low, item.kind.high
    return (high, low) if item.worse < 0 else (low, high)
