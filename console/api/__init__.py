"""The JSON API under `/api/v1`: for programs, with a bearer token. Field by field: `docs` of the interface itself,
`/api/v1/openapi.json`, which is made from the same declarations that check the requests."""

from console.api import (
    calls,
    duty,
    escalations,
    openapi,
    places,
    policies,
    queues,
    reservations,
    seats,
    ticket_clocks,
    tickets,
)
from console.api.entry import OPERATIONS, bp
from console.api.problems import of_exception

__all__ = [
    "OPERATIONS",
    "bp",
    "calls",
    "duty",
    "escalations",
    "openapi",
    "places",
    "policies",
    "queues",
    "reservations",
    "seats",
    "ticket_clocks",
    "tickets",
]

bp.register_error_handler(Exception, of_exception)
