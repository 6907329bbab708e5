"""What can be entered in an episode."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Literal, TypeAlias

import attrs

from carecoord._values import FrozenMapping
from carecoord.errors import DataError, Fault
from carecoord.stepped_care._ruling import Decision, Move

__all__ = [
    "Accepted",
    "Assessment",
    "Contact",
    "Enrolment",
    "EnrolmentEnd",
    "Entry",
    "Event",
    "Override",
    "RecordedFact",
    "StepEntry",
    "Withdrawal",
]

Answer = int | float | str | None
"""An answer or a score; `None` where it was left blank or could not be scored."""


def _labels(labels: Iterable[str]) -> frozenset[str]:
    return frozenset((labels,) if isinstance(labels, str) else labels)


def _answers(answers: Mapping[str, Answer]) -> FrozenMapping[str, Answer]:
    return FrozenMapping(answers)


def _possible(
    possible: Mapping[str, tuple[int | float | str, ...]],
) -> FrozenMapping[str, tuple[int | float | str, ...]]:
    return FrozenMapping(possible)


def _day_faults(name: str, value: object) -> list[Fault]:
    if isinstance(value, datetime) and value.tzinfo is None:
        return [Fault(f"$.{name}", "the time has no offset from UTC")]
    if not isinstance(value, date):
        return [Fault(f"$.{name}", f"a date, or a time with its offset, is wanted, found {type(value).__name__}")]
    return []


def _number_faults(name: str, values: Mapping[str, object]) -> list[Fault]:
    return [
        Fault(f"$.{name}.{key}", "a number, a text or nothing is wanted")
        for key, value in values.items()
        if type(value) not in (int, float, str, type(None)) or (isinstance(value, float) and not math.isfinite(value))
    ]


@attrs.frozen(kw_only=True)
class _Entry:
    """What every entry has.

    Attributes:
        id: the host's own id for it.
        on: when it was so: a date, or a time with its offset where hours count.
        recorded: when it was written down; when it was so, where left out.
        by: who wrote it down.
        labels: what it is about that not everybody may see.
        replaces: the id of the entry that it corrects or withdraws.
    """

    id: str
    on: date | datetime
    recorded: date | datetime = attrs.field(default=attrs.Factory(lambda self: self.on, takes_self=True))
    by: str = ""
    labels: frozenset[str] = attrs.field(default=frozenset(), converter=_labels)
    replaces: str | None = None

    def __attrs_post_init__(self) -> None:
        faults = [] if self.id else [Fault("$.id", "the host's id for the entry is wanted")]
        faults += _day_faults("on", self.on) + _day_faults("recorded", self.recorded) + self._faults()
        if faults:
            raise DataError(str(getattr(self, "kind", "entry")), faults)

    def _faults(self) -> list[Fault]:
        return []


@attrs.frozen(kw_only=True)
class Enrolment(_Entry):
    """Someone is taken into a protocol: its baseline, its clocks and its step begin.

    Attributes:
        protocol: the protocol's id.
        step: the step they begin in; the protocol's first where left out.
    """

    kind: Literal["enrolment"] = "enrolment"
    protocol: str
    step: str | None = None


@attrs.frozen(kw_only=True)
class EnrolmentEnd(_Entry):
    """Someone leaves a protocol."""

    kind: Literal["enrolment-end"] = "enrolment-end"
    protocol: str
    reason: str = ""


@attrs.frozen(kw_only=True)
class StepEntry(_Entry):
    """Someone enters a step of a protocol; without an enrolment before it, it is one."""

    kind: Literal["step"] = "step"
    protocol: str
    step: str


@attrs.frozen(kw_only=True)
class Assessment(_Entry):
    """A questionnaire, test or measurement, with its scores as they were worked out then.

    Attributes:
        instrument: the instrument's id.
        answers: the answers as given, by item.
        items: what each answer counts, after recoding, by the item's name in rules (`q9`); `None` where it is blank.
        scores: the scores by id; `None` where one could not be scored.
        possible: what a score without a value can still be: its lowest and highest value, or the categories left.
        digest: the instrument's digest, where it was scored here; empty for a total reported from elsewhere.
    """

    kind: Literal["assessment"] = "assessment"
    instrument: str
    scores: FrozenMapping[str, Answer] = attrs.field(converter=_answers)
    items: FrozenMapping[str, Answer] = attrs.field(default=FrozenMapping(), converter=_answers)
    possible: FrozenMapping[str, tuple[int | float | str, ...]] = attrs.field(
        default=FrozenMapping(), converter=_possible
    )
    answers: FrozenMapping[str, Answer] = attrs.field(default=FrozenMapping(), converter=_answers)
    digest: str = ""

    def _faults(self) -> list[Fault]:
        return _number_faults("scores", self.scores) + _number_faults("items", self.items)


@attrs.frozen(kw_only=True)
class Contact(_Entry):
    """A contact that was kept, or missed.

    Attributes:
        outcome: `kept` or `missed`.
        how: in person, by phone or by video, where that is known.
    """

    kind: Literal["contact"] = "contact"
    outcome: Literal["kept", "missed"] = "kept"
    how: Literal["in-person", "phone", "video"] | None = None


@attrs.frozen(kw_only=True)
class RecordedFact(_Entry):
    """Something a person recorded: an age, a preference, how marked an impairment is.

    Attributes:
        name: the fact's name in protocols.
        value: a number, a text or yes/no.
    """

    kind: Literal["fact"] = "fact"
    name: str
    value: bool | int | float | str

    def _faults(self) -> list[Fault]:
        return [] if isinstance(self.value, bool) else _number_faults("value", {self.name: self.value})


@attrs.frozen(kw_only=True)
class Event(_Entry):
    """Something that happened, by its name: a consultation, a review, a treatment started, a dose reached."""

    kind: Literal["event"] = "event"
    name: str


@attrs.frozen(kw_only=True)
class Withdrawal(_Entry):
    """An entry that should never have been written is taken back; `replaces` names it."""

    kind: Literal["withdrawal"] = "withdrawal"
    reason: str = ""

    def _faults(self) -> list[Fault]:
        return [] if self.replaces else [Fault("$.replaces", "the id of the entry taken back is wanted")]


@attrs.frozen(kw_only=True)
class Accepted(_Entry):
    """A decision that someone accepted: its move takes place.

    Attributes:
        decision: the decision, with the facts it was made from.
        step: the step they chose, where there were alternatives.
        because: the explanation, as it stood then.
    """

    kind: Literal["accepted"] = "accepted"
    decision: Decision
    step: str | None = None
    because: str = ""

    def _faults(self) -> list[Fault]:
        choice = self.decision.alternatives
        if not choice or self.step in choice:
            return []
        return [Fault("$.step", f"the decision leaves a choice, wanted one of {', '.join(choice)}")]


@attrs.frozen(kw_only=True)
class Override(_Entry):
    """Someone decided otherwise: their move takes place.

    Attributes:
        decision: the decision that was not followed, with the facts it was made from.
        move: what was done instead.
        step: where that leads.
        reason: why.
        until: the last day on which it is meant to stand.
        because: the decision's explanation, as it stood then.
    """

    kind: Literal["override"] = "override"
    decision: Decision
    move: Move
    step: str | None = None
    reason: str
    until: date | None = None
    because: str = ""


Entry: TypeAlias = (
    Enrolment
    | EnrolmentEnd
    | StepEntry
    | Assessment
    | Contact
    | RecordedFact
    | Event
    | Withdrawal
    | Accepted
    | Override
)
"""Any entry of an episode."""
