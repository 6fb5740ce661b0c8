"""prompts in the office's own voice"""

import sqlalchemy as sa
from alembic import op

revision = '0061'
down_revision = '0006'
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        'prompt_recordings',
        sa.Column('id', sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column('estate_id', sa.BigInteger(), sa.ForeignKey('estates.id'), nullable=False),
        sa.Column('key', sa.Text(), nullable=False),
        sa.Column('language', sa.Text(), nullable=False),
        sa.Column('audio', sa.LargeBinary(), nullable=False),
        sa.Column('seconds', sa.Float(), nullable=False),
        sa.Column('digest', sa.Text(), nullable=False),
        sa.Column('state', sa.Text(), nullable=False),
        sa.Column('uploaded_at', MOMENT, nullable=False),
        sa.Column('uploaded_by_id', sa.BigInteger(), sa.ForeignKey('staff.id')),
        sa.Column('published_at', MOMENT),
    )
    for state in ('live', 'draft'):
        op.create_index(
            f'uq_prompt_recordings_{state}', 'prompt_recordings', ['estate_id', 'key', 'language'], unique=True,
            postgresql_where=sa.text(f"state = '{state}'"),
        )
    op.execute(
        "CREATE TRIGGER prompt_recordings_stamp AFTER INSERT OR UPDATE OR DELETE ON prompt_recordings "
        "FOR EACH STATEMENT EXECUTE FUNCTION renew_promise_stamp()"
    )


def downgrade() -> None:
    op.drop_table('prompt_recordings')
