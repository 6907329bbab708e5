"""Who does what on a team, who covers, and what is missing.

A `Team` says who serves when and who is away, a `ResponsibilityMatrix` who has which part in which duty;
`gaps` gives everything that is wrong with the two on a day, and `who` the one to turn to.
"""

from carecoord.roles._catalogue import duties, duty, matrices, matrix, read_matrix, role, roles
from carecoord.roles._consent import Clause, Consent, EndingEvent, Part2Form, Recipient, Revocation
from carecoord.roles._consent_authority import Declassification, Emergency, ProxyAuthority, Release, Reserved
from carecoord.roles._consent_decision import ClauseId, ConsentDecision
from carecoord.roles._consent_part2 import part2_gaps
from carecoord.roles._consent_reader import Reader, may_see
from carecoord.roles._coverage import Holder, turn_to, who
from carecoord.roles._credentials import Credential, Trained, Training
from carecoord.roles._dates import Span
from carecoord.roles._disclosure import Disclosure, disclose, project
from carecoord.roles._duties import Assignment, Ceiling, Duty, ResponsibilityMatrix
from carecoord.roles._gap import Contact, Gap
from carecoord.roles._gaps import gaps
from carecoord.roles._hand_over import HandOver, hand_over
from carecoord.roles._labels import Label, LegalNotice, Sensitivity, read_sensitivity, sensitivity
from carecoord.roles._notify import Acknowledgement, Notice, Outstanding, TeamEvent, notify, taken_over, unacknowledged
from carecoord.roles._projection import Withheld
from carecoord.roles._propose import Candidate, Proposal, propose
from carecoord.roles._record import Confirmation, Done, Instruction, TeamRecord
from carecoord.roles._role import Authority, Role, RoleCode
from carecoord.roles._team import Absence, Member, Team
from carecoord.roles._workload import Load, workload

__all__ = [
    "Absence",
    "Acknowledgement",
    "Assignment",
    "Authority",
    "Candidate",
    "Ceiling",
    "Clause",
    "ClauseId",
    "Confirmation",
    "Consent",
    "ConsentDecision",
    "Contact",
    "Credential",
    "Declassification",
    "Disclosure",
    "Done",
    "Duty",
    "Emergency",
    "EndingEvent",
    "Gap",
    "HandOver",
    "Holder",
    "Instruction",
    "Label",
    "LegalNotice",
    "Load",
    "Member",
    "Notice",
    "Outstanding",
    "Part2Form",
    "Proposal",
    "ProxyAuthority",
    "Reader",
    "Recipient",
    "Release",
    "Reserved",
    "ResponsibilityMatrix",
    "Revocation",
    "Role",
    "RoleCode",
    "Sensitivity",
    "Span",
    "Team",
    "TeamEvent",
    "TeamRecord",
    "Trained",
    "Training",
    "Withheld",
    "disclose",
    "duties",
    "duty",
    "gaps",
    "hand_over",
    "matrices",
    "matrix",
    "may_see",
    "notify",
    "part2_gaps",
    "project",
    "propose",
    "read_matrix",
    "read_sensitivity",
    "role",
    "roles",
    "sensitivity",
    "taken_over",
    "turn_to",
    "unacknowledged",
    "who",
    "workload",
]
