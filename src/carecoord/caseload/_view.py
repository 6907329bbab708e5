"""What one reader may see of a caseload, and of its board."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final, Unpack

import attrs

from carecoord.caseload._board import ORDER, Board, BoardOptions, full_board
from carecoord.caseload._caseload import Caseload
from carecoord.errors import CareCoordError, DataError, Fault
from carecoord.plans import CarePlan, PlanView, ReferralView
from carecoord.plans._view import view_of
from carecoord.roles import Disclosure, Label, Reader, ResponsibilityMatrix, Team
from carecoord.roles._disclosure import Shape, check_people, disclosed, shape
from carecoord.roles._projection import Projection
from carecoord.stepped_care import EpisodeView, Protocol, categories_read
from carecoord.stepped_care._view import protocol_labels

__all__ = ["CaseloadView", "board", "disclose_board", "what_is_left"]


FROM: Final = "from what you may see"
"""What every reader's board says, whatever there is: nothing can be told from it."""


@attrs.frozen(kw_only=True)
class CaseloadView:
    """What one reader sees of a caseload. It is no caseload: storing it would lose what it does not show.

    Attributes:
        episodes: the episodes, each as they see it.
        plans: the plans, each as they see it.
        referrals: the referrals, each as they see it.
    """

    episodes: tuple[EpisodeView, ...] = ()
    plans: tuple[PlanView, ...] = ()
    referrals: tuple[ReferralView, ...] = ()

    @property
    def people(self) -> tuple[str, ...]:
        """The ids of everyone in it, sorted."""
        people = {one.person for one in self.episodes} | {one.person for one in self.plans}
        return tuple(sorted(people | {one.person for one in self.referrals}))


class _Pass:
    """A pass over one caseload."""

    def __init__(self, caseload: Caseload, projection: Projection) -> None:
        self.caseload, self.projection = caseload, projection
        if caseload.team is not None:
            projection.roster += caseload.team.members

    def left(self) -> Caseload:
        """Give the caseload with what is left of everybody; who is not there at all is nowhere in it."""
        found = [shape(one).project(one, self.projection) for one in self.caseload.episodes]
        episodes = [one for one in found if one is not None]
        plans = list(self._plans())
        sent = [shape(one).project(one, self.projection) for one in self.caseload.referrals]
        referrals = [one for one in sent if one is not None]
        left = Caseload(episodes=episodes, plans=plans, referrals=referrals)
        people = left.people
        left = attrs.evolve(left, looked_at={person: self._protocols(person) for person in people})
        team, matrix = self.caseload.team, self.caseload.matrix
        if team is None or matrix is None:
            return left
        named = [person for person in people if self._may_be_told_who(person, matrix)]
        if not named:
            return left
        seen = self._team(team, named)
        unnamed = set(people) - set(named)
        return attrs.evolve(left, team=seen, matrix=self._matrix(matrix, seen, named), unnamed=unnamed)

    def _plans(self) -> Iterator[CarePlan]:
        """Give what is left of each plan; of the plans it goes on from or belongs to, those that are there too."""
        found = {plan.id: shape(plan).project(plan, self.projection) for plan in self.caseload.plans}
        ids = {name: left.id for name, left in found.items() if left is not None}
        for plan in self.caseload.plans:
            if (left := found[plan.id]) is not None:
                replaces = tuple(ids[each] for each in plan.replaces if each in ids)
                yield attrs.evolve(left, replaces=replaces, part_of=ids.get(plan.part_of or ""))

    # what definitions disclose

    def _protocols(self, person: str) -> tuple[str, ...]:
        """Give the protocols that somebody is looked at for: those of which the reader may see all that they read."""
        codes = self.projection.reader.codes
        return tuple(
            each
            for each in self.caseload.protocols_for(person)
            if self.projection.decide(person, protocol_labels(each, codes)).permits
        )

    def _may_be_told_who(self, person: str, matrix: ResponsibilityMatrix) -> bool:
        """Say whether the reader may see all that the roles and duties of the matrix disclose, whoever has them."""
        if person in self.caseload.unnamed:
            return False
        roles = {*matrix.minimum_team, *matrix.escalation, *(role for duty in matrix.duties for role in duty.letters)}
        codes = self.projection.reader.codes
        declared = [codes.default("role", role) for role in roles]
        declared += [codes.default("duty", duty.id) for duty in matrix.duties]
        return self.projection.is_cleared(person, {code for found in declared for code in found or ()})

    def _may_see(self, labels: frozenset[Label], people: list[str]) -> bool:
        return not labels or all(self.projection.decide(person, labels).permits for person in people)

    def _team(self, team: Team, people: list[str]) -> Team:
        """Give the team without those whose role, profession or organisation the reader may not see."""
        kept = [each for each in team.members if self._may_see(self.projection.labels_of_member(each), people)]
        ids = {member.id for member in kept}
        absences = [each for each in team.absences if each.member in ids]
        credentials = [each for each in team.credentials or () if each.member in ids]
        return attrs.evolve(
            team,
            members=[attrs.evolve(each, cover=_among(each.cover, ids)) for each in kept],
            absences=[attrs.evolve(each, cover=_among(each.cover, ids)) for each in absences],
            credentials=None
            if team.credentials is None
            else [attrs.evolve(each, supervisor=_among(each.supervisor, ids)) for each in credentials],
            trained=None if team.trained is None else [each for each in team.trained if each.member in ids],
        )

    def _matrix(self, matrix: ResponsibilityMatrix, team: Team, people: list[str]) -> ResponsibilityMatrix:
        """Give the matrix without what is assigned to somebody, or to a role, that the reader may not see."""
        ids = {None, *(member.id for member in team.members)}
        kept = [
            each for each in matrix.assignments if each.member in ids and self._may_see(self._of(each.role), people)
        ]
        return attrs.evolve(matrix, assignments=kept)

    def _of(self, role: str | None) -> frozenset[Label]:
        codes = self.projection.reader.codes.default("role", role) if role is not None else None
        return frozenset((Label.of(*codes),)) if codes else frozenset()


def _among(member: str | None, ids: set[str]) -> str | None:
    return member if member in ids else None


def _view(left: Caseload) -> CaseloadView:
    episodes = tuple(shape(one).view(one) for one in left.episodes)
    return CaseloadView(
        episodes=episodes,
        plans=tuple(view_of(plan) for plan in left.plans),
        referrals=tuple(shape(one).view(one) for one in left.referrals),
    )


def _attention(caseload: Caseload, projection: Projection) -> tuple[str, ...]:
    return tuple(
        f"{plan.person}: {each}" for plan in caseload.plans for each in shape(plan).attention(plan, projection)
    )


def _shape(caseload: Caseload) -> Shape:  # noqa: ARG001 - what is registered is called with the value
    return Shape(
        project=lambda caseload, projection: _Pass(caseload, projection).left(),
        view=_view,
        people=lambda caseload: set(caseload.people),
        attention=_attention,
    )


shape.register(Caseload, _shape)


def board(
    caseload: Caseload,
    *,
    on: date | None = None,
    reader: Reader | None = None,
    **options: Unpack[BoardOptions],
) -> Board:
    """Say for every person what they score, where they are and should be, why, what is due and who is responsible.

    Args:
        caseload: people, plans and team.
        on: the day; the reader's, where there is one.
        reader: who it is for: the board of what they may see, and nothing else. `disclose_board` gives the same with
            what whoever discloses has to keep.
        options: how it is made, as `BoardOptions` lists them.

    Returns:
        one row a person, in the order to act: alerts before moves, moves before what is missing, then what is overdue.

    Raises:
        UnknownIdError: an episode is enrolled in a protocol, or holds an assessment, that nothing describes.
        DataError: neither a day nor a reader is given, or the day is not the reader's.

    >>> from carecoord.demo import DAY, clinic
    >>> first = board(clinic(), on=DAY, accept_unverified=True).rows[0]
    >>> first.need, first.reasons[0]
    ('see now', 'immediate: intent, plan or behaviour in the past three months')
    """
    if reader is None:
        if on is None:
            raise DataError("board", [Fault("$.on", "a day is wanted, or a reader")])
        return full_board(caseload, on, options)
    if on is not None and on != reader.day:
        raise DataError("board", [Fault("$.on", f"a reader's board is that of their day, {reader.day}")])
    left, knowing, _ = what_is_left(caseload, reader, options.get("protocols"))
    return attrs.evolve(full_board(left, knowing.day, options), note=FROM)


def what_is_left(
    caseload: Caseload, reader: Reader, protocols: Mapping[str, Protocol] | None
) -> tuple[Caseload, Reader, Projection]:
    """Give the caseload that a reader sees, the reader with what one's own protocols disclose, and the pass."""
    own = {name: categories_read(each, reader.codes) for name, each in (protocols or {}).items()}
    knowing = attrs.evolve(reader, codes=reader.codes.with_defaults("protocol", own)) if own else reader
    check_people(set(caseload.people), knowing)
    projection = Projection(knowing)
    return _Pass(caseload, projection).left(), knowing, projection


def disclose_board(caseload: Caseload, reader: Reader, **options: Unpack[BoardOptions]) -> Disclosure[Board]:
    """Give a reader the board of what they may see, with everything that whoever discloses has to keep.

    The board is computed from what is left of the caseload, as if there were nothing else, and says that it is from
    what the reader may see, whether or not there is more.
    A protocol's decision is shown to a reader only who may see everything that the protocol declares it may read, and
    who is responsible only to one who may see what the roles of the matrix disclose: for others the place is empty,
    whatever there is.

    Args:
        caseload: people, plans and team, as they are.
        reader: who sees it; the board is that of their day.
        options: how it is made, as `BoardOptions` lists them.

    Returns:
        the record, with the board as its view; `attention` names whoever is more urgent than the reader can see.

    Raises:
        UnknownIdError: an episode that they see is enrolled in a protocol that nothing describes.
        DataError: a consent is about somebody who is not on the caseload.

    >>> from carecoord.demo import clinic, reader
    >>> [row.person for row in disclose_board(clinic(), reader(), accept_unverified=True).view.rows]
    ['tomas', 'zoe']
    """
    left, _, projection = what_is_left(caseload, reader, options.get("protocols"))
    shown = attrs.evolve(full_board(left, reader.day, options), note=FROM)
    try:
        attention = tuple(_more_urgent(full_board(caseload, reader.day, options), shown))
    except CareCoordError as error:
        attention = (f"the whole board cannot be made: {error}",)
    return disclosed(shown, projection, attention=attention)


def _more_urgent(whole: Board, shown: Board) -> Iterator[str]:
    """Name whoever is more urgent on the whole board than on the one that is shown."""
    seen = {row.person: row.need for row in shown.rows}
    for row in whole.rows:
        need = seen.get(row.person, ORDER[-1])
        if ORDER.index(row.need) < ORDER.index(need):
            yield f"{row.person}: {row.need}, {f'shown as {need}' if row.person in seen else 'not shown'}"
