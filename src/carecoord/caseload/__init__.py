"""Many people at once: who needs us first, why, and who is responsible."""

from carecoord.caseload._board import Board, BoardRow, ContactDue, Latest, board
from carecoord.caseload._caseload import Caseload
from carecoord.caseload._view import CaseloadView, disclose_board

__all__ = ["Board", "BoardRow", "Caseload", "CaseloadView", "ContactDue", "Latest", "board", "disclose_board"]
