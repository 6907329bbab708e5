"""Carry the library's values in and out as plain data: strict JSON with a format version."""

from carecoord.interop._json import FORMAT, dumps, from_dict, loads, to_dict

__all__ = ["FORMAT", "dumps", "from_dict", "loads", "to_dict"]
