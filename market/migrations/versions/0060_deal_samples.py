"""The second-level sampling of verified deals: draws, the deals drawn, and their steps."""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0060'
down_revision = '0053b'
branch_labels = None
depends_on = None

STATES = ('waiting', 'genuine', 'doubtful', 'answered', 'withdrawn')


def refers(of, column, table):
    target = f"{table}.{'code' if table == 'regions' else 'id'}"
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f'fk_{of}_{column}_{table}'))


def one_of(name, *values):
    return sa.Enum(*values, name=name, native_enum=False, length=24, create_constraint=True)


def upgrade():
    op.create_table(
        'sample_draws',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('region_code', sa.String(length=6), nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('population', sa.Integer(), nullable=False),
        sa.Column('ledger_id', sa.Integer(), nullable=False),
        sa.Column('seed_hash', sa.String(length=64), nullable=False),
        sa.Column('large_above_fen', sa.BigInteger(), nullable=False),
        sa.Column('drawn_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint('population > 0', name=op.f('ck_sample_draws_population')),
        refers('sample_draws', 'region_code', 'regions'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sample_draws')),
        sa.UniqueConstraint('day', 'region_code', name=op.f('uq_sample_draws_day_region_code')),
    )
    op.create_table(
        'deal_samples',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('draw_id', sa.Integer(), nullable=False),
        sa.Column('deal_id', sa.Integer(), nullable=False),
        sa.Column('reason', one_of('reason', 'random', 'large'), nullable=False),
        sa.Column('state', one_of('state', *STATES), nullable=False),
        refers('deal_samples', 'draw_id', 'sample_draws'),
        refers('deal_samples', 'deal_id', 'deals'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_deal_samples')),
        sa.UniqueConstraint('draw_id', 'deal_id', name=op.f('uq_deal_samples_draw_id_deal_id')),
    )
    op.create_index(op.f('ix_deal_samples_deal_id'), 'deal_samples', ['deal_id'])
    op.create_index(op.f('ix_deal_samples_state'), 'deal_samples', ['state'])
    op.create_table(
        'sample_events',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('sample_id', sa.Integer(), nullable=False),
        sa.Column('state', one_of('state', *STATES), nullable=False),
        sa.Column('by_id', sa.Integer(), nullable=False),
        sa.Column('note', sa.String(length=500), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state NOT IN ('doubtful', 'answered') OR note <> ''",
            name=op.f('ck_sample_events_note_of_a_doubt'),
        ),
        refers('sample_events', 'sample_id', 'deal_samples'),
        refers('sample_events', 'by_id', 'accounts'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sample_events')),
    )
    op.create_index(op.f('ix_sample_events_sample_id'), 'sample_events', ['sample_id'])
    op.create_index(op.f('ix_sample_events_by_id'), 'sample_events', ['by_id'])


def downgrade():
    op.drop_table('sample_events')
    op.drop_table('deal_samples')
    op.drop_table('sample_draws')
