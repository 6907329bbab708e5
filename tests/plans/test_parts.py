from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import pytest

from carecoord.errors import DataError, RuleError
from carecoord.plans import Activity, Done, Goal, Need, Owner, Review, ReviewCycle
from carecoord.rules import Kind, Vocabulary

WORDS = Vocabulary(names={"phq_9.total": Kind.number(0, 27, whole=True)})
MONTHLY = ReviewCycle(anchor=date(2026, 1, 31), every="P1M", grace="P7D")


@pytest.mark.parametrize(
    ("cls", "fields", "says"),
    [
        (Need, {"id": "", "domain": "mental"}, "need: 1 fault\n  $.id: text is wanted"),
        (Need, {"id": "n", "domain": "mentel"}, "$.domain: 'mentel' is none of"),
        (Need, {"id": "n", "domain": "mentel"}, "did you mean mental?"),
        (Need, {"id": "n", "domain": "mental", "status": None}, "$.status: 'None' is none of"),
        (Goal, {"id": "g", "statement": " "}, "$.statement: text is wanted"),
        (
            Goal,
            {"id": "g", "statement": "x", "priority": "urgent"},
            "$.priority: 'urgent' is none of high, medium, low",
        ),
        (Goal, {"id": "g", "statement": "x", "achievement": "reached"}, "$.achievement"),
        (Activity, {"id": "a", "kind": "drug", "title": "x"}, "$.kind"),
        (Activity, {"id": "a", "kind": "test", "title": "x", "channel": "fax"}, "$.channel"),
        (Review, {"id": 7, "cycle": MONTHLY}, "$.id"),
        (Owner, {}, "either a duty or a member is wanted"),
        (Owner, {"duty": "follow-up", "member": "lee"}, "either a duty or a member is wanted"),
    ],
)
def test_a_part_that_says_nothing_lawful_is_refused(cls: Any, fields: dict[str, Any], says: str) -> None:
    """What exists is right: each part is checked when it is made."""
    with pytest.raises(DataError) as raised:
        cls(**fields)
    assert says in str(raised.value)


def test_one_text_alone_is_one_text() -> None:
    """A single code or id is not taken apart into letters."""
    assert Need(id="n", domain="mental", codes="http://snomed.info/sct|35489007").codes == (
        "http://snomed.info/sct|35489007",
    )


def test_an_activity_is_due_once_or_again_and_again() -> None:
    """A day and a schedule at once say two things."""
    with pytest.raises(DataError, match="due once or by its schedule, not both"):
        Activity(id="a", kind="test", title="Lithium level", due=date(2026, 3, 1), schedule=MONTHLY)
    once = Activity(id="a", kind="test", title="Lithium level", due=date(2026, 3, 1))
    assert once.standing(on=date(2026, 3, 2)) is None
    assert once.record(on=date(2026, 3, 1)).done == (Done(on=date(2026, 3, 1)),)


def test_what_is_done_is_recorded_with_the_day_it_counted_for() -> None:
    """The scheduled day comes from the cycle, unless the host says which it was."""
    review = Review(id="monthly", cycle=MONTHLY).record(on=date(2026, 2, 27), by="lee", note="sleep is better")
    assert review.done == (Done(on=date(2026, 2, 27), by="lee", scheduled=date(2026, 2, 28), note="sleep is better"),)
    late = review.record(on=date(2026, 4, 29), scheduled=date(2026, 3, 31))
    assert late.done == (*review.done, Done(on=date(2026, 4, 29), scheduled=date(2026, 3, 31)))
    assert (review.last_done, late.last_done) == (date(2026, 2, 27), date(2026, 4, 29))
    assert late.standing(on=date(2026, 4, 30)).due == date(2026, 4, 30)
    assert Review(id="monthly", cycle=MONTHLY).record(on=date(2026, 1, 1)).done[0].scheduled is None


def test_a_scheduled_activity_stands_as_a_review_does() -> None:
    """Its schedule says what is outstanding, and what was done is recorded with who and what came of it."""
    walk = Activity(id="w", kind="self-management", title="Walk", schedule=MONTHLY)
    done = walk.record(on=date(2026, 1, 31), by="a", note="in the rain")
    assert done.done == (Done(on=date(2026, 1, 31), by="a", scheduled=date(2026, 1, 31), note="in the rain"),)
    late = done.record(on=date(2026, 4, 29), scheduled=date(2026, 3, 31))
    assert late.done[1] == Done(on=date(2026, 4, 29), scheduled=date(2026, 3, 31))
    for activity, on, state, due in (
        (walk, date(2026, 2, 8), "overdue", date(2026, 1, 31)),
        (done, date(2026, 2, 8), "upcoming", date(2026, 2, 28)),
        (late, date(2026, 4, 30), "due", date(2026, 4, 30)),
    ):
        standing = activity.standing(on=on)
        assert standing is not None
        assert (standing.state, standing.due) == (state, due)


def test_the_order_of_records_does_not_matter() -> None:
    """What was recorded later for an earlier day changes nothing that is outstanding."""
    first, second = Done(on=date(2026, 2, 2), scheduled=date(2026, 1, 31)), Done(on=date(2026, 3, 2))
    for done in ([first, second], [second, first]):
        standing = Review(id="monthly", cycle=MONTHLY, done=done).standing(on=date(2026, 3, 3))
        assert (standing.state, standing.due) == ("upcoming", date(2026, 3, 31))


def test_a_record_without_its_scheduled_day_counts_as_the_cycle_says() -> None:
    """Records from elsewhere that only say when it was done are taken by that day, also when it was early."""
    records = [Done(on=date(2026, 1, 31), scheduled=date(2026, 1, 31)), Done(on=date(2026, 2, 25))]
    assert Review(id="monthly", cycle=MONTHLY, done=records).standing(on=date(2026, 2, 26)).due == date(2026, 3, 31)
    ahead = [Done(on=date(2026, 2, 25), scheduled=date(2026, 3, 31)), Done(on=date(2026, 3, 2))]
    assert Review(id="monthly", cycle=MONTHLY, done=ahead).standing(on=date(2026, 3, 2)).due == date(2026, 4, 30)
    early = Review(id="monthly", cycle=MONTHLY, done=[Done(on=date(2026, 1, 1))])
    assert early.standing(on=date(2026, 1, 31)).due == date(2026, 1, 31)


def test_what_is_done_later_is_not_seen_before() -> None:
    """Asking about a past day gives what was known then."""
    review = Review(id="monthly", cycle=MONTHLY).record(on=date(2026, 1, 31)).record(on=date(2026, 2, 28))
    assert review.standing(on=date(2026, 2, 27)).due == date(2026, 2, 28)
    assert review.standing(on=date(2026, 1, 30)).due == date(2026, 1, 31)
    assert review.standing(on=date(2026, 2, 28)).due == date(2026, 3, 31)


def test_another_cycle_asks_for_nothing_before_what_was_done() -> None:
    """Monthly turned fortnightly: the review done on 5 March stays done, and the next comes after it."""
    review = Review(id="monthly", cycle=MONTHLY).record(on=date(2026, 3, 5))
    changed = attrs.evolve(review, cycle=ReviewCycle(anchor=date(2026, 3, 1), every="P2W"))
    assert changed.done == (Done(on=date(2026, 3, 5), scheduled=date(2026, 2, 28)),)
    assert changed.standing(on=date(2026, 3, 6)).due == date(2026, 3, 15)


def test_a_target_says_whether_it_is_met_and_why() -> None:
    """Met, not met and unknown are three answers, each with its reason, and the goal itself does not change."""
    goal = Goal(id="mood", statement="Enjoy my garden again", target="phq_9.total < 5")
    met, missed, unknown = (goal.progress(facts, WORDS) for facts in ({"phq_9.total": 4}, {"phq_9.total": 12}, {}))
    assert met is not None
    assert missed is not None
    assert unknown is not None
    assert (met.value, missed.value, unknown.value) == (True, False, None)
    assert [str(each) for each in (met, missed, unknown)] == [
        "phq_9.total is 4, which is < 5",
        "phq_9.total is 12, wanted < 5",
        "phq_9.total is unknown",
    ]
    assert goal.achievement is None


def test_a_goal_without_a_target_is_not_measured() -> None:
    """Nothing to read gives nothing, not a guess."""
    goal = Goal(id="mood", statement="Enjoy my garden again")
    assert goal.rule(WORDS) is None
    assert goal.progress({"phq_9.total": 4}, WORDS) is None


def test_a_target_that_does_not_read_is_refused_when_it_is_read() -> None:
    """An unknown name and a rule that is no yes/no are refused; the text itself is kept as it was agreed."""
    with pytest.raises(RuleError, match=r"did you mean phq_9\.total"):
        Goal(id="mood", statement="x", target="phq9.total < 5").rule(WORDS)
    with pytest.raises(RuleError, match="a target is yes or no, as score < 5; this is number"):
        Goal(id="mood", statement="x", target="phq_9.total").rule(WORDS)
