"""The command `hotline`.

Only the standard library at the head: `hotline console` must patch the standard library for gevent before
redis, ssl and psycopg are loaded, and the other commands start faster for it.
"""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Run the command line and exit with its code."""
    if sys.argv[1:2] == ["console"]:
        from gevent import monkey

        monkey.patch_all()
    os.chdir(ROOT)
    from workers.cli import hotline

    hotline()


if __name__ == "__main__":
    main()
