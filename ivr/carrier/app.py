"""The carrier's web application: REST API, phone page and control API around one exchange."""

import logging
import threading
import time

from flask import Flask, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from ivr.carrier.control import control
from ivr.carrier.courier import ThreadedCourier
from ivr.carrier.directory import Directory, Source
from ivr.carrier.exchange import Exchange, Settings
from ivr.carrier.rest import PREFIX, refused
from ivr.carrier.rest_errors import RestError
from ivr.carrier.rest_rooms import accounts
from ivr.carrier.timeline import Timeline
from ivr.carrier.web import HttpTransport

log = logging.getLogger(__name__)

TICK_S = 0.05


def create_carrier(exchange: Exchange, source: Source = dict) -> Flask:
    """The application around `exchange`. `source` answers in the shape of `hotline demo-info --json`."""
    app = Flask("ivr.carrier", static_folder=None)
    app.extensions["exchange"] = exchange
    app.extensions["directory"] = Directory(source)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.register_blueprint(accounts)
    app.register_blueprint(control)
    app.register_error_handler(HTTPException, _http_error)
    return app


def live_carrier(
    *,
    account_sid: str,
    auth_token: str,
    public_url: str,
    web_url: str,
    carrier_url: str,
    source: Source = dict,
) -> Flask:
    """The application of the process `hotline carrier`: real time, the product reached over HTTP at `web_url`.

    `public_url` is what the product signs and writes in its TwiML; what begins with it is sent to `web_url`.
    Call it in the serving process: it starts the clock's thread.
    """
    directory = Directory(source)
    settings = Settings(
        account_sid, auth_token, public_url, carrier_url=carrier_url, owned_numbers=directory.hotlines
    )
    courier = ThreadedCourier(HttpTransport(public_url, web_url))
    exchange = Exchange(settings, courier, Timeline(time.time()))
    start_clock(exchange)
    return create_carrier(exchange, directory.read)


def _http_error(error: HTTPException) -> ResponseReturnValue:
    """Under the API even an unknown path or method is answered in Twilio's form."""
    if not request.path.startswith(PREFIX):
        return error
    return refused(RestError(20004 if error.code == 405 else 20404, error.code or 404))


def start_clock(exchange: Exchange) -> threading.Thread:
    """Let the exchange follow the wall clock from now on, in a thread (a greenlet under gevent)."""

    def tick() -> None:
        while True:
            try:
                exchange.advance(time.time())
            except Exception:  # one broken call must not stop the time of all others
                log.exception("call failed")
            time.sleep(TICK_S)

    thread = threading.Thread(target=tick, name="carrier-clock", daemon=True)
    thread.start()
    return thread
