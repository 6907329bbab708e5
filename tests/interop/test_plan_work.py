"""What hosts keep of directories, tables, referrals and of what was found travels as JSON."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from carecoord.errors import DataError
from carecoord.interop import dumps, from_dict, loads, to_dict
from carecoord.plans import (
    Activity,
    Ages,
    CarePlan,
    Discrepancy,
    Incompatibility,
    Need,
    Owner,
    Place,
    RepeatWindow,
    Service,
    ServiceFilters,
    Side,
    completeness,
    disclose_briefing,
    refer,
    services,
)
from carecoord.roles import Clause, Consent, Member, Reader, Recipient, disclose

ON = date(2026, 3, 1)
NEED = Need(id="flat", domain="social", title="A flat", category="housing-instability", labels=[])
SERVICE = Service(
    id="advice", name="Housing advice", organisation="city", domains=["social", "functional"],
    categories=["housing-instability"], codes="x|1", areas="any", ages=Ages(18), languages=["en", "tr"], payers=[],
    fee=0, wait="P3W", channels=["phone"], modalities=["single"], offers={"ramp": True}, since=ON, checked=ON,
    labels=[],
)  # fmt: skip
REFERRAL = refer(
    NEED, SERVICE, id="r1", person="anna", by="lee", on=ON, plan="p", owner=Owner(duty="track-referral"), labels=["MH"]
).move("waitlisted", on=ON, note="six weeks")
SIDES = [Side(kind="drug", name="one", codes="x|1"), Side(kind="gene", name="two", codes=["x|2", "x|3"])]
PLAN = CarePlan(
    id="p", person="anna", created=ON, needs=[NEED], matters=["The sea"], labels=[],
    activities=[Activity(id="a", kind="test", title="A", labels=[])],
)  # fmt: skip
READER = Reader(
    member=Member("desk", role="care-manager", since=date(2025, 1, 1), organisation="city"),
    purpose="COC",
    on=ON,
    consents=[
        Consent(
            id="C",
            patient="anna",
            signed=date(2026, 1, 5),
            clauses=[
                Clause(
                    id="1", decision="permit", to=[Recipient(organisation="city")], purposes=["COC"], categories=["MH"]
                ),
                Clause(id="2", decision="permit", to=[Recipient(organisation="city")], purposes=["COC"]),
            ],
        )
    ],
)
FOUND = Discrepancy(
    kind="interaction", state="undecided", places=[Place("p", "activities.a")], because="b", mend="m",
    duty="reconcile-medicines", severity="major", source="s",
)  # fmt: skip


@pytest.mark.parametrize(
    "value",
    [
        SERVICE,
        Service(id="bare", name="Bare"),
        REFERRAL,
        RepeatWindow(code="x|1", window="P3M", source="s"),
        Incompatibility(id="i", between=SIDES, because="b", mend="m", source="s", severity="major", must_know=True),
        FOUND,
        *completeness(PLAN, "prsb-personalised-care-and-support-plan"),
        *services(PLAN, [SERVICE], on=ON, filters=ServiceFilters(area="north", longest_wait="P1W")),
        disclose(REFERRAL, READER).view,
        disclose_briefing(PLAN, READER, referrals=[REFERRAL]).view,
        disclose(REFERRAL, READER),
        disclose_briefing(PLAN, READER),
    ],
)
def test_each_reads_back_equal(value: Any) -> None:
    """Alone, with its type, and twice over."""
    assert value is not None
    again = loads(dumps(value))
    assert again == value
    assert dumps(again) == dumps(value)


def test_a_referral_from_outside_is_checked_as_any_other() -> None:
    """A step that may not follow is refused with its place, and nobody is named."""
    data = to_dict(REFERRAL)
    data["steps"] = [*data["steps"], {"status": "sent", "on": "2026-03-02"}]
    with pytest.raises(DataError) as refused:
        from_dict(data)
    assert "referral status cannot go from waitlisted to sent" in str(refused.value)
    assert "anna" not in str(refused.value)


@pytest.mark.parametrize("areas", [["north"], ["any"], []])
def test_what_has_no_limit_is_told_apart_from_what_is_not_said(areas: Any) -> None:
    """`any`, a list, an empty list, and nothing are four things."""
    made = from_dict({"format": 1, "type": "service", "id": "s", "name": "S", "areas": areas})
    assert made.areas == frozenset(areas)
    assert from_dict({"format": 1, "type": "service", "id": "s", "name": "S"}).areas is None
