"""The life of a seat: what its agent declares, its wrap-up, and the signs of life of its page.

Who may declare for whom is the console's to check. Neither duty roster nor shift keeps a seat from taking work.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import or_, select

from infra.database import Tx
from routing import colleagues, offers
from routing.errors import WrapUpNotExtended
from routing.models import Assignment, BreakReason, Reservation, Seat, SeatSkill
from routing.part import Part, change_declared, record
from routing.pools import LEVELS
from routing.seats import DECLARED, WRAP_UP, is_connected, is_wrapping_up
from tickets.actors import Actor
from tickets.duty import rosters
from tickets.errors import FieldError, NotFound
from tickets.models import StaffEstate, Ticket
from tickets.words import Role, SeatState


class SeatLife(Part):
    """Declared states, wrap-up and connection."""

    def set_state(
        self, tx: Tx, seat: Seat, state: str, reason: str | None, actor: Actor, *, now: datetime
    ) -> Seat:
        """Declare `state`: available, on_break (with a reason of the estate's list) or offline.

        Available ends a wrap-up. On break or offline loses an open offer at once to the next seat; work already
        accepted stays, and what is held at the end of duty is written into the seat's history. Returns the seat,
        locked. Raises FieldError.
        """
        declared = _declared(state)
        if declared is SeatState.ON_BREAK:
            reason = _checked_reason(tx, seat, reason)
        seat, offer, ticket = _lock_with_offer(tx, seat.id)
        if declared is SeatState.AVAILABLE:
            self._come(tx, seat, actor, now)
        else:
            self._go(tx, seat, declared, (reason or "").strip() or None, actor, now)
            if offer is not None and ticket is not None:
                self._lose_offer(tx, offer, ticket, str(declared), actor, now)
        seat.seen_at = None  # watched again from the next sign of life of a page
        self.tell(tx, (f"seat:{seat.id}", "wall"), event="state", seat=seat.id, declared=str(declared))
        return seat

    def extend_wrap_up(self, tx: Tx, seat: Seat, actor: Actor, *, now: datetime) -> datetime:
        """Lengthen the running wrap-up once; returns its new end. Raises WrapUpNotExtended."""
        locked = _locked(tx, seat.id)
        if locked.wrap_up_until is None or not is_wrapping_up(locked.wrap_up_until, now):
            raise WrapUpNotExtended("There is no wrap-up to extend.")
        if locked.wrap_up_extended:
            raise WrapUpNotExtended("The wrap-up has been extended already.")
        locked.wrap_up_until += WRAP_UP
        locked.wrap_up_extended = 1
        record(tx, locked, "wrap_up_extended", actor, now=now, until=locked.wrap_up_until.isoformat())
        self.tell(tx, (f"seat:{seat.id}", "wall"), event="wrap_up", seat=seat.id)
        return locked.wrap_up_until

    def end_wrap_ups(self, now: datetime) -> int:
        """Open the seats whose wrap-up is over at `now`; returns how many. Several processes may do it at once."""
        with self.runtime.transaction() as tx:
            over = select(Seat).where(Seat.wrap_up_until <= now).order_by(Seat.id)
            seats = tx.scalars(over.with_for_update(of=Seat, key_share=True, skip_locked=True)).all()
            for seat in seats:
                # Idle counts from the end itself, not from when somebody looked at the clock.
                end_wrap_up(tx, seat, Actor.SYSTEM, now=seat.wrap_up_until or now)
                self._reopen(tx, seat, now)
                self.tell(tx, (f"seat:{seat.id}", "wall"), event="wrap_up_ended", seat=seat.id)
        return len(seats)

    def seen(self, tx: Tx, seat_id: int, *, now: datetime) -> None:
        """The seat's page gave a sign of life; one that had been silent for too long takes work again."""
        seat = _locked(tx, seat_id)
        was_connected = is_connected(seat.seen_at, now)
        seat.seen_at = now
        if not was_connected:
            record(tx, seat, "connected", Actor.SYSTEM, now=now)
            self._reopen(tx, seat, now)

    def lose_silent(self, tx: Tx, seat_id: int, *, now: datetime) -> None:
        """Close a seat whose page has been silent for too long; its open offer goes to the next seat."""
        seat, offer, ticket = _lock_with_offer(tx, seat_id)
        if seat.state != SeatState.AVAILABLE or is_connected(seat.seen_at, now):
            return
        record(tx, seat, "disconnected", Actor.SYSTEM, now=now)
        self.afterwards(tx, now, lambda round_: round_.seat_closed(seat_id))
        if offer is not None and ticket is not None:
            self._lose_offer(tx, offer, ticket, "disconnected", Actor.SYSTEM, now)
        self.tell(tx, (f"seat:{seat_id}", "wall"), event="disconnected", seat=seat_id)

    def set_skills(
        self, tx: Tx, seat_id: int, skills: Mapping[str, int], languages: Mapping[str, int], *, now: datetime
    ) -> None:
        """Say what a seat can take: level 1 to 5 by queue and by language. Raises FieldError, NotFound."""
        for code, level in (*skills.items(), *languages.items()):
            if level not in LEVELS:
                raise FieldError(code, f"A level is a whole number from 1 to 5, not {level}.")
        seat = _locked(tx, seat_id)
        wanted = {("queue", code): level for code, level in skills.items()}
        wanted |= {("language", code): level for code, level in languages.items()}
        for skill in list(seat.skills):
            if (skill.kind, skill.code) in wanted:
                skill.level = wanted.pop((skill.kind, skill.code))
            else:
                seat.skills.remove(skill)
        seat.skills += [
            SeatSkill(kind=kind, code=code, level=level) for (kind, code), level in wanted.items()
        ]
        tx.flush()
        self.seat_changed(tx, seat_id, now=now)

    def seat_changed(self, tx: Tx, seat_id: int, *, now: datetime) -> None:
        """After the commit, let the index read a seat again: its skills, estates or capacity were edited."""
        tx.after_commit(lambda: colleagues.forget(self.runtime))
        self.afterwards(tx, now, lambda round_: round_.tell_seat(seat_id))

    def _come(self, tx: Tx, seat: Seat, actor: Actor, now: datetime) -> None:
        if seat.state != SeatState.AVAILABLE:
            seat.is_off_roster = _is_off_roster(tx, seat, now)
            mark = {"off_roster": True} if seat.is_off_roster else {}
            change_declared(tx, seat, SeatState.AVAILABLE, None, actor, now=now, **mark)
            seat.idle_since = now
        end_wrap_up(tx, seat, actor, now=now)
        seat.misses = 0
        seat.seen_at = None
        self._reopen(tx, seat, now)

    def _go(
        self, tx: Tx, seat: Seat, declared: SeatState, reason: str | None, actor: Actor, now: datetime
    ) -> None:
        end_wrap_up(tx, seat, actor, now=now)
        if (seat.state, seat.reason) != (declared, reason):
            held = _numbers_held(tx, seat.id) if declared is SeatState.OFFLINE else []
            change_declared(tx, seat, declared, reason, actor, now=now, still_held=held)
        seat_id = seat.id
        self.afterwards(tx, now, lambda round_: round_.seat_closed(seat_id))

    def _lose_offer(
        self, tx: Tx, offer: Reservation, ticket: Ticket, reason: str, actor: Actor, now: datetime
    ) -> None:
        if offers.withdraw(tx, offer, ticket, reason, actor, now=now):
            # Closing the seat has put the ticket back already, unless the index did not know of the offer.
            self.afterwards(tx, now, lambda round_: round_.tell_ticket(ticket.id))
            tx.after_commit(lambda: offers.tell_pages(self.runtime, "withdrawn", offer, ticket))

    def _reopen(self, tx: Tx, seat: Seat, now: datetime) -> None:
        tx.flush()
        view = self.facts.seat(tx, seat.id, now)
        if view is not None and view.is_open:
            self.afterwards(tx, now, lambda round_: round_.seat_opened(view))


def begin_wrap_up(tx: Tx, seat: Seat, actor: Actor, *, now: datetime) -> None:
    """Give a locked seat its time after a contact; it runs on the server and ends by itself."""
    seat.wrap_up_until = now + WRAP_UP
    seat.wrap_up_extended = 0
    record(tx, seat, "wrap_up", actor, now=now, until=seat.wrap_up_until.isoformat())


def end_wrap_up(tx: Tx, seat: Seat, actor: Actor, *, now: datetime) -> None:
    """End the wrap-up of a locked seat, if there is one; it is idle from now."""
    if seat.wrap_up_until is None:
        return
    seat.wrap_up_until = None
    seat.wrap_up_extended = 0
    seat.idle_since = now
    record(tx, seat, "wrap_up_ended", actor, now=now)


def break_reasons(tx: Tx, seat: Seat) -> list[BreakReason]:
    """The reasons that this seat may give for a break: everybody's and those of its estates, in their order."""
    own = select(StaffEstate.estate_id).where(StaffEstate.staff_id == seat.staff_id)
    listed = or_(BreakReason.estate_id.is_(None), BreakReason.estate_id.in_(own))
    return list(tx.scalars(select(BreakReason).where(listed).order_by(BreakReason.sort, BreakReason.id)))


def _is_off_roster(tx: Tx, seat: Seat, now: datetime) -> bool:
    """Whether no roster of the agent's estates has them on duty now; an estate without a roster has everybody."""
    person = seat.staff
    books = rosters(tx, [estate.id for estate in person.estates]).values()
    roles = {person.role, Role.AGENT}
    on_duty = {holder.id for book in books for role in roles for holder in book.holders(role, now)}
    return person.id not in on_duty


def _declared(state: str) -> SeatState:
    if state not in DECLARED:
        raise FieldError("state", f"A seat is set to one of: {', '.join(sorted(DECLARED))}.")
    return SeatState(state)


def _checked_reason(tx: Tx, seat: Seat, reason: str | None) -> str:
    codes = [known.code for known in break_reasons(tx, seat)]
    if reason not in codes:
        raise FieldError("reason", f"A break needs a reason of the list: {', '.join(codes)}.")
    return str(reason)


def _locked(tx: Tx, seat_id: int) -> Seat:
    seat = offers.lock_seat(tx, seat_id)
    if seat is None:
        raise NotFound("seat", seat_id)
    return seat


def _lock_with_offer(tx: Tx, seat_id: int) -> tuple[Seat, Reservation | None, Ticket | None]:
    """A seat and its open offer, all rows locked: the ticket of the offer first, like everywhere.

    An offer that is made between the look and the lock sends us back once more; the savepoint lets go of the
    seat meanwhile.
    """
    while True:
        seen = offers.pending_of_seat(tx, seat_id)
        savepoint = tx.begin_nested()
        ticket = offers.lock_ticket(tx, seen.ticket_id) if seen else None
        seat = _locked(tx, seat_id)
        offer = offers.pending_of_seat(tx, seat_id)
        if offer is None or (seen is not None and offer.id == seen.id):
            savepoint.commit()
            return seat, offer, ticket
        savepoint.rollback()


def _numbers_held(tx: Tx, seat_id: int) -> list[str]:
    held = select(Ticket.number).join(Assignment, Assignment.ticket_id == Ticket.id)
    return list(
        tx.scalars(
            held.where(Assignment.seat_id == seat_id, Assignment.ended_at.is_(None)).order_by(Ticket.id)
        )
    )
