"""Ladders as graphs, and what decisions owe to history: each way a protocol can be meant, decided on."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from carecoord.errors import DataError
from carecoord.stepped_care import Assessment, Contact, Enrolment, accept, decide, override
from tests.stepped_care.builders import MEASURE, decided, history, ladder

THREE = """
[[steps]]
id = "low"
intensity = 1
[[steps]]
id = "middle"
intensity = 2
[[steps]]
id = "high"
intensity = 3
"""


def rules(*lines: str) -> str:
    """Write rules as `id | in | when | to`, where to is a step, or a move after a dot; `go-on` stays."""
    text = ""
    for line in lines:
        name, place, when, to = (part.strip() for part in line.split("|"))
        where = f'in = "{place}"\n' if place else ""
        leads = f'then = "{to[1:]}"' if to.startswith(".") else f'to = "{to}"'
        text += f'[[rules]]\nid = "{name}"\n{where}when = "{when}"\n{leads}\n'
    return f'{text}[[rules]]\nid = "go-on"\nwhen = "yes"\nthen = "stay"\n'


def start(day: str, step: str = "low", total: int = 12) -> str:
    """Tell of an enrolment with a score."""
    return f"{day} phq_9 total={total} q9=0\n{day} start {step}\n"


def test_a_step_can_be_skipped_in_either_direction() -> None:
    """The ladder is whatever the rules make of it."""
    body = rules("worst | low | phq_9.total >= 20 | high", "worse | low | phq_9.total >= 10 | middle",
                 "well | high | phq_9.total < 5 | low", "better | high | phq_9.total < 10 | middle")  # fmt: skip
    chosen = ladder(body, steps=THREE)
    for step, total, to in [("low", 20, "high"), ("low", 19, "middle"), ("high", 4, "low"), ("high", 5, "middle")]:
        assert decided(chosen, start("2026-01-05", step, total), "2026-01-05").to_step == to


def test_two_numbers_in_two_steps_hold_someone_where_they_are() -> None:
    """Up at fifteen, down below ten: between the two nobody moves."""
    chosen = ladder(rules("up | low | phq_9.total >= 15 | high", "down | high | phq_9.total < 10 | low"))
    moves = {
        step: [decided(chosen, start("2026-01-05", step, total), "2026-01-05").move for total in (9, 10, 14, 15)]
        for step in ("low", "high")
    }
    assert moves == {"low": ["stay", "stay", "stay", "step-up"], "high": ["step-down", "stay", "stay", "stay"]}


def test_a_clock_on_an_event_begins_again_each_time_it_happens() -> None:
    """A dose reached anew, a treatment changed."""
    chosen = ladder(rules("weak | | weeks_since(dose_reached) >= 4 and phq_9.total.improvement < 5 | .adjust"))
    lines = f"{start('2026-01-05')}2026-01-05 dose_reached\n2026-02-02 phq_9 total=11 q9=0\n"
    assert decided(chosen, lines, "2026-02-02").move == "adjust"
    assert decided(chosen, f"{lines}2026-02-02 dose_reached\n", "2026-02-02").move == "stay"
    assert (
        decided(chosen, f"{lines}2026-02-02 dose_reached\n2026-03-02 phq_9 total=11 q9=0", "2026-03-02").move
        == "adjust"
    )


def test_a_clock_on_an_event_of_an_earlier_stay_is_told_apart_by_counting_since_the_step() -> None:
    """The dose was reached before this step was entered, so it does not count here."""
    either = "| | weeks_since(dose_reached) >= 4 | .consult"
    here = "| | times(dose_reached, since=step) >= 1 and weeks_since(dose_reached) >= 4 | .consult"
    lines = f"{start('2026-01-05')}2026-01-12 dose_reached\n2026-02-02 step high\n"
    assert decided(ladder(rules(f"dose {either}")), lines, "2026-02-16").move == "consult"
    assert decided(ladder(rules(f"dose {here}")), lines, "2026-02-16").move == "stay"
    assert decided(ladder(rules(f"dose {here}")), f"{lines}2026-02-03 dose_reached", "2026-03-03").move == "consult"


def test_a_new_step_begins_its_clock_and_its_baseline_again() -> None:
    """What was reached in the last one is behind."""
    step = MEASURE.replace('"start"', '"step"')
    chosen = ladder(rules("weak | | weeks_in_step >= 4 and phq_9.total.improvement < 5 | .adjust"), measures=step)
    lines = f"{start('2026-01-05', total=20)}2026-02-02 phq_9 total=14 q9=0\n2026-02-02 step high\n"
    assert decided(chosen, f"{lines}2026-02-23 phq_9 total=13 q9=0", "2026-02-23").move == "stay"
    assert decided(chosen, f"{lines}2026-03-02 phq_9 total=13 q9=0", "2026-03-02").move == "adjust"
    assert decided(chosen, f"{lines}2026-03-02 phq_9 total=9 q9=0", "2026-03-02").move == "stay"


def test_the_shortest_stay_is_kept_unless_a_rule_may_come_early() -> None:
    """Four weeks to the day; before, what would lead away does not hold, and says so."""
    steps = '[[steps]]\nid = "low"\nintensity = 1\n[[steps]]\nid = "high"\nintensity = 2\nmin_stay = "P4W"\n'
    body = rules("down | high | phq_9.total < 10 | low")
    lines = f"{start('2026-01-05', 'high', 5)}"
    assert decided(ladder(body, steps=steps), lines, "2026-02-01").move == "stay"
    assert decided(ladder(body, steps=steps), lines, "2026-02-02").move == "step-down"
    because = str(decided(ladder(body, steps=steps), lines, "2026-02-01").explain())
    assert "days_in_step is 27, wanted >= 28" in because
    early = body.replace('to = "low"', 'to = "low"\nearly = true')
    assert decided(ladder(early, steps=steps), lines, "2026-01-06").move == "step-down"


@pytest.mark.parametrize(
    ("longest", "last", "next_day", "words"),
    [("P4W", "2026-02-02", "2026-02-03", "4 weeks"), ("P1M", "2026-02-05", "2026-02-06", "1 month")],
)
def test_the_longest_stay_moves_nobody_and_is_said_when_it_is_over(
    longest: str, last: str, next_day: str, words: str
) -> None:
    """On its last day it is not; a stay without an end never is."""
    steps = f'[[steps]]\nid = "low"\nintensity = 1\nmax_stay = "{longest}"\n[[steps]]\nid = "high"\nintensity = 2\n'
    chosen = ladder(rules(), steps=steps)
    assert "longest stay" not in str(decided(chosen, start("2026-01-05"), last).explain())
    over = decided(chosen, start("2026-01-05"), next_day)
    assert over.move == "stay"
    assert f"longest stay: {words} are over, since 2026-01-05" in str(over.explain())
    for lines in (start("2026-01-05", "high"), "2026-01-05 phq_9 total=3 q9=0"):
        assert "longest stay" not in str(decided(chosen, lines, "2026-12-01").explain())


def test_parallel_ladders_are_two_enrolments_in_one_episode() -> None:
    """Medicine and talking, each with its own step, clock and end."""
    drug = ladder(rules("up | low | weeks_in_step >= 4 | high"), head='id = "drug"\ntitle = "Drug"\nfirst = "low"\n')
    talk = ladder(
        rules("over | high | weeks_in_step >= 2 | .exit"), head='id = "talk"\ntitle = "Talk"\nfirst = "high"\n'
    )
    talking = Enrolment(id="talk", on=date(2026, 1, 19), protocol="talk")
    episode = history(drug, start("2026-01-05")).with_entry(talking)
    on = date(2026, 2, 2)
    assert (decide(drug, episode, on=on).move, decide(talk, episode, on=on).move) == ("step-up", "exit")
    moved = accept(episode, decide(talk, episode, on=on), by="holm")
    assert decide(talk, moved, on=on).from_step == "outside"
    assert decide(drug, moved, on=on).from_step == "low"


def test_add_ons_stand_beside_the_step_whatever_moves() -> None:
    """All that hold are reported; of those nobody can say, too."""
    flags = '[[add_ons]]\nid = "{0}"\ngroup = "dose"\nwhen = "{1}"\n'
    body = (flags.format("none", "phq_9.total < 8") + flags.format("some", "8 <= phq_9.total <= 10")
            + flags.format("more", "phq_9.total > 10") + rules("up | low | phq_9.total >= 15 | high"))  # fmt: skip
    chosen = ladder(body)
    found = {total: decided(chosen, start("2026-01-05", total=total), "2026-01-05") for total in (7, 8, 10, 11, 15)}
    assert {total: one.add_ons for total, one in found.items()} == {
        7: ("none",), 8: ("some",), 10: ("some",), 11: ("more",), 15: ("more",)}  # fmt: skip
    assert found[15].move == "step-up"
    assert decided(chosen, "2026-01-05 start", "2026-01-05").undecided == ("none", "some", "more")


ANXIETY = f"""{MEASURE}[measures.spin]
instrument = "spin"
[measures.gad_7]
instrument = "gad-7"
"""
FALLBACK = """
[facts]
problem = { values = ["depression", "social-anxiety", "gad"] }
anxious = "spin.total >= 19 if problem == 'social-anxiety' and known(spin.total) else gad_7.total >= 8"
"""


@pytest.mark.parametrize(
    ("lines", "move"),
    [
        ("2026-01-05 problem=social-anxiety\n2026-01-05 spin total=19\n2026-01-05 gad_7 total=0", "step-up"),
        ("2026-01-05 problem=social-anxiety\n2026-01-05 spin total=18\n2026-01-05 gad_7 total=21", "stay"),
        ("2026-01-05 problem=social-anxiety\n2026-01-05 gad_7 total=8", "step-up"),
        ("2026-01-05 problem=social-anxiety\n2026-01-05 spin total=-\n2026-01-05 gad_7 total=8", "step-up"),
        ("2026-01-05 problem=gad\n2026-01-05 spin total=40\n2026-01-05 gad_7 total=7", "stay"),
        ("2026-01-05 problem=gad\n2026-01-05 spin total=40", "ask"),
    ],
)
def test_a_measure_of_the_problem_is_used_and_another_where_it_was_not_taken(lines: str, move: str) -> None:
    """The anxiety measure for the problem, with the GAD-7 to fall back on."""
    chosen = ladder(FALLBACK + rules("up | low | anxious | high"), measures=ANXIETY)
    assert decided(chosen, f"2026-01-05 start\n{lines}", "2026-01-05").move == move


UNSCORED = "2026-01-05 phq_9 total=- q9=0\n2026-01-05 start\n"


def test_a_form_that_could_not_be_scored_is_no_baseline() -> None:
    """The last that was scored stands in for it, else the first after it: asking for a score helps."""
    body = rules("weak | | phq_9.total >= 10 and phq_9.total.improvement < 5 | .adjust")
    chosen = ladder(body)
    asked = decided(chosen, UNSCORED, "2026-01-12")
    assert (asked.move, asked.missing) == ("ask", ("phq_9.total",))
    assert decided(chosen, f"{UNSCORED}2026-01-12 phq_9 total=12 q9=0", "2026-01-12").facts[
        "phq_9.total.improvement"] == 0  # fmt: skip
    back = ladder(body, head='id = "ladder"\ntitle = "x"\nfirst = "low"\nlook_back = "P2W"\n')
    row = decided(back, f"2026-01-02 phq_9 total=20 q9=0\n{UNSCORED}2026-01-12 phq_9 total=12 q9=0", "2026-01-12").facts
    assert row["phq_9.total.improvement"] == 8


def test_of_one_day_what_has_no_hour_comes_before_what_has_one() -> None:
    """So a form of the morning that could not be scored is mended by one with an hour, or by a correction."""
    chosen = ladder(rules("well | | phq_9.total < 5 | .exit"))
    lines = f"{start('2026-01-05')}2026-01-12T09:00 phq_9 total=- q9=0\n"
    assert decided(chosen, f"{lines}2026-01-12 phq_9 total=4 q9=0\n", "2026-01-12").move == "ask"
    assert decided(chosen, f"{lines}2026-01-12T15:00 phq_9 total=4 q9=0\n", "2026-01-12").move == "exit"
    right = Assessment(
        id="right", on=date(2026, 1, 12), instrument="phq-9", scores={"total": 4}, items={"q9": 0}, replaces="3"
    )
    assert decide(chosen, history(chosen, lines).with_entry(right), on=date(2026, 1, 12)).move == "exit"


def test_an_override_has_an_author_a_reason_and_an_end() -> None:
    """Until its last day later decisions say that it stands; then they do not."""
    chosen = ladder(rules("up | low | phq_9.total >= 15 | high"))
    episode = history(chosen, start("2026-01-05", total=16))
    on = date(2026, 1, 5)
    decision = decide(chosen, episode, on=on)
    kept = override(episode, decision, move="stay", by="holm", reason="moving house", until=date(2026, 1, 19))
    said = [str(decide(chosen, kept, on=on + timedelta(days=days)).explain()) for days in (14, 15)]
    assert ["override: stay stands until 2026-01-19" in text for text in said] == [True, False]
    usual: dict[str, Any] = {"move": "stay", "by": "holm", "reason": "moving house"}
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"by": " "}, "$.by: who decides otherwise is wanted"),
        ({"until": date(2026, 1, 4)}, "$.until: it ends on 2026-01-04, before it begins on 2026-01-05"),
        ({"reason": ""}, "$.reason: why it is done otherwise is wanted"),
    ]
    for given, message in wrong:
        with pytest.raises(DataError) as error:
            override(episode, decision, **(usual | given))
        assert [str(fault) for fault in error.value.faults] == [message]
    same_day = override(episode, decision, move="stay", by="holm", reason="moving house", until=on)
    assert same_day.entries[-1].by == "holm"


def test_the_same_history_decides_the_same_however_it_was_entered() -> None:
    """Replayed a year on, from its entries in any order."""
    chosen = ladder(rules("up | low | in_a_row(phq_9.total >= 15, 2) | high"))
    episode = history(chosen, f"{start('2026-01-05', total=16)}2026-01-12 phq_9 total=17 q9=0\n2026-01-12 contact")
    on = date(2026, 1, 12)
    again = type(episode)("someone", [*reversed(episode.entries), Contact(id="later", on=date(2026, 6, 1))])
    assert decide(chosen, again, on=on) == decide(chosen, episode, on=on)
    assert decide(chosen, episode, on=on).digest == chosen.digest
