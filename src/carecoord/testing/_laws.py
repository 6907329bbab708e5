"""How a law is tried on drawn examples, and what is said of one that is broken."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from random import Random  # noqa: TID251 - seeded: the same examples every time
from typing import Any, NamedTuple, TypeVar

from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis.errors import NoSuchExample
from hypothesis.strategies import SearchStrategy

__all__ = ["BrokenLaw", "LawError", "broken_laws"]

Drawn = TypeVar("Drawn")
Law = Callable[[Drawn], str | None]


class BrokenLaw(NamedTuple):
    """One law that a definition breaks.

    Attributes:
        law: the law.
        message: what was found, with the smallest example that shows it.
    """

    law: str
    message: str

    def __str__(self) -> str:
        """Give the law and what was found."""
        return f"{self.law}: {self.message}"


class LawError(AssertionError):
    """A definition that breaks laws which every definition of its kind keeps.

    Attributes:
        name: the id of the definition.
        broken: each broken law with the smallest example found.
    """

    def __init__(self, name: str, broken: Iterable[BrokenLaw]) -> None:
        self.name = name
        self.broken = tuple(broken)
        super().__init__(self.name, self.broken)

    def __str__(self) -> str:
        """Give the id, how many laws are broken, and a line for each."""
        count = len(self.broken)
        head = f"{self.name}: {count} broken law{'' if count == 1 else 's'}"
        return "\n  ".join([head, *map(str, self.broken)])


LawError.__module__ = "carecoord.testing"  # where it is imported from; it is shown in tracebacks


def broken_laws(strategy: SearchStrategy[Drawn], laws: Mapping[str, Law[Drawn]], *, examples: int) -> list[BrokenLaw]:
    """Try laws on drawn examples; of each broken one, look for the smallest example.

    Args:
        strategy: what to draw.
        laws: by name; each gives what is wrong with a drawn example, or nothing.
        examples: how many to draw. The same ones are drawn every time.
    """
    first: dict[str, str] = {}

    @settings(_quiet(examples), phases=[Phase.generate])
    @given(strategy)
    def collect(drawn: Drawn) -> None:
        for name, law in laws.items():
            message = None if name in first else law(drawn)
            if message is not None:
                first[name] = message

    collect()
    return [BrokenLaw(name, _smallest(strategy, laws[name], examples) or message) for name, message in first.items()]


def _smallest(strategy: SearchStrategy[Drawn], law: Law[Drawn], examples: int) -> str | None:
    try:
        drawn = find(
            strategy,
            lambda one: law(one) is not None,
            settings=settings(_quiet(examples * 10), phases=[Phase.generate, Phase.shrink]),
            random=Random(0),  # noqa: S311 - the same examples every time
        )
    except NoSuchExample:
        return None
    return law(drawn)


_CHECKS = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much, HealthCheck.nested_given]


def _quiet(examples: int) -> Any:
    return settings(
        max_examples=examples, database=None, deadline=None, derandomize=True, suppress_health_check=_CHECKS
    )
