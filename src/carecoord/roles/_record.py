"""What has happened on a team that its rules look at: work done, instructions given, duties confirmed."""

from __future__ import annotations

from datetime import date

import attrs

from carecoord.errors import DataError, Fault
from carecoord.roles._dates import check_day, check_period, in_force

__all__ = ["Confirmation", "Done", "Instruction", "TeamRecord"]


@attrs.frozen
class Instruction:
    """What somebody has told a patient or the team to do about one medicine, test or behaviour.

    Attributes:
        about: what it is about: the same words mean the same thing.
        member: the id of who gave it.
        says: what to do.
        since: the first day it holds.
        until: the day after the last, or the day it was withdrawn; `None` while it holds.
    """

    about: str
    member: str
    says: str = attrs.field(default="", kw_only=True)
    since: date = attrs.field(kw_only=True)
    until: date | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        check_period("instruction", self.since, self.until)
        faults = [Fault(f"$.{field}", "is empty") for field in ("about", "member") if not getattr(self, field)]
        if faults:
            raise DataError("instruction", faults)

    def is_in_force(self, *, on: date) -> bool:
        """Say whether it holds on that day."""
        return in_force(self.since, self.until, on)


@attrs.frozen
class Done:
    """That somebody has done a duty once.

    Attributes:
        duty: the duty's id.
        member: the id of who did it.
        on: the day.
        about: what it was done to, as the id of a plan: what approves it names the same.
    """

    duty: str
    member: str
    on: date = attrs.field(kw_only=True)
    about: str = attrs.field(default="", kw_only=True)

    def __attrs_post_init__(self) -> None:
        check_day("done", "$.on", self.on)


@attrs.frozen
class Confirmation:
    """That whoever answers for a duty has been confirmed.

    Attributes:
        member: the id of who answers for it.
        on: the day.
        duty: the duty's id; `None` for every duty they answer for.
    """

    member: str
    on: date = attrs.field(kw_only=True)
    duty: str | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        check_day("confirmation", "$.on", self.on)


@attrs.frozen(kw_only=True)
class TeamRecord:
    """What has happened, as far as the rules of a valid assignment look at it.

    Attributes:
        done: what has been done by whom, where some duties prepare what others approve.
        instructions: what has been instructed by whom.
        confirmations: who has been confirmed; `None` where no record is kept, and nothing is asked for.
        plan_changes: the days on which the plan changed.
    """

    done: tuple[Done, ...] = attrs.field(default=(), converter=tuple[Done, ...])
    instructions: tuple[Instruction, ...] = attrs.field(default=(), converter=tuple[Instruction, ...])
    confirmations: tuple[Confirmation, ...] | None = attrs.field(
        default=None, converter=attrs.converters.optional(tuple[Confirmation, ...])
    )
    plan_changes: tuple[date, ...] = attrs.field(default=(), converter=tuple[date, ...])
