"""What is different on a board since an earlier day."""

from __future__ import annotations

from datetime import date

import attrs

from carecoord.caseload._board import Board, BoardOptions, BoardRow
from carecoord.caseload._caseload import Caseload
from carecoord.caseload._latest import Latest
from carecoord.caseload._view import board, what_is_left
from carecoord.errors import DataError, Fault
from carecoord.roles import Reader

__all__ = ["BoardChange", "board_changes", "changed_since"]


@attrs.frozen(kw_only=True)
class BoardChange:
    """What changed for one person.

    Attributes:
        person: the host's id for them.
        before: what they needed first; `None` where they were not on the board.
        now: what they need first; `None` where they are not on it any more.
        new: the reasons that were not there before.
        gone: the reasons that are not there any more.
        scores: the scores that came, or were corrected, since.
    """

    person: str
    before: str | None
    now: str | None
    new: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    scores: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Give it as `ada: see today (was go on); new: ...`."""
        was = f" (was {self.before or 'not there'})" if self.before != self.now else ""
        parts = [f"{self.person}: {self.now or 'not there any more'}{was}"]
        parts += [
            f"{name}: {', '.join(words)}" for name, words in (("new", self.new), ("scores", self.scores)) if words
        ]
        return "; ".join(parts)


def board_changes(before: Board, now: Board) -> tuple[BoardChange, ...]:
    """Give what is different between two boards, in the order to act of the later one.

    Those who are not on it any more come last, in the order of the earlier one.

    Args:
        before: the earlier board.
        now: the later one.

    Returns:
        One a person for whom something is different; those who have left the board last.

    Raises:
        DataError: the boards are the wrong way round.

    >>> from carecoord.caseload import board
    >>> from carecoord.demo import DAY, clinic
    >>> now = board(clinic(), on=DAY, accept_unverified=True)
    >>> board_changes(now, now)
    ()
    """
    if now.on < before.on:
        raise DataError("boards", [Fault("$.now", f"{now.on} is before {before.on}")])
    old = {row.person: row for row in before.rows}
    new = {row.person: row for row in now.rows}
    found = [_change(person, old.get(person), new.get(person)) for person in dict.fromkeys([*new, *old])]
    return tuple(one for one in found if one.before != one.now or one.new or one.gone or one.scores)


def _change(person: str, before: BoardRow | None, now: BoardRow | None) -> BoardChange:
    said = {} if before is None else dict.fromkeys(before.reasons)
    says = {} if now is None else dict.fromkeys(now.reasons)
    known = set() if before is None else {_told(one) for one in before.latest}
    return BoardChange(
        person=person,
        before=None if before is None else before.need,
        now=None if now is None else now.need,
        new=tuple(reason for reason in says if reason not in said),
        gone=tuple(reason for reason in said if reason not in says),
        scores=() if now is None else tuple(str(one) for one in now.latest if _told(one) not in known),
    )


def _told(latest: Latest) -> tuple[object, ...]:
    """Give what makes a score another one: a corrected value is new, too."""
    return latest.instrument, latest.score, latest.on, latest.value


def changed_since(
    caseload: Caseload,
    since: date,
    *,
    on: date | None = None,
    reader: Reader | None = None,
    options: BoardOptions | None = None,
) -> tuple[BoardChange, ...]:
    """Give what is different since an earlier day: its board as it could be made then, against the one of now.

    What was written down after the earlier day is new, whenever it was so. Plans are taken as they are now.

    Args:
        caseload: people, plans and team.
        since: the earlier day.
        on: the day; the reader's, where there is one.
        reader: who it is for: both boards are those of what they may see now.
        options: how the boards are made.

    Raises:
        DataError: neither a day nor a reader is given, or the earlier day is not before it.

    >>> from datetime import timedelta
    >>> from carecoord.demo import DAY, clinic
    >>> changes = changed_since(clinic(), DAY - timedelta(2), on=DAY, options={"accept_unverified": True})
    >>> changes[0].person, changes[0].before, changes[0].now
    ('pavel', 'see today', 'see now')
    """
    day = reader.day if reader is not None else on
    if day is None or since >= day:
        raise DataError("board", [Fault("$.since", "a day before the board's own is wanted")])
    how: BoardOptions = options or {}
    left = caseload if reader is None else what_is_left(caseload, reader, how.get("protocols"))[0]
    earlier: BoardOptions = {**how, "as_of": since, "through": since}
    return board_changes(board(left, on=since, **earlier), board(left, on=day, **how))
