"""A ticket's history as sentences: one line per event, with who, what, old and new."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from console import wording
from console.fmt import duration, moment
from console.i18n import N_, ngettext
from console.i18n import gettext as _
from tickets.models import Category, TicketEvent

Data = Mapping[str, Any]


@dataclass(frozen=True)
class HistoryLine:
    """One event on a page. `tone` is "", "accent" or "bad"; `quote` what somebody said or wrote."""

    at: datetime
    author: str
    text: str
    quote: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Reader:
    """Turns events into lines. `names` are staff names by login, `categories` by code."""

    names: Mapping[str, str]
    categories: Mapping[str, Category]
    zone: ZoneInfo
    now: datetime

    def read(self, events: Sequence[TicketEvent]) -> list[HistoryLine]:
        """Return the lines of `events`, newest first; events alone of interest to programs are left out."""
        return [self._line(event) for event in reversed(events) if event.kind not in SILENT]

    def author(self, actor: str) -> str:
        """Return the name behind `staff:<login>`, `caller` or `system`."""
        kind, _colon, login = actor.partition(":")
        if kind == "staff":
            return self.names.get(login, login)
        return _("Resident") if kind == "caller" else _("Hotline")

    def name(self, login: object) -> str:
        """Return the name behind a login that stands in an event's data."""
        return self.names.get(str(login), str(login or ""))

    def _line(self, event: TicketEvent) -> HistoryLine:
        sentence = SENTENCES.get(event.kind)
        if sentence is None:
            text = event.kind.replace("_", " ")
        elif callable(sentence):
            text = sentence(self, event.data)
        else:
            text = _(sentence)
        quote = str(event.data.get(QUOTED.get(event.kind, "")) or "")
        return HistoryLine(event.at, self.author(event.actor), text, quote, TONES.get(event.kind, ""))

    def category(self, code: object) -> str:
        """Return a category's name by its code."""
        category = self.categories.get(str(code))
        return wording.category_name(category) if category else str(code)

    def time(self, value: object) -> str:
        """Return an instant that stands in an event's data as text."""
        try:
            return moment(datetime.fromisoformat(str(value)), self.zone, self.now)
        except ValueError:
            return str(value)


def _not_recorded(_reader: Reader, data: Data) -> str:
    if data.get("why") == "declined":
        return _("No recording: the caller did not want to be recorded.")
    return _("No recording: nothing was said after the tone.")


def _offered(reader: Reader, data: Data) -> str:
    return _("Offered to {name}.").format(name=reader.name(data.get("login")))


def _missed(reader: Reader, data: Data) -> str:
    return _("{name} did not answer in time.").format(name=reader.name(data.get("login")))


def _taken(reader: Reader, data: Data) -> str:
    return _("Given to {name}.").format(name=reader.name(data.get("login")))


def _waiting(reader: Reader, data: Data) -> str:
    reason = wording.word("wait", data.get("reason"))
    if data.get("until"):
        return _("On hold until {time}: {reason}.").format(time=reader.time(data["until"]), reason=reason)
    return _("On hold: {reason}.").format(reason=reason)


def _resolved(reader: Reader, data: Data) -> str:
    result = wording.word("disposition", data.get("disposition"))
    return _("Resolved: {result}.").format(result=result)


def _chased(reader: Reader, data: Data) -> str:
    count = int(data.get("count") or 1)
    text = ngettext("The resident asks for speed.", "The resident asks for speed, for the {n}. time.", count)
    return text.format(n=count)


def _edited(reader: Reader, data: Data) -> str:
    changes = [_change(reader, field, pair) for field, pair in data.items() if isinstance(pair, list)]
    return _("Changed: {changes}.").format(changes="; ".join(changes))


def _change(reader: Reader, field: str, pair: Sequence[object]) -> str:
    old, new = (_value(reader, field, value) for value in pair[:2])
    label = _(FIELDS.get(field, field))
    return f"{label} {old or '–'} → {new or '–'}"


def _value(reader: Reader, field: str, value: object) -> str:
    if field == "category_code":
        return reader.category(value)
    if field == "queue_code":
        return wording.word("queue", str(value))
    if field == "customer_type" and value:
        return wording.word("customer", str(value))
    return "" if value is None else str(value)


def _escalated(reader: Reader, data: Data) -> str:
    text = _("Not answered in time. Level {level}: {name} ({role}) is told.")
    name = reader.name(data.get("recipient") or data.get("login"))
    role = wording.word("role", data.get("recipient_role") or data.get("role"))
    return text.format(level=data.get("level", ""), name=name, role=role)


def _breached(reader: Reader, data: Data) -> str:
    target = wording.word("target", data.get("target") or data.get("kind"))
    return _("Deadline passed: {target}.").format(target=target)


def _warned(reader: Reader, data: Data) -> str:
    target = wording.word("target", data.get("target") or data.get("kind"))
    return _("Deadline near: {target}.").format(target=target)


def _asked(reader: Reader, data: Data) -> str:
    return _("The resident waits for an answer, due {time}.").format(time=reader.time(data.get("due_at")))


def _reminded(reader: Reader, data: Data) -> str:
    text = _("Still nobody has it. Level {level}: {name} is reminded, for the {n}. time.")
    name = reader.name(data.get("recipient"))
    return text.format(level=data.get("level", ""), name=name, n=data.get("number", ""))


def _due_set(reader: Reader, data: Data) -> str:
    old, new = (reader.time(each) for each in data.get("due_at") or ("", ""))
    target = wording.word("target", data.get("target"))
    return _("Date set by hand: {target} {old} → {new}.").format(target=target, old=old, new=new)


def _visit_set(reader: Reader, data: Data) -> str:
    old, new = data.get("visit") or (None, ["", ""])
    start, end = (reader.time(each) for each in new)
    text = _("Visit moved: {start} – {end}.") if old else _("Visit agreed: {start} – {end}.")
    return text.format(start=start, end=end)


RECALCULATED = {
    "storm": N_("Bad weather: ordinary answers may take longer."),
    "re-prioritised": N_("The deadlines were worked out anew for another class or category."),
    "policy": N_("The deadlines were worked out anew for a changed policy."),
}


def _recalculated(reader: Reader, data: Data) -> str:
    return _(RECALCULATED.get(str(data.get("reason")), "The deadlines were worked out anew."))


def _alarm_heard(reader: Reader, data: Data) -> str:
    return _("Sounded like an emergency: “{words}”.").format(words=data.get("phrase", ""))


def _callback_missed(reader: Reader, data: Data) -> str:
    return _("Called back, not reached (attempt {n}).").format(n=data.get("attempt", ""))


def _step(reader: Reader, data: Data) -> str:
    facts = {"n": data.get("step", ""), "value": data.get("value"), "limit": data.get("limit")}
    text = {
        "wait": _("Step {n}: it has waited for {limit}, so more seats are asked."),
        "per_seat": _("Step {n}: {value} waiting for each seat, more than {limit}, so more seats are asked."),
        "expected_wait": _(
            "Step {n}: a wait of {value} is expected, more than {limit}, so more seats are asked."
        ),
    }.get(str(data.get("mark")), _("Step {n}: nobody who fits is on duty, so more seats are asked."))
    if data.get("mark") in ("wait", "expected_wait"):
        facts |= {name: duration(float(facts[name] or 0)) for name in ("value", "limit")}
    return text.format(**facts)


def _nobody(reader: Reader, data: Data) -> str:
    return _("Nobody on duty can take it; {name} is told.").format(name=reader.name(data.get("recipient")))


SENTENCES: Mapping[str, str | Callable[[Reader, Data], str]] = {
    "opened": N_("Opened."),
    "alarm_heard": _alarm_heard,
    "reserved": _offered,
    "accepted": N_("Accepted."),
    "declined": N_("Declined."),
    "lapsed": _missed,
    "withdrawn": N_("Offer withdrawn."),
    "taken": _taken,
    "returned": N_("Given back to the queue."),
    "waiting": _waiting,
    "pause_ended": N_("The time on hold is used up; the clocks run again."),
    "resumed": N_("Work goes on."),
    "resolved": _resolved,
    "closed": N_("Closed."),
    "reopened": N_("Reopened."),
    "cancelled": N_("Cancelled."),
    "noted": N_("Note."),
    "chased": _chased,
    "acknowledged": N_("Acknowledged: somebody has it."),
    "arrived": N_("Somebody is on site."),
    "edited": _edited,
    "recalculated": _recalculated,
    "asked": _asked,
    "replied": N_("The resident was answered by text message."),
    "reminded": _reminded,
    "due_set": _due_set,
    "visit_set": _visit_set,
    "visit_cancelled": N_("The visit was called off."),
    "work_accepted": N_("The resident accepted the work."),
    "caller_left": N_("The caller hung up while waiting."),
    "warned": _warned,
    "breached": _breached,
    "escalated": _escalated,
    "told": N_("Told by text message and call."),
    "escalation_acknowledged": N_("The escalation was acknowledged."),
    "number_shown": N_("Looked at the whole phone number."),
    "talked": N_("Talked with the resident by phone."),
    "callback_asked": N_("The caller asked to be called back and keeps the place."),
    "callback_missed": _callback_missed,
    "callback_off": N_("The resident needs no call-back any more."),
    "callback_expired": N_("The time for the call-back is over; it waits on as a ticket."),
    "incident": N_("It is part of an incident; the resident is told when that is over."),
    "recorded": N_("The caller left a recording."),
    "not_recorded": _not_recorded,
    "transcribed": N_("The recording was written down by the telephone provider."),
    "recording_played": N_("Listened to a recording."),
    "recording_held": N_("The recording is held beyond its date."),
    "recording_released": N_("The recording goes when its date comes."),
    "requirements_relaxed": N_("Nobody fits exactly, so others are asked as well."),
    "step_taken": _step,
    "step_skipped": N_("A step is passed over: nobody who could take it then is on duty."),
    "nobody_takes": _nobody,
    "above_capacity": N_("Given above the seat's capacity, on purpose."),
}
SILENT = frozenset({"queued"})
# Which of an event's data are somebody's own words.
QUOTED = {
    "noted": "text",
    "replied": "text",
    "due_set": "reason",
    "visit_cancelled": "reason",
    "resolved": "note",
    "declined": "reason",
    "returned": "reason",
    "reopened": "reason",
    "cancelled": "reason",
}
TONES = {
    "accepted": "accent",
    "resolved": "accent",
    "noted": "accent",
    "replied": "accent",
    "work_accepted": "accent",
    "reminded": "bad",
    "breached": "bad",
    "escalated": "bad",
    "lapsed": "bad",
    "chased": "bad",
}
FIELDS = {
    "category_code": N_("Category"),
    "queue_code": N_("Queue"),
    "priority_class": N_("Class"),
    "kind": N_("Kind"),
    "language": N_("Language"),
    "text": N_("Words"),
    "customer_type": N_("Customer"),
    "unit_id": N_("Flat"),
    "resident_id": N_("Resident"),
    "phone_e164": N_("Phone"),
    "place_text": N_("Place"),
    "is_unit_confirmed": N_("Flat confirmed"),
}
