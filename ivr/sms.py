"""Text messages that come in: a new matter, words for an open one, a question about a ticket, STOP and HELP.

The answer goes back in the same request, in the sender's language; it is the one text with the ticket's number.
"""

import logging
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from xml.sax.saxutils import escape

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from infra.database import Tx
from infra.runtime import Runtime
from ivr import inputs, matters, messages, texts, turns
from ivr.hook import Hook
from ivr.limits import Limits
from ivr.models import Message, OptOut
from ivr.queries import CallerFacts, find_caller, first_responses
from ivr.scripts import Place, ScriptBook
from ivr.understand import ladder
from routing.service import Router
from tickets import callers, numbers
from tickets import service as desk
from tickets.actors import Actor
from tickets.history import record
from tickets.lifecycle import OPEN_STATES
from tickets.models import Ticket
from tickets.words import PriorityClass, Source

log = logging.getLogger(__name__)

EMPTY = '<?xml version="1.0" encoding="UTF-8"?>\n<Response/>'
# The whole message must be the word. The provider handles the English ones too, in its own way.
STOP = frozenset(
    {
        "stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout",
        "退訂", "退订", "停止", "取消訂閱", "取消订阅", "取消", "唔要",
    }
)  # fmt: skip
START = frozenset({"start", "unstop", "訂閱", "订阅", "開始", "开始"})
HELP = frozenset({"help", "info", "?", "幫助", "帮助", "說明", "说明", "幫手"})
ENDING = re.compile("[.!\u3002\uff01 ]+$")
# Later words of the same number belong to its open ticket for so long; then they are another matter.
SAME_MATTER = timedelta(hours=24)


@dataclass
class Letter:
    """An incoming text under way: transaction, estate, sender, language, body."""

    tx: Tx
    place: Place
    sid: str
    sender: str
    known: CallerFacts
    language: str
    body: str
    now: datetime

    def say(self, key: str, **values: object) -> str:
        """The sentence of a prompt for this sender."""
        return texts.written(key, self.language, self.place.desk, **values)  # type: ignore[arg-type]


class Texting:
    """Incoming texts and what becomes of outgoing ones, on one process's runtime."""

    def __init__(self, runtime: Runtime, book: ScriptBook, router: Router) -> None:
        self.runtime = runtime
        self.book = book
        self.router = router
        self.limits = Limits(runtime.valkey, runtime.config.hotline_limits == "on")

    def incoming(self, hook: Hook) -> str:
        """Take in a text and answer it. The same one again gets the same answer and changes nothing."""
        received, now = inputs.text_received(hook.form), self.runtime.clock.now()
        if received.from_e164 is None or not received.sid:
            return EMPTY
        if not self.limits.allows_text(received.from_e164, now):
            log.warning("too many texts", extra={"message_sid": received.sid})
            return EMPTY
        with self.runtime.transaction() as tx:
            place = self.book.read(tx).by_number.get(received.to_e164 or "")
            if place is None:
                log.warning("text to an unknown number", extra={"message_sid": received.sid})
                return EMPTY
            key = f"m:{received.sid}"
            message = take_in(tx, place, received, now)
            if message is None:
                return turns.answered(tx, (key,)) or EMPTY
            known = find_caller(tx, place.id, received.from_e164, now)
            language = known.language if known.language in place.desk.languages else place.desk.languages[0]
            letter = Letter(
                tx, place, received.sid, received.from_e164, known, language or "", received.body, now
            )
            media = [hook.form[name] for name in sorted(hook.form) if name.startswith("MediaUrl")]
            answer = self._answer(letter, message, media)
            document = reply(answer) if answer else EMPTY
            turns.keep(tx, (key,), document, now)
        return document

    def _answer(self, letter: Letter, message: Message, media: list[str]) -> str:
        word = ENDING.sub("", letter.body.strip()).casefold()
        if word in STOP:
            kept = insert(OptOut).values(e164=letter.sender, at=letter.now)
            letter.tx.execute(kept.on_conflict_do_nothing(index_elements=["e164"]))
            return letter.say("sms.stopped")
        if word in START:
            gone = letter.tx.get(OptOut, letter.sender)
            if gone is not None:
                letter.tx.delete(gone)
            return letter.say("sms.started")
        if word in HELP or not (word or media):
            return letter.say("sms.help")
        if numbers.parse(letter.body):
            return state_of(letter, numbers.parse(letter.body) or "")
        ticket = open_ticket_of(letter)
        is_new = ticket is None
        if ticket is None:
            ticket = self._open(letter)
        else:
            desk.note(letter.tx, ticket, letter.body or "…", Actor.CALLER, now=letter.now)
        if media:
            record(letter.tx, ticket.id, "media", Actor.CALLER, {"urls": media[:10]}, now=letter.now)
        message.ticket_id = ticket.id
        if is_new:
            return texts.received(letter.place.desk, letter.language, number=ticket.number)
        return letter.say("sms.added", number=ticket.number)

    def _open(self, letter: Letter) -> Ticket:
        """A ticket from a text: of an emergency if it sounds like one, else of the kind that the words are about."""
        home = letter.known.dwellings[0] if len(letter.known.dwellings) == 1 else None
        menu = letter.place.desk
        alarm = menu.alarms.find(letter.body, letter.language)
        guess = None if alarm else ladder.guess(letter.body, letter.language, menu.leaves)
        code = menu.emergency_kind(alarm.kind) if alarm else guess.category if guess else ""
        new = desk.NewTicket(
            estate_id=letter.place.id,
            category_code=letter.place.leaf(code).code,
            language=letter.language,
            source=Source.SMS,
            text=letter.body,
            phone_e164=letter.sender,
            resident_id=letter.known.resident_id,
            unit_id=home.unit_id if home else None,
            is_unit_confirmed=home is not None,
            origin=f"sms:{letter.sid}",
            priority_class=PriorityClass.P0 if alarm else None,
            method="words" if alarm else guess.method if guess else None,
            confidence=guess.confidence if guess else None,
        )
        ticket = self.router.open_and_queue(letter.tx, new, now=letter.now).ticket
        if alarm:
            matters.note_alarm(letter.tx, ticket, alarm.phrase, letter.language, letter.now)
        return ticket

    def apology(self, hook: Hook) -> str:
        """Nothing to say: a text that could not be taken in is not answered with an error."""
        return EMPTY

    def status(self, hook: Hook) -> None:
        """The provider tells what became of one of our texts; a failure shows on its ticket."""
        status, now = inputs.message_status(hook.form), self.runtime.clock.now()
        code = inputs.number(hook.form.get("ErrorCode")) or None
        with self.runtime.transaction() as tx:
            message_id = inputs.number(hook.args.get("m")) or tx.scalar(
                select(Message.id).where(Message.sid == hook.form.get("MessageSid", ""))
            )
            changed = messages.advance(tx, message_id, status, code, now) if message_id else None
            if changed is not None and status in messages.FAILED and changed.ticket_id is not None:
                told = {"status": status, "code": code}
                record(tx, changed.ticket_id, "text_failed", Actor.SYSTEM, told, now=now)


def take_in(tx: Tx, place: Place, received: inputs.TextReceived, now: datetime) -> Message | None:
    """The row of an incoming text; None if it was taken in before."""
    made = insert(Message).values(
        direction="in", sid=received.sid, estate_id=place.id, from_e164=received.from_e164,
        to_e164=received.to_e164, body=received.body, status="received", created_at=now,
    )  # fmt: skip
    statement = made.on_conflict_do_nothing(index_elements=["sid"]).returning(Message)
    return tx.execute(statement).scalar_one_or_none()


def open_ticket_of(letter: Letter) -> Ticket | None:
    """The open ticket that further words of this number belong to."""
    return letter.tx.execute(
        select(Ticket)
        .where(callers.is_from(letter.sender, letter.now.date()), Ticket.estate_id == letter.place.id)
        .where(Ticket.state.in_(OPEN_STATES), Ticket.created_at > letter.now - SAME_MATTER)
        .order_by(Ticket.created_at.desc(), Ticket.id.desc())
        .limit(1)
    ).scalar_one_or_none()


def state_of(letter: Letter, number: str) -> str:
    """How a ticket stands, for its owner; somebody else's is told apart from none by nobody."""
    units = [home.unit_id for home in letter.known.dwellings]
    is_theirs = callers.is_from(letter.sender, letter.now.date()) | Ticket.unit_id.in_(units)
    query = select(Ticket).where(Ticket.number == number, Ticket.estate_id == letter.place.id, is_theirs)
    ticket = letter.tx.execute(query).scalar_one_or_none()
    if ticket is None:
        return letter.say("sms.not_found")
    promise = first_responses(letter.tx, [ticket.id]).get(ticket.id)
    return texts.state(letter.place.desk, letter.language, ticket.number, ticket.state, promise, letter.now)


def reply(text: str) -> str:
    """The document that answers a text message with `text`."""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<Response><Message>{escape(text)}</Message></Response>'
