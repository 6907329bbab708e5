"""Hypothesis strategies for the library's values, and laws to hold definitions of one's own against.

Needs the extra `testing`.
"""

from carecoord.testing._laws import BrokenLaw, LawError
from carecoord.testing._rules import expressions, facts, rule_texts, vocabularies
from carecoord.testing._scoring import answers, check_instrument, respondents

__all__ = [
    "BrokenLaw",
    "LawError",
    "answers",
    "check_instrument",
    "expressions",
    "facts",
    "respondents",
    "rule_texts",
    "vocabularies",
]
