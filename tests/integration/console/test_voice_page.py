"""The page of prompts: uploaded, heard before publishing, taken back; by whom; and what is refused."""

import io
from collections.abc import Callable

from sqlalchemy import select

from ivr.word_models import PromptRecording
from tests.integration.console.conftest import Browser, World
from tests.phone.test_own_voice import make_wav


def upload(who: Browser, world: World, content: bytes, key: str = "goodbye") -> int:
    form = {"estate": world.estate.code, "language": "en", "key": key, "file": (io.BytesIO(content), "a.wav")}
    return who.client.post("/voice/upload", data=form, headers={"HX-Request": "true"}).status_code


def only(world: World) -> PromptRecording:
    with world.runtime.transaction() as tx:
        return (
            tx.scalars(select(PromptRecording).order_by(PromptRecording.id.desc())).first()
            or PromptRecording()
        )


def test_a_draft_is_heard_then_published_then_taken_back(
    world: World, browser: Callable[[str], Browser]
) -> None:
    boss = browser("boss")

    assert upload(boss, world, make_wav()) in (200, 302)
    row = only(world)
    assert row.state == "draft"
    assert boss.get(f"/voice/{row.id}.wav").data == make_wav()
    for act, state in (("publish", "live"), ("withdraw", "old"), ("publish", "live")):
        boss.post(f"/voice/{row.id}/{act}", htmx=False)
        assert only(world).state == state
    page = boss.get(f"/voice?estate={world.estate.code}&language=en").text
    assert "own recording" in page
    assert f"/voice/{row.id}.wav" in page


def test_what_is_no_sound_is_refused_and_a_language_with_gaps_is_not_offered(
    world: World, browser: Callable[[str], Browser]
) -> None:
    boss = browser("boss")

    assert upload(boss, world, b"no sound") == 422
    assert upload(boss, world, make_wav(), key="no.such.prompt") == 422
    answer = boss.post("/voice/language", estate=world.estate.code, language="nan", on="1")
    assert answer.status_code == 409
    assert "recordings are still missing" in boss.get("/voice?language=nan").text


def test_only_supervisors_of_the_estate_change_it(world: World, browser: Callable[[str], Browser]) -> None:
    assert upload(browser("lead"), world, make_wav()) == 403
    assert browser("mei").get("/voice").status_code == 403
    boss = browser("boss")
    upload(boss, world, make_wav())
    form = {"estate": world.other_estate.code, "wording": "elevator"}
    assert boss.post("/voice/wording", **form).status_code == 404
    boss.post("/voice/wording", htmx=False, estate=world.estate.code, wording="elevator")
    assert 'value="elevator" selected' in boss.get("/voice?language=en").text
