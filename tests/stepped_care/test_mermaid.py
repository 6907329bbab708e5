"""The picture of a ladder is Mermaid, whatever a protocol's file says."""

from __future__ import annotations

import re

import pytest

from carecoord.stepped_care import protocol, protocols, to_mermaid
from tests.stepped_care.builders import HEAD, ladder

# The part of Mermaid's grammar for flowcharts that pictures are made of: text in quotes holds no quote, and a # in it
# begins the name of a character and nothing else.
TEXT = r'"(?:[^"#<>&`\n]|<br/>|\#(?:quot|lt|gt|amp|35|96);)+"'
LINE = re.compile(
    rf"flowchart BT|  subgraph h\d+\[{TEXT}\]|  end|    s\d+\[{TEXT}\]|  outside\(\[{TEXT}\]\)"
    rf"|  (?:s\d+|outside) (?:-->|-\.->)\|{TEXT}\| (?:s\d+|outside)"
)


def faults(picture: str) -> list[str]:
    """Give the lines that are no Mermaid, boxes that arrows miss, and subgraphs left open."""
    lines = picture.split("\n")
    found = [line for line in lines if not LINE.fullmatch(line)]
    drawn = {match[1] for line in lines if (match := re.match(r" +(s\d+|outside)[\[(]", line))}
    for line in lines:
        if match := re.match(r"  (\S+) (?:-->|-\.->)\|.*\| (\S+)$", line):
            found += [end for end in match.groups() if end not in drawn]
    opened = sum(line.startswith("  subgraph") for line in lines)
    return found if opened == lines.count("  end") else [*found, "a subgraph is open"]


def test_the_check_itself_finds_faults() -> None:
    """A bare quote, an arrow to nowhere, an open subgraph."""
    assert faults('flowchart BT\n  outside(["a"b"])') == ['  outside(["a"b"])']
    assert faults('flowchart BT\n  outside(["a"])\n  outside -->|"x"| s3') == ["s3"]
    assert faults('flowchart BT\n  subgraph h0["intensity 1"]') == ["a subgraph is open"]


@pytest.mark.parametrize("name", [*protocols(), "self-harm"])
def test_the_picture_of_every_shipped_protocol_is_mermaid(name: str) -> None:
    """With a box for each step."""
    picture = to_mermaid(protocol(name))
    assert faults(picture) == []
    assert len(re.findall(r"^    s\d+\[", picture, re.MULTILINE)) == len(protocol(name).steps)


RULES = """
[[rules]]
id = "up"
in = "low"
when = "phq_9.total >= 10"
to = ["talk", "drug"]
[[rules]]
id = "over"
in = "*"
when = "phq_9.total < 3"
to = { low = "talk", talk = "low", drug = "talk", outside = "low" }
[[rules]]
id = "again"
in = "low"
when = "phq_9.total >= 12"
to = ["talk", "drug"]
[[rules]]
id = "leave"
in = "low"
when = "phq_9.total == 4"
then = "exit"
[[rules]]
id = "go-on"
when = "phq_9.total >= 0"
then = "stay"
"""
STEPS = """
[[steps]]
id = "low"
intensity = 1
[[steps]]
id = "talk"
title = "talking"
intensity = 2
[[steps]]
id = "drug"
intensity = 2
"""


def test_steps_of_one_intensity_stand_together_and_alternatives_are_dotted() -> None:
    """Rules that lead the same way share an arrow."""
    assert (
        to_mermaid(ladder(RULES, steps=STEPS))
        == """\
flowchart BT
  subgraph h0["intensity 1"]
    s0["low<br/>stay: go-on"]
  end
  subgraph h1["intensity 2"]
    s1["talking<br/>stay: go-on"]
    s2["drug<br/>stay: go-on"]
  end
  outside(["outside"])
  s0 -.->|"up, again"| s1
  s0 -.->|"up, again"| s2
  s0 -->|"over"| s1
  s0 -->|"leave"| outside
  s1 -->|"over"| s0
  s2 -->|"over"| s1
  outside -->|"over"| s0"""
    )


def test_no_title_breaks_out_of_its_box() -> None:
    """Quotes, tags, line breaks, names of characters and Markdown are shown as they are."""
    title = 'a "quoted"\\n<script>#quot; & `b` ]) --> s9'
    steps = STEPS.replace('title = "talking"', f'title = """{title}"""')
    picture = to_mermaid(ladder(RULES, steps=steps, head=HEAD))
    assert faults(picture) == []
    assert 's1["a #quot;quoted#quot; #lt;script#gt;#35;quot; #amp; #96;b#96; ]) --#gt; s9<br/>stay: go-on"]' in picture
