"""Tables of the room: places, people, promises and work. Import from here."""

from tickets.models.agreed import Reminder, Visit
from tickets.models.audit import AuditEntry
from tickets.models.office import Certificate, Contractor, ImportBatch, StaffSkill
from tickets.models.people import (
    ApiToken,
    CallerPreference,
    DutyAbsence,
    DutySlot,
    Residency,
    Resident,
    ResidentClass,
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
    "Certificate",
    "Contractor",
    "Disposition",
    "DutyAbsence",
    "DutySlot",
    "Escalation",
    "Estate",
    "ImportBatch",
    "Policy",
    "PolicyVersion",
    "PromiseStamp",
    "Queue",
    "Reminder",
    "Residency",
    "Resident",
    "ResidentClass",
    "ResidentPhone",
    "Staff",
    "StaffEstate",
    "StaffSkill",
    "Storm",
    "Telling",
    "Ticket",
    "TicketEvent",
    "TicketInterval",
    "TicketTarget",
    "Unit",
    "Visit",
]
