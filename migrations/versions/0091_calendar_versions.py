"""who entered a special day; every saved version of a calendar"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0091'
down_revision = '0040'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('calendar_exceptions', sa.Column('source', sa.Text(), server_default='', nullable=False))
    op.create_table(
        'calendar_versions',
        sa.Column('calendar_id', sa.BigInteger(), sa.ForeignKey('calendars.id', ondelete='CASCADE')),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('body', postgresql.JSONB(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('created_by', sa.BigInteger(), sa.ForeignKey('staff.id')),
        sa.PrimaryKeyConstraint('calendar_id', 'version'),
    )


def downgrade() -> None:
    op.drop_table('calendar_versions')
    op.drop_column('calendar_exceptions', 'source')
