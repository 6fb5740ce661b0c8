"""A transport that delivers everything twice, as a provider may: the product must not notice."""

from collections.abc import Mapping

from ivr.carrier.web import Answer, Transport


class DoubledTransport:
    """Sends each request twice, with the same idempotency token; `differences` lists where the answers differ."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.differences: list[str] = []

    def send(
        self, method: str, url: str, headers: Mapping[str, str], body: str | None, timeout: float
    ) -> Answer:
        """See Transport. The second answer is handed on."""
        first = self._transport.send(method, url, headers, body, timeout)
        second = self._transport.send(method, url, headers, body, timeout)
        if (first.status, first.body) != (second.status, second.body):
            self.differences.append(
                f"{method} {url}: {first.status} {first.body!r}, then {second.status} {second.body!r}"
            )
        return second
