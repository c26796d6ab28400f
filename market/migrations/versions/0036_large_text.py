"""Whether the pages of an account have large text."""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0036'
down_revision = '0035'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column(
        'accounts', sa.Column('has_large_text', sa.Boolean(), nullable=False, server_default=sa.false())
    )


def downgrade():
    op.drop_column('accounts', 'has_large_text')
