"""How Twilio signs its requests: our own implementation, so that a fault in ours and theirs is seen.

Twilio's guide *Security*, "Validating requests". The checking side lives with the webhooks.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from urllib.parse import urlsplit, urlunsplit

USER_AGENT = "TwilioProxy/1.1"
SIGNATURE = "X-Twilio-Signature"
IDEMPOTENCY = "I-Twilio-Idempotency-Token"

Pairs = Iterable[tuple[str, str]]


def signature(token: str, url: str, pairs: Pairs = ()) -> str:
    """Base64 HMAC-SHA1 over `url` and the sorted form; equal pairs count once, empty values count."""
    text = url + "".join(name + value for name, value in sorted(set(pairs)))
    digest = hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def signed_url(url: str, *, voice: bool = True) -> str:
    """The URL that is signed: without fragment and user info; voice over HTTPS also loses its port."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    if voice and parts.scheme == "https" and parts.port is not None:
        host = host.rpartition(":")[0]
    return urlunsplit((parts.scheme, host, parts.path, parts.query, ""))


def headers(
    token: str, url: str, form: Pairs = (), *, voice: bool = True, idempotency: str = ""
) -> dict[str, str]:
    """Headers of one request: signature, user agent, and a token that a repeated request repeats."""
    return {
        SIGNATURE: signature(token, signed_url(url, voice=voice), form),
        "User-Agent": USER_AGENT,
        IDEMPOTENCY: idempotency or secrets.token_hex(16),
    }
