"""`<Enqueue>` and `<Dial><Queue>`: callers who wait, and those who take them."""

import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from urllib.parse import urljoin

from ivr.carrier import bridge
from ivr.carrier.events import HungUp, Interrupt, Moved, Ready, Roused, Script, Taken, Target, TimeUp, Wait
from ivr.carrier.leg import Leg
from ivr.carrier.player import Next, Player, Stop, verb

DEFAULT_SIZE = 1000
EMPTY_ROUND_S = 1.0  # a waitUrl document without sound must not spin


@dataclass
class Member:
    """One caller in a queue, since when."""

    leg: Leg
    joined_at: float

    def waited(self) -> int:
        """Whole seconds until now."""
        return round(self.leg.exchange.now - self.joined_at)


@dataclass
class Queue:
    """Callers in the order in which they came, and the legs that wait to take one."""

    sid: str
    name: str
    created_at: float
    max_size: int = DEFAULT_SIZE
    members: list[Member] = field(default_factory=list)
    takers: list[Leg] = field(default_factory=list)

    def average(self) -> int:
        """Mean waiting time of those now waiting, whole seconds."""
        return round(sum(m.waited() for m in self.members) / len(self.members)) if self.members else 0

    def remove(self, member: Member) -> None:
        """Take `member` out; nothing if it has already gone."""
        if member in self.members:
            self.members.remove(member)

    def seen_by(self, member: Member) -> dict[str, str]:
        """What the waitUrl is told about the caller's place."""
        place = self.members.index(member) + 1 if member in self.members else 1
        return {
            "AvgQueueTime": str(self.average()),
            "CurrentQueueSize": str(len(self.members)),
            "MaxQueueSize": str(self.max_size),
            "QueuePosition": str(place),
            "QueueSid": self.sid,
            "QueueTime": str(member.waited()),
        }


@verb("Enqueue")
def enqueue(player: Player, el: ET.Element) -> Script[Next]:
    """Wait in a queue until taken, sent away, or gone; the action is told how it ended."""
    leg, queue = player.leg, player.exchange.queue((el.text or "").strip())
    queue.max_size = int(el.get("maxQueueSize", str(queue.max_size)))
    if len(queue.members) >= queue.max_size:
        return _after(player, el, {"QueueResult": "queue-full"})
    member = Member(leg, player.now)
    queue.members.append(member)
    leg.place = queue
    for taker in queue.takers:
        taker.deliver(Roused())
    result = "hangup"
    try:
        result = yield from _wait(player, el, queue, member)
    except Taken as taken:
        result = yield from _taken(player, el, queue, member, taken)
    except Interrupt as interrupt:
        result = "redirected" if isinstance(interrupt, Moved) else "hangup"
        player.report(el, _told(queue, member, result))
        raise
    finally:
        queue.remove(member)
        leg.place = None
    if result == "hangup":
        player.report(el, _told(queue, member, result))
        return Stop.HANGUP
    return _after(player, el, _told(queue, member, result))


def _wait(player: Player, el: ET.Element, queue: Queue, member: Member) -> Script[str]:
    """Play the waitUrl document again and again; the queue result when it ends by itself."""
    url = el.get("waitUrl")
    if not url:
        player.leg.hears("note", "hold music" if url is None else "silence")
        while True:
            yield Wait("waiting")
    waiter = Player(player.leg, "queue", lambda: queue.seen_by(member))
    target = Target(urljoin(player.here.url, url), el.get("waitUrlMethod", "POST"))
    while True:
        begun = player.now
        stop = yield from waiter.play(target)
        player.leg.rounds += 1
        if stop is not Stop.FINISHED:
            return {Stop.LEAVE: "leave", Stop.HANGUP: "hangup"}.get(stop, "error")
        if player.now == begun:
            yield from _silence(begun + EMPTY_ROUND_S, player)


def _silence(until: float, player: Player) -> Script[None]:
    while player.now < until:
        yield Wait("waiting", until)


def _taken(player: Player, el: ET.Element, queue: Queue, member: Member, taken: Taken) -> Script[str]:
    """Hear the taker's announcement, then talk. The action fires only after the talk."""
    leg = player.leg
    leg.place = None
    queue.remove(member)
    try:
        if taken.whisper:
            told = {
                "DequeingCallSid": taken.taker.sid,
                "QueueSid": queue.sid,
                "QueueTime": str(member.waited()),
            }
            yield from Player(leg, "whisper", lambda: told).play(taken.whisper)
        taken.taker.deliver(Ready(leg))
        yield from bridge.follow(leg)
    except Interrupt as interrupt:
        result = "redirected-from-bridged" if isinstance(interrupt, Moved) else "bridged"
        player.report(el, _told(queue, member, result))
        raise
    return "bridged"


def _told(queue: Queue, member: Member, result: str) -> dict[str, str]:
    return {"QueueResult": result, "QueueSid": queue.sid, "QueueTime": str(member.waited())}


def _after(player: Player, el: ET.Element, params: dict[str, str]) -> Next:
    return player.action(el, params) if "action" in el.attrib else None


def take(player: Player, el: ET.Element, noun: ET.Element) -> Script[dict[str, str] | Stop]:
    """`<Dial><Queue>`: talk to the caller in front, waiting for one as long as the timeout allows."""
    leg, queue = player.leg, player.exchange.queue((noun.text or "").strip())
    player.connect()
    until = player.now + float(el.get("timeout", "30"))
    queue.takers.append(leg)
    try:
        while not queue.members:
            event = yield Wait("dialling", until)
            if isinstance(event, TimeUp) and not queue.members:
                return {"DialCallStatus": "no-answer", "DialBridged": "false", "QueueSid": queue.sid}
    finally:
        queue.takers.remove(leg)
    member = queue.members.pop(0)
    url = noun.get("url")
    whisper = Target(urljoin(player.here.url, url), noun.get("method", "POST")) if url else None
    waited = member.waited()
    member.leg.interrupt(Taken(leg, whisper, queue))
    params = {"DialCallSid": member.leg.sid, "QueueSid": queue.sid, "QueueTime": str(waited)}
    begun = player.now
    try:
        bridged = yield from _connect(player, el, member.leg)
    except HungUp:
        player.report(el, params | {"DialCallStatus": "completed", "DialBridged": "true"})
        raise
    talked = {
        "DialCallDuration": str(round(player.now - begun)),
        "DialBridged": "true" if bridged else "false",
    }
    return (
        params | talked | {"DialCallStatus": "completed", "QueueResult": "bridged" if bridged else "hangup"}
    )


def _connect(player: Player, el: ET.Element, caller: Leg) -> Script[bool]:
    while not caller.is_over:
        event = yield Wait("dialling", player.now + 60)
        if isinstance(event, Ready) and event.leg is caller:
            limit = float(el.get("timeLimit", "14400"))
            yield from bridge.talk(player.leg, caller, limit, star_ends=el.get("hangupOnStar") == "true")
            return True
        if isinstance(event, TimeUp):
            return False
    return False
