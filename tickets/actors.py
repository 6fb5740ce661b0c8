"""Who did something: a member of staff, the caller, or the system. Stands in every line of history."""

from dataclasses import dataclass
from typing import ClassVar

from tickets.models import Staff


@dataclass(frozen=True)
class Actor:
    """The author of a change; `str(actor)` is what the history keeps: `staff:<login>`, `caller` or `system`."""

    name: str
    staff_id: int | None = None

    CALLER: ClassVar["Actor"]
    SYSTEM: ClassVar["Actor"]

    @classmethod
    def staff(cls, staff: Staff) -> "Actor":
        """The actor that a member of staff is."""
        return cls(f"staff:{staff.login}", staff.id)

    @property
    def is_person(self) -> bool:
        """Whether a member of staff did it; only such an act answers a resident."""
        return self.staff_id is not None

    def __str__(self) -> str:
        return self.name


Actor.CALLER = Actor("caller")
Actor.SYSTEM = Actor("system")
