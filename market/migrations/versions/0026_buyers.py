"""What a purchase asks of who quotes for it."""
from itertools import combinations

from alembic import op


# revision identifiers, used by Alembic.
revision = '0026'
down_revision = '0024'
branch_labels = None
depends_on = None

CODES = ('green', 'organic', 'indication', 'commitment')
SETS = ', '.join(
    f"'{','.join(chosen)}'" for size in range(5) for chosen in combinations(CODES, size)
)
# With its check beside each column, because SQLite takes no constraint afterwards.
COLUMNS = {
    'quotation_deadline': "DATE CONSTRAINT ck_offers_deadline_of_purchase"
    " CHECK (quotation_deadline IS NULL OR side = 'buy')",
    'parts_allowed': "BOOLEAN DEFAULT true NOT NULL CONSTRAINT ck_offers_parts_of_purchase"
    " CHECK (parts_allowed OR side = 'buy')",
    'certificates': "VARCHAR(40) DEFAULT '' NOT NULL CONSTRAINT ck_offers_certificates_of_purchase"
    f" CHECK (certificates IN ({SETS}) AND (certificates = '' OR side = 'buy'))",
    'quotations': "INTEGER DEFAULT 0 NOT NULL CONSTRAINT ck_offers_quotations_counted"
    " CHECK (quotations >= 0)",
}


def upgrade():
    for name, kind in COLUMNS.items():
        op.execute(f'ALTER TABLE offers ADD COLUMN {name} {kind}')


def downgrade():
    for name in reversed(COLUMNS):
        op.drop_column('offers', name)
