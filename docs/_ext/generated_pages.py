"""Pages that are written when the site is built: reference, instruments, protocols, and what is not yet released."""

from __future__ import annotations

import json
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from instrument_pages import instrument_page, instrument_table
from protocol_pages import protocol_page, protocol_table
from sphinx.application import Sphinx

import carecoord
from carecoord.scoring import definition_schema, instrument, instruments
from carecoord.stepped_care import protocol, protocols


def public_modules() -> Iterator[str]:
    """Give the names of the modules that people import from, sorted."""
    for module in pkgutil.iter_modules(carecoord.__path__, "carecoord."):
        if not module.name.removeprefix("carecoord.").startswith("_"):
            yield module.name


def reference_page(module: str) -> str:
    """Give the reference page of a module: everything in its `__all__`, from the docstrings."""
    return f"# {module}\n\n```{{eval-rst}}\n.. automodule:: {module}\n```\n"


def unreleased_changes(root: Path) -> str:
    """Give the fragments of `changelog.d/` as a release that has no number yet."""
    command = [sys.executable, "-m", "towncrier", "build", "--draft", "--version", "Next", "--date", "not yet released"]
    return subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout


def write(page: Path, text: str) -> None:
    """Write a page, and leave it alone where it already says so, so that Sphinx need not read it again."""
    if not page.is_file() or page.read_text("utf-8") != text:
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(text, "utf-8")


def write_pages(app: Sphinx) -> None:
    """Write every generated page, before Sphinx looks for pages."""
    docs = Path(app.srcdir)
    for module in public_modules():
        write(docs / "reference" / f"{module.removeprefix('carecoord.')}.md", reference_page(module))
    for name in instruments():
        write(docs / "instruments" / f"{name}.md", instrument_page(instrument(name)))
    write(docs / "_generated" / "instruments.md", instrument_table(map(instrument, instruments())))
    for name in (*protocols(), "self-harm"):
        write(docs / "protocols" / f"{name}.md", protocol_page(protocol(name)))
    write(docs / "_generated" / "protocols.md", protocol_table(map(protocol, protocols())))
    write(docs / "_generated" / "site" / "instrument.schema.json", json.dumps(definition_schema(), indent=2))
    write(docs / "_generated" / "unreleased.md", unreleased_changes(docs.parent))


def setup(app: Sphinx) -> dict[str, bool]:
    """Let Sphinx call us."""
    app.connect("builder-inited", write_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
