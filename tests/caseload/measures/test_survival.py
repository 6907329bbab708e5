"""The Kaplan-Meier curve of the library lifelines, against curves worked out by hand."""

from __future__ import annotations

import sys
from fractions import Fraction
from math import exp, log, sqrt

import pytest

from carecoord.caseload import TimeTo, survival
from carecoord.errors import DataError


def times(*days: tuple[int, bool]) -> list[TimeTo]:
    """Make the times of as many people."""
    return [TimeTo(person=str(n), days=day, reached=reached) for n, (day, reached) in enumerate(days)]


def test_a_curve_is_that_worked_out_by_hand() -> None:
    """Five people: 4 of 5 are left after day 10, 2 of 3 of those after day 30, none after day 50."""
    pytest.importorskip("lifelines")
    curve = survival(times((10, True), (20, False), (30, True), (40, False), (50, True)))
    shares = [Fraction(1), Fraction(4, 5), Fraction(4, 5), Fraction(8, 15), Fraction(8, 15), Fraction(0)]
    assert curve.days == (0, 10, 20, 30, 40, 50)
    assert curve.share == pytest.approx([float(one) for one in shares])
    assert curve.median == 50
    # Greenwood's variance on the scale log(-log), after day 10: 1 / (5 * 4)
    spread = 1.959964 * sqrt(1 / 20) / abs(log(0.8))
    low, high = (0.8 ** exp(sign * spread) for sign in (1, -1))
    assert (curve.low[1], curve.high[1]) == pytest.approx((low, high), abs=1e-6)


def test_a_published_curve_comes_out() -> None:
    """Weeks of remission under 6-mercaptopurine (Freireich, Blood 1963;21:699-716): 9 relapses of 21."""
    pytest.importorskip("lifelines")
    relapses = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    censored = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    curve = survival(times(*((day, True) for day in relapses), *((day, False) for day in censored)))
    found = dict(zip(curve.days, curve.share, strict=True))
    wanted, share = {}, Fraction(1)
    for day in sorted({*relapses}):
        at_risk = sum(one >= day for one in (*relapses, *censored))
        share *= Fraction(at_risk - relapses.count(day), at_risk)
        wanted[day] = float(share)
    assert {day: found[day] for day in wanted} == pytest.approx(wanted)
    assert round(found[22], 4) == 0.5378
    assert curve.median == 23


def test_where_fewer_than_half_get_there_there_is_no_median() -> None:
    """And whoever was never seen again is known of for no time."""
    pytest.importorskip("lifelines")
    curve = survival(times((0, False), (10, True), (20, False), (20, False)))
    assert curve.median is None
    assert curve.share[-1] == pytest.approx(2 / 3)


def test_without_the_library_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra, by name; nobody to count is told before."""
    monkeypatch.setitem(sys.modules, "lifelines", None)
    with pytest.raises(ImportError, match=r"pip install 'carecoord\[survival\]'"):
        survival(times((10, True)))
    with pytest.raises(DataError, match="somebody is wanted"):
        survival([])
