"""`python -m infra.i18n.extract`: read the texts out of the code and bring every catalog up to date.

Voice texts are marked by `prompt` and `prompt_n`, page texts by the gettext functions. Catalogs carry no
dates, so that extracting twice gives the same bytes (`update --check` of Babel always fails with contexts,
Babel issue 1307). With `--locale fr` it also starts both catalogs of a new locale.
"""

import argparse
import io
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po, write_po

from infra.i18n import catalogs

KEYWORDS = {
    "voice": ("prompt:1c,2", "prompt_n:1c,2,3"),
    "console": ("_", "gettext", "N_", "ngettext:1,2", "pgettext:1c,2", "npgettext:1c,2,3"),
}
COMMENT_TAGS = {"voice": ("VOICE:",), "console": ("PAGE:",)}
HEADER = "# Hotline, {domain} texts.{note}"
# Header lines that change from run to run, or that say nothing here.
DROPPED_LINES = (
    b'"POT-Creation-Date:',
    b'"PO-Revision-Date:',
    b'"Generated-By:',
    b'"Project-Id-Version:',
    b'"Report-Msgid-Bugs-To:',
    b'"Last-Translator:',
    b'"Language-Team:',
)


def extracted(domain: str) -> Catalog:
    """Every text of `domain` that the code marks, as a template catalog."""
    with (catalogs.ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    template = Catalog(project="Hotline", header_comment=HEADER.format(domain=domain, note=""), fuzzy=False)
    found = extract_from_dir(
        catalogs.ROOT,
        methods,
        options,
        keywords=parse_keywords(KEYWORDS[domain]),
        comment_tags=COMMENT_TAGS[domain],
        strip_comment_tags=True,
    )
    for filename, _line, message, comments, context in found:
        template.add(message, None, [(Path(filename).as_posix(), None)], (), comments, context=context)
    return template


def as_bytes(catalog: Catalog) -> bytes:
    """`catalog` as a file, sorted, with a header that depends on the texts alone."""
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=0, sort_output=True, include_lineno=False, ignore_obsolete=True)
    return b"".join(x for x in buffer.getvalue().splitlines(True) if not x.startswith(DROPPED_LINES))


def updated(domain: str, locale: str, template: bytes) -> Catalog:
    """The catalog of `domain` in `locale` with exactly the texts of `template`; new ones are empty.

    In the source locale every text stands for itself. The template comes as bytes because Babel moves
    its message objects into the catalog that it updates.
    """
    path = catalogs.po_path(domain, locale)
    catalog = catalogs.read_catalog(path, locale) if path.exists() else new_catalog(domain, locale)
    catalog.update(read_po(io.BytesIO(template)), no_fuzzy_matching=True)
    if locale == catalogs.SOURCE_LOCALE:
        for message in catalog:
            if message.id:
                message.string = message.id
    return catalog


def new_catalog(domain: str, locale: str) -> Catalog:
    """An empty catalog with the plural rule of `locale`.

    Babel's own table lacks some languages (Cantonese among them) and then answers "two forms"; where
    CLDR has one form we say so.
    """
    one_form = not Locale.parse(locale).plural_form.tags
    plural = "nplurals=1; plural=0;" if one_form else str(get_plural(locale))
    note = f" Language: {Locale.parse(locale).english_name}."
    head = [
        HEADER.format(domain=domain, note=note),
        'msgid ""',
        'msgstr ""',
        f'"Language: {locale}\\n"',
        f'"Plural-Forms: {plural}\\n"',
        '"MIME-Version: 1.0\\n"',
        '"Content-Type: text/plain; charset=utf-8\\n"',
        '"Content-Transfer-Encoding: 8bit\\n"',
    ]
    return read_po(io.BytesIO("\n".join(head).encode()), locale=locale)


def extract_all(new_locale: str | None = None) -> None:
    """Write the templates of both domains and bring every catalog of them up to date."""
    for domain in catalogs.DOMAINS:
        template = as_bytes(extracted(domain))
        catalogs.LOCALES.mkdir(exist_ok=True)
        (catalogs.LOCALES / f"{domain}.pot").write_bytes(template)
        chosen = {catalogs.SOURCE_LOCALE, *catalogs.locales(domain), *([new_locale] if new_locale else [])}
        for locale in sorted(chosen):
            path = catalogs.po_path(domain, locale)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(as_bytes(updated(domain, locale, template)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--locale", help="also start the catalogs of this locale, e.g. fr or pt_BR")
    extract_all(parser.parse_args().locale)
