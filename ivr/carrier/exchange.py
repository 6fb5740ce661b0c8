"""The exchange: every call, phone, message, queue, conference and recording, and the loop that moves them.

State changes one step at a time under one lock; webhooks are fetched with the lock released, because the
product may call our REST API while it answers one.
"""

import secrets
import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from urllib.parse import urljoin

from ivr.carrier import dialling, listening, lives, web
from ivr.carrier.callbacks import API_VERSION, Callbacks
from ivr.carrier.conference import Room
from ivr.carrier.courier import Courier
from ivr.carrier.events import Moved, Reply, Target
from ivr.carrier.leg import FINAL, Leg, Plan, Progress
from ivr.carrier.messages import Messages
from ivr.carrier.phones import Phone
from ivr.carrier.recordings import Recording
from ivr.carrier.timeline import Timeline
from ivr.carrier.waiting import Queue
from ivr.carrier.web import Ask, FetchFailedError

MAX_ALERTS = 1000
MAX_ASKED = 10_000


@dataclass(frozen=True)
class Settings:
    """What the carrier is told of the product. Paths are resolved against `public_url`."""

    account_sid: str
    auth_token: str
    public_url: str
    carrier_url: str = "http://127.0.0.1:8002"
    voice_path: str = "/ivr/voice"
    fallback_path: str = ""
    status_path: str = "/ivr/status"
    sms_path: str = "/ivr/sms"
    calls_per_second: float = 1.0
    owned_numbers: Callable[[], Iterable[str]] = tuple

    def url(self, path: str) -> str:
        """A full URL of the product."""
        return urljoin(self.public_url.rstrip("/") + "/", path.lstrip("/"))


@dataclass(frozen=True)
class Alert:
    """Something Twilio would refuse or fail on: shown on the page, and it fails the tests."""

    code: int
    where: str
    text: str
    call_sid: str = ""
    at: float = 0.0

    def __str__(self) -> str:
        return f"{self.code} {self.where}: {self.text}"


@dataclass
class Exchange:
    """One telephone network around one product."""

    settings: Settings
    courier: Courier
    timeline: Timeline
    calls: dict[str, Leg] = field(default_factory=dict)
    phones: dict[str, Phone] = field(default_factory=dict)
    recordings: dict[str, Recording] = field(default_factory=dict)
    queues: dict[str, Queue] = field(default_factory=dict)
    rooms: dict[str, Room] = field(default_factory=dict)
    alerts: list[Alert] = field(default_factory=list)
    asked: deque[Ask] = field(default_factory=lambda: deque(maxlen=MAX_ASKED))  # what was sent to the product
    refusals: deque[Exception] = field(default_factory=deque)  # raised by the next REST requests, in turn
    version: int = 0

    def __post_init__(self) -> None:
        self.callbacks = Callbacks(self)
        self.messages = Messages(self)
        self.lock = threading.RLock()
        self.moved = threading.Condition(self.lock)
        self._jobs: deque[Callable[[], None]] = deque()
        self._running = False
        self._next_start = 0.0

    @property
    def now(self) -> float:
        """Seconds since the epoch, by the timeline."""
        return self.timeline.now

    # The loop

    def later(self, job: Callable[[], None]) -> None:
        """Do `job` after what is being done now; at once if nothing is."""
        with self.lock:
            self._jobs.append(job)
        self._run()

    def advance(self, to: float) -> None:
        """Move time to `to` (seconds since the epoch), doing in order all that falls due."""
        while True:
            with self.lock:
                timer = self.timeline.step(to)
            if timer is None:
                return
            self.later(timer.act)

    def _run(self) -> None:
        with self.lock:
            if self._running:
                return
            self._running = True
        try:
            while self._one():
                pass
        except BaseException:
            with self.lock:
                self._running = False
            raise

    def _one(self) -> bool:
        with self.lock:
            if not self._jobs:
                self._running = False
                return False
            self._jobs.popleft()()
        self.courier.go()  # webhooks leave here, without the lock
        return True

    def changed(self) -> None:
        """Something visible has changed: wake those who watch."""
        with self.lock:
            self.version += 1
            self.moved.notify_all()

    # Webhooks

    def fetch(self, ask: Ask, then: Callable[[Reply], None]) -> None:
        """Ask the product for a document; `then` gets what came of it."""
        self.courier.carry(lambda: then(self._ask(ask)))

    def tell(self, lane: str, ask: Ask) -> None:
        """Inform the product; requests of one lane keep their order, failures are noted."""
        self.courier.carry(lambda: self._told(ask), lane)

    def post(self, lane: str, target: Target, params: dict[str, str]) -> None:
        """Inform `target` with exactly `params`."""
        self.tell(lane, Ask(target.url, target.method, tuple(params.items())))

    def repeat(self, ask: Ask, *, same_token: bool = True) -> Reply:
        """Send a request of `asked` once more, as a late or doubled delivery; nothing is played."""
        return self._ask(ask if same_token else replace(ask, token=secrets.token_hex(16)), log=False)

    def _ask(self, ask: Ask, *, log: bool = True) -> Reply:
        if log:
            self.asked.append(ask)
        try:
            return Reply(web.fetch(self.courier.transport, self.settings.auth_token, ask))
        except FetchFailedError as error:
            return Reply(error=error)

    def _told(self, ask: Ask) -> None:
        reply = self._ask(ask)
        if reply.error:
            self.alert(reply.error.code, ask.url, reply.error.text)

    def alert(self, code: int, where: str, text: str, leg: Leg | None = None) -> None:
        """Note what Twilio would have refused."""
        with self.lock:
            self.alerts.append(Alert(code, where, text, leg.sid if leg else "", self.now))
            del self.alerts[:-MAX_ALERTS]
        if leg:
            leg.hears("error", f"{code} {text}")

    # Names and numbers

    def new_sid(self, prefix: str) -> str:
        """A fresh SID: two letters and 32 hexadecimal digits."""
        return prefix + secrets.token_hex(16)

    def api_url(self, path: str) -> str:
        """The URL of a REST resource of ours."""
        return f"{self.settings.carrier_url}/{API_VERSION}/Accounts/{self.settings.account_sid}/{path}"

    def owns(self, number: str) -> bool:
        """Whether `number` is one of the account's; with no list every number is."""
        owned = set(self.settings.owned_numbers())
        return not owned or number in owned

    def may_show(self, caller_id: str, leg: Leg) -> bool:
        """Whether `leg` may dial with this caller ID: ours, or on an incoming call the caller's own."""
        return self.owns(caller_id) or (leg.direction == "inbound" and caller_id == leg.from_)

    def phone(self, number: str) -> Phone:
        """The phone of `number`, there from the first time it is asked for."""
        with self.lock:
            return self.phones.setdefault(number, Phone(number))

    def queue(self, name: str) -> Queue:
        """The queue of that name, made on first use."""
        if name not in self.queues:
            self.queues[name] = Queue(self.new_sid("QU"), name, self.now)
        return self.queues[name]

    def conference(self, name: str) -> Room:
        """The conference of that name that is not over, or a new one."""
        for room in self.rooms.values():
            if room.name == name and room.status != "completed":
                return room
        made = Room(self, self.new_sid("CF"), name, self.now)
        self.rooms[made.sid] = made
        return made

    # Calls

    def new_leg(self, from_: str, to: str, direction: str, plan: Plan, phone: Phone | None = None) -> Leg:
        """A leg that does nothing yet; at the phone of `to` unless another is named."""
        with self.lock:
            phone = phone or self.phone(to)
            leg = Leg(self, self.new_sid("CA"), from_, to, direction, phone, plan, created_at=self.now)
            self.calls[leg.sid] = leg
            return leg

    def dial(self, from_: str, to: str, shown: str = "") -> Leg:
        """The phone `from_` dials one of our numbers, showing `shown` if that differs ("anonymous", a forgery).

        ValueError if that phone is in a call.
        """
        told = self.settings
        fallback = Target(told.url(told.fallback_path)) if told.fallback_path else None
        progress = Progress(told.url(told.status_path)) if told.status_path else None
        plan = Plan(document=Target(told.url(told.voice_path)), fallback=fallback, progress=progress)
        with self.lock:
            phone = self.phone(from_)
            if phone.leg:
                raise ValueError(f"{from_} is in a call")
            leg = self.new_leg(shown or from_, to, "inbound", plan, phone)
            phone.takes(leg)
        leg.run(lives.incoming(leg))
        return leg

    def place(self, from_: str, to: str, plan: Plan) -> Leg:
        """A call by REST: queued until its turn, so many a second, then rung."""
        with self.lock:
            leg = self.new_leg(from_, to, "outbound-api", plan)
            start = max(self.now, self._next_start)
            self._next_start = start + 1 / self.settings.calls_per_second
        self.later(lambda: self._start(leg, start))
        return leg

    def _start(self, leg: Leg, start: float) -> None:
        def begin() -> None:
            if not leg.is_over:
                leg.run(lives.by_rest(leg))

        if start <= self.now:
            begin()
        else:
            self.timeline.at(start, begin)

    def end(self, leg: Leg, *, cancel: bool = False) -> None:
        """End a call by REST. Cancelling one that is still queued tells nobody."""
        with self.lock:
            if leg.status == "queued":
                leg.plan.progress = None
                leg.finish("canceled")
            elif not leg.is_over and not (cancel and leg.status == "in-progress"):
                leg.hang_up()

    def redirect(self, leg: Leg, target: Target) -> None:
        """Send a call in progress to another document."""
        leg.interrupt(Moved(target))

    def live(self) -> list[Leg]:
        """Calls that are not over."""
        return [leg for leg in self.calls.values() if leg.status not in FINAL]


# The verbs register themselves when their modules are loaded.
VERB_MODULES = (dialling, listening)
