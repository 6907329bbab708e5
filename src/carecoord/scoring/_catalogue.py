"""Find instruments by id and score answers with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any

from carecoord.errors import AnswerError, DefinitionError, Fault, UnknownIdError
from carecoord.scoring._engine import Answers
from carecoord.scoring._instrument import Instrument
from carecoord.scoring._respondent import Respondent
from carecoord.scoring._result import Result

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

__all__ = ["Catalogue", "instrument", "instruments", "read_instrument", "score", "score_many"]

FOLDER = Path(__file__).parent / "instruments"
GROUP = "carecoord.instruments"


@cache
def instruments() -> tuple[str, ...]:
    """List the ids of the instruments that come with the library, without reading them.

    >>> "phq-9" in instruments()
    True
    """
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


def instrument(id: str) -> Instrument:
    """Give an instrument that comes with the library; it is read once.

    Raises:
        UnknownIdError: no instrument has this id; the nearest one is named.

    >>> instrument("phq-9").permission
    'free'
    """
    found = _READ.get(id)
    if found is None:
        if id not in instruments():
            raise UnknownIdError("instrument", id, instruments())
        found = _READ.setdefault(id, read_instrument(FOLDER / f"{id}.toml"))
    return found


_READ: dict[str, Instrument] = {}


def read_instrument(source: str | Path) -> Instrument:
    """Read an instrument of one's own.

    Args:
        source: a path to a TOML file, or its text.

    Raises:
        DefinitionError: with every fault and its place.

    >>> read_instrument(FOLDER / "gad-7.toml").title
    'Generalized Anxiety Disorder 7-item scale'
    """
    from carecoord._definitions import read_toml  # noqa: PLC0415 - cattrs is loaded when a definition is read
    from carecoord.scoring._load import load  # noqa: PLC0415

    return load(*read_toml(source))


class Catalogue:
    """The library's instruments and one's own, by id; a definition is read when it is asked for, once.

    Args:
        folders: folders of definitions, `ID.toml` each.
        entry_points: names in the entry point group ``carecoord.instruments``: each stands for an installed package
            whose folder holds definitions. Only those named are added: what is installed beside changes nothing.

    Raises:
        DefinitionError: two definitions have one id, with both places; or there is no such folder.
        UnknownIdError: no entry point has this name.

    >>> catalogue = Catalogue()
    >>> "phq-9" in catalogue.instruments(), catalogue.instrument("phq-9") == instrument("phq-9")
    (True, True)
    """

    def __init__(self, *folders: str | Path, entry_points: Iterable[str] = ()) -> None:
        faults: list[Fault] = []
        places: dict[str, Traversable] = {}
        for folder in [*map(Path, folders), *map(_installed, entry_points)]:
            if not folder.is_dir():
                faults.append(Fault(str(folder), "there is no such folder"))
                continue
            for file in sorted(folder.iterdir(), key=lambda file: file.name):
                id = file.name.removesuffix(".toml")
                if id == file.name:
                    continue
                first = places.get(id) or (FOLDER / file.name if id in instruments() else None)
                if first is not None:
                    faults.append(Fault(id, f"defined twice, in {first} and in {file}"))
                places.setdefault(id, file)
        if faults:
            raise DefinitionError("catalogue", faults)
        self._places = places
        self._read: dict[str, Instrument] = {}

    def instruments(self) -> tuple[str, ...]:
        """List the ids, sorted, without reading the definitions."""
        return tuple(sorted((*instruments(), *self._places)))

    def instrument(self, id: str) -> Instrument:
        """Give an instrument, the library's or one's own.

        Raises:
            UnknownIdError: no instrument has this id; the nearest one is named.
            DefinitionError: the definition cannot be used, or its `id` is not the name of its file.
        """
        found = self._read.get(id)
        if found is not None:
            return found
        place = self._places.get(id)
        if place is None:
            if id not in instruments():
                raise UnknownIdError("instrument", id, self.instruments())
            return instrument(id)
        made = read_instrument(place if isinstance(place, Path) else place.read_text(encoding="utf-8"))
        if made.id != id:
            raise DefinitionError(id, [Fault("$.id", f"{made.id} is written in the file {place}")])
        return self._read.setdefault(id, made)


def _installed(name: str) -> Traversable:
    """Give the folder of the package that an entry point names."""
    from importlib.metadata import entry_points  # noqa: PLC0415 - only catalogues of several packages look
    from importlib.resources import files  # noqa: PLC0415

    found = entry_points(group=GROUP)
    if name not in found.names:
        raise UnknownIdError(f"entry point of {GROUP}", name, sorted(found.names))
    return files(found[name].module)


def score(
    instrument: str | Instrument, answers: Answers, *, respondent: Respondent | Mapping[str, Any] | None = None
) -> Result:
    """Score one respondent's answers.

    Args:
        instrument: an instrument, or the id of one that comes with the library.
        answers: one answer an item in the order asked, or a mapping by item (number, id or name);
            `None` is an answer that was not given. NumPy's integers are welcome, and 2.0 is 2;
            `True`, `"2"`, `2.7` for a whole number and NaN are wrong.
        respondent: what is known of who answered, for bands and cut-offs that depend on it.

    Returns:
        the scores by id. One that may not be given with these gaps has the value `None`, says why,
        and says what is still possible.

    Raises:
        UnknownIdError: there is no such instrument.
        AnswerError: with every wrong answer.

    >>> result = score("phq-9", [2, 2, 1, 2, 1, 1, 2, 0, 1, 1])
    >>> result["total"].value, result["total"].band, [flag.state for flag in result.flags]
    (12, 'moderate', ['raised'])
    """
    found = _READ.get(instrument) if isinstance(instrument, str) else instrument
    if found is None:
        found = _named(str(instrument))
    return Result(found, found.engine.run(answers, respondent))


def _named(id: str) -> Instrument:
    return instrument(id)


def score_many(
    instrument: str | Instrument,
    rows: Iterable[Answers],
    *,
    respondents: Iterable[Respondent | Mapping[str, Any] | None] | None = None,
) -> Iterator[Result | AnswerError]:
    """Score many respondents; a row with wrong answers gives its error in its place.

    Args:
        instrument: an instrument, or the id of one.
        rows: answers, as for `score`.
        respondents: what is known of each, in the same order; as many as there are rows.

    Raises:
        UnknownIdError: there is no such instrument.
        ValueError: at the end, where there are more or fewer respondents than rows.

    >>> [type(result).__name__ for result in score_many("gad-7", [[0] * 8, [9] * 8])]
    ['Result', 'AnswerError']
    """
    found = _named(instrument) if isinstance(instrument, str) else instrument
    return _each(found, zip(rows, repeat(None) if respondents is None else respondents, strict=respondents is not None))


def _each(instrument: Instrument, pairs: Iterable[tuple[Answers, Any]]) -> Iterator[Result | AnswerError]:
    for row, respondent in pairs:
        try:
            yield Result(instrument, instrument.engine.run(row, respondent))
        except AnswerError as error:
            yield error
