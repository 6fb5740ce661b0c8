"""What a ticket asks of a seat, and how long a seat may think it over. Pure.

A requirement that nobody on the roster meets is relaxed at once and on record, so that no ticket waits for a
seat that does not exist. Relaxing by the clock adds further pools later, by `RoutingIndex.widen_ticket`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from routing.pools import pools_for_ticket

GENERAL_QUEUE = "general"
COMMON_LANGUAGE = "en"
VOICE_OFFER = timedelta(seconds=20)
TICKET_OFFER = timedelta(seconds=120)

Spoken = Mapping[str, frozenset[str]]
"""Languages that the seats of one estate speak, by queue that they can take; seats in any state count."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What routing reads from a ticket: codes of its estate and queue, its language, the estate's own."""

    estate: str
    queue: str
    language: str
    estate_language: str


@dataclass(frozen=True, slots=True)
class Requirements:
    """The pools a ticket waits in, and what was relaxed to get them: `language`, `any_language`, `queue`."""

    pools: tuple[str, ...]
    relaxed: tuple[str, ...] = ()


def requirements(wanted: Wanted, spoken: Spoken) -> Requirements:
    """The pools of a ticket, given who is on the roster of its estate.

    Language and trade are both required. If no seat with the trade speaks the language, seats that speak the
    estate's main language or English are asked as well; if there are none either, any seat with the trade. If
    no seat has the trade, the general queue's seats are asked by the same steps. The first pool is always the
    one with everything, for a seat that may be added.
    """
    wished = pools_for_ticket(wanted.estate, wanted.queue, wanted.language)
    if wanted.language in spoken.get(wanted.queue, ()):
        return Requirements(wished)
    queue, relaxed = wanted.queue, []
    if not spoken.get(queue):
        queue = GENERAL_QUEUE
        relaxed.append("queue")
    languages: list[str | None] = [wanted.language] if queue != wanted.queue else []
    speaks = spoken.get(queue, frozenset())
    if wanted.language not in speaks:
        relaxed.append("language")
        languages += [wanted.estate_language, COMMON_LANGUAGE]
        if speaks.isdisjoint((wanted.estate_language, COMMON_LANGUAGE)):
            relaxed.append("any_language")
            languages.append(None)
    wider = (pools_for_ticket(wanted.estate, queue, language) for language in languages)
    pools = dict.fromkeys((*wished, *(pool for names in wider for pool in names)))
    return Requirements(tuple(pools), tuple(relaxed))


def offer_time(is_live: bool, override_s: float | None) -> timedelta:
    """How long a seat may answer an offer: 20 s with a caller on the line, else 120 s or `override_s`.

    An override never keeps a caller waiting longer than usual.
    """
    asked = TICKET_OFFER if override_s is None else timedelta(seconds=override_s)
    return min(VOICE_OFFER, asked) if is_live else asked
