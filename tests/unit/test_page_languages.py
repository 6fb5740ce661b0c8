"""A language of the pages is a catalog, and nothing else."""

import shutil
from pathlib import Path

import pytest
from flask import Flask

from console import i18n
from infra.i18n import catalogs


@pytest.mark.parametrize(
    ("locale", "name", "direction"), [("ar", "العربية", "rtl"), ("fr", "français", "ltr")]
)
def test_a_further_catalog_is_all_that_a_language_of_the_pages_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, locale: str, name: str, direction: str
) -> None:
    shutil.copytree(catalogs.LOCALES / "en", tmp_path / locale)
    monkeypatch.setattr(catalogs, "LOCALES", tmp_path)
    monkeypatch.setattr(i18n, "LANGUAGES", i18n.offered())
    app = Flask("page")
    i18n.install(app)

    assert i18n.LANGUAGES[locale] == name
    with app.test_request_context(headers={"Accept-Language": f"{locale}-XX;q=0.9"}):
        assert i18n.guess_language() == locale
        i18n.speak(locale)
        html = app.jinja_env.from_string('<html lang="{{ html_lang() }}" dir="{{ direction() }}">').render()
    assert html == f'<html lang="{locale}" dir="{direction}">'


def test_the_languages_that_ship_come_first_and_are_named_in_themselves() -> None:
    assert list(i18n.offered().items())[:4] == list(i18n.SHIPPED.items())
