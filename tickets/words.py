"""The closed word lists of the ticket desk: states, classes, roles, reasons.

Each is a `StrEnum`, so that a value is the same text in code, in the tables, in the JSON API and in tests.
What an office edits (categories, queues, deadline lines, calendars, policies) is data and is not here;
see `tickets.defaults`. Wordings for people stand in the console catalog, never here.
"""

from enum import StrEnum


class TicketState(StrEnum):
    """Where a ticket stands. The legal moves between these are the table of `tickets.lifecycle`."""

    QUEUED = "queued"
    RESERVED = "reserved"
    ASSIGNED = "assigned"
    WAITING = "waiting"
    RESOLVED = "resolved"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class TicketMove(StrEnum):
    """What can happen to the state of a ticket."""

    RESERVE = "reserve"
    ACCEPT = "accept"
    DECLINE = "decline"
    LAPSE = "lapse"
    WITHDRAW = "withdraw"
    TAKE = "take"
    RETURN_TO_QUEUE = "return_to_queue"
    WAIT = "wait"
    RESUME = "resume"
    RESOLVE = "resolve"
    CLOSE = "close"
    REOPEN = "reopen"
    CANCEL = "cancel"


class PriorityClass(StrEnum):
    """Urgency of a ticket: P0 danger to life, P1 urgent, P2 ordinary, P3 minor."""

    P0 = "P0"
    P1 = "P1"
    P2 = "P2"
    P3 = "P3"


class Kind(StrEnum):
    """What sort of matter a ticket is; a ticket always has one."""

    SERVICE_REQUEST = "service_request"
    COMPLAINT = "complaint"
    SUGGESTION = "suggestion"
    PRAISE = "praise"
    ENQUIRY = "enquiry"
    EMERGENCY = "emergency"


class CustomerType(StrEnum):
    """Who a person is to the estate; picks procedure and deadlines."""

    OWNER = "owner"
    TENANT = "tenant"
    SHOP = "shop"
    CONTRACTOR = "contractor"
    VISITOR = "visitor"


class Source(StrEnum):
    """By which way a ticket came in."""

    CALL = "call"
    VOICEMAIL = "voicemail"
    SMS = "sms"
    WEB = "web"
    API = "api"
    CONSOLE = "console"
    COMPLAINT_BOX = "complaint_box"
    INSPECTION = "inspection"
    SURVEY = "survey"
    KEYS = "keys"
    HANDOVER = "handover"


class WaitReason(StrEnum):
    """Why a ticket waits: for whom or for what its clock stands."""

    RESIDENT = "resident"
    PARTS = "parts"
    CONTRACTOR = "contractor"
    NO_ACCESS = "no_access"


class TargetKind(StrEnum):
    """A promise of a ticket; each has its own clock, due instant, and met and breached instants."""

    FIRST_RESPONSE = "first_response"
    NEXT_RESPONSE = "next_response"
    ON_SITE = "on_site"
    RESOLUTION = "resolution"


class Role(StrEnum):
    """What a person is on an estate; permissions, the duty roster and escalation levels name roles."""

    AGENT = "agent"
    LEAD = "lead"
    SUPERVISOR = "supervisor"
    MANAGER = "manager"
    DIRECTOR = "director"
    SECURITY = "security"
    ADMIN = "admin"


class SeatState(StrEnum):
    """What a seat shows. Declared are available, on_break and offline; the others follow from its work."""

    OFFLINE = "offline"
    AVAILABLE = "available"
    RESERVED = "reserved"
    BUSY = "busy"
    WRAP_UP = "wrap_up"
    ON_BREAK = "on_break"


class ReservationState(StrEnum):
    """How an expiring hold of a seat for a ticket stands or ended."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"
