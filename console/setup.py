"""Puts the console into a Flask application: pages, JSON API, live stream, protection, languages."""

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, url_for

from console import (
    api,
    errors,
    flow_words,
    fmt,
    i18n,
    live,
    login,
    roster_words,
    security,
    template_tools,
    wording,
)
from console.access import Visit
from console.hub import Hub
from console.pages import (
    agreed,
    calls,
    desk,
    emergency_words,
    escalations,
    flow_drafts,
    flows,
    incidents,
    office,
    policies,
    queues,
    storms,
    styleguide,
    tickets,
    voice,
    wall,
)
from infra.runtime import Runtime

HERE = Path(__file__).parent
PAGES = (
    login.bp,
    desk.bp,
    wall.bp,
    tickets.bp,
    agreed.bp,
    storms.bp,
    escalations.bp,
    policies.bp,
    queues.bp,
    *office.PAGES,
    calls.bp,
    incidents.bp,
    flows.bp,
    flow_drafts.bp,
    emergency_words.bp,
    voice.bp,
    styleguide.bp,
    live.bp,
)


def make_app(runtime: Runtime) -> Flask:
    """Return the console as an application of its own, on the stores of `runtime`."""
    app = Flask("console", root_path=str(HERE))
    install(app, runtime)
    return app


def install(app: Flask, runtime: Runtime) -> None:
    """Add the console to `app`, whose static and template folders must be those of this package."""
    app.extensions["hotline"] = runtime
    app.extensions["hotline_hub"] = Hub(runtime.config.redis_url)
    security.install(app, runtime.config)
    i18n.install(app)
    fmt.install(app)
    wording.install(app)
    flow_words.install(app)
    roster_words.install(app)
    template_tools.install(app)
    errors.install(app)
    app.jinja_env.globals.update(asset=asset, theme=login.theme)
    app.jinja_env.globals.update(
        promise_words=policies.promise_words,
        level_words=policies.level_words,
        policy_units=policies.policy_units,
        trial_words=policies.trial_words,
        building_words=incidents.building_words,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(lambda: {"me": _visit()})
    for blueprint in PAGES:
        app.register_blueprint(blueprint)
    app.register_blueprint(api.bp)
    security.csrf.exempt(api.bp)


def asset(name: str) -> str:
    """Return the address of a static file with its content's hash, so that browsers may keep it for ever."""
    return url_for("static", filename=name, v=_digest(HERE / "static" / name))


@lru_cache(maxsize=256)
def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


def _visit() -> Visit | None:
    from flask import g

    visit: Visit | None = g.get("visit")
    return visit
