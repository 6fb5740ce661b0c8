"""A flow is checked before use: each fault is refused with the name of its step."""

from collections.abc import Callable
from typing import Any

import pytest

from ivr import prompts as declared
from ivr.flow import check
from ivr.flow.force import Situation
from ivr.flow.model import FlowError, read_flow, shipped_body, shipped_names, version_of
from tests.unit.ivr.talk import make_desk

Body = dict[str, Any]


def test_the_flows_that_ship_are_sound() -> None:
    assert set(shipped_names()) == set(Situation)
    for name in shipped_names():
        assert check.load_shipped(name).name == name


def test_the_version_is_a_hash_of_the_content() -> None:
    body = shipped_body("day")
    flow = check.load(body)
    assert flow.version == version_of(body) == check.load(shipped_body("day")).version

    body["steps"]["ring"]["rounds"] = 2

    assert check.load(body).version != flow.version


def without(step: str, key: str) -> Callable[[Body], None]:
    return lambda body: body["steps"][step].pop(key)


def setting(step: str, **values: object) -> Callable[[Body], None]:
    return lambda body: body["steps"][step].update(values)


def everywhere(**values: str) -> Callable[[Body], None]:
    return lambda body: body["everywhere"].update(values)


@pytest.mark.parametrize(
    ("spoil", "step", "message"),
    [
        (without("words", "kind"), "words", "has no kind"),
        (setting("words", kind="shout"), "words", "unknown kind shout"),
        (without("words", "next"), "words", "has no next step"),
        (setting("words", next="nowhere"), "words", "leads to nowhere"),
        (setting("question", back="nowhere"), "question", "leads to nowhere"),
        (setting("category", extras={"7": {"next": "nowhere"}}), "category", "leads to nowhere"),
        (
            setting("category", extras={"7": {"next": "mine", "prompt": "menu.odd"}}),
            "category",
            "unknown prompt menu.odd",
        ),
        (setting("words", volume=3), "words", "unknown setting volume"),
        (setting("greeting", prompts=["greeting.unknown"]), "greeting", "unknown prompt greeting.unknown"),
        (setting("extra", kind="end", prompts=["goodbye"]), "extra", "is never reached"),
        (without("question", "back"), "question", "no step that key 8 goes back to"),
        (setting("number", kind="end", prompts=[]), "number", "speaks nothing"),
        (setting("ring", rounds="three"), "ring", "has rounds that is no number"),
        (
            setting("category", extras={"8": {"next": "mine", "prompt": "menu.my_tickets"}}),
            "category",
            "key 8",
        ),
        (setting("category", extras={"12": {"next": "mine", "prompt": "menu.my_tickets"}}), "category", "12"),
        (setting("mine", kind="choice"), "mine", "offers no choice"),
        (setting("category", next="goodbye"), "category", "open_ticket does not follow"),
        (setting("voicemail", next="goodbye"), "voicemail", "open_ticket does not follow"),
        (everywhere(person="goodbye"), "goodbye", "leads to no person and no message"),
        (everywhere(person="nobody"), "", "person leads to nobody"),
        (everywhere(emergency="words"), "words", "cannot be what emergency leads to"),
        (everywhere(language="category"), "category", "cannot be what language leads to"),
        (everywhere(place="category"), "category", "cannot be what place leads to"),
        (lambda body: body["everywhere"].pop("emergency"), "", "emergency leads to nothing"),
        (lambda body: body["everywhere"].pop("person"), "", "person leads to nothing"),
        (lambda body: body["everywhere"].pop("language"), "", "language leads to nothing"),
        *(
            (
                setting("category", extras={key: {"next": "mine", "prompt": "menu.my_tickets"}}),
                "category",
                f"key {key}",
            )
            for key in "0#9"
        ),
        (lambda body: body.update(start="nowhere"), "", "starts at nowhere"),
        (lambda body: body.pop("steps"), "", "cannot be read"),
        (lambda body: body.update(steps=["words"]), "", "cannot be read"),
    ],
)
def test_a_fault_is_refused_with_its_step(spoil: Callable[[Body], None], step: str, message: str) -> None:
    body = shipped_body("day")
    body["steps"] |= {"extra": {"kind": "end"}} if step == "extra" else {}
    spoil(body)

    with pytest.raises(FlowError, match=message) as refused:
        check.load(body)

    assert refused.value.step == step


def test_a_path_without_end_is_refused() -> None:
    body = shipped_body("day")
    body["steps"]["number"]["next"] = "number"

    with pytest.raises(FlowError, match="never reaches an end"):
        check.load(body)


def test_a_prompt_without_translation_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = declared.Prompt("greeting.new", "Something new.", None, ())
    monkeypatch.setitem(declared._PROMPTS, "greeting.new", fresh)
    body = shipped_body("day")
    body["steps"]["greeting"]["prompts"].append("greeting.new")

    with pytest.raises(FlowError, match=r"greeting\.new is missing in"):
        check.load(body)


def test_a_prompt_may_be_declared_only_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        declared.prompt("goodbye", "Bye.")


OWN = {"office.hello": {"en": "Welcome to {estate}.", "zh-TW": "歡迎致電{estate}。"}}


def own(texts: dict[str, dict[str, str]]) -> Body:
    body = shipped_body("day")
    body["texts"] = texts
    body["steps"]["greeting"]["prompts"].append("office.hello")
    return body


def test_a_sentence_of_the_office_is_wanted_in_each_language_of_the_estate() -> None:
    flow = read_flow(own(OWN))

    assert check.faults(flow, make_desk(("en", "zh-TW"))) == []
    assert check.faults(flow, make_desk(("en", "zh-TW", "vi"))) == [
        check.Fault("greeting", "missing", "office.hello", "vi")
    ]
    missing = {fault.where for fault in check.faults(flow)}
    assert len(missing) == 9  # of the eleven that are spoken


@pytest.mark.parametrize("text", ["Hello {name}.", "Hello {", "Hello {0}.", "Hello {estate.code}."])
def test_a_sentence_of_the_office_needs_only_what_is_known(text: str) -> None:
    flow = read_flow(own({"office.hello": {"en": text}}))

    (fault,) = check.faults(flow, make_desk(("en",)))

    assert (fault.step, fault.code) == ("greeting", "value")


def test_every_fault_is_found_at_its_step() -> None:
    body = shipped_body("day")
    body["steps"]["words"]["longest"] = 0
    body["steps"]["question"].pop("back")
    body["steps"]["greeting"]["prompts"] = []

    found = check.faults(read_flow(body))

    assert {(fault.step, fault.code) for fault in found} == {
        ("words", "number"),
        ("question", "no_back"),
        ("greeting", "silent"),
    }


def test_a_key_that_is_a_category_has_no_second_meaning() -> None:
    body = shipped_body("day")
    body["steps"]["category"]["extras"] = {"1": {"next": "mine", "prompt": "menu.my_tickets"}}

    (fault,) = check.faults(read_flow(body), make_desk())

    assert (fault.step, fault.code, fault.where) == ("category", "key_category", "home")


def test_every_fault_has_a_sentence() -> None:
    for code in check.SENTENCES:
        assert "{" not in check.Fault("step", code, "this", "there").sentence()
