"""The REST API of 2010-04-01, as far as a hotline uses it: account, calls and messages.

Queues, conferences and recordings are in rest_rooms.py. Made for the real `twilio` client.
"""

import hmac
from collections.abc import Iterable
from datetime import UTC, datetime

from flask import Blueprint, Response, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from ivr.carrier import rest_errors as errors
from ivr.carrier.callbacks import API_VERSION
from ivr.carrier.events import Target
from ivr.carrier.exchange import Exchange
from ivr.carrier.leg import Leg, Plan
from ivr.carrier.messages import Message
from ivr.carrier.rest_errors import RestError
from ivr.carrier.rest_shapes import Shapes
from ivr.carrier.verbs import SID

PREFIX = f"/{API_VERSION}/Accounts"
accounts = Blueprint("accounts", __name__, url_prefix=PREFIX)  # holds `api` once rest_rooms.py has filled it
api = Blueprint("api", __name__, url_prefix="/<account>")


def exchange() -> Exchange:
    """The exchange this application serves."""
    found: Exchange = current_app.extensions["exchange"]
    return found


def shapes() -> Shapes:
    """Its resources as JSON."""
    return Shapes(exchange())


@accounts.url_value_preprocessor
def _drop_account(endpoint: str | None, values: dict[str, str] | None) -> None:
    if values is not None:
        values.pop("account", None)


@accounts.before_request
def _guard() -> None:
    """Account SID and token by basic authentication; then whatever failure a test has asked for."""
    told, given = exchange().settings, request.authorization
    if given is None or not (
        hmac.compare_digest((given.username or "").encode(), told.account_sid.encode())
        and hmac.compare_digest((given.password or "").encode(), told.auth_token.encode())
    ):
        raise RestError(20003, 401)
    account = request.path.split("/")[3].removesuffix(".json")
    if account != told.account_sid:
        raise errors.not_found()
    if exchange().refusals:
        raise exchange().refusals.popleft()


@accounts.errorhandler(RestError)
def refused(error: RestError) -> ResponseReturnValue:
    """The error in Twilio's form."""
    answer = jsonify(error.body())
    answer.status_code = error.status
    if error.status == 401:
        answer.headers["WWW-Authenticate"] = 'Basic realm="Twilio API"'
    return answer


@accounts.get("/<account>.json")
def account() -> ResponseReturnValue:
    """The account."""
    return jsonify(shapes().account())


@api.get("/IncomingPhoneNumbers.json")
def numbers() -> ResponseReturnValue:
    """The account's numbers."""
    wanted = request.args.get("PhoneNumber")
    found = [n for n in sorted(exchange().settings.owned_numbers()) if wanted in (None, n)]
    return listed("incoming_phone_numbers", "IncomingPhoneNumbers", found, shapes().number)


def listed(name: str, path: str, things: Iterable[object], shape: object) -> Response:
    """A page of a list, as asked for in the query."""
    query = request.args.to_dict()
    if not all(query.get(key, "0").isdigit() for key in ("Page", "PageSize")):
        raise RestError(20001, text="Page and PageSize must be whole numbers")
    return jsonify(shapes().page(name, path, things, shape, query))  # type: ignore[arg-type]


# Calls


def find_call(sid: str) -> Leg:
    """The call with this SID; RestError if there is none."""
    leg = exchange().calls.get(sid)
    if leg is None:
        raise errors.not_found()
    return leg


@api.post("/Calls.json")
def create_call() -> ResponseReturnValue:
    """Ring a number and run a document when it answers."""
    form = request.form
    from_, to = form.get("From", ""), form.get("To", "")
    errors.check_call_numbers(exchange(), from_, to)
    document = errors.document_of(form)
    if document is None:
        raise RestError(21205)
    with exchange().lock:
        leg = exchange().place(from_, to, plan_of(document))
        return jsonify(shapes().call(leg)), 201


def plan_of(document: Target) -> Plan:
    """The rest of what a new call is asked to do, from the form."""
    form = request.form
    fallback = form.get("FallbackUrl", "")
    later = form.get("AsyncAmd") == "true"
    told = form.get("AsyncAmdStatusCallback", "")
    detect = form.get("MachineDetection", "")
    if len(form.get("SendDigits", "")) > 32 or len(form.get("CallReason", "")) > 50:
        raise RestError(20001, text="SendDigits has at most 32, CallReason at most 50 characters")
    if detect not in ("", "Enable", "DetectMessageEnd"):
        raise RestError(20001, text="MachineDetection is Enable or DetectMessageEnd")
    return Plan(
        document=document,
        fallback=Target(errors.absolute(fallback), errors.method(form, "FallbackMethod"))
        if fallback
        else None,
        progress=errors.progress_of(form, form.getlist("StatusCallbackEvent")),
        ring_s=float(errors.whole(form, "Timeout", 60, 1, 600)),
        send_digits=form.get("SendDigits", ""),
        machine_detection="" if later and not told else detect,
        amd_callback=Target(errors.absolute(told)) if later and told else None,
        record=form.get("Record") == "true",
        time_limit_s=float(errors.whole(form, "TimeLimit", 14400, 1, 14400)),
    )


@api.get("/Calls.json")
def list_calls() -> ResponseReturnValue:
    """Calls, newest first, by To, From, Status, ParentCallSid and StartTime."""
    asked = request.args
    found = [
        leg
        for leg in list(exchange().calls.values())
        if asked.get("To") in (None, "", leg.to)
        and asked.get("From") in (None, "", leg.from_)
        and asked.get("Status") in (None, "", leg.status)
        and asked.get("ParentCallSid") in (None, "", leg.plan.parent and leg.plan.parent.sid)
        and within(leg.answered_at, "StartTime")
    ]
    return listed("calls", "Calls", reversed(found), shapes().call)


def within(at: float | None, name: str) -> bool:
    """Whether an instant passes the filters `name`, `name<` and `name>` (dates or RFC 3339 times, inclusive)."""
    for sign in ("", "<", ">"):
        given = request.args.get(name + sign)
        if not given:
            continue
        limit = _instant(given)
        day = 86400 if len(given) == 10 else 1
        if at is None or (sign != "<" and at < limit) or (sign != ">" and at >= limit + day):
            return False
    return True


def _instant(text: str) -> float:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()
    except ValueError as error:
        raise RestError(20001, text=f"{text} is not a date") from error


@api.get("/Calls/<sid>.json")
def get_call(sid: str) -> ResponseReturnValue:
    """One call."""
    return jsonify(shapes().call(find_call(sid)))


@api.post("/Calls/<sid>.json")
def update_call(sid: str) -> ResponseReturnValue:
    """Hang up, cancel, or send the call to another document."""
    leg, form = find_call(sid), request.form
    document, status = errors.document_of(form), form.get("Status", "")
    if status not in ("", "completed", "canceled"):
        raise RestError(20001, text="Status is canceled or completed")
    if form.get("StatusCallback"):
        leg.plan.progress = errors.progress_of(form, form.getlist("StatusCallbackEvent"))
    if leg.is_over and (document or status):
        raise RestError(21220, text="Call is not in-progress. Cannot redirect.")
    if document:
        if leg.status != "in-progress":
            raise RestError(21220)
        exchange().redirect(leg, document)
    elif status:
        exchange().end(leg, cancel=status == "canceled")
    return jsonify(shapes().call(leg))


# Messages


@api.post("/Messages.json")
def create_message() -> ResponseReturnValue:
    """Send a text message."""
    form = request.form
    from_, to, body = form.get("From", ""), form.get("To", ""), form.get("Body", "")
    media, service = tuple(form.getlist("MediaUrl")), form.get("MessagingServiceSid", "")
    errors.check_message(exchange(), from_, to, body, bool(media), service)
    if len(media) > 10:
        raise RestError(20001, text="at most 10 media")
    callback = form.get("StatusCallback", "")
    message = exchange().messages.new(from_ or _any_number(), to, body, "outbound-api", media)
    message.callback = Target(errors.absolute(callback, 21609)) if callback else None
    message.service_sid = service
    exchange().messages.send(message)
    return jsonify(shapes().message(message)), 201


def _any_number() -> str:
    """A messaging service sends from one of its numbers."""
    return next(iter(sorted(exchange().settings.owned_numbers())), "")


@api.get("/Messages.json")
def list_messages() -> ResponseReturnValue:
    """Messages, newest first, by To, From and DateSent."""
    asked = request.args
    found = [
        message
        for message in list(exchange().messages.sent.values())
        if asked.get("To") in (None, "", message.to)
        and asked.get("From") in (None, "", message.from_)
        and within(message.sent_at, "DateSent")
    ]
    return listed("messages", "Messages", reversed(found), shapes().message)


def _find_message(sid: str) -> Message:
    message = exchange().messages.sent.get(sid)
    if message is None or not SID.fullmatch(sid):
        raise errors.not_found()
    return message


@api.get("/Messages/<sid>.json")
def get_message(sid: str) -> ResponseReturnValue:
    """One message."""
    return jsonify(shapes().message(_find_message(sid)))


@api.post("/Messages/<sid>.json")
def update_message(sid: str) -> ResponseReturnValue:
    """Blank the body, or cancel a message that has not left."""
    message = _find_message(sid)
    if request.form.get("Body") == "":
        message.body = ""
    if request.form.get("Status") == "canceled" and message.status in ("queued", "scheduled", "accepted"):
        message.status = "canceled"
    return jsonify(shapes().message(message))


@api.delete("/Messages/<sid>.json")
def delete_message(sid: str) -> ResponseReturnValue:
    """Forget a message."""
    del exchange().messages.sent[_find_message(sid).sid]
    return "", 204
