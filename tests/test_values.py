"""The values that every package shares."""

from __future__ import annotations

import keyword
import pickle
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from carecoord._values import FrozenMapping, Period, add_months, is_id, name_of

days = st.dates(min_value=date(1900, 1, 1), max_value=date(2200, 12, 31))
periods = st.builds(
    Period, months=st.integers(0, 240), days=st.integers(0, 1000), minutes=st.integers(0, 100_000)
).filter(lambda period: period != Period())


class TestFrozenMapping:
    """A mapping nobody can change."""

    def test_equal_entries_are_equal_and_hash_alike(self) -> None:
        """Order does not matter, nor that the other is a plain dict."""
        first, second = FrozenMapping({"a": 1, "b": 2}), FrozenMapping({"b": 2, "a": 1})
        assert first == second == {"a": 1, "b": 2}
        assert hash(first) == hash(second)

    def test_later_changes_to_the_source_do_not_reach_it(self) -> None:
        """It keeps a copy."""
        source = {"a": 1}
        frozen = FrozenMapping(source)
        source["a"] = 2
        assert frozen["a"] == 1

    def test_it_refuses_change(self) -> None:
        """Neither entries nor attributes can be set."""
        frozen = FrozenMapping({"a": 1})
        with pytest.raises(AttributeError, match="cannot be changed"):
            frozen._entries = {}
        with pytest.raises(TypeError):
            frozen["a"] = 2  # type: ignore[index]

    def test_it_survives_pickling_and_shows_what_it_holds(self) -> None:
        """The copy is equal, and the text names the type."""
        frozen = FrozenMapping({"a": 1})
        assert pickle.loads(pickle.dumps(frozen)) == frozen  # noqa: S301 made on this line
        assert repr(frozen) == "FrozenMapping({'a': 1})"
        assert list(frozen) == ["a"]
        assert len(FrozenMapping[str, int]()) == 0


class TestNames:
    """Ids, and the names rules call them by."""

    @pytest.mark.parametrize("identifier", ["phq-9", "6cit", "whodas-2.0-36", "a", "a" * 100])
    def test_ids_are_words_joined_by_single_marks(self, identifier: str) -> None:
        """What the catalogue uses is an id."""
        assert is_id(identifier)

    @pytest.mark.parametrize("text", ["", "-a", "a-", "a--b", "a b", "a/b", "é", "a\n", "a" * 101])
    def test_other_text_is_no_id(self, text: str) -> None:
        """Nothing that could be mistaken for a path, a sentence or an operator."""
        assert not is_id(text)

    @given(st.from_regex(r"[A-Za-z0-9]+(?:[-._][A-Za-z0-9]+)*", fullmatch=True))
    def test_every_id_has_a_name_that_rules_can_use(self, identifier: str) -> None:
        """The name is a Python identifier and no keyword."""
        name = name_of(identifier)
        assert name.isidentifier()
        assert not keyword.iskeyword(name)


class TestPeriod:
    """ISO 8601 periods and where they lead."""

    @given(periods)
    def test_text_gives_the_period_back(self, period: Period) -> None:
        """Printing and parsing are inverse."""
        assert Period.parse(str(period)) == period

    @pytest.mark.parametrize(
        ("text", "period"),
        [
            ("P2W", Period(days=14)),
            ("P1Y6M", Period(months=18)),
            ("P1M15D", Period(months=1, days=15)),
            ("PT8H30M", Period(minutes=510)),
            ("P1DT1M", Period(days=1, minutes=1)),
        ],
    )
    def test_it_reads_what_the_standard_writes(self, text: str, period: Period) -> None:
        """Years are twelve months, weeks seven days, hours sixty minutes."""
        assert Period.parse(text) == period

    @pytest.mark.parametrize("text", ["", "P", "PT", "P0D", "2W", "P-1D", "P1.5D", "P1H", "P1D1M", "P99999Y", "P1D\n"])
    def test_it_refuses_other_text(self, text: str) -> None:
        """Also a period of no length."""
        with pytest.raises(ValueError, match="no ISO 8601 duration"):
            Period.parse(text)

    @pytest.mark.parametrize(
        ("text", "words"),
        [("P2W", "2 weeks"), ("P1M", "1 month"), ("P1Y1D", "1 year 1 day"), ("PT90M", "1 hour 30 minutes")],
    )
    def test_it_has_words_for_people(self, text: str, words: str) -> None:
        """Singular and plural as spoken."""
        assert Period.parse(text).words == words

    def test_month_ends_do_not_drift(self) -> None:
        """Each is counted from the anchor, so 28 February is followed by 31 March."""
        monthly, anchor = Period(months=1), date(2026, 1, 31)
        assert [monthly.after(anchor, n) for n in (1, 2, 3)] == [
            date(2026, 2, 28),
            date(2026, 3, 31),
            date(2026, 4, 30),
        ]

    @given(days, st.integers(-600, 600))
    def test_months_keep_the_day_or_take_the_last(self, day: date, months: int) -> None:
        """The month is the one counted to, and the day only ever shrinks to the month's end."""
        moved = add_months(day, months)
        assert moved.year * 12 + moved.month == day.year * 12 + day.month + months
        assert moved.day == day.day or (moved.day < day.day and (moved + timedelta(days=1)).day == 1)

    @given(days, periods)
    def test_later_is_later_and_before_undoes_exact_days(self, day: date, period: Period) -> None:
        """A period never leads backwards; without months, going back leads to the start."""
        assert period.after(day) >= day >= period.before(day)
        if not period.months:
            assert period.before(period.after(day)) == day

    def test_minutes_move_moments_and_not_days(self) -> None:
        """A plain date has no hours to add to."""
        period = Period(days=1, minutes=90)
        assert period.after(date(2026, 1, 1)) == date(2026, 1, 2)
        assert period.after(datetime(2026, 1, 1, 23, tzinfo=UTC), 2) == datetime(2026, 1, 4, 2, tzinfo=UTC)
