"""`<Enqueue>`, `<Dial><Queue>` and `<Dial><Conference>`."""

from ivr.carrier.caller import Caller
from tests.unit.carrier.desk import GUARD, HOTLINE, LEAD, Desk

ENQUEUE = '<Enqueue waitUrl="/wait" action="/left">desk</Enqueue>'
WAIT = '<Say>you are number one</Say><Pause length="20"/>'
OFFER = '<Gather numDigits="1" action="/choice" timeout="10"><Say>Press 1 for a call back</Say></Gather>'


def queued(desk: Desk, **pages: str) -> Caller:
    told: dict[str, str] = {"wait": WAIT, "left": "<Say>after the queue</Say>", **pages}
    return desk.dialled(ENQUEUE, **told)


def agent(desk: Desk, caller: Caller, noun: str = "<Queue>desk</Queue>", attributes: str = "") -> Caller:
    desk.pages["/ivr/voice"] = f'<Dial action="/agent-done" {attributes}>{noun}</Dial>'
    return caller.someone(LEAD).dial(LEAD, HOTLINE)


def test_wait_document_is_asked_for_again_with_the_place(desk: Desk) -> None:
    caller = queued(desk).hears("number one")
    assert desk.forms("/ivr/voice")
    assert caller.leg.doing == "pausing"

    caller.waits(25)

    first, second = desk.forms("/wait")[:2]
    assert (first["QueuePosition"], first["QueueTime"], first["CurrentQueueSize"]) == ("1", "0", "1")
    assert int(second["QueueTime"]) >= 20
    assert first["MaxQueueSize"] == "1000"
    assert first["QueueSid"].startswith("QU")


def test_leave_goes_to_the_action(desk: Desk) -> None:
    caller = queued(desk, wait=OFFER, choice="<Say>we call back</Say><Leave/>")

    caller.press("1").hears("we call back", "after the queue")

    form = desk.forms("/left")[0]
    assert form["QueueResult"] == "leave"
    assert int(form["QueueTime"]) >= 0
    assert form["QueueSid"].startswith("QU")


def test_hang_up_in_the_queue_is_told(desk: Desk) -> None:
    queued(desk).hangs_up()

    form = desk.forms("/left")[0]
    assert (form["QueueResult"], form["CallStatus"]) == ("hangup", "completed")


def test_hangup_verb_in_the_wait_document_ends_the_call(desk: Desk) -> None:
    caller = queued(desk, wait="<Say>we are closed</Say><Hangup/>")

    assert caller.status == "completed"
    assert desk.forms("/left")[0]["QueueResult"] == "hangup"


def test_full_queue(desk: Desk) -> None:
    desk.pages |= {"/wait": WAIT, "/left": "<Say>try later</Say>"}
    caller = desk.dialled('<Enqueue waitUrl="/wait" action="/left" maxQueueSize="1">desk</Enqueue>')

    other = caller.someone(GUARD).dial(GUARD, HOTLINE).hears("try later")

    assert desk.forms("/left")[0]["QueueResult"] == "queue-full"
    assert "QueueSid" not in desk.forms("/left")[0]
    assert other.is_over


def test_broken_wait_document_is_an_error(desk: Desk) -> None:
    desk.pages |= {"/ivr/voice": ENQUEUE, "/wait": "<Record/>", "/left": "<Say>sorry</Say>"}
    caller = desk.caller()
    caller.allows = {12200}

    caller.dial(GUARD, HOTLINE).hears("sorry")

    assert desk.forms("/left")[0]["QueueResult"] == "error"


def test_agent_takes_the_front_and_the_action_waits_for_the_end_of_the_talk(desk: Desk) -> None:
    caller = queued(desk)
    lead = agent(desk, caller)
    assert caller.talks_with(lead)
    assert desk.forms("/left") == []

    lead.says("how can I help")
    caller.hears("how can I help")
    lead.hangs_up()
    caller.settles().hears("after the queue")

    assert desk.forms("/left")[0]["QueueResult"] == "bridged"
    assert desk.forms("/agent-done")[0]["DialCallStatus"] == "completed"


def test_caller_hears_an_announcement_before_the_agent(desk: Desk) -> None:
    caller = queued(desk)
    desk.pages["/soon"] = "<Say>connecting you now</Say>"

    lead = agent(desk, caller, '<Queue url="/soon">desk</Queue>')

    caller.settles().hears("connecting you now")
    assert desk.forms("/soon")[0]["DequeingCallSid"] == lead.call_sid
    assert desk.forms("/soon")[0]["CallSid"] == caller.call_sid


def test_caller_hanging_up_frees_the_agent(desk: Desk) -> None:
    caller = queued(desk)
    lead = agent(desk, caller)

    caller.hangs_up()

    assert lead.settles().is_over
    assert desk.forms("/left")[0]["QueueResult"] == "bridged"


def test_agent_waits_for_a_caller_and_gives_up_in_time(desk: Desk) -> None:
    caller = desk.caller()
    lead = agent(desk, caller, attributes='timeout="10"')
    desk.pages |= {"/ivr/voice": ENQUEUE, "/wait": WAIT}

    other = lead.someone(GUARD).dial(GUARD, HOTLINE)
    assert other.talks_with(lead)
    other.hangs_up()
    agent(desk, caller, attributes='timeout="10"').waits()

    assert desk.forms("/agent-done")[-1]["DialCallStatus"] == "no-answer"


def test_default_music_and_silence(desk: Desk) -> None:
    assert [line.text for line in desk.dialled("<Enqueue>desk</Enqueue>").lines] == ["hold music"]
    assert [line.text for line in desk.dialled('<Enqueue waitUrl="">desk</Enqueue>').lines] == ["silence"]


# Conferences

ROOM = (
    '<Dial action="/after"><Conference waitUrl="" statusCallback="/room" '
    'statusCallbackEvent="start end join leave" {more}>room</Conference></Dial>'
)


def test_conference_starts_with_two_and_ends_with_the_last(desk: Desk) -> None:
    caller = desk.dialled(ROOM.format(more=""))
    assert caller.lines[0].text == "silence"
    lead = caller.someone(LEAD).dial(LEAD, HOTLINE)

    caller.says("who is there")
    lead.hears("who is there").hangs_up()
    caller.hangs_up()

    events = [form["StatusCallbackEvent"] for form in desk.forms("/room")]
    assert events == [
        "participant-join",
        "participant-join",
        "conference-start",
        "participant-leave",
        "participant-leave",
        "conference-end",
    ]
    assert [form["SequenceNumber"] for form in desk.forms("/room")] == [str(n) for n in range(6)]
    assert desk.forms("/room")[-1]["ReasonConferenceEnded"] == "last-participant-left"


def test_end_on_exit_sends_the_others_to_their_action(desk: Desk) -> None:
    caller = desk.dialled(ROOM.format(more=""), after="<Say>the room is closed</Say>")
    desk.pages["/ivr/voice"] = ROOM.format(more='endConferenceOnExit="true"')
    lead = caller.someone(LEAD).dial(LEAD, HOTLINE)

    lead.hangs_up()

    caller.settles().hears("the room is closed")
    assert desk.forms("/after")[-1]["DialCallStatus"] == "answered"
    assert "DialCallSid" not in desk.forms("/after")[-1]


def test_coach_is_heard_by_the_coached_alone(desk: Desk) -> None:
    caller = desk.dialled(ROOM.format(more=""))
    lead = caller.someone(LEAD).dial(LEAD, HOTLINE)
    desk.pages["/ivr/voice"] = ROOM.format(more=f'coach="{lead.call_sid}"')
    coach = caller.someone(GUARD).dial(GUARD, HOTLINE)
    caller.waits(1)

    coach.says("offer a refund")

    lead.hears("offer a refund")
    caller.does_not_hear("refund")


def test_wait_document_of_a_conference_is_not_repeated(desk: Desk) -> None:
    page = '<Dial><Conference waitUrl="/music">room</Conference></Dial>'

    caller = desk.dialled(page, music="<Say>please hold</Say>").hears("please hold")
    caller.waits(120)

    assert len(desk.forms("/music")) == 1
