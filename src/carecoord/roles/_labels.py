"""Labels: what something is about that not everybody may see, and what the codes in them stand for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Final, Literal

import attrs

from carecoord._values import FrozenMapping
from carecoord.errors import DataError, DefinitionError, Fault, did_you_mean
from carecoord.roles._role import Evidence

__all__ = [
    "ALL",
    "LEVELS",
    "NOTES",
    "PART2",
    "Confidentiality",
    "Defaults",
    "Label",
    "LegalNotice",
    "Notes",
    "Purpose",
    "Sensitivity",
    "SensitivityCode",
    "codes_of",
    "labels_of",
    "read_sensitivity",
    "sensitivity",
]

Confidentiality = Literal["U", "L", "M", "N", "R", "V"]
"""How widely something may be known, as HL7 codes it: from unrestricted to very restricted; `N` is normal."""

Notes = Literal["psychotherapy", "sud-counselling"]
"""Notes of a counselling session that the clinician keeps apart."""

LEVELS: Final = "ULMNRV"
NOTES: Final[Mapping[str, str]] = {"psychotherapy": "PSYTHPN", "sud-counselling": "SUD"}
PART2: Final = "42CFRPart2"
ALL: Final = "all"
_LAWS: Final = frozenset((PART2,))


def codes_of(codes: Iterable[str]) -> frozenset[str]:
    """Keep codes in a set; one alone is one, and not its letters."""
    return frozenset((codes,) if isinstance(codes, str) else codes)


def _usual_notes(label: Label) -> Notes | None:
    return "psychotherapy" if NOTES["psychotherapy"] in label.categories else None


def _usual_level(label: Label) -> Confidentiality:
    return "R" if label.categories or label.notes else "N"


@attrs.frozen(kw_only=True, cache_hash=True)
class Label:
    """What something is about, how widely it may be known, and which law it stands under.

    >>> Label.of("SUD", "42CFRPart2").confidentiality
    'R'

    Attributes:
        categories: sensitivity codes, as `SUD` or `HIV`; none for ordinary content.
        confidentiality: `U`, `L`, `M`, `N`, `R` or `V`; `R` where left out and there are categories or notes, else `N`.
        law: `42CFRPart2` where the source is a program under 42 CFR Part 2: a score about alcohol from primary care is
            sensitive without that.
        notes: `psychotherapy` or `sud-counselling` for notes that the clinician keeps apart; `PSYTHPN` says it too.
        author: the id of the member who keeps the notes.
        handling: caveats that travel with the content as obligations, as `NODSCLCD`.
    """

    categories: frozenset[str] = attrs.field(default=frozenset(), converter=codes_of)
    law: frozenset[str] = attrs.field(default=frozenset(), converter=codes_of)
    notes: Notes | None = attrs.field(default=attrs.Factory(_usual_notes, takes_self=True))
    author: str | None = None
    handling: frozenset[str] = attrs.field(default=frozenset(), converter=codes_of)
    confidentiality: Confidentiality = attrs.field(default=attrs.Factory(_usual_level, takes_self=True))

    def __attrs_post_init__(self) -> None:
        faults: list[Fault] = []
        if self.confidentiality not in LEVELS or len(self.confidentiality) != 1:
            faults.append(Fault("$.confidentiality", f"{self.confidentiality!r:.20} is none of {', '.join(LEVELS)}"))
        if self.notes is not None and self.notes not in NOTES:
            faults.append(Fault("$.notes", f"{self.notes!r:.40} is none of {', '.join(NOTES)}"))
        if NOTES["psychotherapy"] in self.categories and self.notes != "psychotherapy":
            faults.append(Fault("$.notes", "PSYTHPN stands for psychotherapy notes, and this says otherwise"))
        if faults:
            raise DataError("label", faults)

    @classmethod
    def of(cls, *codes: str, author: str | None = None) -> Label:
        """Make a label of codes: categories, a level of confidentiality, a law, a kind of notes.

        Of several levels the highest holds.

        Args:
            codes: in any order.
            author: who keeps the notes, where it is notes.
        """
        found = frozenset(codes)
        levels = sorted(found & set(LEVELS), key=LEVELS.index)
        kinds = sorted(found & NOTES.keys())
        categories = found - {*LEVELS, *_LAWS, *NOTES}
        if len(kinds) > 1:
            raise DataError("label", [Fault("$.notes", f"one kind of notes is wanted, found {' and '.join(kinds)}")])
        said: dict[str, str] = {"confidentiality": levels[-1]} if levels else {}
        if kinds:
            said["notes"] = kinds[0]
        return cls(categories=categories, law=found & _LAWS, author=author, **said)  # type: ignore[arg-type]

    @cached_property
    def level(self) -> int:
        """Its confidentiality as a rank, 0 to 5."""
        return LEVELS.index(self.confidentiality)

    @property
    def codes(self) -> frozenset[str]:
        """The codes that `of` makes it of; its author and its handling are not among them."""
        level = {self.confidentiality} - {_usual_level(self)}
        return self.categories | self.law | level | ({self.notes} if self.notes is not None else set())


def labels_of(labels: Label | str | Iterable[Label | str]) -> frozenset[Label]:
    """Give labels as a set: codes together make one label, and what has none is ordinary content.

    >>> sorted(label.confidentiality for label in labels_of(["SUD", "V"]))
    ['V']
    """
    given = (labels,) if isinstance(labels, Label | str) else tuple(labels)
    found = {label for label in given if isinstance(label, Label)}
    codes = [code for code in given if isinstance(code, str)]
    if codes or not found:
        found.add(Label.of(*codes))
    return frozenset(found)


@attrs.frozen(kw_only=True)
class SensitivityCode:
    """A sensitivity code.

    Attributes:
        id: the code.
        meaning: what it stands for, in words.
        parent: the code it lies under.
        alike: what else it may stand for, where a refusal is read; never where a grant is.
        handling: it says how to handle something, and asks for no grant by itself.
    """

    id: str
    meaning: str = ""
    parent: str | None = None
    alike: tuple[str, ...] = ()
    handling: bool = False


@attrs.frozen(kw_only=True)
class Purpose:
    """What somebody wants to see something for.

    Attributes:
        id: the code.
        meaning: what it stands for, in words.
        parent: the code it lies under.
        by_name: a grant of what it lies under does not cover it.
    """

    id: str
    meaning: str = ""
    parent: str | None = None
    by_name: bool = False


@attrs.frozen(kw_only=True)
class Defaults:
    """Which categories definitions of one kind carry by themselves.

    Attributes:
        kind: `instrument`, `protocol`, `role`, `organisation`, `duty`, `domain`, `event` or `fact`; of the parts of a
            plan also `part`, `level`, `service`, `assessment` or `social-category`.
        categories: sensitivity codes; none where that is known to be ordinary.
        ids: the definitions.
        note: why.
    """

    kind: str
    categories: frozenset[str]
    ids: tuple[str, ...]
    note: str = ""


@attrs.frozen(kw_only=True)
class LegalNotice:
    """The statement that travels with what is disclosed under a law.

    Attributes:
        text: its wording.
        sources: where the wording was read.
        evidence: how well it is known.
        note: what to beware of.
    """

    text: str
    sources: tuple[str, ...] = ()
    evidence: Evidence = "unverified"
    note: str = ""


@attrs.frozen(kw_only=True, repr=False, cache_hash=True)
class Sensitivity:
    """What the codes of labels and purposes stand for, and what definitions disclose by their name alone.

    Attributes:
        version: which versions of the code systems these are.
        codes: the sensitivity codes.
        purposes: the purposes of use.
        defaults: the categories that definitions carry.
        notices: by law, the statement that travels along.
        sources: where the codes were read.
    """

    version: str
    codes: tuple[SensitivityCode, ...]
    purposes: tuple[Purpose, ...]
    defaults: tuple[Defaults, ...] = ()
    notices: FrozenMapping[str, LegalNotice] = FrozenMapping()
    sources: tuple[str, ...] = ()
    _granted: dict[frozenset[str], frozenset[str]] = attrs.field(factory=dict, init=False, eq=False)
    _refused: dict[frozenset[str], frozenset[str] | None] = attrs.field(factory=dict, init=False, eq=False)
    _purposes_granted: dict[frozenset[str], frozenset[str]] = attrs.field(factory=dict, init=False, eq=False)
    _purposes_refused: dict[frozenset[str], frozenset[str] | None] = attrs.field(factory=dict, init=False, eq=False)

    def __attrs_post_init__(self) -> None:
        faults = [*_forest_faults("codes", self.codes), *_forest_faults("purposes", self.purposes)]
        known = {code.id for code in self.codes}
        faults += [
            Fault(f"$.codes[{code.id}].alike", f"there is no code {other}{did_you_mean(other, known)}")
            for code in self.codes
            for other in code.alike
            if other not in known
        ]
        faults += [
            Fault(f"$.defaults[{place}].categories", f"there is no code {code}{did_you_mean(code, known)}")
            for place, group in enumerate(self.defaults)
            for code in sorted(group.categories - known)
        ]
        if faults:
            raise DefinitionError("sensitivity", faults)

    @cached_property
    def known(self) -> frozenset[str]:
        """The sensitivity codes there are."""
        return frozenset(code.id for code in self.codes)

    @cached_property
    def known_purposes(self) -> frozenset[str]:
        """The purposes there are."""
        return frozenset(purpose.id for purpose in self.purposes)

    @cached_property
    def handling(self) -> frozenset[str]:
        """The codes that ask for no grant by themselves."""
        return frozenset(code.id for code in self.codes if code.handling)

    def granted(self, categories: frozenset[str]) -> frozenset[str]:
        """Give the codes that a grant of these covers: each known one, and what lies under it."""
        found = self._granted.get(categories)
        if found is None:
            children = _children((code.parent, code.id) for code in self.codes)
            found = self._granted[categories] = _reach(categories & self.known, children)
        return found

    def refused(self, categories: frozenset[str]) -> frozenset[str] | None:
        """Give the codes that a refusal of these covers; `None` is all: one of them is not known, or `all`.

        Each covers what lies under it, above it, and what it may stand for.
        """
        if categories not in self._refused:
            edges = [(code.parent, code.id) for code in self.codes]
            edges += [(code.id, other) for code in self.codes for other in code.alike]
            below, above = _children(edges), _children((child, parent) for parent, child in edges if parent)
            codes = categories - NOTES.keys()
            found = _reach(codes, below) | _reach(codes, above) | categories
            self._refused[categories] = found if codes <= self.known else None
        return self._refused[categories]

    def purposes_granted(self, purposes: frozenset[str]) -> frozenset[str]:
        """Give the purposes that a grant of these covers: never breaking the glass, and some by their name alone."""
        found = self._purposes_granted.get(purposes)
        if found is None:
            children = _children((each.parent, each.id) for each in self.purposes if not each.by_name)
            found = _reach(purposes & self.known_purposes, children) - {"BTG"}
            self._purposes_granted[purposes] = found
        return found

    def purposes_refused(self, purposes: frozenset[str]) -> frozenset[str] | None:
        """Give the purposes that a refusal of these covers; `None` is all: one of them is not known."""
        if purposes not in self._purposes_refused:
            children = _children((each.parent, each.id) for each in self.purposes)
            found = _reach(purposes, children) if purposes <= self.known_purposes else None
            self._purposes_refused[purposes] = found
        return self._purposes_refused[purposes]

    @cached_property
    def _defaults(self) -> dict[tuple[str, str], frozenset[str]]:
        return {(group.kind, each): group.categories for group in self.defaults for each in group.ids}

    def default(self, kind: str, identifier: str) -> frozenset[str] | None:
        """Give the categories a definition carries by itself; `None` where nobody has said.

        >>> sorted(sensitivity().default("instrument", "audit"))
        ['ETHUD']
        """
        return self._defaults.get((kind, identifier))

    def with_defaults(self, kind: str, categories: Mapping[str, Iterable[str]]) -> Sensitivity:
        """Give it with further definitions, or with other categories for those it has.

        >>> ours = sensitivity().with_defaults("organisation", {"recovery centre": ["SUD"]})
        >>> sorted(ours.default("organisation", "recovery centre"))
        ['SUD']
        """
        added = (Defaults(kind=kind, categories=codes_of(found), ids=(each,)) for each, found in categories.items())
        return attrs.evolve(self, defaults=(*self.defaults, *added))

    def __repr__(self) -> str:
        return f"<sensitivity {self.version}>"


def _children(edges: Iterable[tuple[str | None, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for parent, child in edges:
        if parent is not None:
            found.setdefault(parent, []).append(child)
    return found


def _reach(starts: Iterable[str], edges: Mapping[str, list[str]]) -> frozenset[str]:
    """Give what can be reached from some codes, themselves included."""
    found: set[str] = set()
    left = list(starts)
    while left:
        each = left.pop()
        if each not in found:
            found.add(each)
            left += edges.get(each, ())
    return frozenset(found)


def _forest_faults(name: str, nodes: Sequence[SensitivityCode | Purpose]) -> list[Fault]:
    parents = {node.id: node.parent for node in nodes}
    faults: list[Fault] = []
    if len(parents) < len(nodes):
        faults.append(Fault(f"$.{name}", "a code stands there twice"))
    children = _children((node.parent, node.id) for node in nodes)
    for code, parent in parents.items():
        if parent is None:
            continue
        if parent not in parents:
            faults.append(Fault(f"$.{name}[{code}].parent", f"there is no {parent}{did_you_mean(parent, parents)}"))
        if parent in _reach((code,), children):
            faults.append(Fault(f"$.{name}[{code}].parent", "it lies under itself"))
    return faults


@cache
def sensitivity() -> Sensitivity:
    """Give the codes and defaults that the library ships.

    >>> sorted(sensitivity().granted(frozenset({"SUD"})))
    ['ETHUD', 'OPIOIDUD', 'SUD']
    """
    return read_sensitivity(Path(__file__).with_name("catalogue") / "sensitivity.toml")


def read_sensitivity(source: str | Path) -> Sensitivity:
    """Read codes and defaults of your own.

    Args:
        source: a path, or the text itself.

    Raises:
        DefinitionError: it cannot be used as written; every fault at once, with its place.
    """
    from carecoord import _definitions  # noqa: PLC0415 cattrs is loaded when a definition is first read

    data, name = _definitions.read_toml(source)
    return _definitions.structure(data, Sensitivity, name=name)
