"""Corrections to how docstrings become reference pages."""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.roles import XRefRole


class Mention(XRefRole):
    """A name between single backticks: a link where it is public in the same module or class or in full, else code.

    Python's own roles look further: for `.name` they take any attribute of that name, anywhere.
    """

    def process_link(
        self,
        env: BuildEnvironment,
        refnode: Any,
        has_explicit_title: bool,  # noqa: ARG002, FBT001 Sphinx calls it so
        title: str,
        target: str,
    ) -> tuple[str, str]:
        """Say where the name stands; it is shown and looked for as it is written."""
        refnode.attributes.update({name: env.ref_context.get(name) for name in ("py:module", "py:class")})
        return title, target


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
    app.add_role_to_domain("py", "mention", Mention())
    app.connect("autodoc-process-docstring", keep_first_line, priority=400)
    app.connect("autodoc-skip-member", skip_field_aliases)
    return {"parallel_read_safe": True}
