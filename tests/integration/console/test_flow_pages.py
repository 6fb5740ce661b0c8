"""Call flows on screen: which is in force, drafts with their faults, publishing, going back, trying, switching."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from ivr import drafts
from ivr.flow.model import shipped_body, version_of
from ivr.models import FlowChange, FlowDraft, FlowVersion
from ivr.scripts import Place, ScriptBook
from tests.integration.console.conftest import World

DAY = "/flows/HY/day"


def place(world: World) -> Place:
    with world.runtime.transaction() as tx:
        return ScriptBook(world.runtime).read(tx).by_id[world.estate.id]


def draft(world: World) -> FlowDraft:
    with world.runtime.transaction() as tx:
        return drafts.get_draft(tx, world.estate.id, "day")


def record(world: World) -> list[tuple[str, str, str]]:
    with world.runtime.transaction() as tx:
        return [(c.flow, c.what, c.why) for c in tx.scalars(select(FlowChange).order_by(FlowChange.id))]


def greet(boss: Any, world: World, prompts: list[str] | None = None, why: str = "shorter") -> str:
    """Publish a day flow with this greeting; returns its version."""
    boss.post(f"{DAY}/draft")
    boss.post(
        f"{DAY}/draft/steps/greeting", seen=str(draft(world).edit), act="save",
        prompt=prompts or ["greeting.estate"], next="language",
    )  # fmt: skip
    answer = boss.post(f"{DAY}/draft/publish", seen=str(draft(world).edit), why=why)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return place(world).flows["day"].version


def test_the_page_says_which_flow_is_in_force_and_why(browser: Any, world: World) -> None:
    text = browser("lead").get("/flows").get_data(as_text=True)

    assert "In force now: Normal day" in text
    assert "The office is open." in text
    assert text.count(">as delivered<") == 5
    assert "switch-on" not in text  # a lead looks only


@pytest.mark.parametrize("name", ["day", "closed", "holiday", "major", "busy"])
def test_each_flow_is_drawn(browser: Any, name: str) -> None:
    text = browser("boss").get(f"/flows/HY/{name}").get_data(as_text=True)

    assert text.count('<rect class="box') == len(shipped_body(name)["steps"])


def test_a_draft_is_published_as_a_version_and_taken_back_in_one_step(browser: Any, world: World) -> None:
    boss, shipped = browser("boss"), version_of(shipped_body("day"))

    first = greet(boss, world)
    second = greet(boss, world, ["greeting.estate", "greeting.emergency", "greeting.busy"], "busy days")
    boss.post(f"{DAY}/back", seen=second, why="too long")
    assert place(world).flows["day"].version == first
    boss.post(f"{DAY}/back", seen=first, why="as before")

    assert place(world).flows["day"].version == shipped
    assert [line for line in record(world) if line[1] in ("published", "went_back")] == [
        ("day", "published", "shorter"),
        ("day", "published", "busy days"),
        ("day", "went_back", "too long"),
        ("day", "went_back", "as before"),
    ]
    assert boss.post(f"{DAY}/back", seen=shipped, why="more").status_code == 409
    text = boss.get("/flows").get_data(as_text=True)
    assert "busy days" in text
    assert "Boss" in text


def test_a_running_call_finds_its_version_and_other_estates_keep_theirs(browser: Any, world: World) -> None:
    version = greet(browser("boss"), world)

    with world.runtime.transaction() as tx:
        assert tx.get_one(FlowVersion, version).name == "HY/day"
        book = ScriptBook(world.runtime)
        other = book.read(tx).by_id[world.other_estate.id]
    assert other.flows["day"].version == version_of(shipped_body("day"))
    browser("boss").post(f"{DAY}/back", seen=version, why="no")
    assert book.script("HY", version).flow.version == version


def test_a_draft_with_a_fault_is_not_published_and_the_fault_stands_at_its_step(
    browser: Any, world: World
) -> None:
    boss = browser("boss")
    boss.post(f"{DAY}/draft")
    boss.post(f"{DAY}/draft/steps/greeting", seen="1", act="save", next="language")

    answer = boss.post(f"{DAY}/draft/publish", seen="2", why="x")

    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    row = re.search(r'<tr id="step-greeting">.*?</tr>', text, re.DOTALL)
    assert row is not None
    assert "It speaks nothing." in row.group()
    assert "It speaks nothing." in boss.get(f"{DAY}/draft/steps/greeting").get_data(as_text=True)
    assert place(world).flows["day"].version == version_of(shipped_body("day"))


def test_a_sentence_of_the_office_is_wanted_in_every_language(browser: Any, world: World) -> None:
    boss, languages = browser("boss"), place(world).desk.languages
    boss.post(f"{DAY}/draft")
    texts = {f"text-{tag}": "Welcome." for tag in languages[1:]}
    boss.post(f"{DAY}/draft/texts", seen="1", key="welcome", **texts)
    prompts = ["greeting.estate", "office.welcome"]
    boss.post(f"{DAY}/draft/steps/greeting", seen="2", act="save", next="language", prompt=prompts)

    refused = boss.post(f"{DAY}/draft/publish", seen="3", why="x")
    texts[f"text-{languages[0]}"] = "Hello."
    boss.post(f"{DAY}/draft/texts", seen="3", key="welcome", **texts)
    done = boss.post(f"{DAY}/draft/publish", seen="4", why="x")

    assert refused.status_code == 422
    assert "is missing in this language" in refused.get_data(as_text=True)
    assert done.status_code == 302
    assert place(world).flows["day"].texts["office.welcome"][languages[0]] == "Hello."


def test_the_second_of_two_people_is_told_and_overwrites_nothing(browser: Any, world: World) -> None:
    boss, root = browser("boss"), browser("root")
    boss.post(f"{DAY}/draft")
    root.post(f"{DAY}/draft")  # the same draft

    first = boss.post(
        f"{DAY}/draft/steps/ring", seen="1", act="save", next="standby", **{"number-rounds": "2"}
    )
    second = root.post(
        f"{DAY}/draft/steps/ring", seen="1", act="save", next="standby", **{"number-rounds": "1"}
    )

    assert (first.status_code, second.status_code) == (302, 409)
    assert "Somebody else has changed this" in second.get_data(as_text=True)
    assert draft(world).body["steps"]["ring"]["rounds"] == 2
    assert root.post(f"{DAY}/draft/publish", seen="1", why="x").status_code == 409


def test_steps_are_added_and_taken_out(browser: Any, world: World) -> None:
    boss = browser("boss")
    boss.post(f"{DAY}/draft")

    added = boss.post(f"{DAY}/draft/steps", seen="1", name="hello", kind="say", next="language")
    assert added.location.endswith("/steps/hello")
    assert "Nothing leads to this step." in boss.get(added.location).get_data(as_text=True)
    boss.post(f"{DAY}/draft/steps/hello", seen="2", act="remove")

    assert "hello" not in draft(world).body["steps"]
    assert boss.post(f"{DAY}/draft/steps", seen="3", name="Ring Ring", kind="say").status_code == 422
    assert boss.post(f"{DAY}/draft/steps", seen="3", name="ring", kind="say").status_code == 422


def test_every_step_of_every_flow_comes_back_from_its_form_as_it_was(browser: Any, world: World) -> None:
    boss = browser("boss")
    for name in ("busy",):  # it has a step of nearly every kind
        boss.post(f"/flows/HY/{name}/draft")
        for step in shipped_body(name)["steps"]:
            text = boss.get(f"/flows/HY/{name}/draft/steps/{step}").get_data(as_text=True)
            form = fields(text)
            assert boss.post(f"/flows/HY/{name}/draft/steps/{step}", **form).status_code == 302
        with world.runtime.transaction() as tx:
            assert drafts.get_draft(tx, world.estate.id, name).body == shipped_body(name)


def fields(text: str) -> dict[str, Any]:
    """What a browser would send of the first form of a step's page."""
    form: dict[str, Any] = {"act": "save"}
    inner = text[text.index('<form method="post" class="card"') :]
    for match in re.finditer(r'<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"', inner):
        form[match[1]] = match[2]
    for match in re.finditer(r'<select[^>]* name="([^"]+)".*?</select>', inner, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', match[0])
        form.setdefault(match[1], []).append(chosen[1] if chosen else "")
    return form


def test_the_whole_draft_can_be_edited_as_text(browser: Any, world: World) -> None:
    boss, body = browser("boss"), shipped_body("day")
    boss.post(f"{DAY}/draft")
    body["steps"]["ring"]["rounds"] = 2

    assert boss.post(f"{DAY}/draft/whole", seen="1", body=json.dumps(body)).status_code == 302
    assert boss.post(f"{DAY}/draft/whole", seen="2", body="{").status_code == 422
    assert boss.post(f"{DAY}/draft/whole", seen="2", body='{"steps": 3}').status_code == 422
    assert boss.get(f"{DAY}/draft").status_code == 200


def test_a_trial_speaks_the_draft_and_stores_nothing(browser: Any, world: World) -> None:
    boss = browser("boss")
    boss.post(f"{DAY}/draft")
    boss.post(f"{DAY}/draft/texts", seen="1", key="welcome", **{"text-en": "A very good morning."})
    prompts = ["office.welcome"]
    boss.post(f"{DAY}/draft/steps/greeting", seen="2", act="save", next="language", prompt=prompts)

    text = boss.get(f"{DAY}/try?language=en&in=%2A&in=…&who=known").get_data(as_text=True)

    assert "A very good morning." in text
    assert "Emergency. Press a number" in text
    assert "An emergency would be stored." in text
    assert "The people on duty would be rung." in text
    with world.runtime.transaction() as tx:
        from tickets.models import Ticket

        assert tx.query(Ticket).count() == 0
    shipped = boss.get(f"{DAY}/try?language=en&version={version_of(shipped_body('day'))}")
    assert "A very good morning." not in shipped.get_data(as_text=True)


@pytest.mark.parametrize(
    "given", ["in=1&in=1&words=drip", "key=0", "in=0&in=1&in=hello", "in=9&in=2&in=hang up"]
)
def test_a_trial_takes_keys_and_words(browser: Any, given: str) -> None:
    for who in ("known", "slow", "unknown", "withheld"):
        for language in ("", "zh-TW"):
            answer = browser("lead").get(f"/flows/HY/busy/try?language={language}&who={who}&duty=0&{given}")
            assert answer.status_code == 200


def test_a_switch_is_on_from_its_beginning_to_its_end_or_until_switched_off(
    browser: Any, world: World
) -> None:
    boss = browser("boss")
    form = {"ends_at": "2027-01-06T20:00", "why": "typhoon", "text-en": "The lifts stand still."}

    assert boss.post("/flows/HY/switch", **form).status_code == 302
    on = place(world).in_force(world.now)
    assert (on.situation, on.texts) == ("major", {"en": "The lifts stand still."})
    assert "Typhoon or major incident" in boss.get("/flows").get_data(as_text=True)
    with world.runtime.transaction() as tx:
        (switch,) = drafts.open_switches(tx, world.estate.id, world.now)
    world.clock.advance(timedelta(minutes=1))
    boss.post(f"/flows/HY/switch/{switch.id}/off", why="it has passed")

    assert place(world).in_force(world.now).situation == "day"
    assert record(world) == [("major", "switched_on", "typhoon"), ("major", "switched_off", "it has passed")]


@pytest.mark.parametrize(
    "form",
    [
        {"ends_at": "2027-01-06T20:00", "why": ""},
        {"ends_at": "", "why": "x"},
        {"ends_at": "2027-01-05T20:00", "why": "x"},
        {"ends_at": "2027-03-06T20:00", "why": "x"},
        {"ends_at": "soon", "why": "x"},
    ],
)
def test_a_switch_without_end_or_reason_is_refused(browser: Any, world: World, form: dict[str, str]) -> None:
    assert browser("boss").post("/flows/HY/switch", **form).status_code == 422
    assert place(world).switches == ()


def test_marks_are_set_and_counted(browser: Any, world: World) -> None:
    assert browser("boss").post("/flows/HY/marks", waiting="2", minutes="0").status_code == 302

    assert (place(world).marks.waiting, place(world).marks.longest) == (2, timedelta(0))
    assert browser("boss").post("/flows/HY/marks", waiting="-1", minutes="0").status_code == 422


def test_only_supervisors_of_the_estate_change_its_flows(browser: Any) -> None:
    assert browser("lead").post(f"{DAY}/draft").status_code == 403
    assert browser("mei").get("/flows").status_code == 403
    assert browser("boss").post("/flows/LK/day/draft").status_code == 404
    assert browser("boss").get("/flows/LK/day").status_code == 404
    assert browser("boss").get("/flows/HY/night").status_code == 404
    assert browser("boss").get(f"{DAY}/draft").status_code == 404  # none was begun
