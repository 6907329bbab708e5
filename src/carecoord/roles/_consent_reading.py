"""How clauses are matched: what a permit covers for certain, and what a refusal may cover."""

from __future__ import annotations

from typing import NamedTuple

from carecoord.roles._consent import Consent, Terms
from carecoord.roles._labels import ALL, NOTES, Label, Sensitivity

__all__ = ["Branch", "Question", "Standing", "covers", "ends", "may_cover", "questions"]


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


class Branch(NamedTuple):
    """A clause that applies to this reader on this day, with those of its exceptions that do."""

    terms: Terms
    exceptions: tuple[Branch, ...]


class Standing(NamedTuple):
    """A consent in force, as it stands for this reader."""

    consent: Consent
    branches: tuple[Branch, ...]
    permits: bool
    refuses: bool


def ends(branches: tuple[Branch, ...], question: Question, level: int, codes: Sensitivity) -> list[Terms]:
    """Give the clause in which each path ends: the deepest that applies."""
    found: list[Terms] = []
    for terms, exceptions in branches:
        if terms.permits:
            applies = level <= terms.level and covers(terms.categories, question.asked, codes)
        else:
            applies = level >= terms.level and may_cover(terms.categories, question.touched, codes)
        if applies:
            found += (ends(exceptions, question, level, codes) if exceptions else None) or [terms]
    return found
