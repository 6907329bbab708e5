"""Random members, labels and consents, chosen so that clauses meet, miss and contradict each other often.

Hypothesis draws a seed and this makes the rest of it: a consent takes a hundred choices, which is quick this way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, Literal, TypeVar

from hypothesis import strategies as st

from carecoord.roles import (
    Clause,
    Consent,
    Emergency,
    EndingEvent,
    Label,
    Member,
    Part2Form,
    ProxyAuthority,
    Recipient,
    Reserved,
    Revocation,
)

T = TypeVar("T")

POWERS: tuple[Literal["see", "consent"], ...] = ("see", "consent", "consent")

PATIENT = "anna"
FIRST = date(2026, 1, 1)
CATEGORIES = ("SUD", "ETHUD", "OPIOIDUD", "ETH", "BH", "MH", "SPI", "HIV", "PSYTHPN")
STRANGE = "ZZZ"
PURPOSES = ("TREAT", "COC", "ETREAT", "BTG", "HOPERAT", "CAREMGT", "HLEGAL", "PATRQT", "SUPNWK", "CLINTRL")
FORM = Part2Form(
    discloser="any program", description="all of it", signature="paper", says_how_to_revoke=True, says_redisclosure=True
)

MEMBERS = (
    Member("pcp", role="primary-care-provider", since=FIRST, organisation="clinic", groups={"treating", "medical"}),
    Member("cm", role="care-manager", profession="nurse", since=FIRST, organisation="clinic", groups={"treating"}),
    Member("sis", role="family-caregiver", since=FIRST),
    Member("mother", role="legal-representative", since=FIRST),
    Member(PATIENT, role="patient", since=FIRST),
    Member("old", role="care-manager", since=FIRST, until=date(2026, 2, 1), organisation="clinic"),
)

seeds: st.SearchStrategy[Random] = st.integers(0, 2**32).map(Random)
"""Where everything else comes from."""


def some(r: Random, choices: Sequence[T], most: int = 2) -> list[T]:
    """Give up to `most` of the choices."""
    return r.sample(list(choices), r.randint(0, most))


def maybe(r: Random, make: Callable[[Random], T]) -> T | None:
    """Give it half the time."""
    return make(r) if r.random() < 0.5 else None


def a_day(r: Random) -> date:
    """Give one of few days, so that starts, ends and questions meet."""
    return FIRST + timedelta(weeks=r.randint(0, 8))


def a_moment(r: Random) -> date | datetime:
    """Give a day, or a moment on it."""
    found = a_day(r)
    return datetime.combine(found, datetime.min.time(), UTC) if r.random() < 0.5 else found


def a_label(r: Random) -> Label:
    """Give a label of any kind, with a code that nobody knows now and then."""
    kind = some(r, ("sud-counselling", "psychotherapy"), 1) if r.random() < 0.3 else []
    codes = set(some(r, (*CATEGORIES, "TBOO", STRANGE), r.choice((1, 2))))
    if "sud-counselling" in kind:
        codes -= {"PSYTHPN"}
    return Label.of(*codes, *some(r, ("U", "N", "R", "V", "42CFRPart2")), *kind, author=r.choice((None, "pcp")))


def a_recipient(r: Random) -> Recipient:
    """Give a recipient by person, role, organisation or group, or by two of them; the treating group more often."""
    if r.random() < 0.4:
        return Recipient(group="treating")
    facets = {
        "person": ("pcp", "cm", "sis", "mother", PATIENT),
        "role": ("primary-care-provider", "care-manager", "nurse", "family-caregiver"),
        "organisation": ("clinic", "clinic", "school"),
        "group": ("treating", "treating", "medical"),
    }
    return Recipient(**{name: r.choice(facets[name]) for name in r.sample(sorted(facets), r.choice((1, 1, 2)))})


def a_clause(r: Random, *, name: str = "1", decision: str | None = None, depth: int = 2) -> Clause:
    """Give a clause, with exceptions and exceptions to those where the decision is left open."""
    permits = (decision or r.choice(("permit", "refuse"))) == "permit"
    level: Any = r.choice((None, None, None, None, None, "U", "N", "R", "V"))
    start = a_day(r) if r.random() < 0.2 else None
    end = FIRST + timedelta(weeks=12) if r.random() < 0.2 else a_day(r) if start is None and r.random() < 0.2 else None
    count = r.randint(0, 2) if depth and decision is None else 0
    return Clause(
        id=name,
        decision="permit" if permits else "refuse",
        categories=some(r, (*CATEGORIES, *("all",) * 6, "sud-counselling", "psychotherapy", STRANGE)),
        to=[a_recipient(r) for _ in range(r.choice((0, 1, 1, 2)))],
        purposes=["TREAT"] if r.random() < 0.5 else some(r, (*PURPOSES, STRANGE)),
        since=start,
        until=end,
        up_to=level if permits else None,
        from_level=None if permits else level,
        unread=("a condition",) if r.random() < 0.1 else (),
        exceptions=[a_clause(r, name=f"{name}{letter}", depth=depth - 1) for letter in "ab"[:count]],
    )


def an_authority(r: Random) -> ProxyAuthority:
    """Give an authority of the mother over some content, for a while."""
    return ProxyAuthority(
        holder=r.choice(("mother", "mother", "mother", "aunt")),
        patient=r.choice((PATIENT, PATIENT, PATIENT, "ben")),
        categories=some(r, (*CATEGORIES, "all", "all", "all")),
        may=some(r, POWERS),
        since=a_day(r) if r.random() < 0.2 else None,
        until=a_day(r) if r.random() < 0.2 else None,
    )


def a_reservation(r: Random) -> Reserved:
    """Give what only the person decides."""
    return Reserved(
        categories=some(r, CATEGORIES),
        since=a_day(r) if r.random() < 0.3 else None,
        until=a_day(r) if r.random() < 0.3 else None,
        patient=r.choice((None, PATIENT, "ben")),
    )


def a_consent(r: Random, *, name: str = "K", decision: str | None = None) -> Consent:
    """Give a consent of the person's, or of the mother's for them; with `decision`, of clauses that all say so."""
    by_mother = r.random() < 0.25
    event = EndingEvent(event="the course ends", on=maybe(r, a_day), recorded=maybe(r, a_day))
    revocation = Revocation(
        on=a_day(r), recorded=maybe(r, a_day), recipients=[a_recipient(r)] if r.random() < 0.6 else None
    )
    form = Part2Form(
        discloser=r.choice(("", "any program", "any program", "any program")),
        description="all of it", signature="paper",
        says_how_to_revoke=r.random() < 0.9, says_redisclosure=r.random() < 0.9,
        expiry=r.choice(("", "none", "end of treatment")),
        intermediary=r.choice(("", "", "an exchange")), participants=r.choice(("", "its treating providers")),
    )  # fmt: skip
    return Consent(
        id=name,
        patient=PATIENT,
        given_by="mother" if by_mother else PATIENT,
        signed=r.choice((FIRST, FIRST, FIRST, FIRST, FIRST, a_day(r), None)),
        recorded=r.choice((FIRST, FIRST, a_day(r), None)),
        status=r.choice(("active", "active", "active", "active", "active", "draft", "inactive")),
        clauses=[a_clause(r, name=str(number), decision=decision) for number in range(1, r.randint(1, 2) + 1)],
        until=r.choice((None, None, None, a_day(r), event)),
        revocations=[revocation] if r.random() < 0.2 else [],
        part2=r.choice((None, FORM, form)),
        authority=an_authority(r) if by_mother and r.random() < 0.9 else None,
    )


def a_plain_consent(r: Random, *, name: str) -> Consent:
    """Give a consent in order, as most are: to whoever treats, for treatment, with exceptions now and then."""
    categories = r.choice((("all",), ("all",), (), ("SUD",), ("SUD", "MH"), ("BH",), ("psychotherapy",), ("HIV",)))
    to = [Recipient(group="treating")] if r.random() < 0.7 else [Recipient(person=r.choice(("sis", "pcp", "mother")))]
    exceptions = [a_clause(r, name=f"1{letter}", depth=1) for letter in "ab"[: r.randint(0, 2)]]
    purposes = r.choice((("TREAT",), ("TREAT", "CAREMGT"), ("TREAT", "PATRQT"), ("TREAT", "HLEGAL")))
    return Consent(
        id=name,
        patient=PATIENT,
        given_by=PATIENT if r.random() < 0.8 else "mother",
        signed=FIRST,
        clauses=[
            Clause(id="1", decision="permit", categories=categories, to=to, purposes=purposes, exceptions=exceptions)
        ],
        until=r.choice((a_day(r), FIRST + timedelta(weeks=12))),
        part2=FORM if r.random() < 0.7 else None,
        authority=an_authority(r),
    )


def consents(r: Random, most: int = 3) -> list[Consent]:
    """Give several consents of one person, each with an id of its own."""
    makers = [r.choice((a_consent, a_plain_consent)) for _ in range(r.randint(0, most))]
    return [make(r, name=f"K{number}") for number, make in enumerate(makers)]


def an_emergency(r: Random) -> Emergency:
    """Give an emergency of a few hours, of the provider or of another, about this person or another."""
    start = datetime.combine(a_day(r), datetime.min.time(), UTC)
    return Emergency(
        member=r.choice(("pcp", "pcp", "pcp", "cm")),
        patient=r.choice((PATIENT, PATIENT, PATIENT, "ben")),
        affiliation="clinic",
        disclosed_by="desk",
        since=start,
        until=start + timedelta(hours=r.randint(1, 24)),
        nature="unconscious",
        why_no_consent="cannot be asked",
    )


def a_question(r: Random) -> dict[str, Any]:
    """Give everything but the consents and the label that `may_see` asks for."""
    emergency = an_emergency(r) if r.random() < 0.4 else None
    on = emergency.since if emergency is not None and r.random() < 0.6 else a_moment(r)
    urgent = emergency is not None and r.random() < 0.7
    return {
        "member": MEMBERS[0] if urgent else r.choice((*MEMBERS, *MEMBERS[:2], *MEMBERS[:2])),
        "purpose": r.choice(("ETREAT", "BTG") if urgent else (*PURPOSES, *("TREAT", "COC") * 4, STRANGE)),
        "on": on,
        "patient": PATIENT,
        "authorities": [an_authority(r)] if r.random() < 0.4 else [],
        "reserved": [a_reservation(r)] if r.random() < 0.3 else [],
        "emergency": emergency,
        "as_of": a_day(r) if r.random() < 0.3 else None,
    }
