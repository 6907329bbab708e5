"""Plainer and narrower teams and matrices than `carecoord.testing` gives, for tests that look at one thing."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
from hypothesis import strategies as st

from carecoord.roles import Team, roles
from carecoord.testing import absences, credentials, members
from carecoord.testing._teams import IDS, memberships, plain_members


@st.composite
def plain_teams(draw: st.DrawFn, *, among: Sequence[str] | None = None) -> Team:
    """Give a team of whom nothing is said but who they are, when they serve and when they are away."""
    serving = draw(memberships(plain_members(among=among), most=7))
    here = sorted({member.id for member in serving})
    return Team(serving, absences=draw(st.lists(absences(ids=here), max_size=4)) if here else ())


@st.composite
def licensed_teams(draw: st.DrawFn, *, ids: Sequence[str] = IDS[:4], among: Sequence[str] = roles()) -> Team:
    """Give a team of a few whose credentials say much, so that supervisors are often there and often not."""
    serving = [draw(members(ids=[name], among=among)) for name in ids]
    return Team(
        [attrs.evolve(one, cover=None) for one in serving],
        absences=draw(st.lists(absences(ids=ids), max_size=3)),
        credentials=draw(st.lists(credentials(ids=ids), min_size=3, max_size=10)),
        jurisdiction=draw(st.sampled_from((None, "US-NY"))),
    )
