"""The REST API, asked by the real `twilio` client."""

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from ivr.carrier.app import create_carrier
from ivr.carrier.caller import Caller
from ivr.carrier.loopback import loopback_client
from ivr.carrier.rest_errors import RestError
from tests.unit.carrier.desk import HOTLINE, LEAD, PUBLIC, RESIDENT, SID, TOKEN, Desk

ALL = ["initiated", "ringing", "answered", "completed"]


@pytest.fixture
def caller(desk: Desk) -> Caller:
    return desk.caller(carrier_url="http://carrier.test")


@pytest.fixture
def client(caller: Caller) -> Client:
    return loopback_client(create_carrier(caller.exchange), SID, TOKEN)


def ring(client: Client, **more: object) -> str:
    told = {"to": LEAD, "from_": HOTLINE, "url": f"{PUBLIC}/escalation"} | more
    return str(client.calls.create(**told).sid)


def test_call_is_queued_then_rings_and_runs_its_document(desk: Desk, caller: Caller, client: Client) -> None:
    desk.pages["/escalation"] = '<Gather numDigits="1" action="/ack"><Say>Press 1</Say></Gather>'
    desk.pages["/ack"] = "<Say>thank you</Say>"
    told = {"status_callback": f"{PUBLIC}/progress", "status_callback_event": ALL}

    call = client.calls.create(to=LEAD, from_=HOTLINE, url=f"{PUBLIC}/escalation", **told)
    lead = caller.someone(LEAD).answers().hears("press 1").press("1").hears("thank you")

    assert call.status in ("queued", "ringing")
    assert lead.call_sid == call.sid
    assert desk.forms("/escalation")[0]["Direction"] == "outbound-api"
    seen = [(f["CallStatus"], f["SequenceNumber"]) for f in desk.forms("/progress")]
    assert seen == [("initiated", "0"), ("ringing", "1"), ("in-progress", "2"), ("completed", "3")]
    fetched = client.calls(call.sid).fetch()
    assert fetched.status == "completed"
    assert fetched.direction == "outbound-api"
    assert int(fetched.duration) > 0


@pytest.mark.parametrize(
    ("habit", "status"), [("hand", "no-answer"), ("busy", "busy"), ("unreachable", "failed")]
)
def test_unanswered_calls(desk: Desk, caller: Caller, client: Client, habit: str, status: str) -> None:
    caller.exchange.phone(LEAD).habit = habit

    sid = ring(client, timeout=20, status_callback=f"{PUBLIC}/progress")
    caller.exchange.advance(caller.exchange.now + 21)

    assert client.calls(sid).fetch().status == status
    assert [f["CallStatus"] for f in desk.forms("/progress")] == [status]


def test_one_call_a_second(caller: Caller, client: Client) -> None:
    first, second = ring(client), ring(client, to=RESIDENT)
    assert client.calls(first).fetch().status == "ringing"
    assert client.calls(second).fetch().status == "queued"

    caller.exchange.advance(caller.exchange.now + 1)

    fetched = client.calls(second).fetch()
    assert fetched.status == "ringing"
    assert int(fetched.queue_time) == 1000


def test_cancelling_a_queued_call_tells_nobody(desk: Desk, caller: Caller, client: Client) -> None:
    ring(client)
    queued = ring(client, to=RESIDENT, status_callback=f"{PUBLIC}/progress")

    client.calls(queued).update(status="canceled")
    caller.exchange.advance(caller.exchange.now + 5)

    assert client.calls(queued).fetch().status == "canceled"
    assert desk.forms("/progress") == []


def test_cancelling_a_ringing_call(desk: Desk, caller: Caller, client: Client) -> None:
    sid = ring(client, status_callback=f"{PUBLIC}/progress")

    client.calls(sid).update(status="canceled")

    assert client.calls(sid).fetch().status == "canceled"
    assert [f["CallStatus"] for f in desk.forms("/progress")] == ["canceled"]


def test_answering_machine_is_detected_and_presses_nothing(
    desk: Desk, caller: Caller, client: Client
) -> None:
    desk.pages["/escalation"] = '<Gather numDigits="1" action="/ack"><Say>Press 1</Say></Gather>'
    caller.exchange.phone(LEAD).habit = "voicemail"

    ring(client, machine_detection="Enable")
    caller.exchange.advance(caller.exchange.now + 60)

    assert desk.forms("/escalation")[0]["AnsweredBy"] == "machine_start"
    assert desk.forms("/ack") == []


def test_call_in_progress_is_sent_elsewhere(desk: Desk, caller: Caller, client: Client) -> None:
    desk.pages |= {"/ivr/voice": '<Gather timeout="600"/>', "/elsewhere": "<Say>here you are</Say>"}
    caller.dial(RESIDENT, HOTLINE)

    client.calls(caller.call_sid).update(url=f"{PUBLIC}/elsewhere", method="POST")

    caller.settles().hears("here you are")
    with pytest.raises(TwilioRestException) as refused:
        client.calls(caller.call_sid).update(url=f"{PUBLIC}/elsewhere")
    assert refused.value.code == 21220


def test_call_in_progress_is_hung_up(desk: Desk, caller: Caller, client: Client) -> None:
    desk.pages["/ivr/voice"] = '<Gather timeout="60"/>'
    caller.dial(RESIDENT, HOTLINE)

    client.calls(caller.call_sid).update(status="completed")

    assert caller.status == "completed"


def test_inline_document(caller: Caller, client: Client) -> None:
    client.calls.create(to=LEAD, from_=HOTLINE, twiml="<Response><Say>inline</Say></Response>")

    caller.someone(LEAD).answers().hears("inline")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"to": "12345"}, 21211),
        ({"to": "+15005550001"}, 21217),
        ({"to": "+15005550002"}, 21214),
        ({"to": "+15005550003"}, 21215),
        ({"to": "+15005550004"}, 21216),
        ({"from_": "+15005550001"}, 21212),
        ({"from_": "nobody"}, 21212),
        ({"from_": LEAD}, 21210),
        ({"url": "/relative"}, 21205),
        ({"timeout": 601}, 20001),
        ({"status_callback_event": ["later"], "status_callback": f"{PUBLIC}/x"}, 21626),
        ({"twiml": "<Response>" + " " * 4000 + "</Response>"}, 32018),
    ],
)
def test_refused_calls(client: Client, wrong: dict[str, object], code: int) -> None:
    with pytest.raises(TwilioRestException) as refused:
        ring(client, **wrong)

    assert refused.value.code == code
    assert refused.value.status == 400


def test_lists_page_and_filter(caller: Caller, client: Client) -> None:
    for _ in range(3):
        ring(client)
    ring(client, to=RESIDENT)

    assert len(client.calls.list(page_size=2)) == 4
    assert [call.to for call in client.calls.list(to=RESIDENT)] == [RESIDENT]
    assert len(client.calls.list(status="queued")) == 3


def test_wrong_token_and_foreign_account(caller: Caller) -> None:
    carrier = create_carrier(caller.exchange)

    with pytest.raises(TwilioRestException) as unknown:
        loopback_client(carrier, SID, "wrong").api.accounts(SID).fetch()
    with pytest.raises(TwilioRestException) as missing:
        loopback_client(carrier, SID, TOKEN).api.accounts("AC" + "1" * 32).fetch()

    assert (unknown.value.status, unknown.value.code) == (401, 20003)
    assert (missing.value.status, missing.value.code) == (404, 20404)


def test_unknown_things_are_not_found(client: Client) -> None:
    for fetch in (
        client.calls("CA" + "0" * 32).fetch,
        client.messages("SM" + "0" * 32).fetch,
        client.recordings("RE" + "0" * 32).fetch,
        client.queues("QU" + "0" * 32).fetch,
        client.conferences("CF" + "0" * 32).fetch,
    ):
        with pytest.raises(TwilioRestException) as missing:
            fetch()
        assert missing.value.code == 20404


def test_failure_asked_for_by_a_test_hits_one_request(caller: Caller, client: Client) -> None:
    caller.exchange.refusals.append(RestError(20429, 429))

    with pytest.raises(TwilioRestException) as busy:
        client.api.accounts(SID).fetch()

    assert busy.value.code == 20429
    assert client.calls.list() == []


def test_account_and_numbers(client: Client) -> None:
    assert client.api.accounts(SID).fetch().status == "active"
    assert [n.voice_url for n in client.incoming_phone_numbers.list()] == [f"{PUBLIC}/ivr/voice"]


# Messages


def test_message_is_delivered_and_its_callback_told_in_order(
    desk: Desk, caller: Caller, client: Client
) -> None:
    sent = client.messages.create(
        to=RESIDENT, from_=HOTLINE, body="編號 10000014", status_callback=f"{PUBLIC}/sms"
    )
    assert sent.status == "queued"

    caller.exchange.advance(caller.exchange.now + 2)

    assert [text.body for text in caller.someone(RESIDENT).messages] == ["編號 10000014"]
    assert [f["MessageStatus"] for f in desk.forms("/sms")] == ["sent", "delivered"]
    assert client.messages(sent.sid).fetch().status == "delivered"
    assert client.messages.list(to=RESIDENT)[0].sid == sent.sid


def test_unreachable_phone_leaves_the_message_undelivered(desk: Desk, caller: Caller, client: Client) -> None:
    caller.exchange.phone(RESIDENT).habit = "unreachable"

    client.messages.create(to=RESIDENT, from_=HOTLINE, body="x", status_callback=f"{PUBLIC}/sms")
    caller.exchange.advance(caller.exchange.now + 2)

    last = desk.forms("/sms")[-1]
    assert (last["MessageStatus"], last["ErrorCode"]) == ("undelivered", "30003")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"to": "0912"}, 21211),
        ({"to": "+15005550001"}, 21211),
        ({"to": "+15005550002"}, 21612),
        ({"to": "+15005550003"}, 21408),
        ({"to": "+15005550004"}, 21610),
        ({"to": "+15005550009"}, 21614),
        ({"from_": "+15005550001"}, 21212),
        ({"from_": "+15005550007"}, 21606),
        ({"from_": "+15005550008"}, 21611),
        ({"from_": LEAD}, 21606),
        ({"to": HOTLINE}, 21266),
        ({"body": ""}, 21602),
        ({"body": "x" * 1601}, 21617),
    ],
)
def test_refused_messages(client: Client, wrong: dict[str, object], code: int) -> None:
    with pytest.raises(TwilioRestException) as refused:
        client.messages.create(**({"to": RESIDENT, "from_": HOTLINE, "body": "hello"} | wrong))

    assert refused.value.code == code


def test_stop_opts_out_and_start_opts_in(desk: Desk, caller: Caller, client: Client) -> None:
    resident = caller.someone(RESIDENT)
    resident.texts(HOTLINE, " stop ")
    assert "unsubscribed" in resident.messages[-1].body

    with pytest.raises(TwilioRestException) as refused:
        client.messages.create(to=RESIDENT, from_=HOTLINE, body="hello")
    assert refused.value.code == 21610
    resident.texts(HOTLINE, "START")

    assert client.messages.create(to=RESIDENT, from_=HOTLINE, body="hello").status == "queued"


def test_incoming_text_and_the_answer_in_twiml(desk: Desk, caller: Caller) -> None:
    desk.pages["/ivr/sms"] = "<Message>Ticket 1 is open</Message>"

    resident = caller.someone(RESIDENT).texts(HOTLINE, "status?", media=("https://x.example/a.jpg",))

    assert [text.body for text in resident.messages] == ["Ticket 1 is open"]
    form = desk.forms("/ivr/sms")[0]
    assert form["MessageSid"] == form["SmsSid"]
    assert (form["From"], form["To"], form["Body"]) == (RESIDENT, HOTLINE, "status?")
    assert (form["NumMedia"], form["MediaUrl0"]) == ("1", "https://x.example/a.jpg")


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("<Say>no voice here</Say>", 12200),
        ('<Message colour="red">x</Message>', 12200),
        (f"<Message>{'x' * 1601}</Message>", 21617),
    ],
)
def test_refused_message_documents(desk: Desk, caller: Caller, answer: str, code: int) -> None:
    desk.pages["/ivr/sms"] = answer
    resident = caller.someone(RESIDENT)
    resident.allows = {code}

    resident.texts(HOTLINE, "hello")

    assert [alert.code for alert in caller.exchange.alerts] == [code]
    assert resident.messages == []


# Recordings, queues, conferences


def test_recording_is_listed_played_and_deleted(desk: Desk, caller: Caller, client: Client) -> None:
    desk.pages["/ivr/voice"] = '<Record action="/done"/>'
    caller.dial(RESIDENT, HOTLINE).records(4, "water leaks")

    made = client.recordings.list(call_sid=caller.call_sid)[0]
    path = desk.forms("/done")[0]["RecordingUrl"].removeprefix("http://carrier.test")
    web = create_carrier(caller.exchange).test_client()

    assert made.duration == "4"
    assert web.get(path).status_code == 401
    sound = web.get(path + ".wav", auth=(SID, TOKEN))
    assert sound.data[:4] == b"RIFF"
    assert client.recordings(made.sid).delete()
    assert web.get(path, auth=(SID, TOKEN)).status_code == 404


def test_queue_members_and_dequeue_by_rest(desk: Desk, caller: Caller, client: Client) -> None:
    desk.pages |= {
        "/ivr/voice": '<Enqueue waitUrl="/wait" action="/left">desk</Enqueue>',
        "/wait": '<Say>please wait</Say><Pause length="20"/>',
        "/agent": "<Say>an agent is here</Say>",
    }
    caller.dial(RESIDENT, HOTLINE).hears("please wait")
    queue = client.queues.list()[0]
    member = client.queues(queue.sid).members("Front").fetch()
    assert (queue.friendly_name, queue.current_size) == ("desk", 1)
    assert (member.call_sid, member.position) == (caller.call_sid, 1)

    client.queues(queue.sid).members(caller.call_sid).update(url=f"{PUBLIC}/agent")

    caller.settles().hears("an agent is here")
    assert desk.forms("/left")[0]["QueueResult"] == "redirected"


def test_conference_hold_mute_and_removal(desk: Desk, caller: Caller, client: Client) -> None:
    desk.pages["/ivr/voice"] = '<Dial><Conference waitUrl="">room</Conference></Dial><Say>you left</Say>'
    caller.dial(RESIDENT, HOTLINE)
    lead = caller.someone(LEAD).dial(LEAD, HOTLINE)
    room = client.conferences.list(friendly_name="room")[0]
    assert room.status == "in-progress"
    caller.says("can you hear me")
    lead.hears("can you hear me")

    client.conferences(room.sid).participants(caller.call_sid).update(muted=True)
    caller.says("now muted")
    lead.does_not_hear("now muted")
    client.conferences(room.sid).participants(caller.call_sid).delete()

    caller.settles().hears("you left")
    assert len(client.conferences(room.sid).participants.list()) == 1


def test_participant_is_rung_into_a_conference(desk: Desk, caller: Caller, client: Client) -> None:
    desk.pages["/ivr/voice"] = '<Dial><Conference waitUrl="">room</Conference></Dial>'
    caller.dial(RESIDENT, HOTLINE)
    room = client.conferences.list()[0]

    client.conferences(room.sid).participants.create(from_=HOTLINE, to=LEAD, label="lead")
    lead = caller.someone(LEAD).answers().says("hello")

    caller.hears("hello")
    assert client.conferences(room.sid).participants("lead").fetch().call_sid == lead.call_sid
