"""A fair's regions as they were, and its count by product and by day."""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

FIGURES = ('sell_listings', 'buy_listings', 'deals', 'amount_fen', 'mass_kg')
OF_PLACES = (*FIGURES, 'merchants', 'sold_fen', 'bought_fen')
BIG = ('amount_fen', 'mass_kg', 'sold_fen', 'bought_fen')


def path():
    return sa.String(length=40).with_variant(sa.String(length=40, collation='C'), 'postgresql')


def figures(names):
    return [sa.Column(n, sa.BigInteger() if n in BIG else sa.Integer(), nullable=False) for n in names]


def of_a_fair(table):
    """The foreign keys to the fair and the region."""
    return [
    sa.ForeignKeyConstraint(['fair_id'], ['fairs.id'], name=op.f(f'fk_{table}_fair_id_fairs')),
    sa.ForeignKeyConstraint(['region_code'], ['regions.code'], name=op.f(f'fk_{table}_region_code_regions')),
    ]


def upgrade():
    op.create_table('fair_regions',
    sa.Column('fair_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=6), nullable=False),
    sa.Column('parent_code', sa.String(length=6), nullable=True),
    sa.Column('path', path(), nullable=False),
    sa.Column('level', sa.Enum('province', 'prefecture', 'county', name='level', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('name_en', sa.String(length=80), nullable=False),
    sa.Column('is_leaf', sa.Boolean(create_constraint=True, name='is_leaf'), nullable=False),
    sa.Column('host_code', sa.String(length=6), nullable=True),
    sa.ForeignKeyConstraint(['code'], ['regions.code'], name=op.f('fk_fair_regions_code_regions')),
    sa.ForeignKeyConstraint(['fair_id'], ['fairs.id'], name=op.f('fk_fair_regions_fair_id_fairs')),
    sa.PrimaryKeyConstraint('fair_id', 'code', name=op.f('pk_fair_regions')),
    sa.UniqueConstraint('fair_id', 'path', name=op.f('uq_fair_regions_fair_id_path'))
    )
    op.create_table('fair_products',
    sa.Column('fair_id', sa.Integer(), nullable=False),
    sa.Column('region_code', sa.String(length=6), nullable=False),
    sa.Column('product_code', sa.String(length=7), nullable=False),
    *figures(FIGURES),
    *of_a_fair('fair_products'),
    sa.ForeignKeyConstraint(['product_code'], ['products.code'], name=op.f('fk_fair_products_product_code_products')),
    sa.PrimaryKeyConstraint('fair_id', 'region_code', 'product_code', name=op.f('pk_fair_products'))
    )
    op.create_table('fair_days',
    sa.Column('fair_id', sa.Integer(), nullable=False),
    sa.Column('region_code', sa.String(length=6), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    *figures(OF_PLACES),
    *of_a_fair('fair_days'),
    sa.PrimaryKeyConstraint('fair_id', 'region_code', 'day', name=op.f('pk_fair_days'))
    )
    op.create_table('fair_varieties',
    sa.Column('fair_id', sa.Integer(), nullable=False),
    sa.Column('region_code', sa.String(length=6), nullable=False),
    sa.Column('varieties', sa.Integer(), nullable=False),
    *of_a_fair('fair_varieties'),
    sa.PrimaryKeyConstraint('fair_id', 'region_code', name=op.f('pk_fair_varieties'))
    )
    with op.batch_alter_table('fair_tallies', schema=None) as batch_op:
        batch_op.add_column(sa.Column('mass_kg', sa.BigInteger(), nullable=False, server_default='0'))
    with op.batch_alter_table('fair_tallies', schema=None) as batch_op:
        batch_op.alter_column('mass_kg', server_default=None)
    with op.batch_alter_table('fair_listings', schema=None) as batch_op:
        batch_op.create_index('ix_fair_listings_days', ['fair_id', 'listed_at', 'counts', 'region_code', 'side'], unique=False)
    # Counted anew by the worker, which also keeps the regions of those already open.
    op.execute('UPDATE fair_counts SET ledger_id = -1')


def downgrade():
    with op.batch_alter_table('fair_listings', schema=None) as batch_op:
        batch_op.drop_index('ix_fair_listings_days')

    with op.batch_alter_table('fair_tallies', schema=None) as batch_op:
        batch_op.drop_column('mass_kg')

    op.drop_table('fair_varieties')
    op.drop_table('fair_days')
    op.drop_table('fair_products')
    op.drop_table('fair_regions')
