"""What pages are told: one stream, a topic and one JSON object per entry.

Publishing is best effort and comes after the commit: a page that missed an entry reads the truth on reload.
Topics: `seat:<id>` (one agent's desk), `ticket:<number>` (one ticket's page), `wall` (figures changed).
"""

import json
import logging
from collections.abc import Iterable, Mapping

import redis

STREAM = "hotline:live"
LENGTH = 5000

log = logging.getLogger(__name__)


def publish(valkey: redis.Redis, topic: str, data: Mapping[str, object]) -> None:
    """Append one entry to the live stream; a store that is away is logged, never raised."""
    publish_all(valkey, (topic,), data)


def publish_all(valkey: redis.Redis, topics: Iterable[str], data: Mapping[str, object]) -> None:
    """Append one entry per topic, all with the same data, in one round trip; as `publish`."""
    text = json.dumps(data)
    pipe = valkey.pipeline(transaction=False)
    for topic in topics:
        pipe.xadd(STREAM, {"topic": topic, "data": text}, maxlen=LENGTH, approximate=True)
    try:
        pipe.execute()
    except redis.RedisError as error:
        log.warning("live entry not published", extra={"topics": topics, "error": type(error).__name__})
