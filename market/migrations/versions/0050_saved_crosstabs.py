"""Saved cross-tabulations, and listings by day with their product from one index."""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0050'
down_revision = '0054'
branch_labels = None
depends_on = None

BY_DAY = ['fair_id', 'listed_at', 'counts', 'region_code', 'side']


def upgrade():
    op.create_table(
        'saved_crosstabs',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('account_id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=60), nullable=False),
        sa.Column('query', sa.String(length=600), nullable=False),
        sa.Column('is_shared', sa.Boolean(create_constraint=True, name='is_shared'), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f('ck_saved_crosstabs_named')),
        sa.ForeignKeyConstraint(
            ['account_id'], ['accounts.id'], name=op.f('fk_saved_crosstabs_account_id_accounts')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_crosstabs')),
        sa.UniqueConstraint('account_id', 'name', name=op.f('uq_saved_crosstabs_account_id_name')),
    )
    op.drop_index('ix_fair_listings_days', 'fair_listings')
    op.create_index('ix_fair_listings_days', 'fair_listings', [*BY_DAY, 'product_code'])


def downgrade():
    op.drop_index('ix_fair_listings_days', 'fair_listings')
    op.create_index('ix_fair_listings_days', 'fair_listings', BY_DAY)
    op.drop_table('saved_crosstabs')
