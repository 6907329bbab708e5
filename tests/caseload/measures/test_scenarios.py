"""The worked examples of every measure come out, and see the mistakes that the published patients do not."""

from __future__ import annotations

import re
from collections.abc import Iterable

import attrs
import pytest

from carecoord.caseload import check_measure, evaluate, measure, measures, read_measure
from carecoord.caseload._measures._definition import FactRule, Sourced
from carecoord.caseload._measures._measure import FOLDER
from carecoord.caseload._measures._plan import POPULATIONS
from carecoord.errors import DefinitionError
from tests.caseload.measures.decks import cases


@pytest.mark.parametrize("id_", measures())
def test_the_worked_examples_come_out(id_: str) -> None:
    """Each scenario of each file gives the outcome written beside it."""
    chosen = measure(id_)
    assert check_measure(chosen) == ()
    assert len(chosen.definition.scenarios) >= 3
    named = {name for case in chosen.definition.scenarios for name in case.expect}
    assert named == {*chosen.rates, *(mean.id for mean in chosen.definition.means)} - {"phq-9-first", "phq-9-last"}


@pytest.mark.parametrize("id_", measures())
def test_every_number_says_where_it_comes_from(id_: str) -> None:
    """A rate names its source, or says that it is ours or unverified; every source it names is written out."""
    definition = measure(id_).definition
    said = [(one.source, one.evidence) for one in definition.rates]
    said += [(one.source, one.evidence) for one in definition.means]
    for source, evidence in said:
        assert source or evidence == "ours"
        keys = [word.strip(" ,;") for word in source.split() if word.startswith("S") and word[1:2].isdigit()]
        assert set(keys) <= set(definition.sources)


NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?!\w)")


def unsourced(parts: Iterable[tuple[str, str, Sourced]]) -> list[str]:
    """Name the parts whose rules hold a number, 0 and 1 apart, and that say neither whence nor that it is ours."""
    return [
        name
        for name, text, part in parts
        if set(NUMBER.findall(re.sub(r"'[^']*'", "", text))) - {"0", "1"}
        and not part.source
        and part.evidence != "ours"
    ]


@pytest.mark.parametrize("id_", measures())
def test_every_rule_with_a_number_says_where_it_comes_from(id_: str) -> None:
    """Facts, events, rates and means alike: a day, a score or an age in a rule has its source beside it."""
    definition = measure(id_).definition
    facts = {name: one if isinstance(one, FactRule) else FactRule(rule=one) for name, one in definition.facts.items()}
    parts: list[tuple[str, str, Sourced]] = [(name, one.rule, one) for name, one in facts.items()]
    parts += [(one.id, " ".join((one.where, *one.with_.values())), one) for one in definition.events]
    parts += [
        (one.id, " ".join((*(getattr(one, name) for name in POPULATIONS), *one.with_.values())), one)
        for one in definition.rates
    ]
    parts += [(one.id, f"{one.initial} {one.value}", one) for one in definition.means]
    assert unsourced(parts) == []


def test_a_number_without_a_source_is_found() -> None:
    """The check itself can fail; texts in quotes are no numbers."""
    rules = [
        ("bare", "days_after(on, -28) > on", FactRule(rule="")),
        ("quoted", "instrument == 'phq-9' and value > 0", FactRule(rule="")),
        ("sourced", "value >= 10", FactRule(rule="", source="S1")),
        ("ours", "value >= 10", FactRule(rule="", evidence="ours")),
    ]
    assert unsourced(rules) == ["bare"]


MISTAKES = {
    "remission below or at 5": ("last.value < 5", "last.value <= 5"),
    "an index of 9": ("value > 9", "value >= 9"),
    "the first score of the window": (
        'label = "last PHQ-9 of the window"\nfrom = "scores"',
        'label = "last PHQ-9 of the window"\nfrom = "scores"\ntake = "first"\n#',
    ),
    "14 days before the visit": ("-7 <= days_between", "-14 <= days_between"),
    "identification a month earlier": ("months_after(period.start, -14)", "months_after(period.start, -15)"),
    "identification a month longer": ("months_after(period.start, -2)", "months_after(period.start, -1)"),
    "diagnoses whatever their status": (
        "and clinical in ('active', 'recurrence', 'relapse')\n    and verification == 'confirmed'\"\"\"",
        '"""',
    ),
    "365 days for twelve months": ("months_after(index.on, 12)", "days_after(index.on, 365)"),
    "a window of 59 days": ("days_after(due, 60)", "days_after(due, 59)"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_worked_examples_see_what_the_published_patients_do_not(mistake: str) -> None:
    """Small misreadings of the twelve-month measure, several of which change no published result."""
    text = (FOLDER / "cms159.toml").read_text(encoding="utf-8")
    right, wrong = MISTAKES[mistake]
    assert right in text
    changed = text.replace(right, wrong, 1)
    if mistake == "the first score of the window":
        head, tail = changed.split('take = "first"\n#', 1)
        changed = head + 'take = "first"' + tail.replace('take = "last"\n', "", 1)
    assert check_measure(read_measure(changed))


def test_the_published_patients_are_blind_to_some_of_them() -> None:
    """At least one of these misreadings changes nothing on all 67: that is why there are worked examples."""
    text = (FOLDER / "cms159.toml").read_text(encoding="utf-8")
    wrong = read_measure(text.replace("last.value < 5", "last.value <= 5"))
    for case in cases("cms159"):
        right = evaluate(measure("cms159"), [case.record], period=case.period, on=case.period[1])
        other = evaluate(wrong, [case.record], period=case.period, on=case.period[1])
        assert attrs.evolve(right, digest="") == attrs.evolve(other, digest="")


def test_a_worked_example_that_does_not_come_out_says_why() -> None:
    """Wanted and found, with the reason."""
    text = (
        (FOLDER / "cms159.toml")
        .read_text(encoding="utf-8")
        .replace('expect = { remission = "met" }', 'expect = { remission = "out" }', 1)
    )
    (failure,) = check_measure(read_measure(text))
    assert str(failure) == (
        "4 at twelve months is remission\n"
        "  remission: wanted out, found met: last PHQ-9 of the window on 2026-02-25; last.value is 4, which is < 5"
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("yesterday contacts", "a date and a list are wanted"),
        ("2026-01-05 contact kept=yes", "there is no list 'contact', did you mean contacts?"),
        ("2026-01-05 contacts kep=yes", "kep is not a field here, did you mean kept?"),
        ("2026-01-05 contacts kept=true", "yes or no is wanted, found 'true'"),
        ("2026-01-05 contacts kept", "name=value is wanted, found 'kept'"),
        ("2026-01-05..2026-01-06 contacts", "contacts have no end"),
        ("2026-02-30 contacts", "day"),
    ],
)
def test_a_history_that_cannot_be_read_says_what_is_wrong(line: str, message: str) -> None:
    """Each line with its number."""
    chosen = read_measure(
        f'''
        id = "m"
        title = "m"
        rates = [{{ id = "r", initial = "yes", numerator = "no" }}]
        [[scenarios]]
        name = "one"
        period = ["2026-01-01", "2026-12-31"]
        on = "2026-06-30"
        history = """
        2026-01-01 contacts kept=yes
        {line}
        """
        expect = {{ r = "not met" }}
        '''
    )
    with pytest.raises(DefinitionError) as raised:
        check_measure(chosen)
    (fault,) = raised.value.faults
    assert fault.path == "$.scenarios[one].history line 2"
    assert message in fault.message
