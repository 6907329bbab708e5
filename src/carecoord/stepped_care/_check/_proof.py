"""Prove a protocol: what `check` says it does."""

from __future__ import annotations

from carecoord.stepped_care._check._finding import Finding
from carecoord.stepped_care._protocol import Protocol

__all__ = ["check"]


def check(protocol: Protocol) -> tuple[Finding, ...]:
    """Prove a protocol: find what nobody can have meant, over every value that its instruments and facts allow.

    States are gone through by classes that its rules do not tell apart, so a state that is not found is not there,
    unless the finding `unproved` says for which rules that is not so.
    Each state found is turned into an episode and replayed through [`decide`][carecoord.stepped_care.decide].

    Args:
        protocol: the protocol.

    Returns:
        what was found, errors first; what the file accepts says why.

    >>> from carecoord.stepped_care import protocol
    >>> [finding.name for finding in check(protocol("german-impact")) if finding.is_open]
    []
    """
    from carecoord.stepped_care._check._checking import findings  # noqa: PLC0415 - few programs prove protocols

    return findings(protocol)
