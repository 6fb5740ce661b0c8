"""Languages by phone: voice, recogniser, catalog. One row per language, and no text.

The code that a voice takes and the code that a recogniser takes are two lists that differ for Mandarin and
Cantonese, so each has its own column (the provider's page *Text-to-Speech*, the `<Gather>` language table).
A language is spoken when it has a row here and a voice catalog; adding one is adding a row and a .po file.
"""

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
    none: then the caller is recorded instead of recognised).
    """

    tag: str
    say_language: str
    name: str
    hears: str


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
        # Not spoken until somebody adds their catalogs.
        Voice("fr", "fr-FR", "Polly.Lea-Neural", "fr-FR"),
        Voice("de", "de-DE", "Polly.Vicki-Neural", "de-DE"),
        Voice("pt", "pt-BR", "Polly.Camila-Neural", "pt-BR"),
        Voice("ru", "ru-RU", "Google.ru-RU-Wavenet-A", "ru-RU"),
        Voice("ar", "ar-XA", "Google.ar-XA-Wavenet-A", "ar-SA"),
        Voice("hi", "hi-IN", "Polly.Kajal-Neural", "hi-IN"),
    )
}


@lru_cache(maxsize=1)
def spoken() -> tuple[str, ...]:
    """The languages that can be spoken now, in the order of the table: a row and a catalog."""
    present = set(catalogs.locales("voice"))
    return tuple(tag for tag in VOICES if catalogs.locale_of(tag) in present)


def voice_of(language: str) -> Voice:
    """The voice of `language`; that of English if the language has none."""
    return VOICES.get(language) or VOICES[FALLBACK]


def require(languages: tuple[str, ...]) -> None:
    """Refuse, with `LanguageError` and its name, a configured language that cannot be spoken."""
    for language in languages:
        if language not in spoken():
            raise LanguageError(f"{language}: no voice, or no catalog locales/{language}/…/voice.po")
