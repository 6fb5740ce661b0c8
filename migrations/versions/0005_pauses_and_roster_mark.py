"""pauses that end are found by index; a seat that came outside its roster is marked"""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        'ix_tickets_wait_until', 'tickets', ['wait_until'],
        postgresql_where=sa.text("state = 'waiting' AND wait_until IS NOT NULL"),
    )
    op.add_column('seats', sa.Column('is_off_roster', sa.Boolean(), server_default='false', nullable=False))


def downgrade() -> None:
    op.drop_column('seats', 'is_off_roster')
    op.drop_index('ix_tickets_wait_until', 'tickets')
