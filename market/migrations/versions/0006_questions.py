"""Questions to the county's office, and the texts they are made of."""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('questions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('asker_id', sa.Integer(), nullable=False),
    sa.Column('region_code', sa.String(length=6), nullable=False),
    sa.Column('offer_id', sa.Integer(), nullable=True),
    sa.Column('deal_id', sa.Integer(), nullable=True),
    sa.Column('status', sa.Enum('open', 'answered', 'closed', name='status', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('waiting_since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('offer_id IS NULL OR deal_id IS NULL', name=op.f('ck_questions_about_one_thing')),
    sa.CheckConstraint("status <> 'answered' OR answered_at IS NOT NULL", name=op.f('ck_questions_answered_by_somebody')),
    sa.ForeignKeyConstraint(['asker_id'], ['accounts.id'], name=op.f('fk_questions_asker_id_accounts')),
    sa.ForeignKeyConstraint(['deal_id'], ['deals.id'], name=op.f('fk_questions_deal_id_deals')),
    sa.ForeignKeyConstraint(['offer_id'], ['offers.id'], name=op.f('fk_questions_offer_id_offers')),
    sa.ForeignKeyConstraint(['region_code'], ['regions.code'], name=op.f('fk_questions_region_code_regions')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_questions'))
    )
    with op.batch_alter_table('questions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_questions_asker_id'), ['asker_id'], unique=False)
        batch_op.create_index('ix_questions_region_code_status', ['region_code', 'status'], unique=False)

    op.create_table('question_texts',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('question_id', sa.Integer(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('from_office', sa.Boolean(create_constraint=True, name='from_office'), nullable=False),
    sa.Column('text', sa.String(length=600), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('key', sa.String(length=32), nullable=False),
    sa.CheckConstraint("text <> ''", name=op.f('ck_question_texts_says_something')),
    sa.ForeignKeyConstraint(['by_id'], ['accounts.id'], name=op.f('fk_question_texts_by_id_accounts')),
    sa.ForeignKeyConstraint(['question_id'], ['questions.id'], name=op.f('fk_question_texts_question_id_questions')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_question_texts')),
    sa.UniqueConstraint('key', name=op.f('uq_question_texts_key'))
    )
    with op.batch_alter_table('question_texts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_question_texts_by_id'), ['by_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_question_texts_question_id'), ['question_id'], unique=False)


def downgrade():
    op.drop_table('question_texts')
    op.drop_table('questions')
