"""The word that was typed for an offer's product."""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('offers', sa.Column('product_words', sa.String(length=60), nullable=False, server_default=sa.text("''")))


def downgrade():
    op.drop_column('offers', 'product_words')
