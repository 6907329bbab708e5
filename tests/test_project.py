"""What holds for the project as a whole."""

from __future__ import annotations

import importlib
import importlib.metadata
import inspect
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import carecoord

ROOT = Path(__file__).parents[1]
PUBLIC = sorted(
    module.name
    for module in pkgutil.iter_modules(carecoord.__path__, "carecoord.")
    if not module.name.removeprefix("carecoord.").startswith("_")
)
FOLDERS = ["src", "tests", "docs", "benchmarks", "changelog.d"]
TEXTS = {".csv", ".json", ".md", ".py", ".toml"}
GENERATED = {"_build", "_generated"}


def loaded_by(statement: str) -> set[str]:
    """Give the modules that a fresh interpreter has loaded after `statement` and not before."""
    program = f"import sys; before = set(sys.modules); {statement}; print(*(set(sys.modules) - before))"
    return set(
        subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.split()
    )


def test_import_of_the_library_loads_nothing_else() -> None:
    """`import carecoord` costs next to nothing: a version and a docstring."""
    assert loaded_by("import carecoord") == {"carecoord"}


@pytest.mark.parametrize("module", ["rules", "scoring", "roles", "plans", "stepped_care", "caseload"])
def test_import_of_a_package_waits_with_what_only_some_calls_need(module: str) -> None:
    """No package loads cattrs before a definition is read, nor anything of an extra."""
    top_level = {name.partition(".")[0] for name in loaded_by(f"import carecoord.{module}")}
    assert not top_level & {"cattrs", "hypothesis", "pytest", "tomllib"}


@pytest.mark.parametrize("module", PUBLIC)
def test_every_public_name_exists_and_is_documented(module: str) -> None:
    """What stands in `__all__` is there, and the reference has something to say about it."""
    package = importlib.import_module(module)
    assert package.__doc__
    assert package.__all__
    values = {name: getattr(package, name) for name in package.__all__}
    undocumented = [
        name
        for name, value in values.items()
        if (inspect.isclass(value) or inspect.isroutine(value)) and not (value.__doc__ or "").strip()
    ]
    assert undocumented == []


def test_version_is_told_once() -> None:
    """The installed distribution and the module agree on the version."""
    assert importlib.metadata.version("carecoord") == carecoord.__version__


def test_readme_shows_the_commands_that_ci_runs() -> None:
    """One command for the demo and one for the tests, each doing its own set-up."""
    commands = re.findall(r"^```sh\n(.*?)\n```$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    assert len(commands) == 2
    assert all(command.startswith("python3 -m venv .venv && .venv/bin/pip install ") for command in commands)
    assert commands[0].endswith(" -m carecoord demo")


def test_no_file_names_a_machine_or_a_registry() -> None:
    """A checkout says nothing of the machine it was written on, nor of where packages came from."""
    local = re.compile(r"(?<![\w.])/(?:work|tmp|root|home|opt)/\w|https?://[^/\s]*(?:pypi|npmjs)", re.IGNORECASE)
    files = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*")]
    files += [*ROOT.iterdir(), ROOT / ".ci" / "run"]
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in files
        if (path.suffix in TEXTS or path.name == "run") and not GENERATED & set(path.parts)
        for match in local.finditer(path.read_text("utf-8"))
    ]
    assert found == []
