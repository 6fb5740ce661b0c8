"""numbers that want no more texts; a published flow renews the stamp"""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'text_opt_outs',
        sa.Column('e164', sa.Text(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('e164'),
    )
    op.execute(
        'CREATE TRIGGER flow_versions_stamp AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON flow_versions '
        'FOR EACH STATEMENT EXECUTE FUNCTION renew_promise_stamp()'
    )


def downgrade() -> None:
    op.execute('DROP TRIGGER flow_versions_stamp ON flow_versions')
    op.drop_table('text_opt_outs')
