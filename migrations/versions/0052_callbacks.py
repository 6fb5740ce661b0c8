"""call-backs that keep the place; how long talks were and with whom"""

import sqlalchemy as sa
from alembic import op

revision = '0052'
down_revision = '0091'
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        'callbacks',
        sa.Column('id', sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column('ticket_id', sa.BigInteger(), sa.ForeignKey('tickets.id'), nullable=False, unique=True),
        sa.Column('estate_id', sa.BigInteger(), sa.ForeignKey('estates.id'), nullable=False),
        sa.Column('call_sid', sa.Text(), nullable=False),
        sa.Column('phone_e164', sa.Text(), nullable=False),
        sa.Column('language', sa.Text(), nullable=False),
        sa.Column('state', sa.Text(), nullable=False),
        sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
        sa.Column('asked_at', MOMENT, nullable=False),
        sa.Column('until_at', MOMENT, nullable=False),
        sa.Column('next_at', MOMENT),
        sa.Column('rung_at', MOMENT),
        sa.Column('attempt_sid', sa.Text()),
        sa.Column('item_id', sa.BigInteger()),
        sa.Column('seat_id', sa.BigInteger()),
        sa.Column('ended_at', MOMENT),
    )
    op.create_index(
        'ix_callbacks_live', 'callbacks', ['state', 'asked_at'],
        postgresql_where=sa.text("state IN ('waiting', 'ringing', 'resting', 'talking')"),
    )
    op.add_column('calls', sa.Column('talk_s', sa.Integer()))
    op.add_column('calls', sa.Column('answered_by_id', sa.BigInteger(), sa.ForeignKey('staff.id')))


def downgrade() -> None:
    op.drop_column('calls', 'answered_by_id')
    op.drop_column('calls', 'talk_s')
    op.drop_table('callbacks')
