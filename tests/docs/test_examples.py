"""Every example in the README and on the site runs, and prints what the page says."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLE = re.compile(r"^```(python|pycon)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PAGES = [
    str(page.relative_to(ROOT))
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    if EXAMPLE.search(page.read_text("utf-8"))
]


def run_session(session: str, names: dict[str, object], page: str, line: int) -> str:
    """Run what stands after the prompts, add the names it makes to `names`, and give a report of what went wrong."""
    test = doctest.DocTestParser().get_doctest(session, names, page, page, line)
    report: list[str] = []
    doctest.DocTestRunner(verbose=False).run(test, out=report.append, clear_globs=False)
    names.update(test.globs)
    return "".join(report)


@pytest.mark.parametrize("page", PAGES)
def test_examples_of_a_page_run_from_top_to_bottom(page: str) -> None:
    """Each block sees the names that the blocks above it on the page have made."""
    text = (ROOT / page).read_text("utf-8")
    names: dict[str, object] = {"__name__": "__main__"}
    for block in EXAMPLE.finditer(text):
        kind, code = block.groups()
        line = text.count("\n", 0, block.start(2))
        if kind == "pycon":
            if report := run_session(code, names, page, line):
                pytest.fail(report, pytrace=False)
        else:
            exec(compile("\n" * line + code, page, "exec"), names)  # noqa: S102 the example is ours


def test_a_session_that_prints_something_else_is_reported() -> None:
    """The check itself can fail, and shows what was expected and what came."""
    report = run_session(">>> whole = 12 * 2\n>>> whole\n25\n", {}, "page.md", 0)
    assert "Expected:\n    25\nGot:\n    24" in report
