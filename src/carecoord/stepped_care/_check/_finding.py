"""What a check of a protocol finds."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, TypeAlias

import attrs

from carecoord.stepped_care._episode import Episode

__all__ = ["Finding", "FindingKind", "Severity"]

Severity: TypeAlias = Literal["error", "warning", "note"]
FindingKind: TypeAlias = Literal[
    "accepted-gone",
    "alert-undecided",
    "alternates",
    "baseline-undefined",
    "buried-alert",
    "clock-never-started",
    "gap",
    "group",
    "hidden",
    "never-left",
    "never-reached",
    "never-true",
    "oscillates",
    "out-of-range",
    "overlap",
    "past-maximum",
    "scenario",
    "unproved",
]


@attrs.frozen(kw_only=True)
class Finding:
    """One thing that `check` found about a protocol.

    Attributes:
        kind: what it is, as `gap` or `past-maximum`.
        severity: `error`: it cannot be meant; `warning`: it may be meant, and then the file says so;
            `note`: to be known.
        about: what it is about: rules, alerts, add-ons or steps by their ids.
        steps: the steps it was found in; `outside` is not being enrolled.
        why: what was found, in words.
        mend: what would mend it.
        accepted: why the file leaves it as it is; empty where it does not.
        episode: an episode that shows it; `None` where it is that nothing ever happens.
        on: the day or moment on which the episode shows it.
        confirmed: whether the episode was replayed through `decide` and showed it.
    """

    kind: FindingKind
    severity: Severity
    about: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    why: str
    mend: str
    accepted: str = ""
    episode: Episode | None = None
    on: date | datetime | None = None
    confirmed: bool = False

    @property
    def name(self) -> str:
        """The words by which a file accepts it, as `past-maximum/responding`."""
        return "/".join((self.kind, *(self.about or self.steps)))

    @property
    def rule(self) -> str | None:
        """The first of what it is about; `None` where it is about steps only."""
        return self.about[0] if self.about else None

    @property
    def step(self) -> str | None:
        """The first step it was found in."""
        return self.steps[0] if self.steps else None

    @property
    def is_open(self) -> bool:
        """Whether it is an error or a warning that the file does not accept."""
        return self.severity != "note" and not self.accepted

    def __str__(self) -> str:
        """Give the severity, the name, the steps and why on one line."""
        steps = f" in {', '.join(self.steps)}" if self.about and self.steps else ""
        shown = "" if self.confirmed or self.episode is None else " (unconfirmed)"
        accepted = f" (accepted: {self.accepted})" if self.accepted else ""
        return f"{self.severity}: {self.name}{steps}: {self.why}{shown}; {self.mend}{accepted}"
