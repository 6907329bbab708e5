# ruff: noqa: E501 - definitions are read a line each
"""No text makes reading an instrument raise anything but its own error, nor any answers scoring."""

from __future__ import annotations

import re
import string
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from carecoord.errors import AnswerError, DefinitionError
from carecoord.scoring import Instrument, instrument, instruments, read_instrument, score
from carecoord.scoring._catalogue import FOLDER
from tests.scoring.definitions import CALM, HEAD

TEXTS = [CALM, *((FOLDER / f"{id}.toml").read_text(encoding="utf-8") for id in ("assist-v3", "psqi", "kccq-12", "itq"))]
WORDS = sorted({word for text in TEXTS for word in re.findall(r'[\w.-]+|"[^"\n]{0,60}"|[=\[\]{},]', text)})
ITEMS = 'items = [{ n = 1, label = "a", values = [0, 1, 2, 3] }, { n = 2, label = "b", values = [0, 1, 2, 3] }]\n'
SCORE = '[[scores]]\nid = "t"\nvalue = "q1"\nrange = [0, 3]\n'


def use(text: str) -> None:
    """Read a definition; score on it and let it explain, where it can be read."""
    try:
        found = read_instrument(text)
    except DefinitionError as error:
        assert str(error)  # noqa: PT017 - that it is this error is what is tested
        return
    talk(found)


def talk(found: Instrument) -> None:
    """Score a blank form and a full one, and have everything said of them."""
    for answers in ([None] * len(found.items), [example(item) for item in found.items]):
        result = score(found, answers)
        assert result.explain()
        assert [(one.possible, one.because, one.cutoffs) for one in result.values()]


def example(item: Any) -> Any:
    """Give an answer that an item takes."""
    return "07:30" if item.time else next(iter(item.codes), item.low if not item.whole else int(item.low) + 1)


@given(st.text(string.printable, max_size=300) | st.text(max_size=100))
def test_any_text_at_all(text: str) -> None:
    """Most is no TOML; a short one is no file."""
    use(text + "\n")


@settings(max_examples=300)
@given(st.data())
def test_definitions_with_words_changed(data: st.DataObject) -> None:
    """Real definitions in which a few words stand where others stood."""
    text = data.draw(st.sampled_from(TEXTS))
    for _ in range(data.draw(st.integers(1, 4))):
        places = [match.span() for match in re.finditer(r'[\w.-]+|"[^"\n]*"|[=\[\]{},]', text)]
        start, end = data.draw(st.sampled_from(places))
        word = data.draw(st.sampled_from(WORDS) | st.sampled_from(["", '"', "\n", "1e400", "-1", "nan", '"q1"', "[]"]))
        text = text[:start] + word + text[end:]
    use(text)


@settings(max_examples=200)
@given(st.data())
def test_definitions_cut_and_joined(data: st.DataObject) -> None:
    """Real definitions in which lines are left out, doubled or put elsewhere."""
    lines = data.draw(st.sampled_from(TEXTS)).splitlines()
    for _ in range(data.draw(st.integers(1, 5))):
        at, to = data.draw(st.integers(0, len(lines) - 1)), data.draw(st.integers(0, len(lines) - 1))
        line = lines[at] if data.draw(st.booleans()) else lines.pop(at)
        lines.insert(to, line)
    use("\n".join(lines))


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(WORDS),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=10,
)


@settings(max_examples=300)
@given(st.data())
def test_definitions_with_a_value_of_another_kind(data: st.DataObject) -> None:
    """Any plain value in the place of any other."""
    from carecoord._definitions import read_toml  # noqa: PLC0415
    from carecoord.scoring._load import load  # noqa: PLC0415

    tree, name = read_toml(data.draw(st.sampled_from(TEXTS)))
    holder: Any = tree
    while True:
        keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(holder[key], dict | list) or not holder[key] or data.draw(st.integers(0, 3)) == 0:
            break
        holder = holder[key]
    holder[key] = data.draw(VALUES)
    try:
        found = load(tree, name)
    except DefinitionError as error:
        assert str(error)  # noqa: PT017 - that it is this error is what is tested
        return
    talk(found)


HOSTILE = {
    "a key of many parts": HEAD + ".".join("a" * 100_000) + " = 1",
    "lists in lists": HEAD + "a = " + "[" * 100_000,
    "tables in tables": HEAD + "a = " + "{b=" * 300 + "1" + "}" * 300,
    "a deep block": HEAD + f'lists.s = ["a"]\n{ITEMS}[[scores]]\neach = "s"\nid = "{{s}}"\n' + ".".join("a" * 90) + " = 1",
    "ten thousand items": HEAD + "items = [" + ",".join(f'{{n={n},label="x",values=[0]}}' for n in range(10_000)) + f"]\n{SCORE}",
    "1,500 items": HEAD + "items = [" + ",".join(f'{{n={n},label="x",values=[0]}}' for n in range(1, 1501)) + f"]\n{SCORE}",
    "a thousand scores": HEAD + ITEMS + "".join(SCORE.replace('"t"', f'"t{n}"') for n in range(1000)),
    "a thousand wrong cut-offs": HEAD + ITEMS + SCORE + "cutoffs = [" + '{ when = "scor > 1", meaning = "m", source = "s" },' * 1000 + "]",
    "groups that double": HEAD + f'{ITEMS}groups.g0 = "1"\n' + "".join(f'groups.g{n} = "g{n - 1} g{n - 1}"\n' for n in range(1, 40)) + SCORE,
    "groups in groups": HEAD + ITEMS + "".join(f'groups.g{n} = "g{n + 1}"\n' for n in range(200)) + f'groups.g200 = "1"\n{SCORE}',
    "a long group": HEAD + f'{ITEMS}groups.g = "{"1-2 " * 100_000}"\n{SCORE}',
    "names of nothing": HEAD + f'{ITEMS}groups.g = "{"xyz " * 100_000}"\n{SCORE}',
    "rules that double": HEAD + ITEMS + 'define.d0 = "q1 + q2"\n' + "".join(f'define.d{n} = "d{n - 1} + d{n - 1} - d{n - 1}"\n' for n in range(1, 28)) + SCORE.replace("q1", "d27"),
    "conditions that double": HEAD + ITEMS + 'define.d0 = "q1 > 1"\n' + "".join(f'define.d{n} = "d{n - 1} and d{n - 1}"\n' for n in range(1, 28)) + SCORE.replace("q1", "1 if d27 else 0"),
    "lists that treble": HEAD + ITEMS + 'define.d0 = "[q1, q2]"\n' + "".join(f'define.d{n} = "[d{n - 1}, d{n - 1}, d{n - 1}]"\n' for n in range(1, 20)) + SCORE.replace("q1", "mean(d19)"),
    "rules on rules": HEAD + ITEMS + 'define.d0 = "q1"\n' + "".join(f'define.d{n} = "d{n - 1} + 0"\n' for n in range(1, 60)) + SCORE.replace("q1", "d59"),
    "a deep rule": HEAD + ITEMS + 'define.d0 = "q1"\n' + "".join(f'define.d{n} = "{"-(" * 40}d{n - 1}{")" * 40}"\n' for n in range(1, 20)) + SCORE.replace("q1", "d19"),
    "a huge whole number": HEAD + "items = 0x" + "f" * 100_000,
    "a huge number": HEAD + ITEMS + SCORE.replace("3]", "1e308]"),
    "half a surrogate": HEAD + 'note = "\ud800"\n' + ITEMS + SCORE,
    "nothing but equals": "=" * 1_000_000,
    "more than is read": "#" * 2_000_001 + "\n",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_definitions_are_refused_in_bounded_time(name: str) -> None:
    """Each took minutes or memory without end before its limit, or escaped as an error of another kind."""
    use(HOSTILE[name])


ANSWERS: st.SearchStrategy[Any] = (
    VALUES | st.integers(0, 9) | st.binary() | st.complex_numbers() | st.dates() | st.times()
)


@settings(max_examples=300)
@given(st.data())
def test_any_answers_at_all(data: st.DataObject) -> None:
    """Lists of any length, mappings with any keys, single values, and any respondent."""
    found = instrument(data.draw(st.sampled_from(instruments())))
    count = len(found.items)
    right = st.lists(ANSWERS, min_size=count, max_size=count)
    keys = (
        st.sampled_from(list(found.item_places))
        | st.integers()
        | st.text(max_size=5)
        | st.booleans()
        | st.floats()
        | st.none()
    )
    given_answers = data.draw(right | st.dictionaries(keys, ANSWERS, max_size=8) | ANSWERS)
    facts = st.sampled_from(list(found.engine.kinds)) | st.text(max_size=5) | st.integers()
    known: Any = data.draw(
        st.none() | st.dictionaries(facts, ANSWERS | st.sampled_from(("female", "self")), max_size=3) | ANSWERS
    )
    try:
        result = score(found, given_answers, respondent=known)
    except AnswerError as error:
        assert str(error)  # noqa: PT017 - that it is this error is what is tested
        return
    assert result.explain()
