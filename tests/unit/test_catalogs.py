"""Guards over every catalog: the same texts, the same placeholders, nothing fuzzy, nothing empty."""

import os
import re
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Message

from infra.i18n import catalogs, extract
from infra.i18n.compile import compile_stale, write_whole

FIRST_LOCALES = {"en", "zh_Hant_TW", "zh_Hans_CN", "yue_Hant_HK"}
PLACEHOLDER = re.compile(r"\{(\w+)\}|%\((\w+)\)[sd]")
EVERY_CATALOG = [(domain, locale) for domain in catalogs.DOMAINS for locale in catalogs.locales(domain)]
every_catalog = pytest.mark.parametrize(("domain", "locale"), EVERY_CATALOG)


def texts_of(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else (value,)


def placeholders(text: str) -> list[str]:
    return sorted(a or b for a, b in PLACEHOLDER.findall(text))


def messages(domain: str, locale: str) -> Iterator[Message]:
    for message in catalogs.read_catalog(catalogs.po_path(domain, locale), locale):
        if message.id:
            yield message


def ids(domain: str, locale: str) -> set[tuple[str | None, str]]:
    return {(message.context, str(message.id)) for message in messages(domain, locale)}


@pytest.mark.parametrize("domain", catalogs.DOMAINS)
def test_template_is_what_extraction_gives(domain: str) -> None:
    stored = (catalogs.LOCALES / f"{domain}.pot").read_bytes()

    assert extract.as_bytes(extract.extracted(domain)) == stored, "run `make messages`"


@every_catalog
def test_catalog_is_what_updating_gives(domain: str, locale: str) -> None:
    template = (catalogs.LOCALES / f"{domain}.pot").read_bytes()
    stored = catalogs.po_path(domain, locale).read_bytes()

    assert extract.as_bytes(extract.updated(domain, locale, template)) == stored, "run `make messages`"


@pytest.mark.parametrize("domain", catalogs.DOMAINS)
def test_first_locales_are_there(domain: str) -> None:
    assert set(catalogs.locales(domain)) >= FIRST_LOCALES


@every_catalog
def test_every_locale_has_the_same_texts(domain: str, locale: str) -> None:
    assert ids(domain, locale) == ids(domain, "en")


@every_catalog
def test_no_text_is_fuzzy_or_empty(domain: str, locale: str) -> None:
    for message in messages(domain, locale):
        assert not message.fuzzy, message.id
        assert all(text.strip() for text in texts_of(message.string)), (message.context, message.id)


@every_catalog
def test_placeholders_are_those_of_the_source(domain: str, locale: str) -> None:
    for message in messages(domain, locale):
        wanted = {tuple(placeholders(text)) for text in texts_of(message.id)}
        for text in texts_of(message.string):
            assert tuple(placeholders(text)) in wanted, (message.context, text)


def test_a_tag_names_its_catalog() -> None:
    tags = ["zh-TW", "zh-CN", "yue", "en", "ja", "pt-BR"]

    assert [catalogs.locale_of(tag) for tag in tags] == [
        "zh_Hant_TW", "zh_Hans_CN", "yue_Hant_HK", "en", "ja", "pt_BR",
    ]  # fmt: skip


def test_a_language_without_catalog_speaks_the_source() -> None:
    assert catalogs.translations("voice", "tlh").pgettext("greeting", "Hello") == "Hello"


def test_compiling_leaves_nothing_stale() -> None:
    compile_stale()

    assert all(catalogs.is_fresh(catalogs.po_path(*pair)) for pair in EVERY_CATALOG)
    assert compile_stale() == []


def test_a_changed_catalog_is_stale(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(catalogs, "LOCALES", tmp_path)
    path = catalogs.po_path("voice", "en")
    path.parent.mkdir(parents=True)
    path.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8"\n', encoding="utf-8")

    assert compile_stale() == [path]

    newer = path.with_suffix(".mo").stat().st_mtime_ns + 1_000_000
    os.utime(path, ns=(newer, newer))
    assert compile_stale() == [path]


def test_writing_replaces_the_file_as_a_whole(tmp_path) -> None:
    path = tmp_path / "voice.mo"
    path.write_bytes(b"old")

    write_whole(path, b"new")

    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_new_locale_gets_the_plural_rule_of_its_language() -> None:
    forms = {
        locale: extract.new_catalog("voice", locale).num_plurals for locale in ("yue_Hant_HK", "pl", "en")
    }

    assert forms == {"yue_Hant_HK": 1, "pl": 3, "en": 2}
