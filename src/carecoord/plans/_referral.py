"""A referral, from the day it is sent until the person has received what it asked for, or it ended otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Final, Literal

import attrs

from carecoord._values import Period
from carecoord.errors import DataError, Fault
from carecoord.plans._needs import Domain, Need
from carecoord.plans._part import Owner, given, labelled, one_of
from carecoord.plans._service import Service
from carecoord.plans._statuses import ReferralStatus, moved

__all__ = ["OpenReferral", "Referral", "ReferralStep", "open_referrals", "refer"]

_STATES: Final = ("too-long", "undecided", "waiting")
_ONE_DAY: Final = timedelta(days=1)
_ASK: Final[Mapping[str, Literal["service", "person"]]] = {
    "sent": "service",
    "accepted": "service",
    "waitlisted": "service",
    "enrolled": "person",
}


@attrs.frozen(kw_only=True)
class ReferralStep:
    """One thing that became of a referral; it is never changed or removed.

    Attributes:
        status: how it stands from then on.
        on: the day.
        by: who recorded it.
        note: what was said, for those who follow it up.
    """

    status: ReferralStatus = attrs.field(validator=one_of(ReferralStatus))
    on: date
    by: str | None = None
    note: str = ""


def _codes(values: Iterable[str]) -> frozenset[str]:
    return frozenset(sorted(values))


@attrs.frozen(kw_only=True)
class Referral:
    """Somebody sent to a service or community resource, and what became of it.

    To send it is to disclose it: `disclose(referral, reader)`, where the reader is whoever receives it, gives what they
    may be told, and `None` as its view where nobody consented that they be told anything.

    Attributes:
        id: text the host gives.
        person: the id of the person who is referred.
        service: the id of the service in the host's directory.
        organisation: who runs it, as consents call it.
        title: what is asked for, in words.
        reason: why, in words, for whoever receives it.
        domain: the side of life it is about.
        plan: the id of the plan it belongs to.
        need: the id of the need it answers.
        activity: the id of the activity that it carries out.
        owner: who follows it up; `None` for whoever holds the duty `track-referral`.
        steps: what became of it, oldest first; the first is that it was sent.
        discloses: what its need and its service are about; that counts whatever else is said.
        labels: what it is about besides that not everybody may see; `None` where nobody has said.

    Raises:
        DataError: it does not begin with being sent, or goes back in time.
        StatusError: a step may not follow the one before.
    """

    id: str = attrs.field(validator=given)
    person: str = attrs.field(validator=given)
    service: str = attrs.field(validator=given)
    organisation: str | None = None
    title: str = attrs.field(validator=given)
    reason: str = ""
    domain: Domain | None = attrs.field(default=None, validator=one_of(Domain))
    plan: str | None = None
    need: str | None = None
    activity: str | None = None
    owner: Owner | None = None
    steps: tuple[ReferralStep, ...] = attrs.field(converter=tuple[ReferralStep, ...])
    discloses: frozenset[str] = attrs.field(default=frozenset(), converter=_codes)
    labels: frozenset[str] | None = attrs.field(default=None, converter=labelled)

    def __attrs_post_init__(self) -> None:
        """Check that each step may follow the one before."""
        if not self.steps or self.steps[0].status != "sent":
            raise DataError("referral", [Fault("$.steps", "that it was sent is wanted first")])
        for place, (before, after) in enumerate(zip(self.steps, self.steps[1:], strict=False), 1):
            moved("referral", before.status, after.status)
            if after.on < before.on:
                message = f"{after.on} is before the step it follows, {before.on}"
                raise DataError("referral", [Fault(f"$.steps[{place}].on", message)])

    @property
    def status(self) -> ReferralStatus:
        """How it stands."""
        return self.steps[-1].status

    @property
    def is_open(self) -> bool:
        """Whether the loop is still to be closed."""
        return self.status in _ASK

    @property
    def sent(self) -> date:
        """The day it was sent."""
        return self.steps[0].on

    def move(self, status: ReferralStatus, *, on: date, by: str | None = None, note: str = "") -> Referral:
        """Give the referral with one more step; what it went through stays.

        Raises:
            StatusError: the status may not follow the present one; the error names those that may.
            DataError: the day is before the last step's.

        Example:
            >>> sent = [ReferralStep(status="sent", on=date(2026, 3, 2), by="lee")]
            >>> referral = Referral(id="r1", person="A", service="advice", title="Housing advice", steps=sent)
            >>> referral.move("waitlisted", on=date(2026, 3, 9)).move("received", on=date(2026, 4, 20)).is_open
            False
        """
        return attrs.evolve(self, steps=(*self.steps, ReferralStep(status=status, on=on, by=by, note=note)))

    def as_of(self, on: date) -> Referral | None:
        """Give it as it stood at the end of a day; `None` before it was sent."""
        steps = [step for step in self.steps if step.on <= on]
        return attrs.evolve(self, steps=steps) if steps else None


def refer(
    need: Need,
    service: Service,
    *,
    id: str,
    person: str,
    by: str,
    on: date,
    title: str = "",
    reason: str = "",
    plan: str | None = None,
    activity: str | None = None,
    owner: Owner | None = None,
    labels: Iterable[str] | None = None,
) -> Referral:
    """Write the referral of a person with a need to a service; what both are about counts for who may be told.

    Args:
        need: what it answers.
        service: where it goes.
        id: text the host gives.
        person: the id of the person.
        by: who sends it.
        on: the day it is sent.
        title: what is asked for, in words; the service's name where left out.
        reason: why, in words, for whoever receives it.
        plan: the id of the plan it belongs to.
        activity: the id of the activity that it carries out.
        owner: who follows it up.
        labels: what it is about besides.
    """
    return Referral(
        id=id,
        person=person,
        service=service.id,
        organisation=service.organisation,
        title=title or service.name,
        reason=reason,
        domain=need.domain,
        plan=plan,
        need=need.id,
        activity=activity,
        owner=owner,
        steps=(ReferralStep(status="sent", on=on, by=by),),
        discloses=(need.labels or frozenset()) | (service.labels or frozenset()),
        labels=None if labels is None else labelled(labels),
    )


# what is open


@attrs.frozen(kw_only=True)
class OpenReferral:
    """A referral whose loop is not closed, and whether that has taken too long.

    Attributes:
        referral: the referral, as it stood on the day.
        state: `too-long`, `waiting`, or `undecided` where no limit is stated for its status.
        since: the day from which it has stood like this.
        overdue_from: the first day on which it is too long; `None` where no limit is stated.
        owner: who follows it up.
        ask: whom they ask: the `service`, or the `person` who should have received something by now.
        because: why, in words.
    """

    referral: Referral
    state: Literal["waiting", "too-long", "undecided"]
    since: date
    overdue_from: date | None
    owner: Owner
    ask: Literal["service", "person"]
    because: str


def open_referrals(
    referrals: Iterable[Referral], *, on: date, limits: Mapping[ReferralStatus, Period | str]
) -> tuple[OpenReferral, ...]:
    """List the referrals whose loop is not closed on a day; what has taken too long first.

    What happened after the day asked about is not seen.

    Args:
        referrals: the referrals, in any order.
        on: the day asked about.
        limits: how long a referral may stand in each status, as `{"sent": "P2W"}`: the host's, as nothing published
            says it for every service; a status without one is undecided.

    Returns:
        What has taken too long, then what is undecided, then what is waiting; the longest first, then by id.

    Raises:
        DataError: a limit is no period.

    Example:
        >>> sent = [ReferralStep(status="sent", on=date(2026, 3, 2), by="lee")]
        >>> referral = Referral(id="r1", person="A", service="advice", title="Housing advice", steps=sent)
        >>> (found,) = open_referrals([referral], on=date(2026, 3, 20), limits={"sent": "P2W"})
        >>> found.state, found.ask, found.owner.duty
        ('too-long', 'service', 'track-referral')
        >>> found.because
        'Housing advice has been sent since 2026-03-02, too long since 2026-03-17: ask the service'
    """
    periods: dict[ReferralStatus, Period] = {status: _limit(status, limit) for status, limit in limits.items()}
    return tuple(sorted(_listed(referrals, on, periods), key=_order))


def _limit(status: str, limit: Period | str) -> Period:
    try:
        return Period.parse(limit) if isinstance(limit, str) else limit
    except ValueError as error:
        raise DataError("limits", [Fault(f"$.{status}", str(error))]) from None


def _order(one: OpenReferral) -> tuple[int, date, date, str]:
    return (_STATES.index(one.state), one.overdue_from or one.since, one.since, one.referral.id)


def _listed(referrals: Iterable[Referral], on: date, limits: Mapping[ReferralStatus, Period]) -> Iterator[OpenReferral]:
    for each in referrals:
        then = each.as_of(on)
        if then is None or not then.is_open:
            continue
        since, ask = then.steps[-1].on, _ASK[then.status]
        limit = limits.get(then.status)
        overdue_from = None if limit is None else limit.after(since) + _ONE_DAY
        state: Literal["waiting", "too-long", "undecided"]
        words = f"{then.title} has been {then.status} since {since}"
        if overdue_from is None:
            state, words = "undecided", f"{words}, and no limit is stated for that"
        elif overdue_from <= on:
            state, words = "too-long", f"{words}, too long since {overdue_from}: ask the {ask}"
        else:
            state, words = "waiting", f"{words}; too long from {overdue_from}"
        yield OpenReferral(
            referral=then,
            state=state,
            since=since,
            overdue_from=overdue_from,
            owner=then.owner or Owner(duty="track-referral"),
            ask=ask,
            because=words,
        )
