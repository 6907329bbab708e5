"""A page a protocol, written from its file: what a clinician checks, and where each number was read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from instrument_pages import EVIDENCE, code, table

from carecoord._values import FrozenMapping, Period
from carecoord.stepped_care import (
    AddOn,
    Alert,
    FactDefinition,
    Measure,
    Protocol,
    Rule,
    Scenario,
    StepDefinition,
    Task,
)

Part = Alert | AddOn | Task | Rule


def protocol_page(protocol: Protocol) -> str:
    """Give the page of a protocol, or of a module, in Markdown."""
    return "\n".join(_lines(protocol))


def _lines(it: Protocol) -> Iterator[str]:
    said = it.definition
    own = said if said.steps[0].id != "here" else it.modules[0]
    yield f"# {it.id}: {it.title}\n"
    about = {
        "population": own.population,
        "version": own.version,
        "includes": ", ".join(code(name) for name in said.include if name != it.id),
        "begins in": code(said.first) if own is said else "",
        "a score before enrolment counts": _period(own.look_back),
        "rules": "no two may hold at once" if own.policy == "unique" else "",
    }
    yield from table(("", ""), ([name, text] for name, text in about.items() if text))
    yield f"{own.note.strip()}\n"
    if own is said:
        yield "## Steps\n"
        yield from _steps(said.steps)
    yield from _read(own.measures, own.facts, own.events)
    for heading, parts in (("Alerts", own.alerts), ("Flags beside the step", own.add_ons), ("Tasks", own.tasks)):
        yield from _parts(heading, parts)
    yield from _rules(own.rules)
    unverified = unverified_parts(it)
    if unverified:
        yield "## Not verified\n"
        yield "Recalled, or ours where no source says anything: a site sets its own.\n"
        yield "A step in which one of them speaks decides only with `accept_unverified=True`.\n"
        yield from (f"- {code(name)}: {why}" for name, why in unverified.items())
        yield ""
    if own.accepted:
        yield "## What `check` finds and is left\n"
        yield from table(("finding", "why it is left"), ([code(one.finding), one.reason] for one in own.accepted))
    yield "## Worked examples\n"
    yield "Each is run as a test.\n"
    yield from table(("what it shows", "decision", "rule"), (_example(one) for one in own.scenarios))
    yield "## Sources\n"
    yield from (f"- {key}: {cite}" for key, cite in own.sources.items())


def unverified_parts(it: Protocol) -> Mapping[str, str]:
    """Name the parts of a protocol's own file that nobody has checked against a source, and what each says of that."""
    said = it.definition if it.definition.steps[0].id != "here" else it.modules[0]
    facts = {name: one for name, one in said.facts.items() if isinstance(one, FactDefinition)}
    parts: Sequence[Part | StepDefinition] = (
        *said.steps,
        *said.alerts,
        *said.add_ons,
        *said.tasks,
        *said.rules,
    )
    named = {**said.measures, **facts, **{one.id: one for one in parts}}
    return {name: one.source for name, one in named.items() if one.evidence == "unverified"}


def protocol_table(all_of_them: Iterable[Protocol]) -> str:
    """Give the table of all protocols: for whom, what they measure, and how well their numbers were checked."""
    rows = (
        [
            f"[{one.id}]({one.id}.md)",
            one.title,
            one.definition.population or "any",
            ", ".join(f"[{name}](../instruments/{name}.md)" for name in _instruments(one)),
            str(len(one.scenarios)),
            _checked(len(unverified_parts(one))),
        ]
        for one in sorted(all_of_them, key=lambda one: one.id)
    )
    heads = ("protocol", "title", "for whom", "measures", "worked examples", "checked")
    return "\n".join(table(heads, rows))


def _instruments(it: Protocol) -> tuple[str, ...]:
    read = {latest.measure for name in it.parts.reductions for latest in it.parts.reductions[name].reads}
    own = it.definition.measures or it.parts.measures
    return tuple(dict.fromkeys(own[name].instrument for name in own if name in read))


def _checked(count: int) -> str:
    return f"{count} {'part' if count == 1 else 'parts'} not verified" if count else "all read in a source"


def _steps(steps: Iterable[StepDefinition]) -> Iterator[str]:
    yield from table(
        ("step", "", "height", "contacts", "reviews", "measured", "stay", "offered", "source"),
        (
            [
                code(one.id),
                one.title,
                f"{one.intensity:g}",
                _every(one.contact),
                _every(one.review),
                _every(one.measure),
                _stay(one),
                ", ".join(one.interventions),
                _source(one.source, one.evidence),
            ]
            for one in steps
        ),
    )


def _stay(step: StepDefinition) -> str:
    least = f"at least {step.min_stay.words}" if step.min_stay else ""
    most = f"at most {step.max_stay.words}" if step.max_stay else ""
    return ", ".join(filter(None, [least, most, "leaving it is not this protocol's" if step.terminal else ""]))


def _read(
    measures: Mapping[str, Measure], facts: Mapping[str, str | FactDefinition], events: Mapping[str, str]
) -> Iterator[str]:
    if measures:
        yield "## Measures\n"
        yield from table(
            ("in rules", "instrument", "baseline", "good for", "source", "note"),
            (
                [
                    code(name),
                    f"[{one.instrument}](../instruments/{one.instrument}.md)",
                    code(one.baseline),
                    _period(one.valid_for),
                    _source(one.source, one.evidence),
                    one.note,
                ]
                for name, one in measures.items()
            ),
        )
    if facts:
        yield "## Facts\n"
        yield from table(
            ("in rules", "what it is", "good for", "source"), (_fact(name, one) for name, one in facts.items())
        )
    if events:
        yield "## Events\n"
        yield from table(("in rules", "what happened"), ([code(name), text] for name, text in events.items()))


def _fact(name: str, fact: str | FactDefinition) -> list[str]:
    if isinstance(fact, str):
        return [code(name), code(fact), "", ""]
    what = code(fact.rule)
    if fact.each:
        what = "each of " + ", ".join(code(one) for one in fact.each)
    elif not fact.rule:
        values = ", ".join(map(str, fact.values)) or str(fact.type)
        what = f"recorded: {fact.label} ({values})"
    return [code(name), what, _period(fact.valid_for), _source(fact.source, fact.evidence)]


def _parts(heading: str, parts: Sequence[Alert | AddOn | Task]) -> Iterator[str]:
    if not parts:
        return
    yield f"## {heading}\n"
    yield from table(
        ("", "when", "means", "urgency", "do", "source"),
        (
            [
                code(one.id),
                code(one.when),
                one.meaning,
                one.urgency if isinstance(one, Alert) else "",
                ", ".join(one.do) if not isinstance(one, AddOn) else "",
                _source(one.source, one.evidence),
            ]
            for one in parts
        ),
    )


def _rules(rules: Sequence[Rule]) -> Iterator[str]:
    if not rules:
        return
    yield "## Rules\n"
    yield "In order: the first that holds wins.\n"
    yield from table(
        ("rule", "in", "when", "leads to", "do", "source", "note"),
        (
            [
                code(one.id),
                _where(one.in_),
                code(one.when),
                _leads(one),
                ", ".join(one.do),
                _source(one.source, one.evidence),
                one.note,
            ]
            for one in rules
        ),
    )


def _where(places: str | tuple[str, ...]) -> str:
    if places == "*":
        return "every step, and outside"
    return ", ".join((places,) if isinstance(places, str) else places) or "every step"


def _leads(rule: Rule) -> str:
    to = rule.to
    if to is None:
        return str(rule.then)
    if isinstance(to, str):
        return code(to)
    if isinstance(to, FrozenMapping):
        return ", ".join(f"{code(target)} from {code(place)}" for place, target in to.items())
    return " or ".join(code(target) for target in to)


def _example(one: Scenario) -> list[str]:
    expect = one.expect
    to = (expect.to,) if isinstance(expect.to, str) else expect.to or ()
    raised = f", alert {', '.join(expect.alerts)}" if expect.alerts else ""
    asked = f", asks for {', '.join(expect.asks)}" if expect.asks else ""
    move = " ".join(filter(None, [expect.move or "", " or ".join(to)]))
    return [one.name, f"{move}{raised}{asked}".removeprefix(", "), code(expect.rule)]


def _every(period: Period | None) -> str:
    return f"every {period.words}" if period else ""


def _period(period: Period | None) -> str:
    return period.words if period else ""


def _source(source: str, evidence: str) -> str:
    return ": ".join(filter(None, [source, EVIDENCE[evidence] if evidence == "unverified" else ""]))
