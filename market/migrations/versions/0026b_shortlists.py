"""Shortlists, public questions about purchases, and what came of purchase requests."""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0026b'
down_revision = '0025'
branch_labels = None
depends_on = None


def choice(name, *values):
    return sa.Enum(*values, name=name, native_enum=False, length=24, create_constraint=True)


def upgrade():
    instant = sa.DateTime(timezone=True)
    op.create_table(
        'shortlist_entries',
        sa.Column('account_id', sa.Integer(), nullable=False),
        sa.Column('offer_id', sa.Integer(), nullable=False),
        sa.Column('added_at', instant, nullable=False),
        sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_shortlist_entries_account_id_accounts')),
        sa.ForeignKeyConstraint(['offer_id'], ['offers.id'], name=op.f('fk_shortlist_entries_offer_id_offers')),
        sa.PrimaryKeyConstraint('account_id', 'offer_id', name=op.f('pk_shortlist_entries')),
    )
    op.create_table(
        'public_questions',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('offer_id', sa.Integer(), nullable=False),
        sa.Column('asker_id', sa.Integer(), nullable=False),
        sa.Column('text', sa.String(length=300), nullable=False),
        sa.Column('asked_at', instant, nullable=False),
        sa.Column('answer', sa.String(length=300), nullable=False),
        sa.Column('answered_at', instant, nullable=True),
        sa.Column('withdrawn_at', instant, nullable=True),
        sa.Column('reported_by_id', sa.Integer(), nullable=True),
        sa.Column('reported_at', instant, nullable=True),
        sa.Column('key', sa.String(length=32), nullable=False),
        sa.CheckConstraint("text <> ''", name=op.f('ck_public_questions_asks_something')),
        sa.CheckConstraint("(answer = '') = (answered_at IS NULL)", name=op.f('ck_public_questions_answered_at_a_time')),
        sa.CheckConstraint('(reported_by_id IS NULL) = (reported_at IS NULL)', name=op.f('ck_public_questions_reported_by_somebody')),
        sa.ForeignKeyConstraint(['offer_id'], ['offers.id'], name=op.f('fk_public_questions_offer_id_offers')),
        sa.ForeignKeyConstraint(['asker_id'], ['accounts.id'], name=op.f('fk_public_questions_asker_id_accounts')),
        sa.ForeignKeyConstraint(['reported_by_id'], ['accounts.id'], name=op.f('fk_public_questions_reported_by_id_accounts')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_public_questions')),
        sa.UniqueConstraint('key', name=op.f('uq_public_questions_key')),
    )
    op.create_index(op.f('ix_public_questions_offer_id'), 'public_questions', ['offer_id'])
    op.create_index(op.f('ix_public_questions_asker_id'), 'public_questions', ['asker_id'])
    op.create_index('ix_public_questions_reported_at', 'public_questions', ['reported_at'])
    op.create_table(
        'request_outcomes',
        sa.Column('offer_id', sa.Integer(), nullable=False),
        sa.Column('result', choice('result', 'filled', 'partly', 'nothing'), nullable=False),
        sa.Column(
            'reason',
            choice('reason', 'price', 'quality', 'quantity', 'delivery', 'nobody', 'elsewhere', 'not_needed', 'other'),
            nullable=True,
        ),
        sa.Column('note', sa.String(length=200), nullable=False),
        sa.Column('at', instant, nullable=False),
        sa.Column('by_id', sa.Integer(), nullable=False),
        sa.CheckConstraint("(result = 'filled') = (reason IS NULL)", name=op.f('ck_request_outcomes_says_why_not')),
        sa.ForeignKeyConstraint(['offer_id'], ['offers.id'], name=op.f('fk_request_outcomes_offer_id_offers')),
        sa.ForeignKeyConstraint(['by_id'], ['accounts.id'], name=op.f('fk_request_outcomes_by_id_accounts')),
        sa.PrimaryKeyConstraint('offer_id', name=op.f('pk_request_outcomes')),
    )
    op.create_index('ix_request_outcomes_at', 'request_outcomes', ['at'])


def downgrade():
    op.drop_table('request_outcomes')
    op.drop_table('public_questions')
    op.drop_table('shortlist_entries')
