"""A caseload: the people, their plans, and the team that cares for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import attrs

from carecoord._values import FrozenMapping
from carecoord.errors import DataError, Fault
from carecoord.plans import CarePlan, Referral
from carecoord.roles import ResponsibilityMatrix, Team
from carecoord.stepped_care import Episode

__all__ = ["Caseload"]


def _frozen(by_person: Mapping[str, tuple[str, ...]]) -> FrozenMapping[str, tuple[str, ...]]:
    return FrozenMapping(by_person)


def _people(people: Iterable[str]) -> frozenset[str]:
    return frozenset(people)


@attrs.frozen(kw_only=True)
class Caseload:
    """The people one team cares for.

    Attributes:
        episodes: one for each episode of care.
        plans: the people's plans.
        referrals: where they were referred to.
        team: who cares for them; `None` where the board is not to say who.
        matrix: who has which part in which duty; `None` as above.
        protocols: the ids of the protocols that people who are not enrolled are looked at for.
        looked_at: by person, the protocols they are looked at for where it is not those.
        unnamed: of whom it is not to be said who holds their duties.

    >>> Caseload(episodes=[Episode("ada")]).people
    ('ada',)
    """

    episodes: tuple[Episode, ...] = attrs.field(default=(), converter=tuple[Episode, ...])
    plans: tuple[CarePlan, ...] = attrs.field(default=(), converter=tuple[CarePlan, ...])
    referrals: tuple[Referral, ...] = attrs.field(default=(), converter=tuple[Referral, ...])
    team: Team | None = None
    matrix: ResponsibilityMatrix | None = None
    protocols: tuple[str, ...] = attrs.field(default=(), converter=tuple[str, ...])
    looked_at: FrozenMapping[str, tuple[str, ...]] = attrs.field(default=FrozenMapping(), converter=_frozen)
    unnamed: frozenset[str] = attrs.field(default=frozenset(), converter=_people)

    def __attrs_post_init__(self) -> None:
        """Refuse what stands twice, and a team without a matrix."""
        episodes = Counter((episode.person, episode.id) for episode in self.episodes)
        plans = Counter(plan.id for plan in self.plans)
        referrals = Counter(referral.id for referral in self.referrals)
        faults = [Fault("$.episodes", "two episodes have the same person and id") for n in episodes.values() if n > 1]
        faults += [Fault("$.plans", "two plans have the same id") for n in plans.values() if n > 1]
        faults += [Fault("$.referrals", "two referrals have the same id") for n in referrals.values() if n > 1]
        if (self.team is None) != (self.matrix is None):
            faults.append(Fault("$", "a team and a matrix go together: neither says alone who does what"))
        if faults:
            raise DataError("caseload", faults)

    @property
    def people(self) -> tuple[str, ...]:
        """The ids of everyone with an episode, a plan or a referral, sorted."""
        people = {one.person for one in self.episodes} | {one.person for one in self.plans}
        return tuple(sorted(people | {one.person for one in self.referrals}))

    def protocols_for(self, person: str) -> tuple[str, ...]:
        """Give the protocols that somebody who is not enrolled is looked at for."""
        return self.looked_at.get(person, self.protocols)
