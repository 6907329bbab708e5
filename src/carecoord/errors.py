"""Every error the library raises.

All derive from `CareCoordError` and from the built-in error a caller expects.
No message ever holds the name or identifier of a person in care.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

__all__ = [
    "AnswerError",
    "CareCoordError",
    "DataError",
    "DefinitionError",
    "Fault",
    "RuleError",
    "StatusError",
    "UnknownIdError",
]


def did_you_mean(found: str, known: Iterable[str]) -> str:
    """Give `", did you mean x?"` for the nearest known name, or nothing where none is near."""
    from difflib import get_close_matches  # noqa: PLC0415 - only where something is wrong

    near = get_close_matches(found[:200], list(known), n=1, cutoff=0.6)
    return f", did you mean {near[0]}?" if near else ""


class CareCoordError(Exception):
    """Base of all errors raised on purpose."""


class Fault(NamedTuple):
    """One thing that is wrong, and where.

    Attributes:
        path: the place, as `$.scores[total].needs`; empty where the whole is meant.
        message: what was found there and what would do.
    """

    path: str
    message: str

    def __str__(self) -> str:
        """Give the place and the message on one line."""
        return f"{self.path}: {self.message}" if self.path else self.message


class _FaultsError(CareCoordError, ValueError):
    """An error that reports everything wrong with one thing at once.

    Attributes:
        name: what is wrong: the id of a definition or an instrument, or the name of a file.
        faults: each fault with its place, in the order found.
    """

    def __init__(self, name: str, faults: Iterable[Fault]) -> None:
        self.name = name
        self.faults = tuple(faults)
        super().__init__(self.name, self.faults)

    def __str__(self) -> str:
        """Give the name, the number of faults, and a line for each."""
        count = len(self.faults)
        head = f"{self.name}: {count} fault{'' if count == 1 else 's'}"
        return "\n  ".join([head, *map(str, self.faults)])


class DefinitionError(_FaultsError):
    """A definition (instrument, protocol, duties, ...) cannot be used as written."""


class AnswerError(_FaultsError):
    """Answers that an instrument does not take; all wrong ones are reported together."""


class DataError(_FaultsError):
    """Data from outside (a JSON file, a row) that does not say what it must; all faults together."""


class RuleError(CareCoordError, ValueError):
    """A rule that cannot be read, or that says something no rule may say.

    Attributes:
        message: what is wrong and what would do.
        column: where in the text, counted from 1.
        text: the rule's text, cut to 200 characters.
    """

    def __init__(self, message: str, column: int = 1, text: str = "") -> None:
        self.message = message
        self.column = column
        self.text = text[:200]
        super().__init__(message, column, self.text)

    def __str__(self) -> str:
        """Give the message and the column."""
        return f"column {self.column}: {self.message}"


class StatusError(CareCoordError, ValueError):
    """A status that may not follow the present one.

    Attributes:
        kind: whose status it is, as `goal lifecycle`.
        before: the present status, or `None` where there is none yet.
        after: the status that was wanted.
        legal: the statuses that may follow the present one; none where it is final.
    """

    def __init__(self, kind: str, before: str | None, after: str, legal: Iterable[str] = ()) -> None:
        self.kind = kind
        self.before = before
        self.after = after
        self.legal = tuple(legal)
        super().__init__(self.kind, self.before, self.after, self.legal)

    def __str__(self) -> str:
        """Name both statuses and what may follow."""
        legal = f"it may become {', '.join(self.legal)}" if self.legal else "it is final"
        return f"{self.kind} cannot go from {self.before or 'none'} to {self.after}: {legal}"


class UnknownIdError(CareCoordError, KeyError):
    """An id that nothing carries: a `KeyError`, so that `in` and `.get` work on mappings that raise it.

    Attributes:
        kind: what was looked for, as `instrument`.
        found: the id asked for.
        known: the ids there are.
    """

    def __init__(self, kind: str, found: str, known: Iterable[str] = ()) -> None:
        self.kind = kind
        self.found = found
        self.known = tuple(known)
        super().__init__(self.kind, self.found, self.known)

    def __str__(self) -> str:
        """Name the id and the nearest known one."""
        return f"there is no {self.kind} {self.found!r}{did_you_mean(self.found, self.known)}"
