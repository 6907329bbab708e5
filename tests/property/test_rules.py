"""Laws of the rule language, on random well-typed rules."""

from __future__ import annotations

import math
import pickle
import sys
from typing import Any

from hypothesis import assume, example, given, settings, strategies as st

from carecoord.errors import RuleError
from carecoord.rules import Bounds, Expression, Kind, Vocabulary, compile_rules, parse
from carecoord.rules._compile import compile_positional
from carecoord.rules._nodes import asked, children, facts_of
from carecoord.testing import expressions, facts, vocabularies


def same(a: Any, b: Any) -> bool:
    """Say whether two values are the same, type included."""
    return type(a) is type(b) and a == b


@settings(max_examples=400)
@given(st.data())
def test_compiled_equals_interpreted(data: st.DataObject) -> None:
    """The compiled function gives the interpreter's value and type, whatever is unknown."""
    words = data.draw(vocabularies())
    rule = data.draw(expressions(words))
    row = data.draw(facts(words))
    wanted = rule.evaluate(row)
    assert same(rule.compile()(row), wanted), rule


@settings(max_examples=400)
@given(st.data())
def test_a_function_of_promised_facts_equals_interpreted(data: st.DataObject) -> None:
    """Promising that facts are known changes the function and not its values."""
    words = data.draw(vocabularies())
    rules = data.draw(st.lists(expressions(words), min_size=1, max_size=4))
    row = data.draw(facts(words))
    known = [name for name, value in row.items() if value is not None]
    promised = data.draw(st.sets(st.sampled_from(known))) if known else set()
    names = facts_of(*(rule.node for rule in rules))
    run = compile_positional([rule.node for rule in rules], names, known=promised)
    wanted = [rule.evaluate(row) for rule in rules]
    assert all(map(same, run(*(row.get(name) for name in names)), wanted))


@given(st.data())
def test_rules_compiled_together_give_what_each_gives(data: st.DataObject) -> None:
    """Sharing parts between rules changes nothing."""
    words = data.draw(vocabularies())
    rules = data.draw(st.lists(expressions(words), min_size=1, max_size=4))
    row = data.draw(facts(words))
    assert all(map(same, compile_rules(rules)(row), [rule.evaluate(row) for rule in rules]))


@settings(max_examples=400)
@given(st.data())
def test_printing_and_parsing_round_trip(data: st.DataObject) -> None:
    """A rule that loads prints as text that reads into the same rule."""
    words = data.draw(vocabularies())
    rule = data.draw(expressions(words))
    try:
        read = parse(str(rule), words)
    except RuleError as refused:
        assume("can never be true" in str(refused) or "beyond" in str(refused) or "divides" in str(refused))
        return
    assert read == rule, str(rule)
    assert hash(read) == hash(rule)
    assert str(read) == str(rule)


def inside(value: Any, found: Bounds) -> bool:
    """Say whether a value is one that bounds allow."""
    if value is None:
        return found.unknown
    if not found.known:
        return False
    if isinstance(value, bool | str):
        return found.choices is None or value in found.choices
    slack = 1e-9 * max(1.0, abs(value))
    fits = found.low - slack <= value <= found.high + slack
    return fits and (not found.whole or float(value).is_integer())


@settings(max_examples=400)
@given(st.data())
def test_bounds_hold_every_value(data: st.DataObject) -> None:
    """What a rule gives lies within its range, and within its bounds when some facts are only partly known."""
    words = data.draw(vocabularies())
    rule = data.draw(expressions(words))
    row = data.draw(facts(words))
    value = rule.evaluate(row)
    assert inside(value, rule.bounds({})), rule
    hidden = data.draw(st.sets(st.sampled_from(sorted(row))))
    partial = {name: one for name, one in row.items() if name not in hidden}
    found = rule.bounds(partial)
    assert inside(value, found), rule
    certain = found.certain
    if isinstance(certain, int | float):
        assert certain == value or math.isclose(certain, value)
    elif certain is not None:
        assert certain == value


@given(st.data())
def test_bounds_of_known_facts_are_the_value(data: st.DataObject) -> None:
    """With every fact known a yes/no or a text is settled, and it is what the rule gives."""
    words = data.draw(vocabularies())
    rule = data.draw(expressions(words, type="yes/no"))
    row = data.draw(facts(words, missing=False))
    found = rule.bounds(row)
    assert rule.evaluate(row) in found.values


@given(st.data())
def test_what_partial_facts_decide_completions_decide_alike(data: st.DataObject) -> None:
    """Kleene: a yes/no decided while facts are unknown stays so when they come in, without `known` and `coalesce`."""
    words = data.draw(vocabularies())
    rule = data.draw(expressions(words, type="yes/no"))
    text = str(rule)
    counted = ("known(", "coalesce(", "missing(", "answered(", "prorate(")
    assume(not any(word in text for word in counted))
    whole = data.draw(facts(words, missing=False))
    hidden = data.draw(st.sets(st.sampled_from(sorted(whole))))
    early = rule.evaluate({name: value for name, value in whole.items() if name not in hidden})
    if early is not None:
        assert rule.evaluate(whole) is early


@settings(max_examples=200)
@given(st.data())
def test_an_explanation_never_fails_and_says_the_value(data: st.DataObject) -> None:
    """Every rule explains itself over any row, as a tree with the rule's value at its root."""
    words = data.draw(vocabularies())
    rule = data.draw(expressions(words))
    row = data.draw(facts(words))
    told = rule.explain(row)
    assert same(told.value, rule.evaluate(row))
    assert str(told)
    assert told.tree().splitlines()[0].startswith(str(rule))


@given(st.data())
def test_rules_are_values(data: st.DataObject) -> None:
    """A rule pickles, compares and hashes, and names each fact it needs once."""
    words = data.draw(vocabularies())
    rule = data.draw(expressions(words))
    again = pickle.loads(pickle.dumps(rule))  # noqa: S301 - written a moment ago
    assert again == rule
    assert len(rule.names) == len(set(rule.names))
    row = data.draw(facts(words))
    assert same(again.evaluate({name: row.get(name) for name in rule.names}), rule.evaluate(row))


@settings(max_examples=1000)
@given(st.text() | st.text("ab1.()[]+-*/<>=!, '\"andornotifelseinyes \n\t_", max_size=80))
@example("(" * 5000)
@example("not " * 1300)
@example("a if a else " * 300 + "a")
@example("\x00")
@example("'" + chr(0xD800) + "'")
@example("9" * 4000)
@example("9**9**9**9")
@example("a.b.c.d.e.f.g.h.i.j")
@example("a.__class__.__mro__")
@example("[a] * 1000")
@example("\uff41 >= 1")
@example("1if 1else 2")
@example("'a' 'b' == 'ab'")
@example("yield a")
@example("a := 1")
@example("*a")
@example("a<b<" * 900 + "c")
def test_no_text_raises_anything_but_our_error(text: str) -> None:
    """Whatever is given as a rule is read or refused with its column."""
    found = read_or_refused(text, vocabulary_of_two())
    if isinstance(found, RuleError):
        assert found.column >= 1
        assert len(found.text) <= 200
    else:
        assert str(found)


def read_or_refused(text: str, words: Vocabulary) -> Expression | RuleError:
    """Give the rule, or the error that refuses it; anything else is raised."""
    try:
        return parse(text, words)
    except RuleError as error:
        return error


def vocabulary_of_two() -> Vocabulary:
    """Make a small vocabulary: a number with a plain name, and one with a dot."""
    return Vocabulary(names={"a": Kind.number(0, 3, whole=True), "b.c": Kind.number(0, 10)}, lists={"l": ("a", "b.c")})


@given(st.integers(0, 49))
def test_hostile_depth_is_refused_from_a_deep_stack(depth: int) -> None:
    """Reading, printing and evaluating the deepest rule allowed fits in what is left of a used-up stack."""
    text = "-(" * depth + "a" + ")" * depth

    def down(levels: int) -> Any:
        if levels:
            return down(levels - 1)
        try:
            rule = parse(text, vocabulary_of_two())
        except RuleError:
            return None
        return rule.evaluate({"a": 1}), str(rule), rule.compile()({"a": 1})

    assert down(max(0, sys.getrecursionlimit() - 700)) is not False


@settings(max_examples=300)
@given(st.data())
def test_a_mutated_rule_is_read_or_refused(data: st.DataObject) -> None:
    """Changing characters of a good rule gives another rule or our error."""
    words = data.draw(vocabularies())
    text = list(str(data.draw(expressions(words))))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text) - 1))
        text[at] = data.draw(st.sampled_from("()[]<>=!+-*/.,'\"0129aqn_ \\"))
    try:
        rule = parse("".join(text), words)
    except RuleError:
        return
    rule.evaluate({})


@given(st.data())
def test_names_cover_all_that_is_read(data: st.DataObject) -> None:
    """A rule's names are the names of its nodes, and whether skippable items were asked where that counts."""
    words = data.draw(vocabularies())
    rule = data.draw(expressions(words))
    seen: set[str] = set()
    waiting = [rule.node]
    while waiting:
        node = waiting.pop()
        waiting.extend(children(node))
        if type(node).__name__ == "Name":
            seen |= {node.id, asked(node)}  # type: ignore[union-attr, arg-type]
    assert set(rule.names) <= seen
