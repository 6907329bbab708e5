from __future__ import annotations

from datetime import date

import pytest

from carecoord._definitions import structure, unstructure
from carecoord.errors import DataError
from carecoord.stepped_care import (
    Accepted,
    Assessment,
    Enrolment,
    Episode,
    Override,
    Protocol,
    Withdrawal,
    accept,
    decide,
    override,
    protocol,
)
from tests.stepped_care.builders import STEPS, history, ladder

DAY = date(2026, 1, 5)


def up_and_down() -> Protocol:
    """Give a protocol that lets in, raises, lowers and ends care."""
    return ladder(
        '[[rules]]\nid = "in"\nin = "outside"\nwhen = "phq_9.total >= 10"\nto = "low"\n'
        '[[rules]]\nid = "up"\nwhen = "phq_9.total >= 10"\nto = "high"\n'
        '[[rules]]\nid = "out"\nin = "low"\nwhen = "phq_9.total < 5"\nthen = "exit"\n'
        '[[rules]]\nid = "down"\nin = "high"\nwhen = "phq_9.total < 5"\nto = "low"\n'
        '[[rules]]\nid = "rest"\nwhen = "yes"\nthen = "adjust"\n'
    )


def step(episode: Episode, day: int) -> str:
    """Give the step on a day of January 2026."""
    return decide(up_and_down(), episode, on=date(2026, 1, day)).from_step


def test_accepting_a_decision_makes_its_move_happen() -> None:
    """Enter, up, down, out: each from the day it was accepted."""
    episode = Episode("p")
    for day, total in ((5, 12), (6, 14), (7, 3), (8, 2)):
        measured = Assessment(id=f"a{day}", on=date(2026, 1, day), instrument="phq-9", scores={"total": total})
        episode = episode.with_entry(measured)
        episode = accept(episode, decide(up_and_down(), episode, on=date(2026, 1, day)), by="holm")
    accepted = [entry for entry in episode.entries if isinstance(entry, Accepted)]
    assert [entry.decision.move for entry in accepted] == ["enter", "step-up", "step-down", "exit"]
    assert accepted[0].id == "ladder/2026-01-05/accepted"
    assert {entry.by for entry in accepted} == {"holm"}
    assert [step(episode, day) for day in (4, 5, 6, 7, 8)] == ["outside", "low", "high", "low", "outside"]


def test_what_moves_nobody_changes_no_clock() -> None:
    """Accepting an adjustment leaves step and weeks as they were."""
    episode = history(up_and_down(), "2026-01-05 start\n2026-01-19 phq_9 total=7")
    decision = decide(up_and_down(), episode, on=date(2026, 1, 19))
    assert decision.move == "adjust"
    after = accept(episode, decision, by="holm", on=date(2026, 1, 20), id="mine", labels=["mental-health"])
    entry = after.entries[-1]
    assert (entry.id, entry.on, entry.labels) == ("mine", date(2026, 1, 20), frozenset(["mental-health"]))
    assert decide(up_and_down(), after, on=date(2026, 1, 20)).from_step == "low"


def test_the_record_keeps_the_decision_as_it_was_made() -> None:
    """A correction changes what past days would say, not what was decided."""
    episode = history(up_and_down(), "2026-01-05 start\n2026-01-19 phq_9 total=14")
    decision = decide(up_and_down(), episode, on=date(2026, 1, 19))
    episode = accept(episode, decision, by="holm")
    wrong = next(entry.id for entry in episode.entries if isinstance(entry, Assessment))
    right = Assessment(id="right", on=date(2026, 1, 19), instrument="phq-9", scores={"total": 4}, replaces=wrong)
    episode = episode.with_entry(right)
    kept = next(entry for entry in episode.entries if isinstance(entry, Accepted))
    assert (kept.decision.move, kept.decision.facts["phq_9.total"], kept.decision.digest) == (
        "step-up",
        14,
        up_and_down().digest,
    )
    assert kept.because.startswith("step-up to high (rule: up)\n  up: holds (phq_9.total is 14 on 2026-01-19")
    assert structure(unstructure(episode), Episode, name="episode") == episode


def test_the_same_decision_is_accepted_once() -> None:
    """The entry's id is made of protocol and day, so a second one is refused."""
    episode = history(up_and_down(), "2026-01-05 start\n2026-01-19 phq_9 total=14")
    decision = decide(up_and_down(), episode, on=date(2026, 1, 19))
    with pytest.raises(DataError, match="the id stands twice"):
        accept(accept(episode, decision, by="holm"), decision, by="lee")


def test_a_choice_is_made_by_who_accepts() -> None:
    """Of the alternatives that the decision leaves."""
    steps = STEPS + '[[steps]]\nid = "drug"\nintensity = 3\n[[steps]]\nid = "therapy"\nintensity = 3\n'
    found = ladder('[[rules]]\nid = "r"\nwhen = "yes"\nto = ["therapy", "drug"]\n', steps=steps)
    episode = history(found, "2026-01-05 start")
    decision = decide(found, episode, on=DAY)
    with pytest.raises(DataError) as refused:
        accept(episode, decision, by="holm")
    assert [fault.path for fault in refused.value.faults] == ["$.step"]
    with pytest.raises(DataError, match="wanted one of therapy, drug"):
        accept(episode, decision, by="holm", step="low")
    chosen = accept(episode, decision, by="holm", step="drug", on=date(2026, 1, 6))
    assert decide(found, chosen, on=date(2026, 1, 6)).from_step == "drug"


def test_an_override_takes_place_instead() -> None:
    """Its move happens, and the decision that was not followed is kept beside the reason."""
    episode = history(up_and_down(), "2026-01-05 start\n2026-01-19 phq_9 total=7")
    decision = decide(up_and_down(), episode, on=date(2026, 1, 19))
    moved = override(episode, decision, move="step-up", step="high", by="lee", reason="asks for more", id="o1")
    entry = moved.entries[-1]
    assert isinstance(entry, Override)
    assert (entry.id, entry.decision.move, entry.move, entry.reason, entry.until) == (
        "o1",
        "adjust",
        "step-up",
        "asks for more",
        None,
    )
    assert (entry.by, entry.on, entry.because) == ("lee", date(2026, 1, 19), str(decision.explain()))
    assert step(moved, 19) == "high"
    later = override(episode, decision, move="stay", by="lee", reason="r", on=date(2026, 1, 20), labels=["a"])
    assert (later.entries[-1].on, later.entries[-1].labels) == (date(2026, 1, 20), frozenset(["a"]))
    out = override(episode, decision, move="exit", by="lee", reason="moves away")
    assert step(out, 19) == "outside"
    assert out.entries[-1].id == "ladder/2026-01-19/override"


@pytest.mark.parametrize(
    ("move", "to", "reason", "message"),
    [
        ("stay", None, "  ", "$.reason: why it is done otherwise is wanted"),
        ("step-up", None, "r", "$.step: step-up wants a step"),
        ("stay", "high", "r", "$.step: stay leads to no step"),
    ],
)
def test_an_override_says_where_and_why(move: str, to: str | None, reason: str, message: str) -> None:
    """Without a reason, or with a move that leads nowhere, it is refused."""
    episode = history(up_and_down(), "2026-01-05 start")
    decision = decide(up_and_down(), episode, on=DAY)
    with pytest.raises(DataError) as refused:
        override(episode, decision, move=move, step=to, by="lee", reason=reason)  # type: ignore[arg-type]
    assert str(refused.value) == f"override: 1 fault\n  {message}"


def standing(episode: Episode) -> tuple[str, bool]:
    """Give the step on 20 January 2026, and whether an override stands then."""
    decision = decide(up_and_down(), episode, on=date(2026, 1, 20))
    return decision.from_step, "override" in str(decision.explain())


def test_an_override_stands_until_something_else_is_recorded() -> None:
    """A later acceptance ends it, and a withdrawal undoes it."""
    episode = history(up_and_down(), "2026-01-05 start\n2026-01-19 phq_9 total=14")
    decision = decide(up_and_down(), episode, on=date(2026, 1, 19))
    kept = override(episode, decision, move="stay", by="lee", reason="waits", id="o1")
    assert standing(kept) == ("low", True)
    later = accept(kept, decide(up_and_down(), kept, on=date(2026, 1, 20)), by="lee")
    assert standing(later) == ("high", False)
    withdrawn = kept.with_entry(Withdrawal(id="w", on=date(2026, 1, 20), replaces="o1"))
    assert standing(withdrawn) == ("low", False)


def test_records_are_per_protocol() -> None:
    """A decision of another protocol moves nobody here."""
    other = protocol("german-impact")
    episode = Episode(
        "p",
        [
            Enrolment(id="1", on=DAY, protocol="german-impact"),
            Assessment(id="2", on=date(2026, 3, 2), instrument="phq-9", scores={"total": 4}, items={"q9": 0}),
        ],
    )
    episode = accept(episode, decide(other, episode, on=date(2026, 3, 2)), by="holm")
    assert decide(other, episode, on=date(2026, 3, 2), accept_unverified=True).from_step == "four-weekly"
    assert decide(up_and_down(), episode, on=date(2026, 3, 2)).from_step == "outside"
