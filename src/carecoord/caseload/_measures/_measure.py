"""A measure, ready to count with, and where measures come from."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Final

import attrs

from carecoord.caseload._measures._definition import MeasureDefinition
from carecoord.caseload._measures._plan import Plan
from carecoord.errors import UnknownIdError

__all__ = ["Measure", "measure", "measures", "read_measure"]

FOLDER: Final = Path(__file__).parent.parent / "measures"


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Measure:
    """A measure of what care achieves, ready to count with.

    Two measures are equal when their files say the same.

    Attributes:
        definition: the measure as its file says it.
        plan: how it is worked out over one record.
        unverified: the parts whose numbers were only recalled, as `facts.caseness`.
    """

    definition: MeasureDefinition
    plan: Plan
    unverified: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Its id."""
        return self.definition.id

    @property
    def title(self) -> str:
        """Its name for people."""
        return self.definition.title

    @property
    def rates(self) -> tuple[str, ...]:
        """The ids of its rates, in the file's order."""
        return tuple(rate.id for rate in self.definition.rates)

    @cached_property
    def digest(self) -> str:
        """SHA-256 over what the file says, in hexadecimal."""
        import hashlib  # noqa: PLC0415 - few ask for it
        import json  # noqa: PLC0415

        from carecoord._definitions import unstructure  # noqa: PLC0415 - cattrs is loaded when a measure is read

        said = json.dumps(unstructure(self.definition), sort_keys=True, ensure_ascii=True)
        return hashlib.sha256(said.encode()).hexdigest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Measure) and self.definition == other.definition

    def __hash__(self) -> int:
        return hash(self.definition)

    def __repr__(self) -> str:
        return f"<measure {self.id}>"

    def __reduce__(self) -> tuple[object, ...]:
        return (_build, (self.definition,))


def _build(definition: MeasureDefinition) -> Measure:
    from carecoord.caseload._measures._load import plan, unverified  # noqa: PLC0415 - cattrs comes with it

    return Measure(definition=definition, plan=plan(definition), unverified=unverified(definition))


def measures() -> tuple[str, ...]:
    """List the ids of the measures that come with the library, without reading them.

    >>> "cms159" in measures()
    True
    """
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


_READ: dict[str, Measure] = {}


def measure(id: str) -> Measure:
    """Give a measure that comes with the library; it is read once.

    Raises:
        UnknownIdError: there is none with this id; the nearest one is named.

    >>> measure("cms159").title
    'Depression remission at twelve months (CMS159, MIPS 370)'
    """
    found = _READ.get(id)
    if found is None:
        if id not in measures():
            raise UnknownIdError("measure", id, measures())
        found = _READ.setdefault(id, read_measure(FOLDER / f"{id}.toml"))
    return found


def read_measure(source: str | Path) -> Measure:
    """Read a measure of one's own.

    Args:
        source: a path to a TOML file, or its text.

    Raises:
        DefinitionError: with every fault and its place.

    >>> mine = read_measure('''
    ... id = "seen-in-time"
    ... title = "seen within two weeks of the referral"
    ... events = [
    ...     { id = "start", from = "enrolments", take = "first", where = "period.start <= on <= period.end" },
    ...     { id = "seen", from = "contacts", where = "kept and 0 <= days_between(start.on, on) <= 14" },
    ... ]
    ... rates = [{ id = "seen-in-time", initial = "start", numerator = "seen" }]
    ... ''')
    >>> mine.rates
    ('seen-in-time',)
    """
    from carecoord.caseload._measures._load import definition  # noqa: PLC0415 - cattrs comes with it

    return _build(definition(source))
