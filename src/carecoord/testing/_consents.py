"""Hypothesis strategies for labels, consents and readers: clauses meet, miss and contradict each other often."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

from hypothesis import strategies as st

from carecoord.roles import Clause, Consent, Label, Member, Part2Form, Reader, Recipient, Revocation
from carecoord.roles._consent import ConsentStatus
from carecoord.testing._teams import FIRST, days

__all__ = ["clauses", "consents", "labels", "readers"]

CATEGORIES: Final = ("SUD", "ETHUD", "OPIOIDUD", "ETH", "BH", "MH", "SPI", "HIV")
PURPOSES: Final = ("TREAT", "TREAT", "COC", "CAREMGT", "HOPERAT", "ETREAT", "SUPNWK", "PATRQT")
STATUSES: tuple[ConsentStatus, ...] = ("active", "active", "active", "active", "active", "active", "draft", "inactive")
FORM: Final = Part2Form(
    discloser="any program", description="all of it", signature="paper", says_how_to_revoke=True, says_redisclosure=True
)
MEMBERS: Final = (
    Member("lee", role="primary-care-provider", since=FIRST, organisation="clinic", groups={"treating", "medical"}),
    Member("holm", role="care-manager", profession="nurse", since=FIRST, organisation="clinic", groups={"treating"}),
    Member("sam", role="counselor", since=FIRST, organisation="school"),
    Member("ruth", role="family-caregiver", since=FIRST),
    Member("anna", role="patient", since=FIRST),
)


def labels() -> st.SearchStrategy[Label]:
    """Give labels: ordinary content, one category or two, widely or narrowly known, under 42 CFR Part 2 or not.

    >>> from hypothesis import find
    >>> find(labels(), lambda label: "42CFRPart2" in label.law).confidentiality
    'R'
    """
    codes = st.lists(st.sampled_from(CATEGORIES), max_size=2, unique=True)
    others = st.sampled_from(((), (), ("U",), ("N",), ("R",), ("V",), ("R", "42CFRPart2"), ("sud-counselling",)))
    return st.builds(lambda codes, others: Label.of(*codes, *others), codes, others)


@st.composite
def recipients(draw: st.DrawFn, among: Sequence[Member]) -> Recipient:
    """Give a recipient that means one of the members: by who they are, their role, their organisation or a group."""
    member = draw(st.sampled_from(among))
    said: list[dict[str, str]] = [{"person": member.id}, {"role": member.role}]
    said += [] if member.organisation is None else [{"organisation": member.organisation}]
    said += [{"group": group} for group in sorted(member.groups)]
    facets = draw(st.lists(st.sampled_from(said), min_size=1, max_size=2))
    return Recipient(**{name: value for facet in facets for name, value in facet.items()})


@st.composite
def clauses(draw: st.DrawFn, *, to: Sequence[Member] = MEMBERS, id: str = "1", deepest: int = 2) -> Clause:
    """Give clauses that permit or refuse, with exceptions and exceptions to those.

    - `to`: whom they may be about.
    - `id`: the number of the clause; its exceptions are numbered below it.
    - `deepest`: how deep exceptions may lie.
    """
    permits = draw(st.booleans())
    since, until = draw(st.sampled_from(((None, None), (None, None))) | st.tuples(days(), st.none()))
    level: Any = draw(st.sampled_from((None, None, None, "N", "R", "V")))
    count = draw(st.sampled_from((0, 0, 1, 2))) if deepest else 0
    return Clause(
        id=id,
        decision="permit" if permits else "refuse",
        categories=draw(st.just(["all"]) | st.lists(st.sampled_from(CATEGORIES), max_size=2)),
        to=draw(st.lists(recipients(to), min_size=draw(st.sampled_from((0, 1, 1, 1))), max_size=2)),
        purposes=draw(st.just(["TREAT"]) | st.lists(st.sampled_from(PURPOSES), max_size=2)),
        since=since,
        until=until,
        up_to=level if permits else None,
        from_level=None if permits else level,
        exceptions=[draw(clauses(to=to, id=f"{id}{letter}", deepest=deepest - 1)) for letter in "ab"[:count]],
    )


@st.composite
def consents(
    draw: st.DrawFn, *, patient: str = "anna", to: Sequence[Member] = MEMBERS, id: str | None = None
) -> Consent:
    """Give consents of one person: signed or not, drafts among them, revoked, over, complete under Part 2 or not.

    >>> from hypothesis import find
    >>> find(consents(patient="ben"), lambda consent: consent.part2 is not None).patient
    'ben'

    - `patient`: the id of the person.
    - `to`: whom their clauses may be about.
    - `id`: the consent's id; one of few where left out, so that a list of them wants `unique_by`.
    """
    signed = draw(st.sampled_from((FIRST, FIRST, FIRST, None)) | days())
    revoked = draw(st.one_of(st.none(), st.none(), st.none(), days()))
    return Consent(
        id=id or draw(st.text("abc", min_size=1, max_size=6)),
        patient=patient,
        signed=signed,
        status=draw(st.sampled_from(STATUSES)),
        clauses=[draw(clauses(to=to, id=number, deepest=1)) for number in "12"[: draw(st.integers(1, 2))]],
        until=draw(st.none() | st.just(FIRST + timedelta(weeks=26)) | days()),
        revocations=[] if revoked is None else [Revocation(on=revoked, recipients=draw(_for_whom(to)))],
        part2=draw(st.sampled_from((None, FORM))),
    )


def _for_whom(to: Sequence[Member]) -> st.SearchStrategy[list[Recipient] | None]:
    return st.none() | recipients(to).map(lambda one: [one])


@st.composite
def readers(
    draw: st.DrawFn, *, patients: Sequence[str] = ("anna",), among: Sequence[Member] = MEMBERS, on: date | None = None
) -> Reader:
    """Give readers with up to three consents: for tests that a view of yours shows no more than they may see.

    >>> from hypothesis import find
    >>> find(readers(on=date(2026, 3, 2)), lambda reader: reader.member.role == "counselor").day
    datetime.date(2026, 3, 2)

    - `patients`: the ids of those the consents are of.
    - `among`: the members of whom one reads.
    - `on`: the day; one of 2026 where left out.
    """
    count = draw(st.integers(0, 3))
    return Reader(
        member=draw(st.sampled_from(among)),
        purpose=draw(st.sampled_from(PURPOSES)),
        on=on or draw(days()),
        consents=[
            draw(consents(patient=draw(st.sampled_from(patients)), to=among, id=f"consent-{number}"))
            for number in range(count)
        ],
    )
