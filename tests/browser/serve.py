"""The console as its own server process runs it; settings come from the environment, as in production.

`gunicorn -k gevent tests.browser.serve:application()`
"""

from flask import Flask

from console import create_app
from infra.config import load_config
from infra.runtime import build_runtime


def application() -> Flask:
    """Return the console on the stores named by the environment."""
    return create_app(build_runtime(load_config(), pool_size=16))
