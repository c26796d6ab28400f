"""From when to when a region is there and what it became; former names of counties; townships."""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0020'
down_revision = '0022'
branch_labels = None
depends_on = None

# Added in place on both databases: SQLite could only make the table anew, which all others point at.
COLUMNS = (
    'valid_from DATE',
    'valid_to DATE CONSTRAINT ck_regions_valid_in_order CHECK (valid_from <= valid_to)',
    'successor_code VARCHAR(6)'
    ' CONSTRAINT fk_regions_successor_code_regions REFERENCES regions (code)'
    ' CONSTRAINT ck_regions_ended_first CHECK (successor_code IS NULL OR (successor_code <> code AND valid_to IS NOT NULL))',
)


def upgrade():
    for column in COLUMNS:
        op.execute(f'ALTER TABLE regions ADD COLUMN {column}')
    op.create_table('former_regions',
    sa.Column('code', sa.String(length=6), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('last_year', sa.Integer(), nullable=False),
    sa.Column('successor_code', sa.String(length=6), nullable=True),
    sa.ForeignKeyConstraint(['successor_code'], ['regions.code'], name=op.f('fk_former_regions_successor_code_regions')),
    sa.PrimaryKeyConstraint('code', 'name', name=op.f('pk_former_regions'))
    )
    op.create_table('townships',
    sa.Column('code', sa.String(length=9), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('region_code', sa.String(length=6), nullable=False),
    sa.ForeignKeyConstraint(['region_code'], ['regions.code'], name=op.f('fk_townships_region_code_regions')),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_townships'))
    )


def downgrade():
    op.drop_table('townships')
    op.drop_table('former_regions')
    for column in ('successor_code', 'valid_to', 'valid_from'):
        op.execute(f'ALTER TABLE regions DROP COLUMN {column}')
