"""Many people at once: who needs us first, why, and who is responsible."""

from carecoord.caseload._board import Board, BoardRow, ContactDue, Latest, board
from carecoord.caseload._caseload import Caseload

__all__ = ["Board", "BoardRow", "Caseload", "ContactDue", "Latest", "board"]
