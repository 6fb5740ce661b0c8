"""The life of a leg from its first ring to its end: an incoming call, a REST call, a leg made by `<Dial>`."""

from functools import partial

from ivr.carrier import bridge
from ivr.carrier.events import (
    Answered,
    HungUp,
    Interrupt,
    Moved,
    PickedUp,
    Ready,
    Refused,
    Script,
    Target,
    TimeUp,
    Wait,
)
from ivr.carrier.leg import Leg
from ivr.carrier.player import Player, Stop
from ivr.carrier.recordings import keep

MACHINE = {"Enable": "machine_start", "DetectMessageEnd": "machine_end_beep"}
UNANSWERED = {Stop.REJECTED: "no-answer", Stop.BUSY: "busy"}


def incoming(leg: Leg) -> Script[None]:
    """A person dialled one of our numbers: run its document until somebody hangs up."""
    leg.status = "ringing"
    stop = yield from _documents(leg, leg.plan.document)
    if stop is Stop.FINISHED:
        leg.answered()  # even an empty document answers
    leg.finish("completed" if leg.answered_at is not None else UNANSWERED.get(stop, "no-answer"))


def by_rest(leg: Leg) -> Script[None]:
    """A call made by the REST API: ring, detect a machine, run its document."""
    if (yield from _ring(leg)):
        leg.exchange.timeline.at(leg.exchange.now + leg.plan.time_limit_s, leg.hang_up)
        _detect(leg)
        yield from _documents(leg, leg.plan.document)
        if leg.plan.record and leg.answered_at is not None:
            keep(leg, "OutboundAPI", leg.answered_at, leg.exchange.now - leg.answered_at)
        leg.finish()


def child(leg: Leg, *, known: bool) -> Script[None]:
    """A leg of `<Dial>`: ring, whisper, then talk until one side hangs up. An unknown number fails."""
    parent = leg.plan.parent
    if not known or parent is None:
        leg.finish("failed")
        return
    answered = yield from _ring(leg)
    if not answered:
        return
    parent.deliver(Answered(leg))
    _detect(leg)
    try:
        if leg.plan.document:
            stop = yield from Player(leg, "whisper").play(leg.plan.document)
            if stop is not Stop.FINISHED:
                leg.finish()
                return
        parent.deliver(Ready(leg))
        yield from bridge.follow(leg)
    except Moved as moved:
        # Sent elsewhere by REST: it leaves the bridge, its parent's Dial is over.
        yield from _documents(leg, moved.target)
    except HungUp:
        pass
    leg.finish()


def stop(leg: Leg, status: str) -> None:
    """End a leg from outside: one that still rings gets `status`, one that was answered is completed."""
    if leg.answered_at is None:
        leg.deliver(Refused(status))
    else:
        leg.hang_up()


def _documents(leg: Leg, target: Target | None) -> Script[Stop]:
    """Run documents, also those the call is sent to by REST, until one ends or the person hangs up."""
    while target is not None:
        try:
            return (yield from Player(leg).play(target))
        except Moved as moved:
            target = moved.target
        except HungUp:
            return Stop.HANGUP
    return Stop.FINISHED


def _ring(leg: Leg) -> Script[bool]:
    """Ring the phone; whether it was answered. Otherwise the leg is finished with the reason."""
    leg.exchange.callbacks.progress(leg, "initiated")
    leg.status = "ringing"
    leg.exchange.callbacks.progress(leg, "ringing")
    until = leg.exchange.now + leg.plan.ring_s
    leg.phone.ring(leg)
    try:
        while True:
            event = yield Wait("ringing", until)
            if isinstance(event, PickedUp):
                leg.answered_by = _kind(leg, event.machine)
                leg.answered()
                return True
            if isinstance(event, TimeUp | Refused):
                leg.finish(event.status if isinstance(event, Refused) else "no-answer")
                return False
    except Interrupt:
        leg.finish("canceled")
        return False


def _kind(leg: Leg, machine: bool) -> str:
    mode = leg.plan.machine_detection
    if not mode or leg.plan.send_digits:  # detection is ignored with SendDigits
        return ""
    return MACHINE.get(mode, "machine_start") if machine else "human"


def _detect(leg: Leg) -> None:
    target = leg.plan.amd_callback
    if leg.answered_by and target:
        params = {"AnsweredBy": leg.answered_by, "MachineDetectionDuration": "1500"}
        act = partial(leg.exchange.callbacks.send, leg, target.url, target.method, params, standard=True)
        leg.exchange.timeline.at(leg.exchange.now + 1.5, act)
