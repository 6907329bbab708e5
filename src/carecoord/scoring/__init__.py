"""Turn answers into scores, bands, cut-offs and flags; say what is missing and what is still certain."""

from carecoord.scoring._catalogue import Catalogue, instrument, instruments, read_instrument, score, score_many
from carecoord.scoring._change import ChangeOutcome, Changes, ScoreChange, change
from carecoord.scoring._check import Finding, check
from carecoord.scoring._instrument import Band, Change, Cutoff, Flag, Instrument, Item, Score
from carecoord.scoring._norms import ClinicalChange, Norms
from carecoord.scoring._respondent import Respondent
from carecoord.scoring._result import CutoffResult, FlagResult, Result, ScoreResult
from carecoord.scoring._schema import definition_schema
from carecoord.scoring._trend import Reading, ScoreTrend, Step, Sustained, Trend, trend

__all__ = [
    "Band",
    "Catalogue",
    "Change",
    "ChangeOutcome",
    "Changes",
    "ClinicalChange",
    "Cutoff",
    "CutoffResult",
    "Finding",
    "Flag",
    "FlagResult",
    "Instrument",
    "Item",
    "Norms",
    "Reading",
    "Respondent",
    "Result",
    "Score",
    "ScoreChange",
    "ScoreResult",
    "ScoreTrend",
    "Step",
    "Sustained",
    "Trend",
    "change",
    "check",
    "definition_schema",
    "instrument",
    "instruments",
    "read_instrument",
    "score",
    "score_many",
    "trend",
]
