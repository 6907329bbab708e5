"""Enter answers: score them, and keep what was worked out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from carecoord.scoring import Instrument, Respondent, ScoreResult, instrument as instrument_of, score
from carecoord.stepped_care._entries import Answer, Assessment

__all__ = ["assessment"]


def assessment(
    instrument: str | Instrument,
    answers: Sequence[Any] | Mapping[Any, Any],
    *,
    id: str,
    on: date | datetime,
    respondent: Respondent | Mapping[str, Any] | None = None,
    recorded: date | datetime | None = None,
    by: str = "",
    labels: Iterable[str] = (),
    replaces: str | None = None,
) -> Assessment:
    """Score answers and give the entry that keeps them: the answers, what each counts, the scores and their bounds.

    Args:
        instrument: an instrument, or the id of one that comes with the library.
        answers: as for [`score`][carecoord.scoring.score]; `None` is an answer that was not given.
        id: the host's id for the entry.
        on: when they were given.
        respondent: what is known of who answered.
        recorded: when it was written down; when they were given, where left out.
        by: who wrote it down.
        labels: what it is about that not everybody may see.
        replaces: the id of the entry it corrects.

    Raises:
        AnswerError: with every wrong answer.
        UnknownIdError: there is no such instrument.

    >>> from datetime import date
    >>> entry = assessment("phq-9", [3, 3, 3, 3, 3, 3, 3, 3, None, 1], id="a1", on=date(2026, 1, 5))
    >>> entry.scores["total"] is None, entry.possible["total"], entry.items["q9"] is None
    (True, (24, 27), True)
    """
    used = instrument_of(instrument) if isinstance(instrument, str) else instrument
    result = score(used, answers, respondent=respondent)
    given = dict(answers) if isinstance(answers, Mapping) else dict(enumerate(answers, 1))
    return Assessment(
        id=id,
        on=on,
        recorded=on if recorded is None else recorded,
        by=by,
        labels=frozenset(labels),
        replaces=replaces,
        instrument=used.id,
        scores={name: _value(one) for name, one in result.items()},
        items=result.item_scores,
        possible={name: one.possible for name, one in result.items() if _value(one) is None and one.possible},
        answers={used.item(at).name: _plain(value) for at, value in given.items()},
        digest=used.digest,
    )


def _value(one: ScoreResult) -> Answer:
    return one.category if one.value is None else one.value


def _plain(value: Any) -> Answer:
    """Give a NumPy number as the Python number it is."""
    answer: Answer = value.item() if hasattr(value, "item") else value
    return answer
