"""The telephone side on the web: every URL that the provider asks for. Signature first, then the use case.

A request without a valid signature gets 403, an empty body, and leaves one log line with a count; nothing behind it
is touched. An accepted one is always answered with valid TwiML, whatever happens inside: this is the one place that
catches broadly.
"""

import logging
from collections.abc import Callable
from functools import partial
from itertools import count

from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from infra.runtime import Runtime
from ivr import calling_back, endings, hold, news, whispers
from ivr.calls import make_line
from ivr.hook import Hook
from ivr.sms import Texting
from ivr.webhooks.signature import SignatureCheck

log = logging.getLogger(__name__)

XML = "text/xml; charset=utf-8"


def create_blueprint(runtime: Runtime) -> Blueprint:
    """The telephone URLs under `/ivr`, for this runtime."""
    blueprint = Blueprint("ivr", __name__, url_prefix="/ivr")
    check = SignatureCheck(runtime.config.twilio_auth_token, runtime.config.web_url)
    blueprint.before_request(_refuser(check))
    line = make_line(runtime)
    texting = Texting(runtime, line.book, line.router)
    for path, turn in (
        ("/voice", line.incoming),
        ("/step", line.step),
        ("/wait", line.wait),
        ("/connect", line.connect),
        ("/whisper", partial(whispers.whisper, line)),
        ("/accept", partial(whispers.accept, line)),
        ("/tell", partial(whispers.tell, line)),
        ("/acknowledge", partial(whispers.acknowledge, line)),
        ("/news", partial(news.spoken, line)),
        ("/callback", partial(calling_back.hello, line)),
        ("/callback-answer", partial(calling_back.answered, line)),
    ):
        _route(blueprint, path, _speaking(turn, line.fallback.apology))
    _route(blueprint, "/sms", _speaking(texting.incoming, texting.apology))
    _route(blueprint, "/status", _told(partial(endings.on_status, line)))
    _route(blueprint, "/callback-status", _told(partial(calling_back.on_status, line)))
    _route(blueprint, "/recording", _told(partial(endings.on_recording, line)))
    _route(blueprint, "/transcription", _told(partial(endings.on_transcription, line)))
    _route(blueprint, "/sms-status", _told(texting.status))
    blueprint.add_url_rule("/hold.wav", "hold", _music, methods=["GET"])
    return blueprint


def _music() -> Response:
    """The sound of waiting: no secret, so nothing is signed, and the provider may keep it."""
    sound = Response(hold.music(), mimetype="audio/wav")
    sound.set_etag(hold.etag())
    sound.headers["Cache-Control"] = "public, max-age=86400"
    sound.make_conditional(request)
    return sound


def _route(blueprint: Blueprint, path: str, view: Callable[[], Response]) -> None:
    blueprint.add_url_rule(path, path.strip("/"), view, methods=["POST"], strict_slashes=False)


def _refuser(check: SignatureCheck) -> Callable[[], Response | None]:
    refused = count(1)

    def refuse() -> Response | None:
        """Answer 403 unless the signature fits; the log line names parameters, never values."""
        if request.endpoint == "ivr.hold":  # the music is nobody's secret
            return None
        query = request.query_string.decode("latin-1")
        target = f"{request.path}?{query}" if query else request.path
        try:
            if check.accepts(target, request.form, request.headers.get("X-Twilio-Signature", "")):
                return None
            names = sorted(set(request.form))[:40]
        except HTTPException:  # a body that is no form, or too large for one
            names = []
        log.warning(
            "bad signature", extra={"path": request.path, "count": next(refused), "parameters": names}
        )
        return Response(status=403)

    return refuse


def _hook() -> Hook:
    token = request.headers.get("I-Twilio-Idempotency-Token", "")
    return Hook.of(request.path, request.args.to_dict(), request.form.to_dict(), token)


def _speaking(turn: Callable[[Hook], str], apology: Callable[[Hook], str]) -> Callable[[], Response]:
    def view() -> Response:
        hook = _hook()
        try:
            document = turn(hook)
        except Exception:
            log.exception("turn failed", extra={"path": hook.path, "call_sid": hook.call_sid})
            document = apology(hook)
        return Response(document, content_type=XML)

    return view


def _told(note: Callable[[Hook], None]) -> Callable[[], Response]:
    """A callback whose answer nobody reads; a lost one is found again by the sweep."""

    def view() -> Response:
        hook = _hook()
        try:
            note(hook)
        except Exception:
            log.exception("callback failed", extra={"path": hook.path, "call_sid": hook.call_sid})
        return Response(status=204)

    return view
