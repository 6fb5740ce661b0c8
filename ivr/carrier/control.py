"""What the phone page and the terminal phone talk to: one snapshot of all phones, and one address per act."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from flask import Blueprint, Response, abort, current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from ivr.carrier import verbs
from ivr.carrier.directory import Directory
from ivr.carrier.exchange import Exchange
from ivr.carrier.leg import Leg
from ivr.carrier.phones import HABITS, Phone
from ivr.carrier.player import spoken_seconds
from ivr.carrier.rest import exchange

control = Blueprint("control", __name__, template_folder="templates", static_folder="static")

LINES, TEXTS, ALERTS, PHONES = 80, 50, 20, 40
STREAM_S, PING_S, SHORTEST_S = 600.0, 15.0, 0.1
KEYS = frozenset("0123456789*#")
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src 'self' data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)


class ActError(Exception):
    """An act that cannot be done now, with the reason in words."""


@control.after_request
def _headers(answer: Response) -> Response:
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers.setdefault("Cache-Control", "no-store")
    return answer


@control.errorhandler(ActError)
def _cannot(error: ActError) -> ResponseReturnValue:
    return jsonify(error=str(error)), 409


@control.get("/")
def page() -> ResponseReturnValue:
    """The phone page."""
    return render_template("phone.html")


@control.get("/healthz")
def health() -> ResponseReturnValue:
    """The process is up."""
    return jsonify(status="ok")


@control.get("/phone/directory")
def directory() -> ResponseReturnValue:
    """Residents, staff and hotline numbers to choose from."""
    found: Directory = current_app.extensions["directory"]
    return jsonify(found.public())


@control.get("/phone/state")
def state() -> ResponseReturnValue:
    """All phones now."""
    return jsonify(snapshot(exchange()))


@control.get("/phone/events")
def events() -> ResponseReturnValue:
    """The same, again whenever something changes (server-sent events)."""
    stream = _stream(exchange())
    return Response(stream, mimetype="text/event-stream", headers={"X-Accel-Buffering": "no"})


def _stream(watched: Exchange) -> Iterator[str]:
    ends, seen = time.monotonic() + STREAM_S, -1
    yield "retry: 1000\n\n"
    while time.monotonic() < ends:
        with watched.lock:
            if watched.version == seen:
                watched.moved.wait(PING_S)
            changed, seen = watched.version != seen, watched.version
            shot = snapshot(watched) if changed else None
        yield f"data: {json.dumps(shot, ensure_ascii=False)}\n\n" if shot else ": ping\n\n"
        time.sleep(SHORTEST_S)  # a burst of changes is one message


def snapshot(seen: Exchange) -> dict[str, Any]:
    """Every phone that was used, the newest use last, with what it hears and got; and what Twilio would refuse."""
    with seen.lock:
        used = sorted((p for p in seen.phones.values() if p.last_leg or p.texts), key=_last_used)
        alerts = [
            {"at": a.at, "code": a.code, "where": a.where, "text": a.text} for a in seen.alerts[-ALERTS:]
        ]
        return {
            "version": seen.version,
            "now": seen.now,
            "phones": [_phone(phone) for phone in used[-PHONES:]],
            "alerts": alerts,
        }


def _last_used(phone: Phone) -> float:
    called = phone.last_leg.created_at if phone.last_leg else 0.0
    return max(called, phone.texts[-1].at if phone.texts else 0.0)


def _phone(phone: Phone) -> dict[str, Any]:
    return {
        "number": phone.number,
        "habit": phone.habit,
        "ringing": bool(phone.leg and phone.leg.doing == "ringing"),
        "leg": _leg(phone.last_leg) if phone.last_leg else None,
        "texts": [
            {"at": text.at, "other": text.other, "body": text.body, "mine": text.mine}
            for text in phone.texts[-TEXTS:]
        ],
    }


def _leg(leg: Leg) -> dict[str, Any]:
    first = max(0, len(leg.lines) - LINES)
    return {
        "sid": leg.sid,
        "direction": leg.direction,
        "from": leg.from_,
        "to": leg.to,
        "status": leg.status,
        "doing": leg.doing,
        "until": leg.until,
        "answered_at": leg.answered_at,
        "ended_at": leg.ended_at,
        "lines": [
            {"n": first + n, "at": line.at, "kind": line.kind, "text": line.text, "language": line.language}
            for n, line in enumerate(leg.lines[first:])
        ],
    }


# Acts

Form = Mapping[str, Any]


def _dial(phone: Phone, form: Form) -> None:
    to = str(form.get("to", ""))
    if not verbs.E164.fullmatch(to):
        raise ActError("This is not a telephone number.")
    try:
        exchange().dial(phone.number, to)
    except ValueError as error:
        raise ActError("This phone is in a call.") from error


def _press(phone: Phone, form: Form) -> None:
    keys = str(form.get("keys", ""))
    if not keys or not set(keys) <= KEYS:
        raise ActError("Keys are 0 to 9, * and #.")
    phone.press(keys)


def _say(phone: Phone, form: Form) -> None:
    text = " ".join(str(form.get("text", "")).split())[:1000]
    seconds = form.get("seconds")
    phone.say(text, float(seconds) if isinstance(seconds, int | float) else spoken_seconds(text))


def _text(phone: Phone, form: Form) -> None:
    to, body = str(form.get("to", "")), str(form.get("body", ""))[:1600]
    if not verbs.E164.fullmatch(to) or not verbs.E164.fullmatch(phone.number) or not body.strip():
        raise ActError("A text needs two numbers and words.")
    exchange().messages.receive(phone.number, to, body)


def _habit(phone: Phone, form: Form) -> None:
    if form.get("habit") not in HABITS:
        raise ActError(f"A phone can be: {', '.join(HABITS)}.")
    phone.habit = str(form["habit"])
    exchange().changed()


ACTS: dict[str, Callable[[Phone, Form], None]] = {
    "dial": _dial,
    "press": _press,
    "say": _say,
    "text": _text,
    "habit": _habit,
    "answer": lambda phone, form: phone.answer(),
    "reject": lambda phone, form: phone.reject(),
    "hangup": lambda phone, form: phone.hang_up(),
}


@control.post("/phone/<act>")
def do(act: str) -> ResponseReturnValue:
    """Do `act` on the phone `number` of the JSON body; answers with the new snapshot.

    JSON alone is taken, and not from another site: a foreign page must not ring people.
    """
    if act not in ACTS:
        abort(404)
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        abort(403)
    form = request.get_json()
    number = str(form.get("number", "")) if isinstance(form, dict) else ""
    if not (verbs.E164.fullmatch(number) or number == "anonymous"):
        raise ActError("This is not a telephone number.")
    ACTS[act](exchange().phone(number), form)
    return jsonify(snapshot(exchange()))
