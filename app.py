"""The web applications: the only module that may import every room.

Servers call the factories without arguments; tests hand in a runtime of their own.
"""

import os

import prometheus_client
import redis
from flask import Blueprint, Flask, Response, request
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.middleware.proxy_fix import ProxyFix

import console.setup
import ivr.webhooks
from console import open_pages
from infra.config import load_config
from infra.log import setup_logging
from infra.runtime import Runtime, build_runtime
from ivr.webhooks.sounds import create_sounds

ANSWERS = prometheus_client.Counter("hotline_answers_total", "HTTP answers given", ["endpoint", "status"])


def create_web(runtime: Runtime | None = None) -> Flask:
    """Return the telephone side: webhooks, health. No session, no cookie."""
    runtime = runtime or _process_runtime("web", pool_size=8)
    app = Flask("hotline_web", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = 256 * 1024
    app.register_blueprint(ivr.webhooks.create_blueprint(runtime))
    app.register_blueprint(open_pages.create_blueprint(runtime))
    app.register_blueprint(create_sounds(runtime))
    app.register_blueprint(health(runtime))
    return app


def create_console(runtime: Runtime | None = None) -> Flask:
    """Return the staff pages, the JSON API and the live stream."""
    runtime = runtime or _process_runtime("console", pool_size=20)
    app = console.setup.make_app(runtime)
    app.register_blueprint(health(runtime))
    if runtime.config.is_public:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    return app


def _process_runtime(process: str, pool_size: int) -> Runtime:
    config = load_config()
    setup_logging(process, json_lines=config.hotline_log == "json")
    return build_runtime(config, pool_size=pool_size)


def health(runtime: Runtime) -> Blueprint:
    """Return /healthz (the process is up), /readyz (its stores answer) and /metrics, and count every answer."""
    blueprint = Blueprint("health", __name__)

    @blueprint.after_app_request
    def count(response: Response) -> Response:
        ANSWERS.labels(request.endpoint or "none", response.status_code).inc()
        return response

    @blueprint.get("/healthz")
    def healthz() -> Response:
        return Response("ok\n", mimetype="text/plain")

    @blueprint.get("/readyz")
    def readyz() -> Response:
        faults = [fault for fault in (_database_fault(runtime), _valkey_fault(runtime)) if fault]
        return Response(
            "\n".join(faults or ["ready"]) + "\n", status=503 if faults else 200, mimetype="text/plain"
        )

    @blueprint.get("/metrics")
    def metrics() -> Response:
        registry = prometheus_client.REGISTRY
        if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
            registry = prometheus_client.CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return Response(
            prometheus_client.generate_latest(registry), mimetype=prometheus_client.CONTENT_TYPE_LATEST
        )

    return blueprint


def _database_fault(runtime: Runtime) -> str | None:
    try:
        with runtime.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        return f"database: {type(error).__name__}"
    return None


def _valkey_fault(runtime: Runtime) -> str | None:
    try:
        runtime.valkey.ping()
    except redis.RedisError as error:
        return f"valkey: {type(error).__name__}"
    return None
