"""Indexes for the desk's queues and for what is usual of a product."""
from alembic import op


# revision identifiers, used by Alembic.
revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

OFFERS = {
    'ix_offers_region_queue': ['region_code', 'status', 'verification', 'published_at', 'valid_until'],
    'ix_offers_queue': ['status', 'verification', 'published_at', 'region_code', 'valid_until'],
    'ix_offers_usual_price': ['product_code', 'verification', 'published_at', 'price_low', 'price_unit'],
    'ix_offers_product_code_region_code': ['product_code', 'region_code'],
}
DEALS = {
    'ix_deals_home_region_code_status_updated_at': ['home_region_code', 'status', 'updated_at'],
    'ix_deals_product_code_agreed_on': ['product_code', 'agreed_on'],
}
# What the queues' indexes begin with.
REPLACED = (
    ('ix_offers_region_code', 'offers', ['region_code']),
    ('ix_deals_home_region_code_status', 'deals', ['home_region_code', 'status']),
)


def upgrade():
    for table, indexes in (('offers', OFFERS), ('deals', DEALS)):
        for name, columns in indexes.items():
            op.create_index(name, table, columns)
    for name, table, _ in REPLACED:
        op.drop_index(name, table_name=table)
    # Without it SQLite guesses what the new indexes hold, and guesses wrong.
    op.execute('ANALYZE offers')
    op.execute('ANALYZE deals')


def downgrade():
    for name, table, columns in REPLACED:
        op.create_index(name, table, columns)
    for table, indexes in (('offers', OFFERS), ('deals', DEALS)):
        for name in indexes:
            op.drop_index(name, table_name=table)
