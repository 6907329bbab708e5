from __future__ import annotations

from datetime import date

import pytest

from carecoord.errors import DataError, DefinitionError
from carecoord.stepped_care import Assessment, Contact, Enrolment, Entry, Episode, RecordedFact, decide, facts
from tests.stepped_care.builders import HEAD, MEASURE, history, ladder, pickled, row_for, value_of, when, why

FIRST = 'baseline = "first"'
TOTALS = """
2026-01-05 phq_9 total=16 q9=1
2026-01-05 start
2026-01-19 phq_9 total=18 q9=0
2026-02-02 phq_9 total=9 q9=0
2026-02-16 phq_9 total=12 q9=2
"""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("phq_9.total", 12),
        ("phq_9.q9", 2),
        ("phq_9.total.baseline", 16),
        ("phq_9.total.previous", 9),
        ("phq_9.total.first", 16),
        ("phq_9.total.best", 9),
        ("phq_9.total.worst", 18),
        ("phq_9.total.count", 4),
        ("phq_9.total.days_old", 2),
        ("phq_9.total.change", -4),
        ("phq_9.total.improvement", 4),
        ("phq_9.total.percent_improvement", 25),
        ("step", "low"),
        ("weeks_in_step", 44 / 7),
        ("weeks_in_care", 44 / 7),
        ("days_in_step", 44),
        ("contacts", 0),
        ("missed_in_a_row", 0),
    ],
)
def test_what_is_said_of_readings_and_clocks(name: str, value: object) -> None:
    """Each name gives what protocols mean by it, two days after the last of four readings."""
    assert value_of(name, TOTALS, "2026-02-18") == value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("wellbeing.total.best", 60),
        ("wellbeing.total.worst", 20),
        ("wellbeing.total.change", 35),
        ("wellbeing.total.improvement", 35),
        ("wellbeing.total.percent_improvement", 140),
    ],
)
def test_where_lower_is_worse_improvement_is_a_rise(name: str, value: object) -> None:
    """Best, worst and improvement follow the instrument's direction; change is signed as the score is."""
    lines = (
        "2026-01-05 wellbeing total=25\n2026-01-05 start\n2026-01-06 wellbeing total=20\n2026-01-07 wellbeing total=60"
    )
    measures = '[measures.wellbeing]\ninstrument = "wellbeing"\nbaseline = "start"\n'
    assert value_of(name, lines, "2026-01-07", measures=measures) == value


@pytest.mark.parametrize(
    ("lines", "on", "value", "because"),
    [
        ("2026-01-05 start", "2026-01-05", None, "never assessed"),
        ("2026-01-05 phq_9 total=16", "2026-02-02", 16, ""),
        ("2026-01-05 phq_9 total=16", "2026-02-03", None, "last on 2026-01-05, good for 4 weeks"),
        ("2026-01-05 phq_9 total=16\n2026-01-06 phq_9 total=-", "2026-01-06", None, "incomplete on 2026-01-06"),
        ("2026-01-05 phq_9 total=16", "2026-01-04", None, "never assessed"),
    ],
)
def test_the_latest_score_is_unknown_with_its_reason(lines: str, on: str, value: object, because: str) -> None:
    """Never assessed, incomplete, or older than it is valid for; the last day of that period still counts."""
    assert (value_of("phq_9.total", lines, on), why("phq_9.total", lines, on)) == (value, because)


def test_a_half_answered_form_says_what_is_still_possible() -> None:
    """The reason names the bounds."""
    protocol = ladder('[[rules]]\nid = "r"\nin = "*"\nwhen = "phq_9.total > 3"\nthen = "stay"')
    entry = Assessment(
        id="1", on=date(2026, 1, 5), instrument="phq-9", scores={"total": None}, possible={"total": (17, 23)}
    )
    row = facts(protocol, Episode("p", [entry]), on=date(2026, 1, 5))
    assert row.why("phq_9.total") == "incomplete on 2026-01-05, 17 to 23 possible"
    assert row.possible["phq_9.total"].low == 17


def test_a_screener_that_could_be_two_things_says_which() -> None:
    """Categories are named one by one."""
    measures = '[measures.screener]\ninstrument = "cssrs-screener"\n'
    body = '[[rules]]\nid = "r"\nin = "*"\nwhen = "screener.triage == \'low\'"\nthen = "stay"\n'
    left = {"triage": ("moderate", "high")}
    entry = Assessment(id="1", on=date(2026, 1, 5), instrument="cssrs-screener", scores={"triage": None}, possible=left)
    row = facts(ladder(body, measures=measures), Episode("p", [entry]), on=date(2026, 1, 5))
    assert row.why("screener.triage") == "incomplete on 2026-01-05, moderate or high possible"


@pytest.mark.parametrize(("total", "value"), [("-", 16), ("9", 9)])
def test_skip_passes_over_an_assessment_that_could_not_be_scored(total: str, value: object) -> None:
    """With `incomplete = "skip"` the last score that there is stands; its age is its own."""
    measures = MEASURE + 'incomplete = "skip"\n'
    lines = f"2026-01-05 phq_9 total=16 q9=1\n2026-01-19 phq_9 total={total} q9=-"
    assert value_of("phq_9.total", lines, "2026-01-19", measures=measures) == value
    assert value_of("phq_9.total", lines, "2026-02-05", measures=measures) == (value if total == "9" else None)


def test_skip_does_not_pass_over_a_blank_answer() -> None:
    """An answer is read from the latest assessment, blank or not."""
    lines = "2026-01-05 phq_9 total=16 q9=1\n2026-01-19 phq_9 total=- q9=-"
    assert value_of("phq_9.q9", lines, "2026-01-19", measures=MEASURE + 'incomplete = "skip"\n') is None


def test_a_blank_answer_is_unknown_although_the_total_is_known() -> None:
    """A total reported from elsewhere says nothing of item 9."""
    lines = "2026-01-05 phq_9 total=16"
    assert (value_of("phq_9.q9", lines, "2026-01-05"), value_of("phq_9.total", lines, "2026-01-05")) == (None, 16)


@pytest.mark.parametrize("name", ["previous", "first", "best", "worst", "baseline", "count", "days_old"])
def test_what_is_said_of_all_readings_never_goes_stale(name: str) -> None:
    """A year later the latest score is unknown, and what it was compared with is not."""
    lines = "2026-01-05 phq_9 total=16\n2026-01-06 phq_9 total=9\n2026-01-05 start"
    assert value_of("phq_9.total", lines, "2027-01-05") is None
    assert value_of(f"phq_9.total.{name}", lines, "2027-01-05") is not None


def test_unscored_readings_are_not_counted() -> None:
    """Best, worst, count and the like look at scored readings only."""
    lines = "2026-01-05 phq_9 total=16\n2026-01-06 phq_9 total=-\n2026-01-05 start"
    assert value_of("phq_9.total.count", lines, "2026-01-07") == 1
    assert value_of("phq_9.total.days_old", lines, "2026-01-07") == 2
    assert (
        value_of("phq_9.total.previous", lines, "2026-01-07"),
        why("phq_9.total.previous", lines, "2026-01-07"),
    ) == (
        None,
        "assessed only once",
    )
    assert why("phq_9.total.best", "2026-01-05 start", "2026-01-05") == "never assessed"
    assert value_of("phq_9.total.count", "2026-01-05 start", "2026-01-05") == 0


@pytest.mark.parametrize(
    ("baseline", "value"),
    [("first", 20), ("start", 16), ("step", 12), ("treatment_start", 14), ("dose_reached", None)],
)
def test_each_protocol_says_what_baseline_means(baseline: str, value: object) -> None:
    """The first reading, or the last one on or before an event."""
    lines = """
    2025-12-29 phq_9 total=20
    2026-01-04 phq_9 total=16
    2026-01-05 start
    2026-01-12 phq_9 total=14
    2026-01-13 treatment_start
    2026-02-02 phq_9 total=12
    2026-02-02 step high
    2026-02-09 phq_9 total=10
    """
    measures = MEASURE.replace('"start"', f'"{baseline}"')
    head = HEAD + 'look_back = "P14D"\n'
    assert value_of("phq_9.total.baseline", lines, "2026-02-10", measures=measures, head=head) == value


def test_without_a_score_before_it_the_baseline_is_the_first_after() -> None:
    """Someone enrolled before anything was measured has a baseline all the same."""
    lines = "2026-01-05 start\n2026-01-09 phq_9 total=14\n2026-01-19 phq_9 total=7"
    assert value_of("phq_9.total.percent_improvement", lines, "2026-01-19") == 50


@pytest.mark.parametrize(
    ("baseline", "latest", "percent"),
    [(14, 7, 50), (13, 7, 100 * 6 / 13), (0, 5, 0), (0, 0, 0), (9, 18, -100), (27, 0, 100)],
)
def test_percent_improvement_is_exact_and_a_baseline_of_zero_gives_none(
    baseline: int, latest: int, percent: float
) -> None:
    """Half is exactly half; a baseline of 0 is no response rather than unknown for ever."""
    lines = f"2026-01-05 phq_9 total={baseline}\n2026-01-05 start\n2026-01-19 phq_9 total={latest}"
    assert value_of("phq_9.total.percent_improvement", lines, "2026-01-19") == percent


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kccq.summary.percent_improvement", 50),
        ("signed.total.improvement", 5),
        ("screener.triage.baseline", "low"),
        ("screener.triage.previous", "low"),
    ],
)
def test_scores_of_every_kind_have_a_baseline(name: str, value: object) -> None:
    """Numbers without a grid, numbers below zero, and categories."""
    names = {"kccq": "kccq-12", "signed": "signed", "screener": "cssrs-screener"}
    measures = "".join(f'[measures.{one}]\ninstrument = "{of}"\nbaseline = "start"\n' for one, of in names.items())
    lines = """
    2026-01-05 start
    2026-01-05 kccq summary=40.5
    2026-01-05 signed total=3
    2026-01-05 screener triage=low
    2026-01-06 kccq summary=60.75
    2026-01-06 signed total=-2
    2026-01-06 screener triage=high
    """
    assert value_of(name, lines, "2026-01-06", measures=measures) == value


def test_a_difference_is_unknown_with_the_reason_of_its_part() -> None:
    """The reason says whether the latest score or the baseline is missing."""
    lines = "2026-01-05 phq_9 total=14\n2026-01-05 start"
    name = "phq_9.total.improvement"
    assert why(name, lines, "2026-03-05") == "phq_9.total is unknown, last on 2026-01-05, good for 4 weeks"
    unstarted = why(name, "2026-01-05 phq_9 total=14", "2026-01-05")
    assert unstarted == "phq_9.total.baseline is unknown, not enrolled"
    measures = MEASURE.replace('"start"', '"dose_reached"')
    assert why(name, lines, "2026-01-06", measures=measures) == "phq_9.total.baseline is unknown, no dose_reached yet"


@pytest.mark.parametrize(
    ("call", "on", "value"),
    [
        ("at(phq_9.total, start)", "2026-02-18", 16),
        ("at(phq_9.total, contact)", "2026-02-18", 9),
        ("at(phq_9.total, review)", "2026-02-18", None),
        ("worst(phq_9.total, weeks=2)", "2026-02-16", 12),
        ("worst(phq_9.total, weeks=4)", "2026-02-16", 18),
        ("worst(phq_9.total, days=27)", "2026-02-16", 12),
        ("best(phq_9.total, weeks=2)", "2026-02-16", 9),
        ("average(phq_9.total, weeks=4)", "2026-02-16", 13),
        ("average(phq_9.total, days=1)", "2026-02-18", None),
    ],
)
def test_scores_at_an_event_and_over_a_window(call: str, on: str, value: object) -> None:
    """At an event by the rule of baselines; over a window with its first day in, unknown where it is empty."""
    assert value_of(call, TOTALS + "2026-02-03 contact\n", on) == value


def test_an_average_need_not_be_whole_and_a_worst_score_is() -> None:
    """So a rule may ask whether an average is 4.5, and not whether the worst score is."""
    body = '[[rules]]\nid = "r"\nwhen = "{}(phq_9.total, weeks=2) == 4.5"\nthen = "stay"\n'
    assert ladder(body.format("average")).parts.rules
    with pytest.raises(DefinitionError, match="can never be true"):
        ladder(body.format("worst"))


def test_an_empty_window_says_so() -> None:
    """The reason names the window."""
    assert why("average(phq_9.total, weeks=1)", TOTALS, "2026-03-18") == "not assessed in the last 7 days"


@pytest.mark.parametrize(
    ("call", "value"),
    [
        ("in_a_row(phq_9.total < 10, 1)", False),
        ("in_a_row(phq_9.total < 13, 2)", True),
        ("in_a_row(phq_9.total < 13, 3)", False),
        ("in_a_row(phq_9.total < 20, 4)", True),
        ("in_a_row(phq_9.total < 20, 5)", False),
        ("in_a_row(phq_9.total.improvement > 0, 2)", True),
        ("in_a_row(phq_9.total < phq_9.total.baseline, 2)", True),
        ("in_a_row(phq_9.total.improvement > 0, 3)", False),
    ],
)
def test_the_last_readings_in_a_row(call: str, value: object) -> None:
    """All of the last so many must meet it, and there must be so many."""
    assert value_of(call, TOTALS, "2026-02-18") == value


@pytest.mark.parametrize(
    ("totals", "value"),
    [("4 - 4", None), ("4 - 9", False), ("9 - 4", False), ("- 4 4", None), ("4 4 4", True), ("9 4 4 4", True)],
)
def test_a_blank_among_the_readings_in_a_row(totals: str, value: object) -> None:
    """No where another of them fails, else unknown."""
    lines = [f"2026-01-0{day} phq_9 total={total}" for day, total in enumerate(totals.split(), 5)]
    assert value_of("in_a_row(phq_9.total < 5, 3)", "\n".join(["2026-01-05 start", *lines]), "2026-01-09") is value


def test_a_blank_among_them_is_the_reason() -> None:
    """One of the readings is incomplete."""
    lines = "2026-01-05 start\n2026-01-05 phq_9 total=4\n2026-01-06 phq_9 total=-"
    assert why("held(phq_9.total < 5, days=1)", lines, "2026-01-06") == "a reading of that time is incomplete"
    said = why("in_a_row(phq_9.total < 5, 2)", lines, "2026-01-06")
    assert said == "one of the last 2 readings is incomplete"


def test_since_counts_readings_strictly_after_the_event() -> None:
    """A reading on the day, or at the minute, of step entry belongs to before it."""
    lines = "2026-01-05 start\n2026-01-06 phq_9 total=4\n2026-01-07 phq_9 total=4\n2026-01-07 step high"
    call = "in_a_row(phq_9.total < 5, 2, since=step)"
    assert value_of(call, lines, "2026-01-09") is False
    assert value_of(call, lines + "\n2026-01-08 phq_9 total=4", "2026-01-09") is False
    assert value_of(call, lines + "\n2026-01-08 phq_9 total=4\n2026-01-09 phq_9 total=4", "2026-01-09") is True


def test_at_the_minute_of_step_entry_is_before_it_and_a_minute_later_is_not() -> None:
    """Where both have an hour, the minute decides."""
    lines = "2026-01-05T08:00 start\n2026-01-05T08:00 phq_9 total=4\n2026-01-05T08:01 phq_9 total=4"
    assert value_of("in_a_row(phq_9.total < 5, 1, since=step)", lines, "2026-01-05T09:00") is True
    assert value_of("in_a_row(phq_9.total < 5, 2, since=step)", lines, "2026-01-05T09:00") is False


@pytest.mark.parametrize(
    ("lines", "value"),
    [
        ("2026-01-05 phq_9 total=4", False),
        ("2026-01-05 phq_9 total=4\n2026-03-01 phq_9 total=4", False),
        ("2026-01-05 phq_9 total=4\n2026-03-02 phq_9 total=4", True),
        ("2026-01-05 phq_9 total=4\n2026-02-02 phq_9 total=5\n2026-03-02 phq_9 total=4", False),
        ("2026-01-05 phq_9 total=4\n2026-02-02 phq_9 total=-\n2026-03-02 phq_9 total=4", None),
        ("2026-01-05 phq_9 total=4\n2026-02-27 phq_9 total=-\n2026-03-02 phq_9 total=9", False),
        ("2026-01-05 phq_9 total=-\n2026-03-02 phq_9 total=4", None),
        ("2026-01-05 phq_9 total=9\n2026-01-06 phq_9 total=-\n2026-03-02 phq_9 total=4", False),
        ("2026-01-05 phq_9 total=4\n2026-03-02 phq_9 total=-", None),
        ("2026-01-04 phq_9 total=9\n2026-01-05 phq_9 total=4\n2026-03-02 phq_9 total=3", True),
        ("", False),
    ],
)
def test_held_spans_from_reading_to_reading(lines: str, value: object) -> None:
    """Time without a reading is no evidence, so it needs two that far apart; a blank that could break it is unknown."""
    assert value_of("held(phq_9.total < 5, weeks=8)", lines, "2026-03-03") is value


@pytest.mark.parametrize(
    ("second", "value"), [("2026-01-06T07:59", False), ("2026-01-06T08:00", True), ("2026-01-06", None)]
)
def test_held_for_hours_needs_hours(second: str, value: object) -> None:
    """An entry with a date only has no hour, so functions over hours are unknown."""
    lines = f"2026-01-05T08:00 phq_9 total=4\n{second} phq_9 total=4"
    assert value_of("held(phq_9.total < 5, hours=24)", lines, "2026-01-06T09:00") is value


def test_held_for_hours_needs_the_hour_of_the_first_reading_too() -> None:
    """Whichever of the two has a date only."""
    lines = "2026-01-04 phq_9 total=4\n2026-01-06T08:00 phq_9 total=4"
    assert value_of("held(phq_9.total < 5, hours=24)", lines, "2026-01-06T09:00") is None


def test_held_for_hours_fails_without_hours_where_the_latest_reading_fails() -> None:
    """No needs no hour."""
    lines = "2026-01-05 phq_9 total=4\n2026-01-06 phq_9 total=9"
    assert value_of("held(phq_9.total < 5, hours=24)", lines, "2026-01-06") is False
    row = row_for("held(phq_9.total < 5, hours=24)", "2026-01-05 phq_9 total=4", "2026-01-06")
    assert row.why("held(phq_9.total < 5, hours=24)") == "a reading of that time is incomplete or has no hour"


@pytest.mark.parametrize(
    ("lines", "value"),
    [
        ("", False),
        ("2026-01-05 phq_9 total=9 q9=0", False),
        ("2026-01-05 phq_9 total=9 q9=1", True),
        ("2026-01-05 phq_9 total=9 q9=1\n2026-01-19 phq_9 total=9 q9=0", True),
        ("2026-01-05 phq_9 total=9 q9=1\n2026-01-05 risk_assessment", False),
        ("2026-01-05 phq_9 total=9 q9=1\n2026-01-04 risk_assessment", True),
        ("2026-01-05 phq_9 total=9 q9=1\n2026-01-20 contact", False),
        ("2026-01-05 phq_9 total=9 q9=-", None),
        ("2026-01-05 phq_9 total=9 q9=-\n2026-01-06 risk_assessment", False),
        ("2026-01-05 phq_9 total=9 q9=-\n2026-01-06 phq_9 total=9 q9=0", None),
        ("2026-01-05 phq_9 total=9 q9=-\n2026-01-06 phq_9 total=9 q9=1", True),
        ("2026-01-05T08:00 phq_9 total=9 q9=1\n2026-01-05T07:00 risk_assessment", True),
        ("2026-01-05T08:00 phq_9 total=9 q9=1\n2026-01-05 risk_assessment", False),
        ("2025-06-05 phq_9 total=9 q9=1\n2026-01-05 start", True),
        ("2026-02-05 phq_9 total=9 q9=1", False),
    ],
)
def test_unanswered_until_an_event_answers_it(lines: str, value: object) -> None:
    """On or after the reading; a later 0 does not clear it, a blank with nothing since is unknown, none is no."""
    call = "unanswered(phq_9.q9 >= 1, risk_assessment, contact)"
    assert value_of(call, lines, "2026-01-20") is value


def test_two_forms_of_one_moment_do_not_hide_a_positive_answer() -> None:
    """The later recorded form stands for that moment, but what was reported on the other stays unanswered."""
    protocol = ladder(
        '[[rules]]\nid = "r"\nin = "*"\nwhen = "phq_9.q9 >= 1 or unanswered(phq_9.q9 >= 1, x)"\nthen = "stay"'
    )
    episode = Episode(
        "p",
        [
            Assessment(id="1", on=date(2026, 1, 5), instrument="phq-9", scores={"total": 9}, items={"q9": 1}),
            Assessment(
                id="2",
                on=date(2026, 1, 5),
                recorded=date(2026, 1, 6),
                instrument="phq-9",
                scores={"total": 9},
                items={"q9": 0},
            ),
        ],
    )
    row = facts(protocol, episode, on=date(2026, 1, 7))
    assert (row["phq_9.q9"], row["unanswered(phq_9.q9 >= 1, x)"]) == (0, True)


CONTACTS = """
2026-01-05 start
2026-01-05 contact
2026-01-12 missed_contact
2026-01-19 contact
2026-01-19 step high
2026-01-26 contact
2026-02-02 missed_contact
2026-02-09 missed_contact
2026-02-10 review
"""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("contacts", 3),
        ("contacts_in_step", 1),
        ("missed_contacts", 3),
        ("missed_in_a_row", 2),
        ("times(contact)", 3),
        ("times(contact, since=start)", 2),
        ("times(contact, since=step)", 1),
        ("times(contact, since=review)", 0),
        ("times(missed_contact, since=contact)", 2),
        ("times(review)", 1),
        ("times(seizure)", 0),
        ("times(seizure, weeks=1)", 0),
        ("times(missed_contact, weeks=1)", 0),
        ("times(missed_contact, days=8)", 1),
        ("times(missed_contact, days=15)", 2),
        ("times(contact, since=seizure)", None),
        ("weeks_since(review)", 1),
        ("days_since(contact)", 22),
        ("days_since(step)", 29),
        ("weeks_since(missed_contact)", 8 / 7),
        ("weeks_since(seizure)", None),
        ("weeks_since(phq_9)", None),
        ("hours_since(review)", None),
        ("days_in_step", 29),
        ("weeks_in_step", 29 / 7),
        ("weeks_in_care", 43 / 7),
        ("step", "high"),
    ],
)
def test_contacts_events_and_clocks(name: str, value: object) -> None:
    """Not recorded is not happened; a clock since what never happened is unknown; `since` is strictly after."""
    assert value_of(name, CONTACTS, "2026-02-17") == value


RESTARTED = """
2026-01-05 start
2026-01-05 treatment_start
2026-01-05 dose_reached
2026-02-02 treatment_start
"""


@pytest.mark.parametrize(
    ("more", "on", "value", "because"),
    [
        ("", "2026-02-01", 27 / 7, ""),
        ("", "2026-02-02", None, "no dose_reached since treatment_start"),
        ("2026-02-02 dose_reached", "2026-02-09", 1, ""),
        ("2026-02-09 dose_reached", "2026-02-16", 1, ""),
        ("2026-02-09 dose_reached\n2026-02-10 dose_reached", "2026-02-17", 1, ""),
        (
            "2026-02-09 dose_reached\n2026-02-20 treatment_start",
            "2026-02-23",
            None,
            "no dose_reached since treatment_start",
        ),
    ],
)
def test_a_clock_is_stopped_by_another_event(more: str, on: str, value: float | None, because: str) -> None:
    """What came on or after it starts it again: a dose reached on the first day of a treatment is of that treatment."""
    name = "weeks_since(dose_reached, on_or_after=treatment_start)"
    assert value_of(name, RESTARTED + more, on) == value
    if value is None:
        assert why(name, RESTARTED + more, on) == because


def test_a_stopped_clock_says_what_is_missing() -> None:
    """The event that stops it, its own event, or the hour."""
    name = "{}_since(dose_reached, on_or_after=treatment_start)"
    assert why(name.format("days"), "2026-01-05 start", "2026-01-06") == "no treatment_start yet"
    lines = "2026-01-05 start\n2026-01-05 treatment_start"
    assert why(name.format("days"), lines, "2026-01-06") == "no dose_reached yet"
    row = row_for(name.format("days"), lines, "2026-01-06")
    assert row.asks(row.plan.rules[0].when.names[0]) == ("dose_reached",)
    row = row_for(name.format("days"), "2026-01-05 start", "2026-01-06")
    assert row.asks(row.plan.rules[0].when.names[0]) == ("treatment_start",)
    assert why(name.format("hours"), f"{lines}\n2026-01-05 dose_reached", "2026-01-06") == "the hour is not known"
    timed = "2026-01-05T08:00 start\n2026-01-05T08:00 treatment_start\n2026-01-05T08:00 dose_reached"
    assert value_of(name.format("hours"), timed, "2026-01-05T09:30") == 1.5
    earlier = "2026-01-05T08:00 start\n2026-01-05T08:00 dose_reached\n2026-01-05T08:01 treatment_start"
    assert value_of(name.format("hours"), earlier, "2026-01-05T09:30") is None
    assert value_of("days_since(review, on_or_after=step)", "2026-01-05 start\n2026-01-05 review", "2026-01-07") == 2


def test_what_is_never_unknown_has_no_reason() -> None:
    """Everybody is somewhere, and a count is a number."""
    row = row_for("step", "", "2026-01-06")
    assert row.reductions["step"].why(row.history) == row.reductions["missed_in_a_row"].why(row.history) == ""


def test_contacts_that_are_still_to_come_are_not_missed() -> None:
    """Only what lies before the day, and in the enrolment, is counted."""
    lines = "2026-01-01 missed_contact\n2026-01-05 start\n2026-01-06 missed_contact\n2026-01-20 missed_contact"
    assert value_of("missed_in_a_row", lines, "2026-01-07") == 1


def test_what_is_not_yet_is_named() -> None:
    """The reason says which event never happened, or that nobody is enrolled."""
    assert why("weeks_since(review)", "2026-01-05 start", "2026-01-06") == "no review yet"
    assert why("times(contact, since=review)", "2026-01-05 start", "2026-01-06") == "no review yet"
    assert why("weeks_in_care", "", "2026-01-06") == "not enrolled"
    assert why("weeks_in_step", "", "2026-01-06") == "not enrolled"
    assert why("at(phq_9.total, start)", "2026-01-05 start", "2026-01-06") == "never assessed"
    first = MEASURE.replace('"start"', '"first"')
    assert why("phq_9.total.baseline", "", "2026-01-06", measures=first) == "never assessed"
    endless = MEASURE.replace('valid_for = "P4W"\n', "")
    lines = "2026-01-05 phq_9 total=-"
    assert why("phq_9.total", lines, "2027-01-05", measures=endless) == "incomplete on 2026-01-05"
    assert why("hours_since(start)", "2026-01-05 start", "2026-01-06") == "the hour is not known"
    assert why("at(phq_9.total, review)", "2026-01-05 start", "2026-01-06") == "no review yet"


@pytest.mark.parametrize(("on", "value"), [("2026-01-05T09:30", 1.5), ("2026-01-05T10:00", 2), ("2026-01-05", None)])
def test_hours_are_real_hours(on: str, value: object) -> None:
    """Counted by the minute, and unknown where the day asked about has no hour."""
    assert value_of("hours_since(review)", "2026-01-05T08:00 review", on) == value


def test_a_clock_on_a_measure_counts_from_its_latest_assessment() -> None:
    """Scored or not."""
    lines = "2026-01-05 start\n2026-01-05 phq_9 total=9\n2026-01-12 phq_9 total=-"
    assert value_of("weeks_since(phq_9)", lines, "2026-01-26") == 2


@pytest.mark.parametrize(
    ("day", "weeks"), [("2026-01-05", 0), ("2026-03-01", 55 / 7), ("2026-03-02", 8), ("2026-03-03", 57 / 7)]
)
def test_weeks_are_days_by_seven(day: str, weeks: float) -> None:
    """Zero on the day, exactly eight on day 56."""
    assert value_of("weeks_in_care", "2026-01-05 start", day) == weeks


@pytest.mark.parametrize(
    ("lines", "value", "because"),
    [
        ("", None, "never recorded"),
        ("2026-01-05 mood=some", "some", ""),
        ("2026-01-05 mood=some\n2026-01-12 mood=none", "none", ""),
        ("2025-12-09 mood=some", "some", ""),
        ("2025-12-08 mood=some", None, "last on 2025-12-08, good for 6 weeks"),
        ("2026-01-05 mood=some\n2026-01-05 mood=none", None, "the records of 2026-01-05 contradict each other"),
        ("2026-01-05 mood=some\n2026-01-05 mood=some", "some", ""),
        ("2026-01-05 mood=some\n2026-01-05 mood=none\n2026-01-06 mood=some", "some", ""),
        ("2026-01-05 mood=sad", None, "what was recorded on 2026-01-05 is nothing this protocol takes"),
        ("2026-01-05 mood=3", None, "what was recorded on 2026-01-05 is nothing this protocol takes"),
    ],
)
def test_what_a_person_recorded(lines: str, value: object, because: str) -> None:
    """The latest record while it is valid; two of one moment that differ are unknown; so is what does not fit."""
    more = '[facts]\nmood = { values = ["none", "some"], valid_for = "P6W" }\n'
    found = value_of("mood", lines, "2026-01-20", more=more), why("mood", lines, "2026-01-20", more=more)
    assert found == (value, because)


@pytest.mark.parametrize(
    ("fact", "recorded", "value"),
    [
        ('{ type = "number", range = [0, 120] }', 120, 120),
        ('{ type = "number", range = [0, 120] }', 121, None),
        ('{ type = "number", range = [0, 120] }', True, None),
        ('{ type = "number" }', -5.5, -5.5),
        ('{ type = "yes/no" }', True, True),
        ('{ type = "yes/no" }', 1, None),
        ('{ type = "yes/no" }', "yes", None),
        ('{ type = "text" }', "anything", "anything"),
        ('{ type = "text" }', 3, None),
        ("{ values = [0, 1.5, 2.1] }", 2.1, 2.1),
        ("{ values = [0, 1.5, 2.1] }", 2, None),
        ("{ values = [0, 1] }", False, None),
    ],
)
def test_a_record_is_only_what_the_protocol_takes(fact: str, recorded: bool | float | str, value: object) -> None:
    """One episode serves many protocols, so what does not fit is unknown here and refused nowhere."""
    protocol = ladder(f'[facts]\nx = {fact}\n[[rules]]\nid = "r"\nin = "*"\nwhen = "known(x)"\nthen = "stay"')
    entry = RecordedFact(id="1", on=date(2026, 1, 5), name="x", value=recorded)
    found = facts(protocol, Episode("p", [entry]), on=date(2026, 1, 5))["x"]
    assert (found, type(found)) == (value, type(value))


def test_records_outlive_an_enrolment_and_scores_do_not() -> None:
    """Re-enrolment begins again: scores, contacts, clocks and baseline; records stay until they are no longer valid."""
    lines = """
    2026-01-05 start
    2026-01-05 phq_9 total=16
    2026-01-06 contact
    2026-01-07 mood=some
    2026-01-19 end
    2026-02-02 start
    """
    more = '[facts]\nmood = { values = ["none", "some"] }\n'
    assert value_of("mood", lines, "2026-02-02", more=more) == "some"
    assert value_of("phq_9.total", lines, "2026-02-02", more=more) is None
    assert value_of("contacts", lines, "2026-02-02", more=more) == 0
    assert value_of("weeks_in_care", lines, "2026-02-09", more=more) == 1
    assert value_of("phq_9.total", lines, "2026-02-01", more=more) == 16
    assert value_of("weeks_since(contact)", lines, "2026-02-02", more=more) is None


@pytest.mark.parametrize(
    ("look_back", "assessed", "start", "value"),
    [
        ("", "2026-01-04", "2026-01-05", None),
        ("", "2026-01-05", "2026-01-05", 16),
        ("", "2026-01-05T06:00", "2026-01-05T08:00", 16),
        ('look_back = "P14D"', "2025-12-22", "2026-01-05", 16),
        ('look_back = "P14D"', "2025-12-21", "2026-01-05", None),
        ('look_back = "P1M"', "2025-12-05", "2026-01-05", 16),
        ('look_back = "P1M"', "2025-12-04", "2026-01-05", None),
        ('look_back = "PT12H"', "2026-01-04T20:00", "2026-01-05T08:00", 16),
        ('look_back = "PT12H"', "2026-01-04T19:59", "2026-01-05T08:00", None),
    ],
)
def test_look_back_takes_scores_from_before_enrolment(look_back: str, assessed: str, start: str, value: object) -> None:
    """A score that long before, or on the day of enrolment, belongs to it."""
    lines = f"{assessed} phq_9 total=16\n{start} start"
    assert value_of("phq_9.total.first", lines, "2026-01-06T09:00", head=f"{HEAD}{look_back}\n") == value


def test_a_second_enrolment_without_an_end_begins_again() -> None:
    """The later one counts."""
    lines = "2026-01-05 start\n2026-01-06 contact\n2026-01-12 start high"
    assert (value_of("step", lines, "2026-01-12"), value_of("contacts", lines, "2026-01-12")) == ("high", 0)


def test_a_step_without_an_enrolment_is_one() -> None:
    """A history that only tells the step is taken at its word."""
    assert value_of("weeks_in_care", "2026-01-05 step high", "2026-01-12") == 1


@pytest.mark.parametrize(
    ("lines", "step"),
    [
        ("", "outside"),
        ("2026-01-05 start", "low"),
        ("2026-01-05 start high", "high"),
        ("2026-01-05 start\n2026-01-05 step high", "high"),
        ("2026-01-05 start\n2026-01-06 end", "outside"),
        ("2026-01-07 start", "outside"),
        ("2026-01-05 start\n2026-01-05 end", "outside"),
    ],
)
def test_the_step_someone_is_in(lines: str, step: str) -> None:
    """`outside` before and after; on one day enrolment comes before the step and the end last."""
    assert value_of("step", lines, "2026-01-06") == step


def test_the_later_recorded_of_one_moment_wins_and_then_the_worse_score() -> None:
    """So that no result depends on the order of entry."""

    def entry(identifier: str, total: int | None, recorded: int) -> Assessment:
        return Assessment(
            id=identifier,
            on=date(2026, 1, 5),
            recorded=date(2026, 1, recorded),
            instrument="phq-9",
            scores={"total": total},
        )

    def latest(*entries: Assessment) -> object:
        protocol = ladder('[[rules]]\nid = "r"\nin = "*"\nwhen = "phq_9.total >= 1"\nthen = "stay"')
        found = {
            facts(protocol, Episode("p", order), on=date(2026, 1, 9))["phq_9.total"]
            for order in (entries, entries[::-1])
        }
        assert len(found) == 1
        return found.pop()

    assert latest(entry("a", 17, 5), entry("b", 9, 6)) == 9
    assert latest(entry("a", 17, 5), entry("b", 9, 5)) == 17
    assert latest(entry("a", None, 5), entry("b", 9, 5)) is None
    assert latest(entry("a", None, 5), entry("b", 9, 6)) == 9


def test_where_lower_is_worse_the_lower_of_two_wins() -> None:
    """The worse one follows the instrument's direction, and among categories the order of its definition."""
    names = {"wellbeing": "wellbeing", "screener": "cssrs-screener", "neutral": "neutral"}
    measures = "".join(f'[measures.{one}]\ninstrument = "{of}"\n' for one, of in names.items())
    lines = "2026-01-05 neutral total=3\n2026-01-05 neutral total=4"
    assert value_of("neutral.total", lines, "2026-01-05", measures=measures) == 4
    lines = "2026-01-05 screener triage=odd\n2026-01-05 screener triage=high"
    assert value_of("screener.triage", lines, "2026-01-05", measures=measures) == "odd"
    lines = "2026-01-05 wellbeing total=60\n2026-01-05 wellbeing total=20"
    assert value_of("wellbeing.total", lines, "2026-01-05", measures=measures) == 20
    lines = "2026-01-05 screener triage=high\n2026-01-05 screener triage=low"
    assert value_of("screener.triage", lines, "2026-01-05", measures=measures) == "high"


def test_two_incomplete_forms_of_one_moment_say_nothing() -> None:
    """Not even what would be possible by one of them."""
    lines = "2026-01-05 phq_9 total=-\n2026-01-05 phq_9 total=-"
    assert why("phq_9.total", lines, "2026-01-05") == "incomplete on 2026-01-05"


def test_two_readings_of_one_moment_are_one_reading() -> None:
    """A form entered twice does not make two in a row."""
    lines = "2026-01-05 start\n2026-01-06 phq_9 total=4\n2026-01-06 phq_9 total=3"
    assert value_of("in_a_row(phq_9.total < 5, 2)", lines, "2026-01-06") is False
    assert value_of("phq_9.total.count", lines, "2026-01-06") == 1


@pytest.mark.parametrize(
    ("valid_for", "on", "value"),
    [
        ("PT8H", "2026-01-05T16:00", 9),
        ("PT8H", "2026-01-05T16:01", None),
        ("PT8H", "2026-01-05", None),
        ("P1DT8H", "2026-01-06T16:00", 9),
        ("P1M", "2026-02-05T23:00", 9),
        ("P1M", "2026-02-06T00:00", None),
        ("P1MT8H", "2026-02-05T16:00", 9),
        ("P1MT8H", "2026-02-05T16:01", None),
    ],
)
def test_validity_in_hours_and_months(valid_for: str, on: str, value: object) -> None:
    """Hours by the minute, and unknown where there is no hour; months by the calendar, to the end of the day."""
    measures = MEASURE.replace("P4W", valid_for)
    assert value_of("phq_9.total", "2026-01-05T08:00 phq_9 total=9", on, measures=measures) == value


def test_validity_in_hours_needs_an_hour() -> None:
    """The reason says that the hour is not known."""
    measures = MEASURE.replace("P4W", "PT8H")
    said = why("phq_9.total", "2026-01-05 phq_9 total=9", "2026-01-05", measures=measures)
    assert said == "last on 2026-01-05, good for 8 hours, but the hour is not known"


def test_a_correction_changes_what_past_days_say_unless_asked_as_of_then() -> None:
    """A backtest asks what was so, an audit what they could know."""
    protocol = ladder('[[rules]]\nid = "r"\nin = "*"\nwhen = "phq_9.total >= 1"\nthen = "stay"')
    first = Assessment(id="1", on=date(2026, 1, 5), instrument="phq-9", scores={"total": 17})
    moved = Assessment(
        id="2", on=date(2026, 1, 20), recorded=date(2026, 1, 21), instrument="phq-9", scores={"total": 7}, replaces="1"
    )
    episode = Episode("p", [first, moved])

    def total(on: str, as_of: str | None = None) -> object:
        row = facts(protocol, episode, on=when(on), as_of=when(as_of) if as_of else None)
        return row["phq_9.total"]

    assert total("2026-01-06", "2026-01-06") == 17
    assert total("2026-01-06") is None
    assert total("2026-01-20") == 7
    assert total("2026-01-20", "2026-01-20") == 17


def test_a_row_is_a_mapping_that_knows_where_it_comes_from() -> None:
    """It compares as a mapping, is for one protocol, one day and one step, and can be pickled."""
    row = row_for("phq_9.total", "2026-01-05 start\n2026-01-05 phq_9 total=9", "2026-01-06")
    assert dict(row) == {"phq_9.total": 9}
    assert (row.step, row.on, row.as_of, row.why("phq_9.total")) == ("low", date(2026, 1, 6), None, "")
    again = pickled(row)
    assert again == row
    assert again.protocol == row.protocol
    assert hash(again) == hash(row)


def test_facts_of_another_protocol_are_refused() -> None:
    """A decision is never made from facts that were read by other rules."""
    row = row_for("phq_9.total", "2026-01-05 start", "2026-01-06")
    other = ladder('[[rules]]\nid = "r"\nin = "*"\nwhen = "phq_9.total >= 1"\nthen = "stay"')
    with pytest.raises(DataError, match="they were read for ladder"):
        decide(other, row)
    assert decide(row.protocol, row).move == "review"


def test_a_time_without_an_offset_is_refused() -> None:
    """Nobody knows when it was."""
    protocol = row_for("phq_9.total", "", "2026-01-06").protocol
    with pytest.raises(DataError, match="no offset from UTC"):
        facts(protocol, Episode("p"), on=when("2026-01-05T09:00").replace(tzinfo=None))  # type: ignore[call-arg]


def test_a_protocol_reads_only_its_own_instruments_and_enrolments() -> None:
    """Other instruments and other protocols' steps leave it untouched."""
    protocol = ladder('[[rules]]\nid = "r"\nin = "*"\nwhen = "phq_9.total >= 1"\nthen = "stay"')
    entries: list[Entry] = [
        Enrolment(id="1", on=date(2026, 1, 5), protocol="other", step="high"),
        Assessment(id="2", on=date(2026, 1, 5), instrument="gad-7", scores={"total": 9}),
        Contact(id="3", on=date(2026, 1, 5)),
    ]
    row = facts(protocol, Episode("p", entries), on=date(2026, 1, 6))
    assert (row.step, row["phq_9.total"]) == ("outside", None)


def test_names_of_an_unknown_step_have_no_rules() -> None:
    """A step that another version of the protocol had: alerts are evaluated, a person decides."""
    protocol = ladder('[[rules]]\nid = "r"\nwhen = "yes"\nthen = "stay"')
    entry = Enrolment(id="1", on=date(2026, 1, 5), protocol="ladder", step="gone")
    decision = decide(protocol, Episode("p", [entry]), on=date(2026, 1, 6))
    assert (decision.from_step, decision.move, decision.rule) == ("gone", "review", None)


def test_histories_told_in_lines_are_read_by_their_words() -> None:
    """The builder of these tests reads what scenarios do."""
    protocol = ladder('[[rules]]\nid = "r"\nwhen = "yes"\nthen = "stay"')
    assert [entry.kind for entry in history(protocol, TOTALS).entries] == [
        "assessment",
        "enrolment",
        *["assessment"] * 3,
    ]
