"""Every definition is held mechanically against the facts collected about its instrument."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatchcase as fnmatch
from pathlib import Path
from typing import Any

import pytest

from carecoord.scoring import score

Table = dict[str, Any]

DEFINITIONS = Path(__file__).parents[2] / "src" / "carecoord" / "scoring" / "instruments"
FACTS = Path(__file__).parents[1] / "data" / "facts" / "instruments"
IDS = sorted(path.stem for path in DEFINITIONS.glob("*.toml"))

SECOND_SETS = {
    "hama": {"total-matza": "total.matza"},
    "hamd-17": {"total-apa": "total.apa"},
    "k10": {"total-crufad": "total.crufad"},
    "pdss-sr": {"total-agoraphobia": "total.agoraphobia"},
    "ybocs": {"total-storch": "total.storch"},
}
"""Scores of the facts that are a further set of bands for another score's number: `score.set`."""

DEVIATIONS = {
    "asq": {"missing codes": "a refused item 5 leaves the level undecided, as the facts say of the screen"},
    "bpi-sf": {"change": "moderate (30 %) and substantial (50 %) are two rules; the facts print them in one line"},
    "crafft-2.1": {"items[[][5-9]].asked_when": "any day of use decides, also while another count is not known"},
    "esas-r": {"change": "improvement and deterioration have their own points, so two rules a score"},
    "gaf": {"missing codes": "0 means inadequate information and counts as missing, as the facts say"},
    "kccq-12": {
        "missing codes": "code 6 (did not do for other reasons) counts as missing, as the facts say of each score",
        "change": "small, moderate and large are three rules; the facts print them in one line",
    },
    "npi-q": {
        "items[[]*].label": "one list gives ids and labels, so motor-disturbance and night-behaviours have a hyphen"
    },
    "ort": {"scores": "total picks the score of the respondent's sex; the facts hold the two apart"},
    "panss": {
        "change": "acute and treatment-resistant illness are two rules; remission is read from its own score",
        "change[[]100*": "the facts print the formula first, with the points 50 and 25 after it",
    },
    "pcl-5": {"change[[]5 points*": "5 points were reliable, 10 the minimal difference that the rule holds"},
    "qids-sr16": {
        "items[[][6-9]].asked_when": "of each pair one is answered: the score's needs say so, no condition does"
    },
    "simpson-angus": {
        "scores[[]mean].bands": "the mean of ten whole ratings moves by 0.1: above 0.3 is 0.4, not 0.301"
    },
    "whodas-2.0-36": {"items[[]*].values": "the recoding of the complex score (facts, summary) stands on the items"},
}
"""Where a definition rightly says something else than the facts (places as shell patterns), and why."""

RULES = ("asked_when", "needs", "value", "when")
NUMBER = re.compile(r"\d+(?:\.\d+)?")
COMPARISON = re.compile(r"score (>=|<=|==|>|<) (-?[0-9.]+)")


def read(path: Path) -> Table:
    """Give a TOML file as plain tables."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def numbers(text: str) -> list[int]:
    """Give the item numbers of `1-3 7`; names of groups and items are left out."""
    spans = [part.split("-") for part in text.split() if part[0].isdigit()]
    return [number for span in spans for number in range(int(span[0]), int(span[-1]) + 1)]


def each(definition: Table, blocks: list[Table]) -> Iterator[Table]:
    """Give the blocks with every `each` filled in."""
    for block in blocks:
        if "each" not in block:
            yield block
            continue
        word = block["each"]
        for place, member in enumerate(definition["lists"][word]):
            names = {key: member.replace("-", "_") if key in RULES else member for key in block}
            filled = {
                key: value.replace(f"{{{word}}}", names[key]) if isinstance(value, str) else value
                for key, value in block.items()
            }
            if "n" in block:
                filled["n"] = numbers(block["n"])[place]
            yield filled


def by_id(blocks: Iterator[Table] | list[Table], key: str = "id") -> dict[Any, Table]:
    """Give blocks by their id, or by another key."""
    return {block[key]: block for block in blocks}


def defined_codes(definition: Table, item: Table) -> dict[str, object]:
    """Give the score of each code of a defined item; a measured item lists its whole numbers."""
    if "min" in item and item.get("whole"):
        return {str(code): code for code in range(item["min"], item["max"] + 1)}
    values = item.get("values", [])
    table = definition["values"][values] if isinstance(values, str) else values
    return turned({str(code): table[code] if isinstance(table, dict) else code for code in table}, item)


def fact_codes(item: Table) -> dict[str, object]:
    """Give the score of each code of an item of the facts."""
    recode = item.get("recode", {})
    return turned({str(code): recode.get(str(code), code) for code in item["values"]}, item)


def turned(codes: dict[str, Any], item: Table) -> dict[str, object]:
    """Score a reversed item: lowest + highest - score."""
    if not item.get("reverse"):
        return codes
    known = [score for score in codes.values() if score != "missing"]
    return {code: score if score == "missing" else min(known) + max(known) - score for code, score in codes.items()}


def bands(blocks: list[Table], name: str = "") -> list[tuple[float, str]]:
    """Give the lower ends and labels of one set of bands."""
    return [(band["low"], band["label"]) for band in blocks if band.get("set", "") == name]


def upper_ends(blocks: list[Table], name: str = "") -> list[float]:
    """Give the upper ends; an open end `below = 4` is 3.999 in the facts."""
    mine = [band for band in blocks if band.get("set", "") == name]
    return [band["high"] if "high" in band else round(band["below"] - 0.001, 3) for band in mine]


def cutoffs(blocks: list[Table]) -> Counter[tuple[str, float, str]]:
    """Give operator, value and population of every cut-off, of a definition or of the facts."""
    found: list[tuple[str, float, str]] = []
    for block in blocks:
        if "op" in block:
            operator, value = block["op"], block["value"]
        else:
            match = COMPARISON.fullmatch(block["when"])
            operator, value = match.groups() if match else (block["when"], "nan")
        found.append((operator, float(value), block["population"]))
    return Counter(found)


def plain_rule(words: str) -> str:
    """Give a condition of the facts as a rule where it is a plain one, else nothing: `item 1 = 3` is `q1 == 3`."""
    rule = re.sub(r"(?<![<>=])=(?!=)", "==", re.sub(r"item (\d+)", r"q\1", words))
    return rule if re.fullmatch(r"(q\d+|\d+|and|or|not|>=|<=|==|>|<|[()+ ])*", rule) else ""


def by_number(rule: str, items: dict[Any, Table]) -> str:
    """Give a rule with every item by its number."""
    names = {item["id"].replace("-", "_"): f"q{number}" for number, item in items.items() if "id" in item}
    return re.sub(r"[a-z][a-z0-9_]*", lambda name: names.get(name[0], name[0]), rule)


def item_differences(definition: Table, facts: Table) -> Iterator[tuple[str, str]]:
    """Give where the items differ: number, labels, codes, units, skip logic."""
    defined = by_id(each(definition, definition["items"]), "n")
    if len(defined) != len(facts["items"]):
        yield "items", f"{len(defined)} items, the facts have {len(facts['items'])}"
    for fact in facts["items"]:
        number = fact["n"]
        item = defined.get(number, {})
        place = f"items[{number}]"
        for field in ("label", "loinc", *(("unit",) if "unit" in fact and not item.get("time") else ())):
            if item.get(field) != fact.get(field):
                yield f"{place}.{field}", f"{item.get(field)!r}, the facts have {fact.get(field)!r}"
        wanted_when = plain_rule(fact.get("asked_when", ""))
        given_when = by_number(item.get("asked_when", ""), defined)
        if bool(given_when) != ("asked_when" in fact) or (wanted_when and wanted_when != given_when):
            yield f"{place}.asked_when", f"{given_when!r}, the facts have {fact.get('asked_when')!r}"
        codes, wanted = defined_codes(definition, item), fact_codes(fact)
        missing = {code for code, score in codes.items() if score == "missing"}
        if missing:
            yield "missing codes", f"item {number}: {sorted(missing)}"
        known = {code: score for code, score in codes.items() if code not in missing}
        if fact["values"] and known != {code: score for code, score in wanted.items() if code not in missing}:
            yield f"{place}.values", f"{codes}, the facts have {wanted}"
        for end in ("min", "max"):
            if end in fact and item.get(end) != fact[end]:
                yield f"{place}.{end}", f"{item.get(end)}, the facts have {fact[end]}"


def score_differences(score: Table, fact: Table) -> Iterator[tuple[str, str]]:
    """Give where one score differs: direction, range, items, limit on blanks, bands, cut-offs."""
    place = f"scores[{fact['id']}]"
    for field in ("worse", "loinc"):
        if score.get(field) != fact.get(field):
            yield f"{place}.{field}", f"{score.get(field)!r}, the facts have {fact.get(field)!r}"
    if score.get("range", []) != fact["range"]:
        yield f"{place}.range", f"{score.get('range')}, the facts have {fact['range']}"
    if score.get("values", []) != fact.get("values", []):
        yield f"{place}.values", f"{score.get('values')}, the facts have {fact.get('values')}"
    if "items" in score and numbers(score["items"]) != fact["items"]:
        yield f"{place}.items", f"{numbers(score['items'])}, the facts have {fact['items']}"
    if "max_missing" in fact and score.get("needs") != f"missing(items) <= {fact['max_missing']}":
        yield f"{place}.needs", f"{score.get('needs')}, the facts allow {fact['max_missing']} missing"
    yield from band_differences(place, score.get("bands", []), fact, "")
    if cutoffs(score.get("cutoffs", [])) != cutoffs(fact.get("cutoffs", [])):
        yield (
            f"{place}.cutoffs",
            f"{cutoffs(score.get('cutoffs', []))}, the facts have {cutoffs(fact.get('cutoffs', []))}",
        )


def band_differences(place: str, defined: list[Table], fact: Table, name: str) -> Iterator[tuple[str, str]]:
    """Give where one set of bands differs in edges or labels."""
    wanted = fact.get("bands", [])
    if bands(defined, name) != bands(wanted):
        yield f"{place}.bands", f"{bands(defined, name)}, the facts have {bands(wanted)}"
    elif upper_ends(defined, name) != upper_ends(wanted):
        yield f"{place}.bands", f"end at {upper_ends(defined, name)}, the facts at {upper_ends(wanted)}"


def second_set(instrument: str, score: str) -> tuple[str, str] | None:
    """Give the score and the name of the band set that this score of the facts stands for."""
    if instrument.startswith("sdq-") and score.endswith("-four-band"):
        return score.removesuffix("-four-band"), "four-band"
    target = SECOND_SETS.get(instrument, {}).get(score)
    return None if target is None else (target.rsplit(".", 1)[0], target.rsplit(".", 1)[1])


def all_differences(definition: Table, facts: Table) -> Iterator[tuple[str, str]]:
    """Give every place where a definition differs from its facts."""
    for field, fact_field in (
        ("title", "title"),
        ("measures", "measures"),
        ("respondent", "respondent"),
        ("population", "population"),
        ("recall", "recall"),
        ("permission", "permission"),
        ("loinc", "loinc_panel"),
    ):
        if definition.get(field) != facts.get(fact_field):
            yield field, f"{definition.get(field)!r}, the facts have {facts.get(fact_field)!r}"
    yield from item_differences(definition, facts)
    scores = by_id(each(definition, definition["scores"]))
    wanted: set[str] = set()
    for fact in facts["scores"]:
        further = second_set(definition["id"], fact["id"])
        if further is not None:
            yield from band_differences(f"scores[{fact['id']}]", scores[further[0]].get("bands", []), fact, further[1])
            continue
        wanted.add(fact["id"])
        if fact["id"] in scores:
            yield from score_differences(scores[fact["id"]], fact)
    if set(scores) != wanted:
        yield "scores", f"{sorted(set(scores) ^ wanted)} are in one and not in the other"
    yield from flag_differences(definition, facts)
    yield from change_differences(definition, facts)


def flag_differences(definition: Table, facts: Table) -> Iterator[tuple[str, str]]:
    """Give where the flags differ: how many of each urgency, and the condition of those on one item."""
    flags = list(each(definition, definition.get("flags", [])))
    wanted = facts.get("flags", [])
    if Counter(flag["urgency"] for flag in flags) != Counter(flag["urgency"] for flag in wanted):
        yield "flags", f"{len(flags)} flags, the facts have {len(wanted)}"
    items = by_id(each(definition, definition["items"]), "n")
    rules = {by_number(flag["when"], items) for flag in flags}
    for flag in wanted:
        if plain_rule(flag["when"]) and plain_rule(flag["when"]) not in rules:
            yield f"flags[{flag['meaning']}]", f"none of {rules} is {plain_rule(flag['when'])}"


def change_differences(definition: Table, facts: Table) -> Iterator[tuple[str, str]]:
    """Give where the change rules differ: kinds, scores, and the first number of each rule."""
    rules = definition.get("change", [])
    wanted = [{**rule, "kind": rule["kind"].replace("mcid", "minimal-difference")} for rule in facts.get("change", [])]
    if Counter((rule["kind"], rule["score"]) for rule in rules) != Counter(
        (rule["kind"], rule["score"]) for rule in wanted
    ):
        yield "change", f"{len(rules)} rules, the facts have {len(wanted)}"
    for rule in wanted:
        texts = [mine["when"] for mine in rules if (mine["kind"], mine["score"]) == (rule["kind"], rule["score"])]
        first = re.search(r"(?<!CGI-)(>=|<=|<|>|) ?\b([0-9.]+)", rule["rule"])
        if (
            first
            and texts
            and not any(re.search(rf"{first[1] or '>='} {re.escape(first[2])}\b", text) for text in texts)
        ):
            yield f"change[{rule['rule']}]", f"none of {texts} has {first[0]}"
    known = set(NUMBER.findall(" ".join(rule["rule"] for rule in wanted)))
    edges = {
        str(edge)
        for score in facts["scores"]
        for band in score.get("bands", [])
        for edge in (band["low"], band["high"])
    }
    for rule in rules:
        for number in set(NUMBER.findall(rule["when"])) - known - edges - {"100"}:
            yield f"change[{rule['when']}]", f"{number} is in none of the facts' rules"


@pytest.mark.parametrize("instrument_id", IDS)
def test_definition_says_what_the_facts_say(instrument_id: str) -> None:
    """Codes, items, ranges, bands, cut-offs, flags and change rules agree, but for the listed deviations."""
    found = dict(all_differences(read(DEFINITIONS / f"{instrument_id}.toml"), read(FACTS / f"{instrument_id}.toml")))
    allowed = DEVIATIONS.get(instrument_id, {})
    assert {place: text for place, text in found.items() if not any(fnmatch(place, known) for known in allowed)} == {}
    assert all(any(fnmatch(place, known) for place in found) for known in allowed), "a deviation that is none has to go"


@pytest.mark.parametrize("instrument_id", IDS)
def test_definition_names_sources_and_examples(instrument_id: str) -> None:
    """Every definition carries its id, its sources and at least the worked examples of the facts."""
    definition, facts = read(DEFINITIONS / f"{instrument_id}.toml"), read(FACTS / f"{instrument_id}.toml")
    assert definition["id"] == instrument_id
    assert {source["cite"] for source in facts["sources"]} <= {source["cite"] for source in definition["sources"]}
    answers = {example["answers"] for example in definition["examples"]}
    assert {vector["answers"] for vector in facts["vectors"]} <= answers


def vectors() -> list[Any]:
    """Give every worked example of the facts of the defined instruments."""
    return [
        pytest.param(instrument_id, vector, id=f"{instrument_id}-{number}")
        for instrument_id in IDS
        for number, vector in enumerate(read(FACTS / f"{instrument_id}.toml")["vectors"], start=1)
    ]


def answers_of(facts: Table, text: str) -> list[int | float | str | None]:
    """Give answers in item order, `None` for a blank; codes such as 3a and clock times stay text."""
    return [answer_of(item, token) for item, token in zip(facts["items"], text.split(), strict=True)]


def answer_of(item: Table, text: str) -> int | float | str | None:
    """Give one answer as a respondent gives it."""
    if text == "-":
        return None
    if any(isinstance(code, str) for code in item["values"]) or ":" in text:
        return text
    return float(text) if "." in text else int(text)


def expected(instrument_id: str, vector: Table) -> Iterator[tuple[str, str, object]]:
    """Give what a worked example of the facts expects: score, `value` or the band set, and the outcome."""
    facts = read(FACTS / f"{instrument_id}.toml")
    scores = by_id(facts["scores"])
    first = next((score["id"] for score in facts["scores"] if "bands" in score), "")
    for name, outcome in vector["expect"].items():
        if name == "unscored":
            yield from ((score, "value", None) for score in outcome if second_set(instrument_id, score) is None)
        elif name in scores:
            if second_set(instrument_id, name) is None:
                yield name, "value", outcome
        else:
            score = first if name == "band" else name.removesuffix("-band")
            further, name_of_set = second_set(instrument_id, score) or (score, "")
            yield further, name_of_set, outcome


def same(value: object, outcome: object) -> bool:
    """Compare measured values to the four decimals that the facts print."""
    if isinstance(value, float) and isinstance(outcome, int | float):
        return abs(value - outcome) < 1e-4
    return value == outcome


@pytest.mark.parametrize(("instrument_id", "vector"), vectors())
def test_worked_example_of_the_facts(instrument_id: str, vector: Table) -> None:
    """The engine gives the values, bands and refusals that the facts' worked example gives."""
    facts = read(FACTS / f"{instrument_id}.toml")
    result = score(instrument_id, answers_of(facts, vector["answers"]), respondent=vector.get("context"))
    for name, what, outcome in expected(instrument_id, vector):
        given = result[name]
        if what == "value":
            assert same(given.category if isinstance(outcome, str) else given.value, outcome), (
                f"{name} is {given.value}"
            )
        else:
            assert (given.bands[what] if what else given.band) == outcome, f"{name} {what}"
