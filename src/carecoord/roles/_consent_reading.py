"""How clauses are matched: what a permit covers for certain, and what a refusal may cover."""

from __future__ import annotations

from typing import NamedTuple

from carecoord.roles._labels import ALL, NOTES, Label, Sensitivity

__all__ = ["Question", "covers", "may_cover", "questions"]


class Question(NamedTuple):
    """What is asked of the clauses: one category of a label, or its notes.

    Attributes:
        asked: what a permit has to cover: a code, a kind of notes, or `None` for ordinary content.
        touched: the codes, and the kind of notes, by which a refusal may be about it.
    """

    asked: str | None
    touched: frozenset[str]


def questions(label: Label, codes: Sensitivity) -> tuple[Question, ...]:
    """Ask for each category by itself: every one must be permitted."""
    if label.notes is not None:
        return (Question(label.notes, label.categories | {label.notes, NOTES[label.notes]}),)
    handling = label.categories & codes.handling
    if label.categories == handling:
        return (Question(None, handling),)
    return tuple(Question(code, handling | {code}) for code in sorted(label.categories - handling))


def covers(categories: frozenset[str], asked: str | None, codes: Sensitivity) -> bool:
    """Say whether a permit about these categories covers what is asked: doubt says no."""
    if asked is None:
        return not categories or ALL in categories
    if asked in NOTES:
        return asked in categories or (asked == "psychotherapy" and NOTES[asked] in categories)
    return asked in codes.known and (ALL in categories or asked in codes.granted(categories))


def may_cover(categories: frozenset[str], touched: frozenset[str], codes: Sensitivity) -> bool:
    """Say whether a refusal about these categories may cover what is asked: doubt says yes."""
    if not categories or ALL in categories:
        return True
    refused = codes.refused(categories)
    return refused is None or not touched.isdisjoint(refused) or not touched - NOTES.keys() <= codes.known
