"""The office's own recordings of prompts: uploaded as a draft, heard, published, taken back; and the languages that
live by them alone. Processes read the live ones again with the stamp of their books."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select, update

from infra.database import Tx
from ivr import voices
from ivr.flow import recorded
from ivr.flow.kinds import KINDS
from ivr.flow.kinds.choices import extras_of
from ivr.flow.model import Flow
from ivr.flow.script import Desk
from ivr.prompts import prompts
from ivr.sounds import NotASound, seconds_of
from ivr.word_models import PromptRecording
from tickets.errors import FieldError, NotFound, Refused
from tickets.models import Estate, Staff

PATH = "/prompts"
ERRORS = ("error.", "emergency.public", "goodbye")  # what is spoken when all else fails
DRAFT, LIVE, OLD = "draft", "live", "old"


class StillLacking(Refused):
    """A language that cannot be switched on, because prompts have no recording yet."""

    code = "recordings_lacking"

    def __init__(self, keys: Sequence[str]) -> None:
        super().__init__(f"{len(keys)} recordings are still missing.", keys=list(keys))


def url_of(row: PromptRecording) -> str:
    """Where the telephone fetches a recording."""
    return f"{PATH}/{row.id}-{row.digest}.wav"


def live_urls(tx: Tx) -> dict[int, dict[tuple[str, str], str]]:
    """Addresses of the live recordings by estate, then by language and key."""
    found: dict[int, dict[tuple[str, str], str]] = {}
    for row in tx.scalars(select(PromptRecording).where(PromptRecording.state == LIVE)):
        found.setdefault(row.estate_id, {})[row.language, row.key] = url_of(row)
    return found


def spoken_keys(flows: Mapping[str, Flow]) -> frozenset[str]:
    """The prompts that a call can hear in any of `flows`, or when something is broken."""
    keys = {key for key in prompts() if key.startswith(ERRORS)}
    for flow in flows.values():
        for step in flow.steps.values():
            keys |= {*step.prompts, *KINDS[step.kind].spoken}
            keys |= {str(extra.get("prompt", "")) for extra in extras_of(step.options).values()}
    keys |= {key for key in prompts() if key.startswith(("question.", "menu.", "safety."))}
    return frozenset(key for key in keys if key in prompts())


def upload(
    tx: Tx, estate: Estate, key: str, language: str, content: bytes, staff: Staff, *, now: datetime
) -> PromptRecording:
    """Keep a file as the draft of a prompt, in place of an earlier draft. Raises `FieldError` for no such prompt or
    language, and for a file that is no sound or too long."""
    if key not in prompts() and not key.startswith((recorded.VALUE, recorded.CATEGORY)):
        raise FieldError("key", "unknown prompt")
    if language not in voices.table():
        raise FieldError("language", "unknown language")
    try:
        seconds = seconds_of(content)
    except NotASound as error:
        raise FieldError("file", str(error)) from error
    of = (
        PromptRecording.estate_id == estate.id,
        PromptRecording.key == key,
        PromptRecording.language == language,
    )
    tx.execute(update(PromptRecording).where(*of, PromptRecording.state == DRAFT).values(state=OLD))
    row = PromptRecording(
        estate_id=estate.id, key=key, language=language, audio=content, seconds=seconds, state=DRAFT,
        digest=hashlib.sha256(content).hexdigest()[:16], uploaded_at=now, uploaded_by_id=staff.id,
    )  # fmt: skip
    tx.add(row)
    tx.flush()  # its id is part of its address
    return row


def publish(tx: Tx, row: PromptRecording, *, now: datetime) -> None:
    """Let callers hear `row` from the next call on; what was live may come back."""
    of = (
        PromptRecording.estate_id == row.estate_id,
        PromptRecording.key == row.key,
        PromptRecording.language == row.language,
    )
    tx.execute(update(PromptRecording).where(*of, PromptRecording.state == LIVE).values(state=OLD))
    row.state, row.published_at = LIVE, now


def withdraw(tx: Tx, row: PromptRecording) -> None:
    """Back to the voice. Refused for a language that has none and is switched on."""
    estate = tx.get_one(Estate, row.estate_id)
    if row.language in estate.languages and voices.voice_of(row.language).is_recorded:
        raise StillLacking([row.key])
    row.state = OLD


def lock(tx: Tx, row_id: int, estate_ids: frozenset[int]) -> PromptRecording:
    """The recording of one of these estates, locked. Raises `NotFound`."""
    row = tx.get(PromptRecording, row_id, with_for_update=True)
    if row is None or row.estate_id not in estate_ids:
        raise NotFound("recording", str(row_id))
    return row


def lacking(tx: Tx, estate_id: int, desk: Desk, flows: Mapping[str, Flow], language: str) -> list[str]:
    """What must still be recorded before `language` can be switched on."""
    rows = select(PromptRecording.key).where(
        PromptRecording.estate_id == estate_id,
        PromptRecording.language == language,
        PromptRecording.state == LIVE,
    )
    there = set(tx.scalars(rows))
    return [key for key in recorded.needed(desk, spoken_keys(flows)) if key not in there]


def switch_on(tx: Tx, estate: Estate, desk: Desk, flows: Mapping[str, Flow], language: str) -> None:
    """Offer a recorded language in the menu. Raises `StillLacking` while one prompt has no recording."""
    if language not in voices.table() or not voices.voice_of(language).is_recorded:
        raise FieldError("language", "this language has a voice")
    missing = lacking(tx, estate.id, desk, flows, language)
    if missing:
        raise StillLacking(missing)
    if language not in estate.languages:
        estate.languages = [*estate.languages, language]


def switch_off(estate: Estate, language: str) -> None:
    """Offer a recorded language no more."""
    estate.languages = [each for each in estate.languages if each != language]


def can_be_offered(estate: Estate, urls: Mapping[tuple[str, str], str]) -> tuple[str, ...]:
    """The languages of an estate that a call can be held in: those with a voice, or with recordings."""
    spoken = voices.spoken()
    heard = {language for language, _ in urls}
    return tuple(
        tag
        for tag in estate.languages
        if tag in spoken or (tag in heard and voices.voice_of(tag).is_recorded)
    )
