"""Where the message catalogs are, and reading one. Two domains: `voice` (ear) and `console` (eye).

A catalog is `locales/<locale>/LC_MESSAGES/<domain>.po`; a locale exists for a domain because that file
exists. Compiled files stand beside it and are never committed (`infra.i18n.compile`).
"""

import gettext
import io
from functools import lru_cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
LOCALES = ROOT / "locales"
DOMAINS = ("voice", "console")
SOURCE_LOCALE = "en"

# The script and region that a bare tag stands for; every other tag only swaps its hyphens.
LOCALE_OF_TAG = {
    "zh-TW": "zh_Hant_TW",
    "zh-Hant": "zh_Hant_TW",
    "zh-CN": "zh_Hans_CN",
    "zh-Hans": "zh_Hans_CN",
    "yue": "yue_Hant_HK",
    "zh-HK": "yue_Hant_HK",
    "nan": "zh_Hant_TW",  # written as Mandarin is in Taiwan
    "hak": "zh_Hant_TW",
}


def locale_of(tag: str) -> str:
    """The catalog folder's name of a BCP 47 language tag: "zh-TW" is "zh_Hant_TW", "ja" is "ja"."""
    return LOCALE_OF_TAG.get(tag) or tag.replace("-", "_")


def po_path(domain: str, locale: str) -> Path:
    """The catalog file of `domain` in `locale`, whether or not it exists."""
    return LOCALES / locale / "LC_MESSAGES" / f"{domain}.po"


def locales(domain: str) -> tuple[str, ...]:
    """The locales that have a catalog of `domain`, in alphabetical order."""
    return tuple(sorted(path.parents[1].name for path in LOCALES.glob(f"*/LC_MESSAGES/{domain}.po")))


def read_catalog(path: Path, locale: str | None = None) -> Catalog:
    """The catalog stored in the .po or .pot file `path`."""
    with path.open("rb") as file:
        return read_po(file, locale=locale, abort_invalid=True)


def compiled(path: Path) -> bytes:
    """The compiled form of the .po file `path`; fuzzy entries are left out."""
    buffer = io.BytesIO()
    write_mo(buffer, read_catalog(path, path.parents[1].name))
    return buffer.getvalue()


def is_fresh(path: Path) -> bool:
    """Whether the compiled file beside the .po file `path` is at least as new as it."""
    compiled_path = path.with_suffix(".mo")
    return compiled_path.exists() and compiled_path.stat().st_mtime_ns >= path.stat().st_mtime_ns


@lru_cache(maxsize=64)
def translations(domain: str, locale: str) -> gettext.NullTranslations:
    """The messages of `domain` in `locale`, with `gettext`, `ngettext`, `pgettext` and `npgettext`.

    Kept for the life of the process. A text that is missing falls back to English, its source. A
    missing or older .mo is compiled in memory, so that a fresh checkout speaks too. Without a catalog
    every text is English.
    """
    path = po_path(domain, locale)
    if not path.exists():
        return gettext.NullTranslations()
    content = path.with_suffix(".mo").read_bytes() if is_fresh(path) else compiled(path)
    return gettext.GNUTranslations(io.BytesIO(content))
