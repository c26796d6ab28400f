"""Townships by kind and in English; the township and village of accounts and offers."""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0037'
down_revision = '0036'
branch_labels = None
depends_on = None

# Written out: SQLite adds a column with its constraints, but alembic only without them.
TOWNSHIP = """
    ALTER TABLE {table} ADD COLUMN township_code VARCHAR(9)
    CONSTRAINT fk_{table}_township_code_townships REFERENCES townships (code)
"""
TABLES = ('accounts', 'offers')


def upgrade():
    for name, length in (('name_en', 80), ('kind', 20)):
        op.add_column('townships', sa.Column(name, sa.String(length=length), nullable=False, server_default=sa.text("''")))
    for table in TABLES:
        op.execute(TOWNSHIP.format(table=table))
        op.add_column(table, sa.Column('village', sa.String(length=40), nullable=False, server_default=sa.text("''")))
        op.create_index(op.f(f'ix_{table}_township_code'), table, ['township_code'])


def downgrade():
    for table in reversed(TABLES):
        op.drop_index(op.f(f'ix_{table}_township_code'), table_name=table)
        op.drop_column(table, 'village')
        op.drop_column(table, 'township_code')
    op.drop_column('townships', 'kind')
    op.drop_column('townships', 'name_en')
