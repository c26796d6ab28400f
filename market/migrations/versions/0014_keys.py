"""Idempotency keys of farmers' consents, fairs and sessions."""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None

TABLES = ('consents', 'fairs', 'fair_sessions')


def upgrade():
    for table in TABLES:
        op.add_column(table, sa.Column('key', sa.String(length=32), nullable=True))
        op.create_index(f'uq_{table}_key', table, ['key'], unique=True)


def downgrade():
    for table in TABLES:
        op.drop_index(f'uq_{table}_key', table_name=table)
        op.drop_column(table, 'key')
