"""Everything outside that one process uses, made in one place and handed down.

Web processes, workers, commands and tests all get a `Runtime` from `build_runtime`. Nothing in it connects
before its first use, so it may be built before a fork; a forked job builds its own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, cast

import redis
from sqlalchemy import Engine

from infra.clock import Clock
from infra.config import Config
from infra.database import Tx, make_engine, transaction
from infra.jobs import Jobs, QueueName
from infra.outbox import RELAY_JOB
from infra.valkey import connect

if TYPE_CHECKING:
    from infra.media import Media
    from infra.telephony import Telephony


@dataclass
class Runtime:
    """Settings, clock, stores, jobs and telephony of one process."""

    config: Config
    clock: Clock = field(default_factory=Clock)
    pool_size: int = 8

    @cached_property
    def engine(self) -> Engine:
        """The process's one database engine."""
        return make_engine(self.config.database_url, self.pool_size)

    @cached_property
    def valkey(self) -> redis.Redis:
        """The decoded client, for routing and live pages."""
        return connect(self.config.redis_url)

    @cached_property
    def jobs(self) -> Jobs:
        """The job queues, over a client of their own that speaks bytes."""
        return Jobs(connect(self.config.redis_url, decode=False))

    @cached_property
    def telephony(self) -> "Telephony":
        """The telephone provider's REST side."""
        from infra.telephony import Telephony  # the provider's package is large: most processes never call

        config = self.config
        return Telephony(config.twilio_account_sid, config.twilio_auth_token, config.twilio_api_base)

    @cached_property
    def media(self) -> "Media":
        """The provider's sounds and pictures, and where we keep them."""
        from infra.media import Media

        return Media(self.config)

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        """Open one transaction; see `infra.database.transaction`. What it posts to the outbox is sent at once."""
        with transaction(self.engine) as tx:
            tx.after_commit(lambda: self.relay_posted(tx))
            yield tx

    def relay_posted(self, tx: Tx) -> None:
        """Enqueue a relay job for each outbox row that `tx` wrote."""
        while tx.posted:
            queue, item_id = tx.posted.pop(0)
            self.jobs.enqueue(cast(QueueName, queue), RELAY_JOB, item_id)

    def close(self) -> None:
        """Give back every connection that was opened."""
        for name in ("engine", "valkey", "jobs"):
            opened = self.__dict__.pop(name, None)
            if isinstance(opened, Engine):
                opened.dispose()
            elif isinstance(opened, redis.Redis):
                opened.close()
            elif isinstance(opened, Jobs):
                opened.connection.close()


def build_runtime(config: Config, clock: Clock | None = None, pool_size: int = 8) -> Runtime:
    """Return the runtime of one process."""
    return Runtime(config, clock or Clock(), pool_size)
