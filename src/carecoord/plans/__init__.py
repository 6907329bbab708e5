"""What was agreed, who holds each part, and when it is looked at again."""

from carecoord.plans._recurrence import Weekday
from carecoord.plans._review import Occurrence, ReviewCycle, ReviewState, ReviewStatus

__all__ = ["Occurrence", "ReviewCycle", "ReviewState", "ReviewStatus", "Weekday"]
