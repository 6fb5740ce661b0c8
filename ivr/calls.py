"""A call, turn by turn: what came in, the flow's step, its effects, and the document that answers.

A turn without effects touches no store. One with effects is a single transaction under the call's row, and its answer
is kept, so that the same request gets the same answer and changes nothing (decision 0030).
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from infra.database import Tx, is_disconnect, is_race
from infra.runtime import Runtime
from ivr import inputs, matters, outlook, queries, turns, twiml
from ivr.effects import Scene, carry_out
from ivr.fallback import Fallback
from ivr.flow import engine
from ivr.flow.events import Event, PersonFound, QueueLeft, Started, Waiting
from ivr.flow.facts import Facts, RingTarget
from ivr.flow.force import NO_LOAD, Load
from ivr.flow.kinds.person import HOLD, WaitForPerson
from ivr.flow.script import Script
from ivr.hook import Hook
from ivr.limits import Limits
from ivr.queries import CallerFacts
from ivr.scripts import Place, ScriptBook, UnknownPlace
from ivr.state import CallState, StateError, decode
from ivr.state import replace as replace_state
from routing.service import Router

log = logging.getLogger(__name__)


T = TypeVar("T")
Look = Callable[[Hook, CallState, Facts], Facts]


class Line:
    """The turns of calls, on one process's runtime."""

    def __init__(self, runtime: Runtime, book: ScriptBook, router: Router) -> None:
        self.runtime = runtime
        self.book = book
        self.router = router
        self.limits = Limits(runtime.valkey, runtime.config.hotline_limits == "on")
        self.fallback = Fallback(runtime, book)

    def incoming(self, hook: Hook) -> str:
        """A call comes in: the greeting, in the language that the number chose last time."""
        who, now = inputs.caller(hook.form), self.runtime.clock.now()
        if not self.limits.allows_call(who.from_e164, who.to_e164 or "", now):
            log.warning("too many calls", extra={"call_sid": who.call_sid})
            return self.fallback.too_many(who.to_e164)
        try:
            with self.runtime.transaction() as tx:
                reading = self.book.read(tx)
                place = reading.by_number.get(who.to_e164 or "")
                if place is None:
                    log.warning("call to an unknown number", extra={"call_sid": who.call_sid})
                    return self.fallback.not_in_service()
                known = (
                    queries.find_caller(tx, place.id, who.from_e164, now) if who.from_e164 else CallerFacts()
                )
                if (
                    known.language is None
                ):  # neither they nor this number ever chose: the number dialled says it
                    known = replace(known, language=reading.tongues.get(who.to_e164 or ""))
                document, state = self._greeting(place, known, who, queries.live_load(tx, place.id, now))
                if not turns.begin_call(tx, who, place, state, known, now):
                    return turns.answered(tx, hook.keys()) or document
                turns.keep(tx, hook.keys(), document, now)
            return document
        except Exception as error:
            remembered = self.book.remembered
            place = remembered.by_number.get(who.to_e164 or "") if remembered else None
            if place is None or not is_disconnect(error):
                raise
            log.warning("call answered without the store", extra={"call_sid": who.call_sid})
            tongue = remembered.tongues.get(who.to_e164 or "") if remembered else None
            return self._greeting(place, CallerFacts(tongue), who)[0]

    def _greeting(
        self, place: Place, known: CallerFacts, who: inputs.Caller, load: Load = NO_LOAD
    ) -> tuple[str, CallState]:
        now = self.runtime.clock.now()
        script = Script(place.flow(now, load), place.desk)
        started = Started(
            known.language, known.resident_id, known.dwellings, who.from_e164 is None, known.is_slow
        )
        turn = engine.step(script, engine.new_call(script), started)
        answer = engine.answer(script, turn, place.facts(now))
        return twiml.render(answer, caller_id=place.hotline), answer.state

    def step(self, hook: Hook) -> str:
        """A further turn of the conversation."""
        event = inputs.step_event(hook.form, hook.args.get("e", ""))
        return self.turn(hook, event, newest=isinstance(event, QueueLeft))

    def wait(self, hook: Hook) -> str:
        """The document of the waiting queue: the place in line, as far as it is known."""
        event = inputs.wait_event(hook.form)
        return self.turn(hook, event, self._figures if isinstance(event, Waiting) else None)

    def connect(self, hook: Hook) -> str:
        """An agent took the waiting caller, or who asked to be called back: ring the agent's phone."""
        return self.turn(
            replace(hook, args={**hook.args, "s": self.waiting(hook.state)}), PersonFound(), self._agent
        )

    def waiting(self, token: str) -> str:
        """The state written in `token`, back at the step that waits for a person if the caller had left it."""
        try:
            state = decode(token)
            flow = self.book.script(state.estate, state.flow).flow
        except (StateError, UnknownPlace):
            return token
        steps = (name for name, step in flow.steps.items() if step.kind == WaitForPerson.name)
        step = next(steps, state.step)
        if flow.steps.get(state.step) == flow.steps.get(step):
            return token
        return replace_state(state, step=step, stage=HOLD, is_live=True, wait_key="", waited=0).encode()

    def turn(self, hook: Hook, event: Event, look: Look | None = None, newest: bool = False) -> str:
        """The document that answers `event`; `look` finds what this kind of turn has to know first.

        `newest`: the URL was written long ago, when the caller joined the queue, so the state is that of the last
        turn with an effect, which may be the key by which they left it.
        """
        now = self.runtime.clock.now()
        try:
            state = decode(hook.state)
            script, place = self.book.script(state.estate, state.flow), self.book.place(state.estate)
        except (StateError, UnknownPlace) as error:
            return self._start_again(hook, error)
        if newest:
            state = self._newest(hook, state)
        turn = engine.step(script, state, event)
        if not turn.effects:
            facts = place.facts(now)
            answer = engine.answer(script, turn, look(hook, state, facts) if look else facts)
            return twiml.render(answer, caller_id=place.hotline)

        def act(tx: Tx) -> str:
            call = turns.lock_call(tx, hook, place, state, now)
            known = turns.answered(tx, hook.keys()) if turns.was_left(call, state) else None
            if known is not None:
                return known
            facts = carry_out(Scene(tx, self.router, call, place, state, now, turn.effects))
            answer = engine.answer(script, turn, facts)
            document = twiml.render(answer, caller_id=place.hotline)
            call.state_token = answer.state.encode()
            turns.keep(tx, hook.keys(), document, now)
            return document

        try:
            return self.once(act)
        except Exception as error:
            if not is_disconnect(error):
                raise
            return self.fallback.turn(hook, script, turn, place)

    def _start_again(self, hook: Hook, error: Exception) -> str:
        """A state of another release cannot be read: the caller is greeted once more rather than sent away."""
        who, reading = inputs.caller(hook.form), self.book.remembered
        place = reading.by_number.get(who.to_e164 or "") if reading else None
        if place is None:
            raise error
        log.warning("call begins again", extra={"call_sid": hook.call_sid, "error": str(error)})
        return self._greeting(place, CallerFacts(), who)[0]

    def _newest(self, hook: Hook, state: CallState) -> CallState:
        try:
            with self.runtime.transaction() as tx:
                token = turns.state_token(tx, hook.call_sid)
            kept = decode(token) if token else state
        except Exception as error:
            if not is_disconnect(error):
                raise
            return state
        return kept if kept.turn > state.turn else state

    def once(self, act: Callable[[Tx], T]) -> T:
        """Run `act` in a transaction; if another request got in between, once more."""
        try:
            with self.runtime.transaction() as tx:
                return act(tx)
        except Exception as error:
            if not is_race(error):
                raise
        with self.runtime.transaction() as tx:
            return act(tx)

    def _figures(self, hook: Hook, state: CallState, facts: Facts) -> Facts:
        """The caller's place in line; without it when it cannot be had."""
        try:
            with self.runtime.transaction() as tx:
                return outlook.of_waiting(tx, state.ticket, facts)
        except Exception:  # the caller hears the music all the same
            log.exception("no place in line for a waiting caller", extra={"call_sid": hook.call_sid})
            return facts

    def _agent(self, hook: Hook, _state: CallState, facts: Facts) -> Facts:
        """The phone of the agent who took the call."""
        with self.runtime.transaction() as tx:
            staff = matters.staff_of_seat(tx, inputs.number(hook.args.get("seat")))
        if staff is None or not staff.phone_e164:
            raise LookupError("the agent has no phone")
        return replace(facts, ring=(RingTarget(staff.phone_e164, str(staff.id), staff.language),))


def make_line(runtime: Runtime) -> Line:
    """A telephone line with books of its own."""
    return Line(runtime, ScriptBook(runtime), Router(runtime))
