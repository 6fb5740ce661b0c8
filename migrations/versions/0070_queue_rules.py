"""how a queue is served and relaxed, with versions; the steps of a ticket; which queue a request goes to; weights"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0070'
down_revision = '0052'
branch_labels = None
depends_on = None

JSONB = postgresql.JSONB(astext_type=sa.Text())
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        'queue_rules',
        sa.Column('id', sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column('estate_id', sa.BigInteger(), sa.ForeignKey('estates.id'), nullable=True),
        sa.Column('queue_code', sa.Text(), sa.ForeignKey('queues.code'), nullable=False),
        sa.Column('valid_from', MOMENT, nullable=False),
        sa.Column('settings', JSONB, nullable=False),
        sa.Column('author', sa.Text(), nullable=False),
    )
    op.create_index('ix_queue_rules_queue', 'queue_rules', ['queue_code', 'estate_id', 'valid_from'])
    op.create_table(
        'route_steps',
        sa.Column('ticket_id', sa.BigInteger(), sa.ForeignKey('tickets.id'), primary_key=True),
        sa.Column('entered_at', MOMENT, primary_key=True),
        sa.Column('step', sa.SmallInteger(), primary_key=True),
        sa.Column('at', MOMENT, nullable=False),
        sa.Column('mark', sa.Text(), nullable=False),
        sa.Column('data', JSONB, server_default='{}', nullable=False),
    )
    op.create_table(
        'route_tables',
        sa.Column('id', sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column('valid_from', MOMENT, nullable=False),
        sa.Column('lines', JSONB, nullable=False),
        sa.Column('author', sa.Text(), nullable=False),
        sa.Column('note', sa.Text(), server_default='', nullable=False),
    )
    op.add_column('reservations', sa.Column('weight', sa.SmallInteger(), server_default='1', nullable=False))
    op.add_column('assignments', sa.Column('weight', sa.SmallInteger(), server_default='1', nullable=False))
    op.add_column('assignments', sa.Column('is_over', sa.Boolean(), server_default='false', nullable=False))


def downgrade() -> None:
    op.drop_column('assignments', 'is_over')
    op.drop_column('assignments', 'weight')
    op.drop_column('reservations', 'weight')
    op.drop_table('route_tables')
    op.drop_table('route_steps')
    op.drop_table('queue_rules')
