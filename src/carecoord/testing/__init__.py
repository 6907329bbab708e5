"""Hypothesis strategies for the library's values, and laws to hold definitions of one's own against.

Needs the extra `testing`.
"""

from carecoord.testing._boundaries import BoundaryCase, boundary_episodes
from carecoord.testing._consents import clauses, consents, labels, readers
from carecoord.testing._episodes import assessments, entries, episodes
from carecoord.testing._laws import BrokenLaw, LawError
from carecoord.testing._plan_parts import goals, needs, plan_parts
from carecoord.testing._plan_versions import care_plans, plan_versions
from carecoord.testing._plans import activities, review_cycles, reviews
from carecoord.testing._protocols import check_protocol
from carecoord.testing._rules import expressions, facts, rule_texts, vocabularies
from carecoord.testing._scoring import answers, check_instrument, respondents
from carecoord.testing._teams import absences, assignments, credentials, matrices, members, team_records, teams

__all__ = [
    "BoundaryCase",
    "BrokenLaw",
    "LawError",
    "absences",
    "activities",
    "answers",
    "assessments",
    "assignments",
    "boundary_episodes",
    "care_plans",
    "check_instrument",
    "check_protocol",
    "clauses",
    "consents",
    "credentials",
    "entries",
    "episodes",
    "expressions",
    "facts",
    "goals",
    "labels",
    "matrices",
    "members",
    "needs",
    "plan_parts",
    "plan_versions",
    "readers",
    "respondents",
    "review_cycles",
    "reviews",
    "rule_texts",
    "team_records",
    "teams",
    "vocabularies",
]
