"""Links that open one thing to whoever has them, without a log-in: signed, for one purpose, readable in a text."""

import base64
import hashlib
import hmac

SIGNATURE_BYTES = 12
"""96 bits: nobody guesses one, and the link stays short enough for a text message."""


def make_token(secret: str, purpose: str, name: str) -> str:
    """The token that opens `name` (a ticket's number) for `purpose`."""
    return f"{name}.{_signature(secret, purpose, name)}"


def read_token(secret: str, purpose: str, token: str) -> str | None:
    """The name that a token opens; None for one that was not made by us for this purpose."""
    name, _dot, signature = token.partition(".")
    right = _signature(secret, purpose, name)
    return name if hmac.compare_digest(signature.encode(), right.encode()) else None


def _signature(secret: str, purpose: str, name: str) -> str:
    digest = hmac.new(secret.encode(), f"link:{purpose}:{name}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:SIGNATURE_BYTES]).decode()
