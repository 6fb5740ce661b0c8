"""Reads one TwiML document and says everything that Twilio would refuse in it.

Stricter than Twilio on purpose: what Twilio only warns of (an unknown attribute is dropped silently) is a
violation here, so that a mistake in our TwiML fails a test. Codes are Twilio's where documented; 12200 stands
for every other breach of the schema.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from ivr.carrier import verbs, voices

MAX_BYTES = 64 * 1024
MAX_INLINE = 4000
MAX_NUMBERS = 10
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

TOO_LARGE, UNPARSABLE, SCHEMA, BAD_HINTS, BAD_COACH = 11750, 12100, 12200, 13330, 13240
BAD_NUMBER, INLINE_TOO_LONG, BAD_TYPE = 13223, 32018, 12300
XML_TYPES = ("text/xml", "application/xml", "text/html")


@dataclass(frozen=True)
class Violation:
    """One thing that Twilio would refuse: its code, where, and why."""

    code: int
    where: str
    text: str

    def __str__(self) -> str:
        return f"{self.code} {self.where}: {self.text}"


@dataclass(frozen=True)
class Document:
    """A document as read: its verbs in order, and what is wrong with it (then it must not be played)."""

    verbs: tuple[ET.Element, ...]
    violations: tuple[Violation, ...] = ()
    audio: bool = False
    spoken: str = ""


def read(body: bytes, content_type: str, room: str = "call", *, inline: bool = False) -> Document:
    """The document in `body`. `room` is where it runs (call, whisper, queue, conference), see `verbs.ROOMS`.

    Audio is played and ends the call; plain text that is no TwiML is read aloud, a stack trace too.
    """
    kind = content_type.split(";")[0].strip().lower()
    if kind.startswith("audio/"):
        return Document((), audio=True)
    if kind not in (*XML_TYPES, "text/plain"):
        return _refused(
            BAD_TYPE, "document", f"content type {kind or '(none)'} is neither TwiML, audio nor plain text"
        )
    if len(body) > MAX_BYTES:
        return _refused(TOO_LARGE, "document", f"{len(body)} bytes, {MAX_BYTES} allowed")
    if inline and len(body.decode()) > MAX_INLINE:
        return _refused(INLINE_TOO_LONG, "document", f"inline TwiML of more than {MAX_INLINE} characters")
    try:
        root = _parse(body)
    except (ET.ParseError, ValueError) as error:
        if kind == "text/plain":
            return Document((), spoken=body.decode(errors="replace"))
        return _refused(UNPARSABLE, "document", str(error))
    return Document(tuple(root), tuple(check(root, room, inline=inline)))


def _refused(code: int, where: str, text: str) -> Document:
    return Document((), (Violation(code, where, text),))


def _parse(body: bytes) -> ET.Element:
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise ValueError("document types are not TwiML")
    body.decode()  # UTF-8 or an error
    return ET.fromstring(body)  # noqa: S314  entities were refused above


def check(root: ET.Element, room: str = "call", *, inline: bool = False) -> Iterator[Violation]:
    """Everything wrong in a parsed `<Response>`."""
    if root.tag != "Response":
        yield Violation(UNPARSABLE, root.tag, "the root element is not Response")
        return
    allowed = verbs.ROOMS[room]
    for child in root:
        if child.tag not in allowed:
            yield Violation(SCHEMA, child.tag, f"not allowed in a {room} document")
        else:
            yield from _element(child, inline)
    yield from _stray_text(root)


def _element(el: ET.Element, inline: bool) -> Iterator[Violation]:
    yield from _attributes(el, inline)
    yield from _children(el, inline)
    special = _SPECIAL.get(el.tag)
    if special:
        yield from special(el)
    limit = verbs.NAMES.get(el.tag)
    name = (el.text or "").strip()
    if limit and not 1 <= len(name) <= limit:
        yield Violation(SCHEMA, el.tag, f"a name of {len(name)} characters, 1 to {limit} allowed")


def _attributes(el: ET.Element, inline: bool) -> Iterator[Violation]:
    known = verbs.ATTRIBUTES[el.tag]
    for key, value in el.attrib.items():
        name = "xml:lang" if key == XML_LANG else key
        where = f"{el.tag} {name}"
        if name not in known:
            yield Violation(SCHEMA, where, "unknown attribute")
            continue
        wrong = known[name](value)
        if wrong:
            code = {"hints": BAD_HINTS, "coach": BAD_COACH}.get(name, SCHEMA)
            yield Violation(code, where, f"{value[:80]!r} {wrong}")
        elif inline and name in verbs.URLS and value and not urlsplit(value).scheme:
            yield Violation(SCHEMA, where, f"{value!r} must be absolute in inline TwiML")


def _children(el: ET.Element, inline: bool) -> Iterator[Violation]:
    markup = el.tag in verbs.SSML
    allowed = verbs.SSML if markup else verbs.INSIDE.get(el.tag, frozenset())
    for child in el:
        if child.tag in allowed:
            yield from _element(child, inline)
        else:
            yield Violation(SCHEMA, el.tag, f"<{child.tag}> may not stand inside")
    if el.tag in ("Gather", "Record", "Pause", "Leave", "Hangup", "Reject") or (el.tag == "Dial" and len(el)):
        yield from _stray_text(el)


def _stray_text(el: ET.Element) -> Iterator[Violation]:
    pieces = [el.text or "", *(child.tail or "" for child in el)]
    if any(piece.strip() for piece in pieces):
        yield Violation(SCHEMA, el.tag, "text where only elements may stand")


def _say(el: ET.Element) -> Iterator[Violation]:
    voice, language = el.get("voice", ""), el.get("language", "")
    text = "".join(el.itertext())
    if not text.strip():
        yield Violation(SCHEMA, "Say", "nothing to say")
    spoken = voices.VOICES.get(voice)
    if spoken and language and language not in spoken:
        yield Violation(SCHEMA, "Say", f"voice {voice} does not speak {language}")
    if len(el) and not voices.speaks_ssml(voice, language):
        yield Violation(SCHEMA, "Say", "the Basic voices know no speech markup")
    if voice.startswith("Google.") and el.find(".//w") is not None:
        yield Violation(SCHEMA, "Say", "Google voices do not know <w>")
    limit, counts_markup = voices.text_limit(voice, language)
    length = len(text) if not counts_markup else len(_inner(el))
    if length > limit:
        yield Violation(SCHEMA, "Say", f"{length} characters, {limit} allowed")


def _inner(el: ET.Element) -> str:
    return (el.text or "") + "".join(ET.tostring(child, encoding="unicode") for child in el)


def _play(el: ET.Element) -> Iterator[Violation]:
    address = (el.text or "").strip()
    if bool(address) == bool(el.get("digits")):
        yield Violation(SCHEMA, "Play", "needs a URL or digits, and only one of them")
    elif address and verbs.url(address):
        yield Violation(SCHEMA, "Play", f"{address!r} {verbs.url(address)}")


def _gather(el: ET.Element) -> Iterator[Violation]:
    model, language = el.get("speechModel", "default"), el.get("language", "en-US")
    if language not in voices.SPEECH_MODELS.get(model, voices.GATHER_LANGUAGES):
        yield Violation(SCHEMA, "Gather language", f"{language} is not heard by speech model {model}")
    if "speechModel" in el.attrib and not el.get("speechTimeout", "1").isdigit():
        yield Violation(SCHEMA, "Gather speechTimeout", "must be a whole number when speechModel is set")
    for play in el.iter("Play"):
        if "digits" in play.attrib:
            yield Violation(SCHEMA, "Gather", "<Play digits> may not stand inside")


def _dial(el: ET.Element) -> Iterator[Violation]:
    kinds = {child.tag for child in el}
    if not len(el) and not verbs.E164.fullmatch((el.text or "").strip()):
        yield Violation(BAD_NUMBER, "Dial", "nobody to dial")
    if len(kinds) > 1 and kinds & {"Conference", "Queue"}:
        yield Violation(SCHEMA, "Dial", "a conference or queue stands alone")
    if len(el) > (1 if kinds & {"Conference", "Queue"} else MAX_NUMBERS):
        yield Violation(SCHEMA, "Dial", f"{len(el)} to dial, {MAX_NUMBERS} numbers or one room allowed")


def _number(el: ET.Element) -> Iterator[Violation]:
    number = (el.text or "").strip()
    if not verbs.E164.fullmatch(number):
        yield Violation(BAD_NUMBER, "Number", f"{number!r} is not an E.164 number")


def _redirect(el: ET.Element) -> Iterator[Violation]:
    address = (el.text or "").strip()
    if address and verbs.url(address):
        yield Violation(SCHEMA, "Redirect", f"{address!r} {verbs.url(address)}")


_SPECIAL = {
    "Say": _say,
    "Play": _play,
    "Gather": _gather,
    "Dial": _dial,
    "Number": _number,
    "Redirect": _redirect,
}
