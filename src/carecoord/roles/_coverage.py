"""Who to turn to about a duty on a day."""

from __future__ import annotations

from datetime import date

import attrs

from carecoord.errors import did_you_mean
from carecoord.roles._dates import asked
from carecoord.roles._day import Day, Days
from carecoord.roles._duties import Duty, ResponsibilityMatrix
from carecoord.roles._gap import Contact, Gap
from carecoord.roles._team import Team

__all__ = ["Holder", "not_in_force", "turn_to", "who"]


@attrs.frozen(kw_only=True)
class Holder:
    """Who to turn to about a duty on a day. There may be nobody, and then it says why and who to turn to instead.

    Attributes:
        duty: the duty's id.
        on: the day.
        accountable: who answers for it that day, themselves or as cover; `None` where there is no one such person.
        cover: who would stand in if they were away, as they have named them; `None` where nobody named would.
        responsible: who does it, of those who are there and may.
        escalate_to: who to turn to next, in order, of those who are there.
        because: why it is them, or why it is nobody.
    """

    duty: str
    on: date
    accountable: Contact | None
    cover: Contact | None = None
    responsible: tuple[Contact, ...] = ()
    escalate_to: tuple[Contact, ...] = ()
    because: str

    @property
    def member(self) -> str | None:
        """The id of who answers for the duty that day; `None` where there is no one such person."""
        return self.accountable.member if self.accountable else None

    @property
    def role(self) -> str | None:
        """The role in which they do."""
        return self.accountable.role if self.accountable else None

    @property
    def covering_for(self) -> str | None:
        """The id of whose duty it is, where somebody else covers."""
        return self.accountable.covering_for if self.accountable else None

    @property
    def reach(self) -> str:
        """How to reach them; empty where there is nobody or the team does not say."""
        return self.accountable.reach if self.accountable else ""


def who(team: Team, matrix: ResponsibilityMatrix, duty: str, *, on: date) -> Holder:
    """Give who holds a duty on a day, who covers where they are away, and how to reach them.

    A duty that the matrix does not have is nobody's, and the answer says so: no task is dropped for want of a name.

    >>> from datetime import date
    >>> from carecoord.roles import Absence, Member, Team, matrix
    >>> team = Team(
    ...     [
    ...         Member("holm", role="care-manager", since=date(2025, 1, 1), reach="ext. 12"),
    ...         Member("kim", role="nurse", since=date(2025, 1, 1), reach="ext. 15"),
    ...     ],
    ...     absences=[Absence("holm", since=date(2026, 7, 1), until=date(2026, 7, 15), cover="kim")],
    ... )
    >>> holder = who(team, matrix("collaborative-care-minimum"), "follow-up", on=date(2026, 7, 14))
    >>> holder.member, holder.covering_for, holder.reach
    ('kim', 'holm', 'ext. 15')
    >>> holder.because
    'kim covers for holm, who is away from 2026-07-01, back on 2026-07-15'
    """
    day = Days(team, matrix).at(asked(on))
    found = next((known for known in matrix.duties if known.id == duty), None)
    if not team.is_in_force(on=on):
        answer: Contact | Gap | str = not_in_force(team, on)
    elif found is None:
        known_ids = [known.id for known in matrix.duties]
        answer = f"{matrix.id} has no duty {duty!r}{did_you_mean(duty, known_ids)}"
    else:
        answer = day.accountable(found)
    responsible = day.responsible(found) if found is not None else ()
    if isinstance(answer, Contact) and found is not None:
        because = f"{answer.member} {answer.because}{_undone(day, found)}"
        return Holder(
            duty=duty,
            on=on,
            accountable=_with_next_day(day, answer),
            cover=_cover(day, found, answer),
            responsible=tuple(_with_next_day(day, one) for one in responsible),
            escalate_to=day.escalation(besides=answer.member),
            because=because,
        )
    escalate_to = day.escalation(besides=None)
    because = answer if isinstance(answer, str) else answer.because
    if not escalate_to:
        because += "; nobody is there to escalate to either"
    return Holder(duty=duty, on=on, accountable=None, responsible=responsible, escalate_to=escalate_to, because=because)


def turn_to(team: Team, matrix: ResponsibilityMatrix, gap: Gap, *, on: date) -> tuple[Contact, ...]:
    """Give whom to call about something that is wrong: whom it is about, if they are there, then those to escalate to.

    It is empty where none of them is there, or the team is not in force that day.

    >>> from datetime import date
    >>> from carecoord.roles import Absence, Member, Team, gaps, matrix
    >>> team = Team(
    ...     [
    ...         Member("holm", role="care-manager", since=date(2025, 1, 1)),
    ...         Member("lee", role="primary-care-provider", since=date(2025, 1, 1), reach="ext. 10"),
    ...     ],
    ...     absences=[Absence("holm", since=date(2026, 7, 1))],
    ... )
    >>> minimum, on = matrix("collaborative-care-minimum"), date(2026, 7, 14)
    >>> gap = next(gap for gap in gaps(team, minimum, on=on) if gap.duty == "follow-up")
    >>> gap.member, [(contact.member, contact.reach) for contact in turn_to(team, minimum, gap, on=on)]
    ('holm', [('lee', 'ext. 10')])

    Args:
        team: who serves when.
        matrix: whom to escalate to.
        gap: what is wrong.
        on: the day.
    """
    day = Days(team, matrix).at(asked(on))
    serving = dict.fromkeys(one.role for one in day.active.get(gap.member or "", ()) if day.is_professional(one.role))
    there = [role for role in serving if day.presence(gap.member or "", role).is_there]
    themselves = [day.contact(gap.member or "", role, "it is about them") for role in there[:1]]
    return (*themselves, *day.escalation(besides=gap.member))


def _with_next_day(day: Day, contact: Contact) -> Contact:
    return attrs.evolve(contact, back=day.back(contact.member, contact.role))


def _cover(day: Day, duty: Duty, holder: Contact) -> Contact | None:
    found = day.standing_cover(duty, holder.member, holder.role)
    return found if isinstance(found, Contact) else None


def _undone(day: Day, duty: Duty) -> str:
    """Say that nobody does a duty who may, and what bars those who would."""
    if day.responsible(duty):
        return ""
    lacking = [found for one in day.doing(duty) if (found := day.lack(duty, one.member)) is not None]
    return "; nobody is there to do it" if not lacking else "".join(f"; {found.because}" for found in lacking)


def not_in_force(team: Team, on: date) -> Gap:
    """Say that a team is not in force on a day."""
    is_over = team.until is not None and team.until <= on
    return Gap(
        kind="not-in-force",
        severity="breach",
        rule=2,
        since=team.until if is_over else None,
        until=None if is_over else team.since,
        because=f"the team ended on {team.until}" if is_over else f"the team starts on {team.since}",
        mend="use the team that is in force on that day",
    )
