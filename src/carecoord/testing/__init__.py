"""Hypothesis strategies for the library's values, and laws to hold definitions of one's own against.

Needs the extra `testing`.
"""

from carecoord.testing._episodes import assessments, entries, episodes
from carecoord.testing._laws import BrokenLaw, LawError
from carecoord.testing._plans import activities, care_plans, goals, needs, plan_versions, review_cycles, reviews
from carecoord.testing._rules import expressions, facts, rule_texts, vocabularies
from carecoord.testing._scoring import answers, check_instrument, respondents

__all__ = [
    "BrokenLaw",
    "LawError",
    "activities",
    "answers",
    "assessments",
    "care_plans",
    "check_instrument",
    "entries",
    "episodes",
    "expressions",
    "facts",
    "goals",
    "needs",
    "plan_versions",
    "respondents",
    "review_cycles",
    "reviews",
    "rule_texts",
    "vocabularies",
]
