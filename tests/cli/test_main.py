"""The command line, run in this process and once in one of its own."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from carecoord.__main__ import main
from carecoord.demo import DAY, clinic
from carecoord.interop import dumps
from carecoord.scoring import instruments

ITEMS = "1,2,3,4,5,6,7,8,9,10"


def table(text: str) -> list[dict[str, str]]:
    """Read what a command wrote as CSV."""
    return list(csv.DictReader(io.StringIO(text)))


def test_demo_draws_the_board(capsys: pytest.CaptureFixture[str]) -> None:
    """The demo prints a row for each of the invented people, then what a reader elsewhere sees; the first as JSON."""
    assert main(["demo"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("Board on 2026-06-30: 24 people, 4 to see or ask today")
    assert all(f". {person}: " in shown for person in clinic().people)
    whole, _, seen = shown.partition("\nWhat quinn, a psychologist elsewhere, may see of it:\n\n")
    assert ("audit" in whole, "audit" in seen) == (True, False)
    assert seen.startswith("Board on 2026-06-30: 2 people, 0 to see or ask today")
    assert main(["demo", "--json"]) == 0
    assert [row["person"] for row in json.loads(capsys.readouterr().out)["rows"]][:2] == ["pavel", "ines"]


def test_module_runs_as_a_process() -> None:
    """`python -m carecoord` passes the exit code on."""
    done = subprocess.run(
        [sys.executable, "-m", "carecoord", "instruments", "phq-99"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "did you mean phq-9?" in done.stderr


def test_board_of_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The board of the demo's caseload written to a file is the demo's."""
    file = tmp_path / "clinic.json"
    file.write_text(dumps(clinic()), encoding="utf-8")
    assert main(["board", str(file), "--on", DAY.isoformat(), "--accept-unverified"]) == 0
    from_file = capsys.readouterr().out
    main(["demo"])
    assert capsys.readouterr().out.startswith(f"{from_file}\nWhat quinn, ")


def test_board_reports_every_fault_changes_nothing_and_ends_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A wrong code, an unknown instrument, a day that is not and a misspelt key come out in one go."""
    entries: list[dict[str, Any]] = [
        {"kind": "assessment", "id": "1", "on": "2026-03-01", "instrument": "gad-7", "answers": [9] + [0] * 7},
        {"kind": "assessment", "id": "2", "on": "2026-03-01", "instrument": "gad-77", "answers": [0]},
        {"kind": "enrolment", "id": "3", "on": "2026-02-29", "protocol": "german-impact"},
        {"kind": "contact", "id": "4", "on": "2026-03-01", "hwo": "phone"},
    ]
    file = tmp_path / "mine.json"
    text = json.dumps({"format": 1, "type": "caseload", "episodes": [{"person": "p", "entries": entries}]})
    file.write_text(text, encoding="utf-8")
    assert main(["board", str(file), "--on", "2026-06-30"]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "mine.json: 4 faults" in shown.err
    for place in ("entries[0].answers: item 1", "entries[1].instrument", "entries[2].on", "entries[3].hwo"):
        assert place in shown.err
    assert file.read_text(encoding="utf-8") == text


def test_board_names_every_protocol_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where a caseload looks for one, and where somebody is enrolled in one: all at once, each with its place."""
    data = {
        "format": 1,
        "type": "caseload",
        "protocols": ["german-impact", "cocm-treat-to-targt"],
        "looked_at": {"ada": ["nobody-knows"]},
        "episodes": [
            {
                "person": "ada",
                "entries": [{"kind": "enrolment", "id": "1", "on": "2026-01-05", "protocol": "german-impakt"}],
            }
        ],
    }
    file = tmp_path / "caseload.json"
    file.write_text(json.dumps(data), encoding="utf-8")
    assert main(["board", str(file), "--on", "2026-06-30"]) == 2
    told = capsys.readouterr().err
    assert "$.protocols[1]: there is no protocol 'cocm-treat-to-targt', did you mean cocm-treat-to-target?" in told
    assert "$.looked_at[0][0]: there is no protocol 'nobody-knows'" in told
    assert "$.episodes[0].entries[0].protocol: there is no protocol 'german-impakt'" in told
    assert "ada" not in told


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "No such file"),
        (b"\xff\xfe", "it is no UTF-8 text"),
        (b"{", "no JSON"),
        (b'{"format":1,"type":"team","members":[]}', "a caseload is wanted"),
    ],
)
def test_board_of_something_else(
    content: bytes | None, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A missing file, bytes, broken JSON and another type end with 2 and say why."""
    file = tmp_path / "x.json"
    if content is not None:
        file.write_bytes(content)
    assert main(["board", str(file), "--on", "2026-06-30"]) == 2
    assert message in capsys.readouterr().err


def test_a_day_that_is_not_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """The command line itself refuses 31 June."""
    with pytest.raises(SystemExit) as ended:
        main(["board", "x.json", "--on", "2026-06-31"])
    assert ended.value.code == 2
    assert "'2026-06-31' is no date" in capsys.readouterr().err


def test_score_writes_a_row_a_respondent(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Other columns pass through, blanks stay blank, a refused row keeps its place and gives 1."""
    file = tmp_path / "answers.csv"
    file.write_text(f"id,{ITEMS},age\na,2,2,1,2,1,1,2,0,1,1,40\nb,3,3,3,3,3,3,3,3,,0,\nc,7,x,1,2,1,1,2,0,1,1,\n")
    assert main(["score", "phq-9", str(file)]) == 1
    shown = capsys.readouterr()
    a, b, c = table(shown.out)
    assert (a["id"], a["total"], a["total-band"], a["raised"]) == ("a", "12", "moderate", "self-harm")
    assert (b["total"], b["phq-8"], b["undecided"], b["missing"]) == ("", "24", "self-harm", "q9")
    assert c["total"] == ""
    assert "item 1 (loss of interest): 7 is no answer" in c["error"]
    assert "item 2 (low mood): 'x' is no answer" in c["error"]
    assert "1 row refused" in shown.err


def test_score_writes_json_a_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With --json each row is one object, and clock times are read as times."""
    file = tmp_path / "sleep.csv"
    names = "bed,latency-minutes,rise,hours," + ",".join(map(str, range(5, 19)))
    file.write_text(f"who,{names}\nz,23:30,20,06:30,6,1,2,1,0,1,0,0,1,0,0,1,0,1,1\n")
    assert main(["score", "psqi", str(file), "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert (record["who"], record["global"], record["missing"]) == ("z", 5, [])


def test_score_takes_facts_about_the_respondent(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Columns named as facts are read as such, and a wrong one refuses its row."""
    file = tmp_path / "audit.csv"
    file.write_text("1,2,3,sex,age\n2,1,1,female,30\n2,1,1,woman,30\n")
    assert main(["score", "audit-c", str(file)]) == 1
    good, bad = table(capsys.readouterr().out)
    assert (good["total"], good["error"]) == ("4", "")
    assert "respondent sex: 'woman' was given, wanted one of female, male" in bad["error"]


def test_score_reads_standard_input_and_own_definitions(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dash is standard input; a path to a definition is an instrument of one's own."""
    definition = tmp_path / "two.toml"
    definition.write_text(
        'id = "two"\ntitle = "Two"\nmeasures = "x"\nrespondent = "self"\npopulation = "adults"\npermission = "free"\n'
        'evidence = "one-source"\nitems = [{ n = 1, label = "a", values = [0, 1] }, '
        '{ n = 2, label = "b", values = [0, 1] }]\n'
        '[[scores]]\nid = "total"\nitems = "1-2"\nvalue = "sum(items)"\nrange = [0, 2]\n[[sources]]\ncite = "ours"\n'
    )
    monkeypatch.setattr(sys, "stdin", io.StringIO("q1,q2\n1,1\n"))
    assert main(["score", str(definition), "-"]) == 0
    assert table(capsys.readouterr().out)[0]["total"] == "2"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no column is an item of gad-7"),
        ("a,b\n1,2\n", "no column is an item of gad-7"),
        ("1,q1,2\n0,0,0\n", "item q1: has two columns"),
        ("1,1\n0,0\n", "column 1: stands twice"),
    ],
)
def test_score_refuses_a_table_without_items(
    text: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A table that names no item, or one twice, cannot be used."""
    file = tmp_path / "x.csv"
    file.write_text(text)
    assert main(["score", "gad-7", str(file)]) == 2
    assert message in capsys.readouterr().err


def test_score_says_which_items_have_no_column(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An item without a column counts as not answered, and that is said."""
    file = tmp_path / "x.csv"
    file.write_text("1,2,3,4,5,6,seven,8\n1,1,1,1,1,1,1,0\n")
    assert main(["score", "gad-7", str(file)]) == 0
    shown = capsys.readouterr()
    assert "no column for q7: read as not answered" in shown.err
    assert (table(shown.out)[0]["total"], table(shown.out)[0]["seven"]) == ("", "1")


def test_score_shows_progress_on_a_terminal_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Long input on a terminal shows how far it is; elsewhere nothing is shown."""
    file = tmp_path / "x.csv"
    file.write_text("1,2,3,4,5,6,7,8\n" + "1,1,1,1,1,1,1,0\n" * 2001)
    assert main(["score", "gad-7", str(file)]) == 0
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert main(["score", "gad-7", str(file)]) == 0
    assert "2,001 rows" in capsys.readouterr().err


def test_instruments_lists_permission_and_evidence(capsys: pytest.CaptureFixture[str]) -> None:
    """Every instrument is listed with what its owner allows."""
    assert main(["instruments"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(instruments()) + 1
    assert any(line.split()[:3] == ["kccq-12", "licensed", "two-sources"] for line in lines)
    assert main(["instruments", "--json"]) == 0
    assert {row["id"] for row in json.loads(capsys.readouterr().out)} == set(instruments())


def test_one_instrument_in_full(capsys: pytest.CaptureFixture[str]) -> None:
    """One instrument is shown with its items, bands, cut-offs, flags and sources."""
    assert main(["instruments", "phq-9"]) == 0
    shown = capsys.readouterr().out
    for part in (
        "q9 self-harm thoughts: 0, 1, 2 or 3",
        "severe from 20",
        "score >= 10",
        "flag self-harm, same-day",
        "Kroenke K",
    ):
        assert part in shown
    assert main(["instruments", "itq", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["scores"]) == 9
