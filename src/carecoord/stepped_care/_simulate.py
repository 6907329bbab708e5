"""What a protocol would do with people who do not exist, or beyond the point where the past departs from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from statistics import median

import attrs

from carecoord.errors import DataError, Fault
from carecoord.stepped_care._assumptions import Assumptions
from carecoord.stepped_care._backtest import Backtest
from carecoord.stepped_care._facts import Facts
from carecoord.stepped_care._figures import table
from carecoord.stepped_care._history import OUTSIDE
from carecoord.stepped_care._protocol import Protocol
from carecoord.stepped_care._ruling import Move
from carecoord.stepped_care._synthetic import Life, Person

__all__ = ["Simulated", "Simulation", "simulate"]

LABEL = "SIMULATED. These people were made up from assumptions: this is evidence of nothing."
LABEL_BEYOND = "SIMULATED beyond the first departure, from assumptions: this is evidence of nothing."


@attrs.frozen(kw_only=True)
class Simulated:
    """One figure, once for each seed.

    Attributes:
        what: what it is, with its unit.
        values: its value for each seed, in the order of the seeds.
    """

    what: str
    values: tuple[float, ...]

    @property
    def middle(self) -> float:
        """The median over the seeds."""
        return median(self.values)

    @property
    def interval(self) -> tuple[float, float]:
        """What 95 % of the seeds lie within: chance in the simulation, not doubt about its assumptions."""
        if len(self.values) == 1:
            return self.values[0], self.values[0]
        from statistics import quantiles  # noqa: PLC0415 - heavy, and wanted by few

        cuts = quantiles(self.values, n=40, method="inclusive")
        return cuts[0], cuts[-1]


@attrs.frozen(kw_only=True)
class Simulation:
    """What a protocol did in a simulation.

    Attributes:
        protocol: the protocol's id.
        digest: the digest of the protocol, its modules and its instruments.
        assumptions: what was assumed.
        people: how many people each seed made up, or went on with.
        weeks: for how long.
        seeds: the seeds.
        figures: the figures, each once a seed.
        label: what to say wherever a figure of it is shown.
    """

    protocol: str
    digest: str
    assumptions: Assumptions
    people: int
    weeks: int
    seeds: tuple[int, ...]
    figures: tuple[Simulated, ...]
    label: str

    def __getitem__(self, what: str) -> Simulated:
        """Give a figure by what it is."""
        return next(one for one in self.figures if one.what == what)

    def __str__(self) -> str:
        """Give the label and a table: each figure with its interval over the seeds, then what was assumed."""
        rows = [
            (one.what, f"{one.middle:.3g}", f"{one.interval[0]:.3g} to {one.interval[1]:.3g}") for one in self.figures
        ]
        head = f"{self.protocol}, {self.people} people over {self.weeks} weeks, {len(self.seeds)} seeds"
        lines = [self.label, head, "", *table(("", "median of the seeds", "95 % of the seeds"), rows), "", "Assumed:"]
        return "\n".join([*lines, *(f"  {line}" for line in _assumed(self.assumptions))])


def _assumed(assumptions: Assumptions) -> Iterator[str]:
    for name, ends in assumptions.start.items():
        yield f"{name} begins at {ends[0]:g} to {ends[1]:g}"
        changes = ", ".join(f"{step} {change:+g}" for step, change in assumptions.per_week[name].items())
        yield f"{name} changes a week by {changes}"
        yield (
            f"{name} differs between people by {assumptions.between.get(name, 0):g} a week, "
            f"from week to week by {assumptions.within.get(name, 0):g} (standard deviations)"
        )
    yield f"{100 * assumptions.missed:g} % of contacts are missed"
    for name, share in assumptions.answers.items():
        yield f"{name} is at its worst in {100 * share:g} % of forms"
    for name, values in assumptions.facts.items():
        yield f"{name} is {' or '.join(map(str, values))}"
    for name, every in assumptions.events.items():
        yield f"{name} every {every.words}"
    if assumptions.every is not None:
        yield f"contacts every {assumptions.every.words} where the step does not say"
    yield "everything else does not happen; what the protocol says is done at once"


def simulate(
    protocol: Protocol,
    assumptions: Assumptions,
    *,
    weeks: int,
    people: int = 100,
    seeds: Iterable[int] = range(20),
    beyond: Backtest | None = None,
    accept_unverified: bool = False,
) -> Simulation:
    """Follow a protocol with people who do not exist, or on from where the past departs from it.

    For trying a protocol out before there is a history: how busy the steps become, whether anyone goes up and down.
    What comes out is what was assumed and what the protocol makes of it. It says nothing about any treatment, and
    every value and print of it says so.

    Args:
        protocol: the protocol.
        assumptions: what is assumed; the library assumes nothing for you.
        weeks: for how long; beyond a departure, how long after it.
        people: how many people each seed makes up.
        seeds: one simulation each; the same seeds make up the same people.
        beyond: go on from each departure of this backtest instead, as if the protocol had been followed there.
        accept_unverified: go on although the protocol rests on what nobody has checked against a source.

    Raises:
        DataError: the assumptions do not fit the protocol, or the backtest is one of another protocol, or was read
            back from JSON, so that its histories are gone.
        DefinitionError: the protocol is unverified in part, and that was not accepted.
    """
    assumptions.fit(protocol)
    seeds = tuple(seeds)
    if beyond is not None:
        _hold(protocol, beyond)
    by_seed = [
        _lives(protocol, assumptions, seed, weeks=weeks, people=people, beyond=beyond, accept=accept_unverified)
        for seed in seeds
    ]
    figures = [
        Simulated(what=what, values=tuple(figure(lives) for lives in by_seed))
        for what, figure in _figures(protocol, assumptions).items()
    ]
    return Simulation(
        protocol=protocol.id,
        digest=protocol.digest,
        assumptions=assumptions,
        people=people if beyond is None else len(beyond.departures),
        weeks=weeks,
        seeds=seeds,
        figures=tuple(figures),
        label=LABEL if beyond is None else LABEL_BEYOND,
    )


def _hold(protocol: Protocol, beyond: Backtest) -> None:
    faults = []
    if beyond.digest != protocol.digest:
        faults.append(Fault("$.digest", f"the backtest is one of {beyond.protocol} as it was, not of {protocol.id}"))
    elif not beyond.departures:
        faults.append(Fault("$.people", "the protocol departs from nothing that was done: there is nothing beyond"))
    elif not all(isinstance(one.decision.facts, Facts) for one in beyond.departures):
        faults.append(Fault("$.people", "it was read back, and the histories are not in it: make the backtest again"))
    if faults:
        raise DataError("beyond", faults)


def _lives(
    protocol: Protocol,
    assumptions: Assumptions,
    seed: int,
    *,
    weeks: int,
    people: int,
    beyond: Backtest | None,
    accept: bool,
) -> list[Life]:
    if beyond is None:
        everyone = (Person(protocol, assumptions, seed, number) for number in range(1, people + 1))
        return [one.lives(weeks, accept_unverified=accept) for one in everyone]
    return [
        Person(protocol, assumptions, seed, number).goes_on(one.decision.facts.episode, one.decision, weeks)
        for number, one in enumerate(beyond.departures, 1)
        if isinstance(one.decision.facts, Facts)
    ]


Figure = Callable[[Sequence[Life]], float]
MOVES: tuple[Move, ...] = ("step-up", "step-down", "switch", "adjust", "consult", "refer")
OPEN: tuple[Move, ...] = ("ask", "review")


def _figures(protocol: Protocol, assumptions: Assumptions) -> Mapping[str, Figure]:
    """Give the figures by what they are: each is worked out from the lives of one seed."""
    found: dict[str, Figure] = {}
    for step in (*protocol.steps, OUTSIDE):
        found[f"in {step} at the end, share"] = _mean(_ended(step))
    for step in protocol.steps:
        found[f"in {step}, weeks a person"] = _mean(_spent(step))
    led = {rule.outcome.move for step in protocol.steps for rule in protocol.plan(step).rules}
    moves: list[Move] = [move for move in MOVES if move in led]
    for move in (*moves, *OPEN):
        found[f"{move}, decisions a person"] = _mean(_decided(move))
    found["an alert was raised, share"] = _mean(_raised)
    for name in assumptions.start:
        found[f"{name} at the end, mean"] = _mean(_at_the_end(name))
    return found


def _mean(of: Callable[[Life], float]) -> Figure:
    return lambda lives: sum(of(life) for life in lives) / len(lives)


def _ended(step: str) -> Callable[[Life], float]:
    return lambda life: life.step == step


def _spent(step: str) -> Callable[[Life], float]:
    return lambda life: life.weeks.get(step, 0)


def _decided(move: Move) -> Callable[[Life], float]:
    return lambda life: sum(decision.move == move for decision in life.decisions)


def _raised(life: Life) -> float:
    return any(alert.state == "raised" for decision in life.decisions for alert in decision.alerts)


def _at_the_end(name: str) -> Callable[[Life], float]:
    return lambda life: life.scores[name]
