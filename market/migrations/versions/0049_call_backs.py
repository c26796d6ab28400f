"""Which side of a deal the county rang, and verified deals in the order of their verification."""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0049'
down_revision = '0047'
branch_labels = None
depends_on = None

# Until now only the side without an account was rung.
UNREGISTERED = """
    UPDATE deal_call_backs SET side = (
        SELECT CASE WHEN deals.seller_id IS NULL THEN 'sell' ELSE 'buy' END
        FROM deals WHERE deals.id = deal_call_backs.deal_id
    )
"""
# Calls to somebody with an account, which earlier releases do not know.
OF_ACCOUNTS = """
    DELETE FROM deal_call_backs WHERE side <> (
        SELECT CASE WHEN deals.unregistered_id IS NULL THEN '' WHEN deals.seller_id IS NULL THEN 'sell'
            ELSE 'buy' END
        FROM deals WHERE deals.id = deal_call_backs.deal_id
    )
"""
CALLED_BACK = """
    UPDATE deals SET called_back_by_id = NULL, called_back_at = NULL WHERE unregistered_id IS NULL
    AND called_back_by_id IS NOT NULL
"""


def upgrade():
    op.add_column('deal_call_backs', sa.Column('side', sa.String(length=24), nullable=True))
    op.execute(UNREGISTERED)
    with op.batch_alter_table('deal_call_backs') as batch:
        batch.alter_column('side', existing_type=sa.String(length=24), nullable=False)
        batch.create_check_constraint(op.f('ck_deal_call_backs_side'), "side IN ('sell', 'buy')")
    op.create_index(op.f('ix_deal_call_backs_by_id'), 'deal_call_backs', ['by_id'])
    op.create_index('ix_deals_verified', 'deals', ['status', 'verified_at'])


def downgrade():
    op.drop_index('ix_deals_verified', table_name='deals')
    op.execute(OF_ACCOUNTS)
    op.execute(CALLED_BACK)
    op.drop_index(op.f('ix_deal_call_backs_by_id'), table_name='deal_call_backs')
    with op.batch_alter_table('deal_call_backs') as batch:
        batch.drop_constraint(op.f('ck_deal_call_backs_side'), type_='check')
        batch.drop_column('side')
