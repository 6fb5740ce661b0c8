"""The real `twilio` client, joined to a carrier in the same process: for tests and benchmarks."""

import io
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests
from flask import Flask
from requests.adapters import BaseAdapter
from twilio.http.http_client import HttpClient
from twilio.http.response import Response
from twilio.rest import Client


class LoopbackHttpClient(HttpClient):  # type: ignore[misc]
    """Answers what the client asks from a carrier application, without a network."""

    def __init__(self, carrier: Flask) -> None:
        super().__init__(None, False, None)
        self._carrier = carrier.test_client(use_cookies=False)

    def request(
        self,
        method: str,
        url: str,
        params: dict[str, Any] | None = None,
        data: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """See HttpClient."""
        parts = urlsplit(url)
        query = "&".join(filter(None, [parts.query, urlencode(params or {}, doseq=True)]))
        got = self._carrier.open(
            parts.path, query_string=query, method=method, data=data, headers=headers or {}, auth=auth
        )
        return Response(got.status_code, got.get_data(as_text=True))


def loopback_client(carrier: Flask, account_sid: str, auth_token: str) -> Client:
    """A `twilio` client whose every request ends at `carrier`."""
    return Client(account_sid, auth_token, http_client=LoopbackHttpClient(carrier))


class LoopbackAdapter(BaseAdapter):
    """A transport of the `requests` package that answers from a carrier application: sounds and pictures."""

    def __init__(self, carrier: Flask) -> None:
        super().__init__()
        self._carrier = carrier.test_client(use_cookies=False)

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """See BaseAdapter."""
        got = self._carrier.open(
            request.path_url, method=request.method, headers=list(request.headers.items()), data=request.body
        )
        answer = requests.Response()
        answer.status_code, answer.raw, answer.url = got.status_code, io.BytesIO(got.data), request.url or ""
        answer.headers = requests.structures.CaseInsensitiveDict(got.headers.to_wsgi_list())
        return answer

    def close(self) -> None:
        """Nothing is held open."""
