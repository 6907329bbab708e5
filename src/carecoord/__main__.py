"""The command line: `python -m carecoord demo`, `board`, `score`, `instruments`, `check`, `schema`.

It ends with 0 when all is well, 1 when rows were refused or a check found something, 2 when the input cannot be used.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from carecoord import __version__
from carecoord.errors import CareCoordError

if TYPE_CHECKING:
    from carecoord.caseload import Caseload
    from carecoord.errors import Fault

__all__ = ["main"]

USAGE = 2
PROGRESS_EVERY = 1000


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: the words after `python -m carecoord`; those of the process where left out.

    Returns:
        the exit code: 0 all is well, 1 rows were refused or a check found something, 2 the input cannot be used.
    """
    chosen = _parser().parse_args(arguments)
    try:
        return int(chosen.run(chosen))
    except CareCoordError as error:
        print(error, file=sys.stderr)
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
    return USAGE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m carecoord", description="Care-coordination logic on the command line."
    )
    parser.add_argument("--version", action="version", version=f"carecoord {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    demo = commands.add_parser(
        "demo", help="the board of an invented clinic, and what somebody elsewhere may see of it"
    )
    demo.add_argument("--json", action="store_true", help="the board as JSON")
    demo.set_defaults(run=_demo)

    board = commands.add_parser("board", help="the board of a caseload")
    board.add_argument("file", metavar="FILE", help="a caseload in JSON, as carecoord.interop writes it")
    board.add_argument("--on", required=True, type=_day, metavar="DATE", help="the day, as 2026-03-31")
    board.add_argument("--json", action="store_true", help="as JSON")
    board.add_argument(
        "--accept-unverified", action="store_true", help="decide also where a number was not read in a source"
    )
    board.set_defaults(run=_board)

    score = commands.add_parser("score", help="score answers, a row a respondent")
    score.add_argument("instrument", metavar="ID", help="an instrument's id, or a path to a definition of your own")
    score.add_argument(
        "file", metavar="FILE.csv", help="a column an item (its number, id or name); - reads standard input"
    )
    score.add_argument("--json", action="store_true", help="a JSON object a row instead of CSV")
    score.set_defaults(run=_score)

    instruments = commands.add_parser("instruments", help="what can be scored, and what may be shipped")
    instruments.add_argument("instrument", metavar="ID", nargs="?", help="one of them, in full")
    instruments.add_argument("--json", action="store_true", help="as JSON")
    instruments.set_defaults(run=_instruments)

    check = commands.add_parser("check", help="lint instruments, prove protocols")
    check.add_argument("files", metavar="FILE", nargs="+", help="a definition in TOML")
    check.add_argument("--json", action="store_true", help="a JSON object a finding")
    check.add_argument(
        "--overlaps", action="store_true", help="also where two rules of a protocol hold and their order decides"
    )
    check.set_defaults(run=_check)

    schema = commands.add_parser("schema", help="the JSON Schema of an instrument's definition")
    schema.set_defaults(run=_schema)
    return parser


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date, wanted as 2026-03-31") from None


def _demo(chosen: argparse.Namespace) -> int:
    from carecoord.caseload import board, disclose_board  # noqa: PLC0415 - each command loads what it needs
    from carecoord.demo import DAY, clinic, reader  # noqa: PLC0415

    caseload = clinic()
    _print_board(board(caseload, on=DAY, accept_unverified=True), as_json=chosen.json)
    if not chosen.json:
        quinn = reader()
        print(f"\nWhat {quinn.member.id}, a {quinn.member.role} elsewhere, may see of it:\n")
        _print_board(disclose_board(caseload, quinn, accept_unverified=True).view, as_json=False)
    return 0


def _board(chosen: argparse.Namespace) -> int:
    from carecoord.caseload import Caseload, board  # noqa: PLC0415
    from carecoord.errors import DataError, Fault  # noqa: PLC0415
    from carecoord.interop import loads  # noqa: PLC0415

    name = Path(chosen.file).name
    caseload = loads(_text(chosen.file), name=name)
    if not isinstance(caseload, Caseload):
        raise DataError(name, [Fault("$.type", "a caseload is wanted")])
    faults = list(_unknown_protocols(caseload))
    if faults:
        raise DataError(name, faults)
    _print_board(board(caseload, on=chosen.on, accept_unverified=chosen.accept_unverified), as_json=chosen.json)
    return 0


def _unknown_protocols(caseload: Caseload) -> Iterator[Fault]:
    """Find every protocol in a caseload that does not come with the library, all at once and before any board."""
    from carecoord.errors import Fault, did_you_mean  # noqa: PLC0415
    from carecoord.stepped_care import protocols  # noqa: PLC0415

    known = protocols()
    named = [(f"$.protocols[{place}]", id_) for place, id_ in enumerate(caseload.protocols)]
    named += [
        (f"$.looked_at[{place}][{number}]", id_)
        for place, ids in enumerate(caseload.looked_at.values())
        for number, id_ in enumerate(ids)
    ]
    for place, episode in enumerate(caseload.episodes):
        for number, entry in enumerate(episode.entries):
            id_ = getattr(entry, "protocol", None)
            if id_ is not None:
                named.append((f"$.episodes[{place}].entries[{number}].protocol", id_))
    for path, id_ in named:
        if id_ not in known:
            yield Fault(path, f"there is no protocol {id_!r:.60}{did_you_mean(id_, known)}")


def _print_board(board: Any, *, as_json: bool) -> None:
    print(json.dumps(board.to_dict(), indent=2, ensure_ascii=False) if as_json else board)


def _text(file: str) -> str:
    from carecoord.errors import DataError, Fault  # noqa: PLC0415

    try:
        return Path(file).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise DataError(Path(file).name, [Fault("", "it is no UTF-8 text")]) from None


def _instruments(chosen: argparse.Namespace) -> int:
    from carecoord.scoring import instrument, instruments  # noqa: PLC0415

    if chosen.instrument is None:
        rows = [_summary(instrument(id)) for id in instruments()]
        if chosen.json:
            print(json.dumps(rows, indent=2, ensure_ascii=False))
        else:
            _print_table(["id", "permission", "evidence", "items", "title"], rows)
        return 0
    found = _find(chosen.instrument)
    print(json.dumps(_details(found), indent=2, ensure_ascii=False) if chosen.json else _description(found))
    return 0


def _check(chosen: argparse.Namespace) -> int:
    wrong = 0
    for file in chosen.files:
        for record, fails in _findings(Path(file), overlaps=chosen.overlaps):
            wrong += fails
            shown = (
                json.dumps({"file": file, **record}, ensure_ascii=False) if chosen.json else f"{file}: {_line(record)}"
            )
            print(shown)
    return 1 if wrong else 0


def _line(record: dict[str, Any]) -> str:
    """Write a finding on one line."""
    place = f"{record['path']}: " if record["path"] else ""
    steps = f"in {', '.join(record['steps'])}: " if record.get("steps") else ""
    mend = f"; {record['mend']}" if record.get("mend") else ""
    unsure = " (unconfirmed)" if record.get("confirmed") is False else ""
    accepted = f" (accepted: {record['accepted']})" if record.get("accepted") else ""
    return f"{record['severity']}: {place}{steps}{record['message']}{unsure}{mend}{accepted}"


Checked = tuple[dict[str, Any], bool]
"""A finding, and whether it ends the command with 1."""


def _findings(file: Path, *, overlaps: bool) -> Iterable[Checked]:
    """Check a definition by what it holds."""
    from carecoord._definitions import read_toml  # noqa: PLC0415
    from carecoord.errors import DefinitionError, Fault  # noqa: PLC0415
    from carecoord.scoring import check  # noqa: PLC0415

    data, name = read_toml(file)
    if "items" in data:
        return (_told(one.severity, one.path, one.message) for one in check(file))
    if "measures" in data or "rules" in data:
        return _protocol_findings(file, overlaps=overlaps)
    message = "neither an instrument (it has items) nor a protocol (it has rules)"
    raise DefinitionError(name, [Fault("", message)])


def _told(severity: str, path: str, message: str) -> Checked:
    return {"severity": severity, "path": path, "message": message}, severity != "note"


def _protocol_findings(file: Path, *, overlaps: bool) -> Iterator[Checked]:
    from carecoord.errors import DefinitionError  # noqa: PLC0415
    from carecoord.stepped_care import check, check_scenarios, read_protocol  # noqa: PLC0415

    try:
        found = read_protocol(file)
        failures = check_scenarios(found)
    except DefinitionError as error:
        yield from (_told("error", fault.path, fault.message) for fault in error.faults)
        return
    for failure in failures:
        yield _told("error", f"$.scenarios[{failure.scenario}]", "; ".join(failure.messages))
    for finding in check(found):
        if overlaps or finding.kind != "overlap" or finding.severity != "note":
            yield _proved(finding), finding.severity == "error" and not finding.accepted


def _proved(finding: Any) -> dict[str, Any]:
    record: dict[str, Any] = {"severity": finding.severity, "path": finding.name, "message": finding.why}
    if finding.about:
        record["steps"] = list(finding.steps)
    record["mend"] = finding.mend
    if finding.episode is not None:
        record["confirmed"] = finding.confirmed
    return {**record, "accepted": finding.accepted} if finding.accepted else record


def _schema(_: argparse.Namespace) -> int:
    from carecoord.scoring import definition_schema  # noqa: PLC0415

    print(json.dumps(definition_schema(), indent=2, ensure_ascii=False))
    return 0


def _find(named: str) -> Any:
    from carecoord.scoring import instrument, read_instrument  # noqa: PLC0415

    return read_instrument(Path(named)) if named.endswith(".toml") else instrument(named)


def _summary(found: Any) -> dict[str, Any]:
    return {
        "id": found.id, "permission": found.permission, "evidence": found.evidence, "items": len(found.items),
        "title": found.title,
    }  # fmt: skip


def _details(found: Any) -> dict[str, Any]:
    return {
        **_summary(found),
        "measures": found.measures,
        "population": found.population,
        "permission_note": found.permission_note,
        "items": [
            {"n": item.n, "name": item.name, "label": item.label, "answers": item.wanted} for item in found.items
        ],
        "scores": [
            {
                "id": score.id,
                "range": score.range,
                "values": list(score.values),
                "worse": score.worse,
                "missing": score.missing,
            }
            for score in found.scores
        ],
        "flags": [{"id": flag.id, "meaning": flag.meaning, "urgency": flag.urgency} for flag in found.flags],
        "sources": [source.cite for source in found.sources],
        "digest": found.digest,
    }


def _description(found: Any) -> str:
    lines = [
        f"{found.title} ({found.id})",
        f"measures {found.measures}; for {found.population}; answered by: {found.respondent}",
        f"permission: {found.permission}{f' ({found.permission_note})' if found.permission_note else ''}",
        f"evidence: {found.evidence}",
        *(f"  {item.name} {item.label}: {item.wanted}" for item in found.items),
    ]
    for score in found.scores:
        span = f"{score.range[0]:g} to {score.range[1]:g}" if score.range else ", ".join(score.values)
        lines.append(f"score {score.id}: {span}, worse: {score.worse}; missing answers: {score.missing or 'not said'}")
        for banded in score.band_sets:
            name = f" ({banded.name})" if banded.name else ""
            lines.append(f"  bands{name}: {'; '.join(f'{band.label} from {band.low:g}' for band in banded.bands)}")
        lines += [
            f"  {cutoff.text}: {cutoff.meaning} ({cutoff.population}; {cutoff.source})" for cutoff in score.cutoffs
        ]
    lines += [f"flag {flag.id}, {flag.urgency}: {flag.meaning}" for flag in found.flags]
    lines += [f"source: {source.cite}" for source in found.sources]
    return "\n".join(lines)


def _print_table(names: Sequence[str], rows: Sequence[dict[str, Any]]) -> None:
    widths = [max(len(str(row[name])) for row in [*rows, {name: name}]) for name in names]
    for row in [dict(zip(names, names, strict=True)), *rows]:
        print("  ".join(str(row[name]).ljust(width) for name, width in zip(names, widths, strict=True)).rstrip())


def _score(chosen: argparse.Namespace) -> int:
    found = _find(chosen.instrument)
    with _opened(chosen.file) as stream:
        rows = _read_rows(stream, found, Path(chosen.file).name)
        refused = _write_scores(_progress(_scored(found, rows)), found, as_json=chosen.json)
    if refused:
        print(f"{refused} row{'s' if refused > 1 else ''} refused, see the column error", file=sys.stderr)
    return 1 if refused else 0


@contextmanager
def _opened(file: str) -> Generator[TextIO]:
    if file == "-":
        yield sys.stdin
        return
    with Path(file).open(encoding="utf-8-sig", newline="") as stream:
        yield stream


def _read_rows(stream: TextIO, found: Any, name: str) -> Iterator[dict[str, str]]:
    """Read the rows; a column an item is read by its number, id or name."""
    from carecoord.errors import DataError, Fault, did_you_mean  # noqa: PLC0415

    reader = csv.DictReader(stream)
    columns = list(reader.fieldnames or ())
    places = [place for column in columns if (place := _place(found, column)) is not None]
    names = [item.name for item in found.items]
    faults = [Fault(f"column {column}", "stands twice") for column in sorted(set(columns)) if columns.count(column) > 1]
    faults += [
        Fault(f"item {names[place]}", "has two columns") for place in sorted(set(places)) if places.count(place) > 1
    ]
    if not places:
        near = next((hint for column in columns if (hint := did_you_mean(column, names))), "")
        faults.append(Fault("line 1", f"no column is an item of {found.id}; they are {', '.join(names[:20])}{near}"))
    if faults:
        raise DataError(name, faults)
    absent = [name for place, name in enumerate(names) if place not in places]
    if absent:
        print(f"no column for {', '.join(absent)}: read as not answered", file=sys.stderr)
    yield from reader


def _place(found: Any, column: str) -> int | None:
    key: Any = int(column) if column.isascii() and column.isdigit() else column
    place: int | None = found.item_places.get(key)
    return place


def _scored(found: Any, rows: Iterable[dict[str, str]]) -> Iterator[tuple[dict[str, str], Any]]:
    from carecoord.errors import AnswerError  # noqa: PLC0415
    from carecoord.scoring import score  # noqa: PLC0415

    context = {"age", "sex", "informant", "setting", *found.context}
    for row in rows:
        answers: list[Any] = [None] * len(found.items)
        respondent: dict[str, Any] = {}
        others: dict[str, str] = {}
        for column, cell in row.items():
            place = _place(found, column) if column else None
            if place is not None:
                answers[place] = _answer(cell, found.items[place])
            elif column in context:
                respondent[column] = _fact(cell)
            elif column:
                others[column] = cell
        try:
            yield (
                others,
                score(
                    found, answers, respondent={key: value for key, value in respondent.items() if value is not None}
                ),
            )
        except AnswerError as error:
            yield others, error


def _answer(cell: str | None, item: Any) -> Any:
    """Read a cell as the item wants it; what does not fit stays text, and is refused with its place."""
    text = (cell or "").strip()
    if text in ("", "-"):
        return None
    if item.time or any(isinstance(code, str) for code in item.codes):
        return text
    return _number(text)


def _number(text: str) -> Any:
    try:
        return int(text) if text.lstrip("+-").isdigit() and text.isascii() else float(text)
    except ValueError:
        return text


def _fact(cell: str | None) -> Any:
    text = (cell or "").strip()
    if text in ("", "-"):
        return None
    return {"yes": True, "no": False}.get(text, _number(text))


def _progress(rows: Iterable[Any]) -> Iterator[Any]:
    shows = sys.stderr.isatty()
    count = 0
    for count, row in enumerate(rows, 1):
        if shows and count % PROGRESS_EVERY == 0:
            print(f"\r{count:,} rows", end="", file=sys.stderr, flush=True)
        yield row
    if shows and count >= PROGRESS_EVERY:
        print(f"\r{count:,} rows", file=sys.stderr)


def _write_scores(rows: Iterable[tuple[dict[str, str], Any]], found: Any, *, as_json: bool) -> int:
    from carecoord.errors import AnswerError  # noqa: PLC0415

    refused = 0
    writer: Any = None
    for others, result in rows:
        refused += isinstance(result, AnswerError)
        record = {**others, **(_refusal(found, result) if isinstance(result, AnswerError) else _record(result))}
        if as_json:
            print(json.dumps(record, ensure_ascii=False))
            continue
        if writer is None:
            writer = csv.DictWriter(sys.stdout, list(record), lineterminator="\n")
            writer.writeheader()
        writer.writerow({key: "" if value is None else _joined(value) for key, value in record.items()})
    return refused


def _joined(value: Any) -> Any:
    return " ".join(value) if isinstance(value, list) else value


def _record(result: Any) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for score in result.values():
        record[score.id] = score.category if score.range is None else score.value
        if score.definition.band_sets:
            record[f"{score.id}-band"] = score.band
    record["raised"] = [flag.id for flag in result.flags if flag.state == "raised"]
    record["undecided"] = [flag.id for flag in result.flags if flag.state == "undecided"]
    record["missing"] = list(result.missing)
    record["error"] = None
    return record


def _refusal(found: Any, error: Any) -> dict[str, Any]:
    from carecoord.scoring import score  # noqa: PLC0415

    blank = dict.fromkeys(_record(score(found, [None] * len(found.items))))
    return {**blank, "raised": [], "undecided": [], "missing": [], "error": "; ".join(map(str, error.faults))}


if __name__ == "__main__":
    sys.exit(main())
