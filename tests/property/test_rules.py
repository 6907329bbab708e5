"""Laws of the rule language, on random rules over random facts."""

from __future__ import annotations

import contextlib
import inspect
import pickle
import sys
from datetime import date
from typing import Any

import pytest
from hypothesis import example, given, settings, strategies as st

from carecoord.errors import RuleError
from carecoord.rules import Bounds, Expression, Kind, Vocabulary, compile_rules, parse
from carecoord.rules._compile import compile_positional
from carecoord.rules._nodes import Name, Node, asked, children, facts_of
from carecoord.rules._parse import MOST_PARTS
from carecoord.testing import expressions, facts, rule_texts, vocabularies
from carecoord.testing._rules import values

many = settings(max_examples=300)


def identical(left: Any, right: Any) -> bool:
    """Say whether two results are the same value of the same type."""
    return type(left) is type(right) and left == right


def contains(bounds: Bounds, value: Any) -> bool:
    """Say whether a value is one of those that bounds allow."""
    if value is None:
        return bounds.unknown
    if not bounds.known:
        return False
    if isinstance(value, bool | str):
        return bounds.choices is None or value in bounds.choices
    number = value.toordinal() if isinstance(value, date) else value
    return bounds.low <= number <= bounds.high and (not bounds.whole or float(number).is_integer())


@st.composite
def partly_known(draw: st.DrawFn, vocabulary: Vocabulary) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give what is known of a row of facts, and one row that it may turn out to be."""
    whole = draw(facts(vocabulary, missing=draw(st.sampled_from((0, 0.2, 0.6)))))
    partial: dict[str, Any] = {}
    for name in [*vocabulary.names, *(name for name in whole if name.startswith("asked("))]:
        value = whole.get(name)
        kind = vocabulary.names.get(name, Kind.YES_NO)
        how = draw(st.sampled_from(("known", "known", "open", "bounds")))
        if how == "known":
            partial[name] = value
        elif how == "bounds":
            partial[name] = draw(around(kind, value))
    for name, kind in vocabulary.names.items():
        if name in partial and kind.skippable and asked(Name(name, kind)) not in partial:
            partial[asked(Name(name, kind))] = whole.get(asked(Name(name, kind)))
    return partial, whole


@st.composite
def around(draw: st.DrawFn, kind: Kind, value: Any) -> Bounds:
    """Give bounds that hold a value and perhaps more."""
    unknown = value is None or draw(st.booleans())
    if value is None and draw(st.booleans()):
        return Bounds.exactly(None)
    if kind.type in ("text", "yes/no"):
        more = draw(st.frozensets(values(kind), max_size=2))
        more = more if value is None else more | {value}
        return Bounds(kind.type, choices=more, known=bool(more), unknown=unknown)
    if kind.type == "date":
        return (
            Bounds("date", unknown=unknown)
            if value is None
            else Bounds("date", value.toordinal() - 3, value.toordinal())
        )
    ends = [one for one in (value, draw(values(kind)), draw(values(kind))) if one is not None]
    whole = kind.whole and all(float(end).is_integer() for end in ends)
    return Bounds(kind.type, min(ends), max(ends), whole=whole, unknown=unknown)


@many
@given(st.data())
def test_compiled_equals_interpreted(data: st.DataObject) -> None:
    """Several rules at once give the same values of the same types either way, whatever is missing."""
    words = data.draw(vocabularies())
    rules = data.draw(st.lists(expressions(words, needs=True), min_size=1, max_size=3))
    run = compile_rules(rules)
    for _ in range(4):
        row = data.draw(facts(words))
        expected = tuple(rule.evaluate(row) for rule in rules)
        assert all(map(identical, run(row), expected)), (run(row), expected)
        assert identical(rules[0].compile()(row), expected[0])


@many
@given(st.data())
def test_compiled_with_promises_equals_interpreted(data: st.DataObject) -> None:
    """A function that is promised some facts gives the same values, wherever the promise is kept."""
    words = data.draw(vocabularies())
    rule = data.draw(expressions(words, needs=True))
    names = facts_of(rule.node)
    known = data.draw(st.sets(st.sampled_from(names))) if names else set()
    run = compile_positional([rule.node], names, known=known)
    for _ in range(4):
        row = {
            **data.draw(facts(words)),
            **{name: data.draw(values(words.names[name])) for name in known & set(words.names)},
        }
        row |= {name: data.draw(st.booleans()) for name in known - set(words.names)}
        assert identical(run(*(row.get(name) for name in names))[0], rule.evaluate(row))


@many
@given(st.data())
def test_bounds_hold_every_completion(data: st.DataObject) -> None:
    """Whatever the facts turn out to be, the value lies within the bounds, and what is certain is so."""
    words = data.draw(vocabularies())
    rule = data.draw(expressions(words, needs=True))
    partial, whole = data.draw(partly_known(words))
    found, value = rule.bounds(partial), rule.evaluate(whole)
    assert contains(found, value), (found, value)
    assert found.certain is None or found.certain == value
    assert contains(rule.bounds({}), value)


@many
@given(st.data())
def test_bounds_of_known_facts_are_the_value(data: st.DataObject) -> None:
    """With every fact settled, known or not, a rule that does not share its facts among branches is settled too."""
    words = data.draw(vocabularies())
    rule = data.draw(expressions(words, needs=True))
    row = data.draw(facts(words))
    settled = {name: row.get(name) for name in facts_of(rule.node)}
    found, value = rule.bounds(settled), rule.evaluate(row)
    assert found.certain == value
    assert (value is None) == (not found.known)


@many
@given(st.data())
def test_a_rule_reads_back_from_its_own_text(data: st.DataObject) -> None:
    """Printing and parsing round-trip, and what is printed twice is printed alike."""
    words = data.draw(vocabularies())
    rule = data.draw(expressions(words))
    again = parse(str(rule), words)
    assert again == rule
    assert hash(again) == hash(rule)
    assert str(again) == str(rule)


@many
@given(st.data())
def test_a_text_reads_into_a_rule_that_prints_and_reads_the_same(data: st.DataObject) -> None:
    """However a rule is spaced, bracketed, quoted and chained, its printed form means the same."""
    words = data.draw(vocabularies())
    rule = parse(data.draw(rule_texts(words)), words)
    assert parse(str(rule), words) == rule
    row = data.draw(facts(words))
    assert identical(parse(str(rule), words).evaluate(row), rule.evaluate(row))


@many
@given(st.data())
def test_explanations_never_fail_and_begin_with_the_value(data: st.DataObject) -> None:
    """A rule explains any row; the root of the explanation has the rule's own value and text."""
    words = data.draw(vocabularies())
    rule = data.draw(expressions(words, needs=True))
    row = data.draw(facts(words))
    why = rule.explain(row)
    assert rule.sentence(row) == str(why)
    assert identical(why.value, rule.evaluate(row))
    assert why.text == str(rule)
    assert why.sentence == str(why) != ""
    assert why.tree().startswith(f"{why.text}: ")


@given(st.data())
def test_a_rule_survives_pickling(data: st.DataObject) -> None:
    """A rule comes back equal, with the same hash, and works."""
    words = data.draw(vocabularies())
    rule = data.draw(expressions(words, needs=True))
    row = data.draw(facts(words))
    value = rule.evaluate(row)
    back = pickle.loads(pickle.dumps(rule))  # noqa: S301 - our own bytes
    assert (back, hash(back), back.names) == (rule, hash(rule), rule.names)
    assert identical(back.evaluate(row), value)


@given(st.data())
def test_a_rule_rests_on_the_facts_it_names(data: st.DataObject) -> None:
    """What is not among a rule's names can be anything without changing it."""
    words = data.draw(vocabularies())
    rule = data.draw(expressions(words, needs=True))
    row, other = data.draw(facts(words)), data.draw(facts(words))
    mixed = {**other, **{name: row.get(name) for name in rule.names}}
    assert identical(rule.evaluate(mixed), rule.evaluate(row))


@given(st.data())
def test_what_a_rule_can_give_lies_in_its_kind(data: st.DataObject) -> None:
    """`kind` and `range` hold for every row."""
    words = data.draw(vocabularies())
    rule = data.draw(expressions(words, needs=True))
    value = rule.evaluate(data.draw(facts(words)))
    assert rule.kind.type == rule.type
    assert value is None or contains(rule.kind.known, value)
    assert (rule.range is None) == (rule.type not in ("number", "time"))
    if rule.range and value is not None:
        assert rule.range[0] <= value <= rule.range[1]


def strictly_less(known: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """Give the facts of one row, and of another where the first has none."""
    return {**more, **{name: value for name, value in known.items() if value is not None}}


@given(st.data())
def test_logic_is_monotone(data: st.DataObject) -> None:
    """Without `known`, `coalesce` and the counts of gaps, what is decided stays decided when more becomes known."""
    words = data.draw(vocabularies())
    rule = data.draw(expressions(words, needs=True))
    if any(counts_gaps(part) for part in walk(rule.node)):
        return
    row = data.draw(facts(words, missing=0.6))
    value = rule.evaluate(row)
    fuller = strictly_less(row, data.draw(facts(words, missing=0)))
    assert value is None or identical(rule.evaluate(fuller), value)


def walk(node: Node) -> list[Node]:
    """Give a node and all below it."""
    return [node, *(part for child in children(node) for part in walk(child))]


def counts_gaps(node: Node) -> bool:
    """Say whether a part looks at what is known, not only at values."""
    function = getattr(node, "function", "")
    return function in ("known", "coalesce", "answered", "missing", "prorate") or getattr(node, "known", False)


# whatever is read

SMALL = Vocabulary(
    names={
        "q1": Kind.number(0, 3, whole=True),
        "q2": Kind.number(0, 3, whole=True, skippable=True),
        "phq_9.total": Kind.number(0, 27, whole=True),
        "sex": Kind.choice(("female", "male")),
        "yes_no": Kind.YES_NO,
        "up": Kind.TIME,
        "day": Kind.DATE,
    },
    lists={"items": ("q1", "q2"), "nothing": (), "lost": ("q3",)},
    tables={"t": ((0, 1), (1, 2)), "words": ((0, "low"),), "empty": ()},
    functions={"held": lambda call: Kind.number(0, call.count)},
)


def read_or_refused(text: str) -> Expression | RuleError:
    """Read a rule, or give the error that refuses it."""
    try:
        return parse(text, SMALL)
    except RuleError as refused:
        return refused


PIECES = """
( ( ( ) ) ) [ ] , , = == != < <= > >= + - * / and or not if else in is lambda for await yield None True yes 0 1 2.5
.5 1. 007 1e5 0x1 1_0 1j 'female' "x" f'{q1}' b'x' 'a''b' "" q1 q2 q9 phq_9.total sex yes_no up day items nothing
lost t words empty sum mean count any all known coalesce round clip lookup code missing prorate minutes_between held
**q1 := : ; \\ \0 \ud800 \u00e9 \uff51 q\u00b2 # ... @ % ** // ~ ^ | & {} '\\n' import __class__ q1.__class__ ().x
"""
TOKENS = st.sampled_from([*PIECES.split(), "\n", "\t", "\x0b", "\u2028", "'\t'"])
SOUPS = st.lists(TOKENS, max_size=40).map(" ".join) | st.lists(TOKENS, max_size=40).map("".join)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """Give a text that was a rule before some of it was lost, doubled, moved or replaced."""
    text = draw(rule_texts(SMALL))
    for _ in range(draw(st.integers(1, 4))):
        start, end = sorted(draw(st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))))
        piece = text[start:end]
        text = draw(st.sampled_from((text[:start] + text[end:], text[:end] + piece + text[end:], piece,
                                     text[:start] + draw(TOKENS) + text[end:])))  # fmt: skip
    return text


@settings(max_examples=1000)
@given(st.text() | st.text(alphabet="q12()[]+-*/<>=!., '\"\nandorif") | SOUPS | mutated())
@example("q1 = 1")
@example("(" * 5000)
@example("not " * 1300)
@example("9" * 4000)
@example("9**9**9**9")
@example("q1.a.b.c.d.e.f.g.h")
@example("\uff51\uff11 >= 1")
@example("1if 1else 2")
@example("'a' 'b' == sex")
@example("u'female' == sex")
@example("any([known(q1), yes_no])")
@example("q1<" * 900 + "q1")
@example("(q1 := 1)")
@example("held(**1)")
@example("held(q1, a=1, a=2)")
def test_no_text_raises_anything_but_our_error(text: str) -> None:
    """Any text is a rule, or refused with its column; a rule works, explains itself and fits its limits."""
    rule = read_or_refused(text)
    if isinstance(rule, RuleError):
        assert 1 <= rule.column <= len(text) + 1
        assert rule.message
        assert len(rule.text) <= 200
        return
    assert rule.node.size <= MOST_PARTS
    assert identical(rule.compile()({}), rule.evaluate({}))
    assert rule.explain({"q1": 1}).value == rule.evaluate({"q1": 1})
    assert parse(str(rule), SMALL) == rule


def down(levels: int, text: str) -> object:
    """Read, print, evaluate, bound, explain and compile a rule, so many calls further down the stack."""
    if levels:
        return down(levels - 1, text)
    rule = parse(text, SMALL)
    return str(rule), rule.evaluate({}), rule.bounds({}), str(rule.explain({})), rule.compile()({})


DEEP = st.sampled_from(
    (
        "-(" * 40 + "q1" + ")" * 40,
        "not (" * 40 + "yes_no" + ")" * 40,
        "q1 if yes_no else " * 45 + "q2",
        "min(" * 45 + "q1" + ")" * 45,
        "count(yes_no, 0 < " * 24 + "q1" + ")" * 24,
        " + ".join(["q1"] * 49),
    )
)


@given(DEEP, st.integers(0, 900))
def test_a_deep_rule_is_read_or_refused_from_a_deep_stack(text: str, levels: int) -> None:
    """What is left of the stack decides whether a rule is read, never whether reading it ends in our error."""
    left = sys.getrecursionlimit() - len(inspect.stack()) - 30
    if levels <= left - 600:
        assert down(levels, text)
        return
    with contextlib.suppress(RuleError):
        read_from(min(levels, left - 10), text)


def read_from(levels: int, text: str) -> Expression:
    """Read a rule, so many calls further down the stack."""
    return read_from(levels - 1, text) if levels else parse(text, SMALL)


@given(st.data())
def test_strategies_give_rules_that_would_load(data: st.DataObject) -> None:
    """Every generated rule is within what a definition may say; a vocabulary without the type is refused."""
    words = data.draw(vocabularies())
    rule = data.draw(expressions(words))
    assert isinstance(rule, Expression)
    assert set(rule.names) <= set(words.names) | {f"asked({name})" for name in words.names}
    assert set(data.draw(facts(words, missing=0))) >= {name for name in words.names if not name.startswith("code(")}


@given(st.data())
def test_a_type_without_names_or_constants_is_refused(data: st.DataObject) -> None:
    """There is no rule that gives a date where no fact is one."""
    words = Vocabulary(names={"q1": Kind.number(0, 3, whole=True)})
    with pytest.raises(ValueError, match="no name of type date"):
        data.draw(expressions(words, type="date"))
