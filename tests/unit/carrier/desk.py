"""A tiny product for the carrier's own tests: pages of TwiML by path, and a note of what was asked."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, request
from twilio.request_validator import RequestValidator

from ivr.carrier.caller import Caller

SID, TOKEN = "AC" + "0" * 32, "12345"
PUBLIC = "https://desk.example"
HOTLINE, RESIDENT, LEAD, GUARD = "+886225550100", "+886912000001", "+886912000002", "+886912000003"
START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)

Page = str | tuple[str, str] | Callable[[dict[str, str]], Any]


class Desk:
    """Pages by path (a body inside `<Response>`, or a function of the form), and every request in `asked`."""

    def __init__(self, pages: dict[str, Page]) -> None:
        self.pages = pages
        self.public_url = PUBLIC
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.headers: list[dict[str, str]] = []
        self.app = Flask("desk")
        self.app.add_url_rule("/<path:path>", "page", self._page, methods=["GET", "POST"])

    def _page(self, path: str) -> Any:
        form = request.form.to_dict()
        url = self.public_url + request.full_path.rstrip("?")
        signature = request.headers.get("X-Twilio-Signature", "")
        assert RequestValidator(TOKEN).validate(url, request.form, signature), f"bad signature for {url}"
        self.asked.append(("/" + path, form | request.args.to_dict()))
        self.headers.append(dict(request.headers))
        page = self.pages.get("/" + path, "")
        answer = page(form | request.args.to_dict()) if callable(page) else page
        if isinstance(answer, str):
            return Response(f"<Response>{answer}</Response>", mimetype="text/xml")
        return answer

    def caller(self, **told: Any) -> Caller:
        """Somebody with a phone, on a carrier around this desk."""
        told = {"owned": [HOTLINE], "now": START} | told
        return Caller(self.app, account_sid=SID, auth_token=TOKEN, public_url=PUBLIC, **told)

    def dialled(self, page: Page, **more: Page) -> Caller:
        """A caller who hears `page` at /ivr/voice; `more` pages by name (`next` is /next)."""
        self.pages |= {"/ivr/voice": page} | {f"/{name}": more[name] for name in more}
        return self.caller().dial(RESIDENT, HOTLINE)

    def forms(self, path: str) -> list[dict[str, str]]:
        """What was sent to `path`, in order."""
        return [form for asked, form in self.asked if asked == path]

    def paths(self) -> list[str]:
        """The paths asked for, in order."""
        return [path for path, _ in self.asked]
