"""The parameters that Twilio sends with each request, and the callbacks that only inform.

Callbacks of one call leave in order, one after another; their answers are not read.
"""

from functools import lru_cache
from typing import TYPE_CHECKING

import phonenumbers

from ivr.carrier.leg import Leg
from ivr.carrier.timeline import rfc2822
from ivr.carrier.web import Ask

if TYPE_CHECKING:
    from ivr.carrier.exchange import Exchange

API_VERSION = "2010-04-01"


class Callbacks:
    """Sends what an exchange has to tell the product."""

    def __init__(self, exchange: "Exchange") -> None:
        self._exchange = exchange

    def standard(self, leg: Leg) -> dict[str, str]:
        """What every voice request carries."""
        params = {
            "AccountSid": self._exchange.settings.account_sid,
            "ApiVersion": API_VERSION,
            "CallSid": leg.sid,
            "CallStatus": leg.status,
            "Called": leg.to,
            "Caller": leg.from_,
            "Direction": leg.direction,
            "From": leg.from_,
            "To": leg.to,
        }
        for side, number in (("From", leg.from_), ("Caller", leg.from_), ("To", leg.to), ("Called", leg.to)):
            params |= {f"{side}{part}": "" for part in ("City", "State", "Zip")}
            params[f"{side}Country"] = country(number)
        if leg.plan.parent:
            params["ParentCallSid"] = leg.plan.parent.sid
        if leg.answered_by and not leg.plan.amd_callback:
            params["AnsweredBy"] = leg.answered_by
        return params

    def send(
        self, leg: Leg, url: str, method: str, params: dict[str, str], *, standard: bool = False
    ) -> None:
        """Tell `url`, in the call's own lane so that order is kept; failures are noted, nothing more."""
        everything = (self.standard(leg) if standard else {}) | params
        ask = Ask(url, method, tuple(everything.items()), dict(leg.cookies))
        self._exchange.tell(leg.sid, ask)

    def progress(self, leg: Leg, event: str) -> None:
        """A progress event (`initiated`, `ringing`, `answered`, `completed`) for whoever subscribed to it."""
        told = leg.plan.progress
        if not told or event not in told.events:
            return
        params = {
            "CallStatus": "initiated" if event == "initiated" else leg.status,
            "CallbackSource": "call-progress-events",
            "SequenceNumber": str(leg.sequence),
            "Timestamp": rfc2822(self._exchange.now) or "",
        }
        leg.sequence += 1
        if event == "completed":
            params |= {"CallDuration": str(leg.duration)} | self._recorded(leg)
        self.send(leg, told.url, told.method, params, standard=True)

    def _recorded(self, leg: Leg) -> dict[str, str]:
        whole = [r for r in self._exchange.recordings.values() if r.call is leg and r.source == "OutboundAPI"]
        if not whole:
            return {}
        last = whole[-1]
        return {"RecordingSid": last.sid, "RecordingUrl": last.url, "RecordingDuration": str(last.duration)}


@lru_cache(maxsize=10_000)
def country(number: str) -> str:
    """The two-letter country of an E.164 number, empty if it has none (withheld, client, invented)."""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(number)) or ""
    except phonenumbers.NumberParseException:
        return ""
