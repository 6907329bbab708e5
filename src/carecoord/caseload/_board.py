"""The board: one row a person, in the order to act, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import Any, Literal, TypedDict

import attrs

from carecoord._values import FrozenMapping, Period
from carecoord.caseload._board_text import board_lines
from carecoord.caseload._caseload import Caseload
from carecoord.caseload._flags import CaseloadFlag, flags_of
from carecoord.caseload._latest import Latest, day_of, latest_of
from carecoord.caseload._measures._measure import Measure, measure
from carecoord.errors import UnknownIdError
from carecoord.plans import AgendaItem, CarePlan, OpenReferral, ReferralStatus, agenda, open_referrals
from carecoord.roles import Contact as Reached, Gap, Holder, gaps, turn_to, who
from carecoord.stepped_care import Contact, Decision, Episode, Protocol, decide, protocol

__all__ = ["ORDER", "Board", "BoardOptions", "BoardRow", "ContactDue", "full_board"]

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
class BoardRow:
    """What one person needs.

    Attributes:
        person: the host's id for them.
        need: what they need first, one of the words of the board's order.
        latest: the latest value of the main score of each instrument, the newest first.
        decisions: what each protocol says, those they are enrolled in first.
        due: what is overdue, due or coming, by the plan and by the step's cadence.
        contacts: the contacts that their steps' cadence calls for.
        referrals: the referrals whose loop is not closed.
        flags: what else stands out.
        holders: who holds each duty that the row names, by duty.
        reasons: why they stand where they stand, the weightiest first.
    """

    person: str
    need: str
    latest: tuple[Latest, ...] = ()
    decisions: tuple[Decision, ...] = ()
    due: tuple[AgendaItem, ...] = ()
    contacts: tuple[ContactDue, ...] = ()
    referrals: tuple[OpenReferral, ...] = ()
    flags: tuple[CaseloadFlag, ...] = ()
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

    def only(self, keep: Callable[[BoardRow], bool]) -> Board:
        """Give the board with some of the rows, as `board.only(lambda row: "see" in row.need)`."""
        return attrs.evolve(self, rows=tuple(row for row in self.rows if keep(row)))

    def grouped(self, by: Callable[[BoardRow], str]) -> dict[str, Board]:
        """Give a board for each group, in the order in which the first of each stands; each keeps its order to act.

        >>> from carecoord.caseload import board
        >>> from carecoord.demo import DAY, clinic
        >>> list(board(clinic(), on=DAY, accept_unverified=True).grouped(lambda row: row.need))[:2]
        ['see now', 'see today']
        """
        groups: dict[str, list[BoardRow]] = {}
        for row in self.rows:
            groups.setdefault(by(row), []).append(row)
        return {name: attrs.evolve(self, rows=tuple(rows)) for name, rows in groups.items()}

    def __str__(self) -> str:
        """Draw the board as text."""
        return "\n".join(board_lines(self))


class BoardOptions(TypedDict, total=False):
    """How a board is made.

    Attributes:
        through: the last day that is looked ahead to for what is coming; the day itself where left out.
        as_of: what was written down later is left out: the board as it could be made then.
        protocols: protocols of one's own, by id; ours are found by themselves.
        flags: the measure whose rates are flags, `caseload-flags` where left out; `None` for none.
        limits: how long a referral may stand in each status, as `{"sent": "P2W"}`: the host's own.
        accept_unverified: decide also where a number that a decision rests on was not read in a source.
    """

    through: date | None
    as_of: date | None
    protocols: Mapping[str, Protocol] | None
    flags: Measure | None
    limits: Mapping[ReferralStatus, Period | str] | None
    accept_unverified: bool


def full_board(caseload: Caseload, on: date, options: BoardOptions) -> Board:
    """Make the board of all there is in a caseload."""
    maker = _Maker(caseload, on, options)
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
    def __init__(self, caseload: Caseload, on: date, options: BoardOptions) -> None:
        self.caseload, self.on = caseload, on
        self.through, self.as_of = options.get("through") or on, options.get("as_of")
        self.protocols = options.get("protocols") or {}
        self.measure = options["flags"] if "flags" in options else measure("caseload-flags")
        self.accept_unverified = options.get("accept_unverified", False)
        self.episodes: dict[str, list[Episode]] = {}
        for episode in caseload.episodes:
            self.episodes.setdefault(episode.person, []).append(episode)
        self.plans: dict[str, list[CarePlan]] = {}
        for plan in caseload.plans:
            self.plans.setdefault(plan.person, []).append(plan)
        self.due: dict[str, list[AgendaItem]] = {}
        for item in agenda(caseload.plans, on=self.on, through=self.through):
            self.due.setdefault(item.person, []).append(item)
        self.referrals: dict[str, list[OpenReferral]] = {}
        for one in open_referrals(caseload.referrals, on=self.on, limits=options.get("limits") or {}):
            self.referrals.setdefault(one.referral.person, []).append(one)
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
        referrals = tuple(self.referrals.get(person, ()))
        flags = tuple(self.flags(person, episodes))
        weighed = sorted(
            [*self.weigh(decisions, due, contacts), *_weighed(referrals, flags)],
            key=lambda pair: ORDER.index(pair[0]),
        )
        latest = [one for episode in episodes for one in latest_of(episode, on=self.on, as_of=self.as_of)]
        return BoardRow(
            person=person,
            need=weighed[0][0] if weighed else "go on",
            latest=tuple(sorted(latest, key=lambda one: (one.days_old, one.instrument))),
            decisions=decisions,
            due=due,
            contacts=contacts,
            referrals=referrals,
            flags=flags,
            holders=FrozenMapping({} if person in self.caseload.unnamed else self.holders(decisions, due)),
            reasons=tuple(dict.fromkeys(reason for _, reason in weighed)),
        )

    def flags(self, person: str, episodes: Iterable[Episode]) -> Iterator[CaseloadFlag]:
        if self.measure is not None:
            plans = self.plans.get(person, ())
            yield from flags_of(self.measure, episodes, plans, on=self.on, as_of=self.as_of)

    # decisions

    def decisions(self, episode: Episode) -> Iterator[Decision]:
        """Say what each protocol they are in says; where they are in none, those the caseload looks at them for."""
        known = [self.decision(id, episode) for id in episode.index(as_of=self.as_of).courses]
        inside = [decision for decision in known if decision.from_step != "outside"]
        yield from inside or [self.decision(id, episode) for id in self.caseload.protocols_for(episode.person)]

    def decision(self, id: str, episode: Episode) -> Decision:
        return decide(
            self.protocol(id),
            episode,
            on=self.on,
            as_of=self.as_of,
            accept_unverified=self.accept_unverified,
        )

    def contact(self, episode: Episode, decision: Decision) -> ContactDue | None:
        """Say when the step's cadence wants the next contact."""
        step = self.protocol(decision.protocol).steps.get(decision.from_step)
        if step is None or step.contact is None:
            return None
        course = episode.index(as_of=self.as_of).courses.get(decision.protocol, ())
        begun = [day_of(change.entry.on) for change in course if change.effect in ("enter", "move")]
        kept = [
            day_of(one.on)
            for one in episode.in_force(as_of=self.as_of)
            if isinstance(one, Contact) and one.outcome == "kept"
        ]
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
            within = task.due(day_of(decision.on))
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


def _weighed(referrals: Iterable[OpenReferral], flags: Iterable[CaseloadFlag]) -> Iterator[tuple[str, str]]:
    for one in referrals:
        yield "overdue" if one.state == "too-long" else "go on", one.because
    for flag in flags:
        yield "overdue" if flag.state == "raised" else "find out", str(flag)


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
