"""Log-in, log-out, and what a person sets for themselves: language and colours."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, session, url_for
from sqlalchemy import select

from console import i18n, throttle
from console.access import LOGIN_HOURS, Visit, page, public, runtime_here, stamp_of
from console.i18n import gettext as _
from console.i18n import ngettext
from console.passwords import verify_password
from infra.database import Tx
from tickets.models import Staff
from tickets.words import Role

bp = Blueprint("login", __name__)

THEMES = ("auto", "light", "dark")
THEME_COOKIE = "hotline_theme"
YEAR_S = 365 * 86400
# Where each role's work is.
LANDING = {
    Role.AGENT: "desk.desk",
    Role.LEAD: "desk.desk",
    Role.SUPERVISOR: "wall.wall",
    Role.MANAGER: "wall.wall",
    Role.DIRECTOR: "wall.wall",
    Role.SECURITY: "escalations.escalations",
    Role.ADMIN: "wall.wall",
}


@bp.get("/login")
@public
def form() -> str:
    """Show the log-in form."""
    return _form()


@bp.post("/login")
@public
def log_in() -> Any:
    """Check login and password, and start a session."""
    runtime = runtime_here()
    i18n.speak(i18n.guess_language())
    login, password = request.form.get("login", "").strip(), request.form.get("password", "")
    address = request.remote_addr or ""
    if wait := throttle.minutes_to_wait(runtime.valkey, login, address):
        return _form(login, _too_many(wait)), 429
    with runtime.transaction() as tx:
        staff = _find_active(tx, login)
    # The hash takes its time, so it is compared outside of the transaction.
    if not verify_password(staff.password_hash if staff else None, password) or staff is None:
        throttle.count_failure(runtime.valkey, login, address)
        return _form(login, _("Login or password is not right.")), 401
    throttle.forgive(runtime.valkey, login)
    session.clear()
    session.permanent = True
    session.update(staff=staff.id, stamp=stamp_of(staff))
    return redirect(_own_path(request.form.get("next", "")) or url_for("login.home"))


@bp.post("/logout")
@public
def log_out() -> Any:
    """End the session."""
    session.clear()
    return redirect(url_for("login.form"))


@bp.get("/")
@page()
def home(visit: Visit) -> Any:
    """Lead everybody to where their work is."""
    return redirect(url_for(LANDING[visit.role]))


@bp.post("/me/language")
@page()
def set_language(visit: Visit) -> Any:
    """Keep the language of the screens with the person."""
    tag = request.form.get("language", "")
    if tag in i18n.LANGUAGES:
        visit.staff.language = tag
    return _remember(i18n.COOKIE, visit.staff.language)


@bp.post("/language")
@public
def set_language_before_login() -> Any:
    """Keep the language of the log-in page in the browser."""
    tag = request.form.get("language", "")
    return _remember(i18n.COOKIE, tag if tag in i18n.LANGUAGES else i18n.DEFAULT)


@bp.post("/me/theme")
@page()
def set_theme(visit: Visit) -> Any:
    """Keep light, dark or the system's own colours in the browser."""
    theme = request.form.get("theme", "")
    return _remember(THEME_COOKIE, theme if theme in THEMES else THEMES[0])


def theme() -> str:
    """Return the colours chosen in this browser."""
    chosen = request.cookies.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else THEMES[0]


def session_lifetime() -> timedelta:
    """Return how long a log-in lasts: one shift, with room for a long one."""
    return timedelta(hours=LOGIN_HOURS)


def _form(login: str = "", error: str = "") -> str:
    i18n.speak(i18n.guess_language())
    next_path = _own_path(request.values.get("next", ""))
    return render_template("login.html", login=login, error=error, next=next_path)


def _find_active(tx: Tx, login: str) -> Staff | None:
    if "\x00" in login:
        return None
    return tx.scalars(select(Staff).where(Staff.login == login, Staff.is_active.is_(True))).one_or_none()


def _too_many(minutes: int) -> str:
    text = ngettext(
        "Too many wrong passwords. Try again in {minutes} minute.",
        "Too many wrong passwords. Try again in {minutes} minutes.",
        minutes,
    )
    return text.format(minutes=minutes)


def _own_path(target: str) -> str:
    """Return `target` if it is a path of this site, else nothing: never send anybody elsewhere."""
    is_path = target.startswith("/") and not target.startswith("//") and "\\" not in target
    return target if is_path and target.isprintable() else ""


def _remember(cookie: str, value: str) -> Response:
    back = request.referrer or ""
    path = "/" + back.split("://", 1)[-1].partition("/")[2]
    answer = make_response(redirect(_own_path(path) or "/"))
    answer.set_cookie(cookie, value, max_age=YEAR_S, samesite="Lax", httponly=True, secure=request.is_secure)
    return answer
