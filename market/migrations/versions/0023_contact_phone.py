"""The number to ring about an offer, where it is not its owner's own."""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0023'
down_revision = '0028'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('offers', sa.Column('contact_phone', sa.String(length=20), nullable=False, server_default=sa.text("''")))


def downgrade():
    op.drop_column('offers', 'contact_phone')
