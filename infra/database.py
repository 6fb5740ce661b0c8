"""PostgreSQL: engine, transactions and what happens after a commit."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session

log = logging.getLogger(__name__)

CONNECT_ARGS = {
    "connect_timeout": 3,
    "options": "-c statement_timeout=5000 -c lock_timeout=2000 -c timezone=UTC",
}


class Base(DeclarativeBase):
    """The declarative base of every room's tables, so that one migration history covers all."""


class Tx(Session):
    """One transaction. Services flush at most; the entry point that opened it commits.

    `after_commit` collects what must reach Valkey, the queue or a page once the truth is stored. Actions run in
    order; one that fails is logged and does not stop the next, because the sweep repairs what was missed.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._actions: list[Callable[[], object]] = []
        self.posted: list[tuple[str, int]] = []  # (queue, outbox id), to be relayed once committed

    def after_commit(self, action: Callable[[], object]) -> None:
        """Run `action` after a successful commit; forget it on rollback."""
        self._actions.append(action)

    def run_after_commit(self) -> None:
        """Run and forget the collected actions. Called by `transaction` only."""
        while self._actions:
            action = self._actions.pop(0)
            try:
                action()
            except Exception:
                log.exception("after-commit action failed", extra={"action": repr(action)})


def sqlalchemy_url(url: str) -> str:
    """Return `url` with the driver named, whatever spelling of postgresql:// was given."""
    scheme, _, rest = url.partition("://")
    return f"postgresql+psycopg://{rest}" if scheme in ("postgres", "postgresql") else url


def make_engine(url: str, pool_size: int = 8, **extra: Any) -> Engine:
    """Return an engine for this process; make it after a fork, one per process.

    Statements end after 5 s and lock waits after 2 s, so that a webhook never outlives the telephone provider's
    patience. Connections are checked before use.
    """
    extra.setdefault("connect_args", CONNECT_ARGS)
    return create_engine(
        sqlalchemy_url(url), pool_size=pool_size, max_overflow=4, pool_timeout=3, pool_pre_ping=False, **extra
    )


@contextmanager
def transaction(engine: Engine) -> Iterator[Tx]:
    """Open one transaction: commit at the end, roll back on an error, then run the after-commit actions."""
    with Tx(engine, expire_on_commit=False) as tx:
        with tx.begin():
            yield tx
        tx.run_after_commit()


def is_disconnect(error: BaseException) -> bool:
    """True when `error` means that the store is away rather than that the statement was wrong."""
    return isinstance(error, OperationalError) or (
        isinstance(error, DBAPIError) and error.connection_invalidated
    )


def is_race(error: BaseException) -> bool:
    """True for a unique, serialization or deadlock error: the whole unit may be run once more."""
    code = getattr(getattr(error, "orig", None), "sqlstate", None)
    return code in {"23505", "40001", "40P01"}


@event.listens_for(Engine, "handle_error")
def _drop_dead_pool(context: Any) -> None:
    """Treat a server that went away between two uses as a disconnect, so that the pool is renewed."""
    message = str(context.original_exception)
    if "server closed the connection" in message or "terminating connection" in message:
        context.is_disconnect = True
