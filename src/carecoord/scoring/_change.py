"""What changed between two results on one instrument, by each published rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, Literal

import attrs

from carecoord.errors import AnswerError, Fault, UnknownIdError
from carecoord.rules import Bounds, fact
from carecoord.scoring._instrument import Change, Score
from carecoord.scoring._norms import ClinicalChange, Norms, judged
from carecoord.scoring._result import Result

__all__ = ["ChangeOutcome", "Changes", "ScoreChange", "change"]

Number = int | float
Direction = Literal["better", "worse", "same"]


@attrs.frozen(kw_only=True)
class ChangeOutcome:
    """What one published rule says of a change.

    Attributes:
        kind: `reliable-change`, `minimal-difference`, `response`, `remission`, `recovery` or `deterioration`.
        met: whether the rule holds; `None` where that hangs on an answer that is missing, or on a fact about the
            respondent. What a refused score can still be often settles it.
        text: the rule as written.
        size: how large a difference the rule speaks of, where several stand side by side.
        because: the rule with the values it was judged by.
    """

    kind: str
    met: bool | None
    text: str
    size: str
    direction: str
    source: str
    evidence: str
    note: str
    because: str


@attrs.frozen(kw_only=True)
class ScoreChange:
    """The change of one score.

    Attributes:
        definition: the score's definition.
        before: the earlier value; `None` where it is unknown.
        after: the later value; `None` where it is unknown.
        outcomes: what each published rule says, in the order of the definition; those meant for others are left out.
    """

    definition: Score
    before: Number | None
    after: Number | None
    outcomes: tuple[ChangeOutcome, ...]

    @property
    def points(self) -> Number | None:
        """`after - before`, signed as the score is; `None` where either is unknown."""
        return None if self.before is None or self.after is None else self.after - self.before

    @property
    def improvement(self) -> Number | None:
        """Points in the better direction, negative for worse; `None` where unknown or the score has no direction."""
        points = self.points
        if points is None or self.definition.worse == "neither":
            return None
        return -points if self.definition.worse == "higher" else points

    @property
    def percent_improvement(self) -> float | None:
        """`100 * improvement / before`; `None` where unknown or `before` is 0."""
        return None if self.improvement is None or not self.before else 100 * self.improvement / self.before

    @property
    def direction(self) -> Direction | None:
        """`better`, `worse` or `same`; `None` where unknown."""
        improvement = self.improvement
        if improvement is None:
            return None
        return "same" if improvement == 0 else "better" if improvement > 0 else "worse"

    def outcome(self, kind: str) -> bool | None:
        """Say whether any published rule of a kind is met; `None` where that is unknown or none is published."""
        met = [outcome.met for outcome in self.outcomes if outcome.kind == kind]
        return True if True in met else None if None in met or not met else False

    def reliable_change_index(self, *, sd: float, reliability: float) -> float | None:
        """Give the reliable change index for one's own norms; beyond 1.96 either way, chance is unlikely.

        Source: Jacobson NS, Truax P. J Consult Clin Psychol 1991;59:12-19.

        Args:
            sd: standard deviation of the score in the reference group before treatment, in points, above 0.
            reliability: the score's reliability there, from 0 to below 1.

        Returns:
            `points` divided by the standard error of the difference, `sd * sqrt(2 * (1 - reliability))`;
            `None` where a score is unknown.

        Raises:
            AnswerError: norms that are outside these limits.
        """
        error = Norms(sd=sd, reliability=reliability).standard_error
        return None if self.points is None else self.points / error

    def clinical_change(self, norms: Norms) -> ClinicalChange:
        """Judge the change by norms: whether chance explains it, and whether it ends among people who are well.

        Source: Jacobson NS, Truax P. J Consult Clin Psychol 1991;59:12-19.

        Raises:
            AnswerError: the norms put well people on the worse side, or the score has no direction.

        >>> from carecoord.scoring import Norms, score
        >>> norms = Norms(sd=6, reliability=0.8, mean=17, well_mean=3, well_sd=4, source="invented for this example")
        >>> before, after = score("phq-9", [2] * 9 + [1]), score("phq-9", [1] * 4 + [0] * 6)
        >>> change(before, after)["total"].clinical_change(norms).outcome
        'recovered'
        """
        return judged(self.definition, self.before, self.after, norms)


class Changes(Mapping[str, ScoreChange]):
    """The change of every numeric score between two results, by the scores' ids."""

    def __init__(self, before: Result, after: Result) -> None:
        self.before, self.after = before, after

    @cached_property
    def _scores(self) -> dict[str, ScoreChange]:
        instrument = self.after.instrument
        return {score.id: self._change(score) for score in instrument.scores if score.range is not None}

    def _change(self, score: Score) -> ScoreChange:
        before, after = self.before[score.id].value, self.after[score.id].value
        bare = ScoreChange(definition=score, before=before, after=after, outcomes=())
        rules = [rule for rule in self.after.instrument.changes if rule.score == score.id]
        if not rules:
            return bare
        facts: dict[str, Any] = {
            **self.after.context,
            "before": before,
            "after": after,
            "improvement": bare.improvement,
            "percent_improvement": bare.percent_improvement,
        }
        possible = facts if bare.points is not None else facts | self._possible(score)
        outcomes = (_outcome(rule, facts, possible) for rule in rules)
        return attrs.evolve(bare, outcomes=tuple(filter(None, outcomes)))

    def _possible(self, score: Score) -> dict[str, Bounds]:
        """Bound what a rule of change rests on over every completion of the two forms."""
        ends = {"before": self.before.still_possible(score.rule), "after": self.after.still_possible(score.rule)}
        improvement = _IMPROVEMENT[score.worse].bounds(ends)
        percent = (100 * fact("improvement") / fact("before")).bounds({**ends, "improvement": improvement})
        return {**ends, "improvement": improvement, "percent_improvement": percent}

    def __getitem__(self, score: str) -> ScoreChange:
        found = self._scores.get(score)
        if found is None:
            raise UnknownIdError(f"change of {self.after.instrument.id}", score, self._scores)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._scores)

    def __len__(self) -> int:
        return len(self._scores)

    def explain(self) -> str:
        """Say in plain sentences what changed, and what each published rule makes of it."""
        return "\n".join(line for change in self.values() for line in _lines(change))


_IMPROVEMENT = {"higher": fact("before") - fact("after"), "lower": fact("after") - fact("before")}


def _outcome(rule: Change, facts: Mapping[str, Any], possible: Mapping[str, Any]) -> ChangeOutcome | None:
    """Judge one rule; `None` where it is meant for others than this respondent."""
    applies = True if rule.condition is None else rule.condition.evaluate(facts)
    if applies is False:
        return None
    met: Any = rule.rule.evaluate(facts)
    by_bounds: Any = rule.rule.bounds(possible).certain if met is None else None
    certain = "" if by_bounds is None else ", whatever the missing answers are"
    return ChangeOutcome(
        kind=rule.kind,
        met=(by_bounds if met is None else met) if applies else None,
        text=rule.text,
        size=rule.size,
        direction=rule.direction,
        source=rule.source,
        evidence=rule.evidence,
        note=rule.note,
        because=f"{rule.rule.explain(facts)}{certain}",
    )


def _lines(change: ScoreChange) -> Iterator[str]:
    if change.points is None:
        yield f"{change.definition.id}: no change can be given, a score is unknown"
    else:
        way = f", {change.direction}" if change.direction else ""
        yield f"{change.definition.id}: {change.before:g} to {change.after:g} ({change.points:+g}{way})"
    for outcome in change.outcomes:
        if change.points is None and outcome.met is None:
            continue
        state = "unknown" if outcome.met is None else "yes" if outcome.met else "no"
        mark = ", unverified" if outcome.evidence == "unverified" else ""
        named = " ".join(filter(None, (outcome.kind, outcome.size)))
        yield f"  {named}: {state}: {outcome.because} ({outcome.source}{mark})"


def change(before: Result, after: Result) -> Changes:
    """Compare two results on one instrument.

    Args:
        before: the earlier result.
        after: the later one.

    Returns:
        the change of each numeric score by id; a score that is unknown on either side has no points.

    Raises:
        AnswerError: the results are of two instruments, or of two versions of one.

    >>> from carecoord.scoring import score
    >>> before, after = score("phq-9", [2] * 9 + [1]), score("phq-9", [1] * 4 + [0] * 6)
    >>> total = change(before, after)["total"]
    >>> total.points, total.improvement, total.outcome("response"), total.outcome("remission")
    (-14, 14, True, True)
    """
    if before.instrument != after.instrument:
        message = f"a result of {before.instrument.id} cannot be compared with one of another definition"
        raise AnswerError(after.instrument.id, [Fault("", message)])
    return Changes(before, after)
