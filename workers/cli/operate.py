"""Commands for whoever runs the system: database, demo, logins, checks, benchmarks."""

import json
import sys
from dataclasses import asdict
from typing import Any

import click


def _runtime() -> Any:
    from infra.config import load_config
    from infra.runtime import build_runtime

    return build_runtime(load_config(), pool_size=2)


@click.command("migrate")
def migrate_() -> None:
    """Bring the database's schema up to date."""
    from infra.config import load_config
    from infra.migrate import migrate

    migrate(load_config().database_url)


@click.command()
@click.argument("message")
def migration(message: str) -> None:
    """Draft a migration from the difference between models and database."""
    from infra.config import load_config
    from infra.migrate import draft

    draft(load_config().database_url, message)


@click.group()
def seed() -> None:
    """Write ready-made data."""


@seed.command()
def demo() -> None:
    """The made-up company; may be run again."""
    from workers.demo.seed import seed_demo

    click.echo(json.dumps(seed_demo(_runtime())))


@click.command("demo-info")
@click.option("--json", "as_json", is_flag=True, help="print JSON (the only form)")
def demo_info_(as_json: bool) -> None:
    """Addresses, logins, numbers and keys of the demo."""
    from workers.demo.info import demo_info

    click.echo(json.dumps(demo_info(_runtime()), ensure_ascii=False, indent=None if as_json else 2))


@click.command()
def check() -> None:
    """Say what is missing or wrong in the settings, and how to mend it."""
    from workers.check import run_checks

    found = run_checks()
    for line in found:
        click.echo(f"{'ok   ' if line.is_ok else 'WRONG'}  {line.subject}: {line.text}")
    sys.exit(0 if all(line.is_ok for line in found) else 1)


@click.command("rebuild-queues")
def rebuild_queues() -> None:
    """Build the routing index in Valkey anew from PostgreSQL."""
    from routing.service import Router

    runtime = _runtime()
    click.echo(json.dumps(asdict(Router(runtime).rebuild(runtime.clock.now()))))


@click.group()
def token() -> None:
    """API tokens."""


@token.command("create")
@click.option("--login", required=True)
@click.option("--label", default="command line", show_default=True)
def token_create(login: str, label: str) -> None:
    """Make a token for a member of staff and print it, once."""
    from sqlalchemy import select

    from console.tokens import create_token
    from tickets.models import Staff

    runtime = _runtime()
    with runtime.transaction() as tx:
        person = tx.scalar(select(Staff).where(Staff.login == login))
        if person is None:
            raise click.ClickException(f"no such login: {login}")
        made = create_token(tx, person, label, runtime.clock.now())
    click.echo(made)


@click.group()
def user() -> None:
    """Members of staff."""


@user.command("create")
@click.option("--login", required=True)
@click.option("--name", required=True)
@click.option("--role", required=True)
@click.option("--phone", default=None, help="E.164")
@click.option("--estate", "estates", multiple=True, help="estate code; may be repeated")
@click.password_option()
def user_create(
    login: str, name: str, role: str, phone: str | None, estates: tuple[str, ...], password: str
) -> None:
    """Add a member of staff; agents get a seat for every queue and their estates' languages."""
    from workers.staffing import NewStaff, create_staff

    runtime = _runtime()
    new = NewStaff(login=login, name=name, role=role, phone=phone, estates=estates, password=password)
    with runtime.transaction() as tx:
        try:
            create_staff(tx, new, now=runtime.clock.now())
        except ValueError as error:
            raise click.ClickException(str(error)) from None
    click.echo(f"{login} added")


@click.command()
@click.argument("name", default="all")
def bench(name: str) -> None:
    """Measure against ceilings taken in the same run; writes bench/results.json."""
    from bench.main import run_benchmarks

    run_benchmarks(name)


@click.command()
@click.confirmation_option(prompt="Forget every ticket of the embedded stores?")
def reset() -> None:
    """Throw the embedded stores away; the next start makes new ones."""
    import shutil

    from infra.config import load_config
    from infra.stores import home
    from workers.supervisor import running

    config = load_config()
    if running(config.hotline_data):
        raise click.ClickException("stop `hotline run` first")
    for name in ("pg", "kv"):
        shutil.rmtree(home(config.hotline_data) / name, ignore_errors=True)
    click.echo("done")


COMMANDS = (
    migrate_,
    migration,
    seed,
    demo_info_,
    check,
    rebuild_queues,
    token,
    user,
    bench,
    reset,
)
