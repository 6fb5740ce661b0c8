"""The RQ worker process: one queue, each job in this very process.

A job here is one delivery: a claim, one call to the telephone provider with a time-out, a note of what came of it. A
child process per job costs ten times what the job does, and the claim in the outbox already covers a killed worker.
"""

import logging
from typing import Any

from rq import SimpleWorker
from rq.serializers import JSONSerializer

from infra.config import Config
from infra.jobs import Jobs
from infra.valkey import connect

log = logging.getLogger(__name__)

LEASE_S = 15


class HotlineWorker(SimpleWorker):  # type: ignore[misc]
    """A worker whose lease ends soon after the longest time that its job may take."""

    def get_heartbeat_ttl(self, job: Any, working_time: float = 0.0) -> int:
        """Return the lease in seconds; RQ would add a minute to the job's own time-out."""
        return int(job.timeout) + LEASE_S


def run_worker(config: Config, queue: str) -> None:
    """Work off `queue` until a signal; a job that runs then is finished first."""
    import workers.jobs  # noqa: F401 - the first job shall not wait for it

    client = connect(config.redis_url, decode=False, socket_timeout=None)
    jobs = Jobs(client)
    worker = HotlineWorker(
        [jobs.queue(queue)],  # type: ignore[arg-type]
        connection=client,
        serializer=JSONSerializer,
        worker_ttl=25,
        maintenance_interval=10,
        log_job_description=False,
    )
    worker.work(logging_level="WARNING")
