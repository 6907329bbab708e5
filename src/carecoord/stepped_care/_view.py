"""What one reader may see of an episode, and what a protocol discloses by being there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Final

import attrs

from carecoord._values import FrozenMapping
from carecoord.errors import UnknownIdError
from carecoord.roles import Holder, Label, Sensitivity
from carecoord.roles._disclosure import Shape, shape
from carecoord.roles._projection import Element, Projection
from carecoord.stepped_care._entries import (
    Accepted,
    Assessment,
    Enrolment,
    EnrolmentEnd,
    Entry,
    Event,
    Override,
    RecordedFact,
    StepEntry,
    Withdrawal,
)
from carecoord.stepped_care._episode import Episode
from carecoord.stepped_care._protocol import Protocol, protocol, protocols

__all__ = ["EpisodeView", "categories_read", "protocol_labels"]

Course = Enrolment | EnrolmentEnd | StepEntry
Decided = Accepted | Override


def _entries(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    return tuple(entries)


@attrs.frozen(kw_only=True)
class EpisodeView:
    """What one reader sees of an episode.

    It is no episode: storing it would lose what it does not show.
    Nothing in it tells that, or how much, they do not see.

    Attributes:
        person: the id of the person.
        id: the episode's id in views; empty where the host gave none.
        entries: the entries, with their ids in views.
    """

    person: str
    id: str = ""
    entries: tuple[Entry, ...] = attrs.field(default=(), converter=_entries)

    def entry(self, id: str) -> Entry:
        """Give an entry by its id in views.

        Raises:
            UnknownIdError: the view has none with this id.
        """
        for entry in self.entries:
            if entry.id == id:
                return entry
        raise UnknownIdError("entry", id, [entry.id for entry in self.entries])


def categories_read(protocol: Protocol, codes: Sensitivity) -> frozenset[str]:
    """Give the categories of everything that a protocol declares it may read: its measures and recorded facts.

    What it decides is shown to readers only who may see all of them, whatever there is to be seen of one person.
    For a protocol of your own, tell views what it reads:
    `codes.with_defaults("protocol", {mine.id: categories_read(mine, codes)})`.

    >>> from carecoord.roles import sensitivity
    >>> from carecoord.stepped_care import protocol
    >>> sorted(categories_read(protocol("german-impact"), sensitivity()))
    ['MH']
    """
    said = codes.default("protocol", protocol.id) or frozenset[str]()
    measured = (codes.default("instrument", each.instrument) for each in protocol.parts.measures.values())
    recorded = (codes.default("fact", name) for name in protocol.parts.facts)
    return said.union(*(found for found in (*measured, *recorded) if found))


def protocol_labels(identifier: str, codes: Sensitivity) -> frozenset[Label]:
    """Give what being in a protocol discloses: of one that nobody has described, nobody can say, so nobody sees it."""
    said = codes.default("protocol", identifier)
    if said is None and identifier in protocols():
        said = categories_read(protocol(identifier), codes)
    if said is None:
        return frozenset((Label.of(f"protocol {identifier}"),))
    return frozenset(Label.of(code) for code in said)


class _Pass:
    """A pass over the entries of one episode."""

    def __init__(self, episode: Episode, projection: Projection) -> None:
        self.episode, self.projection, self.codes = episode, projection, projection.reader.codes
        self.entries = {entry.id: entry for entry in episode.entries}
        self.labels: dict[str, frozenset[Label]] = {}

    def left(self) -> Episode | None:
        """Give the episode with the entries that are left, made anew."""
        projection, person = self.projection, self.episode.person
        shown = [
            entry for entry in self.episode.entries if projection.shows(self._element(entry), self._labels_of(entry))
        ]
        if not shown and not projection.is_cleared_for_all(person):
            return None
        path = (person, self.episode.id)
        ids = {entry.id: projection.view_id("entry", *path, entry.id) for entry in shown}
        name = projection.view_id("episode", *path) if self.episode.id else ""
        return Episode(person, [self._built(entry, ids) for entry in shown], id=name)

    # labels

    def _labels_of(self, entry: Entry) -> frozenset[Label]:
        if entry.id not in self.labels:
            self.labels[entry.id] = self.projection.labels(self._element(entry))
        return self.labels[entry.id]

    def _element(self, entry: Entry) -> Element:
        because = frozenset[Label]()
        if entry.replaces is not None:
            because |= self._labels_of(self.entries[entry.replaces])
        if isinstance(entry, Course):
            because |= protocol_labels(entry.protocol, self.codes)
        elif isinstance(entry, Decided):
            because |= protocol_labels(entry.decision.protocol, self.codes)
            because = because.union(*(self._labels_of(read) for read in self._read(entry)))
        return Element(
            patient=self.episode.person,
            name=f"entries.{entry.id}",
            own=entry.labels,
            definitions=tuple(_definitions(entry)),
            because=because,
            author=entry.by or None,
            words=_words(entry),
        )

    def _read(self, decided: Decided) -> Iterator[Entry]:
        """Give the entries that a decision was made from, or may have been: what it says speaks of them."""
        name, on = decided.decision.protocol, _day(decided.decision.on)
        known = protocol(name) if name in protocols() else None
        instruments = None if known is None else {each.instrument for each in known.parts.measures.values()}
        for entry in self.episode.entries:
            if _day(entry.on) > on or self._is_decided(entry):
                continue
            if isinstance(entry, Assessment) and instruments is not None and entry.instrument not in instruments:
                continue
            if isinstance(entry, Course) and entry.protocol != name:
                continue
            yield entry

    def _is_decided(self, entry: Entry) -> bool:
        """Say whether an entry is about a decision: one itself, or a correction of one."""
        while entry.replaces is not None and not isinstance(entry, Decided):
            entry = self.entries[entry.replaces]
        return isinstance(entry, Decided)

    # what is left

    def _built(self, entry: Entry, ids: Mapping[str, str]) -> Entry:
        projection, person = self.projection, self.episode.person
        of = f"entries.{entry.id}"
        by = entry.by if not entry.by or projection.shows_member(person, entry.by, of) else ""
        made = ids[entry.id]
        replaces = None if entry.replaces is None else ids[entry.replaces]
        projection.text(f"entries.{made}", *_texts(entry))
        if isinstance(entry, Decided):
            decision = attrs.evolve(
                entry.decision,
                facts=FrozenMapping(dict(entry.decision.facts)),
                holders=entry.decision.holders if projection.is_cleared_for_all(person) else _NOBODY,
            )
            return attrs.evolve(entry, id=made, by=by, replaces=replaces, decision=decision)
        return attrs.evolve(entry, id=made, by=by, replaces=replaces)


_NOBODY: Final[FrozenMapping[str, Holder]] = FrozenMapping()


def _day(when: date | datetime) -> date:
    return when.date() if isinstance(when, datetime) else when


def _definitions(entry: Entry) -> Iterator[tuple[str, str]]:
    """Give what an entry is an instance of."""
    match entry:
        case Assessment():
            yield "instrument", entry.instrument
        case Event():
            yield "event", entry.name
        case RecordedFact():
            yield "fact", entry.name
        case Enrolment() | StepEntry() if entry.step is not None:
            yield "step", f"{entry.protocol}/{entry.step}"
        case _:
            pass


def _words(entry: Entry) -> tuple[str, ...]:
    """Give the words by which an entry that is withheld could be recognised."""
    match entry:
        case Assessment():
            return (entry.instrument,)
        case Event() | RecordedFact():
            return (entry.name,)
        case Enrolment() | EnrolmentEnd() | StepEntry():
            return (entry.protocol,)
        case Accepted() | Override():
            return (entry.decision.protocol,)
        case _:
            return ()


def _texts(entry: Entry) -> tuple[str, ...]:
    """Give the free text of an entry that is shown."""
    match entry:
        case EnrolmentEnd() | Withdrawal():
            return (entry.reason,)
        case Event():
            return (entry.name,)
        case RecordedFact():
            return (entry.name, str(entry.value))
        case Accepted():
            return (entry.because,)
        case Override():
            return (entry.because, entry.reason)
        case _:
            return ()


def _view(left: Episode) -> EpisodeView:
    return EpisodeView(person=left.person, id=left.id, entries=left.entries)


def _shape(episode: Episode) -> Shape:  # noqa: ARG001 - what is registered is called with the value
    return Shape(
        project=lambda episode, projection: _Pass(episode, projection).left(),
        view=_view,
        people=lambda episode: {episode.person},
    )


shape.register(Episode, _shape)
