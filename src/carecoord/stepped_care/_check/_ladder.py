"""What is asked of the ladder as a whole: which rules fire, where they lead, and who goes round in a circle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import attrs

from carecoord.rules._nodes import Comparison, Node, children, facts_of, type_of
from carecoord.rules._print import printed
from carecoord.stepped_care._check._model import Here, Model
from carecoord.stepped_care._check._questions import wins
from carecoord.stepped_care._check._search import Requirement, fails
from carecoord.stepped_care._check._variables import UNKNOWN

__all__ = ["Turn", "comparisons", "fires", "turns"]


@attrs.frozen
class Turn:
    """A rule that leads from one step to another, and a rule there that leads back."""

    there: Here
    going: int
    back: Here
    coming: int

    @property
    def wanted(self) -> tuple[Requirement, ...]:
        """What holds where someone is sent to and fro: both rules win, and no alert holds either back."""
        return (*fires(self.there, self.going), *fires(self.back, self.coming))


def fires(here: Here, place: int) -> tuple[Requirement, ...]:
    """Require that a rule wins and no alert holds its move back."""
    move = here.plan.rules[place].outcome.move
    alerts = zip(here.plan.alerts, here.alerts, strict=True)
    return (*wins(here, place), *(fails(node) for alert, node in alerts if move in alert.says.blocks))


def turns(model: Model) -> Iterator[tuple[Turn, Turn]]:
    """Give every pair of rules that could send someone to and fro: at one moment, and with time alone."""
    for one in model.protocol.steps:
        there = model.here(one)
        for going, rule in enumerate(there.plan.rules):
            for other in rule.outcome.to:
                back, later = model.here(other, "entered"), model.here(other, "later")
                for coming, returning in enumerate(back.plan.rules):
                    if one in returning.outcome.to:
                        yield Turn(there, going, back, coming), Turn(there, going, later, coming)


def comparisons(here: Here) -> Mapping[tuple[str, str], Node]:
    """Give every comparison of a number in the parts of a step, by the part and its text."""
    found: dict[tuple[str, str], Node] = {}
    for part in here.plan.parts:
        for node in _comparisons(part.when.node):
            read = here.frame.rule(node)
            if not _contains(read, UNKNOWN) and facts_of(read):
                found[part.says.id, printed(node)] = read
    return found


def _comparisons(node: Node) -> Iterator[Node]:
    if isinstance(node, Comparison) and type_of(node.left) == "number":
        yield node
    for inner in children(node):
        yield from _comparisons(inner)


def _contains(node: Node, part: Node) -> bool:
    return node == part or any(_contains(inner, part) for inner in children(node))
