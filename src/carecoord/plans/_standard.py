"""A published standard for plans, as it is written in its file: what it asks, as rules, each with its source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import attrs

from carecoord._values import FrozenMapping, is_id
from carecoord.errors import DefinitionError, Fault, RuleError, UnknownIdError, did_you_mean
from carecoord.plans._parts import PARTS
from carecoord.roles._role import Evidence

if TYPE_CHECKING:
    from carecoord.rules import Expression, Vocabulary

__all__ = ["HostFact", "PlanStandard", "StandardElement"]


@attrs.frozen(kw_only=True)
class HostFact:
    """Something that no plan says and the host may know.

    Attributes:
        label: what it is, as words to ask for it.
        kind: `yes/no`, `number` or `date`; of a date, `days_from.` and its name is how many days after it the plan was
            made.
    """

    label: str
    kind: Literal["yes/no", "number", "date"] = "yes/no"


@attrs.frozen(kw_only=True)
class StandardElement:
    """One thing that a standard asks of a plan.

    Attributes:
        id: its id within the standard.
        asks: what is asked, in our words.
        each: the list of parts of which each is asked, as `goals`; `None` where the plan as a whole is.
        when: a rule that says when it is asked at all; always, where left out.
        rule: a rule that holds where it is there.
        missing: what is missing where it is not, in words.
        mend: how to mend that.
        demand: `shall` where the standard demands it, `should` where it recommends it.
        sources: where that was read.
        evidence: how well that is known: `unverified` where it is recalled, `ours` where it is our own rule.
        note: what to beware of.
    """

    id: str
    asks: str
    each: str | None = None
    when: str = "yes"
    rule: str
    missing: str
    mend: str
    demand: Literal["shall", "should"] = "shall"
    sources: tuple[str, ...] = ()
    evidence: Evidence = "one-source"
    note: str = ""


@attrs.frozen
class ElementRules:
    """The two rules of an element, read."""

    when: Expression
    rule: Expression


@attrs.frozen(kw_only=True)
class PlanStandard:
    """What a published standard asks of a plan.

    Attributes:
        id: what it is called by.
        title: its name for people.
        about: what it is for, and where it holds.
        facts: what no plan says and its rules ask about, by name.
        elements: what it asks, in its order.

    Raises:
        DefinitionError: it cannot be used as written; every fault at once, with its place.
    """

    id: str
    title: str
    about: str = ""
    facts: FrozenMapping[str, HostFact] = attrs.field(
        factory=FrozenMapping[str, HostFact], converter=FrozenMapping[str, HostFact]
    )
    elements: tuple[StandardElement, ...] = attrs.field(converter=tuple[StandardElement, ...])

    def __attrs_post_init__(self) -> None:
        """Read every rule."""
        faults = [*self._faults(), *self._rule_faults()]
        if faults:
            raise DefinitionError(self.id, faults)

    def element(self, id: str) -> StandardElement:
        """Give an element by its id.

        Raises:
            UnknownIdError: the standard has none with this id.
        """
        for each in self.elements:
            if each.id == id:
                return each
        raise UnknownIdError("element", id, [each.id for each in self.elements])

    @cached_property
    def rules(self) -> Mapping[str, ElementRules]:
        """The rules of each element, by its id."""
        from carecoord.rules import parse  # noqa: PLC0415 plans are kept by hosts that use no rules

        return FrozenMapping(
            {
                each.id: ElementRules(*(parse(text, self.vocabulary(each.each)) for text in (each.when, each.rule)))
                for each in self.elements
            }
        )

    def vocabulary(self, each: str | None = None) -> Vocabulary:
        """Give what its rules may ask about: a plan, or each part of a list, and what the host may know."""
        from carecoord.plans._plan_facts import facts_of_part, facts_of_plan  # noqa: PLC0415 plans are kept by hosts that use no rules
        from carecoord.rules import Kind, Vocabulary  # noqa: PLC0415 plans are kept by hosts that use no rules

        names = {name: fact.kind for name, fact in (facts_of_plan() if each is None else facts_of_part(each)).items()}
        for name, host in self.facts.items():
            names[name] = {"yes/no": Kind.YES_NO, "number": Kind.NUMBER, "date": Kind.DATE}[host.kind]
            if host.kind == "date":
                names[f"days_from.{name}"] = Kind.number(-100_000, 100_000, whole=True)
        return Vocabulary(names=FrozenMapping(names))

    def _faults(self) -> Iterator[Fault]:
        from carecoord.plans._plan_facts import facts_of_part, facts_of_plan  # noqa: PLC0415 plans are kept by hosts that use no rules

        if not is_id(self.id):
            yield Fault("$.id", f"{self.id[:60]!r} is no id: letters and digits, joined by single - . or _")
        seen: set[str] = set()
        for each in self.elements:
            if each.id in seen:
                yield Fault(f"$.elements[{each.id}].id", "it stands twice")
            seen.add(each.id)
            if each.each is not None and each.each not in PARTS:
                message = f"a plan has no list {each.each[:60]!r}{did_you_mean(each.each, PARTS)}"
                yield Fault(f"$.elements[{each.id}].each", message)
            if not each.sources and each.evidence != "ours":
                yield Fault(f"$.elements[{each.id}].sources", "a source is wanted, or evidence that it is ours")
        for name in self.facts:
            if name in facts_of_plan() or any(name in facts_of_part(each) for each in PARTS):
                yield Fault(f"$.facts.{name}", "a plan says that itself: choose another name")

    def _rule_faults(self) -> Iterator[Fault]:
        from carecoord.rules import parse  # noqa: PLC0415 plans are kept by hosts that use no rules

        for each in self.elements:
            if each.each is not None and each.each not in PARTS:
                continue
            for field in ("when", "rule"):
                try:
                    read = parse(getattr(each, field), self.vocabulary(each.each))
                except RuleError as error:
                    yield Fault(f"$.elements[{each.id}].{field}", str(error))
                else:
                    if read.type != "yes/no":
                        yield Fault(f"$.elements[{each.id}].{field}", f"yes or no is wanted, found {read.type}")
