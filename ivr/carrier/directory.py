"""Who has which number, as far as the phone page shows it: read from what `hotline demo-info --json` prints."""

import time
from collections.abc import Callable, Mapping
from typing import Any

KEEP_S = 15.0
Source = Callable[[], Mapping[str, Any]]


class Directory:
    """Asks `source` now and then; an empty answer (the product still starts) is asked again at once."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._known: Mapping[str, Any] = {}
        self._asked_at = 0.0

    def read(self) -> Mapping[str, Any]:
        """The newest known answer."""
        if not self._known or time.monotonic() - self._asked_at > KEEP_S:
            self._known = self._source() or self._known
            self._asked_at = time.monotonic()
        return self._known

    def hotlines(self) -> tuple[str, ...]:
        """The account's numbers: one per estate."""
        return tuple(estate["hotline"] for estate in self.read().get("estates", ()) if estate.get("hotline"))

    def public(self) -> dict[str, Any]:
        """What a phone may know: names and numbers, never a login or password."""
        known = self.read()
        on_duty = {duty.get("phone") for duty in known.get("duty", ())}
        staff = [person for person in known.get("staff", ()) if person.get("phone")]
        return {
            "estates": _only(known.get("estates", ()), "code", "name", "hotline"),
            "residents": _only(known.get("residents", ()), "name", "phone", "language", "estate", "unit"),
            "staff": [
                one | {"duty": one["phone"] in on_duty}
                for one in _only(staff, "name", "phone", "role", "estates")
            ],
        }


def _only(things: Any, *names: str) -> list[dict[str, Any]]:
    return [{name: thing.get(name) for name in names} for thing in things]
