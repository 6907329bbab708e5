"""What every part of a plan has: an id, labels, and fields that say what they are for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from functools import cache
from typing import Any, ClassVar, Final, Literal, Self, get_args

import attrs

from carecoord.errors import DataError, Fault, did_you_mean
from carecoord.plans._statuses import PartStatus, moved

__all__ = ["HeldPart", "HelpContact", "Owner", "Part", "Stance", "Standpoint"]

Standpoint = Literal["agrees", "disagrees", "pending"]
"""Where somebody stands on something, as FHIR codes the acceptance of a goal."""

APPENDED: Final = {"appended": True}
"""Marks a field of records: a revision may add to it, and loses nothing."""

WHO: Final = {"member": "name"}
"""Marks a field that names a member: where a reader may not know of them the field is empty."""

HOSTS: Final = {"host": True}
"""Marks a field that leads into the host's own records, or counts versions: it is empty in every view."""

HOLDER: Final = {"member": "whole"}
"""Marks a field that names a member: where a reader may not know of them the whole value is left out."""


def refers(name: str) -> dict[str, str]:
    """Mark a field that holds ids of parts of one list."""
    return {"refers": name}


def axis(name: str) -> dict[str, str]:
    """Mark a field that holds a status, which moves as the table of that axis says."""
    return {"axis": name}


def defined(kind: str) -> dict[str, str]:
    """Mark a field that names a definition, which carries sensitivity of its own."""
    return {"definition": kind}


def one_of(choices: object) -> Callable[[Any, attrs.Attribute[Any], Any], None]:
    """Refuse a value that is none of a literal's choices."""
    known = get_args(choices)

    def check(instance: Any, attribute: attrs.Attribute[Any], value: Any) -> None:
        if value not in known and not (value is None and attribute.default is None):
            hint = did_you_mean(value, known) if isinstance(value, str) else ""
            message = f"{str(value)[:40]!r} is none of {', '.join(map(str, known))}{hint}"
            raise DataError(type(instance).__name__.lower(), [Fault(f"$.{attribute.name}", message)])

    return check


def given(instance: Any, attribute: attrs.Attribute[Any], value: Any) -> None:
    """Refuse text that says nothing."""
    if not isinstance(value, str) or not value.strip():
        raise DataError(
            type(instance).__name__.lower(), [Fault(f"$.{attribute.name}", "text is wanted, found nothing")]
        )


def after_since(instance: Any, attribute: attrs.Attribute[Any], value: date | None) -> None:
    """Refuse an end that is not after the beginning: `until` is the day after the last one."""
    if value is not None and instance.since is not None and value <= instance.since:
        message = f"{value} is not after {instance.since}, the first day"
        raise DataError(type(instance).__name__.lower(), [Fault(f"$.{attribute.name}", message)])


def labelled(codes: Iterable[str] | None) -> frozenset[str] | None:
    """Keep the codes of a label; `None` where nobody has said whether there are any.

    They are put in order first, so that equal labels look the same however they came about.
    """
    return None if codes is None else frozenset(sorted(texts(codes)))


def texts(values: Iterable[str]) -> tuple[str, ...]:
    """Keep texts in a tuple; one alone is one, and not its letters."""
    return (values,) if isinstance(values, str) else tuple(values)


@attrs.frozen
class Owner:
    """Who holds something: a duty, so that whoever holds the duty does it, or one member.

    Attributes:
        duty: the id of a duty.
        member: the id of a member; the person in care is one too.
    """

    duty: str | None = attrs.field(default=None, metadata={"duty": True})
    member: str | None = attrs.field(default=None, metadata=HOLDER)

    def __attrs_post_init__(self) -> None:
        """Refuse neither, and both."""
        if (self.duty is None) == (self.member is None):
            raise DataError("owner", [Fault("$", "either a duty or a member is wanted")])


@attrs.frozen(kw_only=True)
class Stance:
    """Where one of those involved stands.

    Attributes:
        member: whose it is, as the team has them; the person in care is a member, too. A reader who may not know of
            them, or not in which role they are, does not see that they have a say.
        says: whether they agree, disagree or have not said yet.
        on: the day they said so.
        words: what they said about it, in their words.
    """

    member: str = attrs.field(validator=given, metadata=HOLDER)
    says: Standpoint = attrs.field(validator=one_of(Standpoint))
    on: date | None = None
    words: str = ""


@attrs.frozen(kw_only=True)
class HelpContact:
    """Somebody, or some place, to turn to.

    Attributes:
        name: what the person calls them.
        reach: how to reach them; the site or the person gives it, never the library.
        member: their id where they are a member of the team. A reader who may not know of them, or not in which role
            they are, does not see that they are named: leave it out for family, friends and places.
        is_asked: whether they were asked and agreed; `None` where nobody has said so.
        note: what they can do, or what they are not to be told.
    """

    name: str = attrs.field(validator=given)
    reach: str = ""
    member: str | None = attrs.field(default=None, metadata=HOLDER)
    is_asked: bool | None = None
    note: str = ""


@attrs.frozen(kw_only=True)
class Part:
    """What every part of a plan has.

    Attributes:
        id: text the host gives, unique among the parts of its kind in the plan.
        labels: what it is about that not everybody may see, as `SUD` or `MH`; empty where there is nothing of the kind,
            `None` where nobody has said so.
    """

    KIND: ClassVar[str]
    """What one of them is called in messages and in the ids of views."""
    TITLE: ClassVar[str] = "title"
    """The field with the words by which it is known."""

    id: str = attrs.field(validator=given)
    labels: frozenset[str] | None = attrs.field(default=None, converter=labelled)

    @property
    def called(self) -> str:
        """The words by which it is known; its id where it has none."""
        words: str = getattr(self, self.TITLE)
        return words or self.id


@attrs.frozen(kw_only=True)
class HeldPart(Part):
    """A part that holds from when it is agreed until it is ended.

    Attributes:
        id: text the host gives.
        labels: what it is about that not everybody may see.
        status: `draft` while it is worked on, `active` while it holds, `ended` when it no longer does.
    """

    status: PartStatus = attrs.field(default="active", validator=one_of(PartStatus), metadata=axis("part"))

    def move(self, status: PartStatus) -> Self:
        """Give the part with another status.

        Raises:
            StatusError: the status may not follow the present one; the error names those that may.
        """
        return attrs.evolve(self, status=moved("part", self.status, status))


def marked(cls: Any, mark: str) -> tuple[tuple[str, Any], ...]:
    """Give the fields of a class that carry a mark, each with what the mark says."""
    return _marked(cls, mark)


@cache
def _marked(cls: Any, mark: str) -> tuple[tuple[str, Any], ...]:
    return tuple((field.name, field.metadata[mark]) for field in attrs.fields(cls) if mark in field.metadata)


def referred(value: str | tuple[str, ...] | None) -> tuple[str, ...]:
    """Give the ids that a field holds: none, one or several."""
    return () if value is None else texts(value)


def check_follows(before: Part, after: Part, place: str) -> None:
    """Refuse a status that may not follow, and the loss of what was recorded.

    Raises:
        StatusError: a status may not follow the one before.
        DataError: something that was recorded is not kept.
    """
    for name, along in marked(type(after), "axis"):
        was, now = getattr(before, name), getattr(after, name)
        if was != now:
            moved(along, was, now or "none")
    for name, _ in marked(type(after), "appended"):
        lost = _lost(getattr(before, name), getattr(after, name))
        if lost:
            when = ", ".join(str(each.on) for each in lost)
            verb = "done" if name == "done" else "recorded"
            raise DataError("care plan", [Fault(f"{place}.{name}", f"what was {verb} on {when} is not kept")])


def _lost(before: tuple[Any, ...], after: tuple[Any, ...]) -> list[Any]:
    """Give the records that are not kept, neither as they were nor marked as entered in error."""
    gone, new = Counter(before) - Counter(after), Counter(after) - Counter(before)
    in_error = Counter(getattr(each, "in_error", None) for each in gone.elements())
    marked_so = in_error & new
    lost: list[Any] = []
    for each in gone.elements():
        if marked_so[getattr(each, "in_error", None)]:
            marked_so[each.in_error] -= 1
        else:
            lost.append(each)
    return lost
