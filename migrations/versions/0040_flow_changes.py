"""an estate's own flows: drafts, changes, switches, marks; numbers that are given more time"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0040'
down_revision = '0080'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'flow_changes',
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column('estate_id', sa.BigInteger(), nullable=False),
        sa.Column('flow', sa.Text(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('by_id', sa.BigInteger(), nullable=True),
        sa.Column('what', sa.Text(), nullable=False),
        sa.Column('step', sa.Text(), server_default='', nullable=False),
        sa.Column('why', sa.Text(), server_default='', nullable=False),
        sa.Column('version', sa.Text(), nullable=True),
        sa.Column('before', postgresql.JSONB(), nullable=True),
        sa.Column('after', postgresql.JSONB(), nullable=True),
        sa.ForeignKeyConstraint(['estate_id'], ['estates.id']),
        sa.ForeignKeyConstraint(['by_id'], ['staff.id']),
        sa.ForeignKeyConstraint(['version'], ['flow_versions.version']),
        sa.PrimaryKeyConstraint('id'),
    )
    op.create_index('ix_flow_changes_estate', 'flow_changes', ['estate_id', 'flow', 'id'])
    op.create_table(
        'flow_drafts',
        sa.Column('estate_id', sa.BigInteger(), nullable=False),
        sa.Column('flow', sa.Text(), nullable=False),
        sa.Column('body', postgresql.JSONB(), nullable=False),
        sa.Column('base', sa.Text(), nullable=False),
        sa.Column('edit', sa.Integer(), server_default='1', nullable=False),
        sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('updated_by', sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(['estate_id'], ['estates.id']),
        sa.ForeignKeyConstraint(['updated_by'], ['staff.id']),
        sa.PrimaryKeyConstraint('estate_id', 'flow'),
    )
    op.create_table(
        'flow_switches',
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column('estate_id', sa.BigInteger(), nullable=False),
        sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('texts', postgresql.JSONB(), nullable=False),
        sa.Column('made_by', sa.BigInteger(), nullable=True),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['estate_id'], ['estates.id']),
        sa.ForeignKeyConstraint(['made_by'], ['staff.id']),
        sa.PrimaryKeyConstraint('id'),
    )
    op.create_index('ix_flow_switches_estate', 'flow_switches', ['estate_id', 'ends_at'])
    op.create_table(
        'flow_marks',
        sa.Column('estate_id', sa.BigInteger(), nullable=False),
        sa.Column('waiting', sa.Integer(), nullable=False),
        sa.Column('longest_s', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['estate_id'], ['estates.id']),
        sa.PrimaryKeyConstraint('estate_id'),
    )
    op.create_table(
        'caller_needs',
        sa.Column('e164', sa.Text(), nullable=False),
        sa.Column('need', sa.Text(), nullable=False),
        sa.Column('noted_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('noted_by', sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(['noted_by'], ['staff.id']),
        sa.PrimaryKeyConstraint('e164'),
    )
    op.execute(
        'CREATE TRIGGER flow_changes_append_only BEFORE UPDATE OR DELETE ON flow_changes '
        'FOR EACH ROW EXECUTE FUNCTION refuse_change()'
    )
    # A draft changes nothing for calls; what is published or switched is read again by every process.
    op.execute(
        'CREATE TRIGGER flow_changes_stamp AFTER INSERT ON flow_changes '
        'FOR EACH ROW WHEN (NEW.version IS NOT NULL) EXECUTE FUNCTION renew_promise_stamp()'
    )
    for table in ('flow_switches', 'flow_marks'):
        op.execute(
            f'CREATE TRIGGER {table}_stamp AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} '
            'FOR EACH STATEMENT EXECUTE FUNCTION renew_promise_stamp()'
        )


def downgrade() -> None:
    for table in ('caller_needs', 'flow_marks', 'flow_switches', 'flow_drafts', 'flow_changes'):
        op.drop_table(table)
