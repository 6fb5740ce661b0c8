"""absences and kinds of duty in the roster; the audit list"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0090'
down_revision = '0051'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('duty_slots', sa.Column('kind', sa.Text(), server_default='repeating', nullable=False))
    op.create_table(
        'duty_absences',
        sa.Column('id', sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column('staff_id', sa.BigInteger(), sa.ForeignKey('staff.id'), nullable=False),
        sa.Column('slot_id', sa.BigInteger(), sa.ForeignKey('duty_slots.id', ondelete='CASCADE')),
        sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('note', sa.Text(), server_default='', nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('created_by', sa.BigInteger(), sa.ForeignKey('staff.id')),
        sa.Column('ended_at', sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint('id'),
    )
    op.create_index('ix_duty_absences_staff', 'duty_absences', ['staff_id', 'ends_at'])
    op.create_table(
        'audit_entries',
        sa.Column('id', sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('staff_id', sa.BigInteger(), sa.ForeignKey('staff.id')),
        sa.Column('actor', sa.Text(), nullable=False),
        sa.Column('action', sa.Text(), nullable=False),
        sa.Column('subject', sa.Text(), nullable=False),
        sa.Column('estate_id', sa.BigInteger(), sa.ForeignKey('estates.id')),
        sa.Column('data', postgresql.JSONB(), server_default='{}', nullable=False),
        sa.Column('note', sa.Text(), server_default='', nullable=False),
        sa.PrimaryKeyConstraint('id'),
    )
    op.create_index('ix_audit_entries_at', 'audit_entries', [sa.text('at DESC'), sa.text('id DESC')])
    op.create_index('ix_audit_entries_subject', 'audit_entries', ['subject'])
    op.execute(
        'CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE ON audit_entries '
        'FOR EACH ROW EXECUTE FUNCTION refuse_change()'
    )


def downgrade() -> None:
    op.drop_table('audit_entries')
    op.drop_table('duty_absences')
    op.drop_column('duty_slots', 'kind')
