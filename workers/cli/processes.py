"""One command per process of the Procfile, and `run`, which starts them all."""

import os
import shutil
import signal
import sys
import threading

import click

from infra.jobs import QUEUES


def _stop_event() -> threading.Event:
    """Return an event that SIGTERM and SIGINT set."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _log(process: str) -> None:
    from infra.config import load_config
    from infra.log import setup_logging

    setup_logging(process, json_lines=load_config().hotline_log == "json")


@click.command()
def run() -> None:
    """Start everything: stores, processes, demo company, and watch over it."""
    from infra.config import load_config
    from workers.supervisor import Supervisor

    _log("run")
    sys.exit(Supervisor(load_config()).run())


@click.command()
@click.option("--workers", default=2, show_default=True, help="server processes")
def web(workers: int) -> None:
    """Telephone side and public pages."""
    from granian.cli import cli

    from infra.config import load_config

    config = load_config()
    metrics = config.hotline_data / "metrics-web"  # the server's processes add their figures up here
    shutil.rmtree(metrics, ignore_errors=True)
    metrics.mkdir(parents=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(metrics)
    place = ["--host", config.bind_host, "--port", str(config.web_port)]
    size = ["--workers", str(workers), "--blocking-threads", "8", "--backlog", "1024"]
    life = ["--respawn-failed-workers", "--workers-kill-timeout", "8"]
    cli(
        [
            "--interface",
            "wsgi",
            "--factory",
            *place,
            *size,
            *life,
            "--no-ws",
            "--no-access-log",
            "app:create_web",
        ]
    )


@click.command()
def console() -> None:
    """Staff pages, JSON API and live stream."""
    from gunicorn.app.wsgiapp import run as run_gunicorn

    from infra.config import load_config

    config = load_config()
    place = ["-b", f"{config.bind_host}:{config.console_port}", "--no-control-socket"]
    size = ["-k", "gevent", "-w", "1", "--worker-connections", "5000"]
    life = ["--graceful-timeout", "3", "--timeout", "60", "--log-level", "warning"]
    # Keep argv[0]: the process list shows `hotline console`.
    sys.argv[1:] = [*size, *life, *place, "app:create_console()"]
    run_gunicorn(prog=sys.argv[0])


@click.command()
def router() -> None:
    """What time brings to queues and seats."""
    from infra.config import load_config
    from infra.runtime import build_runtime
    from routing.loop import run_router

    _log("router")
    run_router(build_runtime(load_config(), pool_size=4), _stop_event())


@click.command()
def clock() -> None:
    """Deadline sweep each second, and the periodic schedule."""
    from infra.config import load_config
    from infra.runtime import build_runtime
    from workers.clock import run_clock

    _log("clock")
    run_clock(build_runtime(load_config(), pool_size=4), _stop_event())


@click.command()
@click.argument("queue", type=click.Choice(QUEUES))
def worker(queue: str) -> None:
    """Work off one job queue."""
    from infra.config import load_config
    from workers.rq_worker import run_worker

    _log(f"worker {queue}")
    run_worker(load_config(), queue)


@click.command()
def carrier() -> None:
    """The loopback telephone provider of the demo, with its phone page."""
    from workers.carrier import run_carrier

    _log("carrier")
    run_carrier()


@click.command()
def phone() -> None:
    """Ring the hotline from this terminal."""
    from infra.config import load_config
    from ivr.carrier.terminal import run as run_terminal

    sys.exit(run_terminal(load_config().carrier_url))


@click.command()
@click.option("--json", "as_json", is_flag=True, help="print JSON")
def ps(as_json: bool) -> None:
    """List the running processes."""
    import json

    from infra.config import load_config
    from workers.supervisor import running

    rows = running(load_config().hotline_data)
    if as_json:
        click.echo(json.dumps(rows))
    else:
        for row in rows:
            click.echo(f"{row['pid']:>8}  {row['name']}")
    sys.exit(0 if rows or as_json else 1)


COMMANDS = (run, web, console, router, clock, worker, carrier, phone, ps)
os.environ.setdefault("PYTHONUNBUFFERED", "1")
