"""The clock that the calendar goes by."""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('clock',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('stopped_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('id = 1', name=op.f('ck_clock_only_one')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_clock'))
    )


def downgrade():
    op.drop_table('clock')
