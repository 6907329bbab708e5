"""Systems of levels of care, each edition by itself: which levels there are, and what they are called."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Final

import attrs

from carecoord.errors import DefinitionError, Fault, UnknownIdError, did_you_mean
from carecoord.plans._parts import Parts
from carecoord.roles._role import Evidence

__all__ = [
    "CareLevel", "LevelSystem", "level_faults", "level_system", "level_systems", "read_level_system",
]  # fmt: skip

_HERE: Final = Path(__file__).with_name("levels")


@attrs.frozen(kw_only=True)
class CareLevel:
    """One level of a system, by its name alone: what places somebody there is its owner's.

    Attributes:
        id: its number, as `2.1`.
        title: what it is called.
        also: other ways of writing the number.
        evidence: how well the name is known, where that is otherwise than of the system.
    """

    id: str
    title: str
    also: tuple[str, ...] = ()
    evidence: Evidence | None = None


@attrs.frozen(kw_only=True)
class LevelSystem:
    """One edition of a system of levels.

    Attributes:
        id: what it is called by, as `asam-4`.
        system: the system, as `asam`.
        edition: which edition, as `4`.
        title: its name for people.
        levels: its levels, from the least to the most intensive.
        notice: whose it is.
        sources: where its levels were read.
        evidence: how well they are known.
        note: what to beware of.

    Raises:
        DefinitionError: a level stands there twice.
    """

    id: str
    system: str
    edition: str
    title: str
    levels: tuple[CareLevel, ...]
    notice: str = ""
    sources: tuple[str, ...] = ()
    evidence: Evidence = "unverified"
    note: str = ""

    def __attrs_post_init__(self) -> None:
        """Refuse a number that stands for two levels."""
        written = [number for level in self.levels for number in (level.id, *level.also)]
        twice = sorted({number for number in written if written.count(number) > 1})
        if twice:
            raise DefinitionError(self.id, [Fault("$.levels", f"{each[:60]} stands twice") for each in twice])

    def level(self, number: str) -> CareLevel:
        """Give a level by its number.

        Raises:
            UnknownIdError: this edition has none with this number.
        """
        for each in self.levels:
            if number == each.id or number in each.also:
                return each
        raise UnknownIdError("level", number, [each.id for each in self.levels])


def level_systems() -> tuple[str, ...]:
    """Give the ids of the systems that the library ships.

    >>> "asam-4" in level_systems()
    True
    """
    return tuple(sorted(path.stem for path in _HERE.glob("*.toml")))


@cache
def level_system(id: str) -> LevelSystem:
    """Give a system that the library ships.

    >>> level_system("asam-4").level("3.7").title
    'Medically Managed Residential'
    >>> level_system("asam-3").level("3.7").title
    'Medically Monitored Intensive Inpatient Services'

    Raises:
        UnknownIdError: there is no such system.
    """
    if id not in level_systems():
        raise UnknownIdError("level system", id, level_systems())
    return read_level_system(_HERE / f"{id}.toml")


def read_level_system(source: str | Path) -> LevelSystem:
    """Read a system of your own.

    Args:
        source: a path, or the text itself.

    Raises:
        DefinitionError: it cannot be used as written; every fault at once, with its place.
    """
    from carecoord import _definitions  # noqa: PLC0415 cattrs is loaded when a definition is first read

    data, name = _definitions.read_toml(source)
    return _definitions.structure(data, LevelSystem, name=name)


def level_faults(plan: Parts, *, systems: Iterable[LevelSystem] | None = None) -> tuple[Fault, ...]:
    """Name the levels of care in a plan that their edition does not have.

    Levels of systems that nobody describes here, as the steps of a protocol, are not looked at.

    Args:
        plan: the plan, or a view of one.
        systems: the systems; those that the library ships where left out.
    """
    known = [level_system(each) for each in level_systems()] if systems is None else list(systems)
    return tuple(_faults(plan, known))


def _faults(plan: Parts, systems: Collection[LevelSystem]) -> Iterator[Fault]:
    for place, part in enumerate(plan.levels):
        editions = {each.edition: each for each in systems if each.system == part.system}
        if not editions:
            continue
        if part.edition not in editions:
            found = f"{part.system} is known here in edition {' and '.join(sorted(editions))}"
            yield Fault(f"$.levels[{place}].edition", f"{found}, found {part.edition[:60]}")
            continue
        system = editions[part.edition]
        numbers = [number for level in system.levels for number in (level.id, *level.also)]
        if part.level not in numbers:
            hint = did_you_mean(part.level, numbers)
            edition = f"edition {part.edition} of {part.system}"
            yield Fault(f"$.levels[{place}].level", f"{edition} has no level {part.level[:60]}{hint}")
