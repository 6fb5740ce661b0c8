"""What can be done to a ticket. Everything takes `(tx, …, *, now)`, writes history and clocks, never commits.

Whatever touches a seat or a queue goes through `routing.service`, which calls this room. Each act lives in a
module of its own; import from here.
"""

from tickets.opening import NewTicket, Opened, open_ticket

__all__ = ["NewTicket", "Opened", "open_ticket"]
