"""One webhook request as Twilio makes it: signed, 15 s at most, redirects followed, retried as asked.

Transports carry the bytes: over HTTP, or straight into a WSGI application (tests). TwiML is not read here.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from http.cookies import SimpleCookie
from typing import Any, Protocol
from urllib.parse import parse_qs, urldefrag, urlencode, urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from werkzeug.test import Client

from ivr.carrier import signing

TOTAL_S = 15.0
POOL = 64
MAX_REDIRECTS = 10
FORM = "application/x-www-form-urlencoded; charset=UTF-8"


@dataclass(frozen=True)
class Ask:
    """A request to make: absolute `url` (its fragment may hold overrides), form or query `params`."""

    url: str
    method: str = "POST"
    params: tuple[tuple[str, str], ...] = ()
    cookies: Mapping[str, str] = field(default_factory=dict)
    voice: bool = True
    token: str = field(default_factory=lambda: secrets.token_hex(16))


@dataclass(frozen=True)
class Answer:
    """What came back, from which URL in the end."""

    status: int
    content_type: str
    body: bytes
    url: str
    cookies: Mapping[str, str] = field(default_factory=dict)
    location: str = ""


class FetchFailedError(Exception):
    """No usable answer; `code` is Twilio's (11200 retrieval, 11205 connection, 11215 too many redirects)."""

    def __init__(self, code: int, text: str, *, kind: str = "") -> None:
        super().__init__(text)
        self.code, self.text, self.kind = code, text, kind


class Transport(Protocol):
    """Carries one request; raises FetchFailedError 11205 if there is no connection."""

    def send(
        self, method: str, url: str, headers: Mapping[str, str], body: str | None, timeout: float
    ) -> Answer:
        """The answer, redirects not followed."""
        ...


class HttpTransport:
    """Over HTTP. What begins with `public_url` is sent to `web_url`, where the product really listens."""

    def __init__(self, public_url: str = "", web_url: str = "") -> None:
        self._public, self._web = public_url.rstrip("/"), web_url.rstrip("/")
        self._session = requests.Session()
        self._session.trust_env = False  # loopback: no proxy variables, no .netrc
        self._session.mount("http://", HTTPAdapter(pool_maxsize=POOL))
        # Cookies belong to a call, not to us: the session keeps none.
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    def send(
        self, method: str, url: str, headers: Mapping[str, str], body: str | None, timeout: float
    ) -> Answer:
        """See Transport."""
        if self._web and url.startswith(self._public):
            url = self._web + url[len(self._public) :]
        try:
            got = self._session.request(
                method,
                url,
                headers=dict(headers),
                data=body and body.encode(),
                timeout=timeout,
                allow_redirects=False,
            )
        except requests.Timeout as error:
            raise FetchFailedError(11205, f"timed out: {error}", kind="rt") from error
        except requests.RequestException as error:
            raise FetchFailedError(11205, f"no connection: {error}", kind="ct") from error
        return _answer(got.status_code, got.headers, got.content, url)


class WsgiTransport:
    """Straight into a WSGI application, as if it were reached at its public URL."""

    def __init__(self, app: Any) -> None:
        self._client = Client(app, use_cookies=False)

    def send(
        self, method: str, url: str, headers: Mapping[str, str], body: str | None, timeout: float
    ) -> Answer:
        """See Transport."""
        parts = urlsplit(url)
        got = self._client.open(
            parts.path or "/",
            base_url=f"{parts.scheme}://{parts.netloc}",
            query_string=parts.query,
            method=method,
            headers=list(headers.items()),
            data=body.encode() if body is not None else None,
        )
        return _answer(got.status_code, got.headers, got.get_data(), url)


def _answer(status: int, headers: Any, body: bytes, url: str) -> Answer:
    jar: SimpleCookie = SimpleCookie()
    jar.load(headers.get("Set-Cookie", ""))
    cookies = {name: morsel.value for name, morsel in jar.items()}
    location = headers.get("Location", "") if status in (301, 302, 303, 307, 308) else ""
    return Answer(status, headers.get("Content-Type", ""), body, url, cookies, location)


@dataclass(frozen=True)
class Overrides:
    """Connection overrides of the URL fragment (`#rc=2&rp=5xx,ct`), Twilio's defaults where not given."""

    retries: int = 1
    on: frozenset[str] = frozenset({"ct"})
    total_s: float = TOTAL_S

    @classmethod
    def of(cls, url: str) -> "Overrides":
        """Those of `url`; values out of range are cut to the range."""
        given = {name: values[-1] for name, values in parse_qs(urlsplit(url).fragment).items()}
        times = [_cut(given.get(name), 15000, 100, 15000) / 1000 for name in ("rt", "tt")]
        return cls(_cut(given.get("rc"), 1, 0, 5), frozenset(given.get("rp", "ct").split(",")), min(times))

    def repeats(self, kind: str) -> bool:
        """Whether a failure of this kind (`ct`, `rt`, `4xx`, `5xx`) is tried again."""
        return bool(self.on & {kind, "all"})


def _cut(text: str | None, default: int, low: int, high: int) -> int:
    return max(low, min(high, int(text))) if text and text.isdigit() else default


def fetch(transport: Transport, auth_token: str, ask: Ask) -> Answer:
    """The answer to `ask`. Raises FetchFailedError if it is not 2xx, after the retries its URL asks for."""
    overrides = Overrides.of(ask.url)
    for left in range(overrides.retries, -1, -1):
        try:
            return _follow(transport, auth_token, ask, overrides.total_s)
        except FetchFailedError as error:
            if not left or not overrides.repeats(error.kind):
                raise
    raise AssertionError("unreachable")


def _follow(transport: Transport, auth_token: str, ask: Ask, timeout: float) -> Answer:
    url, method, params, cookies = urldefrag(ask.url).url, ask.method, ask.params, dict(ask.cookies)
    for _ in range(MAX_REDIRECTS + 1):
        answer = _once(
            transport, auth_token, Ask(url, method, params, cookies, ask.voice, ask.token), timeout
        )
        cookies |= answer.cookies
        if not answer.location:
            if answer.status >= 400:
                kind = "4xx" if answer.status < 500 else "5xx"
                raise FetchFailedError(11200, f"{method} {url} answered {answer.status}", kind=kind)
            return Answer(answer.status, answer.content_type, answer.body, url, cookies)
        # The form does not survive a redirect: the next request is a bare GET.
        url, method, params = urljoin(url, answer.location), "GET", ()
    raise FetchFailedError(11215, f"more than {MAX_REDIRECTS} redirects from {ask.url}")


def _once(transport: Transport, auth_token: str, ask: Ask, timeout: float) -> Answer:
    url, form, body = ask.url, ask.params, None
    if ask.method == "GET":
        if form:
            url += ("&" if urlsplit(url).query else "?") + urlencode(form)
        form = ()
    else:
        body = urlencode(form)
    parts = urlsplit(url)
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    headers = signing.headers(auth_token, url, form, voice=ask.voice, idempotency=ask.token)
    if body is not None:
        headers["Content-Type"] = FORM
    if ask.cookies:
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in ask.cookies.items())
    return transport.send(ask.method, bare, headers, body, timeout)
