"""What callers left while the store was away: one line per request in a file, played again once when it is back.

The line is the request itself, so playing it again does what it would have done then, and its keys make sure that it
does so once. The folder is private: what callers said is in it.
"""

import json
import logging
import os
from collections.abc import Callable
from pathlib import Path

from infra.config import Config
from ivr.hook import Hook

log = logging.getLogger(__name__)

NAME = "journal"


class Journal:
    """The journal in a data folder; each process appends to a file of its own."""

    def __init__(self, config: Config) -> None:
        self.folder = Path(config.hotline_data) / NAME

    def write(self, hook: Hook) -> None:
        """Append a request and make sure that it is on the disk."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        line = json.dumps(
            {"path": hook.path, "args": dict(hook.args), "form": dict(hook.form), "token": hook.token},
            ensure_ascii=False,
        )
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        with open(os.open(self.folder / f"{os.getpid()}.jsonl", flags, 0o600), "a", encoding="utf-8") as file:
            file.write(line + "\n")
            file.flush()
            os.fsync(file.fileno())

    def is_empty(self) -> bool:
        """Whether nothing waits to be played again."""
        return not self.folder.is_dir() or not any(self.folder.iterdir())

    def replay(self, play: Callable[[Hook], object]) -> int:
        """Hand every kept request to `play`, file by file; returns how many.

        A file is taken by renaming it, so that two replayers never share one, and put aside only when all of it was
        played; an error of `play` leaves it for the next time.
        """
        played = 0
        for path in sorted(self.folder.glob("*.jsonl*")) if self.folder.is_dir() else ():
            taken = path.with_suffix(f".jsonl-{os.getpid()}")
            try:
                path.rename(taken)
            except FileNotFoundError:  # another replayer was quicker
                continue
            for line in taken.read_text(encoding="utf-8").splitlines():
                try:
                    kept = json.loads(line)
                except ValueError:  # cut off by a crash
                    log.error("a journal line cannot be read", extra={"file": taken.name})
                    continue
                play(Hook(kept["path"], kept["args"], kept["form"], kept["token"]))
                played += 1
            taken.unlink(missing_ok=True)
        if played:
            log.info("journal played", extra={"requests": played})
        return played
