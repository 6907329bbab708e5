"""What measures see of episodes and plans; the flow through steps and the cadence of contacts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import attrs
import pytest

from carecoord.caseload import Record, contact_cadence, evaluate, measure, record, step_flow
from carecoord.plans import (
    Activity,
    Agreement,
    CarePlan,
    DecisionOption,
    Done,
    FamilyInvolvement,
    Owner,
    Review,
    ReviewCycle,
    SharedDecision,
    Stance,
    WorkDecision,
)
from carecoord.stepped_care import (
    Assessment,
    Contact,
    Enrolment,
    EnrolmentEnd,
    Entry,
    Episode,
    Event,
    RecordedFact,
    StepEntry,
    Withdrawal,
    accept,
    decide,
    protocol,
    read_protocol,
)

MADE = date(2026, 1, 5)
DAY = date(2026, 6, 30)
YEAR = (date(2026, 1, 1), date(2026, 12, 31))
GERMAN = "german-impact"


def test_everything_of_an_episode_that_measures_look_at_is_there() -> None:
    """Scores without a value too; what was taken back is not; facts are about the person, the latest of each."""
    at = datetime(2026, 2, 2, 9, 30, tzinfo=UTC)
    entries: list[Entry] = [
        Enrolment(id="1", on=MADE, protocol="x"),
        Assessment(id="2", on=at, instrument="phq-9", scores={"total": 12, "band": "high", "blank": None}),
        Contact(id="3", on=MADE, outcome="missed", how="phone"),
        Contact(id="4", on=MADE),
        Withdrawal(id="5", on=MADE, replaces="4"),
        Event(id="6", on=MADE, name="consultation"),
        RecordedFact(id="7", on=MADE, name="problem", value="ptsd"),
        RecordedFact(id="8", on=DAY, name="problem", value="ocd"),
        EnrolmentEnd(id="9", on=DAY, protocol="x", reason="moved"),
    ]
    made = record(Episode("a", entries), about={"sex": "female"})
    assert {name: len(found) for name, found in made.lists.items()} == {
        "enrolments": 1, "scores": 3, "contacts": 1, "events": 1, "endings": 1, "steps": 1,
    }  # fmt: skip
    assert [(one["score"], one["value"]) for one in made.lists["scores"]] == [
        ("total", 12), ("band", None), ("blank", None),
    ]  # fmt: skip
    assert made.lists["scores"][0]["on"] == at
    assert dict(made.lists["contacts"][0]) == {"on": MADE, "kept": False, "how": "phone"}
    assert made.lists["endings"][0]["reason"] == "moved"
    assert dict(made.about) == {"problem": "ocd", "sex": "female"}
    assert record(Episode("a", entries), about={"problem": "panic"}).about["problem"] == "panic"


def test_a_record_of_an_earlier_day_knows_nothing_later() -> None:
    """By when it was so, or by when it was written down."""
    late = Contact(id="2", on=MADE, recorded=DAY)
    episode = Episode("a", [Contact(id="1", on=DAY), late])
    assert len(record(episode).lists["contacts"]) == 2
    assert len(record(episode, on=MADE).lists["contacts"]) == 1
    assert "contacts" not in record(episode, as_of=MADE).lists


def moves(*steps: tuple[str, date], end: date | None = None, enrolled: str = "two-weekly") -> Episode:
    """Make an episode of GermanIMPACT with step entries."""
    entries: list[Entry] = [Enrolment(id="e", on=MADE, protocol=GERMAN, step=enrolled)]
    entries += [StepEntry(id=f"s{n}", on=day, protocol=GERMAN, step=step) for n, (step, day) in enumerate(steps)]
    if end is not None:
        entries.append(EnrolmentEnd(id="x", on=end, protocol=GERMAN))
    return Episode("a", entries)


def test_stays_in_steps_end_where_the_next_begins() -> None:
    """The first step of the protocol where the enrolment names none; an accepted move is one."""
    episode = moves(("four-weekly", date(2026, 3, 2)), end=date(2026, 5, 1))
    stays = record(episode).lists["steps"]
    assert [(one["step"], one["on"], one["until"]) for one in stays] == [
        ("two-weekly", MADE, date(2026, 3, 2)),
        ("four-weekly", date(2026, 3, 2), date(2026, 5, 1)),
    ]
    scored = Episode(
        "a",
        [
            Enrolment(id="1", on=MADE, protocol=GERMAN),
            *(
                Assessment(id=str(n), on=day, instrument="phq-9", scores={"total": total}, items={"q9": 0})
                for n, day, total in ((2, MADE, 14), (3, date(2026, 3, 2), 4))
            ),
            RecordedFact(id="4", on=MADE, name="age", value=70),
        ],
    )
    decision = decide(protocol(GERMAN), scored, on=date(2026, 3, 2), accept_unverified=True)
    made = record(accept(scored, decision, by="lee", on=date(2026, 3, 2)))
    assert [(one["step"], one["move"]) for one in made.lists["steps"]] == [
        (None, "enter"),
        ("four-weekly", "step-down"),
    ]
    first, second = step_flow([made], protocol(GERMAN), period=YEAR)
    assert (first.step, first.entered, first.down, second.staying) == ("two-weekly", 1, 1, 1)


def test_the_flow_counts_every_way_out_of_a_step() -> None:
    """Up, down, out, and those who stay; stays outside the period are not counted."""
    people = [
        moves(("four-weekly", date(2026, 3, 2))),
        moves(("four-weekly", date(2026, 3, 2)), ("two-weekly", date(2026, 4, 1))),
        moves(end=date(2026, 2, 1)),
        moves(enrolled="four-weekly"),
    ]
    records = [attrs.evolve(record(one), person=str(n)) for n, one in enumerate(people)]
    first, second = step_flow(records, protocol(GERMAN), period=YEAR)
    assert (first.entered, first.up, first.down, first.left, first.staying) == (4, 0, 2, 1, 1)
    assert (second.entered, second.up, second.down, second.left, second.staying) == (3, 1, 0, 0, 2)
    assert (first.median_days, second.median_days) == (56, 30)
    assert first.over_maximum is None
    early = step_flow(records, protocol(GERMAN), period=(date(2025, 1, 1), date(2025, 12, 31)))
    assert [one.entered for one in early] == [0, 0]
    march = step_flow(records, protocol(GERMAN), period=(date(2026, 3, 10), date(2026, 3, 31)))
    assert [(one.entered, one.staying, one.median_days) for one in march] == [(0, 0, None), (0, 3, None)]


MINE = """
id = "mine"
title = "mine"
first = "low"
steps = [
    { id = "low", intensity = 1, contact = "P1W", max_stay = "P4W" },
    { id = "side", intensity = 1 },
    { id = "high", intensity = 2 },
]
rules = [{ id = "stay", when = "yes", then = "stay" }]
"""


@pytest.mark.parametrize(("until", "over"), [(date(2026, 2, 2), 0), (date(2026, 2, 3), 1), (None, 1)])
def test_stays_over_their_maximum_are_counted(until: date | None, over: int) -> None:
    """Four weeks are not over it, a day more is; whoever stays on is measured at the end of the period."""
    mine = read_protocol(MINE)
    entries: list[Entry] = [Enrolment(id="e", on=MADE, protocol="mine")]
    if until is not None:
        entries.append(StepEntry(id="s", on=until, protocol="mine", step="side"))
    low, side, high = step_flow([record(Episode("a", entries))], mine, period=YEAR)
    assert (low.over_maximum, low.across, side.over_maximum, high.entered) == (over, int(until is not None), None, 0)


def test_the_cadence_holds_contacts_against_the_step() -> None:
    """A week is in time, eight days are not; missed contacts are none; the wait of today is told."""
    mine = read_protocol(MINE)
    days = [date(2026, 1, 12), date(2026, 1, 20), date(2026, 1, 27)]
    entries: list[Entry] = [
        Enrolment(id="e", on=MADE, protocol="mine"),
        *(Contact(id=str(n), on=day) for n, day in enumerate(days)),
        Contact(id="m", on=date(2026, 2, 1), outcome="missed"),
    ]
    made = record(Episode("a", entries))

    def cadence(last: date) -> tuple[int, int, float | None, int, int]:
        return attrs.astuple(contact_cadence([made], mine, period=(MADE, last)))

    assert cadence(date(2026, 2, 3)) == (3, 2, 7, 1, 0)
    assert cadence(date(2026, 2, 4)) == (3, 2, 7, 1, 1)
    assert cadence(date(2026, 1, 19)) == (1, 1, 7, 1, 0)
    assert attrs.astuple(contact_cadence([Record(person="b")], mine, period=YEAR)) == (0, 0, None, 0, 0)
    moved = record(Episode("a", [*entries, StepEntry(id="s", on=date(2026, 1, 21), protocol="mine", step="high")]))
    found = contact_cadence([moved], mine, period=YEAR)
    assert (found.intervals, found.people) == (2, 0)


CYCLE = ReviewCycle(anchor=date(2026, 1, 31), every="P1M", grace="P7D")


def plan(**fields: object) -> CarePlan:
    """Make an active plan with a monthly review."""
    review = Review(
        id="r",
        cycle=CYCLE,
        done=[Done(on=date(2026, 2, 7), scheduled=date(2026, 1, 31)), Done(on=date(2026, 3, 1))],
    )
    said: dict[str, object] = {"status": "active", "matters": ["my garden"], "reviews": [review], **fields}
    return CarePlan(id="p", person="a", created=MADE, **said)  # type: ignore[arg-type]


def test_reviews_of_a_plan_are_told_with_what_was_done() -> None:
    """Each that was due by the day, the one that is outstanding, and what was recorded without a day of its own."""
    made = record(Episode("a"), plans=[plan()], on=date(2026, 4, 10))
    assert [(one["due"].month, one["done"], one["outstanding"]) for one in made.lists["reviews"]] == [
        (1, date(2026, 2, 7), False),
        (2, date(2026, 3, 1), False),
        (3, None, True),
    ]
    assert made.lists["reviews"][2]["overdue_from"] == date(2026, 4, 8)
    assert "reviews" not in record(Episode("a"), plans=[plan()]).lists


def test_a_plan_that_is_over_owes_no_reviews() -> None:
    """None after it was over, and none outstanding; one missed before is told; drafts and proposals have none."""
    active = plan()
    cancelled = WorkDecision(place="reviews.r", choice="cancel", reason="moved away")
    over = active.revise(by="lee", on=date(2026, 4, 10), reason="moved away", status="completed", work=[cancelled])

    def told(one: CarePlan, on: date = DAY) -> list[tuple[int, bool, bool]]:
        reviews = record(Episode("a"), plans=[one], on=on).lists.get("reviews", ())
        return [(each["due"].month, each["done"] is not None, each["outstanding"]) for each in reviews]

    held = [(1, True, False), (2, True, False)]
    assert told(active) == [*held, (3, False, True), (4, False, False), (5, False, False), (6, False, False)]
    assert told(over) == told(over, date(2026, 4, 10)) == held
    assert told(attrs.evolve(over, reviews=active.reviews)) == [*held, (3, False, False)]
    in_grace = attrs.evolve(over.history[-1], on=date(2026, 4, 7))
    assert told(attrs.evolve(over, reviews=active.reviews, history=[in_grace])) == held
    assert told(attrs.evolve(over, reviews=active.reviews), date(2026, 4, 9))[-1] == (3, False, True)
    assert told(plan(status="completed")) == held
    assert told(plan(status="entered-in-error")) == []
    assert told(plan(status="draft")) == []
    assert told(plan(intent="proposal")) == []
    assert told(plan(status="on-hold")) == told(active)
    enrolled = Episode("a", [Enrolment(id="e", on=MADE, protocol="x")])
    for one, overdue in ((active, ("a",)), (over, ())):
        made = record(enrolled, plans=[one], on=DAY)
        assert (
            evaluate(measure("caseload-flags"), [made], period=YEAR, on=DAY).people("review-overdue", "met") == overdue
        )


def test_a_plan_that_is_agreed_owned_and_ahead_is_current() -> None:
    """One thing missing at a time: agreement, an owner, own words, the next review."""
    agreed = Agreement(id="g", on=MADE, stances=[Stance(member="a", says="agrees")])
    walk = Activity(id="w", kind="self-management", title="walk", status="in-progress", owner=Owner(member="a"))
    family = FamilyInvolvement(id="f", name="my sister")
    whole = {"agreements": [agreed], "activities": [walk], "family": [family]}
    episode = Episode("a", [Enrolment(id="e", on=MADE, protocol="x")])

    def met(on: date = date(2026, 3, 10), **fields: object) -> tuple[bool, bool]:
        made = record(episode, plans=[plan(**{**whole, **fields})], on=on)
        report = evaluate(measure("care-planning"), [made], period=YEAR, on=on)
        return bool(report.people("current-plan", "met")), bool(report.people("family-asked", "met"))

    assert met() == (True, True)
    assert met(agreements=[]) == (False, True)
    assert met(agreements=[attrs.evolve(agreed, stances=[Stance(member="a", says="disagrees")])]) == (False, True)
    assert met(activities=[attrs.evolve(walk, owner=None)]) == (False, True)
    assert met(activities=[attrs.evolve(walk, owner=None, status="completed")]) == (True, True)
    assert met(matters=[]) == (False, True)
    assert met(on=date(2026, 3, 31)) == (False, True)
    assert met(status="draft") == (False, True)
    assert met(family=[]) == (True, False)


def test_shared_decisions_are_told_with_the_persons_own_stance() -> None:
    """Whether somebody else agrees does not matter here."""
    options = [DecisionOption(id="wait", title="wait", is_nothing=True), DecisionOption(id="go", title="go on")]

    def decision(id_: str, *stances: Stance) -> SharedDecision:
        return SharedDecision(
            id=id_,
            question="go on?",
            options=options,
            choice="go",
            on=MADE + timedelta(9),
            status="active",
            stances=stances,
        )

    made = record(
        Episode("a"),
        plans=[
            plan(
                decisions=[
                    decision("1", Stance(member="a", says="agrees")),
                    decision("2", Stance(member="lee", says="agrees")),
                    decision("3", Stance(member="a", says="pending")),
                    decision("4", Stance(member="a", says="disagrees")),
                    SharedDecision(id="5", question="open"),
                ]
            )
        ],
        on=DAY,
    )
    assert [one["agreed"] for one in made.lists["decisions"]] == [True, None, None, False]
