from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, cast

import pytest

from carecoord._definitions import structure, unstructure
from carecoord._values import FrozenMapping
from carecoord.errors import AnswerError, DataError
from carecoord.stepped_care import (
    Accepted,
    Assessment,
    Contact,
    Decision,
    Enrolment,
    EnrolmentEnd,
    Entry,
    Episode,
    Event,
    Override,
    RecordedFact,
    Ruling,
    StepEntry,
    Withdrawal,
    assessment,
    enrolled_in,
)
from tests.stepped_care.builders import one_number, pickled

DAY = date(2026, 1, 5)
HOUR = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
RULING = Ruling(protocol="ladder", digest="0", from_step="low", move="step-up", to=("high",), rule="up")
DECISION = Decision(DAY, RULING, FrozenMapping({"phq_9.total": 17, "age": None, "agrees": True}))
EVERY: tuple[Entry, ...] = (
    Enrolment(id="1", on=DAY, protocol="ladder", step="low", labels=["mental-health"]),
    StepEntry(id="2", on=HOUR, protocol="ladder", step="high", by="holm"),
    Assessment(id="3", on=DAY, instrument="phq-9", scores={"total": None}, possible={"total": (24, 27)}),
    Contact(id="4", on=DAY, outcome="missed", how="video"),
    RecordedFact(id="5", on=DAY, recorded=date(2026, 1, 7), name="agrees", value=True),
    Event(id="6", on=DAY, name="consultation"),
    Accepted(id="7", on=DAY, decision=DECISION, because="step-up to high (rule: up)"),
    Override(id="8", on=DAY, decision=DECISION, move="stay", reason="away for two weeks", until=date(2026, 2, 1)),
    EnrolmentEnd(id="9", on=HOUR, protocol="ladder", reason="moved"),
    Withdrawal(id="10", on=DAY, replaces="4", reason="another person"),
)


def test_an_episode_of_every_kind_of_entry_survives_plain_data() -> None:
    """What is written as plain data is read back as the same value, each entry in its class."""
    episode = Episode("p-17", EVERY, "e-1")
    plain = unstructure(episode)
    assert structure(plain, Episode, name="episode") == episode
    assert [entry["kind"] for entry in plain["entries"]] == [entry.kind for entry in EVERY]
    assert plain["entries"][0] == {
        "kind": "enrolment",
        "id": "1",
        "on": "2026-01-05",
        "labels": ["mental-health"],
        "protocol": "ladder",
        "step": "low",
    }


def test_an_episode_can_be_pickled_hashed_and_compared() -> None:
    """It is a value, also after it was looked at."""
    episode = Episode("p-17", EVERY)
    episode.in_force()
    episode.index()
    assert pickled(episode) == episode
    assert hash(Episode("p-17", list(EVERY))) == hash(episode)


def test_entries_can_only_be_added() -> None:
    """`with_entry` gives a new episode, and nothing in the old one changes."""
    before = Episode("p-17")
    after = before.with_entry(Contact(id="1", on=DAY), Contact(id="2", on=DAY))
    assert (len(before.entries), [entry.id for entry in after.entries]) == (0, ["1", "2"])
    with pytest.raises(AttributeError):
        after.entries = ()  # type: ignore[misc]


def test_a_correction_stands_for_what_it_replaces() -> None:
    """What is replaced is out of force, and so is a correction that is itself corrected."""
    first = Assessment(id="1", on=DAY, instrument="phq-9", scores={"total": 17})
    second = Assessment(id="2", on=DAY, instrument="phq-9", scores={"total": 7}, replaces="1")
    third = Assessment(id="3", on=DAY, instrument="phq-9", scores={"total": 8}, replaces="2")
    assert Episode("p-17", [third, first, second]).in_force() == (third,)


def test_a_withdrawal_leaves_nothing() -> None:
    """An entry that should never have been written is gone, and its withdrawal is no entry either."""
    contact = Contact(id="1", on=DAY)
    assert Episode("p-17", [contact, Withdrawal(id="2", on=DAY, replaces="1")]).in_force() == ()


def test_as_of_drops_what_was_written_later() -> None:
    """On the seventh they did not know the correction of the eighth."""
    first = Assessment(id="1", on=DAY, instrument="phq-9", scores={"total": 17})
    second = Assessment(
        id="2", on=DAY, recorded=date(2026, 1, 8), instrument="phq-9", scores={"total": 7}, replaces="1"
    )
    episode = Episode("p-17", [first, second])
    assert episode.in_force(as_of=date(2026, 1, 7)) == (first,)
    assert episode.in_force(as_of=date(2026, 1, 8)) == (second,)
    assert episode.in_force() == (second,)


def test_in_force_on_a_day_leaves_out_what_comes_later() -> None:
    """An entry of the day counts, the next day's does not."""
    today, tomorrow = Contact(id="1", on=DAY), Contact(id="2", on=DAY + timedelta(days=1))
    assert Episode("p-17", [tomorrow, today]).in_force(on=DAY) == (today,)


def test_entries_come_in_order_of_time_whatever_the_order_of_entry() -> None:
    """By day, a date without a time first, then by the minute, then by when it was recorded, then by id."""
    later = HOUR + timedelta(minutes=1)
    entries = [
        Contact(id="f", on=date(2026, 1, 6)),
        Contact(id="e", on=later),
        Contact(id="d", on=HOUR, recorded=later),
        Contact(id="c", on=HOUR),
        Contact(id="b", on=DAY),
        Contact(id="a", on=DAY),
    ]
    assert [entry.id for entry in Episode("p-17", entries).in_force()] == ["a", "b", "c", "d", "e", "f"]


def test_offsets_do_not_move_an_entry_to_another_day() -> None:
    """Ten in the evening in New York is that day there, although it is the next one in UTC."""
    evening = datetime(2026, 1, 5, 22, 0, tzinfo=timezone(timedelta(hours=-5)))
    assert len(Episode("p-17", [Contact(id="1", on=evening)]).in_force(on=DAY)) == 1


def test_a_moment_in_the_future_is_not_seen_whatever_its_offset() -> None:
    """Where both have an hour, the real order counts, not the local dates."""
    evening = datetime(2026, 1, 5, 23, 30, tzinfo=timezone(timedelta(hours=-5)))
    on = datetime(2026, 1, 6, 4, 0, tzinfo=UTC)
    assert Episode("p-17", [Contact(id="1", on=evening)]).in_force(on=on) == ()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Contact(id="", on=DAY), "$.id: the host's id for the entry is wanted"),
        (lambda: Contact(id="1", on=HOUR.replace(tzinfo=None)), "$.on: the time has no offset from UTC"),
        (
            lambda: Contact(id="1", on=cast("date", "2026-01-05")),
            "$.on: a date, or a time with its offset, is wanted, found str",
        ),
        (lambda: Contact(id="1", on=DAY, recorded=HOUR.replace(tzinfo=None)), "$.recorded: the time has no offset"),
        (lambda: Withdrawal(id="1", on=DAY), "$.replaces: the id of the entry taken back is wanted"),
        (
            lambda: Assessment(id="1", on=DAY, instrument="phq-9", scores={"total": True}, items={"q9": float("nan")}),
            "assessment: 2 faults\n  $.scores.total: a number, a text or nothing is wanted\n  $.items.q9",
        ),
        (lambda: RecordedFact(id="1", on=DAY, name="age", value=float("inf")), "$.value.age"),
    ],
)
def test_an_entry_that_cannot_be_is_refused(make: Any, message: str) -> None:
    """An entry that exists is right; what is wrong with it is said all at once."""
    with pytest.raises(DataError) as refused:
        make()
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ([Contact(id="1", on=DAY), Event(id="1", on=DAY, name="x")], "$.entries[1].id: the id stands twice"),
        ([Contact(id="1", on=DAY, replaces="2")], "$.entries[0].replaces: there is no entry with that id"),
        ([Contact(id="1", on=DAY, replaces="1")], "entries replace each other in a circle"),
        (
            [Contact(id="1", on=DAY, replaces="2"), Contact(id="2", on=DAY, replaces="1")],
            "$.entries[1].replaces: entries replace each other in a circle",
        ),
    ],
)
def test_an_episode_that_cannot_be_is_refused(entries: list[Entry], message: str) -> None:
    """Ids are there once, and what replaces something names it."""
    with pytest.raises(DataError) as refused:
        Episode("p-17", entries)
    assert message in str(refused.value)
    assert "p-17" not in str(refused.value)


def test_what_leads_into_a_circle_without_being_in_it_is_not_blamed() -> None:
    """Only the entries of the circle itself are named."""
    entries = [Contact(id=id_, on=DAY, replaces=other) for id_, other in (("1", "2"), ("2", "3"), ("3", "2"))]
    with pytest.raises(DataError) as refused:
        Episode("p-17", entries)
    assert [fault.path for fault in refused.value.faults] == ["$.entries[1].replaces", "$.entries[2].replaces"]


def test_wrong_plain_data_is_refused_with_the_place_of_each_fault() -> None:
    """All faults of all entries come at once."""
    plain = {
        "person": "p-17",
        "entries": [
            {"kind": "contact", "id": "1", "on": "2026-02-30"},
            {"kind": "contakt", "id": "2", "on": "2026-02-20"},
            {"kind": "contact", "id": "3", "on": "2026-02-20", "outcome": "keptt"},
            {"kind": "event", "id": "4", "on": "2026-02-20", "nam": "review"},
        ],
    }
    with pytest.raises(DataError) as refused:
        structure(plain, Episode, name="episode", error=DataError)
    said = str(refused.value)
    for part in ("[0].on", "[1]", "did you mean contact?", "[2].outcome", "[3].nam"):
        assert part in said


def test_answers_are_kept_with_what_they_score() -> None:
    """The entry holds the answers as given, what each counts, the scores and the instrument's digest."""
    entry = assessment("phq-9", {1: 3, 2: 3, 9: 1}, id="1", on=HOUR, by="lee", labels=["mental-health"])
    assert (entry.answers["q1"], entry.items["q9"], entry.items["q3"]) == (3, 1, None)
    assert (entry.scores["total"], entry.scores["phq-2"], entry.possible["total"]) == (None, 6, (7, 25))
    assert "phq-2" not in entry.possible
    assert len(entry.digest) == 64
    assert (entry.on, entry.recorded, entry.by, entry.labels) == (HOUR, HOUR, "lee", frozenset(["mental-health"]))


def test_an_entry_of_answers_takes_an_instrument_of_ones_own_and_corrects_another() -> None:
    """With when it was written down, and which entry it replaces."""
    mine = one_number("mine")
    entry = assessment(mine, [7], id="2", on=DAY, recorded=HOUR, replaces="1")
    assert (entry.instrument, entry.scores["total"], entry.recorded, entry.replaces, entry.by) == (
        "mine",
        7,
        HOUR,
        "1",
        "",
    )
    with pytest.raises(AnswerError, match="age"):
        assessment("phq-9", [0] * 10, id="1", on=DAY, respondent={"age": "old"})


def test_a_category_that_is_open_keeps_the_categories_left() -> None:
    """A screener with one yes and a blank can still be two things."""
    entry = assessment("cssrs-screener", {1: 1}, id="1", on=DAY)
    assert entry.scores["triage"] is None
    assert "low" in entry.possible["triage"]
    assert "no-risk-endorsed" not in entry.possible["triage"]


def test_numpy_answers_are_kept_as_python_numbers() -> None:
    """So that the entry is plain data whatever it was made from."""

    class Scalar(int):
        def item(self) -> int:
            return int(self)

    entry = assessment("phq-9", [Scalar(1), *[0] * 9], id="1", on=DAY)
    assert type(entry.answers["q1"]) is int


def test_enrolments_are_per_protocol() -> None:
    """Someone can be in two protocols at once and leave one of them."""
    episode = Episode(
        "p-17",
        [
            Enrolment(id="1", on=date(2026, 1, 5), protocol="b"),
            Enrolment(id="2", on=date(2026, 1, 7), protocol="a"),
            EnrolmentEnd(id="3", on=date(2026, 1, 9), protocol="b"),
        ],
    )
    days = {day: enrolled_in(episode, on=date(2026, 1, day)) for day in (4, 5, 7, 9)}
    assert days == {4: (), 5: ("b",), 7: ("a", "b"), 9: ("a",)}
    assert enrolled_in(episode, on=date(2026, 1, 9), as_of=date(2026, 1, 8)) == ("a", "b")


def test_an_accepted_decision_with_a_choice_wants_the_step_chosen() -> None:
    """A decision that leaves a choice says nothing until somebody chose."""
    ruling = Ruling(protocol="ladder", digest="0", from_step="low", move="step-up", to=("drug", "therapy"))
    decision = Decision(DAY, ruling, DECISION.facts)
    with pytest.raises(DataError, match="wanted one of drug, therapy"):
        Accepted(id="1", on=DAY, decision=decision)
    assert Accepted(id="1", on=DAY, decision=decision, step="drug").step == "drug"
