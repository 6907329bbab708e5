"""Who is enrolled on a day: protocols side by side, re-referral, endings of the same day; nothing later is seen."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from carecoord.caseload import Record, evaluate, measure, read_measure
from carecoord.stepped_care import Enrolment, EnrolmentEnd, Entry, Episode, RecordedFact

DAY = date(2026, 6, 30)
YEAR = (date(2026, 1, 1), date(2026, 12, 31))
JANUARY, MARCH = date(2026, 1, 5), date(2026, 3, 2)


def on_the_caseload(
    enrolments: list[dict[str, Any]], endings: list[dict[str, Any]], *, name: str = "cocm-caseload", on: date = DAY
) -> bool:
    """Say whether a measure takes somebody for active."""
    record = Record(person="a", lists={"enrolments": enrolments, "endings": endings})
    report = evaluate(measure(name), [record], period=(on, on), on=on)
    return report.rates[-1 if name == "caseload-flags" else 5].counts.initial == 1


A = {"on": JANUARY, "protocol": "depression"}
B = {"on": MARCH, "protocol": "relapse-prevention"}


@pytest.mark.parametrize(
    ("enrolments", "endings", "active"),
    [
        ([A], [], True),
        ([A], [{"on": DAY, "protocol": "depression"}], False),
        ([A], [{"on": date(2026, 7, 1), "protocol": "depression"}], True),
        ([A], [{"on": DAY}], False),
        ([{"on": JANUARY}], [{"on": DAY, "protocol": "depression"}], False),
        ([{"on": JANUARY, "until": DAY}], [], False),
        ([{"on": JANUARY, "until": date(2026, 7, 1)}], [], True),
        # one of two protocols side by side ends
        ([A, B], [{"on": DAY, "protocol": "relapse-prevention"}], True),
        ([A, B], [{"on": DAY, "protocol": "depression"}], True),
        ([A, B], [{"on": DAY, "protocol": "depression"}, {"on": DAY, "protocol": "relapse-prevention"}], False),
        ([A, B], [{"on": DAY}], False),
        # from one protocol into the next on one day
        ([A, B], [{"on": MARCH, "protocol": "depression"}], True),
        # referred again on the day it ended
        ([A, {**A, "on": MARCH}], [{"on": MARCH, "protocol": "depression"}], True),
        ([A, {**A, "on": MARCH}], [{"on": MARCH}, {"on": DAY}], False),
        ([{"on": JANUARY}, {"on": MARCH}], [{"on": MARCH}], True),
        # enrolled by mistake, ended that day
        ([A], [{"on": JANUARY, "protocol": "depression"}], False),
        ([{"on": datetime(2026, 1, 5, 9, tzinfo=UTC)}], [{"on": JANUARY}], False),
        ([{"on": datetime(2026, 1, 5, 9, tzinfo=UTC)}], [{"on": datetime(2026, 1, 5, 8, tzinfo=UTC)}], True),
        ([{"on": datetime(2026, 1, 5, 9, tzinfo=UTC)}], [{"on": datetime(2026, 1, 5, 10, tzinfo=UTC)}], False),
        # enrolled twice without an ending between: one ending ends it
        ([A, {**A, "on": MARCH}], [{"on": DAY, "protocol": "depression"}], False),
    ],
)
def test_an_enrolment_ends_with_the_ending_of_its_own_protocol(
    enrolments: list[dict[str, Any]], endings: list[dict[str, Any]], active: bool
) -> None:
    """Worked by hand; an ending that names no protocol ends everything that goes on."""
    assert on_the_caseload(enrolments, endings) is active
    assert on_the_caseload(enrolments[::-1], endings[::-1]) is active
    assert on_the_caseload(enrolments, endings, name="caseload-flags") is active


def test_who_goes_from_one_protocol_into_another_keeps_being_looked_after() -> None:
    """An episode says the same as a record written by hand."""
    entries: list[Entry] = [
        Enrolment(id="1", on=JANUARY, protocol="acute"),
        EnrolmentEnd(id="2", on=MARCH, protocol="acute"),
        Enrolment(id="3", on=MARCH, protocol="maintenance"),
    ]
    report = evaluate(measure("caseload-flags"), [Episode("a", entries)], period=(DAY, DAY), on=DAY)
    assert report.people("no-contact", "met") == ("a",)


UNTIL = """
id = "until"
title = "when enrolments ended"
[[events]]
id = "start"
from = "enrolments"
take = "last"
[[rates]]
id = "ended"
initial = "start"
numerator = "known(start.until)"
"""


def test_a_rate_may_ask_when_the_enrolment_taken_ended() -> None:
    """The ending is found even where no rule looks at endings."""
    for endings in ([], [{"on": MARCH}]):
        made = Record(person="a", lists={"enrolments": [A], "endings": endings})
        report = evaluate(read_measure(UNTIL), [made], period=YEAR, on=DAY)
        assert report.people("ended", "met") == (("a",) if endings else ())


def ended(enrolments: list[dict[str, Any]], endings: list[dict[str, Any]], *, on: date = DAY) -> str:
    """Say whether the last enrolment ended, as the measure above does."""
    made = Record(person="a", lists={"enrolments": enrolments, "endings": endings})
    (one,) = evaluate(read_measure(UNTIL), [made], period=YEAR, on=on).memberships
    return one.outcome


def test_an_ending_that_is_still_to_come_is_not_known() -> None:
    """The day before it the enrolment has no end; on the day it has."""
    assert ended([A], [{"on": MARCH}], on=date(2026, 3, 1)) == "not met"
    assert ended([A], [{"on": MARCH}], on=MARCH) == "met"
    assert ended([A], [{}]) == "not met", "an ending of which nobody knows the day ends nothing"


@pytest.mark.parametrize(
    ("begun", "over"),
    [((9, 0, 0), (9, 0, 1)), ((9, 0, 59), (9, 1, 0)), ((9, 59, 59), (10, 0, 0)), ((0, 0, 0), (0, 0, 1))],
)
def test_what_ends_an_enrolment_comes_after_it_to_the_second(
    begun: tuple[int, int, int], over: tuple[int, int, int]
) -> None:
    """A second later ends it, a second earlier does not; a day without an hour may."""
    first, later = (datetime(2026, 3, 2, *time, tzinfo=UTC) for time in (begun, over))
    assert ended([{"on": first}], [{"on": later}]) == "met"
    assert ended([{"on": later}], [{"on": first}]) == "not met"
    assert ended([{"on": later}], [{"on": later}]) == "met"
    assert ended([{"on": later}], [{"on": MARCH}]) == "met"


def test_a_protocol_that_begins_again_ended_before() -> None:
    """The course of care is that of the second enrolment; another protocol beside it ends nothing."""
    phq: dict[str, Any] = {"instrument": "phq-9", "score": "total"}
    scores = [{**phq, "on": JANUARY, "value": 20}, {**phq, "on": MARCH, "value": 12}, {**phq, "on": DAY, "value": 10}]
    for second, met in (({**A, "on": MARCH}, False), (B, True)):
        record = Record(person="a", lists={"enrolments": [A, second], "scores": scores})
        report = evaluate(measure("cocm-caseload"), [record], period=YEAR, on=DAY)
        assert report.people("response", "met" if met else "not met") == ("a",)


def test_what_came_after_the_day_is_not_seen() -> None:
    """A consultation of the day counts, one of the next day is still to come; so with facts and with times."""
    base: dict[str, list[dict[str, Any]]] = {
        "enrolments": [{"on": JANUARY}],
        "scores": [{"on": JANUARY, "instrument": "phq-9", "score": "total", "value": 14}],
    }
    for moment, met in (
        (date(2026, 3, 10), True),
        (datetime(2026, 3, 10, 23, 59, tzinfo=UTC), True),
        (date(2026, 3, 11), False),
        (datetime(2026, 3, 11, 0, 1, tzinfo=UTC), False),
    ):
        score = {"on": MARCH, "instrument": "phq-9", "score": "total", "value": 13}
        lists = {
            **base,
            "scores": [*base["scores"], score],
            "events": [{"on": moment, "name": "consultation"}],
        }
        report = evaluate(
            measure("cocm-fidelity"), [Record(person="a", lists=lists)], period=YEAR, on=date(2026, 3, 10)
        )
        assert report.people("timely-consultation", "met" if met else "pending") == ("a",)


def test_what_became_known_of_an_episodes_person_later_is_not_seen() -> None:
    """Measured on a day, grouped by what was so that day."""
    entries: list[Entry] = [
        Enrolment(id="1", on=JANUARY, protocol="x"),
        RecordedFact(id="2", on=JANUARY, name="home", value="own"),
        RecordedFact(id="3", on=DAY, name="home", value="none"),
    ]
    for on, home in ((MARCH, "own"), (DAY, "none")):
        report = evaluate(measure("cocm-caseload"), [Episode("a", entries)], period=YEAR, on=on, by=["home"])
        assert [group.name for group in report["score-a-month"].groups] == [home]
