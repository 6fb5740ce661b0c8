"""The telephone provider's REST side: the real `twilio` client, pointed where the settings say."""

import logging
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

log = logging.getLogger(__name__)

TIMEOUT_S = 10.0
# Codes after which the same request can never succeed (invalid, blocked or opted-out number; bad request).
HOPELESS = frozenset(
    {21210, 21211, 21212, 21214, 21215, 21216, 21217, 21408, 21606, 21610, 21612, 21614, 21617}
)


class TelephonyError(Exception):
    """The provider refused or could not be reached. `is_final`: trying again is useless."""

    def __init__(self, message: str, code: int | None = None, is_final: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.is_final = is_final


@dataclass(frozen=True)
class Sent:
    """What the provider answered: its id of the call or message, and the first status."""

    sid: str
    status: str


class PointedHttpClient(TwilioHttpClient):  # type: ignore[misc]
    """Send REST calls to `base` instead of Twilio's own host; the rest of the client stays the real one."""

    def __init__(self, base: str, timeout: float = TIMEOUT_S) -> None:
        super().__init__(timeout=timeout)
        self.base = base.rstrip("/")
        local = urlsplit(base).hostname in ("127.0.0.1", "localhost", "::1")
        self.session.trust_env = not local  # loopback: no proxy variables, no .netrc

    def request(self, method: str, url: str, *args: object, **kwargs: object) -> object:
        """Replace scheme and host of `url` and send."""
        parts = urlsplit(url)
        query = f"?{parts.query}" if parts.query else ""
        return super().request(method, self.base + parts.path + query, *args, **kwargs)


class Telephony:
    """Calls and texts through the provider. Every method raises `TelephonyError` and nothing else.

    Nothing here may be called inside a transaction: it waits for the network for up to 10 s.
    """

    def __init__(self, account_sid: str, auth_token: str, api_base: str) -> None:
        self.client = Client(account_sid, auth_token, http_client=PointedHttpClient(api_base))

    def send_text(self, *, to: str, from_: str, body: str, status_callback: str) -> Sent:
        """Send one text message and return its id."""
        try:
            sent = self.client.messages.create(to=to, from_=from_, body=body, status_callback=status_callback)
        except (TwilioException, requests.RequestException) as error:
            raise _wrapped(error) from error
        return Sent(str(sent.sid), str(sent.status))

    def find_text(self, *, to: str, from_: str, body: str) -> Sent | None:
        """Return a text with exactly this body sent to this number today, if the provider knows one.

        Asked before a second try: the first may have arrived although its answer was lost.
        """
        try:
            for message in self.client.messages.list(to=to, from_=from_, limit=50):
                if message.body == body:
                    return Sent(str(message.sid), str(message.status))
        except (TwilioException, requests.RequestException) as error:
            log.info("earlier texts could not be listed", extra={"error": type(error).__name__})
        return None

    def call(self, *, to: str, from_: str, url: str, status_callback: str, ring_s: int = 25) -> Sent:
        """Ring `to` and run the document at `url` when it answers; return the call's id."""
        try:
            made = self.client.calls.create(
                to=to,
                from_=from_,
                url=url,
                method="POST",
                timeout=ring_s,
                status_callback=status_callback,
                status_callback_event=["completed"],
                status_callback_method="POST",
            )
        except (TwilioException, requests.RequestException) as error:
            raise _wrapped(error) from error
        return Sent(str(made.sid), str(made.status))

    def find_call(self, *, to: str, from_: str) -> Sent | None:
        """Return a call to this number that has not ended, if the provider knows one; asked before a second try."""
        try:
            for call in self.client.calls.list(to=to, from_=from_, limit=20):
                if call.status in ("queued", "initiated", "ringing", "in-progress"):
                    return Sent(str(call.sid), str(call.status))
        except (TwilioException, requests.RequestException) as error:
            log.info("earlier calls could not be listed", extra={"error": type(error).__name__})
        return None

    def redirect_call(self, call_sid: str, url: str) -> None:
        """Let a call that is under way go on with the document at `url`."""
        try:
            self.client.calls(call_sid).update(url=url, method="POST")
        except (TwilioException, requests.RequestException) as error:
            raise _wrapped(error) from error

    def end_call(self, call_sid: str) -> None:
        """Hang up a call."""
        try:
            self.client.calls(call_sid).update(status="completed")
        except (TwilioException, requests.RequestException) as error:
            raise _wrapped(error) from error

    def delete_recording(self, sid: str) -> None:
        """Delete a recording at the provider; one that is gone already is no fault."""
        try:
            self.client.recordings(sid).delete()
        except (TwilioException, requests.RequestException) as error:
            if isinstance(error, TwilioRestException) and error.status == 404:
                return
            raise _wrapped(error) from error


def _wrapped(error: Exception) -> TelephonyError:
    if isinstance(error, TwilioRestException):
        is_final = error.code in HOPELESS or (
            400 <= error.status < 500 and error.status not in (408, 409, 429)
        )
        return TelephonyError(f"provider answered {error.status}, code {error.code}", error.code, is_final)
    return TelephonyError(type(error).__name__)
