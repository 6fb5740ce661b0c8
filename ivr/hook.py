"""One request of the provider, in plain values: cleaned, shortened, and with the keys under which it counts once.

No Flask here, so that the use cases can be tried without a web server.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

# Control characters never belong into speech, texts or the tables (PostgreSQL refuses a zero byte).
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
LONGEST_VALUE = 3000  # a minute of speech is far shorter


def clean(value: str) -> str:
    """`value` without control characters and not longer than anybody speaks."""
    if len(value) <= LONGEST_VALUE and value.isprintable():
        return value  # nearly every value, and much cheaper to see
    return CONTROL.sub("", value[:LONGEST_VALUE])


@dataclass(frozen=True)
class Hook:
    """A signed request: its path, the query of its URL, its form, and the provider's token of the event."""

    path: str
    args: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    token: str = ""

    @classmethod
    def of(cls, path: str, args: Mapping[str, str], form: Mapping[str, str], token: str) -> "Hook":
        """The request with every value cleaned."""
        return cls(
            path,
            {clean(name): clean(value) for name, value in args.items()},
            {clean(name): clean(value) for name, value in form.items()},
            clean(token),
        )

    @property
    def call_sid(self) -> str:
        """The call that this is about; "" if the request names none."""
        return self.form.get("CallSid", "")

    @property
    def state(self) -> str:
        """The token of the call's state in the URL."""
        return self.args.get("s", "")

    def keys(self) -> tuple[str, ...]:
        """The keys under which this request counts once: the provider's token, and the call with its turn.

        The turn is the URL (which carries the state, and in it the number of the turn) and what was put in.
        """
        told = {
            name: self.form.get(name, "")
            for name in ("Digits", "SpeechResult", "RecordingSid", "DialCallSid")
        }
        turn = "\n".join((self.path, repr(sorted(self.args.items())), repr(told)))
        mark = hashlib.blake2s(turn.encode(), digest_size=12).hexdigest()
        own = f"c:{self.call_sid}:{mark}"
        if not self.token:
            return (own,)
        return (own, "t:" + hashlib.blake2s(self.token.encode(), digest_size=16).hexdigest())
