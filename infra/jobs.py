"""RQ at arm's length: jobs are enqueued by dotted name with JSON arguments (ids), one queue per worker process."""

import logging
from typing import Literal

import redis
from rq import Queue, Retry
from rq.serializers import JSONSerializer

log = logging.getLogger(__name__)

QueueName = Literal["urgent", "default", "low"]
QUEUES: tuple[QueueName, ...] = ("urgent", "default", "low")
KEEP_FAILED_S = 7 * 86400


class Jobs:
    """Enqueues jobs. Delivery is at least once: each job reads the state first and ends quietly if it is done."""

    def __init__(self, bytes_client: redis.Redis) -> None:
        self.connection = bytes_client
        self._queues = {
            name: Queue(name, connection=bytes_client, serializer=JSONSerializer) for name in QUEUES
        }

    def queue(self, name: QueueName) -> Queue:
        """Return RQ's own queue, for workers, registries and tests."""
        return self._queues[name]

    def enqueue(self, queue: QueueName, job: str, *args: int | str, timeout_s: int = 60) -> bool:
        """Enqueue `job` ("workers.jobs.relay"); False when the store is away (the clock finds the work again)."""
        try:
            self._queues[queue].enqueue(
                job,
                args=args,
                job_timeout=timeout_s,
                retry=Retry(max=3),  # for a killed process; work that fails is put off in the outbox
                result_ttl=0,
                failure_ttl=KEEP_FAILED_S,
            )
        except redis.RedisError as error:
            log.warning("job not enqueued", extra={"job": job, "error": type(error).__name__})
            return False
        return True
