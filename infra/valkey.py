"""Clients of Valkey (or Redis). Two kinds: decoded for the application, bytes for the job queue."""

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry


def connect(url: str, *, decode: bool = True, socket_timeout: float | None = 3.0) -> redis.Redis:
    """Return a client that never resends a command by itself.

    A script whose answer was lost may have run: after an error the caller reads the state instead of calling
    again. `socket_timeout=None` is for readers that block.
    """
    return redis.Redis.from_url(
        url,
        decode_responses=decode,
        retry=Retry(NoBackoff(), 0),
        socket_timeout=socket_timeout,
        socket_connect_timeout=2.0,
        health_check_interval=0,
    )
