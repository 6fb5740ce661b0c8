"""Numbers for those who do not need them: country and last digits stay, the middle is hidden."""

from console.access import PHONING, Visit
from console.fmt import phone
from tickets.models import Ticket
from tickets.words import Role

VISIBLE = 3


def masked(e164: str) -> str:
    """Return a number, as people write it, with all but its country code and last three digits hidden."""
    head, _space, rest = phone(e164).partition(" ")
    if not rest:
        head, rest = e164[:3], e164[3:]
    hidden = len([c for c in rest if c.isdigit()]) - VISIBLE
    shown = []
    for char in rest:
        if char.isdigit() and hidden > 0:
            hidden -= 1
            shown.append("•")
        else:
            shown.append(char)
    return f"{head} {''.join(shown)}"


def sees_number(visit: Visit, ticket: Ticket) -> bool:
    """Whether the number of this ticket is shown without asking: to who works on it, and to who leads them."""
    if visit.role not in PHONING:
        return False
    return visit.role is not Role.AGENT or ticket.assignee_id == visit.staff.id


def hides_numbers(visit: Visit) -> bool:
    """Whether the API masks numbers for this person: for those whose work needs no ringing back."""
    return visit.role is Role.SECURITY
