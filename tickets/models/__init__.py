"""Tables of the room: places, people, promises and work. Import from here."""

from tickets.models.audit import AuditEntry
from tickets.models.people import (
    ApiToken,
    CallerPreference,
    DutyAbsence,
    DutySlot,
    Residency,
    Resident,
    ResidentPhone,
    Staff,
    StaffEstate,
)
from tickets.models.places import Building, Estate, Unit
from tickets.models.promises import (
    Calendar,
    CalendarException,
    CalendarVersion,
    Policy,
    PolicyVersion,
    PromiseStamp,
    Storm,
)
from tickets.models.work import (
    Category,
    Disposition,
    Escalation,
    Queue,
    Reminder,
    Telling,
    Ticket,
    TicketEvent,
    TicketInterval,
    TicketTarget,
)

__all__ = [
    "ApiToken",
    "AuditEntry",
    "Building",
    "Calendar",
    "CalendarException",
    "CalendarVersion",
    "CallerPreference",
    "Category",
    "Disposition",
    "DutyAbsence",
    "DutySlot",
    "Escalation",
    "Estate",
    "Policy",
    "PolicyVersion",
    "PromiseStamp",
    "Queue",
    "Reminder",
    "Residency",
    "Resident",
    "ResidentPhone",
    "Staff",
    "StaffEstate",
    "Storm",
    "Telling",
    "Ticket",
    "TicketEvent",
    "TicketInterval",
    "TicketTarget",
    "Unit",
]
