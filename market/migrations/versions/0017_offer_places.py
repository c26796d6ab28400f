"""What was typed of an offer's place beyond its county."""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('offers', sa.Column('place_detail', sa.String(length=60), nullable=False, server_default=sa.text("''")))


def downgrade():
    op.drop_column('offers', 'place_detail')
