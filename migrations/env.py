"""Runs migrations on the connection handed over in the configuration's attributes."""

from importlib import import_module

from alembic import context

from infra.database import Base

ROOMS = ("console", "ivr", "routing", "tickets", "workers")
for module in (*ROOMS, "infra.outbox", "ivr.callback_models", "ivr.incident_models", "ivr.word_models"):
    import_module(module if "." in module else f"{module}.models")

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, compare_type=True)
with context.begin_transaction():
    context.run_migrations()
