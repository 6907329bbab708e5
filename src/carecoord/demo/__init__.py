"""The caseload of an invented clinic, and somebody who may see a part of it, to look at and to try things on."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from carecoord.caseload import Caseload
from carecoord.interop import from_dict, loads
from carecoord.roles import Consent, Member, Reader

__all__ = ["DAY", "clinic", "consents", "reader"]

DAY = date(2026, 6, 30)
"""The day to look at the clinic."""

_HERE = Path(__file__).parent


def clinic() -> Caseload:
    """Give the caseload of an invented clinic over half a year.

    Nobody in it exists. It holds the hard cases:

    - thoughts of self-harm at a low total (`ines`), and a half-answered form (`ravi`);
    - no response at week nine (`tomas`), remission and then relapse (`wanda`), a last score too old to decide on
      (`otto`), and a review overdue across a month end (`mei`);
    - a care manager on leave whom nobody covers (`holm`, from 29 June), a provider whose authority to prescribe has
      lapsed (`lee`, since 25 June), and a training that is due (`okafor`, since 11 June);
    - a plan that went through a shared decision, a conflict of two edits, an admission, a referral that came to
      something, and a relapse (`wanda`);
    - what `zoe` drinks, which is on the clinic's board and not on that of `reader`.

    >>> len(clinic().people)
    24
    """
    caseload: Caseload = loads((_HERE / "clinic.json").read_text(encoding="utf-8"), name="clinic.json")
    return caseload


def consents() -> tuple[Consent, ...]:
    """Give what two people of the clinic permit and refuse a practice elsewhere that treats them too.

    Both let it see what concerns their mental health, and one of them refuses what concerns her drinking.

    >>> [consent.patient for consent in consents()]
    ['tomas', 'zoe']
    """
    data = json.loads((_HERE / "consents.json").read_text(encoding="utf-8"))
    return tuple(from_dict(one, name="consents.json") for one in data)


def reader() -> Reader:
    """Give a psychologist of that practice, who reads for treatment.

    Their board is made by `disclose_board` from what they may see: it has the two people who consented, and no word of
    an AUDIT, of a need, a goal and a blood test about drinking, nor of anything withheld.

    >>> from carecoord.caseload import disclose_board
    >>> [str(latest) for latest in disclose_board(clinic(), reader(), accept_unverified=True).view["zoe"].latest]
    ['gad-7 8 mild (was 15, better) on 2026-06-22', 'phq-9 11 moderate (was 16, better) on 2026-06-22']
    """
    member = Member("quinn", role="psychologist", since=date(2024, 3, 1), organisation="lakeside")
    return Reader(member=member, purpose="TREAT", on=DAY, consents=consents())
