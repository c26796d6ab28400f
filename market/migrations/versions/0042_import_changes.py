"""What has changed since an import was tried."""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0042'
down_revision = '0041'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('imports', sa.Column('changes', sa.JSON(), nullable=True))


def downgrade():
    with op.batch_alter_table('imports') as batch_op:
        batch_op.drop_column('changes')
