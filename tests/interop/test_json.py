"""Strict JSON in and out."""

from __future__ import annotations

import json
import pickle
from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs
import pytest

from carecoord._values import Period
from carecoord.caseload import Caseload, board, disclose_board
from carecoord.demo import DAY, clinic, reader
from carecoord.errors import DataError
from carecoord.interop import dumps, from_dict, loads, to_dict
from carecoord.roles import (
    Acknowledgement,
    Declassification,
    Done,
    Emergency,
    HandOver,
    Notice,
    ProxyAuthority,
    Release,
    Reserved,
    Team,
    TeamEvent,
    TeamRecord,
    disclose,
    matrix,
)
from carecoord.stepped_care import Episode, accept, assessment, decide, disclose_decision, protocol


def caseload_with(*entries: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Make the data of a caseload of one person with these entries."""
    return {"format": 1, "type": "caseload", "episodes": [{"person": "p", "entries": list(entries)}], **more}


def test_the_whole_clinic_reads_back_equal() -> None:
    """Everything the invented clinic holds survives a round trip, and so does its second."""
    caseload = clinic()
    once = loads(dumps(caseload))
    assert once == caseload
    assert dumps(once) == dumps(caseload)


def test_each_type_that_travels_alone_reads_back_equal() -> None:
    """Teams, matrices, plans, episodes and decisions are written with their type."""
    caseload = clinic()
    decision = board(caseload, on=DAY, accept_unverified=True)["tomas"].decisions[0]
    for value in (caseload.team, caseload.matrix, caseload.plans[0], caseload.episodes[0]):
        assert loads(dumps(value, indent=2)) == value
    again = loads(dumps(decision))
    assert (again.ruling, dict(again.facts)) == (decision.ruling, dict(decision.facts))


ON = date(2026, 6, 1)
AT = datetime(2026, 6, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        TeamEvent(id="e", duty="follow-up", kind="raised", at=AT, labels=["SUD"], within=Period.parse("P2D")),
        Notice(event="e", duty="follow-up", part="informed", member="lee", due=AT, because="is told"),
        Acknowledgement("e", "lee", at=AT, note="seen"),
        TeamRecord(done=[Done("own-plan", "holm", on=ON)], confirmations=[], plan_changes=[ON]),
        HandOver(id="h", giver="holm", taker="ivo", on=ON, reason="leave", accountable=("follow-up",)),
        ProxyAuthority(holder="ruth", patient="tim", categories=["all"], may=["see"], until=ON),
        Reserved(categories=["SUD"], since=ON, patient="tim"),
        Release(patient="tim", element="goals.mood", by="lee", on=ON, reason="safe"),
        Declassification(patient="tim", element="goals.mood", categories=["MH"], by="lee", on=ON, reason="ordinary"),
        Emergency(
            member="ed", patient="tim", affiliation="hospital", disclosed_by="desk", since=AT,
            until=AT + timedelta(hours=2), nature="unconscious", why_no_consent="cannot be asked",
        ),
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_what_a_team_tells_and_records_reads_back_equal(value: Any) -> None:
    """Events, notices, acknowledgements, hand-overs, and whatever decides about consent beside consents."""
    assert loads(dumps(value)) == value


def test_a_disclosure_is_kept_with_its_view() -> None:
    """For the audit: of an episode, a caseload, a board and a decision, and of nothing."""
    caseload, by = clinic(), reader()
    whole = disclose(caseload, by)
    assert loads(dumps(whole)) == whole
    shown = disclose_board(caseload, by, accept_unverified=True)
    again = loads(dumps(shown))
    assert again.view == shown.view
    assert again == shown
    zoe = next(one for one in caseload.episodes if one.person == "zoe")
    of_zoe = attrs.evolve(by, consents=[one for one in by.consents if one.patient == "zoe"])
    decided = disclose_decision(protocol("cocm-treat-to-target"), zoe, of_zoe, accept_unverified=True)
    assert decided.view is not None
    assert loads(dumps(decided)).view.ruling == decided.view.ruling
    for nothing in (disclose(zoe, attrs.evolve(of_zoe, consents=())), disclose(zoe, of_zoe)):
        assert loads(dumps(nothing)) == nothing


def test_what_is_wrong_with_the_view_of_a_disclosure_is_told() -> None:
    """With its place in the view."""
    data = to_dict(disclose(clinic(), reader()))
    data["view"]["episodes"][0]["colour"] = "red"
    with pytest.raises(DataError, match=r"\$\.view\.episodes\[0\]\.colour: not a field here"):
        from_dict(data, name="mine")


def test_recorded_decisions_travel_inside_their_episode() -> None:
    """An accepted decision keeps the facts it was made from through JSON and pickle."""
    episode = Episode("p", [assessment("phq-9", [2, 2, 2, 2, 2, 2, 1, 0, 0, 0], id="1", on=date(2026, 1, 5))])
    decision = decide(protocol("cocm-treat-to-target"), episode, on=date(2026, 1, 5), accept_unverified=True)
    kept = accept(episode, decision, by="holm")
    again = pickle.loads(pickle.dumps(kept))  # noqa: S301 - written a moment ago
    assert loads(dumps(kept)) == loads(dumps(again))
    assert loads(dumps(kept)).entries[-1].decision.move == "enter"


def test_answers_without_scores_are_scored() -> None:
    """A file may give answers alone, by place or by item; the entry is the one `assessment` makes."""
    wanted = assessment("phq-9", [1, 1, 1, 1, 1, 1, 1, 1, None, 2], id="a", on=date(2026, 3, 1))
    by_place = {"kind": "assessment", "id": "a", "on": "2026-03-01", "instrument": "phq-9",
                "answers": [1, 1, 1, 1, 1, 1, 1, 1, None, 2]}  # fmt: skip
    by_item = {**by_place, "answers": {**{str(n): 1 for n in range(1, 9)}, "q10": 2}}
    for entry in (by_place, by_item):
        made = from_dict(caseload_with(entry)).episodes[0].entries[0]
        assert (made.scores, made.possible, made.items) == (wanted.scores, wanted.possible, wanted.items)


def test_a_matrix_may_be_named() -> None:
    """The id of one of our matrices stands for it."""
    read = from_dict(caseload_with(team={"members": []}, matrix="collaborative-care-minimum"))
    assert read.matrix == matrix("collaborative-care-minimum")


def test_every_fault_of_a_hand_written_file_is_reported_at_once() -> None:
    """A wrong code, an unknown instrument, a day that is not and a slip in a key, each with its place."""
    data = caseload_with(
        {"kind": "assessment", "id": "1", "on": "2026-03-01", "instrument": "phq-9", "answers": [0, 1, 2, 5] + [0] * 6},
        {"kind": "assessment", "id": "2", "on": "2026-03-08", "instrument": "phq-99", "answers": [0]},
        {"kind": "enrolment", "id": "3", "on": "2026-02-30", "protocol": "cocm-treat-to-target"},
        {"kind": "contact", "id": "4", "on": "2026-03-09", "outcom": "kept"},
        {"kind": "assesment", "id": "5", "on": "2026-03-09"},
    )
    with pytest.raises(DataError) as raised:
        loads(json.dumps(data), name="mine.json")
    shown = {str(fault) for fault in raised.value.faults}
    assert shown == {
        "$.episodes[0].entries[0].answers: item 4 (tiredness): 5 is no answer here, wanted 0, 1, 2 or 3",
        "$.episodes[0].entries[1].instrument: there is no instrument 'phq-99', did you mean phq-9?",
        "$.episodes[0].entries[2].on: '2026-02-30' is no date, wanted YYYY-MM-DD as in 2026-01-31",
        "$.episodes[0].entries[3].outcom: not a field here, did you mean outcome?",
        next(line for line in shown if "'assesment' is no kind here" in line),
    }


@pytest.mark.parametrize(
    ("answers", "place"),
    [
        ("0101010101", "$.episodes[0].entries[0].answers"),
        ({"1": 9, "99": 1}, "$.episodes[0].entries[0].answers"),
        (7, "$"),
    ],
)
def test_answers_of_a_wrong_form_are_refused(answers: Any, place: str) -> None:
    """Text, a number and unknown items are no answers."""
    entry = {"kind": "assessment", "id": "1", "on": "2026-03-01", "instrument": "phq-9", "answers": answers}
    with pytest.raises(DataError) as raised:
        from_dict(caseload_with(entry))
    assert raised.value.faults[0].path.startswith(place)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([], "an object with format and type is wanted"),
        ({}, "1 is the format read here"),
        ({"format": 2, "type": "team", "members": []}, "1 is the format read here, found 2"),
        ({"format": True, "type": "team", "members": []}, "1 is the format read here"),
        ({"format": 1, "type": "teem"}, "did you mean team"),
        ({"format": 1, "type": "team", "members": {}}, "a list is wanted"),
        (caseload_with(matrix="collaborative"), "there is no matrix 'collaborative'"),
    ],
)
def test_data_that_says_something_else_is_refused(data: Any, message: str) -> None:
    """Wrong versions, types and forms are named."""
    with pytest.raises(DataError, match=message):
        from_dict(data)


@pytest.mark.parametrize("text", ["", "{", "NaN", '{"format": 1, "format": 1}', "[" * 100_000])
def test_what_is_no_json_is_refused(text: str) -> None:
    """Broken, endless and doubled JSON gives our error."""
    with pytest.raises(DataError):
        loads(text)


def test_only_what_travels_alone_is_written() -> None:
    """A value without a type of its own names those that have one."""
    with pytest.raises(DataError, match="only these travel on their own"):
        to_dict(date(2026, 1, 1))


def test_defaults_are_left_out_and_read_back() -> None:
    """What was not said is not written."""
    assert to_dict(Team([])) == {"format": 1, "type": "team", "members": []}
    assert to_dict(Caseload()) == {"format": 1, "type": "caseload"}
    assert from_dict({"format": 1, "type": "caseload"}) == Caseload()
