"""Text messages both ways: sent by REST to a phone, written on a phone to one of our numbers."""

import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from ivr.carrier import rules, verbs
from ivr.carrier.callbacks import API_VERSION, country
from ivr.carrier.events import Reply, Target
from ivr.carrier.phones import Text
from ivr.carrier.segments import segments
from ivr.carrier.voices import words
from ivr.carrier.web import Answer, Ask

if TYPE_CHECKING:
    from ivr.carrier.exchange import Exchange

MAX_BODY = 1600
SENT_AFTER_S, DELIVERED_AFTER_S = 0.3, 1.0
STOP_WORDS = words("STOP STOPALL UNSUBSCRIBE CANCEL END QUIT REVOKE OPTOUT")
START_WORDS = frozenset({"START", "UNSTOP"})
STOPPED = (
    "You have successfully been unsubscribed. You will not receive any more messages from this number. "
    "Reply START to resubscribe."
)
UNREACHABLE, NOT_MOBILE, OPTED_OUT, BODY_TOO_LONG = 30003, 30006, 21610, 21617


@dataclass
class Message:
    """One message as the REST API shows it."""

    sid: str
    from_: str
    to: str
    body: str
    direction: str
    created_at: float
    status: str = "queued"
    media: tuple[str, ...] = ()
    callback: Target | None = None
    service_sid: str = ""
    error_code: int | None = None
    sent_at: float | None = None
    updated_at: float = 0.0


@dataclass
class Messages:
    """All messages by SID, and who does not want any from whom."""

    exchange: "Exchange"
    sent: dict[str, Message] = field(default_factory=dict)
    opted_out: set[tuple[str, str]] = field(default_factory=set)

    def send(self, message: Message) -> Message:
        """Accept a message of ours and deliver it after a moment; its callback hears `sent`, then the end."""
        with self.exchange.lock:
            self.sent[message.sid] = message
            message.updated_at = now = self.exchange.now
            self.exchange.timeline.at(now + SENT_AFTER_S, lambda: self._becomes(message, "sent"))
            self.exchange.timeline.at(now + DELIVERED_AFTER_S, lambda: self._arrives(message))
        self.exchange.changed()
        return message

    def new(self, from_: str, to: str, body: str, direction: str, media: tuple[str, ...] = ()) -> Message:
        """A message that is not yet anywhere."""
        sid = self.exchange.new_sid("MM" if media else "SM")
        return Message(sid, from_, to, body, direction, self.exchange.now, media=media)

    def _arrives(self, message: Message) -> None:
        phone = self.exchange.phone(message.to)
        if phone.habit == "unreachable":
            message.error_code = UNREACHABLE
        elif not phone.takes_texts:
            message.error_code = NOT_MOBILE
        else:
            phone.texts.append(Text(self.exchange.now, message.from_, message.body, False, message.media))
        self._becomes(message, "undelivered" if message.error_code else "delivered")

    def _becomes(self, message: Message, status: str) -> None:
        if message.status == "canceled":
            return
        message.status, message.updated_at = status, self.exchange.now
        message.sent_at = message.sent_at or self.exchange.now
        self.exchange.changed()
        if message.callback:
            params = {
                "AccountSid": self.exchange.settings.account_sid,
                "ApiVersion": API_VERSION,
                "From": message.from_,
                "MessageSid": message.sid,
                "MessageStatus": status,
                "SmsSid": message.sid,
                "SmsStatus": status,
                "To": message.to,
            }
            if message.error_code:
                params["ErrorCode"] = str(message.error_code)
            params |= {"MessagingServiceSid": message.service_sid} if message.service_sid else {}
            ask = Ask(message.callback.url, message.callback.method, tuple(params.items()), voice=False)
            self.exchange.tell(message.sid, ask)

    def receive(self, from_: str, to: str, body: str, media: tuple[str, ...] = ()) -> Message:
        """A person texts one of our numbers: the product is told, its TwiML answer is sent back."""
        message = self.new(from_, to, body, "inbound", media)
        with self.exchange.lock:
            message.status, message.updated_at = "received", self.exchange.now
            self.sent[message.sid] = message
            self.exchange.phone(from_).texts.append(Text(self.exchange.now, to, body, True, media))
        self._heed(from_, to, body)
        params = self._incoming(message)
        url = self.exchange.settings.url(self.exchange.settings.sms_path)
        ask = Ask(url, "POST", tuple(params.items()), voice=False)
        self.exchange.later(
            lambda: self.exchange.fetch(ask, lambda reply: self._answered(message, url, reply))
        )
        self.exchange.changed()
        return message

    def _heed(self, from_: str, to: str, body: str) -> None:
        """A message that is a stop or start word opts out or in; the carrier itself answers to stop."""
        word = body.strip().upper()
        if word in STOP_WORDS:
            self.send(self.new(to, from_, STOPPED, "outbound-reply"))
            self.opted_out.add((to, from_))
        elif word in START_WORDS:
            self.opted_out.discard((to, from_))

    def _incoming(self, message: Message) -> dict[str, str]:
        params = {
            "AccountSid": self.exchange.settings.account_sid,
            "ApiVersion": API_VERSION,
            "Body": message.body,
            "From": message.from_,
            "FromCountry": country(message.from_),
            "MessageSid": message.sid,
            "NumMedia": str(len(message.media)),
            "NumSegments": str(segments(message.body)),
            "SmsMessageSid": message.sid,
            "SmsSid": message.sid,
            "SmsStatus": "received",
            "To": message.to,
            "ToCountry": country(message.to),
        }
        for index, url in enumerate(message.media):
            params |= {f"MediaUrl{index}": url, f"MediaContentType{index}": "image/jpeg"}
        return params

    def _answered(self, message: Message, url: str, reply: Reply) -> None:
        if reply.answer is None:
            error = reply.error
            self.exchange.alert(error.code if error else 11200, url, error.text if error else "no answer")
            return
        for body, media, wanted in self._replies(reply.answer, url):
            answer = self.new(message.to, wanted.get("to") or message.from_, body, "outbound-reply", media)
            callback = wanted.get("statusCallback")
            answer.callback = Target(urljoin(url, callback)) if callback else None
            if (answer.from_, answer.to) not in self.opted_out:
                self.send(answer)

    def _replies(self, answer: Answer, url: str) -> list[tuple[str, tuple[str, ...], dict[str, str]]]:
        kind = answer.content_type.split(";")[0].strip()
        text = answer.body.decode(errors="replace").strip()
        if kind == "text/plain" and text:
            return [(text, (), {})]
        if not text:
            return []
        found = []
        for violation in check_reply(answer.body):
            self.exchange.alert(violation.code, f"{url} {violation.where}", violation.text)
            return []
        for el in ET.fromstring(answer.body).iter("Message"):  # noqa: S314  checked above
            body = "".join([el.text or "", *(b.text or "" for b in el.iter("Body"))]).strip()
            found.append((body, tuple((m.text or "").strip() for m in el.iter("Media")), dict(el.attrib)))
        return found


_ATTRIBUTES: dict[str, dict[str, verbs.Check]] = {
    "Message": {
        "to": verbs.matches(verbs.E164.pattern, "is not an E.164 number"),
        "from": verbs.matches(verbs.E164.pattern, "is not an E.164 number"),
        "action": verbs.url,
        "method": verbs.METHOD,
        "statusCallback": verbs.url,
    },
    "Body": {},
    "Media": {},
    "Redirect": {"method": verbs.METHOD},
}


def check_reply(body: bytes) -> list[rules.Violation]:
    """What Twilio would refuse in a MessagingResponse."""
    try:
        root = ET.fromstring(body) if b"<!DOCTYPE" not in body else None  # noqa: S314  no document type, no entities
    except ET.ParseError as error:
        return [rules.Violation(rules.UNPARSABLE, "document", str(error))]
    if root is None or root.tag != "Response":
        return [rules.Violation(rules.UNPARSABLE, "document", "the root element is not Response")]
    wrong = []
    for el in list(root.iter())[1:]:
        known = _ATTRIBUTES.get(el.tag)
        if known is None:
            wrong.append(rules.Violation(rules.SCHEMA, el.tag, "not allowed in a message document"))
            continue
        for name, value in el.attrib.items():
            fault = known[name](value) if name in known else "unknown attribute"
            if fault:
                wrong.append(rules.Violation(rules.SCHEMA, f"{el.tag} {name}", f"{value[:80]!r} {fault}"))
        if el.tag == "Message" and len("".join(el.itertext()).strip()) > MAX_BODY:
            wrong.append(rules.Violation(BODY_TOO_LONG, "Message", f"longer than {MAX_BODY} characters"))
    return wrong
