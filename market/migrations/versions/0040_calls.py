"""Calls about pairs of offers, calls taken back, and the deals that came of them: append-only."""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0040'
down_revision = '0037'
branch_labels = None
depends_on = None

OUTCOMES = ('agreed', 'no_answer', 'later', 'refused')
REASONS = (
    'price', 'quality', 'quantity', 'time', 'distance', 'payment', 'traded_elsewhere', 'wrong_number',
    'other',
)
# By table: the key that no INSERT may replace, and the columns with what people write.
TABLES = {
    'match_calls': ('id', ('note',)),
    'call_withdrawals': ('call_id', ()),
    'call_deals': ('deal_id', ()),
}
ERASING = 'SELECT 1 FROM erasures WHERE rewriting'


def one_of(values, name):
    return sa.Enum(*values, name=name, native_enum=False, length=24, create_constraint=True)


def refers(of, column, table):
    target = f"{table}.{'code' if table == 'regions' else 'id'}"
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f'fk_{of}_{column}_{table}'))


def forbid_changes():
    """What is written stays; the words may be starred while a person is erased."""
    postgresql = op.get_bind().dialect.name == 'postgresql'
    for table, (key, texts) in TABLES.items():
        columns = [column['name'] for column in sa.inspect(op.get_bind()).get_columns(table)]
        others = [f'"{name}"' for name in columns if name not in texts]
        if postgresql:
            refuse = 'EXECUTE FUNCTION refuse_frozen_change()'
            op.execute(
                f'CREATE TRIGGER {table}_append_only BEFORE UPDATE OF {", ".join(others)} OR DELETE'
                f' ON {table} FOR EACH ROW {refuse}'
            )
            op.execute(
                f'CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}'
                f' FOR EACH STATEMENT {refuse}'
            )
            op.execute(
                f'CREATE TRIGGER {table}_only_starred BEFORE UPDATE ON {table}'
                ' FOR EACH ROW EXECUTE FUNCTION refuse_unless_erasing()'
            )
            continue
        refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        differs = ' OR '.join(f'OLD.{name} IS NOT NEW.{name}' for name in others)
        op.execute(
            f'CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}'
            f' WHEN NOT EXISTS ({ERASING}) OR {differs} {refuse}'
        )
        op.execute(f'CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}')
        op.execute(
            f'CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}'
            f' WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key}) {refuse}'
        )


def upgrade():
    op.create_table(
        'match_calls',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('sale_id', sa.Integer(), nullable=False),
        sa.Column('purchase_id', sa.Integer(), nullable=False),
        sa.Column('by_id', sa.Integer(), nullable=False),
        sa.Column('region_code', sa.String(length=6), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('called_on', sa.Date(), nullable=False),
        sa.Column('outcome', one_of(OUTCOMES, 'outcome'), nullable=False),
        sa.Column('back_on', sa.Date(), nullable=True),
        sa.Column('reason', one_of(REASONS, 'reason'), nullable=True),
        sa.Column('note', sa.String(length=200), nullable=False),
        sa.Column('key', sa.String(length=32), nullable=False),
        sa.CheckConstraint('sale_id <> purchase_id', name=op.f('ck_match_calls_two_offers')),
        sa.CheckConstraint(
            "(back_on IS NOT NULL) = (outcome IN ('no_answer', 'later'))",
            name=op.f('ck_match_calls_back_on_a_day'),
        ),
        sa.CheckConstraint('back_on > called_on', name=op.f('ck_match_calls_back_afterwards')),
        sa.CheckConstraint(
            "(reason IS NOT NULL) = (outcome = 'refused')", name=op.f('ck_match_calls_refused_with_reason')
        ),
        sa.CheckConstraint(
            "reason <> 'other' OR note <> ''", name=op.f('ck_match_calls_other_reason_written')
        ),
        refers('match_calls', 'sale_id', 'offers'),
        refers('match_calls', 'purchase_id', 'offers'),
        refers('match_calls', 'by_id', 'accounts'),
        refers('match_calls', 'region_code', 'regions'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_match_calls')),
        sa.UniqueConstraint('key', name=op.f('uq_match_calls_key')),
    )
    for columns in (('sale_id', 'purchase_id'), ('by_id', 'called_on'), ('region_code', 'called_on')):
        op.create_index(f'ix_match_calls_{"_".join(columns)}', 'match_calls', list(columns))
    for column in ('purchase_id', 'called_on'):
        op.create_index(op.f(f'ix_match_calls_{column}'), 'match_calls', [column])
    op.create_table(
        'call_withdrawals',
        sa.Column('call_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        refers('call_withdrawals', 'call_id', 'match_calls'),
        sa.PrimaryKeyConstraint('call_id', name=op.f('pk_call_withdrawals')),
    )
    op.create_table(
        'call_deals',
        sa.Column('deal_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('call_id', sa.Integer(), nullable=False),
        refers('call_deals', 'deal_id', 'deals'),
        refers('call_deals', 'call_id', 'match_calls'),
        sa.PrimaryKeyConstraint('deal_id', name=op.f('pk_call_deals')),
    )
    op.create_index(op.f('ix_call_deals_call_id'), 'call_deals', ['call_id'])
    forbid_changes()


def downgrade():
    op.drop_table('call_deals')
    op.drop_table('call_withdrawals')
    op.drop_table('match_calls')
