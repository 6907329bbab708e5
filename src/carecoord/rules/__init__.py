"""The one rule language: read, check, evaluate, bound, explain and compile rules over named facts.

Unknown is a value here: a fact that is not known makes unknown whatever depends on it, and nothing else.
"""

from carecoord.rules._explain import Explanation
from carecoord.rules._expression import Expression, compile_rules, fact
from carecoord.rules._kinds import Bounds, Kind, Value
from carecoord.rules._parse import parse, parse_list
from carecoord.rules._vocabulary import HostCall, Vocabulary

__all__ = [
    "Bounds",
    "Explanation",
    "Expression",
    "HostCall",
    "Kind",
    "Value",
    "Vocabulary",
    "compile_rules",
    "fact",
    "parse",
    "parse_list",
]
