from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from carecoord.errors import DefinitionError, UnknownIdError
from carecoord.roles import sensitivity
from carecoord.stepped_care import Protocol, _protocol, categories_read, protocol, protocols, read_protocol
from tests.stepped_care.builders import HEAD, MEASURE, STEPS, ladder, one_number, pickled

RULE = '[[rules]]\nid = "r"\nwhen = "phq_9.total >= 10"\nto = "high"\n'


def refusal(body: str, **options: Any) -> str:
    """Give the faults of a file, one a line."""
    with pytest.raises(DefinitionError) as refused:
        ladder(body, **options)
    return str(refused.value)


def test_protocols_are_listed_without_being_read() -> None:
    """The ids come from the names of the files; a module is none of them."""
    assert set(protocols()) >= {"german-impact", "cocm-treat-to-target"}
    assert "self-harm" not in protocols()


@pytest.mark.parametrize("identifier", [*protocols(), "self-harm"])
def test_every_file_is_called_by_its_id_and_read_once(identifier: str) -> None:
    """The id equals the file's name, and asking again gives the same value."""
    found = protocol(identifier)
    assert (found.id, protocol(identifier)) == (identifier, found)
    assert found is protocol(identifier)
    assert repr(found) == f"<protocol {identifier}>"


def test_an_unknown_protocol_names_the_nearest() -> None:
    """A typing error is answered with what was probably meant."""
    with pytest.raises(UnknownIdError, match=r"did you mean german-impact\?"):
        protocol("german-impakt")


SHIPPED = [*protocols(), "self-harm"]


def numbers(text: str) -> bool:
    """Say whether a rule holds a number of its own, beside those in names."""
    return re.search(r"(?<![\w.'])\d", text) is not None


def cited(source: str) -> set[str]:
    """Give the keys of the sources that a text names."""
    return set(re.findall(r"\bS\d+\b", source))


@pytest.mark.parametrize("identifier", SHIPPED)
def test_everything_that_can_move_a_decision_has_its_source(identifier: str) -> None:
    """Each rule, alert, add-on, task and named rule with a number says where it comes from, by keys explained."""
    for definition in (protocol(identifier).definition, *protocol(identifier).modules):
        rules: list[tuple[str, str, str, str]] = [
            (one.id, one.when, one.source, one.evidence)
            for kind in (definition.alerts, definition.add_ons, definition.tasks, definition.rules)
            for one in kind
        ]
        for name, fact in definition.facts.items():
            text = fact if isinstance(fact, str) else fact.rule
            rules.append((name, text, "", "") if isinstance(fact, str) else (name, text, fact.source, fact.evidence))
        for name, when, source, evidence in rules:
            assert cited(source) <= set(definition.sources), name
            assert not numbers(when) or evidence == "unverified" or cited(source), name
        said = [*definition.measures.values(), *definition.steps, *definition.facts.values()]
        for one in said:
            if not isinstance(one, str):
                assert cited(one.source) <= set(definition.sources)
                assert getattr(one, "valid_for", None) is None or one.source, one
        assert set(definition.sources) <= set(re.findall(r"\bS\d+\b", TEXTS[definition.id])), "a source nobody cites"


TEXTS = {
    path.stem: path.read_text(encoding="utf-8").split("\n[sources]")[0] for path in _protocol.FOLDER.rglob("*.toml")
}


def test_fourteen_protocols_are_shipped() -> None:
    """Those that the library promises, and a module that any of them can include."""
    assert set(protocols()) >= {
        "asam-4-placement",
        "bridge-cadence",
        "ciwa-ar-monitoring",
        "cocm-treat-to-target",
        "escape",
        "german-impact",
        "macarthur-phq-9",
        "nhs-talking-therapies",
        "nice-cg113-gad",
        "nice-ng222-depression",
        "phq-9-trajectory",
        "scamp",
        "teamcare",
        "va-stepped-pain",
    }
    readers = {name for name in protocols() if "self-harm" in protocol(name).definition.include}
    assert set(protocols()) - readers == {"asam-4-placement", "ciwa-ar-monitoring"}, "these two speak of substances"


@pytest.mark.parametrize("identifier", protocols())
def test_every_protocol_is_known_to_disclose_something(identifier: str) -> None:
    """Being in one says of a person what it treats, but for pain alone and for what it includes."""
    assert categories_read(protocol(identifier), sensitivity())


def test_what_was_not_checked_in_a_named_rule_is_not_checked_in_what_uses_it() -> None:
    """Directly, through another named rule, and within a condition over several readings."""
    facts = """[facts]
low = { rule = "phq_9.total < 5", source = "recalled", evidence = "unverified" }
lower = { rule = "low and phq_9.total < 4", source = "S1" }
[sources]
S1 = "somebody"
"""
    whens = ("low", "lower", "held(low, weeks=2)", "in_a_row(lower, 2)", "unanswered(low, review)", "phq_9.total < 6")
    rules = "".join(f'[[rules]]\nid = "r{place}"\nwhen = "{when}"\nthen = "stay"\n' for place, when in enumerate(whens))
    found = ladder(rules + facts).plan("low").unverified
    assert found == (("low",),) * 5 + ((),)


def test_a_protocol_read_from_text_equals_the_one_from_its_file() -> None:
    """Two that say the same are equal and have one digest."""
    path = Path(__file__).parents[2] / "src/carecoord/stepped_care/protocols/german-impact.toml"
    again = read_protocol(path.read_text(encoding="utf-8"))
    assert (again, hash(again), again.digest) == (
        protocol("german-impact"),
        hash(protocol("german-impact")),
        protocol("german-impact").digest,
    )
    assert again != "german-impact"


def test_a_protocol_can_be_pickled() -> None:
    """It is made again from what it says."""
    before = protocol("german-impact")
    assert pickled(before).digest == before.digest
    assert pickled(protocol("self-harm")) == protocol("self-harm")
    assert pickled(ladder(RULE)) == ladder(RULE)


def test_the_digest_changes_with_the_protocol_its_modules_and_its_instruments() -> None:
    """Whatever can change a decision changes the digest."""
    module = (
        'id = "mine"\nkind = "module"\ntitle = "M"\n[[alerts]]\nid = "a"\nwhen = "times(fall) >= 1"\nurgency = "{}"\n'
    )
    head = HEAD + 'include = ["mine"]\n'

    def included(urgency: str) -> Protocol:
        return ladder(RULE, head=head, modules=(module.format(urgency),))

    def measured(high: int) -> Protocol:
        text = (
            HEAD
            + '[measures.x]\ninstrument = "x"\n'
            + STEPS
            + '[[rules]]\nid = "r"\nwhen = "x.total > 3"\nthen = "stay"'
        )
        return read_protocol(text, instruments=[one_number("x", high)])

    digests = [
        ladder(RULE).digest,
        ladder(RULE.replace("10", "11")).digest,
        included("immediate").digest,
        included("same-day").digest,
        measured(20).digest,
        measured(21).digest,
    ]
    assert len(set(digests)) == len(digests)
    assert included("immediate").digest == included("immediate").digest


def test_structural_faults_come_all_at_once_with_their_places() -> None:
    """A clinician who mistyped three things is told of three."""
    said = refusal('[[rules]]\nid = "r"\nwhen = "phq_9.total >= 10"\nthenn = "stay"\n[[alerts]]\nid = "a"\nwhen = 3\n')
    assert "$.rules[r].thenn: not a field here, did you mean then?" in said
    assert "$.alerts[a].when: text is wanted, found a whole number 3" in said
    assert "$.alerts[a]: urgency is missing" in said


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (RULE + RULE, "$.rules[r]: the id stands twice"),
        (RULE.replace("phq_9.total", "phq_9.totl"), "unknown name phq_9.totl, did you mean phq_9.total?"),
        (RULE.replace(">= 10", ">= 28"), "phq_9.total >= 28 can never be true: it lies in 0 to 27"),
        (RULE.replace(">= 10", "+ 1"), "$.rules[r].when: yes/no is wanted, found number"),
        (RULE + 'then = "stay"\n', "$.rules[r]: either to or then is wanted"),
        (RULE.replace('to = "high"', ""), "$.rules[r]: either to or then is wanted"),
        (RULE.replace('"high"', '"hihg"'), "$.rules[r].to: there is no step 'hihg', did you mean high?"),
        (RULE + 'in = "outsid"\n', "$.rules[r].in: there is no step 'outsid', did you mean outside?"),
        (
            RULE.replace('to = "high"', 'then = "exit"\nin = "*"'),
            "$.rules[r].then: nobody who is not enrolled can leave",
        ),
        (RULE.replace('"high"', '["low", "high"]'), "$.rules[r].to: alternatives are steps of one intensity"),
        (
            RULE.replace('"high"', '{ low = "high" }'),
            "$.rules[r].to: a table by step names each step of the rule: low, high",
        ),
        ('[facts]\na = "b"\nb = "a"\n' + RULE, "the named rules go in a circle"),
        ('[facts]\na = "phq_9.total >"\n' + RULE, "$.facts.a: column"),
        ('[facts]\nstep = "phq_9.total > 3"\n' + RULE, "$.facts.step: the name means something else already"),
        ('[facts]\nphq_9 = "weeks_in_care > 3"\n' + RULE, "$.facts.phq_9: the name means something else already"),
        ('[facts]\n"a-b" = "weeks_in_care > 3"\n' + RULE, "$.facts.a-b: a name in rules is letters, digits and _"),
        ("[facts]\na = { }\n" + RULE, "$.facts.a: type, values, each or rule is wanted"),
        ('[facts]\na = { rule = "yes", type = "yes/no" }\n' + RULE, "$.facts.a: a rule, a list and something recorded"),
        ('[facts]\na = { rule = "yes", each = ["b"] }\n' + RULE, "$.facts.a: a rule, a list and something recorded"),
        (
            '[facts]\na = { each = ["b"], valid_for = "P1W" }\n' + RULE,
            "$.facts.a: a rule, a list and something recorded",
        ),
        ('[facts]\na = { rule = "phq_9.total >" }\n' + RULE, "$.facts.a: column"),
        ('[facts]\na = { values = [1, "x"] }\n' + RULE, "$.facts.a: values are numbers or texts, not both"),
        (
            '[facts]\na = { type = "text", range = [0, 1] }\n' + RULE,
            "$.facts.a: range is for numbers, the lowest first",
        ),
        (
            '[facts]\na = { type = "number", range = [1, 0] }\n' + RULE,
            "$.facts.a: range is for numbers, the lowest first",
        ),
        ('[facts]\na = { type = "text", values = ["x"] }\n' + RULE, "$.facts.a: values say the type already"),
        ('[facts]\na = { each = ["b"] }\n' + RULE, "$.facts.a: b is no fact"),
        (
            '[[alerts]]\nid = "a"\nwhen = "phq_9.total"\nurgency = "immediate"\n' + RULE,
            "$.alerts[a].when: yes/no is wanted",
        ),
    ],
)
def test_what_no_protocol_may_say_is_refused(body: str, message: str) -> None:
    """Each with its place and what would do."""
    assert message in refusal(body)


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ("", "$: steps is missing"),
        (STEPS.replace('"high"', '"low"'), "$.steps[low]: the id means something else already"),
        (STEPS.replace('"high"', '"outside"'), "$.steps[outside]: the id means something else already"),
        (STEPS.replace('"low"', '"lower"'), "$.first: there is no step 'low', did you mean lower?"),
        (STEPS + 'min_stay = "P1M"\n', "$.steps[high].min_stay: weeks, days or hours are wanted"),
    ],
)
def test_what_no_ladder_may_be_is_refused(steps: str, message: str) -> None:
    """Steps have ids of their own, enrolment leads to one, and a shortest stay has one length."""
    assert message in refusal(RULE.replace("high", "low"), steps=steps)


def test_where_enrolment_leads_must_be_said() -> None:
    """A protocol without `first` would put nobody anywhere."""
    assert "$.first: the step to begin in is wanted" in refusal(RULE, head=HEAD.replace('first = "low"\n', ""))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("held(phq_9.total < 5)", "held() wants weeks= or days= or hours=, a number above 0"),
        ("held(phq_9.total < 5, weeks=0)", "held() wants weeks= or days= or hours=, a number above 0"),
        ("held(phq_9.total < 5, hours=0)", "held() wants weeks= or days= or hours=, a number above 0"),
        ("held(phq_9.total < 5, weeks=step)", "held() wants weeks= or days= or hours=, a number above 0"),
        ("held(phq_9.total < 5, hours=3, weeks=2)", "held() wants"),
        ("held(phq_9.total < 5, months=2)", "held() takes weeks or days or hours, found months"),
        ("held(phq_9.total, weeks=2)", "held() wants a condition, as phq_9.total < 5"),
        ("held(weeks_in_care > 3, weeks=2)", "held() looks at one reading at a time"),
        ("held(phq_9.total < 5 and gad_7.total < 5, weeks=2)", "held() looks at one reading at a time"),
        ("held(held(phq_9.total < 5, weeks=2), weeks=2)", "held() looks at one reading at a time"),
        ("held(phq_9.total < 5, 3, weeks=2)", "held() wants 1 argument, found 2"),
        ("in_a_row(phq_9.total < 5, 0)", "in_a_row() wants how many readings"),
        ("in_a_row(phq_9.total < 5, 1.5)", "in_a_row() wants how many readings, as in_a_row(phq_9.total < 5, 2)"),
        ("in_a_row(phq_9.total < 5, 1001)", "in_a_row() wants how many readings"),
        ("in_a_row(phq_9.total < 5, 2, since=3)", "in_a_row() wants an event after since="),
        ("in_a_row(phq_9.total < 5, 2, since=weeks_in_care)", "weeks_in_care is a fact, and in_a_row() wants an event"),
        ("unanswered(phq_9.q9 >= 1)", "unanswered() wants the events that answer it"),
        ("unanswered(phq_9.q9 >= 1, contact, weeks=2)", "unanswered() takes no option, found weeks"),
        ("at(phq_9.q9, step) > 1", "at() wants a score that is a number, as phq_9.total"),
        ("at(phq_9.syndrome, step) > 1", "at() wants a score that is a number"),
        ("at(phq_9.total) > 1", "at() wants 2 arguments, found 1"),
        ("worst(phq_9.total) > 1", "worst() wants weeks= or days=, a number above 0"),
        ("best(neutral.total, weeks=3) > 1", "neutral.total is neither better nor worse when it is higher"),
        ("times(contact, weeks=2, since=step) > 1", "times() takes one of weeks=, days= and since="),
        ("times(weeks_in_care) > 1", "weeks_in_care is a fact, and times() wants an event here"),
        ("times(phq_9.total) > 1", "phq_9.total is a fact, and times() wants an event here"),
        ("weeks_since(contact, weeks=2) > 1", "weeks_since() takes on_or_after, found weeks"),
        ("weeks_since(named) > 1", "named is a fact, and weeks_since() wants an event here"),
        ("weeks_since(asked) > 1", "asked is a fact, and weeks_since() wants an event here"),
        ("neutral.total.improvement > 1", "unknown name neutral.total.improvement"),
        ("gad_7.total.baseline > 1", "unknown name gad_7.total.baseline"),
        ("signed.total.percent_improvement > 1", "unknown name signed.total.percent_improvement"),
    ],
)
def test_what_no_function_over_history_takes_is_refused(call: str, message: str) -> None:
    """With the column, when the protocol is read."""
    measures = (
        MEASURE
        + '[measures.signed]\ninstrument = "signed"\nbaseline = "start"\n'
        + '[measures.gad_7]\ninstrument = "gad-7"\n[measures.neutral]\ninstrument = "neutral"\nbaseline = "start"\n'
    )
    facts = '[facts]\nnamed = "weeks_in_care > 3"\nasked = { type = "yes/no" }\n'
    said = refusal(f'{facts}[[rules]]\nid = "r"\nwhen = "{call}"\nthen = "stay"\n', measures=measures)
    assert message in said
    assert "$.rules[r].when: column 1" in said


def test_named_rules_stand_in_other_rules_whatever_their_order() -> None:
    """A named rule may use one that is written below it, and a function may look at it."""
    found = ladder(
        '[facts]\nlate = "weeks_in_care > 8 and not better"\nbetter = "phq_9.total.improvement >= 5"\n'
        '[[rules]]\nid = "r"\nwhen = "late or in_a_row(better, 2)"\nthen = "stay"\n'
    )
    names = found.parts.rules[0][1].names
    assert names == ("weeks_in_care", "phq_9.total.improvement", "in_a_row(better, 2)")


def test_an_unknown_instrument_names_the_nearest() -> None:
    """The place is the measure's."""
    said = refusal(RULE, measures=MEASURE.replace('"phq-9"', '"phq9"'))
    assert "$.measures.phq_9.instrument: there is no instrument 'phq9', did you mean phq-9?" in said


MODULE = """
id = "falls"
kind = "module"
title = "Falls"
[measures.phq_9]
instrument = "phq-9"
valid_for = "P8W"
[facts]
fell = { type = "yes/no" }
[[alerts]]
id = "fell"
when = "fell or unanswered(phq_9.q8 >= 3, contact)"
urgency = "same-day"
"""
INCLUDE = HEAD + 'include = ["falls"]\n'


def test_a_module_brings_its_alerts_measures_and_facts() -> None:
    """They stand in the includer as if they were its own, and the includer's settings where the module says none."""
    found = ladder(RULE, head=INCLUDE, measures=MEASURE.replace('valid_for = "P4W"\n', ""), modules=(MODULE,))
    assert [alert.says.id for alert in found.parts.alerts] == ["fell"]
    assert (found.parts.measures["phq_9"].baseline, str(found.parts.measures["phq_9"].valid_for)) == ("start", "P8W")
    assert list(found.parts.facts) == ["fell"]


@pytest.mark.parametrize(
    ("body", "options", "message"),
    [
        (RULE, {}, "$.measures.phq_9.valid_for: an included module says P8W, and that stands"),
        (
            '[[alerts]]\nid = "fell"\nwhen = "no"\nurgency = "next-contact"\n' + RULE,
            {"measures": ""},
            "$.alerts[fell]: the id stands twice",
        ),
        ('[facts]\nfell = "no"\n' + RULE, {"measures": ""}, "$.facts.fell: stands in an included module already"),
        (RULE, {"modules": ()}, "$.include[falls]: there is no such module; give your own as modules="),
        (RULE, {"modules": (MODULE.replace('kind = "module"', ""),)}, "$.include[falls]: is a protocol, not a module"),
        (RULE, {"modules": (MODULE + STEPS,)}, "$.include[falls]: a module has no steps and no rules"),
        (RULE, {"modules": (MODULE.replace("or un", "orun"),)}, "$.include[falls].alerts[fell].when: column"),
    ],
)
def test_an_includer_cannot_weaken_a_module(body: str, options: dict[str, Any], message: str) -> None:
    """What a module says stands; what is wrong with it is said under its name."""
    with pytest.raises(DefinitionError) as refused:
        ladder(body, **{"head": INCLUDE, "modules": (MODULE,), **options})
    assert message in str(refused.value)


def test_an_includer_cannot_make_a_modules_alert_pass_over_an_incomplete_form() -> None:
    """An alert over the latest score would fall silent; one over all readings is as it was."""
    skipping = MEASURE.replace("P4W", "P8W") + 'incomplete = "skip"\n'
    looking = MODULE.replace("fell or unanswered(phq_9.q8 >= 3, contact)", "phq_9.total >= 20")
    with pytest.raises(DefinitionError) as refused:
        ladder(RULE, head=INCLUDE, measures=skipping, modules=(looking,))
    assert str(refused.value) == (
        "ladder: 1 fault\n  $.measures.phq_9.incomplete: the alert fell of an included module looks at it: "
        "incomplete must stay unknown"
    )
    own = looking.replace('valid_for = "P8W"', 'valid_for = "P8W"\nincomplete = "skip"')
    for module in (MODULE, own):
        assert (
            ladder(RULE, head=INCLUDE, measures=skipping, modules=(module,)).parts.measures["phq_9"].incomplete
            == "skip"
        )


def test_a_module_of_the_library_cannot_be_replaced() -> None:
    """Nobody slips another `self-harm` under a protocol."""
    mine = MODULE.replace('"falls"', '"self-harm"')
    with pytest.raises(DefinitionError, match="comes with the library: give your own module another id"):
        ladder(RULE, head=HEAD + 'include = ["self-harm"]\n', modules=(mine,))


def test_a_module_by_itself_stands_in_an_empty_protocol() -> None:
    """One step, one rule, so that its worked examples can run; it includes nothing and has neither of its own."""
    alone = read_protocol(MODULE)
    assert (list(alone.steps), [rule.id for rule, _ in alone.parts.rules]) == (["here"], ["carry-on"])
    assert (alone.title, alone.definition.version) == ("Falls", "")
    with pytest.raises(DefinitionError, match="a module includes none"):
        read_protocol(MODULE.replace("title", 'include = ["self-harm"]\ntitle'))
    with pytest.raises(DefinitionError, match=r"falls: 1 fault\n  \$\.steps: a module has none"):
        read_protocol(MODULE + STEPS)


def test_an_id_must_be_one() -> None:
    """It names files and entries."""
    assert "$.id: letters and digits, joined by single" in refusal(RULE, head=HEAD.replace('"ladder"', '"a/b"'))


def test_unverified_in_a_module_stays_unverified() -> None:
    """An includer cannot vouch for a measure that a module does not."""
    module = MODULE.replace('valid_for = "P8W"', 'valid_for = "P8W"\nevidence = "unverified"')
    found = ladder(RULE, head=INCLUDE, measures="", modules=(module,))
    assert found.parts.measures["phq_9"].evidence == "unverified"
    claimed = MEASURE.replace("P4W", "P8W") + 'evidence = "two-sources"\n'
    found = ladder(RULE, head=INCLUDE, measures=claimed, modules=(module,))
    assert found.parts.measures["phq_9"].evidence == "unverified"


def test_a_path_that_does_not_exist_is_refused_by_name() -> None:
    """As every other definition."""
    with pytest.raises(DefinitionError, match="nowhere: 1 fault"):
        read_protocol("nowhere.toml")
