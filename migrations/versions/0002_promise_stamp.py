"""a stamp that changes with every calendar, category, policy or estate"""

from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

# Processes keep calendars, categories and policies in memory; this one row tells them when to read again.
# The value comes from a sequence and so never returns, not even after a rollback.
WATCHED = ("estates", "categories", "calendars", "calendar_exceptions", "policies", "policy_versions")


def upgrade() -> None:
    op.execute("CREATE SEQUENCE promise_stamps")
    op.execute(
        "CREATE TABLE promise_stamp (only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row), "
        "value bigint NOT NULL)"
    )
    op.execute("INSERT INTO promise_stamp (value) VALUES (nextval('promise_stamps'))")
    op.execute(
        "CREATE FUNCTION renew_promise_stamp() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN UPDATE promise_stamp SET value = nextval('promise_stamps'); RETURN NULL; END $$"
    )
    for table in WATCHED:
        op.execute(
            f"CREATE TRIGGER {table}_stamp AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION renew_promise_stamp()"
        )


def downgrade() -> None:
    for table in WATCHED:
        op.execute(f"DROP TRIGGER {table}_stamp ON {table}")
    op.execute("DROP FUNCTION renew_promise_stamp")
    op.execute("DROP TABLE promise_stamp")
    op.execute("DROP SEQUENCE promise_stamps")
