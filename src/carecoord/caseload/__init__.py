"""Many people at once: who needs us first, why, who is responsible, and whether the programme works."""

from carecoord._shares import wilson
from carecoord.caseload._board import Board, BoardOptions, BoardRow, ContactDue
from carecoord.caseload._board_changes import BoardChange, board_changes, changed_since
from carecoord.caseload._case_page import CasePage, CaseReason, Dated, Series
from carecoord.caseload._case_review import CaseReview, case_review
from carecoord.caseload._caseload import Caseload
from carecoord.caseload._expected_course import (
    Calibration,
    CourseGroup,
    CoursePoint,
    CourseStanding,
    ExpectedCourse,
    Signal,
    calibrate,
    expected_course,
    off_track,
)
from carecoord.caseload._flags import CaseloadFlag
from carecoord.caseload._latest import Latest
from carecoord.caseload._measures._counts import Counts
from carecoord.caseload._measures._definition import MeasureDefinition
from carecoord.caseload._measures._disclosure import PublishedGroup, PublishedRate, PublishedReport, suppress
from carecoord.caseload._measures._episodes import record
from carecoord.caseload._measures._evaluate import evaluate, why
from carecoord.caseload._measures._flow import Cadence, StepFlow, contact_cadence, step_flow
from carecoord.caseload._measures._groups import Disparity, disparities, effect_size, standardised
from carecoord.caseload._measures._measure import Measure, measure, measures, read_measure
from carecoord.caseload._measures._minutes import MonthOfCare, TimeEntry, minutes
from carecoord.caseload._measures._record import Record
from carecoord.caseload._measures._report import Group, MeanReport, MeasureReport, Membership, RateReport
from carecoord.caseload._measures._scenarios import check_measure
from carecoord.caseload._measures._survival import SurvivalCurve, TimeTo, survival, times_to
from carecoord.caseload._measures._time_codes import TimeCode, TimeCodes, read_time_codes, time_codes
from carecoord.caseload._review_record import ActionState, Discussed, ReviewAction, ReviewRecord, actions_of
from carecoord.caseload._view import CaseloadView, board, disclose_board

__all__ = [
    "ActionState",
    "Board",
    "BoardChange",
    "BoardOptions",
    "BoardRow",
    "Cadence",
    "Calibration",
    "CasePage",
    "CaseReason",
    "CaseReview",
    "Caseload",
    "CaseloadFlag",
    "CaseloadView",
    "ContactDue",
    "Counts",
    "CourseGroup",
    "CoursePoint",
    "CourseStanding",
    "Dated",
    "Discussed",
    "Disparity",
    "ExpectedCourse",
    "Group",
    "Latest",
    "MeanReport",
    "Measure",
    "MeasureDefinition",
    "MeasureReport",
    "Membership",
    "MonthOfCare",
    "PublishedGroup",
    "PublishedRate",
    "PublishedReport",
    "RateReport",
    "Record",
    "ReviewAction",
    "ReviewRecord",
    "Series",
    "Signal",
    "StepFlow",
    "SurvivalCurve",
    "TimeCode",
    "TimeCodes",
    "TimeEntry",
    "TimeTo",
    "actions_of",
    "board",
    "board_changes",
    "calibrate",
    "case_review",
    "changed_since",
    "check_measure",
    "contact_cadence",
    "disclose_board",
    "disparities",
    "effect_size",
    "evaluate",
    "expected_course",
    "measure",
    "measures",
    "minutes",
    "off_track",
    "read_measure",
    "read_time_codes",
    "record",
    "standardised",
    "step_flow",
    "suppress",
    "survival",
    "time_codes",
    "times_to",
    "why",
    "wilson",
]
