"""What reports and faults say, whole; what the functions of dates do at the edges of the calendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import attrs
import pytest

from carecoord.caseload import (
    Counts,
    Group,
    MeanReport,
    MeasureReport,
    RateReport,
    Record,
    TimeEntry,
    effect_size,
    evaluate,
    measure,
    measures,
    minutes,
    read_measure,
    read_time_codes,
    record,
    standardised,
    suppress,
    time_codes,
    wilson,
)
from carecoord.errors import DataError, DefinitionError, UnknownIdError
from carecoord.stepped_care import (
    Assessment,
    Contact,
    Enrolment,
    EnrolmentEnd,
    Entry,
    Episode,
    Event,
    RecordedFact,
    Share,
)

YEAR = (date(2026, 1, 1), date(2026, 12, 31))
FIRST = date(2026, 1, 5)


def test_an_episode_counts_as_its_record() -> None:
    """In every measure, on any day: what is read right away is what `record` gives."""
    kept: tuple[Literal["kept", "missed"], ...] = ("kept", "missed", "kept")
    entries: list[Entry] = [
        Enrolment(id="e", on=FIRST, protocol="x"),
        RecordedFact(id="f", on=FIRST, name="problem", value="panic"),
        *(
            Assessment(id=f"{name}{week}", on=FIRST + timedelta(7 * week), instrument=name, scores={"total": value})
            for name, values in (("phq-9", (20, 14, None, 9)), ("gad-7", (15, 12, 9, 3)))
            for week, value in enumerate(values)
        ),
        *(
            Contact(id=f"c{week}", on=datetime(2026, 1, 5 + week, 9, tzinfo=UTC), outcome=outcome, how="phone")
            for week, outcome in enumerate(kept)
        ),
        Event(id="v", on=FIRST + timedelta(60), name="consultation"),
        EnrolmentEnd(id="x", on=FIRST + timedelta(100), protocol="x", reason="done"),
    ]
    episode = Episode("a", entries)
    for name in measures():
        for on in (FIRST + timedelta(30), YEAR[1]):
            chosen = measure(name)
            read, made = (evaluate(chosen, [one], period=YEAR, on=on) for one in (episode, record(episode, on=on)))
            assert read == made
            assert read.rates != ()


def test_a_report_is_printed_whole() -> None:
    """A line a rate with what is open, a line a group, and what was only recalled."""
    counts = Counts(people=9, initial=8, denominator=8, numerator=2, pending=1, undecided=3, unknown=1)
    group = Group(by="sex", name="female", counts=Counts(denominator=2))
    rate = RateReport(id="r", counts=counts, groups=(group,), least=25)
    whole = MeasureReport(
        measure="m", digest="", period=YEAR, on=FIRST, rates=(rate,), unverified=("facts.a", "rates.r")
    )
    assert str(whole).splitlines() == [
        "m, 2026-01-01 to 2026-12-31, on 2026-01-05",
        "  r: 2 of 8, 25.0% (7.1% to 59.1%); 1 pending; 3 undecided; 1 unknown; fewer than 25",
        "    sex female: 0 of 2, 0.0% (0.0% to 65.8%)",
        "unverified: facts.a, rates.r",
    ]
    assert counts.possible == (0.25, 0.75)
    assert str(whole).count("fewer than") == 1
    assert "fewer" not in str(attrs.evolve(whole, rates=(attrs.evolve(rate, least=8),)))
    with pytest.raises(UnknownIdError) as raised:
        whole["s"]
    assert "rate" in str(raised.value)
    with pytest.raises(UnknownIdError, match="sex: female"):
        rate.group("sex", "femal")


def test_a_published_report_is_printed_whole_and_keeps_what_is_known_of_it() -> None:
    """Day, period, digest and what was only recalled; small means are left out, with few unknown as well."""
    big, small = Counts(denominator=50, numerator=20), Counts(denominator=3, numerator=1)
    middle = Counts(denominator=9, numerator=0)
    groups = tuple(Group(by="sex", name=name, counts=one) for name, one in (("f", big), ("m", small), ("x", middle)))
    rates = (
        RateReport(id="r", counts=big + small + middle, groups=groups, least=25),
        RateReport(id="s", counts=small),
    )
    means = tuple(
        MeanReport(id=f"{number}-{unknown}", number=number, unknown=unknown, mean=1.0, sd=None)
        for number, unknown in ((4, 0), (5, 0), (5, 1), (5, 4), (5, 5), (0, 0))
    )
    found = suppress(
        MeasureReport(
            measure="m", digest="abc", period=YEAR, on=FIRST, rates=rates, means=means, unverified=("facts.a", "b")
        )
    )
    assert str(found).splitlines() == [
        "m, 2026-01-01 to 2026-12-31, on 2026-01-05",
        "  r: 21 of 62, 33.9% (23.3% to 46.3%)",
        "    sex f: kept back",
        "    sex m: kept back",
        "    sex x: kept back",
        "  s: kept back",
        "unverified: facts.a, b",
    ]
    assert (found.measure, found.digest, found.period, found.on) == ("m", "abc", YEAR, FIRST)
    assert [one.id for one in found.means] == ["5-0", "5-5", "0-0"]
    assert (found["r"].least, found["s"].id, found.unverified) == (25, "s", ("facts.a", "b"))
    with pytest.raises(UnknownIdError, match="did you mean r") as raised:
        found["rr"]
    assert "rate" in str(raised.value)
    with pytest.raises(ValueError, match="below: 2 or more is wanted"):
        suppress(MeasureReport(measure="m", digest="", period=YEAR, on=FIRST, rates=()), below=1)


def test_shares_say_what_they_are() -> None:
    """With nobody there is none."""
    assert str(Share(2, 8)) == str(Counts(denominator=8, numerator=2)) == ("2 of 8, 25.0% (7.1% to 59.1%)")
    assert str(Share(1, 1)) == "1 of 1, 100.0% (20.7% to 100.0%)"
    assert str(Share(0, 0)) == "nobody counted"
    assert (Share(0, 0).value, Share(0, 0).interval) == (None, None)
    assert Share(1, 4).value == 0.25
    for level in (0.0, 1.0):
        with pytest.raises(ValueError, match="0 < level < 1"):
            wilson(1, 2, level=level)


@pytest.mark.parametrize(
    ("fail", "message"),
    [
        (
            lambda: standardised(RateReport(id="r", counts=Counts()), by="sex", weights={"a": 1, "b": -1, "c": -2}),
            "standard population: 2 faults\n  $.weights[1]: 0 or more is wanted\n  $.weights[2]: 0 or more is wanted",
        ),
        (
            lambda: standardised(RateReport(id="r", counts=Counts()), by="sex", weights={"a": 0}),
            "standard population: 1 fault\n  $.weights: one above 0 is wanted",
        ),
        (lambda: effect_size([1, 2], [1]), "effect size: 1 fault\n  $.after: 2 scores are wanted, found 1"),
        (
            lambda: TimeEntry(id="1", person="a", on=FIRST, minutes=0, by="lee", programme="x"),
            "time entry: 1 fault\n  $.minutes: more than 0 is wanted",
        ),
        (
            lambda: minutes(
                [TimeEntry(id="1", person="a", on=FIRST, minutes=0.5, by="lee", programme="cocn")] * 2,
                {"cocm": time_codes("us-cocm")},
                month=FIRST,
            ),
            """time entries: 3 faults
  $[0].programme: no codes are given for it, did you mean cocm?
  $[1].id: stands twice: no minute is counted twice
  $[1].programme: no codes are given for it, did you mean cocm?""",
        ),
        (
            lambda: evaluate(measure("cms2"), [], period=(YEAR[1], YEAR[0]), on=FIRST),
            "measure: 1 fault\n  $.period: it ends on 2026-01-01, before it begins on 2026-12-31",
        ),
    ],
)
def test_faults_are_told_whole(fail: Callable[[], Any], message: str) -> None:
    """What it is about, the place, what was found and what would do."""
    with pytest.raises(DataError) as raised:
        fail()
    assert str(raised.value) == message


def test_one_weight_is_enough_and_two_people_have_an_effect_size() -> None:
    """The smallest that is allowed."""
    group = Group(by="sex", name="a", counts=Counts(denominator=4, numerator=1))
    rate = RateReport(id="r", counts=group.counts, groups=(group,))
    assert standardised(rate, by="sex", weights={"a": 0.5}) == 0.25
    assert effect_size([1, 3], [1, 1]) == pytest.approx(1 / 2**0.5)


RECKONED = """
id = "reckoned"
title = "dates"
[[events]]
id = "last"
from = "scores"
where = "{rule}"
[[rates]]
id = "r"
initial = "yes"
numerator = "last"
"""


@pytest.mark.parametrize(
    ("rule", "on", "met"),
    [
        ("months_after(on, 12) == period.end", date(2025, 12, 31), True),
        ("months_after(on, 0) == on", FIRST, True),
        ("months_after(on, -1) < on", date(2026, 3, 31), True),
        ("days_between(months_after(on, -1), on) == 31", date(2026, 3, 31), True),
        ("days_between(months_after(on, 12), on) == -365", date(2024, 2, 29), True),
        ("days_after(on, 1) == months_after(on, 1)", FIRST, False),
        ("days_after(on, 73200) > on", FIRST, True),
        ("days_after(on, -73200) < on", FIRST, True),
        ("days_after(on, 1) > on", date(9999, 12, 31), None),
        ("months_after(on, -1) < on", date(1, 1, 1), None),
        ("age_on(person.birth_date, on) == 0", date(2000, 2, 29), True),
        ("age_on(person.birth_date, on) >= 0", date(2000, 2, 28), None),
        ("age_on(person.birth_date, on) == 17", date(2018, 2, 28), True),
        ("age_on(person.birth_date, on) == 18", date(2018, 3, 1), True),
        ("age_on(person.birth_date, on) == 20", date(2020, 2, 29), True),
        ("days_between(period.start, on) == 4", FIRST, True),
    ],
)
def test_dates_are_reckoned(rule: str, on: date, met: bool | None) -> None:
    """Worked by hand; beyond the calendar, and before birth, nobody can say."""
    about = {"birth_date": date(2000, 2, 29)}
    made = Record(person="a", about=about, lists={"scores": [{"on": on}]})
    counts = evaluate(read_measure(RECKONED.format(rule=rule)), [made], period=YEAR, on=date.max)["r"].counts
    assert (counts.numerator, counts.undecided) == (int(met is True), int(met is None))


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("days_after(on) == on", "days_after() wants a whole number of at most 73,200 as its second argument"),
        ("days_after(on, 73201) > on", "days_after() wants a whole number of at most 73,200 as its second argument"),
        ("days_after(on, -73201) > on", "days_after() wants a whole number of at most 73,200 as its second argument"),
        ("days_after(on, 1.5) > on", "days_after() wants a whole number of at most 73,200 as its second argument"),
        (
            "months_after(on, value) > on",
            "months_after() wants a whole number of at most 73,200 as its second argument",
        ),
        ("days_after(on, 1, 2) > on", "days_after() wants 2 arguments: date, days"),
        ("months_after(on, 1, 2) > on", "months_after() wants 2 arguments: date, months"),
        ("days_after(value, 1) > on", "days_after() wants date, days; value is number"),
        ("days_between(on) > 1", "days_between() wants 2 arguments: date, date"),
        ("age_on(on) > 1", "age_on() wants 2 arguments: birth date, date"),
        ("age_on(on, value) > 1", "age_on() wants birth date, date; value is number"),
    ],
)
def test_a_call_that_cannot_be_reckoned_says_what_it_wants(rule: str, message: str) -> None:
    """How many arguments, and of which kind."""
    with pytest.raises(DefinitionError) as raised:
        read_measure(RECKONED.format(rule=rule))
    assert any(one.message.endswith(message) for one in raised.value.faults), raised.value


def test_time_codes_are_read_from_a_file_and_known_by_name(tmp_path: Path) -> None:
    """A near miss is named; a file of one's own says what is wrong with it under its name."""
    with pytest.raises(UnknownIdError, match="did you mean us-cocm") as raised:
        time_codes("us-cocn")
    assert "time codes" in str(raised.value)
    file = tmp_path / "mine.toml"
    file.write_text('id = "mine"\ntitle = "mine"\nagain_after = "six"\ncodes = []\n', encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"mine") as wrong:
        read_time_codes(file)
    assert [one.path for one in wrong.value.faults] == ["$.again_after"]
