"""Find and read plan standards, each file when it is first asked for."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from carecoord.errors import DefinitionError, Fault, UnknownIdError
from carecoord.plans._standard import PlanStandard
from carecoord.roles._catalogue import cited

__all__ = ["read_standard", "standard", "standards"]

_HERE: Final = Path(__file__).with_name("standards")


def standards() -> tuple[str, ...]:
    """Give the ids of the standards that the library ships.

    >>> "hl7-pco-care-plan" in standards()
    True
    """
    return tuple(sorted(path.stem for path in _HERE.glob("*.toml")))


@cache
def standard(id: str) -> PlanStandard:
    """Give a standard that the library ships.

    >>> standard("hl7-pco-care-plan").element("action-steps").demand
    'shall'

    Raises:
        UnknownIdError: there is no such standard.
    """
    if id not in standards():
        raise UnknownIdError("standard", id, standards())
    return read_standard(_HERE / f"{id}.toml")


def read_standard(source: str | Path) -> PlanStandard:
    """Read a standard of your own: what it asks, as rules over what a plan says.

    >>> ours = read_standard('''
    ... id = "our-clinic"
    ... title = "What our clinic asks"
    ... [[elements]]
    ... id = "named"
    ... asks = "every activity is somebody's"
    ... each = "activities"
    ... rule = "owner"
    ... missing = "nobody holds it"
    ... mend = "name a duty or a member"
    ... evidence = "ours"
    ... ''')
    >>> ours.element("named").each
    'activities'

    Args:
        source: a path, or the text itself.

    Raises:
        DefinitionError: it cannot be used as written; every fault at once, with its place.
    """
    from carecoord import _definitions  # noqa: PLC0415 cattrs is loaded when a definition is first read

    data, name = _definitions.read_toml(source)
    faults: list[Fault] = []
    try:
        made = _definitions.structure(cited(data, faults), PlanStandard, name=name)
    except DefinitionError as error:
        raise DefinitionError(name, [*faults, *error.faults]) from None
    if faults:
        raise DefinitionError(name, faults)
    return made
