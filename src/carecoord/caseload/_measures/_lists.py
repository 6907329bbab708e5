"""What a record can hold: lists of what happened, each with its fields and their kinds."""

from __future__ import annotations

from typing import Final, Literal

from carecoord._values import FrozenMapping
from carecoord.rules import Kind

__all__ = ["KINDS", "LISTS", "FieldType", "Fields", "moment_field"]

FieldType = Literal["date", "number", "text", "yes/no"]
Fields = FrozenMapping[str, FieldType]

KINDS: Final = FrozenMapping(
    {"date": Kind.DATE, "number": Kind.NUMBER, "text": Kind.TEXT, "yes/no": Kind.YES_NO},
)

LISTS: Final[FrozenMapping[str, Fields]] = FrozenMapping(
    {
        "scores": Fields({"on": "date", "instrument": "text", "score": "text", "value": "number", "status": "text"}),
        "contacts": Fields({"on": "date", "kept": "yes/no", "how": "text"}),
        "enrolments": Fields({"on": "date", "protocol": "text", "until": "date"}),
        "endings": Fields({"on": "date", "protocol": "text", "reason": "text"}),
        "steps": Fields({"on": "date", "protocol": "text", "step": "text", "move": "text", "until": "date"}),
        "events": Fields({"on": "date", "name": "text"}),
        "visits": Fields({"start": "date", "end": "date", "status": "text", "discharge": "text"}),
        "diagnoses": Fields({"start": "date", "end": "date", "clinical": "text", "verification": "text"}),
        "observations": Fields(
            {"on": "date", "value": "number", "answer": "text", "status": "text", "not_done": "text"}
        ),
        "orders": Fields({"on": "date", "status": "text", "do_not_perform": "yes/no"}),
        "procedures": Fields({"start": "date", "end": "date", "status": "text"}),
        "plans": Fields(
            {
                "on": "date",
                "status": "text",
                "agreed": "yes/no",
                "own_words": "yes/no",
                "owned": "yes/no",
                "review_due": "date",
                "family_asked": "yes/no",
            }
        ),
        "reviews": Fields(
            {"on": "date", "due": "date", "overdue_from": "date", "done": "date", "outstanding": "yes/no"}
        ),
        "decisions": Fields({"on": "date", "agreed": "yes/no"}),
    }
)
"""The lists that every measure may look through; each entry may also have `kinds`, the texts that say what it is."""


def moment_field(fields: Fields) -> str:
    """Name the field that entries of a list are put in order by."""
    return "on" if "on" in fields else "start" if "start" in fields else next(iter(fields))
