"""Farmers registered twice: what was merged into what, and who is known to be two people."""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0037c'
down_revision = '0038'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('farmer_merges',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('surviving_id', sa.Integer(), nullable=False),
    sa.Column('merged_id', sa.Integer(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('moved', sa.JSON(), nullable=False),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('surviving_id <> merged_id', name=op.f('ck_farmer_merges_two_farmers')),
    sa.ForeignKeyConstraint(['by_id'], ['accounts.id'], name=op.f('fk_farmer_merges_by_id_accounts')),
    sa.ForeignKeyConstraint(['surviving_id'], ['accounts.id'], name=op.f('fk_farmer_merges_surviving_id_accounts')),
    sa.ForeignKeyConstraint(['merged_id'], ['accounts.id'], name=op.f('fk_farmer_merges_merged_id_accounts')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_farmer_merges'))
    )
    op.create_index(op.f('ix_farmer_merges_by_id'), 'farmer_merges', ['by_id'])
    op.create_index(op.f('ix_farmer_merges_surviving_id'), 'farmer_merges', ['surviving_id'])
    op.create_index('uq_farmer_merges_merged_id', 'farmer_merges', ['merged_id'], unique=True, sqlite_where=sa.text('undone_at IS NULL'), postgresql_where=sa.text('undone_at IS NULL'))
    op.create_table('distinct_farmers',
    sa.Column('first_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('second_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('first_id < second_id', name=op.f('ck_distinct_farmers_in_order')),
    sa.ForeignKeyConstraint(['by_id'], ['accounts.id'], name=op.f('fk_distinct_farmers_by_id_accounts')),
    sa.ForeignKeyConstraint(['first_id'], ['accounts.id'], name=op.f('fk_distinct_farmers_first_id_accounts')),
    sa.ForeignKeyConstraint(['second_id'], ['accounts.id'], name=op.f('fk_distinct_farmers_second_id_accounts')),
    sa.PrimaryKeyConstraint('first_id', 'second_id', name=op.f('pk_distinct_farmers'))
    )


def downgrade():
    op.drop_table('distinct_farmers')
    op.drop_table('farmer_merges')
