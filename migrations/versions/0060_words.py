"""emergency words of the office, words kept on a call, wording and further numbers of an estate"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0060'
down_revision = '0090'
branch_labels = None
depends_on = None

STAMPED = ('emergency_words', 'estate_lines')


def upgrade() -> None:
    op.create_table(
        'emergency_words',
        sa.Column('id', sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column('list_name', sa.Text(), nullable=False),
        sa.Column('kind', sa.Text(), nullable=False),
        sa.Column('phrase', sa.Text(), nullable=False),
        sa.Column('is_on', sa.Boolean(), server_default='true', nullable=False),
        sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('changed_by_id', sa.BigInteger(), sa.ForeignKey('staff.id')),
        sa.UniqueConstraint('list_name', 'kind', 'phrase'),
    )
    op.create_table(
        'estate_lines',
        sa.Column('e164', sa.Text(), primary_key=True),
        sa.Column('estate_id', sa.BigInteger(), sa.ForeignKey('estates.id'), nullable=False),
        sa.Column('language', sa.Text()),
    )
    op.create_index('ix_estate_lines_estate_id', 'estate_lines', ['estate_id'])
    op.add_column('calls', sa.Column('words', sa.Text()))
    op.add_column('calls', sa.Column('words_confidence', sa.Float()))
    op.add_column('estates', sa.Column('wording', postgresql.JSONB(), server_default='{}', nullable=False))
    for table in STAMPED:
        op.execute(
            f"CREATE TRIGGER {table}_stamp AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION renew_promise_stamp()"
        )


def downgrade() -> None:
    op.drop_column('estates', 'wording')
    op.drop_column('calls', 'words_confidence')
    op.drop_column('calls', 'words')
    for table in STAMPED:
        op.drop_table(table)
