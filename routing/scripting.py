"""Runs the Lua files of `routing/scripts`: loading, calling, and the error that means "rebuild me"."""

import hashlib
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import redis
from redis.exceptions import NoScriptError, ResponseError

from routing import keys

_FOLDER = Path(__file__).with_name("scripts")
_WITH = re.compile(r"^-- with (.+)$", re.MULTILINE)


class IndexMissing(Exception):
    """The routing index is gone or not whole yet; nothing was changed. Rebuild it from PostgreSQL."""


def script_names() -> list[str]:
    """The names of all acts, sorted; each is a file `scripts/NAME.lua`."""
    return sorted(path.stem for path in _FOLDER.glob("*.lua"))


@cache
def script_text(name: str) -> str:
    """What Valkey runs for act `name`: the key names, the parts that its line `-- with` names, and its file."""
    act = _read(f"{name}.lua")
    found = _WITH.search(act)
    parts = found[1].split() if found else []
    return "\n".join((keys.as_lua(), *(_read(f"parts/{part}.lua") for part in parts), act))


@cache
def script_sha(name: str) -> str:
    """The name by which Valkey knows the text of act `name` once it is loaded."""
    return hashlib.sha1(script_text(name).encode(), usedforsecurity=False).hexdigest()


def run_script(client: redis.Redis, name: str, key: str, args: Iterable[str | int]) -> Any:
    """Run act `name` with one key and return its reply. Raises IndexMissing, or redis.RedisError.

    After an error of the connection nobody knows whether the script ran: read the state, do not call again.
    """
    try:
        try:
            return client.evalsha(script_sha(name), 1, key, *args)
        except NoScriptError:  # a new or restarted server; the act did not run
            client.script_load(script_text(name))
            return client.evalsha(script_sha(name), 1, key, *args)
    except ResponseError as error:
        if str(error).startswith("INDEXMISSING"):
            raise IndexMissing(str(error)) from None
        raise


def _read(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")
