"""Failed log-ins, counted in Valkey: whoever guesses passwords soon has to wait.

Counted per login and per address, so that neither one account nor one machine is a way around. A store that is
away lets people in: the password is still checked, and a hotline without agents is the greater harm.
"""

import hashlib
import logging
import math

import redis

WINDOW_S = 15 * 60
PER_LOGIN = 10
PER_ADDRESS = 60

log = logging.getLogger(__name__)


def minutes_to_wait(valkey: redis.Redis, login: str, address: str) -> int:
    """Return after how many minutes this login may be tried from this address; 0 means now."""
    try:
        for key, limit in _counters(login, address):
            if int(valkey.get(key) or 0) >= limit:
                return max(1, math.ceil(valkey.ttl(key) / 60))
    except redis.RedisError as error:
        log.warning("log-in limits not read", extra={"error": type(error).__name__})
    return 0


def count_failure(valkey: redis.Redis, login: str, address: str) -> None:
    """Count one wrong password; the count is forgotten a quarter of an hour after its first."""
    try:
        for key, _limit in _counters(login, address):
            with valkey.pipeline(transaction=True) as pipe:
                pipe.set(key, 0, ex=WINDOW_S, nx=True)
                pipe.incr(key)
                pipe.execute()
    except redis.RedisError as error:
        log.warning("failed log-in not counted", extra={"error": type(error).__name__})


def forgive(valkey: redis.Redis, login: str) -> None:
    """Forget the failures of a login whose owner has come in."""
    try:
        valkey.delete(_key("login", login))
    except redis.RedisError as error:
        log.warning("failed log-ins not forgotten", extra={"error": type(error).__name__})


def _counters(login: str, address: str) -> tuple[tuple[str, int], ...]:
    return (_key("login", login), PER_LOGIN), (_key("address", address), PER_ADDRESS)


def _key(kind: str, value: str) -> str:
    digest = hashlib.sha256(value.casefold().encode("utf-8", "surrogatepass")).hexdigest()[:24]
    return f"hotline:login-failures:{kind}:{digest}"
