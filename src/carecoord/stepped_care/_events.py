"""The events a protocol's files declare, so that a name mistyped in a rule is not read as "never happened"."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

import attrs

from carecoord.errors import Fault, did_you_mean
from carecoord.stepped_care._definition import Definition, Measure
from carecoord.stepped_care._vocabulary import EVENTS, is_word

__all__ = ["Events"]


@attrs.frozen
class Events:
    """The events of a protocol and the modules it includes.

    Attributes:
        files: the modules' files, then the protocol's.
        measures: the measures by name; an assessment is an event too.
    """

    files: tuple[Definition, ...]
    measures: Mapping[str, Measure]

    def of(self, file: Definition) -> frozenset[str] | None:
        """Give the events that a file may speak of; nothing where it declares none, and may speak of any."""
        if not file.events:
            return None
        return frozenset((*EVENTS, *self.measures, *(name for one in self.files for name in one.events)))

    def faults(self, place: Callable[[Definition], str], taken: Collection[str]) -> Iterator[Fault]:
        """Give what is wrong with the names declared, and with baselines that are taken at no such event.

        Args:
            place: where a file stands among the faults.
            taken: the names that mean something else.
        """
        for file in self.files:
            known = self.of(file)
            for name in file.events:
                path = f"{place(file)}.events.{name}"
                if not is_word(name):
                    yield Fault(path, "a name in rules is letters, digits and _, and begins with a letter")
                elif name in taken or name in EVENTS or name == "first":
                    yield Fault(path, "the name means something else already")
            for name, measure in file.measures.items():
                event = measure.baseline
                if known is not None and event is not None and event != "first" and event not in known:
                    message = f"{event} is no event declared in [events]{did_you_mean(event, known)}"
                    yield Fault(f"{place(file)}.measures.{name}.baseline", message)
