"""Instruments of one's own beside the library's, without anything global."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from carecoord.errors import DefinitionError, UnknownIdError
from carecoord.scoring import Catalogue, instrument, instruments, score

CALM = """
id = "{id}"
title = "An invented calm scale"
measures = "calm"
respondent = "self"
population = "adults"
permission = "free"
evidence = "one-source"
items = [{{ n = 1, label = "settled", values = [0, 1] }}]
[[scores]]
id = "total"
value = "q1"
range = [0, 1]
[[sources]]
cite = "invented"
"""


def write(folder: Path, *ids: str) -> Path:
    """Write definitions into a folder."""
    folder.mkdir(exist_ok=True)
    for name in ids:
        (folder / f"{name}.toml").write_text(CALM.format(id=name), encoding="utf-8")
    return folder


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Install a package with a definition and an entry point, and give the entry point's name."""
    write(tmp_path / "our_scales", "calm-9")
    (tmp_path / "our_scales" / "__init__.py").write_text("", encoding="utf-8")
    info = tmp_path / "our_scales-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: our-scales\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text("[carecoord.instruments]\nour-clinic = our_scales\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield "our-clinic"
    sys.modules.pop("our_scales", None)


def test_a_folder_is_added(tmp_path: Path) -> None:
    """One's own instruments stand beside the library's, and score like them."""
    catalogue = Catalogue(write(tmp_path, "calm-6", "another"))
    assert set(catalogue.instruments()) == {*instruments(), "calm-6", "another"}
    assert list(catalogue.instruments()) == sorted(catalogue.instruments())
    assert score(catalogue.instrument("calm-6"), [1])["total"].value == 1


def test_nothing_global_changes(tmp_path: Path) -> None:
    """What one catalogue holds, another and the library do not."""
    Catalogue(str(write(tmp_path, "calm-6"))).instrument("calm-6")
    assert "calm-6" not in instruments()
    for elsewhere in (Catalogue().instrument, instrument):
        with pytest.raises(UnknownIdError):
            elsewhere("calm-6")


def test_an_entry_point_is_added(package: str) -> None:
    """A package is named by its entry point; its definitions are read from where it is installed."""
    catalogue = Catalogue(entry_points=[package])
    assert catalogue.instrument("calm-9").title == "An invented calm scale"
    assert "calm-9" not in Catalogue().instruments()


def test_an_unknown_entry_point_is_refused(package: str) -> None:
    """The nearest name is given."""
    with pytest.raises(UnknownIdError, match=r"no entry point of carecoord\.instruments .*, did you mean our-clinic"):
        Catalogue(entry_points=[package[:-1]])


def test_a_definition_is_read_when_asked_for_and_once(tmp_path: Path) -> None:
    """A faulty file harms nobody who does not ask for it; a good one is kept."""
    write(tmp_path, "calm-6")
    (tmp_path / "broken.toml").write_text("no toml", encoding="utf-8")
    (tmp_path / "README.md").write_text("no definition", encoding="utf-8")
    catalogue = Catalogue(tmp_path)
    assert "broken" in catalogue.instruments()
    assert "README" not in catalogue.instruments()
    assert catalogue.instrument("calm-6") is catalogue.instrument("calm-6")
    with pytest.raises(DefinitionError, match="no TOML"):
        catalogue.instrument("broken")


def test_the_library_is_shared() -> None:
    """The library's own instruments are read once for all catalogues."""
    assert Catalogue().instrument("gad-7") is instrument("gad-7")


def test_all_clashes_are_refused_with_both_places(tmp_path: Path, package: str) -> None:
    """An id that stands twice, among one's own or against the library's, is never silently replaced."""
    ours, theirs = write(tmp_path / "ours", "calm-9", "phq-9", "fine"), write(tmp_path / "theirs", "fine")
    with pytest.raises(DefinitionError) as caught:
        Catalogue(ours, theirs, entry_points=[package])
    messages = {fault.path: fault.message for fault in caught.value.faults}
    assert set(messages) == {"calm-9", "phq-9", "fine"}
    assert str(ours / "fine.toml") in messages["fine"]
    assert str(theirs / "fine.toml") in messages["fine"]
    assert str(Path("scoring", "instruments", "phq-9.toml")) in messages["phq-9"]
    assert str(ours / "phq-9.toml") in messages["phq-9"]
    assert str(Path("our_scales", "calm-9.toml")) in messages["calm-9"]


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """A misspelt folder is no empty one, and all of them are told."""
    missing = [tmp_path / "nowhere", tmp_path / "nor-here"]
    with pytest.raises(DefinitionError) as caught:
        Catalogue(*missing)
    assert str(caught.value).splitlines() == [
        "catalogue: 2 faults",
        *(f"  {folder}: there is no such folder" for folder in missing),
    ]


def test_the_id_is_the_name_of_the_file(tmp_path: Path) -> None:
    """Else an id could be asked for that the result does not carry."""
    write(tmp_path, "calm-6").joinpath("calm-6.toml").rename(tmp_path / "calm-7.toml")
    with pytest.raises(DefinitionError) as caught:
        Catalogue(tmp_path).instrument("calm-7")
    assert str(caught.value) == f"calm-7: 1 fault\n  $.id: calm-6 is written in the file {tmp_path / 'calm-7.toml'}"


def test_the_nearest_id_is_named(tmp_path: Path) -> None:
    """Also among one's own."""
    with pytest.raises(UnknownIdError, match="there is no instrument 'calm6', did you mean calm-6"):
        Catalogue(write(tmp_path, "calm-6")).instrument("calm6")
