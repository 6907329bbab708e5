"""What `check` finds, kind by kind, each with an episode that shows it."""

from __future__ import annotations

import pytest

from carecoord.stepped_care import Finding, Protocol, RecordedFact, check, decide, protocol, protocols, read_protocol
from carecoord.stepped_care._check import _model
from carecoord.stepped_care._protocol import FOLDER, MODULES
from tests.stepped_care.builders import HEAD, STEPS, ladder

TWO_WAYS = """
[[rules]]
id = "enter"
in = "outside"
when = "yes"
to = "low"
[[rules]]
id = "up"
in = "low"
when = "phq_9.total >= 15"
to = "high"
[[rules]]
id = "down"
in = "high"
when = "phq_9.total < {down}"
to = "low"
[[rules]]
id = "stay"
when = "yes"
then = "stay"
"""


def rule(id: str, when: str, *, where: str = '["low", "high"]', what: str = 'then = "stay"') -> str:
    """Write a rule."""
    return f'[[rules]]\nid = "{id}"\nin = {where}\nwhen = "{when}"\n{what}\n'


def both_ways(more: str = "", *, down: int = 10, **options: str) -> Protocol:
    """Give a sound ladder of two steps, with more in front of its rules."""
    return ladder(more + TWO_WAYS.format(down=down), **options)


def by_name(one: Protocol) -> dict[str, Finding]:
    """Give the findings by name."""
    return {finding.name: finding for finding in check(one)}


def serious(one: Protocol) -> dict[str, str]:
    """Give the severity of every finding that is no note."""
    return {finding.name: finding.severity for finding in check(one) if finding.severity != "note"}


def shown(one: Protocol, name: str) -> Finding:
    """Give a finding that a replayed episode shows."""
    finding = by_name(one)[name]
    assert finding.confirmed
    assert finding.episode is not None
    assert finding.on is not None
    return finding


@pytest.mark.parametrize("name", [*protocols(), *sorted(path.stem for path in MODULES.glob("*.toml"))])
def test_every_shipped_protocol_passes(name: str) -> None:
    """What it is found to do is accepted in its file with a reason, and every state found could be replayed."""
    findings = check(protocol(name))
    assert [finding.name for finding in findings if finding.is_open] == []
    assert all(finding.accepted for finding in findings if finding.severity == "error")


def test_a_sound_ladder_has_nothing_but_overlaps() -> None:
    """Enter, up, down, else stay."""
    assert serious(both_ways()) == {}


def test_a_gap_is_found_at_its_day() -> None:
    """Before week 8 and after day 56, but not on it."""
    gap = ladder(
        rule("enter", "yes", where='"outside"', what='to = "low"')
        + rule("early", "weeks_in_step < 8", where='"low"')
        + rule("late", "weeks_in_step > 8", where='"low"', what='to = "high"')
        + rule("back", "yes", where='"high"', what='to = "low"')
    )
    finding = shown(gap, "gap/low")
    assert (finding.severity, finding.step, finding.rule) == ("error", "low", None)
    assert finding.episode is not None
    assert finding.on is not None
    decision = decide(gap, finding.episode, on=finding.on)
    assert (decision.move, decision.facts["weeks_in_step"]) == ("review", 8)


def test_a_score_never_asked_about_leaves_no_gap() -> None:
    """Below ten and ten and over are everybody, known() or not known() too; a rule that waits is no gap."""
    assert not any("gap" in name for name in by_name(both_ways(rule("known", "known(phq_9.total)", where='"low"'))))


def test_overlaps_are_notes_unless_rules_are_meant_to_be_unique() -> None:
    """With `policy = "unique"` even two that say the same."""
    finding = shown(both_ways(), "overlap/up/stay")
    assert (finding.severity, finding.steps) == ("note", ("low",))
    unique = both_ways(
        rule("also", "phq_9.total >= 20", where='"low"', what='to = "high"'), head=HEAD + 'policy = "unique"\n'
    )
    assert serious(unique)["overlap/also/up"] == "error"
    assert "overlap/also/up" not in by_name(
        both_ways(rule("also", "phq_9.total >= 20", where='"low"', what='to = "high"'))
    )


def test_a_rule_that_never_holds() -> None:
    """Two scores at once: no bounds show it, going through the scores does; in one of its steps it is a warning."""
    never = both_ways(rule("odd", "phq_9.total >= 20 and phq_9.total.baseline < 5 and phq_9.total.improvement > 0"))
    assert serious(never)["never-true/odd"] == "error"
    assert by_name(never)["never-true/odd"].episode is None
    some = both_ways(rule("partly", "step == 'low' and phq_9.total >= 20", what='then = "consult"'))
    finding = by_name(some)["never-true/partly"]
    assert (finding.severity, finding.steps) == ("warning", ("high",))


def test_a_rule_that_is_always_hidden() -> None:
    """Wherever it holds one above it does; the episode shows both."""
    hidden = both_ways(rule("ten", "phq_9.total >= 10", where='"low"', what='then = "adjust"'))
    finding = shown(hidden, "hidden/up")
    assert (finding.severity, finding.steps) == ("warning", ("low",))
    assert by_name(both_ways())["overlap/up/stay"].confirmed


def test_an_alert_that_does_not_block() -> None:
    """Somebody is stepped down while it is raised."""
    alert = '[[alerts]]\nid = "item-9"\nwhen = "phq_9.q9 >= 1"\nurgency = "same-day"\nblocks = ["exit"]\n'
    finding = shown(both_ways(alert), "buried-alert/item-9/down")
    assert finding.severity == "warning"
    assert "buried-alert/item-9/down" not in by_name(both_ways(alert.replace('["exit"]', '["step-down"]')))


def test_a_stay_past_its_maximum() -> None:
    """In weeks and in hours."""
    for period in ("P8W", "PT72H"):
        steps = STEPS.replace("intensity = 1", f'intensity = 1\nmax_stay = "{period}"')
        assert shown(both_ways(steps=steps), "past-maximum/stay").steps == ("low",)
    ends = rule("over", "weeks_in_step > 8", where='"low"', what='to = "high"')
    assert "past-maximum/stay" not in by_name(
        both_ways(ends, steps=STEPS.replace("intensity = 1", 'intensity = 1\nmax_stay = "P8W"'))
    )


def test_to_and_fro_at_one_moment() -> None:
    """Fifteen and over goes up, below twenty comes down; with hysteresis nobody does both."""
    finding = shown(both_ways(down=20), "oscillates/up/down")
    assert (finding.severity, finding.steps) == ("error", ("low", "high"))
    assert "oscillates/up/down" not in by_name(both_ways(down=15))


def test_to_and_fro_with_time_alone() -> None:
    """A shortest stay in each keeps it from happening at once; four weeks later it does."""
    steps = STEPS.replace("intensity = 1", 'intensity = 1\nmin_stay = "P4W"')
    steps = steps.replace("intensity = 2", 'intensity = 2\nmin_stay = "P4W"')
    finding = shown(both_ways(down=20, steps=steps), "alternates/up/down")
    assert finding.severity == "warning"
    assert finding.episode is not None
    assert finding.on is not None
    assert decide(both_ways(down=20, steps=steps), finding.episode, on=finding.on).move == "step-down"


def test_steps_nobody_reaches_or_leaves() -> None:
    """Unless the step says that it is the end."""
    steps = STEPS + '[[steps]]\nid = "lost"\nintensity = 3\n'
    assert serious(both_ways(steps=steps)) == {"never-reached/lost": "warning", "never-left/lost": "warning"}
    end = both_ways(steps=steps + "terminal = true\n")
    assert serious(end) == {"never-reached/lost": "warning"}


def test_a_threshold_no_score_reaches() -> None:
    """The WHO-5 goes up in fours; loading sees only that it lies in the range."""
    who = '[measures.who_5]\ninstrument = "who-5"\n'
    odd = both_ways(
        rule("odd", "who_5.percentage == 50", where='"low"', what='then = "consult"'), measures=who + MEASURE
    )
    assert serious(odd)["out-of-range/odd/who_5.percentage == 50"] == "error"
    even = both_ways(
        rule("even", "who_5.percentage == 52", where='"low"', what='then = "consult"'), measures=who + MEASURE
    )
    assert "error" not in serious(even).values()


MEASURE = '[measures.phq_9]\ninstrument = "phq-9"\nbaseline = "start"\nvalid_for = "P4W"\n'


def test_a_clock_that_never_started() -> None:
    """It waits for ever where nobody recorded the event; coalesce() says what to do then."""
    waits = both_ways(rule("late", "weeks_since(review) >= 8", where='"low"', what='then = "consult"'))
    finding = shown(waits, "clock-never-started/late")
    assert finding.severity == "warning"
    coalesced = rule(
        "late", "coalesce(weeks_since(review), weeks_in_care) >= 8", where='"low"', what='then = "consult"'
    )
    assert serious(both_ways(coalesced)) == {}
    first = rule("late", "times(review) >= 1 and weeks_since(review) >= 8", where='"low"', what='then = "consult"')
    assert serious(both_ways(first)) == {}


def test_a_baseline_nobody_has() -> None:
    """Outside there is no enrolment to take one at."""
    outside = both_ways(rule("worse", "phq_9.total.improvement < 0", where='"outside"'))
    assert serious(outside)["baseline-undefined/worse"] == "error"
    event = MEASURE.replace('"start"', '"dose_reached"')
    told = both_ways(
        rule("better", "phq_9.total.improvement >= 5", where='"low"', what='then = "adjust"'), measures=event
    )
    assert shown(told, "baseline-undefined/better").severity == "warning"


def test_a_group_of_which_exactly_one_holds() -> None:
    """Eleven left out, ten twice."""
    group = '[[add_ons]]\nid = "{}"\ngroup = "dose"\nwhen = "{}"\n'
    low, high = group.format("few", "phq_9.total < 11"), group.format("many", "phq_9.total > 11")
    assert shown(both_ways(low + high), "group/dose").severity == "error"
    twice = low + group.format("many", "phq_9.total >= 10")
    assert shown(both_ways(twice), "group/dose/few/many").severity == "error"
    assert serious(both_ways(low + group.format("many", "phq_9.total >= 11"))) == {}


def test_what_a_file_accepts() -> None:
    """The reason stands in the finding; an accepted finding that is gone is an error of its own."""
    accepted = '[[accepted]]\nfinding = "oscillates/up/down"\nreason = "as it is"\n'
    finding = by_name(both_ways(accepted, down=20))["oscillates/up/down"]
    assert (finding.accepted, finding.is_open) == ("as it is", False)
    assert str(finding).endswith("(accepted: as it is)")
    assert serious(both_ways(accepted))["accepted-gone/oscillates/up/down"] == "error"


def test_readings_in_a_row_and_held_are_replayed() -> None:
    """Runs since the step began, spans, previous, best and worst scores: each with an episode that has them."""
    for when in (
        "in_a_row(phq_9.total < 5, 3, since=step)",
        "in_a_row(phq_9.total < 5, 2) and not held(phq_9.total < 5, weeks=4)",
        "held(phq_9.total < 5, weeks=8)",
        "phq_9.total.previous - phq_9.total >= 5",
        "phq_9.total.worst >= 20 and phq_9.total < 5",
        "phq_9.total.count >= 3",
        "average(phq_9.total, weeks=4) >= 10 and phq_9.total < 5",
        "times(review, weeks=4) >= 2 and times(review) >= 3",
        "missed_in_a_row >= 2 and contacts_in_step >= 1",
        "phq_9.total - at(phq_9.total, step) >= 5",
    ):
        told = both_ways(rule("told", when, where='"low"', what='then = "consult"'))
        assert by_name(told)["overlap/told/stay"].confirmed, when


def test_hours_are_shown_in_hours() -> None:
    """Every entry of the episode has its time."""
    told = both_ways(
        rule(
            "told",
            "hours_since(review) >= 6 and in_a_row(phq_9.total < 5, 2, since=step)",
            where='"low"',
            what='then = "consult"',
        )
    )
    finding = by_name(told)["overlap/told/stay"]
    assert finding.confirmed
    assert all(hasattr(entry.on, "hour") for entry in finding.episode.entries) if finding.episode else False


def test_what_cannot_be_gone_through_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sum of clocks: without z3 a note says that something may have been missed."""
    monkeypatch.setattr(_model, "is_installed", lambda: False)
    sums = "days_since(review) + days_since(contact) < days_in_step - 400"
    told = both_ways(rule("sum", f"{sums} and phq_9.total > 30 - phq_9.total", where='"low"'))
    unproved = next(finding for finding in check(told) if finding.kind == "unproved")
    assert (unproved.severity, unproved.mend) == ("note", "install carecoord[verify]")
    assert "days_since(review)" in unproved.about


def test_texts_without_a_list_of_values() -> None:
    """What a rule names, and anything else."""
    facts = (
        '[facts]\nmood = { type = "text" }\nneed = { each = ["n", "m"] }\n'
        "n = { values = [0, 1] }\nm = { values = [0, 1] }\n"
    )
    told = facts + rule("named", "mood == 'low'", where='"low"', what='then = "consult"')
    assert shown(both_ways(told), "overlap/named/up").severity == "note"
    split = facts + rule("one", "mood == 'low' or any(need >= 1)") + rule("two", "mood != 'low' and all(need < 1)")
    assert not any(name.startswith("gap") for name in by_name(ladder(split + rule("enter", "yes", where='"outside"'))))
    gap = split.replace("all(need < 1)", "n < 1 and m >= 1")
    finding = shown(ladder(gap + rule("enter", "yes", where='"outside"')), "gap/low")
    assert finding.episode is not None
    recorded = {entry.name: entry.value for entry in finding.episode.entries if isinstance(entry, RecordedFact)}
    assert (recorded["mood"], recorded["n"], recorded["m"]) == ("another", 0, 0)


def test_findings_read_as_one_line() -> None:
    """Severity, name, steps, what and what would mend it."""
    finding = by_name(both_ways(down=20))["oscillates/up/down"]
    assert str(finding) == (
        "error: oscillates/up/down in low, high: low to high and back at one moment; "
        "let the way back need more than the way there"
    )


def test_reading_is_strict_about_what_is_accepted() -> None:
    """A reason is wanted, and nothing else than finding and reason."""
    text = (FOLDER / "german-impact.toml").read_text(encoding="utf-8")
    for wrong in ('finding = "gap/low"', 'finding = "gap/low"\nreason = "so"\nuntil = "later"'):
        with pytest.raises(ValueError, match="accepted"):
            read_protocol(text.replace("[sources]", f"[[accepted]]\n{wrong}\n[sources]"))
