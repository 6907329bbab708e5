"""The page of every instrument shows what a clinician checks, and what it shows was run."""

from __future__ import annotations

import pytest
from instrument_pages import instrument_page, instrument_table

from carecoord.scoring import instrument, instruments


@pytest.mark.parametrize("name", instruments())
def test_a_page_shows_everything(name: str) -> None:
    """Items, scores, rules, bands, cut-offs, flags, change, permission, sources, and what is not verified."""
    it, page = instrument(name), instrument_page(instrument(name))
    plain = page.replace("&#124;", "|")
    assert f"| permission | {it.permission}" in page
    assert all(item.label in page for item in it.items)
    for score in it.scores:
        assert f"### {score.label or score.id}" in page
        assert all(band.label in plain for banded in score.band_sets for band in banded.bands)
        assert all(cutoff.text in page and cutoff.source in plain for cutoff in score.cutoffs)
    assert all(flag.meaning in page and str(flag.rule) in page for flag in it.flags)
    assert all(change.text in page and change.source in plain for change in it.changes)
    assert all(source.cite in page for source in it.sources)
    evidence = {it.evidence, *(score.evidence for score in it.scores)}
    evidence |= {*(flag.evidence for flag in it.flags), *(change.evidence for change in it.changes)}
    evidence |= {part.evidence for score in it.scores for part in score.cutoffs}
    evidence |= {band.evidence for score in it.scores for banded in score.band_sets for band in banded.bands}
    assert ("## Not verified" in page) is ("unverified" in evidence)


def test_the_example_of_a_page_was_run() -> None:
    """A session that scores a worked example, and what it prints."""
    example = instrument_page(instrument("gad-7")).partition("## Example\n")[2].partition("## Worked")[0]
    assert '>>> result = score("gad-7", [' in example
    assert "Generalized Anxiety Disorder 7-item scale (gad-7): 8 of 8 items answered." in example


def test_the_table_begins_with_what_may_be_shipped() -> None:
    """Every instrument stands in it once, the free ones first, with a link to its page."""
    lines = instrument_table(map(instrument, instruments())).splitlines()
    rows = [line for line in lines if "](" in line]
    permissions = [row.split(" | ")[0].removeprefix("| ") for row in rows]
    assert len(rows) == len(instruments())
    assert permissions == sorted(
        permissions, key=("free", "noncommercial", "registration", "licensed", "unknown").index
    )
    assert all(f"[{name}]({name}.md)" in "\n".join(rows) for name in instruments())
