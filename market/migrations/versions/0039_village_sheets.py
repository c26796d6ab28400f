"""What stations print on village sheets, their villages, stacks to print, and where sheets hang."""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0039'
down_revision = '0040'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('sheet_villages',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('region_code', sa.String(length=6), nullable=False),
    sa.Column('township_code', sa.String(length=9), nullable=False),
    sa.Column('village', sa.String(length=40), nullable=False),
    sa.CheckConstraint("village <> ''", name=op.f('ck_sheet_villages_named')),
    sa.ForeignKeyConstraint(['region_code'], ['regions.code'], name=op.f('fk_sheet_villages_region_code_regions')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sheet_villages')),
    sa.UniqueConstraint('region_code', 'township_code', 'village', name=op.f('uq_sheet_villages_region_code_township_code_village'))
    )
    op.create_table('sheet_postings',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('region_code', sa.String(length=6), nullable=False),
    sa.Column('township_code', sa.String(length=9), nullable=False),
    sa.Column('village', sa.String(length=40), nullable=False),
    sa.Column('spot', sa.String(length=60), nullable=False),
    sa.Column('week', sa.String(length=7), nullable=False),
    sa.Column('posted_on', sa.Date(), nullable=False),
    sa.Column('copies', sa.Integer(), nullable=False),
    sa.Column('note', sa.String(length=200), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=True),
    sa.Column('width', sa.Integer(), nullable=False),
    sa.Column('height', sa.Integer(), nullable=False),
    sa.Column('recorded_by_id', sa.Integer(), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('key', sa.String(length=32), nullable=True),
    sa.CheckConstraint("village <> '' AND spot <> ''", name=op.f('ck_sheet_postings_somewhere')),
    sa.CheckConstraint('copies BETWEEN 1 AND 50', name=op.f('ck_sheet_postings_copies')),
    sa.ForeignKeyConstraint(['recorded_by_id'], ['accounts.id'], name=op.f('fk_sheet_postings_recorded_by_id_accounts')),
    sa.ForeignKeyConstraint(['region_code'], ['regions.code'], name=op.f('fk_sheet_postings_region_code_regions')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sheet_postings')),
    sa.UniqueConstraint('key', name=op.f('uq_sheet_postings_key'))
    )
    op.create_index(op.f('ix_sheet_postings_recorded_by_id'), 'sheet_postings', ['recorded_by_id'])
    op.create_index('ix_sheet_postings_region_code_week', 'sheet_postings', ['region_code', 'week'])
    op.create_table('sheet_stacks',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('region_code', sa.String(length=6), nullable=False),
    sa.Column('township_code', sa.String(length=9), nullable=True),
    sa.Column('week', sa.String(length=7), nullable=False),
    sa.Column('paper', sa.Enum('a4', 'a3', 'a2', name='paper', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('copies', sa.Integer(), nullable=False),
    sa.Column('by_village', sa.Boolean(), nullable=False),
    sa.Column('site', sa.String(length=200), nullable=False),
    sa.Column('requested_by_id', sa.Integer(), nullable=False),
    sa.Column('requested_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('key', sa.String(length=32), nullable=True),
    sa.Column('status', sa.Enum('queued', 'running', 'done', 'failed', name='status', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('progress', sa.Integer(), nullable=False),
    sa.Column('doing', sa.String(length=24), nullable=False),
    sa.Column('error', sa.String(length=24), nullable=False),
    sa.Column('sheets', sa.Integer(), nullable=False),
    sa.Column('named_ids', sa.JSON(), nullable=False),
    sa.Column('content_sha256', sa.String(length=64), nullable=True),
    sa.Column('file_sha256', sa.String(length=64), nullable=True),
    sa.Column('file_size', sa.Integer(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(status = 'done') = (file_sha256 IS NOT NULL) AND (status = 'done') = (file_size IS NOT NULL) AND (status = 'done') = (made_at IS NOT NULL)", name=op.f('ck_sheet_stacks_done_has_a_file')),
    sa.CheckConstraint("(status = 'failed') = (error <> '')", name=op.f('ck_sheet_stacks_failed_says_why')),
    sa.CheckConstraint('copies BETWEEN 1 AND 50', name=op.f('ck_sheet_stacks_copies')),
    sa.CheckConstraint('progress BETWEEN 0 AND 100', name=op.f('ck_sheet_stacks_progress')),
    sa.ForeignKeyConstraint(['region_code'], ['regions.code'], name=op.f('fk_sheet_stacks_region_code_regions')),
    sa.ForeignKeyConstraint(['requested_by_id'], ['accounts.id'], name=op.f('fk_sheet_stacks_requested_by_id_accounts')),
    sa.ForeignKeyConstraint(['township_code'], ['townships.code'], name=op.f('fk_sheet_stacks_township_code_townships')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sheet_stacks')),
    sa.UniqueConstraint('key', name=op.f('uq_sheet_stacks_key'))
    )
    op.create_index(op.f('ix_sheet_stacks_content_sha256'), 'sheet_stacks', ['content_sha256'])
    op.create_index('ix_sheet_stacks_region_code_week', 'sheet_stacks', ['region_code', 'week'])
    op.create_index(op.f('ix_sheet_stacks_requested_by_id'), 'sheet_stacks', ['requested_by_id'])
    op.create_index('ix_sheet_stacks_status_id', 'sheet_stacks', ['status', 'id'])
    op.create_table('station_cards',
    sa.Column('assistant_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('region_code', sa.String(length=6), nullable=False),
    sa.Column('township_code', sa.String(length=9), nullable=True),
    sa.Column('station', sa.String(length=40), nullable=False),
    sa.Column('phone', sa.String(length=20), nullable=False),
    sa.CheckConstraint("station <> ''", name=op.f('ck_station_cards_named')),
    sa.ForeignKeyConstraint(['assistant_id'], ['accounts.id'], name=op.f('fk_station_cards_assistant_id_accounts')),
    sa.ForeignKeyConstraint(['region_code'], ['regions.code'], name=op.f('fk_station_cards_region_code_regions')),
    sa.ForeignKeyConstraint(['township_code'], ['townships.code'], name=op.f('fk_station_cards_township_code_townships')),
    sa.PrimaryKeyConstraint('assistant_id', name=op.f('pk_station_cards'))
    )
    op.create_index(op.f('ix_station_cards_region_code'), 'station_cards', ['region_code'])



def downgrade():
    for table in ('station_cards', 'sheet_stacks', 'sheet_postings', 'sheet_villages'):
        op.drop_table(table)
