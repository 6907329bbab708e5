"""Two more laws of the whole catalogue: rules for blanks do nothing without them; definitions survive a round trip."""

from __future__ import annotations

import json
import pickle
import tomllib
from random import Random

import attrs
import pytest

from carecoord._definitions import structure, unstructure
from carecoord.rules import Expression
from carecoord.rules._nodes import (
    And,
    Arithmetic,
    Call,
    Choice,
    Comparison,
    Constant,
    Defined,
    Given,
    Lookup,
    Member,
    Name,
    Negative,
    Node,
    Not,
    Or,
)
from carecoord.scoring import instrument, instruments, score
from carecoord.scoring._catalogue import FOLDER
from carecoord.scoring._examples import given_answers
from carecoord.scoring._format import DefinitionFile, expand
from carecoord.scoring._load import load
from tests.scoring.forms import full_form

FORMS = 25


def without_blanks(node: Node) -> Node:
    """Write a rule without anything that only matters where an answer is missing: `prorate` is `sum`, and so on."""
    match node:
        case Constant() | Name():
            return node
        case Call(function="coalesce", arguments=arguments):
            return without_blanks(arguments[0])
        case Call(function=function, arguments=arguments):
            plain = "sum" if function == "prorate" else function
            return Call(plain, tuple(map(without_blanks, arguments)))
        case Given(value=value):
            return without_blanks(value)
        case Defined(name=name, body=body):
            return Defined(name, without_blanks(body))
        case And(parts=parts) | Or(parts=parts):
            return attrs.evolve(node, parts=tuple(map(without_blanks, parts)))
        case Negative(value=value) | Not(value=value) | Member(value=value) | Lookup(value=value):
            return attrs.evolve(node, value=without_blanks(value))
        case Arithmetic(left=left, right=right) | Comparison(left=left, right=right):
            return attrs.evolve(node, left=without_blanks(left), right=without_blanks(right))
        case Choice(condition=condition, then=then, otherwise=otherwise):
            return Choice(without_blanks(condition), without_blanks(then), without_blanks(otherwise))


@pytest.mark.parametrize("name", instruments())
def test_nothing_missing_is_nothing_prorated(name: str) -> None:
    """Where every item is answered, each score is what its rule gives without its treatment of blanks."""
    it, chance = instrument(name), Random(1)  # noqa: S311 - the same forms every time
    plain = {one.id: Expression(without_blanks(one.value.node)) for one in it.scores}
    for _ in range(FORMS):
        result = score(it, full_form(it, chance))
        if None in result.item_scores.values():
            continue
        for one in it.scores:
            given = result[one.id].category if one.range is None else result[one.id].value
            if one.needs is not None and one.needs.evaluate(result.facts) is not True:
                continue
            assert plain[one.id].evaluate(result.facts) == pytest.approx(given, abs=1e-12), one.id


@pytest.mark.parametrize("name", instruments())
def test_definitions_survive_a_round_trip(name: str) -> None:
    """From TOML through the reader's classes and JSON and back, a definition scores every example as before."""
    data = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    file = structure(expand(data, name), DefinitionFile, name=name)
    written = json.loads(json.dumps(unstructure(file)))
    again = load(written, name)
    assert unstructure(structure(written, DefinitionFile, name=name)) == unstructure(file)
    assert load(data, name) == instrument(name)
    for example in again.examples:
        answers = given_answers(again, example)
        one, other = (score(it, answers, respondent=example.context) for it in (instrument(name), again))
        assert (one.row, one.item_scores, one.flags) == (other.row, other.item_scores, other.flags)


@pytest.mark.parametrize("name", instruments())
def test_instruments_and_results_survive_pickling(name: str) -> None:
    """A result goes to another process with its instrument, and says the same there."""
    result = score(name, [None] * len(instrument(name).items))
    again = pickle.loads(pickle.dumps(result))  # noqa: S301 - our own
    assert again == result
    assert again.instrument == instrument(name)
    assert again.explain() == result.explain()
