"""Calls of one's estates, and the sound of what callers said."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from flask import Blueprint, Response, abort, render_template, request, send_file
from sqlalchemy import select

from console import calls as reads
from console.access import OVERSEEING, Visit, page
from infra.config import Config
from ivr.models import Call, Recording
from tickets.models import Ticket
from tickets.words import Role

bp = Blueprint("calls", __name__)

FETCH_TIMEOUT_S = (3.05, 10)
CHUNK = 64 * 1024


@bp.get("/calls")
@page(*OVERSEEING)
def calls(visit: Visit) -> str:
    """The list, newest first."""
    cursor = request.args.get("cursor") or None
    return render_template("calls.html", found=reads.list_calls(visit.tx, visit.estate_ids, cursor))


@bp.get("/recordings/<sid>")
@page(*(set(Role) - {Role.ADMIN}))
def recording(visit: Visit, sid: str) -> Any:
    """The sound of one recording of the person's estates, from our own storage or from the provider."""
    found = visit.tx.get(Recording, sid)
    if found is None or not visit.sees(_estate_of(visit, found)):
        abort(404)
    config = visit.runtime.config
    if found.path:
        return send_file(Path(config.hotline_data) / found.path, conditional=True)
    url = found.url
    return lambda: _from_provider(config, url)


def _estate_of(visit: Visit, recording: Recording) -> int | None:
    """Return the estate a recording belongs to; -1, which nobody sees, if that is not known."""
    owners = select(Ticket.estate_id).where(Ticket.id == recording.ticket_id)
    call = select(Call.estate_id).where(Call.sid == recording.call_sid)
    found = visit.tx.scalar(owners) if recording.ticket_id else visit.tx.scalar(call)
    return found if found is not None else -1


def _from_provider(config: Config, url: str) -> Response:
    """Pass on the sound as the provider has it; runs outside of any transaction, since it waits for the network."""
    parts = urlsplit(url)
    address = f"{config.twilio_api_base}{parts.path}.wav"
    try:
        answer = requests.get(
            address,
            auth=(config.twilio_account_sid, config.twilio_auth_token),
            timeout=FETCH_TIMEOUT_S,
            stream=True,
        )
    except requests.RequestException:
        abort(503)
    if answer.status_code != 200:
        abort(404)
    chunks: Iterator[bytes] = answer.iter_content(CHUNK)
    return Response(chunks, mimetype="audio/wav")
