"""`<Dial>` of numbers: rings, whisper, bridge, and what the action is told."""

from tests.unit.carrier.desk import GUARD, HOTLINE, LEAD, Desk

WHISPER = '<Gather numDigits="1" action="/accept"><Say>Press 1 to accept</Say></Gather><Hangup/>'
ACCEPT = "<Say>connecting</Say>"


def dial(number: str = LEAD, attributes: str = "", noun: str = 'url="/whisper"') -> str:
    return f'<Dial action="/after" {attributes}><Number {noun}>{number}</Number></Dial><Say>unreachable</Say>'


def test_plain_bridge_and_completed(desk: Desk) -> None:
    caller = desk.dialled(dial(noun=""), after="<Say>goodbye</Say>")
    lead = caller.someone(LEAD)
    assert lead.is_rung

    lead.answers()
    assert caller.talks_with(lead)
    caller.says("my lift is stuck")
    lead.hears("my lift is stuck").says("on my way").hangs_up()
    caller.settles().hears("goodbye").does_not_hear("unreachable")

    form = desk.forms("/after")[0]
    assert (form["DialCallStatus"], form["DialBridged"]) == ("completed", "true")
    assert form["DialCallSid"] == lead.call_sid
    assert int(form["DialCallDuration"]) >= 0


def test_no_answer_after_timeout_and_grace(desk: Desk) -> None:
    caller = desk.dialled(dial(attributes='timeout="20"'), after="<Say>nobody</Say>")
    begun = caller.exchange.now

    caller.waits()

    assert caller.exchange.now - begun >= 25
    form = desk.forms("/after")[0]
    assert (form["DialCallStatus"], form["DialBridged"]) == ("no-answer", "false")


def test_rejected_is_busy_and_unreachable_is_failed(desk: Desk) -> None:
    caller = desk.dialled(dial(), after="")
    caller.someone(LEAD).rejects()
    caller.settles()
    caller.exchange.phone(LEAD).habit = "unreachable"
    caller.dial(caller.number, HOTLINE)

    assert [form["DialCallStatus"] for form in desk.forms("/after")] == ["busy", "failed"]


def test_whisper_is_heard_by_the_callee_alone_and_then_bridges(desk: Desk) -> None:
    caller = desk.dialled(dial(), whisper=WHISPER, accept=ACCEPT)
    lead = caller.someone(LEAD).answers().hears("press 1 to accept")
    assert not caller.talks_with(lead)

    lead.press("1").hears("connecting")

    assert caller.talks_with(lead)
    caller.does_not_hear("press 1")
    whisper = desk.forms("/whisper")[0]
    assert whisper["CallSid"] == lead.call_sid
    assert whisper["ParentCallSid"] == caller.call_sid
    assert whisper["Direction"] == "outbound-dial"


def test_whisper_without_key_hangs_up_and_counts_as_not_bridged(desk: Desk) -> None:
    caller = desk.dialled(dial(), whisper=WHISPER, after="<Say>next</Say>")

    caller.someone(LEAD).answers().waits()
    caller.settles()

    form = desk.forms("/after")[0]
    assert (form["DialCallStatus"], form["DialBridged"]) == ("completed", "false")


def test_callee_hanging_up_in_the_whisper_is_no_talk(desk: Desk) -> None:
    caller = desk.dialled(dial(), whisper=WHISPER, after="<Say>next</Say>")

    caller.someone(LEAD).answers().hangs_up()
    caller.settles().hears("next")

    form = desk.forms("/after")[0]
    assert (form["DialCallStatus"], form["DialBridged"]) == ("completed", "false")


def test_voicemail_hears_the_whisper_and_does_not_accept(desk: Desk) -> None:
    desk.pages |= {"/ivr/voice": dial(), "/whisper": WHISPER, "/after": "<Say>next</Say>"}
    caller = desk.caller()
    caller.exchange.phone(LEAD).habit = "voicemail"

    caller.dial("+886912000001", HOTLINE).waits(40)

    assert desk.forms("/after")[0]["DialBridged"] == "false"


def test_first_to_pick_up_wins_and_the_others_stop_ringing(desk: Desk) -> None:
    both = f'<Dial action="/after"><Number>{LEAD}</Number><Number>{GUARD}</Number></Dial>'
    caller = desk.dialled(both)
    lead, guard = caller.someone(LEAD), caller.someone(GUARD)
    assert lead.is_rung
    assert guard.is_rung

    guard.answers()

    assert caller.talks_with(guard)
    assert lead.status == "canceled"


def test_sequential_rings_one_after_another(desk: Desk) -> None:
    both = f'<Dial sequential="true"><Number>{LEAD}</Number><Number>{GUARD}</Number></Dial>'
    caller = desk.dialled(both)
    lead, guard = caller.someone(LEAD), caller.someone(GUARD)
    assert lead.is_rung
    assert not guard.is_rung

    lead.rejects()

    assert guard.is_rung


def test_caller_gives_up_while_it_rings(desk: Desk) -> None:
    caller = desk.dialled(dial())
    lead = caller.someone(LEAD)

    caller.hangs_up()

    assert lead.status == "canceled"
    form = desk.forms("/after")[0]
    assert (form["DialCallStatus"], form["CallStatus"]) == ("canceled", "completed")


def test_without_action_the_document_goes_on(desk: Desk) -> None:
    caller = desk.dialled(f"<Dial>{LEAD}</Dial><Say>after all</Say>")

    caller.someone(LEAD).rejects()

    caller.settles().hears("after all")


def test_hangup_on_star_ends_the_talk_for_the_caller_only(desk: Desk) -> None:
    caller = desk.dialled(dial(attributes='hangupOnStar="true"', noun=""), after="<Say>still here</Say>")
    lead = caller.someone(LEAD).answers()

    caller.press("*").hears("still here")

    assert lead.settles().is_over


def test_time_limit_ends_the_talk(desk: Desk) -> None:
    caller = desk.dialled(dial(attributes='timeLimit="60"', noun=""), after="")
    caller.someone(LEAD).answers()

    caller.waits(61)

    assert caller.is_over


def test_foreign_caller_id_is_refused(desk: Desk) -> None:
    desk.pages["/ivr/voice"] = dial(attributes='callerId="+886999999999"')
    caller = desk.caller()
    caller.allows = {13214}

    caller.dial("+886912000001", HOTLINE).hears("application error")

    assert desk.forms("/after") == []


def test_callers_own_number_or_ours_may_be_shown(desk: Desk) -> None:
    caller = desk.dialled(dial(attributes=f'callerId="{HOTLINE}"'))

    assert caller.someone(LEAD).leg.from_ == HOTLINE


def test_number_status_callbacks_come_in_order(desk: Desk) -> None:
    noun = 'statusCallback="/progress" statusCallbackEvent="initiated ringing answered completed"'
    caller = desk.dialled(dial(noun=noun))

    caller.someone(LEAD).answers().hangs_up()
    caller.settles()

    seen = [(f["CallStatus"], f["SequenceNumber"]) for f in desk.forms("/progress")]
    assert seen == [("initiated", "0"), ("ringing", "1"), ("in-progress", "2"), ("completed", "3")]
    assert all(f["CallbackSource"] == "call-progress-events" for f in desk.forms("/progress"))


def test_answer_on_bridge_leaves_the_caller_ringing(desk: Desk) -> None:
    caller = desk.dialled(dial(attributes='answerOnBridge="true"'), whisper=WHISPER, accept="")
    assert caller.status == "ringing"

    caller.someone(LEAD).answers().press("1")

    assert caller.status == "in-progress"
