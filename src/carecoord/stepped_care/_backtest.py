"""What a protocol would have done in the past, up to the first point where it departs from what was done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from statistics import median
from typing import NamedTuple, TypeVar

import attrs

from carecoord._shares import Share
from carecoord._values import FrozenMapping, Period
from carecoord.errors import DataError, Fault
from carecoord.stepped_care._course import Course, Kind, Options, Verdict, asked_on, counts_hours, reads
from carecoord.stepped_care._decision import decide
from carecoord.stepped_care._episode import Episode
from carecoord.stepped_care._facts import Facts
from carecoord.stepped_care._figures import table
from carecoord.stepped_care._moments import Moment
from carecoord.stepped_care._protocol import Protocol
from carecoord.stepped_care._ruling import Decision, Move, Outcome

__all__ = ["BEYOND", "Backtest", "Departure", "Followed", "Point", "backtest", "each", "follow", "options", "summed"]

T = TypeVar("T")
BEYOND = "What came after a person's first departure did not come from this protocol: it is not looked at."


@attrs.frozen(kw_only=True)
class Departure:
    """The first point at which a protocol would have done something else than was done.

    Attributes:
        person: the host's id for the person.
        episode: the host's id for the episode, where it has one.
        decision: what the protocol says then, with the facts and the reasons.
        done: what was done: `stay` where nothing was.
        kind: the protocol would have moved `sooner`; what was done it would have done `later`, or never; or both
            moved, `otherwise`.
        days: how many days later the same was done all the same; `None` where it never was, or cannot be known.
    """

    person: str
    episode: str = ""
    decision: Decision
    done: Outcome
    kind: Kind
    days: int | None = None

    @property
    def on(self) -> date | datetime:
        """The day, or the moment where the protocol counts hours."""
        return self.decision.on

    @property
    def advised(self) -> Outcome:
        """What the protocol says."""
        return Outcome(self.decision.move, self.decision.ruling.to)

    def __str__(self) -> str:
        """Give one line: when, what would have been done, what was."""
        rule = f" ({self.decision.rule})" if self.decision.rule else ""
        if self.kind != "sooner":
            return f"{self.on}: {self.advised}{rule}, where {self.done} was done"
        after = "not done in this history" if self.days is None else f"done {self.days} days later"
        return f"{self.on}: {self.advised}{rule}, {after}"


@attrs.frozen(kw_only=True)
class Followed:
    """One person's history, as far as the protocol would have gone the same way.

    Attributes:
        person: the host's id for the person.
        episode: the host's id for the episode, where it has one.
        agreed: how many decisions came to what was done.
        open: how many left it to a person, or asked for something first.
        unseen: how many called for what the history would not show.
        departure: where it first departs; `None` where it never does.
    """

    person: str
    episode: str = ""
    agreed: int = 0
    open: int = 0
    unseen: int = 0
    departure: Departure | None = None


def _followed(people: Iterable[Followed]) -> tuple[Followed, ...]:
    return tuple(people)


@attrs.frozen(kw_only=True)
class Backtest:
    """What a protocol would have done in the past.

    It describes; it proves no effect. Where the protocol departs from what was done, what followed would have been
    another history, so nothing after that point is counted.

    Attributes:
        protocol: the protocol's id.
        digest: the digest of the protocol, its modules and its instruments.
        people: each person's history, in the order given.
    """

    protocol: str
    digest: str
    people: tuple[Followed, ...] = attrs.field(converter=_followed)

    @property
    def departures(self) -> tuple[Departure, ...]:
        """Where it departs, person by person."""
        return tuple(one.departure for one in self.people if one.departure is not None)

    @property
    def agreement(self) -> Share:
        """The share of people whose history it would have gone along with to the end.

        People are counted, not decisions: those of one person hang together.
        """
        return Share(len(self.people) - len(self.departures), len(self.people))

    def __str__(self) -> str:
        """Give a table: what would have been done sooner, later or otherwise, for how many, by how much."""
        counts = {name: sum(getattr(one, name) for one in self.people) for name in ("agreed", "open", "unseen")}
        lines = [
            f"Backtest of {self.protocol}, {len(self.people)} people",
            BEYOND,
            f"Gone along with to the end: {self.agreement}",
            f"Decisions until then: {counts['agreed']} agreed, {counts['open']} left to a person or asked first",
            f"Called for what the history does not show: {counts['unseen']}",
        ]
        return "\n".join([*lines, *_departed(self.departures)])


def _departed(departures: Iterable[Departure]) -> Iterator[str]:
    groups: dict[tuple[str, str], list[Departure]] = {}
    for one in departures:
        what = str(one.done if one.kind == "later" else one.advised)
        groups.setdefault((one.kind, what), []).append(one)
    if groups:
        yield ""
        yield from table(
            ("would have been done", "people", "days sooner, median (least to most)", "never done"),
            ([f"{kind}: {what}", len(found), *_by_how_much(kind, found)] for (kind, what), found in groups.items()),
        )


def _by_how_much(kind: str, departures: list[Departure]) -> tuple[str, str]:
    if kind != "sooner":
        return "", ""
    days = [one.days for one in departures if one.days is not None]
    return (f"{median(days):g} ({min(days)} to {max(days)})" if days else ""), str(len(departures) - len(days))


class Point(NamedTuple):
    """One decision, held against what was done."""

    when: Moment
    decision: Decision
    verdict: Verdict
    departure: Departure | None


def options(
    *,
    course: str,
    steps: Mapping[str, str] | None,
    grace: Period | str | None,
    done_by: Mapping[Move, str | Iterable[str]] | None,
    decided_at: str | Iterable[str],
    hourly: bool,
    accept_unverified: bool,
) -> Options:
    """Give the options as values."""
    return Options(
        course=course,
        steps=FrozenMapping(steps),
        grace=Period.parse(grace) if isinstance(grace, str) else grace,
        done_by={move: _names(one) for move, one in (done_by or {}).items()},
        decided_at=_names(decided_at),
        hourly=hourly,
        accept_unverified=accept_unverified,
    )


def _names(names: str | Iterable[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


def backtest(
    protocol: Protocol,
    episodes: Iterable[Episode],
    *,
    course: str | None = None,
    steps: Mapping[str, str] | None = None,
    grace: Period | str | None = None,
    done_by: Mapping[Move, str | Iterable[str]] | None = None,
    decided_at: str | Iterable[str] = (),
    accept_unverified: bool = False,
) -> Backtest:
    """Say what a protocol would have done on past episodes, up to the first point where it departs from what was done.

    It is asked on every day on which something was entered that it reads, from the history as it was then, with
    later corrections; what was done about the step that day is what it is held against.
    A decision that asks, or leaves it to a person, fits whatever was done.

    Args:
        protocol: the protocol.
        episodes: the histories, with the steps that people were in: enrolments, steps, decisions that were accepted
            or overridden.
        course: the protocol whose enrolments those are, where it is another one; who is enrolled there without a
            step begins in the first of this one.
        steps: the protocol's step for each of theirs that it does not have.
        grace: how long after a decision the same still counts as done then; the same day where left out.
            A move that leaves the step as it is counts as done for as long, too, when it is advised again.
        done_by: the events that show a move which leaves the step as it is: `{"adjust": "treatment_change"}`.
            Without, `adjust`, `consult` and `refer` show only where they were accepted or overridden.
        decided_at: the events at which is decided, as `"review"` for the meeting: entered on the day of a decision,
            they came with it, and count from the next one on.
        accept_unverified: go on although the protocol rests on what nobody has checked against a source.

    Raises:
        DefinitionError: the protocol is unverified in part, and that was not accepted.
        DataError: a history goes through a step that the protocol does not have.

    >>> from datetime import date
    >>> from carecoord.stepped_care import Assessment, Enrolment, Episode, RecordedFact, StepEntry, protocol
    >>> episode = Episode("p-17", [
    ...     RecordedFact(id="1", on=date(2026, 1, 5), name="age", value=67),
    ...     Assessment(id="2", on=date(2026, 1, 5), instrument="phq-9", scores={"total": 13}, items={"q9": 0}),
    ...     Enrolment(id="3", on=date(2026, 1, 5), protocol="german-impact"),
    ...     Assessment(id="4", on=date(2026, 3, 2), instrument="phq-9", scores={"total": 4}, items={"q9": 0}),
    ...     StepEntry(id="5", on=date(2026, 3, 30), protocol="german-impact", step="four-weekly"),
    ... ])
    >>> tested = backtest(protocol("german-impact"), [episode], accept_unverified=True)
    >>> print(tested.departures[0])
    2026-03-02: step-down to four-weekly (remission), done 28 days later
    """
    chosen = options(
        course=course or protocol.id,
        steps=steps,
        grace=grace,
        done_by=done_by,
        decided_at=decided_at,
        hourly=counts_hours(protocol),
        accept_unverified=accept_unverified,
    )
    read = reads(protocol)

    def followed(episode: Episode) -> Followed:
        return summed(episode, follow(protocol, episode, chosen, asked_on(episode, read, chosen)))

    people = each(episodes, followed)
    return Backtest(protocol=protocol.id, digest=protocol.digest, people=people)


def each(episodes: Iterable[Episode], work: Callable[[Episode], T]) -> list[T]:
    """Give what comes of each history.

    Raises:
        DataError: with everything that is wrong with any of them, once.
    """
    found: list[T] = []
    faults: dict[Fault, None] = {}
    for episode in episodes:
        try:
            found.append(work(episode))
        except DataError as error:
            faults |= dict.fromkeys(error.faults)
    if faults:
        raise DataError("episodes", faults)
    return found


def follow(
    protocol: Protocol, episode: Episode, options: Options, asked: Mapping[Moment, date | datetime]
) -> list[Point]:
    """Hold a protocol's decisions against one history until the first departure.

    Args:
        protocol: the protocol.
        episode: the history.
        options: how.
        asked: the days, or the moments, to decide on, in order.
    """
    course = Course(protocol, episode, options)
    points: list[Point] = []
    since: Moment | None = None
    for when, on in asked.items():
        if since is not None and when <= since:
            continue
        row = Facts(protocol, episode, on, index=course.index(when))
        decision = decide(protocol, row, accept_unverified=options.accept_unverified)
        advised = Outcome(decision.move, decision.ruling.to)
        match = course.held_against(advised, when, on)
        since = match.since or since
        departure = None
        if match.verdict == "departs":
            there = course.as_it_stood(when, on)
            departure = Departure(
                person=episode.person,
                episode=episode.id,
                decision=decide(protocol, there, on=on, accept_unverified=True),
                done=match.done,
                kind=match.kind,
                days=match.days,
            )
        points.append(Point(when, decision, match.verdict, departure))
        if departure is not None:
            break
    return points


def summed(episode: Episode, points: Iterable[Point]) -> Followed:
    """Give one person's result."""
    listed = list(points)
    counts = Counter(point.verdict for point in listed)
    return Followed(
        person=episode.person,
        episode=episode.id,
        agreed=counts["agrees"],
        open=counts["open"],
        unseen=counts["unseen"],
        departure=listed[-1].departure if listed else None,
    )
