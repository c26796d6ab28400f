"""Prices of each day by product and region."""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0027'
down_revision = '0029'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        'price_days',
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('day', name=op.f('pk_price_days')),
    )
    op.create_table(
        'regional_prices',
        sa.Column('region_code', sa.String(length=6), nullable=False),
        sa.Column('product_code', sa.String(length=7), nullable=False),
        sa.Column('measure', sa.String(length=12), nullable=False),
        sa.Column(
            'source',
            sa.Enum('asked', 'agreed', name='price_source', native_enum=False, length=24, create_constraint=True),
            nullable=False,
        ),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('low', sa.BigInteger(), nullable=False),
        sa.Column('median', sa.BigInteger(), nullable=False),
        sa.Column('high', sa.BigInteger(), nullable=False),
        sa.Column('count', sa.Integer(), nullable=False),
        sa.CheckConstraint('0 < low AND low <= median AND median <= high', name=op.f('ck_regional_prices_quartiles')),
        sa.CheckConstraint('count >= 5', name=op.f('ck_regional_prices_enough')),
        sa.ForeignKeyConstraint(['region_code'], ['regions.code'], name=op.f('fk_regional_prices_region_code_regions')),
        sa.ForeignKeyConstraint(['product_code'], ['products.code'], name=op.f('fk_regional_prices_product_code_products')),
        sa.PrimaryKeyConstraint('region_code', 'product_code', 'measure', 'source', 'day', name=op.f('pk_regional_prices')),
    )
    op.create_index('ix_regional_prices_day_region_code', 'regional_prices', ['day', 'region_code'])


def downgrade():
    op.drop_table('regional_prices')
    op.drop_table('price_days')
