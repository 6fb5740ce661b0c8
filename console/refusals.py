"""A refusal of the services in the words of a page, and as an HTTP status."""

from collections.abc import Mapping

from console import roster_words
from console.i18n import N_
from console.i18n import gettext as _
from tickets import errors as refused
from tickets.errors import Refused
from tickets.people_phones import BadNumber
from tickets.people_service import UnitInUse

STATUS: Mapping[type[Refused], int] = {
    refused.NotFound: 404,
    refused.FieldError: 422,
    refused.NotYours: 403,
    BadNumber: 422,
}
"""Everything else is a conflict with the state of things: 409."""

SENTENCES: Mapping[str, str] = {
    "not_found": N_("It does not exist, or it belongs to another estate."),
    "not_allowed": N_("That is not possible now: the ticket has moved on. What is possible is shown."),
    "not_open": N_("This ticket is already over."),
    "edit_conflict": N_("Somebody else has edited this ticket in the meantime. Nothing was overwritten."),
    "not_yours": N_("This is not yours to do."),
    "too_late_to_reopen": N_("It ended too long ago to be reopened; open a new ticket instead."),
    "no_longer_yours": N_("This offer is no longer yours. It went on to the next seat."),
    "not_your_reservation": N_("This offer was made to another seat."),
    "wrap_up_not_extended": N_("The wrap-up cannot be lengthened: it is over, or was lengthened already."),
    "ticket_moved": N_("The ticket has just been moved by somebody else. It is shown as it stands now."),
    "incident_open": N_("This building has an open incident of this kind already."),
    "incident_over": N_("This incident has ended, or somebody else was quicker."),
    "calendar_changed": N_("Somebody else has saved this in the meantime. Nothing was overwritten."),
    "above_capacity": N_(
        "This seat is full. Tick “even above its capacity” if you mean it; it is marked then."
    ),
    "still_open": N_("This person has tickets that are not over; they must end first."),
    "stale_draft": N_(
        "Somebody else has changed this in the meantime. Nothing was overwritten; load the page again."
    ),
    "nothing_before": N_("There is no earlier version to go back to."),
    "recordings_lacking": N_(
        "This language has no voice: it can be offered once every prompt has its recording."
    ),
    "nobody_to_tell": N_("This estate has nobody on duty who could be told."),
}


def status_of(refusal: Refused) -> int:
    """Return the HTTP status of a refusal."""
    return next((status for kind, status in STATUS.items() if isinstance(refusal, kind)), 409)


def explain(refusal: Refused) -> str:
    """Return what a person reads; a refusal that no catalog knows speaks English."""
    sentence = roster_words.explain(refusal) or _of_people(refusal)
    return sentence or _(SENTENCES.get(refusal.code, refusal.message))


def _of_people(refusal: Refused) -> str | None:
    if isinstance(refusal, BadNumber):
        if refusal.proposed:
            return _("“{given}” is not a telephone number. Did you mean {proposed}?").format(
                given=refusal.given, proposed=refusal.proposed
            )
        return _("“{given}” is not a telephone number.").format(given=refusal.given)
    if isinstance(refusal, UnitInUse):
        return _("Tickets of this unit are open: {numbers}.").format(numbers=", ".join(refusal.numbers))
    return None
