"""The phones outside: who owns a number, what they do when it rings, and the texts they got."""

from collections.abc import Callable
from dataclasses import dataclass, field

from ivr.carrier.events import PickedUp, Pressed, Refused, Spoke
from ivr.carrier.leg import Leg
from ivr.carrier.timeline import Timer

# What a phone does by itself when it rings. By hand: somebody answers or rejects it, or it rings out.
HABITS = ("hand", "answers", "voicemail", "busy", "unreachable")
ANSWERS_AFTER_S = 3.0
VOICEMAIL_AFTER_S = 15.0
VOICEMAIL_LISTENS_S = 30.0


@dataclass(frozen=True)
class Text:
    """A text message seen from the phone: `mine` were sent by its owner."""

    at: float
    other: str
    body: str
    mine: bool = False
    media: tuple[str, ...] = ()


@dataclass
class Phone:
    """One number. It holds at most one call: a second one finds it busy."""

    number: str
    leg: Leg | None = None
    last_leg: Leg | None = None
    habit: str = "hand"
    texts: list[Text] = field(default_factory=list)
    takes_texts: bool = True
    _timer: Timer | None = None

    def takes(self, leg: Leg) -> None:
        """This phone is now in the call `leg`."""
        self.leg = self.last_leg = leg

    def released(self, leg: Leg) -> None:
        """`leg` is over."""
        if self.leg is leg:
            self.leg = None
        if self._timer:
            self._timer.cancel()

    def ring(self, leg: Leg) -> None:
        """Ring for `leg` and do what the habit says."""
        if self.leg is not None or self.habit == "busy":
            leg.deliver(Refused("busy"))
            return
        if self.habit == "unreachable":
            leg.deliver(Refused("failed"))
            return
        self.takes(leg)
        if self.habit == "answers":
            self._in(leg, ANSWERS_AFTER_S, lambda: leg.deliver(PickedUp()))
        elif self.habit == "voicemail":
            self._in(leg, VOICEMAIL_AFTER_S, lambda: self._machine(leg))

    def answer(self) -> None:
        """Pick up; nothing if it does not ring."""
        if self.leg:
            self.leg.deliver(PickedUp())

    def reject(self) -> None:
        """Refuse the ringing call: the caller finds it busy."""
        if self.leg:
            self.leg.deliver(Refused("busy"))

    def press(self, keys: str) -> None:
        """Press keys one after another."""
        for key in keys if self.leg else "":
            self.leg.deliver(Pressed(key))  # type: ignore[union-attr]

    def say(self, text: str, seconds: float) -> None:
        """Say something that takes `seconds`."""
        if self.leg:
            self.leg.deliver(Spoke(text, seconds))

    def hang_up(self) -> None:
        """Put the phone down."""
        if self.leg:
            self.leg.hang_up()

    def _machine(self, leg: Leg) -> None:
        leg.deliver(PickedUp(machine=True))
        # A machine presses nothing; it talks, records for a while and hangs up.
        greeting = "You have reached my voicemail. Please leave a message after the tone."
        self._in(leg, 1.0, lambda: leg.deliver(Spoke(greeting, 5.0)))
        leg.exchange.timeline.at(leg.exchange.now + VOICEMAIL_LISTENS_S, leg.hang_up)

    def _in(self, leg: Leg, seconds: float, act: Callable[[], None]) -> None:
        self._timer = leg.exchange.timeline.at(leg.exchange.now + seconds, act)
