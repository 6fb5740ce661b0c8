"""Why a change of the roster is refused, with what is needed to say so in any language."""

from datetime import datetime

from tickets.errors import Refused


class RosterGap(Refused):
    """With this change nobody would answer for the estate for a while; the first such time is named."""

    code = "roster_gap"

    def __init__(self, starts_at: datetime, ends_at: datetime, zone: str) -> None:
        self.starts_at, self.ends_at, self.zone = starts_at, ends_at, zone
        super().__init__(
            f"Nobody would be on duty from {starts_at:%Y-%m-%d %H:%M} to {ends_at:%Y-%m-%d %H:%M} UTC.",
            starts_at=starts_at.isoformat(),
            ends_at=ends_at.isoformat(),
        )


class DoubleBooked(Refused):
    """The person would be in two places, or in two roles, at once."""

    code = "double_booked"

    def __init__(self, person: str, where: str, role: str, starts_at: datetime, zone: str) -> None:
        self.person, self.where, self.role, self.starts_at, self.zone = person, where, role, starts_at, zone
        super().__init__(
            f"{person} is on duty already at {where} as {role} at {starts_at:%Y-%m-%d %H:%M} UTC.",
            person=person,
            estate=where,
            role=role,
            starts_at=starts_at.isoformat(),
        )
