"""Which voices and languages Twilio documents: for `<Say>` one list, for `<Gather>` another.

Sources: *Text-to-Speech* voice table, *TwiML Voice: Gather* language table. Voices that are only in the SDK's
enumeration (`alice`, retired letters) are left out on purpose: what we emit must be documented.
"""

from collections.abc import Iterator


def words(text: str) -> frozenset[str]:
    """The words of `text`, which is shorter to read than a list of quoted ones."""
    return frozenset(text.split())


BASIC = words("man woman")
BASIC_LANGUAGES = words("en-US en-GB es-ES es-MX es-US fr-FR de-DE it-IT")
STARS = words("Aoede Kore Leda Zephyr Charon Fenrir Orus Puck")

SAY_LANGUAGES = words(
    """af-ZA am-ET ar-AE ar-XA arb bg-BG bn-IN ca-ES cmn-CN cmn-TW cs-CZ cy-GB da-DK de-AT de-DE el-GR
    en-AU en-GB en-GB-WLS en-IE en-IN en-NZ en-US en-ZA es-ES es-MX es-US fi-FI fil-PH fr-CA fr-FR
    fr-BE gu-IN he-IL hi-IN hu-HU id-ID is-IS it-IT ja-JP kn-IN ko-KR lv-LV ml-IN mr-IN ms-MY nb-NO
    nl-BE nl-NL pa-IN pl-PL pt-BR pt-PT ro-RO ru-RU sk-SK sr-RS sv-SE ta-IN te-IN th-TH tr-TR uk-UA
    vi-VN yue-CN yue-HK"""
)

GATHER_LANGUAGES = words(
    """af-ZA am-ET ar-AE ar-BH ar-DZ ar-EG ar-IL ar-IQ ar-JO ar-KW ar-LB ar-MA ar-OM ar-PS ar-QA ar-SA
    ar-TN az-AZ bg-BG bn-BD bn-IN ca-ES cs-CZ da-DK de-DE el-GR en-AU en-CA en-GB en-GH en-IE en-IN
    en-KE en-NG en-NZ en-PH en-SG en-TZ en-US en-ZA es-AR es-BO es-CL es-CO es-CR es-DO es-EC es-ES
    es-GT es-HN es-MX es-NI es-PA es-PE es-PR es-PY es-SV es-US es-UY es-VE et-EE eu-ES fa-IR fi-FI
    fil-PH fr-CA fr-FR gl-ES gu-IN he-IL hi-IN hr-HR hu-HU hy-AM id-ID is-IS it-IT ja-JP jv-ID ka-GE
    km-KH kn-IN ko-KR lo-LA lt-LT lv-LV mk-MK ml-IN mn-MN mr-IN ms-MY my-MM nar-IQ nb-NO ne-NP nl-BE
    nl-NL pa-guru-IN pl-PL pt-BR pt-PT ro-RO ru-RU si-LK sk-SK sl-SI sq-AL sr-RS su-ID sv-SE sw-KE
    sw-TZ ta-IN ta-LK ta-MY ta-SG te-IN th-TH tr-TR uk-UA ur-IN ur-PK uz-UZ vi-VN yue-Hant-HK zh
    cmn-Hans-CN zh-TW cmn-Hant-TW zu-ZA"""
)

# speechModel -> the only languages it hears. "ar-*" stands for every Arabic of the list above.
PHONE_CALL = words("en-US en-GB en-AU fr-FR fr-CA ja-JP ru-RU es-US es-ES pt-BR")
EXPERIMENTAL = words(
    """da-DK de-DE en-AU en-GB en-IN en-US es-ES es-US fi-FI fr-CA fr-FR hi-IN ja-JP ko-KR mk-MK nl-NL
    no-NO pl-PL pt-BR pt-PT ro-RO ru-RU th-TH tr-TR uk-UA vi-VN"""
) | {tag for tag in GATHER_LANGUAGES if tag.startswith("ar-")}
SPEECH_MODELS: dict[str, frozenset[str]] = {
    "default": GATHER_LANGUAGES,
    "numbers_and_commands": GATHER_LANGUAGES,
    "phone_call": PHONE_CALL,
    "experimental_conversations": EXPERIMENTAL,
    "experimental_utterances": EXPERIMENTAL,
    "googlev2_long": GATHER_LANGUAGES,
    "googlev2_short": GATHER_LANGUAGES,
    "googlev2_telephony": GATHER_LANGUAGES,
    "googlev2_telephony_short": GATHER_LANGUAGES,
    "deepgram_nova-2": GATHER_LANGUAGES,
    "deepgram_nova-3": GATHER_LANGUAGES | {"multi"},
}

# language: Polly voices by engine ("" = Standard), then Google letters by engine, then Chirp3-HD or not.
_POLLY = """
cmn-CN | Zhiyu | Zhiyu |
yue-CN | | Hiujin |
en-US | Ivy Joanna Kendra Kimberly Salli Joey Justin Kevin Matthew \
 | Danielle Ivy Joanna Kendra Kimberly Ruth Salli Gregory Joey Justin Kevin Matthew Stephen \
 | Danielle Joanna Ruth Matthew Stephen Tiffany
en-GB | Amy Emma Brian | Amy Emma Arthur Brian | Amy
en-AU | Nicole Russell | Olivia |
en-IN | Aditi Raveena | Kajal |
en-IE | | Niamh |
en-NZ | | Aria |
en-ZA | | Ayanda | Ayanda
en-GB-WLS | Geraint | |
ja-JP | Mizuki Takumi | Kazuha Tomoko Takumi |
ko-KR | Seoyeon | Seoyeon |
es-ES | Conchita Lucia Enrique | Lucia Sergio | Lucia Sergio
es-MX | Mia | Mia Andres | Mía Andres
es-US | Lupe Penelope Miguel | Lupe Pedro | Lupe Pedro
fr-FR | Celine Lea Mathieu | Lea Remi | Lea Rémi
fr-CA | Chantal | Gabrielle Liam |
fr-BE | | Isabelle |
de-DE | Marlene Vicki Hans | Vicki Daniel | Vicki Daniel
de-AT | | Hannah |
pt-BR | Camila Vitoria Ricardo | Camila Vitoria Thiago |
pt-PT | Ines Cristiano | Ines |
ru-RU | Tatyana Maxim | |
ar-AE | | Hala Zayd |
arb | Zeina | |
hi-IN | Aditi | Kajal | Kajal
"""
_GOOGLE = """
cmn-TW | ABC | ABC | |
cmn-CN | ABCD | ABCD | | *
yue-HK | ABCD | | |
en-US | ABCDEFGHIJ | ABCDEFGHIJ | ACDEFGHIJ | *
en-GB | NO | NO | NO | *
ja-JP | BCD | BCD | | *
ko-KR | ABCD | ABCD | ABC | *
vi-VN | ABCD | ABCD | | *
id-ID | ABCD | ABCD | | *
th-TH | A | | | *
fil-PH | ABCD | ABCD | |
es-ES | AEFGH | EFGH | GH | *
es-US | ABC | ABC | ABC | *
fr-FR | FG | FG | FG | *
fr-CA | ABCD | ABCD | ABCD | *
de-DE | GH | GH | GH | *
pt-BR | BCDE | BCDE | ABC | *
pt-PT | EF | EF | |
ru-RU | ABCDE | ABCDE | | *
ar-XA | ABCD | ABCD | | *
hi-IN | ABCDEF | ABCDEF | ABCD | *
"""


def _polly() -> Iterator[tuple[str, str]]:
    for line in filter(None, _POLLY.splitlines()):
        language, *engines = (part.strip() for part in line.split("|"))
        for names, ending in zip(engines, ("", "-Neural", "-Generative"), strict=True):
            for name in names.split():
                yield f"Polly.{name}{ending}", language


def _google() -> Iterator[tuple[str, str]]:
    for line in filter(None, _GOOGLE.splitlines()):
        language, standard, wavenet, neural, chirp = (part.strip() for part in line.split("|"))
        for letters, engine in ((standard, "Standard"), (wavenet, "Wavenet"), (neural, "Neural2")):
            for letter in letters:
                yield f"Google.{language}-{engine}-{letter}", language
        for star in STARS if chirp else ():
            yield f"Google.{language}-Chirp3-HD-{star}", language


def _voices() -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = dict.fromkeys(BASIC, BASIC_LANGUAGES)
    for name, language in (*_polly(), *_google()):
        found[name] = found.get(name, frozenset()) | {language}
    # Both Indian voices also speak Indian English and Hindi (documented as bilingual).
    for name in ("Polly.Aditi", "Polly.Kajal-Neural"):
        found[name] = frozenset({"hi-IN", "en-IN"})
    return found


VOICES: dict[str, frozenset[str]] = _voices()


def text_limit(voice: str, language: str) -> tuple[int, bool]:
    """Longest text of one `<Say>` in characters, and whether its markup counts too.

    Basic 4000, Polly 3000 without tags, Google 5000 with tags. A language alone lets the account choose
    the voice, so the smallest holds.
    """
    if voice.startswith("Google."):
        return 5000, True
    if voice in BASIC or not (voice or language):
        return 4000, True
    return 3000, False


def speaks_ssml(voice: str, language: str) -> bool:
    """Whether markup may stand inside `<Say>`: not with the Basic voices, one of which is the default."""
    return voice not in BASIC and bool(voice or language)
