"""`hotline phone`: the phone page in a terminal. It talks to a running carrier over its control API.

`Terminal` knows commands and what to show; `run` reads the keyboard and follows the carrier.
"""

import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any, Protocol

import requests

POLL_S = 0.25
TIMEOUT_S = 10.0
HELP = """  1 2 3 * 0 #     press keys              say WORDS       say something
  call            ring the hotline again  hangup          put the phone down
  answer, reject  the phone that rings    as NAME         take another phone in hand
  text WORDS      text the hotline        phones          who has which phone
  help, quit"""


class Api(Protocol):
    """The carrier's control API."""

    def get(self, path: str) -> Any:
        """The JSON at `path`."""
        ...

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """What `path` answers to `body`; with the key `error` if it was refused."""
        ...


class HttpApi:
    """The control API of a carrier at `base_url`."""

    def __init__(self, base_url: str) -> None:
        self._base = base_url.rstrip("/")
        self._session = requests.Session()
        self._session.trust_env = False

    def get(self, path: str) -> Any:
        """See Api."""
        return self._session.get(self._base + path, timeout=TIMEOUT_S).json()

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """See Api."""
        return self._session.post(self._base + path, json=body, timeout=TIMEOUT_S).json()


class Terminal:
    """One person at a keyboard, with one phone in hand; sees also what the other phones do."""

    def __init__(self, api: Api, write: Callable[[str], None]) -> None:
        self._api, self._write = api, write
        self._book = api.get("/phone/directory")
        self._people = {
            p["phone"]: p for p in (*self._book["residents"], *self._book["staff"]) if p.get("phone")
        }
        self._seen: dict[str, tuple[str, int, str]] = {}  # number -> call, last line shown, state
        self._texts: dict[str, int] = {}
        self._ringing: list[str] = []
        self._guard = threading.Lock()
        self.number = ""
        self.is_done = False

    def start(self) -> None:
        """Show whom one can be; what was said before is not shown again."""
        with self._guard:
            self._take_in(self._api.get("/phone/state"), lambda line: None)
        for index, resident in enumerate(self._residents(), 1):
            about = " · ".join(filter(None, (resident.get("unit"), resident["language"] or "never asked")))
            self._write(f"{index:3}  {resident['name']}  {resident['phone']}  {about}")
        self._write("Who is calling? A line of the list, a telephone number, or `anonymous`.")

    def command(self, line: str) -> None:
        """Do what was typed."""
        line = line.strip()
        if not line:
            return
        if not self.number:
            self._choose(line)
            return
        name, _, rest = line.partition(" ")
        known: dict[str, Callable[[str], None]] = {
            "say": lambda words: self._act("say", text=words),
            "hangup": lambda _: self._act("hangup"),
            "call": self._call,
            "answer": self._answer,
            "reject": lambda _: self._act(
                "reject", number=self._ringing[-1] if self._ringing else self.number
            ),
            "as": self._switch,
            "text": lambda words: self._act("text", to=self._hotline(), body=words),
            "phones": lambda _: self._phones(),
            "help": lambda _: self._write(HELP),
            "quit": lambda _: self._quit(),
        }
        if set(line) <= set("0123456789*#"):
            self._act("press", keys=line)
        elif name in known:
            known[name](rest.strip())
        else:
            self._write(f"`{name}` is no command.\n{HELP}")

    def poll(self) -> None:
        """Show what has happened since the last time."""
        with self._guard:
            self._take_in(self._api.get("/phone/state"), self._write)

    # Who

    def _residents(self) -> list[dict[str, Any]]:
        return [one for one in self._book["residents"] if one.get("phone")]

    def _choose(self, line: str) -> None:
        residents = self._residents()
        if line.isdigit() and 1 <= int(line) <= len(residents):
            line = residents[int(line) - 1]["phone"]
        if not line.startswith("+") and line != "anonymous":
            self._write("That is nobody: a line of the list, or a number that begins with +.")
            return
        self.number = line
        self._call("")

    def _hotline(self) -> str:
        estates = self._book["estates"]
        mine = self._people.get(self.number, {}).get("estate")
        found = [estate["hotline"] for estate in estates if estate["code"] == mine] or [
            estate["hotline"] for estate in estates
        ]
        return str(found[0]) if found else ""

    def _name(self, number: str) -> str:
        return str(self._people.get(number, {}).get("name") or number)

    def _switch(self, wanted: str) -> None:
        for number in (wanted, *self._people):
            if (number == wanted and number.startswith("+")) or (wanted and wanted in self._name(number)):
                self.number = number
                self._write(f"You hold the phone of {self._name(number)}.")
                return
        self._write(f"Nobody is called {wanted}.")

    def _phones(self) -> None:
        for number, person in self._people.items():
            state = self._seen.get(number, ("", 0, "idle"))[2]
            hand = "*" if number == self.number else " "
            self._write(f"{hand} {number}  {person['name']}  {person.get('role') or 'resident'}  {state}")

    # Acts

    def _act(self, name: str, number: str = "", **more: Any) -> None:
        answer = self._api.post(f"/phone/{name}", {"number": number or self.number, **more})
        if "error" in answer:
            self._write(f"! {answer['error']}")
            return
        with self._guard:
            self._take_in(answer, self._write)

    def _call(self, to: str) -> None:
        self._act("dial", to=to or self._hotline())

    def _answer(self, _: str) -> None:
        if not self._ringing:
            self._write("No phone rings.")
            return
        self.number = self._ringing[-1]
        self._write(f"You hold the phone of {self._name(self.number)}.")
        self._act("answer")

    def _quit(self) -> None:
        self._act("hangup")
        self.is_done = True

    # What happens

    def _take_in(self, state: dict[str, Any], write: Callable[[str], None]) -> None:
        self._ringing = [phone["number"] for phone in state["phones"] if phone["ringing"]]
        for phone in state["phones"]:
            for line in self._news(phone):
                write(line)

    def _news(self, phone: dict[str, Any]) -> Iterable[str]:
        number, leg = phone["number"], phone["leg"]
        whose = "" if number == self.number else f"[{self._name(number)}] "
        if leg:
            sid, shown, before = self._seen.get(number, ("", -1, ""))
            if sid != leg["sid"]:
                shown, before = -1, ""
            for line in leg["lines"]:
                if line["n"] > shown:
                    yield f"{whose}{_line(line)}"
                    shown = line["n"]
            state = _state(leg, phone["ringing"])
            if state != before and state:
                yield f"{whose}— {state} —"
            self._seen[number] = (leg["sid"], shown, state)
        texts = [text for text in phone["texts"] if not text["mine"]]
        for text in texts[self._texts.get(number, 0) :]:
            yield f"{whose}✉ {text['other']}: {text['body']}"
        self._texts[number] = len(texts)


def _line(line: dict[str, Any]) -> str:
    tag = f" ({line['language']})" if line["language"] else ""
    mark = {"say": "🔊", "talk": "🗣", "play": "♪", "error": "!"}.get(line["kind"], "·")
    return f"{mark}{tag} {line['text']}"


def _state(leg: dict[str, Any], ringing: bool) -> str:
    if leg["doing"] == "ended":
        return f"call over: {leg['status']}"
    if ringing:
        return f"rings, from {leg['from']}: answer or reject"
    words = {"gathering": "your turn", "recording": "recording, say something", "talking": "connected"}
    return words.get(leg["doing"], "")


def run(base_url: str) -> int:
    """Talk to the carrier at `base_url` from this terminal until `quit` or end of input; 1 if it is not there."""

    def write(text: str) -> None:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()

    try:
        terminal = Terminal(HttpApi(base_url), write)
        terminal.start()
    except requests.RequestException:
        write(f"No carrier answers at {base_url}. Start it with `make run`.")
        return 1
    over = threading.Event()
    follower = threading.Thread(target=_follow, args=(terminal, over), daemon=True)
    follower.start()
    try:
        for line in sys.stdin:
            terminal.command(line)
            if terminal.is_done:
                break
    except KeyboardInterrupt:
        terminal.command("quit")
    except requests.RequestException:
        write("The carrier is gone.")
        return 1
    finally:
        over.set()
    return 0


def _follow(terminal: Terminal, over: threading.Event) -> None:
    while not over.wait(POLL_S):
        try:
            terminal.poll()
        except requests.RequestException:
            over.wait(2)
