"""Calls of one's estates, and the sound of what callers said."""

from contextlib import ExitStack
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, send_file, url_for

from console import calls as reads
from console.access import OVERSEEING, PHONING, SUPERVISING, Visit, page
from console.i18n import gettext as _
from infra.media import CHUNK, Media
from infra.telephony import TelephonyError
from ivr import queries, recordings
from ivr.models import Call, Recording
from tickets.errors import FieldError, NotFound
from tickets.words import Role

bp = Blueprint("calls", __name__)

LISTENING = frozenset(Role) - {Role.ADMIN}
RINGING_BACK = PHONING | OVERSEEING
LONGEST_KEPT_DAYS = 3650


@bp.get("/calls")
@page(*OVERSEEING)
def calls(visit: Visit) -> str:
    """The list, newest first."""
    cursor = request.args.get("cursor") or None
    return render_template("calls.html", found=reads.list_calls(visit.tx, visit.estate_ids, cursor))


@bp.get("/calls/missed")
@page(*RINGING_BACK)
def missed(visit: Visit) -> str:
    """Callers who left without a ticket, by when they are to be rung back."""
    return render_template("missed.html", calls=queries.open_missed_calls(visit.tx, visit.estate_ids))


@bp.post("/calls/<sid>/called-back")
@page(*RINGING_BACK)
def called_back(visit: Visit, sid: str) -> Any:
    """Take a missed call off the list: somebody has rung back. A second press changes nothing."""
    call = visit.tx.get(Call, sid, with_for_update=True)
    if call is None or call.estate_id not in visit.estate_ids or call.call_back_due_at is None:
        abort(404)
    if call.called_back_at is None:
        call.called_back_at, call.called_back_by_id = visit.now, visit.staff.id
    return redirect(url_for("calls.missed"))


@bp.get("/recordings")
@page(*OVERSEEING)
def voices(visit: Visit) -> str:
    """The recordings, newest first, and how long each estate keeps them."""
    cursor = request.args.get("cursor") or None
    return render_template("recordings.html", found=reads.list_recordings(visit.tx, visit.estate_ids, cursor))


@bp.post("/recordings/days")
@page(*SUPERVISING)
def keep_days(visit: Visit) -> Any:
    """Set for how many days an estate keeps recordings."""
    days = request.form.get("days", "")
    estate = next((each for each in visit.estates if each.code == request.form.get("estate")), None)
    if estate is None:
        raise NotFound("estate", request.form.get("estate", ""))
    if not days.isdecimal() or not 1 <= int(days[:6]) <= LONGEST_KEPT_DAYS:
        raise FieldError("days", _("That is not a number of days."))
    estate.recording_days = int(days)
    return redirect(url_for("calls.voices"))


@bp.get("/recordings/<sid>")
@page(*LISTENING)
def recording(visit: Visit, sid: str) -> Any:
    """The sound of one recording, from our own storage or, until it is there, from the provider; on record."""
    found = _find(visit, sid)
    if request.headers.get("Range", "bytes=0-").startswith("bytes=0-"):
        recordings.note_play(visit.tx, found, visit.staff, visit.now)
    media = visit.runtime.media
    if found.path:
        sound = send_file(media.file(found.path), mimetype=found.content_type, conditional=True)
        sound.headers["Cache-Control"] = "private, no-store"
        return sound
    url = found.url
    return lambda: _from_provider(media, url)


@bp.post("/recordings/<sid>/hold")
@page(*OVERSEEING)
def hold(visit: Visit, sid: str) -> Any:
    """Keep a recording beyond its date, or let it go again."""
    found = _find(visit, sid)
    act = recordings.release if found.held_at else recordings.hold
    act(visit.tx, found, visit.staff, visit.now)
    return redirect(request.referrer or url_for("calls.voices"))


def _find(visit: Visit, sid: str) -> Recording:
    """A recording of the person's estates that is still there; anything else does not exist."""
    found = visit.tx.get(Recording, sid)
    if found is None or found.deleted_at is not None or found.estate_id not in visit.estate_ids:
        abort(404)
    return found


def _from_provider(media: Media, url: str) -> Response:
    """Pass on the sound as the provider has it; runs outside of any transaction, since it waits for the network."""
    with ExitStack() as stack:
        try:
            answer = stack.enter_context(media.open(f"{url}.wav"))
        except TelephonyError as error:
            abort(404 if error.code == 404 else 503)
        held = stack.pop_all()
    sound = Response(answer.iter_content(CHUNK), mimetype="audio/wav")
    sound.call_on_close(held.close)
    return sound
