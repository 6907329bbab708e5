"""What hosts keep of a caseload travels as JSON and comes back equal."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from carecoord.caseload import (
    CourseGroup,
    CoursePoint,
    Discussed,
    ExpectedCourse,
    Record,
    ReviewAction,
    ReviewRecord,
    TimeEntry,
    case_review,
    evaluate,
    measure,
)
from carecoord.demo import DAY, clinic
from carecoord.errors import DataError
from carecoord.interop import dumps, loads, to_dict
from carecoord.plans import Referral, ReferralStep

SCORES = [
    {"on": date(2026, 1, 5), "instrument": "phq-9", "score": "total", "value": 14},
    {"on": date(2026, 3, 2), "instrument": "phq-9", "score": "total", "value": 4},
]
RECORD = Record(person="a", lists={"enrolments": [{"on": date(2026, 1, 5), "protocol": "x"}], "scores": SCORES})
ACTION = ReviewAction(id="1", what="call", owner="lee", due=DAY, done=DAY)


@pytest.mark.parametrize(
    "value",
    [
        ReviewRecord(id="w", on=DAY, attended=["lee"], discussed=[Discussed(person="a", actions=[ACTION])]),
        ReviewRecord(id="w", on=DAY, discussed=[Discussed(person="a", labels=frozenset({"MH"}), minutes=4.5)]),
        TimeEntry(id="1", person="a", on=datetime(2026, 6, 3, 9, tzinfo=UTC), minutes=12, by="lee", programme="cocm"),
        TimeEntry(id="1", person="a", on=date(2026, 6, 3), minutes=7.5, by="lee", programme="cocm"),
        ExpectedCourse(
            instrument="phq-9",
            percentiles=(10, 90),
            groups=[CourseGroup(start=10, points=[CoursePoint(week=2, people=30, values=(3, 12.5))])],
        ),
        evaluate(
            measure("cocm-fidelity"),
            [RECORD],
            period=(date(2026, 1, 1), date(2026, 12, 31)),
            on=DAY,
        ),
    ],
    ids=["record", "record with labels", "timed entry", "entry", "course", "report"],
)
def test_a_value_comes_back_equal(value: Any) -> None:
    """Days and times, numbers of both kinds, labels, counts and outcomes."""
    assert loads(dumps(value)) == value


def test_a_case_review_is_written_as_plain_data() -> None:
    """With a page a person, and the actions of earlier reviews."""
    review = case_review(clinic(), on=DAY, options={"accept_unverified": True})
    written = to_dict(review)
    assert written["type"] == "case-review"
    assert [page["person"] for page in written["cases"]] == [page.person for page in review.cases]


def test_a_caseload_keeps_its_referrals() -> None:
    """And says where a wrong one stands, by number."""
    sent = [ReferralStep(status="sent", on=DAY, by="lee")]
    referral = Referral(id="r", person="zoe", service="advice", title="Housing advice", steps=sent)
    data = to_dict(clinic())
    data["referrals"] = [to_dict(referral)]
    for key in ("format", "type"):
        del data["referrals"][0][key]
    found = loads(dumps(clinic()))
    assert [each.id for each in found.referrals] == ["wanda-housing"]
    data["referrals"][0]["steps"] = "sent"
    with pytest.raises(DataError) as raised:
        loads(json.dumps(data))
    assert raised.value.faults[0].path.startswith("$.referrals[0].steps")
