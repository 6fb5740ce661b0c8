"""One running system with a stranger's provider for all contract tests of a worker."""

from collections.abc import Iterator

import pytest

from tests.integration.contract.outside import Provider
from tests.integration.contract.stranger import SID, TOKEN, Outside
from tests.integration.workers.system import running_system


@pytest.fixture(scope="session")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    """A running system whose telephone provider is ours."""
    provider = Provider(TOKEN)
    variables = {
        "HOTLINE_CARRIER": "0",
        "TWILIO_API_BASE": provider.url,
        "TWILIO_ACCOUNT_SID": SID,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "HOTLINE_OFFER_SECONDS": "2",
    }
    with running_system(tmp_path_factory.mktemp("contract"), **variables) as system:
        yield Outside(system, system.info(), provider)
    provider.close()
