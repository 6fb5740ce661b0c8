"""The commands, one module per kind; each imports what it needs when it runs."""

import sys

import click

from workers.cli import operate, processes


class Group(click.Group):
    """Turns a wrong setting into one clear line and exit code 2."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        from infra.config import ConfigError
        from infra.stores import StoreError

        try:
            return super().invoke(ctx)
        except (ConfigError, StoreError) as error:
            click.echo(f"hotline: {error}", err=True)
            sys.exit(2)


@click.group(cls=Group)
def hotline() -> None:
    """Telephone hotline and ticket desk for housing estates."""


for command in (*processes.COMMANDS, *operate.COMMANDS):
    hotline.add_command(command)
