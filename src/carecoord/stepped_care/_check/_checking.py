"""Check a protocol: ask every question, replay what is found, and tell what the file accepts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import attrs

from carecoord.stepped_care._check._finding import Finding
from carecoord.stepped_care._check._ladder import Turn, comparisons, fires, turns
from carecoord.stepped_care._check._model import Here, Model
from carecoord.stepped_care._check._questions import Question, Shown, questions, wins
from carecoord.stepped_care._check._search import Requirement, State, holds, not_false
from carecoord.stepped_care._check._witness import Witness, returning, witness
from carecoord.stepped_care._decision import decide
from carecoord.stepped_care._facts import Facts
from carecoord.stepped_care._history import OUTSIDE
from carecoord.stepped_care._protocol import Protocol
from carecoord.stepped_care._ruling import Decision

__all__ = ["findings"]

MOST_TRIES = 16
"""So many states are tried as episodes, until one shows what it is to show."""
_ORDER = ("error", "warning", "note")


def findings(protocol: Protocol) -> tuple[Finding, ...]:
    """Give everything that is found about a protocol, errors first."""
    return _Checker(protocol).findings()


@attrs.frozen
class _Found:
    witness: Witness | None
    confirmed: bool


class _Checker:
    def __init__(self, protocol: Protocol) -> None:
        self.protocol = protocol
        self.model = Model(protocol)
        self.questions = list(questions(self.model))
        self.turns = list(turns(self.model))
        self.compared = {step: comparisons(self.model.here(step)) for step in self.model.places}
        for question in self.questions:
            self.model.ask(one for way in question.ways for one in way)
        for read in self.compared.values():
            self.model.ask(map(holds, read.values()))

    def findings(self) -> tuple[Finding, ...]:
        found = [*self._asked(), *self._rules(), *self._ladder(), *self._circles(), *self._thresholds()]
        found += self._unproved()
        return tuple(sorted(self._accepted(_joined(found)), key=lambda one: _ORDER.index(one.severity)))

    def _asked(self) -> Iterator[Finding]:
        for question in self.questions:
            found = self._look(question)
            if found is not None:
                yield self._finding(question, found)

    def _finding(self, question: Question, found: _Found) -> Finding:
        return Finding(
            kind=question.kind,
            severity=question.severity,
            about=question.about,
            steps=(question.here.plan.step,),
            why=question.why,
            mend=question.mend,
            episode=found.witness.episode if found.witness else None,
            on=found.witness.on if found.witness else None,
            confirmed=found.confirmed,
        )

    def _look(self, question: Question) -> _Found | None:
        """Look for a state, and for an episode that shows it."""
        first: _Found | None = None
        for way in question.ways:
            for state in islice(self.model.states([question.here], way), MOST_TRIES):
                made = self._witness(question.here, state)
                confirmed = made is not None and question.shows(self._replay(made))
                if confirmed:
                    return _Found(made, confirmed=True)
                first = first or _Found(made, confirmed=False)
        return first

    def _witness(self, here: Here, state: State) -> Witness | None:
        return witness(self.model, here, state)

    def _replay(self, made: Witness) -> Shown:
        row = Facts(self.protocol, made.episode, made.on)
        return Shown(decide(self.protocol, row, accept_unverified=True), row)

    def _exists(self, here: Here, wanted: Sequence[Requirement]) -> State | None:
        return next(self.model.states([here], wanted), None)

    # rules that never fire

    def _rules(self) -> Iterator[Finding]:
        never: dict[str, list[str]] = {}
        hidden: dict[str, list[tuple[str, State]]] = {}
        fine: dict[str, list[str]] = {}
        for step in self.model.places:
            here = self.model.here(step)
            for place, rule in enumerate(here.plan.rules):
                own = not_false if rule.says.unknown == "hold" else holds
                held = self._exists(here, (own(here.rules[place]),))
                id_ = rule.says.id
                if held is None:
                    never.setdefault(id_, []).append(step)
                elif self._exists(here, wins(here, place)) is None:
                    hidden.setdefault(id_, []).append((step, held))
                else:
                    fine.setdefault(id_, []).append(step)
        yield from self._never(never, fine, hidden)
        yield from self._hidden(hidden, fine)

    def _never(
        self, never: dict[str, list[str]], fine: dict[str, list[str]], hidden: dict[str, list[tuple[str, State]]]
    ) -> Iterator[Finding]:
        for id_, steps in never.items():
            ever = id_ in fine or id_ in hidden
            yield Finding(
                kind="never-true",
                severity="warning" if ever else "error",
                about=(id_,),
                steps=tuple(steps),
                why="it can never hold there" if ever else "it can never hold",
                mend="leave these steps out of it" if ever else "mend its condition, or drop it",
            )

    def _hidden(self, hidden: dict[str, list[tuple[str, State]]], fine: dict[str, list[str]]) -> Iterator[Finding]:
        for id_, places in hidden.items():
            step, state = places[0]
            here = self.model.here(step)
            made = self._witness(here, state)
            shown = self._replay(made) if made is not None else None
            place = next(at for at, rule in enumerate(here.plan.rules) if rule.says.id == id_)
            confirmed = (
                shown is not None
                and shown.row.plan.step == step
                and shown.holds(here.plan.first_rule + place)
                and shown.decision.rule != id_
            )
            yield Finding(
                kind="hidden",
                severity="note" if id_ in fine else "warning",
                about=(id_,),
                steps=tuple(step for step, _ in places),
                why="wherever it holds, a rule above it holds too",
                mend="move it up, or drop it",
                episode=made.episode if made else None,
                on=made.on if made else None,
                confirmed=confirmed,
            )

    # the ladder

    def _ladder(self) -> Iterator[Finding]:
        ways: dict[str, set[str]] = {}
        for step in self.model.places:
            here = self.model.here(step)
            ways[step] = {
                target
                for place, rule in enumerate(here.plan.rules)
                if rule.outcome.to or rule.outcome.move in ("exit", "refer")
                if self._exists(here, fires(here, place)) is not None
                for target in rule.outcome.to or (OUTSIDE,)
            }
        reached, waiting = set[str](), [self.protocol.definition.first or OUTSIDE, *ways[OUTSIDE]]
        while waiting:
            step = waiting.pop()
            if step not in reached:
                reached.add(step)
                waiting += ways.get(step, ())
        for step, says in self.protocol.steps.items():
            if step not in reached:
                yield Finding(
                    kind="never-reached", severity="warning", steps=(step,), why="no rule leads here",
                    mend="let a rule lead here, or drop the step",
                )  # fmt: skip
            if not ways[step] and not says.terminal:
                yield Finding(
                    kind="never-left", severity="warning", steps=(step,), why="no rule leads out",
                    mend="let a rule lead out, or say terminal = true",
                )  # fmt: skip

    def _circles(self) -> Iterator[Finding]:
        """Tell each circle once: at one moment rather than with time, and by the episode that shows it."""
        told: dict[frozenset[tuple[str, str]], Finding] = {}
        for at_once, with_time in self.turns:
            found = self._circle(at_once) or self._circle(with_time)
            if found is not None:
                key = frozenset(zip(found.steps, found.about, strict=True))
                other = told.get(key)
                if other is None or (found.severity, not found.confirmed) < (other.severity, not other.confirmed):
                    told[key] = found
        yield from told.values()

    def _circle(self, turn: Turn) -> Finding | None:
        found = self._turned(turn)
        return None if found is None else _circle(turn, found)

    def _turned(self, turn: Turn) -> _Found | None:
        first: _Found | None = None
        for state in islice(self.model.states([turn.there, turn.back], turn.wanted), MOST_TRIES):
            made = returning(self.model, turn.there, turn.back, state)
            confirmed = made is not None and self._goes_round(turn, made[0], made[1])
            if confirmed and made is not None:
                return _Found(made[1], confirmed=True)
            first = first or _Found(made[0] if made else None, confirmed=False)
        return first

    def _goes_round(self, turn: Turn, going: Witness, coming: Witness) -> bool:
        one, other = self._replay(going).decision, self._replay(coming).decision
        return _leads(one, turn.there.plan.step, turn.back.plan.step) and _leads(
            other, turn.back.plan.step, turn.there.plan.step
        )

    # thresholds

    def _thresholds(self) -> Iterator[Finding]:
        reached: dict[tuple[str, str], bool] = {}
        places: dict[tuple[str, str], list[str]] = {}
        for step, read in self.compared.items():
            for key, node in read.items():
                places.setdefault(key, []).append(step)
                reached[key] = (
                    reached.get(key, False) or self._exists(self.model.here(step), (holds(node),)) is not None
                )
        for key, ever in reached.items():
            if not ever:
                yield Finding(
                    kind="out-of-range", severity="error", about=key, steps=tuple(places[key]),
                    why=f"{key[1]} can never be", mend="mend the number",
                )  # fmt: skip

    def _unproved(self) -> Iterator[Finding]:
        if self.model.unproved:
            yield Finding(
                kind="unproved",
                severity="note",
                about=tuple(self.model.unproved),
                why="too many values to go through: more may be wrong than was found",
                mend="install carecoord[verify]"
                if self.model.solver is None
                else "compare fewer of them with each other",
            )

    # what the file accepts

    def _accepted(self, found: Iterable[Finding]) -> Iterator[Finding]:
        accepted = {one.finding: one.reason for one in self.protocol.definition.accepted}
        gone = dict(accepted)
        for finding in found:
            gone.pop(finding.name, None)
            yield attrs.evolve(finding, accepted=accepted.get(finding.name, ""))
        for name in gone:
            yield Finding(
                kind="accepted-gone", severity="error", about=(name,), why="the file accepts it, and it is not found",
                mend="drop it from [[accepted]]",
            )  # fmt: skip


def _leads(decision: Decision, step: str, to: str) -> bool:
    return decision.from_step == step and to in decision.ruling.to


def _circle(turn: Turn, found: _Found) -> Finding:
    there, back = turn.there.plan.step, turn.back.plan.step
    ids = (turn.there.plan.rules[turn.going].says.id, turn.back.plan.rules[turn.coming].says.id)
    at_once = turn.back.frame.time == "entered"
    return Finding(
        kind="oscillates" if at_once else "alternates",
        severity="error" if at_once else "warning",
        about=ids,
        steps=(there, back),
        why=f"{there} to {back} and back " + ("at one moment" if at_once else "with nothing new but time"),
        mend="let the way back need more than the way there",
        episode=found.witness.episode if found.witness else None,
        on=found.witness.on if found.witness else None,
        confirmed=found.confirmed,
    )


def _joined(found: Iterable[Finding]) -> Iterator[Finding]:
    """Make one of the same finding in several steps; a confirmed episode stands for all of them."""
    by_name: dict[tuple[str, str], list[Finding]] = {}
    for one in found:
        by_name.setdefault((one.name, one.severity), []).append(one)
    for same in by_name.values():
        best = next((one for one in same if one.confirmed), same[0])
        yield attrs.evolve(best, steps=tuple(dict.fromkeys(step for one in same for step in one.steps)))
