"""Why a seat got a ticket, in words: what was stored with the offer at that moment, as the ticket's page shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console.i18n import N_
from console.i18n import gettext as _
from routing.models import Reservation

RULES = {
    "least_loaded": N_("The least loaded seat that can take it; then the one idle for longest."),
    "longest_idle": N_("The seat that has been idle for longest, whatever its load."),
    "round_robin": N_("The seats take turns."),
    "most_skilled": N_("The most skilled first; among equals the least loaded."),
    "preferred": N_("Whoever had it or this resident before is asked first."),
}
REASONS = {
    "full": N_("no room for more"),
    "closed": N_("off duty, on a break or in wrap-up"),
    "on_call": N_("talking to a caller"),
    "declined": N_("had declined it"),
    "missed": N_("had not answered in time"),
    "skill": N_("does not serve this queue"),
    "level": N_("level too low"),
    "language": N_("does not speak the language"),
    "offered": N_("had another offer to answer"),
}
STRATEGIES = {
    "least_loaded": N_("Least loaded"),
    "longest_idle": N_("Idle for longest"),
    "round_robin": N_("By turns"),
    "most_skilled": N_("Most skilled"),
    "sticky": N_("Who knows the resident"),
}


@dataclass(frozen=True)
class ExplainedSeat:
    """A seat that could have had it: share of its room in use, and since when it was idle, where that is known."""

    seat_id: int
    is_chosen: bool
    load: float | None
    idle_s: float | None


@dataclass(frozen=True)
class Explanation:
    """One offer and what it was decided from."""

    offer: Reservation

    @property
    def rule(self) -> str:
        """The rule that chose, as a sentence."""
        return _(RULES.get(self._stored.get("rule", ""), RULES["least_loaded"]))

    @property
    def facts(self) -> list[str]:
        """What else decided: how many could have taken it, who looked for whom, a draw among equals."""
        stored, told = self._stored, []
        if stored.get("serving"):
            text = _("{free} of {all} seats could take it.")
            told.append(text.format(free=stored.get("free", 0), all=stored["serving"]))
        if stored.get("sought_by") == "seat":
            told.append(_("The seat became free and took the first in its line."))
        if stored.get("tied"):
            told.append(_("Others were equal; a fixed draw decided, which favours nobody."))
        return told

    @property
    def in_line_since(self) -> datetime | None:
        """When the ticket entered its line; None where that was not stored."""
        since = self._stored.get("rank", {}).get("entered_at")
        return datetime.fromisoformat(since) if since else None

    @property
    def head_start_s(self) -> float:
        """How far ahead of its entry the ticket stood in line, in seconds."""
        place = self._stored.get("rank", {})
        if "rank_at" not in place:
            return 0.0
        ahead = datetime.fromisoformat(place["entered_at"]) - datetime.fromisoformat(place["rank_at"])
        return ahead.total_seconds()

    @property
    def considered(self) -> Sequence[ExplainedSeat]:
        """The seats that could have had it, the next best first."""
        return [self._seat(seat) for seat in self._stored.get("considered", [])]

    @property
    def left_out(self) -> list[tuple[int, str]]:
        """The seats of the estate that could not, each with the reason in words."""
        listed = ((out["seat"], REASONS.get(out["reason"])) for out in self._stored.get("left_out", []))
        return [(seat_id, _(text)) for seat_id, text in listed if text]

    @property
    def left_out_counts(self) -> list[tuple[str, int]]:
        """How many could not, by reason in words."""
        counts = self._stored.get("left_out_counts", {})
        return [(_(REASONS[reason]), count) for reason, count in counts.items() if reason in REASONS]

    @property
    def _stored(self) -> Mapping[str, Any]:
        return self.offer.explanation

    def _seat(self, stored: Mapping[str, Any]) -> ExplainedSeat:
        since = stored.get("idle_since")
        idle = (self.offer.created_at - datetime.fromisoformat(since)).total_seconds() if since else None
        return ExplainedSeat(
            int(stored["seat"]),
            bool(stored.get("chosen")),
            stored.get("load"),
            None if idle is None else max(idle, 0),
        )
