"""Complaints about traders, and the pictures that go with them."""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0033c'
down_revision = '0033b'
branch_labels = None
depends_on = None

KINDS = ('not_delivered', 'not_paid', 'not_as_described', 'false_offer', 'harassment', 'other')


def one_of(*values, name):
    return sa.Enum(*values, name=name, native_enum=False, length=24, create_constraint=True)


def refers(column, table, **options):
    return sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f'fk_complaints_{column}_{table}'), **options)


def upgrade():
    op.create_table(
        'complaints',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('complainant_id', sa.Integer(), nullable=False),
        sa.Column('accused_id', sa.Integer(), nullable=False),
        sa.Column('by_id', sa.Integer(), nullable=False),
        sa.Column('region_code', sa.String(length=6), nullable=False),
        sa.Column('deal_id', sa.Integer(), nullable=True),
        sa.Column('thread_id', sa.Integer(), nullable=True),
        sa.Column('offer_id', sa.Integer(), nullable=True),
        sa.Column('kind', one_of(*KINDS, name='kind'), nullable=False),
        sa.Column('text', sa.String(length=600), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('due_on', sa.Date(), nullable=False),
        sa.Column('statement', sa.String(length=600), nullable=False),
        sa.Column('stated_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('decision', one_of('upheld', 'dismissed', 'settled', name='decision'), nullable=True),
        sa.Column('decision_reason', sa.String(length=200), nullable=False),
        sa.Column('decided_by_id', sa.Integer(), nullable=True),
        sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('key', sa.String(length=32), nullable=False),
        sa.CheckConstraint('complainant_id <> accused_id', name=op.f('ck_complaints_two_parties')),
        sa.CheckConstraint("(statement = '') = (stated_at IS NULL)", name=op.f('ck_complaints_stated_at_a_time')),
        sa.CheckConstraint('(decision IS NULL) = (decided_at IS NULL) AND (decision IS NULL) = (decided_by_id IS NULL)', name=op.f('ck_complaints_decided_by_somebody')),
        sa.CheckConstraint('decision IS NULL OR withdrawn_at IS NULL', name=op.f('ck_complaints_decided_or_withdrawn')),
        refers('complainant_id', 'accounts'),
        refers('accused_id', 'accounts'),
        refers('by_id', 'accounts'),
        refers('decided_by_id', 'accounts'),
        refers('deal_id', 'deals'),
        refers('thread_id', 'enquiry_threads', ondelete='SET NULL'),
        refers('offer_id', 'offers'),
        sa.ForeignKeyConstraint(['region_code'], ['regions.code'], name=op.f('fk_complaints_region_code_regions')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_complaints')),
        sa.UniqueConstraint('key', name=op.f('uq_complaints_key')),
    )
    for column in ('complainant_id', 'accused_id'):
        op.create_index(op.f(f'ix_complaints_{column}'), 'complaints', [column])
    op.create_index('ix_complaints_region_code_due_on', 'complaints', ['region_code', 'due_on'])
    op.create_table(
        'complaint_photos',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('complaint_id', sa.Integer(), nullable=False),
        sa.Column('sha256', sa.String(length=64), nullable=False),
        sa.Column('width', sa.Integer(), nullable=False),
        sa.Column('height', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['complaint_id'], ['complaints.id'], name=op.f('fk_complaint_photos_complaint_id_complaints')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_complaint_photos')),
    )
    op.create_index(op.f('ix_complaint_photos_complaint_id'), 'complaint_photos', ['complaint_id'])


def downgrade():
    op.drop_table('complaint_photos')
    op.drop_table('complaints')
