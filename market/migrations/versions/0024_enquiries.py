"""Enquiries on offers, what is quoted in them, reports of them, and whom one blocks."""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0024'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('blocks',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('blocker_id', sa.Integer(), nullable=False),
    sa.Column('blocked_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('blocker_id <> blocked_id', name=op.f('ck_blocks_not_oneself')),
    sa.ForeignKeyConstraint(['blocked_id'], ['accounts.id'], name=op.f('fk_blocks_blocked_id_accounts')),
    sa.ForeignKeyConstraint(['blocker_id'], ['accounts.id'], name=op.f('fk_blocks_blocker_id_accounts')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_blocks')),
    sa.UniqueConstraint('blocker_id', 'blocked_id', name=op.f('uq_blocks_blocker_id_blocked_id'))
    )
    with op.batch_alter_table('blocks', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_blocks_blocked_id'), ['blocked_id'], unique=False)

    op.create_table('enquiry_threads',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('offer_id', sa.Integer(), nullable=False),
    sa.Column('asker_id', sa.Integer(), nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('asker_unread', sa.Integer(), nullable=False),
    sa.Column('owner_unread', sa.Integer(), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('asker_id <> owner_id', name=op.f('ck_enquiry_threads_two_parties')),
    sa.CheckConstraint('asker_unread >= 0 AND owner_unread >= 0', name=op.f('ck_enquiry_threads_unread_counted')),
    sa.ForeignKeyConstraint(['asker_id'], ['accounts.id'], name=op.f('fk_enquiry_threads_asker_id_accounts')),
    sa.ForeignKeyConstraint(['offer_id'], ['offers.id'], name=op.f('fk_enquiry_threads_offer_id_offers')),
    sa.ForeignKeyConstraint(['owner_id'], ['accounts.id'], name=op.f('fk_enquiry_threads_owner_id_accounts')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_enquiry_threads')),
    sa.UniqueConstraint('offer_id', 'asker_id', name=op.f('uq_enquiry_threads_offer_id_asker_id'))
    )
    with op.batch_alter_table('enquiry_threads', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_enquiry_threads_asker_id'), ['asker_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_enquiry_threads_owner_id'), ['owner_id'], unique=False)

    op.create_table('enquiry_messages',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('thread_id', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=False),
    sa.Column('from_asker', sa.Boolean(create_constraint=True, name='from_asker'), nullable=False),
    sa.Column('text', sa.String(length=600), nullable=False),
    sa.Column('quantity', sa.BigInteger(), nullable=True),
    sa.Column('unit', sa.String(length=12), nullable=True),
    sa.Column('wanted_on', sa.Date(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('key', sa.String(length=32), nullable=False),
    sa.CheckConstraint('(quantity IS NULL) = (unit IS NULL)', name=op.f('ck_enquiry_messages_quantity_has_unit')),
    sa.CheckConstraint('quantity > 0', name=op.f('ck_enquiry_messages_quantity_positive')),
    sa.ForeignKeyConstraint(['author_id'], ['accounts.id'], name=op.f('fk_enquiry_messages_author_id_accounts')),
    sa.ForeignKeyConstraint(['thread_id'], ['enquiry_threads.id'], name=op.f('fk_enquiry_messages_thread_id_enquiry_threads')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_enquiry_messages')),
    sa.UniqueConstraint('key', name=op.f('uq_enquiry_messages_key'))
    )
    with op.batch_alter_table('enquiry_messages', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_enquiry_messages_author_id'), ['author_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_enquiry_messages_thread_id'), ['thread_id'], unique=False)

    op.create_table('enquiry_reports',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('thread_id', sa.Integer(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('from_asker', sa.Boolean(create_constraint=True, name='from_asker'), nullable=False),
    sa.Column('region_code', sa.String(length=6), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decision', sa.Enum('dismissed', 'closed', name='decision', native_enum=False, create_constraint=True, length=24), nullable=True),
    sa.Column('decision_reason', sa.String(length=200), nullable=False),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('(decision IS NULL) = (decided_at IS NULL) AND (decision IS NULL) = (decided_by_id IS NULL)', name=op.f('ck_enquiry_reports_decided_by_somebody')),
    sa.ForeignKeyConstraint(['by_id'], ['accounts.id'], name=op.f('fk_enquiry_reports_by_id_accounts')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['accounts.id'], name=op.f('fk_enquiry_reports_decided_by_id_accounts')),
    sa.ForeignKeyConstraint(['region_code'], ['regions.code'], name=op.f('fk_enquiry_reports_region_code_regions')),
    sa.ForeignKeyConstraint(['thread_id'], ['enquiry_threads.id'], name=op.f('fk_enquiry_reports_thread_id_enquiry_threads')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_enquiry_reports'))
    )
    with op.batch_alter_table('enquiry_reports', schema=None) as batch_op:
        batch_op.create_index('ix_enquiry_reports_region_code_at', ['region_code', 'at'], unique=False)
        batch_op.create_index(batch_op.f('ix_enquiry_reports_thread_id'), ['thread_id'], unique=False)
        batch_op.create_index('uq_enquiry_reports_waiting', ['thread_id', 'from_asker'], unique=True, sqlite_where=sa.text('decision IS NULL'), postgresql_where=sa.text('decision IS NULL'))

    op.create_table('quotations',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('thread_id', sa.Integer(), nullable=False),
    sa.Column('message_id', sa.Integer(), nullable=False),
    sa.Column('from_asker', sa.Boolean(create_constraint=True, name='from_asker'), nullable=False),
    sa.Column('price', sa.BigInteger(), nullable=False),
    sa.Column('price_unit', sa.String(length=12), nullable=False),
    sa.Column('quantity', sa.BigInteger(), nullable=False),
    sa.Column('unit', sa.String(length=12), nullable=False),
    sa.Column('basis', sa.Enum('ex_farm', 'delivered', name='basis', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('valid_until', sa.Date(), nullable=False),
    sa.Column('state', sa.Enum('open', 'accepted', 'declined', 'replaced', name='state', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('answers_id', sa.Integer(), nullable=True),
    sa.Column('answered_by_id', sa.Integer(), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('deal_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("(state = 'accepted') = (deal_id IS NOT NULL)", name=op.f('ck_quotations_accepted_as_deal')),
    sa.CheckConstraint("(state = 'open') = (answered_at IS NULL)", name=op.f('ck_quotations_answered_at_a_time')),
    sa.CheckConstraint('price > 0', name=op.f('ck_quotations_price_positive')),
    sa.CheckConstraint('quantity > 0', name=op.f('ck_quotations_quantity_positive')),
    sa.ForeignKeyConstraint(['answered_by_id'], ['accounts.id'], name=op.f('fk_quotations_answered_by_id_accounts')),
    sa.ForeignKeyConstraint(['answers_id'], ['quotations.id'], name=op.f('fk_quotations_answers_id_quotations')),
    sa.ForeignKeyConstraint(['deal_id'], ['deals.id'], name=op.f('fk_quotations_deal_id_deals')),
    sa.ForeignKeyConstraint(['message_id'], ['enquiry_messages.id'], name=op.f('fk_quotations_message_id_enquiry_messages')),
    sa.ForeignKeyConstraint(['thread_id'], ['enquiry_threads.id'], name=op.f('fk_quotations_thread_id_enquiry_threads')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_quotations')),
    sa.UniqueConstraint('deal_id', name=op.f('uq_quotations_deal_id')),
    sa.UniqueConstraint('message_id', name=op.f('uq_quotations_message_id'))
    )
    with op.batch_alter_table('quotations', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_quotations_thread_id'), ['thread_id'], unique=False)
        batch_op.create_index('uq_quotations_open', ['thread_id'], unique=True, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))



def downgrade():
    for table in ('quotations', 'enquiry_reports', 'enquiry_messages', 'enquiry_threads', 'blocks'):
        op.drop_table(table)
