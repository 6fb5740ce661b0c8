"""Which function does which kind of outbox row. A handler gets the runtime and the claimed row.

It runs outside any transaction, returns a few words on what it did, raises `infra.outbox.Later` to be called
again, or any other error to be tried again after a pause.
"""

from collections.abc import Callable

from infra.outbox import Claimed
from infra.runtime import Runtime
from ivr import calling_back, deliver, news, notices, own_tickets, recordings, roster_texts, stuck

Handler = Callable[[Runtime, Claimed], str]

HANDLERS: dict[str, Handler] = {
    "ticket.opened_text": deliver.send_opened_text,
    "ticket.notice": notices.send_notice,
    "ticket.reply": deliver.send_reply,
    "tell": deliver.tell,
    "telling.text": deliver.send_telling,
    "telling.call": deliver.ring_telling,
    "routing.nobody": stuck.tell_nobody_takes,
    "seat.connect_call": deliver.connect_seat,
    "ticket.chased": own_tickets.tell_chase,
    "callback.missed": calling_back.tell_missed,
    "incident.tell": news.tell_incident,
    "recording.fetch": recordings.fetch,
    "recording.delete": recordings.delete,
    "roster.gap": roster_texts.send_roster_gap,
    "staff.certificate": roster_texts.send_certificate,
}
