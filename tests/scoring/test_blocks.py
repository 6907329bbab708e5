# ruff: noqa: E501 - definitions and their faults are read a line each
"""Blocks that are repeated for each member of a list."""

from __future__ import annotations

import pytest

from carecoord.errors import DefinitionError
from carecoord.scoring import read_instrument, score
from tests.scoring.definitions import HEAD

BLOCKS = (
    HEAD
    + """
lists.drug = ["cannabis", "street-opioids"]

items = [
  { n = "1-2", each = "drug", id = "{drug}-ever", label = "{drug}: ever {used}", values = [0, 3] },
  { n = "4 5", each = "drug", id = "{drug}-often", label = "{drug}: how often", values = [0, 2, 4], asked_when = "{drug}_ever == 3", otherwise = 0 },
  { n = 3, label = "anything else", values = [0, 1] },
]

[[scores]]
each = "drug"
id = "{drug}-use"
label = "{drug} use"
items = "{drug}-ever {drug}-often"
value = "sum(items)"
range = [0, 7]
bands = [{ low = 0, high = 3, label = "low" }, { low = 4, high = 7, label = "high" }]
cutoffs = [{ when = "score >= 4 and {drug}_often >= 2", meaning = "{drug}: treat", source = "Author 2020" }]

[[flags]]
each = "drug"
id = "{drug}"
when = "{drug}_often == 4"
meaning = "{drug} every day"
urgency = "next-contact"
"""
)


def test_each_member_has_its_own_items_scores_and_flags() -> None:
    """A member is written as it is in ids and labels, and as a name in rules; other braces stay."""
    found = read_instrument(BLOCKS)
    assert [item.id for item in found.items] == [
        "cannabis-ever", "street-opioids-ever", "", "cannabis-often", "street-opioids-often",
    ]  # fmt: skip
    assert [item.n for item in found.items] == [1, 2, 3, 4, 5]
    assert found.items[1].label == "street-opioids: ever {used}"
    assert [one.id for one in found.scores] == ["cannabis-use", "street-opioids-use"]
    assert found.scores[1].items == ("street_opioids_ever", "street_opioids_often")
    result = score(found, [0, 3, 0, None, 4])
    assert [(one.id, one.value, one.band) for one in result.values()] == [
        ("cannabis-use", 0, "low"),
        ("street-opioids-use", 7, "high"),
    ]
    assert [cutoff.state for one in result.values() for cutoff in one.cutoffs] == ["not met", "met"]
    assert [(flag.id, flag.meaning) for flag in result.flags] == [("street-opioids", "street-opioids every day")]


def test_faults_in_a_block_name_the_member() -> None:
    """A fault that one member has is told of that member only."""
    with pytest.raises(DefinitionError) as caught:
        read_instrument(BLOCKS.replace('"{drug}_often == 4"', '"{drug}_oftn == 4"'))
    assert [fault.path for fault in caught.value.faults] == [
        "$.flags[cannabis].when, column 1",
        "$.flags[street-opioids].when, column 1",
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('each = "drug", id = "{drug}-ever"', 'each = "drugs", id = "x"', "$.items[0].each: the name of a list is wanted; the lists: drug"),
        ('each = "drug", id = "{drug}-ever"', 'each = 3, id = "x"', "$.items[0].each: the name of a list is wanted; the lists: drug"),
        ('n = "1-2"', 'n = "1-3"', "$.items[0].n: as many numbers as drug has members are wanted, as 1-2"),
        ('n = "1-2"', 'n = "1"', "$.items[0].n: as many numbers as drug has members are wanted, as 1-2"),
        ('n = "1-2"', "n = 1", "$.items[0].n: as many numbers as drug has members are wanted, as 1-2"),
        ('n = "1-2"', 'n = "2-1"', "$.items[0].n: as many numbers as drug has members are wanted, as 1-2"),
        ('n = "1-2"', 'n = "1 7"', "$.items[street-opioids-ever].n: items are numbered from 1 without gaps; 5 is wanted here"),
        ('"4 5"', '"4, 5"', "$.items[1].n: as many numbers as drug has members are wanted, as 1-2"),
        ('lists.drug = ["cannabis", "street-opioids"]', "lists.drug = []", "$.lists: a table of lists of texts is wanted"),
        ('lists.drug = ["cannabis", "street-opioids"]', "lists.drug = [1]", "$.lists: a table of lists of texts is wanted"),
        ('lists.drug = ["cannabis", "street-opioids"]', "lists = 3", "$.lists: a table of lists of texts is wanted"),
        ('lists.drug = ["cannabis", "street-opioids"]', "", "$.items[0].each: the name of a list is wanted; the lists: there are none"),
        ('["cannabis", "street-opioids"]', '["cannabis", "cannabis"]', "$.items[cannabis-ever].id: the name cannabis_ever is used twice, or belongs to the language"),
        ('["cannabis", "street-opioids"]', '["cannabis", "street opioids"]', "$.items[street opioids-ever].id: letters and digits joined by single - or _ are wanted"),
        ('each = "drug"\nid = "{drug}-use"', 'each = "drug"\nn = "1-2"\nid = "{drug}-use"', "$.scores[cannabis-use].n: not a field here"),
    ],
)  # fmt: skip
def test_blocks_that_cannot_be_written_out_are_refused(old: str, new: str, expected: str) -> None:
    """The list must be there, and have as many members as there are numbers."""
    assert BLOCKS.count(old) == 1
    with pytest.raises(DefinitionError) as caught:
        read_instrument(BLOCKS.replace(old, new))
    assert expected in list(map(str, caught.value.faults))


def test_a_list_may_have_one_member_and_blocks_may_be_mixed_with_others() -> None:
    """Items stand in the order of their numbers."""
    text = (
        BLOCKS.replace('["cannabis", "street-opioids"]', '["cannabis"]').replace('"1-2"', '"3"').replace('"4 5"', '"1"')
    )
    found = read_instrument(text.replace("n = 3, label", "n = 2, label"))
    assert [item.id for item in found.items] == ["cannabis-often", "", "cannabis-ever"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("{ n = 3,", '"x", { n = 3,', "$.items[0]: a table is wanted, found text 'x'"),
        ("{ n = 3,", '{ n = "three",', "$.items[three].n: a whole number is wanted, found text 'three'"),
        ('n = "1-2"', 'n = "2-1 3"', "$.items[0].n: as many numbers as drug has members are wanted, as 1-2"),
        ('each = "drug", id = "{drug}-ever"', 'each = ["drug"], id = "x"', "$.items[0].each: the name of a list is wanted; the lists: drug"),
        ("lists.drug", 'lists.a = ["b"]\nlists.drugs', "$.items[0].each: the name of a list is wanted; the lists: a, drugs"),
    ],
)  # fmt: skip
def test_odd_blocks_are_told_of(old: str, new: str, expected: str) -> None:
    """Whatever stands among them."""
    with pytest.raises(DefinitionError) as caught:
        read_instrument(BLOCKS.replace(old, new))
    assert expected in list(map(str, caught.value.faults))


def test_a_block_may_not_grow_without_end() -> None:
    """A small file cannot be written out into a large one."""
    members = ", ".join(f'"{"m" * 90}{n}"' for n in range(200))
    text = f'{HEAD}\nlists.m = [{members}]\nitems = [{{ n = "1-200", each = "m", label = "{"{m}" * 2000}", values = [0, 1] }}]'
    with pytest.raises(DefinitionError) as caught:
        read_instrument(text)
    assert str(caught.value) == (
        "small: 1 fault\n  $.lists: written out for each member, the file has more than 1,000,000 characters"
    )


def test_many_small_values_may_not_grow_either() -> None:
    """Numbers and empty texts count too."""
    members = ", ".join(f'"m{n}"' for n in range(200))
    text = f'{HEAD}\nlists.m = [{members}]\nitems = [{{ n = "1-200", each = "m", label = "x", values = [{"[0, 0, 0], " * 1900}] }}]'
    with pytest.raises(DefinitionError, match="written out for each member"):
        read_instrument(text)
