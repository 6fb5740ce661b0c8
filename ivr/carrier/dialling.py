"""`<Dial>`: ring numbers, side by side or in turn, let them hear a whisper, bridge, and report how it went.

The first to pick up wins and the other phones stop ringing, also when the winner hears a whisper first:
a voicemail that answers ends the round. Rooms to dial into are in waiting.py (queue) and conference.py.
"""

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from urllib.parse import urljoin

from ivr.carrier import bridge, conference, lives, recordings, waiting
from ivr.carrier.events import Answered, HungUp, Interrupt, Ready, Script, Target, Wait
from ivr.carrier.leg import Leg, Plan, Progress
from ivr.carrier.player import Next, Player, Stop, verb
from ivr.carrier.verbs import E164

RING_GRACE_S = 5.0  # Twilio adds about five seconds to `timeout`


@dataclass
class Outcome:
    """How a `<Dial>` of numbers ended."""

    status: str
    child: Leg | None = None
    bridged_at: float | None = None

    def params(self) -> dict[str, str]:
        """As the action is told."""
        found = {"DialCallStatus": self.status, "DialBridged": "false" if self.bridged_at is None else "true"}
        if self.child:
            found |= {"DialCallSid": self.child.sid, "DialCallDuration": str(self.child.duration)}
        return found


@verb("Dial")
def dial(player: Player, el: ET.Element) -> Script[Next]:
    """Dial what stands inside, then go to the action; without one go on in the document."""
    nouns = list(el) or [el]
    if nouns[0].tag == "Conference":
        params: dict[str, str] | Stop = yield from conference.join(player, el, nouns[0])
    elif nouns[0].tag == "Queue":
        params = yield from waiting.take(player, el, nouns[0])
    else:
        params = yield from _numbers(player, el, nouns)
    if isinstance(params, Stop):
        return params
    return player.action(el, params) if "action" in el.attrib else None


def _numbers(player: Player, el: ET.Element, nouns: list[ET.Element]) -> Script[dict[str, str] | Stop]:
    caller_id = el.get("callerId") or player.leg.from_
    if not player.exchange.may_show(caller_id, player.leg):
        player.exchange.alert(
            13214, f"{player.here.url} Dial callerId", f"{caller_id} is not ours", player.leg
        )
        return Stop.FAILED
    rounds = [[noun] for noun in nouns] if el.get("sequential") == "true" else [nouns]
    outcome = Outcome("no-answer")
    for group in rounds:
        outcome = yield from _round(player, el, group, caller_id)
        if outcome.status == "completed":
            break
    params = outcome.params()
    kept = _kept(player, el, outcome)
    return params | ({"RecordingUrl": kept.url} if kept else {})


def _round(player: Player, el: ET.Element, group: list[ET.Element], caller_id: str) -> Script[Outcome]:
    timeout = float(el.get("timeout", "30")) + RING_GRACE_S
    children = [_ring(player, noun, caller_id, timeout) for noun in group]
    player.leg.hears("note", "ringing")
    outcome = Outcome("no-answer", children[-1])
    try:
        winner = yield from _first(player, children)
        if winner is None:
            outcome.status = children[-1].status if len(children) == 1 else _together(children)
        else:
            outcome = Outcome("completed", winner)
            yield from _whisper_and_talk(player, el, winner, outcome)
    except Interrupt as interrupt:
        unanswered = all(child.answered_at is None for child in children)
        outcome.status = "canceled" if unanswered else "completed"
        _end(children, "canceled")
        if isinstance(interrupt, HungUp):
            player.report(el, outcome.params())
        raise
    return outcome


def _ring(player: Player, noun: ET.Element, caller_id: str, timeout: float) -> Leg:
    """A new leg to the noun's number, ringing."""
    text, base = (noun.text or "").strip(), player.here.url
    told = noun.get("statusCallback")
    events = frozenset(noun.get("statusCallbackEvent", "completed").split())
    whisper = noun.get("url")
    amd = noun.get("amdStatusCallback")
    plan = Plan(
        parent=player.leg,
        document=Target(urljoin(base, whisper), noun.get("method", "POST")) if whisper else None,
        progress=Progress(urljoin(base, told), noun.get("statusCallbackMethod", "POST"), events)
        if told
        else None,
        ring_s=timeout,
        send_digits=noun.get("sendDigits", ""),
        machine_detection=noun.get("machineDetection", ""),
        amd_callback=Target(urljoin(base, amd), noun.get("amdStatusCallbackMethod", "POST")) if amd else None,
    )
    number = f"client:{text}" if noun.tag == "Client" else text
    leg = player.exchange.new_leg(caller_id, number, "outbound-dial", plan)
    leg.run(lives.child(leg, known=noun.tag == "Client" or bool(E164.fullmatch(text))))
    return leg


def _first(player: Player, children: list[Leg]) -> Script[Leg | None]:
    """The first leg that is picked up; the others stop ringing. None if all are over."""
    while not all(child.is_over for child in children):
        event = yield Wait("dialling")
        if isinstance(event, Answered) and event.leg in children:
            _end([child for child in children if child is not event.leg], "canceled")
            return event.leg
    return None


def _together(children: list[Leg]) -> str:
    """One status for a round in which nobody answered: the mildest of them."""
    found = {child.status for child in children}
    return next(status for status in ("no-answer", "busy", "failed", "canceled") if status in found)


def _whisper_and_talk(player: Player, el: ET.Element, winner: Leg, outcome: Outcome) -> Script[None]:
    while not winner.is_over:
        event = yield Wait("dialling")
        if isinstance(event, Ready) and event.leg is winner:
            player.connect()
            outcome.bridged_at = player.now
            star, limit = el.get("hangupOnStar") == "true", float(el.get("timeLimit", "14400"))
            yield from bridge.talk(player.leg, winner, limit, star_ends=star)
            return


def _end(children: list[Leg], status: str) -> None:
    for child in children:
        lives.stop(child, status)


def _kept(player: Player, el: ET.Element, outcome: Outcome) -> recordings.Recording | None:
    kind = el.get("record", "do-not-record")
    if kind == "do-not-record" or outcome.bridged_at is None:
        return None
    length = player.now - outcome.bridged_at
    channels = 2 if kind.endswith("dual") else 1
    made = recordings.keep(player.leg, "DialVerb", outcome.bridged_at, length, channels=channels)
    recordings.tell(made, el, player.here.url)
    return made
