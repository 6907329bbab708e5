"""Laws of measures: populations nest, rates are shares, small numbers stay hidden, people count for themselves."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import attrs
from hypothesis import given, strategies as st

from carecoord.caseload import (
    Counts,
    Group,
    MeasureReport,
    RateReport,
    Record,
    evaluate,
    measure,
    measures,
    suppress,
    why,
    wilson,
)
from carecoord.stepped_care import Share

YEAR = (date(2026, 1, 1), date(2026, 12, 31))
days = st.integers(-800, 500).map(lambda number: YEAR[0] + timedelta(number))


def rarely_unknown(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Draw a value, or now and then nothing."""
    return st.one_of(values, values, values, st.none())


ENTRIES: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "scores": st.fixed_dictionaries(
        {
            "on": days,
            "instrument": st.sampled_from(["phq-9", "phq-9", "gad-7", "collaborate"]),
            "score": st.sampled_from(["total", "total", "top"]),
            "value": rarely_unknown(st.integers(0, 27)),
            "status": rarely_unknown(st.just("final")),
        }
    ),
    "contacts": st.fixed_dictionaries({"on": days, "kept": rarely_unknown(st.booleans())}),
    "enrolments": st.fixed_dictionaries({"on": days, "protocol": st.just("x")}),
    "endings": st.fixed_dictionaries({"on": days, "protocol": st.just("x")}),
    "events": st.fixed_dictionaries({"on": days, "name": st.sampled_from(["consultation", "review"])}),
    "diagnoses": st.fixed_dictionaries(
        {
            "start": days,
            "clinical": st.just("active"),
            "verification": rarely_unknown(st.just("confirmed")),
            "kinds": st.sampled_from(["major-depression", "major-depression", "bipolar"]),
        }
    ),
    "visits": days.flatmap(
        lambda day: st.fixed_dictionaries(
            {
                "start": st.just(day),
                "end": st.just(day),
                "status": rarely_unknown(st.just("finished")),
                "kinds": st.sampled_from(["contact-or-office-visit", "psychiatric-inpatient", "crisis"]),
            }
        )
    ),
}


def records(name: str = "a") -> st.SearchStrategy[Record]:
    """Draw a record."""
    about = st.fixed_dictionaries(
        {"birth_date": rarely_unknown(days.map(lambda day: day.replace(year=day.year - 14, day=1)))}
    )
    lists = st.fixed_dictionaries({}, optional={key: st.lists(value, max_size=4) for key, value in ENTRIES.items()})
    return st.builds(Record, person=st.just(name), about=about, lists=lists)


@given(st.sampled_from(measures()), records(), days)
def test_the_populations_nest(name: str, record: Record, on: date) -> None:
    """Denominator within initial; exclusion, exception and numerator within it and apart from each other."""
    report = evaluate(measure(name), [record], period=YEAR, on=on)
    for one in report.memberships:
        assert one.initial >= one.denominator >= max(one.exclusion, one.exception, one.numerator)
        assert one.exclusion + one.exception + one.numerator <= 1
        assert one.undecided <= (one.outcome == "not met")
    for rate in report.rates:
        assert rate.counts.initial >= rate.counts.denominator >= rate.counts.counted >= rate.counts.numerator >= 0
        if rate.counts.counted == 0:
            assert rate.counts.rate is None
        else:
            assert rate.counts.rate is not None
            assert rate.counts.possible is not None
            assert 0 <= rate.counts.possible[0] <= rate.counts.rate <= rate.counts.possible[1] <= 1


@given(st.sampled_from(measures()), st.lists(records(), max_size=3), records(), days)
def test_one_more_person_changes_only_the_counts_they_are_in(
    name: str, others: list[Record], record: Record, on: date
) -> None:
    """Everybody is counted by themselves, in any order."""
    named = [attrs.evolve(one, person=f"other {place}") for place, one in enumerate(others)]
    chosen = measure(name)
    without, alone, together = (
        evaluate(chosen, people, period=YEAR, on=on) for people in (named, [record], [record, *named[::-1]])
    )
    for before, own, after in zip(without.rates, alone.rates, together.rates, strict=True):
        assert before.counts + own.counts == after.counts
    assert set(without.memberships) | set(alone.memberships) == set(together.memberships)


@given(st.sampled_from(measures()), records(), days)
def test_reasons_are_of_the_outcomes_that_were_counted(name: str, record: Record, on: date) -> None:
    """Counting looks no further than it must; saying why looks at everything: both come to the same."""
    chosen = measure(name)
    report = evaluate(chosen, [record], period=YEAR, on=on)
    for rate, reason in why(chosen, record, period=YEAR, on=on).items():
        outcomes = [one.outcome for one in report.memberships if one.rate == rate]
        if len(outcomes) == 1:
            assert f"{outcomes[0]}: " in reason
        assert bool(outcomes) == (reason != "out: nothing to count")


@given(records(), days, st.randoms())
def test_the_order_of_entries_at_different_times_does_not_matter(record: Record, on: date, random: Any) -> None:
    """Lists may come in any order where no two entries share a day."""
    single = {
        key: list({entry.get("on", entry.get("start")): entry for entry in entries}.values())
        for key, entries in record.lists.items()
    }
    mixed = {key: random.sample(entries, len(entries)) for key, entries in single.items()}
    for name in ("cms159", "cocm-fidelity"):
        one, other = (
            evaluate(measure(name), [attrs.evolve(record, lists=lists)], period=YEAR, on=on)
            for lists in (single, mixed)
        )
        assert one == other


sizes = st.integers(0, 30).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n)))


@given(st.lists(sizes, max_size=6), st.lists(sizes, max_size=4), st.integers(2, 12))
def test_what_is_kept_back_cannot_be_had_by_subtraction(
    first: list[tuple[int, int]], second: list[tuple[int, int]], below: int
) -> None:
    """What a division keeps back is never one group, and together never a small number; what is shown never is."""

    def rate(id_: str, numerators: list[int]) -> RateReport:
        groups = [
            Group(by="a", name=str(place), counts=Counts(people=n, initial=n, denominator=n, numerator=met))
            for place, ((n, _), met) in enumerate(zip(first, numerators, strict=True))
        ]
        counts = sum((one.counts for one in groups), Counts())
        return RateReport(id=id_, counts=counts, groups=tuple(groups))

    others = [min(n, second[place % len(second)][1] if second else 0) for place, (n, _) in enumerate(first)]
    whole = MeasureReport(
        measure="m",
        digest="",
        period=YEAR,
        on=YEAR[1],
        rates=(rate("r", [met for _, met in first]), rate("s", others)),
    )
    shown = suppress(whole, below=below)
    patterns = {tuple(group.share is None for group in one.groups) for one in shown.rates if one.share is not None}
    assert len(patterns) <= 1, "a group kept back in one rate is kept back in all"
    for before, after in zip(whole.rates, shown.rates, strict=True):
        kept = [old.counts for old, new in zip(before.groups, after.groups, strict=True) if new.share is None]
        for share in (after.share, *(group.share for group in after.groups)):
            assert share is None or not small(share, below)
        if after.share is not None and kept:
            assert len(kept) > 1
            if len(kept) < len(before.groups):
                counted = sum(one.counted for one in kept)
                met = sum(one.numerator for one in kept)
                assert not small(Share(met, counted), below)


def small(share: Share, below: int) -> bool:
    """Say whether any number of a share is small."""
    return any(0 < number < below for number in (share.of, share.count, share.of - share.count))


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_wilson_interval_holds_the_share(pair: tuple[int, int]) -> None:
    """It lies within 0 to 1, holds the share, and mirrors when met and not met change places."""
    met, counted = pair
    low, high = wilson(met, counted)
    assert 0 <= low <= met / counted <= high <= 1
    mirrored = wilson(counted - met, counted)
    assert abs(1 - high - mirrored[0]) < 1e-9
    assert abs(1 - low - mirrored[1]) < 1e-9
