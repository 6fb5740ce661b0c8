"""`<Dial><Conference>`: rooms that several legs are in, with hold, mute, coaching and their callbacks."""

import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from ivr.carrier.events import Changed, Event, HungUp, Interrupt, Pressed, Script, Spoke, Target, Wait
from ivr.carrier.leg import Leg
from ivr.carrier.player import Player, Stop
from ivr.carrier.timeline import rfc2822

if TYPE_CHECKING:
    from ivr.carrier.exchange import Exchange


@dataclass
class Participant:
    """One leg in a room."""

    leg: Leg
    label: str
    starts: bool
    ends: bool
    beep: bool
    muted: bool
    coach: str
    hold: bool = False
    hold_url: str = ""

    @classmethod
    def of(cls, leg: Leg, noun: ET.Element) -> "Participant":
        """As the noun says."""
        return cls(
            leg=leg,
            label=noun.get("participantLabel", ""),
            starts=noun.get("startConferenceOnEnter", "true") == "true",
            ends=noun.get("endConferenceOnExit") == "true",
            beep=noun.get("beep", "true") in ("true", "onEnter"),
            muted=noun.get("muted") == "true",
            coach=noun.get("coach", ""),
        )


@dataclass
class Room:
    """A conference from the first join to the last leave. The first participant's callback counts for all."""

    exchange: "Exchange"
    sid: str
    name: str
    created_at: float
    status: str = "init"
    participants: list[Participant] = field(default_factory=list)
    callback: Target | None = None
    events: frozenset[str] = frozenset()
    sequence: int = 0

    def find(self, call_sid: str) -> Participant | None:
        """The participant by call SID or label, or None."""
        return next((p for p in self.participants if call_sid in (p.leg.sid, p.label)), None)

    def enter(self, joining: Participant) -> None:
        """Add a participant; the room starts with two people, one of whom may start it."""
        self.participants.append(joining)
        self.tell("join", "participant-join", joining)
        if joining.beep and self.status == "in-progress":
            for other in self.participants:
                other.leg.hears("beep", "beep")
        if self.status == "init" and len(self.participants) > 1 and any(p.starts for p in self.participants):
            self.status = "in-progress"
            self.tell("start", "conference-start")
            self.rouse()

    def leave(self, leaving: Participant, why: str = "participant_hung_up") -> None:
        """Take a participant out; the room ends with the last one, or with one who ends it."""
        if leaving not in self.participants:
            return
        self.participants.remove(leaving)
        told = {"ParticipantCallStatus": leaving.leg.status, "ReasonParticipantLeft": why}
        self.tell("leave", "participant-leave", leaving, told)
        leaving.leg.interrupt(Changed(self))
        if leaving.ends:
            self.end("participant-with-end-conference-on-exit-left", leaving)
        elif not self.participants:
            self.end("last-participant-left", leaving)

    def end(self, reason: str, by: Participant | None = None) -> None:
        """Close the room; whoever is in it goes on with the document after the conference."""
        if self.status == "completed":
            return
        self.status = "completed"
        for participant in list(self.participants):
            self.leave(
                participant, "conference_ended_via_api" if by is None else "moderator_ended_conference"
            )
        ended_by = (
            {"CallSidEndingConference": by.leg.sid, "ParticipantLabelEndingConference": by.label}
            if by
            else {}
        )
        self.tell("end", "conference-end", None, {"ReasonConferenceEnded": reason} | ended_by)

    def rouse(self) -> None:
        """Let everybody look again at how they are treated."""
        for participant in self.participants:
            participant.leg.interrupt(Changed(self))

    def audience(self, speaker: Participant) -> list[Leg]:
        """Who hears `speaker`: nobody if muted or on hold, only the coached leg if coaching."""
        if speaker.muted or speaker.hold or self.status != "in-progress":
            return []
        others = [p.leg for p in self.participants if p is not speaker and not p.hold]
        return [leg for leg in others if not speaker.coach or leg.sid == speaker.coach]

    def tell(
        self, kind: str, event: str, who: Participant | None = None, extra: dict[str, str] | None = None
    ) -> None:
        """Send a conference callback, if its kind was subscribed to."""
        if not self.callback or kind not in self.events:
            return
        params = {
            "AccountSid": self.exchange.settings.account_sid,
            "ConferenceSid": self.sid,
            "FriendlyName": self.name,
            "SequenceNumber": str(self.sequence),
            "StatusCallbackEvent": event,
            "Timestamp": rfc2822(self.exchange.now) or "",
        }
        self.sequence += 1
        if who:
            params |= {"CallSid": who.leg.sid, "ParticipantLabel": who.label}
            flags = {"Muted": who.muted, "Hold": who.hold, "Coaching": bool(who.coach)}
            flags |= {"EndConferenceOnExit": who.ends, "StartConferenceOnEnter": who.starts}
            params |= {name: str(value).lower() for name, value in flags.items()}
        self.exchange.post(self.sid, self.callback, params | (extra or {}))


def join(player: Player, el: ET.Element, noun: ET.Element) -> Script[dict[str, str] | Stop]:
    """Be in the room until it ends or one is taken out; what the Dial action is told."""
    player.connect()
    room = player.exchange.conference((noun.text or "").strip())
    if room.callback is None and not room.participants and noun.get("statusCallback"):
        url = urljoin(player.here.url, noun.get("statusCallback", ""))
        room.callback = Target(url, noun.get("statusCallbackMethod", "POST"))
        room.events = frozenset(noun.get("statusCallbackEvent", "").split())
    if len(room.participants) >= int(noun.get("maxParticipants", "250")):
        return {"DialCallStatus": "failed"}
    me = Participant.of(player.leg, noun)
    if me.label and room.find(me.label):
        player.exchange.alert(16025, player.here.url, f"participant label {me.label} is taken", player.leg)
        return Stop.FAILED
    player.leg.place = room
    room.enter(me)
    try:
        while me in room.participants:
            yield from _be(player, noun, room, me)
    except Interrupt as interrupt:
        player.leg.place = None
        room.leave(me)
        if isinstance(interrupt, HungUp):
            player.report(el, {"DialCallStatus": "answered"})
        raise
    player.leg.place = None
    return {"DialCallStatus": "answered"}


def _be(player: Player, noun: ET.Element, room: Room, me: Participant) -> Script[None]:
    """Talk or wait, until something about the room changes."""
    try:
        if room.status == "init" or me.hold:
            yield from _hold(player, me.hold_url or noun.get("waitUrl"), noun.get("waitMethod", "POST"))
        while True:
            event = yield Wait("talking")
            _pass_on(event, room.audience(me))
    except Changed:
        return


def _hold(player: Player, url: str | None, method: str) -> Script[None]:
    """The document at `url` once, else Twilio's music; an empty one is silence."""
    if url:
        yield from Player(player.leg, "conference").play(Target(urljoin(player.here.url, url), method))
    else:
        player.leg.hears("note", "hold music" if url is None else "silence")
    while True:  # the document is not repeated by itself: silence afterwards
        yield Wait("waiting")


def _pass_on(event: Event, others: list[Leg]) -> None:
    for other in others:
        if isinstance(event, Spoke):
            other.hears("talk", event.text)
        elif isinstance(event, Pressed):
            other.hears("talk", f"(tone {event.key})")
