"""Languages by phone: voice, recogniser, catalog. One row per language, and no text.

The code that a voice takes and the code that a recogniser takes are two lists that differ for Mandarin and
Cantonese, so each has its own column (the provider's page *Text-to-Speech*, the `<Gather>` language table).
A language is spoken when it has a voice catalog and a voice: a row here, or `"voice"` in its `values.json`, so that
one which nobody thought of here needs no code.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from infra.i18n import catalogs

FALLBACK = "en"


class LanguageError(ValueError):
    """A language without a row here, or without a catalog."""


@dataclass(frozen=True)
class Voice:
    """How one language sounds and is understood.

    `tag` is BCP 47, `say_language` and `name` go to the voice, `hears` to the recogniser ("" when there is
    none: then the caller is recorded instead of recognised). `is_recorded`: nobody synthesises it, so the office
    records its prompts, and the voice is that of another language, for times and places only.
    """

    tag: str
    say_language: str
    name: str
    hears: str
    is_recorded: bool = False


VOICES = {
    voice.tag: voice
    for voice in (
        Voice("zh-TW", "cmn-TW", "Google.cmn-TW-Wavenet-A", "cmn-Hant-TW"),
        Voice("zh-CN", "cmn-CN", "Google.cmn-CN-Wavenet-A", "cmn-Hans-CN"),
        Voice("yue", "yue-HK", "Google.yue-HK-Standard-A", "yue-Hant-HK"),
        Voice("en", "en-US", "Polly.Joanna-Neural", "en-US"),
        Voice("ja", "ja-JP", "Polly.Kazuha-Neural", "ja-JP"),
        Voice("ko", "ko-KR", "Polly.Seoyeon-Neural", "ko-KR"),
        Voice("vi", "vi-VN", "Google.vi-VN-Wavenet-A", "vi-VN"),
        Voice("id", "id-ID", "Google.id-ID-Wavenet-A", "id-ID"),
        Voice("th", "th-TH", "Google.th-TH-Standard-A", "th-TH"),
        Voice("fil", "fil-PH", "Google.fil-PH-Wavenet-A", "fil-PH"),
        Voice("es", "es-ES", "Polly.Lucia-Neural", "es-ES"),
        # Taiwanese Hokkien and Hakka: keys and recordings only, with a Taiwan Mandarin voice beside them.
        Voice("nan", "cmn-TW", "Google.cmn-TW-Wavenet-A", "", is_recorded=True),
        Voice("hak", "cmn-TW", "Google.cmn-TW-Wavenet-A", "", is_recorded=True),
        # Not spoken until somebody adds their catalog.
        Voice("fr", "fr-FR", "Polly.Lea-Neural", "fr-FR"),
        Voice("de", "de-DE", "Polly.Vicki-Neural", "de-DE"),
        Voice("pt", "pt-BR", "Polly.Camila-Neural", "pt-BR"),
        Voice("ru", "ru-RU", "Google.ru-RU-Wavenet-A", "ru-RU"),
        Voice("ar", "ar-XA", "Google.ar-XA-Wavenet-A", "ar-SA"),
        Voice("hi", "hi-IN", "Polly.Kajal-Neural", "hi-IN"),
    )
}


@lru_cache(maxsize=1)
def table() -> Mapping[str, Voice]:
    """Every voice by tag: those above, then those that a catalog brings along. Raises `LanguageError` for a file
    whose voice cannot be used."""
    return VOICES | {voice.tag: voice for locale in catalogs.locales("voice") if (voice := brought(locale))}


def brought(locale: str) -> Voice | None:
    """The voice in the `values.json` of `locale`, None if it has none there."""
    path = catalogs.LOCALES / locale / "values.json"
    if not path.exists():
        return None
    try:
        given = json.loads(path.read_text(encoding="utf-8")).get("voice")
        return Voice(tag=locale.replace("_", "-"), **given) if given else None
    except (ValueError, TypeError, AttributeError) as error:
        raise LanguageError(f"{path}: the voice cannot be read: {error}") from error


@lru_cache(maxsize=1)
def spoken() -> tuple[str, ...]:
    """The languages that can be spoken now, in the order of the table: a voice and a catalog."""
    present = set(catalogs.locales("voice"))
    return tuple(
        tag for tag, voice in table().items() if catalogs.locale_of(tag) in present and not voice.is_recorded
    )


def voice_of(language: str) -> Voice:
    """The voice of `language`; that of English if the language has none."""
    return VOICES.get(language) or table().get(language) or VOICES[FALLBACK]


def require(languages: tuple[str, ...]) -> None:
    """Refuse, with `LanguageError` and its name, a configured language that cannot be spoken."""
    for language in languages:
        if language not in spoken():
            raise LanguageError(f"{language}: no voice, or no catalog locales/{language}/…/voice.po")
