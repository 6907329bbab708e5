"""What is wrong with a measure's file: every fault at once, each whole and with its place."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from carecoord.caseload import Record, check_measure, evaluate, measure, measures, read_measure
from carecoord.errors import DataError, DefinitionError, UnknownIdError

YEAR = (date(2026, 1, 1), date(2026, 12, 31))

TANGLED = """
id = "tangled"
title = "everything wrong at once"
[lists.scores]
on = "date"
[lists.steps_walked]
number = "number"
[lists.nothing]
[facts]
Big = "yes"
period = "yes"
one = "other_one"
other_one = "one"
[[events]]
id = "1st"
from = "scores"
[[events]]
id = "seen"
from = "contacts"
[[events]]
id = "seen"
from = "contacts"
[[events]]
id = "best"
from = "scores"
take = "highest"
by = "status"
[[events]]
id = "early"
from = "contacts"
where = "late and kept"
[[events]]
id = "late"
from = "contacts"
with = { seem = "yes", seen = "seen.kep" }
[[rates]]
id = "r"
initial = "yes"
numerator = "no"
[[rates]]
id = "r"
initial = "yes"
numerator = "no"
[[rates]]
id = "q"
initial = "yes"
numerator = "late"
[[means]]
id = "q"
initial = "yes"
value = "1"
"""


def test_every_fault_is_told_at_once() -> None:
    """Names, lists, events, facts, joins, ids: what rests on what is wrong is not told a second time."""
    with pytest.raises(DefinitionError) as raised:
        read_measure(TANGLED)
    assert [(one.path, one.message) for one in raised.value.faults] == [
        ("$.lists.scores", "is a list of the library, with fields of its own"),
        ("$.lists.steps_walked", "a list wants a date among its fields"),
        ("$.lists.nothing", "a list wants a date among its fields"),
        ("$.events[1st]", "small letters, digits and _ are wanted, a letter first"),
        ("$.events[seen]", "the name means something else already"),
        ("$.facts.Big", "small letters, digits and _ are wanted, a letter first"),
        ("$.facts.period", "the name means something else already"),
        ("$.rates[q]", "the id stands twice"),
        ("$.rates[r]", "the id stands twice"),
        ("$.events[best].by", "status is no number of scores"),
        ("$.events[early]", "late cannot be known yet: events and facts stand after what they use"),
        ("$.events[late].with.seem", "no event 'seem' stands before this one, did you mean seen?"),
        ("$.events[late].with.seen", "column 1: unknown name seen.kep, did you mean seen.kept?"),
        ("$.facts.one", "goes in a circle, or uses what is not there"),
        ("$.facts.other_one", "goes in a circle, or uses what is not there"),
    ]


def test_an_id_is_an_id(tmp_path: Path) -> None:
    """Of letters and digits; a near miss of one that is there is named."""
    file = tmp_path / "mine.toml"
    file.write_text('id = "not an id"\ntitle = "x"\nrates = []\n', encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"^not an id: 1 fault") as raised:
        read_measure(file)
    assert [(one.path, one.message) for one in raised.value.faults] == [
        ("$.id", "letters and digits, joined by single - . or _, are wanted")
    ]
    with pytest.raises(UnknownIdError, match="did you mean cms159") as unknown:
        measure("cms158")
    assert "measure" in str(unknown.value)
    assert list(measures()) == sorted(measures())


def test_what_was_only_recalled_is_listed() -> None:
    """Facts, events, rates and means, each under its place."""
    marked = 'evidence = "unverified"'
    chosen = read_measure(f"""
        id = "m"
        title = "m"
        [facts]
        plain = "yes"
        known = {{ rule = "yes", evidence = "two-sources" }}
        guessed = {{ rule = "yes", {marked} }}
        [[events]]
        id = "seen"
        from = "contacts"
        {marked}
        [[events]]
        id = "seen_too"
        from = "contacts"
        [[rates]]
        id = "a"
        initial = "yes"
        numerator = "no"
        {marked}
        [[rates]]
        id = "b"
        initial = "yes"
        numerator = "no"
        [[means]]
        id = "c"
        initial = "yes"
        value = "1"
        {marked}
        """)
    assert chosen.unverified == ("facts.guessed", "events.seen", "rates.a", "means.c")
    report = evaluate(chosen, [], period=YEAR, on=YEAR[1])
    assert report.unverified == chosen.unverified


SCENARIO = '''
id = "m"
title = "m"
[about.home]
type = "date"
[[events]]
id = "seen"
from = "contacts"
[[rates]]
id = "r"
initial = "yes"
numerator = "seen"
[[rates]]
id = "each"
each = "seen"
initial = "yes"
numerator = "seen.kept"
[[means]]
id = "n"
initial = "seen"
value = "seen.count"
[[scenarios]]
name = "one"
period = ["{first}", "2026-12-31"]
on = "{on}"
about = {{ home = "{home}", birth_date = "2000-01-01" }}
history = """
{line}
"""
expect = {{ {expect} }}
'''


def scenario(
    *, first: str = "2026-01-01", on: str = "2026-06-30", home: str = "2020-01-01", line: str = "", expect: str = ""
) -> str:
    """Write a measure with one worked example."""
    return SCENARIO.format(first=first, on=on, home=home, line=line, expect=expect)


def test_worked_examples_say_what_was_wanted_of_rates_entries_and_means() -> None:
    """Whole, each under its name."""
    line = "2026-01-05T09:30 contacts kept=yes how='by phone'\n2026-01-06 contacts kept=no"
    right = 'r = "met", each = ["met", "not met"], n = 2.0'
    assert check_measure(read_measure(scenario(line=line, expect=right))) == ()
    wrong = 'r = "out", each = ["met", "met"], n = 3.0, s = "met"'
    (failure,) = check_measure(read_measure(scenario(line=line, expect=wrong)))
    assert (failure.scenario, failure.messages) == (
        "one",
        (
            "r: wanted out, found met: seen on 2026-01-05, 2026-01-06",
            (
                "each: wanted ('met', 'met'), found "
                "2026-01-05, met: seen.kept is yes. 2026-01-06, not met: seen.kept is no"
            ),
            "n: wanted 3.0, found 2.0",
            "s: wanted met, found no such rate",
        ),
    )


@pytest.mark.parametrize(
    ("text", "path", "message"),
    [
        (scenario(first="2026-13-01"), "$.scenarios[one]", "month must be in 1..12"),
        (scenario(on="2026-02-30"), "$.scenarios[one]", "day is out of range for month"),
        (
            scenario(line="2026-01-05 contacts kept=yes\n\n2026-01-05 contacts kept=perhaps"),
            "$.scenarios[one].history line 2",
            "yes or no is wanted, found 'perhaps'",
        ),
        (
            scenario(line="2026-01-05 contacts how=phone by lee"),
            "$.scenarios[one].history line 1",
            "name=value is wanted, found 'by lee'",
        ),
    ],
)
def test_a_worked_example_that_cannot_be_read_says_where(text: str, path: str, message: str) -> None:
    """With the measure's id."""
    chosen = read_measure(text)
    with pytest.raises(DefinitionError, match=r"^m: 1 fault") as raised:
        check_measure(chosen)
    assert [(one.path, message in one.message) for one in raised.value.faults] == [(path, True)]


def test_entries_of_lists_of_ones_own_are_checked_in_every_record() -> None:
    """Place, field and what was found."""
    chosen = read_measure("""
        id = "own"
        title = "own"
        [lists.walks]
        on = "date"
        [[events]]
        id = "walk"
        from = "walks"
        [[rates]]
        id = "r"
        initial = "yes"
        numerator = "walk"
        """)
    fine = Record(person="a", lists={"walks": [{"on": None}], "others": [{"what": "ever"}]})
    wrong = Record(person="b", lists={"walks": [{}, {"kind": 3, "on": 4}]})
    with pytest.raises(DataError) as raised:
        evaluate(chosen, [fine, wrong], period=YEAR, on=YEAR[1])
    assert str(raised.value) == (
        "records: 2 faults\n"
        "  $[1].lists.walks[1].kind: not a field here, did you mean kinds?\n"
        "  $[1].lists.walks[1].on: a date or a time is wanted, found int"
    )
