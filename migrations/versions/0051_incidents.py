"""incidents: offered, opened, joined by callers, ended for all; the stamp moves with them"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0051'
down_revision = '0050'
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        'incidents',
        sa.Column('id', sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column('estate_id', sa.BigInteger(), sa.ForeignKey('estates.id'), nullable=False),
        sa.Column('building_id', sa.BigInteger(), sa.ForeignKey('buildings.id')),
        sa.Column('category_code', sa.Text(), sa.ForeignKey('categories.code'), nullable=False),
        sa.Column('state', sa.Text(), nullable=False),
        sa.Column('callers', sa.Integer(), server_default='0', nullable=False),
        sa.Column('texts', postgresql.JSONB(), server_default='{}', nullable=False),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.Column('opened_at', MOMENT),
        sa.Column('opened_by_id', sa.BigInteger(), sa.ForeignKey('staff.id')),
        sa.Column('ended_at', MOMENT),
        sa.Column('ended_by_id', sa.BigInteger(), sa.ForeignKey('staff.id')),
    )
    op.create_index(
        'uq_incidents_live', 'incidents', ['estate_id', 'building_id', 'category_code'], unique=True,
        postgresql_nulls_not_distinct=True, postgresql_where=sa.text("state IN ('offered', 'open')"),
    )
    op.create_table(
        'incident_joins',
        sa.Column('id', sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column('incident_id', sa.BigInteger(), sa.ForeignKey('incidents.id'), nullable=False),
        sa.Column('phone_e164', sa.Text()),
        sa.Column('call_sid', sa.Text()),
        sa.Column('language', sa.Text(), nullable=False),
        sa.Column('unit_id', sa.BigInteger(), sa.ForeignKey('units.id')),
        sa.Column('ticket_id', sa.BigInteger(), sa.ForeignKey('tickets.id')),
        sa.Column('joined_at', MOMENT, nullable=False),
        sa.UniqueConstraint('incident_id', 'phone_e164'),
        sa.UniqueConstraint('incident_id', 'call_sid'),
    )
    op.create_table(
        'incident_news',
        sa.Column('id', sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column('incident_id', sa.BigInteger(), sa.ForeignKey('incidents.id'), nullable=False),
        sa.Column('is_end', sa.Boolean(), server_default='false', nullable=False),
        sa.Column('texts', postgresql.JSONB(), server_default='{}', nullable=False),
        sa.Column('at', MOMENT, nullable=False),
        sa.Column('by_id', sa.BigInteger(), sa.ForeignKey('staff.id')),
    )
    op.create_index('ix_incident_news_incident', 'incident_news', ['incident_id', 'id'])
    op.add_column('calls', sa.Column('incident_id', sa.BigInteger()))
    op.execute(
        "CREATE TRIGGER incidents_stamp AFTER INSERT OR UPDATE ON incidents "
        "FOR EACH ROW WHEN (NEW.state <> 'offered') EXECUTE FUNCTION renew_promise_stamp()"
    )


def downgrade() -> None:
    op.drop_column('calls', 'incident_id')
    for name in ('incident_news', 'incident_joins', 'incidents'):
        op.drop_table(name)
