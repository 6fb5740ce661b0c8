"""reminders after a level; due instants set by hand; answer times stretched in a storm"""

import sqlalchemy as sa
from alembic import op

revision = '0080'
down_revision = '0060'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('ticket_targets', sa.Column('told_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('ticket_targets', sa.Column('reminded', sa.Integer(), server_default='0', nullable=False))
    op.add_column('ticket_targets', sa.Column('by_hand_reason', sa.Text(), server_default='', nullable=False))
    op.add_column('ticket_targets', sa.Column('by_hand_by_id', sa.BigInteger(), nullable=True))
    op.create_table(
        'reminders',
        sa.Column('id', sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column('escalation_id', sa.BigInteger(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('recipient_id', sa.BigInteger(), nullable=False),
        sa.Column('recipient_role', sa.Text(), nullable=False),
        sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
        sa.Column('telling_id', sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(['escalation_id'], ['escalations.id']),
        sa.ForeignKeyConstraint(['recipient_id'], ['staff.id']),
        sa.ForeignKeyConstraint(['telling_id'], ['tellings.id']),
        sa.PrimaryKeyConstraint('id'),
        sa.UniqueConstraint('escalation_id', 'number'),
    )
    op.create_index(
        'ix_reminders_untold', 'reminders', ['recipient_id'], postgresql_where=sa.text('telling_id IS NULL')
    )
    op.create_index('ix_reminders_telling_id', 'reminders', ['telling_id'])
    op.create_table(
        'storms',
        sa.Column('id', sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column('estate_id', sa.BigInteger(), nullable=False),
        sa.Column('from_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('until_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('percent', sa.Integer(), server_default='50', nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('by_id', sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(['by_id'], ['staff.id']),
        sa.ForeignKeyConstraint(['estate_id'], ['estates.id']),
        sa.PrimaryKeyConstraint('id'),
    )
    op.create_index('ix_storms_estate_id', 'storms', ['estate_id'])
    # Processes keep promises in memory; this makes them read again (0002).
    op.execute(
        'CREATE TRIGGER storms_stamp AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON storms '
        'FOR EACH STATEMENT EXECUTE FUNCTION renew_promise_stamp()'
    )


def downgrade() -> None:
    op.drop_table('storms')
    op.drop_table('reminders')
    for column in ('by_hand_by_id', 'by_hand_reason', 'reminded', 'told_at'):
        op.drop_column('ticket_targets', column)
