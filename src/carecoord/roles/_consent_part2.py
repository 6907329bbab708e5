"""What a consent under 42 CFR Part 2 must say, and what one lacks."""

from __future__ import annotations

from typing import Final

from carecoord.roles._consent import Consent, Part2Form
from carecoord.roles._labels import Sensitivity, sensitivity

__all__ = ["part2_gaps"]

_SHARED_CARE: Final = frozenset(("TREAT", "HPAYMT", "HOPERAT"))
"""Treatment, payment and operations: one consent may cover all future sharing for these."""


def part2_gaps(consent: Consent, *, codes: Sensitivity | None = None) -> tuple[str, ...]:
    """Name what a consent lacks of what 42 CFR 2.31 asks for; none where it is complete.

    With any of it missing, the consent permits nothing from a program under Part 2; what it refuses stands.

    Args:
        consent: the consent.
        codes: your own codes, where the purposes are not those that the library ships.

    Returns:
        the missing elements, in the order of the regulation.

    Source:
        42 CFR 2.31(a) as amended in 2024 (govregs.com; summaries at accountablehq.com and healthinfolaw.org).

    >>> part2_gaps(Consent(id="S", patient="anna", clauses=()))[:3]
    ('discloser', 'description', 'recipients')
    """
    form = consent.part2 or Part2Form()
    permits = consent.permits
    known = (codes or sensitivity()).purposes_granted(_SHARED_CARE)
    shared = [bool(terms.purposes) and terms.purposes <= known for terms in permits]
    missing = {
        "discloser": not form.discloser.strip(),
        "description": not form.description.strip(),
        "recipients": not permits or not all(terms.to for terms in permits),
        "participants": bool(form.intermediary.strip()) and not form.participants.strip(),
        "purpose": not permits or not all(terms.purposes for terms in permits),
        "right to revoke": not form.says_how_to_revoke,
        "expiry": consent.until is None and not (form.expiry and all(shared)),
        "signature": not form.signature.strip() or (consent.given_by != consent.patient and consent.authority is None),
        "date": consent.signed is None,
        "redisclosure": not form.says_redisclosure and any(terms.purposes & known for terms in permits),
    }
    return tuple(name for name, is_missing in missing.items() if is_missing)
