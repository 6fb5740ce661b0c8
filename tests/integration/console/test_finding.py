"""The search box finds words and names in either Chinese script, and with or without accents."""

from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from sqlalchemy import update

from tests.integration.console.conftest import Browser, World
from tickets.models import Ticket


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("三樓電梯壞了", "电梯"),
        ("三楼电梯坏了", "電梯"),
        ("這裡漏水", "这里"),
        ("Nguyễn Văn Đức gọi lại", "nguyen van duc"),
        ("Señora Peña", "pena"),
        ("Senora Pena", "Peña"),
        ("The TAP drips", "tap DRIPS"),
        ("100% wet (again)", "100% wet (again)"),
    ],
)
def test_a_ticket_is_found_whichever_way_it_was_written(
    world: World, browser: Callable[[str], Browser], written: str, typed: str
) -> None:
    number, other = world.open(), world.open()
    with world.runtime.transaction() as tx:
        tx.execute(update(Ticket).where(Ticket.number == number).values(text=written))
        tx.execute(update(Ticket).where(Ticket.number == other).values(text="100 wetter again"))

    page = browser("boss").get(f"/tickets?{urlencode({'q': typed})}").text

    assert number in page
    assert other not in page


def test_what_looks_like_an_expression_is_only_text(world: World, browser: Callable[[str], Browser]) -> None:
    number = world.open()

    for typed in (".*", "[", "(", "\\", "a{1", "^", "$", "|", "*", "\\d", "x" * 100):
        answer = browser("boss").get(f"/tickets?{urlencode({'q': typed})}")
        assert answer.status_code == 200, typed
        assert number not in answer.text, typed
