"""Hypothesis strategies for every sort of part a plan has, read off the fields that the part declares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

import attrs
from hypothesis import strategies as st

from carecoord.plans import (
    Activity,
    DecisionOption,
    Goal,
    GoalAttainmentScale,
    HelpContact,
    Need,
    Owner,
    Part,
    ReviewCycle,
    SafetyPlan,
    SharedDecision,
    Trigger,
    legal_moves,
)
from carecoord.plans._part import given
from carecoord.testing._plans import days, ids, labels, owners, periods, review_cycles, words

__all__ = ["changed_part", "goals", "needs", "plan_parts"]

P = TypeVar("P", bound=Part)

Known = Mapping[str, Sequence[str]]

_VERSIONS = st.none() | st.integers(1, 9)


def plan_parts(kind: type[P], *, known: Known | None = None) -> st.SearchStrategy[P]:
    """Parts of one kind, that speak of some of the parts that are known.

    Args:
        kind: which parts, as `SafetyPlan`.
        known: by the name of each list, the ids of the parts it holds; what is left out holds none.
    """
    found: st.SearchStrategy[P] = _values(kind, known or {})
    return found


def needs() -> st.SearchStrategy[Need]:
    """Needs on every side of life."""
    return plan_parts(Need)


def goals(*, of_needs: Sequence[str] = ()) -> st.SearchStrategy[Goal]:
    """Goals that answer some of these needs."""
    return plan_parts(Goal, known={"needs": of_needs})


def changed_part(part: P, *, known: Known | None = None) -> st.SearchStrategy[P]:
    """The same part otherwise: its statuses move lawfully, what was recorded stays, and the rest may be anything."""
    found: st.SearchStrategy[P] = _values(type(part), known or {}, before=part)
    return found


@st.composite
def _values(draw: st.DrawFn, cls: Any, known: Known, *, before: Part | None = None) -> Any:
    """Values of a class: each field by its type and its marks, then what the fields must say together."""
    fields: dict[str, Any] = {}
    for field in attrs.fields(attrs.resolve_types(cls)):
        value = draw(_field(field, known))
        if before is not None:
            value = draw(_follows(field, getattr(before, field.name), value))
        fields[field.alias] = value
    if fields.get("since") is not None and fields.get("until") is not None:
        fields["until"] = max(fields["until"], fields["since"] + timedelta(days=1))
    if cls in _FIT:
        _FIT[cls](draw, fields)
    return cls(**fields)


def _follows(field: Any, before: Any, value: Any) -> st.SearchStrategy[Any]:
    """Give what may stand in a field in place of what stood there."""
    if field.name == "id":
        return st.just(before)
    if "axis" in field.metadata:
        moves = legal_moves(field.metadata["axis"], before)
        return st.sampled_from((before, *moves))
    return st.just((*before, *value)) if "appended" in field.metadata else st.just(value)


def _field(field: Any, known: Known) -> st.SearchStrategy[Any]:
    if field.name == "id":
        return ids()
    if field.name == "labels":
        return labels()
    if field.name == "version":
        return _VERSIONS
    if field.name == "target":
        return st.sampled_from([None, "phq_9.total < 5", "gad_7.total <= 4 and phq_9.total < 10"])
    if "refers" in field.metadata:
        among = known.get(field.metadata["refers"], ())
        if get_origin(field.type) is tuple:
            return st.lists(st.sampled_from(among), unique=True, max_size=3) if among else st.just(())
        return st.none() | st.sampled_from(among) if among else st.none()
    if field.type is str and field.validator is not given and not _is_required(field):
        return st.just("") | words()
    return _of_type(field.type, known)


def _is_required(field: Any) -> bool:
    return field.default is attrs.NOTHING


def _of_type(wanted: Any, known: Known) -> st.SearchStrategy[Any]:
    """Give values of a type, as the fields of parts have them."""
    origin, inner = get_origin(wanted), get_args(wanted)
    if origin is Literal:
        return st.sampled_from(inner)
    if origin in (Union, UnionType):
        return st.one_of(*(_of_type(each, known) for each in inner))
    if origin is tuple:
        return st.lists(_of_type(inner[0], known), max_size=2, **_unique(inner[0]))
    if wanted in _PLAIN:
        return _PLAIN[wanted]
    return _values(wanted, known)


def _unique(entry: Any) -> dict[str, Any]:
    """Keep entries apart that are told apart by their ids."""
    if attrs.has(entry) and "id" in attrs.fields_dict(entry):
        return {"unique_by": lambda value: value.id}
    return {"unique": True} if get_origin(entry) is Literal else {}


_PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    type(None): st.none(),
    str: words(),
    bool: st.booleans(),
    date: days(),
    Owner: owners(),
    ReviewCycle: review_cycles(every=periods()),
    Trigger: st.builds(Trigger, id=ids(), when=st.just("missed_contacts >= 2"), because=st.just("") | words()),
    GoalAttainmentScale: st.builds(
        GoalAttainmentScale,
        levels=st.lists(words(), min_size=5, max_size=5),
        weight=st.integers(1, 4),
        baseline=st.none() | st.integers(-2, 2),
    ),
}


def _fit_goal(_: st.DrawFn, fields: dict[str, Any]) -> None:
    if fields["scale"] is None and fields["ratings"]:
        fields["scale"] = GoalAttainmentScale(levels=["much less", "less", "as expected", "more", "much more"])


def _fit_activity(draw: st.DrawFn, fields: dict[str, Any]) -> None:
    fields[draw(st.sampled_from(["due", "schedule"]))] = None


def _fit_decision(draw: st.DrawFn, fields: dict[str, Any]) -> None:
    is_reached = fields["status"] == "active"
    if is_reached:
        fields["options"] = fields["options"] or [DecisionOption(id="wait", title="wait and see", is_nothing=True)]
    chosen = [option.id for option in fields["options"]]
    fields["choice"] = draw(st.sampled_from(chosen if is_reached else [None, *chosen]))


def _fit_safety_plan(draw: st.DrawFn, fields: dict[str, Any]) -> None:
    if fields["status"] == "active":
        contact = HelpContact(name=draw(words()))
        fields["professionals"] = fields["professionals"] or [contact]
        fields["environment"] = fields["environment"] or [draw(words())]


_FIT: dict[Any, Any] = {
    Goal: _fit_goal,
    Activity: _fit_activity,
    SharedDecision: _fit_decision,
    SafetyPlan: _fit_safety_plan,
}
