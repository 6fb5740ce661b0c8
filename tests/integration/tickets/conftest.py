"""The desk that this room's tests work at."""

import pytest

from infra.clock import FakeClock
from infra.runtime import Runtime
from tests.integration.tickets.desk import Desk, make_desk


@pytest.fixture
def desk(runtime: Runtime, clock: FakeClock) -> Desk:
    """An estate with a lead, a supervisor and a manager on duty; a Wednesday, 10:00 in Taipei."""
    return make_desk(runtime, clock)
