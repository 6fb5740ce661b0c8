"""visits agreed with residents; finished work is accepted, or closes by itself after a notice"""

import sqlalchemy as sa
from alembic import op

revision = '0081'
down_revision = '0092'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'visits',
        sa.Column('id', sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column('ticket_id', sa.BigInteger(), nullable=False),
        sa.Column('staff_id', sa.BigInteger(), nullable=True),
        sa.Column('from_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('until_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('cancelled_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['staff_id'], ['staff.id']),
        sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id']),
        sa.PrimaryKeyConstraint('id'),
    )
    op.create_index(
        'uq_visits_ticket', 'visits', ['ticket_id'], unique=True, postgresql_where=sa.text('cancelled_at IS NULL')
    )
    op.create_index('ix_visits_staff', 'visits', ['staff_id', 'from_at'])
    op.add_column('tickets', sa.Column('close_told_at', sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        'ix_tickets_resolved', 'tickets', ['resolved_at'], postgresql_where=sa.text("state = 'resolved'")
    )


def downgrade() -> None:
    op.drop_index('ix_tickets_resolved', 'tickets')
    op.drop_column('tickets', 'close_told_at')
    op.drop_table('visits')
