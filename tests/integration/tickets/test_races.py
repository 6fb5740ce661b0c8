"""Two writers at one moment, and writers that are killed: nothing twice, nothing lost, nobody stuck."""

import random
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

from infra.outbox import OutboxItem
from tests.factories import NOW, make_ticket
from tests.integration.tickets.desk import Desk, lines, read
from tickets import escalations, service, tellings
from tickets.actors import Actor
from tickets.errors import EditConflict, NotAllowed
from tickets.history import EventKind
from tickets.models import Escalation, Ticket, TicketEvent, TicketTarget

SWEEPER = """
import sys
from datetime import datetime
from infra.database import make_engine, transaction
from tickets.sweep import sweep_page
engine, now = make_engine(sys.argv[1]), datetime.fromisoformat(sys.argv[2])
while True:
    with transaction(engine) as tx:
        claimed = sweep_page(tx, now, 7).claimed
    print(claimed, flush=True)
"""
ROOT = Path(__file__).parents[3]


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Run the acts in threads that start together; what each returned or raised, in order."""
    start = threading.Barrier(len(acts))
    answers: list[object] = [None] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        start.wait()
        try:
            answers[place] = act()
        except Exception as error:
            answers[place] = error

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers


def test_one_origin_makes_one_ticket_however_often_it_comes_at_once(desk: Desk):
    for turn in range(10):
        opened = at_once(*[lambda: desk.open(origin=f"call:{turn}").number] * 4)  # noqa: B023 (run at once)

        assert len(set(opened)) == 1, opened

    with desk.work() as (tx, _):
        assert tx.execute(select(func.count()).select_from(Ticket)).scalar_one() == 10
        kinds = Counter(tx.execute(select(TicketEvent.kind)).scalars())
        assert kinds == {"opened": 10}


def test_numbers_never_come_twice(desk: Desk):
    numbers = at_once(*[lambda: [desk.open().number for _ in range(30)]] * 4)

    assert len({number for some in numbers for number in some}) == 120  # type: ignore[attr-defined]


def test_of_two_editors_one_is_told(desk: Desk):
    for _ in range(10):
        ticket = desk.open()

        def edit(text: str, ticket: Ticket = ticket) -> object:
            with desk.work() as (tx, now):
                actor = Actor.staff(desk.agent)
                return service.edit(tx, read(tx, ticket), {"text": text}, 1, actor, now=now)

        answers = at_once(lambda: edit("a"), lambda: edit("b"))

        assert sum(isinstance(answer, EditConflict) for answer in answers) == 1, answers
        with desk.work() as (tx, _):
            assert len(lines(tx, ticket, EventKind.EDITED)) == 1


def test_of_two_moves_that_exclude_each_other_one_is_refused(desk: Desk):
    for _ in range(10):
        ticket = desk.open()

        def reserve(seat_id: int, ticket: Ticket = ticket) -> None:
            with desk.work() as (tx, now):
                service.move_reserved(tx, read(tx, ticket), seat_id, "a", now=now)

        answers = at_once(lambda: reserve(1), lambda: reserve(2))

        assert sum(isinstance(answer, NotAllowed) for answer in answers) == 1, answers


def test_people_who_press_at_once_neither_deadlock_nor_both_have_it(desk: Desk):
    tickets = [desk.open() for _ in range(40)]
    desk.clock.set(NOW + timedelta(hours=4, minutes=30))  # lead and supervisor are both told
    desk.sweep()
    with desk.work() as (tx, now):
        told = [
            tellings.begin_telling(tx, person.id, person.login, now=now)
            for person in (desk.lead, desk.supervisor)
        ]
        ids = [(one.telling.id, one.recipient.id) for one in told if one is not None]

    def press(telling_id: int, staff_id: int) -> int:
        with desk.work() as (tx, now):
            return len(escalations.acknowledge_telling(tx, telling_id, staff_id, now=now).stopped)

    stopped = at_once(*[lambda one=one: press(*one) for one in ids])  # type: ignore[misc]

    assert sorted(stopped) == [0, 40], stopped  # type: ignore[type-var]
    with desk.work() as (tx, _):
        for ticket in tickets:
            assert len(lines(tx, ticket, EventKind.ESCALATION_ACKNOWLEDGED)) == 1


def test_sweepers_killed_at_random_leave_each_level_once_and_nobody_untold(desk: Desk):
    with desk.work() as (tx, now):
        for _ in range(200):
            make_ticket(tx, desk.estate, opened_at=now)
    desk.clock.set(NOW + timedelta(hours=4, minutes=30))  # level 1 and 2 of the first response
    url, dice = desk.runtime.config.database_url, random.Random(7)
    arguments = [sys.executable, "-c", SWEEPER, url, desk.clock.now().isoformat()]

    sweepers = [subprocess.Popen(arguments, stdout=subprocess.PIPE, cwd=ROOT) for _ in range(3)]
    for sweeper in sweepers:
        assert sweeper.stdout is not None
        for _ in range(dice.randrange(1, 6)):
            sweeper.stdout.readline()
        sweeper.kill()
    for sweeper in sweepers:
        sweeper.communicate()
    while desk.sweep().claimed:
        pass

    with desk.work() as (tx, now):
        rows = tx.execute(select(Escalation.target_id, Escalation.level)).tuples().all()
        assert Counter(rows).most_common(1)[0][1] == 1
        late = select(TicketTarget.id).where(TicketTarget.kind == "first_response")
        assert set(rows) == {(each, level) for each in tx.execute(late).scalars() for level in (1, 2)}
        told = select(func.count()).where(TicketEvent.kind == EventKind.ESCALATED.value)
        assert tx.execute(told).scalar_one() == 400
        for item in tx.execute(select(OutboxItem).where(OutboxItem.kind == "tell")).scalars().all():
            tellings.begin_telling(tx, item.payload["recipient_id"], item.key, now=now)
        untold = select(func.count()).where(Escalation.telling_id.is_(None))
        assert tx.execute(untold).scalar_one() == 0
