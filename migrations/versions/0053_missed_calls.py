"""callers who left without a ticket are to be rung back by a time"""

import sqlalchemy as sa
from alembic import op

revision = '0053'
down_revision = '0081'
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column('calls', sa.Column('call_back_due_at', MOMENT))
    op.add_column('calls', sa.Column('called_back_at', MOMENT))
    op.add_column('calls', sa.Column('called_back_by_id', sa.BigInteger(), sa.ForeignKey('staff.id')))
    op.create_index(
        'ix_calls_missed', 'calls', ['call_back_due_at'],
        postgresql_where=sa.text('call_back_due_at IS NOT NULL AND called_back_at IS NULL'),
    )


def downgrade() -> None:
    op.drop_index('ix_calls_missed', 'calls')
    for name in ('called_back_by_id', 'called_back_at', 'call_back_due_at'):
        op.drop_column('calls', name)
