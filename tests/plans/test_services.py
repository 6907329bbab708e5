"""Which services go with which needs, and why."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import pytest

from carecoord.errors import DataError
from carecoord.plans import Ages, CarePlan, Need, Service, ServiceFilters, services

# The services are invented.
ON = date(2026, 3, 1)
FLAT = Need(id="flat", domain="social", title="A flat of her own", category="housing-instability")
ADVICE = Service(
    id="advice",
    name="Housing advice",
    domains=["social"],
    areas=["north", "south"],
    ages=Ages(18, 64),
    languages=["en", "tr"],
    payers=["city"],
    fee=12.5,
    wait="P3W",
    channels=["in-person", "phone"],
    modalities=["individual"],
    offers={"step-free": True, "child-care": False},
    checked=date(2026, 1, 15),
)


def answer(filters: ServiceFilters | None = None, need: Need = FLAT, **changes: Any) -> tuple[str, str]:
    """Say whether the service fits, and why."""
    (match,) = services([need], [attrs.evolve(ADVICE, **changes)], on=ON, filters=filters)
    return match.state, match.because


def test_what_is_not_asked_decides_nothing() -> None:
    """Without filters the need alone decides; nothing that the entry leaves open matters."""
    assert answer() == ("fits", "it helps with social needs")
    bare: dict[str, Any] = {
        "areas": None,
        "ages": None,
        "languages": None,
        "payers": None,
        "fee": None,
        "wait": None,
        "offers": {},
    }
    assert answer(**bare) == ("fits", "it helps with social needs")
    assert [each.answer for each in services([FLAT], [ADVICE], on=ON)[0].reasons] == ["yes"]


CASES: list[tuple[dict[str, Any], dict[str, Any], str, str]] = [
    ({"age": 18}, {}, "fits", "it takes people aged 18 to 64, and the person is 18"),
    ({"age": 64}, {}, "fits", "it takes people aged 18 to 64, and the person is 64"),
    ({"age": 17}, {}, "refused", "it takes people aged 18 to 64, and the person is 17"),
    ({"age": 65}, {}, "refused", "it takes people aged 18 to 64, and the person is 65"),
    ({"age": 99}, {"ages": Ages(65)}, "fits", "it takes people aged 65 and older, and the person is 99"),
    ({"age": 0}, {"ages": Ages()}, "fits", "it takes people aged 0 and older, and the person is 0"),
    ({"age": 30}, {"ages": None}, "undecided", "nobody has said which ages it takes"),
    ({"area": "north"}, {}, "fits", "area: north"),
    ({"area": "west"}, {}, "refused", "area: north, south; wanted west"),
    ({"area": "west"}, {"areas": "any"}, "fits", "any area will do"),
    ({"area": "west"}, {"areas": []}, "refused", "area: none; wanted west"),
    ({"area": "north"}, {"areas": None}, "undecided", "nobody has said which area it has"),
    ({"languages": ["de", "tr"]}, {}, "fits", "language: tr"),
    ({"languages": ["tr", "en"]}, {}, "fits", "language: tr, en"),
    ({"languages": "de"}, {}, "refused", "language: en, tr; wanted de"),
    ({"languages": ["de", "fr"]}, {}, "refused", "language: en, tr; wanted de or fr"),
    ({"languages": "de"}, {"languages": "any"}, "fits", "any language will do"),
    ({"languages": "de"}, {"languages": None}, "undecided", "nobody has said which language it has"),
    ({"payer": "city"}, {}, "fits", "payer: city"),
    ({"payer": "union"}, {}, "refused", "payer: city; wanted union"),
    ({"payer": "union"}, {"fee": 0}, "fits", "it is free"),
    ({"payer": "union"}, {"fee": 0, "payers": None}, "fits", "it is free"),
    ({"payer": "union"}, {"payers": None}, "undecided", "nobody has said which payer it has"),
    ({"payer": "union"}, {"payers": None, "fee": None}, "undecided", "nobody has said which payer it has"),
    ({"most_fee": 12.5}, {}, "fits", "it costs 12.5, and 12.5 is the most"),
    ({"most_fee": 12}, {}, "refused", "it costs 12.5, and 12 is the most"),
    ({"most_fee": 0}, {"fee": 0}, "fits", "it costs 0, and 0 is the most"),
    ({"most_fee": 12}, {"fee": None}, "undecided", "nobody has said what it costs"),
    ({"longest_wait": "P21D"}, {}, "fits", "people wait 3 weeks, and 3 weeks is the longest"),
    ({"longest_wait": "P20D"}, {}, "refused", "people wait 3 weeks, and 20 days is the longest"),
    ({"longest_wait": "P1M"}, {"wait": "P31D"}, "fits", "people wait 31 days, and 1 month is the longest"),
    ({"longest_wait": "P1M"}, {"wait": "P32D"}, "refused", "people wait 32 days, and 1 month is the longest"),
    ({"longest_wait": "P1M"}, {"wait": None}, "undecided", "nobody has said how long people wait"),
    ({"channels": ["video", "phone"]}, {}, "fits", "channel: phone"),
    ({"channels": "video"}, {}, "refused", "channel: in-person, phone; wanted video"),
    ({"channels": "video"}, {"channels": None}, "undecided", "nobody has said which channel it has"),
    ({"modality": "individual"}, {}, "fits", "modality: individual"),
    ({"modality": "group"}, {}, "refused", "modality: individual; wanted group"),
    ({"modality": "group"}, {"modalities": None}, "undecided", "nobody has said which modality it has"),
    ({"offers": "step-free"}, {}, "fits", "it offers step-free"),
    ({"offers": "child-care"}, {}, "refused", "it does not offer child-care"),
    ({"offers": ["step-free", "lunch"]}, {}, "undecided", "nobody has said whether it offers lunch"),
    ({"checked_within": "P45D"}, {}, "fits", "the entry was checked on 2026-01-15"),
    ({"checked_within": "P44D"}, {}, "undecided", "the entry was last checked on 2026-01-15, more than 44 days ago"),
    ({"checked_within": "P1Y"}, {"checked": None}, "undecided", "nobody has said when the entry was last checked"),
]


@pytest.mark.parametrize(("filters", "entry", "state", "because"), CASES)
def test_each_filter_says_why(filters: dict[str, Any], entry: dict[str, Any], state: str, because: str) -> None:
    """Yes, no and unknown are three answers, each with its reason."""
    found, why = answer(ServiceFilters(**filters), **entry)
    assert found == state
    assert why.removeprefix("it helps with social needs; ").endswith(because)


@pytest.mark.parametrize(
    ("since", "until", "state", "because"),
    [
        (date(2026, 3, 1), date(2026, 3, 2), "fits", "it helps with social needs"),
        (date(2026, 3, 2), None, "refused", "it opens on 2026-03-02"),
        (None, date(2026, 3, 1), "refused", "it closed on 2026-03-01"),
    ],
)
def test_a_service_that_is_not_open_is_refused(since: Any, until: Any, state: str, because: str) -> None:
    """Its first day counts, the day after its last does not."""
    assert answer(since=since, until=until) == (state, because)


@pytest.mark.parametrize(
    ("need", "entry", "state", "because"),
    [
        ({}, {"domains": ["physical", "mental"]}, "refused", "it helps with mental, physical needs"),
        ({}, {"domains": []}, "undecided", "nobody has said what it helps with"),
        ({}, {"categories": ["housing-instability", "homelessness"]}, "fits", "it helps with just this"),
        ({}, {"categories": ["homelessness"]}, "refused", "it helps with other things"),
        ({}, {"categories": ["homelessness"], "domains": []}, "refused", "it helps with other things"),
        ({"category": None}, {"categories": ["homelessness"]}, "undecided", "it helps with certain things only"),
        ({"codes": "x|1"}, {"codes": ["x|1", "x|2"], "domains": ["mental"]}, "fits", "it helps with just this"),
        ({"codes": "x|1"}, {"codes": "x|3"}, "refused", "it helps with other things"),
        ({"codes": "x|1"}, {"codes": "y|1"}, "undecided", "it helps with certain things only"),
        ({}, {"codes": "y|1", "domains": ["mental"]}, "refused", "it helps with mental needs"),
        ({"category": None}, {"codes": "y|1", "domains": []}, "undecided", "it helps with certain things only"),
    ],
)
def test_a_need_goes_with_a_service_by_what_both_say(need: Any, entry: Any, state: str, because: str) -> None:
    """By code or category where both have one of a system; else by the side of life, as far as that tells."""
    found, why = answer(need=attrs.evolve(FLAT, **need), **entry)
    assert (found, why.startswith(because)) == (state, True)


def test_one_refusal_refuses_and_names_only_what_refuses() -> None:
    """What is unknown besides does not hide it; every reason is still there."""
    wanted = ServiceFilters(age=17, area="north", languages="de", channels="video")
    (match,) = services([FLAT], [attrs.evolve(ADVICE, channels=None)], on=ON, filters=wanted)
    assert match.state == "refused"
    assert match.because == "it takes people aged 18 to 64, and the person is 17; language: en, tr; wanted de"
    assert [(each.filter, each.answer) for each in match.reasons] == [
        ("need", "yes"),
        ("age", "no"),
        ("area", "yes"),
        ("language", "no"),
        ("channel", "unknown"),
    ]


def test_what_fits_stands_first_then_the_shortest_wait() -> None:
    """By need in their order; an unknown wait after every known one, then by id."""
    directory = [
        attrs.evolve(ADVICE, id="b-slow", wait="P2M"),
        attrs.evolve(ADVICE, id="a-unknown", wait=None),
        attrs.evolve(ADVICE, id="c-quick", wait="P1W"),
        attrs.evolve(ADVICE, id="b-quick", wait="P7D"),
        attrs.evolve(ADVICE, id="silent", wait="P1D", areas=None),
        attrs.evolve(ADVICE, id="far", wait="P1D", areas=["west"]),
    ]
    food = Need(id="food", domain="social")
    found = services([FLAT, food], directory, on=ON, filters=ServiceFilters(area="north"))
    order = ["b-quick", "c-quick", "b-slow", "a-unknown", "silent", "far"]
    assert [(each.need, each.service.id) for each in found] == [
        (need, service) for need in ("flat", "food") for service in order
    ]
    assert [each.state for each in found[:6]] == ["fits"] * 4 + ["undecided", "refused"]
    assert services([FLAT, food], directory[::-1], on=ON, filters=ServiceFilters(area="north")) == found


def test_the_active_needs_of_a_plan_are_looked_at() -> None:
    """Resolved ones, and those entered in error, are not."""
    over = [Need(id=status, domain="social", status=status) for status in ("resolved", "entered-in-error")]
    plan = CarePlan(id="p", person="A", created=ON, needs=[*over, FLAT])
    assert (
        services(plan, [ADVICE], on=ON) == services([FLAT], [ADVICE], on=ON) == services(iter([FLAT]), [ADVICE], on=ON)
    )
    assert services(plan, [], on=ON) == services([], [ADVICE], on=ON) == ()


def test_a_directory_names_each_service_once() -> None:
    """Two entries with one id are refused; so are ages that nobody has and waits that are no periods."""
    with pytest.raises(DataError, match=r"directory: 1 fault\n  \$.id: two services have the same id"):
        services([FLAT], [ADVICE, ADVICE], on=ON)
    for ages in ((-1, None), (18, 17)):
        with pytest.raises(DataError, match="ages: 1 fault\n  from 0 up are wanted"):
            Ages(*ages)
    assert Ages(18, 18).oldest == 18
    with pytest.raises(DataError, match="'soon' is no ISO 8601 duration"):
        attrs.evolve(ADVICE, wait="soon")
