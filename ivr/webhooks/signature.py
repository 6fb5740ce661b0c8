"""Whether a request really comes from the telephone provider: its signature over our public address.

The address is made from the settings, never from the request, so that proxies and forged `Host` headers play no
part. Only forms are signed here; the provider sends us nothing else.
"""

import hmac
from urllib.parse import urlsplit

from twilio.request_validator import RequestValidator, add_port, remove_port
from werkzeug.datastructures import MultiDict


class SignatureCheck:
    """Checks signatures made with `token` over `base_url` + path + query."""

    def __init__(self, token: str, base_url: str) -> None:
        self._validator = RequestValidator(token)
        parts = urlsplit(base_url)
        # The provider drops the port, or keeps it, depending on scheme and product. The written form is the
        # usual one and goes first: the others cost a second and third HMAC on refused requests only.
        forms = (base_url, remove_port(parts), add_port(parts))
        self._bases = tuple(dict.fromkeys(form.rstrip("/") for form in forms))

    def accepts(self, target: str, form: MultiDict[str, str], signature: str) -> bool:
        """True if `signature` fits `target` (path and query as they came) and `form`; compares in constant time."""
        given = signature.encode("utf-8", "replace")
        return any(
            hmac.compare_digest(self._validator.compute_signature(base + target, form).encode(), given)
            for base in self._bases
        )
