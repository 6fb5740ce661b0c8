"""Who may do what: the roles behind each page, and the entry every page goes through.

`page` opens the one transaction of a request, knows the person, checks role and estates, and hands all of it to
the view as a `Visit`. A route without `page`, `endpoint` (console.api) or `public` is caught by a guard test.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from flask import Response, abort, current_app, g, redirect, request, session, url_for
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import selectinload

from console import i18n
from infra.database import Tx, is_race
from infra.runtime import Runtime
from routing.models import Seat
from tickets.actors import Actor
from tickets.models import Estate, Staff
from tickets.words import Role

EVERYONE = frozenset(Role)
SUPERVISING = frozenset({Role.SUPERVISOR, Role.MANAGER, Role.DIRECTOR, Role.ADMIN})
"""May act for others in their estates: seats, tickets, policies."""
OVERSEEING = SUPERVISING | {Role.LEAD}
"""See the wall, the calls and everybody's work."""
PHONING = frozenset({Role.AGENT, Role.LEAD, Role.SUPERVISOR, Role.MANAGER})
"""Ring residents back, so they see whole numbers of their own work; everybody else asks for one, on record."""
EVERYWHERE = frozenset({Role.ADMIN})
"""See every estate without being listed for each."""

PUBLIC = "public"
LOGIN_HOURS = 12

P = ParamSpec("P")
R = TypeVar("R")
View = Callable[P, R]


@dataclass(frozen=True)
class Who:
    """The person as plain values, which an error page can show after the transaction is gone."""

    login: str
    name: str
    role: Role
    has_seat: bool


@dataclass
class Visit:
    """One request of one person: the transaction, the clock read once, and what the person may see."""

    runtime: Runtime
    tx: Tx
    staff: Staff
    seat: Seat | None
    now: datetime
    who: Who = field(init=False)

    def __post_init__(self) -> None:
        staff = self.staff
        self.who = Who(staff.login, staff.name, Role(staff.role), self.seat is not None)

    @property
    def role(self) -> Role:
        """The person's role."""
        return self.who.role

    @property
    def actor(self) -> Actor:
        """The person as the author of a change."""
        return Actor.staff(self.staff)

    @cached_property
    def estates(self) -> list[Estate]:
        """The estates this person may see, by code."""
        return estates_of(self.tx, self.staff)

    @cached_property
    def estate_ids(self) -> frozenset[int]:
        """Ids of `estates`; everything else "does not exist" for this person."""
        return frozenset(estate.id for estate in self.estates)

    @cached_property
    def zone(self) -> ZoneInfo:
        """The time zone of the person's first estate, for what belongs to no single estate."""
        return ZoneInfo(self.estates[0].timezone if self.estates else "UTC")

    @property
    def is_overseeing(self) -> bool:
        """Whether the person sees everybody's work."""
        return self.role in OVERSEEING

    @property
    def is_supervising(self) -> bool:
        """Whether the person may act for others."""
        return self.role in SUPERVISING

    def sees(self, estate_id: int | None) -> bool:
        """Whether something of this estate exists for the person; None belongs to the whole company."""
        return estate_id is None or estate_id in self.estate_ids


def estates_of(tx: Tx, staff: Staff) -> list[Estate]:
    """Return the estates that `staff` may see, by code."""
    if Role(staff.role) in EVERYWHERE:
        return list(tx.scalars(select(Estate).order_by(Estate.code)))
    return list(staff.estates)


def runtime_here() -> Runtime:
    """Return the runtime that this application was installed with."""
    runtime: Runtime = current_app.extensions["hotline"]
    return runtime


def public(view: View[P, R]) -> View[P, R]:
    """Mark a route that needs nobody to be logged in."""
    view.access = PUBLIC  # type: ignore[attr-defined]
    return view


def page(*roles: Role) -> Callable[[Callable[Concatenate[Visit, P], Any]], Callable[P, Any]]:
    """Make a view a page for people of `roles` (none named: everybody logged in).

    The view gets a `Visit` first and runs inside its transaction, which commits when it returns; a race for a
    unique row runs it once more. A view that waits on the network returns a function, which is called after the
    commit and gives the answer. Somebody not logged in is sent to the log-in, another role gets 403.
    """
    allowed = frozenset(roles) or EVERYONE

    def decorate(view: Callable[Concatenate[Visit, P], Any]) -> Callable[P, Any]:
        @wraps(view)
        def entry(*args: P.args, **kwargs: P.kwargs) -> Any:
            try:
                return _visit(view, allowed, *args, **kwargs)
            except DBAPIError as error:
                if not is_race(error):
                    raise
                return _visit(view, allowed, *args, **kwargs)

        entry.access = allowed  # type: ignore[attr-defined]
        return entry

    return decorate


def _visit(view: Callable[..., Any], allowed: frozenset[Role], *args: Any, **kwargs: Any) -> Any:
    runtime = runtime_here()
    with runtime.transaction() as tx:
        found = _logged_in(tx)
        if found is None:
            return _to_login()
        visit = Visit(runtime, tx, *found, runtime.clock.now())
        g.visit = visit
        i18n.speak(visit.staff.language)
        if visit.role not in allowed:
            abort(403)
        answer = view(visit, *args, **kwargs)
        if not callable(answer) or isinstance(answer, Response):
            return current_app.make_response(answer)
    return answer()


def _logged_in(tx: Tx) -> tuple[Staff, Seat | None] | None:
    """Return the person behind the session cookie with the seat; None when it is absent, stale, or the
    password has changed since."""
    staff_id = session.get("staff")
    if not isinstance(staff_id, int):
        return None
    query = select(Staff, Seat).outerjoin(Seat, Seat.staff_id == Staff.id).where(Staff.id == staff_id)
    found = tx.execute(query.options(selectinload(Staff.estates))).one_or_none()
    if found is None or not found[0].is_active or session.get("stamp") != stamp_of(found[0]):
        session.clear()
        return None
    return found[0], found[1]


def stamp_of(staff: Staff) -> str:
    """Return the part of the password hash that a session carries: a new password ends old sessions."""
    return staff.password_hash[-12:]


def _to_login() -> Response:
    """Send to the log-in page; a part of a page that htmx asked for makes the whole page go there."""
    if request.headers.get("HX-Request"):
        here = request.headers.get("HX-Current-URL", "")
        path = here.split("://", 1)[-1].partition("/")[2]
        answer = Response(status=401)
        answer.headers["HX-Redirect"] = url_for("login.form", next=f"/{path}")
        return answer
    target = request.full_path.rstrip("?") if request.method == "GET" else "/"
    return redirect(url_for("login.form", next=target))  # type: ignore[return-value]
