"""The escalation telling: one text and one call to the person on duty, key 1, and grouped when there are many."""

from sqlalchemy import select

from infra.outbox import Claimed, Later, OutboxItem, claim
from ivr import deliver
from ivr.models import Message
from tests import factories as make
from tests.phone.conftest import Town, at
from tickets import escalations, sweep
from tickets.models import Escalation, Estate, Telling, Ticket


def breach(town: Town, how_many: int = 1) -> list[Ticket]:
    """So many tickets, and all their first responses missed."""
    with town.runtime.transaction() as tx:
        estate = tx.get_one(Estate, town.estate_id)
        made = [make.make_ticket(tx, estate, "home.water", opened_at=at(town)) for _ in range(how_many)]
    town.deliver()
    town.exchange.advance(town.exchange.now + 3600 * 3)
    sweep_now(town)
    return made


def sweep_now(town: Town) -> None:
    """Do what time has brought."""
    with town.runtime.transaction() as tx:
        sweep.sweep_page(tx, at(town))


def test_the_lead_is_texted_and_rung_once(town: Town) -> None:
    (ticket,) = breach(town)

    town.deliver()
    town.deliver()

    lead = town.phone("lead")
    assert lead.is_rung
    (text,) = lead.messages
    assert ticket.number in text.body
    assert text.other == town.hotline


def test_key_1_acknowledges_and_stops_the_climb(town: Town) -> None:
    (ticket,) = breach(town)
    town.deliver()

    town.phone("lead").answers().hears(", ".join(ticket.number), "press 1").press("1").hears("acknowledged")

    with town.runtime.transaction() as tx:
        escalation = tx.scalars(select(Escalation)).one()
        assert escalation.acknowledged_by_id == town.staff["lead"].id
        assert tx.get_one(Ticket, ticket.id).climb_stopped_at is not None


def test_without_the_key_the_document_ends_and_the_climb_goes_on(town: Town) -> None:
    breach(town)
    town.deliver()

    lead = town.phone("lead").answers().waits()

    assert lead.is_over
    lead.hears("next person will be told")
    with town.runtime.transaction() as tx:
        assert tx.scalars(select(Escalation)).one().acknowledged_at is None


def test_silence_climbs_to_the_supervisor(town: Town) -> None:
    breach(town)
    town.deliver()
    town.phone("lead").rejects()

    town.exchange.advance(town.exchange.now + 4 * 3600 + 60)
    sweep_now(town)
    town.deliver()

    assert town.phone("supervisor").is_rung


def test_many_escalations_of_one_person_are_one_text_and_one_call(town: Town) -> None:
    tickets = breach(town, how_many=30)

    town.deliver()

    lead = town.phone("lead")
    assert len(lead.messages) == 1
    assert "30" in lead.messages[0].body
    lead.answers().hears("30 tickets").press("1").hears("acknowledged")
    with town.runtime.transaction() as tx:
        open_ones = tx.query(Escalation).filter(Escalation.acknowledged_at.is_(None)).count()
    assert open_ones == 0
    assert len(tickets) == 30


def test_whoever_presses_second_hears_who_has_it(town: Town) -> None:
    breach(town)
    town.deliver()
    lead = town.phone("lead").answers()
    with town.runtime.transaction() as tx:
        escalation = tx.scalars(select(Escalation)).one()
        escalations.acknowledge_escalation(tx, escalation.id, town.staff["supervisor"].id, now=at(town))

    lead.press("1").hears(f"{town.staff['supervisor'].name} has it already")


def test_a_person_told_very_often_within_a_minute_is_told_in_groups(town: Town) -> None:
    outcomes = []
    for _ in range(20):
        with town.runtime.transaction() as tx:
            ticket = make.make_ticket(
                tx, tx.get_one(Estate, town.estate_id), "home.water", opened_at=at(town)
            )
            tx.add(
                Escalation(
                    ticket_id=ticket.id, target_kind="first_response", level=1, role="lead",
                    recipient_id=town.staff["lead"].id, recipient_role="lead",
                    phone_e164=town.staff["lead"].phone_e164, due_at=at(town), **target_of(tx, ticket),
                )
            )  # fmt: skip
            item = OutboxItem(
                kind="tell", key=f"tell:{ticket.id}", payload={"recipient_id": town.staff["lead"].id},
                created_at=at(town), due_at=at(town),
            )  # fmt: skip
            tx.add(item)
        with town.runtime.transaction() as tx:
            claimed = claim(tx, item.id, now=at(town))
        assert claimed is not None
        try:
            outcomes.append(deliver.tell(town.runtime, claimed))
        except Later:
            outcomes.append("later")

    with town.runtime.transaction() as tx:
        tellings = tx.query(Telling).count()
    assert tellings <= 14
    assert "later" in outcomes


def target_of(tx: object, ticket: Ticket) -> dict[str, int]:
    """The target that the escalation of a ticket is about."""
    return {"target_id": ticket.targets[0].id}


def test_a_crash_between_sending_and_writing_does_not_text_twice(town: Town) -> None:
    breach(town)
    tell_item = claimed_item(town, "tell")
    deliver.tell(town.runtime, tell_item)
    text = claimed_item(town, "telling.text")
    deliver.send_telling(town.runtime, text)
    with town.runtime.transaction() as tx:
        tx.query(Message).filter(Message.key == text.key).update({"sid": None, "status": "sending"})

    deliver.send_telling(town.runtime, text)
    town.exchange.advance(town.exchange.now + 5)

    assert len(town.phone("lead").messages) == 1


def test_asking_again_for_a_telling_makes_no_second_one(town: Town) -> None:
    breach(town)
    item = claimed_item(town, "tell")

    deliver.tell(town.runtime, item)
    deliver.tell(town.runtime, item)

    with town.runtime.transaction() as tx:
        assert tx.query(Telling).count() == 1
        assert tx.query(OutboxItem).filter(OutboxItem.kind.like("telling.%")).count() == 2


def claimed_item(town: Town, kind: str) -> Claimed:
    """The one outbox row of this kind, in our hands."""
    with town.runtime.transaction() as tx:
        item = tx.scalars(select(OutboxItem).where(OutboxItem.kind == kind)).one()
        claimed = claim(tx, item.id, now=at(town))
    assert claimed is not None
    return claimed
