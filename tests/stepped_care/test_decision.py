from __future__ import annotations

import itertools
from datetime import date, datetime

import pytest

from carecoord._definitions import structure, unstructure
from carecoord.errors import DefinitionError
from carecoord.roles import Member, Team, matrix
from carecoord.stepped_care import (
    Assessment,
    Decision,
    Enrolment,
    Episode,
    HeldBack,
    Outcome,
    Protocol,
    RecordedFact,
    decide,
    facts,
    protocol,
)
from tests.stepped_care.builders import HEAD, MEASURE, STEPS, decided, history, ladder, pickled, when

THREE = STEPS + '[[steps]]\nid = "drug"\nintensity = 3\n[[steps]]\nid = "therapy"\nintensity = 3\n'
GAD = MEASURE + '[measures.gad_7]\ninstrument = "gad-7"\nbaseline = "start"\n'
STARTED = "2026-01-05 start\n2026-01-05 phq_9 total={} q9=0"
ALERT = '[[alerts]]\nid = "item-9"\nwhen = "unanswered(phq_9.q9 >= 1, risk_assessment)"\nurgency = "same-day"\n'
FACTS = """
[facts]
problem = { values = ["anxiety", "trauma", "mood"] }
marked = { type = "yes/no" }
age = { type = "number", range = [0, 120] }
"""


def rule(identifier: str, when_: str, then: str, **more: str) -> str:
    """Write a rule; `then` is a move, or a step with `>` before it."""
    leads = f'to = "{then[1:]}"' if then.startswith(">") else f'then = "{then}"'
    options = "".join(f"{name} = {value}\n" for name, value in more.items())
    return f'[[rules]]\nid = "{identifier}"\nwhen = "{when_}"\n{leads}\n{options}'


def outcome(decision: Decision) -> tuple[str, str | None, str | None]:
    """Give what most tests look at."""
    return decision.move, decision.to_step, decision.rule


def test_the_first_rule_that_holds_wins() -> None:
    """In the order of the file."""
    protocol = ladder(
        rule("a", "phq_9.total >= 20", "refer") + rule("b", "phq_9.total >= 10", ">high") + rule("c", "yes", "stay")
    )
    assert outcome(decided(protocol, STARTED.format(20), "2026-01-05")) == ("refer", None, "a")
    assert outcome(decided(protocol, STARTED.format(19), "2026-01-05")) == ("step-up", "high", "b")
    assert outcome(decided(protocol, STARTED.format(9), "2026-01-05")) == ("stay", None, "c")


@pytest.mark.parametrize(
    ("start", "to", "move"),
    [
        ("low", '"high"', "step-up"),
        ("high", '"low"', "step-down"),
        ("drug", '"therapy"', "switch"),
        ("drug", '"high"', "step-down"),
    ],
)
def test_the_move_follows_from_the_heights_of_the_steps(start: str, to: str, move: str) -> None:
    """Up, down, or across; from outside it is to enter."""
    found = ladder(f'[[rules]]\nid = "r"\nin = "*"\nwhen = "yes"\nto = {to}\n', steps=THREE)
    decision = decided(found, f"2026-01-05 start {start}", "2026-01-05")
    assert (decision.move, decision.from_step, decision.to_step) == (move, start, to.strip('"'))
    assert outcome(decided(found, "", "2026-01-05")) == ("enter", to.strip('"'), "r")


def test_alternatives_are_for_the_person_to_choose() -> None:
    """Several steps of one height: no single step is named."""
    found = ladder('[[rules]]\nid = "r"\nwhen = "yes"\nto = ["therapy", "drug"]\n', steps=THREE)
    decision = decided(found, "2026-01-05 start", "2026-01-05")
    assert (decision.move, decision.to_step, decision.alternatives) == ("step-up", None, ("therapy", "drug"))
    assert outcome(decided(found, "2026-01-05 start drug", "2026-01-05")) == ("review", None, None)


def test_a_table_leads_elsewhere_from_each_step() -> None:
    """One rule can go round."""
    found = ladder('[[rules]]\nid = "r"\nwhen = "yes"\nto = { low = "high", high = "low" }\n')
    assert outcome(decided(found, "2026-01-05 start low", "2026-01-05")) == ("step-up", "high", "r")
    assert outcome(decided(found, "2026-01-05 start high", "2026-01-05")) == ("step-down", "low", "r")


def test_a_rule_that_leads_where_the_person_is_does_not_apply_unless_it_says_so() -> None:
    """With `stay_if_there` it means to stay."""
    two = rule("b", "yes", "refer")
    assert outcome(decided(ladder(rule("a", "yes", ">low") + two), "2026-01-05 start", "2026-01-05"))[2] == "b"
    there = ladder(rule("a", "yes", ">low", stay_if_there="true", do='["go on"]') + two)
    decision = decided(there, "2026-01-05 start", "2026-01-05")
    assert (outcome(decision), decision.do) == (("stay", None, "a"), ("go on",))


@pytest.mark.parametrize(
    ("place", "outside", "low", "high"),
    [
        (None, None, "r", "r"),
        ('"*"', "r", "r", "r"),
        ('"outside"', "r", None, None),
        ('"high"', None, None, "r"),
        ('["outside", "low"]', "r", "r", None),
    ],
)
def test_a_rule_belongs_to_steps(place: str | None, outside: str | None, low: str | None, high: str | None) -> None:
    """One, several, all and outside; left out, every step."""
    more = {"in": place} if place else {}
    found = ladder(rule("r", "yes", "stay", **more))
    rules = [decided(found, lines, "2026-01-05").rule for lines in ("", "2026-01-05 start", "2026-01-05 start high")]
    assert rules == [outside, low, high]


def test_no_rule_holds_and_none_is_unknown() -> None:
    """A person decides: there is nothing to ask for and no silent default."""
    decision = decided(ladder(rule("a", "phq_9.total >= 20", ">high")), STARTED.format(5), "2026-01-05")
    assert (decision.move, decision.rule, decision.missing) == ("review", None, ())


class TestUnknown:
    """What it means when nobody can say whether a rule holds."""

    ASK = FACTS + rule("a", "marked", ">high") + rule("b", "yes", "stay")

    def test_ask_is_the_default(self) -> None:
        """The first unknown rule is named, what to get, and where the answers could lead."""
        decision = decided(ladder(self.ASK), "2026-01-05 start", "2026-01-05")
        assert (decision.move, decision.rule, decision.missing) == ("ask", "a", ("marked",))
        assert decision.possible == (Outcome("step-up", ("high",)), Outcome("stay"))
        assert not decision.provisional

    @pytest.mark.parametrize(("marked", "move"), [("yes", "step-up"), ("no", "stay")])
    def test_an_answer_settles_it(self, marked: str, move: str) -> None:
        """Known facts give a move, and nothing is asked."""
        decision = decided(ladder(self.ASK), f"2026-01-05 start\n2026-01-05 marked={marked}", "2026-01-05")
        assert (decision.move, decision.missing, decision.possible) == (move, (), ())

    def test_nothing_is_waiting_where_the_outcome_is_the_same(self) -> None:
        """Severe and marked is high intensity whichever problem it is."""
        found = ladder(
            FACTS
            + rule("a", "problem == 'trauma'", ">high")
            + rule("b", "phq_9.total >= 20", ">high")
            + rule("c", "yes", "stay")
        )
        decision = decided(found, STARTED.format(20), "2026-01-05")
        assert (outcome(decision), decision.missing) == (("step-up", "high", "b"), ())
        assert decided(found, STARTED.format(19), "2026-01-05").missing == ("problem",)

    def test_the_same_step_with_something_else_to_do_is_another_outcome(self) -> None:
        """What is to be done counts."""
        found = ladder(FACTS + rule("a", "marked", ">high", do='["call"]') + rule("b", "yes", ">high"))
        assert decided(found, "2026-01-05 start", "2026-01-05").move == "ask"

    def test_every_answer_leads_to_the_same_move(self) -> None:
        """Two unknown rules lead elsewhere one by one, and wherever an answer falls the winner's outcome comes out."""
        found = ladder(
            FACTS + rule("a", "problem == 'trauma' and problem == 'mood'", ">high") + rule("b", "yes", "stay")
        )
        decision = decided(found, "2026-01-05 start", "2026-01-05")
        assert (decision.move, decision.rule, decision.missing) == ("stay", "b", ())

    def test_the_search_goes_through_the_scores_behind_a_difference(self) -> None:
        """A rise of five over a baseline of 25 cannot be, whatever the score that is asked for."""
        found = ladder(
            rule("a", "phq_9.total.improvement <= -5 and phq_9.total >= 20", ">high") + rule("b", "yes", "stay")
        )
        assert decided(found, STARTED.format(25), "2026-03-05").move == "stay"
        assert decided(found, STARTED.format(22), "2026-03-05").move == "ask"

    def test_thresholds_on_numbers_without_a_grid(self) -> None:
        """One number for each class that the thresholds tell apart is enough."""
        never = ladder(FACTS + rule("a", "age > 60 and age < 60", ">high") + rule("b", "yes", "stay"))
        assert decided(never, "2026-01-05 start", "2026-01-05").move == "stay"
        between = ladder(FACTS + rule("a", "age > 10 and age < 10.5", ">high") + rule("b", "yes", "stay"))
        assert decided(between, "2026-01-05 start", "2026-01-05").move == "ask"
        beside = rule("b", "yes", "stay") + rule("c", "phq_9.total > 3", "refer")
        other = ladder(FACTS + rule("a", "age > 60 and age < 60", ">high") + beside)
        assert decided(other, "2026-01-05 start", "2026-01-05").move == "stay"
        listed = ladder(FACTS + rule("a", "age in (60, 70) and age < 65", ">high") + rule("b", "yes", "stay"))
        assert decided(listed, "2026-01-05 start", "2026-01-05").move == "ask"
        member = ladder(FACTS + rule("a", "age in (60, 70) and age > 70", ">high") + rule("b", "yes", "stay"))
        assert decided(member, "2026-01-05 start", "2026-01-05").move == "stay"

    @pytest.mark.parametrize(
        ("condition", "move"),
        [
            ("phq_9.total >= 15 and phq_9.total <= 15", "ask"),
            ("phq_9.total > 15 and phq_9.total < 16", "stay"),
            ("phq_9.total > 15 and phq_9.total < 17", "ask"),
            ("phq_9.total >= 27", "ask"),
            ("phq_9.total <= 0", "ask"),
            ("phq_9.total < 5 and phq_9.total > 3", "ask"),
            ("phq_9.total < 4 and phq_9.total > 3", "stay"),
        ],
    )
    def test_thresholds_on_whole_numbers(self, condition: str, move: str) -> None:
        """Below, at and above each, and both ends of the range."""
        found = ladder(rule("a", condition, ">high") + rule("b", "yes", "stay"))
        assert decided(found, "2026-01-05 start", "2026-01-05").move == move

    def test_where_the_answers_cannot_be_gone_through_it_asks(self) -> None:
        """A number that is calculated with, without a grid: ask, and name every outcome that was waited for."""
        found = ladder(FACTS + rule("a", "age * 2 > 60 and age * 2 < 60", ">high") + rule("b", "yes", "stay"))
        decision = decided(found, "2026-01-05 start", "2026-01-05")
        assert (decision.move, decision.possible) == ("ask", (Outcome("step-up", ("high",)), Outcome("stay")))

    def test_yes_or_no_and_categories_are_gone_through(self) -> None:
        """Neither can be two things at once."""
        found = ladder(FACTS + rule("a", "marked and not marked", ">high") + rule("b", "yes", "stay"))
        assert decided(found, "2026-01-05 start", "2026-01-05").move == "stay"
        measures = '[measures.screener]\ninstrument = "cssrs-screener"\n'
        twice = "screener.triage in ('low', 'moderate') and screener.triage in ('moderate', 'high')"
        once = rule("a", f"{twice} and screener.triage != 'moderate'", ">high") + rule("b", "yes", "stay")
        assert decided(ladder(once, measures=measures), "2026-01-05 start", "2026-01-05").move == "stay"
        found = ladder(rule("a", twice, ">high") + rule("b", "yes", "stay"), measures=measures)
        assert decided(found, "2026-01-05 start", "2026-01-05").move == "ask"
        left = Assessment(
            id="2",
            on=date(2026, 1, 5),
            instrument="cssrs-screener",
            scores={"triage": None},
            possible={"triage": ("low", "high")},
        )
        episode = Episode("p", [Enrolment(id="1", on=date(2026, 1, 5), protocol="ladder"), left])
        assert decide(found, episode, on=date(2026, 1, 5)).move == "stay"

    def test_numbers_that_a_record_can_be_are_gone_through(self) -> None:
        """A list of values is a grid of its own."""
        levels = "[facts]\nlevel = { values = [0, 1.5, 2.1] }\n"
        found = ladder(levels + rule("a", "level * 2 > 3 and level * 2 < 4", ">high") + rule("b", "yes", "stay"))
        assert decided(found, "2026-01-05 start", "2026-01-05").move == "stay"

    def test_text_of_any_kind_cannot_be_gone_through(self) -> None:
        """Then it asks."""
        notes = '[facts]\nnote = { type = "text" }\n'
        found = ladder(notes + rule("a", "note == 'x' and note == 'y'", ">high") + rule("b", "yes", "stay"))
        assert decided(found, "2026-01-05 start", "2026-01-05").move == "ask"

    def test_where_an_answer_would_leave_a_rule_unknown_it_asks(self) -> None:
        """A division by the score that is asked for: it may be 0."""
        found = ladder(rule("a", "10 / phq_9.total > 9 and phq_9.total > 5", ">high") + rule("b", "yes", "stay"))
        assert decided(found, "2026-01-05 start", "2026-01-05").move == "stay"
        zero = ladder(rule("a", "10 / phq_9.total > 9 and phq_9.total < 1", ">high") + rule("b", "yes", "stay"))
        assert decided(zero, "2026-01-05 start", "2026-01-05").move == "ask"

    def test_where_the_answers_are_too_many_it_asks(self) -> None:
        """The search is bounded."""
        measures = "".join(f'[measures.m{n}]\ninstrument = "phq-9"\n' for n in range(4))
        impossible = " and ".join(f"m{n}.total > 20 and m{n}.total * 2 < 30" for n in range(4))
        found = ladder(rule("a", impossible, ">high") + rule("b", "yes", "stay"), measures=measures)
        assert decided(found, "2026-01-05 start", "2026-01-05").move == "ask"
        one = ladder(
            rule("a", "m0.total > 20 and m0.total * 2 < 30", ">high") + rule("b", "yes", "stay"), measures=measures
        )
        assert decided(one, "2026-01-05 start", "2026-01-05").move == "stay"

    def test_no_rule_is_known_to_hold(self) -> None:
        """Then it asks even where every answer would lead to one move: nothing has been measured."""
        found = ladder(rule("a", "phq_9.total >= 0", "stay"))
        decision = decided(found, "2026-01-05 start", "2026-01-05")
        assert (decision.move, decision.rule, decision.missing) == ("ask", "a", ("phq_9.total",))

    PASS = FACTS + rule("a", "marked", "refer", unknown='"pass"')

    @pytest.mark.parametrize(
        ("start", "then", "move", "provisional"),
        [
            ("low", ">high", "step-up", True),
            ("low", "stay", "stay", True),
            ("low", "adjust", "adjust", True),
            ("high", ">low", "ask", True),
            ("low", "exit", "ask", True),
        ],
    )
    def test_pass_goes_on_provisionally_and_never_lowers(
        self, start: str, then: str, move: str, provisional: bool
    ) -> None:
        """It may raise or enter, never lower or exit; what is unknown is asked for all the same."""
        decision = decided(ladder(self.PASS + rule("b", "yes", then)), f"2026-01-05 start {start}", "2026-01-05")
        assert (decision.move, decision.provisional, decision.missing) == (move, provisional, ("marked",))
        if move == "ask":
            assert decision.rule == "a"
            assert Outcome("refer") in decision.possible

    def test_pass_enters(self) -> None:
        """From outside too."""
        found = ladder(
            FACTS
            + rule("a", "marked", "refer", unknown='"pass"', **{"in": '"*"'})
            + rule("b", "yes", ">low", **{"in": '"outside"'})
        )
        decision = decided(found, "", "2026-01-05")
        assert (decision.move, decision.provisional) == ("enter", True)

    def test_pass_with_nothing_else_asks(self) -> None:
        """No rule holds and one is unknown, so there is something to ask for."""
        decision = decided(ladder(self.PASS), "2026-01-05 start", "2026-01-05")
        assert (decision.move, decision.rule, decision.missing) == ("ask", "a", ("marked",))

    @pytest.mark.parametrize(("marked", "provisional"), [("", True), ("2026-01-05 marked=yes", False)])
    def test_hold_counts_as_if_it_held(self, marked: str, provisional: bool) -> None:
        """The unknown rule wins and stops, and the decision says that it rests on what is unknown."""
        found = ladder(FACTS + rule("a", "marked", ">high", unknown='"hold"') + rule("b", "yes", "stay"))
        decision = decided(found, f"2026-01-05 start\n{marked}", "2026-01-05")
        assert (outcome(decision), decision.provisional) == (("step-up", "high", "a"), provisional)
        assert decision.missing == (("marked",) if provisional else ())

    def test_hold_does_not_lower(self) -> None:
        """What is unknown never lowers a step, whoever says so."""
        found = ladder(FACTS + rule("a", "marked", "exit", unknown='"hold"') + rule("b", "yes", "stay"))
        decision = decided(found, "2026-01-05 start", "2026-01-05")
        assert (decision.move, decision.rule, decision.missing) == ("ask", "a", ("marked",))

    def test_what_waits_above_a_held_rule_is_asked(self) -> None:
        """A rule that asks comes before one that holds."""
        found = ladder(FACTS + rule("a", "age > 60", "refer") + rule("b", "marked", ">high", unknown='"hold"'))
        decision = decided(found, "2026-01-05 start", "2026-01-05")
        assert (decision.move, decision.rule, decision.missing) == ("ask", "a", ("age",))

    def test_a_rule_may_say_ask(self) -> None:
        """Then what it found unknown is asked for."""
        found = ladder(rule("a", "not known(phq_9.total)", "ask", do='["PHQ-9"]') + rule("b", "yes", "stay"))
        decision = decided(found, "2026-01-05 start", "2026-01-05")
        assert (decision.move, decision.rule, decision.do, decision.missing) == (
            "ask",
            "a",
            ("PHQ-9",),
            ("phq_9.total",),
        )

    @pytest.mark.parametrize(
        ("condition", "missing"),
        [
            ("phq_9.total.percent_improvement >= 50", ("phq_9.total",)),
            ("phq_9.total - at(phq_9.total, step) >= 5", ("phq_9.total",)),
            ("weeks_since(review) > 8", ("review",)),
            ("times(contact, since=review) > 8", ("review",)),
            ("at(phq_9.total, review) > 8", ("review",)),
            ("phq_9.total.previous > 8", ("phq_9.total",)),
            ("at(gad_7.total, start) > 8", ("gad_7.total",)),
            ("worst(gad_7.total, weeks=3) > 8", ("gad_7.total",)),
            ("in_a_row(phq_9.q9 == 0, 1)", ("phq_9.q9",)),
            ("held(phq_9.total < 20, days=1)", ("phq_9.total",)),
            ("marked and problem == 'mood'", ("marked", "problem")),
            ("(marked and problem == 'mood') or age > 60", ("marked", "problem", "age")),
            ("marked if problem == 'mood' else age > 60", ("problem",)),
            ("coalesce(age, weeks_since(review)) > 3", ("age", "review")),
            ("phq_9.total > 3 or (age > 60 and no)", ("phq_9.total",)),
        ],
    )
    def test_what_is_asked_for_is_what_a_person_can_supply(self, condition: str, missing: tuple[str, ...]) -> None:
        """The score behind a difference, the event behind a clock; and only what keeps the rule unknown."""
        found = ladder(FACTS + rule("a", condition, ">high") + rule("b", "yes", "stay"), measures=GAD)
        lines = "2026-01-05 start\n2026-01-05 phq_9 total=16\n2026-01-06 phq_9 total=-"
        decision = decided(found, lines, "2026-01-06")
        assert (decision.move, decision.missing) == ("ask", missing)

    def test_an_event_that_a_baseline_waits_for_is_asked_for(self) -> None:
        """A difference asks for what is unknown of it: here not the score but the event."""
        measures = MEASURE.replace('"start"', '"dose_reached"')
        found = ladder(rule("a", "phq_9.total.improvement >= 5", ">high") + rule("b", "yes", "stay"), measures=measures)
        assert decided(found, STARTED.format(9), "2026-01-05").missing == ("dose_reached",)
        both = decided(found, "2026-01-05 start", "2026-01-05")
        assert both.missing == ("phq_9.total", "dose_reached")

    @pytest.mark.parametrize(
        "condition",
        [
            "phq_9.total.percent_improvement >= 50",
            "phq_9.total - at(phq_9.total, step) >= 5",
            "phq_9.total.worst > phq_9.total",
            "phq_9.total.first > phq_9.total.best",
            "worst(phq_9.total, weeks=4) - phq_9.total >= 5",
        ],
    )
    def test_a_first_score_is_its_own_baseline(self, condition: str) -> None:
        """Before anything was measured no answer can be an improvement, so nothing waits for one."""
        found = ladder(rule("a", condition, ">high") + rule("b", "yes", "stay"))
        assert decided(found, "2026-01-05 start", "2026-01-05").move == "stay"

    def test_the_branch_that_a_condition_chose_is_asked_for(self) -> None:
        """Where the condition is known, the other branch does not matter."""
        found = ladder(
            FACTS + rule("a", "marked if problem == 'mood' else age > 60", ">high") + rule("b", "yes", "stay")
        )
        assert decided(found, "2026-01-05 start\n2026-01-05 problem=mood", "2026-01-05").missing == ("marked",)
        assert decided(found, "2026-01-05 start\n2026-01-05 problem=trauma", "2026-01-05").missing == ("age",)


NEED = """
[facts]
need = { each = ["d1", "d2", "d3"] }
d1 = { values = [0, 1.5, 2.1, 3.5] }
d2 = { values = [0, 1.5, 2.1, 3.5] }
d3 = { values = [0, 1.5, 2.1, 3.5] }
"""


@pytest.mark.parametrize(
    ("ratings", "start", "expected"),
    [
        ((0, 0, 2.1), "low", ("step-up", "high", "high", False, ())),
        ((None, 0, 2.1), "low", ("step-up", "high", "high", False, ())),
        ((0, 0, 0), "high", ("step-down", "low", "low", False, ())),
        ((None, 0, 0), "high", ("ask", None, "low", False, ("d1",))),
        ((None, 3.5, 0), "high", ("stay", None, "high", False, ())),
    ],
)
def test_a_list_of_facts_is_looked_at_together(
    ratings: tuple[float | None, ...], start: str, expected: tuple[object, ...]
) -> None:
    """The highest need sets the level, what was not rated never lowers it."""
    found = ladder(
        NEED
        + rule("high", "any(need >= 2.1)", ">high", stay_if_there="true", unknown='"pass"')
        + rule("low", "all(need < 2.1)", ">low", stay_if_there="true")
    )
    lines = [f"2026-01-05 d{place}={rating}" for place, rating in enumerate(ratings, 1) if rating is not None]
    decision = decided(found, "\n".join([f"2026-01-05 start {start}", *lines]), "2026-01-05")
    assert (decision.move, decision.to_step, decision.rule, decision.provisional, decision.missing)[0] == expected[0]
    assert (decision.to_step, decision.missing) == (expected[1], expected[4])


def kleene(operator: str, a: bool | None, b: bool | None) -> bool | None:
    """Give Kleene's and, or."""
    values = (a, b)
    absorbing = operator == "or"
    return absorbing if absorbing in values else None if None in values else not absorbing


@pytest.mark.parametrize(("a", "b"), [*itertools.product([True, False, None], repeat=2)])
@pytest.mark.parametrize("operator", ["and", "or"])
def test_unknown_matters_only_where_it_can_change_the_outcome(operator: str, a: bool | None, b: bool | None) -> None:
    """The decision asks exactly where Kleene's logic leaves the rule unknown."""
    found = ladder(
        '[facts]\na = { type = "yes/no" }\nb = { type = "yes/no" }\n'
        + rule("r", f"a {operator} b", ">high")
        + rule("s", "yes", "stay")
    )
    records = [
        RecordedFact(id=name, on=date(2026, 1, 5), name=name, value=value)
        for name, value in (("a", a), ("b", b))
        if value is not None
    ]
    episode = Episode("p", [Enrolment(id="e", on=date(2026, 1, 5), protocol="ladder"), *records])
    move = {True: "step-up", False: "stay", None: "ask"}[kleene(operator, a, b)]
    assert decide(found, episode, on=date(2026, 1, 5)).move == move


class TestBounds:
    """A form that was half answered still decides what its answers settle."""

    @staticmethod
    def found() -> Protocol:
        """Give a protocol with its threshold at 15."""
        return ladder(ALERT + rule("a", "phq_9.total >= 15", ">high") + rule("b", "phq_9.total >= 0", "stay"))

    @staticmethod
    def half(low: int, high: int) -> Episode:
        """Give an episode whose latest PHQ-9 lies somewhere from `low` to `high`."""
        return Episode(
            "p",
            [
                Enrolment(id="1", on=date(2026, 1, 5), protocol="ladder"),
                Assessment(
                    id="2",
                    on=date(2026, 1, 5),
                    instrument="phq-9",
                    scores={"total": None},
                    possible={"total": (low, high)},
                    items={"q9": 0},
                ),
            ],
        )

    @pytest.mark.parametrize(
        ("low", "high", "move"), [(17, 23, "step-up"), (15, 21, "step-up"), (14, 20, "ask"), (3, 14, "stay")]
    )
    def test_seventeen_so_far_is_fifteen_and_more(self, low: int, high: int, move: str) -> None:
        """Seventeen with two blanks is at least 15; fourteen with two blanks may be."""
        assert decide(self.found(), self.half(low, high), on=date(2026, 1, 5)).move == move

    def test_bounds_reach_differences_conditions_and_named_rules(self) -> None:
        """A drop of at least three is certain where the most it can be is three below the baseline."""
        body = '[facts]\ndown = "phq_9.total.improvement >= 3"\n' + rule(
            "a", "down and in_a_row(phq_9.total < 15, 1)", ">high"
        )
        found = ladder(body + rule("b", "yes", "stay"))
        before = Assessment(id="0", on=date(2026, 1, 4), instrument="phq-9", scores={"total": 17})
        head = Episode("p", [Enrolment(id="1", on=date(2026, 1, 4), protocol="ladder"), before])
        for high, move in ((14, "step-up"), (15, "ask")):
            episode = head.with_entry(*self.half(9, high).entries[1:])
            assert decide(found, episode, on=date(2026, 1, 5)).move == move

    def test_bounds_of_differences_are_as_whole_as_the_difference(self) -> None:
        """Points are whole where scores are, percent are not; without a baseline there are none."""
        body = rule("a", "phq_9.total.improvement == 3 or phq_9.total.percent_improvement == 50", ">high")
        found = ladder(body)
        before = Assessment(id="0", on=date(2026, 1, 4), instrument="phq-9", scores={"total": 16})
        episode = Episode("p", [Enrolment(id="1", on=date(2026, 1, 4), protocol="ladder"), before])
        row = facts(found, episode.with_entry(*self.half(4, 6).entries[1:]), on=date(2026, 1, 5))
        points, percent = row.possible["phq_9.total.improvement"], row.possible["phq_9.total.percent_improvement"]
        assert (points.low, points.high, points.whole) == (10, 12, True)
        assert (percent.low, percent.high, percent.whole) == (62.5, 75, False)
        assert row.possible["phq_9.total"].whole
        alone = facts(found, self.half(4, 6), on=date(2026, 1, 5))
        assert list(alone.possible) == ["phq_9.total"]

    def test_bounds_that_are_too_old_are_no_bounds(self) -> None:
        """A stale form decides nothing."""
        assert decide(self.found(), self.half(17, 23), on=date(2026, 3, 5)).move == "ask"

    def test_a_category_that_can_only_be_two_things_is_not_a_third(self) -> None:
        """What is left of a screener's levels settles the others."""
        measures = '[measures.screener]\ninstrument = "cssrs-screener"\n'
        found = ladder(rule("a", "screener.triage == 'low'", ">high") + rule("b", "yes", "stay"), measures=measures)
        for left, move in ((("moderate", "high"), "stay"), (("low", "high"), "ask")):
            entry = Assessment(
                id="2",
                on=date(2026, 1, 5),
                instrument="cssrs-screener",
                scores={"triage": None},
                possible={"triage": left},
            )
            episode = Episode("p", [Enrolment(id="1", on=date(2026, 1, 5), protocol="ladder"), entry])
            assert decide(found, episode, on=date(2026, 1, 5)).move == move

    def test_answers_are_looked_for_within_the_bounds(self) -> None:
        """From 14 to 20 every answer is below 21."""
        found = ladder(rule("a", "phq_9.total >= 15 and phq_9.total * 1 > 20", ">high") + rule("b", "yes", "stay"))
        assert decide(found, self.half(14, 20), on=date(2026, 1, 5)).move == "stay"
        assert decide(found, self.half(14, 21), on=date(2026, 1, 5)).move == "ask"


class TestAlerts:
    """All of them are evaluated, always, before the rules."""

    @staticmethod
    def found() -> Protocol:
        """Give a protocol that lowers, ends and raises care."""
        return ladder(
            ALERT
            + rule("down", "phq_9.total < 5", ">low", do='["plan"]')
            + rule("out", "phq_9.total < 10", "exit")
            + rule("up", "phq_9.total >= 20", ">drug"),
            steps=THREE,
        )

    @pytest.mark.parametrize(("total", "move", "to"), [(4, "step-down", ("low",)), (9, "exit", ())])
    @pytest.mark.parametrize(("answer", "state"), [("1", "raised"), ("-", "undecided")])
    def test_nothing_moves_down_or_out_while_an_alert_is_raised_or_undecided(
        self, total: int, move: str, to: tuple[str, ...], answer: str, state: str
    ) -> None:
        """It becomes stay, says instead of what, and what the winner says to do still stands."""
        lines = f"2026-01-05 start high\n2026-01-05 phq_9 total={total} q9={answer}"
        decision = decided(self.found(), lines, "2026-01-05")
        assert (decision.move, decision.to_step) == ("stay", None)
        assert decision.instead_of == HeldBack(move, to, ("item-9",))  # type: ignore[arg-type]
        assert decision.rule == ("down" if total == 4 else "out")
        assert decision.do == (("plan",) if total == 4 else ())
        assert [(alert.id, alert.state) for alert in decision.alerts] == [("item-9", state)]
        assert decision.missing == (("phq_9.q9",) if state == "undecided" else ())
        assert decision.alerts[0].missing == decision.missing

    def test_an_alert_does_not_hold_back_more_care(self) -> None:
        """Stepping up goes ahead, with the alert."""
        decision = decided(self.found(), "2026-01-05 start high\n2026-01-05 phq_9 total=20 q9=3", "2026-01-05")
        assert (outcome(decision), decision.instead_of) == (("step-up", "drug", "up"), None)
        assert [alert.state for alert in decision.alerts] == ["raised"]

    def test_a_blocked_rule_does_not_fall_through(self) -> None:
        """The next rule was written for people whom the first did not fit."""
        decision = decided(self.found(), "2026-01-05 start high\n2026-01-05 phq_9 total=4 q9=1", "2026-01-05")
        assert decision.rule == "down"

    def test_an_alert_says_what_it_blocks(self) -> None:
        """`blocks` replaces the default."""
        found = ladder(ALERT + 'blocks = ["step-up"]\n' + rule("up", "yes", ">high"))
        decision = decided(found, "2026-01-05 start\n2026-01-05 phq_9 total=4 q9=1", "2026-01-05")
        assert decision.instead_of == HeldBack("step-up", ("high",), ("item-9",))
        down = ladder(ALERT + "blocks = []\n" + rule("out", "yes", "exit"))
        assert decided(down, "2026-01-05 start\n2026-01-05 phq_9 total=4 q9=1", "2026-01-05").move == "exit"

    def test_every_alert_that_blocks_is_named(self) -> None:
        """In the order of the file; one that does not hold is not there."""
        more = (
            ALERT.replace("item-9", "second")
            + '[[alerts]]\nid = "third"\nwhen = "phq_9.total > 20"\nurgency = "immediate"\n'
        )
        found = ladder(ALERT + more + rule("out", "yes", "exit"))
        decision = decided(found, "2026-01-05 start\n2026-01-05 phq_9 total=4 q9=1", "2026-01-05")
        assert decision.instead_of is not None
        assert decision.instead_of.alerts == ("item-9", "second")

    def test_alerts_carry_what_their_file_says(self) -> None:
        """Meaning, urgency, what to do, whose duty, by when."""
        text = ALERT + 'meaning = "m"\ndo = ["d"]\nduty = "risk-assessment"\nwithin = "P1D"\n'
        found = decided(ladder(text + rule("a", "yes", "stay")), "2026-01-05 phq_9 total=4 q9=1", "2026-01-05").alerts[
            0
        ]
        assert (found.meaning, found.urgency, found.do, found.duty, str(found.within)) == (
            "m",
            "same-day",
            ("d",),
            "risk-assessment",
            "P1D",
        )

    def test_alerts_are_there_outside_and_in_unknown_steps(self) -> None:
        """Nobody has to be enrolled to be seen today."""
        found = ladder(ALERT + rule("a", "yes", "stay"))
        assert len(decided(found, "2026-01-05 phq_9 total=4 q9=1", "2026-01-05").alerts) == 1
        episode = history(found, "2026-01-05 phq_9 total=4 q9=1").with_entry(
            Enrolment(id="e", on=date(2026, 1, 5), protocol="ladder", step="gone")
        )
        assert len(decide(found, episode, on=date(2026, 1, 5)).alerts) == 1

    def test_ask_is_not_held_back(self) -> None:
        """A decision that asks moves nobody."""
        found = ladder(FACTS + ALERT + rule("a", "marked", ">high") + rule("b", "yes", "exit"))
        decision = decided(found, "2026-01-05 start\n2026-01-05 phq_9 total=4 q9=1", "2026-01-05")
        assert (decision.move, decision.instead_of) == ("ask", None)


DOSES = """
[[add_ons]]
id = "low-dose"
group = "dose"
when = "8 <= phq_9.total <= 10"
[[add_ons]]
id = "high-dose"
group = "dose"
when = "phq_9.total >= 11"
[[add_ons]]
id = "marked"
when = "marked"
[[tasks]]
id = "consultation"
when = "weeks_in_care >= 8 and times(consultation, weeks=12) == 0"
meaning = "due"
do = ["book it"]
duty = "case-review"
within = "P4W"
[[tasks]]
id = "call"
when = "phq_9.total > 20"
"""


class TestBeside:
    """Add-ons and tasks are evaluated whatever moves."""

    @staticmethod
    def found() -> Protocol:
        """Give a protocol in which everybody stays."""
        return ladder(FACTS + DOSES + rule("a", "yes", "stay"))

    @pytest.mark.parametrize(
        ("total", "marked", "add_ons", "undecided", "missing"),
        [
            ("8", "no", ("low-dose",), (), ()),
            ("11", "yes", ("high-dose", "marked"), (), ()),
            ("7", "", (), ("marked",), ("marked",)),
            ("-", "no", (), ("low-dose", "high-dose", "call"), ("phq_9.total",)),
        ],
    )
    def test_all_that_hold_are_reported(
        self, total: str, marked: str, add_ons: tuple[str, ...], undecided: tuple[str, ...], missing: tuple[str, ...]
    ) -> None:
        """And what nobody can decide is named, with the facts to get."""
        lines = f"2026-01-05 start\n2026-01-05 phq_9 total={total}" + (
            f"\n2026-01-05 marked={marked}" if marked else ""
        )
        decision = decided(self.found(), lines, "2026-01-05")
        assert (decision.add_ons, decision.undecided, decision.missing, decision.move) == (
            add_ons,
            undecided,
            missing,
            "stay",
        )

    def test_a_task_is_issued_whatever_moves(self) -> None:
        """With whose duty it is and by when, counted from the day it is first issued."""
        decision = decided(
            self.found(), "2026-01-05 start\n2026-01-05 marked=no\n2026-02-27 phq_9 total=21", "2026-03-02"
        )
        consultation, call = decision.tasks
        assert (consultation.id, consultation.meaning, consultation.do, consultation.duty) == (
            "consultation",
            "due",
            ("book it",),
            "case-review",
        )
        assert consultation.due(date(2026, 3, 2)) == date(2026, 3, 30)
        assert (call.id, call.due(date(2026, 3, 2))) == ("call", None)

    @pytest.mark.parametrize(("on", "issued"), [("2026-03-01", False), ("2026-03-02", True)])
    def test_a_task_begins_on_its_day(self, on: str, issued: bool) -> None:
        """Day 56 is eight weeks, day 55 is not."""
        decision = decided(self.found(), "2026-01-05 start\n2026-02-27 phq_9 total=9\n2026-01-05 marked=no", on)
        assert bool(decision.tasks) is issued


class TestStay:
    """The shortest stay is one more condition of each rule that leaves."""

    STEPS = STEPS.replace("intensity = 1", 'intensity = 1\nmin_stay = "P4W"') + 'min_stay = "PT36H"\n'

    @pytest.mark.parametrize(
        ("more", "then", "day", "move"),
        [
            ({}, ">high", "2026-02-01", "adjust"),
            ({}, ">high", "2026-02-02", "step-up"),
            ({"early": "true"}, ">high", "2026-01-05", "step-up"),
            ({}, "exit", "2026-02-01", "adjust"),
            ({}, "refer", "2026-01-05", "refer"),
        ],
    )
    def test_leaving_earlier_needs_a_rule_that_says_so(
        self, more: dict[str, str], then: str, day: str, move: str
    ) -> None:
        """Day 27 is too early, day 28 is not; what leads nowhere is not held up."""
        found = ladder(rule("a", "yes", then, **more) + rule("b", "yes", "adjust"), steps=self.STEPS)
        assert decided(found, "2026-01-05 start", day).move == move

    @pytest.mark.parametrize(
        ("on", "move"), [("2026-01-06T19:59", "adjust"), ("2026-01-06T20:00", "step-down"), ("2026-01-09", "ask")]
    )
    def test_a_shortest_stay_in_hours(self, on: str, move: str) -> None:
        """By the minute; unknown where the day asked about has no hour."""
        found = ladder(rule("a", "yes", ">low") + rule("b", "yes", "adjust"), steps=self.STEPS)
        decision = decided(found, "2026-01-05T08:00 start high", on)
        assert decision.move == move
        assert decision.missing == (("step",) if move == "ask" else ())


class TestUnverified:
    """What nobody has checked against a source needs to be accepted, where it speaks."""

    RULES = rule(
        "a", "phq_9.total >= 20", "refer", evidence='"unverified"', source='"recalled"', **{"in": '"high"'}
    ) + rule("b", "yes", "stay")

    def test_a_step_that_rests_on_nothing_unverified_decides(self) -> None:
        """Only what is said in the person's step counts."""
        assert decided(ladder(self.RULES), "2026-01-05 start low", "2026-01-05").unverified == ()

    def test_a_step_that_does_refuses_and_names_it(self) -> None:
        """The error says which rule, where it comes from, and what would do."""
        with pytest.raises(DefinitionError) as refused:
            decided(ladder(self.RULES), "2026-01-05 start high", "2026-01-05")
        assert str(refused.value) == (
            "ladder, step high: 1 fault\n"
            "  a: not checked against a source (recalled): pass accept_unverified=True to decide with it all the same"
        )

    def test_accepted_the_decision_says_so(self) -> None:
        """By the ids of what it rests on, up to the rule that won."""
        found = ladder(self.RULES)
        lines = "2026-01-05 start high\n2026-01-05 phq_9 total=3"
        assert decided(found, lines, "2026-01-05", accept_unverified=True).unverified == ("a",)
        later = ladder(rule("b", "yes", "stay") + self.RULES.replace('"b"', '"c"'))
        assert decided(later, lines, "2026-01-05", accept_unverified=True).unverified == ()

    @pytest.mark.parametrize(
        ("body", "options", "named"),
        [
            (ALERT + 'evidence = "unverified"\n' + rule("b", "yes", "stay"), {}, "item-9"),
            (
                rule("b", "phq_9.total.improvement > 3", "stay"),
                {"measures": MEASURE + 'evidence = "unverified"\n'},
                "phq_9",
            ),
            (
                rule("b", "held(phq_9.q1 > 1, weeks=2)", "stay"),
                {"measures": MEASURE + 'evidence = "unverified"\n'},
                "phq_9",
            ),
            ('[facts]\nx = { type = "yes/no", evidence = "unverified" }\n' + rule("b", "x", "stay"), {}, "x"),
            (
                rule("b", "yes", "stay"),
                {"steps": STEPS.replace("intensity = 1", 'intensity = 1\nevidence = "unverified"')},
                "low",
            ),
        ],
    )
    def test_alerts_measures_facts_and_steps_count_as_rules_do(
        self, body: str, options: dict[str, str], named: str
    ) -> None:
        """Whatever can move a decision."""
        found = ladder(body, **options)
        with pytest.raises(DefinitionError) as refused:
            decided(found, "2026-01-05 start low", "2026-01-05")
        said = f"  {named}: not checked against a source: pass accept_unverified=True to decide with it all the same"
        assert said in str(refused.value).splitlines()
        assert named in decided(found, "2026-01-05 start low", "2026-01-05", accept_unverified=True).unverified

    def test_german_impact_decides_on_two_weekly_calls_and_asks_for_leave_on_four_weekly_ones(self) -> None:
        """Its relapse threshold is recalled, and only there it can decide."""
        lines = "2026-01-05 start {}\n2026-01-05 phq_9 total=12 q9=0"
        german_impact = protocol("german-impact")
        assert decided(german_impact, lines.format("two-weekly"), "2026-01-06").move == "stay"
        with pytest.raises(DefinitionError, match="relapse: not checked against a source"):
            decided(german_impact, lines.format("four-weekly"), "2026-01-06")

    def test_collaborative_care_needs_leave_everywhere(self) -> None:
        """How old a score may be is ours there."""
        with pytest.raises(DefinitionError, match="phq_9: not checked against a source"):
            decided(protocol("cocm-treat-to-target"), "2026-01-05 phq_9 total=12 q9=0", "2026-01-05")


TEAM = Team(
    [
        Member("lee", role="primary-care-provider", since=date(2025, 1, 1), reach="ext. 1"),
        Member("holm", role="care-manager", since=date(2025, 1, 1), reach="ext. 12"),
    ]
)


def test_a_team_says_who_holds_each_duty() -> None:
    """Those of alerts and of tasks, on the day or the moment decided on."""
    found = ladder(FACTS + ALERT + 'duty = "risk-assessment"\n' + DOSES + rule("a", "yes", "stay"))
    lines = "2026-01-05T08:00 start\n2026-02-27 phq_9 total=21 q9=1"
    for on in ("2026-03-02", "2026-03-02T09:00"):
        decision = decided(found, lines, on, team=TEAM)
        assert list(decision.holders) == ["risk-assessment", "case-review"]
        assert decision.holders["risk-assessment"].on == date(2026, 3, 2)
        assert decision.holders["risk-assessment"].member == "holm"
    own = decided(found, lines, "2026-03-02", team=TEAM, matrix=matrix("collaborative-care-minimum"))
    assert own.holders == decided(found, lines, "2026-03-02", team=TEAM).holders
    assert decided(found, lines, "2026-03-02").holders == {}


def test_duties_of_the_shipped_protocols_are_in_the_minimum_matrix() -> None:
    """So that a team of the library's template has someone for each."""
    known = {duty.id for duty in matrix("collaborative-care-minimum").duties}
    for name in ("german-impact", "cocm-treat-to-target", "self-harm"):
        parts = protocol(name).parts
        named = {alert.says.duty for alert in parts.alerts} | {task.says.duty for task in parts.tasks}
        assert named - {None} <= known


def test_the_day_is_an_argument() -> None:
    """There is no default for it."""
    with pytest.raises(TypeError, match="the day is an argument"):
        decide(ladder(rule("a", "yes", "stay")), Episode("p"))  # type: ignore[call-overload]


def test_a_decision_from_ready_facts_is_the_same() -> None:
    """Reading the facts and deciding are two steps that can be taken apart."""
    found = ladder(rule("a", "phq_9.total >= 10", ">high"))
    episode = history(found, STARTED.format(12))
    row = facts(found, episode, on=date(2026, 1, 5))
    assert decide(found, row) == decide(found, episode, on=date(2026, 1, 5))
    assert decide(found, row).facts is row


def test_decisions_on_the_same_truths_share_their_ruling() -> None:
    """That is what makes them cheap; where something is unknown each is worked out from its own facts."""
    found = ladder(rule("a", "phq_9.total >= 10", ">high") + rule("b", "yes", "stay"))
    one, other = (decided(found, STARTED.format(total), "2026-01-05") for total in (12, 13))
    assert one.ruling is other.ruling
    assert one != other
    unknown = decided(found, "2026-01-05 start", "2026-01-05")
    assert unknown == decided(found, "2026-01-05 start", "2026-01-05")
    assert unknown.ruling is not decided(found, "2026-01-05 start", "2026-01-05").ruling


def test_the_kept_rulings_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A protocol does not grow with the people it decides about."""
    monkeypatch.setattr("carecoord.stepped_care._facts.MOST_SETTLED", 1)
    found = ladder(rule("kept", "phq_9.total >= 11", ">high") + rule("b", "yes", "stay"))
    for total in (12, 3):
        decided(found, STARTED.format(total), "2026-01-05")
    assert len(found.plan("low").settled) == 1


def test_a_decision_survives_plain_data_and_pickling() -> None:
    """It equals itself when it is read back, with the facts it was made from."""
    found = ladder(FACTS + ALERT + DOSES + rule("a", "marked", ">high", unknown='"pass"') + rule("b", "yes", "exit"))
    decision = decided(found, "2026-01-05T08:00 start\n2026-01-05 phq_9 total=9 q9=1", "2026-03-02", team=TEAM)
    assert structure(unstructure(decision), Decision, name="decision") == decision
    assert pickled(decision) == decision
    assert pickled(decision).explain() == decision.explain()
    assert hash(pickled(decision)) == hash(decision)


def test_as_of_is_kept_with_the_decision() -> None:
    """It says what it did not look at."""
    found = ladder(rule("a", "phq_9.total >= 10", ">high") + rule("b", "yes", "stay"))
    late = Assessment(id="2", on=date(2026, 1, 5), recorded=date(2026, 1, 9), instrument="phq-9", scores={"total": 17})
    episode = Episode("p", [Enrolment(id="1", on=date(2026, 1, 5), protocol="ladder"), late])
    then = decide(found, episode, on=date(2026, 1, 6), as_of=date(2026, 1, 6))
    assert (then.move, then.as_of) == ("ask", date(2026, 1, 6))
    now = decide(found, episode, on=date(2026, 1, 6))
    assert (now.move, now.as_of) == ("step-up", None)


def test_two_protocols_run_side_by_side_in_one_episode() -> None:
    """Each has its own step, baseline and clocks; what was measured is shared."""
    body = rule("a", "phq_9.total.improvement >= 5", ">high") + rule("b", "phq_9.total.improvement >= 0", "stay")
    one = ladder(body)
    two = ladder(body, head=HEAD.replace("ladder", "other"))
    episode = Episode(
        "p",
        [
            Enrolment(id="1", on=date(2026, 1, 5), protocol="ladder"),
            Assessment(id="2", on=date(2026, 1, 5), instrument="phq-9", scores={"total": 16}),
            Enrolment(id="3", on=date(2026, 1, 19), protocol="other", step="high"),
            Assessment(id="4", on=date(2026, 1, 19), instrument="phq-9", scores={"total": 12}),
            Assessment(id="5", on=date(2026, 2, 2), instrument="phq-9", scores={"total": 10}),
        ],
    )
    decisions = [decide(found, episode, on=date(2026, 2, 2)) for found in (one, two)]
    assert [(decision.from_step, decision.move) for decision in decisions] == [("low", "step-up"), ("high", "stay")]
    assert [decision.facts["phq_9.total.baseline"] for decision in decisions] == [16, 12]
    assert [decision.protocol for decision in decisions] == ["ladder", "other"]


def test_the_digest_is_the_protocols() -> None:
    """The same episode replayed with the same digest gives the same decision."""
    found = ladder(rule("a", "yes", "stay"))
    assert decided(found, "2026-01-05 start", "2026-01-05").digest == found.digest


def test_a_moment_is_decided_on_as_such() -> None:
    """What lies later that day is not seen."""
    found = ladder(rule("a", "not known(phq_9.total)", "consult") + rule("b", "phq_9.total >= 10", ">high"))
    lines = "2026-01-05T08:00 start\n2026-01-05T10:00 phq_9 total=12"
    assert decided(found, lines, "2026-01-05T09:00").move == "consult"
    decision = decided(found, lines, "2026-01-05T10:00")
    assert (decision.move, decision.on) == ("step-up", when("2026-01-05T10:00"))
    assert isinstance(decision.on, datetime)
    assert decided(found, lines, "2026-01-05").move == "step-up"
