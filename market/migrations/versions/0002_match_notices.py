"""Matches are noticed when either side is posted, and their owners told."""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('match_changes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('offer_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['offer_id'], ['offers.id'], name=op.f('fk_match_changes_offer_id_offers')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_match_changes')),
    sqlite_autoincrement=True
    )
    op.create_table('match_notices',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('offer_id', sa.Integer(), nullable=False),
    sa.Column('counterpart_id', sa.Integer(), nullable=False),
    sa.Column('score', sa.Integer(), nullable=False),
    sa.Column('found_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('offer_id <> counterpart_id', name=op.f('ck_match_notices_two_offers')),
    sa.CheckConstraint('score BETWEEN 0 AND 1000', name=op.f('ck_match_notices_thousandths')),
    sa.ForeignKeyConstraint(['counterpart_id'], ['offers.id'], name=op.f('fk_match_notices_counterpart_id_offers')),
    sa.ForeignKeyConstraint(['offer_id'], ['offers.id'], name=op.f('fk_match_notices_offer_id_offers')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_match_notices')),
    sa.UniqueConstraint('offer_id', 'counterpart_id', name=op.f('uq_match_notices_offer_id_counterpart_id'))
    )
    with op.batch_alter_table('match_notices', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_match_notices_counterpart_id'), ['counterpart_id'], unique=False)


def downgrade():
    with op.batch_alter_table('match_notices', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_match_notices_counterpart_id'))

    op.drop_table('match_notices')
    op.drop_table('match_changes')
