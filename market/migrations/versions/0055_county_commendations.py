"""Counties that the province commends for their work in a fair."""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0055'
down_revision = '0053'
branch_labels = None
depends_on = None

TABLE = 'county_commendations'
WITHDRAWAL = (
    "(withdrawn_at IS NULL AND withdrawn_by_id IS NULL AND withdrawal_reason = '')"
    " OR (withdrawn_at IS NOT NULL AND withdrawn_by_id IS NOT NULL AND withdrawal_reason <> '')"
)
POINTERS = (
    ('fair_id', 'fairs', 'id'),
    ('region_code', 'regions', 'code'),
    ('commended_by_id', 'accounts', 'id'),
    ('withdrawn_by_id', 'accounts', 'id'),
)


def upgrade():
    op.create_table(
        TABLE,
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('fair_id', sa.Integer(), nullable=False),
        sa.Column('region_code', sa.String(length=6), nullable=False),
        sa.Column('reason', sa.String(length=200), nullable=False),
        sa.Column('score', sa.BigInteger(), nullable=False),
        sa.Column('rank', sa.Integer(), nullable=False),
        sa.Column('among', sa.Integer(), nullable=False),
        sa.Column('commended_by_id', sa.Integer(), nullable=False),
        sa.Column('commended_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('withdrawn_by_id', sa.Integer(), nullable=True),
        sa.Column('withdrawal_reason', sa.String(length=200), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f(f'ck_{TABLE}_reason')),
        sa.CheckConstraint('rank BETWEEN 1 AND among', name=op.f(f'ck_{TABLE}_rank')),
        sa.CheckConstraint(WITHDRAWAL, name=op.f(f'ck_{TABLE}_withdrawal')),
        *(
            sa.ForeignKeyConstraint(
                [column], [f'{target}.{key}'], name=op.f(f'fk_{TABLE}_{column}_{target}')
            )
            for column, target, key in POINTERS
        ),
        sa.PrimaryKeyConstraint('id', name=op.f(f'pk_{TABLE}')),
    )
    for column, _target, _key in POINTERS:
        op.create_index(op.f(f'ix_{TABLE}_{column}'), TABLE, [column])
    current = sa.text('withdrawn_at IS NULL')
    op.create_index(
        f'uq_{TABLE}_current',
        TABLE,
        ['fair_id', 'region_code'],
        unique=True,
        sqlite_where=current,
        postgresql_where=current,
    )


def downgrade():
    op.drop_table(TABLE)
