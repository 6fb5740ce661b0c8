"""The RQ worker process: one queue, a forked child per job, killed workers noticed within seconds."""

import logging
from typing import Any

from rq import Worker
from rq.serializers import JSONSerializer

from infra.config import Config
from infra.jobs import Jobs
from infra.valkey import connect

log = logging.getLogger(__name__)


class HotlineWorker(Worker):  # type: ignore[misc]
    """A worker whose lease is short: a job of one that was killed is taken up again after about 20 s."""

    def get_heartbeat_ttl(self, job: Any, working_time: float = 0.0) -> int:
        """Return the lease in seconds: RQ adds a fixed minute to the monitoring interval, we add 15 s."""
        return max(15, int(super().get_heartbeat_ttl(job, working_time)) - 45)


def run_worker(config: Config, queue: str) -> None:
    """Work off `queue` until a signal; the job's own process builds its runtime."""
    # Loaded before the fork, so that each job's process finds them there; none of it connects.
    import workers.handlers
    import workers.jobs  # noqa: F401

    client = connect(config.redis_url, decode=False, socket_timeout=None)
    jobs = Jobs(client)
    worker = HotlineWorker(
        [jobs.queue(queue)],  # type: ignore[arg-type]
        connection=client,
        serializer=JSONSerializer,
        worker_ttl=25,
        job_monitoring_interval=5,
        maintenance_interval=10,
        log_job_description=False,
    )
    worker.work(logging_level="WARNING")
