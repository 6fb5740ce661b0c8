"""Structured logging: one line per event, ids as fields, phone numbers masked whoever writes them."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

# A plus sign and 7 to 15 digits: E.164. The masked form keeps the country's start and the last two digits.
PHONE = re.compile(r"(?:\+|%2B)(\d{2})(\d{3,11})(\d{2})\b")
SECRET_KEYS = frozenset(
    {"token", "auth_token", "password", "secret", "secret_key", "signature", "authorization"}
)


def mask_phone(text: str) -> str:
    """Return `text` with every E.164 number in it shortened to `+88…21`."""
    return PHONE.sub(lambda m: f"+{m[1]}…{m[3]}", text)


def _mask(_logger: object, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if key.lower() in SECRET_KEYS:
            event[key] = "…"
        elif isinstance(value, str):
            event[key] = mask_phone(value)
    return event


def _name_process(name: str) -> Any:
    def add(_logger: object, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event.setdefault("process", name)
        return event

    return add


def setup_logging(process: str, *, json_lines: bool = False, level: int = logging.INFO) -> None:
    """Send every log line of this process, ours and the libraries', to standard output in one format."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        _name_process(process),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _mask,
    ]
    renderer: Any = structlog.processors.JSONRenderer(ensure_ascii=False)
    if not json_lines:
        renderer = structlog.processors.LogfmtRenderer(
            key_order=["timestamp", "level", "process", "event"], drop_missing=True
        )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("twilio.http_client", "urllib3", "werkzeug", "alembic", "rq.worker"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
