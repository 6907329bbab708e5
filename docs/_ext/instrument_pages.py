"""A page an instrument, written from its definition: what a clinician checks, and where each number was read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from carecoord._values import Period
from carecoord.rules import Expression
from carecoord.rules._nodes import Defined, Lookup, Node, children
from carecoord.scoring import Instrument, Item, Score, score as result_of
from carecoord.scoring._examples import given_answers
from carecoord.scoring._format import Source

EVIDENCE = {
    "two-sources": "two independent sources agree",
    "one-source": "read in one source",
    "unverified": "**unverified**: nobody has checked it against its source",
}


class Sourced(Protocol):
    """What says where it was read, and how well that was checked."""

    @property
    def source(self) -> str:
        """Where it was read."""
        ...

    @property
    def evidence(self) -> str:
        """How well that was checked."""
        ...


def instrument_page(instrument: Instrument) -> str:
    """Give the page of an instrument, in Markdown."""
    return "\n".join(_lines(instrument))


def _lines(it: Instrument) -> Iterator[str]:
    yield f"# {it.id}: {it.title}\n"
    facts = {
        "measures": it.measures,
        "population": it.population,
        "answered by": it.respondent,
        "asks about": f"the last {Period.parse(it.recall).words}" if it.recall else "",
        "permission": f"{it.permission}: {it.permission_note}".removesuffix(": "),
        "evidence": EVIDENCE[it.evidence],
        "LOINC": it.loinc,
    }
    yield from table(("", ""), ([name, fact] for name, fact in facts.items() if fact))
    if it.note:
        yield f"{it.note}\n"
    yield "## Items\n"
    yield "The labels are ours: the wording of the questions is their owner's.\n"
    yield from table(
        ("item", "asks about", "answers", "asked when", "LOINC", "note"),
        ([_name(item), item.label, _answers(item), _condition(item), item.loinc, item.note] for item in it.items),
    )
    yield "## Scores\n"
    for score in it.scores:
        yield from _score_section(score, it)
    yield from _flags_and_change(it)
    unverified = list(_unverified(it))
    if unverified:
        yield "## Not verified\n"
        yield "Nobody has yet read these in a source; results that rest on them say so.\n"
        yield from (f"- {part}" for part in unverified)
        yield ""
    yield from _executed(it)
    yield "## Worked examples\n"
    yield "Each is run as a test; `-` is an answer that was not given.\n"
    yield from table(
        ("answers", "respondent", "scores", "not scored", "worked out by"),
        (
            [code(one.answers), _pairs(one.context), _pairs(one.scores), ", ".join(one.unscored), one.source]
            for one in it.examples
        ),
    )
    yield "## Sources\n"
    for source in it.sources:
        yield f"- {_citation(source)}"


def _unverified(it: Instrument) -> Iterator[str]:
    if it.evidence == "unverified":
        yield "the instrument as a whole, but for what is marked otherwise"
        return
    for score in it.scores:
        if score.evidence == "unverified":
            yield f"score {code(score.id)}"
            continue
        for banded in score.band_sets:
            for band in banded.bands:
                if band.evidence == "unverified":
                    yield f"band {band.label} of {code('.'.join(filter(None, [score.id, banded.name])))}"
        for cutoff in score.cutoffs:
            if cutoff.evidence == "unverified":
                yield f"cut-off {code(cutoff.text)} of {code(score.id)}: {cutoff.meaning}"
    for flag in it.flags:
        if flag.evidence == "unverified":
            yield f"flag {code(flag.id)}"
    for change in it.changes:
        if change.evidence == "unverified":
            yield f"{change.kind} of {code(change.score)}: {code(change.text)}"


def _executed(it: Instrument) -> Iterator[str]:
    """Give one of the worked examples as a session: the one that gives most scores from the most varied answers."""
    one = max(it.examples, key=lambda example: (len(example.scores), len(set(example.answers.split()))))
    answers = given_answers(it, one)
    respondent = f", respondent={dict(one.context)}" if one.context else ""
    yield "## Example\n"
    yield "\n".join(
        [
            "```{code-block} pycon",
            ">>> from carecoord.scoring import score",
            f'>>> result = score("{it.id}", {answers}{respondent})',
            ">>> print(result.explain())",
            result_of(it, answers, respondent=one.context).explain(),
            "```\n",
        ]
    )


def instrument_table(all_of_them: Iterable[Instrument]) -> str:
    """Give the table of all instruments, by what their owners permit."""
    ranked = sorted(all_of_them, key=lambda one: (PERMISSIONS.index(one.permission), one.id))
    rows = (
        [
            one.permission,
            f"[{one.id}]({one.id}.md)",
            one.title,
            one.measures,
            str(len(one.items)),
            EVIDENCE[one.evidence],
            one.permission_note,
        ]
        for one in ranked
    )
    heads = ("permission", "instrument", "title", "measures", "items", "checked", "whose it is, and on which terms")
    return "\n".join(table(heads, rows))


PERMISSIONS = ("free", "noncommercial", "registration", "licensed", "unknown")


def _score_section(score: Score, it: Instrument) -> Iterator[str]:
    yield f"### {score.label or score.id}\n"
    rules = {score.id: str(score.value), **dict(_named_within([score.value.node], {one.name for one in it.scores}))}
    written = [f"{name} = {rule}".replace(" else ", " else\n  ") for name, rule in rules.items()]
    yield "\n".join(["```text", *written, "```\n"])
    said = {
        "range": f"{score.range[0]:g} to {score.range[1]:g} {score.unit}".strip() if score.range else "",
        "one of": ", ".join(score.values),
        "worse": score.worse if score.worse != "neither" else "",
        "given when": code(score.needs),
        "unanswered items": score.missing,
        "evidence": EVIDENCE[score.evidence] if score.evidence != it.evidence else "",
        "LOINC": score.loinc,
        "note": score.note,
    }
    yield from table(("", ""), ([name, text] for name, text in said.items() if text))
    for number, published in enumerate(score.band_sets):
        yield f"Bands{f' ({published.name})' if number else ''}:\n"
        yield from table(
            ("from", "to", "band", "for", "source"),
            (
                [
                    f"{band.low:g}",
                    f"{band.high:g}" if band.high is not None else f"below {band.below:g}" if band.below else "",
                    band.label,
                    code(band.condition),
                    _source(band, score.evidence),
                ]
                for band in published.bands
            ),
        )
    if score.cutoffs:
        yield "Cut-offs:\n"
        yield from table(
            ("met when", "means", "for", "found in", "source"),
            (
                [
                    code(cutoff.text),
                    cutoff.meaning,
                    code(cutoff.condition),
                    cutoff.population,
                    _source(cutoff, score.evidence),
                ]
                for cutoff in score.cutoffs
            ),
        )


def _named_within(nodes: Iterable[Node], scores: set[str]) -> Iterator[tuple[str, str]]:
    """Give the named rules and tables that a rule rests on and that are no scores, in order of first use."""
    for node in nodes:
        if isinstance(node, Defined):
            if node.name in scores:
                continue
            yield node.name, str(Expression(node.body))
        elif isinstance(node, Lookup):
            yield node.table, ", ".join(f"{key:g}: {value}" for key, value in node.entries)
        yield from _named_within(children(node), scores)


def _flags_and_change(it: Instrument) -> Iterator[str]:
    if it.flags:
        yield "## Flags\n"
        yield "Each is raised, not raised, or undecided where what it needs was not answered.\n"
        yield from table(
            ("flag", "raised when", "means", "urgency", "source"),
            (
                [code(flag.id), code(flag.rule), flag.meaning, flag.urgency, _source(flag, it.evidence)]
                for flag in it.flags
            ),
        )
    if it.changes:
        yield "## Change\n"
        yield from table(
            ("kind", "score", "met when", "for", "note", "source"),
            (
                [
                    " ".join(filter(None, (change.size, change.direction, change.kind))),
                    code(change.score),
                    code(change.text),
                    code(change.condition),
                    change.note,
                    _source(change, it.evidence),
                ]
                for change in it.changes
            ),
        )


def _citation(source: Source) -> str:
    address, _, remark = source.url.partition(" ")
    if not address.startswith("http"):
        return ", ".join(filter(None, (source.cite, source.url)))
    return f"[{source.cite}](<{address}>) {remark}".strip()


def _name(item: Item) -> str:
    return code(f"q{item.n}") + (f" {code(item.name)}" if item.id else "")


def _answers(item: Item) -> str:
    if not item.codes:
        return item.wanted
    return ", ".join(
        str(code) if code == score else f"{code} (not answered)" if score is None else f"{code} (scores {score:g})"
        for code, score in item.codes.items()
    )


def _condition(item: Item) -> str:
    if item.asked_when is None:
        return ""
    return code(item.asked_when) + (f", else {item.otherwise:g}" if item.otherwise is not None else "")


def _source(it: Sourced, usual: str) -> str:
    """Give where it was read, and how well that was checked where that is not as usual here."""
    return ": ".join(filter(None, (it.source, EVIDENCE[it.evidence] if it.evidence != usual else "")))


def _pairs(values: Mapping[str, object]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items())


def code(text: Expression | str | None) -> str:
    """Give a rule or a name as code; nothing for nothing."""
    return f"`{text}`" if text is not None and str(text) else ""


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """Give a table without the columns that are empty in every row."""
    filled = [list(row) for row in rows]
    heads = list(heads)
    kept = [at for at, head in enumerate(heads) if not head or any(row[at] for row in filled)]
    for row in (heads, ["---"] * len(heads), *filled):
        yield f"| {' | '.join(row[at].replace('|', '&#124;') for at in kept)} |"
    yield ""
