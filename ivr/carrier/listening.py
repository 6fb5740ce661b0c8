"""`<Gather>` and `<Record>`: what the person presses and says."""

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from urllib.parse import urljoin

from ivr.carrier import recordings
from ivr.carrier.events import Event, HungUp, Pressed, Script, Spoke, TimeUp, Wait
from ivr.carrier.player import Next, Player, verb

AUTO_PAUSE_S = 1.0  # speechTimeout="auto": the first pause
CONFIDENCE = "0.91"


@dataclass(frozen=True)
class Gather:
    """The attributes of a `<Gather>`, with Twilio's defaults."""

    dtmf: bool
    speech: bool
    timeout: float
    quiet: float
    finish: str
    digits: int | None
    longest: float
    barge_in: bool
    even_empty: bool

    @classmethod
    def of(cls, el: ET.Element) -> "Gather":
        """As written in `el`."""
        kinds, timeout = el.get("input", "dtmf").split(), float(el.get("timeout", "5"))
        quiet = el.get("speechTimeout", str(timeout))
        count = el.get("numDigits")
        return cls(
            dtmf="dtmf" in kinds,
            speech="speech" in kinds,
            timeout=timeout,
            quiet=AUTO_PAUSE_S if quiet == "auto" else float(quiet),
            finish=el.get("finishOnKey", "#"),
            digits=int(count) if count else None,
            longest=float(el.get("maxSpeechTime", "60")),
            barge_in=el.get("bargeIn", "true") == "true",
            even_empty=el.get("actionOnEmptyResult") == "true",
        )

    def wants(self, event: Event) -> bool:
        """Whether this event is input of the kind asked for."""
        return (isinstance(event, Pressed) and self.dtmf) or (isinstance(event, Spoke) and self.speech)


@verb("Gather")
def gather(player: Player, el: ET.Element) -> Script[Next]:
    """Collect keys or words. With nothing collected the document goes on after the verb."""
    rules = Gather.of(el)
    event = yield from _prompts(player, el, rules)
    digits, finished = "", ""
    until = player.now + rules.timeout
    while True:
        if event is None:
            event = yield Wait("gathering", until)
        if isinstance(event, TimeUp):
            break
        if isinstance(event, Spoke) and rules.speech and not digits:
            words = yield from _listen(player, rules, event)
            _partial(player, el, words)
            return player.action(el, {"SpeechResult": words, "Confidence": CONFIDENCE})
        if isinstance(event, Pressed) and rules.dtmf:
            if event.key == rules.finish:
                finished = event.key
                break
            digits += event.key
            until = player.now + rules.timeout
            if len(digits) == rules.digits:
                break
        event = None
    if not digits and not rules.even_empty:
        return None
    result = {"Digits": digits} if rules.dtmf else {"SpeechResult": ""}
    return player.action(el, result | ({"FinishedOnKey": finished} if finished else {}))


def _prompts(player: Player, el: ET.Element, rules: Gather) -> Script[Event | None]:
    """Play what is nested; the first key or word that is asked for ends it at once."""
    for child in el:
        event = yield from player.prompt(child, lambda event: rules.barge_in and rules.wants(event))
        if event is not None:
            return event
    return None


def _listen(player: Player, rules: Gather, first: Spoke) -> Script[str]:
    """All words until a pause of `rules.quiet`; keys no longer count once speech has begun."""
    words = [first.text]
    limit = player.now + rules.longest
    until = player.now + first.seconds + rules.quiet
    while player.now < min(until, limit):
        event = yield Wait("listening", min(until, limit))
        if isinstance(event, Spoke):
            words.append(event.text)
            until = player.now + event.seconds + rules.quiet
    return " ".join(words)


def _partial(player: Player, el: ET.Element, words: str) -> None:
    url = el.get("partialResultCallback")
    if url:
        params = {"UnstableSpeechResult": words}
        method = el.get("partialResultCallbackMethod", "POST")
        player.exchange.callbacks.send(
            player.leg, urljoin(player.here.url, url), method, params, standard=True
        )


@dataclass
class Take:
    """A recording in the making."""

    started_at: float
    voice_from: float | None = None
    voice_until: float = 0.0
    words: str = ""

    def speaks(self, now: float, spoke: Spoke) -> None:
        """More voice."""
        if self.voice_from is None:
            self.voice_from = now
        self.voice_until = max(now, self.voice_until) + spoke.seconds
        self.words = f"{self.words} {spoke.text}".strip()

    def length(self, now: float, trim: bool) -> float:
        """Seconds kept: from first to last voice if silence is trimmed."""
        end = min(now, self.voice_until) if trim else now
        begin = self.voice_from if trim and self.voice_from is not None else self.started_at
        return end - begin


@verb("Record")
def record(player: Player, el: ET.Element) -> Script[Next]:
    """Record until silence, a finishing key, the longest length or the hang-up; after mere silence go on."""
    if el.get("playBeep", "true") == "true":
        yield from player.sound("beep", "beep", 0.5)
    silence = float(el.get("timeout", "5"))
    longest = player.now + float(el.get("maxLength", "120" if el.get("transcribe") == "true" else "3600"))
    finish = el.get("finishOnKey", "1234567890*#")
    take, pressed = Take(player.now), ""
    quiet_at = player.now + silence if silence else longest
    try:
        while player.now < min(quiet_at, longest) and not pressed:
            event = yield Wait("recording", min(quiet_at, longest))
            if isinstance(event, Pressed) and event.key in finish:
                pressed = event.key
            elif isinstance(event, Spoke):
                take.speaks(player.now, event)
                quiet_at = take.voice_until + silence if silence else longest
    except HungUp:
        if take.voice_from is not None:
            player.report(el, _kept(player, el, take, "hangup"))
        raise
    if take.voice_from is None:
        return None
    return player.action(el, _kept(player, el, take, pressed))


def _kept(player: Player, el: ET.Element, take: Take, pressed: str) -> dict[str, str]:
    seconds = take.length(player.now, el.get("trim", "trim-silence") == "trim-silence")
    made = recordings.keep(player.leg, "RecordVerb", take.started_at, seconds, take.words)
    recordings.tell(made, el, player.here.url)
    result = {"RecordingUrl": made.url, "RecordingDuration": str(made.duration)}
    return result | ({"Digits": pressed} if pressed else {})
