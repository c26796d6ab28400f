"""Documents: the queue of what is to be made, and what was made."""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('documents',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=12), nullable=False),
    sa.Column('address', sa.String(length=200), nullable=False),
    sa.Column('kind', sa.Enum('statement', 'bulletin', 'workbook', name='kind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('fair_id', sa.Integer(), nullable=False),
    sa.Column('region_code', sa.String(length=6), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('requested_by_id', sa.Integer(), nullable=False),
    sa.Column('requested_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('figures', sa.JSON(), nullable=False),
    sa.Column('figures_sha256', sa.String(length=64), nullable=False),
    sa.Column('ledger_entry', sa.Integer(), nullable=False),
    sa.Column('ledger_hash', sa.String(length=64), nullable=False),
    sa.Column('status', sa.Enum('queued', 'running', 'done', 'failed', name='status', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('progress', sa.Integer(), nullable=False),
    sa.Column('doing', sa.String(length=24), nullable=False),
    sa.Column('error', sa.String(length=24), nullable=False),
    sa.Column('file_sha256', sa.String(length=64), nullable=True),
    sa.Column('file_size', sa.Integer(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(status = 'done') = (file_sha256 IS NOT NULL) AND (status = 'done') = (file_size IS NOT NULL) AND (status = 'done') = (made_at IS NOT NULL)", name=op.f('ck_documents_done_has_a_file')),
    sa.CheckConstraint("(status = 'failed') = (error <> '')", name=op.f('ck_documents_failed_says_why')),
    sa.CheckConstraint('progress BETWEEN 0 AND 100', name=op.f('ck_documents_progress')),
    sa.CheckConstraint("published_at IS NULL OR status = 'done'", name=op.f('ck_documents_published_when_done')),
    sa.CheckConstraint('tries >= 0', name=op.f('ck_documents_tries')),
    sa.ForeignKeyConstraint(['fair_id'], ['fairs.id'], name=op.f('fk_documents_fair_id_fairs')),
    sa.ForeignKeyConstraint(['region_code'], ['regions.code'], name=op.f('fk_documents_region_code_regions')),
    sa.ForeignKeyConstraint(['requested_by_id'], ['accounts.id'], name=op.f('fk_documents_requested_by_id_accounts')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_documents')),
    sa.UniqueConstraint('code', name=op.f('uq_documents_code')),
    sa.UniqueConstraint('kind', 'language', 'figures_sha256', name=op.f('uq_documents_kind_language_figures_sha256'))
    )
    op.create_index('ix_documents_fair_id_region_code', 'documents', ['fair_id', 'region_code'])
    op.create_index(op.f('ix_documents_requested_by_id'), 'documents', ['requested_by_id'])
    op.create_index('ix_documents_status_id', 'documents', ['status', 'id'])


def downgrade():
    op.drop_table('documents')
