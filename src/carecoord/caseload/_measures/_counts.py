"""How many are in each population, and the rate that makes."""

from __future__ import annotations

import attrs

from carecoord._shares import Share

__all__ = ["Counts"]


@attrs.frozen(kw_only=True)
class Counts:
    """How many people are in each population of a rate.

    Attributes:
        people: everybody looked at.
        initial: whom the rate is about.
        denominator: of those, whom it counts.
        exclusion: of those, who left before anything was counted.
        exception: who left because the numerator was not met for a good reason.
        numerator: for whom it was met.
        pending: not met, and the window is still open; part of the denominator.
        undecided: counted as not met because nobody can say; part of the denominator.
        unknown: of whom nobody can say whether the rate is about them; in no population.
        distinct: where every entry counts by itself, how many different people are counted, have an entry that met it,
            and have one that did not; `None` where everybody counts once.
    """

    people: int = 0
    initial: int = 0
    denominator: int = 0
    exclusion: int = 0
    exception: int = 0
    numerator: int = 0
    pending: int = 0
    undecided: int = 0
    unknown: int = 0
    distinct: tuple[int, int, int] | None = None

    @property
    def numbers(self) -> tuple[int, ...]:
        """How many are counted, met it and did not, as entries and as people: what must not be small."""
        shown = (self.counted, self.numerator, self.counted - self.numerator)
        return shown if self.distinct is None else (*shown, *self.distinct)

    @property
    def counted(self) -> int:
        """The denominator after exclusions and exceptions: what the rate divides by."""
        return self.denominator - self.exclusion - self.exception

    @property
    def share(self) -> Share:
        """Those for whom it was met, of those counted."""
        return Share(self.numerator, self.counted)

    @property
    def rate(self) -> float | None:
        """The numerator as a share of who is counted, 0 to 1; `None` with nobody counted.

        >>> Counts(denominator=60, exclusion=29, numerator=12).rate == 12 / 31
        True
        """
        return self.share.value

    @property
    def possible(self) -> tuple[float, float] | None:
        """The lowest and highest rate that the pending and the undecided still allow; `None` with nobody counted."""
        if self.counted <= 0:
            return None
        open_ = min(self.pending + self.undecided, self.counted - self.numerator)
        return self.numerator / self.counted, (self.numerator + open_) / self.counted

    @property
    def interval(self) -> tuple[float, float] | None:
        """The Wilson interval of the rate at 95 %; `None` with nobody counted."""
        return self.share.interval

    def __str__(self) -> str:
        """Give it as `12 of 31, 38.7% (23.7% to 56.2%)`."""
        return str(self.share)

    def __add__(self, other: Counts) -> Counts:
        """Add up the counts of two groups that share nobody."""
        names = [field.name for field in attrs.fields(Counts) if field.name != "distinct"]
        distinct = None
        if self.distinct is not None or other.distinct is not None:
            each = zip(self.numbers[-3:], other.numbers[-3:], strict=True)
            counted, met, missed = (one + another for one, another in each)
            distinct = counted, met, missed
        return Counts(**{name: getattr(self, name) + getattr(other, name) for name in names}, distinct=distinct)
