"""One leg of a call: who, its state, what its person has heard, and the script that drives it.

A script (player.py, dialling.py, …) is a generator that yields what it waits for; the leg resumes it with
what happened. Nothing here blocks and nothing reads the clock, so the same code serves tests and the demo.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from ivr.carrier.events import Effect, Ended, Event, HungUp, Interrupt, Reply, Script, Target, TimeUp
from ivr.carrier.timeline import Timer
from ivr.carrier.web import Ask

if TYPE_CHECKING:
    from ivr.carrier.exchange import Exchange
    from ivr.carrier.phones import Phone

FINAL = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})


@dataclass(frozen=True)
class Line:
    """Something heard on a leg. `kind`: say, play, beep, talk (the other person), note (tones), error."""

    at: float
    kind: str
    text: str
    language: str = ""
    voice: str = ""


@dataclass(frozen=True)
class Progress:
    """A subscription to what becomes of a call: where to tell it, and which events."""

    url: str
    method: str = "POST"
    events: frozenset[str] = frozenset({"completed"})


@dataclass
class Plan:
    """How a leg is to begin and to be watched. All optional: an incoming call has hardly any of it."""

    parent: "Leg | None" = None
    document: Target | None = None
    fallback: Target | None = None
    progress: Progress | None = None
    ring_s: float = 60.0
    send_digits: str = ""
    machine_detection: str = ""
    amd_callback: Target | None = None
    record: bool = False
    time_limit_s: float = 14400.0


@dataclass
class Leg:
    """A call as Twilio sees it (`CA…`), tied to the phone of one person."""

    exchange: "Exchange"
    sid: str
    from_: str
    to: str
    direction: str
    phone: "Phone"
    plan: Plan = field(default_factory=Plan)
    status: str = "queued"
    created_at: float = 0.0
    started_at: float = 0.0
    answered_at: float | None = None
    ended_at: float | None = None
    answered_by: str = ""
    lines: list[Line] = field(default_factory=list)
    cookies: dict[str, str] = field(default_factory=dict)
    peer: "Leg | None" = None
    place: object | None = None
    doing: str = "queued"
    until: float | None = None
    rounds: int = 0
    turn: int = 0
    sequence: int = 0
    _script: Script[None] | None = None
    _timer: Timer | None = None

    @property
    def is_over(self) -> bool:
        """Whether the call has a final status."""
        return self.status in FINAL

    @property
    def duration(self) -> int:
        """Whole seconds from answer to end (or now), 0 if never answered."""
        if self.answered_at is None:
            return 0
        return round((self.ended_at or self.exchange.now) - self.answered_at)

    def hears(self, kind: str, text: str, language: str = "", voice: str = "") -> None:
        """Add to what the person has heard."""
        self.lines.append(Line(self.exchange.now, kind, text, language, voice))
        self.exchange.changed()

    def run(self, script: Script[None]) -> None:
        """Begin `script`; the leg has one in its life."""
        self._script, self.started_at = script, self.exchange.now
        self.exchange.later(partial(self._resume, partial(next, script)))

    def deliver(self, event: Event) -> None:
        """Tell the script that `event` happened; dropped while it asks for a document, as keys are."""
        self.exchange.later(partial(self._deliver, event))

    def interrupt(self, interrupt: Interrupt) -> None:
        """Break into whatever the script waits for."""
        self.exchange.later(partial(self._interrupt, interrupt))

    def hang_up(self) -> None:
        """The person, or the API, ends the call."""
        self.interrupt(HungUp())

    def answered(self) -> None:
        """From now on the call is connected and counted."""
        if self.answered_at is None:
            self.answered_at = self.exchange.now
            self.status = "in-progress"
            self.exchange.callbacks.progress(self, "answered")

    def finish(self, status: str = "completed") -> None:
        """The call is over: tell whoever asked, free the phone. Once only."""
        if self.is_over:
            return
        self.status, self.ended_at, self.doing, self.until = status, self.exchange.now, "ended", None
        self.phone.released(self)
        for other in (self.plan.parent, self.peer):
            if other:
                other.deliver(Ended(self))
        self.exchange.callbacks.progress(self, "completed")
        self.exchange.changed()

    def _deliver(self, event: Event) -> None:
        if self._script and self.doing != "fetching":
            self._resume(partial(self._script.send, event))

    def _interrupt(self, interrupt: Interrupt) -> None:
        if self._script and interrupt.place in (None, self.place):
            self._resume(partial(self._script.throw, interrupt))

    def _resume(self, step: Callable[[], Effect]) -> None:
        self.turn += 1
        if self._timer:
            self._timer.cancel()
        try:
            self._await(step(), self.turn)
        except StopIteration:
            self._script = None
        except HungUp:  # before the script's first wait
            self._script = None
            self.finish()
        except Exception:
            self._script = None
            self.finish("failed")
            raise
        self.exchange.changed()

    def _await(self, effect: Effect, turn: int) -> None:
        if isinstance(effect, Ask):
            self.doing, self.until = "fetching", None
            self.exchange.fetch(
                effect, lambda reply: self.exchange.later(partial(self._replied, turn, reply))
            )
            return
        self.doing, self.until = effect.doing, effect.until
        if effect.until is not None:
            self._timer = self.exchange.timeline.at(effect.until, partial(self._time_up, turn))

    def _replied(self, turn: int, reply: Reply) -> None:
        if turn == self.turn and self._script:  # else the call has moved on: the answer comes too late
            if reply.answer:
                self.cookies |= reply.answer.cookies
            self._resume(partial(self._script.send, reply))

    def _time_up(self, turn: int) -> None:
        if turn == self.turn and self._script:
            self._resume(partial(self._script.send, TimeUp()))
