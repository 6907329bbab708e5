"""`python -m carecoord check` and `schema`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from carecoord.__main__ import main
from carecoord.scoring import definition_schema, instruments
from carecoord.scoring._catalogue import FOLDER
from carecoord.stepped_care import protocols
from carecoord.stepped_care._protocol import FOLDER as PROTOCOLS

GAD = (FOLDER / "gad-7.toml").read_text(encoding="utf-8")


def written(folder: Path, name: str, text: str) -> str:
    """Write a file and give its path."""
    (folder / name).write_text(text, encoding="utf-8")
    return str(folder / name)


def test_every_instrument_passes(capsys: pytest.CaptureFixture[str]) -> None:
    """All at once end with 0; what is printed is notes."""
    assert main(["check", *(str(FOLDER / f"{name}.toml") for name in instruments())]) == 0
    shown = capsys.readouterr()
    assert shown.err == ""
    assert {line.split(": ")[1] for line in shown.out.splitlines()} == {"note"}


def test_every_protocol_passes(capsys: pytest.CaptureFixture[str]) -> None:
    """A protocol is told by what it holds; its scenarios are run, and what is found besides notes is accepted."""
    assert main(["check", *(str(PROTOCOLS / f"{name}.toml") for name in protocols())]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if ": note: " not in line and " (accepted: " not in line] == []


def test_what_is_found_of_a_protocol_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With the steps, what would mend it, and with --overlaps where the order of rules decides."""
    text = (PROTOCOLS / "german-impact.toml").read_text(encoding="utf-8")
    begin = text.index('[[rules]]\nid = "halved"')
    file = written(tmp_path, "german-impact.toml", text[:begin] + text[text.index("[[scenarios]]") :])
    assert main(["check", file]) == 1
    printed = capsys.readouterr().out.splitlines()
    gap = 'no rule applies; say what follows there, or end with a rule of when = "yes"'
    assert f"{file}: error: gap/two-weekly: {gap}" in printed
    assert not any("overlap" in line for line in printed)
    assert main(["check", "--json", "--overlaps", file]) == 1
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    overlap = next(one for one in records if one["path"] == "overlap/remission/not-halved")
    assert (overlap["severity"], overlap["steps"], overlap["confirmed"]) == ("note", ["two-weekly"], True)


def test_errors_that_the_file_accepts_end_with_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Their reason is printed; one that is accepted and no longer there is an error of its own."""
    text = (PROTOCOLS / "escape.toml").read_text(encoding="utf-8")
    accepted = '[[accepted]]\nfinding = "{}"\nreason = "{}"\n'
    gone = text.replace("[sources]", accepted.format("gap/nowhere", "as it was") + "[sources]")
    assert main(["check", written(tmp_path, "escape.toml", gone)]) == 1
    assert "error: accepted-gone/gap/nowhere: " in capsys.readouterr().out


def test_findings_end_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each is printed with its file, its severity and its place, as text or as JSON."""
    file = written(tmp_path, "gad-7.toml", GAD.replace("scores = { total = 0", "scores = { total = 1", 1))
    assert main(["check", file]) == 1
    first = capsys.readouterr().out.splitlines()[0]
    assert first == f"{file}: error: $.examples[0]: total is 0, the example says 1"
    assert main(["check", "--json", file]) == 1
    assert json.loads(capsys.readouterr().out.splitlines()[0]) == {
        "file": file,
        "severity": "error",
        "path": "$.examples[0]",
        "message": "total is 0, the example says 1",
    }


def test_a_definition_that_does_not_load_ends_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its faults are findings like others."""
    file = written(tmp_path, "gad-7.toml", GAD.replace('worse = "higher"', 'worse = "upwards"', 1))
    assert main(["check", file]) == 1
    assert "error: $.scores[total].worse: " in capsys.readouterr().out


def test_a_protocol_whose_scenario_fails_ends_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What a scenario wants and what was decided are both named."""
    text = (PROTOCOLS / "german-impact.toml").read_text(encoding="utf-8")
    changed = text.replace("phq_9.total < 5", "phq_9.total < 3")
    assert changed != text
    assert main(["check", written(tmp_path, "german-impact.toml", changed)]) == 1
    assert "error: $.scenarios[" in capsys.readouterr().out
    assert main(["check", written(tmp_path, "german-impact.toml", text.replace("[[rules]]", "[[rulse]]", 1))]) == 1
    assert "error: " in capsys.readouterr().out


@pytest.mark.parametrize("text", ["no toml", "", 'id = "something"'])
def test_what_is_no_definition_ends_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    """It says what was found in place of one."""
    assert main(["check", written(tmp_path, "file.toml", text)]) == 2
    shown = capsys.readouterr()
    assert (shown.out, "fault" in shown.err) == ("", True)


def test_a_file_that_is_not_there_ends_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is named."""
    assert main(["check", str(tmp_path / "nowhere.toml")]) == 2
    assert "nowhere" in capsys.readouterr().err


def test_schema_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """As JSON, for an editor to read."""
    assert main(["schema"]) == 0
    assert json.loads(capsys.readouterr().out) == definition_schema()
