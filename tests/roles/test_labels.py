"""Labels and what their codes stand for."""

from __future__ import annotations

import pickle
from typing import get_args

import pytest

from carecoord.errors import DataError, DefinitionError
from carecoord.plans import AssessmentKind, Domain, SocialCategory
from carecoord.plans._parts import KINDS
from carecoord.roles import Label, Sensitivity, duties, matrices, matrix, read_sensitivity, roles, sensitivity
from carecoord.roles._labels import Defaults, Purpose, SensitivityCode, labels_of
from carecoord.scoring import instruments

SHIPPED = {
    "instrument": set(instruments()),
    "role": {*roles(), *(role.id for name in matrices() for role in matrix(name).roles)},
    "duty": {*duties(), *(duty.id for name in matrices() for duty in matrix(name).duties)},
    "part": {kind.KIND for kind in KINDS.values()},
    "assessment": set(get_args(AssessmentKind)),
    "social-category": set(get_args(SocialCategory)),
    "domain": set(get_args(Domain)),
}


def codes(text: str) -> frozenset[str]:
    """Give codes as a set."""
    return frozenset(text.split())


def test_codes_make_a_label() -> None:
    """Levels, laws and kinds of notes are told apart from categories; of several levels the highest holds."""
    label = Label.of("SUD", "N", "V", "42CFRPart2")
    assert (label.categories, label.confidentiality, label.law) == (codes("SUD"), "V", codes("42CFRPart2"))
    notes = Label.of("sud-counselling", "SUD", author="adm")
    assert (notes.notes, notes.categories, notes.author) == ("sud-counselling", codes("SUD"), "adm")


def test_confidentiality_is_restricted_where_content_is_sensitive() -> None:
    """Ordinary content is normal, content with a category or notes restricted, unless somebody says otherwise."""
    assert [Label.of(*each).confidentiality for each in ((), ("HIV",), ("psychotherapy",), ("HIV", "M"), ("L",))] == [
        "N", "R", "R", "M", "L",
    ]  # fmt: skip


def test_the_code_of_psychotherapy_notes_says_that_they_are_notes() -> None:
    """`PSYTHPN` is read as such notes, and nothing else may be said of it."""
    assert Label.of("PSYTHPN").notes == Label(categories="PSYTHPN").notes == "psychotherapy"
    with pytest.raises(DataError, match="PSYTHPN stands for psychotherapy notes"):
        Label(categories={"PSYTHPN"}, notes="sud-counselling")


def test_levels_are_ordered() -> None:
    """From unrestricted to very restricted."""
    assert [Label.of("HIV", level).level for level in "ULMNRV"] == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"confidentiality": "X"}, "none of U, L, M, N, R, V"),
        ({"confidentiality": ""}, "none of U, L, M, N, R, V"),
        ({"confidentiality": "NR"}, "none of U, L, M, N, R, V"),
        ({"notes": "diary"}, "none of psychotherapy, sud-counselling"),
    ],
)
def test_a_label_refuses_what_is_none(wrong: dict[str, str], message: str) -> None:
    """Levels and kinds of notes are closed sets."""
    with pytest.raises(DataError, match=message):
        Label(**wrong)  # type: ignore[arg-type]


def test_two_kinds_of_notes_are_two_labels() -> None:
    """One label is of one kind."""
    with pytest.raises(DataError, match="one kind of notes is wanted, found psychotherapy and sud-counselling"):
        Label.of("psychotherapy", "sud-counselling")


@pytest.mark.parametrize("given", [(), ("HIV",), ("HIV", "V"), ("SUD", "42CFRPart2", "N"), ("MH", "psychotherapy")])
def test_a_label_gives_back_its_codes(given: tuple[str, ...]) -> None:
    """What it is made of makes it again."""
    label = Label.of(*given)
    assert label.codes == frozenset(given)
    assert Label.of(*label.codes) == label
    assert pickle.loads(pickle.dumps(label)) == label  # noqa: S301 - our own pickle


def test_only_descendants_serve_a_grant() -> None:
    """A grant covers a code and what lies under it; neither what it lies under nor what it is alike."""
    assert sensitivity().granted(codes("SUD")) == codes("SUD ETHUD OPIOIDUD")
    assert sensitivity().granted(codes("ETH HIV")) == codes("ETH HIV")
    assert sensitivity().granted(codes("BH")) == codes("BH COGN DVD EMOTDIS")
    assert sensitivity().granted(codes("ZZZ")) == frozenset()


def test_a_refusal_is_read_through_all_that_may_be_meant() -> None:
    """It covers what lies under a code and above it, and what each may stand for; an unknown code covers everything."""
    assert sensitivity().refused(codes("SUD")) == codes("SUD ETHUD OPIOIDUD ETH BH SPI")
    assert sensitivity().refused(codes("ETHUD")) == codes("ETHUD SUD ETH BH SPI")
    assert sensitivity().refused(codes("MH")) == codes("MH BH SPI")
    behavioural = codes("BH SPI COGN DVD EMOTDIS MH PSY PSYTHPN SUD ETHUD OPIOIDUD ETH")
    assert sensitivity().refused(codes("BH")) == behavioural
    assert sensitivity().refused(codes("HIV")) == codes("HIV")
    assert sensitivity().refused(codes("HIV ZZZ")) is None


def test_a_refusal_of_notes_is_about_notes() -> None:
    """It does not spread to what else there is about the same."""
    assert sensitivity().refused(codes("sud-counselling")) == codes("sud-counselling")


def test_purposes_nest_and_some_are_granted_by_name_only() -> None:
    """Legal use lies under operations and a trial under treatment; a grant of those does not cover them."""
    assert sensitivity().purposes_granted(codes("TREAT")) == codes("TREAT COC ETREAT")
    assert sensitivity().purposes_granted(codes("HOPERAT")) == codes("HOPERAT CAREMGT HQUALIMP")
    assert sensitivity().purposes_granted(codes("HLEGAL")) == codes("HLEGAL")
    assert sensitivity().purposes_granted(codes("BTG")) == frozenset()
    assert sensitivity().purposes_refused(codes("HOPERAT")) == codes(
        "HOPERAT CAREMGT HQUALIMP DONAT FRAUD GOV HLEGAL MILCDM"
    )
    assert sensitivity().purposes_refused(codes("ETREAT")) == codes("ETREAT BTG")
    assert sensitivity().purposes_refused(codes("ETREAT whim")) is None


@pytest.mark.parametrize("kind", sorted(SHIPPED))
def test_whatever_the_library_ships_says_what_it_discloses(kind: str) -> None:
    """Whatever carries sensitivity by its name is in sensitivity.toml, if only to say that it discloses nothing."""
    assert sorted(each for each in SHIPPED[kind] if sensitivity().default(kind, each) is None) == []


def test_nothing_that_does_not_exist_is_said_to_disclose_something() -> None:
    """No id is misspelt, and none stands there twice."""
    found = [(group.kind, each) for group in sensitivity().defaults for each in group.ids]
    assert [(kind, each) for kind, each in found if kind in SHIPPED and each not in SHIPPED[kind]] == []
    assert len(found) == len(set(found))


def test_a_site_says_more_and_otherwise() -> None:
    """Later defaults stand in place of earlier ones, and the shipped ones are as they were."""
    ours = (
        sensitivity()
        .with_defaults("organisation", {"recovery house": "SUD"})
        .with_defaults("instrument", {"phq-9": ()})
    )
    assert ours.default("organisation", "recovery house") == codes("SUD")
    assert ours.default("instrument", "phq-9") == frozenset()
    assert sensitivity().default("instrument", "phq-9") == codes("MH")
    assert repr(ours).startswith("<sensitivity v3-ActCode 2018-08-12")
    assert pickle.loads(pickle.dumps(ours)) == ours != sensitivity()  # noqa: S301 - our own pickle


def test_what_is_wrong_with_codes_is_told_at_once() -> None:
    """Unknown parents, circles, codes that stand twice, and defaults of codes that are not there."""
    with pytest.raises(DefinitionError) as raised:
        read_sensitivity("""
        id = "ours"
        version = "ours"
        """)
    assert str(raised.value).startswith("ours: ")
    root = SensitivityCode(id="R")
    with pytest.raises(DefinitionError) as raised:
        Sensitivity(
            version="ours",
            codes=(
                root, SensitivityCode(id="A", parent="B"), SensitivityCode(id="B", parent="A"),
                SensitivityCode(id="C", parent="X"), SensitivityCode(id="D", alike=("Y",)), root,
            ),
            purposes=(Purpose(id="TREAT", parent="CARE"),),
            defaults=(
                Defaults(kind="role", categories=codes("R"), ids=("nurse",)),
                Defaults(kind="role", categories=codes("Z"), ids=("nurse",)),
            ),
        )  # fmt: skip
    assert str(raised.value).splitlines() == [
        "sensitivity: 7 faults",
        "  $.codes: a code stands there twice",
        "  $.codes[A].parent: it lies under itself",
        "  $.codes[B].parent: it lies under itself",
        "  $.codes[C].parent: there is no X",
        "  $.purposes[TREAT].parent: there is no CARE",
        "  $.codes[D].alike: there is no code Y",
        "  $.defaults[1].categories: there is no code Z",
    ]


def test_codes_and_labels_together_are_labels() -> None:
    """Codes make one label, beside those that are there; nothing at all is ordinary content."""
    hiv = Label.of("HIV")
    assert labels_of([hiv, "SUD", "V"]) == frozenset({hiv, Label.of("SUD", "V")})
    assert labels_of(hiv) == labels_of([hiv]) == frozenset({hiv})
    assert labels_of("HIV") == frozenset({hiv})
    assert labels_of([]) == frozenset({Label()})


def test_the_notice_says_how_well_it_is_known() -> None:
    """The wording in force was not read: users see that."""
    notice = sensitivity().notices["42CFRPart2"]
    assert (notice.evidence, bool(notice.sources), bool(notice.note)) == ("unverified", True, True)
