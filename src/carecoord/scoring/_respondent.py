"""What is known of the person who answered, as far as scoring may ask."""

from __future__ import annotations

from carecoord._values import FrozenMapping
from carecoord.rules import Kind

__all__ = ["RESPONDENT", "Respondent"]

RESPONDENT: dict[str, Kind] = {
    "age": Kind.number(0, 130),
    "sex": Kind.choice(("female", "male")),
    "informant": Kind.choice(("self", "parent", "teacher", "caregiver", "clinician")),
    "setting": Kind.TEXT,
}
"""What rules of every instrument may ask about the respondent; age in years."""


class Respondent(FrozenMapping[str, "int | float | str | bool"]):
    """Facts about the respondent that some bands and cut-offs depend on.

    Args:
        age: in years at the assessment, 0-130.
        sex: `female` or `male`, as the source of the cut-off means it.
        informant: `self`, `parent`, `teacher`, `caregiver` or `clinician`.
        setting: where the instrument was given.
        others: facts an instrument's own context names.

    What is left out is unknown: a band or cut-off that needs it then says so.

    >>> Respondent(age=70)["age"]
    70
    """

    __slots__ = ()

    def __init__(
        self,
        *,
        age: float | None = None,
        sex: str | None = None,
        informant: str | None = None,
        setting: str | None = None,
        **others: float | str | bool | None,
    ) -> None:
        facts = {"age": age, "sex": sex, "informant": informant, "setting": setting, **others}
        super().__init__({name: value for name, value in facts.items() if value is not None})

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by its facts."""
        return (_remade, (dict(self),))


def _remade(facts: dict[str, int | float | str | bool]) -> Respondent:
    return Respondent(**facts)  # type: ignore[arg-type]
