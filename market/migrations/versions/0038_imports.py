"""Spreadsheets that stations import, and their rows."""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0038'
down_revision = '0037b'
branch_labels = None
depends_on = None

MADE = sa.text("state IN ('made', 'retained')")


def one_of(*values, name):
    return sa.Enum(*values, name=name, native_enum=False, length=24, create_constraint=True)


def refers(table, column, other, key='id'):
    return sa.ForeignKeyConstraint([column], [f"{other}.{key}"], name=op.f(f'fk_{table}_{column}_{other}'))


def number(name):
    return sa.Column(name, sa.Integer(), nullable=False)


def moment(name, nullable=True):
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def flag(name):
    return sa.Column(name, sa.Boolean(create_constraint=True, name=name), nullable=False)


def upgrade():
    op.create_table(
        'imports',
        number('id'),
        sa.Column('region_code', sa.String(length=6), nullable=False),
        number('assistant_id'),
        sa.Column('kind', one_of('offers', 'farmers', 'deals', name='kind'), nullable=False),
        sa.Column('filename', sa.String(length=120), nullable=False),
        sa.Column('file_sha256', sa.String(length=64), nullable=False),
        moment('file_deleted_at'),
        sa.Column('sheet', sa.Integer(), nullable=True),
        sa.Column('columns', sa.JSON(), nullable=False),
        sa.Column('side', one_of('sell', 'buy', name='side'), nullable=False),
        sa.Column('way', sa.String(length=24), nullable=False),
        sa.Column('witness', sa.String(length=120), nullable=False),
        sa.Column('duplicate_policy', one_of('skip', 'add', name='duplicate_policy'), nullable=False),
        flag('keeps_questioned'),
        sa.Column(
            'state',
            one_of(
                *('columns', 'checking', 'checked', 'queued', 'done'),
                *('undoing', 'undone', 'failed', 'discarded'),
                name='state',
            ),
            nullable=False,
        ),
        number('progress'),
        number('tries'),
        sa.Column('error', sa.String(length=24), nullable=False),
        *map(number, ('ready', 'questioned', 'duplicates', 'wrong', 'skipped', 'made', 'retained')),
        moment('created_at', nullable=False),
        moment('done_at'),
        moment('undone_at'),
        sa.Column('key', sa.String(length=32), nullable=False),
        sa.CheckConstraint('progress BETWEEN 0 AND 100', name=op.f('ck_imports_progress')),
        sa.CheckConstraint('tries BETWEEN 0 AND 3', name=op.f('ck_imports_tries')),
        sa.CheckConstraint("(state = 'failed') = (error <> '')", name=op.f('ck_imports_failed_says_why')),
        sa.CheckConstraint("(state IN ('done', 'undoing', 'undone')) = (done_at IS NOT NULL)", name=op.f('ck_imports_done_at_a_time')),
        sa.CheckConstraint("(state = 'undone') = (undone_at IS NOT NULL)", name=op.f('ck_imports_undone_at_a_time')),
        sa.CheckConstraint("(way = '') = (witness = '')", name=op.f('ck_imports_consent_with_witness')),
        refers('imports', 'region_code', 'regions', 'code'),
        refers('imports', 'assistant_id', 'accounts'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_imports')),
        sa.UniqueConstraint('key', name=op.f('uq_imports_key')),
    )
    op.create_index(op.f('ix_imports_assistant_id'), 'imports', ['assistant_id'])
    op.create_index('ix_imports_region_code_id', 'imports', ['region_code', 'id'])
    op.create_index('ix_imports_state_id', 'imports', ['state', 'id'])
    op.create_table(
        'import_rows',
        number('id'),
        number('import_id'),
        number('row'),
        number('part'),
        sa.Column(
            'state',
            one_of(
                *('ready', 'question', 'duplicate', 'wrong'),
                *('skipped', 'made', 'undone', 'retained'),
                name='state',
            ),
            nullable=False,
        ),
        sa.Column('values', sa.JSON(), nullable=False),
        sa.Column('problems', sa.JSON(), nullable=False),
        sa.Column('duplicate_of', sa.JSON(), nullable=True),
        sa.Column('row_key', sa.String(length=32), nullable=False),
        sa.Column('account_id', sa.Integer(), nullable=True),
        flag('is_registered'),
        sa.Column('offer_id', sa.Integer(), nullable=True),
        sa.Column('deal_id', sa.Integer(), nullable=True),
        sa.Column('retained_because', sa.String(length=24), nullable=False),
        sa.CheckConstraint("state NOT IN ('made', 'retained') OR account_id IS NOT NULL", name=op.f('ck_import_rows_made_for_somebody')),
        sa.CheckConstraint("(state = 'retained') = (retained_because <> '')", name=op.f('ck_import_rows_retained_says_why')),
        refers('import_rows', 'import_id', 'imports'),
        refers('import_rows', 'account_id', 'accounts'),
        refers('import_rows', 'offer_id', 'offers'),
        refers('import_rows', 'deal_id', 'deals'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_import_rows')),
        sa.UniqueConstraint('import_id', 'row', 'part', name=op.f('uq_import_rows_import_id_row_part')),
    )
    for column in ('account_id', 'offer_id', 'deal_id'):
        op.create_index(op.f(f'ix_import_rows_{column}'), 'import_rows', [column])
    op.create_index('ix_import_rows_import_id_state', 'import_rows', ['import_id', 'state'])
    op.create_index('uq_import_rows_made', 'import_rows', ['row_key'], unique=True, sqlite_where=MADE, postgresql_where=MADE)


def downgrade():
    op.drop_table('import_rows')
    op.drop_table('imports')
