# ruff: noqa: E501 - definitions and what is said of them are read a line each
"""What a result says: values, bands, cut-offs, flags, what is missing, what is still possible, and why."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from carecoord.errors import AnswerError, UnknownIdError
from carecoord.scoring import Instrument, Result, change, instrument, instruments, read_instrument, score
from tests.scoring.definitions import CALM, HEAD, calm, scale


def test_a_complete_result() -> None:
    """Everything about two scores and a flag."""
    result = score(calm(), [0, 2, 3, 5, 2, 4], respondent={"age": 70})
    total, sought = result["total"], result["help-sought"]
    assert (total.id, total.value, total.category, total.band, dict(total.bands)) == (
        "total",
        8,
        None,
        "not calm",
        {"": "not calm"},
    )
    assert (total.range, total.worse, total.possible, total.definition) == ((0, 9), "higher", (8, 8), calm().scores[0])
    assert (sought.value, sought.band, dict(sought.bands), sought.worse) == (1, None, {}, "neither")
    (cutoff,) = total.cutoffs
    assert (cutoff.state, cutoff.text, cutoff.meaning, cutoff.population, cutoff.source, cutoff.evidence, cutoff.needs) == (
        "met", "score >= 6", "look closer", "65 and over", "Author 2020", "two-sources", (),
    )  # fmt: skip
    (flag,) = result.flags
    assert (flag.id, flag.state, flag.meaning, flag.urgency, flag.needs) == (
        "alarm",
        "raised",
        "constant alarm",
        "same-day",
        (),
    )
    assert (result.missing, result.complete, result.answered, result.inconsistent) == ((), True, 6, ())
    assert result.given == (3, 2, 3, 5, 1, 4)
    assert repr(result) == "<calm-6: total 8 not calm, help-sought 1>"
    assert repr(total) == "<calm-6 total 8 not calm>"
    assert repr(calm()) == "<instrument calm-6>"


def test_a_result_is_a_mapping_by_score() -> None:
    """In the order of the definition; an unknown score is told with the nearest."""
    result = score(calm(), [0] * 4 + [1, 1])
    assert list(result) == ["total", "help-sought"]
    assert len(result) == 2
    assert "total" in result
    assert "totl" not in result
    assert result.get("totl") is None
    with pytest.raises(UnknownIdError, match="there is no score of calm-6 'totl', did you mean total"):
        result["totl"]
    with pytest.raises(UnknownIdError, match="there is no score of calm-6 'totl', did you mean total"):
        calm().score("totl")
    with pytest.raises(UnknownIdError, match="there is no item of calm-6 'alarms-a-dy', did you mean alarms-a-day"):
        calm().item("alarms-a-dy")
    assert calm().score("total") == calm().scores[0]


@pytest.mark.parametrize("at", [4, "q4", "alarms-a-day", "alarms_a_day", "4"], ids=repr)
def test_items_are_found_by_any_of_their_names(at: int | str) -> None:
    """Number, `q` with the number, id, name."""
    assert calm().item(at).label == "alarms a day"


@pytest.mark.parametrize("at", [0, 7, True, "q7", "alarms", ""])
def test_items_that_are_not_there_are_told(at: Any) -> None:
    """`True` is not item 1."""
    with pytest.raises(UnknownIdError, match="there is no item of calm-6"):
        calm().item(at)


# what is missing


def test_a_refused_score_says_why_and_what_is_still_possible() -> None:
    """With the policy in words."""
    result = score(calm(), [0, None, None, None, 9, None])
    total = result["total"]
    assert (total.value, total.band, dict(total.bands), total.possible) == (None, None, {"": None}, (3, 9))
    assert total.because == "unanswered: q2 (tense), q3 (alarm); one blank of three is pro-rated, halves up"
    assert result["help-sought"].because == "unanswered: q5 (help)"
    assert result["help-sought"].possible == (0, 1)
    assert result.missing == ("q2", "q3", "alarms_a_day", "q5", "q6")
    assert [item.label for item in result.missing_items] == ["tense", "alarm", "alarms a day", "help", "overall"]
    assert repr(result) == "<calm-6: total None, help-sought None>"


def test_a_pro_rated_score_says_what_was_blank_and_by_which_rule() -> None:
    """The value, the items left out, the policy."""
    total = score(calm(), [0, None, 1, 0, 1, 1])["total"]
    assert (total.value, total.possible) == (6, (6, 6))
    assert total.because.endswith(" is 6; without q2: one blank of three is pro-rated, halves up")


def test_a_score_that_rests_on_the_respondent_says_so() -> None:
    """What is not known of the respondent is named beside what was not answered."""
    found = scale(
        'id = "total"\nvalue = "q1 + q2 if sex == \'female\' else q1"\nrange = [0, 6]\nmissing = "all are needed"'
    )
    assert score(found, [1, 1, 1])["total"].because == "not known: sex; all are needed"
    assert score(found, [1, None, 1])["total"].because == "unanswered: q2 (item 2); not known: sex; all are needed"
    assert score(found, [1, None, 1])["total"].possible == (1, 4)
    assert score(found, [1, None, 1], respondent={"sex": "male"})["total"].value == 1


def test_certain_cut_offs_and_flags_stand_although_the_score_is_refused() -> None:
    """Where no missing answer could change them."""
    found = scale(
        'id = "total"\nvalue = "sum(q1, q2, q3)"\nneeds = "missing(q1, q2, q3) == 0"\nrange = [0, 9]\ncutoffs = ['
        '{ when = "score >= 3", meaning = "a", source = "s" }, { when = "score >= 5", meaning = "b", source = "s" },'
        '{ when = "score >= 8", meaning = "c", source = "s" }, { when = "score <= 9", meaning = "d", source = "s" }]',
        rest='[[flags]]\nid = "f"\nwhen = "total >= 3"\nmeaning = "m"\nurgency = "immediate"\n'
        '[[flags]]\nid = "g"\nwhen = "total >= 8"\nmeaning = "m"\nurgency = "immediate"\n'
        '[[flags]]\nid = "h"\nwhen = "total >= 5"\nmeaning = "m"\nurgency = "immediate"',
    )
    result = score(found, [3, 1, None])
    assert (result["total"].value, result["total"].possible) == (None, (4, 7))
    assert [cutoff.state for cutoff in result["total"].cutoffs] == ["met", "unknown", "not met", "met"]
    assert [(flag.id, flag.state, flag.needs) for flag in result.flags] == [
        ("f", "raised", ()),
        ("h", "undecided", ("q3",)),
    ]


def test_no_flag_is_never_nobody_asked() -> None:
    """An unanswered item leaves its flag undecided, and says what to ask."""
    flags = score("phq-9", [0] * 8 + [None, 0]).flags
    assert [(flag.state, flag.needs, flag.urgency) for flag in flags] == [("undecided", ("q9",), "same-day")]
    assert score("phq-9", [3] * 8 + [0, 0]).flags == ()


def test_a_flag_may_need_a_fact_about_the_respondent() -> None:
    """Then that is what it asks for."""
    found = scale(rest='[[flags]]\nid = "f"\nwhen = "q1 >= 2 and age < 18"\nmeaning = "m"\nurgency = "next-contact"')
    assert [flag.needs for flag in score(found, [2, 0, 0]).flags] == [("age",)]
    assert [flag.needs for flag in score(found, [None, 0, 0]).flags] == [("q1", "age")]
    assert score(found, [1, 0, 0]).flags == ()
    assert score(found, [None, 0, 0], respondent={"age": 18}).flags == ()
    assert "Not decided, ask age: m (next-contact)." in score(found, [2, 0, 0]).explain()


def test_codes_that_rules_ask_for_are_kept() -> None:
    """In explanations, bounds and comparisons of results."""
    found = scale(
        'id = "total"\nvalue = "code(q1) + q2"\nrange = [1, 7]',
        items='{ n = 1, label = "first", values = { 1 = 0, 2 = 0, 4 = 1 } }, { n = 2, label = "second", values = [0, 1, 2, 3] }',
    )
    result = score(found, [4, 3])
    assert (result["total"].value, result["total"].because) == (7, "code(q1) + q2 is 7")
    assert score(found, [4, None])["total"].possible == (4, 7)
    assert score(found, [1, 3]).given == score(found, [2, 3]).given
    assert score(found, [1, 3]) != score(found, [2, 3])


# categories


def levels() -> Instrument:
    """Give a form with a category."""
    return scale(
        """id = "level"
value = "'high' if q1 >= 2 else 'some' if q2 >= 1 else 'none'"
values = ["none", "some", "high"]""",
        codes="[0, 1, 2, 3]",
    )


def test_a_category_has_no_value() -> None:
    """And a value no category; what is possible is listed in the order of the definition."""
    one = score(levels(), [0, 1, None])["level"]
    assert (one.value, one.category, one.band, one.possible, one.range, one.worse) == (
        None,
        "some",
        None,
        ("some",),
        None,
        "neither",
    )
    assert score(levels(), [None, 0, 0])["level"].possible == ("none", "high")
    assert score(levels(), [0, None, 0])["level"].possible == ("none", "some")
    assert score(levels(), [3, None, 0])["level"].category == "high"
    assert repr(one) == "<small level some>"
    assert (
        "level: not scored. unanswered: q1 (item 1). Still possible: none or high."
        in score(levels(), [None, 0, 0]).explain()
    )


# bands


def banded() -> Instrument:
    """Give a form with bands for part of the people."""
    return scale(
        """id = "total"
value = "sum(q1, q2, q3) / 2"
range = [0, 4.5]
band_on = "round(score)"
bands = [
  { low = 0, high = 1, label = "low, young", for = "age < 18" },
  { low = 2, high = 4.5, label = "high, young", for = "age < 18" },
  { low = 0, high = 2, label = "low, women", for = "age >= 65 and sex == 'female'" },
  { low = 3, high = 4.5, label = "high, women", for = "age >= 65 and sex == 'female'" },
  { low = 0, below = 4.5, label = "not all", set = "two", source = "Author 2021", evidence = "one-source" },
  { low = 4.5, high = 4.5, label = "all", set = "two" },
]"""
    )


@pytest.mark.parametrize(
    ("facts", "band", "needs", "outside"),
    [
        ({"age": 17}, "high, young", (), False),
        ({"age": 65, "sex": "female"}, "low, women", (), False),
        ({"age": 65, "sex": "male"}, None, (), True),
        ({"age": 40}, None, (), True),
        ({"age": 65}, None, ("sex",), False),
        ({"sex": "female"}, None, ("age",), False),
        ({}, None, ("age", "sex"), False),
    ],
)
def test_bands_for_part_of_the_people(
    facts: dict[str, Any], band: str | None, needs: tuple[str, ...], outside: bool
) -> None:
    """The first condition that holds applies; unknown, the band names the missing fact; where none holds there is none."""
    total = score(banded(), [1, 1, 2], respondent=facts)["total"]
    assert total.value == 2
    assert (total.band, total.band_needs, total.outside) == (band, needs, outside)
    assert total.bands == {"": band, "two": "not all"}
    words = score(banded(), [1, 1, 2], respondent=facts).explain()
    assert ("the band depends on" in words, "no band: outside the population" in words) == (bool(needs), outside)


def test_a_refused_score_has_no_band_to_ask_for() -> None:
    """Nor is it outside the population."""
    total = score(banded(), [1, 1, None])["total"]
    assert (total.band, total.band_needs, total.outside, dict(total.bands)) == (
        None,
        (),
        False,
        {"": None, "two": None},
    )


@pytest.mark.parametrize(
    ("answers", "band"), [([1, 1, 0], "low, young"), ([1, 1, 1], "high, young"), ([3, 3, 3], "high, young")]
)
def test_bands_may_be_read_from_a_rounded_score(answers: list[int], band: str) -> None:
    """1.5 is banded as 2, halves up; the score itself stays."""
    total = score(banded(), answers, respondent={"age": 9})["total"]
    assert (total.value, total.band) == (sum(answers) / 2, band)


def test_further_sets_have_their_own_bands() -> None:
    """The greatest low end not above the value, with the evidence of the set."""
    assert score(banded(), [3, 3, 3])["total"].bands["two"] == "all"
    assert score(banded(), [3, 3, 2])["total"].bands["two"] == "not all"
    assert [band.evidence for band in banded().scores[0].band_sets[1].bands] == ["one-source", "unverified"]


def test_a_score_may_have_further_sets_only() -> None:
    """Then there is no main band."""
    found = scale(
        'id = "t"\nvalue = "q1"\nrange = [0, 3]\nbands = [{ low = 0, high = 3, label = "any", set = "one", source = "s" }]'
    )
    one = score(found, [0, 0, 0])["t"]
    assert (one.band, dict(one.bands), one.band_needs, one.outside) == (None, {"one": "any"}, (), False)
    assert found.scores[0].band_of(1) is None
    assert score(found, [None, 0, 0])["t"].bands == {"one": None}


def test_a_value_between_two_bands_is_in_the_lower() -> None:
    """A mean of 4.5 is in 0-4 where the paper prints 0-4 and 5-9."""
    found = scale(
        'id = "t"\nvalue = "sum(q1, q2, q3) / 2"\nrange = [0, 4.5]\nbands = [{ low = 0, below = 2, label = "a" }, { low = 2, high = 4.5, label = "b" }]'
    )
    assert [score(found, [n, 0, 0])["t"].band for n in (0, 3)] == ["a", "a"]
    assert score(found, [3, 1, 0])["t"].band == "b"


def test_the_band_of_a_reported_value() -> None:
    """A total that comes without its answers; what its band depends on is given beside it."""
    total = banded().scores[0]
    assert total.band_of(3, {"age": 9}) == "high, young"
    assert (total.band_of(3), total.band_of(None, {"age": 9}), total.band_of(3, {"age": 40})) == (None, None, None)
    assert calm().scores[0].band_of(4) == "not calm"
    assert calm().scores[1].band_of(1) is None
    for each in map(instrument, instruments()):
        for one in each.scores:
            ends = one.range if one.band_sets and not one.band_sets[0].name else None
            if ends and not any(band.condition for band in one.band_sets[0].bands):
                assert [one.band_of(end) for end in ends] == [
                    pick(one.band_sets[0].bands, key=lambda band: band.low).label for pick in (min, max)
                ]


# cut-offs


@pytest.mark.parametrize(
    ("answers", "facts", "state", "needs"),
    [
        ([0, 2, 3, 0, 1, 1], {"age": 65}, "met", ()),
        ([3, 2, 3, 0, 1, 1], {"age": 65}, "not met", ()),
        ([0, 2, 3, 0, 1, 1], {"age": 64.9}, "does not apply", ()),
        ([0, 2, 3, 0, 1, 1], {}, "unknown", ("age",)),
        ([3, 2, 3, 0, 1, 1], {}, "not met", ()),
        ([None, None, 3, 0, 1, 1], {"age": 65}, "unknown", ()),
        ([None, None, 3, 0, 1, 1], {"age": 64}, "does not apply", ()),
        ([None, None, 3, 0, 1, 1], {}, "unknown", ("age",)),
    ],
)
def test_a_cut_off_for_part_of_the_people_has_four_outcomes(
    answers: list[Any], facts: dict[str, Any], state: str, needs: tuple[str, ...]
) -> None:
    """Met, not met, unknown, does not apply; a score below it is not met whoever it is."""
    (cutoff,) = score(calm(), answers, respondent=facts)["total"].cutoffs
    assert (cutoff.state, cutoff.needs) == (state, needs)


# results as values


def test_results_are_equal_by_what_was_answered() -> None:
    """And by what is known of the respondent; hashes agree."""
    one, same = (
        score(calm(), [0, 1, 2, 3, 1, 4]),
        score(read_instrument("# a comment\n" + CALM), dict(enumerate([0, 1, 2, 3, 1, 4], 1))),
    )
    assert one == same
    assert hash(one) == hash(same)
    assert one["total"] == same["total"]
    assert hash(one["total"]) == hash(same["total"])
    assert one["total"] != one["help-sought"]
    assert len({hash(score(calm(), [n, 0, 0, 0, 1, 1])) for n in range(4)}) == 4
    assert len({hash(one[id]) for id in one}) == 2
    assert len({hash(instrument(id)) for id in instruments()}) == len(instruments())
    assert one != score(calm(), [0, 1, 2, 3, 1, 3])
    assert one != score(calm(), [0, 1, 2, 3, 1, 4], respondent={"age": 3})
    assert one == score(calm(), [0, 1, 2, 3, 1, 4], respondent={"age": None})
    assert one != dict(one)
    assert one["total"] != 5


@pytest.mark.parametrize("answers", [[0, 1, 2, 3, 1, 4], [0, None, None, None, 9, 4]])
def test_results_survive_pickling(answers: list[Any]) -> None:
    """A worker process can hand one back, with its instrument and all it can say."""
    result = score(calm(), answers, respondent={"age": 70})
    copy = pickle.loads(pickle.dumps(result))  # noqa: S301 - made on the line above
    assert copy == result
    assert copy.explain() == result.explain()
    assert copy.instrument.digest == calm().digest
    one = pickle.loads(pickle.dumps(result["total"]))  # noqa: S301
    assert (one, one.because, one.possible) == (result["total"], result["total"].because, result["total"].possible)


def test_every_instrument_survives_pickling() -> None:
    """Used or not."""
    for id in instruments():
        copy = pickle.loads(pickle.dumps(instrument(id)))  # noqa: S301 - made on this line
        assert copy == instrument(id)
        assert copy.scores == instrument(id).scores


def test_the_digest_is_of_what_is_said() -> None:
    """Comments, layout and the order of keys do not matter; any word does."""
    assert read_instrument(CALM).digest == calm().digest
    loose = CALM.replace("range = [0, 9]\nworse", "worse").replace(
        'worse = "higher"', 'worse  =  "higher"   # so\n\nrange = [0,9]'
    )
    assert read_instrument(loose).digest == calm().digest
    assert read_instrument(loose) == calm()
    for old, new in (
        ("look closer", "look closely"),
        ("range = [0, 9]\nworse", "range = [0, 9.0]\nworse"),
        ("An invented", "The invented"),
    ):
        assert read_instrument(CALM.replace(old, new)).digest != calm().digest
        assert read_instrument(CALM.replace(old, new)) != calm()
    assert instrument("gad-7") != calm()
    assert len(calm().digest) == 64


def test_digests_of_the_catalogue_differ() -> None:
    """No two definitions are one."""
    assert len({instrument(id) for id in instruments()}) == len(instruments())


def test_threads_may_score_on_one_new_instrument() -> None:
    """The engine is made on first use; two threads that make it at once agree."""
    found = read_instrument(CALM)

    def work(seed: int) -> list[Result]:
        return [score(found, [(seed + n) % 4, n % 4, None if n % 3 else 1, None, 1, 1]) for n in range(200)]

    with ThreadPoolExecutor(8) as pool:
        runs = list(pool.map(work, [0] * 8))
    assert all(run == runs[0] for run in runs)
    assert [one["total"].possible for one in runs[0]] == [one["total"].possible for one in work(0)]


# words


def test_explain_says_what_was_scored_and_what_needs_a_person() -> None:
    """Sentences, flags first, with sources."""
    assert score(calm(), [0, 2, 3, 5, 9, 4]).explain().splitlines() == [
        "An invented calm scale (calm-6): 5 of 6 items answered.",
        "Raised, same-day: constant alarm.",
        "total: 8 of 0-9, not calm. round(prorate(q1, q2, q3)) is 8.",
        "  score >= 6: unknown without age: look closer (65 and over; Author 2020)",
        "help-sought: not scored. unanswered: q5 (help). Still possible: 0 to 1.",
        "Sources: Author A. Journal 2020;1:1.",
    ]


def test_an_explanation_names_items_by_their_labels() -> None:
    """Their names alone say little; facts that are no items keep their own words."""
    result = score(calm(), [0, 2, None, None, 1, 1])
    assert result.describe("q2", 2) == "q2 (tense) is 2"
    assert result.describe("alarms_a_day", None) == "alarms_a_day (alarms a day) is unanswered"
    assert result.describe("age", 70) is None


def test_explain_lists_what_is_unknown() -> None:
    """Several facts and items stand in one line."""
    lines = score(banded(), [1, 1, 2]).explain().splitlines()
    assert lines == [
        "An invented scale (small): 3 of 3 items answered.",
        "total: 2 of 0-4.5. sum(q1, q2, q3) / 2 is 2.",
        "  the band depends on age, sex, which was not given",
        "  unverified: this score's rule was not read in a source",
        "Unverified: this instrument's rules were not read in a source.",
    ]
    assert score(banded(), [1, 1, 2], respondent={"age": 40}).explain().splitlines()[2] == (
        "  no band: outside the population the bands were published for"
    )
    assert score(levels(), [0, 1, None]).explain().splitlines()[1].startswith("level: some. ")
    two = scale(
        'id = "total"\nvalue = "sum(q1, q2, q3)"\nrange = [0, 9]\n'
        'cutoffs = [{ when = "score >= 3", for = "age >= 65 and sex == \'female\'", meaning = "m", population = "p", source = "s" }]',
        rest='[[flags]]\nid = "f"\nwhen = "q1 >= 2 and age < 18"\nmeaning = "m"\nurgency = "next-contact"\n'
        '[[sources]]\ncite = "A"\n[[sources]]\ncite = "B"',
    )
    words = score(two, [None, 3, 3]).explain()
    assert "  score >= 3: unknown without age, sex: m (p; s, unverified)" in words
    assert "Not decided, ask q1, age: m (next-contact)." in words
    assert words.endswith("Sources: A; B.")
    divided = scale(
        'id = "total"\nvalue = "q1 / q2"\nrange = [0, 3]',
        rest='[[flags]]\nid = "f"\nwhen = "total >= 2"\nmeaning = "m"\nurgency = "immediate"',
    )
    words = score(divided, [1, 0, 0]).explain()
    assert "total: not scored. what it rests on is unknown.\n" in words
    assert "Not decided, ask again: m (immediate)." in words


def test_explain_marks_what_is_unverified() -> None:
    """On the score, on the cut-off, on the whole."""
    text = CALM.replace('source = "Author 2020" },', 'source = "Author 2020", evidence = "unverified" },')
    text = text.replace('worse = "neither"', 'worse = "neither"\nevidence = "unverified"')
    lines = score(read_instrument(text), [0, 2, 3, 5, 1, 4], respondent={"age": 70}).explain().splitlines()
    assert "  score >= 6: met: look closer (65 and over; Author 2020, unverified)" in lines
    assert "  unverified: this score's rule was not read in a source" in lines
    unverified = score(read_instrument(CALM.replace('"two-sources"', '"unverified"')), [0] * 4 + [1, 1])
    assert "Unverified: this instrument's rules were not read in a source." in unverified.explain()
    assert "Unverified" not in score(calm(), [0] * 4 + [1, 1]).explain()


def test_an_instrument_without_sources_names_none() -> None:
    """And numbers are written for people."""
    found = scale('id = "minutes"\nvalue = "1000 * q1 / 3 + 12345 * q2"\nrange = [0, 38035]')
    words = score(found, [1, 1, 0]).explain()
    assert "minutes: 12678.33 of 0-38035." in words
    assert "Sources" not in words


# change


@pytest.mark.parametrize(
    ("before", "after", "points", "said", "response"),
    [
        (8, 4, -4, (4, 50.0, "better"), True),
        (8, 5, -3, (3, 37.5, "better"), False),
        (4, 8, 4, (-4, -100.0, "worse"), False),
        (3, 3, 0, (0, 0.0, "same"), False),
        (0, 3, 3, (-3, None, "worse"), None),
        (None, 3, None, (None, None, None), None),
    ],
)
def test_change_follows_the_direction_of_the_score(
    before: int | None, after: int, points: Any, said: tuple[Any, ...], response: Any
) -> None:
    """Points are after less before; improvement is in the better direction; 0 before has no percentage."""

    def form(total: int | None) -> Result:
        parts = [None] * 3 if total is None else [3 - min(total, 3), max(0, min(total - 3, 3)), max(0, total - 6)]
        return score(calm(), [*parts, 0, 1, 1])

    one = change(form(before), form(after))["total"]
    assert (one.points, one.improvement, one.percent_improvement, one.direction) == (points, *said)
    assert one.outcome("response") is response
    assert one.outcome("remission") is None


def test_change_where_higher_is_better() -> None:
    """The same rule, mirrored by the score's direction."""
    found = scale(
        'id = "wellbeing"\nvalue = "sum(q1, q2, q3)"\nrange = [0, 9]\nworse = "lower"',
        rest='[[change]]\nkind = "minimal-difference"\nscore = "wellbeing"\nwhen = "improvement >= 2"\nsource = "s"',
    )
    one = change(score(found, [1, 1, 1]), score(found, [2, 2, 1]))["wellbeing"]
    assert (one.points, one.improvement, one.direction, one.outcome("minimal-difference")) == (2, 2, "better", True)
    worse = change(score(found, [2, 2, 1]), score(found, [1, 1, 1]))["wellbeing"]
    assert (worse.points, worse.improvement, worse.outcome("minimal-difference")) == (-2, -2, False)


def test_change_without_a_direction_is_points_only() -> None:
    """Neither way is better."""
    one = change(score(calm(), [0, 0, 0, 0, 1, 1]), score(calm(), [0, 0, 0, 0, 2, 1]))["help-sought"]
    assert (one.points, one.improvement, one.direction, one.percent_improvement, one.outcomes) == (
        1,
        None,
        None,
        None,
        (),
    )


def test_rules_of_change_meant_for_others_are_left_out() -> None:
    """And those for whom it is not known are unknown."""
    found = scale(
        rest='[[change]]\nkind = "response"\nscore = "total"\nwhen = "after <= 3"\nfor = "age >= 65"\nsource = "s"\n'
        '[[change]]\nkind = "remission"\nscore = "total"\nwhen = "after <= 1"\nsource = "s"\nsize = "full"\nnote = "n"\nevidence = "one-source"',
    )

    def outcomes(**facts: Any) -> list[tuple[str, bool | None]]:
        pair = [score(found, answers, respondent=facts) for answers in ([3, 3, 3], [1, 1, 1])]
        return [(one.kind, one.met) for one in change(*pair)["total"].outcomes]

    assert outcomes(age=70) == [("response", True), ("remission", False)]
    assert outcomes(age=20) == [("remission", False)]
    assert outcomes() == [("response", None), ("remission", False)]
    (_, last) = change(score(found, [3, 3, 3]), score(found, [0, 0, 1]))["total"].outcomes
    assert (last.text, last.size, last.note, last.evidence, last.source, last.direction) == (
        "after <= 1",
        "full",
        "n",
        "one-source",
        "s",
        "",
    )


def test_changes_are_a_mapping_that_explains_itself() -> None:
    """Of every numeric score; other scores and instruments are told."""
    changes = change(score(calm(), [0, 2, 3, 0, 1, 1]), score(calm(), [2, 1, 1, 0, 9, 1]))
    assert list(changes) == ["total", "help-sought"]
    assert len(changes) == 2
    assert "totl" not in changes
    with pytest.raises(UnknownIdError, match="there is no change of calm-6 'totl', did you mean total"):
        changes["totl"]
    lines = changes.explain().splitlines()
    assert lines[0] == "total: 8 to 3 (-5, better)"
    assert lines[1].startswith("  response: yes: ")
    assert lines[1].endswith(" (Author 2020)")
    assert lines[2] == "help-sought: no change can be given, a score is unknown"
    assert list(change(score(levels(), [0, 0, 0]), score(levels(), [0, 0, 0]))) == []
    with pytest.raises(AnswerError, match="cannot be compared"):
        change(score(calm(), [0] * 4 + [1, 1]), score("gad-7", [0] * 8))
    with pytest.raises(AnswerError, match="cannot be compared"):
        change(
            score(calm(), [0] * 4 + [1, 1]), score(read_instrument(CALM.replace("An inv", "an inv")), [0] * 4 + [1, 1])
        )


@pytest.mark.parametrize(
    ("rule", "before", "after", "met"),
    [
        ("percent_improvement >= 33", [3, 3, None], [1, 1, 1], True),
        ("percent_improvement >= 51", [3, 3, None], [1, 1, 1], None),
        ("percent_improvement >= 67", [3, 3, None], [1, 1, 1], None),
        ("percent_improvement >= 34", [3, 3, None], [1, 1, 1], None),
        ("percent_improvement < 16", [3, 3, None], [1, 1, 1], False),
        ("improvement >= 3", [3, 3, None], [1, 1, 1], True),
        ("improvement >= 4", [3, 3, None], [1, 1, 1], None),
        ("improvement > 6", [3, 3, None], [1, 1, 1], False),
        ("before >= 6", [3, 3, None], [1, 1, 1], True),
        ("after <= 6", [3, 3, 3], [1, 2, None], True),
        ("after <= 5", [3, 3, 3], [1, 2, None], None),
    ],
    ids=map(str, range(11)),
)
def test_change_is_decided_where_no_missing_answer_could_undo_it(
    rule: str, before: list[Any], after: list[Any], met: bool | None
) -> None:
    """What the two scores can still be settles a rule."""
    found = scale(rest=f'[[change]]\nkind = "response"\nscore = "total"\nwhen = "{rule}"\nsource = "s"')
    (one,) = change(score(found, before), score(found, after))["total"].outcomes
    assert one.met is met
    rising = scale(
        'id = "total"\nvalue = "sum(q1, q2, q3)"\nrange = [0, 9]\nworse = "lower"',
        rest='[[change]]\nkind = "response"\nscore = "total"\nwhen = "improvement >= 3"\nsource = "s"',
    )
    (one,) = change(score(rising, [1, 1, 1]), score(rising, [3, 3, None]))["total"].outcomes
    assert one.met is True


def test_changes_say_each_rule_in_a_line() -> None:
    """Kind and size, yes or no or unknown, the numbers, the source, and whether it was verified."""
    found = scale(
        rest='[[change]]\nkind = "response"\nscore = "total"\nwhen = "after <= 3"\nfor = "age >= 65"\nsource = "A"\nevidence = "one-source"\n'
        '[[change]]\nkind = "minimal-difference"\nsize = "large"\nscore = "total"\nwhen = "improvement >= 2"\nsource = "B"\n'
        '[[change]]\nkind = "remission"\nscore = "total"\nwhen = "after <= 1"\nsource = "C"',
    )
    full, less = score(found, [3, 3, 3]), score(found, [1, 1, 1])
    assert change(full, less).explain().splitlines() == [
        "total: 9 to 3 (-6, better)",
        "  response: unknown: after is 3, which is <= 3 (A)",
        "  minimal-difference large: yes: improvement is 6, which is >= 2 (B, unverified)",
        "  remission: no: after is 3, wanted <= 1 (C, unverified)",
    ]
    assert change(score(found, [3, 3, None]), less).explain().splitlines() == [
        "total: no change can be given, a score is unknown",
        "  minimal-difference large: yes: improvement is unknown, whatever the missing answers are (B, unverified)",
        "  remission: no: after is 3, wanted <= 1 (C, unverified)",
    ]
    neither = change(score(calm(), [0, 0, 0, 0, 1, 1]), score(calm(), [0, 0, 0, 0, 2, 1]))
    assert neither.explain().splitlines()[-1] == "help-sought: 0 to 1 (+1)"


def test_the_reliable_change_index_is_that_of_jacobson_and_truax() -> None:
    """Points over the standard error of the difference: sd 4 and reliability 0.875 make it 2."""
    one = change(score(calm(), [0, 2, 3, 0, 1, 1]), score(calm(), [2, 1, 1, 0, 1, 1]))["total"]
    assert one.reliable_change_index(sd=4, reliability=0.875) == pytest.approx(-2.5)
    unknown = change(score(calm(), [None] * 6), score(calm(), [2, 1, 1, 0, 1, 1]))["total"]
    assert unknown.reliable_change_index(sd=4, reliability=0.875) is None


# reading


def test_an_instrument_is_read_from_text_or_from_a_file(tmp_path: Any) -> None:
    """A path as text or as a path; a name for the file where it has no id."""
    path = tmp_path / "calm-6.toml"
    path.write_text(CALM, encoding="utf-8")
    assert read_instrument(path) == read_instrument(str(path)) == calm()
    with pytest.raises(Exception, match="no-such: 1 fault\n  cannot be read: No such file"):
        read_instrument("no-such.toml")
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(Exception, match="cannot be read: it is no UTF-8 text"):
        read_instrument(path)


def test_names_of_the_language_stay_free_for_scores() -> None:
    """A score may be called as a function, or `score`; its rules then speak of itself."""
    found = scale(
        'id = "mean"\nvalue = "mean(q1, q2)"\nrange = [0, 3]',
        'id = "score"\nvalue = "q3"\nrange = [0, 3]\ncutoffs = [{ when = "score >= 2 and mean >= 1", meaning = "m", source = "s" }]',
        'id = "sum"\nvalue = "mean + score"\nrange = [0, 6]',
    )
    result = score(found, [1, 2, 3])
    assert [one.value for one in result.values()] == [1.5, 3, 4.5]
    assert result["score"].cutoffs[0].state == "met"


def test_named_lists_tables_and_rules() -> None:
    """Groups of groups, items by id, defines that are lists, tables of numbers and of texts."""
    found = read_instrument(
        HEAD
        + """
items = [
  { n = 1, id = "low-mood", label = "a", values = [0, 1] }, { n = 2, label = "b", values = [0, 1] },
  { n = 3, label = "c", values = [0, 1] }, { n = 4, id = "class", label = "d", values = [0, 1] },
]
[groups]
mood = "low-mood 2"
all-of-them = "mood 3 class"
[define]
both = "[low_mood, q2]"
weighted = "all_of_them * [1, 2, 3, 4]"
[tables]
t-score = { 0 = 30.5, 1 = 40, 2 = 50.5 }
words = { 0 = "none", 1 = "some", 2 = "all" }
[[scores]]
id = "t"
value = "lookup(sum(both), t_score)"
range = [30.5, 50.5]
[[scores]]
id = "word"
value = "lookup(sum(mood), words)"
values = ["none", "some", "all"]
[[scores]]
id = "weighted-sum"
items = "all-of-them"
value = "sum(weighted) + class_ * 0 + q4 * 0"
range = [0, 10]
"""
    )
    result = score(found, [1, 1, 0, 1])
    assert (result["t"].value, result["word"].category, result["weighted-sum"].value) == (50.5, "all", 7)
    assert found.score("weighted-sum").items == ("low_mood", "q2", "q3", "class_")


def test_an_item_says_what_answers_it_takes() -> None:
    """In words, for forms and for errors."""
    assert [item.wanted for item in calm().items] == [
        "0, 1, 2 or 3", "0, 1, 2 or 3", "0, 1, 2 or 3", "a whole number from 0 to 99", "1, 2, 3 or 9", "1, 2, 3, 4 or 5",
    ]  # fmt: skip
    assert scale('id = "t"\nvalue = "q1"\nrange = [0, 1]', codes="[0, 1]").items[0].wanted == "0 or 1"
