"""Who does what on a team, who covers, and what is missing.

A `Team` says who serves when and who is away, a `ResponsibilityMatrix` who has which part in which duty;
`gaps` gives everything that is wrong with the two on a day, and `who` the one to turn to.
"""

from carecoord.roles._catalogue import duties, duty, matrices, matrix, read_matrix, role, roles
from carecoord.roles._coverage import Holder, gaps, who
from carecoord.roles._day import Contact, Gap
from carecoord.roles._duties import Assignment, Ceiling, Duty, ResponsibilityMatrix
from carecoord.roles._role import Authority, Role, RoleCode
from carecoord.roles._team import Absence, Member, Team

__all__ = [
    "Absence",
    "Assignment",
    "Authority",
    "Ceiling",
    "Contact",
    "Duty",
    "Gap",
    "Holder",
    "Member",
    "ResponsibilityMatrix",
    "Role",
    "RoleCode",
    "Team",
    "duties",
    "duty",
    "gaps",
    "matrices",
    "matrix",
    "read_matrix",
    "role",
    "roles",
    "who",
]
