"""Prove a protocol before anyone uses it."""

from carecoord.stepped_care._check._finding import Finding
from carecoord.stepped_care._check._proof import check

__all__ = ["Finding", "check"]
