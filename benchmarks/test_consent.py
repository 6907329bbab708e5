"""Who may see what, ten thousand times; and the view of a plan and of a caseload's board."""

from __future__ import annotations

from datetime import date
from itertools import cycle, islice, product
from typing import TYPE_CHECKING

import pytest

from carecoord.caseload import disclose_board
from carecoord.demo import DAY, clinic
from carecoord.plans import CarePlan, Goal, Need
from carecoord.roles import Clause, Consent, Label, Member, Part2Form, Reader, Recipient, disclose, may_see

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

TIMES = 10_000
SIGNED, ON = date(2026, 1, 1), date(2026, 6, 15)
FORM = Part2Form(discloser="any", description="all", signature="paper", says_how_to_revoke=True, says_redisclosure=True)
CLINIC, TREATING, MANAGERS = (
    Recipient(organisation="clinic"),
    Recipient(group="treating"),
    Recipient(role="care-manager"),
)


def consent(name: str, clause: Clause, patient: str = "anna") -> Consent:
    """Give a consent of one clause, complete under 42 CFR Part 2."""
    return Consent(id=name, patient=patient, signed=SIGNED, until=date(2027, 2, 1), part2=FORM, clauses=[clause])


OPIOIDS = Clause(id="1a", decision="refuse", categories=["OPIOIDUD"], to=[MANAGERS])
SUD = Clause(
    id="1", decision="permit", categories=["SUD"], to=[CLINIC], purposes=["TREAT", "CAREMGT"], exceptions=[OPIOIDS]
)
CONSENTS = [
    consent("general", Clause(id="1", decision="permit", to=[TREATING], purposes=["TREAT"])),
    consent("sud", SUD),
    consent("all", Clause(id="1", decision="permit", categories=["all"], to=[TREATING], purposes=["TREAT", "HPAYMT"])),
    consent("no alcohol", Clause(id="1", decision="refuse", categories=["ETHUD"])),
    consent("no managers", Clause(id="1", decision="refuse", categories=["HIV"], to=[MANAGERS])),
]
MEMBERS = [
    Member("pcp", role="primary-care-provider", organisation="clinic", groups=["treating"], since=SIGNED),
    Member("cm", role="care-manager", organisation="clinic", groups=["treating"], since=SIGNED),
    Member("sch", role="counselor", organisation="school", since=SIGNED),
]
LABELS = [Label(), Label.of("SUD", "42CFRPart2"), Label.of("HIV"), Label.of("OPIOIDUD"), Label.of("MH")]
ASKED = list(islice(cycle(product(MEMBERS, LABELS, ("TREAT", "COC"))), TIMES))


def test_ten_thousand_questions_each_by_itself(benchmark: BenchmarkFixture) -> None:
    """Five consents, thirty different questions, nothing kept from one to the next."""

    def ask() -> int:
        return sum(may_see(CONSENTS, who, label, purpose=purpose, on=ON).permits for who, label, purpose in ASKED)

    assert 0 < benchmark(ask) < TIMES


def test_ten_thousand_questions_of_one_reader(benchmark: BenchmarkFixture) -> None:
    """As a view asks them: one reader, one decision a label."""
    labels = list(islice(cycle(LABELS), TIMES))

    def ask() -> int:
        reader = Reader(member=MEMBERS[0], purpose="TREAT", on=ON, consents=CONSENTS)
        return sum(reader.may_see(label, patient="anna").permits for label in labels)

    assert 0 < benchmark(ask) < TIMES


@pytest.mark.parametrize("revisions", [0, 20])
def test_view_of_a_plan(benchmark: BenchmarkFixture, revisions: int) -> None:
    """Thirty needs and goals, a third of them hidden; with and without a history."""
    needs = [Need(id=f"n{i}", domain="social", title=f"need {i}", labels=("HIV", "SUD", ())[i % 3]) for i in range(30)]
    goals = [Goal(id=f"g{i}", statement=f"goal {i}", needs=[f"n{i}"]) for i in range(30)]
    plan = CarePlan(id="p", person="anna", created=SIGNED, needs=needs, goals=goals)
    for number in range(revisions):
        plan = plan.revise(by="pcp", on=ON, reason="x", needs=[Need(id="n0", domain="social", title=str(number))])
    reader = Reader(member=MEMBERS[0], purpose="TREAT", on=ON, consents=CONSENTS)
    view = benchmark(lambda: disclose(plan, reader).view)
    assert 0 < len(view.needs) < len(needs)


def test_board_of_a_reader(benchmark: BenchmarkFixture) -> None:
    """The invented clinic for its care manager, with everybody's consent."""
    caseload = clinic()
    assert caseload.team is not None
    holm = next(member for member in caseload.team.members if member.id == "holm")
    everything = Clause(
        id="1", decision="permit", categories=["all"], to=[Recipient(person="holm")], purposes=["TREAT"]
    )
    consents = [consent(f"of {person}", everything, person) for person in caseload.people]
    reader = Reader(member=holm, purpose="TREAT", on=DAY, consents=consents)
    found = benchmark(lambda: disclose_board(caseload, reader, accept_unverified=True))
    assert len(found.view.rows) == len(caseload.people)
