"""How long it takes to count a programme and to make a large board, beside the same counting written by hand."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING

import pytest

from carecoord.caseload import Caseload, Record, board, case_review, evaluate, measure, record
from carecoord.stepped_care import Assessment, Contact, Enrolment, EnrolmentEnd, Entry, Episode

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

YEAR = (date(2025, 4, 1), date(2026, 3, 31))
ON = date(2026, 6, 1)
DAY = date(2026, 6, 30)


def course(draw: Random, name: str) -> Episode:
    """Make up a course of treatment: six contacts, six PHQ-9 and GAD-7."""
    start = YEAR[0] + timedelta(draw.randrange(200))
    entries: list[Entry] = [Enrolment(id="e", on=start, protocol="x")]
    depression, anxiety = draw.randrange(8, 27), draw.randrange(5, 21)
    for visit in range(6):
        on = start + timedelta(14 * visit)
        entries.append(Contact(id=f"c{visit}", on=on))
        for instrument, total in (("phq-9", depression - 2 * visit), ("gad-7", anxiety - visit)):
            scores = {"total": max(0, total)}
            entries.append(Assessment(id=f"{instrument}{visit}", on=on, instrument=instrument, scores=scores))
    entries.append(EnrolmentEnd(id="x", on=start + timedelta(100), protocol="x"))
    return Episode(name, entries)


def courses(number: int) -> list[Episode]:
    """Make up many."""
    draw = Random(1)  # noqa: S311 - people to count
    return [course(draw, f"p{n}") for n in range(number)]


@pytest.mark.parametrize("name", ["nhs-talking-therapies", "cocm-fidelity", "cms159"])
def test_outcomes_of_a_programme(benchmark: BenchmarkFixture, name: str) -> None:
    """2,000 courses, read anew from their entries; times 50 for 100,000."""
    episodes = [(one.person, one.entries) for one in courses(2_000)]
    chosen = measure(name)
    report = benchmark(lambda: evaluate(chosen, (Episode(*one) for one in episodes), period=YEAR, on=ON))
    assert report.rates[0].counts.people == len(episodes)


def test_outcomes_of_records(benchmark: BenchmarkFixture) -> None:
    """2,000 courses that are records already."""
    records = [record(one) for one in courses(2_000)]
    chosen = measure("nhs-talking-therapies")
    report = benchmark(lambda: evaluate(chosen, records, period=YEAR, on=ON))
    assert report["recovery"].counts.people == len(records)


def test_outcomes_by_hand(benchmark: BenchmarkFixture) -> None:
    """The recovery rate alone, written for these records and nothing else."""
    records = [record(one) for one in courses(2_000)]

    def recovered(one: Record) -> tuple[bool, bool]:
        ends = [end["on"] for end in one.lists.get("endings", ()) if YEAR[0] <= end["on"] <= YEAR[1]]
        if not ends or sum(bool(each["kept"]) for each in one.lists["contacts"] if each["on"] <= ends[0]) < 2:
            return False, False
        scores = sorted(one.lists["scores"], key=lambda each: each["on"])
        phq = [each["value"] for each in scores if each["instrument"] == "phq-9" and each["on"] <= ends[0]]
        gad = [each["value"] for each in scores if each["instrument"] == "gad-7" and each["on"] <= ends[0]]
        case = phq[0] >= 10 or gad[0] >= 8
        return case, case and phq[-1] < 10 and gad[-1] < 8

    found = benchmark(lambda: [recovered(one) for one in records])
    counts = evaluate(measure("nhs-talking-therapies"), records, period=YEAR, on=ON)["recovery"].counts
    assert (sum(case for case, _ in found), sum(met for _, met in found)) == (counts.counted, counts.numerator)


def people(number: int) -> list[Episode]:
    """Make up a caseload in collaborative care: 20 assessments each."""
    draw = Random(2)  # noqa: S311 - people to count
    found = []
    for n in range(number):
        start = DAY - timedelta(draw.randrange(60, 280))
        entries: list[Entry] = [Enrolment(id="e", on=start, protocol="cocm-treat-to-target", step="acute")]
        first = draw.randrange(10, 27)
        for visit in range(20):
            on = start + timedelta(visit * (DAY - start).days // 20)
            total = max(0, min(27, first - visit // 2 + draw.randrange(-2, 3)))
            scores = {"total": total}
            entries.append(Assessment(id=f"s{visit}", on=on, instrument="phq-9", scores=scores, items={"q9": 0}))
            entries.append(Contact(id=f"c{visit}", on=on))
        found.append(Episode(f"p{n}", entries))
    return found


@pytest.mark.parametrize("flags", [True, False], ids=["with flags", "without flags"])
def test_board_of_a_large_caseload(benchmark: BenchmarkFixture, flags: bool) -> None:  # noqa: FBT001 - a case
    """500 people with 20 assessments and contacts each, read anew; times 20 for 10,000."""
    histories = [(one.person, one.entries) for one in people(500)]

    def run() -> int:
        caseload = Caseload(episodes=[Episode(person, entries) for person, entries in histories])
        if flags:
            return len(board(caseload, on=DAY, accept_unverified=True).rows)
        return len(board(caseload, on=DAY, flags=None, accept_unverified=True).rows)

    assert benchmark(run) == len(histories)


def test_case_review_of_a_caseload(benchmark: BenchmarkFixture) -> None:
    """100 people, an hour."""
    caseload = Caseload(episodes=people(100))
    review = benchmark(lambda: case_review(caseload, on=DAY, options={"accept_unverified": True}))
    assert review.planned <= 60
