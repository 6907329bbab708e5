"""How time codes are written in a file, and where they come from."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal

import attrs

from carecoord._values import FrozenMapping
from carecoord.caseload._measures._definition import Sourced
from carecoord.errors import UnknownIdError

__all__ = ["AddOn", "TimeCode", "TimeCodes", "read_time_codes", "time_codes"]

FOLDER: Final = Path(__file__).parent.parent / "time_codes"


@attrs.frozen(kw_only=True)
class AddOn(Sourced):
    """A code for every further stretch of minutes.

    Attributes:
        code: the code.
        each: minutes of one unit.
        after: minutes past the full base from which the first unit counts.
    """

    code: str
    each: int
    after: int


@attrs.frozen(kw_only=True)
class TimeCode(Sourced):
    """A code for the minutes of one person in one calendar month.

    Attributes:
        code: the code.
        month: in which month of care it is used.
        base: the minutes it stands for.
        least: from how many minutes on it may be used.
        add_on: what further minutes add.
        optional: it is used only where the site chooses it, for a month too short for any other.
    """

    code: str
    month: Literal["first", "later", "any"] = "any"
    base: int
    least: int
    add_on: AddOn | None = None
    optional: bool = False


@attrs.frozen(kw_only=True)
class TimeCodes:
    """The codes of one programme.

    Attributes:
        id: its id.
        title: its name for people.
        again_after: a month is a first one again after this many calendar months without any service.
        not_beside: programmes whose codes may not be used for the same person and month.
        codes: the codes.
        sources: what the keys in `source` stand for.
        notice: whose the codes are.
    """

    id: str
    title: str
    version: str = ""
    note: str = ""
    again_after: int
    again_source: str = ""
    not_beside: tuple[str, ...] = ()
    codes: tuple[TimeCode, ...]
    sources: FrozenMapping[str, str] = FrozenMapping()
    notice: str = ""


def time_codes(id: str) -> TimeCodes:
    """Give the time codes of a programme that come with the library.

    Raises:
        UnknownIdError: there are none with this id; the nearest one is named.

    >>> [code.code for code in time_codes("us-cocm").codes]
    ['99492', '99493', 'G2214']
    """
    known = sorted(path.stem for path in FOLDER.glob("*.toml"))
    if id not in known:
        raise UnknownIdError("time codes", id, known)
    return read_time_codes(FOLDER / f"{id}.toml")


def read_time_codes(source: str | Path) -> TimeCodes:
    """Read time codes of one's own.

    Args:
        source: a path to a TOML file, or its text.

    Raises:
        DefinitionError: with every fault and its place.

    >>> mine = read_time_codes('''
    ... id = "mine"
    ... title = "our own"
    ... again_after = 6
    ... codes = [{ code = "X1", base = 30, least = 30 }]
    ... ''')
    >>> mine.codes[0].least
    30
    """
    from carecoord._definitions import read_toml, structure  # noqa: PLC0415 - cattrs comes with it

    data, called = read_toml(source)
    return structure(data, TimeCodes, name=called)
