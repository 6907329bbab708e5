"""Disclose: give a reader what they may see of a value, and keep what was disclosed for the audit."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import date, datetime
from functools import singledispatch
from typing import Any, Generic, TypeVar

import attrs

from carecoord._values import FrozenMapping
from carecoord.errors import DataError, Fault, UnknownIdError
from carecoord.roles._consent import Consent, EndingEvent, Recipient
from carecoord.roles._consent_authority import Emergency
from carecoord.roles._consent_decision import ClauseId
from carecoord.roles._consent_reader import Reader
from carecoord.roles._labels import PART2
from carecoord.roles._projection import Projection, Withheld
from carecoord.roles._team import Member

__all__ = ["Disclosure", "Shape", "check_people", "disclose", "disclosed", "project", "shape"]

V_co = TypeVar("V_co", covariant=True)
T = TypeVar("T")


@attrs.frozen(kw_only=True)
class Disclosure(Generic[V_co]):
    """What one reader was shown, and everything that only whoever discloses may know.

    Hand over `view`, with `notice` and `explanation` where they are not empty, and keep the rest: none of it, not even
    how much was withheld, is for the reader. The view does not lead back to it.

    Attributes:
        member: who saw it, as they were then.
        purpose: what for.
        on: when.
        view: what they see; `None` where they are answered as if there were nothing.
        withheld: what was left out, and why.
        obligations: what goes with what was shown; see `ConsentDecision`.
        notice: the statement that must travel along; empty where nothing asks for it.
        explanation: what the person's consent covers of what was shown; it travels along in place of a copy.
        ids: by the id in the view, the ids of the host that lead to it.
        attention: where the reader does not see something urgent: call them, ask for consent, or record an emergency.
        suspected: text that is shown and contains words of what was withheld.
        emergency: the reason, where the glass was broken.
    """

    member: Member
    purpose: str
    on: date | datetime
    view: V_co
    withheld: tuple[Withheld, ...] = ()
    obligations: frozenset[str] = frozenset()
    notice: str = ""
    explanation: str = ""
    ids: FrozenMapping[str, tuple[str, ...]] = FrozenMapping()
    attention: tuple[str, ...] = ()
    suspected: tuple[str, ...] = ()
    emergency: Emergency | None = None


@attrs.frozen
class Shape:
    """How values of one class are shown.

    Attributes:
        project: give what is left of a value, as a value of the same class that knows nothing of the rest; `None` where
            nothing is.
        view: make of what is left what the reader gets.
        people: the ids of whom the value is about.
        attention: say what is urgent in the value and not shown.
    """

    project: Callable[[Any, Projection], Any]
    view: Callable[[Any], Any]
    people: Callable[[Any], set[str]]
    attention: Callable[[Any, Projection], tuple[str, ...]] = lambda _value, _projection: ()


@singledispatch
def shape(value: Any) -> Shape:
    """Give how a value is shown; each package registers its own classes.

    Raises:
        DataError: there is no view of it; a view is not shown again.
    """
    raise DataError(type(value).__name__, [Fault("", "there is no view of such a value; a view is not shown again")])


def project(value: T, reader: Reader) -> T:
    """Give what a reader may see of a value as a value of the same class, for computing what they may be told.

    Everything that is shown to a reader is computed from this and never from the whole.
    Never store it in place of the whole, and do not hand it over: `disclose` gives what a reader gets.

    Raises:
        UnknownIdError: they may see nothing of it. The error is the one for something that nobody knows of.
        DataError: there is no view of such a value, or a consent is about somebody else.
    """
    left = _projected(value, Projection(reader))
    if left is None:
        del value, reader
        raise UnknownIdError("record", "asked for")
    return left


def _projected(value: T, projection: Projection) -> T | None:
    how = shape(value)
    check_people(how.people(value), projection.reader)
    left: T | None = how.project(value, projection)
    return left


def check_people(people: Collection[str], reader: Reader) -> None:
    """Refuse a consent of somebody whom a value is not about: passing over a refusal would open what it closes.

    Raises:
        DataError: there is one.
    """
    if any(consent.patient not in people for consent in reader.consents):
        raise DataError("reader", [Fault("$.consents", "one is about somebody whom the value is not about")])


def disclose(value: Any, reader: Reader) -> Disclosure[Any]:
    """Give a reader what they may see of a value, with everything that goes with it.

    Raises:
        DataError: there is no view of such a value, or a consent is about somebody else.
    """
    projection = Projection(reader)
    left = _projected(value, projection)
    how = shape(value)
    attention = how.attention(value, projection)
    return disclosed(None if left is None else how.view(left), projection, attention=attention)


def disclosed(view: T, projection: Projection, *, attention: tuple[str, ...] = ()) -> Disclosure[T]:
    """Give the record of what was shown after a pass over a value."""
    reader = projection.reader
    owed = frozenset(projection.obligations) if view is not None else frozenset[str]()
    owed |= {"denial-notice" for each in projection.withheld if "denial-notice" in each.decision.obligations}
    notice = reader.codes.notices.get(PART2)
    return Disclosure(
        member=reader.member,
        purpose=reader.purpose,
        on=reader.on,
        view=view,
        withheld=tuple(projection.withheld),
        obligations=owed,
        notice=notice.text if notice is not None and "notice" in owed else "",
        explanation="\n".join(_explained(projection)) if "consent-explanation" in owed else "",
        ids=FrozenMapping(projection.ids),
        attention=attention,
        suspected=projection.suspected(),
        emergency=reader.emergency if "log" in owed else None,
    )


def _explained(projection: Projection) -> Iterator[str]:
    """Say what each consent covers of what is shown: only categories that are in it, only this reader and purpose."""
    reader = projection.reader
    consents = {consent.id: consent for consent in reader.consents}
    lines: set[str] = set()
    for (_, clause), categories in projection.granted.items():
        consent = consents[clause.consent]
        about = ", ".join(sorted(categories)) or "ordinary content"
        to = "; ".join(sorted({_recipient(one) for one in _met(consent, clause, reader.member)}))
        given = f"With written consent signed on {consent.signed}, {_until(consent)}"
        lines.add(f"{given}: {about}, to {to}, for {reader.purpose}.")
    yield from sorted(lines)


def _met(consent: Consent, clause: ClauseId, member: Member) -> list[Recipient]:
    found = [terms.to for terms in consent.permits if terms.id == clause.clause]
    return [to for each in found for to in each if to.is_met_by(member)]


def _recipient(to: Recipient) -> str:
    facets = (("person", to.person), ("role", to.role), ("organisation", to.organisation), ("group", to.group))
    return ", ".join(f"{name} {value}" for name, value in facets if value is not None)


def _until(consent: Consent) -> str:
    if isinstance(consent.until, EndingEvent):
        return "in force until the event it names"
    return f"in force until {consent.until}" if consent.until is not None else "in force until revoked"
