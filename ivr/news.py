"""Telling residents something in their own language: a text message, or a short call where no text can be read.

Where the office wrote nothing in a resident's language, the plain fact is told in it, and the office's own language
follows after a line that says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from infra.database import Tx
from infra.outbox import Claimed, Later
from infra.runtime import Runtime
from infra.telephony import TelephonyError
from ivr import inputs, messages, speech, texts, twiml
from ivr.calls import Line
from ivr.flow import pages
from ivr.flow.instructions import Say
from ivr.flow.script import Desk
from ivr.hook import Hook
from ivr.incident_models import Incident, IncidentJoin, IncidentNews
from ivr.models import Call
from ivr.scripts import Place, Reading, ScriptBook
from ivr.speech import Channel
from tickets.phones import takes_texts

RING_S = 25
CALLS_FROM, CALLS_UNTIL = 8, 21  # nobody is rung at night to hear that the water is back


@dataclass(frozen=True)
class Telling:
    """One piece of news for one person. `texts` are the office's own words by tag."""

    place: Place
    phone: str
    language: str
    category: str
    is_end: bool
    texts: Mapping[str, str]

    def parts(self, channel: Channel) -> tuple[tuple[str, str], ...]:
        """Sentences with their languages, in order."""
        desk, language = self.place.desk, self.language
        head = "incident.ended" if self.is_end else "incident.news"
        values = {
            "estate": desk.name(language),
            "category": texts.category_name(desk, self.category, language),
        }
        said = (speech.phrase(head, values, language, channel, desk.wording), language)
        return (said, *own_words(desk, language, self.texts, channel))


def own_words(
    desk: Desk, language: str, words: Mapping[str, str], channel: Channel
) -> tuple[tuple[str, str], ...]:
    """The office's words in `language`; else in its main one, or whichever there is, after a line that says so."""
    if language in words:
        return ((words[language], language),)
    other = next((tag for tag in (*desk.languages, *words) if tag in words), None)
    if other is None:
        return ()
    key = "incident.other_language" if channel is Channel.EAR else "sms.other_language"
    return ((speech.phrase(key, {}, language, channel, desk.wording), language), (words[other], other))


def read(tx: Tx, reading: Reading, news_id: int, join_id: int) -> Telling | None:
    """What is to be told, or None if there is nobody to tell."""
    news, join = tx.get(IncidentNews, news_id), tx.get(IncidentJoin, join_id)
    if news is None or join is None or join.phone_e164 is None or join.incident_id != news.incident_id:
        return None
    row = tx.get_one(Incident, news.incident_id)
    place = reading.by_id[row.estate_id]
    language = join.language if join.language in place.desk.languages else place.desk.languages[0]
    return Telling(place, join.phone_e164, language, row.category_code, news.is_end, news.texts)


def tell_incident(runtime: Runtime, item: Claimed) -> str:
    """Tell one person of an incident. Payload: `news_id`, `join_id`. Raises `Later` for a call at night."""
    news_id, join_id = int(item.payload["news_id"]), int(item.payload["join_id"])
    with runtime.transaction() as tx:
        told = read(tx, ScriptBook(runtime).read(tx), news_id, join_id)
    if told is None:
        return "nobody to tell"
    if takes_texts(told.phone):
        body = " ".join(text for text, _ in told.parts(Channel.EYE))
        return messages.send(
            runtime,
            messages.Text(
                key=item.key, to=told.phone, from_=told.place.hotline, body=body, language=told.language,
                estate_id=told.place.id,
            ),
        )  # fmt: skip
    now = runtime.clock.now()
    wait = until_daytime(now, told.place.desk.timezone)
    if wait is not None:
        raise Later(wait)
    return ring(runtime, told.place, told.phone, told.language, f"/ivr/news?n={news_id}&j={join_id}", now)


def until_daytime(now: datetime, timezone: str) -> timedelta | None:
    """How long it is until residents may be rung, None if that is now."""
    local = now.astimezone(ZoneInfo(timezone))
    if CALLS_FROM <= local.hour < CALLS_UNTIL:
        return None
    morning = local.replace(hour=CALLS_FROM, minute=0, second=0, microsecond=0)
    return (morning if local < morning else morning + timedelta(days=1)) - local


def ring(runtime: Runtime, place: Place, phone: str, language: str, path: str, now: datetime) -> str:
    """Ring a resident with the document at `path`; returns in a few words what came of it."""
    web = runtime.config.web_url
    try:
        sent = runtime.telephony.call(
            to=phone,
            from_=place.hotline,
            url=f"{web}{path}",
            status_callback=f"{web}/ivr/status",
            ring_s=RING_S,
        )
    except TelephonyError as error:
        if error.is_final:
            return f"refused {error.code}"
        raise
    with runtime.transaction() as tx:
        if tx.get(Call, sent.sid) is None:
            row = {"estate_id": place.id, "direction": "news", "from_e164": place.hotline, "to_e164": phone}
            tx.add(Call(sid=sent.sid, status="queued", language=language, started_at=now, **row))
    return "ringing"


def spoken(line: Line, hook: Hook) -> str:
    """The document of such a call."""
    news_id, join_id = inputs.number(hook.args.get("n")), inputs.number(hook.args.get("j"))
    with line.runtime.transaction() as tx:
        told = read(tx, line.book.read(tx), news_id, join_id)
    if told is None:
        raise LookupError(f"no news {news_id} for {join_id}")
    return twiml.render(pages.news_call(tuple(Say(text, tag) for text, tag in told.parts(Channel.EAR))))
