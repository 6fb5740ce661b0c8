"""What the desk refuses: one class per refusal. Pages and the API map classes to answers; nothing is saved."""

from tickets import lifecycle
from tickets.words import TicketState


class Refused(Exception):
    """The base: a stable `code`, a sentence in English, and the facts that a page or program may show."""

    code = "refused"

    def __init__(self, message: str, **facts: object) -> None:
        self.message = message
        self.facts = facts
        super().__init__(message)


class NotFound(Refused):
    """There is no such thing, or it is not the asker's to know of."""

    code = "not_found"

    def __init__(self, what: str, key: object) -> None:
        super().__init__(f"There is no {what} {key}.", what=what, key=str(key))


class NotAllowed(Refused):
    """A move that the table of `tickets.lifecycle` does not have; `allowed` names those it has."""

    code = "not_allowed"

    def __init__(self, refusal: lifecycle.NotAllowed) -> None:
        allowed = [str(move) for move in refusal.allowed]
        super().__init__(
            f"A ticket that is {refusal.state} cannot be moved by {refusal.move}; "
            f"possible: {', '.join(allowed) or 'nothing'}.",
            state=str(refusal.state),
            move=str(refusal.move),
            allowed=allowed,
        )


class NotOpen(Refused):
    """The ticket is over, so this can no longer be done to it."""

    code = "not_open"

    def __init__(self, number: str, state: TicketState) -> None:
        super().__init__(f"Ticket {number} is {state}.", number=number, state=str(state))


class FieldError(Refused):
    """One value that was given is wrong; `field` names it."""

    code = "field"

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message, field=field)


class EditConflict(Refused):
    """Somebody else has edited the ticket since it was read; nothing was overwritten."""

    code = "edit_conflict"

    def __init__(self, number: str, seen: int, current: int) -> None:
        super().__init__(
            f"Ticket {number} was edited in the meantime; read it again.",
            number=number,
            seen_version=seen,
            version=current,
        )


class NotYours(Refused):
    """This person may not do it: another role, another estate, or somebody else's work."""

    code = "not_yours"


class TooLateToReopen(Refused):
    """The window for reopening has passed; a new, linked ticket is the way."""

    code = "too_late_to_reopen"

    def __init__(self, number: str, days: int) -> None:
        super().__init__(f"Ticket {number} ended more than {days} days ago.", number=number, days=days)


class NobodyToTell(Refused):
    """An estate without any active member of staff: there is nobody who could be told."""

    code = "nobody_to_tell"

    def __init__(self, estate_id: int) -> None:
        super().__init__("The estate has no active member of staff.", estate_id=estate_id)
