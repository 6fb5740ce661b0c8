"""Bringing a database up to date, and drafting a migration from the models."""

from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from sqlalchemy import Connection, text

from infra.database import make_engine

ROOT = Path(__file__).resolve().parents[1]
LOCK = 7_041_953  # any constant: two migrators take turns


def _alembic(connection: Connection) -> AlembicConfig:
    config = AlembicConfig(str(ROOT / "alembic.ini"))
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["connection"] = connection
    return config


def migrate(url: str, revision: str = "head") -> None:
    """Apply every missing migration; a second migrator at the same moment waits and finds nothing to do.

    A lock on a table in use is waited for 5 s at most, so that a migration never stops the desk.
    """
    options = {"connect_timeout": 5, "options": "-c lock_timeout=5000 -c timezone=UTC"}
    engine = make_engine(url, pool_size=1, connect_args=options)
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(:k)"), {"k": LOCK})
            connection.commit()
            try:
                command.upgrade(_alembic(connection), revision)
                connection.commit()
            finally:
                connection.execute(text("SELECT pg_advisory_unlock(:k)"), {"k": LOCK})
                connection.commit()
    finally:
        engine.dispose()


def draft(url: str, message: str) -> None:
    """Write a new migration file from the difference between the models and the database at `url`."""
    engine = make_engine(url, pool_size=1)
    try:
        with engine.connect() as connection:
            command.revision(_alembic(connection), message, autogenerate=True)
    finally:
        engine.dispose()
