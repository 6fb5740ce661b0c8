"""Texts to staff about the roster and about their certificates: what the outbox delivers, outside any transaction."""

from datetime import date, datetime

from babel.dates import format_date

from infra.i18n import catalogs
from infra.outbox import Claimed
from infra.runtime import Runtime
from ivr import messages, speech, texts
from ivr.scripts import ScriptBook
from tickets.models import Staff


def send_roster_gap(runtime: Runtime, item: Claimed) -> str:
    """Tell the manager of a time in which nobody is on duty.

    Payload: `estate_id`, `starts_at`, `ends_at`, `manager_id`, `stand_in_id`.
    """
    now = runtime.clock.now()
    starts_at = datetime.fromisoformat(item.payload["starts_at"])
    ends_at = datetime.fromisoformat(item.payload["ends_at"])
    with runtime.transaction() as tx:
        place = ScriptBook(runtime).read(tx).by_id[item.payload["estate_id"]]
        manager = tx.get_one(Staff, item.payload["manager_id"])
        stand_in = tx.get_one(Staff, item.payload["stand_in_id"])
    if ends_at <= now or manager.phone_e164 is None:
        return "over" if ends_at <= now else "no phone"
    zone = place.desk.timezone
    body = texts.written(
        "sms.roster_gap",
        manager.language,
        place.desk,
        start=speech.Moment(starts_at, now, zone, is_limit=False),
        end=speech.Moment(ends_at, now, zone, is_limit=False),
        name=stand_in.name,
    )
    return _send(runtime, item, manager, place.hotline, body, place.id)


def send_certificate(runtime: Runtime, item: Claimed) -> str:
    """Tell somebody that a certificate will end. Payload: `estate_id`, `to_id`, `holder_id`, `name`, `until`."""
    with runtime.transaction() as tx:
        place = ScriptBook(runtime).read(tx).by_id[item.payload["estate_id"]]
        reader = tx.get_one(Staff, item.payload["to_id"])
        holder = tx.get_one(Staff, item.payload["holder_id"])
    if reader.phone_e164 is None:
        return "no phone"
    until = date.fromisoformat(item.payload["until"])
    body = texts.written(
        "sms.certificate",
        reader.language,
        place.desk,
        name=holder.name,
        certificate=str(item.payload["name"]),
        date=format_date(until, "long", locale=catalogs.locale_of(reader.language)),
    )
    return _send(runtime, item, reader, place.hotline, body, place.id)


def _send(runtime: Runtime, item: Claimed, reader: Staff, hotline: str, body: str, estate_id: int) -> str:
    assert reader.phone_e164 is not None
    text = messages.Text(
        key=item.key,
        to=reader.phone_e164,
        from_=hotline,
        body=body,
        language=reader.language,
        estate_id=estate_id,
    )
    return messages.send(runtime, text)
