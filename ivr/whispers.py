"""The people who are rung: what they hear before they are joined to a caller or told of late tickets, and their key.

Only pressing 1 joins or acknowledges; whoever stays silent, a voicemail first of all, is hung up on. What a whisper
says stands in the state of the caller's call, so saying it needs no store.
"""

import logging

from sqlalchemy import select

from infra.database import Tx, is_disconnect
from ivr import duty, inputs, tellings, turns, twiml
from ivr.calls import Line
from ivr.flow import pages
from ivr.flow.instructions import Answer, Hangup
from ivr.hook import Hook
from ivr.state import CallState, decode
from tickets.models import Staff, Ticket

log = logging.getLogger(__name__)

DUTY, AGENT = "duty", "agent"


def whisper(line: Line, hook: Hook) -> str:
    """Who is on the line and what it is about, and the question for key 1."""
    state = decode(hook.state)
    script = line.book.script(state.estate, state.flow)
    kind = DUTY if hook.args.get("k") == DUTY else AGENT
    who, language = hook.args.get("who", ""), hook.args.get("l") or script.desk.languages[0]
    return twiml.render(pages.whisper(script, state, kind, who, language))


def accept(line: Line, hook: Hook) -> str:
    """The answer to a whisper: with 1 an empty document, which joins the two; else the end of this leg."""
    state = decode(hook.state)
    if not inputs.accepted(hook.form):
        return twiml.render(Answer(state, (Hangup(),)))
    if hook.args.get("k") != DUTY:
        return twiml.render(pages.joined(state))
    now = line.runtime.clock.now()

    def act(tx: Tx) -> str:
        known = turns.answered(tx, hook.keys())
        if known is not None:
            return known
        answer = pages.joined(state)
        if not _take(tx, line, hook, state):
            script = line.book.script(state.estate, state.flow)
            answer = pages.too_late(script, state, hook.args.get("l") or script.desk.languages[0])
        document = twiml.render(answer)
        turns.keep(tx, hook.keys(), document, now)
        return document

    try:
        return line.once(act)
    except Exception as error:
        if not is_disconnect(error):
            raise
        line.fallback.journal.write(hook)  # the talk is what counts; the name comes later
        return twiml.render(pages.joined(state))


def _take(tx: Tx, line: Line, hook: Hook, state: CallState) -> bool:
    ticket = tx.execute(select(Ticket).where(Ticket.number == state.ticket)).scalar_one_or_none()
    staff = tx.get(Staff, inputs.number(hook.args.get("who")))
    if ticket is None or staff is None:  # declared while the store was away: there is nothing to take yet
        return True
    return duty.take(tx, ticket, staff, hook.call_sid, line.runtime.clock.now())


def tell(line: Line, hook: Hook) -> str:
    """The call about late tickets: which ones, and the question for key 1."""
    telling_id = inputs.number(hook.args.get("t"))
    with line.runtime.transaction() as tx:
        told = tellings.read(tx, line.book.read(tx), telling_id)
    if told is None:
        raise LookupError(f"no telling {telling_id}")
    late = tuple(
        pages.LateTicket(each.number, each.desk.name(told.language), each.category(told.language))
        for each in told.late
    )
    return twiml.render(pages.escalation_call(late, told.language, f"/ivr/acknowledge?t={telling_id}"))


def acknowledge(line: Line, hook: Hook) -> str:
    """The key in that call: 1 acknowledges all that it told and stops their climb."""
    telling_id, now = inputs.number(hook.args.get("t")), line.runtime.clock.now()
    is_accepted = inputs.accepted(hook.form)

    def act(tx: Tx) -> tellings.Thanks:
        if is_accepted:
            return tellings.acknowledge(tx, telling_id, now)
        return tellings.Thanks(tellings.language_of(tx, telling_id))

    thanks = line.once(act)
    if thanks.held_by is not None:
        return twiml.render(pages.escalation_taken(thanks.language, thanks.held_by))
    return twiml.render(pages.escalation_answered(thanks.language, is_accepted))
