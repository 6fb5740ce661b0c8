"""Limits per number: a robot is sent away, a neighbourhood in an outage gets through."""

import pytest

from infra.config import Config
from tests.phone.conftest import Town, add_resident

NUMBER = "+886912000001"


@pytest.fixture
def config(config: Config) -> Config:
    """Settings as they are outside of trials: with limits."""
    return config.model_copy(update={"hotline_limits": "on"})


def rings(town: Town, times: int) -> None:
    """Ring and hang up within the second, so many times."""
    for _ in range(times):
        town.exchange.dial(NUMBER, town.hotline)
        town.exchange.advance(town.exchange.now + 0.5)
        town.exchange.phone(NUMBER).hang_up()
        town.exchange.advance(town.exchange.now + 0.5)


def test_a_number_that_rings_without_end_is_sent_away_politely(town: Town) -> None:
    add_resident(town, NUMBER, "en")
    rings(town, 12)

    caller = town.dial(NUMBER).hears("來電太多次", "一一九")

    assert caller.is_over
    town.dial("+886912000777").hears("For English")


def test_after_a_minute_the_number_gets_through_again(town: Town) -> None:
    rings(town, 13)

    town.exchange.advance(town.exchange.now + 61)

    town.dial(NUMBER).hears("For English")


def test_a_hundred_neighbours_within_a_minute_all_get_through(town: Town) -> None:
    for n in range(100):
        caller = town.dial(f"+8869120{n:05d}").hears("For English")
        caller.hangs_up()
