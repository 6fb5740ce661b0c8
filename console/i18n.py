"""The language of a page: which catalog speaks, and the functions that templates and views call.

A person's choice is kept with the person; before the log-in it is a cookie, then what the browser asks for.
"""

import gettext as gnu
from collections.abc import Mapping

from babel import Locale
from flask import Flask, g, has_request_context, request

from infra.i18n import catalogs

DEFAULT = "en"
SHIPPED: Mapping[str, str] = {DEFAULT: "English", "zh-TW": "繁體中文", "zh-CN": "简体中文", "yue": "粵語"}


def offered() -> dict[str, str]:
    """What a person can choose: tags of the data, each named in its own words. A further catalog is all it takes."""
    known = {catalogs.locale_of(tag) for tag in SHIPPED}
    further = [Locale.parse(each) for each in catalogs.locales("console") if each not in known]
    return {**SHIPPED, **{str(each).replace("_", "-"): (each.display_name or str(each)) for each in further}}


LANGUAGES: Mapping[str, str] = offered()
COOKIE = "hotline_language"


def language() -> str:
    """Return the tag of the language of this request; English outside of one."""
    return str(g.get("language", DEFAULT)) if has_request_context() else DEFAULT


def speak(tag: str) -> None:
    """Answer the rest of this request in `tag`, or in English where it has no catalog."""
    g.language = tag if tag in LANGUAGES else DEFAULT


def guess_language() -> str:
    """Return the language for somebody not logged in: the cookie, else the browser's wish, else English."""
    kept = request.cookies.get(COOKIE, "")
    if kept in LANGUAGES:
        return kept
    for wish, _quality in request.accept_languages:
        if found := _closest(wish):
            return found
    return DEFAULT


def _closest(wish: str) -> str | None:
    tag = wish.replace("_", "-").lower()
    if tag.startswith(("yue", "zh-hk", "zh-mo", "zh-hant-hk")):
        return "yue" if tag.startswith("yue") else "zh-TW"
    if tag.startswith("zh"):
        return "zh-TW" if "hant" in tag or tag == "zh-tw" else "zh-CN"
    return next((each for each in LANGUAGES if each.lower() in (tag, tag.partition("-")[0])), None)


def locale() -> Locale:
    """Return Babel's locale of this request, for dates and numbers. Its table has Cantonese too."""
    return Locale.parse(catalogs.locale_of(language()))


def _messages() -> gnu.NullTranslations:
    return catalogs.translations("console", catalogs.locale_of(language()))


def gettext(text: str) -> str:
    """Return `text` in the language of this request."""
    return _messages().gettext(text)


def ngettext(one: str, many: str, number: int) -> str:
    """Return the form of the text for `number`, in the language of this request."""
    return _messages().ngettext(one, many, number)


def pgettext(context: str, text: str) -> str:
    """Return `text` as it is said in `context`, in the language of this request."""
    return _messages().pgettext(context, text)


def npgettext(context: str, one: str, many: str, number: int) -> str:
    """Return the form for `number` of a text with a context, in the language of this request."""
    return _messages().npgettext(context, one, many, number)


def N_(text: str) -> str:  # noqa: N802 (the customary name of the mark)
    """Mark a text that is translated where it is shown."""
    return text


def install(app: Flask) -> None:
    """Give the templates `_`, `ngettext`, `pgettext` and the languages to choose from."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext
    )
    app.jinja_env.globals.update(
        LANGUAGES=LANGUAGES, language=language, html_lang=_html_lang, direction=_direction
    )


def _html_lang() -> str:
    return catalogs.locale_of(language()).replace("_", "-")


def _direction() -> str:
    """Which way the language of the request is written: `ltr` or `rtl`."""
    return str(locale().text_direction)
