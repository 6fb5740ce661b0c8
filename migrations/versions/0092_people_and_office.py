"""classes and notes of residents, units that are gone, skills, certificates, contractors, files being loaded"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0092'
down_revision = '0070'
branch_labels = None
depends_on = None


def upgrade() -> None:
    strings = postgresql.ARRAY(sa.Text())
    op.add_column('residents', sa.Column('classes', strings, server_default='{}', nullable=False))
    op.add_column('residents', sa.Column('notes', sa.Text(), server_default='', nullable=False))
    op.add_column('residents', sa.Column('erased_at', sa.DateTime(timezone=True)))
    op.add_column('units', sa.Column('removed_at', sa.DateTime(timezone=True)))
    op.create_table(
        'resident_classes',
        sa.Column('code', sa.Text(), nullable=False),
        sa.Column('name', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('code'),
    )
    op.create_table(
        'staff_skills',
        sa.Column('staff_id', sa.BigInteger(), sa.ForeignKey('staff.id', ondelete='CASCADE')),
        sa.Column('kind', sa.Text(), nullable=False),
        sa.Column('code', sa.Text(), nullable=False),
        sa.Column('level', sa.SmallInteger(), server_default='3', nullable=False),
        sa.PrimaryKeyConstraint('staff_id', 'kind', 'code'),
    )
    op.create_table(
        'staff_certificates',
        sa.Column('id', sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column('staff_id', sa.BigInteger(), sa.ForeignKey('staff.id', ondelete='CASCADE'), nullable=False),
        sa.Column('name', sa.Text(), nullable=False),
        sa.Column('valid_until', sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint('id'),
    )
    op.create_index('ix_staff_certificates_staff_id', 'staff_certificates', ['staff_id'])
    op.create_table(
        'contractors',
        sa.Column('id', sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column('name', sa.Text(), nullable=False),
        sa.Column('trade', sa.Text(), nullable=False),
        sa.Column('phone_e164', sa.Text()),
        sa.Column('estate_codes', strings, server_default='{}', nullable=False),
        sa.Column('warranty_parts', sa.Text(), server_default='', nullable=False),
        sa.Column('in_chain', sa.Boolean(), server_default='false', nullable=False),
        sa.Column('is_active', sa.Boolean(), server_default='true', nullable=False),
        sa.PrimaryKeyConstraint('id'),
    )
    op.create_table(
        'import_batches',
        sa.Column('id', sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column('token', sa.Text(), nullable=False),
        sa.Column('estate_id', sa.BigInteger(), sa.ForeignKey('estates.id'), nullable=False),
        sa.Column('staff_id', sa.BigInteger(), sa.ForeignKey('staff.id'), nullable=False),
        sa.Column('file_name', sa.Text(), server_default='', nullable=False),
        sa.Column('rows', postgresql.JSONB(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('applied_at', sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint('id'),
        sa.UniqueConstraint('token'),
    )


def downgrade() -> None:
    for table in ('import_batches', 'contractors', 'staff_certificates', 'staff_skills', 'resident_classes'):
        op.drop_table(table)
    op.drop_column('units', 'removed_at')
    for column in ('erased_at', 'notes', 'classes'):
        op.drop_column('residents', column)
