"""Two protocols held against the same histories: who is affected, and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from statistics import median

import attrs

from carecoord._shares import Share
from carecoord._values import Period
from carecoord.stepped_care._backtest import BEYOND, Backtest, Followed, Point, each, follow, options, summed
from carecoord.stepped_care._course import BESIDE, MOVING, Kind, asked_on, counts_hours, reads
from carecoord.stepped_care._episode import Episode
from carecoord.stepped_care._figures import table
from carecoord.stepped_care._protocol import Protocol
from carecoord.stepped_care._ruling import Decision, Move

__all__ = ["Comparison", "Difference", "compare"]


@attrs.frozen(kw_only=True)
class Difference:
    """The first point at which two protocols say different things of one person.

    Attributes:
        person: the host's id for the person.
        episode: the host's id for the episode, where it has one.
        one: what the first protocol says.
        other: what the second one says.
        kind: the second one moves `sooner` or `later` than the first, or they differ `otherwise`.
        days: by how many days, where the slower of the two, having gone along with what was done, comes to the
            same; `None` where it does not in the history.
    """

    person: str
    episode: str = ""
    one: Decision
    other: Decision
    kind: Kind
    days: int | None = None

    @property
    def on(self) -> date | datetime:
        """The day, or the moment where a protocol counts hours."""
        return self.one.on

    def __str__(self) -> str:
        """Give one line: when, what the one says, what the other."""
        by = f" by {self.days} days" if self.days is not None else ""
        return f"{self.on}: {_said(self.one)}, now {_said(self.other)} ({self.kind}{by})"


@attrs.frozen(kw_only=True)
class Comparison:
    """What two protocols would have done in the same past.

    Attributes:
        one: the first held against what was done.
        other: the second held against what was done.
        differences: where they first differ, person by person.
    """

    one: Backtest
    other: Backtest
    differences: tuple[Difference, ...] = ()

    @property
    def affected(self) -> Share:
        """The share of people of whom they say different things before either departs from what was done, or then."""
        return Share(len(self.differences), len(self.one.people))

    def __str__(self) -> str:
        """Give a table: what the one says and the other, for how many, and by how many days the moves differ."""
        groups: dict[tuple[str, str, str], list[Difference]] = {}
        for found in self.differences:
            groups.setdefault((_said(found.one), _said(found.other), found.kind), []).append(found)
        lines = [
            f"{self.one.protocol} and {self.other.protocol}, {len(self.one.people)} people",
            BEYOND,
            f"Said different things of: {self.affected}",
            f"Gone along with to the end by the first: {self.one.agreement}",
            f"Gone along with to the end by the second: {self.other.agreement}",
        ]
        if groups:
            rows = ([one, other, kind, len(found), _days(found)] for (one, other, kind), found in groups.items())
            lines += ["", *table(("the first says", "the second", "which is", "people", "by days, median"), rows)]
        return "\n".join(lines)


def _said(decision: Decision) -> str:
    rule = f" ({decision.rule})" if decision.rule else ""
    return f"{decision.ruling.outcome}{rule}"


def _days(differences: Iterable[Difference]) -> str:
    days = [one.days for one in differences if one.days is not None]
    return f"{median(days):g}" if days else ""


def compare(
    one: Protocol,
    other: Protocol,
    episodes: Iterable[Episode],
    *,
    course: str | None = None,
    steps: Mapping[str, str] | None = None,
    grace: Period | str | None = None,
    done_by: Mapping[Move, str | Iterable[str]] | None = None,
    decided_at: str | Iterable[str] = (),
    accept_unverified: bool = False,
) -> Comparison:
    """Say of whom two protocols would have said different things: change a threshold and see who is affected.

    Both are asked on the same days, from the same history, until either departs from what was done.

    Args:
        one: the protocol there is.
        other: the one that might take its place.
        episodes: the histories.
        course: the protocol whose enrolments say what was done; the first one's where left out.
        steps: as for [`backtest`][carecoord.stepped_care.backtest].
        grace: as for `backtest`.
        done_by: as for `backtest`.
        decided_at: as for `backtest`.
        accept_unverified: go on although a protocol rests on what nobody has checked against a source.

    Raises:
        DefinitionError: a protocol is unverified in part, and that was not accepted.
        DataError: a history goes through a step that a protocol does not have.
    """
    hourly = counts_hours(one) or counts_hours(other)
    chosen = options(
        course=course or one.id,
        steps=steps,
        grace=grace,
        done_by=done_by,
        decided_at=decided_at,
        hourly=hourly,
        accept_unverified=accept_unverified,
    )
    read = reads(one) | reads(other)

    def both(episode: Episode) -> tuple[Followed, Followed, Difference | None]:
        asked = asked_on(episode, read, chosen)
        first, second = follow(one, episode, chosen, asked), follow(other, episode, chosen, asked)
        return summed(episode, first), summed(episode, second), _difference(episode, first, second)

    found = each(episodes, both)
    return Comparison(
        one=Backtest(protocol=one.id, digest=one.digest, people=[first for first, _, _ in found]),
        other=Backtest(protocol=other.id, digest=other.digest, people=[second for _, second, _ in found]),
        differences=tuple(difference for _, _, difference in found if difference is not None),
    )


def _difference(episode: Episode, first: list[Point], second: list[Point]) -> Difference | None:
    for place, (a, b) in enumerate(zip(first, second, strict=False)):
        if _compared(a.decision) != _compared(b.decision):
            kind, days = _by(a, b, first[place:], second[place:])
            return Difference(
                person=episode.person, episode=episode.id, one=a.decision, other=b.decision, kind=kind, days=days
            )
    return None


def _compared(decision: Decision) -> tuple[object, ...]:
    """Give what matters to the person: the outcome and the alerts that are raised."""
    return decision.ruling.outcome, [alert.id for alert in decision.alerts if alert.state == "raised"]


def _by(a: Point, b: Point, first: list[Point], second: list[Point]) -> tuple[Kind, int | None]:
    acts = MOVING | BESIDE
    if (a.decision.move in acts) == (b.decision.move in acts):
        return "otherwise", None
    if b.decision.move in acts:
        return "sooner", _until(b, first)
    return "later", _until(a, second)


def _until(mover: Point, other: list[Point]) -> int | None:
    wanted = (mover.decision.move, mover.decision.ruling.to)
    same = (point.when.day for point in other if (point.decision.move, point.decision.ruling.to) == wanted)
    day = next(same, None)
    return None if day is None else day - mover.when.day
