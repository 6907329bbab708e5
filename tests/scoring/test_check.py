"""The lint of a definition: every kind of finding, and none in the catalogue."""

from __future__ import annotations

from pathlib import Path

import pytest

from carecoord.errors import DefinitionError
from carecoord.scoring import Finding, check, instrument, instruments, read_instrument

GOOD = """
id = "calm-2"
title = "An invented calm scale"
measures = "calm"
respondent = "self"
population = "adults"
permission = "free"
evidence = "one-source"
items = [
  { n = 1, label = "settled", values = [0, 1, 2] },
  { n = 2, label = "tense", values = [0, 1, 2] },
]
[[scores]]
id = "total"
value = "round(prorate(q1, q2))"
needs = "missing(q1, q2) <= 1"
missing = "one blank is pro-rated"
range = [0, 4]
bands = [{ low = 0, high = 1, label = "calm" }, { low = 2, high = 4, label = "tense" }]
cutoffs = [{ when = "score >= 2", meaning = "look closer", source = "invented" }]
[[scores]]
id = "kind"
value = "'more' if q1 + q2 >= 3 else 'less'"
values = ["less", "more"]
worse = "neither"
[[flags]]
id = "very-tense"
when = "q2 >= 2"
meaning = "very tense"
urgency = "next-contact"
[[change]]
kind = "response"
score = "total"
when = "percent_improvement >= 50"
source = "invented"
[[examples]]
answers = "0 1"
scores = { total = 1, kind = "less" }
bands = { total = "calm" }
flags = []
source = "by hand"
[[examples]]
answers = "2 2"
scores = { total = 4, kind = "more" }
bands = { total = "tense" }
flags = ["very-tense"]
source = "by hand"
[[examples]]
answers = "1 -"
scores = { total = 2 }
source = "by hand"
[[examples]]
answers = "- -"
unscored = ["total", "kind"]
source = "by hand"
[[sources]]
cite = "invented"
"""


def test_a_good_definition_has_no_findings() -> None:
    """What is told and tried is silent."""
    assert check(GOOD) == check(read_instrument(GOOD)) == ()


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ('[[sources]]\ncite = "invented"', "", "error: $.sources: nothing says where"),
        ("total = 1, kind", "total = 2, kind", "error: $.examples[0]: total is 1, the example says 2"),
        ('bands = { total = "calm" }', 'bands = { total = "tense" }', "error: $.examples[0]: total is in band calm"),
        ('kind = "more" }', 'kind = "less" }', "error: $.examples[1]: kind is more, the example says less"),
        ('flags = ["very-tense"]', "flags = []", "error: $.examples[1]: flags raised: very-tense; the"),
        ('answers = "0 1"', 'answers = "0 2"', "error: $.examples[0]: flags raised: very-tense; the example says none"),
        ('answers = "0 1"', 'answers = "0 7"', "error: $.examples[0]: item 2 (tense): 7 is no answer here"),
        ('answers = "0 1"', 'answers = "0 x"', "error: $.examples[0]: item 2 (tense): 'x' is no answer here"),
        ('answers = "- -"', 'answers = "0 -"', "error: $.examples[3]: total is scored, the example says it cannot be"),
        ('"score >= 2"', '"score >= 0"', "error: $.scores[total].cutoffs[0]: total >= 0 holds for every answer"),
        ('"q2 >= 2"', '"q2 >= 0"', "error: $.flags[very-tense]: q2 >= 0 holds for every answer"),
        ('"percent_improvement >= 50"', '"after <= 4"', "error: $.change[0]: after <= 4 holds for every answer"),
        ('when = "score >= 2"', 'when = "score >= 9"', "error: $.scores[total].cutoffs[0].when"),
        ("low = 2, high = 4", "low = 3, high = 4", "error: $.scores[total].bands: there is a gap"),
        ('measures = "calm"', "", "warning: $.measures: it is not said"),
        ('population = "adults"', "", "warning: $.population: it is not said"),
        ('missing = "one blank is pro-rated"', "", "warning: $.scores[total].missing: no words"),
        ('bands = { total = "calm" }', "", "warning: $.scores[total].bands[calm]: no example lies in"),
        (', kind = "more" }', "}", "warning: $.scores[kind].values: no example gives more"),
        ('flags = ["very-tense"]', "", "warning: $.flags[very-tense]: no example raises it"),
        ('permission = "free"', 'permission = "unknown"', "note: $.permission: whether this may be used"),
        ('evidence = "one-source"', 'evidence = "unverified"', "note: $.evidence: the rules were not checked"),
        ('meaning = "look', 'evidence = "unverified", meaning = "look', "note: $.scores[total].cutoffs[0].evidence"),
        ('label = "calm" }', 'label = "calm", evidence = "unverified" }', "note: $.scores[total].bands[calm].evidence"),
        ('id = "total"', 'id = "total"\nevidence = "unverified"', "note: $.scores[total].evidence"),
        (
            "values = [0, 1, 2] },\n]", 'values = [0, 1, 2] },\n  { n = 3, label = "else", values = [0, 1] },\n]',
            "error: $.examples[0].answers: 2 answers for 3 items",
        ),
    ],
)  # fmt: skip
def test_a_finding_of_each_kind(old: str, new: str, finding: str) -> None:
    """One thing changed in a good definition is found, with its severity and its place."""
    assert old in GOOD
    found = [str(one) for one in check(GOOD.replace(old, new, 1))]
    assert [one for one in found if one.startswith(finding)], found


def test_an_item_that_nothing_uses_is_found_unless_a_note_says_so() -> None:
    """A forgotten item looks like an item that is not scored; words tell them apart."""
    more = GOOD.replace(
        "values = [0, 1, 2] },\n]", 'values = [0, 1, 2] },\n  { n = 3, label = "else", values = [0, 1] },\n]'
    )
    for answers in ("0 1", "2 2", "1 -", "- -"):
        more = more.replace(f'answers = "{answers}"', f'answers = "{answers} 0"')
    assert [str(one) for one in check(more)] == [
        "warning: $.items[3]: no score, flag or skip rule uses it; if that is right, a note says so"
    ]
    assert check(more.replace('label = "else"', 'label = "else", note = "for the interview"')) == ()


def test_no_blank_is_found() -> None:
    """A definition whose examples answer everything says nothing of its rule for blanks."""
    whole = GOOD.partition('[[examples]]\nanswers = "1 -"')[0] + '[[sources]]\ncite = "invented"\n'
    assert [str(one) for one in check(whole)] == ["warning: $.examples: none leaves an answer out"]


def test_a_score_without_an_example_is_found() -> None:
    """Without any example nothing is tried."""
    bare = GOOD.partition("[[examples]]")[0] + '[[sources]]\ncite = "invented"\n'
    assert "warning: $.scores[total]: no example gives this score" in map(str, check(bare))


def test_errors_come_first_and_notes_last() -> None:
    """What must be mended is read first."""
    found = check(
        GOOD.replace('population = "adults"', "").replace('"free"', '"unknown"').replace("total = 4", "total = 3")
    )
    assert [one.severity for one in found] == ["error", "warning", "note"]
    assert found[0] == Finding("error", "$.examples[1]", "total is 4, the example says 3")


def test_faults_of_loading_are_errors() -> None:
    """A definition that cannot be loaded is checked no further, and every fault is given."""
    found = check(GOOD.replace("value =", "valeu ="))
    assert {one.severity for one in found} == {"error"}
    assert len(found) == 4


def test_what_cannot_be_read_raises(tmp_path: Path) -> None:
    """There is nothing to check."""
    for source in (tmp_path / "nowhere.toml", "no = toml = at all"):
        with pytest.raises(DefinitionError):
            check(source)


def test_a_file_is_called_as_its_id(tmp_path: Path) -> None:
    """Else no catalogue finds it."""
    (tmp_path / "calm-2.toml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "calm.toml").write_text(GOOD, encoding="utf-8")
    assert check(tmp_path / "calm-2.toml") == ()
    assert [str(one) for one in check(tmp_path / "calm.toml")] == [
        "warning: $.id: a catalogue looks for it in calm-2.toml"
    ]


@pytest.mark.parametrize("name", instruments())
def test_every_definition_of_the_library_passes(name: str) -> None:
    """Nothing is wrong, untold or untried; notes say what is not verified and what may not be known to be free."""
    assert [str(one) for one in check(instrument(name)) if one.severity != "note"] == []
