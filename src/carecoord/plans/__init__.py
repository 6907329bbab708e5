"""What was agreed, who holds each part, and when it is looked at again."""

from carecoord.plans._activities import Activity, ActivityKind, Channel, Preference
from carecoord.plans._adherence import Adherence, DueTime, PartAdherence, TimeState, adherence
from carecoord.plans._agenda import AgendaItem, agenda
from carecoord.plans._agreements import Agreement, AgreementForm, CopyGiven
from carecoord.plans._assessments import AssessmentKind, PlanAssessment
from carecoord.plans._attainment import GoalAttainment, GoalAttainmentScale, Level, Rating, goal_attainment
from carecoord.plans._briefing import Briefing, CaseQuestion, briefing, disclose_briefing
from carecoord.plans._briefing_lines import BriefingItem, BriefingSection
from carecoord.plans._calendar import Pause, Weekday
from carecoord.plans._clock_time import ClockTime
from carecoord.plans._completeness import Finding, completeness
from carecoord.plans._corrections import correct, correct_done
from carecoord.plans._crisis import ContinuedTreatment, CrisisPlan, RelapsePreventionPlan, SafetyPlan
from carecoord.plans._decisions import Capacity, DecisionOption, DecisionRole, SharedDecision, ShareStep
from carecoord.plans._diff import Difference, DifferenceKind, apply, diff
from carecoord.plans._discrepancy import Discrepancy, Place
from carecoord.plans._done import Done, Outcome
from carecoord.plans._education import Education, TeachBack, Understanding
from carecoord.plans._goals import Goal, Priority
from carecoord.plans._history import Before, Branch, Correction, Revision
from carecoord.plans._incompatibility import Incompatibility, RepeatWindow, Side
from carecoord.plans._level_systems import (
    CareLevel,
    LevelSystem,
    level_faults,
    level_system,
    level_systems,
    read_level_system,
)
from carecoord.plans._levels import LevelMove, LevelOfCare
from carecoord.plans._looks import Review
from carecoord.plans._merge import Merge, merge, other_side
from carecoord.plans._needs import Domain, Need, SocialCategory, Statement, StatementKind
from carecoord.plans._occurrence import Called, Occurrence, ReviewState, ReviewStatus
from carecoord.plans._open_work import OpenWork, WorkChoice, WorkDecision
from carecoord.plans._part import HeldPart, HelpContact, Owner, Part, Stance, Standpoint
from carecoord.plans._parts import Parts
from carecoord.plans._people import CommunityResource, FamilyInvolvement, FamilyRole
from carecoord.plans._plan import CarePlan, Changes
from carecoord.plans._preview import Preview, preview
from carecoord.plans._progress import GoalProgress, Progress, TargetState, progress
from carecoord.plans._reconcile import reconcile
from carecoord.plans._recurrence import Recurrence
from carecoord.plans._referral import OpenReferral, Referral, ReferralStep, open_referrals, refer
from carecoord.plans._referral_view import ReferralView
from carecoord.plans._review import ReviewCycle
from carecoord.plans._service import Ages, Reason, Service, ServiceFilters
from carecoord.plans._services import ServiceMatch, services
from carecoord.plans._standard import HostFact, PlanStandard, StandardElement
from carecoord.plans._standards import read_standard, standard, standards
from carecoord.plans._statuses import (
    Achievement,
    ActivityStatus,
    Axis,
    GoalLifecycle,
    Intent,
    NeedStatus,
    PartStatus,
    PlanStatus,
    ReferralStatus,
    TaskStatus,
    legal_moves,
)
from carecoord.plans._three_way import Choice, Conflict, Instead
from carecoord.plans._trigger import Trigger, Triggered, TriggerState, triggered
from carecoord.plans._view import PlanView, ViewChanges, plan_history, view
from carecoord.plans._write_back import WriteBack, write_back

__all__ = [
    "Achievement",
    "Activity",
    "ActivityKind",
    "ActivityStatus",
    "Adherence",
    "AgendaItem",
    "Ages",
    "Agreement",
    "AgreementForm",
    "AssessmentKind",
    "Axis",
    "Before",
    "Branch",
    "Briefing",
    "BriefingItem",
    "BriefingSection",
    "Called",
    "Capacity",
    "CareLevel",
    "CarePlan",
    "CaseQuestion",
    "Changes",
    "Channel",
    "Choice",
    "ClockTime",
    "CommunityResource",
    "Conflict",
    "ContinuedTreatment",
    "CopyGiven",
    "Correction",
    "CrisisPlan",
    "DecisionOption",
    "DecisionRole",
    "Difference",
    "DifferenceKind",
    "Discrepancy",
    "Domain",
    "Done",
    "DueTime",
    "Education",
    "FamilyInvolvement",
    "FamilyRole",
    "Finding",
    "Goal",
    "GoalAttainment",
    "GoalAttainmentScale",
    "GoalLifecycle",
    "GoalProgress",
    "HeldPart",
    "HelpContact",
    "HostFact",
    "Incompatibility",
    "Instead",
    "Intent",
    "Level",
    "LevelMove",
    "LevelOfCare",
    "LevelSystem",
    "Merge",
    "Need",
    "NeedStatus",
    "Occurrence",
    "OpenReferral",
    "OpenWork",
    "Outcome",
    "Owner",
    "Part",
    "PartAdherence",
    "PartStatus",
    "Parts",
    "Pause",
    "Place",
    "PlanAssessment",
    "PlanStandard",
    "PlanStatus",
    "PlanView",
    "Preference",
    "Preview",
    "Priority",
    "Progress",
    "Rating",
    "Reason",
    "Recurrence",
    "Referral",
    "ReferralStatus",
    "ReferralStep",
    "ReferralView",
    "RelapsePreventionPlan",
    "RepeatWindow",
    "Review",
    "ReviewCycle",
    "ReviewState",
    "ReviewStatus",
    "Revision",
    "SafetyPlan",
    "Service",
    "ServiceFilters",
    "ServiceMatch",
    "ShareStep",
    "SharedDecision",
    "Side",
    "SocialCategory",
    "Stance",
    "StandardElement",
    "Standpoint",
    "Statement",
    "StatementKind",
    "TargetState",
    "TaskStatus",
    "TeachBack",
    "TimeState",
    "Trigger",
    "TriggerState",
    "Triggered",
    "Understanding",
    "ViewChanges",
    "Weekday",
    "WorkChoice",
    "WorkDecision",
    "WriteBack",
    "adherence",
    "agenda",
    "apply",
    "briefing",
    "completeness",
    "correct",
    "correct_done",
    "diff",
    "disclose_briefing",
    "goal_attainment",
    "legal_moves",
    "level_faults",
    "level_system",
    "level_systems",
    "merge",
    "open_referrals",
    "other_side",
    "plan_history",
    "preview",
    "progress",
    "read_level_system",
    "read_standard",
    "reconcile",
    "refer",
    "services",
    "standard",
    "standards",
    "triggered",
    "view",
    "write_back",
]
