"""What a decision says: plain values, as they are kept and sent."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, Protocol, runtime_checkable

import attrs

from carecoord._values import FrozenMapping, Period
from carecoord.roles import Holder
from carecoord.rules._explain import shown

__all__ = [
    "LOWERING",
    "Counterfactual",
    "Decision",
    "DecisionExplanation",
    "Explains",
    "FactValue",
    "HeldBack",
    "IssuedTask",
    "Move",
    "Outcome",
    "RaisedAlert",
    "Reason",
    "Ruling",
    "Supposes",
    "Urgency",
]

Move = Literal["enter", "step-up", "step-down", "switch", "stay", "adjust", "consult", "refer", "exit", "ask", "review"]
"""What a decision may say."""

Urgency = Literal["immediate", "same-day", "next-contact"]
"""How soon an alert wants someone."""

FactValue = bool | int | float | str | None
"""The value of a fact; `None` is unknown."""

LOWERING: frozenset[Move] = frozenset(("step-down", "exit"))
"""Moves to less care: never made on what is unknown, and never while an alert holds them back."""


@attrs.frozen
class Outcome:
    """Where a rule leads.

    Attributes:
        move: the kind of move.
        to: the step it leads to; several are alternatives at one height, for the person to choose.
        do: what is to be done.
    """

    move: Move
    to: tuple[str, ...] = ()
    do: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Give the move and where it leads: `step-down to four-weekly`."""
        return f"{self.move} to {' or '.join(self.to)}" if self.to else self.move


@attrs.frozen(kw_only=True)
class RaisedAlert:
    """An alert that holds, or that nobody can say does not hold.

    Attributes:
        id: the alert.
        state: `raised`, or `undecided` where a fact it needs is unknown: then it blocks as if it were raised.
        meaning: what it says, in words.
        urgency: how soon.
        do: what is to be done.
        duty: whose duty that is.
        within: how long they have.
        blocks: the moves it holds back.
        missing: what to ask for where it is undecided.
    """

    id: str
    state: Literal["raised", "undecided"]
    meaning: str = ""
    urgency: Urgency = "same-day"
    do: tuple[str, ...] = ()
    duty: str | None = None
    within: Period | None = None
    blocks: tuple[Move, ...] = ()
    missing: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class IssuedTask:
    """Something that is due whatever moves.

    Attributes:
        id: the task.
        meaning: why, in words.
        do: what is to be done.
        duty: whose duty it is.
        within: how long they have from the day it is first issued.
    """

    id: str
    meaning: str = ""
    do: tuple[str, ...] = ()
    duty: str | None = None
    within: Period | None = None

    def due(self, on: date) -> date | None:
        """Give the last day for it when it is first issued on `on`; `None` where the protocol sets none."""
        return self.within.after(on) if self.within else None


@attrs.frozen
class HeldBack:
    """A move that a rule called for and an alert held back.

    Attributes:
        move: the move.
        to: where it would have led.
        alerts: what held it back, in the protocol's order.
    """

    move: Move
    to: tuple[str, ...]
    alerts: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Ruling:
    """What a protocol says of one row of facts; see [`Decision`][carecoord.stepped_care.Decision] for each part."""

    protocol: str
    digest: str
    from_step: str
    move: Move
    to: tuple[str, ...] = ()
    rule: str | None = None
    do: tuple[str, ...] = ()
    alerts: tuple[RaisedAlert, ...] = ()
    tasks: tuple[IssuedTask, ...] = ()
    add_ons: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    possible: tuple[Outcome, ...] = ()
    provisional: bool = False
    instead_of: HeldBack | None = None
    unverified: tuple[str, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """The move, where it leads and what to do, as one value."""
        return Outcome(self.move, self.to, self.do)


@attrs.frozen(kw_only=True)
class Reason:
    """One line of an explanation.

    Attributes:
        about: an alert, a task, an add-on, a rule, a fact to ask for, or the decision as a whole.
        id: its id; for a fact, its name.
        state: `holds`, `does not hold` or `unknown`; for a fact, why it is unknown; for the decision, a note.
        because: the facts that carried it, with their values and dates.
        source: where the rule comes from, as the protocol says it.
        verified: whether its numbers have been checked against that source.
    """

    about: Literal["alert", "task", "add-on", "rule", "fact", "decision"]
    id: str
    state: str
    because: str = ""
    source: str = ""
    verified: bool = True

    def __str__(self) -> str:
        """Give the line as text."""
        because = f" ({self.because})" if self.because else ""
        source = f" [{self.source}]" if self.source else ""
        mark = "" if self.verified else " unverified"
        match self.about:
            case "rule" | "decision":
                return f"{self.id}: {self.state}{because}{source}{mark}"
            case "fact":
                return f"ask for {self.id}: {self.state}"
            case _ if self.state == "holds":
                return f"{self.about} {self.id}: {self.because}{source}{mark}"
            case _:
                return f"{self.about} {self.id}: {self.state}{because}{source}{mark}"


@attrs.frozen
class DecisionExplanation:
    """Why a decision is what it is.

    Attributes:
        head: the decision in one line.
        reasons: alerts, tasks and add-ons, then each rule in the order it was read, then what to ask for.
    """

    head: str
    reasons: tuple[Reason, ...] = ()

    def __str__(self) -> str:
        """Give the head, and each reason on a line of its own."""
        return "\n  ".join([self.head, *map(str, self.reasons)])


@runtime_checkable
class Explains(Protocol):
    """A row of facts that still knows the history and the rules it was made for."""

    def reasons(self, ruling: Ruling) -> tuple[Reason, ...]:
        """Say what carried each part of a ruling."""
        ...


@attrs.frozen(kw_only=True)
class Counterfactual:
    """One thing that would have changed a decision, everything else being as it was.

    Attributes:
        kind: a `score` or an answer, a `fact` that people record, an `event`, or `time` alone.
        fact: the fact, or the event; empty where it is time.
        now: its value; `None` where it is unknown.
        values: the value that lead there; of a number the nearest, of what is unknown or no number every one.
        outcome: what would be decided then.
        rule: the rule that would say so.
        on: the day of the event, or the first day on which it changes with nothing new.
        distance: how far the value is, as a share of its range; 1 where it is no number.
    """

    kind: Literal["score", "fact", "event", "time"]
    fact: str = ""
    now: FactValue = None
    values: tuple[FactValue, ...] = ()
    outcome: Outcome
    rule: str | None = None
    on: date | datetime | None = None
    distance: float = 1

    def __str__(self) -> str:
        """Give it as `step-down to four-weekly if phq_9.total were 4 (now 7)`."""
        if self.kind == "time":
            return f"{self.outcome} on {self.on} with nothing new"
        if self.kind == "event":
            return f"{self.outcome} if there were {self.fact} on {self.on}"
        return f"{self.outcome} if {self.fact} were {_listed(self.values)} (now {shown(self.now)})"


def _listed(values: tuple[FactValue, ...]) -> str:
    """Write values one by one, or by their ends where they are whole numbers in a row."""
    whole = [value for value in values if isinstance(value, int) and not isinstance(value, bool)]
    if len(whole) == len(values) > 2 and whole == [*range(whole[0], whole[-1] + 1)]:
        return f"{whole[0]} to {whole[-1]}"
    return ", ".join(map(shown, values))


@runtime_checkable
class Supposes(Protocol):
    """A row of facts that still knows the history it was made from, and can be decided on again."""

    def counterfactuals(self, ruling: Ruling) -> tuple[Counterfactual, ...]:
        """Say what would have changed a ruling."""
        ...


@attrs.frozen
class Decision:
    """What a protocol says of one person on one day, with the facts it was made from.

    It advises; a person decides, and [`accept`][carecoord.stepped_care.accept] or
    [`override`][carecoord.stepped_care.override] records who.

    Attributes:
        on: the day or moment it was made for.
        ruling: everything decided, as one value.
        facts: the row of facts it was made from; `None` is unknown.
        as_of: only what had been written down by then was used.
        holders: who holds each duty it names, by duty, where a team was given.
    """

    on: date | datetime
    ruling: Ruling
    facts: FrozenMapping[str, FactValue]
    as_of: date | datetime | None = None
    holders: FrozenMapping[str, Holder] = FrozenMapping()

    @property
    def protocol(self) -> str:
        """The protocol's id."""
        return self.ruling.protocol

    @property
    def digest(self) -> str:
        """The SHA-256 of the protocol, its modules and its instruments."""
        return self.ruling.digest

    @property
    def move(self) -> Move:
        """What to do about the step."""
        return self.ruling.move

    @property
    def from_step(self) -> str:
        """The step the person is in; `outside` where they are not enrolled."""
        return self.ruling.from_step

    @property
    def to_step(self) -> str | None:
        """Where to; `None` where the step stays, or where a person chooses among `alternatives`."""
        return self.ruling.to[0] if len(self.ruling.to) == 1 else None

    @property
    def alternatives(self) -> tuple[str, ...]:
        """The steps to choose from, where there are several."""
        return self.ruling.to if len(self.ruling.to) > 1 else ()

    @property
    def rule(self) -> str | None:
        """The rule that won; on `ask` the first one that waits for an answer; `None` on `review`."""
        return self.ruling.rule

    @property
    def do(self) -> tuple[str, ...]:
        """What the winning rule says to do."""
        return self.ruling.do

    @property
    def alerts(self) -> tuple[RaisedAlert, ...]:
        """Every alert that is raised or undecided."""
        return self.ruling.alerts

    @property
    def tasks(self) -> tuple[IssuedTask, ...]:
        """What is due whatever moves."""
        return self.ruling.tasks

    @property
    def add_ons(self) -> tuple[str, ...]:
        """The flags that hold beside the step."""
        return self.ruling.add_ons

    @property
    def undecided(self) -> tuple[str, ...]:
        """The add-ons and tasks of which nobody can say whether they hold."""
        return self.ruling.undecided

    @property
    def missing(self) -> tuple[str, ...]:
        """The facts to get, by the names a person can supply them under."""
        return self.ruling.missing

    @property
    def possible(self) -> tuple[Outcome, ...]:
        """Where the answers could lead, when the decision is `ask`."""
        return self.ruling.possible

    @property
    def provisional(self) -> bool:
        """Whether it was made although a rule above could not be decided."""
        return self.ruling.provisional

    @property
    def instead_of(self) -> HeldBack | None:
        """The move that an alert held back."""
        return self.ruling.instead_of

    @property
    def unverified(self) -> tuple[str, ...]:
        """What it rests on that nobody has checked against a source: rules, alerts, tasks, steps, measures, facts."""
        return self.ruling.unverified

    def counterfactuals(self) -> tuple[Counterfactual, ...]:
        """Say what would have changed it: for each score the nearest that leads elsewhere, and so for facts and events.

        Each is found by supposing one entry, or another day, and deciding again, so it is exact:
        a score that still counts is corrected, any other fact is entered on the day.
        Last comes the first day on which the decision changes with nothing new, if that is within 800 days.
        Measurements with fractions are tried in tenths. It can take a tenth of a second.

        A decision that was read back from JSON has no history any more, and gives none.

        >>> from datetime import date
        >>> from carecoord.stepped_care import Assessment, Enrolment, Episode, decide, protocol
        >>> episode = Episode("p-17", [
        ...     Enrolment(id="1", on=date(2026, 1, 5), protocol="german-impact"),
        ...     Assessment(id="2", on=date(2026, 1, 5), instrument="phq-9", scores={"total": 12}, items={"q9": 0}),
        ...     Assessment(id="3", on=date(2026, 3, 2), instrument="phq-9", scores={"total": 7}, items={"q9": 0}),
        ... ])
        >>> for other in decide(protocol("german-impact"), episode, on=date(2026, 3, 2)).counterfactuals():
        ...     print(other)
        stay if phq_9.total were 6 (now 7)
        step-down to four-weekly if phq_9.total were 4 (now 7)
        stay if there were review on 2026-03-02
        ask on 2026-03-31 with nothing new
        """
        return self.facts.counterfactuals(self.ruling) if isinstance(self.facts, Supposes) else ()

    def explain(self) -> DecisionExplanation:
        """Say why: the rules in order, the values used and their dates, and what to ask for.

        A decision that was read back from JSON has no history any more: it says what was decided and lists its facts.
        """
        ruling = self.ruling
        rule = f" (rule: {ruling.rule})" if ruling.rule else ""
        if isinstance(self.facts, Explains):
            return DecisionExplanation(f"{ruling.outcome}{rule}", self.facts.reasons(ruling))
        known = ((name, value) for name, value in self.facts.items() if value is not None)
        facts = (Reason(about="decision", id=name, state=str(value)) for name, value in known)
        return DecisionExplanation(f"{ruling.outcome}{rule}", tuple(facts))
