"""Password hashes: argon2id, kept off the event loop. Who may log in is `console.login`."""

import sys
from collections.abc import Callable
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher()
# A hash of nothing in particular: an unknown login costs as much time as a wrong password.
_DECOY = "$argon2id$v=19$m=65536,t=3,p=4$yFtkcQvsMJDeLda0N0RxdA$7Ai0RKi1Gz8UKsUa7A4YEyFRa8Mki7xGdPFDKoZXnIM"


def hash_password(password: str) -> str:
    """Return the argon2id hash of `password`, salt and cost included."""
    return str(_off_the_loop(_hasher.hash, password))


def verify_password(stored_hash: str | None, password: str) -> bool:
    """Return whether `password` is the one behind `stored_hash`; None stands for an unknown person."""
    try:
        _off_the_loop(_hasher.verify, stored_hash or _DECOY, password)
    except (VerificationError, InvalidHashError):
        return False
    return stored_hash is not None


def _off_the_loop(work: Callable[..., Any], *arguments: str) -> Any:
    """Run `work` in gevent's thread pool when this process is one of gevent's.

    A hash takes about 80 ms of pure computing; on the loop every other page would stand still for it.
    """
    monkey = sys.modules.get("gevent.monkey")  # loaded first thing by a gevent server, and by nobody else
    if monkey is None or not monkey.is_module_patched("socket"):
        return work(*arguments)
    from gevent import get_hub

    return get_hub().threadpool.apply(work, arguments)
