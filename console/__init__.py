"""Staff pages, public pages, JSON API and the live stream. `create_app` makes the application."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from infra.runtime import Runtime


def create_app(runtime: "Runtime") -> "Flask":
    """Return the console as an application on the stores of `runtime`; the caller adds health and metrics.

    The pages are imported here and not with the package, so that whoever only needs its tables or a token
    (migrations, the command line) does not load the web.
    """
    from console.setup import make_app

    return make_app(runtime)
