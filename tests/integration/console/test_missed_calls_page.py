"""The list of missed calls on the page: who sees it, and taking one off."""

from collections.abc import Callable

from ivr.models import Call
from tests.integration.console.conftest import Browser, World


def make_missed(world: World, sid: str, estate_id: int) -> None:
    with world.runtime.transaction() as tx:
        tx.add(
            Call(
                sid=sid, estate_id=estate_id, direction="inbound", from_e164="+886912000123", status="completed",
                started_at=world.now, ended_at=world.now, call_back_due_at=world.now,
            )
        )  # fmt: skip


def test_a_missed_call_is_taken_off_by_whoever_rang_back(
    world: World, browser: Callable[[str], Browser]
) -> None:
    make_missed(world, "CA1", world.estate.id)
    mei = browser("mei")
    assert 'data-testid="missed"' in mei.get("/calls/missed").text

    assert mei.post("/calls/CA1/called-back", htmx=False).status_code == 302
    assert mei.post("/calls/CA1/called-back", htmx=False).status_code == 302

    assert 'data-testid="missed"' not in mei.get("/calls/missed").text
    with world.runtime.transaction() as tx:
        assert tx.get_one(Call, "CA1").called_back_by_id == world.staff["mei"].id


def test_another_estate_s_does_not_exist_and_security_rings_nobody(
    world: World, browser: Callable[[str], Browser]
) -> None:
    make_missed(world, "CA2", world.other_estate.id)

    assert browser("mei").post("/calls/CA2/called-back").status_code == 404
    assert browser("guard").get("/calls/missed").status_code == 403
