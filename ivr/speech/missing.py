"""Prompts that a catalog lacks: English is spoken instead, by an English voice, and counted. Never silence."""

import logging

import prometheus_client

from infra.i18n import catalogs
from ivr.prompts import prompt_of

log = logging.getLogger(__name__)

MISSING = prometheus_client.Counter(
    "hotline_missing_prompts_total",
    "Sentences spoken in English because a catalog lacks them",
    ["language", "prompt"],
)
_told: set[tuple[str, str]] = set()


def has(key: str, language: str) -> bool:
    """Whether the catalog of `language` has a text of its own for prompt `key`."""
    locale = catalogs.locale_of(language)
    if locale == catalogs.SOURCE_LOCALE:
        return True
    messages, prompt = catalogs.translations("voice", locale), prompt_of(key)
    if prompt.plural is None:
        return bool(messages.pgettext(key, prompt.text) != prompt.text)
    return bool(messages.npgettext(key, prompt.text, prompt.plural, 2) != prompt.plural)


def spoken_in(key: str, language: str) -> str:
    """The language in which prompt `key` is spoken to somebody who speaks `language`: English if it is missing."""
    if has(key, language):
        return language
    MISSING.labels(language, key).inc()
    if (key, language) not in _told:
        _told.add((key, language))
        log.warning("prompt missing", extra={"prompt": key, "language": language})
    return catalogs.SOURCE_LOCALE
