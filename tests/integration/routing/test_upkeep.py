"""Why an offer was made is told for thirty days, and no longer."""

from datetime import timedelta

from routing.models import Reservation
from routing.upkeep import forget_explanations
from tests.integration.routing.conftest import Office


def test_an_explanation_is_forgotten_after_thirty_days(office: Office) -> None:
    office.seat()
    office.open()

    def told(days: int) -> tuple[int, bool]:
        with office.runtime.transaction() as tx:
            emptied = forget_explanations(tx, office.now + timedelta(days=days))
            return emptied, bool(tx.query(Reservation).one().explanation)

    assert told(30) == (0, True)
    assert told(31) == (1, False)
    assert told(31) == (0, False)
