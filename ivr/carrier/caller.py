"""A person with a phone, for tests and benchmarks: dials, hears, presses, speaks, waits, hangs up.

    caller = Caller(app, account_sid=SID, auth_token=TOKEN, public_url="https://desk.example")
    caller.dial("+886912345678", "+886225550100").hears("welcome").press("2").hears("repair")

Time is made, not waited for. After each act the line runs on until it is the person's turn again: then
everything said meanwhile has been heard. Whatever Twilio would refuse fails the act with the reason.
"""

import time
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any, Self

from ivr.carrier.courier import Courier
from ivr.carrier.doubled import DoubledTransport
from ivr.carrier.exchange import Exchange, Settings
from ivr.carrier.leg import Leg, Line
from ivr.carrier.phones import Phone, Text
from ivr.carrier.player import spoken_seconds
from ivr.carrier.timeline import Timeline
from ivr.carrier.web import HttpTransport, Transport, WsgiTransport

# What the person can answer to, or cannot hurry: time stops here until the next act.
TURNS = frozenset({"gathering", "recording", "dialling", "talking", "ringing", "ended", "queued"})
PATIENCE_S = 300.0
HOLD_S = 10.0


def make_exchange(
    target: Any,
    *,
    account_sid: str,
    auth_token: str,
    public_url: str = "",
    owned: Collection[str] = (),
    now: datetime | None = None,
    on_time: Callable[[datetime], None] | None = None,
    doubled: bool = False,
    **paths: Any,
) -> Exchange:
    """An exchange around `target`: a WSGI application, or the base URL where the product listens.

    `public_url` is what the product believes its address to be (signatures are made over it). `now` is where
    time starts, `on_time` is told each new instant (to move a fake clock along). `doubled`: each request is sent
    twice, see `DoubledTransport`. `paths`: see Settings.
    """
    over_http = isinstance(target, str)
    public = public_url or (target if over_http else "http://localhost")
    transport: Transport = HttpTransport(public, target) if over_http else WsgiTransport(target)
    if doubled:
        transport = DoubledTransport(transport)
    settings = Settings(account_sid, auth_token, public, owned_numbers=lambda: tuple(owned), **paths)
    return Exchange(
        settings, Courier(transport), Timeline(now.timestamp() if now else time.time(), on_move=on_time)
    )


class Caller:
    """One person. `someone(number)` is another on the same network, to be rung or to ring."""

    def __init__(
        self, target: Any = None, *, exchange: Exchange | None = None, number: str = "", **told: Any
    ) -> None:
        self.exchange = exchange or make_exchange(target, **told)
        self.number = number
        self.allows: set[int] = set()
        self._from_line = 0
        self._alerts_seen = len(self.exchange.alerts)

    def someone(self, number: str) -> "Caller":
        """Another person, with the phone `number`."""
        return Caller(exchange=self.exchange, number=number)

    # Acts

    def dial(self, from_: str, to: str, shown: str = "") -> Self:
        """Ring `to` from the phone `from_` and listen; `shown`: the caller ID, if not the phone's own number."""
        self.number, self._from_line = from_, 0
        self.exchange.dial(from_, to, shown)
        return self._settle()

    def press(self, keys: str) -> Self:
        """Press keys, as quickly as one can."""
        self._begin()
        self.phone.press(keys)
        return self._settle()

    def says(self, text: str, seconds: float | None = None) -> Self:
        """Say something, into a recogniser, a recording, or to the person at the other end."""
        self._begin()
        self.phone.say(text, spoken_seconds(text) if seconds is None else seconds)
        return self._settle(past="recording")

    def records(self, seconds: float, text: str = "(voice)") -> Self:
        """Speak for `seconds` after the beep, then fall silent until the recording ends."""
        assert self.leg.doing == "recording", f"nothing is being recorded: {self.leg.doing}"
        return self.says(text, seconds)

    def waits(self, seconds: float | None = None) -> Self:
        """Do nothing: for `seconds`, or until the line gives up waiting for input and goes on."""
        self._begin()
        if seconds is not None:
            self.exchange.advance(self.exchange.now + seconds)
            return self._settle()
        return self._settle(after=self.leg.turn)

    def hangs_up(self) -> Self:
        """Put the phone down."""
        self._begin()
        self.phone.hang_up()
        return self._settle()

    def answers(self) -> Self:
        """Pick up the ringing phone and listen."""
        assert self.is_rung, f"{self.number} does not ring"
        self._from_line = 0
        self.phone.answer()
        return self._settle()

    def rejects(self) -> Self:
        """Refuse the ringing call."""
        assert self.is_rung, f"{self.number} does not ring"
        self.phone.reject()
        return self._settle()

    def texts(self, to: str, body: str, media: tuple[str, ...] = ()) -> Self:
        """Send a text message and wait for the answers."""
        self.exchange.messages.receive(self.number, to, body, media)
        self.exchange.advance(self.exchange.now + 2)
        return self._checked()

    # What is heard

    def hears(self, *parts: str) -> Self:
        """Fail unless each part was heard since the last act (letter case and blanks do not matter)."""
        heard = _plain(self.heard)
        for part in parts:
            assert _plain(part) in heard, f"did not hear {part!r}, but:\n  " + "\n  ".join(self.heard_lines)
        return self

    def does_not_hear(self, *parts: str) -> Self:
        """Fail if one of the parts was heard since the last act."""
        heard = _plain(self.heard)
        for part in parts:
            assert _plain(part) not in heard, f"heard {part!r}:\n  " + "\n  ".join(self.heard_lines)
        return self

    @property
    def heard(self) -> str:
        """Everything said since the last act."""
        return " ".join(self.heard_lines)

    @property
    def heard_lines(self) -> list[str]:
        """The same, sentence by sentence."""
        return [line.text for line in self.lines if line.kind in ("say", "talk", "play")]

    @property
    def lines(self) -> list[Line]:
        """All that came over the line since the last act, with language and voice."""
        return self.leg.lines[self._from_line :]

    @property
    def languages(self) -> set[str]:
        """The languages (Twilio's codes) heard since the last act."""
        return {line.language for line in self.lines if line.kind == "say"}

    @property
    def messages(self) -> list[Text]:
        """The texts that this phone has received, oldest first."""
        return [text for text in self.phone.texts if not text.mine]

    # State

    @property
    def phone(self) -> Phone:
        """The phone in this person's hand."""
        return self.exchange.phone(self.number)

    @property
    def leg(self) -> Leg:
        """The call this person is or was last in."""
        leg = self.phone.last_leg
        assert leg, f"{self.number} has not been in a call"
        return leg

    @property
    def call_sid(self) -> str:
        """Twilio's id of the call."""
        return self.leg.sid

    @property
    def status(self) -> str:
        """Twilio's status of the call."""
        return self.leg.status

    @property
    def is_over(self) -> bool:
        """Whether the call has ended."""
        return self.leg.is_over

    @property
    def is_rung(self) -> bool:
        """Whether this phone is ringing now."""
        return bool(self.phone.leg and self.phone.leg.doing == "ringing")

    def talks_with(self, other: "Caller") -> bool:
        """Whether these two are connected now."""
        return self.leg.peer is other.leg and not self.is_over

    # How time passes

    def settles(self) -> Self:
        """Let the line run on until it is this person's turn, after somebody else acted."""
        return self._settle()

    def _begin(self) -> None:
        self._from_line = len(self.leg.lines) if self.phone.last_leg else 0

    def _settle(self, past: str = "", after: int = -1) -> Self:
        """Run until it is the person's turn: a later one than `after`, and not while the leg is at `past`."""
        limit, rounds = self.exchange.now + PATIENCE_S, self._rounds()
        self.exchange.advance(self.exchange.now)
        while not self._is_turn(past, after, rounds):
            due = self.exchange.timeline.next_due()
            if due is None or due > limit:
                break
            self.exchange.advance(due)
        return self._checked()

    def _rounds(self) -> int:
        return self.phone.last_leg.rounds if self.phone.last_leg else 0

    def _is_turn(self, past: str, after: int, rounds: int) -> bool:
        leg = self.phone.last_leg
        if leg is None or leg.is_over:
            return True
        if leg.turn <= after or leg.doing == past:
            return False
        waits_for_nothing = leg.doing == "waiting" and leg.until is None
        return leg.doing in TURNS or leg.rounds > rounds or waits_for_nothing or self._is_on_hold(leg)

    def _is_on_hold(self, leg: Leg) -> bool:
        """In a queue or conference, with nothing but music or a long pause to come."""
        idle = leg.doing == "pausing" or (leg.doing == "hearing" and leg.lines[-1].kind == "play")
        return leg.place is not None and idle and (leg.until or 0) - self.exchange.now >= HOLD_S

    def _checked(self) -> Self:
        new = self.exchange.alerts[self._alerts_seen :]
        self._alerts_seen = len(self.exchange.alerts)
        wrong = [str(alert) for alert in new if alert.code not in self.allows]
        assert not wrong, "Twilio would refuse this:\n  " + "\n  ".join(wrong)
        return self


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
