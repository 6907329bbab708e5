"""The board: one row a person, in the order to act, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import cached_property
from typing import Any, Literal

import attrs

from carecoord._values import FrozenMapping
from carecoord.caseload._board_text import board_lines
from carecoord.caseload._caseload import Caseload
from carecoord.errors import UnknownIdError
from carecoord.plans import AgendaItem, agenda
from carecoord.roles import Contact as Reached, Gap, Holder, gaps, turn_to, who
from carecoord.scoring import Score, instrument, instruments
from carecoord.stepped_care import Assessment, Contact, Decision, Episode, Protocol, decide, protocol

__all__ = ["Board", "BoardRow", "Latest", "board"]

Trend = Literal["better", "worse", "same"]
Number = int | float

ORDER = (
    "see now",
    "see today",
    "ask today",
    "at next contact",
    "change care",
    "find out",
    "overdue",
    "lower care",
    "due",
    "go on",
)
"""What a person needs, in the order to act."""

CHANGES = ("enter", "step-up", "switch", "adjust", "consult", "refer")


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


@attrs.frozen(kw_only=True)
class BoardRow:
    """What one person needs.

    Attributes:
        person: the host's id for them.
        need: what they need first, one of the words of the board's order.
        latest: the latest value of the main score of each instrument, the newest first.
        decisions: what each protocol says, those they are enrolled in first.
        due: what is overdue, due or coming, by the plan and by the step's cadence.
        holders: who holds each duty that the row names, by duty.
        reasons: why they stand where they stand, the weightiest first.
    """

    person: str
    need: str
    latest: tuple[Latest, ...] = ()
    decisions: tuple[Decision, ...] = ()
    due: tuple[AgendaItem, ...] = ()
    contacts: tuple[ContactDue, ...] = ()
    holders: FrozenMapping[str, Holder] = FrozenMapping()
    reasons: tuple[str, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """The facts to get, over all decisions."""
        return tuple(dict.fromkeys(name for decision in self.decisions for name in decision.missing))


@attrs.frozen(kw_only=True)
class ContactDue:
    """A contact that the step's cadence calls for.

    Attributes:
        protocol: the protocol's id.
        step: the step whose cadence it is.
        last: the day of the last contact kept, or of enrolment where there was none.
        due: the day it is due.
        state: `overdue`, `due` or `upcoming`.
    """

    protocol: str
    step: str
    last: date
    due: date
    state: Literal["overdue", "due", "upcoming"]


@attrs.frozen(kw_only=True)
class Board:
    """A caseload on a day.

    Attributes:
        on: the day.
        rows: one a person, in the order to act.
        gaps: what is wrong with who does what on that day.
        calls: whom to call about each of them, in the same order; `None` where nobody is there.
        note: what to know of it: on a reader's board, always, that it is from what they may see; empty on the team's.
    """

    on: date
    rows: tuple[BoardRow, ...]
    gaps: tuple[Gap, ...] = ()
    calls: tuple[Reached | None, ...] = ()
    note: str = ""

    @cached_property
    def _places(self) -> dict[str, int]:
        return {row.person: place for place, row in enumerate(self.rows)}

    def __getitem__(self, person: str) -> BoardRow:
        """Give one person's row.

        Raises:
            UnknownIdError: nobody here has this id. The error does not repeat it.
        """
        place = self._places.get(person)
        if place is None:
            raise UnknownIdError("person", "asked for")
        return self.rows[place]

    def to_dict(self) -> dict[str, Any]:
        """Give the board as plain data, each decision with its explanation in words."""
        from carecoord._definitions import unstructure  # noqa: PLC0415 - cattrs is loaded when data is written

        rows = [
            {
                **unstructure(row),
                "decisions": [{**unstructure(one), "because": str(one.explain())} for one in row.decisions],
                "holders": {duty: unstructure(holder) for duty, holder in row.holders.items()},
            }
            for row in self.rows
        ]
        return {
            "on": self.on.isoformat(),
            "rows": rows,
            "gaps": [unstructure(gap) for gap in self.gaps],
            "calls": [call and unstructure(call) for call in self.calls],
            "note": self.note,
        }

    def __str__(self) -> str:
        """Draw the board as text."""
        return "\n".join(board_lines(self))


def board(
    caseload: Caseload,
    *,
    on: date,
    through: date | None = None,
    protocols: Mapping[str, Protocol] | None = None,
    accept_unverified: bool = False,
) -> Board:
    """Say for every person what they score, where they are and should be, why, what is due and who is responsible.

    Args:
        caseload: people, plans and team.
        on: the day.
        through: the last day that is looked ahead to for what is coming; the day itself where left out.
        protocols: protocols of one's own, by id; ours are found by themselves.
        accept_unverified: decide also where a number that a decision rests on was not read in a source.

    Returns:
        one row a person, in the order to act: alerts before moves, moves before what is missing, then what is overdue.

    Raises:
        UnknownIdError: an episode is enrolled in a protocol, or holds an assessment, that nothing describes.

    >>> from carecoord.demo import DAY, clinic
    >>> first = board(clinic(), on=DAY, accept_unverified=True).rows[0]
    >>> first.need, first.reasons[0]
    ('see now', 'immediate: intent, plan or behaviour in the past three months')
    """
    maker = _Maker(caseload, on, through or on, protocols or {}, accept_unverified=accept_unverified)
    rows = sorted((maker.row(person) for person in caseload.people), key=_order)
    found: tuple[Gap, ...] = ()
    calls: dict[str | None, Reached | None] = {}
    if caseload.team is not None and caseload.matrix is not None:
        found = gaps(caseload.team, caseload.matrix, on=on)
        about = {gap.member: gap for gap in found}
        reached = {name: turn_to(caseload.team, caseload.matrix, gap, on=on) for name, gap in about.items()}
        calls = {name: next(iter(contacts), None) for name, contacts in reached.items()}
    return Board(on=on, rows=tuple(rows), gaps=found, calls=tuple(calls[gap.member] for gap in found))


def _order(row: BoardRow) -> tuple[int, int, str]:
    return ORDER.index(row.need), -len(row.reasons), row.person


class _Maker:
    def __init__(
        self,
        caseload: Caseload,
        on: date,
        through: date,
        protocols: Mapping[str, Protocol],
        *,
        accept_unverified: bool,
    ) -> None:
        self.caseload, self.on, self.through = caseload, on, through
        self.protocols, self.accept_unverified = protocols, accept_unverified
        self.episodes: dict[str, list[Episode]] = {}
        for episode in caseload.episodes:
            self.episodes.setdefault(episode.person, []).append(episode)
        self.due: dict[str, list[AgendaItem]] = {}
        for item in agenda(caseload.plans, on=on, through=through):
            self.due.setdefault(item.person, []).append(item)
        self.known_holders: dict[str, Holder] = {}

    def protocol(self, id: str) -> Protocol:
        return self.protocols[id] if id in self.protocols else protocol(id)

    def row(self, person: str) -> BoardRow:
        episodes = self.episodes.get(person, [])
        decisions = tuple(decision for episode in episodes for decision in self.decisions(episode))
        due = tuple(self.due.get(person, ()))
        contacts = tuple(
            contact for episode in episodes for decision in decisions if (contact := self.contact(episode, decision))
        )
        weighed = sorted(self.weigh(decisions, due, contacts), key=lambda pair: ORDER.index(pair[0]))
        latest = [one for episode in episodes for one in self.latest(episode)]
        return BoardRow(
            person=person,
            need=weighed[0][0] if weighed else "go on",
            latest=tuple(sorted(latest, key=lambda one: (one.days_old, one.instrument))),
            decisions=decisions,
            due=due,
            contacts=contacts,
            holders=FrozenMapping({} if person in self.caseload.unnamed else self.holders(decisions, due)),
            reasons=tuple(dict.fromkeys(reason for _, reason in weighed)),
        )

    # scores

    def latest(self, episode: Episode) -> Iterator[Latest]:
        for readings in episode.index().assessments.values():
            entries = [reading.entry for reading in readings if _day(reading.entry.on) <= self.on]
            if entries:
                yield self.one_latest(entries)

    def one_latest(self, entries: list[Assessment]) -> Latest:
        entry = entries[-1]
        definition = next((score for score in _scores(entry.instrument) if score.id in entry.scores), None)
        score: str = definition.id if definition else next(iter(entry.scores), "")
        value = entry.scores.get(score)
        earlier = [one.scores.get(score) for one in entries[:-1]]
        before = next((one for one in reversed(earlier) if one is not None), None)
        return Latest(
            instrument=entry.instrument,
            score=score,
            value=value,
            band=definition.band_of(value) if definition and isinstance(value, int | float) else None,
            possible=entry.possible.get(score) if value is None else None,
            on=_day(entry.on),
            days_old=(self.on - _day(entry.on)).days,
            before=before,
            trend=_trend(definition, before, value),
        )

    # decisions

    def decisions(self, episode: Episode) -> Iterator[Decision]:
        """Say what each protocol they are in says; where they are in none, those the caseload looks at them for."""
        known = [self.decision(id, episode) for id in episode.index().courses]
        inside = [decision for decision in known if decision.from_step != "outside"]
        yield from inside or [self.decision(id, episode) for id in self.caseload.protocols_for(episode.person)]

    def decision(self, id: str, episode: Episode) -> Decision:
        return decide(self.protocol(id), episode, on=self.on, accept_unverified=self.accept_unverified)

    def contact(self, episode: Episode, decision: Decision) -> ContactDue | None:
        """Say when the step's cadence wants the next contact."""
        step = self.protocol(decision.protocol).steps.get(decision.from_step)
        if step is None or step.contact is None:
            return None
        course = episode.index().courses.get(decision.protocol, ())
        begun = [_day(change.entry.on) for change in course if change.effect in ("enter", "move")]
        kept = [_day(one.on) for one in episode.in_force() if isinstance(one, Contact) and one.outcome == "kept"]
        past = [day for day in (*kept, *begun) if day <= self.on]
        if not past:
            return None
        due = step.contact.after(max(past))
        if due > self.through:
            return None
        state: Literal["overdue", "due", "upcoming"] = (
            "overdue" if due < self.on else "due" if due == self.on else "upcoming"
        )
        return ContactDue(protocol=decision.protocol, step=step.id, last=max(past), due=due, state=state)

    # what comes first

    def weigh(
        self, decisions: Iterable[Decision], due: Iterable[AgendaItem], contacts: Iterable[ContactDue]
    ) -> Iterator[tuple[str, str]]:
        for decision in decisions:
            yield from self.weigh_decision(decision)
        for item in due:
            yield {"overdue": "overdue", "due": "due"}.get(item.state, "go on"), item.because
        for contact in contacts:
            words = f"contact due {contact.due} by the cadence of {contact.step}, last {contact.last}"
            yield {"overdue": "overdue", "due": "due"}.get(contact.state, "go on"), words

    def weigh_decision(self, decision: Decision) -> Iterator[tuple[str, str]]:
        for alert in decision.alerts:
            if alert.state == "undecided":
                words = f"{alert.meaning}? not answered: ask {', '.join(alert.missing)}"
                yield ("ask today" if alert.urgency != "next-contact" else "at next contact"), words
            else:
                need = {"immediate": "see now", "same-day": "see today"}.get(alert.urgency, "at next contact")
                yield need, f"{alert.urgency}: {alert.meaning}"
        for task in decision.tasks:
            within = task.due(_day(decision.on))
            yield (
                "overdue" if task.within is None else "due",
                f"{task.meaning or task.id}{f', by {within}' if within else ''}",
            )
        yield _need_of(decision), _headline(decision)

    # who

    def holders(self, decisions: Iterable[Decision], due: Iterable[AgendaItem]) -> dict[str, Holder]:
        duties = ["follow-up"]
        for decision in decisions:
            duties += [alert.duty for alert in decision.alerts if alert.duty]
            duties += [task.duty for task in decision.tasks if task.duty]
        duties += [item.owner.duty for item in due if item.owner is not None and item.owner.duty]
        if self.caseload.team is None:
            return {}
        return {duty: self.holder(duty) for duty in dict.fromkeys(duties)}

    def holder(self, duty: str) -> Holder:
        if duty not in self.known_holders:
            assert self.caseload.team is not None  # noqa: S101 - the caller has looked
            assert self.caseload.matrix is not None  # noqa: S101 - a caseload has both or neither
            self.known_holders[duty] = who(self.caseload.team, self.caseload.matrix, duty, on=self.on)
        return self.known_holders[duty]


def _day(when: date | datetime) -> date:
    return when.date() if isinstance(when, datetime) else when


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


def _need_of(decision: Decision) -> str:
    if decision.move in CHANGES:
        return "change care"
    if decision.move in ("ask", "review"):
        return "find out"
    return "lower care" if decision.move in ("step-down", "exit") else "go on"


def _headline(decision: Decision) -> str:
    outcome = str(decision.ruling.outcome)
    rule = f" ({decision.rule})" if decision.rule else ""
    held = f", held back: {decision.instead_of.move}" if decision.instead_of else ""
    asks = f": get {', '.join(decision.missing)}" if decision.move == "ask" else ""
    return f"{decision.protocol}: {outcome}{rule}{held}{asks}"
