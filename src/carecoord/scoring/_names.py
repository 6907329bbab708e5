"""The names of a definition: what each means in its rules, and that none has two meanings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from carecoord._values import FrozenMapping, is_id, name_of
from carecoord.errors import DefinitionError, Fault, did_you_mean
from carecoord.rules import Kind, Vocabulary
from carecoord.rules._nodes import Node
from carecoord.scoring._format import DefinitionFile, ItemEntry
from carecoord.scoring._instrument import Item
from carecoord.scoring._items import WHOLE, code_kind, read_item
from carecoord.scoring._respondent import RESPONDENT

__all__ = ["Faults", "Names"]

MOST_FAULTS = 100
DEEPEST = 30

_SPAN = re.compile(r"(\d{1,4})(?:-(\d{1,4}))?")
_DECIMAL = re.compile(r"-?\d{1,9}(?:\.\d{1,9})?")


class Faults:
    """What is wrong with one definition; past a hundred faults nobody reads on."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.found: list[Fault] = []

    def add(self, path: str, message: str) -> None:
        """Report a fault at a place."""
        self.found.append(Fault(path, message))
        if len(self.found) >= MOST_FAULTS:
            self.stop()

    def stop(self) -> None:
        """Raise what was found so far, if anything was.

        Raises:
            DefinitionError: with every fault.
        """
        if self.found:
            raise DefinitionError(self.name, self.found)


class Names:
    """The names that the rules of a definition may use, and what each stands for.

    Attributes:
        items: the items, as far as they stand without rules.
        context: what rules may ask about the respondent beyond age, sex, informant and setting.
        definitions: named rules and scores; filled as they are read.
        sequences: named lists of rules; filled as they are read.
    """

    def __init__(self, file: DefinitionFile, faults: Faults) -> None:
        self.file, self.faults = file, faults
        self.kinds: dict[str, Kind] = dict(RESPONDENT)
        self.taken = {"yes", "no", "items", "score", "before", "after", "improvement", "percent_improvement"}
        self.taken |= RESPONDENT.keys()
        self.aliases: dict[str, str] = {}
        self.lists: dict[str, tuple[str, ...]] = {}
        self.tables: dict[str, tuple[tuple[Any, Any], ...]] = {}
        self.definitions: dict[str, Node] = {}
        self.sequences: dict[str, tuple[Node, ...]] = {}
        self.ranges: dict[Any, Any] = {}
        self.items = tuple(self._item(entry, place) for place, entry in enumerate(file.items, 1))
        self.context = self._context()
        self._claim_the_rest()
        for group in file.groups:
            self._group(group, ())
        self._read_tables()

    def vocabulary(self, items: tuple[str, ...] = (), definitions: Mapping[str, Node] | None = None) -> Vocabulary:
        """Give what a rule may use; `items` are those its score lists."""
        return Vocabulary(
            names=self.kinds, lists={**self.lists, "items": items} if items else self.lists, tables=self.tables,
            definitions={**self.definitions, **definitions} if definitions else self.definitions,
            sequences=self.sequences, aliases=self.aliases, ranges=self.ranges,
        )  # fmt: skip

    @property
    def respondent(self) -> dict[str, Kind]:
        """What rules may ask about the respondent."""
        return {**RESPONDENT, **self.context}

    def _claim(self, id: str, path: str) -> str:
        name = name_of(id)
        if not is_id(id):
            self.faults.add(path, "letters and digits joined by single - or _ are wanted")
        elif name in self.taken:
            self.faults.add(path, f"the name {name} is used twice, or belongs to the language")
        self.taken.add(name)
        return name

    def _claim_the_rest(self) -> None:
        file = self.file
        if any(entry.id == "score" for entry in file.scores):
            self.taken.discard("score")
        for part, ids in (("define", file.define), ("groups", file.groups), ("tables", file.tables)):
            for id in ids:
                self._claim(id, f"$.{part}.{id[:60]}")
        for place, entry in enumerate(file.scores):
            self._claim(entry.id, f"$.scores[{place}].id")
        flags = [flag.id for flag in file.flags]
        for flag in sorted(set(flags)):
            if not is_id(flag):
                self.faults.add(f"$.flags[{flag[:60]}].id", "letters and digits joined by single - or _ are wanted")
            elif flags.count(flag) > 1:
                self.faults.add(f"$.flags[{flag}].id", "two flags have this id")

    def _context(self) -> FrozenMapping[str, Kind]:
        own: dict[str, Kind] = {}
        kinds = {"yes/no": Kind.YES_NO, "number": Kind.NUMBER, "text": Kind.TEXT}
        for id, values in self.file.context.items():
            path = f"$.context.{id[:60]}"
            if not isinstance(values, str) and not 0 < len(set(values)) == len(values):
                self.faults.add(path, "a list of texts is wanted, all different")
            own[self._claim(id, path)] = kinds[values] if isinstance(values, str) else Kind.choice(values)
        self.kinds |= own
        return FrozenMapping(own)

    def _item(self, entry: ItemEntry, place: int) -> Item:
        path = f"$.items[{entry.id[:60] or entry.n}]"
        if entry.n != place:
            self.faults.add(f"{path}.n", f"items are numbered from 1 without gaps; {place} is wanted here")
        item = read_item(
            entry, self.file.values, lambda at, message: self.faults.add(f"{path}.{at}" if at else path, message)
        )
        self._claim(entry.id or item.name, f"{path}.id")
        number = f"q{entry.n}"
        if item.name != number:
            self._claim(number, f"{path}.n")
            self.aliases[number] = item.name
        self.kinds[item.name] = item.kind
        self.kinds[f"code({item.name})"] = code_kind(item)
        return item

    def _group(self, group: str, within: tuple[str, ...]) -> tuple[str, ...]:
        name, path = name_of(group), f"$.groups.{group[:60]}"
        if group in within or len(within) > DEEPEST:
            said = "these groups hold each other" if group in within else f"groups in groups more than {DEEPEST} deep"
            self.faults.add(path, f"{said}: {' -> '.join([*within, group])[:200]}")
            return ()
        if name not in self.lists:
            self.lists[name] = self.members(self.file.groups[group], path, (*within, group))
        return self.lists[name]

    def members(self, text: str, path: str, within: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Read a list of items: numbers, ranges, ids and groups, with spaces between; none may stand in it twice."""
        found: dict[str, None] = {}
        for word in text.split():
            for name in self._members(word, path, within):
                if name in found:
                    self.faults.add(path, f"{name} stands in it twice")
                found[name] = None
        return tuple(found)

    def _members(self, word: str, path: str, within: tuple[str, ...]) -> Iterable[str]:
        span = _SPAN.fullmatch(word)
        if span:
            return self._numbered(int(span[1]), int(span[2] or span[1]), path)
        if word in self.file.groups:
            return self._group(word, within)
        name = self.aliases.get(word, name_of(word))
        if any(name == item.name for item in self.items):
            return (name,)
        known = [*(item.name for item in self.items), *self.file.groups]
        self.faults.add(path, f"{word[:60]} is no item and no group{did_you_mean(word, known)}")
        return ()

    def _numbered(self, first: int, last: int, path: str) -> Iterator[str]:
        if not 1 <= first <= last <= len(self.items):
            self.faults.add(path, f"{first}-{last} is no span of items, which are numbered 1 to {len(self.items)}")
            return
        yield from (item.name for item in self.items[first - 1 : last])

    def _read_tables(self) -> None:
        for id, entries in self.file.tables.items():
            path = f"$.tables.{id[:60]}"
            wrong = [code for code in entries if not _DECIMAL.fullmatch(code)]
            if wrong:
                self.faults.add(path, f"{wrong[0][:60]!r} is no number")
                continue
            numbers = [int(code) if WHOLE.fullmatch(code) else float(code) for code in entries]
            if not entries or len({isinstance(value, str) for value in entries.values()}) > 1:
                self.faults.add(path, "a table has at least one entry, all of them numbers or all of them texts")
            elif len(set(numbers)) < len(numbers):
                self.faults.add(path, "an entry stands twice")
            else:
                self.tables[name_of(id)] = tuple(zip(numbers, entries.values(), strict=True))
