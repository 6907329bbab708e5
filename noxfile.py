"""The one entry point for every check: `nox` runs what a change must pass, `nox -s NAME` one of them."""

from __future__ import annotations

import nox
from nox.project import dependency_groups, load_toml

nox.needs_version = ">=2026.4"
nox.options.default_venv_backend = "venv"
nox.options.reuse_venv = "yes"
nox.options.sessions = ["lint", "types", "layers", "tests", "docs"]

PYTHONS = ["3.11", "3.12", "3.13"]


def tools(group: str) -> tuple[str, ...]:
    """Give what a dependency group of pyproject.toml installs."""
    return dependency_groups(load_toml("pyproject.toml"), group)


@nox.session
def lint(session: nox.Session) -> None:
    """Find faults and departures from the format."""
    session.install(*tools("lint"))
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Check the types with both checkers, tests and docs scripts included."""
    session.install("-e", ".[test,docs]", *tools("types"))
    session.run("mypy")
    session.run("pyright")


@nox.session
def layers(session: nox.Session) -> None:
    """Hold the layers: arrows point one way."""
    session.install("-e", ".", *tools("layers"))
    session.run("lint-imports", "--no-logo")


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Run the tests and every example, with branch coverage."""
    session.install("-e", ".[test]")
    session.run("pytest", *(session.posargs or ["--cov"]))


@nox.session
def docs(session: nox.Session) -> None:
    """Build the site; a warning is an error."""
    session.install("-e", ".[docs]")
    session.run("sphinx-build", "-n", "-W", "--keep-going", "-q", "-E", "-b", "html", "docs", "docs/_build/html")


@nox.session
def benchmarks(session: nox.Session) -> None:
    """Measure, beside a peer where one is there; compare only figures from one run."""
    session.install("-e", ".[test]", *tools("peers"))
    session.run("pytest", "benchmarks", "--benchmark-columns=median,iqr,ops", *session.posargs)


@nox.session
def mutation(session: nox.Session) -> None:
    """Change the code a little, many times, and list the changes that no test noticed."""
    session.install("-e", ".[test]", *tools("mutation"))
    session.run("mutmut", "run", *session.posargs)
    session.run("mutmut", "results")


@nox.session
def laws(session: nox.Session) -> None:
    """Hold every instrument and the dates of cycles to their laws with many more examples than the tests draw."""
    session.install("-e", ".[test]")
    files = ("tests/scoring/test_laws.py", "tests/property/test_cycle_oracle.py")
    session.run("pytest", *files, *session.posargs, env={"LAW_EXAMPLES": "500", "LAW_CYCLES": "10000"})


@nox.session
def definitions(session: nox.Session) -> None:
    """Change each number, list and flag of each instrument; fail where fewer than 95 in 100 changes are noticed."""
    session.install("-e", ".[test]")
    session.run("python", "-m", "tests.mutation.definitions", *session.posargs)


@nox.session
def protocols(session: nox.Session) -> None:
    """Seed faults in each protocol; fail where worked examples and `check` notice fewer than 95 in 100."""
    session.install("-e", ".[test]")
    session.run("python", "-m", "tests.mutation.protocols", *session.posargs)


@nox.session
def fuzz(session: nox.Session) -> None:
    """Throw spoilt definitions and answers at scoring for some minutes: only the library's own errors may come back."""
    session.install("-e", ".[test]")
    session.run("python", "-m", "tests.fuzz.scoring", *(session.posargs or ["--minutes", "30"]))
