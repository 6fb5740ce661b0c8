import pytest

from tests.unit.carrier.desk import Desk


@pytest.fixture
def desk() -> Desk:
    return Desk({})
