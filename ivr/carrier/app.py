"""The carrier's web application: REST API, phone page and control API around one exchange."""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from ivr.carrier.courier import ThreadedCourier
from ivr.carrier.exchange import Exchange, Settings
from ivr.carrier.rest import PREFIX, refused
from ivr.carrier.rest_errors import RestError
from ivr.carrier.rest_rooms import accounts
from ivr.carrier.timeline import Timeline
from ivr.carrier.web import HttpTransport

TICK_S = 0.05
Directory = Mapping[str, Any]


def make_live_exchange(settings: Settings, web_url: str) -> Exchange:
    """An exchange in real time that reaches the product over HTTP; `start_clock` makes it tick."""
    transport = HttpTransport(settings.public_url, web_url)
    return Exchange(settings, ThreadedCourier(transport), Timeline(time.time()))


def create_carrier(exchange: Exchange, directory: Callable[[], Directory] = dict) -> Flask:
    """The application around `exchange`. `directory` has the shape of `hotline demo-info --json`.

    It is asked whenever the page is drawn, so it may answer `{}` while the product still starts.
    """
    app = Flask("ivr.carrier", static_folder="static", template_folder="templates")
    app.extensions["exchange"] = exchange
    app.extensions["directory"] = directory
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.register_blueprint(accounts)
    app.register_error_handler(HTTPException, _http_error)
    return app


def _http_error(error: HTTPException) -> ResponseReturnValue:
    """Under the API even an unknown path or method is answered in Twilio's form."""
    if not request.path.startswith(PREFIX):
        return error
    return refused(RestError(20004 if error.code == 405 else 20404, error.code or 404))


def start_clock(exchange: Exchange) -> threading.Thread:
    """Let the exchange follow the wall clock from now on, in a thread (a greenlet under gevent)."""

    def tick() -> None:
        while True:
            exchange.advance(time.time())
            time.sleep(TICK_S)

    thread = threading.Thread(target=tick, name="carrier-clock", daemon=True)
    thread.start()
    return thread
