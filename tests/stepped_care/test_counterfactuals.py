"""What would have changed a decision, held against trying everything."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import attrs
import pytest
from hypothesis import given, settings, strategies as st

from carecoord._values import FrozenMapping
from carecoord.stepped_care import (
    Assessment,
    Contact,
    Counterfactual,
    Decision,
    Enrolment,
    Entry,
    Episode,
    Event,
    Outcome,
    RecordedFact,
    StepEntry,
    decide,
    protocol,
)
from tests.stepped_care.builders import decided, ladder, pickled

START = date(2026, 1, 5)


def told(decision: Decision, kind: str) -> list[Counterfactual]:
    """Give the counterfactuals of one kind."""
    return [one for one in decision.counterfactuals() if one.kind == kind]


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Entry], date]:
    """Give an enrolment in collaborative care with a first and a latest PHQ-9, and the day."""
    on = START + timedelta(days=draw(st.integers(1, 90)))
    entries: list[Entry] = [
        Enrolment(id="1", on=START, protocol="cocm-treat-to-target"),
        Assessment(id="2", on=START, instrument="phq-9", scores={"total": draw(st.integers(10, 27))}, items={"q9": 0}),
        Assessment(
            id="3",
            on=max(START + timedelta(days=1), on - timedelta(days=draw(st.integers(0, 5)))),
            instrument="phq-9",
            scores={"total": draw(st.integers(0, 27))},
            items={"q9": draw(st.integers(0, 1))},
        ),
    ]
    if draw(st.booleans()):
        entries.append(Contact(id="4", on=on - timedelta(days=draw(st.integers(0, 40)))))
    if draw(st.booleans()):
        entries.append(
            StepEntry(id="5", on=on - timedelta(days=10), protocol="cocm-treat-to-target", step="maintenance")
        )
    return [one for one in entries if one.on >= START], on


def outcome(entries: list[Entry], on: date) -> Outcome:
    """Decide on entries as they are."""
    chosen = protocol("cocm-treat-to-target")
    return decide(chosen, Episode("p", entries), on=on, accept_unverified=True).ruling.outcome


@settings(max_examples=25, deadline=None)
@given(histories())
def test_the_nearest_score_of_every_other_outcome(history: tuple[list[Entry], date]) -> None:
    """As putting each of the 28 totals in the place of the latest finds it; no nearer one leads there."""
    entries, on = history
    last = next(one for one in entries if one.id == "3")
    assert isinstance(last, Assessment)
    others = [one for one in entries if one.id != "3"]
    by_total = {total: outcome([*others, attrs.evolve(last, scores={"total": total})], on) for total in range(28)}
    now = last.scores["total"]
    assert isinstance(now, int)
    wanted: dict[Outcome, int] = {}
    for total in sorted(by_total, key=lambda one: (abs(one - now), one)):
        if by_total[total] != by_total[now]:
            wanted.setdefault(by_total[total], total)
    decision = decide(protocol("cocm-treat-to-target"), Episode("p", entries), on=on, accept_unverified=True)
    found = [one for one in told(decision, "score") if one.fact == "phq_9.total"]
    assert {one.outcome: one.values for one in found} == {other: (total,) for other, total in wanted.items()}
    assert all(one.now == now and one.distance == abs(one.values[0] - now) / 27 for one in found)  # type: ignore[operator]


@settings(max_examples=15, deadline=None)
@given(histories())
def test_the_first_day_on_which_time_alone_changes_it(history: tuple[list[Entry], date]) -> None:
    """As deciding on each day finds it; no entry is supposed."""
    entries, on = history
    now = outcome(entries, on)
    days = (on + timedelta(days=ahead) for ahead in range(1, 801))
    first = next((day for day in days if outcome(entries, day) != now), None)
    decision = decide(protocol("cocm-treat-to-target"), Episode("p", entries), on=on, accept_unverified=True)
    found = told(decision, "time")
    assert [one.on for one in found] == ([] if first is None else [first])
    assert all(first is not None and one.outcome == outcome(entries, first) for one in found)


def test_facts_that_people_record() -> None:
    """An age by the nearest year; what was never recorded by every value, joined."""
    chosen = protocol("german-impact")
    entries: list[Entry] = [
        RecordedFact(id="1", on=START, name="age", value=57),
        Assessment(id="2", on=START, instrument="phq-9", scores={"total": 12}, items={"q9": 0}),
    ]
    decision = decide(chosen, Episode("p", entries), on=START)
    assert [str(one) for one in told(decision, "fact")] == ["enter to two-weekly if age were 60 (now 57)"]
    unknown = decide(chosen, Episode("p", entries[1:]), on=START)
    assert [str(one) for one in told(unknown, "fact")] == [
        "stay if age were 0 to 59 (now unknown)",
        "enter to two-weekly if age were 60 to 120 (now unknown)",
    ]


def test_an_answer_and_an_event_that_hold_a_move_back() -> None:
    """Item 9 at zero, or a risk assessment today, and the person steps down."""
    entries: list[Entry] = [
        Enrolment(id="1", on=START, protocol="german-impact"),
        Assessment(id="2", on=START, instrument="phq-9", scores={"total": 12}, items={"q9": 0}),
        Assessment(id="3", on=date(2026, 3, 2), instrument="phq-9", scores={"total": 4}, items={"q9": 1}),
    ]
    decision = decide(protocol("german-impact"), Episode("p", entries), on=date(2026, 3, 2))
    assert decision.move == "stay"
    shown = [str(one) for one in decision.counterfactuals()]
    assert "step-down to four-weekly if phq_9.q9 were 0 (now 1)" in shown
    assert "step-down to four-weekly if there were risk_assessment on 2026-03-02" in shown
    with_event = Episode("p", [*entries, Event(id="9", on=date(2026, 3, 2), name="risk_assessment")])
    assert decide(protocol("german-impact"), with_event, on=date(2026, 3, 2)).move == "step-down"


HOURS = """
[[rules]]
id = "calm"
in = "low"
when = "hours_since(review) >= 6.5"
to = "high"
[[rules]]
id = "rest"
when = "yes"
then = "stay"
"""


def test_to_the_minute_where_hours_count() -> None:
    """Six and a half hours after the review, and not a minute before."""
    decision = decided(ladder(HOURS), "2026-01-05T06:00 start\n2026-01-05T08:10 review", "2026-01-05T09:00")
    (later,) = told(decision, "time")
    assert (later.on, later.outcome.move) == (datetime(2026, 1, 5, 14, 40, tzinfo=UTC), "step-up")


def test_what_was_written_later_is_not_supposed_with() -> None:
    """As of then: the supposed entry counts as written by then."""
    chosen = protocol("german-impact")
    late = Assessment(
        id="2", on=START, recorded=date(2026, 1, 9), instrument="phq-9", scores={"total": 12}, items={"q9": 0}
    )
    episode = Episode("p", [RecordedFact(id="1", on=START, name="age", value=67), late])
    then = decide(chosen, episode, on=START, as_of=START)
    assert then.move == "ask"
    assert {one.values for one in told(then, "score") if one.outcome.move == "enter"} == {tuple(range(10, 15))}


def test_two_readings_of_one_moment_are_supposed_as_one() -> None:
    """The worse of two stands; the supposed one stands for both."""
    chosen = protocol("german-impact")
    entries: list[Entry] = [
        RecordedFact(id="1", on=START, name="age", value=67),
        Assessment(id="2", on=START, instrument="phq-9", scores={"total": 16}, items={"q9": 0}),
        Assessment(id="3", on=START, instrument="phq-9", scores={"total": 12}, items={"q9": 0}),
        RecordedFact(id="4", on=START, name="age", value=67),
    ]
    found = decide(chosen, Episode("p", entries), on=START).counterfactuals()
    assert "enter to two-weekly if phq_9.total were 14 (now 16)" in [str(one) for one in found]
    assert not [one for one in found if one.fact == "age"]


def test_a_decision_read_back_has_no_history() -> None:
    """It gives none; one that was pickled with its facts gives the same."""
    decision = decide(protocol("german-impact"), Episode("p"), on=START)
    assert pickled(decision).counterfactuals() == decision.counterfactuals() != ()
    bare = attrs.evolve(decision, facts=FrozenMapping(dict(decision.facts)))
    assert bare.counterfactuals() == ()


@pytest.mark.parametrize("values", [(1,), (1, 2), (0, 1, 2)])
def test_values_in_a_row_are_told_by_their_ends(values: tuple[int, ...]) -> None:
    """One, two, or from the first to the last."""
    one = Counterfactual(kind="fact", fact="n", values=values, outcome=Outcome("stay"))
    assert str(one) == f"stay if n were {['', '1', '1, 2', '0 to 2'][len(values)]} (now unknown)"
