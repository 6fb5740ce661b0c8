"""The REST API of recordings, queues and conferences."""

import xml.etree.ElementTree as ET

from flask import Response, jsonify, request
from flask.typing import ResponseReturnValue

from ivr.carrier import recordings
from ivr.carrier import rest_errors as errors
from ivr.carrier.conference import Participant, Room
from ivr.carrier.events import Target
from ivr.carrier.recordings import Recording
from ivr.carrier.rest import accounts, api, exchange, find_call, listed, plan_of, shapes
from ivr.carrier.waiting import Member, Queue

# Recordings


def _find_recording(sid: str) -> Recording:
    made = exchange().recordings.get(sid)
    if made is None:
        raise errors.not_found()
    return made


@api.get("/Recordings.json")
def list_recordings() -> ResponseReturnValue:
    """Recordings, newest first, by CallSid."""
    call = request.args.get("CallSid")
    found = [made for made in list(exchange().recordings.values()) if call in (None, "", made.call.sid)]
    return listed("recordings", "Recordings", reversed(found), shapes().recording)


@api.get("/Calls/<sid>/Recordings.json")
def list_call_recordings(sid: str) -> ResponseReturnValue:
    """Recordings of one call."""
    leg = find_call(sid)
    found = [made for made in list(exchange().recordings.values()) if made.call is leg]
    return listed("recordings", f"Calls/{sid}/Recordings", reversed(found), shapes().recording)


@api.get("/Recordings/<sid>.json")
def get_recording(sid: str) -> ResponseReturnValue:
    """What is known of a recording."""
    return jsonify(shapes().recording(_find_recording(sid)))


@api.get("/Recordings/<sid>")
@api.get("/Recordings/<sid>.wav")
def play_recording(sid: str) -> ResponseReturnValue:
    """Its sound, as WAV. There is no MP3 encoder here: `.mp3` is not found."""
    return Response(recordings.wav(_find_recording(sid)), mimetype="audio/x-wav")


@api.delete("/Recordings/<sid>.json")
def delete_recording(sid: str) -> ResponseReturnValue:
    """Delete a recording for good."""
    del exchange().recordings[_find_recording(sid).sid]
    return "", 204


# Queues


def _find_queue(sid: str) -> Queue:
    found = next((queue for queue in list(exchange().queues.values()) if queue.sid == sid), None)
    if found is None:
        raise errors.not_found()
    return found


def _find_member(queue: Queue, sid: str) -> Member:
    if sid == "Front" and queue.members:
        return queue.members[0]
    found = next((member for member in queue.members if member.leg.sid == sid), None)
    if found is None:
        raise errors.not_found()
    return found


@api.get("/Queues.json")
def list_queues() -> ResponseReturnValue:
    """All queues."""
    return listed("queues", "Queues", list(exchange().queues.values()), shapes().queue)


@api.get("/Queues/<sid>.json")
def get_queue(sid: str) -> ResponseReturnValue:
    """One queue."""
    return jsonify(shapes().queue(_find_queue(sid)))


@api.get("/Queues/<sid>/Members.json")
def list_members(sid: str) -> ResponseReturnValue:
    """Who waits in a queue, first come first."""
    queue = _find_queue(sid)
    return listed(
        "queue_members", f"Queues/{sid}/Members", queue.members, lambda member: shapes().member(queue, member)
    )


@api.get("/Queues/<sid>/Members/<call_sid>.json")
def get_member(sid: str, call_sid: str) -> ResponseReturnValue:
    """One caller in a queue, or `Front`."""
    queue = _find_queue(sid)
    return jsonify(shapes().member(queue, _find_member(queue, call_sid)))


@api.post("/Queues/<sid>/Members/<call_sid>.json")
def dequeue_member(sid: str, call_sid: str) -> ResponseReturnValue:
    """Send a waiting caller to a document."""
    queue = _find_queue(sid)
    member = _find_member(queue, call_sid)
    shape = shapes().member(queue, member)
    url = errors.absolute(request.form.get("Url", ""))
    exchange().redirect(member.leg, Target(url, errors.method(request.form, "Method")))
    return jsonify(shape)


# Conferences


def _find_room(sid: str) -> Room:
    room = exchange().rooms.get(sid)
    if room is None:
        raise errors.not_found()
    return room


def _find_participant(room: Room, sid: str) -> Participant:
    found = room.find(sid)
    if found is None:
        raise errors.not_found()
    return found


@api.get("/Conferences.json")
def list_conferences() -> ResponseReturnValue:
    """Conferences, newest first, by FriendlyName and Status."""
    asked = request.args
    found = [
        room
        for room in list(exchange().rooms.values())
        if asked.get("FriendlyName") in (None, "", room.name)
        and asked.get("Status") in (None, "", room.status)
    ]
    return listed("conferences", "Conferences", reversed(found), shapes().conference)


@api.get("/Conferences/<sid>.json")
def get_conference(sid: str) -> ResponseReturnValue:
    """One conference."""
    return jsonify(shapes().conference(_find_room(sid)))


@api.post("/Conferences/<sid>.json")
def update_conference(sid: str) -> ResponseReturnValue:
    """End a conference."""
    room = _find_room(sid)
    if request.form.get("Status") == "completed":
        with exchange().lock:
            room.end("conference-ended-via-api")
    return jsonify(shapes().conference(room))


@api.get("/Conferences/<sid>/Participants.json")
def list_participants(sid: str) -> ResponseReturnValue:
    """Who is in a conference."""
    room = _find_room(sid)
    return listed(
        "participants",
        f"Conferences/{sid}/Participants",
        room.participants,
        lambda who: shapes().participant(room, who),
    )


@api.post("/Conferences/<name>/Participants.json")
def create_participant(name: str) -> ResponseReturnValue:
    """Ring somebody into a conference, by its SID or name."""
    form = request.form
    room = exchange().rooms.get(name) or exchange().conference(name)
    from_, to = form.get("From", ""), form.get("To", "")
    errors.check_call_numbers(exchange(), from_, to)
    document = _conference_document(room.name)
    with exchange().lock:
        leg = exchange().place(from_, to, plan_of(document))
        who = Participant(
            leg, form.get("Label", ""), True, form.get("EndConferenceOnExit") == "true", True, False, ""
        )
        return jsonify(shapes().participant(room, who) | {"status": "queued"}), 201


def _conference_document(name: str) -> Target:
    """The document that the new leg runs: the form's settings as attributes of the noun."""
    root = ET.Element("Response")
    noun = ET.SubElement(ET.SubElement(root, "Dial"), "Conference")
    noun.text = name
    for field, attribute in (
        ("Label", "participantLabel"),
        ("Muted", "muted"),
        ("Beep", "beep"),
        ("StartConferenceOnEnter", "startConferenceOnEnter"),
        ("EndConferenceOnExit", "endConferenceOnExit"),
        ("CallSidToCoach", "coach"),
    ):
        if request.form.get(field):
            noun.set(attribute, request.form[field])
    return Target(inline=ET.tostring(root, encoding="unicode"))


@api.get("/Conferences/<sid>/Participants/<call_sid>.json")
def get_participant(sid: str, call_sid: str) -> ResponseReturnValue:
    """One participant, by call SID or label."""
    room = _find_room(sid)
    return jsonify(shapes().participant(room, _find_participant(room, call_sid)))


@api.post("/Conferences/<sid>/Participants/<call_sid>.json")
def update_participant(sid: str, call_sid: str) -> ResponseReturnValue:
    """Mute, hold or coach."""
    room, form = _find_room(sid), request.form
    who = _find_participant(room, call_sid)
    with exchange().lock:
        for field, name, kind in (("Muted", "muted", "mute"), ("Hold", "hold", "hold")):
            if field in form:
                wanted = form[field].lower() == "true"
                changed = getattr(who, name) is not wanted
                setattr(who, name, wanted)
                if changed:
                    room.tell(kind, f"participant-{'' if wanted else 'un'}{kind}", who)
        if "HoldUrl" in form:
            who.hold_url = errors.absolute(form["HoldUrl"])
        if "Coaching" in form:
            who.coach = form.get("CallSidToCoach", "") if form["Coaching"].lower() == "true" else ""
        if "EndConferenceOnExit" in form:
            who.ends = form["EndConferenceOnExit"].lower() == "true"
        room.rouse()
    return jsonify(shapes().participant(room, who))


@api.delete("/Conferences/<sid>/Participants/<call_sid>.json")
def delete_participant(sid: str, call_sid: str) -> ResponseReturnValue:
    """Take somebody out of a conference."""
    room = _find_room(sid)
    with exchange().lock:
        who = _find_participant(room, call_sid)
        room.leave(who, "participant_updated_via_api")
    return "", 204


accounts.register_blueprint(api)
__all__ = ["accounts"]
