"""Published test patients and published rates come out."""

from __future__ import annotations

import csv
from datetime import date

import attrs
import pytest

from carecoord.caseload import Counts, evaluate, measure, why
from tests.caseload.measures.decks import DATA, Case, cases

LATER = date(2029, 1, 1)
NAMES = {
    "initial-population": "initial",
    "denominator": "denominator",
    "denominator-exclusion": "exclusion",
    "numerator": "numerator",
    "denominator-exception": "exception",
}


@pytest.mark.parametrize(
    ("name", "case"),
    [(name, case) for name in ("cms159", "cms2") for case in cases(name)],
    ids=lambda one: one.title if isinstance(one, Case) else one,
)
def test_a_published_patient_is_where_the_publisher_has_them(name: str, case: Case) -> None:
    """Every population comes out as published, and the reason begins with the outcome."""
    chosen = measure(name)
    report = evaluate(chosen, [case.record], period=case.period, on=LATER)
    (rate,) = report.rates
    found = attrs.asdict(rate.counts)
    assert {key: found[NAMES[key]] for key in case.expected} == case.expected
    (reason,) = why(chosen, case.record, period=case.period, on=LATER).values()
    assert reason.startswith(f"{report.memberships[0].outcome}: ")
    assert len(reason) > len(report.memberships[0].outcome) + 5


@pytest.mark.parametrize(
    ("name", "number", "totals"),
    [("cms159", 67, (60, 60, 29, 12, 0)), ("cms2", 36, (34, 34, 5, 14, 8))],
)
def test_the_decks_come_to_the_published_totals(name: str, number: int, totals: tuple[int, ...]) -> None:
    """All patients of a deck counted together: initial, denominator, exclusion, numerator, exception."""
    deck = cases(name)
    counts = Counts()
    for case in deck:
        found = evaluate(measure(name), [case.record], period=case.period, on=LATER).rates[0].counts
        counts += found
    assert counts.people == len(deck) == number
    assert (counts.initial, counts.denominator, counts.exclusion, counts.numerator, counts.exception) == totals


def rows() -> list[dict[str, str]]:
    """Read the published counts and rates of NHS Talking Therapies in England, 2017-18 to 2024-25.

    Origin: NHS England, annual reports on NHS Talking Therapies, Open Government Licence v3.
    """
    with (DATA / "nhs-talking-therapies-england.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("rate", "numerator", "exclusion"),
    [
        ("recovery", "recovery_count", "not_at_caseness_count"),
        ("reliable_recovery", "reliable_recovery_count", "not_at_caseness_count"),
        ("improvement", "improvement_count", None),
        ("deterioration", "deterioration_count", None),
        ("no_reliable_change", "no_reliable_change_count", None),
    ],
)
def test_every_published_rate_comes_back_from_its_counts(rate: str, numerator: str, exclusion: str | None) -> None:
    """To one decimal: who is not at caseness leaves, who has no second score stays."""
    checked = 0
    for row in rows():
        wanted = row[f"{rate}_percent"]
        needed = [row[numerator], row["finished_course_treatment_count"], *([row[exclusion]] if exclusion else [])]
        if not all(cell.strip().isdigit() for cell in needed) or wanted in ("", "NULL", "*"):
            continue
        finished = int(row["finished_course_treatment_count"])
        counts = Counts(
            initial=finished,
            denominator=finished,
            exclusion=int(row[exclusion]) if exclusion else 0,
            numerator=int(row[numerator]),
        )
        if counts.rate is None:
            continue
        checked += 1
        assert abs(100 * counts.rate - float(wanted)) <= 0.05 + 1e-9
    assert checked > 500
