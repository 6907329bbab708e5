"""How long a board takes, beside the decisions in it alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from carecoord.caseload import Caseload, board
from carecoord.demo import DAY, clinic
from carecoord.stepped_care import decide, protocol

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture


def test_board_of_the_clinic(benchmark: BenchmarkFixture) -> None:
    """24 people: scores, decisions with their facts read anew, what is due, and who."""
    caseload = clinic()

    def run() -> int:
        fresh = Caseload(
            episodes=[type(one)(one.person, one.entries) for one in caseload.episodes],
            plans=caseload.plans,
            team=caseload.team,
            matrix=caseload.matrix,
            protocols=caseload.protocols,
        )
        return len(board(fresh, on=DAY, accept_unverified=True).rows)

    assert benchmark(run) == len(caseload.people)


def test_decisions_of_the_clinic_alone(benchmark: BenchmarkFixture) -> None:
    """The same people through one protocol, without a board."""
    caseload = clinic()
    cocm = protocol("cocm-treat-to-target")

    def run() -> int:
        episodes = [type(one)(one.person, one.entries) for one in caseload.episodes]
        return len([decide(cocm, episode, on=DAY, accept_unverified=True) for episode in episodes])

    assert benchmark(run) == len(caseload.episodes)
