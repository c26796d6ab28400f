"""Searches that people keep."""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('saved_searches',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('query', sa.String(length=1500), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("query <> ''", name=op.f('ck_saved_searches_asks_for_something')),
    sa.CheckConstraint('place BETWEEN 1 AND 30', name=op.f('ck_saved_searches_at_most_thirty')),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_saved_searches_account_id_accounts')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_searches')),
    sa.UniqueConstraint('account_id', 'place', name=op.f('uq_saved_searches_account_id_place')),
    sa.UniqueConstraint('account_id', 'query', name=op.f('uq_saved_searches_account_id_query'))
    )


def downgrade():
    op.drop_table('saved_searches')
