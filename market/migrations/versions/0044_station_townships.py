"""The township that a station serves stands in the grant, and with each of its imports."""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0044'
down_revision = '0046'
branch_labels = None
depends_on = None

# Written out: SQLite adds a column with its constraints, but alembic only without them.
TOWNSHIP = """
    ALTER TABLE {table} ADD COLUMN township_code VARCHAR(9)
    CONSTRAINT fk_{table}_township_code_townships REFERENCES townships (code)
"""
OF_STATIONS = """
    CONSTRAINT ck_grants_township_of_station CHECK (township_code IS NULL OR role = 'assistant')
"""
# Until now the assistant's own profile said it.
OF_PROFILES = """
    UPDATE grants SET township_code = (
        SELECT townships.code FROM accounts JOIN townships ON townships.code = accounts.township_code
        WHERE accounts.id = grants.account_id AND townships.region_code = grants.region_code
    ) WHERE role = 'assistant'
"""
OF_GRANTS = """
    UPDATE imports SET township_code = (
        SELECT grants.township_code FROM grants
        WHERE grants.account_id = imports.assistant_id AND grants.region_code = imports.region_code
        AND grants.role = 'assistant'
    )
"""


def upgrade():
    op.execute(TOWNSHIP.format(table='grants') + OF_STATIONS)
    op.execute(TOWNSHIP.format(table='imports'))
    op.execute(OF_PROFILES)
    op.execute(OF_GRANTS)


def downgrade():
    op.drop_column('imports', 'township_code')
    op.drop_column('grants', 'township_code')
