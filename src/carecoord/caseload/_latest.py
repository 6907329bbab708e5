"""The latest value of a person's scores, and what became of the one before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Literal

import attrs

from carecoord.scoring import Score, instrument, instruments
from carecoord.stepped_care import Assessment, Episode

__all__ = ["Latest", "day_of", "latest_of", "main_score"]

Trend = Literal["better", "worse", "same"]
Number = int | float


@attrs.frozen(kw_only=True)
class Latest:
    """The latest value of one score.

    Attributes:
        instrument: the instrument's id.
        score: the score's id.
        value: the value or category; `None` where the answers did not allow it.
        band: its band.
        possible: what it may still be where it has no value: the lowest and highest number, or the categories.
        on: the day it was assessed.
        days_old: days since.
        before: the value of the assessment before; `None` where there is none.
        trend: what became of it in the score's own direction; `None` where that cannot be said.
    """

    instrument: str
    score: str
    value: Number | str | None
    band: str | None = None
    possible: tuple[Number | str, ...] | None = None
    on: date
    days_old: int
    before: Number | str | None = None
    trend: Trend | None = None

    def __str__(self) -> str:
        """Give it as `phq-9 12 moderate (was 16, better) on 2026-03-02`."""
        if self.value is None:
            possible = " to ".join(map(_shown, self.possible or ()))
            shown = f"not scored, {possible} possible" if possible else "not scored"
        else:
            shown = _shown(self.value)
        band = f" {self.band}" if self.band else ""
        trend = f" (was {_shown(self.before)}, {self.trend})" if self.trend else ""
        return f"{self.instrument} {shown}{band}{trend} on {self.on}"


def latest_of(episode: Episode, *, on: date, as_of: date | None = None) -> Iterator[Latest]:
    """Give the latest value of the main score of each instrument of an episode."""
    for readings in episode.index(as_of=as_of).assessments.values():
        entries = [reading.entry for reading in readings if day_of(reading.entry.on) <= on]
        if entries:
            yield _latest(entries, on)


def _latest(entries: list[Assessment], on: date) -> Latest:
    entry = entries[-1]
    definition = main_score(entry)
    score = definition.id if definition else next(iter(entry.scores), "")
    value = entry.scores.get(score)
    earlier = [one.scores.get(score) for one in entries[:-1]]
    before = next((one for one in reversed(earlier) if one is not None), None)
    return Latest(
        instrument=entry.instrument,
        score=score,
        value=value,
        band=definition.band_of(value) if definition and isinstance(value, int | float) else None,
        possible=entry.possible.get(score) if value is None else None,
        on=day_of(entry.on),
        days_old=(on - day_of(entry.on)).days,
        before=before,
        trend=_trend(definition, before, value),
    )


def day_of(when: date | datetime) -> date:
    """Give the local day of a moment."""
    return when.date() if isinstance(when, datetime) else when


def main_score(entry: Assessment) -> Score | None:
    """Give the main score of those an assessment has; `None` where its instrument is none of ours."""
    return next((score for score in _scores(entry.instrument) if score.id in entry.scores), None)


def _scores(id: str) -> tuple[Score, ...]:
    """Give the scores of one of our instruments; of another one nothing is known here."""
    return instrument(id).scores if id in instruments() else ()


def _shown(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _trend(definition: Score | None, before: Any, value: Any) -> Trend | None:
    if definition is None or definition.worse == "neither":
        return None
    if not isinstance(before, int | float) or not isinstance(value, int | float):
        return None
    if before == value:
        return "same"
    return "worse" if (value > before) == (definition.worse == "higher") else "better"
