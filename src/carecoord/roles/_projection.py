"""One pass over a value for one reader: what they may see, what was withheld and why, and the ids in the view."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator

import attrs

from carecoord.roles._consent_decision import ClauseId, ConsentDecision, joined
from carecoord.roles._consent_reader import Reader
from carecoord.roles._labels import NOTES, PART2, Label
from carecoord.roles._team import Member

__all__ = ["Element", "Projection", "Withheld"]

SHORTEST_WORD = 3
"""Shorter words of what is withheld are not looked for in what is shown."""


@attrs.frozen(kw_only=True)
class Withheld:
    """Something a reader was not shown. It belongs to whoever discloses.

    Attributes:
        patient: the id of the person it is about.
        element: what it is, as `goals.mood`; `owner of goals.mood` where only who holds it was left out.
        decision: why.
        hint: what would let the reader see it without seeing more, where its author said too little.
    """

    patient: str
    element: str
    decision: ConsentDecision
    hint: str = ""


@attrs.frozen(kw_only=True)
class Element:
    """Something in a value that is shown or withheld as a whole.

    Attributes:
        patient: the id of the person it is about.
        name: what it is, as `goals.mood`.
        own: the codes its author gave it; `None` where nobody has said.
        definitions: what it is an instance of, by kind and id: they carry categories of their own.
        because: the labels of what it would not be there without; nobody can say that these do not hold.
        refers: the labels of what it speaks of: they count where its author said nothing.
        author: who wrote it, where that matters for notes.
        words: its title, codes and the like, to find where they stand in what is shown.
    """

    patient: str
    name: str
    own: frozenset[str] | None
    definitions: tuple[tuple[str, str], ...] = ()
    because: frozenset[Label] = frozenset()
    refers: frozenset[Label] = frozenset()
    author: str | None = None
    words: tuple[str, ...] = ()


class Projection:
    """What one reader may see of a value, and what becomes of its ids.

    Attributes:
        reader: who it is.
        roster: the members that are known, to tell in which role somebody is.
        withheld: what was left out so far.
        ids: by the id in the view, the ids of the host that lead to it.
        granted: by person and clause, the categories under Part 2 that it permitted to be shown.
    """

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.roster: tuple[Member, ...] = reader.team.members if reader.team is not None else ()
        self.withheld: list[Withheld] = []
        self.ids: dict[str, tuple[str, ...]] = {}
        self.granted: dict[tuple[str, ClauseId], set[str]] = {}
        self.obligations: set[str] = set()
        self.hidden_words: dict[str, str] = {}
        self.shown_words: list[tuple[str, str]] = []
        self._numbers: dict[str, dict[tuple[str, ...], str]] = {}

    def quiet(self) -> Projection:
        """Give another pass by the same reader, with the same ids, whose findings are kept apart."""
        other = Projection(self.reader)
        other.roster, other._numbers = self.roster, self._numbers
        return other

    # labels

    def labels(self, element: Element) -> frozenset[Label]:
        """Give the labels that count for something: its own, its definitions', and those of what it is there for."""
        lifted = self._lifted(element)
        found: set[Label] = set()
        codes = [element.own or frozenset[str](), *self._of_definitions(element)]
        found.update(Label.of(*(each - lifted), author=element.author) for each in codes if each - lifted)
        if element.own is None:
            found.update(_without(label, lifted) for label in element.refers)
        found |= element.because
        return frozenset(found or {Label()})

    def _of_definitions(self, element: Element) -> Iterator[frozenset[str]]:
        for kind, identifier in element.definitions:
            yield self.reader.codes.default(kind, identifier) or frozenset()

    def _lifted(self, element: Element) -> frozenset[str]:
        """Give the codes that do not hold for it: an author says so, or a clinician has released it."""
        day = self.reader.day
        said = [each for each in self.reader.declassified if _names(each.patient, each.element, element)]
        released = any(_names(each.patient, each.element, element) and each.on <= day for each in self.reader.releases)
        codes = frozenset[str]().union(*(each.categories for each in said if each.on <= day))
        if released:
            codes |= {"TBOO"}
            if self.reader.member.id == element.patient:
                codes |= {*NOTES, NOTES["psychotherapy"]}
        return codes

    # what is shown

    def shows(self, element: Element, labels: frozenset[Label] | None = None) -> bool:
        """Say whether something is shown, and keep what decided it.

        Args:
            element: what it is.
            labels: its labels, where they are worked out already.
        """
        counting = self.labels(element) if labels is None else labels
        decision = self.decide(element.patient, counting)
        if decision.permits:
            self.obligations |= decision.obligations
            self._note_grants(element.patient, counting)
            return True
        self.withheld.append(
            Withheld(
                patient=element.patient,
                element=element.name,
                decision=decision,
                hint=self._hint(element),
            )
        )
        self.hidden_words.update(
            {word.casefold(): element.name for word in element.words if len(word) >= SHORTEST_WORD}
        )
        return False

    def decide(self, patient: str, labels: Iterable[Label]) -> ConsentDecision:
        """Decide about labels, keeping nothing."""
        return joined([self.reader.may_see(label, patient=patient) for label in labels])

    def _note_grants(self, patient: str, labels: Iterable[Label]) -> None:
        for label in labels:
            if PART2 in label.law:
                for clause in self.reader.may_see(label, patient=patient).clauses:
                    about = {label.notes} if label.notes is not None else label.categories
                    self.granted.setdefault((patient, clause), set()).update(about)

    def _hint(self, element: Element) -> str:
        """Say what the author could state, where only what it refers to is in the way."""
        if element.own is not None or not element.refers:
            return ""
        alone = self.labels(attrs.evolve(element, refers=frozenset()))
        return (
            "state its labels to show it without what it refers to"
            if self.decide(element.patient, alone).permits
            else ""
        )

    def is_cleared(self, patient: str, categories: Iterable[str]) -> bool:
        """Say whether the reader may see content of every one of these categories, whatever there is."""
        found = [Label.of(code) for code in sorted(set(categories))]
        return all(self.reader.may_see(label, patient=patient).permits for label in found)

    def is_cleared_for_all(self, patient: str) -> bool:
        """Say whether the reader may see content of every category there is, notes apart, and ordinary content."""
        codes = self.reader.codes
        ordinary = self.reader.may_see(Label(), patient=patient).permits
        return ordinary and self.is_cleared(patient, codes.known - codes.handling - {NOTES["psychotherapy"]})

    # who holds something

    def shows_definition(self, patient: str, kind: str, identifier: str, of: str) -> bool:
        """Say whether that something is of one definition may be shown: who holds it, say."""
        codes = self.reader.codes.default(kind, identifier)
        if not codes:
            return True
        return self._shows_owner(patient, self.decide(patient, [Label.of(*codes)]), of)

    def shows_member(self, patient: str, member: str, of: str) -> bool:
        """Say whether somebody may be named: their role, profession and organisation disclose what they disclose.

        Of somebody whose role is not known nobody can say what it discloses.
        """
        if member in {patient, self.reader.member.id}:
            return True
        known = [each for each in self.roster if each.id == member]
        if not known:
            unknown = ConsentDecision(result="no-consent", nearest=("it is not known in which role they are",))
            return self.is_cleared_for_all(patient) or self._shows_owner(patient, unknown, of)
        labels = {label for each in known for label in self.labels_of_member(each)}
        return not labels or self._shows_owner(patient, self.decide(patient, labels), of)

    def labels_of_member(self, member: Member) -> frozenset[Label]:
        """Give what it discloses to be seen by somebody."""
        facets = (("role", member.role), ("role", member.profession), ("organisation", member.organisation))
        codes = (self.reader.codes.default(kind, value) for kind, value in facets if value is not None)
        return frozenset(Label.of(*found) for found in codes if found)

    def _shows_owner(self, patient: str, decision: ConsentDecision, of: str) -> bool:
        if not decision.permits:
            self.withheld.append(Withheld(patient=patient, element=f"owner of {of}", decision=decision))
        return decision.permits

    # ids

    def view_id(self, kind: str, *path: str) -> str:
        """Give the id that something has in views.

        With a key it is the same in every view of this member's; without, it is its number in this one.

        Args:
            kind: what it is, as `goal`.
            path: the ids that lead to it, as those of a plan and a goal.
        """
        if self.reader.key is not None:
            text = json.dumps([self.reader.member.id, kind, *path])
            made = f"{kind}-{hmac.new(self.reader.key, text.encode(), hashlib.sha256).hexdigest()[:20]}"
        else:
            numbers = self._numbers.setdefault(kind, {})
            made = numbers.setdefault(path, f"{kind}-{len(numbers) + 1:04}")
        self.ids[made] = path
        return made

    def text(self, place: str, *texts: str | None) -> None:
        """Keep text that is shown, to look in it for words of what is not."""
        self.shown_words += [(place, text.casefold()) for text in texts if text]

    def suspected(self) -> tuple[str, ...]:
        """Name what is shown and contains a word of what is not."""
        return tuple(
            f"{place} contains a word of {name}"
            for place, text in self.shown_words
            for word, name in self.hidden_words.items()
            if word in text
        )


def _names(patient: str, name: str, element: Element) -> bool:
    return (patient, name) == (element.patient, element.name)


def _without(label: Label, lifted: frozenset[str]) -> Label:
    return Label.of(*(label.codes - lifted), author=label.author) if lifted else label
