# ruff: noqa: E501 - definitions and their faults are read a line each
"""What a definition may not say, and that each fault names its place."""

from __future__ import annotations

import pytest

from carecoord.errors import DefinitionError
from carecoord.scoring import read_instrument
from tests.scoring.definitions import CALM, calm, scale, written
from tests.scoring.test_results import banded


def faults(text: str) -> list[str]:
    """Give the faults of a definition, a line each."""
    with pytest.raises(DefinitionError) as caught:
        read_instrument(text)
    return [str(fault) for fault in caught.value.faults]


def changed(old: str, new: str) -> str:
    """Give the calm scale with one place changed."""
    assert CALM.count(old) == 1
    return CALM.replace(old, new)


def test_the_calm_scale_loads() -> None:
    """What the faults below are changes of is right itself."""
    calm = read_instrument(CALM)
    assert [item.name for item in calm.items] == ["q1", "q2", "q3", "alarms_a_day", "q5", "q6"]
    assert dict(calm.items[0].codes) == {0: 3, 1: 2, 2: 1, 3: 0}
    assert dict(calm.items[4].codes) == {1: 0, 2: 1, 3: 1, 9: None}
    assert (calm.recall, calm.permission, calm.evidence) == ("P7D", "free", "two-sources")
    assert [score.id for score in calm.scores] == ["total", "help-sought"]
    assert calm.scores[1].label == "help sought"


ONE_FAULT = [
    # structure
    ('title = "An', 'titel = "An', "$: title is missing"),
    ('title = "An', 'titel = "An', "$.titel: not a field here, did you mean title?"),
    ('respondent = "self"', 'respondent = "selv"', "$.respondent: text 'selv' is none of self, parent, teacher, caregiver, clinician, did you mean self?"),
    ("range = [0, 9]", "range = [0, 9, 9]", "$.scores[total].range: 2 entries are wanted, found 3"),
    ("range = [0, 9]", 'range = [0, "9"]', "$.scores[total].range[1]: a whole number or a number is wanted, found text '9'"),
    ("whole = true", "whole = 1", "$.items[alarms-a-day].whole: yes/no (true or false) is wanted, found a whole number 1"),
    ("max = 99", "max = inf", "$.items[alarms-a-day].max: a number of at most 15 digits is wanted, found a number inf"),
    ("max = 99", "max = 0x" + "f" * 5000, "$.items[alarms-a-day].max: a whole number of at most 15 digits is wanted, found a whole number"),
    ("[0, 1, 2, 3]", "[0, 1, true]", "$.values.often[2]: a whole number or a number is wanted, found yes/no True"),
    # head
    ('id = "calm-6"', 'id = "calm 6"', "$.id: letters and digits joined by single - or _ are wanted, as phq-9"),
    ('"P7D"', '"7 days"', "$.recall: '7 days' is no ISO 8601 duration such as P2W, P1M or PT8H"),
    # items
    ("n = 2, label", "n = 3, label", "$.items[3].n: items are numbered from 1 without gaps; 2 is wanted here"),
    ('"alarms-a-day"', '"alarms a day"', "$.items[alarms a day].id: letters and digits joined by single - or _ are wanted"),
    ('"alarms-a-day"', '"q2"', "$.items[q2].id: the name q2 is used twice, or belongs to the language"),
    ('"alarms-a-day"', '"q6"', "$.items[6].id: the name q6 is used twice, or belongs to the language"),
    ('"alarms-a-day"', '"age"', "$.items[age].id: the name age is used twice, or belongs to the language"),
    ('label = "help", values = "help"', 'label = "help", values = "hlp"', "$.items[5].values: no set of values is called hlp, did you mean help?"),
    ("[1, 2, 3, 4, 5]", "[1, 2, 2]", "$.items[6].values: a code stands twice"),
    ("[1, 2, 3, 4, 5]", "{ 01 = 0, 1 = 1 }", "$.items[6].values: a code stands twice"),
    ("[1, 2, 3, 4, 5]", '{ 1 = "none" }', "$.items[6].values: code 1 scores 'none'; a number or \"missing\" is wanted"),
    ("[1, 2, 3, 4, 5]", '{ 1 = "missing" }', "$.items[6].values: at least one code with a score is wanted"),
    ("[1, 2, 3, 4, 5]", "[]", "$.items[6].values: at least one code with a score is wanted"),
    ("[1, 2, 3, 4, 5]", "[1, 2_000_000]", "$.items[6]: scores and measurements lie within a million either way"),
    ("values = [1, 2, 3, 4, 5]", "min = 0", "$.items[6]: min and max are wanted, min below max"),
    ("values = [1, 2, 3, 4, 5]", "min = 3, max = 3", "$.items[6]: min and max are wanted, min below max"),
    ("values = [1, 2, 3, 4, 5]", 'unit = "kg"', "$.items[6]: an item has values, or min and max, or time = true: one of them"),
    ("values = [1, 2, 3, 4, 5]", "values = [1, 2], max = 3", "$.items[6]: an item has values, or min and max, or time = true: one of them"),
    ("values = [1, 2, 3, 4, 5]", "values = [1, 2], time = true", "$.items[6]: an item has values, or min and max, or time = true: one of them"),
    ("values = [1, 2, 3, 4, 5]", "min = 1, max = 5, reverse = true", "$.items[6].reverse: only an item with values can be reversed"),
    ("values = [1, 2, 3, 4, 5]", "values = [1, 2], whole = true", "$.items[6].whole: this belongs to an item with min and max"),
    ("values = [1, 2, 3, 4, 5]", "values = [1, 2], otherwise = 0", "$.items[6].otherwise: this needs asked_when beside it"),
    ("values = [1, 2, 3, 4, 5]", 'time = true, asked_when = "q3 >= 1", otherwise = 0', "$.items[6].otherwise: a time has none"),
    ('"q3 >= 1"', '"q3"', "$.items[alarms-a-day].asked_when: yes/no is wanted, the rule gives number"),
    ('"q3 >= 1"', '"q3 >= 4"', "$.items[alarms-a-day].asked_when, column 1: q3 >= 4 can never be true: it lies in 0 to 3"),
    # names and lists
    ('groups.core = "1-3"', 'groups.core = "1-7"', "$.groups.core: 1-7 is no span of items, which are numbered 1 to 6"),
    ('groups.core = "1-3"', 'groups.core = "3-1"', "$.groups.core: 3-1 is no span of items, which are numbered 1 to 6"),
    ('groups.core = "1-3"', 'groups.core = "0-1"', "$.groups.core: 0-1 is no span of items, which are numbered 1 to 6"),
    ('groups.core = "1-3"', 'groups.core = "1-3 2"', "$.groups.core: q2 stands in it twice"),
    ('groups.core = "1-3"', 'groups.core = "1 alarms-a-dey"', "$.groups.core: alarms-a-dey is no item and no group, did you mean alarms_a_day?"),
    ('groups.core = "1-3"', 'groups.core = "1 age"', "$.groups.core: age is no item and no group"),
    ('groups.core = "1-3"', 'groups.core = "core 1"', "$.groups.core: these groups hold each other: core -> core"),
    ('groups.core = "1-3"', 'groups.core = "1 a"\ngroups.a = "2 core"', "$.groups.core: these groups hold each other: core -> a -> core"),
    ('groups.core = "1-3"', 'groups.loud = "1-3"', "$.groups.loud: the name loud is used twice, or belongs to the language"),
    ('groups.core = "1-3"', 'groups.items = "1-3"', "$.groups.items: the name items is used twice, or belongs to the language"),
    ('groups.core = "1-3"', 'groups."a b" = "1-3"', "$.groups.a b: letters and digits joined by single - or _ are wanted"),
    ('items = "1-3"', 'items = "1-3 3"', "$.scores[total].items: q3 stands in it twice"),
    ('id = "help-sought"', 'id = "total"', "$.scores[1].id: the name total is used twice, or belongs to the language"),
    ('id = "help-sought"', 'id = ""', "$.scores[1].id: letters and digits joined by single - or _ are wanted"),
    ('id = "alarm"', 'id = "the alarm"', "$.flags[the alarm].id: letters and digits joined by single - or _ are wanted"),
    ("groups.core", 'context.age = "number"\ngroups.core', "$.context.age: the name age is used twice, or belongs to the language"),
    ("groups.core", "context.stage = []\ngroups.core", "$.context.stage: a list of texts is wanted, all different"),
    ("groups.core", 'context.stage = ["a", "a"]\ngroups.core', "$.context.stage: a list of texts is wanted, all different"),
    ("groups.core", 'context.core = "yes/no"\ngroups.core', "$.groups.core: the name core is used twice, or belongs to the language"),
    ("groups.core", "tables.t = {}\ngroups.core", "$.tables.t: a table has at least one entry, all of them numbers or all of them texts"),
    ("groups.core", 'tables.t = { 1 = 2, 2 = "x" }\ngroups.core', "$.tables.t: a table has at least one entry, all of them numbers or all of them texts"),
    ("groups.core", "tables.t = { x = 2 }\ngroups.core", "$.tables.t: 'x' is no number"),
    ("groups.core", 'tables.t = { 1 = 2, "1.0" = 3 }\ngroups.core', "$.tables.t: an entry stands twice"),
    ("groups.core", "tables.total = { 1 = 2 }\ngroups.core", "$.scores[0].id: the name total is used twice, or belongs to the language"),
    ("groups.core", 'define.quiet = "q3 == 0"\ngroups.core', "$.define.quiet: nothing uses it"),
    ("groups.core", 'define.quiet = "q3 === 0"\ngroups.core', "$.define.quiet, column 6: this cannot be read as a rule"),
    # rules
    ('"round(prorate(items))"', '"rond(prorate(items))"', "$.scores[total].value, column 1: unknown function rond(), did you mean round?"),
    ('"round(prorate(items))"', '"q1 > 2"', "$.scores[total].value: number is wanted, the rule gives yes/no"),
    ('"missing(items) <= 1"', '"missing(items)"', "$.scores[total].needs: yes/no is wanted, the rule gives number"),
    ('"missing(items) <= 1"', '"missing(items) > 3"', "$.scores[total].needs, column 1: missing(q1, q2, q3) > 3 can never be true: it lies in 0 to 3"),
    ('value = "q5"', 'value = "total * 0 + help_sought"', "$.scores: these rest on each other in a circle: help_sought -> help_sought"),
    # ranges
    ("range = [0, 9]", "range = [0, 12]", "$.scores[total]: range: the rule reaches 0 to 9, not 0 to 12"),
    ("range = [0, 1]", "range = [1, 0]", "$.scores[help-sought]: range: 1 is not below 0"),
    ('"q5"\nrange = [0, 1]', '"q5 + q2"\nrange = [0, 3]', "$.scores[help-sought]: range: the rule goes beyond it, to 0 to 4"),
    ('"q5"\nrange = [0, 1]', '"q5"', "$.scores[help-sought]: a score has a range, or values where it is a category: one of them"),
    ('"q5"\nrange = [0, 1]', '"lookup(q5 + 7, t)"\nrange = [0, 1]', "$.scores[help-sought].value, column 16: unknown table t"),
    # bands
    ("{ low = 0, high = 3,", "{ low = 1, high = 3,", "$.scores[total].bands: they begin at 1, the range at 0"),
    ("low = 4, high = 9,", "low = 4, high = 8,", "$.scores[total].bands: they end at 8, the range at 9"),
    ("low = 4, high = 9,", "low = 4,", "$.scores[total].bands: they end at nothing, the range at 9"),
    ("low = 4, high = 9,", "low = 4, high = 9, below = 9,", "$.scores[total].bands: not calm: high or below is wanted, one of them"),
    ("{ low = 0, high = 3,", "{ low = 0, high = 4,", "$.scores[total].bands: there is an overlap between calm and not calm"),
    ("{ low = 0, high = 3,", "{ low = 0, high = 2,", "$.scores[total].bands: there is a gap between calm and not calm: 2 to 4 in steps of 1"),
    ("{ low = 0, high = 3,", "{ low = 0, below = 3,", "$.scores[total].bands: there is a gap or an overlap between calm and not calm"),
    ("{ low = 0, high = 3,", "{ low = 0, high = -1,", "$.scores[total].bands: calm: it ends before it begins"),
    ("{ low = 0, high = 3,", "{ low = 0, below = 0,", "$.scores[total].bands: calm: it ends before it begins"),
    ('"round(prorate(items))"', '"prorate(items)"', "$.scores[total].bands: the score can lie between calm and not calm: write below = 4, or band_on with a round()"),
    ('label = "not calm" },', 'label = "not calm" },\n{ low = 0, high = 9, label = "x", for = "age >= 65" },', "$.scores[total].bands: bands for everyone come last, others after them are never used"),
    ('label = "not calm" },', 'label = "not calm" },\n{ low = 0, high = 9, label = "x", set = "one" },', "$.scores[total].bands: the set one says nowhere where it was read"),
    ('high = 3, label = "calm" }', 'high = 3, label = "calm", for = "agee >= 65" }', "$.scores[total].bands.for, column 1: unknown name agee, did you mean age?"),
    ('needs = "missing', 'band_on = "q3 >= 1"\nneeds = "missing', "$.scores[total].band_on: number is wanted, the rule gives yes/no"),
    # cut-offs
    ('"score >= 6"', '"score >= 10"', "$.scores[total].cutoffs[0].when, column 1: total >= 10 can never be true: it lies in 0 to 9"),
    ('"score >= 6"', '"score"', "$.scores[total].cutoffs[0].when: yes/no is wanted, the rule gives number"),
    ('for = "age >= 65"', 'for = "age >= 131"', "$.scores[total].cutoffs[0].for, column 1: age >= 131 can never be true: it lies in 0 to 130"),
    ('"65 and over", source = "Author 2020"', '"65 and over", source = " "', "$.scores[total].cutoffs[0].source: a cut-off says where it was read"),
    # flags and change
    ('"q3 == 3 or loud"', '"q3 + 3"\n', "$.flags[alarm].when: yes/no is wanted, the rule gives number"),
    ('urgency = "same-day"', 'urgency = "soon"', "$.flags[alarm].urgency: text 'soon' is none of immediate, same-day, next-contact"),
    ('score = "total"', 'score = "totl"', "$.change[0].score: totl is no score here, did you mean total?"),
    ('score = "total"', 'score = "help-sought"', "$.change[0].score: help-sought has no direction, so nothing on it is a change"),
    ('50"\nsource = "Author 2020"', '50"\nsource = ""', "$.change[0].source: a rule of change says where it was read"),
    ('"percent_improvement >= 50"', '"percent_improvment >= 50"', "$.change[0].when, column 1: unknown name percent_improvment, did you mean percent_improvement?"),
    ('"percent_improvement >= 50"', '"q3 >= 1"', "$.change[0].when, column 1: unknown name q3"),
    ('"percent_improvement >= 50"', '"after - before"', "$.change[0].when: yes/no is wanted, the rule gives number"),
    ('"percent_improvement >= 50"', '"after >= 10"', "$.change[0].when, column 1: after >= 10 can never be true: it lies in 0 to 9"),
    ('kind = "response"', 'kind = "response"\nfor = "q3 >= 1"', "$.change[0].for, column 1: unknown name q3"),
    # examples
    ('"3 1 - - 9 1"', '"3 1 - - 9"', "$.examples[0].answers: 5 answers for 6 items"),
    ("scores = { total = 2 }", "scores = { totl = 2 }", "$.examples[0].scores: totl is not known here, did you mean total?"),
    ('bands = { total = "calm" }', 'bands = { "total.x" = "calm" }', "$.examples[0].bands: total.x is not known here, did you mean total?"),
    ("flags = []", 'flags = ["alrm"]', "$.examples[0].flags: alrm is not known here, did you mean alarm?"),
    ('unscored = ["help-sought"]', 'unscored = ["help"]', "$.examples[0].unscored: help is not known here"),
    ("context = { age = 70 }", "context = { aeg = 70 }", "$.examples[0].context: aeg is not known here, did you mean age?"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected"), ONE_FAULT, ids=map(str, range(len(ONE_FAULT))))
def test_a_fault_is_named_with_its_place_and_what_would_do(old: str, new: str, expected: str) -> None:
    """One change to a right definition is reported where it stands."""
    assert expected in faults(changed(old, new))


def test_a_single_fault_is_reported_alone() -> None:
    """What only follows from another fault is not reported beside it."""
    wrong = changed('define.loud = "alarms_a_day > 20"', 'define.loud = "alarms_a_day >> 20"')
    assert faults(wrong) == ["$.define.loud, column 1: only + - * / are operators of a rule"]
    assert faults(changed('value = "q5"', 'value = "q7"')) == ["$.scores[help-sought].value, column 1: unknown name q7"]


def test_all_faults_of_a_file_are_reported_at_once() -> None:
    """Typing errors in several places take one reading to find."""
    wrong = changed('"missing(items) <= 1"', '"missing(item) <= 1"')
    wrong = wrong.replace('"q3 == 3 or loud"', '"q3 == 4 or loud"').replace("score >= 6", "score >= 60")
    wrong = wrong.replace('"3 1 - - 9 1"', '"3 1"')
    assert faults(wrong) == [
        "$.scores[total].needs, column 9: unknown name item, did you mean items?",
        "$.flags[alarm].when, column 1: q3 == 4 can never be true: it lies in 0 to 3",
        "$.examples[0].answers: 2 answers for 6 items",
    ]


def test_structural_faults_are_reported_at_once() -> None:
    """A missing key, one too many and one of the wrong kind in one error, that of the class first."""
    wrong = changed('value = "round(prorate(items))"', 'valeu = "round(prorate(items))"').replace("n = 2,", 'n = "2",')
    assert faults(wrong) == [
        "$.items[2].n: a whole number is wanted, found text '2'",
        "$.scores[total]: value is missing",
        "$.scores[total].valeu: not a field here, did you mean value?",
    ]


def test_an_empty_definition_says_what_is_wanted() -> None:
    """A file needs an id, a title, an item and a score."""
    assert faults(" ") == ["$: id is missing", "$: title is missing", "$: items is missing", "$: scores is missing"]
    assert faults('id = "a"\ntitle = "b"\nitems = []\nscores = []') == [
        "$.items: at least one is wanted",
        "$.scores: at least one is wanted",
    ]


def test_what_a_definition_leaves_out_is_said_with_care() -> None:
    """A definition without evidence is unverified, and nothing is known of its permission."""
    small = scale()
    assert (small.evidence, small.permission, small.respondent, small.sources) == ("unverified", "unknown", "self", ())
    assert small.scores[0].worse == "higher"


CATEGORY = "id = \"level\"\nvalue = \"'high' if q1 >= 2 else 'low'\"\n"


def test_a_category_gives_its_values_and_no_others() -> None:
    """The texts of the rule and those listed are the same, and a category has neither range, bands nor direction."""
    level = scale(CATEGORY + 'values = ["low", "high"]').scores[0]
    assert (level.worse, level.range, level.values) == ("neither", None, ("low", "high"))
    assert faults(written(CATEGORY + 'values = ["low", "hihg"]')) == [
        "$.scores[level]: the rule gives 'high', which is none of the values",
        "$.scores[level]: the rule never gives 'hihg'",
    ]
    assert faults(written(CATEGORY + 'values = ["low", "high"]\nrange = [0, 1]')) == [
        "$.scores[level]: a score has a range, or values where it is a category: one of them"
    ]
    assert faults(written(CATEGORY + 'values = ["low", "high"]\nworse = "lower"')) == [
        '$.scores[level]: worse: a category has no direction, write worse = "neither"'
    ]
    assert faults(written(CATEGORY + 'values = ["low", "high"]\nbands = [{ low = 0, high = 1, label = "x" }]')) == [
        "$.scores[level].bands: a category has no bands"
    ]


def test_a_rule_that_is_never_known_is_refused() -> None:
    """A table that no value of the rule is in."""
    wrong = written('id = "t"\nvalue = "lookup(q1 + 9, norms)"\nrange = [0, 1]', rest="tables.norms = { 1 = 0, 2 = 1 }")
    assert faults(wrong.replace("\ntables", "\n[tables]\n#").replace("#.norms", "norms")) == [
        "$.scores[t]: value: it can never be known"
    ]


def test_a_threshold_outside_the_range_is_refused_although_the_rule_might_reach_it() -> None:
    """Where one item is used twice the rule's reach is an estimate; the printed range says more."""
    wrong = written(
        'id = "total"\nvalue = "q1 + q2 - 0 * q1"\nrange = [0, 6]\n'
        'cutoffs = [{ when = "7 <= score", meaning = "x", source = "y" }]',
        codes="[-1, 0, 1, 2, 3, 4]",
    ).replace("[0, 6]", "[-2, 6]")
    assert faults(wrong) == ["$.scores[total].cutoffs[0].when: 7 is outside the score's range -2 to 6"]


def test_scores_may_stand_in_any_order_and_cut_offs_may_speak_of_any() -> None:
    """A total of subscales above them, and a cut-off that asks for a later score."""
    total = 'id = "total"\nvalue = "a + b"\nrange = [0, 6]\ncutoffs = [{ when = "score >= 2 and b >= 2", meaning = "x", source = "y" }]'
    found = scale(total, 'id = "a"\nvalue = "q1"\nrange = [0, 3]', 'id = "b"\nvalue = "q2"\nrange = [0, 3]')
    assert [score.id for score in found.scores] == ["total", "a", "b"]
    assert found.scores[0].cutoffs[0].rule.names == ("q1", "q2")


def test_the_step_of_measured_items_and_times_is_known() -> None:
    """Whole measurements and minutes go in ones, other measurements as near as they like."""
    items = '{ n = 1, label = "a", min = 0, max = 9, whole = true }, { n = 2, label = "b", time = true }, { n = 3, label = "c", time = true }, { n = 4, label = "d", min = 0, max = 9 }'
    bands = 'bands = [{{ low = 0, high = {}, label = "a" }}, {{ low = {}, high = {}, label = "b" }}]'
    whole = 'id = "t"\nvalue = "q1"\nrange = [0, 9]\n'
    slept = 'id = "t"\nvalue = "minutes_between(q2, q3)"\nrange = [0, 1439]\n'
    broken = 'id = "t"\nvalue = "q4"\nrange = [0, 9]\n'
    assert scale(whole + bands.format(4, 5, 9), items=items).scores[0].band_sets
    assert scale(slept + bands.format(420, 421, 1439), items=items).scores[0].band_sets
    assert faults(written(whole + bands.format(3, 5, 9), items=items)) == [
        "$.scores[t].bands: there is a gap between a and b: 3 to 5 in steps of 1"
    ]
    assert faults(written(slept + bands.format(420, 422, 1439), items=items)) == [
        "$.scores[t].bands: there is a gap between a and b: 420 to 422 in steps of 1"
    ]
    assert faults(written(broken + bands.format(4, 5, 9), items=items)) == [
        "$.scores[t].bands: the score can lie between a and b: write below = 5, or band_on with a round()"
    ]


def test_bands_are_values() -> None:
    """As printed, with their conditions, sources and evidence."""
    bands = [band for one in banded().scores[0].band_sets for band in one.bands]
    assert [
        (band.label, band.low, band.high, band.below, str(band.condition), band.source, band.evidence) for band in bands
    ] == [
        ("low, young", 0, 1, None, "age < 18", "", "unverified"),
        ("high, young", 2, 4.5, None, "age < 18", "", "unverified"),
        ("low, women", 0, 2, None, "age >= 65 and sex == 'female'", "", "unverified"),
        ("high, women", 3, 4.5, None, "age >= 65 and sex == 'female'", "", "unverified"),
        ("not all", 0, None, 4.5, "None", "Author 2021", "one-source"),
        ("all", 4.5, 4.5, None, "None", "", "unverified"),
    ]


def test_parts_of_a_definition_are_values() -> None:
    """Everything that is said of items, scores, cut-offs, flags and change is there to be read."""
    found = calm()
    assert [
        (item.n, item.id, item.name, item.label, item.low, item.high, item.whole, item.reverse, item.otherwise)
        for item in found.items[:4:3]
    ] == [
        (1, "", "q1", "settled", None, None, False, True, None),
        (4, "alarms-a-day", "alarms_a_day", "alarms a day", 0, 99, True, False, 0),
    ]
    assert str(found.items[3].asked_when) == "q3 >= 1"
    total = found.score("total")
    assert (total.label, total.items, str(total.value), str(total.needs), total.missing) == (
        "total", ("q1", "q2", "q3"), "round(prorate(q1, q2, q3))", "missing(q1, q2, q3) <= 1", "one blank of three is pro-rated, halves up",
    )  # fmt: skip
    assert (total.kind.low, total.kind.high, total.kind.whole) == (0, 9, True)
    (cutoff,) = total.cutoffs
    assert (str(cutoff.rule), str(cutoff.condition), cutoff.text) == ("total >= 6", "age >= 65", "score >= 6")
    (flag,) = found.flags
    assert (flag.id, str(flag.rule), flag.meaning, flag.urgency, flag.source, flag.evidence) == (
        "alarm", "q3 == 3 or loud", "constant alarm", "same-day", "", "two-sources",
    )  # fmt: skip
    (change,) = found.changes
    assert (change.kind, change.score, str(change.rule), change.condition, change.text, change.evidence, change.source) == (
        "response", "total", "percent_improvement >= 50", None, "percent_improvement >= 50", "two-sources", "Author 2020",
    )  # fmt: skip
    assert (found.title, found.measures, found.population, found.permission_note) == (
        "An invented calm scale", "calm", "adults", "invented for the tests",
    )  # fmt: skip
    assert [source.cite for source in found.sources] == ["Author A. Journal 2020;1:1"]


def test_evidence_is_that_of_the_nearest_part_that_states_it() -> None:
    """A cut-off's own, else its score's, else the file's; so for flags, bands and change."""
    text = CALM.replace('"two-sources"', '"one-source"').replace(
        'missing = "one', 'evidence = "unverified"\nmissing = "one'
    )
    found = read_instrument(text)
    assert [
        found.scores[0].evidence,
        found.scores[0].cutoffs[0].evidence,
        found.scores[0].band_sets[0].bands[0].evidence,
    ] == ["unverified"] * 3
    assert [found.scores[1].evidence, found.flags[0].evidence, found.changes[0].evidence] == ["one-source"] * 3
    own = text.replace('meaning = "look closer"', 'evidence = "two-sources", meaning = "look closer"')
    own = own.replace('urgency = "same-day"', 'urgency = "same-day"\nsource = "f"\nevidence = "two-sources"')
    own = own.replace(
        'kind = "response"',
        'kind = "response"\nfor = "age >= 18"\nsize = "large"\ndirection = "better"\nnote = "n"\nevidence = "two-sources"',
    )
    found = read_instrument(own)
    assert [found.scores[0].cutoffs[0].evidence, found.flags[0].evidence, found.changes[0].evidence] == [
        "two-sources"
    ] * 3
    assert found.flags[0].source == "f"
    assert (
        str(found.changes[0].condition),
        found.changes[0].size,
        found.changes[0].direction,
        found.changes[0].note,
    ) == ("age >= 18", "large", "better", "n")


@pytest.mark.parametrize(
    ("when", "fault"),
    [
        ("before >= 1 and after <= 9 and improvement >= -9 and percent_improvement >= -1000", ""),
        ("before > 9", "before > 9 can never be true: it lies in 0 to 9"),
        ("after < 0", "after < 0 can never be true: it lies in 0 to 9"),
        ("improvement > 9", "improvement > 9 can never be true: it lies in -9 to 9"),
        ("improvement < -9", "improvement < -9 can never be true: it lies in -9 to 9"),
        ("before == 2.5", "before == 2.5 can never be true: it lies in 0 to 9"),
        ("after == 2.5", "after == 2.5 can never be true: it lies in 0 to 9"),
        ("improvement == 2.5", "improvement == 2.5 can never be true: it lies in -9 to 9"),
        ("score >= 1", "unknown name score"),
        ("items >= 1", "unknown name items"),
    ],
)
def test_a_rule_of_change_knows_the_score_it_speaks_of(when: str, fault: str) -> None:
    """What cannot happen to this score is refused."""
    text = changed('"percent_improvement >= 50"', f'"{when}"')
    if fault:
        assert faults(text)[0].startswith(f"$.change[0].when, column 1: {fault}")
    else:
        assert read_instrument(text).changes


def test_circles_are_named() -> None:
    """Scores and defines that rest on each other."""
    found = faults(written('id = "a"\nvalue = "b + q1"\nrange = [0, 3]', 'id = "b"\nvalue = "a"\nrange = [0, 3]'))
    assert found in (
        ["$.scores: these rest on each other in a circle: a -> b -> a"],
        ["$.scores: these rest on each other in a circle: b -> a -> b"],
    )


def test_steps_of_codes_decide_whether_bands_leave_a_gap() -> None:
    """Scores that go in tens have no gap between 30 and 40; codes that only lie ten apart do."""
    tens = 'id = "total"\nvalue = "q1"\nrange = {}\nbands = [{{ low = {}, high = {}, label = "a" }}, {{ low = {}, high = {}, label = "b" }}]'
    assert scale(tens.format("[0, 50]", 0, 30, 40, 50), codes="[0, 10, 20, 30, 40, 50]").scores[0].band_sets
    assert faults(written(tens.format("[5, 45]", 5, 25, 45, 45), codes="[5, 15, 25, 35, 45]")) == [
        "$.scores[total].bands: there is a gap between a and b: 25 to 45 in steps of 5"
    ]


@pytest.mark.parametrize(
    ("value", "codes", "high", "split", "fault"),
    [
        ("q1 * 2 + q2 * 4", "[0, 1]", 6, (2, 4), ""),
        ("q1 * 2 + q2 * 3", "[0, 1]", 5, (2, 4), "there is a gap between a and b: 2 to 4 in steps of 1"),
        ("mean(q1, q2)", "[0, 1]", 1, (0, 1), "the score can lie between a and b: write below = 1, or band_on with a round()"),
        ("round(mean(q1, q2), 0.5)", "[0, 1]", 1, (0.5, 1), ""),
        ("0 if q1 == 0 else 5 if q1 == 1 else 10", "[0, 1, 2]", 10, (5, 10), ""),
        ("lookup(q1, norms)", "[0, 1, 2]", 8, (0, 4), ""),
        ("max(q1, q2) * -0.5", "[0, 1]", 0, (-0.5, 0), ""),
        ("abs(q1 - q2)", "[0, 1]", 1, (0, 1), ""),
        ("count(q1 == 1, q2 == 1)", "[0, 1]", 2, (1, 2), ""),
        ("clip(q1 + q2, 0, 2)", "[0, 1, 2]", 2, (1, 2), ""),
        ("min(q1, q2) * 2", "[0, 1, 2]", 4, (2, 4), ""),
        ("coalesce(q1, 0) * 2", "[0, 1, 2]", 4, (2, 4), ""),
        ("floor(mean(q1, q2)) * 2", "[0, 1, 2]", 4, (2, 4), ""),
        ("ceil(mean(q1, q2)) * 2", "[0, 1, 2]", 4, (2, 4), ""),
        ("answered(q1, q2)", "[0, 1]", 2, (1, 2), ""),
        ("answered(q1, q2)", "[0, 1]", 2, (0, 2), "there is a gap between a and b: 0 to 2 in steps of 1"),
        ("missing(q1, q2) * 3", "[0, 1]", 6, (3, 6), ""),
        ("round(q1 / 2)", "[0, 1, 2]", 1, (0, 1), ""),
        ("round(q1 / 2, 2)", "[0, 1, 4]", 2, (0, 2), ""),
        ("q1 + q2", "[0, 0.5]", 1, (0.5, 1), "the score can lie between a and b: write below = 1, or band_on with a round()"),
        ("q1 * mean(q2, q3)", "[0, 1]", 1, (0, 1), "the score can lie between a and b: write below = 1, or band_on with a round()"),
        ("mean(q2, q3) * q1", "[0, 1]", 1, (0, 1), "the score can lie between a and b: write below = 1, or band_on with a round()"),
        ("q1 / 2 if q2 == 0 else 1", "[0, 1, 2]", 1, (0, 1), "the score can lie between a and b: write below = 1, or band_on with a round()"),
        ("1 if q2 == 0 else q1 / 2", "[0, 1, 2]", 1, (0, 1), "the score can lie between a and b: write below = 1, or band_on with a round()"),
        ("4 if q2 == 0 else 6 if q1 == 0 else 0", "[0, 1, 2]", 6, (4, 6), ""),
        ("4 if q2 == 0 else 6 if q1 == 0 else 0", "[0, 1, 2]", 6, (0, 4), "there is a gap between a and b: 0 to 4 in steps of 2"),
        ("median(q1, q2, q3)", "[0, 1]", 1, (0, 1), "the score can lie between a and b: write below = 1, or band_on with a round()"),
    ],
)  # fmt: skip
def test_the_step_of_a_rule_is_worked_out(
    value: str, codes: str, high: float, split: tuple[float, float], fault: str
) -> None:
    """Bands may leave out only what the score cannot take."""
    low = -0.5 if "-0.5" in value else 0
    bands = f'{{ low = {low}, high = {split[0]}, label = "a" }}, {{ low = {split[1]}, high = {high}, label = "b" }}'
    text = written(f'id = "total"\nvalue = "{value}"\nrange = [{low}, {high}]\nbands = [{bands}]', codes=codes)
    text += "\n[tables]\nnorms = { 0 = 0, 1 = 4, 2 = 8 }"
    if fault:
        assert faults(text) == [f"$.scores[total].bands: {fault}"]
    else:
        assert len(read_instrument(text).scores[0].band_sets[0].bands) == 2
