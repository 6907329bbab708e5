"""Whether somebody may do a duty that asks for a licence, and whether they have had the training it needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

import attrs

from carecoord.roles._credentials import Credential, Training
from carecoord.roles._duties import Duty
from carecoord.roles._gap import Gap, GapKind, duty_gap
from carecoord.roles._role import Scope
from carecoord.roles._team import Member

if TYPE_CHECKING:
    from carecoord.roles._day import Day

__all__ = ["Lack", "lack", "training_gaps"]

_SCOPES: dict[str, Scope] = {"rx": "rx", "dx": "dx", "tx": "tx"}
_TO = {"rx": "to prescribe", "dx": "to diagnose", "tx": "to deliver psychotherapy"}


@attrs.frozen(kw_only=True)
class Lack:
    """Why somebody does not have an authority on a day."""

    kind: GapKind
    because: str
    mend: str
    since: date | None = None
    until: date | None = None

    @property
    def bars(self) -> bool:
        """Whether they may not act; where the law says nothing, nobody has forbidden it."""
        return self.kind != "law-silent"

    def gap(self, duty: Duty, member: str, role: str) -> Gap:
        """Give it as what is wrong with a duty that they do."""
        return duty_gap(
            duty,
            self.kind,
            4,
            self.because,
            f"{self.mend}, or have {duty.id} done by somebody who may",
            role=role,
            member=member,
            since=self.since,
            until=self.until,
            is_warning=not self.bars,
        )


def lack(day: Day, duty: Duty, member: str, serving: Sequence[Member]) -> Lack | None:
    """Give what a member lacks to do a duty, what bars them first; `None` where they may.

    Args:
        day: the day.
        duty: the duty.
        member: their id.
        serving: the memberships in which they would do it: their roles and professions count where the team keeps no
            record of credentials.
    """
    found: Lack | None = None
    for authority in duty.authorities:
        if day.team.credentials is None:
            one = _ruled_out(day, authority, member, serving)
        else:
            one = _by_record(day, authority, member)
        if one is not None and (found is None or (one.bars and not found.bars)):
            found = one
    return found


def _to(authority: str) -> str:
    return _TO.get(authority, f"for {authority}")


def _ruled_out(day: Day, authority: str, member: str, serving: Sequence[Member]) -> Lack | None:
    """Say that neither role nor profession gives it, where the catalogue or the site says so."""
    if authority not in _SCOPES:
        return None
    names = dict.fromkeys(name for one in serving for name in (one.role, one.profession) if name is not None)
    described = [day.roles[name] for name in names if name in day.roles]
    if not described or any(not role.authority(_SCOPES[authority]).is_ruled_out for role in described):
        return None
    return Lack(
        kind="unlicensed",
        because=f"{member} has no authority {_to(authority)} as {' or '.join(names)}",
        mend=f"record a credential of {member} {_to(authority)}",
    )


def _by_record(day: Day, authority: str, member: str) -> Lack | None:
    here, elsewhere = _records(day, authority, member)
    current = [one for one in here if one.is_in_force(on=day.on)]
    by_status = {one.status: one for one in reversed(current)}
    if "denied" in by_status:
        denied = by_status["denied"]
        return Lack(
            kind="unlicensed",
            because=f"{member} is denied authority {_to(authority)}{_from_to(denied)}",
            mend=f"have that lifted for {member}",
            since=denied.since,
            until=denied.until,
        )
    if "granted" in by_status:
        return None
    supervised = [one for one in current if one.status == "supervised"]
    if supervised:
        reasons = [_unsupervised(day, authority, one) for one in supervised]
        return None if None in reasons else next(one for one in reasons if one is not None)
    if "silent" in by_status:
        return Lack(
            kind="law-silent",
            because=f"the law says nothing on the authority of {member} {_to(authority)}",
            mend=f"have it decided whether {member} may",
            since=by_status["silent"].since,
            until=by_status["silent"].until,
        )
    return _not_current(day, authority, member, here, elsewhere)


def _records(day: Day, authority: str, member: str) -> tuple[list[Credential], list[Credential]]:
    """Give the records of somebody's authority that hold where the people in care are, and the others."""
    records = day.lookup.credentials.get((member, authority), ())
    here = [one for one in records if one.holds_in(day.team.jurisdiction)]
    return here, [one for one in records if one not in here]


def _not_current(
    day: Day, authority: str, member: str, here: Iterable[Credential], elsewhere: Iterable[Credential]
) -> Lack:
    """Say that an authority has ended, has not begun, is one of another place, or was never there."""
    held = [one for one in here if one.status != "denied"]
    ended = max((one.until for one in held if one.until is not None and one.until <= day.on), default=None)
    starts = min((one.since for one in held if one.since is not None and one.since > day.on), default=None)
    until = "" if starts is None else f" until {starts}"
    mend = f"renew it for {member}" if ended else f"record a credential of {member} {_to(authority)}"
    if ended is not None:
        because = f"the credential of {member} {_to(authority)} ended on {ended}"
        because += f", with no other{until}" if until else ""
        return Lack(kind="credential-lapsed", because=because, mend=mend, since=ended, until=starts)
    places = sorted({one.jurisdiction or "no place it names" for one in elsewhere if one.status != "denied"})
    because = f"{member} has no credential {_to(authority)}"
    if day.team.jurisdiction is not None:
        because += f" in {day.team.jurisdiction}"
    if places:
        because += f", only in {' and '.join(places)}"
    return Lack(kind="unlicensed", because=because + until, mend=mend, until=starts)


def _from_to(credential: Credential) -> str:
    since = "" if credential.since is None else f" from {credential.since}"
    return since if credential.until is None else f"{since} until {credential.until}"


def _unsupervised(day: Day, authority: str, credential: Credential) -> Lack | None:
    """Say why a supervised authority cannot be exercised, or nothing where it can."""
    member, supervisor = credential.member, credential.supervisor
    reason = "no supervisor is named" if supervisor is None else _cannot_supervise(day, authority, supervisor)
    if reason is None:
        return None
    return Lack(
        kind="unsupervised",
        because=f"{member} has authority {_to(authority)} only under supervision, and {reason}",
        mend=f"name a supervisor of {member} who is there and has authority {_to(authority)}",
    )


def _cannot_supervise(day: Day, authority: str, supervisor: str) -> str | None:
    """Say why somebody cannot supervise: they, or whoever covers for them, must be there and hold it themselves."""
    if supervisor not in day.active:
        return f"{supervisor}, the supervisor, is not a member that day"
    if day.is_away(supervisor):
        covers = [cover for cover in day.covers(supervisor) if cover in day.active and not day.is_away(cover)]
        if any(_holds(day, authority, cover) for cover in covers):
            return None
        return f"{supervisor}, the supervisor, is away, and nobody who may covers"
    return None if _holds(day, authority, supervisor) else f"{supervisor}, the supervisor, does not have it"


def _holds(day: Day, authority: str, member: str) -> bool:
    here, _ = _records(day, authority, member)
    current = {one.status for one in here if one.is_in_force(on=day.on)}
    return "granted" in current and "denied" not in current


def training_gaps(day: Day, duty: Duty, member: str, roles: Iterable[str]) -> Iterator[Gap]:
    """Give the trainings that somebody who does a duty, in some roles, lacks or has to renew."""
    for training in day.matrix.trainings:
        if any(training.is_needed(duty.id, role) for role in roles):
            gap = _training_gap(day, training, duty, member)
            if gap is not None:
                yield gap


def _training_gap(day: Day, training: Training, duty: Duty, member: str) -> Gap | None:
    name = training.title or training.id
    records = day.lookup.trained.get((member, training.id), ())
    ends = [training.end(one) for one in records if one.on <= day.on]
    if None in ends:
        return None
    end = max((end for end in ends if end is not None), default=None)
    again = min((one.on for one in records if one.on > day.on), default=None)
    if end is None or end <= day.on:
        had = f"{member} has not had {name}" if end is None else f"the {name} of {member} ended on {end}"
        return duty_gap(
            duty,
            "untrained",
            None,
            f"{had}, which {duty.id} needs",
            f"have {member} trained, or have {duty.id} done by somebody who is",
            member=member,
            since=end,
            until=again,
        )
    if training.due(end) > day.on:
        return None
    return Gap(
        kind="training-due",
        severity="warning",
        rule=None,
        member=member,
        since=training.due(end),
        until=end,
        because=f"the {name} of {member} ends on {end}",
        mend=f"have {member} trained again before {end}",
    )
