"""Two legs that hear each other: one side leads (it dialled or took the other), the other side follows."""

from ivr.carrier.events import Event, Interrupt, Parted, Pressed, Script, Spoke, TimeUp, Wait
from ivr.carrier.leg import Leg


def talk(leg: Leg, other: Leg, limit: float, *, star_ends: bool = False) -> Script[None]:
    """The leading side: bridge until the other is gone, `limit` seconds are over, or `*` is pressed."""
    leg.peer, other.peer = other, leg
    until = leg.exchange.now + limit
    try:
        while leg.peer is other and not other.is_over:
            event = yield Wait("talking", until)
            if isinstance(event, TimeUp) or (star_ends and event == Pressed("*")):
                break
            _pass_on(event, other)
    except Interrupt:
        part(leg)
        raise
    part(leg)


def follow(leg: Leg) -> Script[None]:
    """The following side: talk until the leading side lets go."""
    try:
        while not isinstance(event := (yield Wait("talking")), Parted):
            if leg.peer:
                _pass_on(event, leg.peer)
    except Interrupt:
        part(leg)
        raise


def part(leg: Leg) -> None:
    """Undo the bridge of `leg`, if there is one, and tell the other side."""
    other = leg.peer
    if other:
        leg.peer = other.peer = None
        other.deliver(Parted())


def _pass_on(event: Event, other: Leg) -> None:
    if isinstance(event, Spoke) and event.text:
        other.hears("talk", event.text)
    elif isinstance(event, Pressed):
        other.hears("talk", f"(tone {event.key})")
