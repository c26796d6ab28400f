"""Work targets of a fair's units, who supervises which county, and what was found there."""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0051'
down_revision = '0044'
branch_labels = None
depends_on = None


def refers(of, column, table):
    target = f"{table}.{'code' if table == 'regions' else 'id'}"
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f'fk_{of}_{column}_{table}'))


def one_of(name, *values):
    return sa.Enum(*values, name=name, native_enum=False, length=24, create_constraint=True)


def upgrade():
    op.create_table(
        'work_targets',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('fair_id', sa.Integer(), nullable=False),
        sa.Column('region_code', sa.String(length=6), nullable=False),
        sa.Column('measure', one_of('measure', 'amount_fen', 'deals', 'listings', 'merchants'), nullable=False),
        sa.Column('value', sa.BigInteger(), nullable=False),
        sa.Column('set_by_id', sa.Integer(), nullable=False),
        sa.Column('set_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint('value > 0', name=op.f('ck_work_targets_value')),
        refers('work_targets', 'fair_id', 'fairs'),
        refers('work_targets', 'region_code', 'regions'),
        refers('work_targets', 'set_by_id', 'accounts'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_work_targets')),
        sa.UniqueConstraint(
            'fair_id', 'region_code', 'measure', name=op.f('uq_work_targets_fair_id_region_code_measure')
        ),
    )
    op.create_index(op.f('ix_work_targets_set_by_id'), 'work_targets', ['set_by_id'])
    op.create_table(
        'county_supervisors',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('region_code', sa.String(length=6), nullable=False),
        sa.Column('account_id', sa.Integer(), nullable=False),
        sa.Column('assigned_by_id', sa.Integer(), nullable=False),
        sa.Column('assigned_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('ended_by_id', sa.Integer(), nullable=True),
        sa.CheckConstraint(
            'ended_by_id IS NULL OR ended_at IS NOT NULL', name=op.f('ck_county_supervisors_ended')
        ),
        refers('county_supervisors', 'region_code', 'regions'),
        refers('county_supervisors', 'account_id', 'accounts'),
        refers('county_supervisors', 'assigned_by_id', 'accounts'),
        refers('county_supervisors', 'ended_by_id', 'accounts'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_county_supervisors')),
    )
    for column in ('account_id', 'assigned_by_id', 'ended_by_id'):
        op.create_index(op.f(f'ix_county_supervisors_{column}'), 'county_supervisors', [column])
    op.create_index('ix_county_supervisors_region_code', 'county_supervisors', ['region_code'])
    op.create_index(
        'uq_county_supervisors_current',
        'county_supervisors',
        ['region_code'],
        unique=True,
        sqlite_where=sa.text('ended_at IS NULL'),
        postgresql_where=sa.text('ended_at IS NULL'),
    )
    op.create_table(
        'supervision_notes',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('region_code', sa.String(length=6), nullable=False),
        sa.Column('kind', one_of('kind', 'visit', 'call'), nullable=False),
        sa.Column('found_on', sa.Date(), nullable=False),
        sa.Column('finding', sa.String(length=500), nullable=False),
        sa.Column('by_id', sa.Integer(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('key', sa.String(length=32), nullable=False),
        sa.CheckConstraint("finding <> ''", name=op.f('ck_supervision_notes_finding')),
        refers('supervision_notes', 'region_code', 'regions'),
        refers('supervision_notes', 'by_id', 'accounts'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_supervision_notes')),
        sa.UniqueConstraint('key', name=op.f('uq_supervision_notes_key')),
    )
    op.create_index(op.f('ix_supervision_notes_region_code'), 'supervision_notes', ['region_code'])
    op.create_index(op.f('ix_supervision_notes_by_id'), 'supervision_notes', ['by_id'])


def downgrade():
    op.drop_table('supervision_notes')
    op.drop_table('county_supervisors')
    op.drop_table('work_targets')
