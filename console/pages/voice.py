"""Prompts in the office's own voice: uploaded, heard, published, taken back; languages that live by recordings; and
the words of an estate (lift or elevator)."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from sqlalchemy import select

from console.access import OVERSEEING, SUPERVISING, Visit, page
from ivr import own_voice, speech, voices
from ivr.flow import recorded
from ivr.prompts import prompts
from ivr.scripts import Place, ScriptBook
from ivr.sounds import LARGEST
from ivr.word_models import PromptRecording
from tickets.errors import NotFound
from tickets.models import Estate

bp = Blueprint("voice", __name__)

# English words that an estate may swap, each with the other that it may be used to.
WORDING = {"lift": "elevator", "lifts": "elevators", "flat": "apartment", "flats": "apartments"}
Rows = dict[str, dict[str, PromptRecording]]


@dataclass(frozen=True)
class VoicePage:
    """What the page shows: the estate and language, each prompt with its text, and its recordings by state."""

    estate: Estate
    language: str
    texts: list[tuple[str, str]]
    rows: Rows
    lacking: list[str]


@bp.get("/voice")
@page(*OVERSEEING)
def prompts_page(visit: Visit) -> str:
    """Every prompt of one language, with its recordings."""
    estate = _estate(visit, request.args.get("estate", ""))
    language = request.args.get("language", "")
    language = language if language in voices.table() else estate.language
    place, lacking = _place(visit, estate), []
    if voices.voice_of(language).is_recorded:
        lacking = own_voice.lacking(visit.tx, estate.id, place.desk, place.flows, language)
    found = select(PromptRecording).where(
        PromptRecording.estate_id == estate.id, PromptRecording.language == language
    )
    rows: Rows = defaultdict(dict)
    for row in visit.tx.scalars(found.order_by(PromptRecording.id)):
        rows[row.key][row.state] = row
    shown = VoicePage(estate, language, _texts(place, language), rows, lacking)
    offered = [*voices.spoken(), *(tag for tag, voice in voices.table().items() if voice.is_recorded)]
    return render_template("voice.html", shown=shown, offered=offered, is_elevator=bool(estate.wording))


@bp.post("/voice/upload")
@page(*SUPERVISING)
def upload(visit: Visit) -> Any:
    """Keep a file as a draft, to be heard first."""
    estate, sound = _estate(visit, request.form.get("estate", "")), request.files.get("file")
    key, language = request.form.get("key", ""), request.form.get("language", "")
    content = sound.read(LARGEST + 1) if sound else b""
    own_voice.upload(visit.tx, estate, key, language, content, visit.staff, now=visit.now)
    return _back(estate, language, key)


@bp.post("/voice/<int:row_id>/<act>")
@page(*SUPERVISING)
def change(visit: Visit, row_id: int, act: str) -> Any:
    """Publish a draft or an earlier recording, or go back to the voice."""
    row = own_voice.lock(visit.tx, row_id, visit.estate_ids)
    if act == "publish":
        own_voice.publish(visit.tx, row, now=visit.now)
    elif act == "withdraw":
        own_voice.withdraw(visit.tx, row)
    else:
        abort(404)
    return _back(visit.tx.get_one(Estate, row.estate_id), row.language, row.key)


@bp.get("/voice/<int:row_id>.wav")
@page(*OVERSEEING)
def sound(visit: Visit, row_id: int) -> Response:
    """The sound of one recording, published or not."""
    row = own_voice.lock(visit.tx, row_id, visit.estate_ids)
    return Response(row.audio, mimetype="audio/wav")


@bp.post("/voice/language")
@page(*SUPERVISING)
def switch(visit: Visit) -> Any:
    """Offer a recorded language, or no more."""
    estate, language = _estate(visit, request.form.get("estate", "")), request.form.get("language", "")
    place = _place(visit, estate)
    if request.form.get("on") == "1":
        own_voice.switch_on(visit.tx, estate, place.desk, place.flows, language)
    else:
        own_voice.switch_off(estate, language)
    return _back(estate, language)


@bp.post("/voice/wording")
@page(*SUPERVISING)
def wording(visit: Visit) -> Any:
    """Which English words the estate is used to."""
    estate = _estate(visit, request.form.get("estate", ""))
    estate.wording = WORDING if request.form.get("wording") == "elevator" else {}
    return _back(estate, "en")


def _estate(visit: Visit, code: str) -> Estate:
    """The estate with this code, or the first of one's own."""
    own = [each for each in visit.estates if each.code == code or not code]
    if not own:
        raise NotFound("estate", code)
    return own[0]


def _place(visit: Visit, estate: Estate) -> Place:
    return ScriptBook(visit.runtime).read(visit.tx).by_id[estate.id]


def _texts(place: Place, language: str) -> list[tuple[str, str]]:
    """Every prompt that a call can hear, as it would be said; in a recorded language also digits and categories."""
    spoken = sorted(own_voice.spoken_keys(place.flows))
    listed = [(key, _sentence(key, language)) for key in spoken]
    if not voices.voice_of(language).is_recorded:
        return listed
    values = [(f"{recorded.VALUE}{key}", key) for key in (*recorded.DIGITS, "*", "#")]
    names = [(f"{recorded.CATEGORY}{each.code}", each.name(language)) for each in place.desk.categories]
    return [*listed, *values, *names]


def _sentence(key: str, language: str) -> str:
    """A prompt with the names of its values in place of them."""
    names: dict[str, speech.Value] = {name: f"({name})" for name in prompts()[key].fields}
    return speech.phrase(key, names, language)


def _back(estate: Estate, language: str, key: str = "") -> Any:
    address = url_for("voice.prompts_page", estate=estate.code, language=language)
    return redirect(address + (f"#{key}" if key else ""))
