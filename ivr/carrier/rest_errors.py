"""What the REST API refuses, in Twilio's JSON, and the checks that decide it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ivr.carrier import verbs
from ivr.carrier.events import Target
from ivr.carrier.leg import Progress
from ivr.carrier.messages import MAX_BODY

if TYPE_CHECKING:
    from ivr.carrier.exchange import Exchange

MAX_INLINE = 4000

# Test numbers that always fail (Twilio's *magic numbers*), by operation, side and last digit.
MAGIC = "+1500555000"
MAGIC_SMS_FROM = {"1": 21212, "7": 21606, "8": 21611}
MAGIC_SMS_TO = {"1": 21211, "2": 21612, "3": 21408, "4": 21610, "9": 21614}
MAGIC_CALL_FROM = {"1": 21212}
MAGIC_CALL_TO = {"1": 21217, "2": 21214, "3": 21215, "4": 21216}

TEXTS = {
    20003: "Authenticate",
    20004: "Method not allowed",
    20404: "The requested resource was not found",
    20429: "Too Many Requests",
    21201: "No 'To' number is specified",
    21205: "Url parameter is required and must be a valid URL",
    21210: "Source phone number is not verified or owned by this account",
    21211: "The 'To' number is not a valid phone number",
    21212: "The 'From' number is not a valid phone number, shortcode, or alphanumeric sender ID",
    21213: "A 'From' phone number is required",
    21214: "'To' phone number cannot be reached",
    21215: "Account not authorized to call this number",
    21216: "Account not allowed to call this number",
    21217: "The phone number does not appear to be valid",
    21220: "Call is not in-progress. Cannot redirect.",
    21266: "'To' and 'From' number cannot be the same",
    21408: "Permission to send an SMS has not been enabled for the region",
    21602: "Message body is required",
    21603: "A 'From' phone number is required",
    21604: "A 'To' phone number is required",
    21606: "The 'From' phone number is not a valid message-capable number of this account",
    21609: "The 'StatusCallback' URL is not a valid URL",
    21610: "Attempt to send to unsubscribed recipient",
    21611: "This 'From' number has exceeded the maximum number of queued messages",
    21612: "The 'To' phone number is not currently reachable via SMS",
    21614: "'To' number is not a valid mobile number",
    21617: f"The concatenated message body exceeds the {MAX_BODY} character limit",
    21626: "StatusCallbackEvent is invalid",
    32018: f"Twiml must not be longer than {MAX_INLINE} characters",
}


@dataclass
class RestError(Exception):
    """An answer of the API other than success; `code` is Twilio's."""

    code: int
    status: int = 400
    text: str = ""

    def body(self) -> dict[str, object]:
        """As Twilio writes it."""
        return {
            "code": self.code,
            "message": self.text or TEXTS.get(self.code, "Bad request"),
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }


def not_found() -> RestError:
    """404: no such thing in this account."""
    return RestError(20404, 404)


def refuse_magic(number: str, codes: Mapping[str, int]) -> None:
    """Raise what a magic number stands for."""
    if number.startswith(MAGIC) and len(number) == len(MAGIC) + 1 and number[-1] in codes:
        raise RestError(codes[number[-1]])


def check_call_numbers(exchange: "Exchange", from_: str, to: str) -> None:
    """Raise if a call from `from_` to `to` would be refused."""
    if not to:
        raise RestError(21201)
    if not from_:
        raise RestError(21213)
    refuse_magic(from_, MAGIC_CALL_FROM)
    refuse_magic(to, MAGIC_CALL_TO)
    if not verbs.E164.fullmatch(from_):
        raise RestError(21212)
    if not (verbs.E164.fullmatch(to) or to.startswith("client:")):
        raise RestError(21211)
    if not exchange.owns(from_):
        raise RestError(21210)


def check_message(
    exchange: "Exchange", from_: str, to: str, body: str, has_media: bool, service: str
) -> None:
    """Raise if this message would be refused."""
    if not to:
        raise RestError(21604)
    if not from_ and not service:
        raise RestError(21603)
    refuse_magic(from_, MAGIC_SMS_FROM)
    refuse_magic(to, MAGIC_SMS_TO)
    if from_ and not verbs.E164.fullmatch(from_):
        raise RestError(21212)
    if not verbs.E164.fullmatch(to):
        raise RestError(21211)
    if from_ and not exchange.owns(from_):
        raise RestError(21606)
    if from_ == to:
        raise RestError(21266)
    if not body.strip() and not has_media:
        raise RestError(21602)
    if len(body) > MAX_BODY:
        raise RestError(21617)
    if (from_, to) in exchange.messages.opted_out:
        raise RestError(21610)


def absolute(url: str, code: int = 21205) -> str:
    """`url` if it is absolute and well formed; RestError otherwise."""
    if verbs.url(url) or not url.startswith(("http://", "https://")):
        raise RestError(code)
    return url


def document_of(form: Mapping[str, str]) -> Target | None:
    """What a call shall play: `Twiml` or `Url`. None if neither is given."""
    inline, url = form.get("Twiml", ""), form.get("Url", "")
    if inline:
        if len(inline) > MAX_INLINE:
            raise RestError(32018)
        return Target(inline=inline)
    return Target(absolute(url), method(form, "Method")) if url else None


def method(form: Mapping[str, str], name: str) -> str:
    """The HTTP method given as `name`, POST by default."""
    given = form.get(name, "POST").upper()
    if given not in ("GET", "POST"):
        raise RestError(20001, text=f"{name} must be GET or POST")
    return given


def progress_of(form: Mapping[str, str], events: list[str]) -> Progress | None:
    """The status callback of a call, None if none is wanted."""
    url = form.get("StatusCallback", "")
    if not url:
        return None
    words = [word for given in events for word in given.split()] or ["completed"]
    if not set(words) <= {"initiated", "ringing", "answered", "completed"}:
        raise RestError(21626)
    return Progress(absolute(url, 21609), method(form, "StatusCallbackMethod"), frozenset(words))


def whole(form: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    """A whole number within bounds; RestError otherwise."""
    given = form.get(name, "") or str(default)
    if not given.isdigit() or not low <= int(given) <= high:
        raise RestError(20001, text=f"{name} must be a whole number from {low} to {high}")
    return int(given)
