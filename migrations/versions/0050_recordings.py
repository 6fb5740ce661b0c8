"""recordings are kept by us, listened to on record, held and deleted; how long is the estate's choice"""

import sqlalchemy as sa
from alembic import op

revision = '0050'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('estates', sa.Column('recording_days', sa.Integer(), server_default='90', nullable=False))
    op.add_column('recordings', sa.Column('estate_id', sa.BigInteger(), sa.ForeignKey('estates.id')))
    op.add_column('recordings', sa.Column('content_type', sa.Text()))
    op.add_column('recordings', sa.Column('size', sa.BigInteger()))
    op.add_column('recordings', sa.Column('transcript', sa.Text()))
    op.add_column('recordings', sa.Column('held_at', sa.DateTime(timezone=True)))
    op.add_column('recordings', sa.Column('held_by_id', sa.BigInteger(), sa.ForeignKey('staff.id')))
    op.add_column('recordings', sa.Column('deleted_at', sa.DateTime(timezone=True)))
    op.execute(
        "UPDATE recordings SET estate_id = coalesce("
        "(SELECT estate_id FROM tickets WHERE tickets.id = recordings.ticket_id), "
        "(SELECT estate_id FROM calls WHERE calls.sid = recordings.call_sid))"
    )
    op.create_index(
        'ix_recordings_kept', 'recordings', ['created_at'], postgresql_where=sa.text('deleted_at IS NULL')
    )
    op.create_table(
        'recording_plays',
        sa.Column('id', sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column('recording_sid', sa.Text(), nullable=False),
        sa.Column('staff_id', sa.BigInteger(), sa.ForeignKey('staff.id'), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index('ix_recording_plays_recording', 'recording_plays', ['recording_sid', 'at'])
    op.execute(
        "CREATE TRIGGER recording_plays_append_only BEFORE UPDATE OR DELETE ON recording_plays "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    op.drop_table('recording_plays')
    op.drop_index('ix_recordings_kept', 'recordings')
    for name in ('deleted_at', 'held_by_id', 'held_at', 'transcript', 'size', 'content_type', 'estate_id'):
        op.drop_column('recordings', name)
    op.drop_column('estates', 'recording_days')
