"""A product and a carrier as they run in the demo: two HTTP servers in real time."""

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from ivr.carrier.app import live_carrier
from tests.unit.carrier.desk import HOTLINE, LEAD, RESIDENT, SID, TOKEN, Desk

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# Without a browser the page's test is left out, unless the run says that it must not be.
collect_ignore = [] if CHROMIUM or os.environ.get("HOTLINE_NEED_BROWSER") else ["test_carrier_browser.py"]

COMPANY = {
    "estates": [{"code": "lake", "name": "Lakeside", "hotline": HOTLINE}],
    "residents": [
        {"name": "May Chen", "phone": RESIDENT, "language": "en", "estate": "lake", "unit": "3-12A"}
    ],
    "staff": [{"name": "Lin Lead", "role": "lead", "phone": LEAD, "estates": ["lake"]}],
    "duty": [{"phone": LEAD}],
}


def serve(app: Flask) -> Any:
    """A server on a free port, in a thread."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def until(reached: Callable[[], Any], seconds: float = 15.0) -> Any:
    """What `reached` gives once it is true; AssertionError when `seconds` are over."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        found = reached()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError("not reached in time")


class Live:
    """Both servers, and where they are."""

    def __init__(self) -> None:
        self.desk = Desk({})
        product = serve(self.desk.app)
        self.product_url = f"http://127.0.0.1:{product.server_port}"
        self.desk.public_url = self.product_url
        carrier = serve(Flask("not yet"))  # its port must be known before it is made
        self.carrier_url = f"http://127.0.0.1:{carrier.server_port}"
        made = live_carrier(
            account_sid=SID,
            auth_token=TOKEN,
            public_url=self.product_url,
            web_url=self.product_url,
            carrier_url=self.carrier_url,
            source=lambda: COMPANY,
        )
        carrier.app = made
        self.exchange = made.extensions["exchange"]
        self._servers = [product, carrier]

    def stop(self) -> None:
        """Stop both."""
        for server in self._servers:
            server.shutdown()
            server.server_close()


@pytest.fixture
def live() -> Iterator[Live]:
    """The product's pages can be set on `live.desk`."""
    made = Live()
    yield made
    made.stop()
