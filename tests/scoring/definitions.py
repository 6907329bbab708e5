# ruff: noqa: E501 - definitions and their faults are read a line each
"""Invented instruments for tests; no number in them means anything."""

from __future__ import annotations

from carecoord.scoring import Instrument, read_instrument

CALM = """
id = "calm-6"
title = "An invented calm scale"
measures = "calm"
respondent = "self"
population = "adults"
recall = "P7D"
permission = "free"
permission_note = "invented for the tests"
evidence = "two-sources"

values.often = [0, 1, 2, 3]
values.help = { 1 = 0, 2 = 1, 3 = 1, 9 = "missing" }

items = [
  { n = 1, label = "settled", values = "often", reverse = true },
  { n = 2, label = "tense", values = "often" },
  { n = 3, label = "alarm", values = "often" },
  { n = 4, id = "alarms-a-day", label = "alarms a day", min = 0, max = 99, whole = true, asked_when = "q3 >= 1", otherwise = 0 },
  { n = 5, label = "help", values = "help" },
  { n = 6, label = "overall", values = [1, 2, 3, 4, 5] },
]

groups.core = "1-3"

define.loud = "alarms_a_day > 20"

[[scores]]
id = "total"
items = "1-3"
value = "round(prorate(items))"
needs = "missing(items) <= 1"
range = [0, 9]
worse = "higher"
missing = "one blank of three is pro-rated, halves up"
bands = [
  { low = 0, high = 3, label = "calm" },
  { low = 4, high = 9, label = "not calm" },
]
cutoffs = [
  { when = "score >= 6", for = "age >= 65", meaning = "look closer", population = "65 and over", source = "Author 2020" },
]

[[scores]]
id = "help-sought"
value = "q5"
range = [0, 1]
worse = "neither"

[[flags]]
id = "alarm"
when = "q3 == 3 or loud"
meaning = "constant alarm"
urgency = "same-day"

[[change]]
kind = "response"
score = "total"
when = "percent_improvement >= 50"
source = "Author 2020"

[[examples]]
answers = "3 1 - - 9 1"
context = { age = 70 }
scores = { total = 2 }
bands = { total = "calm" }
flags = []
unscored = ["help-sought"]
source = "worked by hand: 0 + 1 known, x 3 / 2 = 1.5, halves up"

[[sources]]
cite = "Author A. Journal 2020;1:1"
"""
"""Pro-rating, reverse and recoded items, a code that means missing, a skip rule, a measured item."""


def calm() -> Instrument:
    """Read the calm scale anew, so that a test sees the reading too."""
    return read_instrument(CALM)


HEAD = """
id = "small"
title = "An invented scale"
"""


def scale(*scores: str, items: str = "", codes: str = "[0, 1, 2, 3]", count: int = 3, rest: str = "") -> Instrument:
    """Read an instrument with `count` items and the scores given as the lines of their tables."""
    return read_instrument(written(*scores, items=items, codes=codes, count=count, rest=rest))


def written(*scores: str, items: str = "", codes: str = "[0, 1, 2, 3]", count: int = 3, rest: str = "") -> str:
    """Write the definition that `scale` reads."""
    listed = items or ",\n".join(f'{{ n = {n}, label = "item {n}", values = {codes} }}' for n in range(1, count + 1))
    tables = "".join(
        f"\n[[scores]]\n{score}\n" for score in scores or ('id = "total"\nvalue = "sum(q1, q2, q3)"\nrange = [0, 9]',)
    )
    return f"{HEAD}\nitems = [{listed}]\n{tables}\n{rest}"
