"""What a ticket asks of a seat, step by step, and how long a seat may think it over. Pure.

A requirement that nobody on the roster meets is relaxed at once and on record, so that no ticket waits for a
seat that does not exist (decision 0023). What the steps of the queue's rule relax later is added on top.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from routing.pools import pools_for_ticket
from routing.queue_rules import DEFAULT_RULE, Add, QueueRule, Step

GENERAL_QUEUE = "general"
COMMON_LANGUAGE = "en"
VOICE_OFFER = timedelta(seconds=20)
TICKET_OFFER = timedelta(seconds=120)

Spoken = Mapping[str, Mapping[str, int]]
"""Languages that the seats of one estate speak, by queue that they can take, each with the highest level of that
skill among those who speak it; seats in any state count."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What routing reads from a ticket: codes of its estate and queue, its language, the estate's own."""

    estate: str
    queue: str
    language: str
    estate_language: str
    is_live: bool = False


@dataclass(frozen=True, slots=True)
class Requirements:
    """The pools a ticket waits in, and what was relaxed at once to get them: `level`, `language`, `any_language`,
    `queue`."""

    pools: tuple[str, ...]
    relaxed: tuple[str, ...] = ()


def requirements(wanted: Wanted, spoken: Spoken, rule: QueueRule = DEFAULT_RULE) -> Requirements:
    """The pools of a ticket at entry, given who is on the roster of its estate.

    Language and trade, at the rule's level, are required. If nobody who speaks the language has the level, any level
    of the trade will do. If no seat with the trade speaks the language, seats that speak the estate's main language
    or English are asked as well; if there are none either, any seat with the trade. If no seat has the trade, the
    general queue's seats are asked by the same steps. The first pools are always those with everything, for a seat
    that may be added.
    """
    wished = _pools(wanted, rule, wanted.queue, wanted.language, rule.level)
    best = spoken.get(wanted.queue, {}).get(wanted.language)
    if best is not None:
        if best >= rule.level:
            return Requirements(wished)
        lower = _pools(wanted, rule, wanted.queue, wanted.language, 1)
        return Requirements(_once(wished, lower), ("level",))
    queue, relaxed = wanted.queue, []
    if not spoken.get(queue):
        queue = GENERAL_QUEUE
        relaxed.append("queue")
    languages: list[str | None] = [wanted.language] if queue != wanted.queue else []
    speaks = spoken.get(queue, {}).keys()
    if wanted.language not in speaks:
        relaxed.append("language")
        languages += [wanted.estate_language, COMMON_LANGUAGE]
        if speaks.isdisjoint((wanted.estate_language, COMMON_LANGUAGE)):
            relaxed.append("any_language")
            languages.append(None)
    wider = (_pools(wanted, rule, queue, language, 1) for language in languages)
    return Requirements(_once(wished, *wider), tuple(relaxed))


def widened(wanted: Wanted, first: Requirements, rule: QueueRule, done: int) -> tuple[str, ...]:
    """The pools of a ticket after the first `done` steps of its rule; those of before stay, in their order."""
    pools = [first.pools]
    for count in range(1, done + 1):
        pools.append(_after(wanted, rule, rule.steps[:count]))
    return _once(*pools)


def offer_time(is_live: bool, override_s: float | None) -> timedelta:
    """How long a seat may answer an offer: 20 s with a caller on the line, else 120 s or `override_s`.

    An override never keeps a caller waiting longer than usual.
    """
    asked = TICKET_OFFER if override_s is None else timedelta(seconds=override_s)
    return min(VOICE_OFFER, asked) if is_live else asked


def _after(wanted: Wanted, rule: QueueRule, steps: Iterable[Step]) -> tuple[str, ...]:
    """Every seat that the steps together allow."""
    estates, queues, level = [wanted.estate], [(wanted.queue, rule.level)], rule.level
    languages: list[str | None] = [wanted.language]
    for step in steps:
        match step.add:
            case Add.MAIN_LANGUAGE:
                languages += [wanted.estate_language, COMMON_LANGUAGE]
            case Add.ANY_LANGUAGE:
                languages.append(None)
            case Add.LEVEL:
                level = min(level, step.level)
                queues.append((wanted.queue, level))
            case Add.QUEUE:
                queues.append((step.queue, 1))
            case Add.ESTATES:
                estates += step.estates
    return _once(
        *(
            _pools(wanted, rule, queue, language, asked, estate)
            for estate in estates
            for queue, asked in queues
            for language in languages
        )
    )


def _pools(
    wanted: Wanted, rule: QueueRule, queue: str, language: str | None, level: int, estate: str | None = None
) -> tuple[str, ...]:
    """Pools in one queue; only in its own is the rule's strategy kept, other queues are least loaded first."""
    is_own = queue == wanted.queue
    return pools_for_ticket(
        estate or wanted.estate,
        queue,
        language,
        1 if wanted.is_live else rule.weight,
        strategy=rule.strategy if is_own else DEFAULT_RULE.strategy,
        level=level,
    )


def _once(*groups: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(pool for group in groups for pool in group))
