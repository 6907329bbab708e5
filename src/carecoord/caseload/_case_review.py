"""The systematic case review: who is talked about first, for how long, and what became of last time's actions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final, get_args

import attrs

from carecoord._values import FrozenMapping
from carecoord.caseload._board import Board, BoardOptions, BoardRow
from carecoord.caseload._board_text import TODAY
from carecoord.caseload._case_page import CasePage, CaseReason, page_of
from carecoord.caseload._caseload import Caseload
from carecoord.caseload._latest import day_of
from carecoord.caseload._review_record import ActionState, ReviewAction, ReviewRecord, actions_of
from carecoord.caseload._view import FROM, board, what_is_left
from carecoord.errors import DataError, Fault
from carecoord.roles import Reader
from carecoord.roles._projection import Element, Projection
from carecoord.stepped_care import Enrolment, EnrolmentEnd

__all__ = ["CaseReview", "case_review"]

TALK: Final[Mapping[CaseReason, int]] = FrozenMapping({"safety": 10, "new": 10})
"""Minutes for somebody with these reasons; ours, as no published number says how long a case takes."""

OTHERS: Final = 5
"""Minutes for everybody else; ours, too."""

FLAGS: Final[Mapping[str, CaseReason]] = FrozenMapping(
    {"worse": "worse", "back": "worse", "no-consultation": "not improving"}
)
"""What a flag of this id is a reason for; any other is one, too."""

REASONS: Final[tuple[CaseReason, ...]] = get_args(CaseReason)


@attrs.frozen(kw_only=True)
class CaseReview:
    """A plan for one case review.

    Attributes:
        on: the day.
        minutes: how long there is.
        cases: a page on everybody there is time for, in the order to talk about them.
        waiting: pages on those there is no time for, in the same order: nobody is dropped.
        actions: what became of what earlier reviews asked for, the overdue first.
        note: what to know of it: on a reader's, always, that it is from what they may see.
    """

    on: date
    minutes: int | float
    cases: tuple[CasePage, ...]
    waiting: tuple[CasePage, ...] = ()
    actions: tuple[tuple[str, ReviewAction, ActionState], ...] = ()
    note: str = ""

    @property
    def planned(self) -> int | float:
        """The minutes of all cases together; more than there are where safety alone takes longer."""
        return sum(page.minutes for page in self.cases)

    def __str__(self) -> str:
        """Give it as plain text: what is outstanding, then a page a person, then who waits."""
        note = f" ({self.note})" if self.note else ""
        time = f"{self.planned:g} of {self.minutes:g} minutes"
        lines = [f"Case review on {self.on}: {len(self.cases)} people in {time}{note}"]
        outstanding = [one for one in self.actions if one[2] in ("overdue", "open")]
        if outstanding:
            lines += ["", "From earlier reviews:"]
            lines += [f"  {who}: {one.what} ({one.owner}, by {one.due}): {state}" for who, one, state in outstanding]
        for number, page in enumerate(self.cases, 1):
            lines += ["", f"{number}. {page}"]
        if self.waiting:
            lines += ["", f"No time for: {', '.join(f'{page.person} ({page.reason})' for page in self.waiting)}"]
        return "\n".join(lines)


def case_review(
    caseload: Caseload,
    *,
    on: date | None = None,
    minutes: float = 60,
    reader: Reader | None = None,
    since: date | None = None,
    records: Iterable[ReviewRecord] = (),
    asked: Mapping[str, str] | None = None,
    talk: Mapping[CaseReason, float] | None = None,
    options: BoardOptions | None = None,
) -> CaseReview:
    """Plan a case review.

    First come those with a safety alert, raised or undecided, whatever the time; then those somebody asked to talk
    about, those who are new, who do not improve, who are worse, who may step down, and whoever else stands out. Within
    one reason the order is that of the board. Whoever needs nothing is not on it.

    Args:
        caseload: people, plans and team.
        on: the day; the reader's, where there is one.
        minutes: how long there is.
        reader: who it is for: everything is computed from what they may see, and nothing else.
        since: the day of the last review: whoever was enrolled after it, and in nothing on it, is new; nobody is,
            where left out.
        records: the minutes of earlier reviews.
        asked: what somebody wants talked about, by person.
        talk: minutes for each reason, where they are not ours.
        options: how the board is made.

    Raises:
        DataError: there is no time, or somebody was asked about who is not on the caseload.

    >>> from datetime import date
    >>> from carecoord.demo import DAY, clinic
    >>> review = case_review(clinic(), on=DAY, minutes=60, options={"accept_unverified": True})
    >>> review.cases[0].person, review.cases[0].reason, review.planned <= 60
    ('pavel', 'safety', True)
    """
    if minutes <= 0:
        raise DataError("case review", [Fault("$.minutes", "more than 0 is wanted")])
    wanted = dict(asked or {})
    how: BoardOptions = options or {}
    kept, projection = caseload, None
    if reader is not None:
        kept, _, projection = what_is_left(caseload, reader, how.get("protocols"))
    elif set(wanted) - set(caseload.people):
        raise DataError("case review", [Fault("$.asked", "somebody is not on the caseload")])
    day = reader.day if reader is not None else on
    whole = board(kept, on=day, **how)
    done = actions_of(_seen(records, projection), on=whole.on)
    pages = [*_pages(kept, whole, since=since, asked=wanted, talk=talk, actions=done)]
    pages.sort(key=lambda page: REASONS.index(page.reason))
    cases, waiting = _fitting(pages, minutes)
    known = set(kept.people)
    return CaseReview(
        on=whole.on,
        minutes=minutes,
        cases=cases,
        waiting=waiting,
        actions=tuple(one for one in done if one[0] in known),
        note="" if reader is None else FROM,
    )


def _seen(records: Iterable[ReviewRecord], projection: Projection | None) -> Iterator[ReviewRecord]:
    """Give the minutes, of which a reader sees what is about things they may see."""
    for record in records:
        if projection is None:
            yield record
            continue
        shown = [
            one
            for one in record.discussed
            if projection.shows(Element(patient=one.person, name=f"reviews.{record.id}", own=one.labels))
        ]
        yield attrs.evolve(record, discussed=shown)


def _pages(
    caseload: Caseload,
    whole: Board,
    *,
    since: date | None,
    asked: Mapping[str, str],
    talk: Mapping[CaseReason, float] | None,
    actions: Iterable[tuple[str, ReviewAction, ActionState]],
) -> Iterator[CasePage]:
    by_person: dict[str, list[tuple[ReviewAction, ActionState]]] = {}
    for person, action, state in actions:
        by_person.setdefault(person, []).append((action, state))
    new = {} if since is None else _new(caseload, since, whole.on)
    times = {**TALK, **(talk or {})}
    for row in whole.rows:
        reasons = list(_reasons(row, new.get(row.person), asked.get(row.person)))
        if not reasons:
            continue
        ranked = sorted(reasons, key=lambda one: REASONS.index(one[0]))
        first: CaseReason = ranked[0][0]
        yield page_of(
            caseload,
            row,
            on=whole.on,
            reason=first,
            because=tuple(dict.fromkeys(words for _, words in ranked)),
            minutes=times.get(first, OTHERS),
            actions=tuple(by_person.get(row.person, ())),
            asked=(asked[row.person],) if row.person in asked else (),
        )


def _new(caseload: Caseload, since: date, on: date) -> dict[str, date]:
    """Give who was enrolled after the last review and in nothing on its day, and when; one referred again is new."""
    first: dict[str, date] = {}
    known: set[str] = set()
    for episode in caseload.episodes:
        going: set[str] = set()
        for entry in episode.in_force(on=on):
            day = day_of(entry.on)
            if isinstance(entry, Enrolment) and day > since:
                first[episode.person] = min(day, first.get(episode.person, day))
            elif isinstance(entry, Enrolment):
                going.add(entry.protocol)
            elif isinstance(entry, EnrolmentEnd) and day <= since:
                going.discard(entry.protocol)
        if going:
            known.add(episode.person)
    return {person: day for person, day in first.items() if person not in known}


def _reasons(row: BoardRow, enrolled: date | None, asked: str | None) -> Iterator[tuple[CaseReason, str]]:
    if row.need in TODAY:
        yield "safety", row.reasons[0]
    if asked is not None:
        yield "asked", f"asked: {asked}"
    if enrolled is not None:
        yield "new", f"enrolled on {enrolled}"
    for decision in row.decisions:
        words = f"{decision.protocol}: {decision.ruling.outcome}"
        if decision.move in ("step-up", "switch", "adjust", "consult", "refer"):
            yield "not improving", words
        elif decision.move in ("step-down", "exit"):
            yield "stepping down", words
    for flag in row.flags:
        if flag.state == "raised":
            yield FLAGS.get(flag.id, "other"), str(flag)
    for one in row.referrals:
        if one.state == "too-long":
            yield "other", one.because


def _fitting(pages: Iterable[CasePage], minutes: float) -> tuple[tuple[CasePage, ...], tuple[CasePage, ...]]:
    """Give whoever there is time for, and who waits; safety is talked about whatever the time."""
    cases: list[CasePage] = []
    waiting: list[CasePage] = []
    left = minutes
    for page in pages:
        if page.reason == "safety" or page.minutes <= left:
            cases.append(page)
            left -= page.minutes
        else:
            waiting.append(page)
    return tuple(cases), tuple(waiting)
