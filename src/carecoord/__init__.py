"""Care-coordination logic as plain values and pure functions.

Import what you need from the packages:
`scoring` turns answers into scores,
`roles` says who does what,
`plans` says what was agreed and when it is looked at again,
`stepped_care` decides about steps,
`caseload` looks at many people at once,
and `interop` carries all of it in and out as JSON.
Importing `carecoord` itself loads none of them.
"""

__version__ = "0.1.0"

__all__ = ["__version__"]
