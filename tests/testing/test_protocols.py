"""`check_protocol`: the laws that every protocol keeps."""

from __future__ import annotations

import pytest

from carecoord.stepped_care import protocol, protocols
from carecoord.testing import LawError, check_protocol
from tests.stepped_care.builders import ladder

GAP = """
[[rules]]
id = "enter"
in = "outside"
when = "yes"
to = "low"
[[rules]]
id = "up"
in = "low"
when = "phq_9.total >= 10"
to = "high"
[[rules]]
id = "down"
in = "high"
when = "phq_9.total < 10"
to = "low"
[[rules]]
id = "high"
in = "high"
when = "phq_9.total >= 10"
then = "stay"
"""


@pytest.mark.parametrize("name", protocols())
def test_shipped_protocols_keep_the_laws(name: str) -> None:
    """On drawn histories, and by proof."""
    check_protocol(name, examples=15)


def test_a_protocol_itself_is_taken_too() -> None:
    """Not only its id; a module stands alone."""
    check_protocol(protocol("self-harm"), examples=5)


def test_what_is_found_is_raised() -> None:
    """A gap, by its name, with the id of the protocol."""
    with pytest.raises(LawError) as raised:
        check_protocol(ladder(GAP), examples=5)
    assert raised.value.name == "ladder"
    assert [broken.law for broken in raised.value.broken] == ["check finds nothing that the file does not accept"]
    assert "error: gap/low: no rule applies" in str(raised.value)


def test_a_worked_example_that_fails_is_raised() -> None:
    """With what was wanted and what was found."""
    wrong = (
        GAP.replace('"phq_9.total >= 10"\nto = "high"', '"yes"\nto = "high"')
        + """
[[scenarios]]
name = "stays"
history = "2026-01-05 start"
on = "2026-01-05"
expect = { move = "stay" }
"""
    )
    with pytest.raises(LawError, match="move: stay was wanted, found step-up"):
        check_protocol(ladder(wrong), examples=5)
