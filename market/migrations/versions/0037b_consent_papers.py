"""A picture of the form that a farmer signed, beside their consent."""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0037b'
down_revision = '0039'
branch_labels = None
depends_on = None

# Written out: SQLite adds a column with its constraints, but alembic only without them.
HEIGHT = """
    ALTER TABLE consents ADD COLUMN height INTEGER
    CONSTRAINT ck_consents_whole_paper CHECK
    ((sha256 IS NULL AND width IS NULL AND height IS NULL) OR (width > 0 AND height > 0 AND sha256 <> ''))
"""


def upgrade():
    op.add_column('consents', sa.Column('sha256', sa.String(length=64), nullable=True))
    op.add_column('consents', sa.Column('width', sa.Integer(), nullable=True))
    op.execute(HEIGHT)


def downgrade():
    for name in ('height', 'width', 'sha256'):
        op.drop_column('consents', name)
