"""`python -m infra.i18n.compile`: compile every catalog whose .po file changed. Run by `make setup`."""

import os
from pathlib import Path

from infra.i18n import catalogs


def compile_stale() -> list[Path]:
    """Compile the catalogs that have no compiled file, or an older one; returns those written."""
    written = []
    for domain in catalogs.DOMAINS:
        for locale in catalogs.locales(domain):
            path = catalogs.po_path(domain, locale)
            if not catalogs.is_fresh(path):
                write_whole(path.with_suffix(".mo"), catalogs.compiled(path))
                written.append(path)
    return written


def write_whole(path: Path, content: bytes) -> None:
    """Write `path` so that a reader sees the old content or the new one, never half."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.write_bytes(content)
    unfinished.replace(path)


if __name__ == "__main__":
    compile_stale()
