"""One page on one person, for whoever talks about their case."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Literal

import attrs

from carecoord.caseload._board import BoardRow
from carecoord.caseload._caseload import Caseload
from carecoord.caseload._latest import day_of, main_score
from carecoord.caseload._review_record import ActionState, ReviewAction
from carecoord.plans import CarePlan
from carecoord.stepped_care import Accepted, Assessment, Enrolment, EnrolmentEnd, Episode, Event, Override, StepEntry

__all__ = ["CasePage", "CaseReason", "Dated", "Series", "page_of"]

CaseReason = Literal["safety", "asked", "new", "not improving", "worse", "stepping down", "other"]
"""Why somebody is talked about, the weightiest first."""

TREATMENT = ("treatment", "medication", "self-management")


@attrs.frozen
class Dated:
    """Something that was so on a day.

    Attributes:
        on: the day.
        words: what.
    """

    on: date
    words: str

    def __str__(self) -> str:
        """Give the day and what."""
        return f"{self.on} {self.words}"


@attrs.frozen(kw_only=True)
class Series:
    """The values of one score over time.

    Attributes:
        instrument: the instrument's id.
        score: the score's id.
        values: day and value, the oldest first; `None` where it could not be worked out.
    """

    instrument: str
    score: str
    values: tuple[tuple[date, int | float | str | None], ...]

    def __str__(self) -> str:
        """Give it as `phq-9: 18, 14, 12 (2026-01-05 to 2026-03-02)`."""
        shown = ", ".join("not scored" if value is None else f"{value}" for _, value in self.values)
        return f"{self.instrument}: {shown} ({self.values[0][0]} to {self.values[-1][0]})"


@attrs.frozen(kw_only=True)
class CasePage:
    """What there is to know of one person before their case is talked about.

    Attributes:
        person: the host's id for them.
        reason: why they are talked about first of all.
        because: that reason and the others, in words.
        minutes: how long there is for them.
        row: their row of the board.
        trend: their scores over time.
        steps: the steps they were in, and since when.
        treatments: what was tried: what the episodes say happened, and what the plans say is done, with how it stands.
        decided: decisions that were accepted or overridden, with the reason.
        actions: what earlier reviews asked for, and what became of it.
        questions: what is to be found out, and what somebody asked.
    """

    person: str
    reason: CaseReason
    because: tuple[str, ...]
    minutes: int | float
    row: BoardRow
    trend: tuple[Series, ...] = ()
    steps: tuple[Dated, ...] = ()
    treatments: tuple[str, ...] = ()
    decided: tuple[Dated, ...] = ()
    actions: tuple[tuple[ReviewAction, ActionState], ...] = ()
    questions: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Give it as plain text, without the parts that say nothing."""
        lines = [f"{self.person}: {self.reason}, {self.minutes:g} min"]
        asked = (f"{one.what} ({one.owner}, by {one.due}): {state}" for one, state in self.actions)
        parts: tuple[tuple[str, Iterable[object]], ...] = (
            ("why", self.because),
            ("scores", self.trend),
            ("steps", self.steps),
            ("tried", self.treatments),
            ("decided", self.decided),
            ("asked for", asked),
            ("open", self.questions),
        )
        for label, found in parts:
            lines += [f"  {label if place == 0 else '':<10}{line}" for place, line in enumerate(map(str, found))]
        return "\n".join(lines)


def page_of(
    caseload: Caseload,
    row: BoardRow,
    *,
    on: date,
    reason: CaseReason,
    because: tuple[str, ...],
    minutes: float,
    actions: tuple[tuple[ReviewAction, ActionState], ...],
    asked: tuple[str, ...],
) -> CasePage:
    """Give the page on one person."""
    episodes = [one for one in caseload.episodes if one.person == row.person]
    plans = [one for one in caseload.plans if one.person == row.person]
    decided = sorted((one for episode in episodes for one in _decided(episode, on)), key=lambda one: one.on)
    tried = sorted((one for episode in episodes for one in _happened(episode, on)), key=lambda one: one.on)
    return CasePage(
        person=row.person,
        reason=reason,
        because=because,
        minutes=minutes,
        row=row,
        trend=tuple(series for episode in episodes for series in _series(episode, on)),
        steps=tuple(sorted((one for episode in episodes for one in _steps(episode, on)), key=lambda one: one.on)),
        treatments=(*map(str, tried), *(words for plan in plans for words in _planned(plan))),
        decided=tuple(decided),
        actions=actions,
        questions=(*asked, *(f"get {name}" for name in row.missing)),
    )


def _series(episode: Episode, on: date) -> Iterator[Series]:
    found: dict[str, list[Assessment]] = {}
    for entry in episode.in_force(on=on):
        if isinstance(entry, Assessment):
            found.setdefault(entry.instrument, []).append(entry)
    for instrument, entries in found.items():
        main = main_score(entries[-1])
        score = main.id if main else next(iter(entries[-1].scores), None)
        if score is not None:
            values = tuple((day_of(one.on), one.scores.get(score)) for one in entries)
            yield Series(instrument=instrument, score=score, values=values)


def _steps(episode: Episode, on: date) -> Iterator[Dated]:
    for entry in episode.in_force(on=on):
        day = day_of(entry.on)
        match entry:
            case Enrolment():
                yield Dated(day, f"{entry.protocol}: enrolled{f', {entry.step}' if entry.step else ''}")
            case StepEntry():
                yield Dated(day, f"{entry.protocol}: {entry.step}")
            case EnrolmentEnd():
                yield Dated(day, f"{entry.protocol}: ended{f', {entry.reason}' if entry.reason else ''}")
            case Accepted() if entry.step or entry.decision.to_step:
                yield Dated(day, f"{entry.decision.protocol}: {entry.step or entry.decision.to_step}")
            case Override() if entry.step:
                yield Dated(day, f"{entry.decision.protocol}: {entry.step}")
            case _:
                pass


def _happened(episode: Episode, on: date) -> Iterator[Dated]:
    for entry in episode.in_force(on=on):
        if isinstance(entry, Event):
            yield Dated(day_of(entry.on), entry.name)


def _planned(plan: CarePlan) -> Iterator[str]:
    for activity in plan.activities:
        if activity.kind in TREATMENT and activity.status != "entered-in-error":
            why = f", {activity.reason}" if activity.reason else ""
            yield f"{activity.title}: {activity.status}{why}"


def _decided(episode: Episode, on: date) -> Iterator[Dated]:
    for entry in episode.in_force(on=on):
        if isinstance(entry, Accepted):
            by = f" by {entry.by}" if entry.by else ""
            yield Dated(day_of(entry.on), f"{entry.decision.ruling.outcome} accepted{by}")
        elif isinstance(entry, Override):
            by = f" by {entry.by}" if entry.by else ""
            until = f" until {entry.until}" if entry.until else ""
            yield Dated(day_of(entry.on), f"{entry.move}{until} instead of {entry.decision.move}{by}: {entry.reason}")
