"""Find and read roles, duties and matrices, each file when it is first asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import attrs

from carecoord._values import FrozenMapping
from carecoord.errors import DefinitionError, Fault, UnknownIdError, did_you_mean
from carecoord.roles._duties import Duty, ResponsibilityMatrix
from carecoord.roles._role import Role

__all__ = ["catalogued_roles", "cited", "duties", "duty", "matrices", "matrix", "read_matrix", "role", "roles"]

T = TypeVar("T")

_HERE = Path(__file__).with_name("catalogue")


def role(identifier: str) -> Role:
    """Give a role of the catalogue.

    >>> role("psychologist").rx.usually, role("psychologist").rx.note
    ('varies', '7 US states, Guam, some federal services')

    Raises:
        UnknownIdError: there is no such role.
    """
    return _one("role", identifier, catalogued_roles())


def roles() -> tuple[str, ...]:
    """Give the ids of the roles of the catalogue, the patient and the minimum team's among them.

    >>> "care-manager" in roles()
    True
    """
    return tuple(catalogued_roles())


def duty(identifier: str) -> Duty:
    """Give a duty of the catalogue, with its usual letters.

    >>> duty("follow-up").roles("accountable")
    ('care-manager',)

    Raises:
        UnknownIdError: there is no such duty.
    """
    return _one("duty", identifier, _duties())


def duties() -> tuple[str, ...]:
    """Give the ids of the duties of the catalogue.

    >>> "follow-up" in duties()
    True
    """
    return tuple(_duties())


@cache
def matrix(identifier: str) -> ResponsibilityMatrix:
    """Give a matrix that the library ships, to use as it is or to start from.

    >>> matrix("collaborative-care-minimum").minimum_team
    ('patient', 'primary-care-provider', 'care-manager', 'psychiatric-consultant')

    Raises:
        UnknownIdError: there is no such matrix.
    """
    known = matrices()
    if identifier not in known:
        raise UnknownIdError("matrix", identifier, known)
    return read_matrix(_HERE / "matrices" / f"{identifier}.toml")


def matrices() -> tuple[str, ...]:
    """Give the ids of the matrices that the library ships.

    >>> "collaborative-care-minimum" in matrices()
    True
    """
    return tuple(sorted(path.stem for path in (_HERE / "matrices").glob("*.toml")))


def read_matrix(source: str | Path) -> ResponsibilityMatrix:
    """Read a matrix of your own.

    A duty given by its id alone is the catalogue's, letters included; a table with the id of one of the catalogue's
    changes what it says; a table with a new id is a duty of your own. Roles work the same way.

    >>> ours = read_matrix('''
    ... id = "our-clinic"
    ... duties = ["case-review", { id = "follow-up", letters = { care-manager = "A", nurse = "R" } }]
    ... ''')
    >>> ours.duty("follow-up").roles("responsible"), ours.duty("follow-up").label
    (('nurse',), 'contact on schedule, chase missed contacts')

    Args:
        source: a path, or the text itself.

    Raises:
        DefinitionError: it cannot be used as written; every fault at once, with its place.
    """
    from carecoord import _definitions  # noqa: PLC0415 cattrs is loaded when a definition is first read

    data, name = _definitions.read_toml(source)
    faults: list[Fault] = []
    data = cited(data, faults)
    known_roles = catalogued_roles()
    for field, known in (("duties", _duties()), ("roles", known_roles)):
        if isinstance(data.get(field), list):
            data[field] = list(_expanded(field, data[field], known, faults))
    try:
        made = _definitions.structure(data, ResponsibilityMatrix, name=name)
    except DefinitionError as error:
        faults += error.faults
    else:
        known_ids = {*known_roles, *(own.id for own in made.roles)}
        faults += [
            Fault(place, f"there is no role {used!r}{did_you_mean(used, known_ids)}")
            for place, used in _roles_used(made)
            if used not in known_ids
        ]
        if not faults:
            return made
    raise DefinitionError(name, faults)


@cache
def catalogued_roles() -> Mapping[str, Role]:
    """Give every role of the catalogue by its id."""
    return FrozenMapping({role.id: role for role in _read("roles", _RoleFile).roles})


@attrs.frozen
class _RoleFile:
    roles: tuple[Role, ...]


@attrs.frozen
class _DutyFile:
    duties: tuple[Duty, ...]


@cache
def _duties() -> Mapping[str, Duty]:
    return FrozenMapping({duty.id: duty for duty in _read("duties", _DutyFile).duties})


def _read(name: str, cls: type[T]) -> T:
    from carecoord import _definitions  # noqa: PLC0415 cattrs is loaded when a definition is first read

    data, _ = _definitions.read_toml(_HERE / f"{name}.toml")
    faults: list[Fault] = []
    made = _definitions.structure(cited(data, faults), cls, name=name)
    if faults:
        raise DefinitionError(name, faults)
    return made


def _one(kind: str, identifier: str, known: Mapping[str, T]) -> T:
    if identifier not in known:
        raise UnknownIdError(kind, identifier, known)
    return known[identifier]


@attrs.frozen
class _References:
    references: FrozenMapping[str, str]


def cited(data: dict[str, Any], faults: list[Fault]) -> dict[str, Any]:
    """Put in place of each key in `sources` what `[references]` says; a file without references cites in full."""
    from carecoord import _definitions  # noqa: PLC0415 cattrs is loaded when a definition is first read

    if "references" not in data:
        return data
    rest = {key: value for key, value in data.items() if key != "references"}
    try:
        found = _definitions.structure({"references": data["references"]}, _References, name="references")
    except DefinitionError as error:
        faults += error.faults
        return rest
    return {key: _with_sources(value, f"$.{key}", found.references, faults) for key, value in rest.items()}


def _with_sources(value: Any, path: str, references: Mapping[str, str], faults: list[Fault]) -> Any:
    if isinstance(value, dict):
        table = cast("dict[str, Any]", value)
        return {key: _with_sources(entry, f"{path}.{key}", references, faults) for key, entry in table.items()}
    if not isinstance(value, list):
        return value
    entries = cast("Sequence[Any]", value)
    if not path.endswith(".sources"):
        places = [f"{path}[{_label(entry, place)}]" for place, entry in enumerate(entries)]
        return [_with_sources(entry, at, references, faults) for entry, at in zip(entries, places, strict=True)]
    faults += [
        Fault(path, f"{entry[:60]!r} is not in references{did_you_mean(entry, references)}")
        for entry in entries
        if isinstance(entry, str) and entry not in references
    ]
    return [references.get(entry, entry) if isinstance(entry, str) else entry for entry in entries]


def _label(entry: Any, place: int) -> Any:
    return cast("dict[str, Any]", entry).get("id", place) if isinstance(entry, dict) else place


def _expanded(field: str, entries: list[Any], known: Mapping[str, Duty | Role], faults: list[Fault]) -> Iterator[Any]:
    from carecoord import _definitions  # noqa: PLC0415 cattrs is loaded when a definition is first read

    for i, entry in enumerate(entries):
        if isinstance(entry, str):
            if entry in known:
                yield known[entry]
            else:
                faults.append(
                    Fault(f"$.{field}[{i}]", f"{entry[:60]!r} is not in the catalogue{did_you_mean(entry, known)}")
                )
        elif isinstance(entry, dict) and cast("dict[str, Any]", entry).get("id") in known:
            changes = cast("dict[str, Any]", entry)
            set_by = {"letters_evidence": "site"} if "letters" in changes else {}
            yield _definitions.unstructure(known[changes["id"]]) | set_by | changes
        else:
            yield entry


def _roles_used(matrix: ResponsibilityMatrix) -> Iterator[tuple[str, str]]:
    for duty in matrix.duties:
        for used in duty.letters:
            yield f"$.duties[{duty.id}].letters.{used}", used
    for field in ("minimum_team", "escalation"):
        for i, used in enumerate(getattr(matrix, field)):
            yield f"$.{field}[{i}]", used
    for i, ceiling in enumerate(matrix.ceilings):
        yield f"$.ceilings[{i}].role", ceiling.role
    for i, assignment in enumerate(matrix.assignments):
        if assignment.role is not None:
            yield f"$.assignments[{i}].role", assignment.role
    for training in matrix.trainings:
        for i, used in enumerate(training.roles):
            yield f"$.trainings[{training.id}].roles[{i}]", used
    for own in matrix.roles:
        for used in own.held_by:
            yield f"$.roles[{own.id}].held_by", used
