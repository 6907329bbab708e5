"""Populations, groups, small numbers, means and entries counted one by one."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from typing import Any

import attrs
import pytest

from carecoord.caseload import (
    Counts,
    Group,
    MeasureReport,
    PublishedReport,
    RateReport,
    Record,
    disparities,
    effect_size,
    evaluate,
    measure,
    read_measure,
    record,
    standardised,
    suppress,
    times_to,
    why,
    wilson,
)
from carecoord.errors import DataError, DefinitionError, UnknownIdError
from carecoord.stepped_care import Episode

YEAR = (date(2026, 1, 1), date(2026, 12, 31))
ON = date(2026, 6, 30)

SIMPLE = """
id = "simple"
title = "a measure to test with"
[about.sex]
values = ["female", "male"]
[about.age]
type = "number"
[facts]
high = "last.value >= 10"
[[events]]
id = "last"
from = "scores"
where = "on <= on_day"
take = "last"
[[events]]
id = "seen"
from = "contacts"
where = "kept"
[[rates]]
id = "low"
initial = "last"
denominator = "person.age >= 18"
exclusion = "person.died <= on_day"
exception = "high and seen.count >= 2"
numerator = "last.value < 5"
pending = "on_day < period.end"
[[rates]]
id = "by-phone"
each = "seen"
initial = "yes"
numerator = "seen.how == 'phone'"
[[means]]
id = "score"
initial = "last"
value = "last.value"
least = 2
[strata.age_group]
young = "person.age < 40"
old = "person.age >= 60"
"""


def person(name: str, value: float | None = None, contacts: int = 0, **about: Any) -> Record:
    """Make a record with one score, and contacts by phone."""
    lists: dict[str, list[dict[str, Any]]] = {"contacts": [{"on": ON, "kept": True, "how": "phone"}] * contacts}
    if value is not None or about.pop("blank", False):
        lists["scores"] = [{"on": ON, "instrument": "x", "score": "total", "value": value}]
    return Record(person=name, about={"age": 30, **about}, lists=lists)


@pytest.mark.parametrize(
    ("record", "on", "outcome", "populations"),
    [
        (person("met", 4), YEAR[1], "met", "initial denominator numerator"),
        (person("high", 12), YEAR[1], "not met", "initial denominator"),
        (person("open", 12), ON, "pending", "initial denominator"),
        (person("excused", 12, contacts=2), ON, "exception", "initial denominator exception"),
        (person("met and excused", 4, contacts=2), ON, "met", "initial denominator numerator"),
        (person("dead", 4, died=date(2026, 2, 1)), ON, "excluded", "initial denominator exclusion"),
        (person("child", 4, age=17), ON, "out", "initial"),
        (person("nobody"), ON, "out", ""),
        (person("blank", blank=True), YEAR[1], "not met", "initial denominator undecided"),
        (person("no age", 4, age=None), ON, "unknown", ""),
    ],
    ids=lambda one: one.person if isinstance(one, Record) else "",
)
def test_everybody_is_in_the_populations_that_follow(record: Record, on: date, outcome: str, populations: str) -> None:
    """Exclusion wins, an exception only where it was not met, pending while the window is open."""
    chosen = read_measure(SIMPLE)
    report = evaluate(chosen, [record], period=YEAR, on=on)
    (found,) = [one for one in report.memberships if one.rate == "low"]
    assert found.outcome == outcome
    held = {name for name, value in attrs.asdict(found).items() if value is True}
    assert held == set(populations.split())
    assert report.people("low", found.outcome) == (record.person,)
    assert why(chosen, record, period=YEAR, on=on)["low"].startswith(f"{outcome}: ")


def test_the_rate_is_over_those_left() -> None:
    """Met over the denominator without exclusions and exceptions; the open ones could still change it."""
    records = [person("a", 4), person("b", 12), person("c", 12, contacts=2), person("d", 3, died=ON)]
    counts = evaluate(read_measure(SIMPLE), records, period=YEAR, on=ON)["low"].counts
    assert (counts.people, counts.initial, counts.denominator, counts.counted) == (4, 4, 4, 2)
    assert (counts.numerator, counts.pending, counts.rate, counts.possible) == (1, 1, 0.5, (0.5, 1.0))


def test_nobody_counted_is_no_rate() -> None:
    """It is absent, never 0."""
    report = evaluate(read_measure(SIMPLE), [person("a")], period=YEAR, on=ON)
    counts = report["low"].counts
    assert (counts.rate, counts.interval, counts.possible) == (None, None, None)
    assert "low: nobody counted" in str(report)


def test_every_entry_is_counted_where_each_says_so() -> None:
    """Three contacts of two people are three."""
    records = [person("a", contacts=2), person("b", contacts=1), person("c")]
    report = evaluate(read_measure(SIMPLE), records, period=YEAR, on=ON)
    counts = report["by-phone"].counts
    assert (counts.people, counts.counted, counts.numerator) == (3, 3, 3)
    assert {one.on for one in report.memberships if one.rate == "by-phone"} == {ON}
    said = why(read_measure(SIMPLE), records[0], period=YEAR, on=ON)["by-phone"]
    assert said == ". ".join(["2026-06-30, met: seen.how is phone, which is == phone"] * 2)


def test_groups_keep_those_of_whom_it_is_not_known() -> None:
    """By a stratum of the measure, or by what is known of the person."""
    records = [
        person("a", 4, sex="female", age=30),
        person("b", 12, sex="female", age=65),
        person("c", 4, age=50),
        person("d", 4, sex="male", age=None),
    ]
    report = evaluate(read_measure(SIMPLE), records, period=YEAR, on=YEAR[1], by=["sex", "age_group"])
    groups = {(one.by, one.name): one.counts.people for one in report["low"].groups}
    assert groups == {
        ("sex", "female"): 2,
        ("sex", "male"): 1,
        ("sex", "not stated"): 1,
        ("age_group", "old"): 1,
        ("age_group", "young"): 1,
        ("age_group", "not stated"): 1,
        ("age_group", "in no group"): 1,
    }
    with pytest.raises(UnknownIdError, match="did you mean sex"):
        evaluate(read_measure(SIMPLE), records, period=YEAR, on=ON, by=["sexx"])
    with pytest.raises(UnknownIdError):
        report["low"].group("sex", "other")
    with pytest.raises(UnknownIdError, match="by-phone"):
        report["by-fone"]


def test_means_leave_out_whom_it_is_not_known_of() -> None:
    """Their number is told."""
    records = [person("a", 4), person("b", 10), person("c", blank=True), person("d")]
    (mean,) = evaluate(read_measure(SIMPLE), records, period=YEAR, on=ON).means
    assert (mean.number, mean.unknown, mean.mean) == (2, 1, 7)
    assert mean.sd == pytest.approx(18**0.5)
    (alone,) = evaluate(read_measure(SIMPLE), records[:1], period=YEAR, on=ON).means
    assert (alone.mean, alone.sd) == (4, None)
    (nobody,) = evaluate(read_measure(SIMPLE), [], period=YEAR, on=ON).means
    assert (nobody.number, nobody.mean) == (0, None)


def test_times_are_cut_to_their_day_and_the_later_hour_is_last() -> None:
    """Of two scores on one day the later hour counts; of two at one time the one recorded later."""

    def at(hour: int, value: float) -> dict[str, Any]:
        return {"on": datetime(2026, 6, 30, hour, tzinfo=UTC), "value": value}

    days: dict[str, Any] = {"on": ON, "value": 12}
    for scores, met in (
        ([at(15, 4), at(9, 12)], True),
        ([at(9, 4), at(15, 12)], False),
        ([at(9, 12), at(9, 4)], True),
        ([days, at(0, 4)], True),
    ):
        record = Record(person="a", about={"age": 30}, lists={"scores": scores})
        report = evaluate(read_measure(SIMPLE), [record], period=YEAR, on=ON)
        assert report.people("low", "met") == (("a",) if met else ())


@pytest.mark.parametrize(
    ("lists", "path", "message"),
    [
        ({"scores": [{"on": "2026-01-01"}]}, "$.lists.scores[0].on", "a date or a time is wanted, found str"),
        ({"scores": [{}, {"value": True}]}, "$.lists.scores[1].value", "a number is wanted, found bool"),
        ({"contacts": [{"kept": 1}]}, "$.lists.contacts[0].kept", "yes/no is wanted, found int"),
        ({"contacts": [{"keep": True}]}, "$.lists.contacts[0].keep", "not a field here, did you mean kept?"),
        ({"visits": [{"kinds": 3}]}, "$.lists.visits[0].kinds", "text, or a list of texts, is wanted"),
        ({"visits": [{"kinds": ["a", 3]}]}, "$.lists.visits[0].kinds", "text, or a list of texts, is wanted"),
    ],
)
def test_an_entry_that_does_not_fit_its_list_is_refused(lists: Any, path: str, message: str) -> None:
    """With its place, and what would do."""
    with pytest.raises(DataError) as raised:
        Record(person="a", lists=lists)
    assert [(one.path, one.message) for one in raised.value.faults] == [(path, message)]


def test_lists_of_a_measure_of_ones_own_are_held_to_their_fields() -> None:
    """Declared in its file, checked when it is counted."""
    chosen = read_measure("""
        id = "own"
        title = "own"
        [lists.walks]
        on = "date"
        steps = "number"
        [[events]]
        id = "longest"
        from = "walks"
        take = "highest"
        by = "steps"
        [[events]]
        id = "shortest"
        from = "walks"
        take = "lowest"
        by = "steps"
        [[rates]]
        id = "walked"
        initial = "longest"
        numerator = "longest.steps >= 5000 and shortest.steps >= 1000"
        """)
    walks: list[dict[str, Any]] = [{"on": ON, "steps": 6000}, {"on": ON, "steps": None}, {"on": ON, "steps": 1000}]
    assert evaluate(chosen, [Record(person="a", lists={"walks": walks})], period=YEAR, on=ON).people("walked", "met")
    wrong = Record(person="a", lists={"walks": [{"on": ON, "steps": "many"}]})
    with pytest.raises(DataError) as raised:
        evaluate(chosen, [Record(person="b"), wrong], period=YEAR, on=ON)
    assert raised.value.faults[0].path == "$[1].lists.walks[0].steps"


def discharges(visits: list[dict[str, Any]], contacts: list[dict[str, Any]]) -> Record:
    """Make a record of stays in hospital and contacts."""
    stays = [{"kinds": "psychiatric-inpatient", "start": one["end"], **one} for one in visits]
    return Record(person="a", lists={"visits": stays, "contacts": contacts})


def test_every_discharge_is_held_against_what_followed_it() -> None:
    """Each by itself, with its own reason: one contact follows up one of two discharges, and one readmission is one."""
    chosen = measure("hospital-and-crisis-use")
    first, second = date(2026, 2, 10), date(2026, 2, 20)
    record = discharges(
        [{"end": first}, {"start": date(2026, 2, 15), "end": second}], [{"on": date(2026, 2, 22), "kept": True}]
    )
    report = evaluate(chosen, [record], period=YEAR, on=YEAR[1])
    found = {rate.id: (rate.counts.counted, rate.counts.numerator) for rate in report.rates}
    assert found == {
        "readmitted-30-days": (2, 1),
        "crisis-contact": (1, 0),
        "followed-up-7-days": (2, 1),
        "followed-up-30-days": (2, 2),
    }
    said = why(chosen, record, period=YEAR, on=YEAR[1])
    assert said["followed-up-7-days"] == (
        "2026-02-10, not met: no contact kept. 2026-02-15, met: contact kept on 2026-02-22"
    )
    assert said["readmitted-30-days"] == (
        "2026-02-10, met: unplanned readmission on 2026-02-15. 2026-02-15, not met: no unplanned readmission"
    )


def test_what_nobody_knows_of_a_joined_entry_stays_unknown() -> None:
    """A contact that may have been kept may have followed it up: undecided; outside the window it changes nothing."""
    chosen = measure("hospital-and-crisis-use")
    cases: tuple[tuple[list[dict[str, Any]], bool], ...] = (
        ([{"on": date(2026, 2, 12)}], True),
        ([{"on": date(2026, 2, 12)}, {"on": date(2026, 5, 1), "kept": True}], True),
        ([{"on": date(2026, 5, 12)}], False),
        ([{"on": date(2026, 2, 12), "kept": False}], False),
        ([{"kept": True}], True),
    )
    for contacts, undecided in cases:
        record = discharges([{"end": date(2026, 2, 10)}], contacts)
        counts = evaluate(chosen, [record], period=YEAR, on=YEAR[1])["followed-up-7-days"].counts
        assert (counts.counted, counts.numerator, counts.undecided) == (1, 0, int(undecided)), contacts
    both = discharges(
        [{"end": date(2026, 2, 10)}], [{"on": date(2026, 2, 12)}, {"on": date(2026, 2, 13), "kept": True}]
    )
    assert evaluate(chosen, [both], period=YEAR, on=YEAR[1])["followed-up-7-days"].counts.numerator == 1


@pytest.mark.parametrize(
    ("rule", "outcomes"),
    [  # of contacts kept, and of contacts of which nobody knows: 0 + 1, 1 + 1, 2 + 1, 1 + 0, 3 + 2
        ("seen.count >= 2", "no ? yes no yes"),
        ("seen.count > 2", "no no ? no yes"),
        ("seen.count < 2", "yes ? no yes no"),
        ("seen.count <= 2", "yes yes ? yes no"),
        ("seen.count == 2", "no ? ? no no"),
        ("seen.count != 2", "yes ? ? yes yes"),
        ("0 < seen.count <= 3", "? ? ? yes ?"),
        ("seen.count + 1 >= 3", "? ? ? no ?"),
        ("1 + seen.count >= 3", "? ? ? no ?"),
        ("seen.count >= 2 and seen.count < 4", "no ? yes no ?"),
    ],
)
def test_how_many_there_are_is_unknown_where_the_doubtful_matter(rule: str, outcomes: str) -> None:
    """One kept and one of which nobody knows may be two; three and two more are two or more whatever they are."""
    text = SIMPLE.replace('numerator = "last.value < 5"', f'numerator = "{rule}"').replace(
        "high and seen.count >= 2", "no"
    )
    for (kept, doubtful), wanted in zip([(0, 1), (1, 1), (2, 1), (1, 0), (3, 2)], outcomes.split(), strict=True):
        contacts = [{"on": ON, "kept": True}] * kept + [{"on": ON}] * doubtful
        made = attrs.evolve(person("a", 4), lists={"scores": [{"on": ON, "value": 4}], "contacts": contacts})
        counts = evaluate(read_measure(text), [made], period=YEAR, on=YEAR[1])["low"].counts
        assert "yes" * counts.numerator + "?" * counts.undecided == wanted.replace("no", ""), (kept, doubtful)


def test_an_entry_that_is_doubtful_itself_is_not_sure_because_it_goes_with_another() -> None:
    """A visit whose status nobody knows, with a diagnosis: nobody can say whether there was one that counts."""
    seen = {"start": ON, "end": ON}
    for status, found in (("finished", {"not met": 1}), (None, {"unknown": 1}), ("planned", {"out": 1})):
        lists: dict[str, list[dict[str, Any]]] = {
            "diagnoses": [{"start": date(2020, 1, 1), "kinds": "dysthymia"}],
            "visits": [{**seen, "status": status}],
        }
        made = Record(person="a", about={"birth_date": date(1980, 5, 1)}, lists=lists)
        report = evaluate(measure("phq9-use"), [made], period=YEAR, on=YEAR[1])
        assert Counter(one.outcome for one in report.memberships if one.rate == "third-2") == found


def test_what_goes_with_an_entry_is_for_its_own_rate_only() -> None:
    """Elsewhere the event still says whether there is one at all, in counting and in the reasons."""
    text = SIMPLE.replace(
        """numerator = "seen.how == 'phone'"
""",
        """numerator = "last"
with = { last = "days_between(last.on, seen.on) == 1" }
[[rates]]
id = "scored"
initial = "yes"
numerator = "last"
[[rates]]
id = "again"
each = "seen"
initial = "yes"
numerator = "last"
""",
    )
    chosen = read_measure(text)
    record = person("a", 4, contacts=1)
    report = evaluate(chosen, [record], period=YEAR, on=ON)
    assert [report[one].counts.numerator for one in ("by-phone", "scored", "again")] == [0, 1, 1]
    said = why(chosen, record, period=YEAR, on=ON)
    assert said["by-phone"] == "2026-06-30, not met: no last"
    assert said["scored"] == "met: last on 2026-06-30"
    assert said["again"] == "2026-06-30, met: last on 2026-06-30"


def test_two_courses_of_one_person_are_told_apart() -> None:
    """By their ids, where the measure counts courses; one that counts people refuses the second, and says why."""
    first = Record(person="a", id="2024")
    report = evaluate(
        measure("nhs-talking-therapies"), [first, attrs.evolve(first, id="2026")], period=YEAR, on=YEAR[1]
    )
    assert report["recovery"].counts.people == 2
    assert [one.id for one in report.memberships if one.rate == "recovery"] == ["2024", "2026"]
    assert report.people("recovery", "out") == ("a", "a")
    with pytest.raises(DataError, match="courses of one person want an id each"):
        evaluate(measure("nhs-talking-therapies"), [first, first], period=YEAR, on=YEAR[1])
    episodes = [Episode("a", id="x"), Episode("a", id="y")]
    assert evaluate(measure("cocm-fidelity"), episodes, period=YEAR, on=ON)["improvement"].counts.people == 2
    assert record(episodes[1]).id == "y"
    with pytest.raises(DataError, match="counts people, each with one record"):
        evaluate(measure("cocm-caseload"), episodes, period=YEAR, on=ON)


def test_several_ways_to_divide_people_stand_one_after_the_other() -> None:
    """Each divides everybody; nothing is counted twice within one, and naming one twice changes nothing."""
    records = [person(str(n), 4 + 8 * (n % 2), sex=sex, age=age) for n, (sex, age) in enumerate(
        [("female", 30), ("female", 65), ("male", 30), (None, None), ("male", 50)]
    )]  # fmt: skip
    chosen = read_measure(SIMPLE)
    both = evaluate(chosen, records, period=YEAR, on=YEAR[1], by=["sex", "age_group", "sex"])
    alone = [evaluate(chosen, records, period=YEAR, on=YEAR[1], by=[by]) for by in ("sex", "age_group")]
    for rate, *single in zip(both.rates, *(one.rates for one in alone), strict=True):
        assert rate.groups == (*single[0].groups, *single[1].groups)
        for by in ("sex", "age_group"):
            assert sum((one.counts for one in rate.groups if one.by == by), Counts()) == rate.counts


@pytest.mark.parametrize(("take", "value"), [("first", 8), ("last", 6), ("lowest", 6), ("highest", 8)])
def test_the_one_that_is_taken_is_told(take: str, value: int) -> None:
    """Also where all are looked at, because they are counted or because somebody asks why; of equals the last."""
    days = [date(2026, 1, day) for day in (5, 6, 7, 8)]
    scores = [{"on": day, "value": one} for day, one in zip(days, (8, 8, 6, 6), strict=True)]
    text = SIMPLE.replace('take = "last"', f'take = "{take}"').replace(
        'numerator = "last.value < 5"', f'numerator = "last and last.value == {value} and last.count == 4"'
    )
    made = Record(person="a", about={"age": 30}, lists={"scores": scores})
    assert evaluate(read_measure(text), [made], period=YEAR, on=ON).people("low", "met") == ("a",)
    told = {"first": "2026-01-05", "last": "2026-01-08", "lowest": "2026-01-08", "highest": "2026-01-06"}[take]
    assert why(read_measure(text), made, period=YEAR, on=ON)["low"].startswith(f"met: last on {told}; ")


def test_calls_about_an_entry_are_worked_out_for_each() -> None:
    """Days are reckoned from the entry that is counted, not from the last one looked at."""
    text = SIMPLE.replace(
        "numerator = \"seen.how == 'phone'\"", 'numerator = "days_between(period.start, seen.on) < 9"'
    )
    days = [date(2026, 1, 12), date(2026, 1, 9), date(2026, 1, 10)]
    made = Record(person="a", lists={"contacts": [{"on": day, "kept": True} for day in days]})
    found = evaluate(read_measure(text), [made], period=YEAR, on=ON).memberships
    assert [(one.on, one.outcome) for one in found if one.rate == "by-phone"] == [
        (date(2026, 1, 9), "met"),
        (date(2026, 1, 10), "not met"),
        (date(2026, 1, 12), "not met"),
    ]


def test_rates_that_are_counted_apart_add_up() -> None:
    """The total of three periods: whoever had a visit in two of them counts twice, in their group as well."""
    depressed = {"diagnoses": [{"start": date(2020, 1, 1), "kinds": "dysthymia"}]}

    def seen(name: str, sex: str, visits: list[int], scores: list[int]) -> Record:
        days = [date(2026, month, 10) for month in visits]
        lists = {
            **depressed,
            "visits": [{"start": day, "end": day, "status": "finished"} for day in days],
            "scores": [
                {"on": date(2026, month, 20), "instrument": "phq-9", "score": "total", "value": 8} for month in scores
            ],
        }
        return Record(person=name, about={"birth_date": date(1980, 5, 1), "sex": sex}, lists=lists)

    people = [seen("a", "female", [1, 5], [2]), seen("b", "male", [12], [12]), seen("c", "male", [], [12])]
    found = evaluate(measure("phq9-use"), people, period=YEAR, on=date(2027, 1, 1), by=["sex"])
    total = found.together()
    assert (total.id, total.counts.counted, total.counts.numerator) == ("total", 3, 2)
    assert {one.name: (one.counts.counted, one.counts.numerator) for one in total.groups} == {
        "female": (2, 1),
        "male": (1, 1),
    }
    assert found.together("third-1", "third-3").counts.counted == 2
    assert found.together("third-2", id="x") == attrs.evolve(found["third-2"], id="x")
    with pytest.raises(UnknownIdError, match="third-3"):
        found.together("third-4")


def test_two_records_with_one_id_are_refused() -> None:
    """And so is a period that ends before it begins."""
    chosen = read_measure(SIMPLE)
    with pytest.raises(DataError, match="the id stands twice"):
        evaluate(chosen, [person("a"), person("a")], period=YEAR, on=ON)
    with pytest.raises(DataError, match="before it begins"):
        evaluate(chosen, [], period=(YEAR[1], YEAR[0]), on=ON)


@pytest.mark.parametrize(
    ("change", "path", "message"),
    [
        (
            ('from = "scores"', 'from = "score"'),
            "$.events[last].from",
            "there is no list 'score', did you mean scores?",
        ),
        (('where = "kept"', 'where = "kep"'), "$.events[seen].where", "unknown name kep"),
        (('high = "last.value >= 10"', 'high = "low_"\nlow_ = "high"'), "$.facts.high", "goes in a circle"),
        (('numerator = "last.value < 5"', 'numerator = "last.value"'), "$.rates[low].numerator", "yes/no is wanted"),
        (('each = "seen"', 'each = "sen"'), "$.rates[by-phone].each", "there is no event 'sen', did you mean seen?"),
        (
            ('each = "seen"', 'with = { seen = "seen.kept" }'),
            "$.rates[by-phone].with",
            "entries that are counted one by one",
        ),
        (
            ('each = "seen"', 'each = "seen"\nwith = { sen = "yes" }'),
            "$.rates[by-phone].with.sen",
            "no event 'sen' stands before this one, did you mean seen?",
        ),
        (('id = "by-phone"', 'id = "low"'), "$.rates[low]", "the id stands twice"),
        (("[strata.age_group]", "[strata.sex]"), "$.strata.sex", "is known of the person already"),
        (('id = "last"', 'id = "value"'), "$.events[value]", "the name means something else already"),
        (('id = "last"', 'id = "Last"'), "$.events[Last]", "small letters"),
        (('take = "last"', 'take = "lowest"\nby = "on"'), "$.events[last].by", "on is no number of scores"),
        (('where = "on <= on_day"', 'where = "on <= seen.on"'), "$.events[last]", "seen cannot be known yet"),
        (
            ('where = "on <= on_day"', 'where = "days_between(on, 3) > 2"'),
            "$.events[last].where",
            "days_between() wants",
        ),
        (('where = "on <= on_day"', 'where = "days_after(on, value) > on"'), "$.events[last].where", "a whole number"),
        (('where = "on <= on_day"', 'where = "is_a(instrument)"'), "$.events[last].where", "texts as they are"),
        (('where = "on <= on_day"', 'where = "is_a()"'), "$.events[last].where", "a kind at least"),
        (('value = "last.value"', 'value = "high"'), "$.means[score].value", "number is wanted"),
    ],
)
def test_a_measure_that_cannot_be_read_says_where(change: tuple[str, str], path: str, message: str) -> None:
    """Place and what would do, for each kind of fault."""
    assert change[0] in SIMPLE
    with pytest.raises(DefinitionError) as raised:
        read_measure(SIMPLE.replace(*change, 1))
    told = {one.path: one.message for one in raised.value.faults}
    assert path in told
    assert message in told[path]


def test_the_wilson_interval_has_its_published_values() -> None:
    """Newcombe 1998, table 1, method 3: 81 of 263, 15 of 148, 0 of 20, 1 of 29."""
    for numerator, denominator, low, high in (
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ):
        assert wilson(numerator, denominator) == pytest.approx((low, high), abs=5e-5)
    assert wilson(20, 20)[1] == 1.0
    assert wilson(1, 2, level=0.5)[0] > wilson(1, 2)[0]
    for wrong in ((-1, 5), (6, 5), (0, 0)):
        with pytest.raises(ValueError, match="numerator"):
            wilson(*wrong)


def report(*groups: tuple[int, int], by: str = "sex") -> MeasureReport:
    """Make a report of one rate with groups of so many people and so many met."""
    counts = [Counts(people=n, initial=n, denominator=n, numerator=met) for n, met in groups]
    rate = RateReport(
        id="r",
        counts=sum(counts, Counts()),
        groups=tuple(Group(by=by, name=f"g{place}", counts=one) for place, one in enumerate(counts)),
    )
    return MeasureReport(measure="m", digest="", period=YEAR, on=ON, rates=(rate,))


def hidden(found: PublishedReport) -> list[bool]:
    """Say which groups are kept back."""
    return [group.share is None for group in found["r"].groups]


def test_small_numbers_and_what_gives_them_away_are_kept_back() -> None:
    """One small group takes the next smallest with it; a small complement counts as small; 0 does not."""
    assert hidden(suppress(report((40, 20), (60, 30)))) == [False, False]
    assert hidden(suppress(report((4, 2), (60, 30), (50, 20)))) == [True, False, True]
    assert hidden(suppress(report((40, 37), (60, 30), (50, 20)))) == [True, False, True]
    assert hidden(suppress(report((40, 36), (60, 30), (50, 20)))) == [True, False, True]
    assert hidden(suppress(report((40, 35), (60, 30), (50, 20)))) == [False, False, False]
    assert hidden(suppress(report((40, 0), (60, 60)))) == [False, False]
    assert hidden(suppress(report((9, 4), (12, 0), (12, 0), (70, 30)))) == [True, True, True, True]
    assert hidden(suppress(report((40, 20), (60, 30)), below=21)) == [True, True]
    small = suppress(report((3, 1), (1, 1)))
    assert small["r"].share is None
    assert hidden(small) == [True, True]
    assert "r: kept back" in str(small)
    with pytest.raises(ValueError, match="below"):
        suppress(report(), below=1)


def test_many_entries_of_few_people_are_few() -> None:
    """Thirty contacts of one person in a group are one person, who could be found; of ten people they are shown."""
    records = [person(f"f{n}", 4, contacts=3, sex="female") for n in range(10)]
    records += [person(f"x{n}", 4, contacts=2, sex="male") for n in range(12)]
    shown = evaluate(read_measure(SIMPLE), records, period=YEAR, on=ON, by=["sex"])
    assert shown["by-phone"].counts.distinct == (22, 22, 0)
    assert [group.share is None for group in suppress(shown)["by-phone"].groups] == [False, False]
    whole = evaluate(read_measure(SIMPLE), [*records, person("rare", contacts=30)], period=YEAR, on=ON, by=["sex"])
    rate = whole["by-phone"]
    assert rate.group("sex", "not stated").counts.distinct == (1, 1, 0)
    assert sum((one.counts for one in rate.groups), Counts()) == rate.counts
    assert [group.share is None for group in suppress(whole)["by-phone"].groups] == [False, True, True]
    alone = evaluate(read_measure(SIMPLE), [person("rare", contacts=30)], period=YEAR, on=ON)
    assert suppress(alone)["by-phone"].share is None
    assert alone["low"].counts.distinct is None


def test_gaps_between_groups_are_told_in_points_and_as_a_ratio() -> None:
    """Against a reference group; without a rate there is no gap."""
    rate = report((100, 50), (50, 20), (0, 0))["r"]
    second, third = disparities(rate, by="sex", reference="g0")
    assert second.name == "g1"
    assert (second.points, second.ratio) == pytest.approx((-10, 0.8))
    assert (third.name, third.points, third.ratio) == ("g2", None, None)
    assert [one.ratio for one in disparities(report((10, 0), (10, 5))["r"], by="sex", reference="g0")] == [None]


def test_a_standardised_rate_weighs_the_groups() -> None:
    """Worked by hand; unknown where a group that counts has no rate."""
    rate = report((10, 5), (90, 9), (0, 0))["r"]
    assert standardised(rate, by="sex", weights={"g0": 1, "g1": 3}) == pytest.approx((0.5 + 3 * 0.1) / 4)
    assert standardised(rate, by="sex", weights={"g0": 1, "g2": 1}) is None
    assert standardised(rate, by="sex", weights={"g0": 1, "g2": 0}) == 0.5
    for weights in ({"g0": -1.0}, {"g0": 0.0}):
        with pytest.raises(DataError):
            standardised(rate, by="sex", weights=weights)


def test_effect_sizes_are_in_standard_deviations_of_the_first_scores() -> None:
    """Mean before minus mean after, over the spread before."""
    assert effect_size([10, 14, 18], [7, 8, 9]) == pytest.approx(6 / 4)
    assert effect_size([10, 10], [5, 5]) is None
    assert effect_size([10], [5]) is None
    with pytest.raises(DataError, match="2 scores are wanted, found 1"):
        effect_size([1, 2], [1])


def test_times_run_from_the_first_score_to_the_day_it_was_reached() -> None:
    """Blank scores and later days are passed over; whoever has no score is not there."""

    def score(day: date, value: float | None) -> dict[str, Any]:
        return {"on": day, "instrument": "phq-9", "score": "total", "value": value}

    first, half, last = date(2026, 1, 5), date(2026, 3, 2), date(2026, 6, 1)
    records = [
        Record(person="reached", lists={"scores": [score(last, 3), score(first, 18), score(half, 9)]}),
        Record(person="not", lists={"scores": [score(first, 18), score(half, None), score(last, 10)]}),
        Record(person="later", lists={"scores": [score(first, 18), score(date(2026, 7, 1), 2)]}),
        Record(person="none"),
    ]
    found = times_to(records, "value * 2 <= first", instrument="phq-9", on=ON)
    assert [(one.person, one.days, one.reached) for one in found] == [
        ("reached", 56, True),
        ("not", 147, False),
        ("later", 0, False),
    ]
    with pytest.raises(DataError, match="yes/no is wanted"):
        times_to(records, "value", instrument="phq-9", on=ON)
