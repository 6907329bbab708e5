"""The same test or treatment twice: by its codes, within its window."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import combinations
from typing import Final, Literal

import attrs

from carecoord._values import Period
from carecoord.plans._activities import Activity
from carecoord.plans._discrepancy import Discrepancy
from carecoord.plans._done import Done, standing
from carecoord.plans._in_force import OPEN, PlacedActivity
from carecoord.plans._incompatibility import RepeatWindow

__all__ = ["at_odds", "duplicates", "duty_of", "same_thing"]

_DUTY: Final = {"medication": "reconcile-medicines", "test": "coordinate-tests"}


def duty_of(activity: Activity) -> str:
    """Give the duty of the catalogue under which two of such activities are brought together."""
    return _DUTY.get(activity.kind, "contradictory-advice")


def same_thing(codes: Iterable[str], other: Iterable[str]) -> bool | None:
    """Say by their codes whether two things are the same; `None` where the codes cannot tell.

    Codes of different systems say nothing about each other.

    >>> same_thing(["loinc|4548-4"], ["loinc|4548-4", "local|7"]), same_thing(["loinc|4548-4"], ["loinc|2093-3"])
    (True, False)
    >>> same_thing(["loinc|4548-4"], ["local|7"]) is None
    True
    """
    one, two = set(codes), set(other)
    if one & two:
        return True
    return False if _systems(one) & _systems(two) else None


def _systems(codes: Iterable[str]) -> set[str]:
    return {code.rpartition("|")[0] for code in codes}


def _is_same(one: Activity, other: Activity) -> bool | None:
    """Say whether two activities are the same thing; where codes cannot tell, the same words leave it open."""
    by_code = same_thing(one.codes, other.codes)
    if by_code is not None:
        return by_code
    return None if one.kind == other.kind and _words(one.title) == _words(other.title) else False


def _words(title: str) -> str:
    return " ".join(title.casefold().split())


# duplicates


def duplicates(
    activities: Iterable[PlacedActivity], windows: Mapping[str, RepeatWindow], on: date
) -> Iterator[Discrepancy]:
    """Say which activities are the same thing, done or to be done too near each other."""
    for one, other in combinations(activities, 2):
        same = _is_same(one.part, other.part)
        if same is False or not (one.is_open or other.is_open) or _follow_each_other(one.part, other.part):
            continue
        window = _window(one.part, other.part, windows)
        found = _unlimited(one, other) if window is None else _too_near(one, other, window, on)
        if found is None:
            continue
        state, because = found
        if same is None:
            state, because = "undecided", f"{because}; only their titles say that they are the same"
        yield Discrepancy(
            kind="duplicate",
            state=state,
            places=(one.place, other.place),
            because=f"{_both(one, other)}: {because}",
            mend="keep one, and cancel the other with a reason" if state == "found" else _TO_DECIDE,
            duty=duty_of(one.part),
            source="" if window is None else window.source,
        )


def _follow_each_other(one: Activity, other: Activity) -> bool:
    """Say whether one is over before the other one begins."""
    return any(
        first.until is not None and second.since is not None and first.until <= second.since
        for first, second in ((one, other), (other, one))
    )


_TO_DECIDE: Final = "say whether both are wanted: add codes, days or a window, or cancel one"

Verdict = tuple[Literal["found", "undecided"], str]


def _both(one: PlacedActivity, other: PlacedActivity) -> str:
    return " and ".join(dict.fromkeys((one.part.title, other.part.title)))


def _window(one: Activity, other: Activity, windows: Mapping[str, RepeatWindow]) -> RepeatWindow | None:
    """Give the longest window stated for what two activities share; for either where they share no code."""
    codes = {*one.codes} & {*other.codes} or {*one.codes, *other.codes}
    stated = [windows[code] for code in sorted(codes) if code in windows]
    return max(stated, key=lambda each: (each.window.after(date(2001, 1, 1)), each.code), default=None)


def _unlimited(one: PlacedActivity, other: PlacedActivity) -> Verdict | None:
    """Judge two activities of which no window says how near they may be."""
    if not (one.is_open and other.is_open):
        return None
    if "test" in (one.part.kind, other.part.kind):
        if (
            one.place.plan == other.place.plan
            and None not in (days := {one.part.due, other.part.due})
            and len(days) > 1
        ):
            return None  # one team's series
        return "undecided", "both are open, and no window says how far apart they must be"
    return "found", "both are open"


def _too_near(one: PlacedActivity, other: PlacedActivity, limit: RepeatWindow, on: date) -> Verdict | None:
    """Judge two activities by the days on which they were done or are to be done."""
    days, also = _Days.of(one.part, other.part, limit.window, on), _Days.of(other.part, one.part, limit.window, on)
    near = min((*_near(days, also, limit.window), *_near(also, days, limit.window)), default=None)
    if near is not None:
        first, second = near
        return "found", f"{first} and {second} are less than {limit.window.words} apart"
    if (days.lacks_day and (also.every or also.lacks_day)) or (also.lacks_day and days.every):
        return "undecided", f"no day is stated for one, and they must be {limit.window.words} apart"
    return None


def _near(days: _Days, others: _Days, window: Period) -> Iterator[tuple[date, date]]:
    """Give the earliest day of one activity after which a day of another one comes too soon, and that day.

    What was done twice is history: one of the two days is still to come.
    """
    firsts = [(day, (others.planned,)) for day in days.done]
    for first, seconds in (*firsts, *((day, (others.planned, others.done)) for day in days.planned)):
        following = (each[place] for each in seconds if (place := bisect_left(each, first)) < len(each))
        second = min(following, default=None)
        if second is not None and window.after(first) > second:
            yield first, second
            return


@attrs.frozen
class _Days:
    """When an activity was done and when it is to be done, as far as that can be too near another one.

    Attributes:
        done: the days on which it was done, one window back at most.
        planned: the days on which it is to be done; what is overdue is done today at the earliest.
        lacks_day: it is to be done, and nobody has said when.
    """

    done: tuple[date, ...]
    planned: tuple[date, ...] = ()
    lacks_day: bool = False

    @property
    def every(self) -> tuple[date, ...]:
        return (*self.done, *self.planned)

    @classmethod
    def of(cls, activity: Activity, other: Activity, window: Period, on: date) -> _Days:
        done = tuple(sorted({each.on for each in _took_place(activity) if window.before(on) <= each.on <= on}))
        if activity.status not in OPEN:
            return cls(done)
        if activity.schedule is not None:
            return cls(done, tuple(sorted({*_scheduled(activity, other, window, on)})))
        if activity.due is None:
            return cls(done, lacks_day=True)
        return cls(done, (max(activity.due, on),))


def _took_place(activity: Activity) -> Iterator[Done]:
    return (each for each in activity.done if each.outcome == "done")


def _scheduled(activity: Activity, other: Activity, window: Period, on: date) -> Iterator[date]:
    """Give the days on which a scheduled activity is to be done, within one window of a day of another one's."""
    cycle = None if activity.schedule is None else activity.schedule.within(activity.since, activity.until)
    outstanding = None if cycle is None else standing(cycle, activity.done, on).outstanding
    if cycle is None or outstanding is None:
        return
    if outstanding.due <= on:
        yield on
    around = [on, *(each.on for each in _took_place(other)), *([other.due] if other.due is not None else [])]
    around += [each.anchor for each in (cycle, other.schedule) if each is not None]
    for day in {max(each, on) for each in around}:
        for each in cycle.occurrences(max(window.before(day), on), window.after(day)):
            if each.scheduled >= outstanding.scheduled:
                yield each.due


# contradictions


def at_odds(activities: Iterable[PlacedActivity]) -> Iterator[Discrepancy]:
    """Say what is carried on with and stopped, done in two ways, or done although the person does not want it."""
    there = tuple(activities)
    for each in there:
        if each.is_open and each.part.preference == "declined":
            yield Discrepancy(
                kind="contradiction",
                places=(each.place,),
                because=f"{each.part.title} is {each.part.status}, and the person does not want it",
                mend="talk it over with the person, and end it or record what they want",
                duty="set-goals",
            )
    for one, other in combinations(there, 2):
        if same_thing(one.part.codes, other.part.codes) is True:
            yield from _two_ways(one, other)
            yield from _going_and_halted(one, other)


def _two_ways(one: PlacedActivity, other: PlacedActivity) -> Iterator[Discrepancy]:
    """Say that the same thing is to be done in two ways."""
    said = (one.part.instructions, other.part.instructions)
    if not (one.is_open and other.is_open and all(said)) or _words(said[0]) == _words(said[1]):
        return
    if not _follow_each_other(one.part, other.part):
        yield Discrepancy(
            kind="contradiction",
            places=(one.place, other.place),
            because=f"{_both(one, other)}: {said[0]!r} and {said[1]!r}",
            mend="agree how it is done, and write that in one place",
            duty=duty_of(one.part),
        )


def _going_and_halted(one: PlacedActivity, other: PlacedActivity) -> Iterator[Discrepancy]:
    """Say that one plan carries on with what another has stopped or put on hold."""
    if one.place.plan != other.place.plan:
        for going, halted in ((one, other), (other, one)):
            if going.part.status in _GOING and halted.part.status in _HALTED:
                is_paused = halted.part.status == "on-hold"
                yield Discrepancy(
                    kind="contradiction",
                    state="found" if is_paused else "undecided",
                    places=(one.place, other.place),
                    because=f"{going.part.title} is {going.part.status} in {going.place.plan} and "
                    f"{halted.part.status} in {halted.place.plan}",
                    mend="put both on hold or carry on with both"
                    if is_paused
                    else "say which of the two holds: take it up again, or end the other one too",
                    duty=duty_of(going.part),
                )


_GOING: Final = ("not-started", "scheduled", "in-progress")
_HALTED: Final = ("on-hold", "cancelled", "stopped")
