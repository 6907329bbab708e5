"""Work that is open when a plan is revised, and what becomes of it."""

from __future__ import annotations

from typing import Literal

import attrs

from carecoord.errors import DataError, Fault
from carecoord.plans._parts import given

__all__ = ["WorkDecision"]


@attrs.frozen(kw_only=True)
class WorkDecision:
    """What becomes of a piece of open work that a revision touches.

    Attributes:
        place: the part whose work it is, as `activities.talk`.
        choice: it is kept, cancelled, or replaced by other work.
        reason: why; wanted where it is cancelled.
        by: what replaces it, as `activities.group`; a part of another plan after that plan's id, as
            `plan-2/activities.group`.
    """

    place: str = attrs.field(validator=given)
    choice: Literal["keep", "cancel", "replace"]
    reason: str = ""
    by: str | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse a cancellation without a reason, and a replacement by nothing."""
        if self.choice == "cancel" and not self.reason.strip():
            raise DataError("work decision", [Fault("$.reason", f"why is {self.place[:60]} cancelled?")])
        if (self.choice == "replace") != (self.by is not None):
            raise DataError("work decision", [Fault("$.by", "it names what replaces the work, and only that")])
