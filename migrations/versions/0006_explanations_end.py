"""explanations of offers are forgotten after their time, found by index"""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0053'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        'ix_reservations_explained',
        'reservations',
        ['created_at'],
        postgresql_where=sa.text("explanation <> '{}'::jsonb"),
    )


def downgrade() -> None:
    op.drop_index('ix_reservations_explained', 'reservations')
