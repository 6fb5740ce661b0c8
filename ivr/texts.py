"""The words of text messages, in the reader's language, figures as figures. Sending them is not here."""

from datetime import datetime

from ivr import speech
from ivr.flow.script import Desk
from ivr.speech import Channel, Value
from ivr.state import Dwelling


def ticket_opened(
    desk: Desk,
    language: str,
    *,
    number: str,
    category: str,
    promise: datetime | None,
    now: datetime,
) -> str:
    """The caller's text: number in plain digits and the promise. `category` is a code, instants aware UTC."""
    if desk.is_emergency(category):
        values: dict[str, Value] = {"phone": speech.Phone(desk.emergency_number)}
        return written("sms.emergency_opened", language, desk, number=number, **values)
    named = category_name(desk, category, language)
    if promise is None:
        return written("sms.ticket_opened_plain", language, desk, number=number, category=named)
    moment = speech.Moment(promise, now, desk.timezone)
    return written("sms.ticket_opened", language, desk, number=number, category=named, promise=moment)


def received(desk: Desk, language: str, *, number: str) -> str:
    """The answer to a text message that became a ticket."""
    return written("sms.received", language, desk, number=number)


def state(desk: Desk, language: str, number: str, state: str, promise: datetime | None, now: datetime) -> str:
    """How a ticket stands: its state in words and, as long as it is ahead, the promise."""
    keys = {"reserved": "queued", "cancelled": "closed"}
    sentences = [
        written("sms.about", language, desk, number=number),
        written(f"tickets.state_{keys.get(state, state)}", language, desk),
    ]
    if state in ("queued", "reserved") and promise is not None and promise > now:
        moment = speech.Moment(promise, now, desk.timezone)
        sentences.append(written("ticket.promise", language, desk, promise=moment))
    return " ".join(sentences)


def escalation(
    desk: Desk,
    language: str,
    *,
    number: str,
    category: str,
    due: datetime,
    now: datetime,
    level: int,
    link: str,
) -> str:
    """The text to a person on duty about one late ticket."""
    return written(
        "sms.escalation",
        language,
        desk,
        number=number,
        category=category_name(desk, category, language),
        due=speech.Moment(due, now, desk.timezone),
        level=str(level),
        link=link,
    )


def escalations(language: str, *, numbers: tuple[str, ...], link: str, longest: int = 10) -> str:
    """One text about several late tickets, possibly of several estates; the first `longest` are named."""
    listed = ", ".join(numbers[:longest]) + (" …" if len(numbers) > longest else "")
    values: dict[str, Value] = {"count": speech.Count(len(numbers)), "tickets": listed, "link": link}
    return speech.phrase("sms.escalations", values, language, Channel.EYE)


def duty_emergency(
    desk: Desk,
    language: str,
    *,
    number: str,
    category: str,
    dwelling: Dwelling | None,
    place: str,
    phone: str | None,
) -> str:
    """The text to people on duty: what, where, and whom to ring back. `phone` None: withheld."""
    where = speech.words(speech.Unit(dwelling), language, Channel.EYE) if dwelling else place or "?"
    return written(
        "sms.duty_emergency",
        language,
        desk,
        number=number,
        category=category_name(desk, category, language),
        place=where,
        phone=phone or "?",
    )


def duty_taken(desk: Desk, language: str, *, number: str, name: str) -> str:
    """The text to the other duty people once somebody has the emergency."""
    return written("sms.duty_taken", language, desk, number=number, name=name)


def nobody_takes(desk: Desk, language: str, *, number: str, category: str, link: str) -> str:
    """To whoever is on duty: a ticket waits that no seat on duty can take."""
    name = category_name(desk, category, language)
    return written("sms.nobody_takes", language, desk, number=number, category=name, link=link)


def category_name(desk: Desk, code: str, language: str) -> str:
    """A category's name in `language`; its code if the tree does not hold it."""
    category = desk.by_code.get(code)
    return category.name(language) if category else code


def written(key: str, language: str, desk: Desk, **values: Value) -> str:
    """Prompt `key` for the eye, with the estate's name."""
    named: dict[str, Value] = {"estate": desk.name(language), **values}
    return speech.phrase(key, named, language, Channel.EYE, desk.wording)
