"""Prove a protocol before anyone uses it."""

from carecoord.stepped_care._check._checking import check
from carecoord.stepped_care._check._finding import Finding

__all__ = ["Finding", "check"]
