"""The board over the invented clinic and over caseloads made for one question."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, timedelta

import pytest

from carecoord.caseload import Caseload, board
from carecoord.demo import DAY, clinic
from carecoord.errors import DataError, DefinitionError, UnknownIdError
from carecoord.plans import CarePlan, Owner, Review, ReviewCycle
from carecoord.roles import Member, Team, matrix
from carecoord.stepped_care import (
    Assessment,
    Contact,
    Enrolment,
    Entry,
    Episode,
    Event,
    StepEntry,
    assessment,
    read_protocol,
)

COCM = "cocm-treat-to-target"


def answers(total: int, item_9: int = 0) -> list[int]:
    """Spread a total over the first eight items, the last of the nine given."""
    left = total - item_9
    return [min(3, max(0, left - 3 * place)) for place in range(8)] + [item_9, 0]


def test_everyone_has_one_row_in_the_order_to_act() -> None:
    """The board leaves nobody out and sorts by what is needed."""
    shown = board(clinic(), on=DAY, accept_unverified=True)
    assert sorted(row.person for row in shown.rows) == list(clinic().people)
    order = ["see now", "see today", "ask today", "at next contact", "change care", "find out", "overdue",
             "lower care", "due", "go on"]  # fmt: skip
    ranks = [order.index(row.need) for row in shown.rows]
    assert ranks == sorted(ranks)
    assert Counter(row.need for row in shown.rows)["see now"] == 1


@pytest.mark.parametrize(
    ("person", "need", "move", "step"),
    [
        ("pavel", "see now", "adjust", None),
        ("ines", "see today", "stay", None),
        ("ravi", "ask today", "step-up", "changed"),
        ("greta", "ask today", "ask", None),
        ("tomas", "change care", "step-up", "changed"),
        ("wanda", "change care", "step-up", "acute"),
        ("viktor", "change care", "refer", None),
        ("luca", "change care", "enter", "acute"),
        ("fritz", "change care", "adjust", None),
        ("karl", "change care", "step-up", "two-weekly"),
        ("otto", "find out", "ask", None),
        ("dario", "overdue", "stay", None),
        ("aisha", "overdue", "stay", None),
        ("mei", "overdue", "stay", None),
        ("emil", "lower care", "step-down", "maintenance"),
        ("alma", "lower care", "step-down", "four-weekly"),
        ("jonas", "lower care", "exit", None),
        ("irma", "go on", "stay", None),
        ("sofia", "go on", "stay", None),
    ],
)
def test_the_clinics_hard_cases(person: str, need: str, move: str, step: str | None) -> None:
    """Each hard case of the invented clinic stands where its history puts it."""
    row = board(clinic(), on=DAY, accept_unverified=True)[person]
    assert (row.need, row.decisions[0].move, row.decisions[0].to_step) == (need, move, step)


def test_low_total_with_thoughts_of_self_harm_is_seen_today() -> None:
    """A total of 6 hides nothing: the alert is raised and names whose duty it is, and that nobody is there."""
    row = board(clinic(), on=DAY, accept_unverified=True)["ines"]
    assert [(alert.id, alert.state) for alert in row.decisions[0].alerts] == [("phq-item-9", "raised")]
    holder = row.holders["risk-assessment"]
    assert holder.member is None
    assert "nobody covers" in holder.because
    assert [contact.member for contact in holder.escalate_to][:1] == ["lee"]


def test_half_answered_form_shows_what_is_still_possible() -> None:
    """Five answers of nine summing to 14 leave 14 to 26 and ask for item 9."""
    row = board(clinic(), on=DAY, accept_unverified=True)["ravi"]
    assert (row.latest[0].value, row.latest[0].possible) == (None, (14, 26))
    assert "phq_9.q9" in row.missing


def test_review_overdue_across_a_month_end() -> None:
    """A monthly review anchored on the 31st and last done in April is overdue from 8 June."""
    items = board(clinic(), on=DAY, accept_unverified=True)["mei"].due
    assert [(item.state, item.due, item.overdue_from) for item in items] == [
        ("overdue", date(2026, 5, 31), date(2026, 6, 8))
    ]


def test_trend_follows_the_scores_direction() -> None:
    """A fall is better on the PHQ-9 and worse on the WHO-5."""
    episode = Episode(
        "p",
        [
            assessment("phq-9", answers(16), id="1", on=date(2026, 1, 1)),
            assessment("phq-9", answers(10), id="2", on=date(2026, 2, 1)),
            assessment("who-5", [4, 4, 4, 4, 4], id="3", on=date(2026, 1, 1)),
            assessment("who-5", [2, 2, 2, 2, 2], id="4", on=date(2026, 2, 1)),
        ],
    )
    latest = {one.instrument: one for one in board(Caseload(episodes=[episode]), on=date(2026, 2, 1)).rows[0].latest}
    assert (latest["phq-9"].trend, latest["phq-9"].before, latest["phq-9"].band) == ("better", 16, "moderate")
    assert (latest["who-5"].trend, latest["who-5"].days_old) == ("worse", 0)


def test_what_comes_after_the_day_is_not_seen() -> None:
    """An assessment, a contact and a step of later days change nothing."""
    past: list[Entry] = [
        Enrolment(id="1", on=date(2026, 1, 5), protocol=COCM),
        assessment("phq-9", answers(16), id="2", on=date(2026, 1, 5)),
    ]
    later: list[Entry] = [
        assessment("phq-9", answers(3, 3), id="3", on=date(2026, 1, 20)),
        Contact(id="4", on=date(2026, 1, 20)),
        StepEntry(id="5", on=date(2026, 1, 20), protocol=COCM, step="changed"),
    ]
    on = date(2026, 1, 19)
    then, now = (
        board(Caseload(episodes=[Episode("p", entries)]), on=on, accept_unverified=True)
        for entries in (past, [*past, *later])
    )
    assert then.to_dict() == now.to_dict()


@pytest.mark.parametrize(("days", "state"), [(13, None), (14, "due"), (15, "overdue")])
def test_contact_cadence_of_the_step(days: int, state: str | None) -> None:
    """In a step with a contact every two weeks the contact is due on day 14 and overdue on day 15."""
    start = date(2026, 1, 5)
    episode = Episode("p", [Enrolment(id="1", on=start, protocol=COCM)])
    shown = board(Caseload(episodes=[episode]), on=start + timedelta(days=days), accept_unverified=True)
    assert [contact.state for contact in shown.rows[0].contacts] == ([state] if state else [])


def test_missed_contacts_do_not_count_for_the_cadence() -> None:
    """Only a contact that was kept moves the next one."""
    start = date(2026, 1, 5)
    episode = Episode(
        "p",
        [Enrolment(id="1", on=start, protocol=COCM), Contact(id="2", on=date(2026, 1, 18), outcome="missed")],
    )
    shown = board(Caseload(episodes=[episode]), on=date(2026, 1, 20), accept_unverified=True)
    assert shown.rows[0].contacts[0].last == start


def test_own_protocol_is_used() -> None:
    """A protocol of the host's own decides for who is enrolled in it."""
    own = read_protocol(
        """
        id = "own"
        title = "Own"
        version = "1"
        first = "only"
        [measures.gad_7]
        instrument = "gad-7"
        [[steps]]
        id = "only"
        intensity = 1
        [[rules]]
        id = "always"
        in = "only"
        when = "yes"
        then = "stay"
        """
    )
    caseload = Caseload(episodes=[Episode("p", [Enrolment(id="1", on=date(2026, 1, 5), protocol="own")])])
    assert board(caseload, on=date(2026, 1, 6), protocols={"own": own}).rows[0].decisions[0].rule == "always"
    with pytest.raises(UnknownIdError, match="there is no protocol 'own'"):
        board(caseload, on=date(2026, 1, 6))


def test_unverified_numbers_are_refused_unless_accepted() -> None:
    """A protocol that rests on recalled numbers decides nothing by default."""
    with pytest.raises(DefinitionError, match="not checked against a source"):
        board(clinic(), on=DAY)


def test_unknown_instruments_totals_are_shown() -> None:
    """A total reported from an instrument that is not ours is shown without a band or a trend."""
    entries = [Assessment(id="1", on=date(2026, 1, 1), instrument="house-scale", scores={"sum": 7})]
    latest = board(Caseload(episodes=[Episode("p", entries)]), on=date(2026, 1, 2)).rows[0].latest[0]
    assert (latest.value, latest.band, latest.trend) == (7, None, None)


def test_a_plan_alone_has_a_row() -> None:
    """Someone with a plan and no episode is on the board, with what is due and whose it is."""
    review = Review(id="r", cycle=ReviewCycle(anchor=date(2026, 1, 31), every="P1M"), owner=Owner(duty="own-plan"))
    plan = CarePlan(id="plan", person="p", created=date(2026, 1, 1), status="active", reviews=[review])
    team = Team([Member("holm", role="care-manager", since=date(2025, 1, 1), reach="ext. 12")])
    caseload = Caseload(plans=[plan], team=team, matrix=matrix("collaborative-care-minimum"))
    shown = board(caseload, on=date(2026, 1, 31))
    assert (shown.rows[0].need, shown.rows[0].holders["own-plan"].member) == ("due", "holm")
    assert "own-plan: holm (ext. 12)" in str(shown)
    assert {gap.kind for gap in shown.gaps} >= {"incomplete-team"}


def test_looking_ahead_shows_what_is_coming() -> None:
    """With a later last day the upcoming review is listed, and the person's need is unchanged."""
    caseload = clinic()
    ahead = board(caseload, on=DAY, through=date(2026, 9, 30), accept_unverified=True)["wanda"]
    assert [item.state for item in ahead.due] == ["upcoming"]
    assert ahead.need == "change care"


def test_caseload_refuses_what_stands_twice() -> None:
    """Two plans with one id, two episodes with one person and id, and a team without a matrix are refused at once."""
    plan = CarePlan(id="plan", person="p", created=date(2026, 1, 1))
    with pytest.raises(DataError) as raised:
        Caseload(plans=[plan, plan], episodes=[Episode("p"), Episode("p")], team=Team([]))
    assert len(raised.value.faults) == 3


def test_nobody_is_found_by_an_unknown_id_and_the_error_does_not_repeat_it() -> None:
    """A person's id never stands in an error."""
    with pytest.raises(UnknownIdError) as raised:
        board(Caseload(), on=DAY)["secret-name"]
    assert "secret-name" not in str(raised.value)


def test_board_as_data_is_json_and_explains_each_decision() -> None:
    """The board's data holds plain values only, and every decision its reasons in words."""
    data = json.loads(json.dumps(board(clinic(), on=DAY, accept_unverified=True).to_dict()))
    assert len(data["rows"]) == 24
    assert all(decision["because"] for row in data["rows"] for decision in row["decisions"])


def test_the_same_caseload_gives_the_same_text() -> None:
    """The text does not depend on the order of episodes and plans."""
    caseload = clinic()
    turned = Caseload(
        episodes=caseload.episodes[::-1], plans=caseload.plans[::-1], team=caseload.team, matrix=caseload.matrix,
        protocols=caseload.protocols,
    )  # fmt: skip
    assert str(board(turned, on=DAY, accept_unverified=True)) == str(board(caseload, on=DAY, accept_unverified=True))


def test_an_answered_alert_is_no_longer_shown() -> None:
    """Once a risk assessment follows, item 9 alone raises nothing more."""
    entries: list[Entry] = [
        Enrolment(id="1", on=date(2026, 1, 5), protocol=COCM),
        assessment("phq-9", answers(12, 1), id="2", on=date(2026, 1, 5)),
        Event(id="3", on=date(2026, 1, 5), name="risk_assessment"),
    ]
    shown = board(Caseload(episodes=[Episode("p", entries)]), on=date(2026, 1, 6), accept_unverified=True)
    assert shown.rows[0].decisions[0].alerts == ()
