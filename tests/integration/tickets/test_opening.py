"""Opening a ticket on a real database: what is stored, once, and what is refused."""

import pytest
from sqlalchemy import select

from infra.outbox import OutboxItem
from infra.runtime import Runtime
from tests.factories import NOW, make_company, make_ticket
from tickets import numbers
from tickets.errors import FieldError
from tickets.models import Ticket, TicketEvent


def test_number_row_history_and_text_are_stored_together(runtime: Runtime) -> None:
    with runtime.transaction() as tx:
        estate = make_company(tx)
        ticket = make_ticket(tx, estate, "home.water", phone_e164="+886912345678", text="漏水")

    with runtime.transaction() as tx:
        stored = tx.execute(select(Ticket)).scalar_one()
        assert numbers.is_valid(stored.number)
        assert (stored.number, stored.state, stored.text) == (ticket.number, "queued", "漏水")
        assert stored.created_at == stored.entered_at == NOW
        assert tx.execute(select(TicketEvent.kind)).scalars().all() == ["opened"]
        assert tx.execute(select(OutboxItem.key)).scalars().all() == [f"ticket:{stored.id}:opened"]


def test_same_origin_finds_the_ticket_that_it_made(runtime: Runtime) -> None:
    with runtime.transaction() as tx:
        estate = make_company(tx)
        first = make_ticket(tx, estate, "home.water", origin="call:CA1")
    with runtime.transaction() as tx:
        again = make_ticket(tx, estate, "home.water", origin="call:CA1")

        assert again.number == first.number
        assert len(tx.execute(select(TicketEvent)).all()) == 1


def test_unknown_category_is_refused_at_its_field(runtime: Runtime) -> None:
    with runtime.transaction() as tx:
        estate = make_company(tx)
        with pytest.raises(FieldError) as refusal:
            make_ticket(tx, estate, "nothing")

    assert refusal.value.field == "category"
