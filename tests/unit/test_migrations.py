"""Migrations are one chain, so that every database goes the same way."""

from alembic.script import ScriptDirectory

from infra.config import ROOT


def test_migrations_are_one_chain() -> None:
    versions = ScriptDirectory(str(ROOT / "migrations"))

    assert len(versions.get_heads()) == 1
    assert all(not each.is_merge_point for each in versions.walk_revisions())
