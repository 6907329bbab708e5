"""The ladder as a picture, in Mermaid's language for flowcharts."""

from __future__ import annotations

from collections.abc import Iterator

from carecoord.stepped_care._definition import StepDefinition
from carecoord.stepped_care._history import OUTSIDE
from carecoord.stepped_care._protocol import Protocol
from carecoord.stepped_care._ruling import Outcome

__all__ = ["to_mermaid"]

_SPOKEN = {"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "&": "#amp;", "`": "#96;"}


def to_mermaid(protocol: Protocol) -> str:
    """Draw the ladder: a box a step, those of one intensity beside each other, an arrow for each way rules lead.

    Arrows carry the ids of the rules; alternatives, for the person to choose, are dotted.
    What rules say without leading anywhere stands in the box. Mermaid draws the text, in Markdown on GitHub and
    elsewhere; it is text only, whatever a protocol's file says.

    >>> from carecoord.stepped_care import protocol
    >>> print(to_mermaid(protocol("german-impact")))
    flowchart BT
      subgraph h0["intensity 1"]
        s1["calls every four weeks<br/>stay: between-meetings, in-remission, halved<br/>adjust: not-halved"]
      end
      subgraph h1["intensity 2"]
        s0["calls every two weeks<br/>stay: between-meetings, halved<br/>adjust: not-halved"]
      end
      outside(["outside<br/>stay: not-eligible"])
      s0 -->|"twelve-months"| outside
      s0 -->|"remission"| s1
      s1 -->|"twelve-months"| outside
      s1 -->|"relapse"| s0
      outside -->|"enrol"| s0
    """
    boxes = {step: f"s{number}" for number, step in enumerate(protocol.steps)} | {OUTSIDE: "outside"}
    return "\n".join(["flowchart BT", *_boxes(protocol, boxes), *_arrows(protocol, boxes)])


def _boxes(protocol: Protocol, boxes: dict[str, str]) -> Iterator[str]:
    steps = protocol.steps.values()
    for number, height in enumerate(sorted({step.intensity for step in steps})):
        yield f'  subgraph h{number}["intensity {height:g}"]'
        for step in (step for step in steps if step.intensity == height):
            yield f'    {boxes[step.id]}["{_lines(protocol, step.id, _named(step))}"]'
        yield "  end"
    yield f'  outside(["{_lines(protocol, OUTSIDE, OUTSIDE)}"])'


def _named(step: StepDefinition) -> str:
    return step.title or step.id


def _lines(protocol: Protocol, step: str, title: str) -> str:
    said: dict[str, list[str]] = {}
    for rule in protocol.plan(step).rules:
        if not _leads(rule.outcome):
            said.setdefault(rule.outcome.move, []).append(rule.says.id)
    return "<br/>".join([_text(title), *(f"{move}: {_text(', '.join(rules))}" for move, rules in said.items())])


def _leads(outcome: Outcome) -> tuple[str, ...]:
    return (OUTSIDE,) if outcome.move == "exit" else outcome.to


def _arrows(protocol: Protocol, boxes: dict[str, str]) -> Iterator[str]:
    for step, box in boxes.items():
        ways: dict[tuple[str, str], list[str]] = {}
        for rule in protocol.plan(step).rules:
            targets = _leads(rule.outcome)
            arrow = "-.->" if len(targets) > 1 else "-->"
            for target in targets:
                ways.setdefault((arrow, target), []).append(rule.says.id)
        for (arrow, there), rules in ways.items():
            yield f'  {box} {arrow}|"{_text(", ".join(rules))}"| {boxes[there]}'


def _text(text: str) -> str:
    """Give text that Mermaid shows as it is: what means something to it is spoken of by its name."""
    return "".join(_SPOKEN.get(letter, letter) for letter in " ".join(text.split()))
