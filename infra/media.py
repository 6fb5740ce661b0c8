"""Sounds and pictures that the provider keeps for us: fetched to our own disk, found there, and taken away again.

Only addresses of our own account at the provider are fetched, whatever a request claims. A file appears under its
name when all of it is there, never before.
"""

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import requests

from infra.config import Config
from infra.telephony import TelephonyError

TIMEOUT_S = (3.05, 15.0)
CHUNK = 64 * 1024
GONE = frozenset({401, 403, 410})  # asking again gives the same answer; a 404 may only be early


@dataclass(frozen=True)
class Kept:
    """A file in our storage: its path within the data folder, its type, its size in bytes."""

    path: str
    content_type: str
    size: int


class Media:
    """The provider's media of one account, and the data folder that they are kept in.

    Every method that asks the provider raises `TelephonyError`; none may be called inside a transaction.
    """

    def __init__(self, config: Config) -> None:
        self._folder = Path(config.hotline_data)
        self._base = config.twilio_api_base
        self._account = f"/2010-04-01/Accounts/{config.twilio_account_sid}/"
        self.session = requests.Session()
        self.session.auth = (config.twilio_account_sid, config.twilio_auth_token)
        local = urlsplit(self._base).hostname in ("127.0.0.1", "localhost", "::1")
        self.session.trust_env = not local

    def fetch(self, url: str, name: str, *, types: Mapping[str, str], largest: int) -> Kept:
        """Fetch `url` and keep it as `name` plus the ending of its type; returns what is kept.

        `types` are the allowed content types with their endings, `largest` the most bytes. Another type or a larger
        file is refused for good.
        """
        with self.open(url) as answer:
            given = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            if given not in types:
                raise TelephonyError(
                    f"media of the type {given[:60] or 'unknown'} is not kept", is_final=True
                )
            path = f"{name}{types[given]}"
            try:
                size = self._write(path, answer.iter_content(CHUNK), largest)
            except requests.RequestException as error:
                raise TelephonyError(type(error).__name__) from error
        return Kept(path, given, size)

    @contextmanager
    def open(self, url: str) -> Iterator[requests.Response]:
        """The provider's answer for `url`, still to be read."""
        path = urlsplit(url).path
        if not path.startswith(self._account) or ".." in path:
            raise TelephonyError("media of another account", is_final=True)
        try:
            answer = self.session.get(self._base + path, timeout=TIMEOUT_S, stream=True)
        except requests.RequestException as error:
            raise TelephonyError(type(error).__name__) from error
        with answer:
            if answer.status_code != 200:
                status = answer.status_code
                raise TelephonyError(f"media answered {status}", status, is_final=status in GONE)
            yield answer

    def file(self, path: str) -> Path:
        """Where the file kept as `path` lies."""
        return self._folder / path

    def remove(self, path: str) -> None:
        """Take a file away; one that is away already is no fault."""
        self.file(path).unlink(missing_ok=True)

    def _write(self, path: str, chunks: Iterator[bytes], largest: int) -> int:
        target, size = self.file(path), 0
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, draft = tempfile.mkstemp(prefix=".draft-", dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                for chunk in chunks:
                    size += len(chunk)
                    if size > largest:
                        raise TelephonyError(f"media over {largest} bytes is not kept", is_final=True)
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            os.replace(draft, target)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise
        return size
