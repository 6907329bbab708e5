"""What a role on a team is, and what it may usually do by itself."""

from __future__ import annotations

from typing import Literal

import attrs

__all__ = ["Authority", "Evidence", "Role", "RoleCode", "Scope", "Setting"]

Evidence = Literal["two-sources", "one-source", "unverified", "ours"]
Scope = Literal["rx", "dx", "tx"]
Setting = Literal[
    "patient", "informal", "primary-care", "behavioural-health", "addiction", "allied", "community", "organisation"
]

_SYSTEMS = {
    "nucc": "http://nucc.org/provider-taxonomy",
    "snomed": "http://snomed.info/sct",
    "role-code": "http://terminology.hl7.org/CodeSystem/v3-RoleCode",
}


@attrs.frozen(kw_only=True)
class RoleCode:
    """A code by which other systems may know a role.

    Attributes:
        system: `nucc` (provider taxonomy, United States), `snomed` (SNOMED CT) or `role-code` (HL7 v3 RoleCode).
        code: the code.
        meaning: what it means, in our words.
        sources: where it was read with that meaning.
        evidence: how well that is known.
        note: what to beware of.
    """

    system: Literal["nucc", "snomed", "role-code"]
    code: str
    meaning: str
    sources: tuple[str, ...]
    evidence: Evidence = "one-source"
    note: str = ""

    @property
    def uri(self) -> str:
        """The system as a URI, as FHIR wants it."""
        return _SYSTEMS[self.system]


@attrs.frozen(kw_only=True)
class Authority:
    """Whether a role may usually do what needs a licence: a default for a site to narrow or widen, never law.

    Attributes:
        usually: `granted`, `denied`, `supervised` (under supervision or protocol), `limited` (within its own field
            only), `varies` (by jurisdiction or licence) or `silent` (the law says nothing).
        evidence: how well that is known; `unverified` is general professional knowledge.
        sources: where it was read.
        note: on what it depends.
    """

    usually: Literal["granted", "denied", "supervised", "limited", "varies", "silent"]
    evidence: Evidence = "unverified"
    sources: tuple[str, ...] = ()
    note: str = ""

    @property
    def is_ruled_out(self) -> bool:
        """Whether nobody should be taken to have it without a credential that says so."""
        return self.usually in {"denied", "limited"}


@attrs.frozen(kw_only=True)
class Role:
    """A role somebody may have on a team. Their profession is another thing, though it may have the same id.

    Attributes:
        id: what members and duties call it by.
        title: its name for people.
        settings: where it belongs; `patient` and `informal` roles are never accountable to the team.
        responsibility: what it usually does.
        training: what is expected of whoever has it.
        held_by: the professions (ids of this catalogue) that usually hold it.
        rx: whether it may usually prescribe.
        dx: whether it may usually diagnose.
        tx: whether it may usually deliver psychotherapy.
        codes: what other systems may call it.
        sources: where the responsibility and the training were read.
        evidence: how well they are known.
        note: what to beware of.
    """

    id: str
    title: str
    settings: tuple[Setting, ...]
    responsibility: str = ""
    training: str = ""
    held_by: tuple[str, ...] = ()
    rx: Authority
    dx: Authority
    tx: Authority
    codes: tuple[RoleCode, ...] = ()
    sources: tuple[str, ...] = ()
    evidence: Evidence = "unverified"
    note: str = ""

    @property
    def is_professional(self) -> bool:
        """Whether whoever has it may be made accountable: neither the patient nor an informal member."""
        return not {"patient", "informal"} & set(self.settings)

    def authority(self, scope: Scope) -> Authority:
        """Give what it may usually do within a scope: `rx`, `dx` or `tx`."""
        return {"rx": self.rx, "dx": self.dx, "tx": self.tx}[scope]
