"""A second official for large deals, days given afterwards, and revisions of returned deals."""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

# Written out: SQLite adds a column with its constraints, but alembic only without them.
COUNTY_VERIFIED_BY = """
    ALTER TABLE deals ADD COLUMN county_verified_by_id INTEGER
    CONSTRAINT fk_deals_county_verified_by_id_accounts REFERENCES accounts (id)
    CONSTRAINT ck_deals_county_verified_while_standing
        CHECK (county_verified_by_id IS NULL OR status IN ('agreed', 'verified'))
    CONSTRAINT ck_deals_two_officials CHECK (verified_by_id <> county_verified_by_id)
"""

# The queue's index has what tells the county's part of it from the prefecture's.
QUEUE = ['home_region_code', 'status', 'updated_at', 'county_verified_by_id']


def upgrade():
    op.execute(COUNTY_VERIFIED_BY)
    op.add_column('deals', sa.Column('county_verified_at', sa.DateTime(timezone=True), nullable=True))
    op.create_index('ix_deals_queue', 'deals', QUEUE)
    op.drop_index('ix_deals_home_region_code_status_updated_at', table_name='deals')
    op.add_column('deals', sa.Column('dated_on', sa.Date(), nullable=True))
    op.add_column('deals', sa.Column('day_reason', sa.String(length=200), server_default=sa.text("''"), nullable=False))
    op.add_column('deal_events', sa.Column('flags', sa.String(length=120), server_default=sa.text("''"), nullable=False))
    op.create_table('deal_revisions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('deal_id', sa.Integer(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('by_side', sa.Enum('sell', 'buy', name='by_side', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('quantity', sa.BigInteger(), nullable=False),
    sa.Column('unit', sa.String(length=12), nullable=False),
    sa.Column('unit_price', sa.BigInteger(), nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.Column('amount_reason', sa.String(length=200), nullable=False),
    sa.Column('agreed_on', sa.Date(), nullable=False),
    sa.Column('day_reason', sa.String(length=200), nullable=False),
    sa.Column('before_quantity', sa.BigInteger(), nullable=False),
    sa.Column('before_unit', sa.String(length=12), nullable=False),
    sa.Column('before_unit_price', sa.BigInteger(), nullable=False),
    sa.Column('before_amount_fen', sa.BigInteger(), nullable=False),
    sa.Column('before_agreed_on', sa.Date(), nullable=False),
    sa.Column('answer', sa.Enum('waiting', 'agreed', 'declined', name='answer', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('answered_by_id', sa.Integer(), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('quantity > 0', name=op.f('ck_deal_revisions_quantity_positive')),
    sa.CheckConstraint('unit_price > 0', name=op.f('ck_deal_revisions_unit_price_positive')),
    sa.CheckConstraint('amount_fen > 0', name=op.f('ck_deal_revisions_amount_positive')),
    sa.CheckConstraint('answered_by_id <> by_id', name=op.f('ck_deal_revisions_not_answered_by_its_writer')),
    sa.CheckConstraint("(answer = 'waiting') = (answered_by_id IS NULL)", name=op.f('ck_deal_revisions_answered_by_someone')),
    sa.ForeignKeyConstraint(['answered_by_id'], ['accounts.id'], name=op.f('fk_deal_revisions_answered_by_id_accounts')),
    sa.ForeignKeyConstraint(['by_id'], ['accounts.id'], name=op.f('fk_deal_revisions_by_id_accounts')),
    sa.ForeignKeyConstraint(['deal_id'], ['deals.id'], name=op.f('fk_deal_revisions_deal_id_deals')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_deal_revisions'))
    )
    op.create_index(op.f('ix_deal_revisions_deal_id'), 'deal_revisions', ['deal_id'])
    op.create_index('uq_deal_revisions_waiting', 'deal_revisions', ['deal_id'], unique=True, sqlite_where=sa.text("answer = 'waiting'"), postgresql_where=sa.text("answer = 'waiting'"))


def downgrade():
    op.drop_table('deal_revisions')
    op.drop_column('deal_events', 'flags')
    op.create_index('ix_deals_home_region_code_status_updated_at', 'deals', QUEUE[:-1])
    op.drop_index('ix_deals_queue', table_name='deals')
    for name in ('day_reason', 'dated_on', 'county_verified_at', 'county_verified_by_id'):
        op.drop_column('deals', name)
