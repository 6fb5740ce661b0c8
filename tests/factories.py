"""One plain function per noun: makes a valid row in `tx`, flushed, never committed. Say only what matters."""

from datetime import UTC, date, datetime, timedelta
from itertools import count

from sqlalchemy import select

from infra.database import Tx
from routing.models import Reservation, Seat, SeatSkill
from tickets.models import (
    Building,
    Category,
    DutySlot,
    Estate,
    Queue,
    Residency,
    Resident,
    ResidentPhone,
    Staff,
    StaffEstate,
    Ticket,
    Unit,
)
from tickets.opening import NewTicket, open_ticket
from tickets.setup import install_defaults, install_estate
from tickets.words import Role, SeatState, Source, TicketState

NOW = datetime(2027, 1, 6, 2, 0, tzinfo=UTC)  # a Wednesday, 10:00 in Taipei
EVERY_DAY = 0b111_1111
_next = count(1)


def make_estate(tx: Tx, code: str | None = None, **values: object) -> Estate:
    """An estate in Taipei with four languages and a hotline number of its own."""
    n = next(_next)
    code = code or f"E{n}"
    defaults: dict[str, object] = {
        "name": f"Garden {code}",
        "hotline_e164": f"+88622700{n:04d}",
        "timezone": "Asia/Taipei",
        "language": "zh-TW",
        "languages": ["zh-TW", "yue", "en", "zh-CN"],
    }
    estate = Estate(code=code, **(defaults | values))
    tx.add(estate)
    tx.flush()
    return estate


def make_company(tx: Tx, **values: object) -> Estate:
    """The defaults of a company, and one estate with its own copies of the policies."""
    install_defaults(tx, now=NOW)
    estate = make_estate(tx, **values)  # type: ignore[arg-type]
    install_estate(tx, estate, now=NOW)
    return estate


def make_unit(tx: Tx, estate: Estate, building: str = "3", floor: int = 12, door: str = "A") -> Unit:
    """A dwelling; the building is made on first use."""
    found = select(Building).where(Building.estate_id == estate.id, Building.code == building)
    home = tx.execute(found).scalar_one_or_none() or Building(estate=estate, code=building)
    unit = Unit(building=home, code=f"{floor}{door}", floor=floor, door=door)
    tx.add(unit)
    tx.flush()
    return unit


def make_resident(
    tx: Tx, unit: Unit | None = None, phone: str | None = None, language: str | None = None, **values: object
) -> Resident:
    """A resident with one number, living in `unit` if one is given."""
    n = next(_next)
    resident = Resident(language=language, created_at=NOW, **({"name": f"Resident {n}"} | values))
    resident.phones.append(ResidentPhone(e164=phone or f"+88691{n:07d}"))
    tx.add(resident)
    if unit is not None:
        tx.add(Residency(resident=resident, unit=unit, from_on=date(2020, 1, 1)))
    tx.flush()
    return resident


def make_staff(
    tx: Tx,
    role: str = Role.AGENT,
    estates: tuple[Estate, ...] = (),
    login: str | None = None,
    **values: object,
) -> Staff:
    """A member of staff of these estates, with a phone. The password is nobody's."""
    n = next(_next)
    defaults: dict[str, object] = {"name": f"Staff {n}", "phone_e164": f"+88692{n:07d}", "password_hash": "!"}
    staff = Staff(login=login or f"{role}{n}", role=str(role), created_at=NOW, **(defaults | values))
    tx.add(staff)
    tx.flush()
    tx.add_all([StaffEstate(staff_id=staff.id, estate_id=estate.id) for estate in estates])
    tx.flush()
    return staff


def make_duty(tx: Tx, estate: Estate, staff: Staff, role: str | None = None, **values: object) -> DutySlot:
    """A duty slot in the person's own role, around the clock on every day."""
    defaults: dict[str, object] = {
        "weekdays": EVERY_DAY,
        "start_minute": 0,
        "end_minute": 1440,
        "valid_from": date(2020, 1, 1),
    }
    slot = DutySlot(
        estate_id=estate.id, staff_id=staff.id, role=str(role or staff.role), **(defaults | values)
    )
    tx.add(slot)
    tx.flush()
    return slot


def make_category(tx: Tx, code: str, queue: str, priority_class: str = "P2", **values: object) -> Category:
    """A leaf of the category tree; its queue is made on first use."""
    if tx.get(Queue, queue) is None:
        tx.add(Queue(code=queue, name=queue))
        tx.flush()
    defaults: dict[str, object] = {"key": "1", "names": {"en": code}}
    category = Category(code=code, queue_code=queue, priority_class=priority_class, **(defaults | values))
    tx.add(category)
    tx.flush()
    return category


def make_ticket(
    tx: Tx,
    estate: Estate,
    category: str = "home.water",
    *,
    opened_at: datetime = NOW,
    language: str = "zh-TW",
    source: str = Source.API,
    **values: object,
) -> Ticket:
    """A ticket opened through the service at `opened_at`; `values` are fields of `NewTicket`."""
    new = NewTicket(
        estate_id=estate.id,
        category_code=category,
        language=language,
        source=source,
        **values,  # type: ignore[arg-type]
    )
    return open_ticket(tx, new, now=opened_at).ticket


def make_seat(
    tx: Tx,
    staff: Staff,
    *,
    skills: tuple[str, ...] = ("home_repairs",),
    languages: tuple[str, ...] = ("zh-TW",),
    state: str = SeatState.OFFLINE,
    capacity: int = 3,
    at: datetime = NOW,
    **values: object,
) -> Seat:
    """The seat of `staff`, in a state since `at`. The index hears of it by `Router.set_state` or a rebuild."""
    seat = Seat(
        staff_id=staff.id, state=str(state), capacity=capacity, state_since=at, idle_since=at, **values
    )
    seat.skills = [
        *(SeatSkill(kind="queue", code=code) for code in skills),
        *(SeatSkill(kind="language", code=tag) for tag in languages),
    ]
    tx.add(seat)
    tx.flush()
    return seat


def make_reservation(
    tx: Tx,
    ticket: Ticket,
    seat: Seat,
    *,
    at: datetime = NOW,
    offer: timedelta = timedelta(minutes=2),
    **values: object,
) -> Reservation:
    """An offer of `ticket` to `seat`, pending unless said otherwise; the index does not know of it."""
    reservation = Reservation(
        ticket_id=ticket.id, seat_id=seat.id, created_at=at, expires_at=at + offer, **values
    )
    tx.add(reservation)
    ticket.state = TicketState.RESERVED
    tx.flush()
    return reservation
