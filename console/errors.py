"""How refusals and faults are answered on pages: a whole page, or a notice for a part that htmx asked for.

The JSON API answers its own (`console.api.problems`).
"""

import logging
from typing import Any

from flask import Flask, g, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from console import i18n
from console.api import problems
from console.i18n import N_
from console.i18n import gettext as _
from console.refusals import explain, status_of
from infra.database import is_disconnect
from tickets.errors import Refused

log = logging.getLogger(__name__)

TITLES = {
    400: N_("That request was not understood"),
    401: N_("Please log in"),
    403: N_("This is not for your role"),
    404: N_("There is nothing here"),
    405: N_("That request was not understood"),
    409: N_("That did not work"),
    413: N_("That is too large"),
    422: N_("Something is missing or wrong"),
    429: N_("Too many tries"),
    500: N_("Something went wrong on our side"),
    503: N_("The store is away"),
}
HINTS = {
    403: N_("Ask your supervisor if you need it."),
    404: N_("It does not exist, or it belongs to another estate."),
    500: N_("It was written down. Nothing of what you did was saved; please try again."),
    503: N_("Calls are still answered. This page comes back by itself as soon as the store does."),
}


def install(app: Flask) -> None:
    """Answer every error of a page in the language of the person."""
    app.register_error_handler(CSRFError, _on_csrf)
    app.register_error_handler(HTTPException, _on_http)
    app.register_error_handler(Refused, _on_refused)
    app.register_error_handler(SQLAlchemyError, _on_store)
    app.register_error_handler(Exception, _on_fault)


def _on_csrf(error: CSRFError) -> Any:
    return _answer(400, _("The page was open for too long. Load it again and repeat the last step."))


def _on_http(error: HTTPException) -> Any:
    if request.path.startswith("/api/"):
        return problems.of_exception(
            error
        )  # no route was found, so the blueprint's own handler was not asked
    if error.response is not None:
        return error.response
    return _answer(error.code or 500)


def _on_refused(refusal: Refused) -> Any:
    return _answer(status_of(refusal), explain(refusal))


def _on_store(error: SQLAlchemyError) -> Any:
    log.exception("store error on a page", extra={"path": request.path})
    return _answer(503 if is_disconnect(error) else 500)


def _on_fault(error: Exception) -> Any:
    log.exception("page failed", extra={"path": request.path})
    return _answer(500)


def _answer(status: int, detail: str = "") -> Any:
    if "language" not in g:
        i18n.speak(i18n.guess_language())
    title = _(TITLES.get(status, TITLES[500]))
    detail = detail or (_(HINTS[status]) if status in HINTS else "")
    if request.headers.get("HX-Request"):
        # A part of a page: the notice goes to its place at the top, the part stays as it was.
        # Parts that listen for "refused" draw themselves anew: what was refused may be gone.
        headers = {"HX-Retarget": "#notices", "HX-Reswap": "innerHTML", "HX-Trigger": "refused"}
        return render_template("partials/notice.html", text=detail or title, tone="bad"), status, headers
    return render_template("error.html", status=status, title=title, detail=detail), status
