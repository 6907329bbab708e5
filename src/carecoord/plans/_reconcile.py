"""Bring the plans of one person together: what is there twice, what does not go together, what hangs loose."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import combinations

import attrs

from carecoord.errors import DataError, Fault
from carecoord.plans._discrepancy import Discrepancy, Place, ordered
from carecoord.plans._in_force import OPEN, InForce, in_force
from carecoord.plans._incompatibility import Incompatibility, RepeatWindow, Side
from carecoord.plans._loose_ends import loose_ends
from carecoord.plans._plan import CarePlan
from carecoord.plans._same_thing import at_odds, duplicates
from carecoord.roles import Instruction

__all__ = ["reconcile"]


def reconcile(
    plans: Iterable[CarePlan],
    *,
    on: date,
    table: Iterable[Incompatibility] = (),
    windows: Iterable[RepeatWindow] = (),
    known: Mapping[str, bool | None] | None = None,
    instructions: Iterable[Instruction] = (),
) -> tuple[Discrepancy, ...]:
    """List what does not fit together in the plans of one person.

    Reckoned with are plans of intent `plan` or `order` that are not over and that none of the others replaces; drafts
    are among them, so that what is wrong is seen before a plan is acted on.
    The order in which the plans are given says nothing.

    Things are the same where they share a code; where their codes are of different systems, or there are none, the same
    words leave it undecided.
    What the host's tables do not speak of is not judged: no entry is not the same as no interaction.
    An assessment is a test like any other; its instrument counts as a code, as `instrument|phq-9`.
    A need, goal or activity that was entered in error counts for nothing.

    Args:
        plans: the plans of one person; those of all teams.
        on: the day asked about.
        table: what must not meet, from the host.
        windows: how soon a test or treatment may be repeated, from the host; two open tests that share a code and have
            no window are undecided.
        known: what is known of the person besides the plans, by code, as a gene or an allergy: true, false, or `None`
            where it is unknown; what is there in a plan is so, whatever stands here.
        instructions: what members have told the person or the team to do.

    Returns:
        The discrepancies: interactions first, then incompatibilities, contradictions, duplicates and loose ends.

    Raises:
        DataError: the plans are of several people, two versions of one plan are among them, or two windows are stated
            for one code.

    Example:
        >>> from carecoord.plans import Activity
        >>> lipids = Activity(id="lipids", kind="test", title="Lipids", codes=["loinc|24331-1"], due=date(2026, 3, 20))
        >>> plans = [
        ...     CarePlan(id="clinic", person="A", created=date(2026, 1, 5), status="active", activities=[lipids]),
        ...     CarePlan(id="heart", person="A", created=date(2026, 1, 9), status="active", activities=[lipids]),
        ... ]
        >>> window = RepeatWindow(code="loinc|24331-1", window="P3M", source="our laboratory's list, 2026")
        >>> found = reconcile(plans, on=date(2026, 3, 1), windows=[window])
        >>> print(found[0].kind, *found[0].places, sep="; ")
        duplicate; clinic: activities.lipids; heart: activities.lipids
        >>> found[0].because
        'Lipids: 2026-03-20 and 2026-03-20 are less than 3 months apart'
    """
    there = in_force(plans)
    activities = tuple(there.activities())
    found = [
        *_meeting(there, table, known or {}),
        *at_odds(activities),
        *_decided_otherwise(there),
        *_instructed(there, instructions, on),
        *duplicates([*activities, *there.assessments()], _by_code(windows), on),
        *loose_ends(there),
    ]
    return ordered(found)


def _by_code(windows: Iterable[RepeatWindow]) -> dict[str, RepeatWindow]:
    given = tuple(windows)
    found = {each.code: each for each in given}
    twice = sorted({each.code for each in given if found[each.code] != each})
    if twice:
        raise DataError("windows", [Fault("", f"{code[:60]} has two windows: state one") for code in twice])
    return found


# what must not meet


@attrs.frozen
class _Carrier:
    """What stands on one side of an entry: a part of a plan, or something that is known of the person."""

    places: tuple[Place, ...]
    words: str
    is_certain: bool = True


def _meeting(
    there: InForce, table: Iterable[Incompatibility], known: Mapping[str, bool | None]
) -> Iterator[Discrepancy]:
    for entry in table:
        one, other = (tuple(_carriers(there, side, known)) for side in entry.between)
        for left in one:
            for right in other:
                if left != right:
                    yield _met(entry, left, right)
        if entry.must_know:
            sides = ((one, entry.between[1], other), (other, entry.between[0], one))
            for present, side, absent in sides:
                if not absent and any(code not in known for code in side.codes):
                    missing = _Carrier((), f"nobody has said whether there is {side.name}", is_certain=False)
                    yield from (_met(entry, each, missing) for each in present)


def _carriers(there: InForce, side: Side, known: Mapping[str, bool | None]) -> Iterator[_Carrier]:
    codes = set(side.codes)
    for each in there.activities():
        if each.is_open and codes & {*each.part.codes}:
            yield _Carrier((each.place,), each.part.title, is_certain=each.part.status != "unknown")
    for need in there.needs():
        if need.part.status == "active" and codes & {*need.part.codes}:
            yield _Carrier((need.place,), need.part.title or need.part.id)
    said = {known[code] for code in codes & known.keys()}
    if True in said:
        yield _Carrier((), f"{side.name} is known")
    elif None in said:
        yield _Carrier((), f"whether there is {side.name} is unknown", is_certain=False)


def _met(entry: Incompatibility, one: _Carrier, other: _Carrier) -> Discrepancy:
    is_certain = one.is_certain and other.is_certain
    first, second = sorted((one, other), key=lambda each: (not each.places, each.places, each.words))
    drugs = any(side.kind == "drug" for side in entry.between)
    return Discrepancy(
        kind=entry.kind,
        state="found" if is_certain else "undecided",
        places=tuple(sorted({*one.places, *other.places})),
        because=f"{first.words} and {second.words}: {entry.because}",
        mend=entry.mend if is_certain else f"find out; if it is so: {entry.mend}",
        duty="reconcile-medicines" if drugs else "contradictory-advice",
        severity=entry.severity,
        source=entry.source,
    )


# what was decided and what was instructed


def _decided_otherwise(there: InForce) -> Iterator[Discrepancy]:
    """Say what is done although it was decided to do nothing for now."""
    for plan in there.plans:
        for decision in plan.decisions:
            if decision.status != "active" or decision.chosen is None or not decision.chosen.is_nothing:
                continue
            for each in (plan.activity(name) for name in decision.activities):
                if each.status in OPEN:
                    yield Discrepancy(
                        kind="contradiction",
                        places=(Place(plan.id, f"activities.{each.id}"), Place(plan.id, f"decisions.{decision.id}")),
                        because=f"{each.title} is {each.status}, and on {decision.question!r} it was decided to do "
                        "nothing for now",
                        mend="end it, or decide again with the person",
                        duty="set-goals",
                    )


def _instructed(there: InForce, instructions: Iterable[Instruction], on: date) -> Iterator[Discrepancy]:
    """Say which instructions in force about one thing say different things, or do not say what."""
    standing = sorted({each for each in instructions if each.is_in_force(on=on)}, key=_instruction_order)
    for one, other in combinations(standing, 2):
        if one.about != other.about or one.says == other.says != "":
            continue
        is_said = bool(one.says and other.says)
        yield Discrepancy(
            kind="contradiction",
            state="found" if is_said else "undecided",
            places=tuple(_places_about(there, one.about)),
            because=f"on {one.about}, {_said(one)} and {_said(other)}",
            mend="have one of the two withdrawn" if is_said else "write down what each of them says",
            duty="contradictory-advice",
        )


def _instruction_order(one: Instruction) -> tuple[str, str, str, date, date]:
    return (one.about, one.member, one.says, one.since, one.until or date.max)


def _said(one: Instruction) -> str:
    return f"{one.member} says {one.says!r}" if one.says else f"{one.member} has instructed without saying what"


def _places_about(there: InForce, about: str) -> Iterator[Place]:
    for each in there.activities():
        if each.is_open and (about in each.part.codes or about == each.part.title):
            yield each.place
