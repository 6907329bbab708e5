"""Plans for bad days: for a crisis, for staying safe, and for keeping well."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Final

import attrs

from carecoord.errors import DataError, Fault, RuleError
from carecoord.plans._done import Done
from carecoord.plans._part import APPENDED, HOSTS, HeldPart, HelpContact, Owner, defined, given, one_of, refers, texts
from carecoord.plans._statuses import PartStatus

if TYPE_CHECKING:
    from carecoord.rules import Explanation, Expression, Vocabulary

__all__ = ["ContinuedTreatment", "CrisisPlan", "RelapsePreventionPlan", "SafetyPlan"]


@attrs.frozen(kw_only=True)
class CrisisPlan(HeldPart):
    """What is to happen when things go wrong, and who steps in: agreed while they do not.

    Attributes:
        id: text the host gives.
        title: what it is for, in words.
        needs: the ids of the needs it is about.
        signs: how a crisis shows, in the person's words.
        helps: what helps then.
        harms: what makes it worse.
        actions: what is to be done, in this order.
        wishes: what the person wants and does not want to be done, in their words.
        advance_decision: the host's id of an advance decision or directive; `None` where nobody has noted one.
        contacts: whom to turn to.
        backup: who steps in where the usual help falls away, and who looks after children, animals and home.
        review: the id of the review at which it is looked at again.
        used: the times it was used, and what came of it.
        done: the times it was looked at again.
        owner: who keeps it.
        status: `draft` while it is worked on, `active` once it is agreed.
        labels: what it is about that not everybody may see, as `SUD` or `MH`; empty where there is nothing of the kind,
            `None` where nobody has said so.
    """

    KIND: ClassVar[str] = "crisis-plan"

    status: PartStatus = attrs.field(default="draft", validator=one_of(PartStatus), metadata={"axis": "part"})
    title: str = ""
    needs: tuple[str, ...] = attrs.field(default=(), converter=texts, metadata=refers("needs"))
    signs: tuple[str, ...] = attrs.field(default=(), converter=texts)
    helps: tuple[str, ...] = attrs.field(default=(), converter=texts)
    harms: tuple[str, ...] = attrs.field(default=(), converter=texts)
    actions: tuple[str, ...] = attrs.field(default=(), converter=texts)
    wishes: tuple[str, ...] = attrs.field(default=(), converter=texts)
    advance_decision: str | None = attrs.field(default=None, metadata=HOSTS)
    contacts: tuple[HelpContact, ...] = attrs.field(default=(), converter=tuple[HelpContact, ...])
    backup: tuple[HelpContact, ...] = attrs.field(default=(), converter=tuple[HelpContact, ...])
    review: str | None = attrs.field(default=None, metadata=refers("reviews"))
    used: tuple[Done, ...] = attrs.field(default=(), converter=tuple[Done, ...], metadata=APPENDED)
    done: tuple[Done, ...] = attrs.field(default=(), converter=tuple[Done, ...], metadata=APPENDED)
    owner: Owner | None = None


SIX_PARTS: Final = ("warning_signs", "coping", "distractions", "helpers", "professionals", "environment")


@attrs.frozen(kw_only=True)
class SafetyPlan(HeldPart):
    """What the person does, step by step, when thoughts of suicide come: brief, and in their own words.

    It is no promise and no contract. Its steps are taken in order until one is enough.
    The library gives no step, no wording and no number to call: they are the person's and the site's.

    Attributes:
        id: text the host gives.
        title: what the person calls it.
        needs: the ids of the needs it is about.
        warning_signs: 1, how the person notices that it begins.
        coping: 2, what they can do alone.
        distractions: 3, people and places that take their mind off it; they are not told of the crisis.
        helpers: 4, family and friends who can help and may be told; ask them before naming them here.
        professionals: 5, professionals and agencies, with how to reach them.
        environment: 6, how the place around the person is made safe.
        obstacles: what could keep the person from using it, and how likely they find it that they will, in words.
        kept: where they keep it, and in which form.
        review: the id of the review at which it is looked at again.
        used: the times it was used, and what came of it: after each it is looked at again.
        done: the times it was looked at again.
        owner: who keeps it with the person.
        status: `draft` while it is worked on, `active` once the person has it.
        labels: what it is about that not everybody may see, as `SUD` or `MH`; empty where there is nothing of the kind,
            `None` where nobody has said so.

    Raises:
        DataError: it is active, and parts 5 or 6 say nothing.

    Source:
        The six parts are those of the safety planning intervention of Stanley and Brown, named in our own words; their
        template is theirs. That parts 5 and 6 are never empty is our rule.
    """

    KIND: ClassVar[str] = "safety-plan"

    status: PartStatus = attrs.field(default="draft", validator=one_of(PartStatus), metadata={"axis": "part"})
    title: str = ""
    needs: tuple[str, ...] = attrs.field(default=(), converter=texts, metadata=refers("needs"))
    warning_signs: tuple[str, ...] = attrs.field(default=(), converter=texts)
    coping: tuple[str, ...] = attrs.field(default=(), converter=texts)
    distractions: tuple[HelpContact, ...] = attrs.field(default=(), converter=tuple[HelpContact, ...])
    helpers: tuple[HelpContact, ...] = attrs.field(default=(), converter=tuple[HelpContact, ...])
    professionals: tuple[HelpContact, ...] = attrs.field(default=(), converter=tuple[HelpContact, ...])
    environment: tuple[str, ...] = attrs.field(default=(), converter=texts)
    obstacles: tuple[str, ...] = attrs.field(default=(), converter=texts)
    kept: str = ""
    review: str | None = attrs.field(default=None, metadata=refers("reviews"))
    used: tuple[Done, ...] = attrs.field(default=(), converter=tuple[Done, ...], metadata=APPENDED)
    done: tuple[Done, ...] = attrs.field(default=(), converter=tuple[Done, ...], metadata=APPENDED)
    owner: Owner | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse a plan in force that leads to no professional help, or leaves the means at hand."""
        empty = [name for name in ("professionals", "environment") if not getattr(self, name)]
        if self.status == "active" and empty:
            raise DataError(
                "safety plan",
                [Fault(f"$.{name}", "it is never empty in a safety plan that is active") for name in empty],
            )

    @property
    def empty(self) -> tuple[str, ...]:
        """The parts that say nothing yet, in their order.

        >>> SafetyPlan(id="s", warning_signs=["I stop answering the phone"]).empty
        ('coping', 'distractions', 'helpers', 'professionals', 'environment')
        """
        return tuple(name for name in SIX_PARTS if not getattr(self, name))

    @property
    def unasked(self) -> tuple[str, ...]:
        """The names of helpers who have not agreed yet to be called on."""
        return tuple(helper.name for helper in self.helpers if not helper.is_asked)

    @property
    def needs_another_look(self) -> bool:
        """Whether it was used and not looked at again since."""
        last_used = max((each.on for each in self.used if each.outcome == "done"), default=None)
        looked = max((each.on for each in self.done if each.outcome == "done"), default=None)
        return last_used is not None and (looked is None or looked < last_used)


@attrs.frozen(kw_only=True)
class ContinuedTreatment:
    """Something that goes on after the person is well.

    Attributes:
        title: what it is, as the name of a medicine.
        instructions: how, as whoever ordered it said.
        until: the day until which it goes on at least; `None` where that is not settled.
    """

    title: str = attrs.field(validator=given)
    instructions: str = ""
    until: date | None = None


@attrs.frozen(kw_only=True)
class RelapsePreventionPlan(HeldPart):
    """How the person stays well, notices that it comes back, and gets help in time.

    It is written together in the months before the episode of care ends.

    Attributes:
        id: text the host gives.
        title: what it is for, in words.
        needs: the ids of the needs it is about.
        goals: the ids of the goals it keeps.
        activities: the ids of the activities that go on.
        keeping_well: what keeps the person on track.
        treatments: what goes on, and until when.
        warning_signs: how the person notices that it comes back.
        helped: what eased strain and helped before.
        contacts: whom to turn to.
        next_appointment: the day of the next one.
        self_check: the id of the instrument with which the person checks on themselves, as `phq-9`.
        call_back: when to call, as a rule over its score, as `phq_9.total >= 10`; `None` where nobody has said.
        progress: what was reached and learnt.
        risks: what makes it more likely that it comes back.
        reasons: why it is worth going on.
        review: the id of the review at which it is looked at again.
        done: the times it was looked at again.
        owner: who keeps it with the person.
        status: `draft` while it is worked on, `active` once the person has it.
        labels: what it is about that not everybody may see, as `SUD` or `MH`; empty where there is nothing of the kind,
            `None` where nobody has said so.
    """

    KIND: ClassVar[str] = "relapse-plan"

    status: PartStatus = attrs.field(default="draft", validator=one_of(PartStatus), metadata={"axis": "part"})
    title: str = ""
    needs: tuple[str, ...] = attrs.field(default=(), converter=texts, metadata=refers("needs"))
    goals: tuple[str, ...] = attrs.field(default=(), converter=texts, metadata=refers("goals"))
    activities: tuple[str, ...] = attrs.field(default=(), converter=texts, metadata=refers("activities"))
    keeping_well: tuple[str, ...] = attrs.field(default=(), converter=texts)
    treatments: tuple[ContinuedTreatment, ...] = attrs.field(default=(), converter=tuple[ContinuedTreatment, ...])
    warning_signs: tuple[str, ...] = attrs.field(default=(), converter=texts)
    helped: tuple[str, ...] = attrs.field(default=(), converter=texts)
    contacts: tuple[HelpContact, ...] = attrs.field(default=(), converter=tuple[HelpContact, ...])
    next_appointment: date | None = None
    self_check: str | None = attrs.field(default=None, metadata=defined("instrument"))
    call_back: str | None = None
    progress: tuple[str, ...] = attrs.field(default=(), converter=texts)
    risks: tuple[str, ...] = attrs.field(default=(), converter=texts)
    reasons: tuple[str, ...] = attrs.field(default=(), converter=texts)
    review: str | None = attrs.field(default=None, metadata=refers("reviews"))
    done: tuple[Done, ...] = attrs.field(default=(), converter=tuple[Done, ...], metadata=APPENDED)
    owner: Owner | None = None

    def rule(self, vocabulary: Vocabulary) -> Expression | None:
        """Read when to call; `None` where the plan names no score.

        Raises:
            RuleError: it does not read with these names, or is no yes/no.
        """
        from carecoord.rules import parse  # noqa: PLC0415 plans are kept by hosts that measure nothing

        if self.call_back is None:
            return None
        rule = parse(self.call_back, vocabulary)
        if rule.type != "yes/no":
            raise RuleError(f"when to call is yes or no, as score >= 10; this is {rule.type}", 1, self.call_back)
        return rule

    def calls_back(self, facts: Mapping[str, Any], vocabulary: Vocabulary) -> Explanation | None:
        """Say whether the person is to call, and why; `None` where the plan names no score.

        The explanation's `value` is true, false, or `None` where the facts do not tell.

        Raises:
            RuleError: as `rule`.
        """
        rule = self.rule(vocabulary)
        return None if rule is None else rule.explain(facts)
