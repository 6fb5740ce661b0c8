"""What the people who are rung hear before they are joined to a caller, and their key.

Pressing 1 joins them; a document that ends without it does too, so whoever stays silent, a voicemail first of all, is
hung up on. What a whisper says stands in the state of the caller's call, so saying it needs no store.
"""

import logging

from sqlalchemy import select

from infra.database import Tx, is_disconnect
from ivr import duty, inputs, speech, twiml
from ivr.calls import Line
from ivr.flow.instructions import Answer, Gather, Hangup, Route, Say
from ivr.flow.script import Desk
from ivr.hook import Hook
from ivr.state import CallState, decode
from ivr.turns import answered, keep
from tickets.models import Staff, Ticket

log = logging.getLogger(__name__)

ACCEPT = speech.Key("1")
SILENCE_S = 6


def whisper(line: Line, hook: Hook) -> str:
    """Who is on the line and what it is about, and the question for key 1, twice."""
    state = decode(hook.state)
    desk = line.book.place(state.estate).desk
    language = hook.args.get("l") or desk.languages[0]
    says = (*about(desk, state, hook.args.get("k", ""), language), say("whisper.accept", language, key=ACCEPT))
    gather = Gather(says, digits=1, timeout=SILENCE_S)
    extra = tuple((name, hook.args.get(name, "")) for name in ("k", "who", "l"))
    return twiml.render(Answer(state, (gather, gather, Hangup()), Route.ACCEPT, extra))


def about(desk: Desk, state: CallState, kind: str, language: str) -> tuple[Say, ...]:
    """What it is about, and for people on duty where."""
    category = desk.by_code.get(state.kind or state.category or desk.emergency)
    values = {"estate": desk.name(language), "category": category.name(language) if category else ""}
    if kind != "duty":
        return (say("whisper.agent", language, **values),)
    home = state.dwelling()
    unit: speech.Value | None = speech.Unit(home) if home else state.place or None
    place = say("whisper.place", language, unit=unit) if unit else say("whisper.no_place", language)
    return (say("whisper.duty", language, **values), place)


def say(key: str, language: str, **values: speech.Value) -> Say:
    """The sentence of prompt `key`."""
    return Say(speech.phrase(key, values, language), language, key)


def accept(line: Line, hook: Hook) -> str:
    """The answer to a whisper: with 1 an empty document, which joins the two; else the end of this leg."""
    state = decode(hook.state)
    if not inputs.accepted(hook.form):
        return twiml.render(Answer(state, (Hangup(),)))
    if hook.args.get("k") != "duty":
        return twiml.render(Answer(state, ()))
    language = hook.args.get("l") or "en"

    def act(tx: Tx) -> str:
        known = answered(tx, hook.keys())
        if known is not None:
            return known
        is_theirs = _take(tx, line, hook, state)
        too_late = (say("whisper.too_late", language), Hangup())
        document = twiml.render(Answer(state, () if is_theirs else too_late))
        keep(tx, hook.keys(), document, line.runtime.clock.now())
        return document

    try:
        return line.once(act)
    except Exception as error:
        if not is_disconnect(error):
            raise
        line.fallback.journal.write(hook)
        return twiml.render(Answer(state, ()))


def _take(tx: Tx, line: Line, hook: Hook, state: CallState) -> bool:
    ticket = tx.execute(select(Ticket).where(Ticket.number == state.ticket)).scalar_one_or_none()
    staff = tx.get(Staff, inputs.number(hook.args.get("who")))
    if ticket is None or staff is None:  # declared while the store was away: there is nothing to take yet
        return True
    return duty.take(tx, ticket, staff, hook.call_sid, line.runtime.clock.now())
