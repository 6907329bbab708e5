"""Errors: what they say, what they carry, and that they travel between processes."""

from __future__ import annotations

import pickle

import pytest

from carecoord.errors import (
    AnswerError,
    CareCoordError,
    DataError,
    DefinitionError,
    Fault,
    RuleError,
    StatusError,
    UnknownIdError,
    did_you_mean,
)

FAULTS = (Fault("$.scores[total].valeu", "not a field here"), Fault("", "the file is empty"))
ERRORS = [
    DefinitionError("calm-3", FAULTS),
    AnswerError("phq-9", FAULTS),
    DataError("caseload.json", FAULTS),
    RuleError("a bracket is not closed", 7, "sum(q1"),
    StatusError("goal lifecycle", "active", "proposed", ["on-hold", "completed"]),
    UnknownIdError("instrument", "phq9", ["phq-9", "gad-7"]),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_errors_survive_pickling_with_all_they_carry(error: CareCoordError) -> None:
    """A worker process can hand an error back: same type, same words, same attributes."""
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 made on the line above
    assert type(copy) is type(error)
    assert str(copy) == str(error)
    assert vars(copy) == vars(error)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        *((kind, ValueError) for kind in (DefinitionError, AnswerError, DataError, RuleError, StatusError)),
        (UnknownIdError, LookupError),
        (UnknownIdError, KeyError),
    ],
)
def test_errors_are_the_built_in_ones_a_caller_expects(error: type[CareCoordError], expected: type[Exception]) -> None:
    """Code that knows nothing of the library still catches what it must."""
    assert issubclass(error, CareCoordError)
    assert issubclass(error, expected)


def test_faults_are_counted_and_told_a_line_each() -> None:
    """The place comes first; where the whole is meant there is only the message."""
    assert str(DefinitionError("calm-3", FAULTS)).splitlines() == [
        "calm-3: 2 faults",
        "  $.scores[total].valeu: not a field here",
        "  the file is empty",
    ]


def test_one_fault_is_singular() -> None:
    """Messages are written for people."""
    assert str(AnswerError("phq-9", FAULTS[1:])) == "phq-9: 1 fault\n  the file is empty"


def test_rule_error_points_at_the_column_and_keeps_little_of_a_long_text() -> None:
    """A hostile rule does not fill the log."""
    error = RuleError("too long", 201, "x" * 5000)
    assert str(error) == "column 201: too long"
    assert error.text == "x" * 200


def test_status_error_says_what_may_follow() -> None:
    """The legal moves are in the message, and that there are none where there are none."""
    assert str(ERRORS[-2]) == "goal lifecycle cannot go from active to proposed: it may become on-hold, completed"
    assert str(StatusError("goal", None, "done")) == "goal cannot go from none to done: it is final"


def test_unknown_id_names_the_nearest_known_one() -> None:
    """A slip of the keyboard is answered with the id that was meant."""
    assert str(ERRORS[-1]) == "there is no instrument 'phq9', did you mean phq-9?"


def test_nothing_is_suggested_where_nothing_is_near() -> None:
    """A wild guess would mislead."""
    assert not did_you_mean("kidney", ["phq-9", "gad-7"])
