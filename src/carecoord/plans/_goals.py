"""What the person wants to reach, how it is measured, and how near it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import attrs

from carecoord.errors import DataError, Fault, RuleError
from carecoord.plans._attainment import GoalAttainmentScale, Level, Rating
from carecoord.plans._part import APPENDED, HOSTS, WHO, Owner, Part, Stance, axis, given, one_of, refers, texts
from carecoord.plans._statuses import Achievement, GoalLifecycle, moved

if TYPE_CHECKING:
    from carecoord.rules import Explanation, Expression, Vocabulary

__all__ = ["Goal", "Priority"]

Priority = Literal["high", "medium", "low"]
"""How pressing a goal is."""


@attrs.frozen(kw_only=True)
class Goal(Part):
    """Something the person wants to reach.

    Whether it is pursued and how near it is are two axes: finishing it or its activities never makes it achieved.

    Attributes:
        id: text the host gives.
        statement: what is to be reached, in the person's words.
        expressed_by: who said it; the person in care is a member, too. `None` where nobody has noted it.
        target: the same as a rule that says when it is reached, as `phq_9.total < 5`; `None` where nothing measures it.
        scale: what would be more and less than expected, in words; `None` where it is not scaled.
        ratings: the levels of the scale that were found so far.
        needs: the ids of the needs it answers.
        start: the day from which it is pursued.
        due: the day by which it is to be reached.
        priority: how pressing it is.
        category: what sort of goal it is, in the host's words, as `dietary` or `safety`.
        lifecycle: whether it is pursued.
        achievement: how near it is; `None` where nobody has looked yet.
        acceptance: who agrees to it and who does not.
        results: the host's ids of the results that measure it.
        owner: who holds it.
        labels: what it is about that not everybody may see, as `SUD` or `MH`; empty where there is nothing of the kind,
            `None` where nobody has said so.
    """

    KIND: ClassVar[str] = "goal"
    TITLE: ClassVar[str] = "statement"

    statement: str = attrs.field(validator=given)
    expressed_by: str | None = attrs.field(default=None, metadata=WHO)
    target: str | None = None
    scale: GoalAttainmentScale | None = None
    ratings: tuple[Rating, ...] = attrs.field(default=(), converter=tuple[Rating, ...], metadata=APPENDED)
    needs: tuple[str, ...] = attrs.field(default=(), converter=texts, metadata=refers("needs"))
    start: date | None = None
    due: date | None = None
    priority: Priority | None = attrs.field(default=None, validator=one_of(Priority))
    category: str | None = None
    lifecycle: GoalLifecycle = attrs.field(
        default="proposed", validator=one_of(GoalLifecycle), metadata=axis("goal lifecycle")
    )
    achievement: Achievement | None = attrs.field(
        default=None, validator=one_of(Achievement), metadata=axis("goal achievement")
    )
    acceptance: tuple[Stance, ...] = attrs.field(default=(), converter=tuple[Stance, ...])
    results: tuple[str, ...] = attrs.field(default=(), converter=texts, metadata=HOSTS)
    owner: Owner | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse levels without a scale to read them by."""
        if self.ratings and self.scale is None:
            raise DataError("goal", [Fault("$.ratings", "levels were found, and no scale says what they mean")])

    def move(self, lifecycle: GoalLifecycle | None = None, *, achievement: Achievement | None = None) -> Goal:
        """Give the goal with another lifecycle, another achievement, or both; what is left out stays.

        Raises:
            StatusError: one of them may not follow the present one.
        """
        if achievement is not None:
            moved("goal achievement", self.achievement, achievement)
        return attrs.evolve(
            self,
            lifecycle=moved("goal lifecycle", self.lifecycle, lifecycle or self.lifecycle),
            achievement=achievement or self.achievement,
        )

    def rate(self, level: Level | None, *, on: date, by: str | None = None, note: str = "") -> Goal:
        """Give the goal with one more level that was found; `None` where somebody looked and could not tell.

        Raises:
            DataError: it has no scale, or there is no such level.
        """
        return attrs.evolve(self, ratings=(*self.ratings, Rating(on=on, level=level, by=by, note=note)))

    def rule(self, vocabulary: Vocabulary) -> Expression | None:
        """Read the target; `None` where there is none.

        Raises:
            RuleError: it does not read with these names, or is no yes/no.
        """
        from carecoord.rules import parse  # noqa: PLC0415 plans are kept by hosts that measure nothing

        if self.target is None:
            return None
        rule = parse(self.target, vocabulary)
        if rule.type != "yes/no":
            raise RuleError(f"a target is yes or no, as score < 5; this is {rule.type}", 1, self.target)
        return rule

    def progress(self, facts: Mapping[str, Any], vocabulary: Vocabulary) -> Explanation | None:
        """Say whether the target is met, and why; `None` where there is no target.

        The explanation's `value` is true, false, or `None` where the facts do not tell.
        This changes nothing: a person decides what was achieved.

        Raises:
            RuleError: as `rule`.

        Example:
            >>> from carecoord.rules import Kind, Vocabulary
            >>> words = Vocabulary(names={"phq_9.total": Kind.number(0, 27, whole=True)})
            >>> goal = Goal(id="mood", statement="Enjoy my garden again", target="phq_9.total < 5")
            >>> print(goal.progress({"phq_9.total": 12}, words))
            phq_9.total is 12, wanted < 5
        """
        rule = self.rule(vocabulary)
        return None if rule is None else rule.explain(facts)
