"""Strict JSON in and out: what is written reads back equal, and nothing unknown is dropped."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import Any

import attrs
from cattrs.errors import IterableValidationError

from carecoord._definitions import converter, read_json, register, structure, unstructure
from carecoord.caseload import (
    Board,
    Caseload,
    CaseloadView,
    CaseReview,
    ExpectedCourse,
    MeasureReport,
    ReviewRecord,
    TimeEntry,
)
from carecoord.errors import AnswerError, DataError, Fault, UnknownIdError, did_you_mean
from carecoord.plans import (
    Briefing,
    CarePlan,
    Conflict,
    Difference,
    Discrepancy,
    Finding,
    Incompatibility,
    PlanView,
    Referral,
    ReferralView,
    RepeatWindow,
    Service,
    ServiceMatch,
)
from carecoord.plans._diff import value_type
from carecoord.roles import (
    Acknowledgement,
    ClauseId,
    Consent,
    Declassification,
    Disclosure,
    Emergency,
    HandOver,
    Notice,
    ProxyAuthority,
    Release,
    Reserved,
    ResponsibilityMatrix,
    Team,
    TeamEvent,
    TeamRecord,
    matrices,
    matrix,
)
from carecoord.roles._disclosure import V_co
from carecoord.stepped_care import (
    Assessment,
    Backtest,
    Comparison,
    Decision,
    Episode,
    EpisodeView,
    Simulation,
    assessment,
)

__all__ = ["FORMAT", "dumps", "from_dict", "loads", "to_dict"]

FORMAT = 1
"""The version of the form that is written; an older one is read, a newer one refused."""

TYPES: dict[str, type] = {
    "acknowledgement": Acknowledgement,
    "backtest": Backtest,
    "board": Board,
    "briefing": Briefing,
    "care-plan": CarePlan,
    "case-review": CaseReview,
    "caseload": Caseload,
    "caseload-view": CaseloadView,
    "comparison": Comparison,
    "conflict": Conflict,
    "consent": Consent,
    "decision": Decision,
    "declassification": Declassification,
    "difference": Difference,
    "disclosure": Disclosure,
    "discrepancy": Discrepancy,
    "emergency": Emergency,
    "episode": Episode,
    "episode-view": EpisodeView,
    "expected-course": ExpectedCourse,
    "finding": Finding,
    "hand-over": HandOver,
    "incompatibility": Incompatibility,
    "measure-report": MeasureReport,
    "notice": Notice,
    "plan-view": PlanView,
    "proxy-authority": ProxyAuthority,
    "referral": Referral,
    "referral-view": ReferralView,
    "release": Release,
    "repeat-window": RepeatWindow,
    "reserved": Reserved,
    "responsibility-matrix": ResponsibilityMatrix,
    "review-record": ReviewRecord,
    "service": Service,
    "service-match": ServiceMatch,
    "simulation": Simulation,
    "team": Team,
    "team-event": TeamEvent,
    "team-record": TeamRecord,
    "time-entry": TimeEntry,
}


def to_dict(value: Any) -> dict[str, Any]:
    """Turn a value into plain dicts, lists, texts and numbers, with its `format` and its `type`.

    What holds its default is left out.

    Raises:
        DataError: the value is none that travels on its own.

    >>> from carecoord.roles import Team
    >>> to_dict(Team([], id="east"))
    {'format': 1, 'type': 'team', 'members': [], 'id': 'east'}
    """
    if type(value) is Disclosure:
        kept: Disclosure[Any] = value
        shown = None if kept.view is None else to_dict(kept.view)
        return {"format": FORMAT, "type": "disclosure", **unstructure(attrs.evolve(kept, view=None)), "view": shown}
    for name, cls in TYPES.items():
        if type(value) is cls:
            return {"format": FORMAT, "type": name, **unstructure(value)}
    raise DataError(type(value).__name__, [Fault("", f"only these travel on their own: {', '.join(TYPES)}")])


def from_dict(data: Any, *, name: str = "data") -> Any:
    """Build the value that plain data says.

    An assessment with answers and no scores is scored; a matrix may be given by the id of one of ours.

    Args:
        data: as `to_dict` gives it, or written by hand.
        name: how to call it in errors.

    Raises:
        DataError: with everything that is wrong and its place: unknown keys, wrong types, wrong answers, ids that
            nothing carries.

    >>> from_dict({"format": 1, "type": "team", "members": []}).members
    ()
    """
    if not isinstance(data, Mapping):
        raise DataError(name, [Fault("$", "an object with format and type is wanted")])
    faults = []
    version, kind = data.get("format"), data.get("type")
    if type(version) is not int or version != FORMAT:
        faults.append(Fault("$.format", f"{FORMAT} is the format read here, found {version!r:.40}"))
    cls = TYPES.get(kind) if isinstance(kind, str) else None
    if cls is None:
        hint = did_you_mean(str(kind), TYPES)
        faults.append(Fault("$.type", f"{kind!r:.40} is none of {', '.join(TYPES)}{hint}"))
        raise DataError(name, faults)
    inner = {key: value for key, value in data.items() if key not in ("format", "type")}
    _hooks()
    try:
        made: Any = structure(inner, cls, name=name, error=DataError)
    except DataError as error:
        raise DataError(name, [*faults, *error.faults]) from None
    if faults:
        raise DataError(name, faults)
    return made


def dumps(value: Any, *, indent: int | None = None) -> str:
    """Write a value as JSON text.

    Args:
        value: a value that travels on its own, as a plan or an episode.
        indent: spaces a level; one line where left out.

    Raises:
        DataError: the value is none that travels on its own.

    >>> from carecoord.roles import Team
    >>> dumps(Team([]))
    '{"format": 1, "type": "team", "members": []}'
    """
    return json.dumps(to_dict(value), indent=indent, ensure_ascii=False, allow_nan=False)


def loads(text: str, *, name: str = "data") -> Any:
    """Read a value from JSON text.

    Args:
        text: as `dumps` writes it, or written by hand.
        name: how to call it in errors, as the name of its file.

    Raises:
        DataError: with everything that is wrong and its place.

    >>> from carecoord.roles import Team
    >>> loads(dumps(Team([]))) == Team([])
    True
    """
    return from_dict(read_json(text, name=name), name=name)


@cache
def _hooks() -> None:
    """Teach the converter what a file may leave to the library: scores of answers, and matrices by id."""
    plain_assessment = converter.get_structure_hook(Assessment)
    plain_matrix = converter.get_structure_hook(ResponsibilityMatrix)

    def read_assessment(data: Any, cls: Any) -> Any:
        if not isinstance(data, Mapping) or "scores" in data or "answers" not in data:
            return plain_assessment(data, cls)
        filled, wrong = _scored(data)
        try:
            made = plain_assessment(filled, cls)
        except Exception as error:  # noqa: BLE001 - the converter raises errors of every kind, each with its place
            raise IterableValidationError("faults", [*wrong, error], cls) from None  # pyright: ignore[reportCallIssue]
        if wrong:
            raise IterableValidationError("faults", wrong, cls)  # pyright: ignore[reportCallIssue]
        return made

    def read_matrix(data: Any, cls: Any) -> Any:
        if isinstance(data, str):
            if data not in matrices():
                raise ValueError(f"there is no matrix {data!r:.60}{did_you_mean(data, matrices())}")
            return matrix(data)
        return plain_matrix(data, cls)

    def read_view(data: Any, _: Any) -> Any:
        return None if data is None else from_dict(data, name="view")

    def read_clause(data: Any, _: Any) -> ClauseId:
        return ClauseId(*converter.structure(data, tuple[str, str]))

    register(lambda cls: cls is V_co, read_view)
    register(ClauseId, read_clause)
    register(Difference, _by_path(Difference, ("before", "after")))
    register(Conflict, _by_path(Conflict, ("base", "ours", "theirs")))
    register(Assessment, read_assessment)
    register(ResponsibilityMatrix, read_matrix)


def _by_path(kind: type[Difference | Conflict], names: tuple[str, ...]) -> Callable[[Any, Any], Any]:
    """Read what stands at a path of a plan as the plan has it there."""
    plain = converter.get_structure_hook(kind)

    def read(data: Any, cls: Any) -> Any:
        made = plain(data, cls)
        wanted = value_type(made.path, getattr(made, "kind", "changed"))
        if wanted is None:
            raise ValueError(f"a plan has nothing at {made.place[:60]}")
        found = {name: getattr(made, name) for name in names}
        return attrs.evolve(
            made, **{name: converter.structure(value, wanted) for name, value in found.items() if value is not None}
        )

    return read


def _scored(data: Mapping[str, Any]) -> tuple[dict[str, Any], list[Exception]]:
    """Score the answers of an assessment; give it filled in, and what is wrong with the answers."""
    empty = {**data, "scores": {}, "answers": {}}
    instrument, answers = data.get("instrument"), data["answers"]
    if not isinstance(instrument, str):
        return empty, []
    if isinstance(answers, Mapping):
        answers = {int(at) if at.isascii() and at.isdigit() else at: answer for at, answer in answers.items()}
    elif not isinstance(answers, list):
        return empty, [DataError("answers", [Fault("$.answers", "a list, or an object by item, is wanted")])]
    try:
        entry = assessment(instrument, answers, id="read", on=date.min)
    except UnknownIdError as error:
        return empty, [DataError("instrument", [Fault("$.instrument", str(error))])]
    except AnswerError as error:
        return empty, [DataError("answers", [Fault("$.answers", str(fault)) for fault in error.faults])]
    kept = ("answers", "scores", "items", "possible", "digest")
    return {**data, **{name: unstructure(getattr(entry, name)) for name in kept}}, []
