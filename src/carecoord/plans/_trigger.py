"""Triggers: what calls for a review besides the calendar, as rules over facts that the caller passes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal

import attrs

from carecoord._values import is_id
from carecoord.errors import DataError, Fault, RuleError

if TYPE_CHECKING:
    from carecoord.rules import Explanation, Vocabulary

__all__ = ["Trigger", "TriggerState", "Triggered", "triggered"]

TriggerState = Literal["called-for", "not-called-for", "ask"]
"""What a trigger says; `ask` where facts are missing that would decide it."""


@attrs.frozen(kw_only=True)
class Trigger:
    """What calls for a review, whenever it is so.

    Attributes:
        id: what to call it, as `two-missed-contacts`.
        when: a rule that says when it is so, as `missed_contacts >= 2`.
        because: why that calls for a review, in words.
        source: where that is said.

    Raises:
        DataError: the id or the rule says nothing.
    """

    id: str
    when: str
    because: str = ""
    source: str = ""

    def __attrs_post_init__(self) -> None:
        """Refuse what names nothing."""
        faults = [] if is_id(self.id) else [Fault("$.id", "letters and digits are wanted, joined by - or . or _")]
        if not self.when.strip():
            faults.append(Fault("$.when", "a rule is wanted, as missed_contacts >= 2"))
        if faults:
            raise DataError("trigger", faults)

    def read(self, facts: Mapping[str, Any], vocabulary: Vocabulary) -> Triggered:
        """Say whether it is so.

        Args:
            facts: what is known, by name; what is left out or `None` is not known.
            vocabulary: the names that the rule may use.

        Raises:
            RuleError: the rule does not read with these names, or is no yes/no.

        Example:
            >>> from carecoord.rules import Kind, Vocabulary
            >>> words = Vocabulary(names={"missed_contacts": Kind.number(0, 1000, whole=True)})
            >>> trigger = Trigger(id="missed", when="missed_contacts >= 2")
            >>> trigger.read({"missed_contacts": 2}, words).state, trigger.read({}, words).state
            ('called-for', 'ask')
        """
        from carecoord.rules import parse  # noqa: PLC0415 plans are kept by hosts that use no rules

        rule = parse(self.when, vocabulary)
        if rule.type != "yes/no":
            raise RuleError(f"a trigger is yes or no, as missed_contacts >= 2; this is {rule.type}", 1, self.when)
        explanation = rule.explain(facts)
        state: TriggerState = (
            "ask" if explanation.value is None else "called-for" if explanation.value else "not-called-for"
        )
        missing = tuple(name for name in rule.names if facts.get(name) is None) if state == "ask" else ()
        return Triggered(self, state, missing, explanation)


@attrs.frozen
class Triggered:
    """What a trigger says of some facts.

    Attributes:
        trigger: the trigger.
        state: `called-for`, `not-called-for`, or `ask` where facts are missing that would decide it.
        missing: the facts to ask for, where it is to be asked.
        explanation: which facts said so.
    """

    trigger: Trigger
    state: TriggerState
    missing: tuple[str, ...]
    explanation: Explanation = attrs.field(eq=False)


def triggered(triggers: Iterable[Trigger], facts: Mapping[str, Any], vocabulary: Vocabulary) -> tuple[Triggered, ...]:
    """Say of each trigger whether it calls for a review: none is left out, known or not.

    Args:
        triggers: the triggers.
        facts: what is known, by name; what is absent is unknown, and asked for where it matters.
        vocabulary: the names that the triggers' rules may use.

    Raises:
        RuleError: a trigger's rule cannot be read in that vocabulary.

    >>> from carecoord.rules import Kind, Vocabulary
    >>> words = Vocabulary(names={"admitted": Kind.YES_NO})
    >>> admitted = Trigger(id="admission", when="admitted")
    >>> [triggered([admitted], facts, words)[0].state for facts in ({"admitted": True}, {})]
    ['called-for', 'ask']
    """
    return tuple(trigger.read(facts, vocabulary) for trigger in triggers)
