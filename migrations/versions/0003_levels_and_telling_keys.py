"""the level that each target has reached; a telling belongs to the request that made it"""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("ticket_targets", sa.Column("level", sa.Integer(), server_default="0", nullable=False))
    op.add_column("tellings", sa.Column("key", sa.Text(), nullable=True))
    op.create_index("uq_tellings_key", "tellings", ["key"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_tellings_key", table_name="tellings")
    op.drop_column("tellings", "key")
    op.drop_column("ticket_targets", "level")
