"""What the person was taught, with what, and what they made of it."""

from __future__ import annotations

from datetime import date
from typing import Any, get_args

import attrs
import pytest

from carecoord.errors import DataError, StatusError
from carecoord.interop import dumps, loads
from carecoord.plans import Activity, CarePlan, Education, Need, TeachBack, Understanding

WALKS = Education(
    id="walks",
    topic="why walking helps",
    codes="our-list|walking",
    needs="low",
    activities="walk",
    materials=["leaflet-12", "film-3"],
    language="tr",
    adaptations=["large print"],
)
PLAN = CarePlan(
    id="p",
    person="anna",
    created=date(2026, 1, 5),
    needs=[Need(id="low", domain="mental")],
    activities=[Activity(id="walk", kind="self-management", title="Walks")],
    education=[WALKS],
)


def test_each_time_is_kept_with_what_came_of_it() -> None:
    """What was asked and answered before stays, and the value at hand is unchanged."""
    first = WALKS.teach(on=date(2026, 2, 2), by="holm", channel="phone", understanding="partly", words="it is healthy")
    second = first.teach(on=date(2026, 2, 9), understanding="understood", note="with the film")
    assert second.taught == (
        TeachBack(on=date(2026, 2, 2), understanding="partly", words="it is healthy", by="holm", channel="phone"),
        TeachBack(on=date(2026, 2, 9), understanding="understood", note="with the film"),
    )
    assert WALKS.taught == ()
    assert attrs.evolve(second, taught=()) == WALKS


@pytest.mark.parametrize(
    ("taught", "understanding"),
    [
        ([], None),
        ([(1, None)], None),
        ([(1, "partly")], "partly"),
        ([(1, "partly"), (2, None)], "partly"),
        ([(1, "partly"), (2, "understood")], "understood"),
        ([(2, "not-yet"), (1, "understood")], "not-yet"),
        ([(1, "understood"), (1, "not-yet")], "not-yet"),
    ],
)
def test_the_last_time_somebody_asked_counts(taught: Any, understanding: Any) -> None:
    """Explained and not asked is unknown, never understood; on one day the later record counts."""
    made = WALKS
    for day, found in taught:
        made = made.teach(on=date(2026, 2, day), understanding=found)
    assert made.understanding == understanding


def test_a_plan_keeps_what_was_taught() -> None:
    """A revision adds to it and loses nothing; materials are references, and all of it survives JSON."""
    taught = WALKS.teach(on=date(2026, 2, 2), understanding="partly")
    later = PLAN.revise(by="holm", on=date(2026, 2, 2), reason="explained", education=[taught])
    assert later.education == (taught,)
    assert later.at_version(1) == PLAN
    assert loads(dumps(later)) == later
    with pytest.raises(DataError, match="what was recorded on 2026-02-02 is not kept"):
        later.revise(by="holm", on=date(2026, 2, 3), reason="slip", education=[WALKS])


def test_what_is_no_understanding_is_refused() -> None:
    """There are three answers, and that nobody asked; a topic says something; what has ended stays so."""
    assert get_args(Understanding) == ("understood", "partly", "not-yet")
    with pytest.raises(DataError, match="'yes' is none of understood, partly, not-yet"):
        WALKS.teach(on=date(2026, 2, 2), understanding="yes")  # type: ignore[arg-type]
    with pytest.raises(DataError, match="text is wanted"):
        Education(id="e", topic=" ")
    with pytest.raises(StatusError, match="it may become entered-in-error"):
        WALKS.move("ended").move("active")
    with pytest.raises(DataError, match="the plan has no need"):
        CarePlan(id="p", person="anna", created=date(2026, 1, 5), education=[attrs.evolve(WALKS, activities=())])
