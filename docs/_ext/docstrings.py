"""Two corrections to how docstrings become reference pages."""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx


def keep_first_line(_app: Sphinx, what: str, _name: str, _member: object, *options_and_lines: Any) -> None:
    """Keep the first line of a property whole: napoleon takes what stands before a colon there for a type.

    An empty comment above it is what napoleon then reads first.
    """
    if what == "property":
        options_and_lines[-1][:0] = ["..", ""]


def skip_field_aliases(_app: Sphinx, _kind: str, _name: str, member: object, *_: object) -> bool | None:
    """Leave out what Python says of the fields of a named tuple; the class says what they mean."""
    return True if (member.__doc__ or "").startswith("Alias for field number") else None


def setup(app: Sphinx) -> dict[str, bool]:
    """Let Sphinx call us."""
    app.connect("autodoc-process-docstring", keep_first_line, priority=400)
    app.connect("autodoc-skip-member", skip_field_aliases)
    return {"parallel_read_safe": True}
